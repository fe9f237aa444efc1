/* SPDX-License-Identifier: MIT */
/* The soundness rule: what a hole does to a verdict, and what survives it. */
#include "suites.h"

#include <string.h>

#include "core/timeline.h"
#include "core/verdict.h"
#include "fake.h"

#define FEED(RUN, ...) do { \
        const struct fake_packet packets_[] = {__VA_ARGS__}; \
        fake_feed(RUN, packets_, sizeof packets_ / sizeof *packets_); \
    } while (0)

static enum reader_event no_next(struct reader *reader, struct batch *batch)
{
    (void)reader;
    (void)batch;
    return READER_END;
}

static void no_free(struct reader *reader)
{
    (void)reader;
}

static const struct reader_ops no_ops = {.next = no_next, .free = no_free};

/* The document of a fake run, whose sources all came from one file that has ended. */
static struct document document_of(struct fake_run *run)
{
    static struct reader reader;
    struct document document;
    struct timeline timeline;
    reader = (struct reader){.ops = &no_ops, .sources = &run->sources};
    memset(&document, 0, sizeof document);
    timeline_init(&timeline, &run->sources);
    timeline_take_reader(&timeline, &reader, 0);
    timeline_start(&timeline);
    verdict_write(&document, &run->engine, &timeline);
    timeline_fini(&timeline);
    return document;
}

static void tell_hole(struct fake_run *run, enum hole_kind kind, uint32_t source, int64_t from_ns, int64_t to_ns, uint64_t packets)
{
    struct hole hole = {.source = source, .kind = kind, .from_ns = from_ns, .to_ns = to_ns, .packets = packets, .text = "a test's hole"};
    engine_hole(&run->engine, &hole);
}

START_TEST(sound_evidence_passes_or_fails)
{
    struct fake_run run;
    fake_begin(&run, "a", 256);
    fake_expect(&run, "watch want=7");
    fake_expect(&run, "watch want=9");
    fake_expect(&run, "watch want=9 --expect false");
    fake_expect(&run, "tally --expect 1..2");
    fake_expect(&run, "tally --expect 3..");
    fake_expect(&run, "tally --expect any");
    fake_open(&run, 0);
    FEED(&run, {1, 1, 0, 0, 0}, {1, 2, 7, 0, 0});
    engine_end(&run.engine);
    struct document document = document_of(&run);
    const enum verdict wanted[] = {VERDICT_PASS, VERDICT_FAIL, VERDICT_PASS, VERDICT_PASS, VERDICT_FAIL, VERDICT_PASS};
    for (size_t i = 0; i < 6; i++)
        ck_assert_int_eq(document.expectations[i].verdict, wanted[i]);
    ck_assert_int_eq(document.verdict, VERDICT_FAIL);
    ck_assert_int_eq(document_exit_status(&document), 1);
    ck_assert_str_eq(document.sources[0].ended, "end of trace");
    arena_fini(&document.arena);
    fake_end(&run);
}
END_TEST

START_TEST(a_hole_makes_what_rests_on_it_inconclusive)
{
    struct fake_run run;
    fake_begin(&run, "a b", 256);
    fake_expect(&run, "watch want=9 --name touched");
    fake_expect(&run, "watch want=9 --on b --name elsewhere");
    fake_expect(&run, "watch want=9 --timeout 3ns --name before");
    fake_expect(&run, "watch want=9 --timeout 4ns --name edge");
    fake_expect(&run, "tally --expect any --name any");
    fake_open(&run, 0);
    FEED(&run, {1, 1, 0, 0, 0}, {1, 10, 0, 0, 0});
    tell_hole(&run, HOLE_DROP, 1, 4, 6, 3);
    tell_hole(&run, HOLE_DROP, 1, 5, 20, 2);
    engine_end(&run.engine);
    struct document document = document_of(&run);
    const enum verdict wanted[] = {VERDICT_INCONCLUSIVE, VERDICT_FAIL, VERDICT_FAIL, VERDICT_INCONCLUSIVE, VERDICT_INCONCLUSIVE};
    for (size_t i = 0; i < 5; i++)
        ck_assert_msg(document.expectations[i].verdict == wanted[i], "%s", document.expectations[i].label);
    const struct document_expectation *touched = &document.expectations[0];
    ck_assert_uint_eq(touched->hole_count, 1);
    ck_assert_str_eq(touched->holes[0].kind, "drop");
    ck_assert_uint_eq(touched->holes[0].packets, 5);
    ck_assert_int_eq(touched->holes[0].from_ns, 4);
    ck_assert_int_eq(touched->holes[0].to_ns, 10);
    ck_assert_uint_eq(document.sources[0].dropped, 5);
    arena_fini(&document.arena);
    fake_end(&run);
}
END_TEST

