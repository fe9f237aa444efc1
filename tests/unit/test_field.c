/* SPDX-License-Identifier: MIT */
/* Header fields: what names mean, and what a frame has in each.
 *
 * Each frame stands in hexadecimal beside what it has in fields by name; together they have every row of the table. Each of them,
 * and each packet of the bundles in traces/, is then cut at each of its lengths, in memory of exactly that size so that a read
 * beyond it is caught by the address sanitiser: what is told of it must be what the whole one has, or that it is cut. */
#include <check.h>
#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/batch.h"
#include "core/field.h"
#include "core/layers.h"
#include "core/reader.h"
#include "core/wanted.h"
#include "suites.h"

#define COUNT(ARRAY) (sizeof(ARRAY) / sizeof *(ARRAY))

#define MAC "020000000002 020000000001 "
#define IP4(TOTAL, PROTOCOL) "4500" TOTAL "00000000 40" PROTOCOL "0000 0a000001 0a000002 "
#define IP6(LENGTH, NEXT) "60000000" LENGTH NEXT "40 20010db8000000000000000000000001 20010db8000000000000000000000002 "
#define PADDING "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* An assertion of Check writes to a file each time: in loops it is made where it fails. */
#define HOLDS(CONDITION, ...) \
    do { \
        if (!(CONDITION)) \
            ck_abort_msg(__VA_ARGS__); \
    } while (0)

enum { LONGEST = 256 };

static struct arena arena;
static struct layers_pool *pool;
static struct aptrace_packet *packet; /* the one at hand */

static void set_up(void)
{
    pool = layers_pool_new();
    packet = memory_new(1, sizeof *packet);
}

static void tear_down(void)
{
    layers_pool_free(pool);
    free(packet);
    arena_fini(&arena);
    arena = (struct arena){0};
}

static void take(const uint8_t *bytes, size_t captured, size_t wire, unsigned link_type)
{
    *packet = (struct aptrace_packet){.bytes = bytes, .capture_length = (uint32_t)captured, .wire_length = (uint32_t)wire,
        .link_type = (uint16_t)link_type};
    layers_attach_one(pool, packet);
}

static struct aptrace_field find(const char *name)
{
    struct aptrace_field field;
    struct error error = {""};
    HOLDS(field_find(name, &field, &arena, &error) == 0, "%s: %s", name, error.text);
    return field;
}

static size_t bytes_of(const char *hex, uint8_t *bytes)
{
    size_t length = 0;
    for (; *hex; hex++) {
        if (*hex == ' ')
            continue;
        unsigned byte;
        HOLDS(length < LONGEST && sscanf(hex++, "%2x", &byte) == 1, "not hexadecimal: %s", hex);
        bytes[length++] = (uint8_t)byte;
    }
    return length;
}

/* ---- Names ----------------------------------------------------------------------------------------------------------------- */

static const struct { const char *written, *name; uint32_t inner, occurrence; } spellings[] = {
    {"ip.ttl", "ip.ttl", 0, 0}, {"ipv4.ttl", "ip.ttl", 0, 0}, {"ip6.hlim", "ipv6.hlim", 0, 0}, {"ip6.tc", "ipv6.tclass", 0, 0},
    {"ether.dst", "eth.dst", 0, 0}, {"ethernet.src", "eth.src", 0, 0}, {"dot1q.vid", "vlan.id", 0, 0},
    {"dot1q.pcp", "vlan.priority", 0, 0}, {"icmp6.type", "icmpv6.type", 0, 0}, {"ip.dscp", "ip.dsfield.dscp", 0, 0},
    {"tcp.sport", "tcp.srcport", 0, 0}, {"arp.op", "arp.opcode", 0, 0}, {"inner.ip.src", "inner.ip.src", 1, 0},
    {"inner.inner.ipv4.src", "inner.inner.ip.src", 2, 0}, {"inner.inner.inner.udp.dport", "inner.inner.inner.udp.dstport", 3, 0},
    {"vlan.id#2", "vlan.id#2", 0, 2}, {"vlan.vid#255", "vlan.id#255", 0, 255}, {"inner.mpls.label#1", "inner.mpls.label#1", 1, 1},
    {"payload", "payload", 0, 0}, {"inner.vlan.count", "inner.vlan.count", 1, 0},
    {"ip6.fraghdr.offset", "ipv6.fraghdr.offset", 0, 0},
};

START_TEST(names_mean_what_they_say)
{
    struct aptrace_field field = find(spellings[_i].written);
    ck_assert_str_eq(field.name, spellings[_i].name);
    ck_assert_uint_eq(field.inner, spellings[_i].inner);
    ck_assert_uint_eq(field.occurrence, spellings[_i].occurrence);
    ck_assert(field.row != NULL && field.layer == field.row->layer);
    ck_assert(field_is_like(spellings[_i].written));
    ck_assert_str_eq(find(field.name).name, field.name); /* what is said can be typed */
}
END_TEST

