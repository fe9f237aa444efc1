/* SPDX-License-Identifier: MIT */
/* aptrace/check.h: expectations as assertions of Check (https://libcheck.github.io/check/).
 *
 *     ck_assert_aptrace_true(seen);
 *     ck_assert_aptrace_uint_eq(counted, 21);
 *
 * Each waits for the result. It holds where the value is what is asserted, whatever --expect asked for; where the evidence has a hole
 * none holds. The test's failure message has what was wanted, what was got, and all that the command would report: why, and which
 * packet. An expectation, and what it is compared with, are evaluated once.
 *
 * Numbers: the int and the uint ones both take values of either type and compare what they are worth; which one to write depends on
 * the number that is compared with. A value of a type that does not fit the assertion fails it, and the message says so. */
#ifndef APTRACE_CHECK_H
#define APTRACE_CHECK_H

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <aptrace/aptrace.h>

/* The verdict itself: the value is what --expect asked for. */
#define ck_assert_aptrace_pass(EXPECTATION) do { \
        struct aptrace_expectation *aptrace_seen_; \
        mark_point(); \
        aptrace_seen_ = (EXPECTATION); \
        if (aptrace_result(aptrace_seen_) != APTRACE_PASS) \
            ck_abort_msg("ck_assert_aptrace_pass(%s)\n      wanted pass\n      got    %s\n%s", #EXPECTATION, \
                         aptrace_verdict_name(aptrace_result(aptrace_seen_)), aptrace_report(aptrace_seen_)); \
    } while (0)

#define ck_assert_aptrace_true(EXPECTATION) ck_assert_aptrace_bool_("true", #EXPECTATION, EXPECTATION, 1)
#define ck_assert_aptrace_false(EXPECTATION) ck_assert_aptrace_bool_("false", #EXPECTATION, EXPECTATION, 0)

