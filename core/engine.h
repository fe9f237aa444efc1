/* SPDX-License-Identifier: MIT */
/* engine.h: opens and closes windows by the timing rules, and shows packets to predicates.
 *
 * The engine is fed a timeline: batches of packets, holes, ticks, the close of the run's own windows, the end. It keeps no
 * clock of its own. Expectations and sources are borrowed. Everything is called on one thread. */
#ifndef ENGINE_H
#define ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "batch.h"
#include "expectation.h"
#include "hole.h"
#include "layers.h"
#include "source.h"

struct source_tally {
    uint64_t packets, late; /* that the run took */
};

struct engine {
    struct expectation **expectations; /* in the order given */
    size_t count;
    const struct source_list *sources;
    struct layers_pool *layers;
    int64_t origin_ns, clock_ns;
    uint64_t packets;                  /* that the run took */
    struct source_tally *tallies;      /* by source number */
    size_t tally_capacity;
    struct hole *holes;                /* all that were told */
    size_t hole_count, hole_capacity;
    bool strict_end;
    bool has_close;                    /* the run's own windows close at close_ns */
    int64_t close_ns;
    bool at_end;                       /* the timeline has ended; false: the run was over before */
    bool watching;                     /* the run goes on to its close or end although no expectation is open */
    bool has_command;                  /* a command was run, and has ended */
    int command_status;
    size_t open;                       /* expectations that have not finished */
};

void engine_init(struct engine *engine, struct expectation **expectations, size_t count, const struct source_list *sources);
void engine_fini(struct engine *engine);

/* Opens the windows that wait for nothing. */
void engine_begin(struct engine *engine, int64_t origin_ns);

/* Rules 3 to 5 for packets in the order of the timeline. Returns how many of them, from the first on, are part of the run: all,
 * but where it ended among them. Their layers stay until the next batch. */
unsigned engine_packets(struct engine *engine, struct batch *batch);

/* Rule 5 without a packet: the clock has reached time_ns, and what closed before it has finished. */
void engine_tick(struct engine *engine, int64_t time_ns);

void engine_hole(struct engine *engine, const struct hole *hole);

/* Rule 3: the moment at which the windows without a timeout of their own close, open ones and those opened later. */
void engine_close(struct engine *engine, int64_t time_ns);

/* Rule 6: nothing comes any more. The run's own windows end here; those with a timeout time out in the silence. */
void engine_end(struct engine *engine);

/* Rule 6 at a recorded end: the clock goes on to time_ns. Windows that close by then have timed out; the others finish (ended),
 * and one with a timeout that outlives the end has a hole. */
void engine_end_at(struct engine *engine, int64_t time_ns);

/* One more expectation in a run that goes on, the last of the array, which may have moved. Its window opens at opens_ns, which may
 * lie ahead of the clock; what the clock has passed is over, so not before the next moment. Behind a label it opens with its stop,
 * but not before that either. */
void engine_add(struct engine *engine, struct expectation **expectations, size_t count, int64_t opens_ns);

/* Closes the window of one expectation at time_ns, whatever its timeout; where the clock has passed that, at the next moment. One
 * that has not opened never will. */
void engine_close_one(struct engine *engine, struct expectation *expectation, int64_t time_ns);

/* Gives one up: it finishes now, and its verdict is inconclusive. */
void engine_cancel(struct engine *engine, struct expectation *expectation);

/* One that cannot go on, for the fault that is noted in it, finishes now. */
void engine_fault(struct engine *engine, struct expectation *expectation);

/* A signal ends the run at time_ns, not before the clock: open windows finish (interrupted), which is a hole for all but endless
 * ones. */
void engine_interrupt(struct engine *engine, int64_t time_ns);

/* How the command ended. One that failed is a hole for every window that was not stopped. */
void engine_command(struct engine *engine, int status);

/* The last window has finished: nothing more need be read. */
static inline bool engine_over(const struct engine *engine)
{
    return engine->open == 0 && !engine->watching;
}

/* When the run ended: the last finish; without expectations, the clock. */
int64_t engine_end_ns(const struct engine *engine);

#endif