static bool is_alias(const struct field_row *row, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = row->aliases; at && (at = strstr(at, name)) != NULL; at += length) {
        if ((at == row->aliases || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    }
    return false;
}

/* Every row is found by its name and each alias, and no name has two rows. */
START_TEST(rows_are_found)
{
    for (size_t i = 0; i < field_row_count; i++) {
        const struct field_row *row = &field_rows[i];
        ck_assert_ptr_eq(find(row->name).row, row);
        char *copy = memory_text(row->aliases ? row->aliases : ""), *rest = copy;
        for (char *alias; (alias = strsep(&rest, " ")) != NULL;) {
            ck_assert(!*alias || find(alias).row == row);
            for (size_t k = 0; k < field_row_count; k++) {
                ck_assert_msg(strcmp(field_rows[k].name, alias) != 0, "%s is a name too", alias);
                ck_assert_msg(k == i || !*alias || !is_alias(&field_rows[k], alias), "%s has two rows", alias);
            }
        }
        free(copy);
    }
}
END_TEST

/* What readers take for granted of a row. */
START_TEST(rows_are_whole)
{
    for (size_t i = 0; i < field_row_count; i++) {
        const struct field_row *row = &field_rows[i];
        const char *layer = field_layer_name((enum field_layer)row->layer);
        ck_assert_msg(strncmp(row->name, layer, strlen(layer)) == 0, "%s is not of layer %s", row->name, layer);
        ck_assert_msg(row->help && row->help[0] && row->help[strlen(row->help) - 1] != '.', "%s", row->name);
        ck_assert_uint_ge(row->bits, 1);
        if (row->bytes > 0)
            ck_assert_uint_le(row->shift + row->bits, 8 * row->bytes);
        ck_assert_uint_le(row->bits, row->kind == FIELD_IPV6_ADDRESS || row->kind == FIELD_BYTES ? 128 : 64);
        for (const struct field_word *word = row->words; word && word->word; word++)
            ck_assert_uint_le(word->number, UINT64_MAX >> (64 - row->bits));
        ck_assert(!row->letters || strlen(row->letters) <= row->bits);
        ck_assert(i == 0 || row->layer >= field_rows[i - 1].layer);
    }
}
END_TEST

static const struct { const char *written, *name; enum field_layer layer; uint32_t offset, length; } slices[] = {
    {"frame@16:2", "frame@16:2", FIELD_FRAME, 16, 2}, {"udp@8:3", "udp@8:3", FIELD_UDP, 8, 3},
    {"inner.ipv4@8:1", "inner.ip@8:1", FIELD_IP, 8, 1}, {"vlan#2@0:2", "vlan#2@0:2", FIELD_VLAN, 0, 2},
    {"payload@0x10:0x20", "payload@16:32", FIELD_PAYLOAD, 16, 32},
    {"ip6.fraghdr@4:4", "ipv6.fraghdr@4:4", FIELD_IPV6_FRAGMENT, 4, 4},
    {"frame@65535:65535", "frame@65535:65535", FIELD_FRAME, 65535, 65535},
};

START_TEST(slices_are_found)
{
    struct aptrace_field field = find(slices[_i].written);
    ck_assert_str_eq(field.name, slices[_i].name);
    ck_assert(field.row == NULL && field.layer == slices[_i].layer);
    ck_assert_uint_eq(field.slice_offset, slices[_i].offset);
    ck_assert_uint_eq(field.slice_length, slices[_i].length);
    ck_assert_uint_eq(field_kind_of(&field), FIELD_BYTES);
    ck_assert(field_is_like(slices[_i].written));
}
END_TEST

#define LONG_NAME "ip.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct { const char *written, *said; } refusals[] = {
    {"ip.tl", "did you mean ip.ttl"}, {"eth.dts", "eth.dst"}, {"udp.scrport", "udp.srcport"},
    {"ip.nothing.of.the.kind", "--describe fields"},
    {"inner.ip.tl", "there is no field inner.ip.tl; did you mean ip.ttl"}, {"ip.tl#2", "there is no field ip.tl#2"},
    {"tcp.seq", "tcp.seq_raw"}, {"tcp.ack", "tcp.ack_raw"}, {"tcp.window_size", "tcp.window_size_value"},
    {"inner.tcp.seq", "tcp.seq_raw"},
    {"tcp.len", "tcp.payload=any"}, {"", "there is no field"}, {"inner.", "there is no field"}, {"ip", "there is no field"},
    {"ip.ttl#0", "#N with N from 1 to 255"}, {"ip.ttl#256", "#N with N"}, {"ip.ttl#", "#N with N"}, {"ip.ttl#x", "#N with N"},
    {"ip.ttl#-1", "#N with N"}, {"ip.ttl#1#2", "#N with N"}, {"frame@", "LAYER@OFFSET:LENGTH"},
    {"frame@16", "LAYER@OFFSET:LENGTH"},
    {"frame@16:", "LAYER@OFFSET:LENGTH"}, {"frame@:2", "LAYER@OFFSET:LENGTH"}, {"frame@16:0", "LAYER@OFFSET:LENGTH"},
    {"frame@65536:1", "LAYER@OFFSET:LENGTH"}, {"frame@1:65536", "LAYER@OFFSET:LENGTH"}, {"frame@-1:2", "LAYER@OFFSET:LENGTH"},
    {"frame@1:2:3", "LAYER@OFFSET:LENGTH"}, {"frame@1@2:3", "LAYER@OFFSET:LENGTH"}, {"ip.ttl@0:1", "no such layer"},
    {"@0:1", "no such layer; slices are of: frame, eth"}, {"udpp@0:1", "no such layer"},
    {"inner.frame@0:1", "there is one frame"},
    {"frame.len#1", "there is one frame"}, {"inner.frame.len", "there is one frame"}, {"vlan.count#2", "there is one count"},
    {"inner.inner.inner.inner.ip.ttl", "3 deep"}, {LONG_NAME, "too long"}, {LONG_NAME LONG_NAME, "too long"},
    {LONG_NAME "@0:1", "too long"}, {" ip.ttl", "there is no field"}, {"IP.TTL", "ip.ttl"},
};

START_TEST(names_are_refused)
{
    struct aptrace_field field;
    struct error error = {""};
    ck_assert_int_eq(field_find(refusals[_i].written, &field, &arena, &error), -1);
    ck_assert_msg(strstr(error.text, refusals[_i].said) != NULL, "%s: %s", refusals[_i].written, error.text);
}
END_TEST

static const struct { const char *text; bool is; } likenesses[] = {
    {"ip.bogus", true}, {"ipv4.bogus", true}, {"frame@x", true}, {"vlan.id#x", true}, {"inner.bogus", true}, {"payload", true},
    {"ip6.fraghdr.x", true}, {"tag", false}, {"mac", false}, {"ip", false}, {"my.parameter", false}, {"", false},
    {"packet", false},
};

START_TEST(likeness_to_a_field)
{
    ck_assert_msg(field_is_like(likenesses[_i].text) == likenesses[_i].is, "%s", likenesses[_i].text);
}
END_TEST

/* ---- Frames ---------------------------------------------------------------------------------------------------------------- */

struct frame {
    unsigned link_type;
    const char *hex, *has; /* NAME=VALUE by semicolons; NAME/1 is its second place, none: it is not there */
};

