/* SPDX-License-Identifier: MIT */
/* pcapng files: sections, interfaces and their names, times of any resolution, directions, what was dropped, what is skipped,
 * and where damage lies. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"
#include "trace_bytes.h"

static struct seen seen;

static struct bytes begin(bool big_endian)
{
    struct bytes bytes = {.big_endian = big_endian};
    block_section(&bytes);
    return bytes;
}

static void look(struct bytes *bytes)
{
    ck_assert_msg(see_bytes(&seen, bytes), "%s", seen.error.text);
    bytes_free(bytes);
}

static const char *name_of(uint32_t source)
{
    ck_assert_uint_le(source, seen.sources.count);
    return source_get(&seen.sources, source)->name;
}

static void expect_hole(unsigned index, uint32_t source, int64_t from_ns, int64_t to_ns, uint64_t packets)
{
    ck_assert_uint_lt(index, seen.hole_count);
    ck_assert_int_eq(seen.holes[index].kind, HOLE_DROP);
    ck_assert_uint_eq(seen.holes[index].source, source);
    ck_assert_int_eq(seen.holes[index].from_ns, from_ns);
    ck_assert_int_eq(seen.holes[index].to_ns, to_ns);
    ck_assert_uint_eq(seen.holes[index].packets, packets);
}

START_TEST(packets_of_both_byte_orders)
{
    struct bytes bytes = begin(_i);
    block_interface(&bytes, 1, NULL);
    for (uint32_t i = 0; i < 1000; i++) {
        block_packet_begin(&bytes, 0, 1700000000000000 + i, i, i % 2 ? i : 2000);
        block_end(&bytes);
    }
    look(&bytes);
    ck_assert_str_eq(seen.events, "1000E");
    for (uint32_t i = 0; i < 1000; i++) {
        ck_assert_int_eq(seen.packets[i].time_ns, (1700000000000000 + (int64_t)i) * 1000);
        ck_assert_uint_eq(seen.packets[i].capture, i);
        ck_assert_uint_eq(seen.packets[i].wire, i % 2 ? i : 2000);
        ck_assert_uint_eq(seen.packets[i].flags, i % 2 ? 0 : APTRACE_PACKET_TRUNCATED);
        ck_assert_uint_eq(seen.packets[i].frame, i + 1);
    }
    ck_assert_str_eq(seen.format, _i ? "pcapng, big endian" : "pcapng, little endian");
    ck_assert_str_eq(name_of(1), "t");
    seen_free(&seen);
}
END_TEST

static const struct {
    uint8_t resolution;
    int64_t offset;
    uint64_t ticks;
    int64_t time_ns;
} times[] = {
    {6, 0, 1700000000123456, 1700000000123456000},
    {9, 0, 1700000000123456789, 1700000000123456789},
    {0, 0, 5, 5000000000},
    {3, 0, 1234, 1234000000},
    {10, 0, 17000000001234567899u, 1700000000123456789},
    {12, 0, 1999, 1},
    {29, 0, UINT64_MAX, 0},
    {127, 0, UINT64_MAX, 0},
    {0x80, 0, 7, 7000000000},
    {0x80 + 20, 0, 3 << 19, 1500000000},
    {0x80 + 32, 0, 0xe0000000c0000000, 3758096384750000000},
    {0xff, 0, UINT64_MAX, 0},
    {6, 3600, 1000000, 3601000000000},
    {6, -3600, 1000000, -3599000000000},
    {9, INT64_MAX, 1, INT64_MAX},
    {9, INT64_MIN, 1, INT64_MIN},
    {0, 0, INT64_MAX, INT64_MAX},
    {6, 0, (uint64_t)-505425287, -505425287000},
    {9, 0, UINT64_MAX, -1},              /* a writer that subtracted */
    {0x80 + 10, 0, UINT64_MAX, -976563}, /* half a nanosecond goes to the past */
};

