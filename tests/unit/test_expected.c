/* SPDX-License-Identifier: MIT */
/* Expected values: what --expect takes for each type that a predicate yields, what holds, and what the refusals say. */
#include <check.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "core/expected.h"
#include "suites.h"

#define COUNT(ARRAY) (sizeof(ARRAY) / sizeof *(ARRAY))

static struct expected expect(const char *text, uint32_t yields)
{
    struct expected expected;
    struct error error = {""};
    ck_assert_msg(expected_parse(text, yields, "predicate", &expected, &error) == 0, "%s: %s", text, error.text);
    return expected;
}

static bool holds(const char *text, struct aptrace_value value)
{
    struct expected expected = expect(text, value.type);
    return expected_holds(&expected, &value);
}

static void refused(const char *text, uint32_t yields, const char *const *says)
{
    struct expected expected;
    struct error error = {""};
    ck_assert_msg(expected_parse(text, yields, "packet_count", &expected, &error) == -1, "%s passed", text);
    ck_assert_int_eq(strncmp(error.text, "packet_count yields ", 20), 0);
    for (; *says; says++)
        ck_assert_msg(strstr(error.text, *says), "\"%s\" lacks \"%s\"", error.text, *says);
}

#define REFUSED(TEXT, YIELDS, ...) refused(TEXT, APTRACE_TYPE_##YIELDS, (const char *const[]){__VA_ARGS__, NULL})

START_TEST(bools)
{
    ck_assert(holds(NULL, aptrace_bool(true)) && !holds(NULL, aptrace_bool(false)));
    ck_assert(holds("true", aptrace_bool(true)) && !holds("true", aptrace_bool(false)));
    ck_assert(holds("false", aptrace_bool(false)) && !holds("false", aptrace_bool(true)));
    ck_assert(holds("any", aptrace_bool(false)) && holds("any", aptrace_bool(true)));
    REFUSED("1", BOOL, "a bool", "--expect \"1\"", "--expect true, --expect false or --expect any");
    REFUSED("yes", BOOL, "--expect true");
    REFUSED("True", BOOL, "--expect true");
    REFUSED("", BOOL, "is empty");
    REFUSED("0..1", BOOL, "--expect true");
}
END_TEST

START_TEST(unsigned_integers)
{
    for (uint64_t n = 0; n < 40; n++) {
        ck_assert_int_eq(holds("21", aptrace_uint(n)), n == 21);
        ck_assert_int_eq(holds("0x15", aptrace_uint(n)), n == 21);
        ck_assert_int_eq(holds("10..20", aptrace_uint(n)), n >= 10 && n <= 20);
        ck_assert_int_eq(holds("20..", aptrace_uint(n)), n >= 20);
        ck_assert_int_eq(holds("..9", aptrace_uint(n)), n <= 9);
        ck_assert(holds("any", aptrace_uint(n)));
    }
    ck_assert(holds("18446744073709551615", aptrace_uint(UINT64_MAX)) && holds("20..", aptrace_uint(UINT64_MAX)));
    ck_assert(!holds("9223372036854775808", aptrace_uint(INT64_MAX)));
    ck_assert(holds("9223372036854775807..", aptrace_uint(UINT64_C(9223372036854775808))));
}
END_TEST

START_TEST(unsigned_integers_refused)
{
    REFUSED(NULL, UINT,
        "packet_count yields an unsigned integer: say what to expect, for example --expect 21, --expect 900..1500 or "
            "--expect any");
    REFUSED("true", UINT, "--expect \"true\"", "--expect 21");
    REFUSED("-1", UINT, "negative");
    REFUSED("-5..9", UINT, "negative");
    REFUSED("..-9", UINT, "negative");
    REFUSED("20..10", UINT, "low above");
    REFUSED("..", UINT, "has no end");
    REFUSED("", UINT, "is empty");
    REFUSED("21 ", UINT, "is none");
    REFUSED("2.5", UINT, "malformed");
    REFUSED("1..2..3", UINT, "malformed");
    REFUSED("18446744073709551616", UINT, "too large");
    REFUSED("1,2", UINT, "is none");
    REFUSED("Any", UINT, "is none");
}
END_TEST

