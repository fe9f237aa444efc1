/* SPDX-License-Identifier: MIT */
/* live_ring.h: one direction of one port: the packets that were drained and not yet released, and up to when all are known.
 *
 * The ring owns copies of the packets' bytes, in read-only mappings; what was released holds until live_ring_recycle(). Times
 * are the run's (live_clock.h). */
#ifndef LIVE_RING_H
#define LIVE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "live_clock.h"
#include "live_port.h"

struct live_held {
    int64_t time_ns;              /* by rule 1, but for the run's clock */
    struct live_place place;      /* its own stamp's; before the ring was mapped, from_ns is the stamp itself */
    uint64_t sequence;
    const uint8_t *bytes;
    uint32_t capture_length, wire_length;
};

struct live_chunk;

struct live_ring {
    struct port_sink sink;        /* first: what the port's drain fills */
    struct port *port;
    unsigned index;               /* of the port's rings */
    uint32_t source;
    bool ended;                   /* nothing comes of it any more */

    struct live_held *queue;      /* circular: count from head on, of which the last fresh are not mapped yet */
    size_t head, count, fresh, capacity;
    uint64_t sequence;
    size_t held_bytes;
    struct live_chunk *first, *last, *spare;

    uint64_t received, dropped, delivered, lost; /* lost: there was no memory to keep it */
    struct port_counters raw;
    uint64_t base_received, base_dropped, base_delivered; /* at the origin */
    uint64_t skip;                /* that lie in the ring from before the origin */
    uint64_t written_off;         /* that were told as unaccounted for */
    uint64_t told_lost;
    bool emptied, settled;
    unsigned stalled_rounds;      /* without a packet, but unsettled */
    int64_t stalled_since_ns;

    int64_t last_ns;              /* event time of the last packet */
    int64_t known_ns;             /* every packet up to it was seen */
    int64_t left_ns;              /* known_ns when the run was over */
    uint64_t mark;                /* what delivered must come to before the end is sure */
};

void live_ring_init(struct live_ring *ring, struct port *port, unsigned index, uint32_t source);
void live_ring_fini(struct live_ring *ring);

/* Once armed: what the ring holds by now is no part of the run. */
void live_ring_arm(struct live_ring *ring);

/* The steps of a round, in this order. */
void live_ring_recycle(struct live_ring *ring);
bool live_ring_drain(struct live_ring *ring);   /* whether anything came */
uint64_t live_ring_count(struct live_ring *ring); /* reads the counters; packets newly dropped */
void live_ring_map(struct live_ring *ring, const struct live_offsets *offsets, int64_t origin_ns, int64_t now_ns);
void live_ring_know(struct live_ring *ring, int64_t settled_ns); /* settled_ns: host time before the drain, less slack */

/* Packets that the kernel counted, did not drop, and has not given. */
uint64_t live_ring_missing(const struct live_ring *ring);

static inline const struct live_held *live_ring_head(const struct live_ring *ring)
{
    return ring->count ? &ring->queue[ring->head] : NULL;
}

static inline void live_ring_pop(struct live_ring *ring)
{
    ring->held_bytes -= ring->queue[ring->head].capture_length;
    ring->head = (ring->head + 1) & (ring->capacity - 1);
    ring->count--;
}

#endif
