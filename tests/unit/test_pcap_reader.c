/* SPDX-License-Identifier: MIT */
/* pcap files: every form gives the same packets, oddities are counted, damage is placed; and what reader_open() makes of files
 * that are none. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "suites.h"
#include "trace_bytes.h"

enum { MICRO = 0xa1b2c3d4, NANO = 0xa1b23c4d, KUZNETZOV = 0xa1b2cd34, MAX_PACKET = 16 << 20 };

static struct seen seen;

static struct bytes begin(uint32_t magic, bool big_endian)
{
    struct bytes bytes = {.big_endian = big_endian};
    pcap_header(&bytes, magic, 4, 65535, 1);
    return bytes;
}

/* Sees a trace and frees its bytes. */
static void look(struct bytes *bytes)
{
    ck_assert_msg(see_bytes(&seen, bytes), "%s", seen.error.text);
    bytes_free(bytes);
}

static void expect_packet(unsigned index, int64_t time_ns, uint32_t capture, uint32_t wire)
{
    ck_assert_uint_lt(index, seen.count);
    ck_assert_int_eq(seen.packets[index].time_ns, time_ns);
    ck_assert_uint_eq(seen.packets[index].capture, capture);
    ck_assert_uint_eq(seen.packets[index].wire, wire);
    ck_assert_uint_eq(seen.packets[index].frame, index + 1);
    ck_assert_uint_eq(seen.packets[index].source, 1);
    ck_assert_uint_eq(seen.packets[index].flags, capture < wire ? APTRACE_PACKET_TRUNCATED : 0);
}

static const struct {
    uint32_t magic;
    bool big_endian;
    int64_t tick_ns;
    const char *format;
} forms[] = {
    {MICRO, false, 1000, "pcap 2.4, little endian, microseconds"},
    {MICRO, true, 1000, "pcap 2.4, big endian, microseconds"},
    {NANO, false, 1, "pcap 2.4, little endian, nanoseconds"},
    {NANO, true, 1, "pcap 2.4, big endian, nanoseconds"},
};

START_TEST(every_form_gives_the_same_packets)
{
    struct bytes bytes = begin(forms[_i].magic, forms[_i].big_endian);
    pcap_record(&bytes, 1700000000, 999999, 60, 60);
    pcap_record(&bytes, 1700000001, 7, 10, 1500);
    pcap_record(&bytes, 4294967295u, 0, 0, 0);
    look(&bytes);
    ck_assert_str_eq(seen.events, "3E");
    expect_packet(0, 1700000000000000000 + 999999 * forms[_i].tick_ns, 60, 60);
    expect_packet(1, 1700000001000000000 + 7 * forms[_i].tick_ns, 10, 1500);
    expect_packet(2, 4294967295000000000, 0, 0); /* seconds are unsigned: 2106 */
    ck_assert_uint_eq(seen.packets[0].first, 999999 & 0xff);
    ck_assert_str_eq(seen.format, forms[_i].format);
    ck_assert_int_eq(seen.end, READER_END_OF_TRACE);
    ck_assert_str_eq(seen.damage.text, "");
    ck_assert_uint_eq(seen.oddities.negative_time.count, 0);
    ck_assert_uint_eq(seen.oddities.no_direction.count, 3);
    ck_assert_uint_eq(seen.oddities.no_direction.first_record, 1);
    seen_free(&seen);
}
END_TEST

START_TEST(variant_by_kuznetzov_has_longer_records)
{
    struct bytes bytes = begin(KUZNETZOV, false);
    for (unsigned i = 0; i < 3; i++) {
        bytes_u32(&bytes, 100 + i);
        bytes_u32(&bytes, 5);
        bytes_u32(&bytes, 8);
        bytes_u32(&bytes, 9);
        bytes_u64(&bytes, UINT64_MAX);
        bytes_fill(&bytes, (uint8_t)i, 8);
    }
    look(&bytes);
    ck_assert_str_eq(seen.events, "3E");
    expect_packet(2, 102000005000, 8, 9);
    ck_assert_uint_eq(seen.packets[2].first, 2);
    seen_free(&seen);
}
END_TEST

