/* SPDX-License-Identifier: MIT */
/* Packets out of captures: each by its number with all its bytes, or an error that says what is there instead. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "suites.h"
#include "trace_bytes.h"

#include "core/wanted_file.h"

enum { MICRO = 0xa1b2c3d4 };

static struct arena arena;
static struct error error;
static struct wanted_packet one, *all;
static size_t count;

static void set_up(void)
{
    trace_begin();
    error.text[0] = '\0';
    count = 0;
}

static void tear_down(void)
{
    arena_fini(&arena);
    trace_end();
}

static struct bytes three_packets(uint32_t link_type)
{
    struct bytes bytes = {0};
    pcap_header(&bytes, MICRO, 4, 65535, link_type);
    for (uint32_t i = 1; i <= 3; i++)
        pcap_record(&bytes, 100, i, 60 + i, 60 + i);
    return bytes;
}

static void write_and_free(struct bytes *bytes, const char *name)
{
    trace_file(bytes, name);
    bytes_free(bytes);
}

/* FILE#N of the folder of the test. */
static int read_one(const char *name)
{
    return wanted_file_one(trace_path(name), &arena, &one, &error);
}

static int read_all(const char *name)
{
    return wanted_file_all(trace_path(name), &arena, &all, &count, &error);
}

static void assert_packet(const struct wanted_packet *packet, uint8_t value, uint32_t length, uint16_t link_type)
{
    ck_assert_uint_eq(packet->length, length);
    ck_assert_uint_eq(packet->link_type, link_type);
    for (uint32_t i = 0; i < length; i++)
        ck_assert_uint_eq(packet->bytes[i], value);
}

static void assert_one(const char *name, uint8_t value, uint32_t length, uint16_t link_type)
{
    ck_assert_msg(read_one(name) == 0, "%s", error.text);
    assert_packet(&one, value, length, link_type);
}

static void assert_says(int result, const char *words)
{
    ck_assert_int_eq(result, -1);
    ck_assert_msg(strstr(error.text, words) != NULL, "expected \"%s\" in: %s", words, error.text);
}

START_TEST(each_packet_has_its_number)
{
    struct bytes bytes = three_packets(1);
    write_and_free(&bytes, "t.pcap");
    assert_one("t.pcap#1", 1, 61, 1);
    assert_one("t.pcap#2", 2, 62, 1);
    assert_one("t.pcap#0x3", 3, 63, 1);
    assert_says(read_one("t.pcap#4"), "t.pcap has 3 packets, there is no #4");
}
END_TEST

START_TEST(all_packets_in_their_order)
{
    struct bytes bytes = three_packets(101), packed = bytes_pack(&bytes, "gzip");
    bytes_free(&bytes);
    write_and_free(&packed, "t.gz");
    ck_assert_msg(read_all("t.gz") == 0, "%s", error.text);
    ck_assert_uint_eq(count, 3);
    for (size_t i = 0; i < count; i++)
        assert_packet(&all[i], (uint8_t)(i + 1), (uint32_t)(61 + i), 101);
}
END_TEST

START_TEST(more_packets_than_a_batch)
{
    struct bytes bytes = {0};
    pcap_header(&bytes, MICRO, 4, 65535, 1);
    for (uint32_t i = 0; i < 1000; i++)
        pcap_record(&bytes, 100, i, 14, 14);
    write_and_free(&bytes, "t.pcap");
    assert_one("t.pcap#1", 0, 14, 1);
    assert_one("t.pcap#1000", 999 & 0xff, 14, 1);
    ck_assert_int_eq(read_all("t.pcap"), 0);
    ck_assert_uint_eq(count, 1000);
    assert_packet(&all[700], 700 & 0xff, 14, 1);
}
END_TEST

/* Interfaces of different links, drops told between packets, and a journal entry, which Wireshark counts too. */
START_TEST(pcapng_with_more_than_packets)
{
    struct bytes bytes = {0};
    block_section(&bytes);
    block_interface(&bytes, 1, "a");
    block_packet(&bytes, 0, 1);
    block_statistics(&bytes, 0, 2, 0, 5);
    block_begin(&bytes, 9);
    bytes_add(&bytes, "MESSAGE=x\n", 10);
    block_end(&bytes);
    block_interface(&bytes, 101, "b");
    block_packet(&bytes, 1, 3);
    write_and_free(&bytes, "t.pcapng");
    assert_one("t.pcapng#1", 1, 4, 1);
    assert_one("t.pcapng#3", 3, 4, 101);
    assert_says(read_one("t.pcapng#2"), "is no packet: the capture has something else there");
    ck_assert_int_eq(read_all("t.pcapng"), 0);
    ck_assert_uint_eq(count, 2);
    ck_assert_uint_eq(all[1].link_type, 101);
}
END_TEST

START_TEST(a_file_may_have_the_mark_in_its_name)
{
    struct bytes bytes = three_packets(1);
    write_and_free(&bytes, "run#7.pcap");
    assert_one("run#7.pcap#2", 2, 62, 1);
    assert_says(read_one("run#7.pcap"), "expected FILE#N, the N-th packet of a capture, counted from 1, got");
}
END_TEST

START_TEST(what_is_no_number)
{
    static const char *const wrong[] = {"t.pcap#0", "t.pcap#", "t.pcap#-1", "t.pcap#1.5", "t.pcap#last", "t.pcap# 1",
                                        "t.pcap#18446744073709551616", "t.pcap"};
    struct bytes bytes = three_packets(1);
    write_and_free(&bytes, "t.pcap");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_says(read_one(wrong[i]), "expected FILE#N, the N-th packet of a capture, counted from 1, got");
    assert_says(wanted_file_one("#1", &arena, &one, &error), "expected FILE#N");
    assert_says(read_one("t.pcap#18446744073709551615"), "has 3 packets, there is no #18446744073709551615");
}
END_TEST

