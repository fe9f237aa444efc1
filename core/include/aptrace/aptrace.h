/* SPDX-License-Identifier: MIT */
/* aptrace/aptrace.h: the engine as a library: assertions about packets from within a program, such as a test in C.
 *
 *     struct aptrace_context *context = aptrace_context_new();
 *     aptrace_live(context, "veth0");
 *     struct aptrace_expectation *seen = aptrace_expect(context, "saw_dst_mac", "mac=ff:ff:ff:ff:ff:ff", NULL);
 *     send_packets();
 *     ck_assert_aptrace_true(seen);                      with Check: <aptrace/check.h>
 *     aptrace_context_free(context);
 *
 * A context is one run: its sources, its expectations, one clock. It owns its expectations and all that they give; everything lives
 * until aptrace_context_free(). The engine runs on a thread of its own, where all predicates' callbacks are called. Functions of
 * one context may be called on any threads, several at once, but for those that set options and name sources, which come first,
 * and aptrace_context_free(), which comes last. Contexts are independent of each other. A fork has no thread of its parent's: in
 * it, what a context that was begun before has not published yet is an error.
 *
 * Live, packets count from the first aptrace_expect() on: it arms the ports, and its window opens then. Each later expectation
 * opens when it is made: what the port received before the call is never in its window, and nothing that it receives behind the
 * return is missed. Without --timeout a window closes 5 seconds after it opened, with "--timeout", "none" when the context is
 * freed. Replayed, all windows open at the trace's origin, and the trace begins to run at aptrace_run(), or at the first result
 * that is asked for.
 *
 * No function here prints, exits or takes signals that are the program's, but those of faults (SIGSEGV and its like), which are
 * caught while a plugin's callback runs and are handed on otherwise. Memory that is out ends the process, and so does a plugin that
 * has destroyed the heap; both say so on standard error.
 *
 * Terms: [never null], [may be null]; [blocks]: until the result is there. */
#ifndef APTRACE_APTRACE_H
#define APTRACE_APTRACE_H

#include <aptrace/predicate.h>

#pragma GCC visibility push(default) /* the library's, however a program and the library itself are compiled */
APTRACE_BEGIN

struct aptrace_context;
struct aptrace_expectation;

enum aptrace_verdict {
    APTRACE_PASS = 0,
    APTRACE_FAIL = 1,
    APTRACE_INCONCLUSIVE = 2, /* the evidence has a hole: packets were dropped, a link was down, a trace was cut short, ... */
    APTRACE_ERROR = 3         /* it could not be set up, or its plugin broke the contract */
};

/* ---- Contexts ---- */

struct aptrace_context *aptrace_context_new(void); /* [never null] */

/* Ends the run, waits for its thread and frees all. [blocks] for some 50 ms where ports are to be drained. [may be null] */
void aptrace_context_free(struct aptrace_context *context);

/* What went wrong in the last call of this context that answered -1. [never null] */
const char *aptrace_context_error(struct aptrace_context *context);

/* ---- Options, then sources, before the first expectation ----
 *
 * 0, or -1 after an error, which spoils the context: all that is expected of it from then on is an error that tells of this one, so
 * that nobody gets a verdict about less than was asked for. */

/* An option of the command line: "--direction", "both" (what the ports hand over, and what counts where an expectation does not
 * say); "--buffer", "64M" (of each port); "--snaplen", "96"; "--origin", TIME; "--link-type", NAME; "--plugin-budget", "1s"; value
 * null: "--strict-end", "--no-promiscuous". */
int aptrace_set(struct aptrace_context *context, const char *option, const char *value);

/* Opens a port, [NAME=][NETNS/]IFACE. Needs the right to capture (CAP_NET_RAW), which may be given up behind it. */
int aptrace_live(struct aptrace_context *context, const char *port);

/* Opens a trace, [NAME=]FILE; its sources are named after its interfaces, else after it. A context has ports or traces. */
int aptrace_replay(struct aptrace_context *context, const char *file);

/* ---- Expectations ---- */

/* An expectation in the words that stand behind --plugin on the command line, ended by NULL: the plugin, KEY=VALUE, options:
 *     aptrace_expect(context, "saw_packet", "ip.ttl=63", "--on", "veth0", "--timeout", "1s", NULL)
 * Without --expect a bool should be true, and any other value will do. [never null]: one that cannot be set up has the verdict
 * APTRACE_ERROR at once, and says why; the others go on. Live it waits for the engine, some 10 ms. */
