/* SPDX-License-Identifier: MIT */
/* fake.h: a run without files: sources, packets on a clock that the test sets, and predicates that log their calls.
 *
 * Predicates: "watch want=N" stops at a packet whose first byte is N; "tally" counts by on_packet and yields the number;
 * "fragile want=N" is watch without stop_survives_loss; "liar" yields a type that it did not declare; "two" answers 2 for
 * true; "limit want=N" yields as tally does, and expects at most N unless N is 0; "seek want=N" is watch without a log, and asks
 * where else such a packet was seen; "gather want=N" is tally and asks the same. Each call is written to the log: "L+" on_packet, "L?" stop_condition, "L!" on_finish, L the
 * label. */
#ifndef FAKE_H
#define FAKE_H

#include "core/engine.h"
#include "core/text.h"

struct fake_packet {
    uint32_t source;
    int64_t time_ns;
    uint8_t byte;
    uint16_t flags;
    int64_t late_stamp_ns; /* with APTRACE_PACKET_LATE */
};

struct fake_run {
    struct source_list sources;
    struct expectation *expectations[16];
    size_t count;
    struct engine engine;
    struct batch *batch;
    uint64_t position;
    unsigned batch_size;
    struct text log;
};

/* sources: names by blanks. batch_size: how many packets travel together. */
void fake_begin(struct fake_run *run, const char *sources, unsigned batch_size);
void fake_end(struct fake_run *run);

/* The words of one expectation, by blanks: "watch want=2 --timeout 5ns". The test fails where they are refused. */
struct expectation *fake_expect(struct fake_run *run, const char *words);

/* The same in a run that goes on: one that joins in, its window opens at opens_ns. */
struct expectation *fake_join(struct fake_run *run, const char *words, int64_t opens_ns);

/* The same for words that are refused: with what. */
const char *fake_refusal(struct fake_run *run, const char *words);

/* Opens the windows at the origin; expectations come before. */
void fake_open(struct fake_run *run, int64_t origin_ns);

/* Feeds packets, in batches of batch_size, until the run is over. */
void fake_feed(struct fake_run *run, const struct fake_packet *packets, size_t count);

const char *fake_log(const struct fake_run *run);

const struct plugin *fake_plugin(const char *name);

#endif
