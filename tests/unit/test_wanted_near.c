/* SPDX-License-Identifier: MIT */
/* How a packet missed: its distance, the fields and slices that differ, the rows of hex, and how many others missed likewise. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/wanted_parts.h"
#include "packets.h"
#include "suites.h"

#define COUNT(ARRAY) (sizeof(ARRAY) / sizeof *(ARRAY))

static struct arena arena;

static void set_up(void)
{
    packets_begin();
    memset(&arena, 0, sizeof arena);
}

static void tear_down(void)
{
    arena_fini(&arena);
    packets_end();
}

static enum wanted_outcome ask_near(const struct aptrace_wanted *wanted, const struct aptrace_packet *packet)
{
    return wanted_match(wanted, 0, packet, APTRACE_WANTED_NEAR | APTRACE_WANTED_ANY);
}

/* As the engine does: a packet is described where it is nearer than all before it. */
static bool show(const struct aptrace_wanted *wanted, const struct aptrace_packet *packet, uint64_t *nearest,
                 struct wanted_miss *miss)
{
    if (ask_near(wanted, packet) != WANTED_MISS || wanted_distance(wanted) >= *nearest)
        return false;
    *nearest = wanted_distance(wanted);
    wanted_describe(wanted, packet, &arena, miss);
    return true;
}

/* "FIELD=WANTED/GOT" by blanks; those within are underlines. */
static const char *differences_of(const struct wanted_miss *miss)
{
    static char line[8192];
    line[0] = '\0';
    for (size_t i = 0; i < miss->count; i++) {
        const struct wanted_difference *one = &miss->differences[i];
        sprintf(line + strlen(line), "%s%s=%s/%s", i ? " " : "", one->field, one->wanted, one->got);
    }
    return line;
}

static struct wanted_miss miss_of(const struct aptrace_wanted *wanted, const struct aptrace_packet *packet)
{
    struct wanted_miss miss = {0};
    uint64_t nearest = UINT64_MAX;
    ck_assert(show(wanted, packet, &nearest, &miss));
    return miss;
}

static const char *packet_words(const struct packet_bytes *made, const char *words)
{
    char *all = arena_new(&arena, 2 * made->length + strlen(words) + 20), *at = all + sprintf(all, "packet=");
    for (size_t i = 0; i < made->length; i++)
        at += sprintf(at, "%02x", made->bytes[i]);
    sprintf(at, " %s", words);
    return all;
}

/* ---- Fields that were asked for -------------------------------------------------------------------------------------------- */

#define SYN_FRAME MAC_TO_1 "0800 " IPV4("0028", "06") TCP_SYN("0050 1388 ")
#define STACK_FRAME MAC_TO_1 "88a8 0064 8100 00c8 88cc 0207"

static const struct { const char *words, *hex; unsigned capture, distance; const char *differences, *text; } conditions[] = {
    {"ip.ttl=63", SYN_FRAME, 0, 1, "ip.ttl=63/64", ""},
    {"ip.ttl=63 eth.src=02:00:00:00:00:01", SYN_FRAME, 0, 1, "ip.ttl=63/64", "eth.src matches"},
    {"ip.src=10.0.0.1 ip.ttl=1..63 eth.src=02:00:00:00:00:01", SYN_FRAME, 0, 1, "ip.ttl=1..63/64", "ip.src, eth.src match"},
    {"ip.ttl!=64", SYN_FRAME, 0, 1, "ip.ttl=anything but 64/64", ""},
    {"vlan.id=5 ip.ttl=3", SYN_FRAME, 0, 2, "vlan.id=5/none ip.ttl=3/64", ""},
    {"vlan.id!=5", SYN_FRAME, 0, 1, "vlan.id=anything but 5/none", ""},
    {"vlan.id=5", STACK_FRAME, 0, 1, "vlan.id=5/100, 200", ""},
    {"vlan.id#2=5", STACK_FRAME, 0, 1, "vlan.id#2=5/200", ""},
    {"ip.ttl=none", SYN_FRAME, 0, 1, "ip.ttl=none/64", ""},
    {"vlan.id=any", SYN_FRAME, 0, 1, "vlan.id=any/none", ""},
    {"tcp.flags=SA", SYN_FRAME, 0, 1, "tcp.flags=SA/0x002 (S)", ""},
    {"ip.src=10.0.0.2 eth.type=arp", SYN_FRAME, 0, 2, "ip.src=10.0.0.2/10.0.0.1 eth.type=arp/0x0800", ""},
    {"frame@0:2=0102", SYN_FRAME, 0, 1, "frame@0:2=0102/ffff", ""},
    {"frame@100:2=0102", SYN_FRAME, 0, 1, "frame@100:2=0102/none", ""},
    {"ip.ttl=63 tcp.flags=S", SYN_FRAME, 40, 1, "ip.ttl=63/64", "tcp.flags not captured"},
    {"ip.ttl=63 ip.src=10.0.0.1 tcp.flags=S tcp.srcport=80", SYN_FRAME, 38, 1, "ip.ttl=63/64",
     "ip.src, tcp.srcport match; tcp.flags not captured"},
    {"vlan.id=5 vlan.id#2=200", STACK_FRAME, 16, 0, NULL, NULL},
};