START_TEST(what_is_no_capture)
{
    struct bytes bytes = {0};
    bytes_add(&bytes, "no capture at all", 17);
    write_and_free(&bytes, "t.txt");
    assert_says(read_one("t.txt#1"), "not a trace");
    assert_says(read_all("t.txt"), "not a trace");
    assert_says(read_one("none.pcap#1"), "No such file or directory");
    assert_says(read_all("none.pcap"), "none.pcap");
    assert_says(wanted_file_all("-", &arena, &all, &count, &error), "cannot be read from standard input");
    assert_says(wanted_file_one("-#1", &arena, &one, &error), "cannot be read from standard input");
}
END_TEST

START_TEST(nothing_is_wanted_of_nothing)
{
    struct bytes bytes = {0};
    pcap_header(&bytes, MICRO, 4, 65535, 1);
    write_and_free(&bytes, "t.pcap");
    assert_says(read_one("t.pcap#1"), "has no packets, there is no #1");
    assert_says(read_all("t.pcap"), "has no packets: nothing is wanted");
    write_and_free(&bytes, "s1-eth2_out.pcap"); /* of 0 bytes, as bmv2 leaves it */
    assert_says(read_all("s1-eth2_out.pcap"), "has no packets: nothing is wanted");
}
END_TEST

START_TEST(what_was_captured_in_part)
{
    struct bytes bytes = three_packets(1);
    pcap_record(&bytes, 100, 4, 96, 1514);
    pcap_record(&bytes, 100, 5, 0, 0);
    write_and_free(&bytes, "t.pcap");
    assert_one("t.pcap#3", 3, 63, 1);
    assert_says(read_one("t.pcap#4"), "was captured only in part, 96 of its 1514 bytes");
    assert_says(read_one("t.pcap#5"), "packet #5 of");
    assert_says(read_one("t.pcap#5"), "has no bytes");
    assert_says(read_all("t.pcap"), "packet #4 of");
}
END_TEST

START_TEST(damage_counts_from_where_it_is)
{
    struct bytes bytes = three_packets(1);
    bytes.length -= 10;
    write_and_free(&bytes, "t.pcap");
    assert_one("t.pcap#2", 2, 62, 1);
    assert_says(read_one("t.pcap#3"), "packet #3 of");
    assert_says(read_one("t.pcap#3"), "cannot be read: t.pcap: cut short in record 3 at byte 179");
    assert_says(read_all("t.pcap"), "is damaged, so that packets that are wanted may be missing from it: t.pcap: cut short");
}
END_TEST

START_TEST(a_list_has_an_end)
{
    enum { LENGTH = 1 << 20 };
    struct bytes bytes = {0};
    pcap_header(&bytes, MICRO, 4, 65535, 1);
    for (uint32_t i = 1; i <= 16; i++)
        pcap_record(&bytes, 100, i, LENGTH, LENGTH);
    trace_file(&bytes, "t.pcap");
    ck_assert_msg(read_all("t.pcap") == 0, "%s", error.text);
    ck_assert_uint_eq(count, 16);
    assert_packet(&all[15], 16, LENGTH, 1);
    pcap_record(&bytes, 100, 17, 1, 1);
    write_and_free(&bytes, "t.pcap");
    assert_says(read_all("t.pcap"), "has more than 16 MiB of packets by #17");
}
END_TEST

START_TEST(hex_is_no_path)
{
    static const char *const hex[] = {"00", "0a*f", "AA:bb:CC", "00,11,22", "RAW:45", "RAW:45:00,00", "00,LINUX_SLL:0001"};
    static const char *const paths[] = {"", "t.pcap", "./00", "00,", ",00", "00,t.pcap", "RAW:", "RAW:t.pcap", "00 11", "/00"};
    for (size_t i = 0; i < sizeof hex / sizeof *hex; i++)
        ck_assert_msg(wanted_file_is_hex(hex[i]), "%s", hex[i]);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        ck_assert_msg(!wanted_file_is_hex(paths[i]), "%s", paths[i]);
}
END_TEST

START_TEST(paths_in_words)
{
    static const struct { const char *word; size_t at; } cases[] = {
        {"packet=t.pcap#1", 7}, {"packet=00#1", 7}, {"packet=0011", 0}, {"packet=", 0}, {"packet=t.pcap", 0},
        {"packet!=t.pcap#1", 0}, {"packets=t.pcap", 8}, {"packets=run#1.pcap", 8}, {"packets=00,11", 0}, {"packets=", 0},
        {"packets", 0}, {"packet", 0}, {"ip.src=10.0.0.1", 0}, {"", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_msg(wanted_file_in_word(cases[i].word) == cases[i].at, "%s", cases[i].word);
}
END_TEST

Suite *wanted_file_suite(void)
{
    Suite *suite = suite_create("wanted_file");
    TCase *tests = tcase_create("wanted_file");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, each_packet_has_its_number);
    tcase_add_test(tests, all_packets_in_their_order);
    tcase_add_test(tests, more_packets_than_a_batch);
    tcase_add_test(tests, pcapng_with_more_than_packets);
    tcase_add_test(tests, a_file_may_have_the_mark_in_its_name);
    tcase_add_test(tests, what_is_no_number);
    tcase_add_test(tests, what_is_no_capture);
    tcase_add_test(tests, nothing_is_wanted_of_nothing);
    tcase_add_test(tests, what_was_captured_in_part);
    tcase_add_test(tests, damage_counts_from_where_it_is);
    tcase_add_test(tests, a_list_has_an_end);
    tcase_add_test(tests, hex_is_no_path);
    tcase_add_test(tests, paths_in_words);
    suite_add_tcase(suite, tests);
    return suite;
}
