/* SPDX-License-Identifier: MIT */
/* context.h: the contexts of <aptrace/aptrace.h> from within: what its files share.
 *
 * A context is two sides with one lock. The program's threads post requests and wait; the engine's thread, which alone touches
 * the run, takes requests between two events and publishes results. What is published never changes. */
#ifndef CONTEXT_H
#define CONTEXT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include <aptrace/aptrace.h>

#include "error.h"
#include "run.h"

enum context_state { CONTEXT_SETTING_UP, CONTEXT_STARTING, CONTEXT_RUNNING, CONTEXT_OVER };
enum request_kind { REQUEST_EXPECT, REQUEST_CLOSE, REQUEST_CANCEL };

/* Of the program's thread that waits for it. */
struct request {
    enum request_kind kind;
    struct aptrace_expectation *expectation;
    int64_t time_ns; /* the moment that is meant, on the run's clock */
    bool done;
    struct request *next;
};

#define CONTEXT_FOREIGN "its run goes on in another process, of which this is a fork: a context is used where it was begun " \
    "(in a test that is forked make it there, or in a checked fixture)"

struct aptrace_expectation {
    struct aptrace_context *context;
    struct arena arena;
    struct expectation_spec spec;
    bool is_in_place;
    const struct aptrace_plugin *in_place; /* [may be null] */
    struct expectation *expectation;       /* [may be null] the run's, once it has it */
    struct aptrace_expectation *next;      /* in the order they were made */

    /* Published, with the lock held. */
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
    atomic_int process;     /* that the thread belongs to; 0: there is none */
    enum context_state state;
    struct run_options options;
    enum direction direction; /* of expectations that say nothing of it */
    struct run *run;          /* the program's while setting up, then the thread's */
    bool is_live, is_replay;
    char *spoilt;             /* [may be null] what failed of its options and sources: a verdict without it would mislead */
    char *failure;            /* [may be null] why there is no run */
    struct signals signals;   /* the run's own: came ends it */
    struct request *requests, **last_request; /* in the order they were made */
    struct aptrace_expectation *expectations, **last_expectation;
    char error[4096];
};

/* With the lock held. Starts the engine's thread where there is none; does not wait for it. -1: there is no source, no thread, or
 * the context is spoilt. */
int context_begin(struct aptrace_context *context);

/* Whether it was begun in another process, of which this is a fork: its thread is not here, and its lock may be held for ever. */
bool context_is_foreign(const struct aptrace_context *context);

/* On the engine's own thread, in a callback, does not return: what would wait for itself is a fault of its predicate. */
void context_leave_callback(const struct aptrace_context *context);

/* Notes why for aptrace_context_error(). Returns -1. */
int context_fail(struct aptrace_context *context, const char *why);

/* ---- context_setup.c ---- */

void context_set_defaults(struct run_options *options);

/* ---- context_result.c ---- */

/* With the lock held: a result that says only why there is none. */
void context_publish_error(struct aptrace_expectation *expectation, const char *message);

/* The same in a process where nobody can wait for it. */
void context_publish_foreign(struct aptrace_expectation *expectation);

/* On the engine's thread: makes the results that have settled; all that are left where the run is over. */
void context_publish(struct aptrace_context *context, bool over);

#endif