START_TEST(fields_are_told_as_they_were_asked)
{
    for (size_t i = 0; i < COUNT(conditions); i++) {
        struct packet_bytes made = packet_read(conditions[i].hex);
        const struct aptrace_packet *packet = packet_cut(&made, conditions[i].capture ? conditions[i].capture : made.length);
        const struct aptrace_wanted *wanted = packets_wanted(APTRACE_WANTED_PACKET, conditions[i].words);
        if (!conditions[i].differences) {
            ck_assert_int_eq(ask_near(wanted, packet), WANTED_UNKNOWN);
            ck_assert_uint_eq(wanted_distance(wanted), UINT64_MAX);
            continue;
        }
        struct wanted_miss miss = miss_of(wanted, packet);
        ck_assert_str_eq(differences_of(&miss), conditions[i].differences);
        ck_assert_str_eq(miss.text, conditions[i].text);
        ck_assert_uint_eq(wanted_distance(wanted), conditions[i].distance);
    }
}
END_TEST

/* ---- Bytes, as fields ------------------------------------------------------------------------------------------------------ */

#define UDP_FRAME MAC_TO_1 "8100 a066 0800 " IPV4("0020", "11") UDP("0035 0400 ", "000c") "47455420"

struct change { size_t at; uint8_t with; };

