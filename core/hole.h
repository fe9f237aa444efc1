/* SPDX-License-Identifier: MIT */
/* hole.h: a hole in the evidence: from when to when packets may have passed a source unseen. Plain data. */
#ifndef HOLE_H
#define HOLE_H

#include <stdint.h>

enum hole_kind {
    HOLE_DROP,        /* the kernel, the card or the capturing program dropped packets */
    HOLE_LINK,        /* the link was down */
    HOLE_GONE,        /* the interface went away */
    HOLE_UNACCOUNTED, /* the kernel counted packets that never came */
    HOLE_LATE,        /* a packet came after the clock had passed its stamp */
    HOLE_CUT_SHORT,   /* the trace ends inside a record */
    HOLE_CORRUPT,     /* the trace cannot be read further */
    HOLE_END,         /* the trace ended before the window did (--strict-end) */
    HOLE_INTERRUPTED, /* a signal ended the run */
    HOLE_COMMAND,     /* the command failed */
    HOLE_UNSEEN       /* a packet's captured bytes end before what the predicate looks at */
};

#define HOLE_OPEN INT64_MAX /* to_ns of a hole that has no end */

struct hole {
    uint32_t source; /* from 1; 0: every source of the reader that tells it, or of the run */
    enum hole_kind kind;
    int64_t from_ns, to_ns; /* event time, both inside */
    uint64_t packets;       /* how many are missing; 0: not known */
    char text[256];         /* where and why, for a person and for the document: no path, no time of day */
};

const char *hole_kind_name(enum hole_kind kind); /* as the verdict document has it: "drop", "cut short", ... */

#endif
