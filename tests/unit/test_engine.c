/* SPDX-License-Identifier: MIT */
/* The timing rules, each by its number, on a clock that the test sets. Every test runs with packets one by one, in threes and
 * all at once: how packets are cut into batches must never show. */
#include "suites.h"

#include <string.h>

#include "fake.h"

static const unsigned batch_sizes[] = {1, 2, 3, 256};
enum { BATCH_SIZES = sizeof batch_sizes / sizeof *batch_sizes };

#define FEED(RUN, ...) do { \
        const struct fake_packet packets_[] = {__VA_ARGS__}; \
        fake_feed(RUN, packets_, sizeof packets_ / sizeof *packets_); \
    } while (0)

static void assert_finish(const struct expectation *expectation, enum finish_reason reason, int64_t time_ns, uint64_t packets)
{
    ck_assert_int_eq(expectation->window.state, WINDOW_FINISHED);
    ck_assert_int_eq(expectation->window.reason, reason);
    ck_assert_int_eq(expectation->window.finish_ns, time_ns);
    ck_assert_uint_eq(expectation->window.packets, packets);
}

START_TEST(rule_3_window_holds_both_its_ends)
{
    struct fake_run run;
    fake_begin(&run, "a", batch_sizes[_i]);
    struct expectation *tally = fake_expect(&run, "tally --timeout 10ns --expect 3");
    fake_open(&run, 100);
    FEED(&run, {1, 100, 0, 0, 0}, {1, 105, 0, 0, 0}, {1, 110, 0, 0, 0}, {1, 111, 0, 0, 0});
    assert_finish(tally, FINISH_TIMED_OUT, 110, 3);
    ck_assert_uint_eq(tally->value.as.natural, 3);
    fake_end(&run);
}
END_TEST

START_TEST(rule_3_without_timeout_the_window_is_the_run)
{
    struct fake_run run;
    fake_begin(&run, "a", batch_sizes[_i]);
    struct expectation *tally = fake_expect(&run, "tally --expect any");
    struct expectation *endless = fake_expect(&run, "tally --expect any --timeout none");
    fake_open(&run, 0);
    FEED(&run, {1, 5, 0, 0, 0}, {1, 1000000, 0, 0, 0});
    ck_assert(!engine_over(&run.engine));
    engine_end(&run.engine);
    assert_finish(tally, FINISH_ENDED, 1000000, 2);
    assert_finish(endless, FINISH_ENDED, 1000000, 2);
    fake_end(&run);
}
END_TEST

START_TEST(rule_4_on_packet_then_stop_condition_on_the_same_packet)
{
    struct fake_run run;
    fake_begin(&run, "a", batch_sizes[_i]);
    struct expectation *watch = fake_expect(&run, "watch want=7 --name w");
    fake_open(&run, 0);
    FEED(&run, {1, 1, 0, 0, 0}, {1, 2, 7, 0, 0}, {1, 3, 7, 0, 0});
    ck_assert_str_eq(fake_log(&run), "w+ w? w+ w? w! ");
    assert_finish(watch, FINISH_STOPPED, 2, 2);
    ck_assert_uint_eq(watch->window.packet.number, 2);
    ck_assert_uint_eq(watch->value.as.natural, 1);
    fake_end(&run);
}
END_TEST

START_TEST(rule_4_the_limit_comes_after_the_stop)
{
    struct fake_run run;
    fake_begin(&run, "a", batch_sizes[_i]);
    struct expectation *both = fake_expect(&run, "watch want=7 --count 2");
    struct expectation *counted = fake_expect(&run, "watch want=7 --count 1");
    fake_open(&run, 0);
    FEED(&run, {1, 1, 0, 0, 0}, {1, 2, 7, 0, 0}, {1, 3, 7, 0, 0});
    assert_finish(both, FINISH_STOPPED, 2, 2);
    assert_finish(counted, FINISH_COUNTED, 1, 1);
    ck_assert_uint_eq(counted->window.packet.number, 1);
    ck_assert_uint_eq(counted->value.as.natural, 0);
    fake_end(&run);
}
END_TEST

