/* SPDX-License-Identifier: MIT */
/* Packets that must be equal: masks, what is ignored and the checksums that cover it, lengths and padding, and that nothing is
 * told of a cut packet that the whole one would not. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/checksum.h"
#include "core/wanted_parts.h"
#include "packets.h"
#include "suites.h"

#define COUNT(ARRAY) (sizeof(ARRAY) / sizeof *(ARRAY))
#define REFUSE(WORDS, ...) packets_refuse(APTRACE_WANTED_PACKET, WORDS, (const char *const[]){__VA_ARGS__, NULL})

/* packet=, or words that say more: %s is the hex of the packet. */
static struct aptrace_wanted *want(const char *words, const struct packet_bytes *made)
{
    char *all = malloc(2 * made->length + strlen(words) + 2 * 40 + 1);
    char *at = all + sprintf(all, "packet=");
    for (size_t i = 0; i < made->length; i++)
        at += sprintf(at, "%02x", made->bytes[i]);
    sprintf(at, " %s", words);
    struct aptrace_wanted *wanted = packets_wanted(APTRACE_WANTED_PACKET, all);
    free(all);
    return wanted;
}

static const char *ask(const struct aptrace_wanted *wanted, const struct aptrace_packet *packet)
{
    return packets_outcome(wanted_match(wanted, 0, packet, 0));
}

/* Of whole packets. */
static const char *compare(const char *words, const struct packet_bytes *wanted, const struct packet_bytes *got)
{
    return ask(want(words, wanted), packet_show(got));
}

#define SAME(WORDS, WANTED, GOT) ck_assert_str_eq(compare(WORDS, WANTED, GOT), "match")
#define DIFFER(WORDS, WANTED, GOT) ck_assert_str_eq(compare(WORDS, WANTED, GOT), "miss")

static struct packet_bytes sealed(const char *hex)
{
    struct packet_bytes made = packet_read(hex);
    packet_seal(&made);
    return made;
}

static struct packet_bytes changed(const struct packet_bytes *made, size_t at, uint8_t with)
{
    struct packet_bytes other = *made;
    other.bytes[at] = with;
    return other;
}

#define CHANGED(...) ((struct packet_bytes[]){changed(__VA_ARGS__)})

#define LONG_UDP MAC_TO_1 "0800 " IPV4("0038", "11") UDP("0035 0400 ", "0024") \
    "01020304 05060708 090a0b0c 0d0e0f10 11121314 15161718 191a1b1c"
#define SHORT_UDP MAC_TO_1 "0800 " IPV4("001f", "11") UDP("0035 0400 ", "000b") "010203"

enum { IP_ID = 18, IP_TTL = 22, IP_SUM = 24, IP_SOURCE = 26, PORT = 34, UDP_SUM = 40, PAYLOAD = 42 };

/* ---- Equality -------------------------------------------------------------------------------------------------------------- */

START_TEST(each_byte_counts)
{
    for (size_t i = 0; i < packet_sample_count; i++) {
        struct packet_bytes made = sealed(packet_samples[i]);
        const struct aptrace_wanted *wanted = want("", &made);
        ck_assert_str_eq(ask(wanted, packet_show(&made)), "match");
        size_t end = wanted->packets[0].end;
        for (size_t at = 0; at < made.length; at++) {
            struct packet_bytes other = changed(&made, at, made.bytes[at] ^ 0x10);
            const char *expected = at < end ? "miss" : "match";
            ck_assert_msg(strcmp(ask(wanted, packet_show(&other)), expected) == 0, "%s, byte %zu of %zu", packet_samples[i], at,
                          end);
        }
    }
}
END_TEST

START_TEST(masks_and_stars)
{
    struct packet_bytes made = packet_read("0102030405060708090a"), other = changed(&made, 3, 0x1f);
    DIFFER("", &made, &other);
    SAME("mask=ffffff00ffffffffffff", &made, &other);
    SAME("mask=ffffffe0ffffffffffff", CHANGED(&made, 3, 0x04), CHANGED(&made, 3, 0x1b));
    DIFFER("mask=ffffff10ffffffffffff", &made, &other);
    ck_assert_str_eq(packets_asked("packet=010203**05060708090a", packet_show(&other)), "match");
    ck_assert_str_eq(packets_asked("packet=0102031*05060708090a", packet_show(&other)), "match");
    ck_assert_str_eq(packets_asked("packet=010203*405060708090a", packet_show(&other)), "miss");
    ck_assert_str_eq(packets_asked("packet=********************", packet_show(&other)), "match");
    ck_assert_str_eq(packets_asked("packet=****************", packet_show(&other)), "miss");
    other.bytes[0] = 9;
    ck_assert_str_eq(packets_asked("packet=010203**05060708090a mask=00ffffffffffffffffff", packet_show(&other)), "match");
    other.bytes[0] = 1;
    ck_assert_str_eq(packets_asked("packet=01:02:03:**:05:06:07:08:09:0a", packet_show(&other)), "match");
    ck_assert_str_eq(packets_asked("packet=RAW:010203**05060708090a", packet_show(&other)), "match");
}
END_TEST

