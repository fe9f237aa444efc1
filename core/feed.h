/* SPDX-License-Identifier: MIT */
/* feed.h: what the engine consumes, wherever it comes from: recorded traces (timeline.c) or live ports (live.c).
 *
 * The recorder listens to the same events, so that a recording holds just what decided the verdicts (rule 10). Ticks alone are
 * not recorded: what they closed is closed again by the packets, the close and the end that follow. */
#ifndef FEED_H
#define FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "batch.h"
#include "hole.h"

enum feed_event {
    FEED_PACKETS, /* batch */
    FEED_HOLE,    /* hole; it stands before the packets of its round */
    FEED_TICK,    /* time_ns: every packet up to it has been handed out */
    FEED_CLOSE,   /* time_ns: the moment at which the run's own windows close; known from here on, and not before the clock */
    FEED_COMMAND, /* command_status: the command has ended; told once, before the end */
    FEED_END      /* nothing comes any more; end says why */
};

enum feed_end {
    FEED_END_SILENCE,     /* of a trace that tells no end: silence follows */
    FEED_END_COMPLETE,    /* at time_ns, a recorded end: the run that was recorded was over then */
    FEED_END_INTERRUPTED, /* at time_ns, a signal */
    FEED_END_DAMAGED      /* of a recording that breaks off: the hole was told before */
};

struct feed {
    struct batch *batch; /* borrowed until the next event */
    struct hole hole;
    int64_t time_ns;
    enum feed_end end;
    int command_status;
};

#endif
