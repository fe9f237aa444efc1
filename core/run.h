/* SPDX-License-Identifier: MIT */
/* run.h: one run from its sources to its document: opens, sets up, drives the timeline through the engine. The command and the
 * library are its clients. A run owns all that it opened. Use: new, replay..., expect..., start, execute, document, free. */
#ifndef RUN_H
#define RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "document.h"
#include "error.h"
#include "expectation.h"
#include "source.h"

struct run;

struct run_options {
    bool has_origin;
    int64_t origin_ns;
    bool strict_end;
    int64_t link_type; /* LINKTYPE_ instead of what traces say; -1 */
};

struct run *run_new(const struct run_options *options);
void run_free(struct run *run);

/* Adds a trace as a source, or several. name: of NAME=FILE; may be null. */
int run_replay(struct run *run, const char *name, const char *path, struct error *error);

/* Adds an expectation. After the sources. */
int run_expect(struct run *run, const struct expectation_spec *spec, struct error *error);

/* Binds sources, lets the predicates prepare, fixes the origin. */
int run_start(struct run *run, struct error *error);

/* Goes through the timeline until every window has finished, or the trace has ended, or *interrupted becomes true (it may be set
 * by a signal handler). -1: a set-up error that showed only now (a source of --on that never came, a filter that a late
 * source's link type cannot meet). */
int run_execute(struct run *run, const volatile bool *interrupted, struct error *error);

/* The document of a run that was executed; arena_fini() of its arena frees it. */
void run_document(const struct run *run, struct document *document);

const struct source_list *run_sources(const struct run *run);

#endif
