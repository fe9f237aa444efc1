/* SPDX-License-Identifier: MIT */
/* prove_parts.h: what the files of prove.h share.
 *
 * Each group of proofs (a section) runs in a process of its own, which loads the plugin anew: what one does to the process
 * does not touch the next. What the parent has to know of a process that is gone lies in memory that they share. Data goes
 * one way: packets (prove_packets.c) are played to instances (prove_play.c) in the ways that sections ask for
 * (prove_orders.c, prove_hostile.c), and what came of it is told (prove.c). */
#ifndef PROVE_PARTS_H
#define PROVE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/batch.h"
#include "core/guard.h"
#include "core/memory.h"
#include "core/parameter.h"
#include "core/plugin_load.h"
#include "core/text.h"
#include "tools/packet_pages.h"
#include "tools/prove.h"

enum { PROVE_PACKET_MAX = 65535, PROVE_SETS_MAX = 2, LINK_ETHERNET = 1 };

/* ---- Packets: prove_packets.c. A list owns its bytes; packets of one link type, which come to two sources by turns -------- */

struct prove_packet {
    size_t at;                             /* of the list's bytes */
    uint32_t capture_length, wire_length;
};

struct prove_packets {
    uint16_t link_type;
    struct prove_packet *list;
    size_t count, capacity;
    uint8_t *bytes;
    size_t length, room;
};

void packets_add(struct prove_packets *packets, const void *bytes, size_t capture_length, size_t wire_length);
void packets_fini(struct prove_packets *packets);

/* Every prefix of a packet: captured short, or as short on the wire. */
void packets_add_prefixes(struct prove_packets *packets, const uint8_t *bytes, size_t length, bool captured);

/* The lists of packets that are shown: of the captures, and frames that have every layer the decoder knows. */
struct prove_frames {
    struct prove_packets *lists; /* by link type */
    size_t count, capacity;
};

int frames_read(struct prove_frames *frames, const char *const *captures, size_t count, struct error *error);
int frames_make(struct prove_frames *frames, struct error *error);
void frames_fini(struct prove_frames *frames);
const struct prove_packets *frames_of(const struct prove_frames *frames, uint16_t link_type); /* null: none */

/* Numbers that look random and are the same each time. */
uint64_t prove_random(uint64_t *state);

/* Damaged copies of packets; of random bytes. */
void packets_add_damaged(struct prove_packets *packets, const struct prove_packets *of, unsigned each, uint64_t *state);
void packets_add_random(struct prove_packets *packets, unsigned count, size_t most, uint64_t *state);

/* Writes packets from first on, count of them, as a pcap. */
int packets_save(const struct prove_packets *packets, size_t first, size_t count, const char *path);

/* ---- Parameters: prove_words.c -------------------------------------------------------------------------------------------- */

struct prove_set { /* of parameters */
    struct parameter_given *given;
    size_t count;
};

/* Those given, and values for those that are required and were not given, by their kind; all: for those too that are
 * optional. wanted: where bytes of packets have to be given, those of its first two. */
struct prove_set words_choose(const struct plugin *plugin, const struct prove_set *given, bool all,
                              const struct prove_packets *wanted, struct arena *arena);

/* " port=1 mac!=..." as a shell takes it. */
void words_add_set(struct text *text, const struct prove_set *set);

/* ---- A process of a section ----------------------------------------------------------------------------------------------- */

/* Between the processes. */
struct prove_shared {
    struct guard guard;
    struct batch batch;
    bool taken[PROVE_SETS_MAX];        /* prepare did not refuse the set */
    char refusal[1024];                /* of the first that it did refuse */
    uint64_t likeness[PROVE_SETS_MAX]; /* of what came of all packets, in the first process that played them */
    char yielded[128];                 /* the first value that came of anything */
    bool has_differed;                 /* another one did too */
    bool has_stopped;                  /* a packet stopped it */
    bool has_faulted;                  /* it is not to be called any more */
};