START_TEST(old_versions_have_the_wire_length_first)
{
    struct bytes bytes = {0};
    pcap_header(&bytes, MICRO, 2, 65535, 1);
    bytes_u64(&bytes, 5);
    bytes_u32(&bytes, 100);
    bytes_u32(&bytes, 20);
    bytes_fill(&bytes, 1, 20);
    look(&bytes);
    expect_packet(0, 5000000000, 20, 100);
    seen_free(&seen);
    pcap_header(&bytes, MICRO, 3, 65535, 1); /* either order: the smaller is what was captured */
    bytes_u64(&bytes, 5);
    bytes_u32(&bytes, 100);
    bytes_u32(&bytes, 20);
    bytes_fill(&bytes, 1, 20);
    pcap_record(&bytes, 6, 0, 20, 100);
    look(&bytes);
    ck_assert_str_eq(seen.events, "2E");
    expect_packet(0, 5000000000, 20, 100);
    expect_packet(1, 6000000000, 20, 100);
    seen_free(&seen);
}
END_TEST

START_TEST(version_one_is_refused)
{
    struct bytes bytes = begin(MICRO, false);
    bytes.data[4] = 1;
    ck_assert(!see_bytes(&seen, &bytes));
    ck_assert_ptr_nonnull(strstr(seen.error.text, "1.4"));
    bytes_free(&bytes);
}
END_TEST

START_TEST(oddities_are_read_and_counted)
{
    struct bytes bytes = begin(MICRO, false);
    pcap_record(&bytes, 10, 1, 4, 4);
    pcap_record(&bytes, 10, 999999999, 4, 4);
    pcap_record(&bytes, 10, 2, 8, 4);
    pcap_record(&bytes, 10, 1000000, 8, 4);
    look(&bytes);
    ck_assert_str_eq(seen.events, "4E");
    expect_packet(1, 1009999999000, 4, 4);
    expect_packet(2, 10000002000, 8, 8);
    expect_packet(3, 11000000000, 8, 8);
    ck_assert_uint_eq(seen.oddities.fraction.count, 2);
    ck_assert_uint_eq(seen.oddities.fraction.first_record, 2);
    ck_assert_uint_eq(seen.oddities.capture_above_wire.count, 2);
    ck_assert_uint_eq(seen.oddities.capture_above_wire.first_record, 3);
    seen_free(&seen);
}
END_TEST

START_TEST(times_that_go_back_stay_as_they_are)
{
    struct bytes bytes = begin(NANO, false);
    pcap_record(&bytes, 20, 0, 4, 4);
    pcap_record(&bytes, 10, 0, 4, 4);
    look(&bytes);
    expect_packet(0, 20000000000, 4, 4);
    expect_packet(1, 10000000000, 4, 4);
    seen_free(&seen);
}
END_TEST

static const struct {
    uint32_t snap_length, word, link_type, reserved;
} words[] = {
    {65535, 1, 1, 0},
    {65535, 0, 0, 0},
    {0, 0, 1, 0} /* bmv2's output in its file mode */,
    {0, 113, 113, 0},
    {65535, 0x14000001, 1, 0} /* a check sequence of 1 * 2 bytes: no oddity */,
    {65535, 0x00200001, 1, 1},
    {65535, 0x0a000001, 1, 1},
};

START_TEST(link_type_has_sixteen_bits)
{
    struct bytes bytes = {.big_endian = _i % 2};
    pcap_header(&bytes, MICRO, 4, words[_i].snap_length, words[_i].word);
    pcap_record(&bytes, 1, 1, 4, 4);
    look(&bytes);
    ck_assert_uint_eq(seen.packets[0].link_type, words[_i].link_type);
    ck_assert_uint_eq(source_get(&seen.sources, 1)->link_type, words[_i].link_type);
    ck_assert_uint_eq(seen.oddities.reserved_bits.count, words[_i].reserved);
    ck_assert_uint_eq(seen.oddities.reserved_bits.first_record, 0);
    seen_free(&seen);
}
END_TEST

START_TEST(options_override)
{
    const struct reader_options options = {.name = "A", .link_type = 228};
    struct bytes bytes = begin(MICRO, false);
    pcap_record(&bytes, 1, 1, 4, 4);
    ck_assert(see(&seen, trace_file(&bytes, "t.pcap"), &options));
    ck_assert_uint_eq(seen.packets[0].link_type, 228);
    ck_assert_str_eq(source_get(&seen.sources, 1)->name, "A");
    ck_assert_uint_eq(source_get(&seen.sources, 1)->link_type, 228);
    ck_assert_str_eq(source_get(&seen.sources, 1)->file, trace_path("t.pcap"));
    ck_assert_ptr_null(source_get(&seen.sources, 1)->group);
    seen_free(&seen);
    bytes_free(&bytes);
}
END_TEST

