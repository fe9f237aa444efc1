/* SPDX-License-Identifier: MIT */
/* Windows of a context: when they open and close, seen from the calls that make them do so. */
#include "library.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TRIES = 300 };

/* The frame before a call is never in the window, the one behind its return always is; likewise where the window is closed. */
START_TEST(a_call_lies_between_what_was_before_and_what_is_behind)
{
    struct aptrace_context *context = aptrace_context_new();
    struct aptrace_expectation *counted[TRIES];
    ck_assert_int_eq(aptrace_live(context, "v0"), 0);
    int port = open_port("v1");
    struct noise *noise = noise_begin("v1", _i == 0 ? 0 : 20);
    aptrace_expect(context, "packet_count", "--timeout", "none", NULL); /* arms it */
    for (uint32_t i = 0; i < TRIES; i++) {
        char id[16];
        snprintf(id, sizeof id, "id=%u", i);
        send_marked(port, BEFORE, i);
        counted[i] = aptrace_expect_in_place(context, &marks, id, NULL);
        send_marked(port, INSIDE, i);
        aptrace_finish_now(counted[i]);
        send_marked(port, BEHIND, i);
    }
    for (uint32_t i = 0; i < TRIES; i++)
        ck_assert_aptrace_uint_eq(counted[i], 1000);
    noise_end(noise);
    close(port);
    aptrace_context_free(context);
}
END_TEST

/* The first call arms the ports. */
START_TEST(so_does_the_first_call)
{
    for (int i = 0; i < 10; i++) {
        struct aptrace_context *context = listen_on("v0");
        int port = open_port("v1");
        send_marked(port, BEFORE, 0);
        struct aptrace_expectation *counted = aptrace_expect_in_place(context, &marks, NULL);
        send_marked(port, INSIDE, 0);
        aptrace_finish_now(counted);
        send_marked(port, BEHIND, 0);
        ck_assert_aptrace_uint_eq(counted, 1000);
        close(port);
        aptrace_context_free(context);
    }
}
END_TEST

START_TEST(a_window_is_five_seconds_or_what_timeout_says)
{
    struct aptrace_context *context = listen_on("v0");
    int64_t began_ns = now_ns();
    struct aptrace_expectation *usual = aptrace_expect_in_place(context, &window_length, NULL);
    struct aptrace_expectation *shorter = aptrace_expect_in_place(context, &window_length, "--timeout", "250ms", NULL);
    struct aptrace_expectation *at_once =
        aptrace_expect_in_place(context, &window_length, "--timeout", "0", "--expect", "0", NULL);
    struct aptrace_expectation *endless = aptrace_expect_in_place(context, &window_length, "--timeout", "none", NULL);
    ck_assert_aptrace_uint_eq(shorter, 250 * MS);
    ck_assert_aptrace_uint_eq(at_once, 0);
    ck_assert_aptrace_uint_eq(usual, 5000 * MS);
    int64_t took_ns = now_ns() - began_ns;
    ck_assert_int_ge(took_ns, 5000 * MS);
    ck_assert_int_lt(took_ns, 5900 * MS);
    ck_assert(!aptrace_wait_for(endless, 100 * MS));
    aptrace_finish_now(endless);
    ck_assert_aptrace_uint_eq(endless, 0); /* it did not time out */
    assert_says(endless, "PASS");
    aptrace_context_free(context);
}
END_TEST

START_TEST(finish_now_keeps_what_was_held)
{
    struct aptrace_context *context = listen_on("v0");
    int port = open_port("v1");
    struct aptrace_expectation *counted = aptrace_expect(context, "packet_count", "--timeout", "1m", "--expect", "5", NULL);
    struct aptrace_expectation *missed = aptrace_expect_in_place(context, &marked, "mark=2", "id=9", "--timeout", "none", NULL);
    for (uint32_t i = 0; i < 5; i++)
        send_marked(port, INSIDE, i);
    aptrace_finish_now(counted);
    aptrace_finish_now(missed);
    send_marked(port, INSIDE, 9);
    ck_assert_aptrace_pass(counted);
    ck_assert_aptrace_uint_eq(counted, 5);
    ck_assert_aptrace_false(missed);
    aptrace_finish_now(counted);
    aptrace_finish_now(counted);
    aptrace_cancel(counted);
    ck_assert_aptrace_uint_eq(counted, 5);
    close(port);
    aptrace_context_free(context);
}
END_TEST