static const struct { const char *hex; struct change changes[6]; unsigned distance; const char *differences; } changes[] = {
    {UDP_FRAME, {{26, 63}}, 1, "ip.ttl=64/63"},
    {UDP_FRAME, {{5, 1}}, 1, "eth.dst=ff:ff:ff:ff:ff:ff/ff:ff:ff:ff:ff:01"},
    {UDP_FRAME, {{14, 0xa0 ^ 0x01}}, 1, "vlan.id=102/358"},
    {UDP_FRAME, {{14, 0x60}}, 1, "vlan.priority=5/3"},
    {UDP_FRAME, {{14, 0x71}}, 1, "vlan.id=102/358 vlan.priority=5/3 vlan.dei=0/1"},
    {UDP_FRAME, {{19, 0x05}}, 1, "ip.dsfield.dscp=0/1 ip.dsfield.ecn=0/1"},
    {UDP_FRAME, {{24, 0x40}}, 1, "ip.flags.df=0/1"},
    {UDP_FRAME, {{24, 0x80}}, 1, "ip.flags=0/4"},
    {UDP_FRAME, {{24, 0xc0}}, 1, "ip.flags.df=0/1 frame@24:1=00/c0"},
    {UDP_FRAME, {{18, 0x46}}, 1, "ip.hdr_len=20/24"},
    {UDP_FRAME, {{18, 0x65}}, 1, "ip.version=4/6"},
    {UDP_FRAME, {{33, 2}}, 1, "ip.src=10.0.0.1/10.0.0.2"},
    {UDP_FRAME, {{30, 11}, {31, 1}, {32, 1}, {33, 2}}, 4, "ip.src=10.0.0.1/11.1.1.2"},
    {UDP_FRAME, {{46, 0x48}}, 1, "frame@46:1=47/48"},
    {UDP_FRAME, {{46, 0x48}, {47, 0x48}, {49, 1}}, 3, "frame@46:2=4745/4848 frame@49:1=20/01"},
    {UDP_FRAME, {{26, 63}, {33, 2}, {49, 1}}, 3, "ip.ttl=64/63 ip.src=10.0.0.1/10.0.0.2 frame@49:1=20/01"},
    {SYN_FRAME, {{47, 0x12}}, 1, "tcp.flags=0x002 (S)/0x012 (SA)"},
    {SYN_FRAME, {{46, 0x60}}, 1, "frame@46:1=50/60"},
    {SYN_FRAME, {{46, 0x61}, {47, 0x12}}, 2, "tcp.flags=0x002 (S)/0x112 (SAN) frame@46:1=50/61"},
    {STACK_FRAME, {{19, 7}}, 1, "vlan.id#2=200/7"},
    {STACK_FRAME, {{12, 0x81}, {13, 0}}, 2, "eth.type=0x88a8/0x8100"},
    {MAC_TO_1 "86dd " IPV6("0008", "11") UDP("0035 0400 ", "0008"), {{15, 0x10}}, 1, "ipv6.tclass.ecn=0/1"},
    {MAC_TO_1 "86dd " IPV6("0008", "11") UDP("0035 0400 ", "0008"), {{37, 0x10}}, 1, "ipv6.src=2001:db8::1/2001:db8::10"},
    {MAC_TO_1 "0800 " IPV4("004e", "11") UDP("c000 12b5 ", "003a") "08000000 00000700 " MAC_TO_1 "0800 " IPV4("001c", "11")
     UDP("0035 0400 ", "0008"), {{22, 5}, {72, 6}, {48, 9}}, 3, "ip.ttl=64/5 vxlan.vni=7/9 inner.ip.ttl=64/6"},
    {MAC_TO_1 "0806 0001 0800 0604 0001 020000000001 0a000001 000000000000 0a000002", {{31, 9}, {21, 2}}, 2,
     "arp.opcode=1/2 arp.src.proto_ipv4=10.0.0.1/10.0.0.9"},
    {MAC_TO_1 "0800 " IPV4("0046", "2f") "1000 88be 00000001 10010123 00000000 " MAC_TO_1 "0800 " IPV4("0014", "59"),
     {{43, 2}, {44, 0x82}}, 2, "frame@43:1=01/02 erspan.spanid=291/547 frame@44:1=01/82"}, /* no field has the bits beside it */
    {"0102", {{1, 3}}, 1, "frame@1:1=02/03"},
};

START_TEST(bytes_are_told_as_fields)
{
    for (size_t i = 0; i < COUNT(changes); i++) {
        struct packet_bytes made = packet_read(changes[i].hex), other = made;
        for (size_t k = 0; k < 6 && changes[i].changes[k].at; k++)
            other.bytes[changes[i].changes[k].at] = changes[i].changes[k].with;
        const struct aptrace_wanted *wanted = packets_wanted(APTRACE_WANTED_PACKET, packet_words(&made, ""));
        struct wanted_miss miss = miss_of(wanted, packet_show(&other));
        ck_assert_str_eq(differences_of(&miss), changes[i].differences);
        ck_assert_uint_eq(wanted_distance(wanted), changes[i].distance);
    }
}
END_TEST

/* Bits that are not compared are not told. */
START_TEST(masked_bits_are_not_told)
{
    struct packet_bytes made = packet_read(UDP_FRAME), other = made;
    other.bytes[14] = 0x71;
    const struct aptrace_wanted *wanted = packets_wanted(APTRACE_WANTED_PACKET, packet_words(&made, "ignore=vlan.priority"));
    struct wanted_miss miss = miss_of(wanted, packet_show(&other));
    ck_assert_str_eq(differences_of(&miss), "vlan.id=102/358 vlan.dei=0/1");
    wanted = packets_wanted(APTRACE_WANTED_PACKET, "packet=01**03");
    miss = miss_of(wanted, packet_hex("020404"));
    ck_assert_str_eq(differences_of(&miss), "frame@0:1=01/02 frame@2:1=03/04");
}
END_TEST