START_TEST(rule_4_the_limit_counts_what_passes)
{
    struct fake_run run;
    fake_begin(&run, "a b", batch_sizes[_i]);
    struct expectation *counted = fake_expect(&run, "tally --on b --count 2 --expect 2");
    fake_open(&run, 0);
    FEED(&run, {1, 1, 0, 0, 0}, {2, 2, 0, 0, 0}, {2, 3, 0, APTRACE_PACKET_SENT, 0}, {1, 4, 0, 0, 0}, {2, 5, 0, 0, 0}, {2, 6, 0, 0, 0});
    assert_finish(counted, FINISH_COUNTED, 5, 2);
    ck_assert_uint_eq(run.engine.packets, 5);
    fake_end(&run);
}
END_TEST

START_TEST(rule_4_after_begins_behind_the_packet_that_stopped)
{
    struct fake_run run;
    fake_begin(&run, "a", batch_sizes[_i]);
    fake_expect(&run, "watch want=7 --name first");
    struct expectation *second = fake_expect(&run, "watch want=7 --name second --after first");
    fake_open(&run, 0);
    FEED(&run, {1, 1, 0, 0, 0}, {1, 2, 7, 0, 0});
    ck_assert(!engine_over(&run.engine));
    ck_assert_int_eq(second->window.opens_ns, 2);
    FEED(&run, {1, 2, 7, 0, 0}, {1, 3, 7, 0, 0});
    assert_finish(second, FINISH_STOPPED, 2, 1);
    ck_assert_uint_eq(second->window.packet.number, 3);
    ck_assert_uint_eq(run.engine.packets, 3);
    fake_end(&run);
}
END_TEST

START_TEST(rule_4_a_chain_in_one_batch)
{
    struct fake_run run;
    fake_begin(&run, "a b", batch_sizes[_i]);
    fake_expect(&run, "watch want=1 --name one --on a");
    fake_expect(&run, "watch want=2 --name two --after one --on b");
    struct expectation *three = fake_expect(&run, "watch want=3 --name three --after two --timeout 2ns");
    fake_open(&run, 0);
    FEED(&run, {2, 1, 2, 0, 0}, {1, 2, 3, 0, 0}, {1, 3, 1, 0, 0}, {1, 4, 2, 0, 0}, {2, 5, 2, 0, 0}, {1, 7, 3, 0, 0}, {1, 8, 3, 0, 0});
    ck_assert_int_eq(three->window.opens_ns, 5);
    ck_assert_int_eq(three->window.closes_ns, 7);
    assert_finish(three, FINISH_STOPPED, 7, 1);
    ck_assert(engine_over(&run.engine));
    fake_end(&run);
}
END_TEST

START_TEST(rule_5_times_out_before_the_packet_that_moved_the_clock)
{
    struct fake_run run;
    fake_begin(&run, "a", batch_sizes[_i]);
    struct expectation *watch = fake_expect(&run, "watch want=7 --timeout 10ns --name w");
    fake_open(&run, 0);
    FEED(&run, {1, 5, 0, 0, 0}, {1, 11, 7, 0, 0});
    assert_finish(watch, FINISH_TIMED_OUT, 10, 1);
    ck_assert_str_eq(fake_log(&run), "w+ w? w! ");
    ck_assert_uint_eq(run.engine.packets, 1);
    ck_assert_uint_eq(run.engine.tallies[1].packets, 1);
    ck_assert_int_eq(engine_end_ns(&run.engine), 10);
    fake_end(&run);
}
END_TEST

START_TEST(rule_5_finishes_go_by_time_then_as_given)
{
    struct fake_run run;
    fake_begin(&run, "a", batch_sizes[_i]);
    fake_expect(&run, "tally --timeout 9ns --name late --expect any");
    fake_expect(&run, "tally --timeout 3ns --name early --expect any");
    fake_expect(&run, "tally --timeout 3ns --name twin --expect any");
    fake_open(&run, 0);
    FEED(&run, {1, 20, 0, 0, 0});
    ck_assert_str_eq(fake_log(&run), "early! twin! late! ");
    ck_assert_uint_eq(run.engine.packets, 0);
    fake_end(&run);
}
END_TEST

