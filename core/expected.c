/* SPDX-License-Identifier: MIT */
/* Expected values: read against the type that a predicate yields, and compared with what it did yield.
 *
 * What it keeps true: nothing is converted between types. "true" is no number and 1 is not true, so that an expectation of the
 * wrong type is refused when it is read, not passed by accident ("packet_count" is not true when it is 1). Doubles are compared
 * as they are: a single value is equal or not, and what is not a number lies in no range. */
#include "expected.h"

#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "number.h"

/* What there is to say of each type: its name, and what to write for it. */
static const struct { const char *article, *name, *examples; } types[] = {
    [APTRACE_TYPE_BOOL] = {"a ", "bool", "--expect true, --expect false"},
    [APTRACE_TYPE_INT] = {"an ", "integer", "--expect -5, --expect -5..20"},
    [APTRACE_TYPE_UINT] = {"an ", "unsigned integer", "--expect 21, --expect 900..1500"},
    [APTRACE_TYPE_DOUBLE] = {"a ", "double", "--expect 0.25, --expect 0.1..0.5"},
    [APTRACE_TYPE_STRING] = {"a ", "string", "--expect TEXT"},
};

static bool is_value_type(uint32_t type)
{
    return type >= APTRACE_TYPE_BOOL && type <= APTRACE_TYPE_STRING;
}

const char *value_type_name(uint32_t type)
{
    return is_value_type(type) ? types[type].name : "unknown type";
}

/* ---- Reading --------------------------------------------------------------------------------------------------------------- */

static int refuse(const char *text, uint32_t yields, const char *plugin, const char *why, struct error *error)
{
    struct text got = {0};
    text_add_utf8(&got, text, strlen(text));
    error_set(error, "%s yields %s%s, and --expect \"%s\" %s: write for example %s or --expect any", plugin,
              types[yields].article, types[yields].name, text_bytes(&got), why, types[yields].examples);
    text_fini(&got);
    return -1;
}

static int refuse_nothing(uint32_t yields, const char *plugin, struct error *error)
{
    return error_set(error, "%s yields %s%s: say what to expect, for example %s or --expect any", plugin, types[yields].article,
                     types[yields].name, types[yields].examples);
}

static bool read_number(const char *text, uint32_t type, struct aptrace_value *value)
{
    value->type = type;
    if (type == APTRACE_TYPE_INT)
        return number_int(text, &value->as.integer);
    if (type == APTRACE_TYPE_UINT)
        return number_uint(text, &value->as.natural);
    return number_double(text, &value->as.real);
}

/* Values of one type, neither of them NaN. */
static bool is_above(const struct aptrace_value *a, const struct aptrace_value *b)
{
    if (a->type == APTRACE_TYPE_INT)
        return a->as.integer > b->as.integer;
    if (a->type == APTRACE_TYPE_UINT)
        return a->as.natural > b->as.natural;
    return a->as.real > b->as.real;
}

static const char *why_no_number(const char *text, uint32_t type)
{
    bool negative = false;
    for (const char *at = text; *at; at++)
        negative = negative || (*at == '-' && at[1] >= '0' && at[1] <= '9' && (at == text || at[-1] == '.'));
    if (*text == '\0')
        return "is empty";
    if (negative && type == APTRACE_TYPE_UINT)
        return "is negative, which it never is";
    return text[strspn(text, "-0123456789.")] == '\0' ? "is malformed or too large" : "is none";
}

/* LOW..HIGH: the low end is cut off in place. Null where the value is a single one. */
static char *cut_range(char *low)
{
    char *dots = strstr(low, "..");
    if (!dots)
        return NULL;
    *dots = '\0';
    return dots + 2;
}

static int read_numbers(const char *text, uint32_t yields, const char *plugin, struct expected *expected, struct error *error)
{
    char *low = memory_text(text), *high = cut_range(low);
    const char *why = NULL;
    expected->no_low = high && *low == '\0';
    expected->no_high = high && *high == '\0';
    expected->low.type = expected->high.type = yields;
    if (expected->no_low && expected->no_high)
        why = "has no end";
    else if (!expected->no_low && !read_number(low, yields, &expected->low))
        why = why_no_number(text, yields);
    else if (high && !expected->no_high && !read_number(high, yields, &expected->high))
        why = why_no_number(text, yields);
    else if (!high)
        expected->high = expected->low;
    else if (!expected->no_low && !expected->no_high && is_above(&expected->low, &expected->high))
        why = "has its low above its high end";
    free(low);
    return why ? refuse(text, yields, plugin, why, error) : 0;
}