START_TEST(both_fields_and_bytes)
{
    struct packet_bytes made = packet_read(SYN_FRAME), other = made;
    other.bytes[22] = 9;
    const char *words = packet_words(&made, "tcp.dstport=5001 ip.src=10.0.0.1");
    const struct aptrace_wanted *wanted = packets_wanted(APTRACE_WANTED_PACKET, words);
    struct wanted_miss miss = miss_of(wanted, packet_show(&other));
    ck_assert_str_eq(differences_of(&miss), "tcp.dstport=5001/5000 ip.ttl=64/9");
    ck_assert_uint_eq(wanted_distance(wanted), 2);
    ck_assert_msg(strncmp(miss.text, "ip.src matches\n0x0010  wanted", 29) == 0, "%s", miss.text);
}
END_TEST

/* ---- Length, checksums ----------------------------------------------------------------------------------------------------- */

#define SHORT_UDP MAC_TO_1 "0800 " IPV4("001f", "11") UDP("0035 0400 ", "000b") "010203"

static const struct { const char *words, *got; size_t pad; unsigned distance; const char *differences; } lengths[] = {
    {"packet=010203", "01020304", 0, 1, "frame.len=3/4"},
    {"packet=01020304", "010203", 0, 1, "frame.len=4/3"},
    {"packet=01020304", "010905", 0, 3, "frame.len=4/3 frame@1:2=0203/0905"},
    {"packet=010203 length=prefix", "0102", 0, 1, "frame.len=3../2"},
    {"packet=010203 length=prefix", "01020404", 0, 1, "frame@2:1=03/04"},
    {"packet=010203", "010203", 400, 255, "frame.len=3/400"},
    {"packet=010203", "010209", 60, 1, "frame@2:1=03/09"}, /* zeros are padding, and no difference */
    {"packet=010203 pad=exact", "010203", 60, 57, "frame.len=3/60"},
    {"packet=ffffffffffff02000000000108004500001f000100004011" "00000a0000010a000002003504000" "00b0000010203", SHORT_UDP, 61, 16,
     "frame.len=45/61"},
    {"packet=ffffffffffff02000000000108004500001e000100004011" "00000a0000010a000002003504000" "00a00000102", SHORT_UDP, 60, 3,
     "frame.len=44/45 without padding ip.len=30/31 udp.length=10/11"},
};

START_TEST(lengths_are_told)
{
    for (size_t i = 0; i < COUNT(lengths); i++) {
        struct packet_bytes got = packet_read(lengths[i].got);
        if (lengths[i].pad)
            packet_pad(&got, lengths[i].pad, 0);
        const struct aptrace_wanted *wanted = packets_wanted(APTRACE_WANTED_PACKET, lengths[i].words);
        struct wanted_miss miss = miss_of(wanted, packet_show(&got));
        ck_assert_str_eq(differences_of(&miss), lengths[i].differences);
        ck_assert_uint_eq(wanted_distance(wanted), lengths[i].distance);
    }
}
END_TEST

/* Of a frame whose end was not captured the length is no difference. */
START_TEST(unknown_lengths_are_not_told)
{
    struct packet_bytes made = packet_read(SHORT_UDP), got = made;
    packet_pad(&got, 60, 7);
    got.bytes[3] = 1;
    const struct aptrace_wanted *wanted = packets_wanted(APTRACE_WANTED_PACKET, packet_words(&made, ""));
    struct wanted_miss miss = miss_of(wanted, packet_cut(&got, 20));
    ck_assert_str_eq(differences_of(&miss), "eth.dst=ff:ff:ff:ff:ff:ff/ff:ff:ff:01:ff:ff");
    wanted = packets_wanted(APTRACE_WANTED_PACKET, packet_words(&made, ""));
    miss = miss_of(wanted, packet_cut(&got, 5)); /* ends within the field */
    ck_assert_str_eq(differences_of(&miss), "frame@3:1=ff/01");
}
END_TEST

