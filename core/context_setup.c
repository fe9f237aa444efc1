/* SPDX-License-Identifier: MIT */
/* What comes before the first expectation of a context: its options, then its sources.
 *
 * Options mean what they mean to the command; those of its expectations, but --direction, stand in their words. Ports are opened
 * at once, as the program may give up the right to do so before it goes on.
 *
 * It keeps true: whoever does not look at a -1 is not misled. What failed spoils the context: all that is expected of it later is
 * an error that says so, as a verdict about less than was asked for could be a wrong pass. */
#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "filter.h"
#include "number.h"

#define DEFAULT_BUFFER_BYTES (UINT64_C(64) << 20)
#define BUDGET_MIN_NS INT64_C(10000000)

enum { SNAPLEN = 262144 };

void context_set_defaults(struct run_options *options)
{
    *options = (struct run_options){
        .link_type = -1, .goes_on = true, .each_alone = true,
        .live = {.buffer_bytes = DEFAULT_BUFFER_BYTES, .snaplen = SNAPLEN, .promiscuous = true, .direction = LIVE_IN,
                 .duration_ns = INT64_MAX}};
}

static int spoil(struct aptrace_context *context, const struct error *error)
{
    if (!context->spoilt)
        context->spoilt = memory_text(error->text);
    return context_fail(context, error->text);
}

/* ---- Options ------------------------------------------------------------------------------------------------------------- */

static bool set_direction(struct aptrace_context *context, const char *value)
{
    static const enum live_direction captured[] = {
        [DIRECTION_IN] = LIVE_IN, [DIRECTION_OUT] = LIVE_OUT, [DIRECTION_BOTH] = LIVE_BOTH};
    for (enum direction direction = DIRECTION_IN; direction <= DIRECTION_BOTH; direction++) {
        if (strcmp(value, direction_name(direction)) != 0)
            continue;
        context->direction = direction;
        context->options.live.direction = captured[direction];
        return true;
    }
    return false;
}

static bool set_snaplen(struct aptrace_context *context, const char *value)
{
    uint64_t snaplen;
    if (!number_uint(value, &snaplen) || snaplen == 0 || snaplen > SNAPLEN)
        return false;
    context->options.live.snaplen = (uint32_t)snaplen;
    return true;
}

static bool set_buffer(struct aptrace_context *context, const char *value)
{
    return number_size(value, &context->options.live.buffer_bytes);
}

static bool set_origin(struct aptrace_context *context, const char *value)
{
    context->options.has_origin = number_time(value, &context->options.origin_ns);
    return context->options.has_origin;
}

static bool set_link_type(struct aptrace_context *context, const char *value)
{
    context->options.link_type = link_type_by_name(value);
    return context->options.link_type >= 0;
}

static bool set_budget(struct aptrace_context *context, const char *value)
{
    int64_t *budget_ns = &context->options.plugin_budget_ns;
    return number_duration(value, budget_ns) && *budget_ns >= BUDGET_MIN_NS;
}

static bool set_strict_end(struct aptrace_context *context, const char *value)
{
    context->options.strict_end = true;
    return !value;
}

static bool set_no_promiscuous(struct aptrace_context *context, const char *value)
{
    context->options.live.promiscuous = false;
    return !value;
}

static int set_option(struct aptrace_context *context, const char *option, const char *value, struct error *error)
{
    static const struct {
        const char *option;
        bool (*set)(struct aptrace_context *context, const char *value);
        const char *takes; /* null: nothing */
    } options[] = {{"--direction", set_direction, "in, out or both"},
                   {"--snaplen", set_snaplen, "1 to 262144 bytes"},
                   {"--buffer", set_buffer, "a size such as 64M"},
                   {"--origin", set_origin, "a moment such as 1700000000.5 or 2026-11-23T10:00:00Z"},
                   {"--link-type", set_link_type, "the name of a link type, such as EN10MB"},
                   {"--plugin-budget", set_budget, "10ms or more"},
                   {"--strict-end", set_strict_end, NULL},
                   {"--no-promiscuous", set_no_promiscuous, NULL}};
    if (context->run)
        return error_set(error, "%s: options come before sources", option);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        if (strcmp(option, options[i].option) != 0)
            continue;
        if ((value || !options[i].takes) && options[i].set(context, value))
            return 0;
        return error_set(error, "%s \"%s\": expected %s", option, value ? value : "",
                         options[i].takes ? options[i].takes : "no value: null");
    }
    return error_set(error, "%s: there is no such option of a context", option);
}

int aptrace_set(struct aptrace_context *context, const char *option, const char *value)
{
    struct error error = {""};
    pthread_mutex_lock(&context->lock);
    int result = set_option(context, option, value, &error) == 0 ? 0 : spoil(context, &error);
    pthread_mutex_unlock(&context->lock);
    return result;
}

/* ---- Sources ------------------------------------------------------------------------------------------------------------- */

/* NAME=REST, as on the command line: letters, digits, _ . - before the first =. */
static const char *split_name(const char *text, char **name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    size_t length = strspn(text, letters);
    *name = length > 0 && text[length] == '=' ? memory_text_of(text, length) : NULL;
    return *name ? text + length + 1 : text;
}

static int check_source(const struct aptrace_context *context, const char *text, bool live, struct error *error)
{
    if (context->state != CONTEXT_SETTING_UP)
        return error_set(error, "%s: sources come before the first expectation of a live context, and before a trace runs", text);
    if (live ? context->is_replay : context->is_live)
        return error_set(error, "%s: a context has ports or traces, which have no clock in common: make another context for it",
                         text);
    return 0;
}

static int open_source(struct aptrace_context *context, const char *text, bool live, struct error *error)
{
    char *name;
    const char *rest = split_name(text, &name);
    if (!context->run) {
        context->options.goes_on = live;
        context->run = run_new(&context->options);
    }
    *(live ? &context->is_live : &context->is_replay) = true;
    int result = (live ? run_live : run_replay)(context->run, name, rest, error);
    free(name);
    return result;
}

static int add_source(struct aptrace_context *context, const char *text, bool live)
{
    struct error error = {""};
    pthread_mutex_lock(&context->lock);
    int result = check_source(context, text, live, &error) == 0 && open_source(context, text, live, &error) == 0 ? 0
        : spoil(context, &error);
    pthread_mutex_unlock(&context->lock);
    return result;
}

int aptrace_live(struct aptrace_context *context, const char *port)
{
    return add_source(context, port, true);
}

int aptrace_replay(struct aptrace_context *context, const char *file)
{
    return add_source(context, file, false);
}