static const struct {
    const char *file, *name;
} names[] = {
    {"t.pcap", "t"},     {"t.pcapng", "t"},        {"t.cap", "t"},      {"t.pcap.gz", "t"}, {"t.pcapng.zst", "t"},
    {"T.PCAP", "T"},     {"t.ntar", "t"},          {"t.2.pcap", "t.2"}, {"t", "t"},         {".pcap", ".pcap"},
    {"a,b.pcap", "a_b"}, {"t.pcap.1", "t.pcap.1"}, {"t.gz", "t"},
};

START_TEST(source_is_called_after_the_file)
{
    struct bytes bytes = begin(MICRO, false); /* by content: the endings lie */
    ck_assert(see(&seen, trace_file(&bytes, names[_i].file), NULL));
    ck_assert_uint_eq(seen.sources.count, 1);
    ck_assert_str_eq(source_get(&seen.sources, 1)->name, names[_i].name);
    ck_assert_str_eq(seen.events, "E");
    seen_free(&seen);
    bytes_free(&bytes);
}
END_TEST

/* 3,000 packets of many lengths: several blocks and batches. */
static struct bytes long_trace(void)
{
    struct bytes bytes = begin(NANO, false);
    for (uint32_t i = 0; i < 3000; i++)
        pcap_record(&bytes, 1000 + i, i, i % 600, i % 600);
    return bytes;
}

static void expect_long_trace(void)
{
    ck_assert_str_eq(seen.events, "3000E");
    for (uint32_t i = 0; i < 3000; i++) {
        expect_packet(i, (1000 + (int64_t)i) * 1000000000 + i, i % 600, i % 600);
        ck_assert_uint_eq(seen.packets[i].first, i % 600 ? i & 0xff : 0);
    }
}

START_TEST(long_traces_go_through_the_window)
{
    static const char *const packings[] = {NULL, "gzip", "zstd"};
    struct bytes bytes = long_trace(), packed = packings[_i] ? bytes_pack(&bytes, packings[_i]) : (struct bytes){0};
    ck_assert(see_bytes(&seen, packings[_i] ? &packed : &bytes));
    expect_long_trace();
    ck_assert(!packings[_i] || strstr(seen.format, packings[_i]));
    seen_free(&seen);
    bytes_free(&packed);
    bytes_free(&bytes);
}
END_TEST

START_TEST(a_slow_pipe_gives_the_same)
{
    struct bytes bytes = long_trace();
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pid_t writer = fork();
    if (writer == 0) {
        for (size_t at = 0, step = 1; at < bytes.length; at += step, step = 1 + at * 7 % 3000) {
            size_t left = bytes.length - at;
            step = step < left ? step : left;
            if (write(ends[1], bytes.data + at, step) != (ssize_t)step)
                _exit(1);
        }
        _exit(0);
    }
    close(ends[1]);
    ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    ck_assert(see(&seen, "-", NULL));
    expect_long_trace();
    ck_assert_str_eq(source_get(&seen.sources, 1)->name, "stdin");
    seen_free(&seen);
    bytes_free(&bytes);
}
END_TEST

START_TEST(longest_packet_is_read)
{
    struct bytes bytes = begin(MICRO, false);
    pcap_record(&bytes, 1, 1, 4, 4);
    pcap_record(&bytes, 2, 2, MAX_PACKET, MAX_PACKET);
    pcap_record(&bytes, 3, 3, 4, 4);
    look(&bytes);
    ck_assert_str_eq(seen.events, "3E");
    expect_packet(1, 2000002000, MAX_PACKET, MAX_PACKET);
    expect_packet(2, 3000003000, 4, 4);
    seen_free(&seen);
}
END_TEST

