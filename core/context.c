/* SPDX-License-Identifier: MIT */
/* Contexts: a run with a thread of its own, driven from any threads of a program.
 *
 * Setting up is done by the program's thread, as it opens what the program may open. From the first expectation of a live
 * context, or aptrace_run() of a replay, the run belongs to the engine's thread. A request means a moment between its call and its
 * return, on the run's clock, which any thread can read; the engine has heard of it by the return. So a packet from before the
 * call and one from behind the return lie on different sides of it, however long either thread was kept waiting.
 *
 * It keeps true: a caller is never left waiting. What cannot be set up is published at once, and the end of a run publishes all
 * that is left. */
#include "context.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "expectation_words.h"
#include "guard.h"
#include "live_clock.h"
#include "number.h"
#include "plugin_load.h"

#define DEFAULT_WINDOW_NS INT64_C(5000000000)
#define EDGE_NS (2 * LIVE_OFFSET_NOISE_NS) /* by which a packet may seem to have come too early or too late */

static _Thread_local const struct aptrace_context *run_here; /* [may be null] whose engine this thread is */

/* ---- The engine's thread ------------------------------------------------------------------------------------------------ */

static const struct plugin *find_plugin(const struct aptrace_expectation *expectation, struct error *error)
{
    return expectation->is_in_place ? plugin_in_place(expectation->in_place, error)
                                    : plugin_load(expectation->spec.plugin, error);
}

static void expect_now(struct aptrace_context *context, const struct request *request)
{
    struct aptrace_expectation *expectation = request->expectation;
    struct error error = {""};
    const struct plugin *plugin = find_plugin(expectation, &error);
    if (plugin && run_expect_of(context->run, &expectation->spec, plugin, &expectation->expectation, &error) == 0
        && run_join(context->run, request->time_ns, &error) == 0)
        return;
    expectation->expectation = NULL;
    pthread_mutex_lock(&context->lock);
    context_publish_error(expectation, error.text);
    pthread_mutex_unlock(&context->lock);
}

static void answer(struct aptrace_context *context, const struct request *request)
{
    struct expectation *expectation = request->expectation->expectation;
    if (request->kind == REQUEST_EXPECT)
        expect_now(context, request);
    else if (expectation && request->kind == REQUEST_CLOSE)
        run_close_one(context->run, expectation, request->time_ns);
    else if (expectation)
        run_cancel(context->run, expectation);
}

/* The first one, once its moment is past for sure: the return must lie behind it. */
static struct request *due_request(struct aptrace_context *context)
{
    pthread_mutex_lock(&context->lock);
    struct request *request = context->requests;
    pthread_mutex_unlock(&context->lock);
    return request && run_now_ns(context->run) - request->time_ns >= EDGE_NS ? request : NULL;
}

static void answer_requests(struct aptrace_context *context)
{
    struct request *request;
    while ((request = due_request(context)) != NULL) {
        answer(context, request);
        pthread_mutex_lock(&context->lock);
        context->requests = request->next;
        if (!context->requests)
            context->last_request = &context->requests;
        request->done = true;
        pthread_cond_broadcast(&context->changed);
        pthread_mutex_unlock(&context->lock);
    }
}

static void on_round(void *argument)
{
    struct aptrace_context *context = argument;
    if (context->is_live)
        answer_requests(context);
    context_publish(context, false);
}

static void go_on(struct aptrace_context *context)
{
    pthread_mutex_lock(&context->lock);
    context->state = CONTEXT_RUNNING;
    pthread_cond_broadcast(&context->changed);
    pthread_mutex_unlock(&context->lock);
}

/* Nothing is run any more: who still waits gets what there is. */
static void end_run(struct aptrace_context *context, const struct error *error)
{
    const char *why = error->text[0] ? error->text : "the run is over";
    if (error->text[0] == '\0')
        context_publish(context, true);
    pthread_mutex_lock(&context->lock);
    context->failure = error->text[0] ? memory_text(error->text) : NULL;
    for (struct aptrace_expectation *e = context->expectations; e; e = e->next) {
        if (!e->published)
            context_publish_error(e, why);
    }
    for (struct request *request = context->requests; request; request = request->next)
        request->done = true;
    context->state = CONTEXT_OVER;
    pthread_cond_broadcast(&context->changed);
    pthread_mutex_unlock(&context->lock);
}

static void *run_thread(void *argument)
{
    struct aptrace_context *context = argument;
    struct error error = {""}, closing = {""};
    run_here = context;
    if (run_start(context->run, &error) == 0) {
        go_on(context);
        run_execute(context->run, &context->signals, &error);
    }
    run_finish(context->run, &closing);
    end_run(context, &error);
    run_free(context->run); /* here, as callbacks and guards are this thread's */
    return NULL;
}

/* ---- The program's threads ----------------------------------------------------------------------------------------------- */

int context_fail(struct aptrace_context *context, const char *why)
{
    snprintf(context->error, sizeof context->error, "%s", why);
    return -1;
}

