/* SPDX-License-Identifier: MIT */
/* recorder.h: writes the timeline of a run as a pcapng that replays to the same document, byte for byte (rule 10).
 *
 * It listens to what the engine has taken and never feeds back, with one exception that is asked before: recorder_has_room().
 * A thread of its own writes; the engine's thread only formats into a bounded buffer. The recording's format stands in
 * aptrace-timing(7). */
#ifndef RECORDER_H
#define RECORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "batch.h"
#include "error.h"
#include "feed.h"
#include "hole.h"
#include "source.h"

struct recorder;

struct recorder_start {
    int64_t origin_ns, slack_ns;
    const char *direction;           /* "in", "out", "both": what was captured */
    const struct source_list *sources;
    uint32_t snaplen;                /* of all sources; 0: no limit */
    const char *const *expectations; /* each as JSON; in as many comments as it needs */
    size_t expectation_count;
};

enum {
    RECORDER_COMMENT_MAX = 65535,  /* bytes: what an option of pcapng can hold */
    RECORDER_SECTION_MAX = 16 << 20 /* of the head with all expectations: what other programs read of a block */
};

struct recorder_source { /* of each source, in order, for its statistics at the end */
    uint64_t received, dropped, delivered;
};

struct recorder_end {
    int64_t end_ns;
    bool interrupted;
    bool has_status;
    int status;          /* of the command */
    uint64_t packets;    /* that the run took */
    const struct recorder_source *sources;
};

/* Creates the file ("-": standard output; not a terminal); nothing is written yet. Null after an error. */
struct recorder *recorder_new(const char *path, struct error *error);

/* Writes the head, once armed, and starts the writer. -1: no source, a name or the expectations too long, no thread. */
int recorder_begin(struct recorder *recorder, const struct recorder_start *start, struct error *error);

/* Whether a batch would fit into the buffer by the deadline (host time, CLOCK_MONOTONIC); waits no longer. False: the packets
 * must become a drop, before the engine sees them. */
bool recorder_has_room(struct recorder *recorder, const struct batch *batch, int64_t deadline_ns);

/* What the engine has taken, in the order of the feed. taken: of the batch's packets, from the first on. Packets for which nobody
 * asked whether there is room wait for it. */
void recorder_packets(struct recorder *recorder, const struct batch *batch, unsigned taken);
void recorder_hole(struct recorder *recorder, const struct hole *hole, const struct source_list *sources);
void recorder_close(struct recorder *recorder, int64_t time_ns);
void recorder_command(struct recorder *recorder, int64_t time_ns, int status);

/* Writes the end, waits for the writer, closes. -1: the recording is not whole (a full disk, ...), and the message says what is
 * missing; verdicts stand all the same. */
int recorder_finish(struct recorder *recorder, const struct recorder_end *end, struct error *error);
void recorder_free(struct recorder *recorder);

#endif