static const struct frame frames[] = {
    {1, MAC "0800 45b9 0032 1234 4000 3f06 abcd 0a010203 0a040506 0400 0050 00000007 fffffff8 6112 03e8 beef 0000 01010101 "
        "4745542f0a0d" PADDING,
     "frame.len=80; frame.cap_len=80; eth.dst=02:00:00:00:00:02; eth.src=02:00:00:00:00:01; eth.addr=02:00:00:00:00:01; "
     "eth.addr/1=02:00:00:00:00:02; eth.addr/2=none; eth.type=0x0800; eth.len=none; vlan.id=none; vlan.count=0; ip.version=4; "
     "ip.hdr_len=20; ip.dsfield=185; ip.dsfield.dscp=46; ip.dsfield.ecn=1; ip.len=50; ip.id=4660; ip.flags=2; ip.flags.df=1; "
     "ip.flags.mf=0; ip.frag_offset=0; ip.ttl=63; ip.proto=6; ip.checksum=0xabcd; ip.src=10.1.2.3; ip.dst=10.4.5.6; "
     "ip.addr=10.1.2.3; ip.addr/1=10.4.5.6; ip.ttl/1=none; tcp.srcport=1024; tcp.dstport=80; tcp.port=1024; tcp.port/1=80; "
     "tcp.seq_raw=7; tcp.ack_raw=4294967288; tcp.flags=0x112 (SAN); tcp.window_size_value=1000; tcp.checksum=0xbeef; "
     "tcp.payload=4745542f0a0d; payload=4745542f0a0d; udp.srcport=none; ipv6.hlim=none; arp.opcode=none; inner.ip.ttl=none; "
     "ip.ttl#1=63; ip.ttl#2=none; tcp.dstport#1=80; frame@12:2=0800; ip@8:1=3f; tcp@13:1=12; tcp@24:6=4745542f0a0d; "
     "tcp@24:7=none; payload@2:2=542f; frame@79:1=aa; frame@79:2=none; udp@0:1=none; eth@63:2=0daa"},
    /* options, segmentation: what is behind a length of 0 is payload */
    {1, MAC "0800 4700 0000 0000 0000 4011 0000 0a000001 0a000002 0101010101010101 0035 0400 000a cafe 6869",
     "ip.hdr_len=28; ip.len=0; ip.flags.df=0; udp.srcport=53; udp.dstport=1024; udp.port=53; udp.port/1=1024; udp.length=10; "
     "udp.checksum=0xcafe; udp.payload=6869; payload=6869; tcp.payload=none"},
    /* padding is no field: UDP ends before it carries anything; IP ends within UDP */
    {1, MAC "0800 " IP4("001c", "11") "0035 0400 0008 0000" PADDING,
     "udp.payload=none; payload=none; udp.checksum=0x0000; udp@8:1=none"},
    {1, MAC "0800 " IP4("0018", "11") "0035 0400" PADDING,
     "udp.srcport=53; udp.dstport=1024; udp.length=none; udp.checksum=none; udp.payload=none; udp@4:1=none; ip.ttl=64"},
    {1, MAC "0800 " IP4("0016", "11") "0035" PADDING,
     "udp.srcport=none; udp.dstport=none; udp.port=none; ip@20:2=0035; ip@20:3=none"},
    {1, MAC "0800 " IP4("0018", "01") "0800 0000" PADDING, "icmp.type=8; icmp.checksum=0x0000; icmp.ident=none; icmp.seq=none"},
    /* nor are fields behind the end of what is around a tunnel */
    {1, MAC "0800 " IP4("001c", "04") "4500 0014 0000 0000 4011 0000 0a000001 0a000002" PADDING,
     "inner.ip.version=4; inner.ip.len=20; inner.ip.frag_offset=0; inner.ip.ttl=none; inner.ip.src=none; inner.ip@8:1=none"},
    {1, MAC "0800 " IP4("0034", "11") "c000 12b5 0020 0000 08000000 00000700 ffffffffffff 020000000009 0800 4500" PADDING,
     "vxlan.vni=7; inner.eth.src=02:00:00:00:00:09; inner.eth.type=0x0800; inner.ip.version=4; inner.ip.len=none; "
     "inner.eth@12:4=08004500; inner.eth@12:5=none"},
    {1, MAC "0800 " IP4("0038", "11") "0868 0868 0024 0000 30ff000a 00000001 " IP4("0014", "59") PADDING, /* GTP ends first */
     "gtp.teid=1; inner.ip.version=4; inner.ip.ttl=64; inner.ip.proto=89; inner.ip.checksum=none; inner.ip.src=none"},
    /* tags */
    {1, MAC "88a8 7064 8100 2fff 9100 0003 86dd 6e512345 000c 11 09 20010db8000000000000000000000001 "
        "ff020000000000000000000000000002 1388 1770 000c 0102 30313233" PADDING,
     "eth.type=0x88a8; vlan.id=100; vlan.id/1=4095; vlan.id/2=3; vlan.id/3=none; vlan.priority=3; vlan.dei=1; vlan.etype=0x8100; "
     "vlan.tpid=0x88a8; vlan.count=3; vlan.id#2=4095; vlan.id#4=none; vlan.priority#2=1; vlan.dei#2=0; vlan.etype#3=0x86dd; "
     "vlan.tpid#2=0x8100; vlan.tpid#3=0x9100; vlan.id#2/1=none; vlan#2@0:2=2fff; vlan@0:4=70648100; ipv6.tclass=229; "
     "ipv6.tclass.dscp=57; ipv6.tclass.ecn=1; ipv6.flow=74565; ipv6.plen=12; ipv6.nxt=17; ipv6.hlim=9; ipv6.src=2001:db8::1; "
     "ipv6.dst=ff02::2; ipv6.addr=2001:db8::1; ipv6.addr/1=ff02::2; ipv6.fraghdr.offset=none; ipv6.routing.segleft=none; "
     "udp.srcport=5000; udp.dstport=6000; udp.length=12; udp.payload=30313233; ip.ttl=none; ip.version=none"},
    {1, MAC "8100 0005 0014 424203 0000" PADDING, "eth.type=0x8100; vlan.id=5; vlan.etype=none; vlan.tpid=0x8100; vlan.count=1"},
    {1, MAC "8100 0005", "vlan.id=5; vlan.etype=none; vlan.count=1; eth.type=0x8100; ip.ttl=none"},
    {113, "0000 0001 0006 0200000000010000 88a8 0064 8100 00c8 88cc",
     "vlan.tpid=0x88a8; vlan.tpid#2=0x8100; eth.dst=none; eth.type=none"},
    {276, "88a8 0000 00000002 0001 00 06 0200000000010000 0064 8100 00c8 88cc",
     "vlan.tpid=0x88a8; vlan.tpid#2=0x8100; vlan.id=100"},
    /* lengths */
    {1, MAC "0026 424203 0000" PADDING, "eth.len=38; eth.type=none; ip.ttl=none; payload=4242030000" PADDING},
    {1, MAC "05dc 424203 00", "eth.len=1500; eth.type=none"},
    {1, MAC "05ff 424203 00", "eth.len=none; eth.type=none"},
    {1, MAC "0600 0102", "eth.len=none; eth.type=0x0600; payload=0102"},
    {1, "020000000002 0200", "eth.dst=02:00:00:00:00:02; eth.src=none; eth.type=none; eth.len=none; frame@6:2=0200"},
    /* MPLS */
    {1, MAC "8847 00010640 00fff1ff " IP4("001c", "01") "0800 1234 004d 0003",
     "mpls.label=16; mpls.label/1=4095; mpls.label/2=none; mpls.exp=3; mpls.bottom=0; mpls.ttl=64; mpls.label#2=4095; "
     "mpls.exp#2=0; mpls.bottom#2=1; mpls.ttl#2=255; mpls#2@0:4=00fff1ff; ip.src=10.0.0.1; ipv6.src=none; icmp.type=8; "
     "icmp.code=0; icmp.checksum=0x1234; icmp.ident=77; icmp.seq=3; icmp.mtu=none; icmpv6.type=none"},
    {1, MAC "8847 00010140 " IP6("0018", "3a") "8700 5678 00000000 fe80000000000000 0000000000000002",
     "ip.src=none; ipv6.src=2001:db8::1; icmpv6.type=135; icmpv6.code=0; icmpv6.checksum=0x5678; "
     "icmpv6.nd.ns.target_address=fe80::2; icmp.type=none"},
    {1, MAC "8864 1100 0001 001e 0021 " IP4("001c", "11") "0035 0400 0008 0000",
     "ip.src=10.0.0.1; udp.srcport=53; ipv6.nxt=none"},
    /* ARP: of other lengths, protocols and hardware too */
    {1, MAC "0806 0001 0800 0604 0002 020000000001 0a000001 020000000002 0a000002" PADDING,
     "arp.opcode=2; arp.src.hw_mac=02:00:00:00:00:01; arp.src.proto_ipv4=10.0.0.1; arp.dst.hw_mac=02:00:00:00:00:02; "
     "arp.dst.proto_ipv4=10.0.0.2; payload=none; arp@28:1=none; ip.src=none"},
    {1, MAC "0806 0020 0800 0804 0001 0102030405060708 0a000001 1112131415161718 0a000002",
     "arp.src.hw_mac=none; arp.src.proto_ipv4=10.0.0.1; arp.dst.hw_mac=none; arp.dst.proto_ipv4=10.0.0.2"},
    {1, MAC "0806 0001 86dd 0608 0001 020000000001 0102030405060708 020000000002 1112131415161718",
     "arp.src.hw_mac=02:00:00:00:00:01; arp.src.proto_ipv4=none; arp.dst.hw_mac=02:00:00:00:00:02; arp.dst.proto_ipv4=none"},
    {1, MAC "0806 8801 0800 0604 0001 020000000001 0a000001 020000000002 0a000002",
     "arp.src.hw_mac=none; arp.src.proto_ipv4=10.0.0.1"},
    {1, MAC "0806 0001 0800 0604", "arp.opcode=none; arp.src.hw_mac=none"},
    {1, MAC "8035 0001 0800 0604 0003 020000000001 00000000 020000000001 0a000002", "arp.opcode=3; arp.dst.proto_ipv4=10.0.0.2"},
    /* IP that is none */
    {1, MAC "0800 6500 0014 00000000 4059 0000 0a000001 0a000002", "ip.version=none; ip.ttl=none; ipv6.nxt=none; ip@0:1=none"},
    {1, MAC "0800 4400 0014 00000000 4059 0000 0a000001 0a000002", "ip.version=none; ip.ttl=none"},
    {1, MAC "86dd 4500 0014 00000000 4059 0000 0a000001 0a000002", "ip.version=none; ipv6.nxt=none"},
    {1, MAC "0800 4500 0014 0000", "ip.version=4; ip.len=20; ip.id=0; ip.flags=none; ip.ttl=none; ip.addr=none"},
    {101, IP4("0014", "59"), "ip.proto=89; ip.src=10.0.0.1; eth.dst=none; eth.type=none; vlan.count=0; payload=none"},
    {147, "01020304", "ip.src=none; payload=none; vlan.count=0; frame@0:4=01020304"},
    /* fragments */
    {1, MAC "0800 4500 0024 0001 2003 4011 0000 0a000001 0a000002 0102030405060708 090a0b0c0d0e0f10",
     "ip.frag_offset=3; ip.flags=1; ip.flags.mf=1; ip.proto=17; udp.srcport=none; udp.payload=none; "
     "payload=0102030405060708090a0b0c0d0e0f10"},
    {1, MAC "0800 4500 0024 0001 2000 4011 0000 0a000001 0a000002 0035 0400 0400 0000 0102030405060708",
     "udp.length=1024; udp.payload=0102030405060708; ip.flags.mf=1"},
    {1, MAC "86dd " IP6("0018", "2b") "2c00 0001 00000000 1100 05c9 00000063 0102030405060708",
     "ipv6.nxt=43; ipv6.routing.segleft=1; ipv6.fraghdr.offset=185; ipv6.fraghdr@4:4=00000063; ipv6.routing@0:2=2c00; "
     "udp.srcport=none; payload=0102030405060708"},
    {1, MAC "86dd " IP6("0020", "3c") "2c00 0000 00000000 2b00 0001 00000063 1100 0002 00000000 0035 0400 0008 0000",
     "ipv6.fraghdr.offset=0; ipv6.routing.segleft=2; udp.dstport=1024"},
    {1, MAC "86dd " IP6("0010", "2c") "2b00 0008 00000063 1100 0002 00000000",
     "ipv6.fraghdr.offset=1; ipv6.routing.segleft=none"},
    {1, MAC "86dd " IP6("0004", "2c") "1100 0008" PADDING, "ipv6.fraghdr.offset=none; payload=11000008"},
    {1, MAC "86dd " IP6("0018", "33") "1101 0000 00000000 00000000 0035 0400 000c 0000 30313233",
     "udp.payload=30313233; ipv6.nxt=51"},
    /* ICMP errors: what they quote is payload */
    {1, MAC "0800 " IP4("0038", "01") "0304 0000 0000 0578 " IP4("001c", "11") "0035 0400 0008 0000",
     "icmp.type=3; icmp.code=4; icmp.mtu=1400; icmp.ident=none; icmp.seq=none; udp.srcport=none; ip.src#2=none; "
     "inner.ip.src=none; "
     "payload=4500001c00000000401100000a0000010a00000200350400... (28 bytes); payload@0:4=4500001c"},
    {1, MAC "0800 " IP4("001c", "01") "0303 0000 00000578", "icmp.mtu=none"},
    {1, MAC "86dd " IP6("0018", "3a") "8800 5678 60000000 fe80000000000000 0000000000000002", "icmpv6.nd.ns.target_address=none"},
    /* GRE */
    {101, IP4("0044", "2f") "b000 0800 12340000 deadbeef 0000000c " IP4("001c", "11") "0035 0400 0008 0000",
     "gre.proto=0x0800; gre.key=3735928559; gre.sequence_number=12; erspan.spanid=none; ip.ttl#2=64; inner.udp.srcport=53; "
     "udp.srcport=none; udp.srcport#1=53; udp.srcport#2=none; inner.gre.proto=none; inner.inner.ip.ttl=none; ip.src#3=none; "
     "gre@4:4=12340000; payload=none; inner.payload=none"},
    {101, IP4("0020", "2f") "2000 0800 00000007", "gre.key=7; gre.sequence_number=none"},
    {101, IP4("0020", "2f") "1000 0800 00000007", "gre.key=none; gre.sequence_number=7"},
    {101, IP4("0024", "2f") "6000 0800 00000000 00000007", "gre.key=7"}, /* source routes bring the offset */
    {101, IP4("001c", "2f") "3001 880b 00000007" PADDING, "gre.key=none; gre.sequence_number=none"},
    {101, IP4("0018", "2f") "0000 0800" PADDING, "gre.proto=0x0800; gre.key=none; inner.ip.ttl=none"},
    {101, IP4("0044", "2f") "1000 88be 00000003 1007 a201 00000009 " MAC "0800 " IP4("0014", "59"),
     "erspan.spanid=513; inner.eth.type=0x0800; eth.type=none; eth.type#1=0x0800; gre.sequence_number=3; inner.ip.proto=89; "
     "erspan@2:2=a201"},
    {101, IP4("0036", "2f") "0000 88be " MAC "0800 " IP4("0010", "59"), "erspan.spanid=none; inner.eth.src=02:00:00:00:00:01"},
    {101, IP4("0028", "2f") "1000 22eb 00000003 2007 a201 00000009 00000000", "erspan.spanid=513"},
    /* UDP tunnels */
    {1, MAC "0800 " IP4("005a", "11") "c000 12b5 0046 0000 08000000 12345600 " MAC "8100 0007 0800 " IP4("0024", "06")
        "0001 0002 00000003 00000004 5010 0005 0006 0000",
     "vxlan.vni=1193046; inner.vlan.id=7; vlan.id=none; vlan.id#1=7; inner.vlan.count=1; vlan.count=0; inner.vlan.tpid=0x8100; "
     "inner.tcp.flags=0x010 (A); tcp.flags=none; inner.eth@0:6=020000000002; geneve.vni=none; gtp.teid=none; udp.dstport=4789"},
    {1, MAC "0800 " IP4("0024", "11") "c000 2118 0010 0000 08000000 00000900", "vxlan.vni=9"},
    {1, MAC "0800 " IP4("0024", "11") "c000 12b6 0010 0000 0c000000 00000900", "vxlan.vni=9"},
    {1, MAC "0800 " IP4("0024", "11") "12b5 c000 0010 0000 08000000 00000900", "vxlan.vni=none"},
    {1, MAC "86dd " IP6("0018", "11") "c000 17c1 0018 0000 01000800 abcdef00 00000000 00000000",
     "geneve.vni=11259375; inner.ip.ttl=none; udp.payload=01000800abcdef000000000000000000"},
    {1, MAC "86dd " IP6("002c", "11") "c000 17c1 002c 0000 00000806 00000700 "
        "0001 0800 0604 0001 020000000001 0a000001 000000000000 0a000002",
     "geneve.vni=7; inner.arp.opcode=1; inner.arp.dst.proto_ipv4=10.0.0.2; arp.opcode=none"},
    {1, MAC "0800 " IP4("0024", "11") "0868 0400 0010 0000 30020000 00000102", "gtp.teid=258"},
    {1, MAC "0800 " IP4("0024", "11") "0868 0868 0010 0000 20020000 00000102", "gtp.teid=none"}, /* charging */
    {1, MAC "0800 " IP4("0024", "11") "0868 0868 0010 0000 48020000 00000102", "gtp.teid=none"}, /* version 2 */
    {1, MAC "0800 " IP4("0023", "11") "0868 0868 000f 0000 30020000 000001" PADDING, "gtp.teid=none; udp.length=15"},
    /* MAC control */
    {1, "0180c2000001 020000000001 8808 0101 0009 0001 000000000000" PADDING,
     "macc.opcode=0x0101; eth.type=0x8808; macc@2:2=0009"},
    {1, "0180c2000001 020000000001 8808 01", "macc.opcode=none; eth.type=0x8808"},
};

