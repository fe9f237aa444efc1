/* SPDX-License-Identifier: MIT */
/* Numbers: what is read, what is not, the limits of each; doubles, dates and days against the C library's own. */
#include <check.h>
#include <float.h>
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/number.h"
#include "suites.h"

#define COUNT(ARRAY) (int)(sizeof(ARRAY) / sizeof *(ARRAY))

static const struct { const char *text; uint64_t number; } uints[] = {
    {"0", 0}, {"102", 102}, {"0x66", 0x66}, {"0X66", 0x66}, {"0xfF", 255}, {"0102", 102}, {"18446744073709551615", UINT64_MAX},
    {"0xffffffffffffffff", UINT64_MAX}, {"00000000000000000000000000001", 1}};

START_TEST(uint_reads)
{
    uint64_t number = 7;
    ck_assert(number_uint(uints[_i].text, &number));
    ck_assert_uint_eq(number, uints[_i].number);
}
END_TEST

static const char *const no_uints[] = {"", " 1", "1 ", "+1", "-1", "-0", "0x", "x1", "1x", "1.0", "1e3", "18446744073709551616",
    "0x10000000000000000", "true", "0b1", "1,000", "0xg", "99999999999999999999999", "\xd9\xa1"};

START_TEST(uint_refuses)
{
    uint64_t number = 7;
    ck_assert(!number_uint(no_uints[_i], &number));
    ck_assert_uint_eq(number, 7);
}
END_TEST

static const struct { const char *text; int64_t number; } ints[] = {
    {"0", 0}, {"-0", 0}, {"-5", -5}, {"0x10", 16}, {"-0x10", -16}, {"9223372036854775807", INT64_MAX},
    {"-9223372036854775808", INT64_MIN}, {"-0x8000000000000000", INT64_MIN}};

START_TEST(int_reads)
{
    int64_t number = 7;
    ck_assert(number_int(ints[_i].text, &number));
    ck_assert_int_eq(number, ints[_i].number);
}
END_TEST

static const char *const no_ints[] = {"", "-", "--5", "+5", "5-", " 5", "9223372036854775808", "-9223372036854775809",
    "0x8000000000000000", "-0x", "5.0"};

START_TEST(int_refuses)
{
    int64_t number = 7;
    ck_assert(!number_int(no_ints[_i], &number));
    ck_assert_int_eq(number, 7);
}
END_TEST

START_TEST(bools)
{
    static const char *const truths[] = {"true", "yes", "1"}, *const lies[] = {"false", "no", "0"};
    static const char *const neither[] = {"", "True", "TRUE", "on", "2", "t", "true ", "y"};
    bool truth;
    for (int i = 0; i < 3; i++) {
        truth = false;
        ck_assert(number_bool(truths[i], &truth) && truth);
        ck_assert(number_bool(lies[i], &truth) && !truth);
    }
    for (int i = 0; i < COUNT(neither); i++)
        ck_assert_msg(!number_bool(neither[i], &truth), "%s", neither[i]);
}
END_TEST

static const struct { const char *text; double number; } doubles[] = {
    {"0", 0}, {"0.0", 0}, {"-0", 0}, {"0%", 0}, {"0e99999", 0}, {"0.25", 0.25}, {".5", 0.5}, {"1e6", 1e6}, {"1E6", 1e6},
    {"1e+6", 1e6}, {"1e-6", 1e-6}, {"25%", 0.25}, {"0.1%", 0.001}, {"33.3%", 0.333}, {"1e2%", 1}, {"-12.5e3", -12500},
    {"0.1", 0.1}, {"1.7976931348623157e308", DBL_MAX}, {"5e-324", 5e-324}, {"9007199254740993", 9007199254740992.0},
    {"100", 100}};

START_TEST(double_reads)
{
    double number = 7;
    ck_assert(number_double(doubles[_i].text, &number));
    ck_assert_msg(number == doubles[_i].number, "%s: %.17g", doubles[_i].text, number);
}
END_TEST

static const char *const no_doubles[] = {"", "-", ".", "5.", "+1", " 1", "1 ", "inf", "-inf", "nan", "NaN", "0x10", "0x1p3", "1e",
    "1e+", "e5", "1e999", "-1e999", "1e-999", "1.5.2", "1,5", "%", "1%%", "%1", "1e99999999999999999999", "1.e5", "1%e5"};

START_TEST(double_refuses)
{
    double number = 7;
    ck_assert_msg(!number_double(no_doubles[_i], &number), "%s: %g", no_doubles[_i], number);
    ck_assert(number == 7);
}
END_TEST