struct prover {
    const struct prove_request *request;
    const struct plugin *plugin;       /* [may be null] in the parent */
    const char *path;                  /* its file */
    const struct prove_frames *frames;
    struct packet_pages *pages;        /* shared */
    struct prove_shared *shared;
    FILE *told;                        /* [may be null] a child's way to the parent, which prints it */
    struct arena arena;
    struct prove_set sets[PROVE_SETS_MAX];
    const struct prove_set *set;       /* that is being played */
    const char *section;               /* what it is about, for messages */
    uint64_t apart[PROVE_SETS_MAX];    /* likeness in another process */
};

typedef void prove_section(struct prover *prover);

/* A line that is proved; one that is wrong, with what to do about it, in lines (may be null). */
__attribute__((format(printf, 2, 3))) void prove_good(struct prover *prover, const char *format, ...);
void prove_wrong(struct prover *prover, const char *what, const char *how);

/* Fills apart. */
void prove_elsewhere(struct prover *prover);

/* Calls a function for each set of parameters that is taken, while it answers true; false: it has told what is wrong. */
bool prove_each_set(struct prover *prover, bool (*function)(struct prover *prover));

/* ---- Playing: prove_play.c ------------------------------------------------------------------------------------------------ */

enum play_end { PLAY_ENDS, PLAY_INTERRUPTED, PLAY_RELEASED, PLAY_NEVER_OPENED };

struct play {
    unsigned batch;            /* packets that travel together; 0: as many as there is room for */
    bool grows;                /* few at first: an instance that stops at once is shown no others in vain; what comes of it
                                  is not put into words */
    enum packet_edge edge;
    uint64_t count;            /* as --count; 0: none */
    int64_t timeout_ns;        /* as --timeout; 0: none */
    int64_t step_ns;           /* from one packet to the next; 0: a millisecond */
    enum play_end end;         /* once all were shown */
    uint32_t on;               /* the source; 0: both */
    size_t first, limit;       /* packets [first, limit); limit 0: to the end */
};

/* What came of one instance. */
struct outcome {
    bool faulted, refused, stopped;
    size_t shown;              /* packets up to the one that ended it */
    uint64_t unseen;
    struct text yielded;       /* the value in words */
    struct text words;         /* all that a report would tell of it */
    struct text fault;
    size_t culprit;            /* index of the packet at the fault; SIZE_MAX: none */
    const struct prove_packets *packets; /* that were played */
};

void outcome_fini(struct outcome *outcome);

/* Plays packets to one instance, or to two side by side, each in its own way; batch, edge and packets are those of the first.
 * False: it faulted, which is told with the packet and how to see it again. */
bool play(struct prover *prover, const struct prove_packets *packets, const struct play *how, struct outcome *outcome);
bool play_two(struct prover *prover, const struct prove_packets *packets, const struct play how[2], struct outcome outcomes[2]);

/* "The packet, link type 1, 20 of its 60 bytes captured: 0000 ..." */
void play_add_packet(struct text *text, unsigned link_type, const uint8_t *bytes, uint32_t capture_length, uint32_t wire_length);
void play_add_packet_of(struct text *text, const struct prove_packets *packets, size_t index);

/* Plays all packets: behind one that ends an instance the next one begins. words: [may be null] what came of each, a line
 * each. */
bool play_on(struct prover *prover, const struct prove_packets *packets, const struct play *how, struct text *words);

/* ---- Sections ------------------------------------------------------------------------------------------------------------- */

/* prove_file.c, prove_table.c */
prove_section prove_exports, prove_imports, prove_parameters;

/* prove_orders.c */
bool prove_likeness_of(struct prover *prover); /* of a set */
prove_section prove_orders, prove_alike, prove_apart, prove_batches, prove_side_by_side, prove_memory;

/* prove_hostile.c */
prove_section prove_cut, prove_prefixes, prove_odd, prove_lengths, prove_link_types;

#endif