START_TEST(times_of_any_resolution)
{
    struct bytes bytes = begin(_i % 2);
    block_begin(&bytes, 1);
    bytes_u32(&bytes, bytes.big_endian ? 1 << 16 : 1);
    bytes_u32(&bytes, 0);
    block_option(&bytes, 9, &times[_i].resolution, 1);
    block_option_u64(&bytes, 14, (uint64_t)times[_i].offset);
    block_option(&bytes, 0, "", 0);
    block_end(&bytes);
    block_packet(&bytes, 0, times[_i].ticks);
    look(&bytes);
    ck_assert_int_eq(seen.packets[0].time_ns, times[_i].time_ns);
    ck_assert_uint_eq(seen.oddities.negative_time.count, times[_i].time_ns < 0);
    seen_free(&seen);
}
END_TEST

START_TEST(flags_give_the_direction)
{
    static const uint16_t directions[] = {0, APTRACE_PACKET_RECEIVED, APTRACE_PACKET_SENT, 0};
    struct bytes bytes = begin(_i);
    block_interface(&bytes, 1, NULL);
    for (uint32_t flags = 0; flags < 4; flags++) {
        struct bytes word = {.big_endian = _i};
        bytes_u32(&word, 0xff00fe00 | flags);
        block_packet_begin(&bytes, 0, flags, 5, 5);
        block_option(&bytes, 1, "a comment", 9);
        block_option(&bytes, 2, word.data, 4);
        block_option_u64(&bytes, 4, 0); /* nothing was dropped */
        block_option(&bytes, 0, "", 0);
        block_end(&bytes);
        bytes_free(&word);
    }
    look(&bytes);
    ck_assert_str_eq(seen.events, "4E");
    for (unsigned i = 0; i < 4; i++)
        ck_assert_uint_eq(seen.packets[i].flags, directions[i]);
    ck_assert_uint_eq(seen.oddities.no_direction.count, 2);
    ck_assert_uint_eq(seen.oddities.no_direction.first_record, 1);
    seen_free(&seen);
}
END_TEST

START_TEST(malformed_options_leave_the_packet)
{
    static const uint8_t too_long[] = {2, 0, 200, 0, 1, 0, 0, 0}, wrong_size[] = {2, 0, 2, 0, 1, 0, 0, 0};
    struct bytes bytes = begin(false);
    block_interface(&bytes, 1, NULL);
    block_packet_begin(&bytes, 0, 1, 4, 4);
    bytes_add(&bytes, too_long, sizeof too_long);
    block_end(&bytes);
    block_packet_begin(&bytes, 0, 2, 4, 4);
    bytes_add(&bytes, wrong_size, sizeof wrong_size);
    block_end(&bytes);
    look(&bytes);
    ck_assert_str_eq(seen.events, "2E");
    ck_assert_uint_eq(seen.packets[0].flags, 0);
    ck_assert_uint_eq(seen.packets[1].flags, 0);
    seen_free(&seen);
}
END_TEST

START_TEST(drop_count_is_a_hole_before_its_packet)
{
    struct bytes bytes = begin(_i);
    block_interface(&bytes, 1, "a");
    block_interface(&bytes, 1, "b");
    block_packet_begin(&bytes, 0, 5, 4, 4);
    block_option_u64(&bytes, 4, 9);
    block_end(&bytes);
    block_packet(&bytes, 1, 10);
    block_packet(&bytes, 0, 20);
    block_packet_begin(&bytes, 1, 30, 4, 4);
    block_option_u64(&bytes, 4, 7);
    block_end(&bytes);
    block_packet_begin(&bytes, 0, 25, 4, 4); /* time went back: it stands at 30 on the timeline */
    block_option_u64(&bytes, 4, 1);
    block_end(&bytes);
    look(&bytes);
    ck_assert_str_eq(seen.events, "H3H1H1E");
    expect_hole(0, 1, INT64_MIN, 5000, 9);
    expect_hole(1, 2, 10000, 30000, 7);
    expect_hole(2, 1, 20000, 30000, 1);
    ck_assert_str_eq(seen.holes[1].text, "7 packets dropped before frame 4");
    ck_assert_str_eq(seen.holes[2].text, "1 packet dropped before frame 5");
    seen_free(&seen);
}
END_TEST