START_TEST(length_beyond_the_longest_is_corrupt)
{
    struct bytes bytes = begin(MICRO, false);
    pcap_record(&bytes, 1, 1, 4, 4);
    pcap_record(&bytes, 2, 2, MAX_PACKET + 1, MAX_PACKET + 1);
    pcap_record(&bytes, 3, 3, 4, 4);
    look(&bytes);
    ck_assert_str_eq(seen.events, "1HE");
    ck_assert_int_eq(seen.end, READER_CORRUPT);
    ck_assert_int_eq(seen.holes[0].kind, HOLE_CORRUPT);
    ck_assert_str_eq(seen.holes[0].text,
                     "corrupt in record 2 at byte 44: a capture length of 16777217 bytes; expected at most 16777216");
    seen_free(&seen);
}
END_TEST

START_TEST(cut_is_placed)
{
    struct bytes bytes = begin(MICRO, false);
    pcap_record(&bytes, 1, 1, 60, 60);
    pcap_record(&bytes, 2, 2, 60, 60);
    bytes.length -= 48; /* 28 of its 76 bytes are there */
    look(&bytes);
    ck_assert_str_eq(seen.events, "1HE");
    ck_assert_int_eq(seen.end, READER_CUT_SHORT);
    ck_assert_int_eq(seen.holes[0].kind, HOLE_CUT_SHORT);
    ck_assert_uint_eq(seen.holes[0].source, 0);
    ck_assert_int_eq(seen.holes[0].from_ns, 1000001000);
    ck_assert_int_eq(seen.holes[0].to_ns, HOLE_OPEN);
    ck_assert_str_eq(seen.holes[0].text, "cut short in record 2 at byte 100: 76 bytes expected, 28 there");
    ck_assert_str_eq(seen.damage.text,
                     "t.pcap: cut short in record 2 at byte 100: 76 bytes expected, 28 there; the 1 packet before it stands");
    seen_free(&seen);
}
END_TEST

START_TEST(cut_anywhere_keeps_what_came_before)
{
    struct bytes bytes = begin(MICRO, false);
    size_t ends[4] = {bytes.length};
    unsigned whole = 0;
    for (unsigned i = 1; i <= 3; i++) {
        pcap_record(&bytes, i, i, 3 * i, 3 * i);
        ends[i] = bytes.length;
    }
    for (size_t length = 0; length <= bytes.length; length++) {
        struct bytes part = {.data = bytes.data, .length = length};
        bool opened = see_bytes(&seen, &part);
        ck_assert_int_eq(opened, length >= 24);
        if (!opened)
            continue;
        whole += length > 24 && length == ends[whole + 1];
        ck_assert_uint_eq(seen.count, whole);
        bool clean = length == ends[whole];
        ck_assert_int_eq(seen.end, clean ? READER_END_OF_TRACE : READER_CUT_SHORT);
        ck_assert_uint_eq(seen.hole_count, !clean);
        ck_assert_int_eq(clean ? INT64_MIN : seen.holes[0].from_ns, clean || !whole ? INT64_MIN : whole * INT64_C(1000001000));
        seen_free(&seen);
    }
    ck_assert_uint_eq(whole, 3);
    bytes_free(&bytes);
}
END_TEST

START_TEST(packed_and_cut_is_cut_short)
{
    struct bytes bytes = long_trace(), packed = bytes_pack(&bytes, "gzip");
    packed.length -= 4; /* of the check sum alone: every packet is there, and yet who knows */
    ck_assert(see_bytes(&seen, &packed));
    ck_assert_str_eq(seen.events, "3000HE");
    ck_assert_int_eq(seen.end, READER_CUT_SHORT);
    ck_assert_ptr_nonnull(strstr(seen.holes[0].text, "gzip"));
    seen_free(&seen);
    packed.data[packed.length - 1] ^= 1;
    packed.length += 4;
    ck_assert(see_bytes(&seen, &packed));
    ck_assert_str_eq(seen.events, "3000HE");
    ck_assert_int_eq(seen.end, READER_CORRUPT);
    seen_free(&seen);
    bytes_free(&packed);
    bytes_free(&bytes);
}
END_TEST

static const struct {
    const char *file;
    bool opens;
} empties[] = {
    {"s1-eth1_in.pcap", true}, {"s1-eth1_out.pcap", true},   {"t.pcap", false},         {"_in.pcap", false},
    {"in.pcap", false},        {"s1-eth1_in.pcapng", false}, {"s1_in.pcap.bak", false},
};