#define ck_assert_aptrace_int_eq(EXPECTATION, NUMBER) \
    ck_assert_aptrace_int_("eq", "", ==, #EXPECTATION, #NUMBER, EXPECTATION, NUMBER)
#define ck_assert_aptrace_int_ne(EXPECTATION, NUMBER) \
    ck_assert_aptrace_int_("ne", "other than ", !=, #EXPECTATION, #NUMBER, EXPECTATION, NUMBER)
#define ck_assert_aptrace_int_lt(EXPECTATION, NUMBER) \
    ck_assert_aptrace_int_("lt", "below ", <, #EXPECTATION, #NUMBER, EXPECTATION, NUMBER)
#define ck_assert_aptrace_int_le(EXPECTATION, NUMBER) \
    ck_assert_aptrace_int_("le", "at most ", <=, #EXPECTATION, #NUMBER, EXPECTATION, NUMBER)
#define ck_assert_aptrace_int_gt(EXPECTATION, NUMBER) \
    ck_assert_aptrace_int_("gt", "above ", >, #EXPECTATION, #NUMBER, EXPECTATION, NUMBER)
#define ck_assert_aptrace_int_ge(EXPECTATION, NUMBER) \
    ck_assert_aptrace_int_("ge", "at least ", >=, #EXPECTATION, #NUMBER, EXPECTATION, NUMBER)

#define ck_assert_aptrace_uint_eq(EXPECTATION, NUMBER) \
    ck_assert_aptrace_uint_("eq", "", ==, #EXPECTATION, #NUMBER, EXPECTATION, NUMBER)
#define ck_assert_aptrace_uint_ne(EXPECTATION, NUMBER) \
    ck_assert_aptrace_uint_("ne", "other than ", !=, #EXPECTATION, #NUMBER, EXPECTATION, NUMBER)
#define ck_assert_aptrace_uint_lt(EXPECTATION, NUMBER) \
    ck_assert_aptrace_uint_("lt", "below ", <, #EXPECTATION, #NUMBER, EXPECTATION, NUMBER)
#define ck_assert_aptrace_uint_le(EXPECTATION, NUMBER) \
    ck_assert_aptrace_uint_("le", "at most ", <=, #EXPECTATION, #NUMBER, EXPECTATION, NUMBER)
#define ck_assert_aptrace_uint_gt(EXPECTATION, NUMBER) \
    ck_assert_aptrace_uint_("gt", "above ", >, #EXPECTATION, #NUMBER, EXPECTATION, NUMBER)
#define ck_assert_aptrace_uint_ge(EXPECTATION, NUMBER) \
    ck_assert_aptrace_uint_("ge", "at least ", >=, #EXPECTATION, #NUMBER, EXPECTATION, NUMBER)

/* Of doubles. One that is no number fails each of them. */
#define ck_assert_aptrace_double_lt(EXPECTATION, NUMBER) \
    ck_assert_aptrace_double_("lt", "below ", <, #EXPECTATION, #NUMBER, EXPECTATION, NUMBER)
#define ck_assert_aptrace_double_le(EXPECTATION, NUMBER) \
    ck_assert_aptrace_double_("le", "at most ", <=, #EXPECTATION, #NUMBER, EXPECTATION, NUMBER)
#define ck_assert_aptrace_double_gt(EXPECTATION, NUMBER) \
    ck_assert_aptrace_double_("gt", "above ", >, #EXPECTATION, #NUMBER, EXPECTATION, NUMBER)
#define ck_assert_aptrace_double_ge(EXPECTATION, NUMBER) \
    ck_assert_aptrace_double_("ge", "at least ", >=, #EXPECTATION, #NUMBER, EXPECTATION, NUMBER)

#define ck_assert_aptrace_str_eq(EXPECTATION, TEXT) \
    ck_assert_aptrace_str_("eq", "", ==, #EXPECTATION, #TEXT, EXPECTATION, TEXT)
#define ck_assert_aptrace_str_ne(EXPECTATION, TEXT) \
    ck_assert_aptrace_str_("ne", "other than ", !=, #EXPECTATION, #TEXT, EXPECTATION, TEXT)

/* ---- How they are made: not to be used by themselves ---------------------------------------------------------------------- */

enum aptrace_ck_types_ {
    APTRACE_CK_BOOL_ = 1 << APTRACE_TYPE_BOOL,
    APTRACE_CK_NUMBER_ = 1 << APTRACE_TYPE_INT | 1 << APTRACE_TYPE_UINT,
    APTRACE_CK_DOUBLE_ = 1 << APTRACE_TYPE_DOUBLE,
    APTRACE_CK_STRING_ = 1 << APTRACE_TYPE_STRING
};

/* [blocks] Whether there is a value that means something, of one of the types. */
static inline bool aptrace_ck_has_(struct aptrace_expectation *seen, unsigned types)
{
    struct aptrace_value value = aptrace_result_value(seen);
    return aptrace_is_sound(seen) && value.type <= APTRACE_TYPE_STRING && (types >> value.type & 1) != 0;
}

/* Below 0, 0 or above 0, as strcmp(); a text that is null is equal to none. */
static inline int aptrace_ck_compare_text_(const char *got, const char *wanted)
{
    return got && wanted ? strcmp(got, wanted) : 1;
}

struct aptrace_ck_text_ { char text[256]; };

static inline void aptrace_ck_write_(struct aptrace_ck_text_ *text, const struct aptrace_value *value)
{
    static const char *const truths[] = {"false", "true"};
    if (value->type == APTRACE_TYPE_BOOL)
        snprintf(text->text, sizeof text->text, "%s", truths[value->as.natural != 0]);
    else if (value->type == APTRACE_TYPE_INT)
        snprintf(text->text, sizeof text->text, "%" PRId64, value->as.integer);
    else if (value->type == APTRACE_TYPE_UINT)
        snprintf(text->text, sizeof text->text, "%" PRIu64, value->as.natural);
    else if (value->type == APTRACE_TYPE_DOUBLE)
        snprintf(text->text, sizeof text->text, "%.12g", value->as.real);
    else if (value->type == APTRACE_TYPE_STRING)
        snprintf(text->text, sizeof text->text, "\"%.200s\"", value->as.text);
    else
        snprintf(text->text, sizeof text->text, "no value");
}

/* What was got; why that cannot be what was wanted, whatever the number; and why the report behind it may begin with PASS. */
static inline const char *aptrace_ck_got_(struct aptrace_ck_text_ *text, struct aptrace_expectation *seen, unsigned types)
{
    static const char *const names[] = {"", "a bool", "a signed number", "an unsigned number", "a double", "a text"};
    struct aptrace_value value = aptrace_result_value(seen);
    size_t length;
    aptrace_ck_write_(text, &value);
    length = strlen(text->text);
    if (!aptrace_is_sound(seen))
        snprintf(text->text + length, sizeof text->text - length, ", as the verdict is %s",
                 aptrace_verdict_name(aptrace_result(seen)));
    else if (!aptrace_ck_has_(seen, types))
        snprintf(text->text + length, sizeof text->text - length, ", %s: another assertion fits it", names[value.type]);
    else if (aptrace_result(seen) == APTRACE_PASS)
        snprintf(text->text + length, sizeof text->text - length, " (--expect, or its default, allows that)");
    return text->text;
}

/* Behind WANTED: what its conversions take. */
#define ck_assert_aptrace_that_(TYPES, HOLDS, ASSERTED, WANTED, ...) do { \
        if (!aptrace_ck_has_(aptrace_seen_, TYPES) || !(HOLDS)) { \
            struct aptrace_ck_text_ aptrace_text_; \
            const char *aptrace_got_ = aptrace_ck_got_(&aptrace_text_, aptrace_seen_, TYPES); \
            ck_abort_msg("ck_assert_aptrace_%s\n      wanted " WANTED "\n      got    %s\n%s", ASSERTED, __VA_ARGS__, aptrace_got_, \
                         aptrace_report(aptrace_seen_)); \
        } \
    } while (0)

#define ck_assert_aptrace_bool_(NAME, SEEN, EXPECTATION, TRUTH) do { \
        struct aptrace_expectation *aptrace_seen_; \
        mark_point(); \
        aptrace_seen_ = (EXPECTATION); \
        ck_assert_aptrace_that_(APTRACE_CK_BOOL_, (aptrace_result_value(aptrace_seen_).as.natural != 0) == (TRUTH), \
                                NAME "(" SEEN ")", "%s", NAME); \
    } while (0)

#define ck_assert_aptrace_int_(NAME, WORD, OP, SEEN, SAID, EXPECTATION, NUMBER) do { \
        struct aptrace_expectation *aptrace_seen_; \
        int64_t aptrace_wanted_; \
        mark_point(); \
        aptrace_seen_ = (EXPECTATION); \
        aptrace_wanted_ = (NUMBER); \
        ck_assert_aptrace_that_(APTRACE_CK_NUMBER_, aptrace_compare_int(aptrace_result_value(aptrace_seen_), aptrace_wanted_) OP 0, \
                                "int_" NAME "(" SEEN ", " SAID ")", WORD "%" PRId64, aptrace_wanted_); \
    } while (0)

#define ck_assert_aptrace_uint_(NAME, WORD, OP, SEEN, SAID, EXPECTATION, NUMBER) do { \
        struct aptrace_expectation *aptrace_seen_; \
        uint64_t aptrace_wanted_; \
        mark_point(); \
        aptrace_seen_ = (EXPECTATION); \
        aptrace_wanted_ = (NUMBER); \
        ck_assert_aptrace_that_(APTRACE_CK_NUMBER_, aptrace_compare_uint(aptrace_result_value(aptrace_seen_), aptrace_wanted_) OP 0, \
                                "uint_" NAME "(" SEEN ", " SAID ")", WORD "%" PRIu64, aptrace_wanted_); \
    } while (0)

#define ck_assert_aptrace_double_(NAME, WORD, OP, SEEN, SAID, EXPECTATION, NUMBER) do { \
        struct aptrace_expectation *aptrace_seen_; \
        double aptrace_wanted_; \
        mark_point(); \
        aptrace_seen_ = (EXPECTATION); \
        aptrace_wanted_ = (NUMBER); \
        ck_assert_aptrace_that_(APTRACE_CK_DOUBLE_, aptrace_result_value(aptrace_seen_).as.real OP aptrace_wanted_, \
                                "double_" NAME "(" SEEN ", " SAID ")", WORD "%.12g", aptrace_wanted_); \
    } while (0)

#define ck_assert_aptrace_str_(NAME, WORD, OP, SEEN, SAID, EXPECTATION, TEXT) do { \
        struct aptrace_expectation *aptrace_seen_; \
        const char *aptrace_wanted_; \
        mark_point(); \
        aptrace_seen_ = (EXPECTATION); \
        aptrace_wanted_ = (TEXT); \
        ck_assert_aptrace_that_(APTRACE_CK_STRING_, \
                                aptrace_ck_compare_text_(aptrace_result_value(aptrace_seen_).as.text, aptrace_wanted_) OP 0, \
                                "str_" NAME "(" SEEN ", " SAID ")", WORD "\"%s\"", aptrace_wanted_ ? aptrace_wanted_ : "(null)"); \
    } while (0)

#endif
