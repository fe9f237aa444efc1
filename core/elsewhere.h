/* SPDX-License-Identifier: MIT */
/* elsewhere.h: where a packet that an expectation looked for was seen instead: the first one at each of four places.
 *
 * For expectations whose predicate asked for it alone. What is found decides nothing: reports give it as a likely cause. */
#ifndef ELSEWHERE_H
#define ELSEWHERE_H

#include <stdbool.h>

#include <aptrace/wanted.h>

#include "batch.h"

struct expectation;

/* In this order in reports. The first two lie in the window, so that they are the same however long the run goes on. */
enum elsewhere_place {
    ELSEWHERE_SOURCE,    /* in the window, at a source that --on leaves out */
    ELSEWHERE_DIRECTION, /* in the window, at its sources, in the other direction */
    ELSEWHERE_BEFORE,    /* at its sources, before the window was opened by --after, or in a run that had begun */
    ELSEWHERE_AFTER,     /* at its sources, after the window had closed */
    ELSEWHERE_PLACES
};

/* Zeroed: nothing is looked for. */
struct elsewhere {
    const struct aptrace_wanted *wanted;
    unsigned looking; /* by place, a bit each: none was found there yet */
    unsigned found;
    struct packet_reference packets[ELSEWHERE_PLACES];
};

/* From prepare: looks for these packets from here on. */
void elsewhere_begin(struct expectation *expectation, const struct aptrace_wanted *wanted);

/* For one that joins a run that goes on: what it looks for may just have been. */
void elsewhere_join(struct elsewhere *elsewhere);

/* The packets of the batch at hand that the run takes, behind all windows of the batch and before their finishes are settled. */
void elsewhere_look(struct expectation *expectation, const struct batch *batch, unsigned taken);

/* [may be null] The packet that was seen there. */
const struct packet_reference *elsewhere_packet(const struct elsewhere *elsewhere, enum elsewhere_place place);

#endif