int expected_parse(const char *text, uint32_t yields, const char *plugin, struct expected *expected, struct error *error)
{
    *expected = (struct expected){0};
    if (!is_value_type(yields))
        return error_set(error, "%s yields a value of type %u, which this aptrace does not know", plugin, (unsigned)yields);
    if (!text && yields != APTRACE_TYPE_BOOL)
        return refuse_nothing(yields, plugin, error);
    bool truth = !text || strcmp(text, "true") == 0;
    expected->any = text && strcmp(text, "any") == 0;
    expected->low.type = expected->high.type = yields;
    if (expected->any)
        return 0;
    if (yields == APTRACE_TYPE_STRING) {
        expected->low = expected->high = aptrace_string(text);
        return 0;
    }
    if (yields != APTRACE_TYPE_BOOL)
        return read_numbers(text, yields, plugin, expected, error);
    if (!truth && strcmp(text, "false") != 0)
        return refuse(text, yields, plugin, *text ? "is none" : "is empty", error);
    expected->low = expected->high = aptrace_bool(truth);
    return 0;
}

/* ---- Comparing ------------------------------------------------------------------------------------------------------------- */

static bool holds_text(const struct expected *expected, const struct aptrace_value *value)
{
    return value->as.text && strcmp(expected->low.as.text, value->as.text) == 0;
}

bool expected_holds(const struct expected *expected, const struct aptrace_value *value)
{
    if (expected->any)
        return true;
    if (value->type != expected->low.type)
        return false;
    if (value->type == APTRACE_TYPE_STRING)
        return holds_text(expected, value);
    if (value->type == APTRACE_TYPE_BOOL)
        return (value->as.natural != 0) == (expected->low.as.natural != 0);
    if (value->type == APTRACE_TYPE_DOUBLE && value->as.real != value->as.real)
        return false;
    return (expected->no_low || !is_above(&expected->low, value)) && (expected->no_high || !is_above(value, &expected->high));
}

bool expected_falls_short(const struct expected *expected, const struct aptrace_value *value)
{
    if (expected->any || value->type != expected->low.type || value->type == APTRACE_TYPE_STRING)
        return false;
    if (value->type == APTRACE_TYPE_BOOL)
        return expected->low.as.natural != 0 && value->as.natural == 0;
    return !expected->no_low && is_above(&expected->low, value);
}

/* ---- Showing --------------------------------------------------------------------------------------------------------------- */

/* The fewest digits that read back as the same double. Whole numbers are written out as long as each of them is exact. */
static void print_double(char *digits, size_t size, double number)
{
    enum { ENOUGH_DIGITS = 17 };
    snprintf(digits, size, "nan");
    if (number == number)
        snprintf(digits, size, "%.0f", number);
    if (number > -1e15 && number < 1e15 && strtod(digits, NULL) == number)
        return;
    for (int precision = 1; number == number && precision <= ENOUGH_DIGITS; precision++) {
        snprintf(digits, size, "%.*g", precision, number);
        if (strtod(digits, NULL) == number)
            return;
    }
}

/* With a point, whatever the locale is. */
static void add_double(struct text *text, double number)
{
    char digits[512];
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0), before = plain != (locale_t)0 ? uselocale(plain) : (locale_t)0;
    print_double(digits, sizeof digits, number);
    if (plain != (locale_t)0) {
        uselocale(before);
        freelocale(plain);
    }
    text_add(text, "%s", digits);
}

void value_add(struct text *text, const struct aptrace_value *value)
{
    switch (value->type) {
    case APTRACE_TYPE_BOOL: text_add(text, value->as.natural ? "true" : "false"); break;
    case APTRACE_TYPE_INT: text_add(text, "%" PRId64, value->as.integer); break;
    case APTRACE_TYPE_UINT: text_add(text, "%" PRIu64, value->as.natural); break;
    case APTRACE_TYPE_DOUBLE: add_double(text, value->as.real); break;
    case APTRACE_TYPE_STRING:
        if (value->as.text)
            text_add_utf8(text, value->as.text, strlen(value->as.text));
        break;
    default: text_add(text, "a value of unknown type %" PRIu32, value->type); break;
    }
}