START_TEST(refused)
{
    REFUSE("packet=", "expected bytes in hex");
    REFUSE("packet=0", "whole number");
    REFUSE("packet=xyz", "hex digit");
    REFUSE("packet=NO_SUCH:0102", "no link type");
    REFUSE("packet=0102 packet=0103", "given twice");
    REFUSE("packet!=0102", "only fields can be negated");
    REFUSE("mask=ff", "no packet=");
    REFUSE("ignore=ip.ttl", "no packet=");
    REFUSE("length=prefix", "no packet=");
    REFUSE("pad=exact", "no packet=");
    REFUSE("packet=0102 mask=ff", "as many bytes", "2", "got 1");
    REFUSE("packet=0102 mask=f*f*", "hex digit");
    REFUSE("packet=0102 length=short", "exact or prefix");
    REFUSE("packet=0102 pad=none", "ignore or exact");
    REFUSE("packet=0102 ignore=", "parameter ignore");
    REFUSE("packet=0102 ignore=ip.tll", "parameter ignore", "ip.ttl");
    REFUSE("packet=0102 ignore=ip.ttl,", "parameter ignore");
    REFUSE("packet=0102 ignore=ip.ttl", "has no ip.ttl");
    REFUSE("packet=0102 ignore=frame@1:2", "has no frame@1:2");
    REFUSE("packet=0102 ignore=frame.len", "no bytes", "length=prefix");
    REFUSE("packet=0102 ignore=vlan.count", "no bytes");
    REFUSE("packet=0102 mask=0000 length=prefix", "any packet");
    REFUSE("packet=**** length=prefix", "any packet");
    REFUSE("packet=0102 ignore=frame@0:2 length=prefix", "any packet");
}
END_TEST

/* ---- What is ignored ------------------------------------------------------------------------------------------------------- */

START_TEST(fields_are_ignored_by_their_bits)
{
    struct packet_bytes made = packet_read(MAC_TO_1 "8100 a066 0800 " IPV4("0014", "59"));
    static const struct { const char *field; size_t at; uint8_t bits; } fields[] = {
        {"vlan.id", 14, 0x0f}, {"vlan.id", 15, 0xff}, {"vlan.priority", 14, 0xe0}, {"vlan.dei", 14, 0x10}, {"eth.dst", 5, 0xff},
        {"ip.version", 18, 0xf0}, {"ip.hdr_len", 18, 0x0f}, {"ip.dscp", 19, 0xfc}, {"ip.dsfield.ecn", 19, 0x03},
        {"ip.flags.df", 24, 0x40}, {"ip.flags", 24, 0xe0}, {"ip.frag_offset", 24, 0x1f}, {"vlan.tpid", 12, 0xff},
        {"eth.type", 13, 0xff}, {"vlan.etype", 17, 0xff}, {"frame@2:3", 4, 0xff}, {"ip.addr", 37, 0xff}, {"ip.addr", 30, 0xff},
        {"ip.checksum", 28, 0xff}, {"eth@0:1", 0, 0xff}, {"frame@37:1", 37, 0xff}};
    for (size_t i = 0; i < COUNT(fields); i++) {
        char words[100];
        sprintf(words, "ignore=%s,ip.checksum", fields[i].field);
        const struct aptrace_wanted *wanted = want(words, &made);
        ck_assert_msg((wanted->packets[0].mask[fields[i].at] ^ fields[i].bits) == 0xff, "%s: mask %02x at %zu", fields[i].field,
                      wanted->packets[0].mask[fields[i].at], fields[i].at);
        ck_assert_uint_eq(wanted->packets[0].sum_count, 0);
    }
}
END_TEST

START_TEST(all_places_of_a_stack_are_ignored)
{
    struct packet_bytes made = packet_read(MAC_TO_1 "88a8 0064 8100 00c8 88cc 0207");
    struct packet_bytes other = changed(CHANGED(&made, 15, 1), 19, 2);
    SAME("ignore=vlan.id", &made, &other);
    DIFFER("ignore=vlan.id#1", &made, &other);
    DIFFER("ignore=vlan.id#2", &made, &other);
    SAME("ignore=vlan.id#1,vlan.id#2", &made, &other);
    DIFFER("ignore=vlan.id", &made, CHANGED(&other, 18, 0x10));
}
END_TEST

/* ---- Checksums ------------------------------------------------------------------------------------------------------------- */

