/* SPDX-License-Identifier: MIT */
/* wanted_parts.h: what the files of wanted.h share, and nobody else needs. All of it lives in the arena of the expectation. */
#ifndef WANTED_PARTS_H
#define WANTED_PARTS_H

#include "layers.h"
#include "wanted.h"

enum { WANTED_CONDITIONS_MAX = 63, WANTED_SUMS_MAX = 8 };

/* Bytes that a field may have: from its first on, or all of them. */
struct wanted_pattern {
    struct aptrace_pattern bytes;
    bool whole; /* written with a $ */
};

enum wanted_place {
    WANTED_NOWHERE,          /* the general way alone */
    WANTED_IN_STACK,         /* any VLAN tag, of identifier low */
    WANTED_IN_ETHERNET,
    WANTED_IN_IPV4,
    WANTED_BEHIND_IPV4 = 256 /* and the protocol */
};

/* What can be told of most packets at once: whether the layer is there, and if it is usable a number at a fixed place of it, compared
 * as low <= (number & mask) <= low + span. */
struct wanted_quick {
    uint64_t mask, low, span;
    uint16_t place; /* enum wanted_place */
    bool usable, negated;
    uint8_t offset, shift;
};

struct wanted_condition {
    struct wanted_quick quick;
    struct aptrace_field field;
    bool negated;
    struct aptrace_match match;            /* of numbers; its kind alone of bytes */
    const struct wanted_pattern *patterns; /* of bytes: any of them */
    size_t pattern_count;
    const char *text;                      /* as it was written */
};

/* A checksum that must be valid, because it covers what is ignored. */
struct wanted_sum { uint32_t kind, depth, offset; };

/* The bytes of one wanted packet. */
struct wanted_bytes {
    struct wanted_packet packet;
    uint8_t *mask;  /* as long as the packet: bits that must be equal */
    uint32_t end;   /* where it ends without padding */
    bool end_known; /* by its own length fields, or because no card pads a frame of its length */
    uint32_t padded; /* no longer than this is a frame with as many tags where padding is taken for such */
    struct wanted_sum sums[WANTED_SUMS_MAX];
    size_t sum_count;
};

/* What is known of the misses so far; the only part that changes while packets pass. */
struct wanted_near {
    uint64_t asked;      /* packets that missed */
    uint64_t far;        /* what is farther is not looked at in full, once ENOUGH have been asked */
    uint64_t most;       /* the least of the nearest so far and, later, far */
    uint64_t nearest;    /* distance of the one described last; UINT64_MAX: none */
    uint64_t nearest_missed, nearest_bytes, same;
    bool same_unknown, has_learned; /* learned: ENOUGH have been asked */
    uint64_t last;       /* of the last packet that was nearer: its distance; UINT64_MAX: none was */
    uint64_t last_missed, last_bytes; /* conditions that missed, by bit; a digest of the bytes that differ */
    size_t last_index;   /* of the wanted packet that it was compared with */
};

/* Of SAME, where something is ignored: room for the longest packet so far without that. */
struct wanted_kept {
    uint8_t *bytes;
    size_t size;
};

struct aptrace_wanted {
    enum aptrace_wanted_form form;
    struct arena *arena;
    struct wanted_condition *conditions;
    size_t condition_count, condition_capacity;
    struct wanted_bytes *packets;
    size_t packet_count;
    struct aptrace_field *ignored;
    size_t ignored_count;
    bool prefix, pad_exact;              /* length=prefix, pad=exact */
    const char *mask_text;               /* [may be null] as given */
    bool given[5];                       /* by the keys below, to find one given twice */
    struct wanted_near *near;
    struct wanted_kept *kept;
};

enum wanted_key { WANTED_KEY_PACKET, WANTED_KEY_MASK, WANTED_KEY_IGNORE, WANTED_KEY_LENGTH, WANTED_KEY_PAD, WANTED_KEY_NONE };

/* ---- wanted_bytes.c ---- */

/* Makes masks, ends and sums of all wanted packets, once all keys are read. */
int wanted_bytes_prepare(struct aptrace_wanted *wanted, const struct aptrace_pattern *mask, struct error *error);

/* A wanted packet as the layers see it. pool: the caller's. */
void wanted_bytes_packet(const struct wanted_bytes *bytes, struct layers_pool *pool, struct aptrace_packet *packet);

/* A packet against wanted bytes: how many differ, at most most + 1 of them; *digest: which ones. */
enum wanted_outcome wanted_bytes_match(const struct aptrace_wanted *wanted, const struct wanted_bytes *bytes,
                                       const struct aptrace_packet *packet, uint64_t most, uint64_t *distance, uint64_t *digest);

/* Whether a packet has the length that is wanted; UNKNOWN: its captured bytes end before that can be told. *got_end: where it
 * ends, as far as that was looked at. */
enum wanted_outcome wanted_bytes_length(const struct aptrace_wanted *wanted, const struct wanted_bytes *bytes,
                                        const struct aptrace_packet *packet, uint32_t *got_end);

/* Where a packet ends, padding left out: as its own length fields say, in a frame so short that a card filled it up. *known: it
 * is told by them, or the frame is too long for padding. */
uint32_t wanted_bytes_end(const struct aptrace_packet *packet, bool *known);

/* The packet's checksum that must be valid; false: it has none such. */
bool wanted_bytes_sum(const struct aptrace_packet *packet, const struct wanted_sum *sum, struct aptrace_checksum *found);

/* ---- wanted_match.c ---- */

void wanted_quick_prepare(struct wanted_condition *condition);

/* One condition alone. */
enum wanted_outcome wanted_condition_match(const struct wanted_condition *condition, const struct aptrace_packet *packet);

#endif