START_TEST(rule_5_a_tick_closes_like_a_packet)
{
    struct fake_run run;
    fake_begin(&run, "a", batch_sizes[_i]);
    struct expectation *watch = fake_expect(&run, "watch want=7 --timeout 10ns --name w");
    struct expectation *waiting = fake_expect(&run, "watch want=7 --after w");
    fake_open(&run, 0);
    engine_tick(&run.engine, 10);
    ck_assert_int_eq(watch->window.state, WINDOW_OPEN);
    engine_tick(&run.engine, 11);
    assert_finish(watch, FINISH_TIMED_OUT, 10, 0);
    assert_finish(waiting, FINISH_NEVER_OPENED, 10, 0);
    ck_assert(engine_over(&run.engine));
    fake_end(&run);
}
END_TEST

START_TEST(rule_6_a_run_ends_with_its_last_finish)
{
    struct fake_run run;
    fake_begin(&run, "a", batch_sizes[_i]);
    struct expectation *stopped = fake_expect(&run, "watch want=7");
    struct expectation *timed = fake_expect(&run, "watch want=9 --timeout 4ns");
    fake_open(&run, 0);
    FEED(&run, {1, 1, 0, 0, 0}, {1, 4, 0, 0, 0}, {1, 6, 0, 0, 0}, {1, 7, 7, 0, 0}, {1, 7, 0, 0, 0}, {1, 8, 0, 0, 0});
    assert_finish(timed, FINISH_TIMED_OUT, 4, 2);
    assert_finish(stopped, FINISH_STOPPED, 7, 4);
    ck_assert_uint_eq(run.engine.packets, 4);
    ck_assert_int_eq(engine_end_ns(&run.engine), 7);
    fake_end(&run);
}
END_TEST

START_TEST(rule_6_silence_follows_a_trace)
{
    struct fake_run run;
    fake_begin(&run, "a", batch_sizes[_i]);
    struct expectation *timed = fake_expect(&run, "watch want=9 --timeout 50ns");
    struct expectation *ended = fake_expect(&run, "watch want=9");
    fake_open(&run, 0);
    FEED(&run, {1, 5, 0, 0, 0});
    engine_end(&run.engine);
    assert_finish(timed, FINISH_TIMED_OUT, 50, 1);
    assert_finish(ended, FINISH_ENDED, 5, 1);
    ck_assert_int_eq(engine_end_ns(&run.engine), 50);
    ck_assert_uint_eq(timed->own_hole_count, 0);
    fake_end(&run);
}
END_TEST

START_TEST(rule_6_strict_end_is_a_hole)
{
    struct fake_run run;
    fake_begin(&run, "a b", batch_sizes[_i]);
    struct expectation *longer = fake_expect(&run, "watch want=9 --timeout 50ns --on b");
    struct expectation *exact = fake_expect(&run, "watch want=9 --timeout 5ns");
    fake_open(&run, 0);
    run.engine.strict_end = true;
    FEED(&run, {1, 5, 0, 0, 0});
    engine_end(&run.engine);
    ck_assert_uint_eq(longer->own_hole_count, 1);
    ck_assert_int_eq(longer->own_holes[0].kind, HOLE_END);
    ck_assert_uint_eq(longer->own_holes[0].source, 2);
    ck_assert_uint_eq(exact->own_hole_count, 0);
    fake_end(&run);
}
END_TEST

START_TEST(rule_7_on_finish_once_and_nothing_after)
{
    struct fake_run run;
    fake_begin(&run, "a", batch_sizes[_i]);
    fake_expect(&run, "watch want=7 --name w");
    fake_expect(&run, "tally --name t --expect any");
    fake_open(&run, 0);
    FEED(&run, {1, 1, 7, 0, 0}, {1, 2, 7, 0, 0});
    engine_end(&run.engine);
    engine_end(&run.engine);
    engine_tick(&run.engine, 1000);
    const char *log = fake_log(&run);
    ck_assert_ptr_nonnull(strstr(log, "w!"));
    ck_assert_ptr_null(strstr(strstr(log, "w!") + 1, "w"));
    ck_assert_ptr_null(strstr(strstr(log, "t!") + 1, "t!"));
    fake_end(&run);
}
END_TEST