__attribute__((sentinel)) struct aptrace_expectation *aptrace_expect(struct aptrace_context *context, const char *plugin, ...);

struct aptrace_expectation *aptrace_expect_list(struct aptrace_context *context, const char *const *words, size_t count);

/* The same with a predicate of the program's own instead of a plugin's name: a descriptor in place, made by
 * APTRACE_IN_PLACE(). It must live as long as the process. */
__attribute__((sentinel)) struct aptrace_expectation *aptrace_expect_in_place(struct aptrace_context *context,
                                                                              const struct aptrace_plugin *predicate, ...);

/* A replay: starts the trace. Expecting after it is an error. Live it does nothing. 0, or -1: see aptrace_context_error(). */
int aptrace_run(struct aptrace_context *context);

/* Live: closes the window now, which is after what the port received before the call, and before what it receives behind the
 * return; what it held until here is judged. One that waits for its label never opens. [may be called again, or when it has
 * finished: nothing happens] */
void aptrace_finish_now(struct aptrace_expectation *expectation);

/* Live: gives it up: it finishes now, its verdict is inconclusive. [likewise] */
void aptrace_cancel(struct aptrace_expectation *expectation);

/* ---- Results: published once, and never changed ----
 *
 * A live one is there some 40 ms after the window's finish, when all that could touch it is known; that of a trace at its end. */

/* [blocks] The verdict. */
enum aptrace_verdict aptrace_result(struct aptrace_expectation *expectation);

/* [blocks] up to timeout_ns, or not at all where that is 0 or less; true: the result is there. */
bool aptrace_wait_for(struct aptrace_expectation *expectation, int64_t timeout_ns);

/* [blocks] What it yielded; type 0: nothing (its window never opened, or an error). A text lives as long as the context. */
struct aptrace_value aptrace_result_value(struct aptrace_expectation *expectation);

/* [blocks] Whether the evidence has no hole that touches it, and its plugin kept the contract: only then does the value mean
 * anything, whatever was expected. */
bool aptrace_is_sound(struct aptrace_expectation *expectation);

/* [blocks] Why the value is what it is, as the predicate says it; of an error, what is wrong. [may be null] */
const char *aptrace_explanation(struct aptrace_expectation *expectation);

/* [blocks] All that a person needs, as in the text report of the command: verdict, window, reasons, nearest miss, holes. [never
 * null] */
const char *aptrace_report(struct aptrace_expectation *expectation);

const char *aptrace_verdict_name(enum aptrace_verdict verdict); /* "pass", "fail", "inconclusive", "error" */

/* Orders a value of APTRACE_TYPE_INT or APTRACE_TYPE_UINT and a number, over all that either can hold: below 0 where the value is
 * the smaller, 0 where they are equal, above 0 else. */
static inline int aptrace_compare_int(struct aptrace_value value, int64_t number)
{
    if (value.type == APTRACE_TYPE_UINT && value.as.natural > INT64_MAX)
        return 1;
    return (value.as.integer > number) - (value.as.integer < number);
}

static inline int aptrace_compare_uint(struct aptrace_value value, uint64_t number)
{
    if (value.type == APTRACE_TYPE_INT && value.as.integer < 0)
        return -1;
    return (value.as.natural > number) - (value.as.natural < number);
}

/* ---- Predicates in place ---- */

/* The descriptor of a predicate of the program's own, whose callbacks are static functions by any name:
 *
 *     static const struct aptrace_plugin is_reply = APTRACE_IN_PLACE("is_reply", struct is_reply,
 *         .stop_condition = stop, .summary = "A reply came", .yields = APTRACE_TYPE_BOOL);
 *
 * Members come in the order of struct aptrace_plugin. */
#define APTRACE_IN_PLACE(NAME, STATE, ...) { \
    .abi_major = APTRACE_ABI_MAJOR, .abi_minor = APTRACE_PLUGIN_MINOR, .size = (uint32_t)sizeof(struct aptrace_plugin), \
    .state_size = (uint32_t)sizeof(STATE), .state_align = (uint32_t)__alignof__(STATE), \
    .param_size = (uint32_t)sizeof(struct aptrace_param), .name = (NAME), __VA_ARGS__ }

APTRACE_END
#pragma GCC visibility pop
#endif
