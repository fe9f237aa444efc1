/* SPDX-License-Identifier: MIT */
/* Many threads on one context, and many contexts on threads of their own. */
#include "library.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 8, EACH = 6 };

struct side {
    struct aptrace_context *context;
    struct aptrace_expectation *expectation;
    struct aptrace_expectation *const *all;
    unsigned number;
    pthread_t thread;
    uint64_t said;
};

static void run_threads(struct side *sides, void *(*function)(void *argument))
{
    for (unsigned i = 0; i < THREADS; i++) {
        sides[i].number = i;
        ck_assert_int_eq(pthread_create(&sides[i].thread, NULL, function, &sides[i]), 0);
    }
}

static void join_threads(struct side *sides)
{
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(sides[i].thread, NULL);
}

static void *wait_for_one(void *argument)
{
    struct side *side = argument;
    side->said = aptrace_result_value(side->expectation).as.natural + (aptrace_result(side->expectation) == APTRACE_PASS)
        + (strstr(aptrace_report(side->expectation), "packet_count") != NULL);
    return NULL;
}

START_TEST(many_wait_for_one_result)
{
    struct side sides[THREADS] = {{0}};
    struct aptrace_context *context = listen_on("v0");
    int port = open_port("v1");
    struct aptrace_expectation *counted = aptrace_expect(context, "packet_count", "--timeout", "none", NULL);
    for (unsigned i = 0; i < THREADS; i++)
        sides[i].expectation = counted;
    run_threads(sides, wait_for_one);
    for (uint32_t i = 0; i < 40; i++)
        send_marked(port, INSIDE, i);
    aptrace_finish_now(counted);
    join_threads(sides);
    for (unsigned i = 0; i < THREADS; i++)
        ck_assert_uint_eq(sides[i].said, 42);
    close(port);
    aptrace_context_free(context);
}
END_TEST

/* Each expects, sends, and waits; the first calls of all come together, while ports are armed. */
static void *expect_send_wait(void *argument)
{
    struct side *side = argument;
    int port = open_port("v1");
    for (uint32_t i = 0; i < EACH; i++) {
        char id[16];
        uint32_t number = side->number * EACH + i;
        snprintf(id, sizeof id, "id=%u", number);
        send_marked(port, BEFORE, number);
        struct aptrace_expectation *counted = aptrace_expect_in_place(side->context, &marks, id, NULL);
        send_marked(port, INSIDE, number);
        aptrace_finish_now(counted);
        send_marked(port, BEHIND, number);
        side->said += aptrace_result_value(counted).as.natural == 1000;
    }
    close(port);
    return NULL;
}

START_TEST(each_has_expectations_of_its_own)
{
    struct side sides[THREADS] = {{0}};
    struct aptrace_context *context = listen_on("v0");
    for (unsigned i = 0; i < THREADS; i++)
        sides[i].context = context;
    run_threads(sides, expect_send_wait);
    join_threads(sides);
    for (unsigned i = 0; i < THREADS; i++)
        ck_assert_uint_eq(sides[i].said, EACH);
    aptrace_context_free(context);
}
END_TEST

static void *wait_for_all(void *argument)
{
    struct side *side = argument;
    for (unsigned i = 0; i < THREADS; i++)
        side->said += aptrace_result(side->all[(side->number + i) % THREADS]) == APTRACE_PASS;
    return NULL;
}

START_TEST(all_wait_for_all)
{
    struct side sides[THREADS] = {{0}};
    struct aptrace_expectation *all[THREADS];
    struct aptrace_context *context = listen_on("v0");
    int port = open_port("v1");
    for (unsigned i = 0; i < THREADS; i++) {
        char id[16];
        snprintf(id, sizeof id, "id=%u", i);
        all[i] = aptrace_expect_in_place(context, &marked, "mark=2", id, NULL);
        sides[i].all = all;
    }
    run_threads(sides, wait_for_all);
    for (uint32_t i = 0; i < THREADS; i++) {
        pause_ms(5);
        send_marked(port, INSIDE, i);
    }
    join_threads(sides);
    for (unsigned i = 0; i < THREADS; i++)
        ck_assert_uint_eq(sides[i].said, THREADS);
    close(port);
    aptrace_context_free(context);
}
END_TEST

static void *own_context(void *argument)
{
    struct side *side = argument;
    side->context = listen_on(side->number % 2 ? "v0" : "w0");
    int port = open_port(side->number % 2 ? "v1" : "w1");
    char id[16];
    snprintf(id, sizeof id, "id=%u", side->number);
    for (int i = 0; i < EACH; i++) {
        struct aptrace_expectation *seen = aptrace_expect_in_place(side->context, &marked, "mark=2", id, NULL);
        struct aptrace_expectation *other =
            aptrace_expect(side->context, "saw_packet", "udp.dstport=53", "--timeout", "20ms", NULL);
        send_marked(port, INSIDE, side->number);
        side->said += aptrace_result(seen) == APTRACE_PASS && aptrace_result(other) == APTRACE_FAIL;
    }
    aptrace_context_free(side->context);
    close(port);
    return NULL;
}

