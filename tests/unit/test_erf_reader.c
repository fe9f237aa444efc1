/* SPDX-License-Identifier: MIT */
/* What is taken for ERF, which has no magic: never text, whatever numbers it is made of, nor a chain that breaks. How records
 * are read, and what noise is: test_record_reader.c. */
#include "suites.h"

#include <string.h>

#include "trace_bytes.h"

static struct seen seen;

enum { SECONDS = 1095292801, TYPE_ETHERNET = 2 };

static void record(struct bytes *bytes, uint32_t seconds, uint8_t type, uint16_t length)
{
    bytes->big_endian = false;
    bytes_u32(bytes, 0);
    bytes_u32(bytes, seconds);
    bytes->big_endian = true;
    bytes_fill(bytes, type, 1);
    bytes_fill(bytes, 4, 1);
    bytes_u16(bytes, length);
    bytes_u16(bytes, 0);
    bytes_u16(bytes, (uint16_t)(length - 16));
    bytes_fill(bytes, 0xee, length - 16u);
}

static void must_refuse(struct bytes *bytes, const char *what)
{
    ck_assert_msg(!see_bytes(&seen, bytes), "taken for %s: %s", seen.format, what);
    ck_assert_msg(strstr(seen.error.text, "not a trace") != NULL, "%s", seen.error.text);
    seen_free(&seen);
    bytes_free(bytes);
}

/* Each chains by its lengths, types, flags and times as far as it goes. */
START_TEST(text_is_no_erf)
{
    static const char *const texts[] = {"0", "0,", "0.000000,", "/", "*", "0\n", "\" -------"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (size_t size = 20000; size <= 120000; size += 20000) {
            struct bytes bytes = {0};
            while (bytes.length < size)
                bytes_add(&bytes, texts[i], strlen(texts[i]));
            must_refuse(&bytes, texts[i]);
        }
    }
}
END_TEST

START_TEST(a_chain_that_breaks_is_no_erf)
{
    for (int good = 1; good < 8; good++) {
        struct bytes bytes = {0};
        for (int i = 0; i < good; i++)
            record(&bytes, SECONDS, TYPE_ETHERNET, 72);
        record(&bytes, SECONDS, 0, 72);
        must_refuse(&bytes, "a record of type 0 among the first");
    }
}
END_TEST

START_TEST(damage_behind_the_first_records_is_told)
{
    struct bytes bytes = {0};
    for (int i = 0; i < 8; i++)
        record(&bytes, SECONDS, TYPE_ETHERNET, 72);
    record(&bytes, SECONDS, 0, 72);
    ck_assert_msg(see_bytes(&seen, &bytes), "%s", seen.error.text);
    ck_assert_str_eq(seen.events, "8HE");
    ck_assert_int_eq(seen.end, READER_CORRUPT);
    ck_assert_msg(strstr(seen.damage.text, "record 9 at byte 576") != NULL, "%s", seen.damage.text);
    seen_free(&seen);
    bytes_free(&bytes);
}
END_TEST

START_TEST(few_records_are_enough_where_the_file_ends)
{
    struct bytes bytes = {0};
    record(&bytes, SECONDS, TYPE_ETHERNET, 72);
    ck_assert_msg(see_bytes(&seen, &bytes), "%s", seen.error.text);
    ck_assert_uint_eq(seen.count, 1);
    ck_assert_int_eq(seen.end, READER_END_OF_TRACE);
    seen_free(&seen);
    record(&bytes, SECONDS, TYPE_ETHERNET, 72);
    record(&bytes, SECONDS, TYPE_ETHERNET, 72);
    for (bytes.length -= 71; bytes.length < 3 * 72; bytes.length++) {
        ck_assert_msg(see_bytes(&seen, &bytes), "%zu: %s", bytes.length, seen.error.text);
        ck_assert_str_eq(seen.events, "2HE");
        ck_assert_int_eq(seen.end, READER_CUT_SHORT);
        seen_free(&seen);
    }
    bytes_free(&bytes);
}
END_TEST

Suite *erf_reader_suite(void)
{
    Suite *suite = suite_create("erf_reader");
    TCase *tcase = tcase_create("recognition");
    tcase_add_checked_fixture(tcase, trace_begin, trace_end);
    tcase_add_test(tcase, text_is_no_erf);
    tcase_add_test(tcase, a_chain_that_breaks_is_no_erf);
    tcase_add_test(tcase, damage_behind_the_first_records_is_told);
    tcase_add_test(tcase, few_records_are_enough_where_the_file_ends);
    suite_add_tcase(suite, tcase);
    return suite;
}