START_TEST(a_checksum_that_covers_must_be_valid)
{
    struct packet_bytes made = sealed(LONG_UDP), ttl = changed(&made, IP_TTL, 63), source = changed(&made, IP_SOURCE, 11);
    DIFFER("ignore=ip.ttl", &made, &ttl); /* its checksum is that of the old one */
    struct packet_bytes right = ttl;
    packet_seal(&right);
    SAME("ignore=ip.ttl", &made, &right);
    DIFFER("ignore=ip.ttl", &made, CHANGED(&right, IP_SUM, right.bytes[IP_SUM] ^ 1));
    DIFFER("ignore=ip.ttl", &made, CHANGED(&right, UDP_SUM, right.bytes[UDP_SUM] ^ 1));
    SAME("ignore=ip.ttl,ip.checksum", &made, &ttl);
    SAME("ignore=ip.ttl,frame@24:2", &made, &ttl);
    DIFFER("ignore=ip.src", &made, &source);
    right = source;
    packet_seal(&right);
    SAME("ignore=ip.src", &made, &right);
    ck_assert_mem_ne(right.bytes + UDP_SUM, made.bytes + UDP_SUM, 2);
    DIFFER("ignore=ip.src,ip.checksum", &made, CHANGED(&right, UDP_SUM, right.bytes[UDP_SUM] ^ 1));
    SAME("ignore=ip.src,ip.checksum,udp.checksum", &made, &source);
    DIFFER("ignore=ip.src,ip.checksum", &made, &source);
}
END_TEST

START_TEST(a_checksum_that_covers_nothing_ignored_must_be_equal)
{
    struct packet_bytes made = sealed(LONG_UDP), other = changed(&made, UDP_SUM, made.bytes[UDP_SUM] ^ 1);
    DIFFER("ignore=ip.ttl", &made, &other);
    DIFFER("ignore=eth.dst", &made, &other);
    made = changed(&made, UDP_SUM, made.bytes[UDP_SUM] ^ 1); /* a wrong one that is wanted */
    SAME("ignore=eth.dst", &made, &made);
    SAME("ignore=ip.ttl", &made, &made);
    DIFFER("ignore=udp.srcport", &made, &made);
}
END_TEST

START_TEST(masks_are_the_users_own_matter)
{
    struct packet_bytes made = sealed(LONG_UDP), ttl = changed(&made, IP_TTL, 63);
    char mask[2 * 70 + 6] = "mask=", words[200];
    for (size_t i = 0; i < made.length; i++)
        strcat(mask, i == IP_TTL ? "00" : "ff");
    DIFFER(mask, &made, CHANGED(&ttl, IP_SUM, ttl.bytes[IP_SUM] ^ 1));
    SAME(mask, &made, &ttl); /* no checksum is demanded, since nothing was ignored by name */
    memcpy(mask + 5 + 2 * IP_SUM, "0000", 4);
    sprintf(words, "%s ignore=ip.ttl", mask);
    SAME(words, &made, &ttl);
    ck_assert_uint_eq(want(words, &made)->packets[0].sum_count, 0);
}
END_TEST

#define TUNNEL MAC_TO_1 "0800 " IPV4("0052", "11") UDP("c000 12b5 ", "003e") "08000000 00000700 " MAC_TO_1 "0800 " \
    IPV4("0020", "11") UDP("0035 0400 ", "000c") "01020304"
enum { INNER_TTL = 72, INNER_SUM = 74, INNER_SOURCE = 76, INNER_UDP_SUM = 90 };

START_TEST(checksums_around_what_is_ignored)
{
    struct packet_bytes made = sealed(TUNNEL), other = changed(&made, INNER_SOURCE, 11);
    packet_seal(&other);
    const struct aptrace_wanted *wanted = want("ignore=inner.ip.src", &made);
    ck_assert_uint_eq(wanted->packets[0].sum_count, 3); /* inner IP and UDP, and the UDP around them */
    ck_assert_str_eq(ask(wanted, packet_show(&other)), "match");
    struct packet_bytes wrong = changed(&other, UDP_SUM, other.bytes[UDP_SUM] ^ 1);
    ck_assert_str_eq(ask(wanted, packet_show(&wrong)), "miss");
    wrong = changed(&other, INNER_UDP_SUM, other.bytes[INNER_UDP_SUM] ^ 1);
    ck_assert_str_eq(ask(wanted, packet_show(&wrong)), "miss");
    /* one that is ignored inside is covered outside */
    ck_assert_uint_eq(want("ignore=inner.udp.checksum", &made)->packets[0].sum_count, 1);
    ck_assert_uint_eq(want("ignore=inner.udp.checksum,udp.checksum", &made)->packets[0].sum_count, 0);
    ck_assert_uint_eq(want("ignore=inner.ip.ttl,inner.ip.checksum", &made)->packets[0].sum_count, 1);
}
END_TEST

START_TEST(no_checksum_around)
{
    struct packet_bytes made = sealed(TUNNEL);
    made.bytes[UDP_SUM] = made.bytes[UDP_SUM + 1] = 0; /* as VXLAN has it */
    struct packet_bytes other = changed(&made, INNER_SOURCE, 11), with = other;
    const struct aptrace_wanted *wanted = want("ignore=inner.ip.src", &made);
    ck_assert_uint_eq(wanted->packets[0].sum_count, 2);
    packet_seal(&with);
    with.bytes[UDP_SUM] = with.bytes[UDP_SUM + 1] = 0;
    ck_assert_str_eq(ask(wanted, packet_show(&with)), "match");
    with.bytes[UDP_SUM + 1] = 1;
    ck_assert_str_eq(ask(wanted, packet_show(&with)), "miss");
    struct packet_bytes plain = sealed(LONG_UDP), zero = plain;
    zero.bytes[UDP_SUM] = zero.bytes[UDP_SUM + 1] = 0;
    DIFFER("ignore=udp.srcport", &plain, &zero); /* none is not a valid one */
    SAME("ignore=udp.srcport", &zero, CHANGED(&zero, PORT, 9));
    DIFFER("ignore=udp.srcport", &zero, &plain);
}
END_TEST

