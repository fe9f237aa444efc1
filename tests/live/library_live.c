/* SPDX-License-Identifier: MIT */
/* Expectations on live ports: what they yield, what they say, and that nothing stays behind. */
#include "library.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BROADCAST "mac=ff:ff:ff:ff:ff:ff"

static void send_broadcast(int port)
{
    uint8_t frame[60] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 0x88, 0xb5};
    ck_assert_int_eq(write(port, frame, sizeof frame), (int)sizeof frame);
}

START_TEST(expected_before_it_was_sent)
{
    struct aptrace_context *context = listen_on("v0");
    int port = open_port("v1");
    struct aptrace_expectation *seen = aptrace_expect(context, "saw_dst_mac", BROADCAST, NULL);
    send_broadcast(port);
    ck_assert_aptrace_true(seen);
    ck_assert_aptrace_pass(seen);
    assert_says(seen, "PASS  saw_dst_mac mac=ff:ff:ff:ff:ff:ff   on v0");
    close(port);
    aptrace_context_free(context);
}
END_TEST

START_TEST(what_does_not_come_fails_with_reasons)
{
    struct aptrace_context *context = listen_on("v0");
    int port = open_port("v1");
    struct aptrace_expectation *seen =
        aptrace_expect(context, "saw_packet", "eth.dst=02:01:00:00:00:07", "--timeout", "100ms", NULL);
    send_marked(port, BEFORE, 6);
    ck_assert_aptrace_false(seen);
    ck_assert_int_eq(aptrace_result(seen), APTRACE_FAIL);
    ck_assert(aptrace_is_sound(seen));
    assert_says(seen, "FAIL  saw_packet eth.dst=02:01:00:00:00:07   on v0");
    assert_says(seen, "eth.dst");
    assert_says(seen, "The 1 packet did not match. Nearest is v0#1");
    close(port);
    aptrace_context_free(context);
}
END_TEST

START_TEST(results_are_read_again)
{
    struct aptrace_context *context = listen_on("v0");
    int port = open_port("v1");
    struct aptrace_expectation *counted =
        aptrace_expect(context, "packet_count", "--timeout", "100ms", "--name", "all of them", NULL);
    for (int i = 0; i < 21; i++)
        send_marked(port, INSIDE, 0);
    ck_assert_aptrace_uint_eq(counted, 21);
    const char *report = aptrace_report(counted), *explanation = aptrace_explanation(counted);
    for (int i = 0; i < 3; i++) {
        ck_assert_aptrace_int_eq(counted, 21);
        ck_assert_aptrace_int_ge(counted, 21);
        ck_assert_aptrace_uint_lt(counted, 22);
        ck_assert_ptr_eq(aptrace_report(counted), report);
        ck_assert_ptr_eq(aptrace_explanation(counted), explanation);
        ck_assert_int_eq(aptrace_result(counted), APTRACE_PASS);
    }
    close(port);
    aptrace_context_free(context);
}
END_TEST

START_TEST(sources_are_named_and_chosen)
{
    struct aptrace_context *context = aptrace_context_new();
    ck_assert_int_eq(aptrace_set(context, "--buffer", "4M"), 0);
    ck_assert_int_eq(aptrace_live(context, "one=v0"), 0);
    ck_assert_int_eq(aptrace_live(context, "w0"), 0);
    int v = open_port("v1"), w = open_port("w1");
    struct aptrace_expectation *one = aptrace_expect(context, "packet_count", "--on", "one", "--timeout", "200ms", NULL);
    struct aptrace_expectation *other = aptrace_expect(context, "packet_count", "--on", "w0", "--timeout", "200ms", NULL);
    struct aptrace_expectation *both = aptrace_expect(context, "packet_count", "--timeout", "200ms", NULL);
    struct aptrace_expectation *each = aptrace_expect(context, "saw_on_each", "--on", "one,w0", "--timeout", "200ms", NULL);
    send_marked(v, INSIDE, 0);
    send_marked(w, INSIDE, 0);
    send_marked(w, INSIDE, 1);
    ck_assert_aptrace_uint_eq(one, 1);
    ck_assert_aptrace_uint_eq(other, 2);
    ck_assert_aptrace_uint_eq(both, 3);
    ck_assert_aptrace_true(each);
    close(v);
    close(w);
    aptrace_context_free(context);
}
END_TEST

static uint64_t count_direction(const char *direction, const char *own)
{
    struct aptrace_context *context = aptrace_context_new();
    int in = open_port("v1"), out = open_port("v0");
    ck_assert_int_eq(aptrace_set(context, "--buffer", "4M"), 0);
    ck_assert_int_eq(direction ? aptrace_set(context, "--direction", direction) : 0, 0);
    ck_assert_int_eq(aptrace_live(context, "v0"), 0);
    struct aptrace_expectation *counted =
        aptrace_expect(context, "packet_count", "--timeout", "100ms", own ? "--direction" : NULL, own, NULL);
    send_marked(in, INSIDE, 0);
    send_marked(out, INSIDE, 0);
    send_marked(out, INSIDE, 1);
    uint64_t count = aptrace_result(counted) == APTRACE_PASS ? aptrace_result_value(counted).as.natural : 999;
    close(in);
    close(out);
    aptrace_context_free(context);
    return count;
}

START_TEST(directions)
{
    ck_assert_uint_eq(count_direction(NULL, NULL), 1);
    ck_assert_uint_eq(count_direction("in", NULL), 1);
    ck_assert_uint_eq(count_direction("out", NULL), 2);
    ck_assert_uint_eq(count_direction("both", NULL), 3);
    ck_assert_uint_eq(count_direction("both", "in"), 1);
    ck_assert_uint_eq(count_direction("both", "out"), 2);
    ck_assert_uint_eq(count_direction("in", "out"), 999);
    ck_assert_uint_eq(count_direction("out", "both"), 999);
}
END_TEST