START_TEST(signed_integers)
{
    for (int64_t n = -20; n < 20; n++) {
        ck_assert_int_eq(holds("-5", aptrace_int(n)), n == -5);
        ck_assert_int_eq(holds("-5..5", aptrace_int(n)), n >= -5 && n <= 5);
        ck_assert_int_eq(holds("..-1", aptrace_int(n)), n < 0);
        ck_assert_int_eq(holds("-1..", aptrace_int(n)), n >= -1);
    }
    ck_assert(holds("-9223372036854775808", aptrace_int(INT64_MIN)) && holds("..9223372036854775807", aptrace_int(INT64_MAX)));
    REFUSED(NULL, INT, "an integer", "--expect -5");
    REFUSED("5..-5", INT, "low above");
    REFUSED("9223372036854775808", INT, "too large");
    REFUSED("true", INT, "is none");
}
END_TEST

START_TEST(doubles)
{
    ck_assert(holds("0.25", aptrace_double(0.25)) && !holds("0.25", aptrace_double(0.25 + DBL_EPSILON)));
    ck_assert(holds("25%", aptrace_double(0.25)) && holds("0", aptrace_double(-0.0)));
    ck_assert(holds("0.1..0.5", aptrace_double(0.1)) && holds("0.1..0.5", aptrace_double(0.5)));
    ck_assert(!holds("0.1..0.5", aptrace_double(0.5000001)) && !holds("0.1..0.5", aptrace_double(0.0999)));
    ck_assert(holds("-1e300..", aptrace_double(1e308)) && holds("1..", aptrace_double(INFINITY)));
    ck_assert(!holds("..1e308", aptrace_double(INFINITY)) && holds("..0", aptrace_double(-INFINITY)));
    REFUSED(NULL, DOUBLE, "a double", "--expect 0.25");
    REFUSED("true", DOUBLE, "is none");
    REFUSED("nan", DOUBLE, "is none");
    REFUSED("0.5..0.1", DOUBLE, "low above");
    REFUSED("1..2..3", DOUBLE, "malformed");
}
END_TEST

START_TEST(what_is_no_number_is_never_expected)
{
    ck_assert(!holds("0", aptrace_double(NAN)) && !holds("0..", aptrace_double(NAN)) && !holds("..0", aptrace_double(NAN)));
    ck_assert(!holds("-1e308..1e308", aptrace_double(NAN)));
    ck_assert(holds("any", aptrace_double(NAN))); /* reported, never failed */
}
END_TEST

static bool falls_short(const char *text, struct aptrace_value value)
{
    struct expected expected = expect(text, value.type);
    return expected_falls_short(&expected, &value);
}

START_TEST(too_little_is_not_too_much)
{
    ck_assert(falls_short("true", aptrace_bool(false)) && falls_short(NULL, aptrace_bool(false)));
    ck_assert(!falls_short("true", aptrace_bool(true)) && !falls_short("false", aptrace_bool(true)));
    ck_assert(!falls_short("false", aptrace_bool(false)) && !falls_short("any", aptrace_bool(false)));
    ck_assert(falls_short("5..9", aptrace_uint(4)) && falls_short("5", aptrace_uint(4)) && falls_short("5..", aptrace_uint(0)));
    ck_assert(!falls_short("5..9", aptrace_uint(5)) && !falls_short("5..9", aptrace_uint(10)));
    ck_assert(!falls_short("..9", aptrace_uint(0)) && !falls_short("..9", aptrace_uint(10)));
    ck_assert(falls_short("-5..", aptrace_int(-6)) && !falls_short("-5..", aptrace_int(6)));
    ck_assert(falls_short("0.5", aptrace_double(0.4)) && !falls_short("0.5", aptrace_double(NAN)));
    ck_assert(!falls_short("a", aptrace_string("b")) && !falls_short("any", aptrace_uint(0)));
}
END_TEST

START_TEST(strings)
{
    ck_assert(holds("SYN", aptrace_string("SYN")) && !holds("SYN", aptrace_string("syn")) && !holds("SYN",
        aptrace_string("SYNC")));
    ck_assert(holds("", aptrace_string("")) && !holds("", aptrace_string("a")));
    ck_assert(holds("1..2", aptrace_string("1..2")) && holds("true", aptrace_string("true")));
    ck_assert(holds("any", aptrace_string("thing")));
    ck_assert(!holds("a", aptrace_string(NULL)));
    REFUSED(NULL, STRING, "a string", "--expect TEXT or --expect any");
}
END_TEST

/* No value of one type is one of another, whatever its bits. */
START_TEST(types_do_not_mix)
{
    const struct aptrace_value values[] = {aptrace_bool(true), aptrace_int(1), aptrace_uint(1), aptrace_double(1),
        aptrace_string("1")};
    static const char *const texts[] = {"true", "1", "1", "1", "1"};
    for (size_t i = 0; i < COUNT(values); i++) {
        struct expected expected = expect(texts[i], values[i].type);
        for (size_t k = 0; k < COUNT(values); k++)
            ck_assert_int_eq(expected_holds(&expected, &values[k]), i == k);
    }
}
END_TEST