/* The sum of the pseudo header, which the card goes on from. */
START_TEST(left_to_the_card)
{
    struct packet_bytes made = sealed(MAC_TO_1 "0800 " IPV4("0028", "06") TCP_SYN("0050 1388 ")), left = made;
    struct aptrace_checksum list[4];
    uint32_t sum = 0x0a00 + 0x0001 + 0x0a00 + 0x0002 + 6 + 20;
    left.bytes[50] = (uint8_t)(sum >> 8);
    left.bytes[51] = (uint8_t)sum;
    ck_assert_uint_eq(checksum_find(packet_show(&left), list, 4), 2);
    ck_assert_uint_eq(list[1].state, APTRACE_CHECKSUM_LEFT);
    DIFFER("ignore=tcp.seq_raw", &made, &left); /* not valid */
    SAME("ignore=tcp.seq_raw,tcp.checksum", &made, &left);
    struct packet_bytes other = changed(&made, 41, 7);
    packet_seal(&other);
    SAME("ignore=tcp.seq_raw", &left, &other); /* wanted from a capture of the sender: valid where it arrives */
    SAME("ignore=tcp.seq_raw", &left, &made);
}
END_TEST

/* Of a fragment the checksum cannot be told: it is neither equal nor demanded. */
START_TEST(fragments)
{
    struct packet_bytes made = packet_read(MAC_TO_1 "0800 4500 0024 0001 2000 4011 0000 0a000001 0a000002 "
                                           "0035 0400 0400 1234 0102030405060708");
    ck_assert_uint_eq(want("ignore=ip.src", &made)->packets[0].sum_count, 1); /* though it has none yet */
    packet_seal(&made);
    const struct aptrace_wanted *wanted = want("ignore=ip.src", &made);
    ck_assert_uint_eq(wanted->packets[0].sum_count, 1);
    ck_assert_uint_eq(wanted->packets[0].sums[0].kind, APTRACE_CHECKSUM_IPV4);
    struct packet_bytes other = changed(&made, IP_SOURCE, 11);
    packet_seal(&other);
    other.bytes[UDP_SUM] ^= 1;
    ck_assert_str_eq(ask(wanted, packet_show(&other)), "match");
    DIFFER("ignore=ip.ttl", &made, CHANGED(&made, UDP_SUM, made.bytes[UDP_SUM] ^ 1));
}
END_TEST

/* So short that the checksum lies behind it. */
START_TEST(fragment_without_its_checksum)
{
    struct packet_bytes made = packet_read(MAC_TO_1 "0800 4500 001c 0001 2000 4006 0000 0a000001 0a000002 0050 1388 00000001");
    packet_seal(&made);
    struct packet_bytes other = changed(&made, IP_SOURCE, 11);
    packet_seal(&other);
    SAME("ignore=ip.src", &made, &other);
    packet_pad(&made, 60, 0xaa);
    SAME("ignore=ip.src", &made, &other);
}
END_TEST

START_TEST(packets_without_the_checksum)
{
    struct packet_bytes made = sealed(LONG_UDP), other = made;
    other.bytes[23] = 89; /* another protocol, which is ignored */
    packet_seal(&other);
    DIFFER("ignore=ip.proto", &made, &other);
    SAME("ignore=ip.proto,udp.checksum", &made, &other);
}
END_TEST

/* ---- Length and padding ---------------------------------------------------------------------------------------------------- */

/* By their digests. */
static bool same(const char *words, const struct packet_bytes *a, const struct packet_bytes *b)
{
    const struct aptrace_wanted *wanted = packets_wanted(APTRACE_WANTED_SAME, words);
    uint64_t first[2], second[2];
    ck_assert(wanted_digest(wanted, packet_show(a), first));
    ck_assert(wanted_digest(wanted, packet_show(b), second));
    return memcmp(first, second, sizeof first) == 0;
}

/* Both ways. */
static void both(const char *words, const struct packet_bytes *a, const struct packet_bytes *b, const char *outcome)
{
    const char *there = compare(words, a, b), *back = compare(words, b, a);
    ck_assert_msg(strcmp(there, outcome) == 0 && strcmp(back, outcome) == 0, "%s, %zu and %zu bytes: expected %s, got %s and %s",
                  words, a->length, b->length, outcome, there, back);
}