START_TEST(in_place_with_parameters)
{
    struct aptrace_context *context = listen_on("v0");
    int port = open_port("v1");
    struct aptrace_expectation *seen = aptrace_expect_in_place(context, &marked, "mark=2", "id=77", NULL);
    struct aptrace_expectation *not_seen =
        aptrace_expect_in_place(context, &marked, "mark=2", "id=78", "--timeout", "100ms", NULL);
    struct aptrace_expectation *counted = aptrace_expect_in_place(context, &marks, "--timeout", "100ms", NULL);
    struct aptrace_expectation *wrong = aptrace_expect_in_place(context, &marked, "mark=256", NULL);
    send_marked(port, INSIDE, 77);
    ck_assert_aptrace_true(seen);
    ck_assert_aptrace_false(not_seen);
    ck_assert_aptrace_uint_eq(counted, 1000);
    assert_error(wrong, "mark");
    close(port);
    aptrace_context_free(context);
}
END_TEST

START_TEST(two_contexts_on_one_port)
{
    struct aptrace_context *one = listen_on("v0"), *other = listen_on("v0");
    int port = open_port("v1");
    struct aptrace_expectation *a = aptrace_expect(one, "packet_count", "--timeout", "150ms", NULL);
    send_marked(port, INSIDE, 0);
    struct aptrace_expectation *b = aptrace_expect(other, "packet_count", "--timeout", "150ms", NULL);
    send_marked(port, INSIDE, 1);
    ck_assert_aptrace_uint_eq(a, 2);
    ck_assert_aptrace_uint_eq(b, 1);
    aptrace_context_free(one);
    struct aptrace_expectation *c = aptrace_expect(other, "packet_count", "--timeout", "50ms", NULL);
    send_marked(port, INSIDE, 2);
    ck_assert_aptrace_uint_eq(c, 1);
    close(port);
    aptrace_context_free(other);
}
END_TEST

START_TEST(a_hundred_expectations)
{
    enum { MANY = 100 };
    struct aptrace_context *context = listen_on("v0");
    struct aptrace_expectation *seen[MANY];
    int port = open_port("v1");
    for (uint32_t i = 0; i < MANY; i++) {
        char id[16];
        snprintf(id, sizeof id, "id=%u", i);
        seen[i] = aptrace_expect_in_place(context, &marked, "mark=2", id, NULL);
    }
    for (uint32_t i = MANY; i-- > 1;)
        send_marked(port, INSIDE, i);
    for (uint32_t i = 1; i < MANY; i++)
        ck_assert_aptrace_true(seen[i]);
    ck_assert(!aptrace_wait_for(seen[0], 0));
    send_marked(port, INSIDE, 0);
    ck_assert_aptrace_true(seen[0]);
    close(port);
    aptrace_context_free(context);
}
END_TEST

/* All that can be left behind when a context is freed. */
static void use_and_free(const char *port_name, int port)
{
    struct aptrace_context *context = listen_on(port_name);
    aptrace_expect(context, "saw_dst_mac", BROADCAST, NULL);
    aptrace_expect(context, "packet_count", "--timeout", "none", NULL);
    aptrace_expect(context, "saw_packet", "udp.dstport=53", "--name", "first", NULL);
    aptrace_expect(context, "saw_packet", "udp.dstport=53", "--after", "first", NULL);
    aptrace_expect(context, "nosuch", NULL);
    send_marked(port, INSIDE, 1);
    aptrace_context_free(context);
}

START_TEST(freed_unread_open_endless_and_waiting)
{
    int port = open_port("v1");
    int64_t began_ns = now_ns();
    use_and_free("v0", port);
    ck_assert_int_lt(now_ns() - began_ns, 2000 * MS);
    aptrace_context_free(NULL);
    aptrace_context_free(aptrace_context_new());
    struct aptrace_context *context = listen_on("v0");
    aptrace_context_free(context); /* armed by nothing */
    close(port);
}
END_TEST

static long resident_kib(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    ck_assert_int_eq(fscanf(file, "%*d %ld", &pages), 1);
    fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

START_TEST(made_and_freed_over_and_over)
{
    int port = open_port("v1");
    for (int i = 0; i < 3; i++)
        use_and_free("v0", port);
    unsigned files = count_files();
    long kib = resident_kib();
    for (int i = 0; i < 25; i++)
        use_and_free("v0", port);
    ck_assert_uint_eq(count_files(), files);
    const char *sanitize = getenv("SANITIZE"); /* which keep what was freed */
    if (!sanitize || !*sanitize)
        ck_assert_int_lt(resident_kib() - kib, 2048);
    close(port);
}
END_TEST

Suite *live_suite(void)
{
    Suite *suite = suite_create("live");
    TCase *tcase = tcase_create("live");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, expected_before_it_was_sent);
    tcase_add_test(tcase, what_does_not_come_fails_with_reasons);
    tcase_add_test(tcase, results_are_read_again);
    tcase_add_test(tcase, sources_are_named_and_chosen);
    tcase_add_test(tcase, directions);
    tcase_add_test(tcase, in_place_with_parameters);
    tcase_add_test(tcase, two_contexts_on_one_port);
    tcase_add_test(tcase, a_hundred_expectations);
    tcase_add_test(tcase, freed_unread_open_endless_and_waiting);
    tcase_add_test(tcase, made_and_freed_over_and_over);
    suite_add_tcase(suite, tcase);
    return suite;
}