static void fill(const struct frame *frame, uint8_t *bytes)
{
    size_t length = bytes_of(frame->hex, bytes);
    take(bytes, length, length, frame->link_type);
}

static const char *value_in_words(const struct aptrace_field *field, uint32_t place)
{
    static char words[512];
    struct field_value value = {0};
    struct text text = {0};
    uint32_t presence = field_read(field, packet, place, &value);
    if (presence == APTRACE_FIELD_PRESENT)
        field_add_value(&text, field, &value);
    const char *said = presence == APTRACE_FIELD_ABSENT ? "none" : presence == APTRACE_FIELD_CUT ? "cut" : text_bytes(&text);
    snprintf(words, sizeof words, "%s", said);
    text_fini(&text);
    return words;
}

static void look_at(const struct frame *frame, bool seen[])
{
    uint8_t bytes[LONGEST];
    char *copy = memory_text(frame->has), *rest = copy;
    fill(frame, bytes);
    for (char *item; (item = strsep(&rest, ";")) != NULL;) {
        char *name = item + strspn(item, " "), *value = strchr(name, '=');
        ck_assert_msg(value != NULL, "%s", name);
        *value++ = '\0';
        char *place = strchr(name, '/');
        if (place)
            *place = '\0';
        struct aptrace_field field = find(name);
        const char *got = value_in_words(&field, place ? (uint32_t)atoi(place + 1) : 0);
        ck_assert_msg(strcmp(got, value) == 0, "%s\n%s%s%s: expected %s, got %s", frame->hex, name, place ? "/" : "",
                      place ? place + 1 : "", value, got);
        if (field.row && strcmp(value, "none") != 0)
            seen[field.row - field_rows] = true;
    }
    free(copy);
}