START_TEST(checksums_are_told)
{
    struct packet_bytes made = packet_read(SYN_FRAME), got;
    packet_seal(&made);
    const char *words = packet_words(&made, "ignore=ip.ttl,tcp.seq_raw");
    got = made;
    got.bytes[22] = 63;
    struct wanted_miss miss = miss_of(packets_wanted(APTRACE_WANTED_PACKET, words), packet_show(&got));
    ck_assert_str_eq(differences_of(&miss), "ip.checksum=valid, 0x67cd/0x66cd");
    ck_assert_str_eq(miss.text, "");
    got = made;
    got.bytes[50] = 0x14;
    got.bytes[51] = 0x1d;
    miss = miss_of(packets_wanted(APTRACE_WANTED_PACKET, words), packet_show(&got));
    ck_assert_str_eq(differences_of(&miss), "tcp.checksum=valid, 0x6807/0x141d (left to the card)");
    made = packet_read(UDP_FRAME);
    made.bytes[45] = 1;
    packet_seal(&made);
    got = made;
    got.bytes[44] = got.bytes[45] = 0;
    miss = miss_of(packets_wanted(APTRACE_WANTED_PACKET, packet_words(&made, "ignore=udp.srcport")), packet_show(&got));
    ck_assert_str_eq(differences_of(&miss), "udp.checksum=valid/0x0000");
    got = made;
    got.bytes[27] = 89;
    packet_seal(&got);
    miss = miss_of(packets_wanted(APTRACE_WANTED_PACKET, packet_words(&made, "ignore=ip.proto")), packet_show(&got));
    ck_assert_str_eq(differences_of(&miss), "udp.checksum=a valid one/none");
}
END_TEST

START_TEST(checksums_within_tunnels_are_told)
{
    struct packet_bytes made = packet_read(MAC_TO_1 "0800 " IPV4("0030", "04") IPV4("001c", "11") UDP("0035 0400 ", "0008")), got;
    packet_seal(&made);
    got = made;
    got.bytes[42] = 3;
    const char *words = packet_words(&made, "ignore=inner.ip.ttl");
    struct wanted_miss miss = miss_of(packets_wanted(APTRACE_WANTED_PACKET, words), packet_show(&got));
    ck_assert_msg(strncmp(differences_of(&miss), "inner.ip.checksum=valid, 0x", 27) == 0, "%s", differences_of(&miss));
    ck_assert_uint_eq(miss.count, 1);
}
END_TEST

/* ---- Rows of hex ----------------------------------------------------------------------------------------------------------- */

START_TEST(rows_mark_what_differs)
{
    struct packet_bytes made = packet_read("000102030405060708090a0b0c0d0e0f 101112131415161718191a1b1c1d1e1f 202122");
    struct packet_bytes got = made;
    got.bytes[2] = 0xaa;
    got.bytes[15] = 0xbb;
    got.bytes[34] = 0xcc;
    const struct aptrace_wanted *wanted = packets_wanted(APTRACE_WANTED_PACKET, packet_words(&made, "ignore=frame@4:2"));
    struct wanted_miss miss = miss_of(wanted, packet_show(&got));
    ck_assert_str_eq(miss.text,
                     "0x0000  wanted 00 01 02 03 .. .. 06 07 08 09 0a 0b 0c 0d 0e 0f\n"
                     "        got    00 01 aa 03 04 05 06 07 08 09 0a 0b 0c 0d 0e bb\n"
                     "                     ^^                                     ^^\n"
                     "0x0020  wanted 20 21 22\n"
                     "        got    20 21 cc\n"
                     "                     ^^");
    miss = miss_of(packets_wanted(APTRACE_WANTED_PACKET, "packet=0102"), packet_hex("010203"));
    ck_assert_str_eq(miss.text, "");
}
END_TEST

START_TEST(rows_of_long_packets)
{
    enum { LENGTH = 70000, AT = 65540 };
    char *words = malloc(2 * LENGTH + 20), *at = words + sprintf(words, "packet=");
    for (unsigned i = 0; i < LENGTH; i++)
        at += sprintf(at, "00");
    uint8_t *bytes = calloc(1, LENGTH);
    bytes[AT] = 1;
    struct aptrace_packet packet = *packet_hex("00");
    packet.bytes = bytes;
    packet.capture_length = packet.wire_length = LENGTH;
    struct wanted_miss miss = miss_of(packets_wanted(APTRACE_WANTED_PACKET, words), &packet);
    ck_assert_str_eq(miss.text,
                     "0x10000  wanted 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
                     "         got    00 00 00 00 01 00 00 00 00 00 00 00 00 00 00 00\n"
                     "                            ^^");
    ck_assert_str_eq(differences_of(&miss), "frame@65540:1=00/01");
    free(bytes);
    free(words);
}
END_TEST