START_TEST(rule_9_a_late_packet_reaches_back_to_a_closed_window)
{
    struct fake_run run;
    fake_begin(&run, "a", batch_sizes[_i]);
    struct expectation *closed = fake_expect(&run, "watch want=7 --timeout 10ns");
    struct expectation *earlier = fake_expect(&run, "watch want=7 --timeout 4ns");
    struct expectation *stopped = fake_expect(&run, "watch want=1");
    struct expectation *open = fake_expect(&run, "watch want=9");
    fake_open(&run, 0);
    FEED(&run, {1, 1, 1, 0, 0}, {1, 20, 0, 0, 0}, {1, 20, 7, APTRACE_PACKET_LATE, 8});
    ck_assert_uint_eq(closed->own_hole_count, 1);
    ck_assert_int_eq(closed->own_holes[0].kind, HOLE_LATE);
    ck_assert_int_eq(closed->own_holes[0].from_ns, 8);
    ck_assert_int_eq(closed->own_holes[0].to_ns, 20);
    ck_assert_uint_eq(earlier->own_hole_count, 0);
    ck_assert_uint_eq(stopped->own_hole_count, 0);
    ck_assert_uint_eq(open->own_hole_count, 0);
    ck_assert_uint_eq(open->window.packets, 3);
    ck_assert_uint_eq(run.engine.tallies[1].late, 1);
    fake_end(&run);
}
END_TEST

START_TEST(an_interrupt_is_a_hole_for_all_but_endless_windows)
{
    struct fake_run run;
    fake_begin(&run, "a", batch_sizes[_i]);
    struct expectation *timed = fake_expect(&run, "watch want=9 --timeout 50ns");
    struct expectation *endless = fake_expect(&run, "watch want=9 --timeout none");
    fake_open(&run, 0);
    FEED(&run, {1, 5, 0, 0, 0});
    engine_interrupt(&run.engine, 0);
    assert_finish(timed, FINISH_INTERRUPTED, 5, 1);
    assert_finish(endless, FINISH_INTERRUPTED, 5, 1);
    ck_assert_uint_eq(timed->own_hole_count, 1);
    ck_assert_uint_eq(endless->own_hole_count, 0);
    ck_assert_uint_eq(endless->value.as.natural, 0);
    fake_end(&run);
}
END_TEST

START_TEST(sources_and_directions_select)
{
    struct fake_run run;
    fake_begin(&run, "a b c", batch_sizes[_i]);
    struct expectation *on_two = fake_expect(&run, "tally --on a,c --direction both --expect any");
    struct expectation *out = fake_expect(&run, "tally --direction out --expect any");
    struct expectation *in = fake_expect(&run, "tally --expect any");
    fake_open(&run, 0);
    FEED(&run, {1, 1, 0, APTRACE_PACKET_RECEIVED, 0}, {2, 2, 0, APTRACE_PACKET_SENT, 0}, {3, 3, 0, APTRACE_PACKET_SENT, 0},
         {3, 4, 0, 0, 0}, {2, 5, 0, APTRACE_PACKET_RECEIVED, 0});
    engine_end(&run.engine);
    ck_assert_uint_eq(on_two->window.packets, 3);
    ck_assert_uint_eq(out->window.packets, 2);
    ck_assert_uint_eq(in->window.packets, 3);
    fake_end(&run);
}
END_TEST

START_TEST(a_stop_of_any_bit_pattern_is_true)
{
    struct fake_run run;
    fake_begin(&run, "a", batch_sizes[_i]);
    struct expectation *two = fake_expect(&run, "two want=7");
    fake_open(&run, 0);
    FEED(&run, {1, 1, 0, 0, 0}, {1, 2, 7, 0, 0});
    assert_finish(two, FINISH_STOPPED, 2, 2);
    ck_assert_uint_eq(two->value.as.natural, 1);
    fake_end(&run);
}
END_TEST

START_TEST(a_value_of_another_type_is_a_fault)
{
    struct fake_run run;
    fake_begin(&run, "a", batch_sizes[_i]);
    struct expectation *liar = fake_expect(&run, "liar");
    fake_open(&run, 0);
    engine_end(&run.engine);
    ck_assert(!liar->has_value);
    ck_assert_ptr_nonnull(strstr(liar->fault, "liar"));
    fake_end(&run);
}
END_TEST

START_TEST(each_run_starts_fresh)
{
    for (int again = 0; again < 2; again++) {
        struct fake_run run;
        fake_begin(&run, "a", batch_sizes[_i]);
        struct expectation *tally = fake_expect(&run, "tally --expect 2");
        fake_open(&run, 0);
        FEED(&run, {1, 1, 0, 0, 0}, {1, 2, 0, 0, 0});
        engine_end(&run.engine);
        ck_assert_uint_eq(tally->value.as.natural, 2);
        fake_end(&run);
    }
}
END_TEST