START_TEST(unknown_types_are_refused)
{
    static const uint32_t types[] = {0, APTRACE_TYPE_DURATION, APTRACE_TYPE_MATCH, UINT32_MAX};
    for (size_t i = 0; i < COUNT(types); i++) {
        struct expected expected;
        struct error error = {""};
        ck_assert_int_eq(expected_parse("1", types[i], "predicate", &expected, &error), -1);
        ck_assert_ptr_nonnull(strstr(error.text, "predicate yields a value of type"));
        ck_assert_str_eq(value_type_name(types[i]), "unknown type");
    }
    ck_assert_str_eq(value_type_name(APTRACE_TYPE_BOOL), "bool");
    ck_assert_str_eq(value_type_name(APTRACE_TYPE_INT), "integer");
    ck_assert_str_eq(value_type_name(APTRACE_TYPE_UINT), "unsigned integer");
    ck_assert_str_eq(value_type_name(APTRACE_TYPE_DOUBLE), "double");
    ck_assert_str_eq(value_type_name(APTRACE_TYPE_STRING), "string");
}
END_TEST

static const char *shown(struct aptrace_value value)
{
    static char kept[128];
    struct text text = {0};
    value_add(&text, &value);
    ck_assert_uint_lt(text.length, sizeof kept);
    strcpy(kept, text_bytes(&text));
    text_fini(&text);
    return kept;
}

START_TEST(values_as_a_person_reads_them)
{
    ck_assert_str_eq(shown(aptrace_bool(true)), "true");
    ck_assert_str_eq(shown(aptrace_bool(false)), "false");
    ck_assert_str_eq(shown(aptrace_int(INT64_MIN)), "-9223372036854775808");
    ck_assert_str_eq(shown(aptrace_uint(UINT64_MAX)), "18446744073709551615");
    ck_assert_str_eq(shown(aptrace_double(0.25)), "0.25");
    ck_assert_str_eq(shown(aptrace_double(0.1)), "0.1");
    ck_assert_str_eq(shown(aptrace_double(100)), "100");
    ck_assert_str_eq(shown(aptrace_double(123456789012345)), "123456789012345");
    ck_assert_str_eq(shown(aptrace_double(1500.5)), "1500.5");
    ck_assert_str_eq(shown(aptrace_double(1e300)), "1e+300");
    ck_assert_str_eq(shown(aptrace_double(-1e-7)), "-1e-07");
    ck_assert_str_eq(shown(aptrace_double(1.0 / 3)), "0.3333333333333333");
    ck_assert_str_eq(shown(aptrace_double(NAN)), "nan");
    ck_assert_str_eq(shown(aptrace_double(-INFINITY)), "-inf");
    ck_assert_str_eq(shown(aptrace_string("text")), "text");
    ck_assert_str_eq(shown(aptrace_string("\xff")), "\xef\xbf\xbd");
    ck_assert_str_eq(shown(aptrace_string(NULL)), "");
    ck_assert_str_eq(shown((struct aptrace_value){.type = 77}), "a value of unknown type 77");
}
END_TEST

/* What is shown can be expected: it reads back as the same value. */
START_TEST(shown_doubles_read_back)
{
    uint64_t bits = 88172645463325252u;
    for (int i = 0; i < 3000; i++) {
        union { uint64_t bits; double number; } any;
        bits ^= bits << 13, bits ^= bits >> 7, bits ^= bits << 17;
        any.bits = bits;
        if (isfinite(any.number))
            ck_assert_msg(holds(shown(aptrace_double(any.number)), aptrace_double(any.number)), "%.17g", any.number);
    }
}
END_TEST

Suite *expected_suite(void)
{
    Suite *suite = suite_create("expected");
    TCase *all = tcase_create("expected");
    tcase_add_test(all, bools);
    tcase_add_test(all, unsigned_integers);
    tcase_add_test(all, unsigned_integers_refused);
    tcase_add_test(all, signed_integers);
    tcase_add_test(all, doubles);
    tcase_add_test(all, what_is_no_number_is_never_expected);
    tcase_add_test(all, too_little_is_not_too_much);
    tcase_add_test(all, strings);
    tcase_add_test(all, types_do_not_mix);
    tcase_add_test(all, unknown_types_are_refused);
    tcase_add_test(all, values_as_a_person_reads_them);
    tcase_add_test(all, shown_doubles_read_back);
    tcase_set_timeout(all, 60);
    suite_add_tcase(suite, all);
    return suite;
}