START_TEST(limits)
{
    struct packet_bytes made = {.length = 400, .link_type = 1}, got = made;
    for (size_t i = 0; i < 17; i++)
        got.bytes[100 + 4 * i] = 1;
    struct wanted_miss miss = miss_of(packets_wanted(APTRACE_WANTED_PACKET, packet_words(&made, "")), packet_show(&got));
    ck_assert_uint_eq(miss.count, 16);
    ck_assert_str_eq(strrchr(miss.text, '\n'), "\nand 1 more field differs");
    for (size_t i = 0; i < 40; i++)
        got.bytes[100 + 4 * i] = 1;
    miss = miss_of(packets_wanted(APTRACE_WANTED_PACKET, packet_words(&made, "")), packet_show(&got));
    ck_assert_uint_eq(miss.count, 16);
    ck_assert_ptr_nonnull(strstr(miss.text, "^^\nand further rows\nand 24 more fields differ"));
    unsigned rows = 0;
    for (const char *at = miss.text; (at = strstr(at, "wanted")) != NULL; at++)
        rows++;
    ck_assert_uint_eq(rows, 8);
    memset(got.bytes, 1, got.length); /* one run: only its beginning is shown */
    miss = miss_of(packets_wanted(APTRACE_WANTED_PACKET, packet_words(&made, "")), packet_show(&got));
    ck_assert_ptr_nonnull(strstr(differences_of(&miss), "/010101010101010101010101010101010101010101010101..."));
}
END_TEST

START_TEST(lists_say_which)
{
    const struct aptrace_wanted *wanted = packets_wanted(APTRACE_WANTED_LIST, "packets=01020304,05060708");
    struct wanted_miss miss = miss_of(wanted, packet_hex("05060709"));
    ck_assert_str_eq(differences_of(&miss), "frame@3:1=08/09");
    ck_assert_msg(strncmp(miss.text, "compared with packet 2 of packets=\n0x0000  wanted 05", 52) == 0, "%s", miss.text);
}
END_TEST

/* ---- The nearest of many --------------------------------------------------------------------------------------------------- */

static struct {
    uint64_t nearest;
    unsigned described;
    struct wanted_miss miss;
} far_and_near;

static void begin_many(void)
{
    memset(&far_and_near, 0, sizeof far_and_near);
    far_and_near.nearest = UINT64_MAX;
}

static void meet(const struct aptrace_wanted *wanted, const char *hex)
{
    far_and_near.described += show(wanted, packet_hex(hex), &far_and_near.nearest, &far_and_near.miss);
}

START_TEST(others_that_missed_likewise)
{
    const struct aptrace_wanted *wanted = packets_wanted(APTRACE_WANTED_PACKET, "packet=0102030405060708");
    begin_many();
    ck_assert_uint_eq(wanted_same(wanted), 0);
    meet(wanted, "0102030405060709");
    ck_assert_uint_eq(wanted_same(wanted), 0);
    meet(wanted, "010203040506070a"); /* the same byte */
    meet(wanted, "0102030405060808"); /* another */
    meet(wanted, "0102030405060808");
    meet(wanted, "01020304050607ff");
    meet(wanted, "0102030405060708"); /* the one */
    meet(wanted, "ffff030405060708"); /* farther */
    ck_assert_uint_eq(wanted_same(wanted), 2);
    ck_assert_uint_eq(far_and_near.described, 1);
}
END_TEST

START_TEST(a_nearer_one_begins_to_count_anew)
{
    const char *words = "ip.ttl=63 ip.src=10.0.0.9 eth.src=02:00:00:00:00:01";
    const struct aptrace_wanted *wanted = packets_wanted(APTRACE_WANTED_PACKET, words);
    begin_many();
    meet(wanted, SYN_FRAME);
    meet(wanted, SYN_FRAME);
    ck_assert_uint_eq(far_and_near.nearest, 2);
    ck_assert_uint_eq(wanted_same(wanted), 1);
    meet(wanted, MAC_TO_1 "0800 4500001400010000 3f590000 0a000001 0a000002");
    ck_assert_uint_eq(far_and_near.nearest, 1);
    ck_assert_uint_eq(wanted_same(wanted), 0);
    meet(wanted, SYN_FRAME);
    meet(wanted, MAC_TO_1 "0800 4500001400010000 3f590000 0a000001 0a000003");
    meet(wanted, MAC_TO_1 "0800 4500001400010000 40590000 0a000009 0a000003"); /* as near, by another field */
    ck_assert_uint_eq(wanted_same(wanted), 1);
    ck_assert_str_eq(differences_of(&far_and_near.miss), "ip.src=10.0.0.9/10.0.0.1");
    ck_assert_uint_eq(far_and_near.described, 2);
    wanted_forget(wanted);
    begin_many();
    meet(wanted, SYN_FRAME);
    ck_assert_uint_eq(far_and_near.nearest, 2);
    meet(wanted, SYN_FRAME);
    ck_assert_uint_eq(wanted_same(wanted), 1);
}
END_TEST

