/* SPDX-License-Identifier: MIT */
/* Results of a context: made once by the engine's thread, and from then on read by any.
 *
 * A live result is published when the clock has passed its finish: only then every packet and drop before it is known (rule 8 of
 * the timing). So what was published is not overtaken by a hole that is found a moment later. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "context.h"
#include "report_text_parts.h"

/* ---- Publishing ---------------------------------------------------------------------------------------------------------- */

/* With the lock held. */
static void publish(struct aptrace_expectation *expectation)
{
    expectation->published = true;
    pthread_cond_broadcast(&expectation->context->changed);
}

static void make_error(struct aptrace_expectation *expectation, const char *message)
{
    struct text report = {0};
    text_add(&report, "ERROR  %s\n      %s\n", expectation->spec.plugin ? expectation->spec.plugin : "an expectation", message);
    expectation->verdict = APTRACE_ERROR;
    expectation->explanation = memory_text(message);
    expectation->report = text_take(&report);
}

void context_publish_error(struct aptrace_expectation *expectation, const char *message)
{
    make_error(expectation, message);
    publish(expectation);
}

/* Neither the lock nor who waits for it can be trusted here. */
void context_publish_foreign(struct aptrace_expectation *expectation)
{
    make_error(expectation, CONTEXT_FOREIGN);
    expectation->published = true;
}

static enum aptrace_verdict verdict_of(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_PASS: return APTRACE_PASS;
    case VERDICT_FAIL: return APTRACE_FAIL;
    case VERDICT_INCONCLUSIVE: return APTRACE_INCONCLUSIVE;
    case VERDICT_ERROR: break;
    }
    return APTRACE_ERROR;
}

static char *report_of(const struct document *document)
{
    static const struct report_style style = {.verbose = true};
    struct text text = {0};
    text_add_expectation(&text, document, &document->expectations[0], &style);
    return text_take(&text);
}

/* All of it is copied out of the run, which may be gone before its result is read. */
static void publish_document(struct aptrace_expectation *expectation, const struct document *document)
{
    const struct document_expectation *said = &document->expectations[0];
    struct aptrace_value value = said->has_value ? said->value : (struct aptrace_value){0};
    if (value.type == APTRACE_TYPE_STRING)
        value.as.text = memory_text(value.as.text);
    char *report = report_of(document);
    pthread_mutex_lock(&expectation->context->lock);
    expectation->value = value;
    expectation->verdict = verdict_of(said->verdict);
    expectation->sound = said->has_value && (said->verdict == VERDICT_PASS || said->verdict == VERDICT_FAIL);
    expectation->explanation = said->explanation ? memory_text(said->explanation) : NULL;
    expectation->report = report;
    publish(expectation);
    pthread_mutex_unlock(&expectation->context->lock);
}

/* The next one to be published, behind the given one, or from the first on. */
static struct aptrace_expectation *next_settled(struct aptrace_context *context, const struct aptrace_expectation *behind,
                                                bool over)
{
    pthread_mutex_lock(&context->lock);
    struct aptrace_expectation *e = behind ? behind->next : context->expectations;
    while (e && (e->published || !e->expectation || !(over || run_has_settled(context->run, e->expectation))))
        e = e->next;
    pthread_mutex_unlock(&context->lock);
    return e;
}

void context_publish(struct aptrace_context *context, bool over)
{
    struct aptrace_expectation *expectation = NULL;
    while ((expectation = next_settled(context, expectation, over)) != NULL) {
        struct document document;
        expectation_release(expectation->expectation); /* before the document is made: a fault in it counts */
        run_document_of(context->run, expectation->expectation, &document);
        publish_document(expectation, &document);
        arena_fini(&document.arena);
        expectation->expectation->elsewhere.looking = 0; /* nobody will ask */
    }
}

/* ---- Reading ------------------------------------------------------------------------------------------------------------- */

/* With the lock held. Whoever asks for the result of a trace that was not started means that it should be. */
static void start_replay(struct aptrace_expectation *expectation)
{
    struct aptrace_context *context = expectation->context;
    if (!expectation->published && !context->is_live && context_begin(context) != 0)
        context_publish_error(expectation, context->error);
}

/* Waits until the moment, or for ever where there is none. Returns whether the result is there. */
static bool wait_until(struct aptrace_expectation *expectation, const struct timespec *until)
{
    struct aptrace_context *context = expectation->context;
    int result = 0;
    context_leave_callback(context);
    if (context_is_foreign(context)) {
        if (!expectation->published)
            context_publish_foreign(expectation);
        return true;
    }
    pthread_mutex_lock(&context->lock);
    start_replay(expectation);
    while (!expectation->published && result != ETIMEDOUT)
        result = until ? pthread_cond_timedwait(&context->changed, &context->lock, until)
            : pthread_cond_wait(&context->changed, &context->lock);
    bool published = expectation->published;
    pthread_mutex_unlock(&context->lock);
    return published;
}

static void wait_for_result(struct aptrace_expectation *expectation)
{
    wait_until(expectation, NULL);
}

bool aptrace_wait_for(struct aptrace_expectation *expectation, int64_t timeout_ns)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    timeout_ns = timeout_ns < 0 ? 0 : timeout_ns;
    int64_t nanoseconds = until.tv_nsec + timeout_ns % 1000000000;
    until.tv_sec += (time_t)(timeout_ns / 1000000000 + nanoseconds / 1000000000);
    until.tv_nsec = (long)(nanoseconds % 1000000000);
    return wait_until(expectation, &until);
}

enum aptrace_verdict aptrace_result(struct aptrace_expectation *expectation)
{
    wait_for_result(expectation);
    return expectation->verdict;
}

struct aptrace_value aptrace_result_value(struct aptrace_expectation *expectation)
{
    wait_for_result(expectation);
    return expectation->value;
}

bool aptrace_is_sound(struct aptrace_expectation *expectation)
{
    wait_for_result(expectation);
    return expectation->sound;
}

const char *aptrace_explanation(struct aptrace_expectation *expectation)
{
    wait_for_result(expectation);
    return expectation->explanation;
}

const char *aptrace_report(struct aptrace_expectation *expectation)
{
    wait_for_result(expectation);
    return expectation->report;
}

const char *aptrace_verdict_name(enum aptrace_verdict verdict)
{
    static const char *const names[] = {"pass", "fail", "inconclusive", "error"};
    return (unsigned)verdict <= APTRACE_ERROR ? names[verdict] : "unknown";
}
