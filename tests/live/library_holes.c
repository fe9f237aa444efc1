/* SPDX-License-Identifier: MIT */
/* Evidence with holes, and predicates that break their contract: never a pass, never silence, and the others go on. */
#include "library.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void shell(const char *command)
{
    ck_assert_msg(system(command) == 0, "%s", command);
}

static void assert_inconclusive(struct aptrace_expectation *expectation, const char *words)
{
    ck_assert_msg(aptrace_result(expectation) == APTRACE_INCONCLUSIVE, "%s", aptrace_report(expectation));
    ck_assert(!aptrace_is_sound(expectation));
    assert_says(expectation, words);
}

START_TEST(a_link_that_goes_down)
{
    struct aptrace_context *context = listen_on("w0");
    int port = open_port("w1");
    struct aptrace_expectation *before = aptrace_expect(context, "saw_nothing", "--timeout", "50ms", NULL);
    ck_assert_aptrace_true(before);
    struct aptrace_expectation *absent =
        aptrace_expect(context, "did_not_see_packet", "udp.dstport=53", "--timeout", "300ms", NULL);
    struct aptrace_expectation *seen = aptrace_expect_in_place(context, &marked, "mark=2", NULL);
    send_marked(port, INSIDE, 0);
    shell("ip link set w1 down");
    ck_assert_aptrace_true(seen); /* seen is seen */
    assert_inconclusive(absent, "the link was down");
    struct aptrace_expectation *meanwhile = aptrace_expect(context, "packet_count", "--timeout", "50ms", NULL);
    assert_inconclusive(meanwhile, "the link was down");
    shell("ip link set w1 up");
    pause_ms(100);
    struct aptrace_expectation *again = aptrace_expect(context, "saw_nothing", "--timeout", "50ms", NULL);
    ck_assert_aptrace_true(again);
    close(port);
    aptrace_context_free(context);
}
END_TEST

START_TEST(packets_that_are_dropped)
{
    struct aptrace_context *context = listen_on("v0");
    int port = open_port("v1");
    struct aptrace_expectation *asleep = aptrace_expect_in_place(context, &slow, "ms=400", "--timeout", "700ms", NULL);
    struct aptrace_expectation *counted = aptrace_expect(context, "packet_count", "--timeout", "700ms", "--expect", "8000", NULL);
    struct aptrace_expectation *absent =
        aptrace_expect(context, "did_not_see_packet", "udp.dstport=53", "--timeout", "700ms", NULL);
    struct aptrace_expectation *seen = aptrace_expect_in_place(context, &marked, "mark=1", NULL);
    send_marked(port, BEFORE, 0);
    pause_ms(60);
    for (uint32_t i = 0; i < 8000; i++)
        send_long(port, INSIDE, i, 1514);
    assert_inconclusive(counted, "dropped");
    assert_inconclusive(absent, "dropped");
    assert_inconclusive(asleep, "dropped");
    ck_assert_aptrace_true(seen);
    pause_ms(100);
    struct aptrace_expectation *later = aptrace_expect(context, "saw_nothing", "--timeout", "50ms", NULL);
    ck_assert_aptrace_true(later);
    close(port);
    aptrace_context_free(context);
}
END_TEST

START_TEST(a_port_that_is_removed)
{
    shell("ip link add x0 type veth peer name x1 && ip link set x0 up && ip link set x1 up");
    struct aptrace_context *context = listen_on("x0");
    struct aptrace_expectation *open = aptrace_expect(context, "saw_nothing", "--timeout", "300ms", NULL);
    struct aptrace_expectation *endless = aptrace_expect(context, "packet_count", "--timeout", "none", NULL);
    shell("ip link del x0");
    assert_inconclusive(open, "removed");
    struct aptrace_expectation *later = aptrace_expect(context, "saw_nothing", "--timeout", "50ms", NULL);
    assert_inconclusive(later, "removed");
    aptrace_finish_now(endless);
    assert_inconclusive(endless, "removed");
    aptrace_context_free(context);
    context = aptrace_context_new();
    ck_assert_int_eq(aptrace_live(context, "x0"), -1);
    aptrace_context_free(context);
}
END_TEST

/* ---- Faults --------------------------------------------------------------------------------------------------------------- */

