/* SPDX-License-Identifier: MIT */
/* Checksums, against frames whose checksums were computed by another program, and which tshark reads in the same way where it
 * says something.
 *
 * Each frame stands beside what is to be found in it, outermost first: the kind alone where it is right, else what it is;
 * behind a number those in tunnels. Every one is then cut at each of its lengths, in memory of exactly that size; and each of
 * its bits is changed, which must change the sum of what is said to cover it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"

#include "core/checksum.h"
#include "core/layers.h"

#define MAC "ffffffffffff 020000000001 "
#define V4 "0a000001 0a000002 "
#define V6 "20010db8 00000000 00000000 00000001 20010db8 00000000 00000000 00000002 "

struct frame {
    unsigned link_type;
    const char *hex, *want;
};

static const struct frame frames[] = {
    /* an odd length, and padding behind */
    {1, MAC "0800 4500001f 00010000 401166cb " V4 "00350400 000be39e 010203de adbeefde adbeef", "ip udp"},
    {1, MAC "0800 4500003d 00010000 400666b8 " V4
     "00350400 00000001 00000000 70182000 1c9b0000 020405b4 01010101 01020304 05060708 090a0b0c " "0d", "ip tcp"},
    {1, MAC "0800 45000029 00010000 400666cc " V4 "00350400 00000001 00000000 50182000 12340000 01", "ip tcp=wrong"},
    {1, MAC "0800 4500001d 00010000 40114321 " V4 "00350400 00091234 01", "ip=wrong udp=wrong"},
    {1, MAC "0800 4500001f 00010000 400166db " V4 "0800339a 00010002 616263", "ip icmp"},
    {1, MAC "0800 4500001f 00010000 400166db " V4 "08000001 00010002 616263", "ip icmp=wrong"},
    {1, MAC "86dd 60000000 000b3a40 " V6 "80005fdf 00010002 616263", "icmpv6"},
    {1, MAC "86dd 60000000 000b3a40 " V6 "80000001 00010002 616263", "icmpv6=wrong"},
    {1, MAC "86dd 60000000 00190640 " V6 "00350400 00000001 00000000 50182000 27170000 01020304 05deadbe efdeadbe ef", "tcp"},
    {1, MAC "86dd 60000000 000d1140 " V6 "00350400 000d9724 01020304 05deadbe efdeadbe ef", "udp"},
    {1, MAC "0800 45000019 00010000 40596689 " V4 "01020304 05", "ip"}, /* another protocol */
    {1, MAC "0806 00010800 06040001 02000000 00010a00 00010000 00000000 0a000002", ""},
    {1, MAC "88a8 00668100 00010800 4500001e 00010000 401166cc " V4 "00350400 000ae6a0 0102dead beefdead beef", "ip udp"},
    {101, "4500001e 00010000 401166cc " V4 "00350400 000ae6a0 0102", "ip udp"},
    /* zeros */
    {1, MAC "0800 4500001d 00010000 401166cd " V4 "00350400 00090000 01", "ip udp=unused"},
    {1, MAC "0800 4500001e 00010000 401166cc " V4 "00350400 000affff e7a2", "ip udp"}, /* a sum of 0 is sent as ffff */
    {1, MAC "0800 4500002a 00010000 400666cb " V4 "00350400 00000001 00000000 50182000 00000000 7792", "ip tcp"}, /* a sum of 0 */
    /* the other zero */
    {1, MAC "0800 4500002a 00010000 400666cb " V4 "00350400 00000001 00000000 50182000 ffff0000 7792", "ip tcp=wrong"},
    {1, MAC "0800 45000029 00010000 400666cc " V4 "00350400 00000001 00000000 50182000 00000000 01", "ip tcp=wrong"},
    {1, MAC "0800 4500001f 00010000 400166db " V4 "08000000 00010002 616263", "ip icmp=wrong"},
    {1, MAC "0800 45000017 00010000 4059ffff 0a000001 0000708d 010203", "ip=wrong"}, /* the other zero */
    {1, MAC "86dd 60000000 00091140 " V6 "00350400 00090000 01", "udp=wrong"},
    {1, MAC "86dd 60000000 00091140 " V6 "c00012b5 00090000 01", "udp=unused"}, /* to VXLAN */
    /* left to the card */
    {1, MAC "0800 45000029 00010000 400666cc " V4 "00350400 00000001 00000000 50182000 141e0000 01", "ip tcp=left"},
    {1, MAC "0800 4500001d 00010000 401166cd " V4 "00350400 0009141d 01", "ip udp=left"},
    {1, MAC "86dd 60000000 00150640 " V6 "00350400 00000001 00000000 50182000 5b900000 01", "tcp=left"},
    {1, MAC "0800 4500001d 00010000 40110000 " V4 "00350400 0009e6a4 01", "ip=wrong udp"}, /* somebody forgot it */
    {1, MAC "0800 4500001d 00010000 40110000 " V4 "00350400 0009141d 01", "ip=left udp=left"},
    /* without the length, but too short to be cut */
    {1, MAC "0800 45000029 00010000 400666cc " V4 "00350400 00000001 00000000 50182000 14090000 01", "ip tcp=wrong"},
    {1, MAC "0800 4500001f 00010000 400166db " V4 "08000a00 00010002 616263", "ip icmp=wrong"},
    /* lengths */
    {1, MAC "0800 45000023 00010000 401166c7 " V4 "00350400 000be39e 010203aa bbccdd", "ip udp"}, /* UDP ends before IP does */
    {1, MAC "0800 4500001d 00010000 401166cd " V4 "00350400 0064e5ee 01", "ip udp=wrong"}, /* more than IP has */
    {1, MAC "0800 4500001d 00010000 401166cd " V4 "00350400 0007e7a8 01", "ip udp=wrong"}, /* less than its header */
    {1, MAC "0800 4500001d 00010000 401166cd " V4 "00350400 00000005 01", "ip udp=wrong"},
    {1, MAC "86dd 60000000 000b1140 " V6 "00350400 00009c37 010203", "udp"}, /* 0 over IPv6: all that IP has */
    /* left to the card that cuts it */
    {1, MAC "0800 45000000 00010000 400666f5 " V4 "00350400 00000001 00000000 50182000 738f0000 010203", "ip tcp"},
    {1, MAC "86dd 60000000 00000640 " V6 "00350400 00000001 00000000 50182000 2c1d0000 010203", "tcp"},
    /* ends before it says */
    {1, MAC "0800 4500003c 00010000 400666b9 " V4 "00350400 00000001 00000000 50182000 76900000 0102", "ip tcp=wrong"},
    /* ends within its header */
    {1, MAC "0800 4500000a 00010000 400666eb " V4 "00350400 00000001 00000000 50182000 76900000 0102", "ip"},
    /* ends before the checksum */
    {1, MAC "0800 45000022 00010000 400666d3 " V4 "00350400 00000001 00000000 50182000 76900000 0102", "ip"},
    /* ends within the header */
    {1, MAC "0800 45000026 00010000 400666cf " V4 "00350400 00000001 00000000 50182000 76900000 0102", "ip tcp=wrong"},
    {1, MAC "0800 4600001c 00010000 40110000 " V4, "ip=wrong"}, /* no room for its options */
    {1, MAC "0800 4400001c 00010000 40110000 " V4 "00350400 00080000", ""}, /* a header too short */
    /* the destination that counts is the final one */
    {1, MAC "0800 48000035 00010000 4006a0c4 " V4 "01830b04 ac100001 0a000063 00350400 00000001 00000000 50182000 76320000 01",
     "ip tcp"}, /* a loose source route */
    {1, MAC "0800 48000035 00010000 4006a0b6 " V4 "01890b0c ac100001 0a000063 00350400 00000001 00000000 50182000 76930000 01",
     "ip tcp"}, /* a strict one that is used up */
    /* one without addresses */
    {1, MAC "0800 4600002d 00010000 4006dec4 " V4 "83030400 00350400 00000001 00000000 50182000 76930000 01", "ip tcp"},
    {1, MAC "86dd 60000000 003d2b40 " V6
     "06040002 00000000 20010db8 00000000 00000000 00000064 20010db8 00000000 00000000 00000063 "
     "00350400 00000001 00000000 50182000 2ec00000 01", "tcp"}, /* a route of type 0 */
    {1, MAC "86dd 60000000 003d2b40 " V6
     "06040000 00000000 20010db8 00000000 00000000 00000064 20010db8 00000000 00000000 00000063 "
     "00350400 00000001 00000000 50182000 2f210000 01", "tcp"}, /* used up */
    {1, MAC "86dd 60000000 00232b40 " V6 "3a020201 00000000 20010db8 00000000 00000000 00000063 80005f7e 00010002 616263",
     "icmpv6"}, /* of type 2 */
    {1, MAC "86dd 60000000 00312b40 " V6
     "11040401 01000000 20010db8 00000000 00000000 00000063 20010db8 00000000 00000000 00000064 " "00350400 00099ed1 01",
     "udp"}, /* of segments */
    {1, MAC "86dd 60000000 00312b40 " V6
     "11040701 01000000 20010db8 00000000 00000000 00000063 20010db8 00000000 00000000 00000064 " "00350400 00099f32 01",
     "udp=cut"}, /* of a type that is not known */
    {1, MAC "86dd 60000000 00312b40 " V6
     "11040700 01000000 20010db8 00000000 00000000 00000063 20010db8 00000000 00000000 00000064 " "00350400 00099f32 01",
     "udp"}, /* used up */
    {1, MAC "86dd 60000000 00312b40 " V6
     "11040003 01000000 20010db8 00000000 00000000 00000063 20010db8 00000000 00000000 00000064 " "00350400 00099f32 01",
     "udp=cut"}, /* more left than there are */
    /* extension headers */
    {1, MAC "86dd 60000000 00350040 " V6
     "2b000502 00000000 3c000000 00000000 3c000104 00000000 06000104 00000000 00350400 00000001 "
     "00000000 50182000 2f210000 01", "tcp"},
    {1, MAC "86dd 60000000 00112c40 " V6 "11000000 00000001 00350400 00099f32 01", "udp"}, /* an atomic fragment */
    {1, MAC "0800 45000035 00010000 40336693 " V4 "11040000 00000001 00000002 01020304 05060708 090a0b0c 00350400 0009e6a4 01",
     "ip udp"}, /* behind AH */
    /* fragments */
    {1, MAC "0800 45000030 00012000 400646c5 " V4 "00350400 00000001 00000000 50182000 67780000 01020304 05060708", "ip tcp=cut"},
    {1, MAC "0800 45000030 00010002 400666c3 " V4 "00350400 00000001 00000000 50182000 67780000 01020304 05060708", "ip"},
    {1, MAC "0800 45000024 00012000 401146c6 " V4 "00350400 00640000 01020304 05060708", "ip udp=unused"},
    /* too short for the checksum */
    {1, MAC "0800 4500001c 00012000 400646d9 " V4 "00350400 00000001 deadbeef deadbeef", "ip tcp=cut"},
    {1, MAC "86dd 60000000 00182c40 " V6 "11000001 00000001 00350400 00109010 01020304 05060708", "udp=cut"},
    {1, MAC "86dd 60000000 00182c40 " V6 "11000009 00000001 00350400 00109010 01020304 05060708", ""},
    /* tunnels */
    {1, MAC "0800 4500005d 00010000 4011668d " V4
     "c00012b5 004915c3 08000000 00000500 ffffffff ffff0200 00000001 08004500 002b0001 00004006 "
     "66ca0a00 00010a00 00020035 04000000 00010000 00005018 2000738f 00000102 03", "ip udp 1:ip 1:tcp"}, /* VXLAN */
    {1, MAC "0800 4500005d 00010000 4011668d " V4
     "c00012b5 00490000 08000000 00000500 ffffffff ffff0200 00000001 08004500 002b0001 00004006 "
     "66ca0a00 00010a00 00020035 04000000 00010000 00005018 20000007 00000102 03", "ip udp=unused 1:ip 1:tcp=wrong"},
    {1, MAC "0800 4500005d 00010000 4011668d " V4
     "c00012b5 004915c3 08000000 00000500 ffffffff ffff0200 00000001 08004500 002b0001 00004006 "
     "66ca0a00 00010a00 00020035 04000000 00010000 00005018 20001420 00000102 03",
     "ip udp=left 1:ip 1:tcp=left"}, /* made for what the card makes of it */
    {1, MAC "0800 4500005d 00010000 4011668d " V4
     "c00012b5 00490003 08000000 00000500 ffffffff ffff0200 00000001 08004500 002b0001 00004006 "
     "66ca0a00 00010a00 00020035 04000000 00010000 00005018 20001420 00000102 03", "ip udp=wrong 1:ip 1:tcp=left"},
    {1, MAC "86dd 60000000 00491140 " V6
     "c00017c1 00496bec 00006558 00000500 ffffffff ffff0200 00000001 08004500 002b0001 00004006 "
     "66ca0a00 00010a00 00020035 04000000 00010000 00005018 2000738f 00000102 03", "udp 1:ip 1:tcp"}, /* Geneve */
    {1, MAC "0800 45000033 00010000 400466c4 " V4 "4500001f 00010000 401166cb " V4 "00350400 000be39e 010203", "ip 1:ip 1:udp"},
    /* GRE */
    {1, MAC "0800 4500004b 00010000 402f6681 " V4 "000086dd 60000000 000b1140 " V6 "00350400 000b9c2c 010203", "ip 1:udp"},
    {1, MAC "0800 4500005b 00010000 4004669c " V4 "45000047 00010000 4029668b " V4 "60000000 000b1140 " V6
     "00350400 000b9c2c 010203", "ip 1:ip 2:udp"},
    /* whole in a first fragment */
    {1, MAC "0800 45000033 00012000 400446c4 " V4 "4500001f 00010000 401166cb " V4 "00350400 000be39e 010203", "ip 1:ip 1:udp"},
    {1, MAC "0800 45000033 00012000 400446c4 " V4 "4500003c 00010000 401166ae " V4 "00350400 0028e364 010203",
     "ip 1:ip 1:udp=cut"}, /* goes on in the next */
    {1, MAC "0800 45000033 00010000 400466c4 " V4 "4500003c 00010000 401166ae " V4
     "00350400 0028e364 01020300 00000000 00000000 00000000 00000000 00000000 00000000 00000000 " "00000000 00000000 000000",
     "ip 1:ip 1:udp=wrong"}, /* goes on beyond what carries it */
};