bool context_is_foreign(const struct aptrace_context *context)
{
    int process = atomic_load(&context->process);
    return process != 0 && process != getpid();
}

void context_leave_callback(const struct aptrace_context *context)
{
    struct guard *guard = guard_current();
    if (guard && run_here == context)
        guard_throw(guard, "it called a function of its own context, which waits for the very callback");
}

/* Signals are for the program's threads. */
static int start_thread(struct aptrace_context *context)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&context->thread, NULL, run_thread, context);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

int context_begin(struct aptrace_context *context)
{
    char why[128];
    if (context->state != CONTEXT_SETTING_UP)
        return 0;
    if (context->spoilt)
        return context_fail(context, context->spoilt);
    if (!context->run)
        return context_fail(context, "there is no source: aptrace_live() or aptrace_replay() comes first");
    context->state = CONTEXT_STARTING;
    int failed = start_thread(context);
    if (failed) {
        context->state = CONTEXT_SETTING_UP;
        snprintf(why, sizeof why, "no thread can be started: %s", strerror(failed));
        return context_fail(context, why);
    }
    atomic_store(&context->process, getpid());
    return 0;
}

/* With the lock held. Returns once the run goes on, or has failed to. */
static int start(struct aptrace_context *context)
{
    if (context_begin(context) != 0)
        return -1;
    while (context->state == CONTEXT_STARTING)
        pthread_cond_wait(&context->changed, &context->lock);
    return context->failure ? context_fail(context, context->failure) : 0;
}

/* With the lock held, the run going on: posts a request that means this moment, and waits until the engine has done it. */
static void post(struct aptrace_context *context, enum request_kind kind, struct aptrace_expectation *expectation)
{
    struct request *request = memory_new(1, sizeof *request);
    *request = (struct request){.kind = kind, .expectation = expectation, .time_ns = run_now_ns(context->run) + EDGE_NS};
    *context->last_request = request;
    context->last_request = &request->next;
    while (!request->done)
        pthread_cond_wait(&context->changed, &context->lock);
    free(request);
}

struct aptrace_context *aptrace_context_new(void)
{
    struct aptrace_context *context = memory_new(1, sizeof *context);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&context->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&context->lock, NULL);
    context->last_expectation = &context->expectations;
    context->last_request = &context->requests;
    context_set_defaults(&context->options);
    context->options.listener = (struct run_listener){.context = context, .round = on_round};
    return context;
}

static void free_expectations(struct aptrace_context *context)
{
    for (struct aptrace_expectation *e = context->expectations, *next; e; e = next) {
        next = e->next;
        if (e->value.type == APTRACE_TYPE_STRING)
            free((char *)e->value.as.text);
        free(e->explanation);
        free(e->report);
        arena_fini(&e->arena);
        free(e);
    }
}

/* A fork cannot end what the other process runs: it leaves all as it is. */
void aptrace_context_free(struct aptrace_context *context)
{
    if (!context || context_is_foreign(context))
        return;
    context_leave_callback(context);
    context->signals.came = true;
    if (atomic_load(&context->process) != 0)
        pthread_join(context->thread, NULL);
    else
        run_free(context->run);
    free_expectations(context);
    free(context->spoilt);
    free(context->failure);
    pthread_cond_destroy(&context->changed);
    pthread_mutex_destroy(&context->lock);
    free(context);
}

const char *aptrace_context_error(struct aptrace_context *context)
{
    return context->error;
}

/* ---- Expectations -------------------------------------------------------------------------------------------------------- */

/* What the ports do not hand over cannot be asked of them: silence there would be taken for silence on the wire. */
static int check_direction(const struct aptrace_context *context, const struct expectation_spec *spec, struct error *error)
{
    if (context->direction == DIRECTION_BOTH || context->direction == spec->direction)
        return 0;
    return error_set(error,
                     "--direction %s: the ports of this context hand over packets of direction %s only; "
                     "aptrace_set(context, \"--direction\", \"both\") before they are opened has both",
                     direction_name(spec->direction), direction_name(context->direction));
}

/* With the lock held. */
static int expect_live(struct aptrace_context *context, struct aptrace_expectation *expectation, struct error *error)
{
    if (check_direction(context, &expectation->spec, error) != 0)
        return -1;
    if (start(context) != 0)
        return error_set(error, "%s", context->error);
    if (context->state != CONTEXT_RUNNING)
        return error_set(error, "the run is over");
    post(context, REQUEST_EXPECT, expectation);
    return 0;
}

/* With the lock held, the run not begun. */
static int expect_replayed(struct aptrace_context *context, struct aptrace_expectation *expectation, struct error *error)
{
    if (context->state != CONTEXT_SETTING_UP)
        return error_set(error, "the trace has been started: expectations come before aptrace_run() and the first result");
    if (!context->run)
        return error_set(error, "there is no source: aptrace_live() or aptrace_replay() comes first");
    const struct plugin *plugin = find_plugin(expectation, error);
    return plugin ? run_expect_of(context->run, &expectation->spec, plugin, &expectation->expectation, error) : -1;
}