/* ---- From outside, while it goes on ---------------------------------------------------------------------------------------- */

/* A run that goes on although nothing is expected of it yet, with its clock at clock_ns. */
static void begin_watching(struct fake_run *run, int64_t clock_ns)
{
    fake_begin(run, "a", batch_sizes[0]);
    fake_open(run, 0);
    run->engine.watching = true;
    engine_tick(&run->engine, clock_ns);
}

START_TEST(joined_ahead_of_the_clock)
{
    struct fake_run run;
    begin_watching(&run, 10);
    run.batch_size = batch_sizes[_i];
    struct expectation *tally = fake_join(&run, "tally --timeout 10ns --expect any --name t", 20);
    ck_assert_int_eq(tally->window.state, WINDOW_OPEN);
    FEED(&run, {1, 11, 0, 0, 0}, {1, 19, 0, 0, 0}, {1, 20, 0, 0, 0}, {1, 20, 0, 0, 0}, {1, 30, 0, 0, 0}, {1, 31, 0, 0, 0});
    assert_finish(tally, FINISH_TIMED_OUT, 30, 3);
    ck_assert_str_eq(fake_log(&run), "t+ t+ t+ t! ");
    fake_end(&run);
}
END_TEST

START_TEST(joined_behind_the_clock_begins_with_the_next_moment)
{
    struct fake_run run;
    begin_watching(&run, 10);
    run.batch_size = batch_sizes[_i];
    struct expectation *tally = fake_join(&run, "tally --timeout 10ns --expect any", 5);
    ck_assert_int_eq(tally->window.opens_ns, 11);
    ck_assert_int_eq(tally->window.closes_ns, 21);
    FEED(&run, {1, 10, 0, 0, 0}, {1, 11, 0, 0, 0}, {1, 21, 0, 0, 0}, {1, 22, 0, 0, 0});
    assert_finish(tally, FINISH_TIMED_OUT, 21, 2);
    fake_end(&run);
}
END_TEST

START_TEST(joined_behind_a_label_that_has_stopped)
{
    struct fake_run run;
    begin_watching(&run, 10);
    run.batch_size = batch_sizes[_i];
    fake_join(&run, "watch want=7 --name label", 0);
    FEED(&run, {1, 12, 7, 0, 0}, {1, 14, 0, 0, 0});
    struct expectation *tally = fake_join(&run, "tally --timeout 10ns --expect any --after label", 20);
    ck_assert_int_eq(tally->window.opens_ns, 20);
    FEED(&run, {1, 19, 0, 0, 0}, {1, 20, 0, 0, 0}, {1, 31, 0, 0, 0});
    assert_finish(tally, FINISH_TIMED_OUT, 30, 1);
    fake_end(&run);
}
END_TEST

/* Its stop is in the past of whoever joined, but the engine has not seen it yet. */
START_TEST(joined_behind_a_label_whose_stop_is_on_its_way)
{
    struct fake_run run;
    begin_watching(&run, 10);
    run.batch_size = batch_sizes[_i];
    fake_join(&run, "watch want=7 --name label", 0);
    struct expectation *early = fake_join(&run, "tally --timeout 10ns --expect any --after label", 20);
    struct expectation *later = fake_join(&run, "tally --timeout 10ns --expect any --after label", 13);
    FEED(&run, {1, 15, 7, 0, 0}, {1, 15, 0, 0, 0}, {1, 19, 0, 0, 0}, {1, 20, 0, 0, 0}, {1, 25, 0, 0, 0}, {1, 31, 0, 0, 0});
    ck_assert_int_eq(early->window.opens_ns, 20);
    assert_finish(early, FINISH_TIMED_OUT, 30, 2);
    ck_assert_int_eq(later->window.opens_ns, 15);
    assert_finish(later, FINISH_TIMED_OUT, 25, 4);
    fake_end(&run);
}
END_TEST