/* Any double that the C library prints in full is read back as the same one. */
START_TEST(double_agrees_with_the_c_library)
{
    uint64_t bits = 88172645463325252u;
    for (int i = 0; i < 20000; i++) {
        union { uint64_t bits; double number; } any;
        char text[400];
        double read = 0;
        bits ^= bits << 13, bits ^= bits >> 7, bits ^= bits << 17;
        any.bits = bits;
        if (!isfinite(any.number))
            continue;
        snprintf(text, sizeof text, i % 2 ? "%.17g" : "%.16e", any.number);
        ck_assert_msg(number_double(text, &read), "%s", text);
        ck_assert_msg(read == any.number, "%s: %.17g", text, read);
    }
}
END_TEST

/* A program that took on a locale with a decimal comma. Where there is none installed, nothing can be shown. */
START_TEST(double_knows_no_locale)
{
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE"};
    double number = 0;
    for (int i = 0; i < COUNT(names); i++)
        setlocale(LC_ALL, names[i]);
    ck_assert(number_double("0.5", &number));
    ck_assert(number == 0.5);
    ck_assert(!number_double("0,5", &number));
    setlocale(LC_ALL, "C");
}
END_TEST

static const struct { const char *text; int64_t duration_ns; } durations[] = {
    {"0", 0}, {"0s", 0}, {"10ns", 10}, {"250us", 250000}, {"500ms", 500000000}, {"5s", 5000000000}, {"1.5s", 1500000000},
    {"1m", 60000000000}, {"2h", 7200000000000}, {"1.5m", 90000000000}, {"0.1h", 360000000000}, {"0.000000001s", 1},
    {"1.000000001s", 1000000001}, {"1.5000000000000000000000s", 1500000000}, {"0.001us", 1}, {"1.0ns", 1}, {"0.5us", 500},
    {"9223372036854775807ns", INT64_MAX}, {"9223372036.854775807s", INT64_MAX},
    {"0.0000000000025h", 9}, {"0.123456789s", 123456789}, {"2562047h", 2562047 * INT64_C(3600000000000)}, {"007s", 7000000000}};

START_TEST(duration_reads)
{
    int64_t duration = 7;
    ck_assert_msg(number_duration(durations[_i].text, &duration), "%s", durations[_i].text);
    ck_assert_int_eq(duration, durations[_i].duration_ns);
}
END_TEST

static const char *const no_durations[] = {"", "5", "1.5", "s", "ms", "-5s", "+5s", "5 s", " 5s", "5s ", "5S", "5sec", "5d",
    "1.s", ".5s", "1.2.3s", "0.5ns", "0.0000000001s", "1.0000000001s", "1e3s", "0x5s", "none", "9223372036854775808ns",
    "9223372037s", "2562048h", "9223372036.854775808s", "99999999999999999999s", "5s5ms", "0.00000000000025h",
    "0.123456789123456789123s", "00", "1..2s"};

START_TEST(duration_refuses)
{
    int64_t duration = 7;
    ck_assert_msg(!number_duration(no_durations[_i], &duration), "%s: %" PRId64, no_durations[_i], duration);
    ck_assert_int_eq(duration, 7);
}
END_TEST

static const struct { const char *text; int64_t time_ns; } times[] = {
    {"0", 0}, {"1700000000", 1700000000000000000}, {"1700000000.123456789", 1700000000123456789},
    {"1700000000.5", 1700000000500000000}, {"-1.5", -1500000000}, {"1700000000123456789ns", 1700000000123456789}, {"-5ns", -5},
    {"1970-01-01T00:00:00Z", 0}, {"2026-11-23T10:00:00.5Z", 1795428000500000000}, {"1969-12-31T23:59:59.75Z", -250000000},
    {"2000-02-29T00:00:00Z", 951782400000000000}, {"2262-04-11T23:47:16.854775807Z", INT64_MAX},
    {"1677-09-21T00:12:43.145224192Z", INT64_MIN}, {"-9223372036.854775807", -INT64_MAX}, {"9223372036854775807ns", INT64_MAX},
    {"-9223372036854775808ns", INT64_MIN}, {"1700000000.1230000000000", 1700000000123000000}};

START_TEST(time_reads)
{
    int64_t time_ns = 7;
    ck_assert_msg(number_time(times[_i].text, &time_ns), "%s", times[_i].text);
    ck_assert_int_eq(time_ns, times[_i].time_ns);
}
END_TEST