START_TEST(statistics_before_the_first_packet_are_one_hole_a_source)
{
    struct bytes bytes = begin(_i);
    block_interface(&bytes, 1, "a");
    block_interface(&bytes, 1, "b");
    for (unsigned i = 1; i < 100; i++)
        block_statistics(&bytes, i % 2, i, i, 0);
    block_packet(&bytes, 0, 200);
    look(&bytes);
    ck_assert_str_eq(seen.events, "HH1E");
    expect_hole(0, 2, INT64_MIN, 99000, 99);
    expect_hole(1, 1, INT64_MIN, 98000, 98);
    seen_free(&seen);
}
END_TEST

START_TEST(capture_length_above_the_wire_length_is_raised)
{
    struct bytes bytes = begin(_i);
    block_interface(&bytes, 1, "a");
    block_packet(&bytes, 0, 1);
    block_packet_begin(&bytes, 0, 2, 8, 4);
    block_end(&bytes);
    look(&bytes);
    ck_assert_uint_eq(seen.packets[1].capture, 8);
    ck_assert_uint_eq(seen.packets[1].wire, 8);
    ck_assert_uint_eq(seen.packets[1].flags, 0);
    ck_assert_uint_eq(seen.oddities.capture_above_wire.count, 1);
    ck_assert_uint_eq(seen.oddities.capture_above_wire.first_record, 2);
    seen_free(&seen);
}
END_TEST

START_TEST(statistics_tell_drops_by_difference)
{
    struct bytes bytes = begin(_i);
    block_interface(&bytes, 1, "a");
    block_interface(&bytes, 1, "b");
    block_statistics(&bytes, 0, 1, 3, 0); /* before the first packet */
    block_packet(&bytes, 0, 10);
    block_statistics(&bytes, 0, 12, 3, 0);
    block_statistics(&bytes, 1, 13, 0, 0);
    block_packet(&bytes, 1, 20);
    block_statistics(&bytes, 0, 22, 5, 1);
    block_statistics(&bytes, 1, 0, 0, 4); /* a writer that leaves the time out */
    block_statistics(&bytes, 1, 40, 0, 4);
    block_statistics(&bytes, 1, 50, 0, 1); /* the counter was started again */
    block_packet(&bytes, 0, 60);
    block_statistics(&bytes, 7, 70, 1, 1); /* of no interface */
    look(&bytes);
    ck_assert_str_eq(seen.events, "H2HHH1E");
    expect_hole(0, 1, INT64_MIN, 1000, 3);
    expect_hole(1, 1, 12000, 22000, 3);
    expect_hole(2, 2, 13000, 20000, 4);
    expect_hole(3, 2, 40000, 50000, 1);
    ck_assert_uint_eq(seen.oddities.unknown_interface.count, 1);
    seen_free(&seen);
}
END_TEST

START_TEST(simple_packets_have_no_time)
{
    struct bytes bytes = begin(_i);
    block_begin(&bytes, 1);
    bytes_u16(&bytes, 1);
    bytes_u16(&bytes, 0);
    bytes_u32(&bytes, 10); /* snap length */
    block_end(&bytes);
    for (uint32_t wire = 8; wire < 14; wire += 2) {
        block_begin(&bytes, 3);
        bytes_u32(&bytes, wire);
        bytes_fill(&bytes, 1, wire < 10 ? wire : 10);
        block_end(&bytes);
        block_packet(&bytes, 0, wire);
    }
    look(&bytes);
    ck_assert_str_eq(seen.events, "6E");
    ck_assert_int_eq(seen.packets[0].time_ns, 0);
    ck_assert_int_eq(seen.packets[2].time_ns, 8000);
    ck_assert_uint_eq(seen.packets[0].capture, 8);
    ck_assert_uint_eq(seen.packets[2].capture, 10);
    ck_assert_uint_eq(seen.packets[4].capture, 10);
    ck_assert_uint_eq(seen.packets[4].wire, 12);
    ck_assert_uint_eq(seen.packets[4].flags, APTRACE_PACKET_TRUNCATED);
    seen_free(&seen);
}
END_TEST

static void obsolete_packet(struct bytes *bytes, uint16_t interface, uint16_t drops, uint32_t ticks)
{
    block_begin(bytes, 2);
    bytes_u16(bytes, interface);
    bytes_u16(bytes, drops);
    bytes_u32(bytes, 0);
    bytes_u32(bytes, ticks);
    bytes_u32(bytes, 3);
    bytes_u32(bytes, 3);
    bytes_fill(bytes, 1, 3);
    block_end(bytes);
}

