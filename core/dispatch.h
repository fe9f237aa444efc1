/* SPDX-License-Identifier: MIT */
/* dispatch.h: shows packets of a batch to one predicate: the only code that runs for every packet and expectation. */
#ifndef DISPATCH_H
#define DISPATCH_H

#include "batch.h"
#include "expectation.h"

struct dispatched {
    unsigned shown;   /* packets that were shown, the stopping one among them */
    bool stopped;
    bool counted;     /* the packet limit was reached; not where stopped */
    bool faulted;     /* the predicate did something wrong with the last of them: the expectation's guard knows what */
    unsigned at;      /* index in the batch of the packet that stopped it, counted it out or made it fault */
};

/* Rule 4 for the batch's packets from begin up to, not with, end: those of the expectation's sources, direction and filter. */
struct dispatched dispatch(struct expectation *expectation, const struct batch *batch, unsigned begin, unsigned end);

/* Whether a source is one of the expectation's. */
static inline bool dispatch_is_on(const struct expectation *expectation, uint32_t source)
{
    return expectation->all_sources || expectation->on_source[source];
}

/* Whether flags of a packet say that it went that way. */
static inline bool dispatch_is_direction(enum direction direction, uint16_t flags)
{
    bool sent = (flags & APTRACE_PACKET_SENT) != 0;
    return direction == DIRECTION_BOTH || sent == (direction == DIRECTION_OUT);
}

/* Whether a packet is one that the expectation is shown, were its window open; or might be, had more of it been captured. */
bool dispatch_may_select(const struct expectation *expectation, const struct aptrace_packet *packet);

/* Whether a packet is one that the expectation is shown, were its window open. */
bool dispatch_selects(const struct expectation *expectation, const struct aptrace_packet *packet);

#endif