START_TEST(a_stop_survives_only_where_it_is_declared_and_unlimited)
{
    struct fake_run run;
    fake_begin(&run, "a", 256);
    fake_expect(&run, "watch want=7 --name survives");
    fake_expect(&run, "fragile want=7 --name fragile");
    fake_expect(&run, "watch want=7 --count 9 --name limited");
    fake_open(&run, 0);
    tell_hole(&run, HOLE_DROP, 1, 0, 1, 1);
    FEED(&run, {1, 2, 7, 0, 0});
    struct document document = document_of(&run);
    ck_assert_int_eq(document.expectations[0].verdict, VERDICT_PASS);
    ck_assert_int_eq(document.expectations[1].verdict, VERDICT_INCONCLUSIVE);
    ck_assert_int_eq(document.expectations[2].verdict, VERDICT_INCONCLUSIVE);
    ck_assert_int_eq(document_exit_status(&document), 3);
    arena_fini(&document.arena);
    fake_end(&run);
}
END_TEST

START_TEST(after_inherits_the_holes_of_its_label_up_to_the_stop)
{
    struct fake_run run;
    fake_begin(&run, "a b", 256);
    fake_expect(&run, "watch want=1 --name first --on a");
    fake_expect(&run, "watch want=2 --after first --on b --name endless");
    fake_expect(&run, "watch want=2 --after first --on b --timeout 5ns --name timed");
    fake_expect(&run, "watch want=9 --after first --on b --timeout 5ns --name missed");
    fake_open(&run, 0);
    FEED(&run, {1, 5, 1, 0, 0}, {2, 6, 2, 0, 0}, {2, 20, 0, 0, 0});
    tell_hole(&run, HOLE_DROP, 1, 2, 3, 1);
    struct document document = document_of(&run);
    const enum verdict wanted[] = {VERDICT_PASS, VERDICT_PASS, VERDICT_INCONCLUSIVE, VERDICT_INCONCLUSIVE};
    for (size_t i = 0; i < 4; i++)
        ck_assert_msg(document.expectations[i].verdict == wanted[i], "%s", document.expectations[i].label);
    arena_fini(&document.arena);
    fake_end(&run);
}
END_TEST

START_TEST(a_hole_behind_the_stop_of_the_label_is_not_inherited)
{
    struct fake_run run;
    fake_begin(&run, "a b", 256);
    fake_expect(&run, "watch want=1 --name first --on a");
    fake_expect(&run, "watch want=9 --after first --on b --timeout 5ns");
    fake_open(&run, 0);
    FEED(&run, {1, 5, 1, 0, 0}, {2, 20, 0, 0, 0});
    tell_hole(&run, HOLE_DROP, 1, 6, 7, 1);
    struct document document = document_of(&run);
    ck_assert_int_eq(document.expectations[1].verdict, VERDICT_FAIL);
    arena_fini(&document.arena);
    fake_end(&run);
}
END_TEST

START_TEST(what_an_unsound_stop_opened_is_unsound)
{
    struct fake_run run;
    fake_begin(&run, "a b", 256);
    fake_expect(&run, "watch want=1 --count 9 --name limited --on a");
    fake_expect(&run, "watch want=2 --after limited --on b --name second");
    fake_expect(&run, "watch want=3 --after second --on b");
    fake_open(&run, 0);
    FEED(&run, {1, 5, 1, 0, 0}, {2, 6, 2, 0, 0}, {2, 7, 3, 0, 0});
    tell_hole(&run, HOLE_DROP, 1, 2, 3, 1);
    struct document document = document_of(&run);
    for (size_t i = 0; i < 3; i++)
        ck_assert_msg(document.expectations[i].verdict == VERDICT_INCONCLUSIVE, "%s", document.expectations[i].label);
    arena_fini(&document.arena);
    fake_end(&run);
}
END_TEST

