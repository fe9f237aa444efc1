/* SPDX-License-Identifier: MIT */
/* aptrace/check.h: expectations as assertions of Check (https://libcheck.github.io/check/). They wait for the result; where they do
 * not hold, the test's failure message is what the command would report: why, and which packet. Evidence with a hole never holds.
 *
 *     ck_assert_aptrace_true(seen);
 *     ck_assert_aptrace_uint_eq(counted, 21);
 *
 * Each takes an expectation, which is evaluated once, and compares what it yielded, whatever it was told to expect by itself. */
#ifndef APTRACE_CHECK_H
#define APTRACE_CHECK_H

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <aptrace/aptrace.h>

/* ---- For the macros alone ---- */

static inline bool aptrace_check_is_number_(struct aptrace_value value)
{
    return value.type == APTRACE_TYPE_INT || value.type == APTRACE_TYPE_UINT;
}

/* Below, above or equal to zero, as the value is to what is wanted. */
static inline int aptrace_check_compare_uint_(struct aptrace_value value, uint64_t wanted)
{
    if (value.type == APTRACE_TYPE_INT && value.as.integer < 0)
        return -1;
    return value.as.natural < wanted ? -1 : value.as.natural > wanted;
}

static inline int aptrace_check_compare_int_(struct aptrace_value value, int64_t wanted)
{
    if (value.type == APTRACE_TYPE_UINT)
        return wanted < 0 ? 1 : aptrace_check_compare_uint_(value, (uint64_t)wanted);
    return value.as.integer < wanted ? -1 : value.as.integer > wanted;
}

static inline bool aptrace_check_is_text_(struct aptrace_value value, const char *wanted)
{
    return strcmp(value.as.text, wanted) == 0;
}

/* What came instead, for a message. */
static inline const char *aptrace_check_got_(struct aptrace_expectation *expectation, char *text, size_t size)
{
    struct aptrace_value value = aptrace_result_value(expectation);
    if (!aptrace_is_sound(expectation)) {
        switch (aptrace_result(expectation)) {
        case APTRACE_ERROR: return "an error";
        case APTRACE_INCONCLUSIVE: return "nothing that is sure";
        default: return "nothing";
        }
    }
    switch (value.type) {
    case APTRACE_TYPE_BOOL: return value.as.natural ? "true" : "false";
    case APTRACE_TYPE_INT: snprintf(text, size, "%" PRId64, value.as.integer); break;
    case APTRACE_TYPE_UINT: snprintf(text, size, "%" PRIu64, value.as.natural); break;
    case APTRACE_TYPE_DOUBLE: snprintf(text, size, "%.9g", value.as.real); break;
    default: snprintf(text, size, "\"%.100s\"", value.as.text); break;
    }
    return text;
}

/* The report behind it begins with PASS where the expectation was told to expect something else than the assertion. */
static inline const char *aptrace_check_aside_(struct aptrace_expectation *expectation)
{
    return aptrace_result(expectation) == APTRACE_PASS ? " (the expectation itself allows that)" : "";
}

/* Fails with what was asserted and the report, unless the evidence is sound, and CONDITION holds for aptrace_value_, which is of
 * the type where IS_TYPE does. */
#define ck_assert_aptrace_that_(NAME, EXPECTATION, IS_TYPE, CONDITION, WANTED, ...) do { \
        struct aptrace_expectation *aptrace_expectation_ = (EXPECTATION); \
        struct aptrace_value aptrace_value_ = aptrace_result_value(aptrace_expectation_); \
        char aptrace_got_[128]; \
        if (!aptrace_is_sound(aptrace_expectation_) || !(IS_TYPE) || !(CONDITION)) \
            ck_abort_msg("%s: wanted " WANTED ", got %s%s\n%s", NAME, __VA_ARGS__, \
                         aptrace_check_got_(aptrace_expectation_, aptrace_got_, sizeof aptrace_got_), \
                         aptrace_check_aside_(aptrace_expectation_), aptrace_report(aptrace_expectation_)); \
    } while (0)

#define ck_assert_aptrace_bool_(NAME, EXPECTATION, WANTED) \
    ck_assert_aptrace_that_(NAME, EXPECTATION, aptrace_value_.type == APTRACE_TYPE_BOOL, (aptrace_value_.as.natural != 0) == (WANTED), \
        "%s", (WANTED) ? "true" : "false")

#define ck_assert_aptrace_number_(NAME, EXPECTATION, TYPE, COMPARE, OP, FORMAT, NUMBER) do { \
        TYPE aptrace_wanted_ = (NUMBER); \
        ck_assert_aptrace_that_(NAME, EXPECTATION, aptrace_check_is_number_(aptrace_value_), \
            COMPARE(aptrace_value_, aptrace_wanted_) OP 0, "%s %" FORMAT, #OP, aptrace_wanted_); \
    } while (0)
#define ck_assert_aptrace_int_(NAME, EXPECTATION, OP, NUMBER) \
    ck_assert_aptrace_number_(NAME, EXPECTATION, int64_t, aptrace_check_compare_int_, OP, PRId64, NUMBER)
#define ck_assert_aptrace_uint_(NAME, EXPECTATION, OP, NUMBER) \
    ck_assert_aptrace_number_(NAME, EXPECTATION, uint64_t, aptrace_check_compare_uint_, OP, PRIu64, NUMBER)

