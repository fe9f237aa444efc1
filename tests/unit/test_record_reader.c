/* SPDX-License-Identifier: MIT */
/* snoop and ERF: what is read, what is refused, how damage and drops are told. */
#include "suites.h"

#include <stdlib.h>
#include <string.h>

#include "trace_bytes.h"

static struct seen seen;

static struct bytes snoop_begin(uint32_t version, uint32_t datalink)
{
    struct bytes bytes = {.big_endian = true};
    bytes_add(&bytes, "snoop\0\0\0", 8);
    bytes_u32(&bytes, version);
    bytes_u32(&bytes, datalink);
    return bytes;
}

static void snoop_record(struct bytes *bytes, uint32_t capture, uint32_t wire, uint32_t drops, uint32_t seconds, uint32_t micro)
{
    uint32_t padded = (capture + 3) / 4 * 4;
    bytes_u32(bytes, wire);
    bytes_u32(bytes, capture);
    bytes_u32(bytes, 24 + padded);
    bytes_u32(bytes, drops);
    bytes_u32(bytes, seconds);
    bytes_u32(bytes, micro);
    bytes_fill(bytes, (uint8_t)capture, padded);
}

static void erf_record(struct bytes *bytes, uint32_t seconds, uint32_t fraction, uint8_t type, uint16_t length)
{
    bytes->big_endian = false;
    bytes_u32(bytes, fraction);
    bytes_u32(bytes, seconds);
    bytes->big_endian = true;
    bytes_add(bytes, &type, 1);
    bytes_fill(bytes, 4, 1);
    bytes_u16(bytes, length);
    bytes_u16(bytes, 0);
    bytes_u16(bytes, (uint16_t)(length - 16));
    bytes_fill(bytes, 0xee, length - 16u);
}

START_TEST(snoop_is_read)
{
    struct bytes bytes = snoop_begin(2, 4);
    snoop_record(&bytes, 61, 61, 0, 1000, 5);
    snoop_record(&bytes, 60, 1500, 0, 1001, 999999);
    ck_assert_msg(see_bytes(&seen, &bytes), "%s", seen.error.text);
    ck_assert_str_eq(seen.events, "2E");
    ck_assert_uint_eq(seen.packets[0].capture, 61);
    ck_assert_uint_eq(seen.packets[0].first, 61);
    ck_assert_int_eq(seen.packets[0].time_ns, INT64_C(1000000005000));
    ck_assert_uint_eq(seen.packets[0].link_type, 1);
    ck_assert_uint_eq(seen.packets[1].wire, 1500);
    ck_assert_uint_eq(seen.packets[1].flags, APTRACE_PACKET_TRUNCATED);
    ck_assert_uint_eq(seen.packets[1].frame, 2);
    ck_assert_int_eq(seen.end, READER_END_OF_TRACE);
    seen_free(&seen);
    bytes_free(&bytes);
}
END_TEST

START_TEST(a_rise_of_the_drops_of_snoop_is_a_hole_before_its_packet)
{
    struct bytes bytes = snoop_begin(2, 4);
    snoop_record(&bytes, 60, 60, 0, 1000, 0);
    snoop_record(&bytes, 60, 60, 3, 1002, 0);
    snoop_record(&bytes, 60, 60, 3, 1003, 0);
    ck_assert_msg(see_bytes(&seen, &bytes), "%s", seen.error.text);
    ck_assert_str_eq(seen.events, "1H2E");
    ck_assert_int_eq(seen.holes[0].kind, HOLE_DROP);
    ck_assert_uint_eq(seen.holes[0].packets, 3);
    ck_assert_int_eq(seen.holes[0].from_ns, INT64_C(1000000000000));
    ck_assert_int_eq(seen.holes[0].to_ns, INT64_C(1002000000000));
    seen_free(&seen);
    bytes_free(&bytes);
}
END_TEST

START_TEST(a_drop_counter_that_starts_again_is_seen)
{
    static const uint32_t counters[] = {5, 5, 0, 4, 4};
    struct bytes bytes = snoop_begin(2, 4);
    for (uint32_t i = 0; i < 5; i++)
        snoop_record(&bytes, 60, 60, counters[i], 1000 + i, 0);
    ck_assert_msg(see_bytes(&seen, &bytes), "%s", seen.error.text);
    ck_assert_str_eq(seen.events, "H3H2E");
    ck_assert_uint_eq(seen.holes[0].packets, 5);
    ck_assert_uint_eq(seen.holes[1].packets, 4);
    seen_free(&seen);
    bytes_free(&bytes);
}
END_TEST

START_TEST(snoop_of_another_kind_is_refused)
{
    static const uint32_t kinds[][2] = {{1, 4}, {3, 4}, {2, 9}, {2, 1}, {2, UINT32_MAX}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct bytes bytes = snoop_begin(kinds[i][0], kinds[i][1]);
        ck_assert(!see_bytes(&seen, &bytes));
        ck_assert_msg(strstr(seen.error.text, "snoop version") != NULL, "%s", seen.error.text);
        seen_free(&seen);
        bytes_free(&bytes);
    }
}
END_TEST

