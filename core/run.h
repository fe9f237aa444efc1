/* SPDX-License-Identifier: MIT */
/* run.h: one run from its sources to its document: opens, sets up, drives the timeline through the engine. The command and the
 * library are its clients. A run owns all that it opened. Use: new, replay... or live..., [give up privileges], expect...,
 * record, start, execute, finish, document, free. */
#ifndef RUN_H
#define RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "document.h"
#include "error.h"
#include "expectation.h"
#include "launcher.h"
#include "live.h"
#include "signals.h"
#include "source.h"

struct run;

/* Who looks on while a run goes on. Each may be null. */
struct run_listener {
    void *context;
    void (*armed)(void *context); /* live: packets count from here on, the command has not started yet */

    /* What the run took, with its layers. False: it has seen enough, and a run without expectations is over. */
    bool (*packets)(void *context, const struct batch *batch, unsigned count);
    void (*round)(void *context); /* often; live at least every few hundred milliseconds */
};

struct run_options {
    bool has_origin;
    int64_t origin_ns;
    bool strict_end;
    int64_t plugin_budget_ns; /* of one callback; 0: a second */
    int64_t link_type; /* LINKTYPE_ instead of what traces say; -1 */
    struct live_options live;
    struct launcher *launcher;     /* [may be null] borrowed: live, the command to run */
    bool goes_on;                  /* live: it has no end but a signal, as expectations may still come */
    bool each_alone;               /* an expectation that cannot be set up is in error by itself; else there is no run */
    struct run_listener listener;
};

struct run_progress {
    uint64_t packets, dropped;
    size_t open, expectations;
};

struct run *run_new(const struct run_options *options);
void run_free(struct run *run);

/* Adds a trace as a source, or several. name: of NAME=FILE; may be null. */
int run_replay(struct run *run, const char *name, const char *path, struct error *error);

/* Adds a live port, [NETNS/]IFACE, as a source. A run has traces or ports. */
int run_live(struct run *run, const char *name, const char *interface, struct error *error);

/* Adds an expectation. After the sources. */
int run_expect(struct run *run, const struct expectation_spec *spec, struct error *error);

/* The same, of a plugin that is loaded already; made: the expectation, the run's. */
int run_expect_of(struct run *run, const struct expectation_spec *spec, const struct plugin *plugin, struct expectation **made,
                  struct error *error);

/* Adds the expectations that the recordings among the sources hold. Returns how many; -1 after an error. */
int run_expect_recorded(struct run *run, struct error *error);

/* Records a live run as a pcapng; "-": standard output. */
int run_record(struct run *run, const char *path, struct error *error);

/* Binds sources, lets the predicates prepare, fixes the origin: live, arms the ports and starts the command. */
int run_start(struct run *run, struct error *error);

int64_t run_origin_ns(const struct run *run); /* once started */

/* Goes through the timeline until every window has finished, or the trace has ended, or a signal came. Without expectations,
 * until the close or the end, where somebody listens to packets. Waits for the command. -1: a set-up error that showed only now
 * (a source of --on that never came, a filter that a late source's link type cannot meet). */
int run_execute(struct run *run, const struct signals *signals, struct error *error);

/* The document of a run that was executed; arena_fini() of its arena frees it. */
void run_document(const struct run *run, struct document *document);

/* Completes the recording, where there is one. -1: it is not whole; the verdicts stand. */
int run_finish(struct run *run, struct error *error);

/* ---- While a run goes on, from a listener of its own thread ---- */

/* Live: the last expectation that was added, by run_expect_of(), joins in: its window opens at opens_ns. -1: a source of --on that
 * is not there, or its predicate refused. */
int run_join(struct run *run, int64_t opens_ns, struct error *error);

void run_close_one(struct run *run, struct expectation *expectation, int64_t time_ns);
void run_cancel(struct run *run, struct expectation *expectation);

/* Live: whether an expectation has finished, and every packet and hole up to its finish is known, as far as that can be. Of a
 * replay that is known at its end alone. */
bool run_has_settled(const struct run *run, const struct expectation *expectation);

/* Live, on any thread once it was started: the time now, on the run's clock. */
int64_t run_now_ns(const struct run *run);

/* The document of one expectation alone. */
void run_document_of(const struct run *run, const struct expectation *expectation, struct document *document);

struct run_progress run_progress(const struct run *run);
const struct source_list *run_sources(const struct run *run);

#endif