START_TEST(empty_file_is_a_silent_port_only_by_name)
{
    const struct bytes none = {0};
    ck_assert_int_eq(see(&seen, trace_file(&none, empties[_i].file), NULL), empties[_i].opens);
    if (!empties[_i].opens) {
        ck_assert_ptr_nonnull(strstr(seen.error.text, "no header"));
        ck_assert_ptr_nonnull(strstr(seen.error.text, empties[_i].file));
        ck_assert_uint_eq(seen.sources.count, 0);
        return;
    }
    ck_assert_str_eq(seen.events, "E");
    ck_assert_uint_eq(seen.sources.count, 1);
    ck_assert_uint_eq(source_get(&seen.sources, 1)->link_type, 1);
    ck_assert_int_eq(strncmp(source_get(&seen.sources, 1)->name, "s1-eth1_", 8), 0);
    seen_free(&seen);
}
END_TEST

static const struct {
    const char *content;
    size_t length;
    const char *says[3];
} strangers[] = {
    {"hello, this is a text", 21, {"not a trace", "68 65 6c 6c 6f", "(hello, this is "}},
    {"hi", 2, {"not a trace", "68 69 (hi)", "pcapng (0a 0d 0d 0a)"}},
    {"\xfd"
     "7zXZ\0\0\0\0\0\0\0\0\0\0\0",
     16,
     {"xz", "xz -dc FILE | aptrace --replay -", NULL}},
    {"BZh91AY&SY12345678", 18, {"bzip2", "bzip2 -dc", NULL}},
    {"snoop\0\0\0\0\0\0\1\0\0\0\4", 16, {"snoop", "editcap", NULL}},
    {"\x04\x22\x4d\x18"
     "12345678901234",
     18,
     {"lz4", "lz4 -dc", NULL}},
    {"PK\3\4"
     "12345678901234",
     18,
     {"zip", "unzip -p", NULL}},
    {"version https://git-lfs.github.com/spec/v1\n", 43, {"Git LFS", "git lfs pull", NULL}},
    {"\xd4\xc3\xb2\xa1\2\0\4\0", 8, {"cut short", "24 bytes expected, 8 there", NULL}},
};

START_TEST(strangers_are_named)
{
    struct bytes bytes = {0};
    bytes_add(&bytes, strangers[_i].content, strangers[_i].length);
    ck_assert(!see_bytes(&seen, &bytes));
    for (unsigned i = 0; i < 3 && strangers[_i].says[i]; i++)
        ck_assert_msg(strstr(seen.error.text, strangers[_i].says[i]), "%s", seen.error.text);
    ck_assert_int_eq(strncmp(seen.error.text, trace_path("t.pcap"), strlen(trace_path("t.pcap"))), 0);
    bytes_free(&bytes);
}
END_TEST

Suite *pcap_reader_suite(void)
{
    Suite *suite = suite_create("pcap_reader");
    TCase *tests = tcase_create("pcap_reader");
    tcase_add_checked_fixture(tests, trace_begin, trace_end);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, every_form_gives_the_same_packets, 0, (int)(sizeof forms / sizeof *forms));
    tcase_add_test(tests, variant_by_kuznetzov_has_longer_records);
    tcase_add_test(tests, old_versions_have_the_wire_length_first);
    tcase_add_test(tests, version_one_is_refused);
    tcase_add_test(tests, oddities_are_read_and_counted);
    tcase_add_test(tests, times_that_go_back_stay_as_they_are);
    tcase_add_loop_test(tests, link_type_has_sixteen_bits, 0, (int)(sizeof words / sizeof *words));
    tcase_add_test(tests, options_override);
    tcase_add_loop_test(tests, source_is_called_after_the_file, 0, (int)(sizeof names / sizeof *names));
    tcase_add_loop_test(tests, long_traces_go_through_the_window, 0, 3);
    tcase_add_test(tests, a_slow_pipe_gives_the_same);
    tcase_add_test(tests, longest_packet_is_read);
    tcase_add_test(tests, length_beyond_the_longest_is_corrupt);
    tcase_add_test(tests, cut_is_placed);
    tcase_add_test(tests, cut_anywhere_keeps_what_came_before);
    tcase_add_test(tests, packed_and_cut_is_cut_short);
    tcase_add_loop_test(tests, empty_file_is_a_silent_port_only_by_name, 0, (int)(sizeof empties / sizeof *empties));
    tcase_add_loop_test(tests, strangers_are_named, 0, (int)(sizeof strangers / sizeof *strangers));
    suite_add_tcase(suite, tests);
    return suite;
}