/* Far ones are not looked at for ever: then nobody knows how many are like the nearest. */
START_TEST(where_nothing_is_near)
{
    struct packet_bytes made = {.length = 200, .link_type = 1}, got = made;
    const struct aptrace_wanted *wanted = packets_wanted(APTRACE_WANTED_PACKET, packet_words(&made, ""));
    uint64_t nearest = UINT64_MAX;
    struct wanted_miss miss;
    memset(got.bytes, 1, 100);
    ck_assert(show(wanted, packet_show(&got), &nearest, &miss));
    for (unsigned i = 0; i < 2000; i++)
        show(wanted, packet_show(&got), &nearest, &miss);
    ck_assert_uint_eq(wanted_same(wanted), UINT64_MAX);
    memset(got.bytes, 0, 95); /* five bytes: near */
    ck_assert(show(wanted, packet_show(&got), &nearest, &miss));
    ck_assert_uint_eq(nearest, 5);
    for (unsigned i = 0; i < 2000; i++)
        show(wanted, packet_show(&got), &nearest, &miss);
    ck_assert_uint_eq(wanted_same(wanted), 2000);
}
END_TEST

START_TEST(where_the_nearest_is_near_all_are_counted)
{
    const struct aptrace_wanted *wanted = packets_wanted(APTRACE_WANTED_PACKET, "ip.ttl=63 ip.src=10.0.0.1");
    begin_many();
    for (unsigned i = 0; i < 3001; i++) {
        meet(wanted, SYN_FRAME);
        meet(wanted, STACK_FRAME);
    }
    ck_assert_uint_eq(wanted_same(wanted), 3000);
    ck_assert_uint_eq(far_and_near.described, 1);
}
END_TEST

/* ---- Any packet ------------------------------------------------------------------------------------------------------------ */

static bool is_length_or_sum(const char *field)
{
    return strcmp(field, "frame.len") == 0 || strstr(field, "checksum") != NULL;
}

/* What is told can be written behind ignore=, and then covers every difference. */
static void check_told(const struct packet_bytes *made, const struct packet_bytes *got, const struct wanted_miss *miss)
{
    char words[4096] = "ignore=frame@0:1";
    uint8_t bytes[PACKET_LONGEST];
    for (size_t i = 0; i < miss->count; i++) {
        if (strcmp(miss->differences[i].field, "frame.len") != 0)
            sprintf(words + strlen(words), ",%s", miss->differences[i].field);
    }
    const struct aptrace_wanted *wanted = packets_wanted(APTRACE_WANTED_PACKET, packet_words(made, words));
    memcpy(bytes, got->bytes, sizeof bytes);
    for (size_t i = 1; i < wanted->packets[0].end && i < got->length; i++)
        ck_assert_msg(((made->bytes[i] ^ bytes[i]) & wanted->packets[0].mask[i]) == 0, "byte %zu is not in %s", i, words);
}

static void check_values(const struct wanted_miss *miss)
{
    for (size_t i = 0; i < miss->count; i++) {
        const struct wanted_difference *one = &miss->differences[i];
        ck_assert_msg(is_length_or_sum(one->field) || strcmp(one->wanted, one->got) != 0, "%s: %s", one->field, one->wanted);
    }
}