enum { FRAMES = sizeof frames / sizeof frames[0], LONGEST = 512, ROOM = 8 };

static struct layers_pool *pool;
static struct batch batch;
static const struct frame *current;
static size_t current_length;

#define HOLDS(CONDITION) \
    ck_assert_msg(CONDITION, "%s, of link type %u and the first %zu bytes of %s", #CONDITION, current->link_type, \
                  current_length, current->hex)

static void set_up(void)
{
    pool = layers_pool_new();
}

static void tear_down(void)
{
    layers_pool_free(pool);
}

static unsigned nibble(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static size_t fill(const struct frame *frame, uint8_t bytes[LONGEST])
{
    size_t count = 0;
    current = frame;
    ck_assert_uint_lt(strlen(frame->hex), 2 * LONGEST);
    for (const char *hex = frame->hex; *hex; hex++) {
        if (*hex == ' ')
            continue;
        bytes[count++] = (uint8_t)(nibble(hex[0]) << 4 | nibble(hex[1]));
        hex++;
    }
    current_length = count;
    return count;
}

static const struct aptrace_packet *packet_of(const uint8_t *bytes, size_t capture, size_t wire, unsigned link_type)
{
    batch.count = 1;
    batch.packets[0] = (struct aptrace_packet){
        .bytes = bytes, .capture_length = (uint32_t)capture, .wire_length = (uint32_t)wire, .link_type = (uint16_t)link_type
    };
    layers_attach(pool, &batch);
    return &batch.packets[0];
}

static size_t find(const struct aptrace_packet *packet, struct aptrace_checksum list[ROOM])
{
    size_t count = checksum_find(packet, list, ROOM);
    ck_assert_uint_le(count, ROOM);
    for (size_t i = 0; i < count; i++) {
        ck_assert(list[i].state == APTRACE_CHECKSUM_CUT || list[i].offset + 2 <= packet->capture_length);
        ck_assert(list[i].state >= APTRACE_CHECKSUM_RIGHT && list[i].state <= APTRACE_CHECKSUM_CUT);
    }
    return count;
}

static void say(const struct aptrace_checksum *list, size_t count, char *line)
{
    static const char *const kinds[] = {"", "ip", "tcp", "udp", "icmp", "icmpv6"};
    static const char *const states[] = {"", "", "=wrong", "=left", "=unused", "=cut"};
    for (size_t i = 0; i < count; i++) {
        line += sprintf(line, i ? " " : "");
        if (list[i].depth > 0)
            line += sprintf(line, "%u:", list[i].depth);
        line += sprintf(line, "%s%s", kinds[list[i].kind], states[list[i].state]);
    }
}

START_TEST(checksums_are_judged)
{
    for (unsigned i = 0; i < FRAMES; i++) {
        uint8_t bytes[LONGEST];
        char line[256] = "";
        struct aptrace_checksum list[ROOM];
        size_t length = fill(&frames[i], bytes);
        const struct aptrace_packet *packet = packet_of(bytes, length, length, frames[i].link_type);
        say(list, find(packet, list), line);
        ck_assert_msg(strcmp(line, frames[i].want) == 0, "%s\nexpected %s\ngot      %s", frames[i].hex, frames[i].want, line);
    }
}
END_TEST

START_TEST(a_checksum_is_told_in_full)
{
    uint8_t bytes[LONGEST];
    struct aptrace_checksum list[ROOM] = {{0}};
    size_t length = fill(&(struct frame){1, MAC "0800 4500001d 00010000 401166cd " V4 "00350400 0009e7a2 01", ""}, bytes);
    const struct aptrace_packet *packet = packet_of(bytes, length, length, 1);
    ck_assert_uint_eq(checksum_find(packet, list, 1), 2);
    ck_assert_uint_eq(list[1].kind, 0); /* no room */
    ck_assert_uint_eq(checksum_find(packet, NULL, 0), 2);
    ck_assert_uint_eq(checksum_find(packet, list, ROOM), 2);
    ck_assert_uint_eq(list[0].offset, 24);
    ck_assert_uint_eq(list[0].found, 0x66cd);
    ck_assert_uint_eq(list[0].computed, 0x66cd);
    ck_assert_uint_eq(list[1].offset, 40);
    ck_assert_uint_eq(list[1].found, 0xe7a2);
    ck_assert_uint_eq(list[1].computed, 0xe6a4);
}
END_TEST

/* ---- Cut captures and short frames --------------------------------------------------------------------------------------- */

/* What a cut capture tells is true of the whole frame, or cut; what it does not tell although it is there, the layers say. */
static void compare(const struct aptrace_packet *cut, const struct aptrace_checksum *whole, size_t whole_count)
{
    struct aptrace_checksum list[ROOM];
    size_t count = find(cut, list);
    HOLDS(count <= whole_count);
    HOLDS(count == whole_count || aptrace_is_cut(cut, APTRACE_STAGE_TUNNEL));
    for (size_t i = 0; i < count; i++) {
        HOLDS(list[i].kind == whole[i].kind && list[i].depth == whole[i].depth && list[i].offset == whole[i].offset);
        HOLDS(list[i].state == whole[i].state || list[i].state == APTRACE_CHECKSUM_CUT);
        bool cut_off = list[i].state == APTRACE_CHECKSUM_CUT;
        HOLDS(cut_off || (list[i].found == whole[i].found && list[i].computed == whole[i].computed));
    }
}

static void cut_everywhere(const struct frame *frame)
{
    uint8_t bytes[LONGEST];
    struct aptrace_checksum whole[ROOM], list[ROOM];
    size_t length = fill(frame, bytes);
    size_t count = find(packet_of(bytes, length, length, frame->link_type), whole);
    for (current_length = 0; current_length <= length; current_length++) {
        uint8_t *exact = malloc(current_length + (current_length == 0));
        memcpy(exact, bytes, current_length);
        compare(packet_of(exact, current_length, length, frame->link_type), whole, count);
        HOLDS(find(packet_of(exact, current_length, current_length, frame->link_type), list) <= count);
        free(exact);
    }
}

START_TEST(frames_are_cut_everywhere)
{
    for (unsigned i = 0; i < FRAMES; i++)
        cut_everywhere(&frames[i]);
}
END_TEST

/* ---- What is covered ----------------------------------------------------------------------------------------------------- */

static void add_covered(const struct aptrace_packet *packet, const struct aptrace_checksum *checksum, char *line)
{
    for (size_t at = 0; at <= packet->capture_length; at++) {
        bool before = at > 0 && checksum_covers(packet, checksum, at - 1), here = checksum_covers(packet, checksum, at);
        if (here && !before)
            sprintf(line + strlen(line), " %zu", at);
        else if (!here && before)
            sprintf(line + strlen(line), "-%zu", at - 1);
    }
}

START_TEST(covered_is_what_is_summed)
{
    static const struct frame covered[] = {
        {1, MAC "0800 4500001f 00010000 401166cb " V4 "00350400 000be39e 010203de adbeefde adbeef", /* padding behind */
         "14-33, 16-17 23-23 26-44"},
        {1, MAC "0800 45000023 00010000 401166c7 " V4 "00350400 000be39e 010203aa bbccdd", "14-33, 16-17 23-23 26-44"},
        {1, MAC "0800 4500001f 00010000 400166db " V4 "0800339a 00010002 616263", "14-33, 34-44"},
        {1, MAC "0800 46000024 00010000 401165c6 0a000001 ac100001 94040000 00350400 0008e6a6 01020304",
         "14-37, 16-17 23-23 26-33 38-45"},
        {1, MAC "0800 48000035 00010000 4006cb12 " V4 "01830b04 ac100001 0a000063 00350400 00000001 00000000 50182000 75310000 "
                "01", /* the last address of a source route */
         "14-45, 16-17 23-23 26-29 42-66"},
        {1, MAC "86dd 60000000 00312b40 " V6 "11040401 01000000 20010db8 00000000 00000000 00000063 20010db8 00000000 00000000 "
                "00000064 00350400 00099bc8 01",
         "18-19 22-37 54-54 62-77 94-102"},
    };
    for (size_t i = 0; i < sizeof covered / sizeof *covered; i++) {
        uint8_t bytes[LONGEST];
        char line[256] = "";
        struct aptrace_checksum list[ROOM];
        size_t length = fill(&covered[i], bytes);
        const struct aptrace_packet *packet = packet_of(bytes, length, length, 1);
        size_t count = find(packet, list);
        for (size_t k = 0; k < count; k++) {
            strcat(line, k > 0 ? "," : "");
            add_covered(packet, &list[k], line);
        }
        ck_assert_str_eq(line + 1, covered[i].want);
    }
}
END_TEST

static size_t find_changed(const struct frame *frame, uint8_t *bytes, size_t bit, struct aptrace_checksum list[ROOM])
{
    bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    size_t count = find(packet_of(bytes, current_length, current_length, frame->link_type), list);
    bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    return count;
}

/* A bit within what is summed. UDP has its length in its own header: what IP says of it may change without it. */
static void change_bit(const struct frame *frame, uint8_t *bytes, size_t bit)
{
    struct aptrace_checksum before[ROOM], after[ROOM];
    const struct aptrace_packet *packet = packet_of(bytes, current_length, current_length, frame->link_type);
    size_t count = find(packet, before);
    size_t now = find_changed(frame, bytes, bit, after);
    packet = packet_of(bytes, current_length, current_length, frame->link_type);
    for (size_t i = 0; i < count && i < now; i++) {
        bool same = before[i].kind == after[i].kind && before[i].offset == after[i].offset;
        bool summed = before[i].state < APTRACE_CHECKSUM_UNUSED && after[i].state < APTRACE_CHECKSUM_UNUSED;
        if (!same || !summed || before[i].kind == APTRACE_CHECKSUM_UDP || !checksum_covers(packet, &before[i], bit / 8))
            continue;
        HOLDS(before[i].found != after[i].found || before[i].computed != after[i].computed);
    }
}

START_TEST(what_is_covered_changes_the_sum)
{
    for (unsigned i = 0; i < FRAMES; i++) {
        uint8_t bytes[LONGEST];
        size_t length = fill(&frames[i], bytes);
        for (size_t bit = 0; bit < length * 8; bit++)
            change_bit(&frames[i], bytes, bit);
    }
}
END_TEST

/* ---- Anything else ------------------------------------------------------------------------------------------------------- */

static uint32_t random_state = 1;

static uint32_t random_number(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

START_TEST(damaged_frames_stay_within)
{
    uint8_t bytes[LONGEST];
    struct aptrace_checksum list[ROOM];
    for (unsigned i = 0; i < 60000; i++) {
        const struct frame *frame = &frames[i % FRAMES];
        size_t length = fill(frame, bytes);
        for (unsigned changes = 1 + random_number() % 4; changes > 0; changes--)
            bytes[random_number() % length] = (uint8_t)random_number();
        length = random_number() % 4 ? length : random_number() % length;
        uint8_t *exact = malloc(length + (length == 0));
        memcpy(exact, bytes, length);
        const struct aptrace_packet *packet = packet_of(exact, length, length + random_number() % 2 * 100, frame->link_type);
        size_t count = find(packet, list);
        for (size_t k = 0; k < count; k++)
            checksum_covers(packet, &list[k], random_number() % LONGEST);
        free(exact);
    }
}
END_TEST

/* A TCP packet that is left to the card to be cut into frames, of a length that 16 bits do not hold: as Linux leaves it, and as
 * Windows does, without the length. */
START_TEST(packets_of_any_length)
{
    enum { LENGTH = 80000, HEADERS = 14 + 20 };
    static const uint16_t left[] = {0x4c68, 0x1409};
    uint8_t *bytes = calloc(1, LENGTH);
    struct aptrace_checksum list[ROOM];
    fill(&(struct frame){1, MAC "0800 45000000 00010000 400666f5 " V4 "00350400 00000001 00000000 50182000 00000000", ""}, bytes);
    for (size_t i = 0; i < 2; i++) {
        bytes[HEADERS + 16] = (uint8_t)(left[i] >> 8);
        bytes[HEADERS + 17] = (uint8_t)left[i];
        ck_assert_uint_eq(find(packet_of(bytes, LENGTH, LENGTH, 1), list), 2);
        ck_assert_uint_eq(list[1].state, APTRACE_CHECKSUM_LEFT);
    }
    free(bytes);
}
END_TEST

Suite *checksum_suite(void)
{
    Suite *suite = suite_create("checksum");
    TCase *all = tcase_create("checksum");
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, checksums_are_judged);
    tcase_add_test(all, a_checksum_is_told_in_full);
    tcase_add_test(all, frames_are_cut_everywhere);
    tcase_add_test(all, covered_is_what_is_summed);
    tcase_add_test(all, what_is_covered_changes_the_sum);
    tcase_add_test(all, damaged_frames_stay_within);
    tcase_add_test(all, packets_of_any_length);
    suite_add_tcase(suite, all);
    return suite;
}