START_TEST(cancel_is_inconclusive)
{
    struct aptrace_context *context = listen_on("v0");
    int port = open_port("v1");
    struct aptrace_expectation *open = aptrace_expect(context, "packet_count", "--timeout", "none", NULL);
    struct aptrace_expectation *label = aptrace_expect_in_place(context, &marked, "mark=5", "--name", "label", NULL);
    struct aptrace_expectation *waiting = aptrace_expect(context, "packet_count", "--after", "label", NULL);
    struct aptrace_expectation *dependent = aptrace_expect(context, "packet_count", "--after", "label", NULL);
    send_marked(port, INSIDE, 0);
    aptrace_cancel(waiting);
    ck_assert_int_eq(aptrace_result(waiting), APTRACE_INCONCLUSIVE);
    assert_says(waiting, "given up");
    aptrace_cancel(label);
    aptrace_cancel(open);
    ck_assert_int_eq(aptrace_result(label), APTRACE_INCONCLUSIVE);
    ck_assert_int_eq(aptrace_result(open), APTRACE_INCONCLUSIVE);
    assert_says(open, "given up");
    ck_assert(!aptrace_is_sound(open));
    ck_assert_int_eq(aptrace_result(dependent), APTRACE_FAIL);
    assert_says(dependent, "never opened");
    aptrace_cancel(open);
    aptrace_finish_now(open);
    ck_assert_int_eq(aptrace_result(open), APTRACE_INCONCLUSIVE);
    close(port);
    aptrace_context_free(context);
}
END_TEST

START_TEST(wait_for_in_time_and_not)
{
    struct aptrace_context *context = listen_on("v0");
    int port = open_port("v1");
    struct aptrace_expectation *seen = aptrace_expect_in_place(context, &marked, "mark=2", NULL);
    int64_t began_ns = now_ns();
    ck_assert(!aptrace_wait_for(seen, 0));
    ck_assert(!aptrace_wait_for(seen, -5));
    ck_assert(!aptrace_wait_for(seen, INT64_MIN));
    ck_assert_int_lt(now_ns() - began_ns, 50 * MS);
    ck_assert(!aptrace_wait_for(seen, 100 * MS));
    int64_t took_ns = now_ns() - began_ns;
    ck_assert_int_ge(took_ns, 100 * MS);
    ck_assert_int_lt(took_ns, 500 * MS);
    send_marked(port, INSIDE, 0);
    ck_assert(aptrace_wait_for(seen, INT64_MAX));
    ck_assert(aptrace_wait_for(seen, 0));
    ck_assert_aptrace_true(seen);
    close(port);
    aptrace_context_free(context);
}
END_TEST

START_TEST(a_count_ends_it)
{
    struct aptrace_context *context = listen_on("v0");
    int port = open_port("v1");
    struct aptrace_expectation *counted = aptrace_expect(context, "packet_count", "--count", "3", "--timeout", "none", NULL);
    struct aptrace_expectation *short_of = aptrace_expect(context, "packet_count", "--count", "30", "--timeout", "150ms", NULL);
    for (uint32_t i = 0; i < 5; i++)
        send_marked(port, INSIDE, i);
    ck_assert_aptrace_uint_eq(counted, 3);
    assert_says(counted, "packet count reached at v0#3");
    ck_assert_aptrace_uint_eq(short_of, 5);
    close(port);
    aptrace_context_free(context);
}
END_TEST

/* ---- --after -------------------------------------------------------------------------------------------------------------- */

START_TEST(after_what_stops_later)
{
    struct aptrace_context *context = listen_on("v0");
    int port = open_port("v1");
    aptrace_expect_in_place(context, &marked, "mark=5", "--name", "opener", NULL);
    struct aptrace_expectation *counted =
        aptrace_expect_in_place(context, &marks, "--after", "opener", "--timeout", "150ms", NULL);
    send_marked(port, BEFORE, 0);
    send_marked(port, OPENER, 0);
    send_marked(port, INSIDE, 0);
    ck_assert_aptrace_uint_eq(counted, 1000);
    close(port);
    aptrace_context_free(context);
}
END_TEST