START_TEST(frames_are_read)
{
    bool *seen = memory_new(field_row_count, sizeof *seen);
    for (size_t i = 0; i < COUNT(frames); i++)
        look_at(&frames[i], seen);
    for (size_t i = 0; i < field_row_count; i++)
        ck_assert_msg(seen[i], "no frame has %s", field_rows[i].name);
    free(seen);
}
END_TEST

/* ---- Cut ------------------------------------------------------------------------------------------------------------------- */

/* What is asked of every packet: each row, bare, as the second and in a tunnel, and some slices. */
struct asked {
    struct aptrace_field *fields;
    size_t count;
};

struct answer {
    uint32_t presence;
    struct field_value value;
};

static struct asked ask_all(void)
{
    static const char *const forms[] = {"%s", "inner.%s", "%s#2"};
    static const char *const some[] = {"frame@0:1", "eth@12:2", "vlan@0:4", "inner.eth@12:2", "ip@8:2", "ip#2@0:20",
        "ipv6@6:1", "tcp@0:20",
        "udp@4:4", "udp@8:20", "payload@0:1", "payload@1:9", "arp@0:28", "inner.udp@0:8", "gre@2:2", "frame@20:40"};
    struct asked asked = {arena_new(&arena, (field_row_count * COUNT(forms) + COUNT(some)) * sizeof *asked.fields), 0};
    char name[128];
    for (size_t i = 0; i < field_row_count * COUNT(forms); i++) {
        struct error error;
        snprintf(name, sizeof name, forms[i % COUNT(forms)], field_rows[i / COUNT(forms)].name);
        asked.count += field_find(name, &asked.fields[asked.count], &arena, &error) == 0;
    }
    for (size_t i = 0; i < COUNT(some); i++)
        asked.fields[asked.count++] = find(some[i]);
    return asked;
}

