/* SPDX-License-Identifier: MIT */
/* wanted.h: which packets are meant: the keys of the PACKET group, made ready once and then asked of every packet.
 *
 * Owned by the arena of its expectation. Data goes one way: keys (wanted_keys.c) -> conditions on fields and wanted bytes
 * (wanted_bytes.c) -> a packet against them (wanted_match.c) -> the nearest miss (wanted_near.c). */
#ifndef WANTED_H
#define WANTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <aptrace/wanted.h>

#include "error.h"
#include "field.h"
#include "memory.h"
#include "parameter.h"

enum wanted_outcome {
    WANTED_MISS,
    WANTED_MATCH,
    WANTED_UNKNOWN, /* captured too short to tell */
    WANTED_NEARER   /* of wanted_ask() alone: a miss that is nearer than the one described last */
};

/* One packet of a capture or of packet=. */
struct wanted_packet {
    uint8_t *bytes;
    uint32_t length;    /* on the wire; all of them are there */
    uint16_t link_type;
    bool of_link_type;  /* it is of that and no other; else Ethernet was taken, as nobody said */
};

/* ---- Keys ---- */

/* Whether the group takes a key: a field's name or packet, mask, ... of its form. */
bool wanted_takes(enum aptrace_wanted_form form, const char *key);

/* One KEY=VALUE of the group. Keys are read in the order given; wanted_finish() puts them together. given->key and ->text are
 * replaced by what they stand for: the canonical name, packets of a file as hex. -1 with a message. */
struct aptrace_wanted *wanted_new(enum aptrace_wanted_form form, struct arena *arena);
int wanted_read(struct aptrace_wanted *wanted, struct parameter_given *given, struct error *error);
int wanted_finish(struct aptrace_wanted *wanted, struct error *error);

/* Whether packets of a link type can be equal to one that is wanted: all can where that does not say of which it is (hex). */
bool wanted_may_have(const struct aptrace_wanted *wanted, uint32_t link_type);

/* ---- Asking ---- */

/* Whether a packet is wanted: of a list, the one at index. how: of <aptrace/wanted.h>. */
enum wanted_outcome wanted_match(const struct aptrace_wanted *wanted, size_t index, const struct aptrace_packet *packet,
                                 uint32_t how);

/* The same, and with APTRACE_WANTED_NEAR a miss that came nearer than all before it is told apart. */
enum wanted_outcome wanted_ask(const struct aptrace_wanted *wanted, size_t index, const struct aptrace_packet *packet,
                               uint32_t how);

size_t wanted_count(const struct aptrace_wanted *wanted);
bool wanted_is_anything(const struct aptrace_wanted *wanted); /* no condition at all */

/* All that must be the same in two packets that count as one, as aptrace_digest() says. False: captured too short. */
bool wanted_digest(const struct aptrace_wanted *wanted, const struct aptrace_packet *packet, uint64_t digest[2]);

/* ---- The nearest miss ---- */

/* How a packet missed, field by field. What it points to lives in the arena that it was made in. */
struct wanted_difference { const char *field, *wanted, *got; };
struct wanted_miss {
    struct wanted_difference *differences; /* fields that were asked for, then bytes in the order of the packet */
    size_t count;
    const char *text;                      /* "eth.src, ip.dst match"; the rows of hex where bytes were compared */
};

/* How far the last packet is away that was nearer than all before it; UINT64_MAX: none was. */
uint64_t wanted_distance(const struct aptrace_wanted *wanted);

/* Says how that packet missed, right behind the question that it was nearer in; from then on it is the nearest. */
void wanted_describe(const struct aptrace_wanted *wanted, const struct aptrace_packet *packet, struct arena *arena,
                     struct wanted_miss *miss);

/* From here on as if none had missed yet. */
void wanted_forget(const struct aptrace_wanted *wanted);

/* How many packets other than the one described last missed in the same way: by the same fields and no others. UINT64_MAX: not
 * known, since it was too far away for the others to be looked at in full. */
uint64_t wanted_same(const struct aptrace_wanted *wanted);

#endif