START_TEST(contexts_side_by_side)
{
    struct side sides[THREADS] = {{0}};
    run_threads(sides, own_context);
    join_threads(sides);
    for (unsigned i = 0; i < THREADS; i++)
        ck_assert_uint_eq(sides[i].said, EACH);
}
END_TEST

static void *cancel_soon(void *argument)
{
    struct side *side = argument;
    pause_ms(20 + (int)side->number);
    if (side->number % 2)
        aptrace_cancel(side->expectation);
    else
        aptrace_finish_now(side->expectation);
    return NULL;
}

START_TEST(whoever_waits_is_woken_by_another)
{
    struct side sides[THREADS] = {{0}};
    struct aptrace_context *context = listen_on("v0");
    struct aptrace_expectation *all[THREADS];
    for (unsigned i = 0; i < THREADS; i++)
        sides[i].expectation = all[i] = aptrace_expect(context, "packet_count", "--timeout", "none", NULL);
    run_threads(sides, cancel_soon);
    for (unsigned i = 0; i < THREADS; i++)
        ck_assert_int_eq(aptrace_result(all[i]), i % 2 ? APTRACE_INCONCLUSIVE : APTRACE_PASS);
    join_threads(sides);
    aptrace_context_free(context);
}
END_TEST

/* ---- Signals and forks ---------------------------------------------------------------------------------------------------- */

static atomic_int caught;
static pthread_t main_thread;

static void on_signal(int number)
{
    (void)number;
    caught += pthread_equal(pthread_self(), main_thread) ? 1 : 100;
}

START_TEST(signals_are_the_programs)
{
    struct sigaction action = {.sa_handler = on_signal};
    main_thread = pthread_self();
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    struct aptrace_context *context = listen_on("v0");
    struct aptrace_expectation *open = aptrace_expect(context, "packet_count", "--timeout", "100ms", NULL);
    for (int i = 0; i < 20; i++) {
        kill(getpid(), i % 2 ? SIGUSR1 : SIGINT);
        pause_ms(1);
    }
    ck_assert_aptrace_uint_eq(open, 0);
    ck_assert_int_le(caught, 20);
    ck_assert_int_ge(caught, 1);
    aptrace_context_free(context);
}
END_TEST

/* The exit status of a fork in which the function answers. */
static int status_in_fork(bool (*function)(struct aptrace_context *context, struct aptrace_expectation *open),
                          struct aptrace_context *context, struct aptrace_expectation *open)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        alarm(5); /* a hang */
        _exit(function(context, open) ? 0 : 1);
    }
    waitpid(child, &status, 0);
    return status;
}

static bool all_is_an_error(struct aptrace_context *context, struct aptrace_expectation *open)
{
    struct aptrace_expectation *made = aptrace_expect(context, "packet_count", NULL);
    aptrace_finish_now(open);
    aptrace_cancel(open);
    bool told = aptrace_wait_for(open, 0) && aptrace_result(open) == APTRACE_ERROR && strstr(aptrace_report(open), "fork")
        && aptrace_result(made) == APTRACE_ERROR && strstr(aptrace_report(made), "fork");
    aptrace_context_free(context);
    return told;
}

START_TEST(a_fork_is_told)
{
    struct aptrace_context *context = listen_on("v0");
    struct aptrace_expectation *open = aptrace_expect(context, "packet_count", "--timeout", "none", NULL);
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(status_in_fork(all_is_an_error, context, open), 0);
    aptrace_finish_now(open);
    ck_assert_aptrace_uint_eq(open, 0);
    aptrace_context_free(context);
}
END_TEST

/* Made before, begun in the fork: that is as good as any. */
static bool works(struct aptrace_context *context, struct aptrace_expectation *unused)
{
    int port = open_port("v1");
    (void)unused;
    struct aptrace_expectation *seen = aptrace_expect_in_place(context, &marked, "mark=2", NULL);
    send_marked(port, INSIDE, 0);
    bool passed = aptrace_result(seen) == APTRACE_PASS;
    aptrace_context_free(context);
    return passed;
}

START_TEST(a_context_is_begun_in_a_fork)
{
    struct aptrace_context *context = listen_on("v0");
    ck_assert_int_eq(status_in_fork(works, context, NULL), 0);
    aptrace_context_free(context);
}
END_TEST

Suite *threads_suite(void)
{
    Suite *suite = suite_create("threads");
    TCase *tcase = tcase_create("threads");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, many_wait_for_one_result);
    tcase_add_loop_test(tcase, each_has_expectations_of_its_own, 0, 4);
    tcase_add_test(tcase, all_wait_for_all);
    tcase_add_test(tcase, contexts_side_by_side);
    tcase_add_test(tcase, whoever_waits_is_woken_by_another);
    tcase_add_test(tcase, signals_are_the_programs);
    tcase_add_test(tcase, a_fork_is_told);
    tcase_add_test(tcase, a_context_is_begun_in_a_fork);
    suite_add_tcase(suite, tcase);
    return suite;
}