static const struct { const char *hex; size_t padded; bool tells; } padded[] = {
    {SHORT_UDP, 60, true},
    {MAC_TO_1 "0806 0001 0800 0604 0001 020000000001 0a000001 000000000000 0a000002", 60, true},
    {MAC_TO_1 "8100 0064 0800 " IPV4("001c", "11") UDP("0035 0400 ", "0008"), 64, true},
    {MAC_TO_1 "88a8 0064 8100 00c8 0800 " IPV4("001c", "11") UDP("0035 0400 ", "0008"), 68, true},
    {MAC_TO_1 "8847 00010140 " IPV4("001c", "11") UDP("0035 0400 ", "0008"), 60, true},
    {MAC_TO_1 "9000 01020304", 60, false},
    {MAC_TO_1 "8100 0064 9000 01020304", 64, false},
    {MAC_TO_1 "0026 424203 0000 0001", 60, false},
    {"ff", 60, false},
    {MAC_TO_1, 60, false},
};

START_TEST(padding_is_no_part_of_a_packet)
{
    for (size_t i = 0; i < COUNT(padded); i++) {
        struct packet_bytes made = packet_read(padded[i].hex), zeros = made, noise = made;
        for (size_t length = made.length + 1; length <= padded[i].padded; length++) {
            packet_pad(&zeros, length, 0);
            packet_pad(&noise, length, 0xa5);
            both("", &made, &zeros, "match");
            both("pad=exact", &made, &zeros, "miss");
            both("", &made, &noise, padded[i].tells ? "match" : "miss");
            both("", &zeros, &noise, padded[i].tells ? "match" : "miss");
        }
        packet_pad(&zeros, padded[i].padded + 1, 0); /* too long for a card: a trailer */
        both("", &made, &zeros, "miss");
        struct packet_bytes other = changed(&zeros, padded[i].padded, 1);
        both("", &zeros, &other, "miss");
        both("", &zeros, &zeros, "match");
        both("pad=exact", &zeros, &zeros, "match");
    }
}
END_TEST

START_TEST(lengths)
{
    struct packet_bytes made = sealed(LONG_UDP), more = made;
    packet_pad(&more, made.length + 5, 0);
    both("", &made, &more, "miss");
    SAME("length=prefix", &made, &more);
    DIFFER("length=prefix", &more, &made);
    SAME("length=prefix", &made, &made);
    SAME("length=prefix pad=exact", &made, &more);
    SAME("length=exact", &made, &made);
    made = packet_read(SHORT_UDP);
    packet_pad(&made, 60, 0xa5);
    more = packet_read(SHORT_UDP);
    SAME("length=prefix", &made, &more); /* the padding of what is wanted is no part of it either */
    packet_pad(&more, 90, 0x33);
    SAME("length=prefix", &made, &more);
    DIFFER("length=prefix pad=exact", &made, &more);
    packet_pad(&made, 12, 0);
    SAME("length=prefix", &made, &more);
    DIFFER("", &made, &more);
}
END_TEST

/* UDP may end before the packet does: the bytes between are options, not padding. */
START_TEST(what_is_behind_udp)
{
    struct packet_bytes made = packet_read(MAC_TO_1 "0800 " IPV4("0022", "11") UDP("0035 0400 ", "000a") "0102 03040506");
    struct packet_bytes more = made;
    ck_assert_uint_eq(want("", &made)->packets[0].end, 48);
    both("", &made, CHANGED(&made, 47, 9), "miss");
    ck_assert(!same("", &made, CHANGED(&made, 47, 9)));
    packet_pad(&more, 60, 0xa5);
    both("", &made, &more, "match");
    both("", &more, CHANGED(&more, 47, 9), "miss");
    both("", &more, CHANGED(&more, 48, 9), "match");
}
END_TEST

START_TEST(one_byte_frames)
{
    struct packet_bytes one = packet_read("ff"), two = packet_read("ff01"), other = packet_read("fe");
    both("", &one, &one, "match");
    both("", &one, &other, "miss");
    both("", &one, &two, "miss");
    SAME("length=prefix", &one, &two);
    DIFFER("length=prefix", &two, &one);
    DIFFER("", &one, (&(struct packet_bytes){.link_type = 1}));
}
END_TEST

/* ---- Cut packets ----------------------------------------------------------------------------------------------------------- */

/* What is told of the first bytes of a packet is true of it whole, and unknown is said only where it may still match. */
static void cut_everywhere(const char *words, const struct packet_bytes *wanted_made, const struct packet_bytes *got)
{
    const struct aptrace_wanted *wanted = want(words, wanted_made);
    const char *whole = ask(wanted, packet_show(got));
    for (size_t capture = 0; capture < got->length; capture++) {
        const char *cut = ask(wanted, packet_cut(got, capture));
        ck_assert_msg(strcmp(cut, "unknown") == 0 || strcmp(cut, whole) == 0, "%s: first %zu of %zu bytes %s, all %s", words,
                      capture, got->length, cut, whole);
        bool equal = true;
        for (size_t i = 0; i < capture && i < wanted->packets[0].end; i++)
            equal = equal && ((got->bytes[i] ^ wanted_made->bytes[i]) & wanted->packets[0].mask[i]) == 0;
        ck_assert_msg(equal || strcmp(cut, "miss") == 0, "%s: first %zu of %zu bytes differ, and it was %s", words, capture,
                      got->length, cut);
    }
}

