/* SPDX-License-Identifier: MIT */
/* context.h: the contexts of <aptrace/aptrace.h> from within: what its files share.
 *
 * A context is two sides with one lock. The program's threads post requests and wait; the engine's thread, which alone touches the
 * run, takes requests between two events and publishes results. What is published never changes. */
#ifndef CONTEXT_H
#define CONTEXT_H

#include <pthread.h>
#include <stdbool.h>

#include <aptrace/aptrace.h>

#include "error.h"
#include "run.h"

enum context_state { CONTEXT_SETTING_UP, CONTEXT_RUNNING, CONTEXT_OVER };
enum request_kind { REQUEST_EXPECT, REQUEST_CLOSE, REQUEST_CANCEL };

/* Of a program's thread, on its stack until it is done. */
struct request {
    enum request_kind kind;
    struct aptrace_expectation *expectation;
    int64_t time_ns;
    bool done;
};

struct aptrace_expectation {
    struct aptrace_context *context;
    struct arena arena;
    struct expectation_spec spec;
    const struct aptrace_plugin *in_place; /* [may be null] */
    struct expectation *expectation;       /* [may be null] the run's, once it has it */
    struct aptrace_expectation *next;      /* in the order they were made */

    /* Published. */
    bool published, sound;
    enum aptrace_verdict verdict;
    struct aptrace_value value;
    char *explanation; /* [may be null] */
    char *report;
};

struct aptrace_context {
    pthread_mutex_t lock;
    pthread_cond_t changed; /* CLOCK_MONOTONIC */
    pthread_t thread;
    bool has_thread;
    enum context_state state;
    struct run_options options;
    struct run *run;       /* the program's while setting up, then the thread's */
    bool is_live, is_replay;
    struct signals signals; /* the run's own: came ends it */
    struct request *request; /* [may be null] the one whose turn it is */
    struct aptrace_expectation *expectations, **last_expectation;
    char error[4096];
};

/* ---- context_result.c ---- */

/* With the lock held: a result that says only why there is none. */
void context_publish_error(struct aptrace_expectation *expectation, const char *message);

/* On the engine's thread: makes the results that have settled; all that are left where the run is over. */
void context_publish(struct aptrace_context *context, bool over);

#endif
