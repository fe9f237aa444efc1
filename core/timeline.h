/* SPDX-License-Identifier: MIT */
/* timeline.h: the one ordered stream that the engine consumes: packets on the run's clock, and holes.
 *
 * It takes readers (lanes, in the order that they were named), gives each packet its event time (rule 1: its own stamp, or
 * that of the packet before it in the file where that is later) and its numbers, and merges the lanes by event time, ties in
 * the order named (rule 2). A file's own order stands. What comes out depends on the traces alone, never on how many bytes a
 * pipe gave at a time: a lane is read on only when all that it gave before has been handed out. */
#ifndef TIMELINE_H
#define TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "batch.h"
#include "error.h"
#include "feed.h"
#include "hole.h"
#include "reader.h"
#include "source.h"

struct lane;
struct timeline_told;

struct timeline {
    struct source_list *sources; /* borrowed */
    struct lane *lanes;
    size_t lane_count, lane_capacity;
    bool has_origin;             /* --origin: packets before it are no part of the run */
    bool started;
    int64_t origin_ns;
    uint64_t position;           /* packets handed out */
    uint64_t *numbers;           /* by source number: packets handed out or queued */
    uint32_t *lane_of_source;    /* by source number: index of its lane */
    size_t source_capacity, source_count;
    struct batch *merged;        /* where several lanes come together */

    struct feed feed;            /* of the event that timeline_next() returned */

    struct timeline_told *told; /* what stands before the next packets, waiting to be handed out */
    size_t told_count, told_capacity, told_given;
};

void timeline_init(struct timeline *timeline, struct source_list *sources);
void timeline_fini(struct timeline *timeline);

/* Takes a reader; the sources that it added are those behind first_source (the list's count before reader_open()). */
void timeline_take_reader(struct timeline *timeline, struct reader *reader, size_t first_source);

/* Sets the origin (--origin); else it is the earliest first packet's time. Before timeline_start(). */
void timeline_set_origin(struct timeline *timeline, int64_t origin_ns);

/* A recording is a whole run with an origin of its own: it is replayed alone, and not on another origin. -1 where that is not so.
 * Before timeline_start(). */
int timeline_check(const struct timeline *timeline, struct error *error);

/* The recording, where one is replayed: its expectations, origin and direction; else null. */
const struct recording *timeline_recording(const struct timeline *timeline);

/* Reads each lane's first packets and fixes origin_ns (0 where no lane has any). */
void timeline_start(struct timeline *timeline);

/* What it is stands in timeline->feed. A recording gives all but ticks; plain traces packets, holes and a FEED_END_SILENCE.
 * Behind FEED_END it comes again. */
enum feed_event timeline_next(struct timeline *timeline);

size_t timeline_reader_count(const struct timeline *timeline);
struct reader *timeline_reader(const struct timeline *timeline, size_t index);

/* The lane's reader of a source, and whether that reader has told its end. */
struct reader *timeline_reader_of(const struct timeline *timeline, uint32_t source, bool *ended);

#endif