START_TEST(obsolete_packets_are_read)
{
    struct bytes bytes = begin(_i);
    block_interface(&bytes, 1, "a");
    block_interface(&bytes, 1, "b");
    obsolete_packet(&bytes, 0, 0, 1);
    obsolete_packet(&bytes, 1, UINT16_MAX, 2); /* not known */
    obsolete_packet(&bytes, 1, 5, 3);
    look(&bytes);
    ck_assert_str_eq(seen.events, "2H1E");
    ck_assert_uint_eq(seen.packets[1].source, 2);
    ck_assert_int_eq(seen.packets[2].time_ns, 3000);
    expect_hole(0, 2, 2000, 3000, 5);
    seen_free(&seen);
}
END_TEST

START_TEST(unpadded_lengths_of_early_writers_are_read)
{
    struct bytes bytes = begin(false);
    block_interface(&bytes, 1, NULL);
    obsolete_packet(&bytes, 0, 0, 1);
    bytes.data[bytes.length - 4] -= 1; /* 35 of 36, at both ends */
    bytes.data[bytes.length - 32] -= 1;
    obsolete_packet(&bytes, 0, 0, 2);
    look(&bytes);
    ck_assert_str_eq(seen.events, "2E");
    seen_free(&seen);
}
END_TEST

START_TEST(what_is_not_understood_is_skipped)
{
    struct bytes bytes = begin(_i);
    block_interface(&bytes, 1, NULL);
    block_begin(&bytes, 4); /* names */
    bytes_fill(&bytes, 1, 3 << 20);
    block_end(&bytes);
    block_packet(&bytes, 0, 1);
    block_begin(&bytes, 10); /* secrets */
    bytes_fill(&bytes, 6, 100);
    block_end(&bytes);
    block_begin(&bytes, 0x12345678);
    block_end(&bytes);
    block_packet(&bytes, 0, 2);
    block_begin(&bytes, 0xbad); /* custom: Wireshark gives it a frame number */
    bytes_u32(&bytes, 32473);
    block_end(&bytes);
    block_packet(&bytes, 0, 3);
    block_begin(&bytes, 0x7fffffff);
    bytes_fill(&bytes, 0, 1 << 20);
    block_end(&bytes);
    look(&bytes);
    ck_assert_str_eq(seen.events, "3E");
    ck_assert_int_eq(seen.packets[2].time_ns, 3000);
    ck_assert_uint_eq(seen.packets[1].frame, 2);
    ck_assert_uint_eq(seen.packets[2].frame, 4);
    seen_free(&seen);
}
END_TEST

START_TEST(interfaces_have_their_own_link_type_and_name)
{
    struct bytes bytes = begin(false);
    block_interface(&bytes, 1, "eth0");
    block_interface(&bytes, 113, "any,thing");
    block_interface(&bytes, 1, NULL);
    block_interface(&bytes, 1, "eth0");
    block_packet(&bytes, 1, 1);
    block_packet(&bytes, 3, 2);
    look(&bytes);
    ck_assert_uint_eq(seen.sources.count, 4);
    ck_assert_str_eq(name_of(1), "eth0");
    ck_assert_str_eq(name_of(2), "any_thing");
    ck_assert_str_eq(name_of(3), "t");
    ck_assert_str_eq(name_of(4), "eth0.2");
    ck_assert_uint_eq(seen.packets[0].link_type, 113);
    ck_assert_uint_eq(source_get(&seen.sources, 2)->link_type, 113);
    ck_assert_uint_eq(seen.packets[0].source, 2);
    ck_assert_uint_eq(seen.packets[1].source, 4);
    seen_free(&seen);
}
END_TEST

START_TEST(several_without_a_name_are_numbered)
{
    struct bytes bytes = begin(false);
    block_interface(&bytes, 1, NULL);
    block_interface(&bytes, 1, "eth0");
    block_interface(&bytes, 1, "");
    look(&bytes);
    ck_assert_str_eq(name_of(1), "t.0");
    ck_assert_str_eq(name_of(2), "eth0");
    ck_assert_str_eq(name_of(3), "t.2");
    seen_free(&seen);
}
END_TEST

