/* SPDX-License-Identifier: MIT */
/* Contexts: a run with a thread of its own, driven from any threads of a program.
 *
 * Setting up is done by the program's thread, as it opens what the program may open. From the first expectation of a live context, or
 * aptrace_run() of a replay, the run belongs to the engine's thread. A live expectation's window opens at the moment of the call,
 * on the run's clock, which any thread can read: so it does not matter how long the engine takes to hear of it.
 *
 * It keeps true: a caller is never left waiting. What cannot be set up is published at once, and the end of a run publishes all
 * that is left. */
#include "context.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expectation_words.h"
#include "filter.h"
#include "number.h"
#include "plugin_load.h"

#define DEFAULT_WINDOW_NS INT64_C(5000000000)
#define DEFAULT_BUFFER_BYTES (UINT64_C(64) << 20)

enum { SNAPLEN = 262144 };

/* ---- The engine's thread -------------------------------------------------------------------------------------------------- */

static void expect_now(struct aptrace_context *context, struct request *request)
{
    struct aptrace_expectation *expectation = request->expectation;
    struct error error = {""};
    const struct plugin *plugin = expectation->in_place ? plugin_in_place(expectation->in_place, &error)
        : plugin_load(expectation->spec.plugin, &error);
    if (plugin && run_expect_of(context->run, &expectation->spec, plugin, &expectation->expectation, &error) == 0
        && run_join(context->run, request->time_ns, &error) == 0)
        return;
    expectation->expectation = NULL;
    pthread_mutex_lock(&context->lock);
    context_publish_error(expectation, error.text);
    pthread_mutex_unlock(&context->lock);
}

static void answer(struct aptrace_context *context, struct request *request)
{
    struct expectation *expectation = request->expectation->expectation;
    if (request->kind == REQUEST_EXPECT)
        expect_now(context, request);
    else if (expectation && request->kind == REQUEST_CLOSE)
        run_close_one(context->run, expectation, request->time_ns);
    else if (expectation)
        run_cancel(context->run, expectation);
}

static void answer_request(struct aptrace_context *context)
{
    pthread_mutex_lock(&context->lock);
    struct request *request = context->request && !context->request->done ? context->request : NULL;
    pthread_mutex_unlock(&context->lock);
    if (!request)
        return;
    answer(context, request);
    pthread_mutex_lock(&context->lock);
    request->done = true;
    pthread_cond_broadcast(&context->changed);
    pthread_mutex_unlock(&context->lock);
}

static void on_round(void *argument)
{
    struct aptrace_context *context = argument;
    answer_request(context);
    context_publish(context, false);
}

/* Nothing is run any more: who still waits gets what there is. */
static void end_run(struct aptrace_context *context, const struct error *error)
{
    if (error->text[0] == '\0')
        context_publish(context, true);
    pthread_mutex_lock(&context->lock);
    for (struct aptrace_expectation *e = context->expectations; e; e = e->next) {
        if (!e->published)
            context_publish_error(e, error->text[0] ? error->text : "the run is over");
    }
    context->state = CONTEXT_OVER;
    if (context->request)
        context->request->done = true;
    pthread_cond_broadcast(&context->changed);
    pthread_mutex_unlock(&context->lock);
}

static void *run_thread(void *argument)
{
    struct aptrace_context *context = argument;
    struct error error = {""};
    if (run_start(context->run, &error) == 0) {
        pthread_mutex_lock(&context->lock);
        context->state = CONTEXT_RUNNING;
        pthread_cond_broadcast(&context->changed);
        pthread_mutex_unlock(&context->lock);
        run_execute(context->run, &context->signals, &error);
    }
    struct error closing = {""};
    run_finish(context->run, &closing);
    end_run(context, &error);
    run_free(context->run); /* here, as callbacks and guards are this thread's */
    return NULL;
}

/* ---- The program's threads ------------------------------------------------------------------------------------------------- */

/* With the lock held. The run begins; returns once it does, or has failed to. */
static int start(struct aptrace_context *context)
{
    if (context->has_thread)
        return 0;
    if (!context->is_live && !context->is_replay) {
        snprintf(context->error, sizeof context->error, "there is no source: aptrace_live() or aptrace_replay() comes first");
        return -1;
    }
    int failed = pthread_create(&context->thread, NULL, run_thread, context);
    if (failed) {
        snprintf(context->error, sizeof context->error, "no thread can be started: %s", strerror(failed));
        return -1;
    }
    context->has_thread = true;
    while (context->state == CONTEXT_SETTING_UP)
        pthread_cond_wait(&context->changed, &context->lock);
    return 0;
}