static void describe_cuts(const struct packet_bytes *made, const struct packet_bytes *got)
{
    const struct aptrace_wanted *wanted = packets_wanted(APTRACE_WANTED_PACKET, packet_words(made, ""));
    for (size_t capture = got->length + 1; capture-- > 0;) {
        struct arena own = {0};
        struct wanted_miss miss;
        const struct aptrace_packet *packet = packet_cut(got, capture);
        wanted_forget(wanted);
        if (ask_near(wanted, packet) == WANTED_MISS) {
            wanted_describe(wanted, packet, &own, &miss);
            ck_assert_uint_gt(miss.count, 0);
            ck_assert_uint_le(miss.count, 16);
            check_values(&miss);
            if (capture == got->length && !strstr(miss.text, "more field"))
                check_told(made, got, &miss);
        }
        arena_fini(&own);
    }
}

static struct packet_bytes noise(void)
{
    struct packet_bytes made = {.link_type = 1, .length = 1 + packets_random() % 120};
    for (size_t i = 0; i < made.length; i++)
        made.bytes[i] = (uint8_t)packets_random();
    return made;
}

START_TEST(any_packet_beside_any_other)
{
    size_t count;
    const struct packet_bytes *traced = packets_of_traces(&count);
    for (size_t i = 0; i < count; i++)
        describe_cuts(&traced[packets_random() % count], &traced[i]);
    for (size_t i = 0; i < packet_sample_count; i++) {
        struct packet_bytes made = packet_read(packet_samples[i % packet_sample_count]), got = made, any = noise();
        for (unsigned k = packets_random() % 4; k > 0; k--)
            got.bytes[packets_random() % got.length] ^= (uint8_t)(1 << packets_random() % 8);
        describe_cuts(&made, &got);
        describe_cuts(&made, &any);
        describe_cuts(&any, &made);
        describe_cuts(&traced[packets_random() % count], &got);
    }
}
END_TEST

static void describe_fields(const struct aptrace_wanted *wanted, const char *hex)
{
    struct packet_bytes made = packet_read(hex);
    for (size_t capture = 0; capture <= made.length; capture++) {
        struct arena own = {0};
        struct wanted_miss miss;
        const struct aptrace_packet *packet = packet_cut(&made, capture);
        wanted_forget(wanted);
        if (ask_near(wanted, packet) == WANTED_MISS)
            wanted_describe(wanted, packet, &own, &miss);
        arena_fini(&own);
    }
}

/* Conditions on every field there is, of every packet cut anywhere. */
START_TEST(all_fields_of_any_packet)
{
    enum { AT_ONCE = 20 };
    for (size_t first = 0; first < field_row_count; first += AT_ONCE) {
        char words[4096] = "";
        for (size_t i = first; i < first + AT_ONCE && i < field_row_count; i++) {
            sprintf(words + strlen(words), "%s=none ", field_rows[i].name);
            if (field_rows[i].layer != FIELD_FRAME)
                sprintf(words + strlen(words), "inner.%s=none ", field_rows[i].name);
        }
        const struct aptrace_wanted *wanted = packets_wanted(APTRACE_WANTED_PACKET, words);
        for (size_t i = 0; i < packet_sample_count; i++)
            describe_fields(wanted, packet_samples[i]);
    }
}
END_TEST

Suite *wanted_near_suite(void)
{
    Suite *suite = suite_create("wanted_near");
    TCase *all = tcase_create("wanted_near");
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_set_timeout(all, 120);
    tcase_add_test(all, fields_are_told_as_they_were_asked);
    tcase_add_test(all, bytes_are_told_as_fields);
    tcase_add_test(all, masked_bits_are_not_told);
    tcase_add_test(all, both_fields_and_bytes);
    tcase_add_test(all, lengths_are_told);
    tcase_add_test(all, unknown_lengths_are_not_told);
    tcase_add_test(all, checksums_are_told);
    tcase_add_test(all, checksums_within_tunnels_are_told);
    tcase_add_test(all, rows_mark_what_differs);
    tcase_add_test(all, rows_of_long_packets);
    tcase_add_test(all, limits);
    tcase_add_test(all, lists_say_which);
    tcase_add_test(all, others_that_missed_likewise);
    tcase_add_test(all, a_nearer_one_begins_to_count_anew);
    tcase_add_test(all, where_nothing_is_near);
    tcase_add_test(all, where_the_nearest_is_near_all_are_counted);
    tcase_add_test(all, any_packet_beside_any_other);
    tcase_add_test(all, all_fields_of_any_packet);
    suite_add_tcase(suite, all);
    return suite;
}