static uint32_t places_of(const struct aptrace_field *field)
{
    return !field_has_several(field) ? 1 : field->row->either ? 2 : 4;
}

static struct answer answer(const struct aptrace_field *field, uint32_t place)
{
    struct answer answer = {0};
    answer.presence = field_read(field, packet, place, &answer.value);
    return answer;
}

/* Bytes: those that are there are the whole one's, and that there are more is said. */
static bool same_value(const struct field_value *cut, const struct field_value *whole)
{
    bool all = cut->length == whole->length;
    if (cut->offset != whole->offset || (all && cut->size != whole->size))
        return false;
    if (!all && (cut->length > whole->length || !cut->open))
        return false;
    if (cut->length > 0 && memcmp(cut->bytes, whole->bytes, cut->length) != 0)
        return false;
    return !all || memcmp(cut->number, whole->number, sizeof cut->number) == 0;
}

static bool agrees(const struct answer *cut, const struct answer *whole)
{
    if (cut->presence == APTRACE_FIELD_CUT)
        return true;
    return cut->presence == whole->presence && (cut->presence == APTRACE_FIELD_ABSENT || same_value(&cut->value, &whole->value));
}

static void agree_when_cut(const struct asked *asked, const struct answer *whole, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < asked->count; i++) {
        const struct aptrace_field *field = &asked->fields[i];
        for (uint32_t place = 0; place < places_of(field); place++, whole++) {
            struct answer cut = answer(field, place);
            if (agrees(&cut, whole) || (field->row && field->row->special == FIELD_FRAME_CAP_LEN))
                continue;
            struct text text = {0};
            for (size_t at = 0; at < length; at++)
                text_add(&text, "%02x", bytes[at]);
            ck_abort_msg("%s\n%s/%u: whole %u, cut at %u: %u, %s", text_bytes(&text), field->name, place, whole->presence,
                         packet->capture_length, cut.presence, value_in_words(field, place));
        }
    }
}

/* At each of its lengths. A short frame, which ends there on the wire too, must only be read within. */
static void cut_everywhere(const struct asked *asked, const uint8_t *bytes, size_t length, size_t wire, unsigned link_type)
{
    struct answer *whole = memory_new(asked->count * 4, sizeof *whole), *next = whole;
    take(bytes, length, wire, link_type);
    for (size_t i = 0; i < asked->count; i++) {
        for (uint32_t place = 0; place < places_of(&asked->fields[i]); place++)
            *next++ = answer(&asked->fields[i], place);
    }
    for (size_t captured = 0; captured <= length; captured++) {
        uint8_t *exact = malloc(captured);
        if (captured > 0)
            memcpy(exact, bytes, captured);
        take(exact, captured, wire, link_type);
        agree_when_cut(asked, whole, bytes, length);
        take(exact, captured, captured, link_type);
        for (size_t i = 0; i < asked->count; i++)
            HOLDS(answer(&asked->fields[i], 0).presence != APTRACE_FIELD_CUT || packet->layers->cut == APTRACE_STAGE_TUNNEL,
                  "%s is cut in a whole frame of %zu bytes", asked->fields[i].name, captured);
        free(exact);
    }
    free(whole);
}

START_TEST(frames_are_cut_everywhere)
{
    uint8_t bytes[LONGEST];
    struct asked asked = ask_all();
    for (size_t i = 0; i < COUNT(frames); i++) {
        size_t length = bytes_of(frames[i].hex, bytes);
        cut_everywhere(&asked, bytes, length, length, frames[i].link_type);
        cut_everywhere(&asked, bytes, length, length + 100, frames[i].link_type);
    }
}
END_TEST

