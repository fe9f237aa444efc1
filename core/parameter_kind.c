/* SPDX-License-Identifier: MIT */
/* The kinds of parameters: what member each needs, what limits hold for it, and what it is called.
 *
 * What it keeps true: messages, --describe and manual pages use the same names for the same things, and a limit that a user
 * is told is the one that is enforced. The table below has a row for every number of enum aptrace_type. */
#include "parameter_reading.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXCERPT_MAX = 120 };

struct kind {
    const char *article, *name;
    const char *example; /* null: the name says enough */
    size_t size, align;  /* of the member; size 0: 1, 2, 4 or 8 bytes, aligned as long as they are */
    bool matches, counts;
};

#define MEMBER(TYPE) sizeof(TYPE), _Alignof(TYPE)

static const struct kind kinds[] = {
    [APTRACE_TYPE_BOOL] = {"", "true or false", NULL, MEMBER(bool), true, false},
    [APTRACE_TYPE_INT] = {"an ", "integer", NULL, 0, 0, true, true},
    [APTRACE_TYPE_UINT] = {"an ", "unsigned integer", NULL, 0, 0, true, true},
    [APTRACE_TYPE_DOUBLE] = {"a ", "number", NULL, MEMBER(double), false, true},
    [APTRACE_TYPE_STRING] = {"a ", "text", NULL, MEMBER(const char *), false, false},
    [APTRACE_TYPE_DURATION] = {"a ", "duration", "500ms, 5s or 250us", MEMBER(int64_t), true, true},
    [APTRACE_TYPE_MAC] = {"a ", "MAC address", "00:1b:21:0a:ff:01", MEMBER(struct aptrace_mac), true, false},
    [APTRACE_TYPE_IP] = {"an ", "IP address", "10.0.0.1 or 2001:db8::1", MEMBER(struct aptrace_ip), true, false},
    [APTRACE_TYPE_PREFIX] = {"an ", "IP prefix", "10.0.0.0/8 or 2001:db8::/32", MEMBER(struct aptrace_prefix), false, false},
    [APTRACE_TYPE_BYTES] = {"", "bytes in hex", "deadbeef or de:ad:be:ef", MEMBER(struct aptrace_bytes), false, true},
    [APTRACE_TYPE_PATTERN] = {"", "bytes in hex with * for any digit", "ffff**0*", MEMBER(struct aptrace_pattern), false, true},
    [APTRACE_TYPE_CHOICE] = {"one of ", "", NULL, 0, 0, false, false},
    [APTRACE_TYPE_FILTER] = {"a ", "BPF filter", NULL, MEMBER(const struct aptrace_filter *), false, false},
    [APTRACE_TYPE_SOURCE] = {"the ", "name of a source", NULL, MEMBER(uint32_t), false, false},
    [APTRACE_TYPE_SOURCES] = {"", "names of sources by comma", NULL, MEMBER(struct aptrace_sources), false, false},
    [APTRACE_TYPE_MATCH] = {"a ", "match of ", NULL, MEMBER(struct aptrace_match), false, false},
    [APTRACE_TYPE_WANTED] = {"", "which packets are meant", NULL, MEMBER(const struct aptrace_wanted *), false, false},
    [APTRACE_TYPE_FIELD] = {"the ", "name of a header field", "ip.id or frame@16:2", MEMBER(const struct aptrace_field *), false, false},
};

enum { KIND_COUNT = sizeof kinds / sizeof *kinds };

bool parameter_kind_exists(uint32_t type)
{
    return type >= APTRACE_TYPE_BOOL && type < KIND_COUNT;
}

bool parameter_kind_fits(const struct aptrace_param *entry)
{
    size_t wanted = kinds[entry->type].size;
    if (wanted)
        return entry->size == wanted;
    return entry->size == 1 || entry->size == 2 || entry->size == 4 || entry->size == 8;
}

size_t parameter_kind_align(const struct aptrace_param *entry)
{
    size_t align = kinds[entry->type].align;
    return align ? align : entry->size;
}

bool parameter_kind_matches(uint32_t type)
{
    return parameter_kind_exists(type) && kinds[type].matches;
}

/* What the limits are about: for a match, its numbers. */
static uint32_t counted_type(const struct aptrace_param *entry)
{
    return entry->type == APTRACE_TYPE_MATCH ? entry->of : entry->type;
}

bool parameter_kind_counts(uint32_t type)
{
    return parameter_kind_exists(type) && kinds[type].counts;
}

/* Read as a byte: a bool from a plugin may hold any. */
bool parameter_is_required(const struct aptrace_param *entry)
{
    unsigned char required;
    memcpy(&required, &entry->required, sizeof required);
    return required != 0;
}

/* ---- Limits ---------------------------------------------------------------------------------------------------------------- */

bool parameter_is_bounded(const struct aptrace_param *entry)
{
    bool said = entry->min != 0 || entry->max != 0;
    return said && parameter_kind_counts(counted_type(entry));
}

static unsigned bits_of(const struct aptrace_param *entry)
{
    return entry->type == APTRACE_TYPE_MATCH || entry->size > 8 ? 64 : entry->size * 8;
}

/* A maximum below the minimum was left out: the member's own holds. */
struct parameter_limits parameter_limits_of(const struct aptrace_param *entry)
{
    struct parameter_limits limits = {0, UINT64_MAX >> (64 - bits_of(entry))};
    if (parameter_is_bounded(entry)) {
        limits.low = entry->min < 0 ? 0 : (uint64_t)entry->min;
        if (entry->max >= entry->min)
            limits.high = entry->max < 0 ? 0 : (uint64_t)entry->max;
    }
    return limits;
}

