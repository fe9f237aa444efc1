/* SPDX-License-Identifier: MIT */
/* Where a packet that was looked for was seen instead: the first at each place, by position in the timeline and not by batch, and
 * nothing where there is nothing to explain. Every case is run with batches of 1, 2, 3 and 256 packets. */
#include "suites.h"

#include <stdio.h>
#include <string.h>

#include "fake.h"

static const unsigned batch_sizes[] = {1, 2, 3, 256};

enum { SENT = APTRACE_PACKET_SENT };

/* "source 3#1 at 5, after 1#4 at 20": what was noted. */
static const char *seen(const struct expectation *expectation)
{
    static const char *const places[] = {"source", "direction", "before", "after"};
    static char said[256];
    struct text text = {0};
    for (enum elsewhere_place place = ELSEWHERE_SOURCE; place < ELSEWHERE_PLACES; place++) {
        const struct packet_reference *packet = elsewhere_packet(&expectation->elsewhere, place);
        if (packet)
            text_add(&text, "%s%s %u#%llu at %lld", text.length ? ", " : "", places[place], packet->source,
                     (unsigned long long)packet->number, (long long)packet->time_ns);
    }
    snprintf(said, sizeof said, "%s", text_bytes(&text));
    text_fini(&text);
    return said;
}

/* Feeds what there is; an expectation that outlives it ends with the trace. wanted: of each expectation, in their order. */
static void run_case(const char *const *words, const struct fake_packet *packets, size_t count, const char *const *wanted)
{
    for (size_t i = 0; i < sizeof batch_sizes / sizeof *batch_sizes; i++) {
        struct fake_run run;
        fake_begin(&run, "1 2 3", batch_sizes[i]);
        for (size_t at = 0; words[at]; at++)
            fake_expect(&run, words[at]);
        fake_open(&run, 0);
        fake_feed(&run, packets, count);
        engine_end(&run.engine);
        for (size_t at = 0; words[at]; at++)
            ck_assert_msg(strcmp(seen(run.expectations[at]), wanted[at]) == 0, "%s, batches of %u: expected %s, got %s",
                          words[at], batch_sizes[i], wanted[at], seen(run.expectations[at]));
        fake_end(&run);
    }
}

#define WORDS(...) (const char *const[]){__VA_ARGS__, NULL}
#define SEEN(...) (const char *const[]){__VA_ARGS__}
#define RUN(WORDS, SEEN, ...) do { \
        const struct fake_packet packets_[] = {__VA_ARGS__}; \
        run_case(WORDS, packets_, sizeof packets_ / sizeof *packets_, SEEN); \
    } while (0)

START_TEST(the_first_at_another_source)
{
    RUN(WORDS("seek want=7 --on 1"), SEEN("source 3#2 at 5"), {1, 1, 0, 0, 0}, {3, 2, 0, 0, 0}, {3, 5, 7, 0, 0}, {2, 6, 7, 0, 0});
    RUN(WORDS("seek want=7 --on 1+3"), SEEN("source 2#1 at 6"), {1, 1, 0, 0, 0}, {3, 2, 0, 0, 0}, {2, 6, 7, 0, 0},
        {2, 7, 7, 0, 0});
    RUN(WORDS("seek want=7 --on 1"), SEEN(""), {3, 5, 7, SENT, 0}, {3, 6, 7, SENT, 0});
    RUN(WORDS("seek want=7 --on 1 --direction out"), SEEN("source 3#1 at 5"), {3, 5, 7, SENT, 0}, {3, 6, 7, 0, 0});
    RUN(WORDS("seek want=7"), SEEN(""), {3, 5, 8, 0, 0});
}
END_TEST

START_TEST(the_first_in_the_other_direction)
{
    RUN(WORDS("seek want=7"), SEEN("direction 2#2 at 3"), {2, 1, 0, SENT, 0}, {2, 3, 7, SENT, 0}, {1, 4, 7, SENT, 0});
    RUN(WORDS("seek want=7 --direction out --on 1"), SEEN("source 2#2 at 4, direction 1#1 at 3"), {2, 2, 7, 0, 0},
        {1, 3, 7, 0, 0}, {2, 4, 7, SENT, 0});
    RUN(WORDS("seek want=7 --direction both --on 1"), SEEN("source 2#1 at 2"), {2, 2, 7, SENT, 0}, {2, 3, 7, 0, 0});
}
END_TEST