/* With the lock held. Waits for its turn, and until the engine has done it; false: the run is over. */
static bool post(struct aptrace_context *context, struct request *request)
{
    while (context->request && context->state == CONTEXT_RUNNING)
        pthread_cond_wait(&context->changed, &context->lock);
    if (context->state != CONTEXT_RUNNING)
        return false;
    context->request = request;
    while (!request->done)
        pthread_cond_wait(&context->changed, &context->lock);
    context->request = NULL;
    pthread_cond_broadcast(&context->changed);
    return true;
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
    context->options = (struct run_options){
        .link_type = -1, .goes_on = true, .each_alone = true,
        .live = {.buffer_bytes = DEFAULT_BUFFER_BYTES, .snaplen = SNAPLEN, .promiscuous = true, .direction = LIVE_IN,
                 .duration_ns = INT64_MAX},
        .listener = {.context = context, .round = on_round}};
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

void aptrace_context_free(struct aptrace_context *context)
{
    if (!context)
        return;
    context->signals.came = true;
    if (context->has_thread)
        pthread_join(context->thread, NULL);
    else
        run_free(context->run);
    free_expectations(context);
    pthread_cond_destroy(&context->changed);
    pthread_mutex_destroy(&context->lock);
    free(context);
}

const char *aptrace_context_error(struct aptrace_context *context)
{
    return context->error;
}

/* ---- Sources --------------------------------------------------------------------------------------------------------------- */

static int fail(struct aptrace_context *context, const struct error *error)
{
    snprintf(context->error, sizeof context->error, "%s", error->text);
    return -1;
}

/* NAME=REST, as on the command line: letters, digits, _ . - before the first =. */
static const char *split_name(const char *text, char **name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    size_t length = strspn(text, letters);
    *name = length > 0 && text[length] == '=' ? memory_text_of(text, length) : NULL;
    return *name ? text + length + 1 : text;
}

static int add_source(struct aptrace_context *context, const char *text, bool live)
{
    struct error error = {""};
    char *name;
    const char *rest = split_name(text, &name);
    if (context->has_thread)
        error_set(&error, "%s: sources come before the first expectation", text);
    else if (live ? context->is_replay : context->is_live)
        error_set(&error, "%s: a context has ports or traces, not both", text);
    else if (live)
        context->is_live = true;
    else
        context->is_replay = true;
    if (!error.text[0] && !context->run) {
        context->options.goes_on = live;
        context->run = run_new(&context->options);
    }
    if (!error.text[0])
        (live ? run_live : run_replay)(context->run, name, rest, &error);
    free(name);
    return error.text[0] ? fail(context, &error) : 0;
}

int aptrace_live(struct aptrace_context *context, const char *port)
{
    return add_source(context, port, true);
}

int aptrace_replay(struct aptrace_context *context, const char *file)
{
    return add_source(context, file, false);
}

static bool set_direction(struct run_options *options, const char *value)
{
    static const struct { const char *word; enum live_direction direction; } directions[] = {
        {"in", LIVE_IN}, {"out", LIVE_OUT}, {"both", LIVE_BOTH}};
    for (size_t i = 0; i < sizeof directions / sizeof *directions; i++) {
        if (strcmp(value, directions[i].word) == 0) {
            options->live.direction = directions[i].direction;
            return true;
        }
    }
    return false;
}

static bool set_snaplen(struct run_options *options, const char *value)
{
    uint64_t snaplen;
    if (!number_uint(value, &snaplen) || snaplen == 0 || snaplen > SNAPLEN)
        return false;
    options->live.snaplen = (uint32_t)snaplen;
    return true;
}

static bool set_buffer(struct run_options *options, const char *value)
{
    return number_size(value, &options->live.buffer_bytes);
}

static bool set_origin(struct run_options *options, const char *value)
{
    options->has_origin = true;
    return number_time(value, &options->origin_ns);
}

static bool set_link_type(struct run_options *options, const char *value)
{
    options->link_type = link_type_by_name(value);
    return options->link_type >= 0;
}

static bool set_budget(struct run_options *options, const char *value)
{
    return number_duration(value, &options->plugin_budget_ns) && options->plugin_budget_ns > 0;
}

int aptrace_set(struct aptrace_context *context, const char *option, const char *value)
{
    static const struct { const char *option; bool (*set)(struct run_options *options, const char *value); } options[] = {
        {"--direction", set_direction}, {"--snaplen", set_snaplen}, {"--buffer", set_buffer}, {"--origin", set_origin},
        {"--link-type", set_link_type}, {"--plugin-budget", set_budget}};
    struct error error = {""};
    if (context->run)
        return error_set(&error, "%s: options come before sources", option), fail(context, &error);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        if (strcmp(option, options[i].option) != 0)
            continue;
        if (value && options[i].set(&context->options, value))
            return 0;
        error_set(&error, "%s: \"%s\" is no value for it", option, value ? value : "");
        return fail(context, &error);
    }
    if (strcmp(option, "--strict-end") == 0)
        context->options.strict_end = true;
    else if (strcmp(option, "--no-promiscuous") == 0)
        context->options.live.promiscuous = false;
    else
        return error_set(&error, "%s: there is no such option of a context", option), fail(context, &error);
    return 0;
}

