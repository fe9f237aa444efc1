/* SPDX-License-Identifier: MIT */
/* guard.h: calls into a plugin that come back, whatever the plugin does: crashes, aborts, overflows the stack, loops for ever.
 *
 * A guard belongs to one engine thread. Code that calls a plugin is entered by guard_enter() and left by guard_leave(): a fault in
 * between ends up behind guard_enter() a second time, with the answer GUARD_FAULT. What was called, and with which packet, is noted
 * by plain stores, so that a batch of packets costs one entry and a store each.
 *
 *     guard_call(guard, "on_packet");
 *     if (guard_enter(guard) == GUARD_ENTERED) {
 *         for each packet { guard->packet = packet; ...call... }
 *         guard_leave(guard);
 *     } else { guard_fault(guard) says what happened, guard->packet with which packet }
 *
 * Between entering and leaving nothing may be allocated, locked or opened by the engine itself: a fault would leave it half done.
 * Variables that are read after a fault must be volatile or live in a struct, as behind setjmp. */
#ifndef GUARD_H
#define GUARD_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>

#include <aptrace/packet.h>

#include "error.h"

enum guard_answer { GUARD_ENTERED = 0, GUARD_FAULT = 1 };

struct guard {
    sigjmp_buf back;
    const struct aptrace_packet *volatile packet; /* [may be null] the one at hand */
    const char *volatile callback;                /* "on_packet", ... */
    volatile bool inside;
    volatile uint64_t entries;                    /* so that the watchdog tells one call from the next */
    volatile int signal;                          /* of the last fault; 0: by guard_throw() */
    void *volatile address;                       /* that was touched */
    volatile int held;                            /* in helpers of the engine's */
    char text[256];                               /* what happened */
    struct guard_thread *thread;                  /* guard.c's own */
};

/* Makes the calling thread the guard's: an alternate stack for its handlers, whose signals it takes from here on, a watchdog with a
 * budget for one callback. It is zeroed before, and the thread that entered it fini's it too. -1: no watchdog can be started. */
int guard_init(struct guard *guard, int64_t budget_ns, struct error *error);
void guard_fini(struct guard *guard);

/* A macro, as setjmp() must be called where the caller's frame stays. */
#define guard_enter(GUARD) (sigsetjmp((GUARD)->back, 0) == 0 ? guard_begin(GUARD) : GUARD_FAULT)

/* What is called next. packet: [may be null] */
static inline void guard_call(struct guard *guard, const char *callback, const struct aptrace_packet *packet)
{
    guard->callback = callback;
    guard->packet = packet;
}

static inline enum guard_answer guard_begin(struct guard *guard)
{
    guard->entries++;
    guard->signal = 0;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    guard->inside = true;
    return GUARD_ENTERED;
}

static inline void guard_leave(struct guard *guard)
{
    guard->inside = false;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

/* What happened, for a message: "it crashed (SIGSEGV at address 0x10)". After a fault; the text is the guard's. */
const char *guard_fault(struct guard *guard);

/* Behind a fault that was told: tries whether the heap still works. Where it does not, the process ends here with exit status 4 and
 * the fault's text: that is all that can be saved. */
void guard_probe(struct guard *guard, const char *fault);

/* Within a helper of the engine's, that may allocate: the budget waits until it has returned. */
static inline void guard_hold(struct guard *guard)
{
    guard->held++;
}

static inline void guard_release(struct guard *guard)
{
    guard->held--;
}

/* From within: a fault with this text, that does not return. For helpers that a plugin has misused. */
__attribute__((noreturn, format(printf, 2, 3))) void guard_throw(struct guard *guard, const char *format, ...);

/* A guard that catches nothing, for callers that have none: the thread's own. */
struct guard *guard_none(void);

/* The guard of the calling thread that is inside; null: none. */
struct guard *guard_current(void);

#endif
