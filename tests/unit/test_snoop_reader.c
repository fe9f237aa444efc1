/* SPDX-License-Identifier: MIT */
/* The datalink types of snoop: which LINKTYPE_ each is, and how the others are refused. How records are read:
 * test_record_reader.c. */
#include "suites.h"

#include <stdio.h>
#include <string.h>

#include "trace_bytes.h"

static struct seen seen;

static struct bytes one_packet(uint32_t datalink)
{
    struct bytes bytes = {.big_endian = true};
    bytes_add(&bytes, "snoop\0\0\0", 8);
    bytes_u32(&bytes, 2);
    bytes_u32(&bytes, datalink);
    bytes_u32(&bytes, 60);
    bytes_u32(&bytes, 60);
    bytes_u32(&bytes, 84);
    bytes_u32(&bytes, 0);
    bytes_u32(&bytes, 1000);
    bytes_u32(&bytes, 0);
    bytes_fill(&bytes, 2, 60);
    return bytes;
}

/* As editcap writes them to a pcap file: 1 Ethernet, 6 token ring, 10 FDDI. */
START_TEST(datalinks_are_link_types)
{
    static const uint32_t pairs[][2] = {{0, 1}, {2, 6}, {4, 1}, {8, 10}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct bytes bytes = one_packet(pairs[i][0]);
        ck_assert_msg(see_bytes(&seen, &bytes), "%s", seen.error.text);
        ck_assert_uint_eq(seen.packets[0].link_type, pairs[i][1]);
        seen_free(&seen);
        bytes_free(&bytes);
    }
}
END_TEST

START_TEST(other_datalinks_are_named_and_refused)
{
    static const uint32_t others[] = {1, 3, 5, 6, 7, 9, 10, 4000000000};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct bytes bytes = one_packet(others[i]);
        char number[32];
        snprintf(number, sizeof number, "datalink type %u:", others[i]);
        ck_assert_msg(!see_bytes(&seen, &bytes), "%u", others[i]);
        ck_assert_msg(strstr(seen.error.text, number) != NULL, "%s", seen.error.text);
        ck_assert_msg(strstr(seen.error.text, "editcap FILE NEW.pcapng") != NULL, "%s", seen.error.text);
        seen_free(&seen);
        bytes_free(&bytes);
    }
}
END_TEST

START_TEST(a_link_type_that_is_given_counts)
{
    struct bytes bytes = one_packet(5);
    const struct reader_options options = {.link_type = 104};
    ck_assert_msg(see(&seen, trace_file(&bytes, "t.snoop"), &options), "%s", seen.error.text);
    ck_assert_uint_eq(seen.packets[0].link_type, 104);
    seen_free(&seen);
    bytes_free(&bytes);
}
END_TEST

Suite *snoop_reader_suite(void)
{
    Suite *suite = suite_create("snoop_reader");
    TCase *tcase = tcase_create("datalink types");
    tcase_add_checked_fixture(tcase, trace_begin, trace_end);
    tcase_add_test(tcase, datalinks_are_link_types);
    tcase_add_test(tcase, other_datalinks_are_named_and_refused);
    tcase_add_test(tcase, a_link_type_that_is_given_counts);
    suite_add_tcase(suite, tcase);
    return suite;
}