START_TEST(the_window_has_edges)
{
    RUN(WORDS("seek want=7 --on 1 --timeout 10ns", "tally --expect any"), SEEN("source 2#1 at 10, after 1#2 at 12", ""),
        {1, 3, 0, 0, 0}, {2, 10, 7, 0, 0}, {2, 11, 7, 0, 0}, {1, 12, 7, 0, 0}, {1, 13, 7, 0, 0});
    RUN(WORDS("seek want=7 --on 1 --timeout 10ns", "tally --expect any"), SEEN("after 1#1 at 11", ""),
        {2, 11, 7, 0, 0}, {1, 11, 7, 0, 0});
    RUN(WORDS("seek want=7 --on 1 --count 2", "tally --expect any"), SEEN("source 2#1 at 2, after 1#3 at 5", ""),
        {1, 1, 0, 0, 0}, {2, 2, 7, 0, 0}, {1, 3, 0, 0, 0}, {2, 4, 7, 0, 0}, {1, 5, 7, 0, 0});
    RUN(WORDS("seek want=7 --on 1 --count 2"), SEEN(""), {1, 1, 0, 0, 0}, {1, 3, 0, 0, 0}, {1, 5, 7, 0, 0});
    RUN(WORDS("seek want=7 --timeout 5ns", "seek want=8 --timeout 20ns"), SEEN("after 1#2 at 20", "direction 1#1 at 7"),
        {1, 7, 8, SENT, 0}, {1, 20, 7, 0, 0}, {1, 21, 7, 0, 0}, {1, 22, 8, 0, 0});
}
END_TEST

START_TEST(before_the_window_opened)
{
    RUN(WORDS("watch want=1 --name first", "seek want=7 --after first"), SEEN("", "before 1#1 at 1"),
        {1, 1, 7, 0, 0}, {1, 2, 7, 0, 0}, {1, 3, 1, 0, 0}, {1, 4, 0, 0, 0});
    RUN(WORDS("watch want=1 --name first --on 2", "seek want=1 --after first --on 1"),
        SEEN("", "source 2#2 at 5, before 1#1 at 1"), {1, 1, 1, 0, 0}, {2, 3, 1, 0, 0}, {1, 4, 0, 0, 0}, {2, 5, 1, 0, 0});
    RUN(WORDS("watch want=7 --name first", "seek want=7 --after first"), SEEN("", "before 1#1 at 3"),
        {1, 3, 7, 0, 0}, {1, 4, 0, 0, 0});
    RUN(WORDS("watch want=9 --name first", "seek want=7 --after first"), SEEN("", "before 1#1 at 3"), {1, 3, 7, 0, 0});
    RUN(WORDS("watch want=1 --name first", "seek want=7 --after first --timeout 2ns", "tally --expect any"),
        SEEN("", "", ""), {1, 3, 1, 0, 0}, {2, 4, 0, SENT, 0});
}
END_TEST

START_TEST(a_window_that_never_opened_has_no_behind)
{
    RUN(WORDS("watch want=9 --name first --timeout 2ns", "seek want=7 --after first", "tally --expect any"),
        SEEN("", "", ""), {1, 1, 0, 0, 0}, {1, 2, 0, 0, 0}, {1, 5, 0, 0, 0}, {1, 5, 7, 0, 0}, {1, 6, 7, 0, 0});
}
END_TEST

/* One that was shown is nowhere else. */
START_TEST(what_was_shown_is_not_elsewhere)
{
    RUN(WORDS("gather want=7 --on 1 --timeout 10ns --expect 9", "tally --expect any"), SEEN("after 1#2 at 12", ""),
        {1, 3, 7, 0, 0}, {1, 12, 7, 0, 0}, {1, 13, 7, 0, 0});
    RUN(WORDS("watch want=7 --name first", "gather want=7 --after first --on 1 --expect 9"), SEEN("", "before 1#1 at 3"),
        {1, 3, 7, 0, 0}, {1, 4, 7, 0, 0});
}
END_TEST