START_TEST(cut_frames_are_not_guessed_at)
{
    struct packet_bytes made = sealed(LONG_UDP), more = made;
    const struct aptrace_wanted *wanted = want("", &made);
    ck_assert_str_eq(ask(wanted, packet_cut(&made, 69)), "unknown");
    ck_assert_str_eq(ask(wanted, packet_cut(&made, 0)), "unknown");
    packet_pad(&more, 71, 0);
    ck_assert_str_eq(ask(wanted, packet_cut(&more, 20)), "miss"); /* the length tells */
    struct packet_bytes other = changed(&made, 60, 0xee);
    ck_assert_str_eq(ask(wanted, packet_cut(&other, 60)), "unknown");
    ck_assert_str_eq(ask(wanted, packet_cut(&other, 61)), "miss");
    ck_assert_str_eq(ask(want("length=prefix", &made), packet_cut(&more, 70)), "match");
    ck_assert_str_eq(ask(want("length=prefix", &made), packet_cut(&more, 69)), "unknown");
    ck_assert_str_eq(ask(want("ignore=ip.ttl", &made), packet_cut(&made, 69)), "unknown");
    ck_assert_str_eq(ask(want("ignore=udp.srcport length=prefix", &made), packet_cut(&made, 69)), "unknown");
}
END_TEST

/* The end of a short frame lies in headers that were not captured, or in padding that was not. */
START_TEST(cut_within_padding)
{
    struct packet_bytes made = packet_read(SHORT_UDP), longer = made;
    struct packet_bytes plain = packet_read(MAC_TO_1 "9000 01020304"), zeros = plain;
    packet_pad(&longer, 60, 0x11);
    const struct aptrace_wanted *wanted = want("", &made);
    ck_assert_str_eq(ask(wanted, packet_cut(&longer, 20)), "unknown");
    ck_assert_str_eq(ask(wanted, packet_cut(&longer, 38)), "unknown");
    ck_assert_str_eq(ask(wanted, packet_cut(&longer, 44)), "unknown");
    ck_assert_str_eq(ask(wanted, packet_cut(&longer, 45)), "match");
    packet_pad(&longer, 61, 0x11);
    ck_assert_str_eq(ask(wanted, packet_cut(&longer, 20)), "miss"); /* a trailer, in any case */
    packet_pad(&zeros, 60, 0);
    wanted = want("", &plain);
    ck_assert_str_eq(ask(wanted, packet_cut(&zeros, 30)), "unknown");
    zeros.bytes[25] = 1;
    ck_assert_str_eq(ask(wanted, packet_cut(&zeros, 30)), "miss");
    ck_assert_str_eq(ask(wanted, packet_cut(&zeros, 25)), "unknown");
    ck_assert_str_eq(ask(want("pad=exact", &plain), packet_cut(&zeros, 25)), "miss");
}
END_TEST

/* With as many tags as what is wanted a frame of 64 bytes may be padded. */
START_TEST(cut_before_tags)
{
    struct packet_bytes made = packet_read(padded[2].hex), longer = made;
    packet_pad(&longer, 64, 0x11);
    for (size_t capture = 0; capture < 46; capture++)
        ck_assert_str_eq(ask(want("", &made), packet_cut(&longer, capture)), "unknown");
    packet_pad(&longer, 65, 0x11);
    for (size_t capture = 0; capture < 46; capture++)
        ck_assert_str_eq(ask(want("", &made), packet_cut(&longer, capture)), "miss");
}
END_TEST

static const char *const cut_words[] = {"", "", "length=prefix", "pad=exact", "ignore=frame@0:1", "ignore=frame@12:2",
    "ignore=ip.ttl", "ignore=ip.src", "ignore=udp.srcport", "ignore=ip.len",
    "ignore=vlan.id", "ignore=ip.addr,ip.id length=prefix"};

static bool may_ignore(const char *words, const struct packet_bytes *made)
{
    struct aptrace_wanted *wanted;
    struct error error;
    char all[2 * PACKET_LONGEST + 100], *at = all + sprintf(all, "packet=");
    for (size_t i = 0; i < made->length; i++)
        at += sprintf(at, "%02x", made->bytes[i]);
    sprintf(at, " %s", words);
    return packets_try(APTRACE_WANTED_PACKET, all, &wanted, &error);
}

/* A packet, and others made of it: padded, shortened, damaged. */
static struct packet_bytes vary(const struct packet_bytes *made)
{
    struct packet_bytes other = *made;
    switch (packets_random() % 5) {
    case 0: packet_pad(&other, made->length + packets_random() % 24, 0); break;
    case 1: packet_pad(&other, made->length + packets_random() % 24, (uint8_t)packets_random()); break;
    case 2: packet_pad(&other, 1 + packets_random() % made->length, 0); break;
    case 3: other.bytes[packets_random() % made->length] ^= (uint8_t)(1 << packets_random() % 8); break;
    default: break;
    }
    if (packets_random() % 3 == 0)
        packet_seal(&other);
    return other;
}