START_TEST(joined_behind_a_label_that_has_not_stopped)
{
    struct fake_run run;
    begin_watching(&run, 10);
    fake_join(&run, "watch want=7 --name label --timeout 5ns", 11);
    engine_tick(&run.engine, 17);
    struct expectation *tally = fake_join(&run, "tally --expect any --after label", 20);
    assert_finish(tally, FINISH_NEVER_OPENED, 16, 0);
    ck_assert_uint_eq(run.engine.open, 0);
    fake_end(&run);
}
END_TEST

START_TEST(closed_from_outside)
{
    struct fake_run run;
    begin_watching(&run, 10);
    run.batch_size = batch_sizes[_i];
    struct expectation *ahead = fake_join(&run, "tally --timeout 50ns --expect any", 0);
    struct expectation *endless = fake_join(&run, "tally --timeout none --expect any", 0);
    struct expectation *unopened = fake_join(&run, "tally --timeout 50ns --expect any", 30);
    struct expectation *shorter = fake_join(&run, "tally --timeout 3ns --expect any", 0);
    engine_close_one(&run.engine, ahead, 20);
    engine_close_one(&run.engine, endless, 20);
    engine_close_one(&run.engine, unopened, 20);
    engine_close_one(&run.engine, shorter, 20);
    FEED(&run, {1, 12, 0, 0, 0}, {1, 20, 0, 0, 0}, {1, 21, 0, 0, 0}, {1, 30, 0, 0, 0}, {1, 31, 0, 0, 0});
    assert_finish(ahead, FINISH_ENDED, 20, 2);
    assert_finish(endless, FINISH_ENDED, 20, 2);
    assert_finish(unopened, FINISH_ENDED, 30, 1);
    assert_finish(shorter, FINISH_TIMED_OUT, 14, 1);
    ck_assert_int_eq(ahead->spec.timeout_kind, TIMEOUT_GIVEN); /* what was asked stays */
    engine_close_one(&run.engine, ahead, 40);
    assert_finish(ahead, FINISH_ENDED, 20, 2);
    fake_end(&run);
}
END_TEST

START_TEST(closed_behind_the_clock_ends_with_the_next_moment)
{
    struct fake_run run;
    begin_watching(&run, 10);
    run.batch_size = batch_sizes[_i];
    struct expectation *tally = fake_join(&run, "tally --expect any", 0);
    FEED(&run, {1, 15, 0, 0, 0}, {1, 18, 0, 0, 0});
    engine_close_one(&run.engine, tally, 16);
    FEED(&run, {1, 19, 0, 0, 0}, {1, 20, 0, 0, 0});
    assert_finish(tally, FINISH_ENDED, 19, 3);
    fake_end(&run);
}
END_TEST

START_TEST(closed_while_it_waits)
{
    struct fake_run run;
    begin_watching(&run, 10);
    fake_join(&run, "watch want=7 --name label", 0);
    struct expectation *waiting = fake_join(&run, "watch want=7 --name second --after label", 0);
    struct expectation *chained = fake_join(&run, "watch want=7 --after second", 0);
    engine_close_one(&run.engine, waiting, 20);
    assert_finish(waiting, FINISH_NEVER_OPENED, 10, 0);
    assert_finish(chained, FINISH_NEVER_OPENED, 10, 0);
    FEED(&run, {1, 15, 7, 0, 0});
    assert_finish(waiting, FINISH_NEVER_OPENED, 10, 0);
    ck_assert_uint_eq(run.engine.open, 0);
    fake_end(&run);
}
END_TEST

START_TEST(given_up)
{
    struct fake_run run;
    begin_watching(&run, 10);
    run.batch_size = batch_sizes[_i];
    struct expectation *open = fake_join(&run, "watch want=7 --name label", 0);
    struct expectation *waiting = fake_join(&run, "tally --expect any --after label", 0);
    struct expectation *unopened = fake_join(&run, "tally --expect any", 30);
    struct expectation *stopped = fake_join(&run, "watch want=1", 0);
    FEED(&run, {1, 12, 1, 0, 0});
    engine_cancel(&run.engine, stopped);
    assert_finish(stopped, FINISH_STOPPED, 12, 1);
    ck_assert(!stopped->window.given_up);
    engine_cancel(&run.engine, unopened);
    assert_finish(unopened, FINISH_INTERRUPTED, 30, 0);
    engine_cancel(&run.engine, open);
    assert_finish(open, FINISH_INTERRUPTED, 12, 1);
    ck_assert_int_eq(open->own_holes[0].kind, HOLE_INTERRUPTED);
    assert_finish(waiting, FINISH_NEVER_OPENED, 12, 0);
    ck_assert(!waiting->window.given_up);
    FEED(&run, {1, 14, 7, 0, 0});
    engine_cancel(&run.engine, open);
    assert_finish(open, FINISH_INTERRUPTED, 12, 1);
    ck_assert_uint_eq(run.engine.open, 0);
    fake_end(&run);
}
END_TEST