START_TEST(a_stop_has_nothing_to_explain)
{
    RUN(WORDS("seek want=7 --on 1", "tally --expect any"), SEEN("", ""), {1, 1, 7, 0, 0}, {2, 1, 7, 0, 0}, {1, 2, 7, 0, 0});
    RUN(WORDS("watch want=7 --on 1", "tally --expect any"), SEEN("", ""), {2, 1, 7, 0, 0});
}
END_TEST

/* What lies behind the run's last finish is no part of it, in the same batch or not. */
START_TEST(only_what_the_run_takes)
{
    RUN(WORDS("seek want=7 --on 1 --timeout 3ns", "watch want=2"), SEEN("", ""),
        {1, 1, 0, 0, 0}, {2, 4, 2, 0, 0}, {1, 5, 7, 0, 0}, {2, 5, 7, 0, 0});
}
END_TEST

START_TEST(the_filter_holds_elsewhere_too)
{
    RUN(WORDS("seek want=7 --on 1 --filter ether[0]=7"), SEEN("source 2#1 at 2"), {1, 1, 8, 0, 0}, {2, 2, 7, 0, 0});
    RUN(WORDS("seek want=7 --on 1 --filter ether[0]=8"), SEEN(""), {1, 1, 8, 0, 0}, {2, 2, 7, 0, 0}, {1, 3, 7, SENT, 0});
}
END_TEST

/* Its place in time is not sure. */
START_TEST(a_packet_alone_in_its_span_is_left_out)
{
    struct fake_run run;
    static const uint8_t byte = 7;
    fake_begin(&run, "1 2", 1);
    const struct expectation *seek = fake_expect(&run, "seek want=7 --on 1");
    fake_open(&run, 0);
    *run.batch = (struct batch){.count = 1, .source_low = 2, .source_high = 2, .spans = true, .span_from_ns = 1, .span_to_ns = 5};
    run.batch->packets[0] = (struct aptrace_packet){
        .bytes = &byte, .capture_length = 1, .wire_length = 1, .time_ns = 5, .timestamp_ns = 1, .source = 2, .link_type = 1,
        .number = 1, .position = 1};
    engine_packets(&run.engine, run.batch);
    ck_assert_str_eq(seen(seek), "");
    fake_end(&run);
}
END_TEST

/* A window that joined lies ahead of the clock: packets on the way to it are before it, and beside it nowhere. */
START_TEST(a_window_that_joined)
{
    const struct fake_packet packets[] = {{2, 11, 7, 0, 0}, {1, 12, 7, 0, 0}, {1, 13, 7, 0, 0}, {1, 20, 0, 0, 0}, {2, 21, 7, 0, 0},
                                          {1, 31, 7, 0, 0}};
    for (size_t i = 0; i < sizeof batch_sizes / sizeof *batch_sizes; i++) {
        struct fake_run run;
        fake_begin(&run, "1 2 3", batch_sizes[i]);
        fake_open(&run, 0);
        run.engine.watching = true;
        engine_tick(&run.engine, 10);
        struct expectation *seek = fake_join(&run, "seek want=7 --on 1 --timeout 10ns", 20);
        fake_feed(&run, packets, sizeof packets / sizeof *packets);
        ck_assert_str_eq(seen(seek), "source 2#2 at 21, before 1#1 at 12, after 1#4 at 31");
        fake_end(&run);
    }
}
END_TEST

Suite *elsewhere_suite(void)
{
    const TTest *const tests[] = {
        the_first_at_another_source, the_first_in_the_other_direction, the_window_has_edges, before_the_window_opened,
        a_window_that_never_opened_has_no_behind, what_was_shown_is_not_elsewhere,
        a_stop_has_nothing_to_explain, only_what_the_run_takes, the_filter_holds_elsewhere_too,
        a_packet_alone_in_its_span_is_left_out, a_window_that_joined,
    };
    Suite *suite = suite_create("elsewhere");
    TCase *tcase = tcase_create("elsewhere");
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
    return suite;
}