static const char *const no_times[] = {"", "-", "ns", "-ns", "now", "1700000000s", "1700000000.1234567891", "1.", ".5", "+5",
    " 5", "0x5", "0x5ns", "1.5ns", "2026-11-23", "2026-11-23T10:00:00", "2026-11-23 10:00:00Z", "2026-11-23T10:00:00+01:00",
    "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
    "2026-01-00T00:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T10:60:00Z", "2026-11-23T10:00:60Z", "2026-11-23T10:00:00.Z",
    "2026-11-23T10:00:00.0000000001Z", "26-11-23T10:00:00Z", "2262-04-11T23:47:16.854775808Z", "1677-09-21T00:12:43.145224191Z",
    "9223372037", "9223372036854775808ns", "2026-11-23T10:00:00ZZ", "9999-12-31T23:59:59Z", "0000-01-01T00:00:00Z"};

START_TEST(time_refuses)
{
    int64_t time_ns = 7;
    ck_assert_msg(!number_time(no_times[_i], &time_ns), "%s: %" PRId64, no_times[_i], time_ns);
    ck_assert_int_eq(time_ns, 7);
}
END_TEST

/* A moment of every day from 1678 to 2261 against timegm. */
START_TEST(time_agrees_with_the_c_library)
{
    for (time_t seconds = -9214560000; seconds < 9214560000; seconds += 86400 + 61) {
        struct tm parts;
        char text[64];
        int64_t time_ns = 0;
        gmtime_r(&seconds, &parts);
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
        ck_assert_msg(number_time(text, &time_ns) && time_ns == seconds * INT64_C(1000000000), "%s", text);
    }
}
END_TEST

START_TEST(sizes)
{
    static const struct { const char *text; uint64_t bytes; } good[] = {
        {"0", 0}, {"4096", 4096}, {"64K", 65536}, {"64k", 65536}, {"8M", 8 << 20}, {"8m", 8 << 20}, {"1G", 1 << 30},
        {"2g", UINT64_C(2) << 30}, {"17179869183G", UINT64_C(17179869183) << 30}, {"18446744073709551615", UINT64_MAX}};
    static const char *const bad[] = {"", "K", "-1", "1T", "1KB", "1.5M", " 1", "1 K", "17179869184G", "18446744073709551616",
        "0x10"};
    uint64_t bytes;
    for (int i = 0; i < COUNT(good); i++)
        ck_assert_msg(number_size(good[i].text, &bytes) && bytes == good[i].bytes, "%s", good[i].text);
    for (int i = 0; i < COUNT(bad); i++)
        ck_assert_msg(!number_size(bad[i], &bytes), "%s", bad[i]);
}
END_TEST

START_TEST(sums_are_held)
{
    ck_assert_int_eq(number_add(2, 3), 5);
    ck_assert_int_eq(number_add(INT64_MAX, 1), INT64_MAX);
    ck_assert_int_eq(number_add(1, INT64_MAX), INT64_MAX);
    ck_assert_int_eq(number_add(INT64_MIN, -1), INT64_MIN);
    ck_assert_int_eq(number_add(INT64_MIN, INT64_MIN), INT64_MIN);
    ck_assert_int_eq(number_add(INT64_MAX, INT64_MIN), -1);
    ck_assert_int_eq(number_add(INT64_MAX, INT64_MAX), INT64_MAX);
}
END_TEST

Suite *number_suite(void)
{
    Suite *suite = suite_create("number");
    TCase *all = tcase_create("number");
    tcase_add_loop_test(all, uint_reads, 0, COUNT(uints));
    tcase_add_loop_test(all, uint_refuses, 0, COUNT(no_uints));
    tcase_add_loop_test(all, int_reads, 0, COUNT(ints));
    tcase_add_loop_test(all, int_refuses, 0, COUNT(no_ints));
    tcase_add_test(all, bools);
    tcase_add_loop_test(all, double_reads, 0, COUNT(doubles));
    tcase_add_loop_test(all, double_refuses, 0, COUNT(no_doubles));
    tcase_add_test(all, double_agrees_with_the_c_library);
    tcase_add_test(all, double_knows_no_locale);
    tcase_add_loop_test(all, duration_reads, 0, COUNT(durations));
    tcase_add_loop_test(all, duration_refuses, 0, COUNT(no_durations));
    tcase_add_loop_test(all, time_reads, 0, COUNT(times));
    tcase_add_loop_test(all, time_refuses, 0, COUNT(no_times));
    tcase_add_test(all, time_agrees_with_the_c_library);
    tcase_add_test(all, sizes);
    tcase_add_test(all, sums_are_held);
    tcase_set_timeout(all, 60);
    suite_add_tcase(suite, all);
    return suite;
}