START_TEST(a_name_for_the_file_stands_in_front)
{
    const struct reader_options options = {.name = "S", .link_type = -1};
    struct bytes bytes = begin(false);
    block_interface(&bytes, 1, "eth0");
    ck_assert(see(&seen, trace_file(&bytes, "t.pcapng"), &options));
    ck_assert_str_eq(name_of(1), "S");
    seen_free(&seen);
    block_interface(&bytes, 1, NULL);
    ck_assert(see(&seen, trace_file(&bytes, "t.pcapng"), &options));
    ck_assert_str_eq(name_of(1), "S.eth0");
    ck_assert_str_eq(name_of(2), "S.1");
    ck_assert_str_eq(source_get(&seen.sources, 1)->group, "S");
    ck_assert_str_eq(source_get(&seen.sources, 2)->group, "S");
    seen_free(&seen);
    bytes_free(&bytes);
}
END_TEST

START_TEST(link_type_can_be_overridden)
{
    const struct reader_options options = {.link_type = 101};
    struct bytes bytes = begin(false);
    block_interface(&bytes, 1, "a");
    block_packet(&bytes, 0, 1);
    ck_assert(see(&seen, trace_file(&bytes, "t.pcapng"), &options));
    ck_assert_uint_eq(seen.packets[0].link_type, 101);
    ck_assert_uint_eq(source_get(&seen.sources, 1)->link_type, 101);
    seen_free(&seen);
    bytes_free(&bytes);
}
END_TEST

START_TEST(sections_share_their_interfaces)
{
    struct bytes bytes = begin(false);
    block_interface(&bytes, 1, "a");
    block_interface(&bytes, 1, NULL);
    block_packet(&bytes, 1, 1);
    bytes.big_endian = true; /* a section of its own order */
    block_section(&bytes);
    block_interface(&bytes, 1, "b");
    block_interface(&bytes, 1, NULL);
    block_interface(&bytes, 1, "a");
    block_interface(&bytes, 113, "a"); /* another link type: another source */
    block_packet(&bytes, 2, 2);
    block_packet(&bytes, 1, 3);
    block_packet(&bytes, 0, 4);
    block_packet(&bytes, 3, 5);
    look(&bytes);
    ck_assert_str_eq(seen.events, "1SS4E");
    ck_assert_uint_eq(seen.sources.count, 4);
    ck_assert_str_eq(name_of(seen.packets[0].source), "t");
    ck_assert_str_eq(name_of(seen.packets[1].source), "a");
    ck_assert_str_eq(name_of(seen.packets[2].source), "t");
    ck_assert_str_eq(name_of(seen.packets[3].source), "b");
    ck_assert_str_eq(name_of(seen.packets[4].source), "a.2");
    ck_assert_uint_eq(seen.packets[4].link_type, 113);
    seen_free(&seen);
}
END_TEST

START_TEST(statistics_of_a_section_begin_anew)
{
    struct bytes bytes = begin(false);
    block_interface(&bytes, 1, "a");
    block_packet(&bytes, 0, 10);
    block_statistics(&bytes, 0, 11, 5, 0);
    block_section(&bytes);
    block_interface(&bytes, 1, "a");
    block_packet_begin(&bytes, 0, 20, 4, 4);
    block_option_u64(&bytes, 4, 2); /* the packet before it is of the section before */
    block_end(&bytes);
    block_statistics(&bytes, 0, 21, 6, 0);
    look(&bytes);
    ck_assert_str_eq(seen.events, "1HH1HE");
    expect_hole(0, 1, INT64_MIN, 11000, 5);
    expect_hole(1, 1, 10000, 20000, 2);
    expect_hole(2, 1, 10000, 21000, 6);
    seen_free(&seen);
}
END_TEST

START_TEST(interfaces_behind_packets_come_at_their_place)
{
    struct bytes bytes = begin(false);
    block_interface(&bytes, 1, "a");
    block_packet(&bytes, 0, 1);
    block_packet(&bytes, 0, 2);
    block_interface(&bytes, 1, "b");
    block_packet(&bytes, 1, 3);
    look(&bytes);
    ck_assert_str_eq(seen.events, "2S1E");
    ck_assert_uint_eq(seen.packets[2].source, 2);
    seen_free(&seen);
}
END_TEST

