/* SPDX-License-Identifier: MIT */
/* Faults of plugins, caught where they happen.
 *
 * A handler for each signal of a fault runs on a stack of its own, since what faulted may be the stack. Where the thread was inside
 * a guard it jumps back to where that was entered; anywhere else the fault is not a plugin's, and whoever handled it before does.
 * A plugin that does not come back is found by a thread that looks several times in a budget whether the same call is still going
 * on: a process that was stopped for a while looks no less often than it ran, so its plugins are not blamed for that. Such a call
 * is left by a signal to the engine's thread.
 *
 * What a plugin held when it was left (memory, its own locks) stays as it was: it is not called again. A heap that it has
 * destroyed stays destroyed; a fault outside all guards then ends the process, as it always did. */
#include "guard.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "memory.h"

#define UNLOCKED __attribute__((no_sanitize_thread))

enum { STACK_SIZE = 65536, LOOKS = 8, PATIENCE = 10 }; /* looks in one budget; budgets that a call may sleep */

struct guard_thread {
    pthread_t engine, watchdog;
    clockid_t engine_clock;
    int64_t budget_ns;
    void *stack;
    stack_t stack_before;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool watched, ending;
    const char *volatile probed;                         /* [may be null] a fault behind which memory is tried */
    volatile uint64_t overdue_entries;                   /* the call that is to be left */
    const struct aptrace_packet *volatile overdue_packet;
    const char *volatile overdue_callback;
};

static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
enum { FAULT_COUNT = sizeof faults / sizeof *faults };
static struct sigaction actions_before[FAULT_COUNT];
static pthread_once_t handlers_once = PTHREAD_ONCE_INIT;
static __thread struct guard *current __attribute__((tls_model("initial-exec")));

static int overdue_signal(void)
{
    return SIGRTMIN + 5;
}

/* ---- Handlers -------------------------------------------------------------------------------------------------------------- */

/* Not ours: a handler that was there before takes it, and may come back; without one the signal has its usual effect, when the
 * instruction runs again, or the signal is raised again. */
static void pass_on(int number, siginfo_t *info, void *context)
{
    size_t i = 0;
    while (faults[i] != number)
        i++;
    const struct sigaction *before = &actions_before[i];
    if (before->sa_flags & SA_SIGINFO) {
        before->sa_sigaction(number, info, context);
    } else if (before->sa_handler != SIG_DFL && before->sa_handler != SIG_IGN) {
        before->sa_handler(number);
    } else {
        sigaction(number, before, NULL);
        if (number == SIGABRT)
            raise(number);
    }
}

static void on_fault(int number, siginfo_t *info, void *context)
{
    struct guard *guard = current;
    if (!guard || !guard->inside) {
        pass_on(number, info, context);
        return;
    }
    guard->inside = false;
    guard->signal = number;
    guard->address = info->si_addr;
    siglongjmp(guard->back, GUARD_FAULT);
}

UNLOCKED static void on_overdue(int number, siginfo_t *info, void *context)
{
    struct guard *guard = current;
    (void)info;
    (void)context;
    if (!guard || !guard->inside || guard->held > 0)
        return;
    const struct guard_thread *thread = guard->thread;
    if (guard->entries != thread->overdue_entries || guard->packet != thread->overdue_packet
        || guard->callback != thread->overdue_callback)
        return;
    guard->inside = false;
    guard->signal = number;
    siglongjmp(guard->back, GUARD_FAULT);
}

static void install_handlers(void)
{
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < FAULT_COUNT; i++)
        sigaction(faults[i], &action, &actions_before[i]);
    action.sa_sigaction = on_overdue;
    action.sa_flags |= SA_RESTART;
    sigaction(overdue_signal(), &action, NULL);
}

/* ---- The watchdog ---------------------------------------------------------------------------------------------------------- */

struct look {
    uint64_t entries;
    const struct aptrace_packet *packet;
    const char *callback;
    bool inside;
    const char *probed; /* [may be null] */
    int64_t cpu_ns;     /* of the engine's thread */
};