/* ---- Expectations ---------------------------------------------------------------------------------------------------------- */

/* With the lock held. */
static void expect_live(struct aptrace_context *context, struct aptrace_expectation *expectation)
{
    struct request request = {.kind = REQUEST_EXPECT, .expectation = expectation};
    if (start(context) != 0) {
        context_publish_error(expectation, context->error);
        return;
    }
    if (context->state == CONTEXT_RUNNING)
        request.time_ns = run_now_ns(context->run);
    if (!post(context, &request) && !expectation->published)
        context_publish_error(expectation, "the run is over");
}

/* With the lock held, the run not begun. */
static void expect_replayed(struct aptrace_context *context, struct aptrace_expectation *expectation)
{
    struct error error = {""};
    const struct plugin *plugin = NULL;
    if (context->has_thread)
        error_set(&error, "the trace has been started: expectations come before aptrace_run() and the first result");
    else if (!context->run)
        error_set(&error, "there is no source: aptrace_live() or aptrace_replay() comes first");
    else
        plugin = expectation->in_place ? plugin_in_place(expectation->in_place, &error) : plugin_load(expectation->spec.plugin, &error);
    if (!plugin || run_expect_of(context->run, &expectation->spec, plugin, &expectation->expectation, &error) != 0)
        context_publish_error(expectation, error.text);
}

static struct aptrace_expectation *expect(struct aptrace_context *context, const struct aptrace_plugin *in_place,
                                          const char *const *words, size_t count)
{
    struct aptrace_expectation *expectation = memory_new(1, sizeof *expectation);
    const struct expectation_spec defaults = {.expect_anything = true};
    struct error error = {""};
    const char **kept = arena_new(&expectation->arena, (count + 1) * sizeof *kept);
    for (size_t i = 0; i < count; i++)
        kept[i] = arena_text(&expectation->arena, words[i]);
    expectation->context = context;
    expectation->in_place = in_place;
    int result = expectation_words_parse(kept, count, &defaults, &expectation->spec, &expectation->arena, &error);
    if (context->is_live && expectation->spec.timeout_kind == TIMEOUT_RUN) {
        expectation->spec.timeout_kind = TIMEOUT_GIVEN;
        expectation->spec.timeout_ns = DEFAULT_WINDOW_NS;
    }
    pthread_mutex_lock(&context->lock);
    *context->last_expectation = expectation;
    context->last_expectation = &expectation->next;
    if (result != 0)
        context_publish_error(expectation, error.text);
    else
        (context->is_live ? expect_live : expect_replayed)(context, expectation);
    pthread_mutex_unlock(&context->lock);
    return expectation;
}

struct aptrace_expectation *aptrace_expect_list(struct aptrace_context *context, const char *const *words, size_t count)
{
    return expect(context, NULL, words, count);
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
    va_start(arguments, plugin);
    const char **words = collect(plugin, arguments, &count);
    va_end(arguments);
    struct aptrace_expectation *expectation = expect(context, NULL, words, count);
    free(words);
    return expectation;
}

/* Of a descriptor that was not checked yet: only its four frozen numbers are known to be where they are. */
static const char *name_in_place(const struct aptrace_plugin *predicate)
{
    bool is_known = predicate && predicate->abi_major == APTRACE_ABI_MAJOR && predicate->name;
    return is_known ? predicate->name : "(in place)";
}

struct aptrace_expectation *aptrace_expect_in_place(struct aptrace_context *context, const struct aptrace_plugin *predicate, ...)
{
    va_list arguments;
    size_t count;
    va_start(arguments, predicate);
    const char **words = collect(name_in_place(predicate), arguments, &count);
    va_end(arguments);
    struct aptrace_expectation *expectation = expect(context, predicate, words, count);
    free(words);
    return expectation;
}

int aptrace_run(struct aptrace_context *context)
{
    pthread_mutex_lock(&context->lock);
    int result = context->is_live ? 0 : start(context);
    pthread_mutex_unlock(&context->lock);
    return result;
}

static void ask(struct aptrace_expectation *expectation, enum request_kind kind)
{
    struct aptrace_context *context = expectation->context;
    struct request request = {.kind = kind, .expectation = expectation};
    pthread_mutex_lock(&context->lock);
    if (!expectation->published && context->is_live && context->state == CONTEXT_RUNNING) {
        request.time_ns = run_now_ns(context->run);
        post(context, &request);
    }
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