START_TEST(no_interface_is_valid_and_empty)
{
    struct bytes bytes = begin(_i);
    look(&bytes);
    ck_assert_str_eq(seen.events, "E");
    ck_assert_uint_eq(seen.sources.count, 0);
    ck_assert_int_eq(seen.end, READER_END_OF_TRACE);
    seen_free(&seen);
}
END_TEST

START_TEST(damage_before_any_interface_is_refused)
{
    struct bytes bytes = begin(false);
    block_packet(&bytes, 0, 1);
    ck_assert(see_bytes(&seen, &bytes)); /* nothing is wrong up to the first packet */
    ck_assert_str_eq(seen.events, "HE");
    seen_free(&seen);
    bytes.length = 40; /* a section and a piece */
    bytes.data[28] = 1;
    ck_assert(!see_bytes(&seen, &bytes));
    ck_assert_ptr_nonnull(strstr(seen.error.text, "cut short in block 2 at byte 28"));
    bytes.length = 20;
    ck_assert(!see_bytes(&seen, &bytes));
    bytes.data[8] = 0;
    ck_assert(!see_bytes(&seen, &bytes));
    ck_assert_ptr_nonnull(strstr(seen.error.text, "byte-order magic"));
    bytes_free(&bytes);
}
END_TEST

static const struct {
    uint16_t major, minor;
    bool opens;
} versions[] = {
    {1, 0, true}, {1, 2, true}, {1, 1, false}, {2, 0, false}, {0, 1, false},
};

START_TEST(other_versions_are_refused)
{
    struct bytes bytes = begin(false);
    bytes.data[12] = (uint8_t)versions[_i].major;
    bytes.data[14] = (uint8_t)versions[_i].minor;
    block_interface(&bytes, 1, NULL);
    ck_assert_int_eq(see_bytes(&seen, &bytes), versions[_i].opens);
    seen_free(&seen);
    bytes_free(&bytes);
}
END_TEST

/* Which 4 bytes of the last packet's block (40 bytes long) are changed, to what, and what is said. */
static const struct {
    size_t at;
    uint32_t number;
    const char *says;
} damages[] = {
    {36, 44, "a block of 40 bytes ends with the length 44"},
    {4, 8, "has a length of 8"},
    {4, 0, "has a length of 0"},
    {4, 16, "ends with the length"},
    {8, 1, "a packet of interface 1; 1 are described"},
    {20, 5, NULL} /* some of the padding: nothing says it is wrong */,
    {20, 9, "a capture length of 9 bytes; expected at most 8"},
    {20, UINT32_MAX, "a capture length of 4294967295"},
    {4, 0x7ffffff0, "has a length of 2147483632"},
};

START_TEST(damage_is_placed)
{
    struct bytes bytes = begin(false);
    block_interface(&bytes, 1, NULL);
    block_packet(&bytes, 0, 1);
    block_packet_begin(&bytes, 0, 2, 8, 8);
    block_end(&bytes);
    size_t end = bytes.length, block = end - 40;
    bytes.length = block + damages[_i].at;
    bytes_u32(&bytes, damages[_i].number);
    bytes.length = end;
    look(&bytes);
    if (!damages[_i].says) {
        ck_assert_str_eq(seen.events, "2E");
    } else {
        ck_assert_str_eq(seen.events, "1HE");
        ck_assert_int_eq(seen.end, READER_CORRUPT);
        ck_assert_int_eq(seen.holes[0].kind, HOLE_CORRUPT);
        ck_assert_uint_eq(seen.holes[0].source, 0);
        ck_assert_int_eq(seen.holes[0].from_ns, 1000);
        ck_assert_int_eq(seen.holes[0].to_ns, HOLE_OPEN);
        ck_assert_int_eq(strncmp(seen.holes[0].text, "corrupt in block 4 at byte 84: ", 31), 0);
        ck_assert_msg(strstr(seen.holes[0].text, damages[_i].says), "%s", seen.holes[0].text);
        ck_assert_int_eq(strncmp(seen.damage.text, "t.pcap: corrupt in block 4", 26), 0);
    }
    seen_free(&seen);
}
END_TEST