START_TEST(given_up_while_it_waits)
{
    struct fake_run run;
    begin_watching(&run, 10);
    fake_join(&run, "watch want=7 --name label", 0);
    struct expectation *waiting = fake_join(&run, "tally --expect any --after label", 0);
    engine_cancel(&run.engine, waiting);
    assert_finish(waiting, FINISH_NEVER_OPENED, 10, 0);
    ck_assert(waiting->window.given_up);
    FEED(&run, {1, 15, 7, 0, 0});
    ck_assert_uint_eq(waiting->window.packets, 0);
    fake_end(&run);
}
END_TEST

START_TEST(one_that_cannot_go_on)
{
    struct fake_run run;
    begin_watching(&run, 10);
    struct expectation *faulty = fake_join(&run, "watch want=7 --name label", 0);
    struct expectation *waiting = fake_join(&run, "tally --expect any --after label", 0);
    struct expectation *other = fake_join(&run, "tally --expect any --timeout 9ns", 0);
    engine_fault(&run.engine, faulty);
    engine_fault(&run.engine, faulty);
    assert_finish(faulty, FINISH_FAULT, 10, 0);
    assert_finish(waiting, FINISH_NEVER_OPENED, 10, 0);
    FEED(&run, {1, 15, 7, 0, 0}, {1, 25, 7, 0, 0});
    assert_finish(other, FINISH_TIMED_OUT, 20, 1);
    ck_assert_ptr_null(strstr(fake_log(&run), "label")); /* nothing of it is called any more */
    ck_assert_uint_eq(run.engine.open, 0);
    fake_end(&run);
}
END_TEST

START_TEST(interrupted_before_it_opened)
{
    struct fake_run run;
    begin_watching(&run, 10);
    struct expectation *unopened = fake_join(&run, "tally --expect any", 30);
    engine_interrupt(&run.engine, 20);
    assert_finish(unopened, FINISH_INTERRUPTED, 30, 0);
    fake_end(&run);
}
END_TEST

Suite *engine_suite(void)
{
    const TTest *const tests[] = {
        rule_3_window_holds_both_its_ends, rule_3_without_timeout_the_window_is_the_run,
        rule_4_on_packet_then_stop_condition_on_the_same_packet, rule_4_the_limit_comes_after_the_stop,
        rule_4_the_limit_counts_what_passes, rule_4_after_begins_behind_the_packet_that_stopped, rule_4_a_chain_in_one_batch,
        rule_5_times_out_before_the_packet_that_moved_the_clock, rule_5_finishes_go_by_time_then_as_given,
        rule_5_a_tick_closes_like_a_packet, rule_6_a_run_ends_with_its_last_finish, rule_6_silence_follows_a_trace,
        rule_6_strict_end_is_a_hole, rule_7_on_finish_once_and_nothing_after, rule_9_a_late_packet_reaches_back_to_a_closed_window,
        an_interrupt_is_a_hole_for_all_but_endless_windows, sources_and_directions_select, a_stop_of_any_bit_pattern_is_true,
        a_value_of_another_type_is_a_fault, each_run_starts_fresh, joined_ahead_of_the_clock,
        joined_behind_the_clock_begins_with_the_next_moment, joined_behind_a_label_that_has_stopped,
        joined_behind_a_label_whose_stop_is_on_its_way, joined_behind_a_label_that_has_not_stopped, closed_from_outside,
        closed_behind_the_clock_ends_with_the_next_moment, closed_while_it_waits, given_up, given_up_while_it_waits,
        one_that_cannot_go_on, interrupted_before_it_opened,
    };
    Suite *suite = suite_create("engine");
    TCase *tcase = tcase_create("rules");
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_loop_test(tcase, tests[i], 0, BATCH_SIZES);
    suite_add_tcase(suite, tcase);
    return suite;
}
