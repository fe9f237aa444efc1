/* SPDX-License-Identifier: MIT */
/* fake.h: what the files of the fake host share. <aptrace/fake.h> is the contract. */
#ifndef FAKE_H
#define FAKE_H

#include <aptrace/fake.h>

#include "core/engine.h"
#include "core/text.h"

struct aptrace_fake {
    struct aptrace_host host;         /* first, so that an instance leads to its fake */
    struct plugin predicate, noted;   /* as it was given, and with callbacks that are noted */
    struct source_list sources;
    struct arena arena;
    const char **words;               /* the predicate's name, then those given */
    size_t word_count;
    struct expectation *expectation;  /* [may be null] before the words were read, and where they were refused */
    struct expectation *list[1];      /* the engine's */
    struct engine engine;
    struct guard guard;               /* it catches nothing: a fault is for the test, or a debugger */
    bool has_read, has_prepared, has_begun;
    struct error refusal;

    struct packet_pages *pages;
    struct batch *batch;              /* [may be null] of the packet that was shown last */
    uint64_t *numbers;                /* by source: packets shown */
    uint64_t position;
    int64_t time_ns;                  /* since the window opened */
    uint32_t source, capture;
    uint16_t flags;

    const char *callback;             /* [may be null] the one that is being called */
    const struct aptrace_packet *at_hand; /* [may be null] the packet that it may speak of */
    bool has_refused;                 /* aptrace_refuse() was called */
    bool has_finished;
    struct aptrace_finish finish;
    char *nearest_text;               /* [may be null] made when asked for */
    struct text log, report;
};

/* Makes the host and the callbacks that note each call, and then ask those that they stand for. */
void fake_note_callbacks(struct aptrace_fake *fake);

/* Ends the process: the predicate or the test broke a contract. */
__attribute__((noreturn, format(printf, 2, 3))) void fake_die(const struct aptrace_fake *fake, const char *format, ...);

#endif