START_TEST(malformed_interface_is_corrupt)
{
    static const uint8_t too_long[] = {9, 0, 200, 0, 9, 0, 0, 0};
    struct bytes bytes = begin(false);
    block_interface(&bytes, 1, "a");
    block_begin(&bytes, 1);
    bytes_u64(&bytes, 1);
    bytes_add(&bytes, too_long, sizeof too_long); /* its resolution might be behind that: times would be wrong */
    block_end(&bytes);
    block_packet(&bytes, 0, 1);
    look(&bytes);
    ck_assert_str_eq(seen.events, "HE");
    ck_assert_int_eq(seen.end, READER_CORRUPT);
    ck_assert_uint_eq(seen.sources.count, 1);
    seen_free(&seen);
}
END_TEST

/* A block of a type and body behind an interface: what is said of it. */
static const struct {
    uint32_t type, body;
    const char *says;
} short_blocks[] = {
    {6, 16, "a packet block of 28 bytes"},       {2, 12, "a packet block of 24 bytes"},
    {3, 0, "a simple packet block of 12 bytes"}, {1, 4, "an interface description of 4 bytes"},
    {0x0a0d0d0a, 4, "has a length of 16"},       {5, 4, NULL},
};

START_TEST(short_blocks_are_corrupt)
{
    struct bytes bytes = begin(false);
    block_interface(&bytes, 1, "a");
    block_begin(&bytes, short_blocks[_i].type);
    bytes_u32(&bytes, 0x1a2b3c4d);
    bytes.length = bytes.block + 8 + (short_blocks[_i].body ? 4 : 0);
    bytes_fill(&bytes, 0, short_blocks[_i].body ? short_blocks[_i].body - 4 : 0);
    block_end(&bytes);
    look(&bytes);
    ck_assert_str_eq(seen.events, short_blocks[_i].says ? "HE" : "E");
    if (short_blocks[_i].says)
        ck_assert_msg(strstr(seen.holes[0].text, short_blocks[_i].says), "%s", seen.holes[0].text);
    seen_free(&seen);
}
END_TEST

START_TEST(skipped_blocks_end_with_their_length)
{
    struct bytes bytes = begin(false);
    block_interface(&bytes, 1, "a");
    block_begin(&bytes, 4);
    bytes_fill(&bytes, 0, 1 << 20);
    block_end(&bytes);
    bytes.data[bytes.length - 4] ^= 4;
    block_packet(&bytes, 0, 1);
    look(&bytes);
    ck_assert_str_eq(seen.events, "HE");
    ck_assert_ptr_nonnull(strstr(seen.holes[0].text, "ends with the length"));
    seen_free(&seen);
}
END_TEST

START_TEST(malformed_section_is_refused)
{
    static const uint8_t too_long[] = {4, 0, 200, 0, 1, 0, 0, 0};
    struct bytes bytes = {0};
    block_begin(&bytes, 0x0a0d0d0a);
    bytes_u32(&bytes, 0x1a2b3c4d);
    bytes_u32(&bytes, 1);
    bytes_u64(&bytes, UINT64_MAX);
    bytes_add(&bytes, too_long, sizeof too_long);
    block_end(&bytes);
    ck_assert(!see_bytes(&seen, &bytes));
    ck_assert_ptr_nonnull(strstr(seen.error.text, "option 4 of a section header has 200 bytes"));
    bytes_free(&bytes);
}
END_TEST

START_TEST(cut_anywhere_keeps_what_came_before)
{
    struct bytes bytes = begin(_i);
    size_t ends[16] = {bytes.length};
    unsigned blocks = 1;
    block_interface(&bytes, 1, "a");
    ends[blocks++] = bytes.length;
    for (uint32_t i = 1; i <= 3; i++) {
        block_packet(&bytes, 0, i);
        ends[blocks++] = bytes.length;
        block_begin(&bytes, 4);
        bytes_fill(&bytes, 0, 20);
        block_end(&bytes);
        ends[blocks++] = bytes.length;
    }
    unsigned passed = 0;
    for (size_t length = ends[1]; length <= bytes.length; length++) {
        struct bytes part = {.data = bytes.data, .length = length};
        ck_assert_msg(see_bytes(&seen, &part), "%s", seen.error.text);
        passed += length == ends[passed + 1];
        ck_assert_uint_eq(seen.count, passed / 2);
        ck_assert_int_eq(seen.end, length == ends[passed] ? READER_END_OF_TRACE : READER_CUT_SHORT);
        seen_free(&seen);
    }
    ck_assert_uint_eq(passed, blocks - 1);
    bytes_free(&bytes);
}
END_TEST