static uint32_t random_number(void)
{
    static uint32_t state = 1;
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

START_TEST(damaged_frames_are_cut_everywhere)
{
    uint8_t bytes[LONGEST];
    struct asked asked = ask_all();
    for (size_t i = 0; i < 4 * COUNT(frames); i++) {
        size_t length = bytes_of(frames[i % COUNT(frames)].hex, bytes);
        for (unsigned changes = 1 + random_number() % 3; changes > 0; changes--)
            bytes[random_number() % length] = (uint8_t)(random_number() % 3 ? random_number() % 16 : random_number());
        cut_everywhere(&asked, bytes, length, length, frames[i % COUNT(frames)].link_type);
    }
}
END_TEST

/* How deep a packet was decoded by others before changes no answer. */
START_TEST(stages_change_nothing)
{
    uint8_t bytes[LONGEST];
    struct asked asked = ask_all();
    for (size_t i = 0; i < COUNT(frames) * asked.count; i++) {
        const struct aptrace_field *field = &asked.fields[i % asked.count];
        fill(&frames[i / asked.count], bytes);
        struct answer fresh = answer(field, 0);
        for (unsigned stage = APTRACE_STAGE_LINK; stage <= APTRACE_STAGE_TUNNEL; stage++) {
            fill(&frames[i / asked.count], bytes);
            aptrace_decoded(packet, stage);
            struct answer later = answer(field, 0);
            HOLDS(agrees(&later, &fresh) && later.presence == fresh.presence, "%s %s", frames[i / asked.count].hex, field->name);
        }
    }
}
END_TEST

static size_t cut_trace(const struct asked *asked, const char *path)
{
    struct source_list sources = {0};
    struct reader_options options = {.link_type = -1};
    struct error error = {""};
    struct reader *reader = reader_open(path, &options, &sources, &error);
    struct batch *batch = memory_new(1, sizeof *batch);
    size_t count = 0;
    ck_assert_msg(reader != NULL, "%s", error.text);
    for (enum reader_event event; (event = reader_next(reader, batch)) != READER_END;) {
        for (unsigned i = 0; event == READER_PACKETS && i < batch->count; i++, count++) {
            const struct aptrace_packet *one = &batch->packets[i];
            cut_everywhere(asked, one->bytes, one->capture_length, one->wire_length, one->link_type);
        }
    }
    reader_free(reader);
    source_list_fini(&sources);
    free(batch);
    return count;
}

START_TEST(packets_of_traces_are_cut_everywhere)
{
    const char *top = getenv("srcdir");
    char pattern[4096];
    glob_t found = {0};
    struct asked asked = ask_all();
    size_t count = 0;
    snprintf(pattern, sizeof pattern, "%s/traces/*/*.{pcap,pcapng,pcap.gz,pcap.zst}", top ? top : ".");
    glob(pattern, GLOB_BRACE, NULL, &found);
    for (size_t i = 0; i < found.gl_pathc; i++)
        count += cut_trace(&asked, found.gl_pathv[i]);
    ck_assert_msg(count > 100, "%zu packets in %zu traces at %s", count, found.gl_pathc, pattern);
    globfree(&found);
}
END_TEST

/* ---- Words ----------------------------------------------------------------------------------------------------------------- */

/* IPv4 has one version: that there be another is no condition. */
static bool is_refused(const struct aptrace_field *field, bool negated)
{
    return negated && field->row && strcmp(field->row->name, "ip.version") == 0;
}

static enum wanted_outcome match(const char *name, const char *text, bool negated)
{
    struct error error = {""};
    struct parameter_given given = {.key = name, .text = text, .negated = negated};
    struct aptrace_wanted *wanted = wanted_new(APTRACE_WANTED_PACKET, &arena);
    HOLDS(wanted_read(wanted, &given, &error) == 0 && wanted_finish(wanted, &error) == 0, "%s=%s: %s", name, text, error.text);
    return wanted_match(wanted, 0, packet, APTRACE_WANTED_ANY);
}

/* What a value is shown as can be written for the field, and then matches the packet that has it. */
START_TEST(what_is_shown_can_be_written)
{
    uint8_t bytes[LONGEST];
    struct asked asked = ask_all();
    for (size_t i = 0; i < COUNT(frames) * asked.count; i++) {
        const struct aptrace_field *field = &asked.fields[i % asked.count];
        fill(&frames[i / asked.count], bytes);
        const char *words = value_in_words(field, 0);
        bool is_there = strcmp(words, "none") != 0 && strcmp(words, "cut") != 0;
        if (is_there && !strstr(words, "...")) {
            char *written = memory_text(words);
            written[strcspn(written, " ")] = '\0'; /* letters of flags stand behind the number */
            HOLDS(match(field->name, written, false) == WANTED_MATCH, "%s=%s", field->name, written);
            if (!is_refused(field, true))
                HOLDS(match(field->name, written, true) == WANTED_MISS, "%s!=%s", field->name, written);
            free(written);
        }
        HOLDS(match(field->name, "any", false) == (is_there ? WANTED_MATCH : WANTED_MISS), "%s=any", field->name);
        HOLDS(match(field->name, "none", false) == (is_there ? WANTED_MISS : WANTED_MATCH), "%s=none", field->name);
    }
}
END_TEST

/* A condition on a bare field of one number, which matching may read in a quicker way than field_read(). */
struct condition {
    struct aptrace_field field;
    const struct aptrace_wanted *wanted;
    uint64_t low, high;
    bool negated;
};

static struct condition condition_of(const struct aptrace_field *field, uint64_t number, const char *form, bool negated)
{
    struct condition condition = {*field, NULL, number, strstr(form, "..") ? UINT64_MAX : number, negated};
    struct text value = {0}, text = {0};
    struct error error = {""};
    uint64_t shown[2] = {0, number};
    field_add_number(&value, field, shown);
    text_add(&text, form, (int)strcspn(text_bytes(&value), " "), text_bytes(&value));
    struct parameter_given given = {.key = field->name, .text = arena_text(&arena, text_bytes(&text)), .negated = negated};
    struct aptrace_wanted *wanted = wanted_new(APTRACE_WANTED_PACKET, &arena);
    ck_assert_msg(wanted_read(wanted, &given, &error) == 0 && wanted_finish(wanted, &error) == 0, "%s", error.text);
    condition.wanted = wanted;
    text_fini(&value);
    text_fini(&text);
    return condition;
}

static enum wanted_outcome by_reading(const struct condition *condition)
{
    struct answer got = answer(&condition->field, 0);
    if (got.presence != APTRACE_FIELD_PRESENT)
        return got.presence == APTRACE_FIELD_CUT ? WANTED_UNKNOWN : WANTED_MISS;
    bool in = got.value.number[1] >= condition->low && got.value.number[1] <= condition->high;
    return in != condition->negated ? WANTED_MATCH : WANTED_MISS;
}

/* For each number that a frame has in each field that has one. */
static size_t add_conditions(struct condition *conditions)
{
    uint8_t bytes[LONGEST];
    size_t count = 0;
    for (size_t i = 0; i < field_row_count; i++) {
        struct aptrace_field field = find(field_rows[i].name);
        enum field_kind kind = field_kind_of(&field);
        for (size_t k = 0, found = 0; k < COUNT(frames) && found < 3; k++) {
            fill(&frames[k], bytes);
            struct answer got = answer(&field, 0);
            if (field_has_several(&field) || kind >= FIELD_IPV6_ADDRESS || got.presence != APTRACE_FIELD_PRESENT)
                continue;
            conditions[count++] = condition_of(&field, got.value.number[1], "%.*s", false);
            if (!is_refused(&field, true))
                conditions[count++] = condition_of(&field, got.value.number[1], "%.*s", true);
            const char *range = kind == FIELD_IPV4 ? "%.*s..255.255.255.255" : "%.*s..";
            if (kind != FIELD_FLAG)
                conditions[count++] = condition_of(&field, got.value.number[1], range, false);
            found++;
        }
    }
    return count;
}

static void ask_conditions(const struct condition *conditions, size_t count, const uint8_t *bytes, size_t captured, size_t wire,
                           const struct frame *frame)
{
    for (size_t i = 0; i < count; i++) {
        take(bytes, captured, wire, frame->link_type);
        enum wanted_outcome wanted = by_reading(&conditions[i]);
        take(bytes, captured, wire, frame->link_type);
        enum wanted_outcome got = wanted_match(conditions[i].wanted, 0, packet, 0);
        HOLDS(got == wanted, "%s, %zu of %zu bytes: %s%s=%" PRIu64 "..: expected %d, got %d", frame->hex, captured, wire,
              conditions[i].field.name, conditions[i].negated ? "!" : "", conditions[i].low, wanted, got);
    }
}

START_TEST(conditions_agree_with_reading)
{
    uint8_t bytes[LONGEST];
    struct condition *conditions = memory_new(field_row_count * 9, sizeof *conditions);
    size_t count = add_conditions(conditions);
    for (size_t i = 0; i < 2 * COUNT(frames); i++) {
        const struct frame *frame = &frames[i % COUNT(frames)];
        size_t length = bytes_of(frame->hex, bytes);
        if (i >= COUNT(frames))
            bytes[random_number() % length] = (uint8_t)random_number();
        for (size_t captured = 0; captured <= length; captured++) {
            ask_conditions(conditions, count, bytes, captured, length, frame);
            ask_conditions(conditions, count, bytes, captured, captured, frame);
        }
    }
    free(conditions);
}
END_TEST

START_TEST(words_stand_for_numbers)
{
    for (size_t i = 0; i < field_row_count; i++) {
        const struct field_row *row = &field_rows[i];
        uint64_t number = 99999;
        ck_assert(!field_word(row, "", &number) && !field_word(row, "nonesuch", &number) && number == 99999);
        for (const struct field_word *word = row->words; word && word->word; word++)
            ck_assert_msg(field_word(row, word->word, &number) && number == word->number, "%s", word->word);
    }
    uint64_t flags = 0;
    const struct field_row *row = find("tcp.flags").row;
    ck_assert(field_word(row, "S", &flags) && flags == 0x002);
    ck_assert(field_word(row, "SA", &flags) && flags == 0x012);
    ck_assert(field_word(row, "AS", &flags) && flags == 0x012);
    ck_assert(field_word(row, "FSRPAUECN", &flags) && flags == 0x1ff);
    ck_assert(!field_word(row, "sa", &flags) && !field_word(row, "SX", &flags) && flags == 0x1ff);
    ck_assert(field_word(find("ip.proto").row, "tcp", &flags) && flags == 6);
    ck_assert(!field_word(find("ip.ttl").row, "tcp", &flags));
}
END_TEST

static const struct { const char *name; uint64_t number[2]; const char *words; } numbers[] = {
    {"ip.ttl", {0, 63}, "63"}, {"eth.type", {0, 0x800}, "0x0800"}, {"tcp.flags", {0, 0}, "0x000"},
    {"tcp.flags", {0, 0x12}, "0x012 (SA)"},
    {"tcp.flags", {0, 0xe00}, "0xe00"}, {"eth.src", {0, 0x20000000001}, "02:00:00:00:00:01"},
    {"ip.src", {0, 0x0a000001}, "10.0.0.1"},
    {"ip.src", {0, 0xffff0a000001}, "10.0.0.1"}, {"ipv6.src", {0x20010db800000000, 1}, "2001:db8::1"}, {"ipv6.dst", {0, 0}, "::"},
    {"tcp.seq_raw", {0, 4294967295}, "4294967295"}, {"frame@0:2", {0, 0xbeef}, "beef"},
    {"frame@0:9", {0xab, 0x1234}, "ab0000000000001234"},
    {"frame@0:16", {1, 2}, "00000000000000010000000000000002"}, {"ip.flags.df", {0, 1}, "1"},
};

START_TEST(numbers_in_words)
{
    struct text text = {0};
    struct aptrace_field field = find(numbers[_i].name);
    field_add_number(&text, &field, numbers[_i].number);
    ck_assert_str_eq(text_bytes(&text), numbers[_i].words);
    text_fini(&text);
}
END_TEST

/* Of long bytes the first are shown, and where not all were captured it is said. */
START_TEST(bytes_in_words)
{
    uint8_t bytes[100] = {0};
    struct aptrace_field field = find("frame@0:30");
    take(bytes, sizeof bytes, sizeof bytes, 147);
    ck_assert_str_eq(value_in_words(&field, 0), "000000000000000000000000000000000000000000000000... (30 bytes)");
    size_t length = bytes_of(MAC "0800 " IP4("0022", "11") "0035 0400 000e 0000 010203040506", bytes);
    field = find("udp.payload");
    take(bytes, length - 2, length, 1);
    ck_assert_str_eq(value_in_words(&field, 0), "01020304 and what was not captured");
}
END_TEST

static const struct { const char *name; uint32_t bits; enum field_kind kind; } widths[] = {
    {"ip.ttl", 8, FIELD_NUMBER}, {"ip.flags.df", 1, FIELD_FLAG}, {"eth.dst", 48, FIELD_MAC}, {"ip.src", 32, FIELD_IPV4},
    {"ipv6.src", 128, FIELD_IPV6_ADDRESS}, {"udp.payload", 128, FIELD_BYTES}, {"frame@0:3", 24, FIELD_BYTES},
    {"frame@0:99", 128, FIELD_BYTES},
};

START_TEST(widths_and_kinds)
{
    struct aptrace_field field = find(widths[_i].name);
    ck_assert_uint_eq(field_bits_of(&field), widths[_i].bits);
    ck_assert_uint_eq(field_kind_of(&field), widths[_i].kind);
}
END_TEST

static void add_names(TCase *all)
{
    tcase_add_loop_test(all, names_mean_what_they_say, 0, COUNT(spellings));
    tcase_add_test(all, rows_are_found);
    tcase_add_test(all, rows_are_whole);
    tcase_add_loop_test(all, slices_are_found, 0, COUNT(slices));
    tcase_add_loop_test(all, names_are_refused, 0, COUNT(refusals));
    tcase_add_loop_test(all, likeness_to_a_field, 0, COUNT(likenesses));
}

Suite *field_suite(void)
{
    Suite *suite = suite_create("field");
    TCase *all = tcase_create("field");
    tcase_set_timeout(all, 60); /* with sanitisers */
    tcase_add_checked_fixture(all, set_up, tear_down);
    add_names(all);
    tcase_add_test(all, frames_are_read);
    tcase_add_test(all, frames_are_cut_everywhere);
    tcase_add_test(all, damaged_frames_are_cut_everywhere);
    tcase_add_test(all, stages_change_nothing);
    tcase_add_test(all, packets_of_traces_are_cut_everywhere);
    tcase_add_test(all, what_is_shown_can_be_written);
    tcase_add_test(all, conditions_agree_with_reading);
    tcase_add_test(all, words_stand_for_numbers);
    tcase_add_loop_test(all, numbers_in_words, 0, COUNT(numbers));
    tcase_add_test(all, bytes_in_words);
    tcase_add_loop_test(all, widths_and_kinds, 0, COUNT(widths));
    suite_add_tcase(suite, all);
    return suite;
}