static void expect_fault(const char *plugin, const char *where, const char *how, const char *words)
{
    char where_word[64], how_word[64];
    struct aptrace_context *context = aptrace_context_new();
    ck_assert_int_eq(aptrace_set(context, "--plugin-budget", "100ms"), 0);
    ck_assert_int_eq(aptrace_set(context, "--buffer", "2M"), 0);
    ck_assert_int_eq(aptrace_live(context, "v0"), 0);
    int port = open_port("v1");
    snprintf(where_word, sizeof where_word, "where=%s", where);
    snprintf(how_word, sizeof how_word, "how=%s", how);
    struct aptrace_expectation *before = aptrace_expect(context, "packet_count", "--timeout", "400ms", "--expect", "3", NULL);
    struct aptrace_expectation *faulty = aptrace_expect(context, plugin, where_word, how_word, "at=2", "--name", "f", "--timeout",
                                                        "100ms", NULL);
    struct aptrace_expectation *after = aptrace_expect(context, "packet_count", "--after", "f", NULL);
    struct aptrace_expectation *behind = aptrace_expect(context, "packet_count", "--timeout", "400ms", "--expect", "3", NULL);
    for (uint32_t i = 0; i < 3; i++)
        send_marked(port, INSIDE, i);
    assert_error(faulty, words);
    assert_says(faulty, where);
    ck_assert_int_ne(aptrace_result(after), APTRACE_PASS);
    ck_assert_aptrace_pass(before);
    ck_assert_aptrace_pass(behind);
    aptrace_context_free(context);
    close(port);
}

START_TEST(a_predicate_that_faults)
{
    static const char *const wheres[] = {"prepare", "on_packet", "stop_condition", "on_finish", "release"};
    const char *plugin = getenv("FAULTS"), *where = wheres[_i];
    if (!plugin)
        return; /* sanitisers take faults for their own */
    expect_fault(plugin, where, "segv", "crashed (SIGSEGV");
    expect_fault(plugin, where, "abort", "aborted");
    expect_fault(plugin, where, "arena", "asked for");
    expect_fault(plugin, where, "loop", "did not come back");
}
END_TEST

/* A program may have blocked every signal, those of faults too. */
START_TEST(faults_are_caught_where_all_signals_are_blocked)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    if (getenv("FAULTS")) {
        expect_fault(getenv("FAULTS"), "on_packet", "segv", "crashed (SIGSEGV");
        expect_fault(getenv("FAULTS"), "stop_condition", "loop", "did not come back");
    }
}
END_TEST

/* ---- Callbacks that call back ---------------------------------------------------------------------------------------------- */

static struct aptrace_context *own_context;
static struct aptrace_expectation *own_expectation;

static bool call_own_context(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    (void)self;
    switch (packet->number) {
    case 1: return false;
    case 2: return aptrace_result(own_expectation) == APTRACE_PASS;
    case 3: aptrace_finish_now(own_expectation); return true;
    case 4: aptrace_expect(own_context, "packet_count", NULL); return true;
    default: aptrace_context_free(own_context); return true;
    }
}

static const struct aptrace_plugin calls_back = APTRACE_IN_PLACE("calls_back", char, .stop_condition = call_own_context,
    .summary = "Calls its own context", .yields = APTRACE_TYPE_BOOL);

START_TEST(a_callback_that_waits_for_itself)
{
    int port = open_port("v1");
    own_context = listen_on("v0");
    own_expectation = aptrace_expect(own_context, "packet_count", "--timeout", "none", NULL);
    send_marked(port, INSIDE, 0);
    for (int i = 0; i < 4; i++) {
        struct aptrace_expectation *calling = aptrace_expect_in_place(own_context, &calls_back, NULL);
        send_marked(port, INSIDE, 0);
        assert_error(calling, "it called a function of its own context");
    }
    aptrace_finish_now(own_expectation);
    ck_assert_aptrace_uint_eq(own_expectation, 5);
    aptrace_context_free(own_context);
    close(port);
}
END_TEST

Suite *holes_suite(void)
{
    Suite *suite = suite_create("holes");
    TCase *tcase = tcase_create("holes");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, a_link_that_goes_down);
    tcase_add_test(tcase, packets_that_are_dropped);
    tcase_add_test(tcase, a_port_that_is_removed);
    tcase_add_loop_test(tcase, a_predicate_that_faults, 0, 5);
    tcase_add_test(tcase, a_callback_that_waits_for_itself);
    tcase_add_test(tcase, faults_are_caught_where_all_signals_are_blocked);
    suite_add_tcase(suite, tcase);
    return suite;
}