START_TEST(thousands_of_interfaces_are_read_and_millions_are_not)
{
    struct bytes bytes = begin(false);
    for (unsigned i = 0; i < 5000; i++)
        block_interface(&bytes, 1, NULL);
    size_t end = bytes.length;
    block_packet(&bytes, 4999, 1);
    ck_assert(see_bytes(&seen, &bytes));
    ck_assert_str_eq(seen.events, "1E");
    ck_assert_str_eq(name_of(5000), "t.4999");
    seen_free(&seen);
    bytes.length = end;
    for (unsigned i = 0; i < 20000; i++)
        block_interface(&bytes, 1, "x");
    look(&bytes);
    ck_assert_str_eq(seen.events, "HE");
    ck_assert_int_eq(seen.end, READER_CORRUPT);
    seen_free(&seen);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, packets_of_both_byte_orders, 0, 2);
    tcase_add_loop_test(tests, times_of_any_resolution, 0, (int)(sizeof times / sizeof *times));
    tcase_add_loop_test(tests, flags_give_the_direction, 0, 2);
    tcase_add_test(tests, malformed_options_leave_the_packet);
    tcase_add_loop_test(tests, drop_count_is_a_hole_before_its_packet, 0, 2);
    tcase_add_loop_test(tests, statistics_before_the_first_packet_are_one_hole_a_source, 0, 2);
    tcase_add_loop_test(tests, capture_length_above_the_wire_length_is_raised, 0, 2);
    tcase_add_loop_test(tests, statistics_tell_drops_by_difference, 0, 2);
    tcase_add_loop_test(tests, simple_packets_have_no_time, 0, 2);
    tcase_add_loop_test(tests, obsolete_packets_are_read, 0, 2);
    tcase_add_test(tests, unpadded_lengths_of_early_writers_are_read);
    tcase_add_loop_test(tests, what_is_not_understood_is_skipped, 0, 2);
    tcase_add_test(tests, interfaces_have_their_own_link_type_and_name);
    tcase_add_test(tests, several_without_a_name_are_numbered);
    tcase_add_test(tests, a_name_for_the_file_stands_in_front);
    tcase_add_test(tests, link_type_can_be_overridden);
    tcase_add_test(tests, sections_share_their_interfaces);
    tcase_add_test(tests, statistics_of_a_section_begin_anew);
    tcase_add_test(tests, interfaces_behind_packets_come_at_their_place);
    tcase_add_loop_test(tests, no_interface_is_valid_and_empty, 0, 2);
    tcase_add_test(tests, damage_before_any_interface_is_refused);
    tcase_add_loop_test(tests, other_versions_are_refused, 0, (int)(sizeof versions / sizeof *versions));
    tcase_add_loop_test(tests, damage_is_placed, 0, (int)(sizeof damages / sizeof *damages));
    tcase_add_test(tests, malformed_interface_is_corrupt);
    tcase_add_loop_test(tests, short_blocks_are_corrupt, 0, (int)(sizeof short_blocks / sizeof *short_blocks));
    tcase_add_test(tests, skipped_blocks_end_with_their_length);
    tcase_add_test(tests, malformed_section_is_refused);
    tcase_add_loop_test(tests, cut_anywhere_keeps_what_came_before, 0, 2);
    tcase_add_test(tests, thousands_of_interfaces_are_read_and_millions_are_not);
}

Suite *pcapng_reader_suite(void)
{
    Suite *suite = suite_create("pcapng_reader");
    TCase *tests = tcase_create("pcapng_reader");
    tcase_add_checked_fixture(tests, trace_begin, trace_end);
    tcase_set_timeout(tests, 60);
    add_tests(tests);
    suite_add_tcase(suite, tests);
    return suite;
}
