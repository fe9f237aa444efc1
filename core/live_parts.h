/* SPDX-License-Identifier: MIT */
/* live_parts.h: the inside of a live feed, for live.c, live_round.c, live_merge.c and their tests. */
#ifndef LIVE_PARTS_H
#define LIVE_PARTS_H

#include "live.h"
#include "live_ring.h"

struct live_source {
    struct port *port;
    unsigned first_ring;     /* of live->rings */
    uint64_t number;         /* packets handed out */
    struct port_link link;   /* at the last look */
    int64_t looked_ns;       /* of the last look */
    int64_t up_ns;           /* of the last look that found it up; or up to where its being down was told */
};

struct live {
    struct live_options options;
    struct source_list *list; /* borrowed */
    struct live_clock clock;
    struct live_offsets offsets;
    struct live_source *sources; /* [0] is source first_source */
    size_t source_count, source_capacity;
    uint32_t first_source;
    struct live_ring *rings;  /* in the order of rule 2: by source, in before out */
    size_t ring_count, ring_capacity;

    int64_t origin_ns, clock_ns; /* clock_ns: of the last tick or packet handed out */
    int64_t counted_ns;          /* run time of the last reading of counters */
    int64_t looked_ns;           /* of the last looks at the links */
    int64_t host_ns;             /* run time at which the last round began to drain */
    bool patient;                /* the last round left nothing to do at once: the next may wait */
    bool spurious;               /* it was woken for nothing */
    uint64_t position;
    struct batch *batch;
    struct feed feed;
    struct hole *holes;          /* of this round, not told yet */
    size_t hole_count, hole_capacity, holes_told;
    bool ticked;                 /* since the last round */

    bool close_due, command_due;
    int64_t close_ns, command_ns;
    int command_status;
    bool interrupted;
    int64_t interrupt_ns;
    bool ended;

    bool leaving;                /* live_final() was called */
    int64_t leave_ns, end_ns;
    bool marked;                 /* the rings' marks are set */
    bool left;                   /* all that it can find was found */
};

/* Puts a port of the test's own in, and clocks; before live_arm(). live_take_port() owns the port. */
void live_set_clock(struct live *live, const struct live_clock *clock);
uint32_t live_take_port(struct live *live, const char *name, struct port *port);

/* One round: waits, drains, reads counters and links, places stamps. Holes are noted. */
void live_round(struct live *live);

/* Looks at every link for the first time. */
void live_look_first(struct live *live);

/* Returns the hole, so that its text may be changed; null where it lies behind the end. */
struct hole *live_note_hole(struct live *live, uint32_t source, enum hole_kind kind, int64_t from_ns, int64_t to_ns,
                            uint64_t packets);

/* Rule 2: fills the batch with what may be released now. Null: nothing. */
struct batch *live_merge(struct live *live);

/* Up to when every ring is known. */
int64_t live_known_ns(const struct live *live);

#endif