/* Cut at every byte: the packets that are whole, and never a clean end but between records. */
START_TEST(cut_anywhere_is_told)
{
    struct bytes bytes = snoop_begin(2, 4);
    snoop_record(&bytes, 10, 10, 0, 1000, 0);
    snoop_record(&bytes, 13, 13, 0, 1001, 0);
    const size_t ends[] = {16, 16 + 24 + 12, 16 + 24 + 12 + 24 + 16};
    for (size_t length = 16; length <= bytes.length; length++) {
        struct bytes cut = bytes;
        cut.length = length;
        unsigned whole = (length >= ends[1]) + (length >= ends[2]);
        bool clean = length == ends[0] || length == ends[1] || length == ends[2];
        ck_assert_msg(see_bytes(&seen, &cut), "%s", seen.error.text);
        ck_assert_uint_eq(seen.count, whole);
        ck_assert_int_eq(seen.end, clean ? READER_END_OF_TRACE : READER_CUT_SHORT);
        ck_assert_uint_eq(seen.hole_count, !clean);
        seen_free(&seen);
    }
    bytes_free(&bytes);
}
END_TEST

START_TEST(a_length_that_cannot_be_is_corrupt)
{
    struct bytes bytes = snoop_begin(2, 4);
    snoop_record(&bytes, 10, 10, 0, 1000, 0);
    bytes_u32(&bytes, 10);
    bytes_u32(&bytes, 10);
    bytes_u32(&bytes, 33); /* no room for 10 bytes */
    bytes_fill(&bytes, 0, 22);
    ck_assert_msg(see_bytes(&seen, &bytes), "%s", seen.error.text);
    ck_assert_str_eq(seen.events, "1HE");
    ck_assert_int_eq(seen.end, READER_CORRUPT);
    ck_assert_msg(strstr(seen.damage.text, "record 2 at byte 52") != NULL, "%s", seen.damage.text);
    seen_free(&seen);
    bytes_free(&bytes);
}
END_TEST

START_TEST(erf_is_known_by_records_that_chain)
{
    struct bytes bytes = {0};
    for (uint32_t i = 0; i < 300; i++)
        erf_record(&bytes, 1095292801 + i / 100, UINT32_C(0x80000000), 2, (uint16_t)(72 + i % 7 * 8));
    ck_assert_msg(see_bytes(&seen, &bytes), "%s", seen.error.text);
    ck_assert_uint_eq(seen.count, 300);
    ck_assert_uint_eq(seen.packets[0].link_type, 197);
    ck_assert_uint_eq(seen.packets[1].capture, 80);
    ck_assert_int_eq(seen.packets[0].time_ns, INT64_C(1095292801500000000));
    ck_assert_int_eq(seen.end, READER_END_OF_TRACE);
    seen_free(&seen);
    bytes_free(&bytes);
}
END_TEST

START_TEST(what_does_not_chain_is_no_erf)
{
    static const struct { uint32_t seconds; uint8_t type; uint16_t length; } broken[] = {
        {1095292801, 0, 72}, {1095292801, 49, 72}, {1095292801, 2, 16000}, {100, 2, 72}, {1195292801, 2, 72}};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct bytes bytes = {0};
        erf_record(&bytes, 1095292801, 0, 2, 72);
        erf_record(&bytes, broken[i].seconds, 0, broken[i].type, broken[i].length);
        bytes.length -= broken[i].length == 16000;
        ck_assert_msg(!see_bytes(&seen, &bytes), "%zu", i);
        ck_assert_msg(strstr(seen.error.text, "not a trace") != NULL, "%s", seen.error.text);
        seen_free(&seen);
        bytes_free(&bytes);
    }
}
END_TEST

START_TEST(noise_is_no_erf)
{
    srand(1);
    for (int again = 0; again < 200; again++) {
        struct bytes bytes = {0};
        for (int i = 0; i < 20000; i++)
            bytes_fill(&bytes, (uint8_t)(again % 2 ? rand() : 0x20 + rand() % 0x5f), 1);
        ck_assert(!see_bytes(&seen, &bytes));
        seen_free(&seen);
        bytes_free(&bytes);
    }
}
END_TEST

Suite *record_reader_suite(void)
{
    Suite *suite = suite_create("record_reader");
    TCase *tcase = tcase_create("snoop and ERF");
    tcase_add_checked_fixture(tcase, trace_begin, trace_end);
    tcase_add_test(tcase, snoop_is_read);
    tcase_add_test(tcase, a_rise_of_the_drops_of_snoop_is_a_hole_before_its_packet);
    tcase_add_test(tcase, a_drop_counter_that_starts_again_is_seen);
    tcase_add_test(tcase, snoop_of_another_kind_is_refused);
    tcase_add_test(tcase, cut_anywhere_is_told);
    tcase_add_test(tcase, a_length_that_cannot_be_is_corrupt);
    tcase_add_test(tcase, erf_is_known_by_records_that_chain);
    tcase_add_test(tcase, what_does_not_chain_is_no_erf);
    tcase_add_test(tcase, noise_is_no_erf);
    suite_add_tcase(suite, tcase);
    return suite;
}