struct parameter_signed_limits parameter_signed_limits_of(const struct aptrace_param *entry)
{
    int64_t most = (int64_t)(UINT64_MAX >> 1 >> (64 - bits_of(entry)));
    if (parameter_is_bounded(entry))
        return (struct parameter_signed_limits){entry->min, entry->max >= entry->min ? entry->max : most};
    return (struct parameter_signed_limits){counted_type(entry) == APTRACE_TYPE_DURATION ? 0 : -most - 1, most};
}

/* ---- Words ----------------------------------------------------------------------------------------------------------------- */

const char *parameter_choice(const char *choices, size_t index, size_t *length)
{
    for (; index > 0; index--) {
        choices = strchr(choices, '|');
        if (!choices)
            return NULL;
        choices++;
    }
    *length = strcspn(choices, "|");
    return choices;
}

static void add_choices(struct text *text, const char *choices)
{
    size_t length, next;
    for (size_t i = 0;; i++) {
        const char *choice = parameter_choice(choices, i, &length);
        if (!choice)
            return;
        bool last = !parameter_choice(choices, i + 1, &next);
        text_add(text, "%s%.*s", i == 0 ? "" : last ? " or " : ", ", (int)length, choice);
    }
}

void parameter_add_excerpt(struct text *text, const char *given)
{
    size_t length = strnlen(given, EXCERPT_MAX + 1);
    bool cut = length > EXCERPT_MAX;
    text_add(text, "\"");
    text_add_utf8(text, given, cut ? EXCERPT_MAX : length);
    text_add(text, cut ? "...\"" : "\"");
}

static void add_limit(struct text *text, const struct aptrace_param *entry, bool high)
{
    uint32_t type = counted_type(entry);
    struct parameter_limits limits = parameter_limits_of(entry);
    struct parameter_signed_limits with_sign = parameter_signed_limits_of(entry);
    if (type == APTRACE_TYPE_DURATION)
        text_add_duration(text, high ? with_sign.high : with_sign.low);
    else if (type == APTRACE_TYPE_INT || type == APTRACE_TYPE_DOUBLE)
        text_add(text, "%" PRId64, high ? with_sign.high : with_sign.low);
    else
        text_add(text, "%" PRIu64, high ? limits.high : limits.low);
}

/* "1..4094" and "1 to 4094", in the units of the kind. Nothing where 64 bits are the only limit, at either end. */
static void add_limits(struct text *text, const struct aptrace_param *entry, const char *before, const char *between,
                       const char *behind)
{
    uint32_t type = counted_type(entry);
    bool whole = type == APTRACE_TYPE_UINT || type == APTRACE_TYPE_INT;
    if (!parameter_is_bounded(entry) && !(whole && bits_of(entry) < 64))
        return;
    text_add(text, "%s", before);
    add_limit(text, entry, false);
    if (parameter_is_bounded(entry) && entry->max < entry->min && bits_of(entry) == 64) {
        text_add(text, "%s", behind);
        return;
    }
    text_add(text, "%s", between);
    add_limit(text, entry, true);
}

static bool is_bytes(const struct aptrace_param *entry)
{
    return entry->type == APTRACE_TYPE_BYTES || entry->type == APTRACE_TYPE_PATTERN;
}

void parameter_add_kind(struct text *text, const struct aptrace_param *entry)
{
    uint32_t type = entry->type;
    if (!parameter_kind_exists(type) || (type == APTRACE_TYPE_MATCH && !parameter_kind_matches(entry->of)))
        return;
    if (type == APTRACE_TYPE_CHOICE)
        text_add(text, "%s", entry->choices ? entry->choices : "");
    else
        text_add(text, "%s", kinds[type].name);
    if (type == APTRACE_TYPE_MATCH)
        text_add(text, "%s%s", kinds[entry->of].article, kinds[entry->of].name);
    add_limits(text, entry, is_bytes(entry) ? ", length " : " ", "..", "..");
}

void parameter_add_expected(struct text *text, const struct aptrace_param *entry)
{
    const struct kind *kind = &kinds[entry->type], *of = entry->type == APTRACE_TYPE_MATCH ? &kinds[entry->of] : NULL;
    const char *example = of ? of->example : kind->example;
    text_add(text, "%s%s", kind->article, kind->name);
    if (of)
        text_add(text, "%s%s", of->article, of->name);
    if (entry->type == APTRACE_TYPE_CHOICE)
        add_choices(text, entry->choices);
    add_limits(text, entry, is_bytes(entry) ? ", of length " : " from ", " to ", " on");
    if (example)
        text_add(text, " such as %s", example);
}

int parameter_refuse(const struct parameter_reading *reading, const char *why, ...)
{
    struct text expected = {0}, got = {0};
    char reason[1024];
    va_list arguments;
    va_start(arguments, why);
    vsnprintf(reason, sizeof reason, why, arguments);
    va_end(arguments);
    parameter_add_expected(&expected, reading->entry);
    parameter_add_excerpt(&got, reading->text);
    error_set(reading->error, "parameter %s: expected %s, got %s%s%s", parameter_name(reading->entry), text_bytes(&expected),
              reading->text[0] ? text_bytes(&got) : "nothing", reason[0] ? ": " : "", reason);
    text_fini(&expected);
    text_fini(&got);
    return -1;
}