#define ck_assert_aptrace_double_(NAME, EXPECTATION, OP, NUMBER) do { \
        double aptrace_wanted_ = (NUMBER); \
        ck_assert_aptrace_that_(NAME, EXPECTATION, aptrace_value_.type == APTRACE_TYPE_DOUBLE, \
            aptrace_value_.as.real OP aptrace_wanted_, "%s %.9g", #OP, aptrace_wanted_); \
    } while (0)

#define ck_assert_aptrace_str_(NAME, EXPECTATION, OP, TEXT) do { \
        const char *aptrace_wanted_ = (TEXT); \
        ck_assert_aptrace_that_(NAME, EXPECTATION, aptrace_value_.type == APTRACE_TYPE_STRING, \
            aptrace_check_is_text_(aptrace_value_, aptrace_wanted_) OP true, "%s \"%s\"", #OP, aptrace_wanted_); \
    } while (0)

/* ---- Assertions ---- */

/* The verdict, of what the expectation was told to expect. */
#define ck_assert_aptrace_pass(EXPECTATION) do { \
        struct aptrace_expectation *aptrace_expectation_ = (EXPECTATION); \
        enum aptrace_verdict aptrace_verdict_ = aptrace_result(aptrace_expectation_); \
        if (aptrace_verdict_ != APTRACE_PASS) \
            ck_abort_msg("%s: wanted pass, got %s\n%s", #EXPECTATION, aptrace_verdict_name(aptrace_verdict_), \
                         aptrace_report(aptrace_expectation_)); \
    } while (0)

#define ck_assert_aptrace_true(EXPECTATION) ck_assert_aptrace_bool_(#EXPECTATION, EXPECTATION, true)
#define ck_assert_aptrace_false(EXPECTATION) ck_assert_aptrace_bool_(#EXPECTATION, EXPECTATION, false)

/* Whole numbers, signed or not. */
#define ck_assert_aptrace_int_eq(EXPECTATION, NUMBER) ck_assert_aptrace_int_(#EXPECTATION, EXPECTATION, ==, NUMBER)
#define ck_assert_aptrace_int_ne(EXPECTATION, NUMBER) ck_assert_aptrace_int_(#EXPECTATION, EXPECTATION, !=, NUMBER)
#define ck_assert_aptrace_int_lt(EXPECTATION, NUMBER) ck_assert_aptrace_int_(#EXPECTATION, EXPECTATION, <, NUMBER)
#define ck_assert_aptrace_int_le(EXPECTATION, NUMBER) ck_assert_aptrace_int_(#EXPECTATION, EXPECTATION, <=, NUMBER)
#define ck_assert_aptrace_int_gt(EXPECTATION, NUMBER) ck_assert_aptrace_int_(#EXPECTATION, EXPECTATION, >, NUMBER)
#define ck_assert_aptrace_int_ge(EXPECTATION, NUMBER) ck_assert_aptrace_int_(#EXPECTATION, EXPECTATION, >=, NUMBER)

#define ck_assert_aptrace_uint_eq(EXPECTATION, NUMBER) ck_assert_aptrace_uint_(#EXPECTATION, EXPECTATION, ==, NUMBER)
#define ck_assert_aptrace_uint_ne(EXPECTATION, NUMBER) ck_assert_aptrace_uint_(#EXPECTATION, EXPECTATION, !=, NUMBER)
#define ck_assert_aptrace_uint_lt(EXPECTATION, NUMBER) ck_assert_aptrace_uint_(#EXPECTATION, EXPECTATION, <, NUMBER)
#define ck_assert_aptrace_uint_le(EXPECTATION, NUMBER) ck_assert_aptrace_uint_(#EXPECTATION, EXPECTATION, <=, NUMBER)
#define ck_assert_aptrace_uint_gt(EXPECTATION, NUMBER) ck_assert_aptrace_uint_(#EXPECTATION, EXPECTATION, >, NUMBER)
#define ck_assert_aptrace_uint_ge(EXPECTATION, NUMBER) ck_assert_aptrace_uint_(#EXPECTATION, EXPECTATION, >=, NUMBER)

#define ck_assert_aptrace_double_lt(EXPECTATION, NUMBER) ck_assert_aptrace_double_(#EXPECTATION, EXPECTATION, <, NUMBER)
#define ck_assert_aptrace_double_le(EXPECTATION, NUMBER) ck_assert_aptrace_double_(#EXPECTATION, EXPECTATION, <=, NUMBER)
#define ck_assert_aptrace_double_gt(EXPECTATION, NUMBER) ck_assert_aptrace_double_(#EXPECTATION, EXPECTATION, >, NUMBER)
#define ck_assert_aptrace_double_ge(EXPECTATION, NUMBER) ck_assert_aptrace_double_(#EXPECTATION, EXPECTATION, >=, NUMBER)

#define ck_assert_aptrace_str_eq(EXPECTATION, TEXT) ck_assert_aptrace_str_(#EXPECTATION, EXPECTATION, ==, TEXT)
#define ck_assert_aptrace_str_ne(EXPECTATION, TEXT) ck_assert_aptrace_str_(#EXPECTATION, EXPECTATION, !=, TEXT)

#endif
