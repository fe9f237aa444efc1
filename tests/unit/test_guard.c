/* SPDX-License-Identifier: MIT */
/* Guards: every fault ends up behind the entry, with words for it; faults outside a guard are not taken; a process that stands still is
 * not blamed on a plugin. */
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/guard.h"
#include "suites.h"

#define BUDGET_NS INT64_C(200000000)

static int *volatile nowhere;
static volatile int depth, zero;
static struct guard guard;
static struct error error;
static struct aptrace_packet packet;

static void crash(void)
{
    *nowhere = 1;
}

static void divide(void)
{
    depth = 100 / zero;
}

static void trap(void)
{
    __builtin_trap();
}

__attribute__((noinline)) static int recurse(int n)
{
    volatile char large[4096];
    if (n < 0)
        return 0;
    memset((char *)large, n, sizeof large);
    depth = n;
    return recurse(n + 1) + large[n % 4096];
}

static void overflow(void)
{
    recurse(0);
}

static void loop(void)
{
    for (;;)
        depth++;
}

static void doze(void)
{
    sleep(1000);
}

static void write_packet(void)
{
    ((uint8_t *)(uintptr_t)packet.bytes)[3] = 1;
}

static void throw_limit(void)
{
    guard_throw(&guard, "%d is too much", 7);
}

static const struct { void (*function)(void); const char *said; } faults[] = {
    {crash, "it crashed (SIGSEGV at address (nil), through a null pointer)"},
    {divide, "it crashed (SIGFPE)"},
    {trap, "it crashed (SIGILL)"},
    {abort, "it aborted (SIGABRT)"},
    {overflow, "it used up its stack"},
    {loop, "it did not come back within 0.2 s"},
    {doze, "it did not come back within 0.2 s"},
    {write_packet, "it wrote to the packet's bytes"},
    {throw_limit, "7 is too much"},
};

static void set_packet(void)
{
    uint8_t *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    packet.bytes = page;
    packet.capture_length = packet.wire_length = 60;
}

static bool comes_back(void (*function)(void))
{
    if (guard_enter(&guard) != GUARD_ENTERED)
        return false;
    guard_call(&guard, "on_packet", &packet);
    function();
    guard_leave(&guard);
    return true;
}

static void nothing(void)
{
}

START_TEST(fault_is_caught_and_told)
{
    set_packet();
    guard_init(&guard, BUDGET_NS, &error);
    ck_assert(comes_back(nothing));
    ck_assert(!comes_back(faults[_i].function));
    const char *said = guard_fault(&guard);
    ck_assert_msg(strncmp(said, faults[_i].said, strlen(faults[_i].said)) == 0, "%s", said);
    ck_assert_ptr_eq(guard.packet, &packet);
    ck_assert_str_eq(guard.callback, "on_packet");
    ck_assert(comes_back(nothing));
    ck_assert_ptr_null(guard_current());
    guard_fini(&guard);
}
END_TEST

START_TEST(all_faults_one_after_the_other)
{
    set_packet();
    guard_init(&guard, BUDGET_NS, &error);
    for (volatile size_t i = 0; i < 2 * sizeof faults / sizeof *faults; i++)
        ck_assert(!comes_back(faults[i % (sizeof faults / sizeof *faults)].function));
    guard_fini(&guard);
}
END_TEST

/* The status of a child that faults outside a guard. */
static int status_of_fault(void (*function)(void))
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        guard_init(&guard, BUDGET_NS, &error);
        comes_back(nothing);
        function();
        _exit(0);
    }
    waitpid(child, &status, 0);
    return status;
}

START_TEST(faults_outside_are_not_taken)
{
    ck_assert_int_eq(WTERMSIG(status_of_fault(crash)), SIGSEGV);
    ck_assert_int_eq(WTERMSIG(status_of_fault(abort)), SIGABRT);
}
END_TEST

/* Longer than the budget in many calls, and one that stands still because the whole process does. */
START_TEST(budget_is_for_one_call)
{
    guard_init(&guard, BUDGET_NS, &error);
    for (volatile int i = 0; i < 10; i++) {
        ck_assert(guard_enter(&guard) == GUARD_ENTERED);
        guard_call(&guard, "on_packet", &packet);
        usleep(60000);
        guard_leave(&guard);
    }
    guard_fini(&guard);
}
END_TEST

START_TEST(a_stopped_process_is_not_blamed)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        guard_init(&guard, BUDGET_NS, &error);
        if (guard_enter(&guard) != GUARD_ENTERED)
            _exit(1);
        guard_call(&guard, "on_packet", &packet);
        raise(SIGSTOP);
        guard_leave(&guard);
        _exit(0);
    }
    waitpid(child, &status, WUNTRACED);
    usleep(600000);
    kill(child, SIGCONT);
    waitpid(child, &status, 0);
    ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

START_TEST(budget_waits_for_helpers)
{
    guard_init(&guard, BUDGET_NS, &error);
    ck_assert(guard_enter(&guard) == GUARD_ENTERED);
    guard_call(&guard, "on_finish", NULL);
    guard_hold(&guard);
    usleep(2600000);
    guard_release(&guard);
    guard_leave(&guard);
    guard_fini(&guard);
}
END_TEST

Suite *guard_suite(void)
{
    Suite *suite = suite_create("guard");
    TCase *faults_case = tcase_create("faults");
    tcase_set_timeout(faults_case, 60);
    tcase_add_loop_test(faults_case, fault_is_caught_and_told, 0, sizeof faults / sizeof *faults);
    tcase_add_test(faults_case, all_faults_one_after_the_other);
    tcase_add_test(faults_case, faults_outside_are_not_taken);
    tcase_add_test(faults_case, budget_is_for_one_call);
    tcase_add_test(faults_case, a_stopped_process_is_not_blamed);
    tcase_add_test(faults_case, budget_waits_for_helpers);
    suite_add_tcase(suite, faults_case);
    return suite;
}