START_TEST(what_a_late_packet_opened_is_a_hole)
{
    struct fake_run run;
    fake_begin(&run, "a", 256);
    fake_expect(&run, "watch want=1 --name first");
    fake_expect(&run, "watch want=2 --after first --timeout 10ns");
    fake_open(&run, 0);
    FEED(&run, {1, 20, 0, 0, 0}, {1, 20, 1, APTRACE_PACKET_LATE, 5}, {1, 25, 2, 0, 0});
    struct document document = document_of(&run);
    ck_assert_int_eq(document.expectations[0].verdict, VERDICT_PASS);
    ck_assert_int_eq(document.expectations[1].verdict, VERDICT_INCONCLUSIVE);
    arena_fini(&document.arena);
    fake_end(&run);
}
END_TEST

START_TEST(a_timeout_beyond_all_time_is_still_one)
{
    struct fake_run run;
    fake_begin(&run, "a", 256);
    fake_expect(&run, "watch want=1 --timeout 2500000h --expect false");
    fake_open(&run, 1700000000000000000);
    run.engine.strict_end = true;
    engine_end(&run.engine);
    struct document document = document_of(&run);
    ck_assert_int_eq(document.expectations[0].verdict, VERDICT_INCONCLUSIVE);
    ck_assert_str_eq(document.expectations[0].reason, "timed out");
    arena_fini(&document.arena);
    fake_end(&run);
}
END_TEST

START_TEST(a_hole_over_both_windows_counts_once)
{
    struct fake_run run;
    fake_begin(&run, "a", 256);
    fake_expect(&run, "watch want=1 --name first");
    fake_expect(&run, "watch want=9 --after first");
    fake_open(&run, 0);
    FEED(&run, {1, 5, 1, 0, 0}, {1, 20, 0, 0, 0});
    tell_hole(&run, HOLE_DROP, 1, 3, 12, 4);
    engine_end(&run.engine);
    struct document document = document_of(&run);
    const struct document_expectation *second = &document.expectations[1];
    ck_assert_uint_eq(second->hole_count, 1);
    ck_assert_uint_eq(second->holes[0].packets, 4);
    ck_assert_int_eq(second->holes[0].from_ns, 3);
    ck_assert_int_eq(second->holes[0].to_ns, 12);
    arena_fini(&document.arena);
    fake_end(&run);
}
END_TEST

START_TEST(a_window_that_never_opened_fails)
{
    struct fake_run run;
    fake_begin(&run, "a", 256);
    fake_expect(&run, "watch want=1 --timeout 5ns --name first --expect false");
    fake_expect(&run, "watch want=2 --after first --expect any");
    fake_expect(&run, "watch want=2 --after first --expect false");
    fake_open(&run, 0);
    tell_hole(&run, HOLE_DROP, 1, 100, 200, 1);
    FEED(&run, {1, 6, 1, 0, 0});
    struct document document = document_of(&run);
    ck_assert_int_eq(document.expectations[0].verdict, VERDICT_PASS);
    for (size_t i = 1; i < 3; i++) {
        const struct document_expectation *never = &document.expectations[i];
        ck_assert_int_eq(never->verdict, VERDICT_FAIL);
        ck_assert(!never->has_value && !never->has_opens && !never->has_closes);
        ck_assert_str_eq(never->reason, "never opened");
        ck_assert_ptr_nonnull(strstr(never->explanation, "first"));
    }
    arena_fini(&document.arena);
    fake_end(&run);
}
END_TEST

START_TEST(a_cut_trace_takes_nothing_from_what_its_last_packet_finished)
{
    struct fake_run run;
    fake_begin(&run, "a", 256);
    fake_expect(&run, "fragile want=7 --name stopped");
    fake_expect(&run, "tally --count 2 --expect 2 --name counted");
    fake_expect(&run, "watch want=9 --timeout 5ns --name edge");
    fake_expect(&run, "watch want=9 --timeout 4ns --name before");
    fake_open(&run, 0);
    FEED(&run, {1, 1, 0, 0, 0}, {1, 5, 7, 0, 0});
    tell_hole(&run, HOLE_CUT_SHORT, 1, 5, HOLE_OPEN, 0);
    engine_end(&run.engine);
    struct document document = document_of(&run);
    const enum verdict wanted[] = {VERDICT_PASS, VERDICT_PASS, VERDICT_INCONCLUSIVE, VERDICT_FAIL};
    for (size_t i = 0; i < 4; i++)
        ck_assert_msg(document.expectations[i].verdict == wanted[i], "%s", document.expectations[i].label);
    ck_assert_int_eq(document.expectations[2].holes[0].to_ns, 5);
    arena_fini(&document.arena);
    fake_end(&run);
}
END_TEST