static int64_t cpu_ns(clockid_t clock)
{
    struct timespec time = {0, 0};
    clock_gettime(clock, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

/* Without a lock, which every call would have to take: what is seen is of some moment, and is looked at again. */
UNLOCKED static struct look look_at(const struct guard *guard)
{
    const struct guard_thread *thread = guard->thread;
    return (struct look){guard->entries, guard->packet,  guard->callback,
                         guard->inside,  thread->probed, cpu_ns(thread->engine_clock)};
}

static bool is_same_call(const struct look *a, const struct look *b)
{
    return a->inside && b->inside && a->entries == b->entries && a->packet == b->packet && a->callback == b->callback;
}

static void leave_call(struct guard *guard, const struct look *look)
{
    struct guard_thread *thread = guard->thread;
    thread->overdue_entries = look->entries;
    thread->overdue_packet = look->packet;
    thread->overdue_callback = look->callback;
    pthread_kill(thread->engine, overdue_signal());
}

/* False: the guard ends. */
static bool wait_for_next(struct guard_thread *thread)
{
    struct timespec until;
    int64_t pause_ns = thread->budget_ns / LOOKS;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)((until.tv_nsec + pause_ns) / 1000000000);
    until.tv_nsec = (long)((until.tv_nsec + pause_ns) % 1000000000);
    pthread_mutex_lock(&thread->lock);
    int result = thread->ending ? 0 : pthread_cond_timedwait(&thread->ended, &thread->lock, &until);
    bool ending = thread->ending;
    pthread_mutex_unlock(&thread->lock);
    return !ending && (result == ETIMEDOUT || result == 0);
}

/* The engine does not come back from memory that it asked for behind a fault: the heap, or its lock, is no more. Nothing here may
 * ask for memory itself. */
static void end_process(const char *fault)
{
    static const char before[] = "aptrace: ", after[] = "; it has destroyed the memory of the process, which cannot go on\n";
    ssize_t written = write(STDERR_FILENO, before, sizeof before - 1);
    written = written < 0 ? written : write(STDERR_FILENO, fault, strlen(fault));
    written = written < 0 ? written : write(STDERR_FILENO, after, sizeof after - 1);
    _exit(4);
}

/* A call is overdue when the thread has worked on it for the budget, or has slept in it many times as long. */
static void *watch(void *argument)
{
    struct guard *guard = argument;
    struct look first = look_at(guard);
    int looks = 0, probes = 0;
    while (wait_for_next(guard->thread)) {
        struct look now = look_at(guard);
        probes = now.probed ? probes + 1 : 0;
        if (probes > LOOKS)
            end_process(now.probed);
        if (!is_same_call(&first, &now)) {
            first = now;
            looks = 0;
            continue;
        }
        looks++;
        bool worked = looks >= LOOKS && now.cpu_ns - first.cpu_ns >= guard->thread->budget_ns / 10 * 9;
        if (worked || looks >= LOOKS * PATIENCE)
            leave_call(guard, &now);
    }
    return NULL;
}

static int start_watchdog(struct guard *guard, struct error *error)
{
    sigset_t all, before;
    pthread_condattr_t monotonic;
    struct guard_thread *thread = guard->thread;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&thread->ended, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&thread->lock, NULL);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are for the program's threads */
    int failed = pthread_create(&thread->watchdog, NULL, watch, guard);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    thread->watched = failed == 0;
    return failed ? error_set(error, "no thread can be started to watch plugins: %s", strerror(failed)) : 0;
}

/* A fault whose signal is blocked ends the process. */
static void unblock_faults(void)
{
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < FAULT_COUNT; i++)
        sigaddset(&set, faults[i]);
    sigaddset(&set, overdue_signal());
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

/* ---- Life ------------------------------------------------------------------------------------------------------------------ */

int guard_init(struct guard *guard, int64_t budget_ns, struct error *error)
{
    struct guard_thread *thread = memory_new(1, sizeof *thread);
    stack_t stack = {.ss_size = STACK_SIZE};
    pthread_once(&handlers_once, install_handlers);
    guard->thread = thread;
    thread->engine = pthread_self();
    thread->budget_ns = budget_ns;
    pthread_getcpuclockid(thread->engine, &thread->engine_clock);
    stack.ss_sp = thread->stack = memory_new(1, STACK_SIZE);
    sigaltstack(&stack, &thread->stack_before);
    current = guard;
    unblock_faults();
    return start_watchdog(guard, error);
}

void guard_fini(struct guard *guard)
{
    struct guard_thread *thread = guard->thread;
    if (!thread)
        return;
    pthread_mutex_lock(&thread->lock);
    thread->ending = true;
    pthread_cond_signal(&thread->ended);
    pthread_mutex_unlock(&thread->lock);
    if (thread->watched)
        pthread_join(thread->watchdog, NULL);
    pthread_cond_destroy(&thread->ended);
    pthread_mutex_destroy(&thread->lock);
    sigaltstack(&thread->stack_before, NULL);
    current = NULL;
    free(thread->stack);
    free(thread);
    guard->thread = NULL;
}

