/* SPDX-License-Identifier: MIT */
/* aptrace/check.h: expectations as assertions of Check (https://libcheck.github.io/check/). They wait for the result; where they do
 * not hold, the test's failure message is what the command would report: why, and which packet. Evidence with a hole never holds.
 *
 *     ck_assert_aptrace_true(seen);
 *     ck_assert_aptrace_uint_eq(counted, 21);
 */
#ifndef APTRACE_CHECK_H
#define APTRACE_CHECK_H

#include <check.h>
#include <inttypes.h>
#include <string.h>

#include <aptrace/aptrace.h>

/* Fails with what was asserted and the report, unless the evidence is sound, the value is of the type, and CONDITION holds for
 * aptrace_value_. */
#define ck_assert_aptrace_that_(EXPECTATION, TYPE, CONDITION, WANTED, ...) do { \
        struct aptrace_expectation *aptrace_expectation_ = (EXPECTATION); \
        struct aptrace_value aptrace_value_ = aptrace_result_value(aptrace_expectation_); \
        if (!aptrace_is_sound(aptrace_expectation_) || aptrace_value_.type != (TYPE) || !(CONDITION)) \
            ck_abort_msg("%s: wanted " WANTED "\n%s", #EXPECTATION, __VA_ARGS__, aptrace_report(aptrace_expectation_)); \
    } while (0)

#define ck_assert_aptrace_pass(EXPECTATION) do { \
        struct aptrace_expectation *aptrace_expectation_ = (EXPECTATION); \
        if (aptrace_result(aptrace_expectation_) != APTRACE_PASS) \
            ck_abort_msg("%s: wanted pass\n%s", #EXPECTATION, aptrace_report(aptrace_expectation_)); \
    } while (0)

#define ck_assert_aptrace_true(EXPECTATION) \
    ck_assert_aptrace_that_(EXPECTATION, APTRACE_TYPE_BOOL, aptrace_value_.as.natural != 0, "%s", "true")
#define ck_assert_aptrace_false(EXPECTATION) \
    ck_assert_aptrace_that_(EXPECTATION, APTRACE_TYPE_BOOL, aptrace_value_.as.natural == 0, "%s", "false")

#define ck_assert_aptrace_int_(EXPECTATION, OP, NUMBER) do { \
        int64_t aptrace_wanted_ = (NUMBER); \
        ck_assert_aptrace_that_(EXPECTATION, aptrace_value_.type == APTRACE_TYPE_UINT ? APTRACE_TYPE_UINT : APTRACE_TYPE_INT, \
            aptrace_value_.type == APTRACE_TYPE_UINT && (aptrace_value_.as.natural > INT64_MAX || aptrace_wanted_ < 0) \
                ? 1 OP 0 && aptrace_wanted_ != INT64_MIN : aptrace_value_.as.integer OP aptrace_wanted_, \
            #OP " %" PRId64, aptrace_wanted_); \
    } while (0)
#define ck_assert_aptrace_int_eq(EXPECTATION, NUMBER) ck_assert_aptrace_int_(EXPECTATION, ==, NUMBER)
#define ck_assert_aptrace_int_ne(EXPECTATION, NUMBER) ck_assert_aptrace_int_(EXPECTATION, !=, NUMBER)
#define ck_assert_aptrace_int_lt(EXPECTATION, NUMBER) ck_assert_aptrace_int_(EXPECTATION, <, NUMBER)
#define ck_assert_aptrace_int_le(EXPECTATION, NUMBER) ck_assert_aptrace_int_(EXPECTATION, <=, NUMBER)
#define ck_assert_aptrace_int_gt(EXPECTATION, NUMBER) ck_assert_aptrace_int_(EXPECTATION, >, NUMBER)
#define ck_assert_aptrace_int_ge(EXPECTATION, NUMBER) ck_assert_aptrace_int_(EXPECTATION, >=, NUMBER)

#define ck_assert_aptrace_double_(EXPECTATION, OP, NUMBER) do { \
        double aptrace_wanted_ = (NUMBER); \
        ck_assert_aptrace_that_(EXPECTATION, APTRACE_TYPE_DOUBLE, aptrace_value_.as.real OP aptrace_wanted_, #OP " %g", aptrace_wanted_); \
    } while (0)
#define ck_assert_aptrace_double_lt(EXPECTATION, NUMBER) ck_assert_aptrace_double_(EXPECTATION, <, NUMBER)
#define ck_assert_aptrace_double_le(EXPECTATION, NUMBER) ck_assert_aptrace_double_(EXPECTATION, <=, NUMBER)
#define ck_assert_aptrace_double_gt(EXPECTATION, NUMBER) ck_assert_aptrace_double_(EXPECTATION, >, NUMBER)
#define ck_assert_aptrace_double_ge(EXPECTATION, NUMBER) ck_assert_aptrace_double_(EXPECTATION, >=, NUMBER)

#define ck_assert_aptrace_str_eq(EXPECTATION, TEXT) do { \
        const char *aptrace_wanted_ = (TEXT); \
        ck_assert_aptrace_that_(EXPECTATION, APTRACE_TYPE_STRING, strcmp(aptrace_value_.as.text, aptrace_wanted_) == 0, "\"%s\"", \
            aptrace_wanted_); \
    } while (0)

#endif