START_TEST(a_fault_is_an_error_and_the_others_stand)
{
    struct fake_run run;
    fake_begin(&run, "a", 256);
    fake_expect(&run, "liar");
    fake_expect(&run, "watch want=7");
    fake_open(&run, 0);
    FEED(&run, {1, 2, 7, 0, 0});
    engine_end(&run.engine);
    struct document document = document_of(&run);
    ck_assert_int_eq(document.expectations[0].verdict, VERDICT_ERROR);
    ck_assert_int_eq(document.expectations[1].verdict, VERDICT_PASS);
    ck_assert_int_eq(document_exit_status(&document), 4);
    arena_fini(&document.arena);
    fake_end(&run);
}
END_TEST

START_TEST(endless_counted_and_interrupted_must_not_pass)
{
    struct fake_run run;
    fake_begin(&run, "a", 256);
    fake_expect(&run, "watch want=7 --timeout none --name endless");
    fake_expect(&run, "watch want=7 --count 1 --name counted");
    fake_expect(&run, "watch want=7 --name interrupted");
    fake_open(&run, 0);
    FEED(&run, {1, 2, 0, 0, 0});
    engine_interrupt(&run.engine, 0);
    struct document document = document_of(&run);
    const enum verdict wanted[] = {VERDICT_FAIL, VERDICT_FAIL, VERDICT_INCONCLUSIVE};
    for (size_t i = 0; i < 3; i++)
        ck_assert_msg(document.expectations[i].verdict == wanted[i], "%s", document.expectations[i].label);
    arena_fini(&document.arena);
    fake_end(&run);
}
END_TEST

/* ---- What the document tells of it ---- */

static void assert_likely(const struct document_expectation *expectation, size_t i, const char *text, const char *cause,
                          bool of_whole_run)
{
    ck_assert_uint_lt(i, expectation->likely_count);
    ck_assert_str_eq(expectation->likely[i].text, text);
    ck_assert_str_eq(expectation->likely[i].cause, cause);
    ck_assert_int_eq(expectation->likely[i].of_whole_run, of_whole_run);
}

START_TEST(what_was_missed_has_likely_causes)
{
    struct fake_run run;
    fake_begin(&run, "a b", 256);
    fake_expect(&run, "watch want=1 --name first");
    fake_expect(&run, "seek want=7 --after first --on a --timeout 100000000ns");
    fake_expect(&run, "tally --expect any");
    fake_open(&run, 0);
    FEED(&run, {1, 1, 7, 0, 0}, {1, 2, 1, 0, 0}, {2, 3, 7, 0, 0}, {1, 4, 7, APTRACE_PACKET_SENT, 0}, {1, 200000000, 7, 0, 0});
    engine_end(&run.engine);
    struct document document = document_of(&run);
    const struct document_expectation *missed = &document.expectations[1];
    ck_assert_int_eq(missed->verdict, VERDICT_FAIL);
    ck_assert_uint_eq(missed->likely_count, 4);
    assert_likely(missed, 0, "it was seen on b: b#1 at +0.000000003 s", "it was seen on b", false);
    assert_likely(missed, 1, "it went the other way: a#3 at +0.000000004 s", "it went the other way", false);
    assert_likely(missed, 2, "it came before the window opened: a#1 at +0.000000001 s", "it came before the window opened", true);
    assert_likely(missed, 3, "it came after the window had closed: a#4 at +0.200 s", "it came after the window had closed", true);
    ck_assert_uint_eq(missed->likely[3].packet.frame, 5);
    ck_assert_uint_eq(document.expectations[2].likely_count, 0);
    arena_fini(&document.arena);
    fake_end(&run);
}
END_TEST

START_TEST(what_was_not_missed_has_none)
{
    static const char *const words[] = {"seek want=7 --on a --expect false", "seek want=7 --on a --expect any",
                                        "seek want=7 --on b", "seek want=7 --on b --expect false"};
    struct fake_run run;
    fake_begin(&run, "a b", 256);
    for (size_t i = 0; i < 4; i++)
        fake_expect(&run, words[i]);
    fake_open(&run, 0);
    FEED(&run, {2, 3, 7, 0, 0}, {2, 4, 7, APTRACE_PACKET_SENT, 0});
    tell_hole(&run, HOLE_DROP, 1, 1, 2, 1);
    engine_end(&run.engine);
    struct document document = document_of(&run);
    const enum verdict wanted[] = {VERDICT_INCONCLUSIVE, VERDICT_INCONCLUSIVE, VERDICT_PASS, VERDICT_FAIL};
    for (size_t i = 0; i < 4; i++) {
        ck_assert_msg(document.expectations[i].verdict == wanted[i], "%s", words[i]);
        ck_assert_msg(document.expectations[i].likely_count == 0, "%s", words[i]);
    }
    arena_fini(&document.arena);
    fake_end(&run);
}
END_TEST