/* Whether the engine has seen the packet that stopped the label or not yet: what came before the call is not in the window. */
START_TEST(after_what_has_stopped)
{
    struct aptrace_context *context = listen_on("v0");
    int port = open_port("v1");
    for (uint32_t i = 0; i < 60; i++) {
        char name[16], id[16];
        snprintf(name, sizeof name, "opener %u", i);
        snprintf(id, sizeof id, "id=%u", i);
        struct aptrace_expectation *label = aptrace_expect_in_place(context, &marked, "mark=5", id, "--name", name, NULL);
        send_marked(port, OPENER, i);
        send_marked(port, BEFORE, i);
        if (i % 3 == 0)
            ck_assert_aptrace_true(label);
        else
            pause_ms((int)(i % 3) * 10);
        struct aptrace_expectation *counted = aptrace_expect_in_place(context, &marks, id, "--after", name, NULL);
        send_marked(port, INSIDE, i);
        aptrace_finish_now(counted);
        ck_assert_aptrace_uint_eq(counted, 1000);
    }
    close(port);
    aptrace_context_free(context);
}
END_TEST

START_TEST(after_what_never_stops)
{
    struct aptrace_context *context = listen_on("v0");
    struct aptrace_expectation *label =
        aptrace_expect_in_place(context, &marked, "mark=5", "--name", "opener", "--timeout", "50ms", NULL);
    struct aptrace_expectation *waiting = aptrace_expect(context, "packet_count", "--after", "opener", NULL);
    ck_assert_aptrace_false(label);
    struct aptrace_expectation *later = aptrace_expect(context, "packet_count", "--after", "opener", NULL);
    struct aptrace_expectation *chained =
        aptrace_expect_in_place(context, &marked, "--after", "opener", "--name", "second", NULL);
    struct aptrace_expectation *last = aptrace_expect(context, "saw_nothing", "--after", "second", NULL);
    struct aptrace_expectation *const all[] = {waiting, later, chained, last};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        ck_assert_int_eq(aptrace_result(all[i]), APTRACE_FAIL);
        ck_assert_uint_eq(aptrace_result_value(all[i]).type, 0);
        ck_assert(!aptrace_is_sound(all[i]));
        assert_says(all[i], "never opened");
    }
    aptrace_context_free(context);
}
END_TEST

START_TEST(a_label_that_is_finished_now_has_not_stopped)
{
    struct aptrace_context *context = listen_on("v0");
    struct aptrace_expectation *label = aptrace_expect_in_place(context, &marked, "mark=5", "--name", "opener", NULL);
    struct aptrace_expectation *waiting = aptrace_expect(context, "packet_count", "--after", "opener", NULL);
    struct aptrace_expectation *closed = aptrace_expect(context, "packet_count", "--after", "opener", NULL);
    aptrace_finish_now(closed);
    ck_assert_int_eq(aptrace_result(closed), APTRACE_FAIL);
    aptrace_finish_now(label);
    ck_assert_aptrace_false(label);
    ck_assert_int_eq(aptrace_result(waiting), APTRACE_FAIL);
    aptrace_context_free(context);
}
END_TEST

Suite *windows_suite(void)
{
    Suite *suite = suite_create("windows");
    TCase *tcase = tcase_create("windows");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, a_call_lies_between_what_was_before_and_what_is_behind, 0, 2);
    tcase_add_test(tcase, so_does_the_first_call);
    tcase_add_test(tcase, a_window_is_five_seconds_or_what_timeout_says);
    tcase_add_test(tcase, finish_now_keeps_what_was_held);
    tcase_add_test(tcase, cancel_is_inconclusive);
    tcase_add_test(tcase, wait_for_in_time_and_not);
    tcase_add_test(tcase, a_count_ends_it);
    tcase_add_test(tcase, after_what_stops_later);
    tcase_add_test(tcase, after_what_has_stopped);
    tcase_add_test(tcase, after_what_never_stops);
    tcase_add_test(tcase, a_label_that_is_finished_now_has_not_stopped);
    suite_add_tcase(suite, tcase);
    return suite;
}