START_TEST(cuts_of_any_packet)
{
    size_t trace_count;
    const struct packet_bytes *traced = packets_of_traces(&trace_count);
    for (unsigned i = 0; i < 1500; i++) {
        bool sample = packets_random() % 2;
        struct packet_bytes made = sample ? packet_read(packet_samples[packets_random() % packet_sample_count])
            : traced[packets_random() % trace_count];
        const char *words = cut_words[packets_random() % COUNT(cut_words)];
        if (packets_random() % 2)
            packet_seal(&made);
        made = vary(&made);
        if (!may_ignore(words, &made))
            continue;
        struct packet_bytes got = vary(&made);
        cut_everywhere(words, &made, &got);
        cut_everywhere(words, &made, &made);
    }
}
END_TEST

/* Without anything ignored, equality with padding left out is the same both ways. */
START_TEST(equality_is_symmetrical)
{
    for (unsigned i = 0; i < 2000; i++) {
        struct packet_bytes a = packet_read(packet_samples[packets_random() % packet_sample_count]);
        a = vary(&a);
        struct packet_bytes b = vary(&a);
        for (unsigned exact = 0; exact < 2; exact++)
            both(exact ? "pad=exact" : "", &a, &b, compare(exact ? "pad=exact" : "", &a, &b));
    }
}
END_TEST

/* ---- Lists ----------------------------------------------------------------------------------------------------------------- */

START_TEST(any_of_a_list)
{
    const struct aptrace_wanted *wanted = packets_wanted(APTRACE_WANTED_LIST, "packets=010203,0105,RAW:07");
    ck_assert_uint_eq(wanted_count(wanted), 3);
    ck_assert_int_eq(wanted_match(wanted, 0, packet_hex("0105"), APTRACE_WANTED_ANY), WANTED_MATCH);
    ck_assert_int_eq(wanted_match(wanted, 0, packet_hex("0105"), 0), WANTED_MISS);
    ck_assert_int_eq(wanted_match(wanted, 1, packet_hex("0105"), 0), WANTED_MATCH);
    ck_assert_int_eq(wanted_match(wanted, 2, packet_hex("07"), 0), WANTED_MATCH);
    ck_assert_int_eq(wanted_match(wanted, 0, packet_hex("09"), APTRACE_WANTED_ANY), WANTED_MISS);
    ck_assert_int_eq(wanted_match(wanted, 3, packet_hex("07"), APTRACE_WANTED_NEAR), WANTED_MISS);
    ck_assert_uint_eq(wanted_distance(wanted), UINT64_MAX);
    struct packet_bytes made = packet_read("010203");
    ck_assert_int_eq(wanted_match(wanted, 0, packet_cut(&made, 2), APTRACE_WANTED_ANY), WANTED_UNKNOWN);
    ck_assert_int_eq(wanted_match(wanted, 1, packet_cut(&made, 2), 0), WANTED_MISS);
    wanted = packets_wanted(APTRACE_WANTED_LIST, "packets=010203,010303 ignore=frame@1:1");
    ck_assert_int_eq(wanted_match(wanted, 1, packet_hex("01ff03"), 0), WANTED_MATCH);
}
END_TEST

START_TEST(lists_refused)
{
    static const char *const none[] = {"packets=FILE", NULL};
    packets_refuse(APTRACE_WANTED_LIST, "", none);
    packets_refuse(APTRACE_WANTED_LIST, "ip.ttl=5", none);
    packets_refuse(APTRACE_WANTED_LIST, "packets=", none);
    packets_refuse(APTRACE_WANTED_LIST, "packets=0102,03 ignore=ip.ttl", (const char *const[]){"has no ip.ttl", NULL});
}
END_TEST

/* A file that is called as hex could be. */
START_TEST(hex_or_file)
{
    FILE *file = fopen("cafe", "w");
    ck_assert_ptr_nonnull(file);
    fclose(file);
    packets_refuse(APTRACE_WANTED_LIST, "packets=cafe", (const char *const[]){"./cafe", NULL});
    remove("cafe");
    ck_assert_uint_eq(wanted_count(packets_wanted(APTRACE_WANTED_LIST, "packets=cafe")), 1);
}
END_TEST

/* ---- Packets with each other ----------------------------------------------------------------------------------------------- */

START_TEST(digests)
{
    struct packet_bytes made = sealed(LONG_UDP), ttl = changed(&made, IP_TTL, 63), right = ttl, zero = packet_read("00");
    packet_seal(&right);
    ck_assert(same("", &made, &made));
    ck_assert(!same("", &made, &right));
    ck_assert(same("ignore=ip.ttl", &made, &right));
    ck_assert(!same("ignore=ip.ttl", &made, &ttl)); /* damaged */
    ck_assert(same("ignore=ip.ttl,ip.checksum", &made, &ttl));
    ck_assert(!same("ignore=ip.id", &made, &right));
    struct packet_bytes other = changed(&right, PAYLOAD, 9);
    packet_seal(&other);
    ck_assert(!same("ignore=ip.ttl", &made, &other));
    ck_assert(same("ignore=ip.ttl,payload", &made, &other));
    ck_assert(!same("", &zero, &(struct packet_bytes){.bytes = {0, 1}, .length = 2, .link_type = 1}));
    ck_assert(same("ignore=vlan.id", &made, &made)); /* none there */
}
END_TEST