/* With the lock held. */
static int expect_of(struct aptrace_context *context, struct aptrace_expectation *expectation, struct error *error)
{
    if (context->spoilt)
        return error_set(error, "what was set up before it failed: %s", context->spoilt);
    return (context->is_live ? expect_live : expect_replayed)(context, expectation, error);
}

static int read_words(struct aptrace_expectation *expectation, const char *const *words, size_t count, struct error *error)
{
    const struct aptrace_context *context = expectation->context;
    const struct expectation_spec defaults = {
        .expect_anything = true, .direction = context->direction,
        .timeout_kind = context->is_live ? TIMEOUT_GIVEN : TIMEOUT_RUN, .timeout_ns = context->is_live ? DEFAULT_WINDOW_NS : 0};
    const char **kept = arena_new(&expectation->arena, (count + 1) * sizeof *kept);
    for (size_t i = 0; i < count; i++) {
        if (!words[i])
            return error_set(error, "word %zu of the expectation is null", i + 1);
        kept[i] = arena_text(&expectation->arena, words[i]);
    }
    return expectation_words_parse(kept, count, &defaults, &expectation->spec, &expectation->arena, error);
}

/* Takes the expectation, whose predicate is set. */
static struct aptrace_expectation *expect(struct aptrace_context *context, struct aptrace_expectation *expectation,
                                          const char *const *words, size_t count)
{
    struct error error = {""};
    expectation->context = context;
    int result = read_words(expectation, words, count, &error);
    if (context_is_foreign(context)) {
        context_publish_foreign(expectation);
        return expectation;
    }
    pthread_mutex_lock(&context->lock);
    *context->last_expectation = expectation;
    context->last_expectation = &expectation->next;
    if (result != 0 || expect_of(context, expectation, &error) != 0)
        context_publish_error(expectation, error.text);
    pthread_mutex_unlock(&context->lock);
    return expectation;
}

struct aptrace_expectation *aptrace_expect_list(struct aptrace_context *context, const char *const *words, size_t count)
{
    context_leave_callback(context);
    return expect(context, memory_new(1, sizeof(struct aptrace_expectation)), words, count);
}

/* The words up to the null, first among them. The array is the caller's to free. */
static const char **collect(const char *first, va_list arguments, size_t *count)
{
    const char **words = NULL;
    size_t capacity = 0;
    *count = 0;
    for (const char *word = first; word; word = va_arg(arguments, const char *)) {
        words = memory_grow(words, &capacity, *count, sizeof *words);
        words[(*count)++] = word;
    }
    return words;
}

struct aptrace_expectation *aptrace_expect(struct aptrace_context *context, const char *plugin, ...)
{
    va_list arguments;
    size_t count;
    context_leave_callback(context);
    va_start(arguments, plugin);
    const char **words = collect(plugin, arguments, &count);
    va_end(arguments);
    struct aptrace_expectation *expectation = aptrace_expect_list(context, words, count);
    free(words);
    return expectation;
}

/* Of a descriptor that was not checked yet: only its four frozen numbers are known to be where they are. */
static const char *name_in_place(const struct aptrace_plugin *predicate)
{
    bool is_known = predicate && predicate->abi_major == APTRACE_ABI_MAJOR && predicate->name;
    return is_known ? predicate->name : "unnamed";
}

struct aptrace_expectation *aptrace_expect_in_place(struct aptrace_context *context, const struct aptrace_plugin *predicate, ...)
{
    va_list arguments;
    size_t count;
    context_leave_callback(context);
    struct aptrace_expectation *expectation = memory_new(1, sizeof *expectation);
    va_start(arguments, predicate);
    const char **words = collect(name_in_place(predicate), arguments, &count);
    va_end(arguments);
    expectation->is_in_place = true;
    expectation->in_place = predicate;
    expect(context, expectation, words, count);
    free(words);
    return expectation;
}

int aptrace_run(struct aptrace_context *context)
{
    context_leave_callback(context);
    if (context_is_foreign(context))
        return context_fail(context, CONTEXT_FOREIGN);
    pthread_mutex_lock(&context->lock);
    int result = context->is_live ? 0 : start(context);
    pthread_mutex_unlock(&context->lock);
    return result;
}

static void ask(struct aptrace_expectation *expectation, enum request_kind kind)
{
    struct aptrace_context *context = expectation->context;
    context_leave_callback(context);
    if (context_is_foreign(context))
        return;
    pthread_mutex_lock(&context->lock);
    if (!expectation->published && context->is_live && context->state == CONTEXT_RUNNING)
        post(context, kind, expectation);
    pthread_mutex_unlock(&context->lock);
}

void aptrace_finish_now(struct aptrace_expectation *expectation)
{
    ask(expectation, REQUEST_CLOSE);
}

void aptrace_cancel(struct aptrace_expectation *expectation)
{
    ask(expectation, REQUEST_CANCEL);
}