struct guard *guard_none(void)
{
    static __thread struct guard none;
    return &none;
}

struct guard *guard_current(void)
{
    return current && current->inside ? current : NULL;
}

void guard_throw(struct guard *guard, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(guard->text, sizeof guard->text, format, arguments);
    va_end(arguments);
    guard->inside = false;
    guard->held = 0;
    guard->signal = 0;
    siglongjmp(guard->back, GUARD_FAULT);
}

/* ---- Words ----------------------------------------------------------------------------------------------------------------- */

static const char *signal_name(int number)
{
    switch (number) {
    case SIGSEGV: return "SIGSEGV";
    case SIGBUS: return "SIGBUS";
    case SIGFPE: return "SIGFPE";
    case SIGILL: return "SIGILL";
    default: return "SIGABRT";
    }
}

static bool is_in_packet(const struct guard *guard)
{
    const struct aptrace_packet *packet = guard->packet;
    const uint8_t *address = guard->address;
    return packet && guard->signal == SIGSEGV && address >= packet->bytes && address < packet->bytes + packet->capture_length;
}

enum { NEAR_PACKET = 65536 };

/* A read, as the bytes themselves can be read. False: it was far from the packet. */
static bool is_beside_packet(const struct guard *guard)
{
    const struct aptrace_packet *packet = guard->packet;
    uintptr_t address = (uintptr_t)guard->address;
    if (!packet || guard->signal != SIGSEGV)
        return false;
    uintptr_t begin = (uintptr_t)packet->bytes, end = begin + packet->capture_length;
    return address + NEAR_PACKET >= begin && address < end + NEAR_PACKET;
}

static void tell_beside(struct guard *guard)
{
    const struct aptrace_packet *packet = guard->packet;
    const uint8_t *address = guard->address;
    bool before = address < packet->bytes;
    size_t away = before ? (size_t)(packet->bytes - address) : (size_t)(address - packet->bytes) - packet->capture_length + 1;
    snprintf(guard->text, sizeof guard->text, "it went to byte %zu %s the packet's %u captured bytes (SIGSEGV)", away,
             before ? "before" : "behind", (unsigned)packet->capture_length);
}

/* Whether the address lies where the stack of the thread has grown to its end. */
static bool is_stack(const struct guard *guard)
{
    pthread_attr_t attributes;
    void *lowest;
    size_t size;
    if (guard->signal != SIGSEGV || pthread_getattr_np(guard->thread->engine, &attributes) != 0)
        return false;
    pthread_attr_getstack(&attributes, &lowest, &size);
    pthread_attr_destroy(&attributes);
    const char *address = guard->address, *low = lowest;
    return address < low + 65536 && address >= low - (1 << 20);
}

void guard_probe(struct guard *guard, const char *fault)
{
    enum { SMALL = 40, MIDDLE = 3000, LARGE = 300000 };
    static const size_t sizes[] = {SMALL, MIDDLE, LARGE};
    if (!guard->thread || guard->signal == 0)
        return;
    guard->thread->probed = fault;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        void *volatile memory = malloc(sizes[i]);
        free(memory);
    }
    guard->thread->probed = NULL;
}

const char *guard_fault(struct guard *guard)
{
    int number = guard->signal;
    guard->held = 0;
    if (number == 0)
        return guard->text;
    if (number == overdue_signal())
        snprintf(guard->text, sizeof guard->text, "it did not come back within %.3g s (--plugin-budget)",
                 (double)guard->thread->budget_ns / 1e9);
    else if (is_in_packet(guard))
        snprintf(guard->text, sizeof guard->text, "it wrote to the packet's bytes, which are not its own (SIGSEGV)");
    else if (is_beside_packet(guard))
        tell_beside(guard);
    else if (is_stack(guard))
        snprintf(guard->text, sizeof guard->text, "it used up its stack: too deep a recursion, or too large a local variable (SIGSEGV)");
    else if (number == SIGABRT)
        snprintf(guard->text, sizeof guard->text, "it aborted (SIGABRT)");
    else if (number == SIGSEGV || number == SIGBUS)
        snprintf(guard->text, sizeof guard->text, "it crashed (%s at address %p%s)", signal_name(number), guard->address,
                 (uintptr_t)guard->address < 4096 ? ", through a null pointer" : "");
    else
        snprintf(guard->text, sizeof guard->text, "it crashed (%s)", signal_name(number));
    return guard->text;
}