START_TEST(digests_leave_padding_out)
{
    for (size_t i = 0; i < COUNT(padded); i++) {
        struct packet_bytes made = packet_read(padded[i].hex), zeros = made, noise = made;
        packet_pad(&zeros, padded[i].padded, 0);
        packet_pad(&noise, padded[i].padded, 0xa5);
        ck_assert(same("", &made, &zeros));
        ck_assert(made.length < 6 || same("ignore=eth.dst", &made, &zeros));
        ck_assert(same("", &made, &noise) == padded[i].tells);
        ck_assert(!same("pad=exact", &made, &zeros));
        packet_pad(&zeros, padded[i].padded + 1, 0);
        ck_assert(!same("", &made, &zeros));
    }
}
END_TEST

START_TEST(digests_of_cut_packets)
{
    struct packet_bytes made = sealed(LONG_UDP), padding = packet_read(SHORT_UDP);
    const struct aptrace_wanted *wanted = packets_wanted(APTRACE_WANTED_SAME, "ignore=ip.ttl");
    uint64_t digest[2];
    ck_assert(!wanted_digest(wanted, packet_cut(&made, 69), digest));
    ck_assert(!wanted_digest(wanted, packet_cut(&made, 0), digest));
    packet_pad(&padding, 60, 0);
    ck_assert(wanted_digest(wanted, packet_cut(&padding, 45), digest));
    ck_assert(!wanted_digest(wanted, packet_cut(&padding, 44), digest));
    ck_assert(!wanted_digest(packets_wanted(APTRACE_WANTED_SAME, "pad=exact"), packet_cut(&padding, 45), digest));
}
END_TEST

/* What is ignored is left out of packets of any length. */
START_TEST(digests_of_long_packets)
{
    enum { LENGTH = 300000 };
    struct aptrace_packet packet = *packet_hex(LONG_UDP);
    const struct aptrace_wanted *wanted = packets_wanted(APTRACE_WANTED_SAME, "ignore=eth.dst");
    uint64_t made[3][2];
    uint8_t *bytes = calloc(1, LENGTH);
    memcpy(bytes, packet.bytes, packet.capture_length);
    packet.bytes = bytes;
    packet.capture_length = packet.wire_length = LENGTH;
    ck_assert(wanted_digest(wanted, &packet, made[0]));
    bytes[0] = 1;
    ck_assert(wanted_digest(wanted, &packet, made[1]));
    bytes[LENGTH - 1] = 1;
    ck_assert(wanted_digest(wanted, &packet, made[2]));
    ck_assert_mem_eq(made[0], made[1], sizeof made[0]);
    ck_assert_mem_ne(made[0], made[2], sizeof made[0]);
    free(bytes);
}
END_TEST

START_TEST(same_refused)
{
    packets_refuse(APTRACE_WANTED_SAME, "ignore=frame.len", (const char *const[]){"no bytes", NULL});
    packets_refuse(APTRACE_WANTED_SAME, "ignore=ip.tll", (const char *const[]){"ip.ttl", NULL});
}
END_TEST

Suite *wanted_bytes_suite(void)
{
    Suite *suite = suite_create("wanted_bytes");
    TCase *all = tcase_create("wanted_bytes");
    tcase_add_checked_fixture(all, packets_begin, packets_end);
    tcase_set_timeout(all, 120);
    tcase_add_test(all, each_byte_counts);
    tcase_add_test(all, masks_and_stars);
    tcase_add_test(all, refused);
    tcase_add_test(all, fields_are_ignored_by_their_bits);
    tcase_add_test(all, all_places_of_a_stack_are_ignored);
    tcase_add_test(all, a_checksum_that_covers_must_be_valid);
    tcase_add_test(all, a_checksum_that_covers_nothing_ignored_must_be_equal);
    tcase_add_test(all, masks_are_the_users_own_matter);
    tcase_add_test(all, checksums_around_what_is_ignored);
    tcase_add_test(all, no_checksum_around);
    tcase_add_test(all, left_to_the_card);
    tcase_add_test(all, fragments);
    tcase_add_test(all, fragment_without_its_checksum);
    tcase_add_test(all, packets_without_the_checksum);
    tcase_add_test(all, padding_is_no_part_of_a_packet);
    tcase_add_test(all, lengths);
    tcase_add_test(all, what_is_behind_udp);
    tcase_add_test(all, one_byte_frames);
    tcase_add_test(all, cut_frames_are_not_guessed_at);
    tcase_add_test(all, cut_within_padding);
    tcase_add_test(all, cut_before_tags);
    tcase_add_test(all, cuts_of_any_packet);
    tcase_add_test(all, equality_is_symmetrical);
    tcase_add_test(all, any_of_a_list);
    tcase_add_test(all, lists_refused);
    tcase_add_test(all, hex_or_file);
    tcase_add_test(all, digests);
    tcase_add_test(all, digests_leave_padding_out);
    tcase_add_test(all, digests_of_cut_packets);
    tcase_add_test(all, digests_of_long_packets);
    tcase_add_test(all, same_refused);
    suite_add_tcase(suite, all);
    return suite;
}