START_TEST(a_miss_by_fields_is_told_field_by_field)
{
    struct wanted_difference differences[] = {{"ip.ttl", "63", "64"}, {"udp.dstport", "53", "none"}};
    struct fake_run run;
    fake_begin(&run, "a", 256);
    struct expectation *missed = fake_expect(&run, "watch want=7");
    fake_expect(&run, "watch want=8");
    fake_open(&run, 0);
    FEED(&run, {1, 3, 1, 0, 0});
    engine_end(&run.engine);
    missed->nearest = (struct packet_reference){.source = 1, .number = 1, .frame = 1, .time_ns = 3};
    missed->instance.nearest = 2;
    missed->nearest_miss = (struct wanted_miss){differences, 2, "ip.dst matches"};
    struct document document = document_of(&run);
    const struct document_expectation *out = &document.expectations[0];
    ck_assert_str_eq(out->nearest->source, "a");
    ck_assert_uint_eq(out->nearest_distance, 2);
    ck_assert_str_eq(out->nearest_text, "ip.dst matches");
    ck_assert_uint_eq(out->difference_count, 2);
    ck_assert_str_eq(out->differences[0].field, "ip.ttl");
    ck_assert_str_eq(out->differences[0].wanted, "63");
    ck_assert_str_eq(out->differences[1].got, "none");
    ck_assert_uint_eq(out->nearest_same, 0);
    ck_assert_ptr_null(document.expectations[1].nearest);
    arena_fini(&document.arena);
    fake_end(&run);
}
END_TEST

START_TEST(the_document_has_what_the_predicate_expects)
{
    static const char *const wanted[] = {"..1", "..9", "3..", "true"};
    struct fake_run run;
    fake_begin(&run, "a b c", 256);
    fake_expect(&run, "limit want=1 --on b+a,c");
    fake_expect(&run, "limit want=9");
    fake_expect(&run, "limit want=9 --expect 3..");
    fake_expect(&run, "watch want=1");
    fake_open(&run, 0);
    FEED(&run, {1, 3, 1, 0, 0}, {2, 3, 1, 0, 0});
    engine_end(&run.engine);
    struct document document = document_of(&run);
    for (size_t i = 0; i < 4; i++)
        ck_assert_str_eq(document.expectations[i].expected, wanted[i]);
    ck_assert_int_eq(document.expectations[0].verdict, VERDICT_FAIL);
    ck_assert_int_eq(document.expectations[1].verdict, VERDICT_PASS);
    ck_assert_str_eq(document.expectations[0].options, "--on b+a,c"); /* only what the user said */
    ck_assert_uint_eq(document.expectations[0].on_count, 3);
    ck_assert_str_eq(document.expectations[0].on[0], "a");
    arena_fini(&document.arena);
    fake_end(&run);
}
END_TEST

Suite *verdict_suite(void)
{
    const TTest *const tests[] = {
        sound_evidence_passes_or_fails, a_hole_makes_what_rests_on_it_inconclusive,
        a_stop_survives_only_where_it_is_declared_and_unlimited, after_inherits_the_holes_of_its_label_up_to_the_stop,
        a_hole_behind_the_stop_of_the_label_is_not_inherited, a_hole_over_both_windows_counts_once, what_an_unsound_stop_opened_is_unsound,
        what_a_late_packet_opened_is_a_hole, a_timeout_beyond_all_time_is_still_one, a_window_that_never_opened_fails,
        a_cut_trace_takes_nothing_from_what_its_last_packet_finished, a_fault_is_an_error_and_the_others_stand,
        endless_counted_and_interrupted_must_not_pass, what_was_missed_has_likely_causes, what_was_not_missed_has_none,
        a_miss_by_fields_is_told_field_by_field, the_document_has_what_the_predicate_expects,
    };
    Suite *suite = suite_create("verdict");
    TCase *tcase = tcase_create("soundness");
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
    return suite;
}
