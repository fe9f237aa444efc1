/* SPDX-License-Identifier: MIT */
/* What is asked of packets by the names of their fields: every form of a value, what is refused, and that the quick way, the
 * general way and packets cut short never say what the whole packet would not. Bytes: test_wanted_bytes.c; misses:
 * test_wanted_near.c. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/wanted_parts.h"
#include "packets.h"
#include "suites.h"

#define COUNT(ARRAY) (sizeof(ARRAY) / sizeof *(ARRAY))
#define REFUSE(WORDS, ...) packets_refuse(APTRACE_WANTED_PACKET, WORDS, (const char *const[]){__VA_ARGS__, NULL})
#define ASKED(WORDS, PACKET, OUTCOME) \
    ck_assert_msg(strcmp(packets_asked(WORDS, PACKET), OUTCOME) == 0, "%s: expected %s", WORDS, OUTCOME)

/* ---- Forms ----------------------------------------------------------------------------------------------------------------- */

#define UDP_FRAME MAC_TO_1 "8100 a066 0800 " IPV4("0020", "11") UDP("0035 0400 ", "000c") "47455420"
#define SYN_FRAME MAC_TO_1 "0800 " IPV4("0028", "06") TCP_SYN("0050 1388 ")
#define V6_FRAME MAC_TO_1 "86dd " IPV6("0008", "11") UDP("0035 0400 ", "0008")
#define STACK_FRAME MAC_TO_1 "88a8 0064 8100 00c8 8100 012c 8847 00064040 000c817f " IPV4("0014", "59")
#define TUNNEL_FRAME MAC_TO_1 "0800 " IPV4("004e", "11") UDP("c000 12b5 ", "003a") "08000000 00000700 " \
    "020000000009 02000000000a 0800 4500 001c 00020000 3f11 0000 0b000001 0b000002 " UDP("0035 0400 ", "0008")

#define LATER_FRAGMENT MAC_TO_1 "0800 4500 001c 0001 0003 4011 0000 0a000001 0a000002 0102030405060708"
#define SHORT_OF_PORTS MAC_TO_1 "0800 " IPV4("0016", "11") "0035 0400 0008 0000"

struct asked { const char *words, *hex, *outcome; };

static const struct asked forms[] = {
    /* none at all */
    {"", UDP_FRAME, "match"},
    {"", "ff", "match"},
    /* numbers */
    {"ip.ttl=64", UDP_FRAME, "match"},
    {"ip.ttl=0x40", UDP_FRAME, "match"},
    {"ip.ttl=63", UDP_FRAME, "miss"},
    {"ip.ttl=63..65", UDP_FRAME, "match"},
    {"ip.ttl=64..", UDP_FRAME, "match"},
    {"ip.ttl=65..", UDP_FRAME, "miss"},
    {"ip.ttl=..64", UDP_FRAME, "match"},
    {"ip.ttl=..63", UDP_FRAME, "miss"},
    {"ip.ttl=1,64,255", UDP_FRAME, "match"},
    {"ip.ttl=1,2..63,65..", UDP_FRAME, "miss"},
    {"ip.ttl=0x40/0xf0", UDP_FRAME, "match"},
    {"ip.ttl=0x50/0xf0", UDP_FRAME, "miss"},
    {"ip.ttl=5,0x40/0xf0", UDP_FRAME, "match"},
    {"ip.ttl!=63", UDP_FRAME, "match"},
    {"ip.ttl!=64", UDP_FRAME, "miss"},
    {"ip.ttl!=1..70", UDP_FRAME, "miss"},
    {"ip.ttl!=1,64", UDP_FRAME, "miss"},
    {"ip.ttl!=0x50/0xf0", UDP_FRAME, "match"},
    {"ip.ttl=any", UDP_FRAME, "match"},
    {"ip.ttl=none", UDP_FRAME, "miss"},
    {"ip.ttl=60.. ip.ttl!=64", UDP_FRAME, "miss"},
    {"ip.ttl=60.. ip.ttl!=65", UDP_FRAME, "match"},
    /* a packet that lacks the field */
    {"ip.ttl=64", V6_FRAME, "miss"},
    {"ip.ttl!=64", V6_FRAME, "miss"},
    {"ip.ttl=any", V6_FRAME, "miss"},
    {"ip.ttl=none", V6_FRAME, "match"},
    {"vlan.id!=5", SYN_FRAME, "miss"},
    {"vlan.id=none", SYN_FRAME, "match"},
    {"vlan.id=any", SYN_FRAME, "miss"},
    {"udp.payload!=00", V6_FRAME, "miss"},
    {"udp.payload=none", V6_FRAME, "match"},
    {"frame@200:2!=0000", UDP_FRAME, "miss"},
    {"frame@200:2=none", UDP_FRAME, "match"},
    {"frame@48:2=any", UDP_FRAME, "match"},
    /* words and letters */
    {"ip.proto=udp", UDP_FRAME, "match"},
    {"ip.proto=tcp,udp", UDP_FRAME, "match"},
    {"ip.proto!=tcp", UDP_FRAME, "match"},
    {"eth.type=vlan", UDP_FRAME, "match"},
    {"vlan.etype=ipv4", UDP_FRAME, "match"},
    {"eth.type=0x8100", UDP_FRAME, "match"},
    {"tcp.flags=S", SYN_FRAME, "match"},
    {"tcp.flags=SA", SYN_FRAME, "miss"},
    {"tcp.flags=0x02/0x3f", SYN_FRAME, "match"},
    {"tcp.flags=S/0x12", SYN_FRAME, "match"},
    {"ip.dscp=cs0", SYN_FRAME, "match"},
    {"ip.flags.df=0", SYN_FRAME, "match"},
    /* MAC addresses */
    {"eth.dst=ff:ff:ff:ff:ff:ff", SYN_FRAME, "match"},
    {"eth.dst=broadcast", SYN_FRAME, "match"},
    {"eth.dst=multicast", SYN_FRAME, "match"},
    {"eth.src=multicast", SYN_FRAME, "miss"},
    {"eth.src!=multicast", SYN_FRAME, "match"},
    {"eth.src=02:00:00:00:00:01", SYN_FRAME, "match"},
    {"eth.src=02-00-00-00-00-01", SYN_FRAME, "match"},
    {"eth.src=0200.0000.0001", SYN_FRAME, "match"},
    {"eth.src=02:00:00:00:00:00/40", SYN_FRAME, "match"},
    {"eth.src=02:00:00:00:01:00/40", SYN_FRAME, "miss"},
    {"eth.src=00:00:00:00:00:01/00:00:00:00:00:ff", SYN_FRAME, "match"},
    {"eth.src=02:00:00:00:00:00..02:00:00:00:00:0f", SYN_FRAME, "match"},
    {"eth.src=02:00:00:00:00:02,02:00:00:00:00:01", SYN_FRAME, "match"},
    {"eth.addr=02:00:00:00:00:01", SYN_FRAME, "match"},
    {"eth.addr=broadcast", SYN_FRAME, "match"},
    {"eth.addr!=broadcast", SYN_FRAME, "miss"},
    {"eth.addr!=02:00:00:00:00:02", SYN_FRAME, "match"},
    /* addresses */
    {"ip.src=10.0.0.1", SYN_FRAME, "match"},
    {"ip.src=10.0.0.0/8", SYN_FRAME, "match"},
    {"ip.src=11.0.0.0/8", SYN_FRAME, "miss"},
    {"ip.src=0.0.0.0/0", SYN_FRAME, "match"},
    {"ip.src=0.0.0.0/0", V6_FRAME, "miss"},
    {"ip.src=10.0.0.0..10.0.0.9", SYN_FRAME, "match"},
    {"ip.src=10.0.0.2..", SYN_FRAME, "miss"},
    {"ip.src=10.0.0.1..", SYN_FRAME, "match"},
    {"ip.src=..10.0.0.1", SYN_FRAME, "match"},
    {"ip.src=..10.0.0.0", SYN_FRAME, "miss"},
    {"ip.src=1.1.1.1,10.0.0.1", SYN_FRAME, "match"},
    {"ip.src!=10.0.0.0/8", SYN_FRAME, "miss"},
    {"ip.src!=255.255.255.255", SYN_FRAME, "match"},
    {"ip.addr=10.0.0.2", SYN_FRAME, "match"},
    {"ip.addr!=10.0.0.2", SYN_FRAME, "miss"},
    {"ipv6.src=2001:db8::1", V6_FRAME, "match"},
    {"ipv6.src=2001:db8::/32", V6_FRAME, "match"},
    {"ipv6.src=2001:db8::1:0/112", V6_FRAME, "miss"},
    {"ipv6.src=2001:db8::..2001:db8::ff", V6_FRAME, "match"},
    {"ipv6.src=2001:db8::2..", V6_FRAME, "miss"},
    {"ipv6.src=..2001:db8::1", V6_FRAME, "match"},
    {"ipv6.src=::ffff:10.0.0.1,2001:db8::1", V6_FRAME, "match"},
    {"ipv6.src!=2001:db8::1", V6_FRAME, "miss"},
    {"ip6.dst=2001:db8::2", V6_FRAME, "match"},
    {"tcp.port=80", SYN_FRAME, "match"},
    {"tcp.port=5000", SYN_FRAME, "match"},
    {"tcp.port!=5000", SYN_FRAME, "miss"},
    {"udp.port=80", SYN_FRAME, "miss"},
    /* bytes */
    {"udp.payload=47", UDP_FRAME, "match"},
    {"udp.payload=47455420", UDP_FRAME, "match"},
    {"udp.payload=47455420$", UDP_FRAME, "match"},
    {"udp.payload=474554$", UDP_FRAME, "miss"},
    {"udp.payload=4745542000", UDP_FRAME, "miss"},
    {"udp.payload=4*45", UDP_FRAME, "match"},
    {"udp.payload=*845", UDP_FRAME, "miss"},
    {"udp.payload=********$", UDP_FRAME, "match"},
    {"udp.payload=******$", UDP_FRAME, "miss"},
    {"udp.payload='GET'", UDP_FRAME, "match"},
    {"udp.payload='GET~'$", UDP_FRAME, "match"},
    {"udp.payload='GET'$", UDP_FRAME, "miss"},
    {"udp.payload='P,T','GET'", UDP_FRAME, "match"},
    {"udp.payload='$'", UDP_FRAME, "miss"},
    {"udp.payload=00,47", UDP_FRAME, "match"},
    {"udp.payload!=00,48", UDP_FRAME, "match"},
    {"udp.payload!=00,47", UDP_FRAME, "miss"},
    {"udp.payload=any", UDP_FRAME, "match"},
    {"payload='GET'", UDP_FRAME, "match"},
    {"frame@12:2=8100", UDP_FRAME, "match"},
    {"frame@12:2=8100$", UDP_FRAME, "match"},
    {"frame@12:4=81:00:a0:66", UDP_FRAME, "match"},
    {"frame@12:2!=0800", UDP_FRAME, "match"},
    {"frame@12:2=0800,8100", UDP_FRAME, "match"},
    {"ip@8:1=40", UDP_FRAME, "match"},
    {"udp@0:2=0035", UDP_FRAME, "match"},
    {"frame@46:4='GET~'", UDP_FRAME, "match"},
    /* stacks: bare identifiers mean any of them, the rest the outermost */
    {"vlan.id=100", STACK_FRAME, "match"},
    {"vlan.id=200", STACK_FRAME, "match"},
    {"vlan.id=300", STACK_FRAME, "match"},
    {"vlan.id=301", STACK_FRAME, "miss"},
    {"vlan.id!=300", STACK_FRAME, "miss"},
    {"vlan.id!=301", STACK_FRAME, "match"},
    {"vlan.id=250..350", STACK_FRAME, "match"},
    {"vlan.id=1,300", STACK_FRAME, "match"},
    {"vlan.id#1=100", STACK_FRAME, "match"},
    {"vlan.id#2=200", STACK_FRAME, "match"},
    {"vlan.id#2=100", STACK_FRAME, "miss"},
    {"vlan.id#2!=100", STACK_FRAME, "match"},
    {"vlan.id#4=none", STACK_FRAME, "match"},
    {"vlan.id#3=none", STACK_FRAME, "miss"},
    {"vlan.id#4!=5", STACK_FRAME, "miss"},
    {"vlan.tpid=0x88a8", STACK_FRAME, "match"},
    {"vlan.tpid#2=0x8100", STACK_FRAME, "match"},
    {"vlan.count=3", STACK_FRAME, "match"},
    {"vlan.count=0", SYN_FRAME, "match"},
    {"mpls.label=100", STACK_FRAME, "match"},
    {"mpls.label=200", STACK_FRAME, "match"},
    {"mpls.label!=200", STACK_FRAME, "miss"},
    {"mpls.label#2=200", STACK_FRAME, "match"},
    {"mpls.ttl=64", STACK_FRAME, "match"},
    {"mpls.ttl=127", STACK_FRAME, "miss"},
    {"mpls.ttl#2=127", STACK_FRAME, "match"},
    /* tunnels */
    {"ip.src=10.0.0.1 inner.ip.src=11.0.0.1", TUNNEL_FRAME, "match"},
    {"ip.src=11.0.0.1", TUNNEL_FRAME, "miss"},
    {"ip.src#2=11.0.0.1", TUNNEL_FRAME, "match"},
    {"inner.ip.src!=10.0.0.1", TUNNEL_FRAME, "match"},
    {"inner.ip.src=10.0.0.1", TUNNEL_FRAME, "miss"},
    {"inner.ip.ttl=63 ip.ttl=64", TUNNEL_FRAME, "match"},
    {"inner.eth.src=02:00:00:00:00:0a", TUNNEL_FRAME, "match"},
    {"inner.inner.ip.src=none", TUNNEL_FRAME, "match"},
    {"inner.udp.dstport=1024", TUNNEL_FRAME, "match"},
    {"udp.dstport=1024", TUNNEL_FRAME, "miss"},
    {"inner.ip.src=any", SYN_FRAME, "miss"},
    {"inner.ip.src!=1.1.1.1", SYN_FRAME, "miss"},
    {"vxlan.vni=7", TUNNEL_FRAME, "match"},
    /* what looks like a header and is none: in a later fragment, behind the end of the packet */
    {"udp.srcport=258", LATER_FRAGMENT, "miss"},
    {"udp.srcport!=258", LATER_FRAGMENT, "miss"},
    {"udp.srcport=none", LATER_FRAGMENT, "match"},
    {"udp.payload=any", LATER_FRAGMENT, "miss"},
    {"ip.frag_offset=3 payload=0102030405060708$", LATER_FRAGMENT, "match"},
    {"udp.dstport=1024", SHORT_OF_PORTS, "miss"},
    {"udp.srcport=53", SHORT_OF_PORTS, "miss"},
    {"udp.length!=9", SHORT_OF_PORTS, "miss"},
    {"udp.length=none", SHORT_OF_PORTS, "match"},
    {"ip.ttl=64", SHORT_OF_PORTS, "match"},
    /* several at once: all of them */
    {"ip.ttl=64 ip.src=10.0.0.1 tcp.flags=S", SYN_FRAME, "match"},
    {"ip.ttl=64 ip.src=10.0.0.2 tcp.flags=S", SYN_FRAME, "miss"},
    {"frame.len=54", SYN_FRAME, "match"},
    {"frame.len!=54", SYN_FRAME, "miss"},
};

START_TEST(forms_mean_what_they_say)
{
    for (size_t i = 0; i < COUNT(forms); i++) {
        const struct aptrace_packet *packet = packet_hex(forms[i].hex);
        const char *outcome = packets_asked(forms[i].words, packet);
        ck_assert_msg(strcmp(outcome, forms[i].outcome) == 0, "%s of %s: expected %s, got %s", forms[i].words, forms[i].hex,
                      forms[i].outcome, outcome);
    }
}
END_TEST

/* ---- Refused --------------------------------------------------------------------------------------------------------------- */

START_TEST(values_that_are_none)
{
    REFUSE("ip.ttl=", "ip.ttl", "ip.ttl=VALUE");
    REFUSE("ip.ttl=256", "255");
    REFUSE("ip.ttl=-1", "negative");
    REFUSE("ip.ttl=64~", "behind the number");
    REFUSE("ip.ttl=64,", "missing");
    REFUSE("ip.ttl=64,,65", "missing");
    REFUSE("ip.ttl=..", "range without an end");
    REFUSE("ip.ttl=70..60", "low above its high");
    REFUSE("ip.ttl=64-65", "behind the number");
    REFUSE("ip.ttl=any,5", "stands alone");
    REFUSE("ip.ttl!=any", "ip.ttl=none");
    REFUSE("ip.ttl!=none", "ip.ttl=any");
    REFUSE("ip.ttl=ANY", "is no number");
    REFUSE("ip.ttl=0x41/0xf0", "outside its mask");
    REFUSE("ip.ttl=1..2/3", "one of them");
    REFUSE("ip.proto=TCP", "is no number");
    REFUSE("tcp.flags=SX", "is no number");
    REFUSE("vlan.id=4096", "4095");
    REFUSE("ip.flags.df=2", "above 1");
    REFUSE("eth.dst=00:11:22:33:44", "six bytes");
    REFUSE("eth.dst=any,broadcast", "stands alone");
    REFUSE("ip.src=10.0.0.1/24", "bits behind");
    REFUSE("ip.src=10.0.0", "no address");
    REFUSE("ip.src=10.0.0.*", "no address");
    REFUSE("ip.src=10.0.0.1..10.0.0.0", "low above");
    REFUSE("ip.src=2001:db8::1", "of IPv4", "this address is not");
    REFUSE("ip.src=10.0.0.1,2001:db8::1", "of IPv4");
    REFUSE("ipv6.src=10.0.0.1", "of IPv6");
    REFUSE("udp.payload=", "VALUE");
    REFUSE("udp.payload=$", "VALUE");
    REFUSE("udp.payload=474", "whole number of bytes");
    REFUSE("udp.payload=GET", "'text'");
    REFUSE("udp.payload='GET", "quotes");
    REFUSE("udp.payload=''", "quotes");
    REFUSE("udp.payload='it's,x'", "quotes");
    REFUSE("udp.payload=47,", "VALUE");
    REFUSE("udp.payload!=any", "write the other");
    REFUSE("frame@12:2=080045", "2 bytes", "3");
    REFUSE("frame@12=0800", "LAYER@OFFSET:LENGTH");
    REFUSE("frame@12:0=", "LAYER@OFFSET:LENGTH");
    REFUSE("ip.tll=64", "ip.ttl");
    REFUSE("tcp.seq=1", "tcp.seq_raw");
    REFUSE("vlan.id#0=1", "#N");
    REFUSE("ip.ttl=64 ip.ttl=65", "given twice");
    REFUSE("ip.src=10.0.0.1 ipv4.src=10.0.0.2", "given twice");
}
END_TEST

/* A list is read item by item: one of the other family hides behind no other. */
START_TEST(families_do_not_mix)
{
    REFUSE("ipv6.src=2001:db8::1,10.0.0.1", "of IPv6");
    REFUSE("ipv6.src=10.0.0.1,2001:db8::1", "of IPv6");
    REFUSE("ipv6.src=..10.0.0.1", "of IPv6");
    REFUSE("ipv6.src=10.0.0.1..", "of IPv6");
    REFUSE("ipv6.src=10.0.0.0/8", "of IPv6");
    REFUSE("arp.src.proto_ipv4=::1", "of IPv4");
}
END_TEST

/* What no packet could be, or every packet would: a mistake in typing. */
START_TEST(conditions_that_say_nothing)
{
    REFUSE("vlan.priority=0/8", "mask", "3 bits");
    REFUSE("ip.ttl=0x40/0x1c0", "mask", "8 bits");
    REFUSE("ip.ttl=0/0", "any packet");
    REFUSE("eth.src=00:00:00:00:00:00/0", "any packet");
    REFUSE("eth.src=00:00:00:00:00:00/00:00:00:00:00:00", "any packet");
    REFUSE("ip.ttl!=0..255", "no packet");
    REFUSE("ip.ttl!=0..", "no packet");
    REFUSE("ip.ttl!=..127,128..", "no packet");
    REFUSE("ip.flags.df!=0,1", "no packet");
    REFUSE("ip.src!=0.0.0.0/0", "no packet");
    REFUSE("ip.src!=0.0.0.0..255.255.255.255", "no packet");
    REFUSE("ipv6.src!=::/0", "no packet");
    REFUSE("ipv6.src!=::..", "no packet");
    REFUSE("eth.src!=00:00:00:00:00:00..", "no packet");
    REFUSE("udp.payload=**", "compares nothing");
    REFUSE("udp.payload!=****", "compares nothing");
    REFUSE("udp.payload=47,**", "compares nothing");
    REFUSE("frame@12:2=****", "compares nothing");
    REFUSE("frame@12:2=****$", "compares nothing");
    REFUSE("frame@12:2=08$", "2 bytes", "1");
    REFUSE("eth.type=800", "0x0600");
    REFUSE("eth.type!=800", "0x0600");
    REFUSE("eth.type=0x0800,806", "0x0600");
    REFUSE("eth.len=0x0800", "eth.type");
    REFUSE("ip.version=6", "ipv6");
    REFUSE("ip.version!=4", "no packet");
    REFUSE("ip.hdr_len=5", "in bytes");
    REFUSE("ip.hdr_len!=5", "in bytes");
    REFUSE("vlan.tpid=8100", "0x8100");
    REFUSE("ip.ttl=none ip.ttl!=64", "no packet");
    REFUSE("ip.ttl!=64 ip.ttl=none", "no packet");
    REFUSE("ip.ttl=64 ip.ttl!=64", "no packet");
    ASKED("ip.ttl=0..255", packet_hex(UDP_FRAME), "match");
    ASKED("ip.ttl!=0..63,65..255", packet_hex(UDP_FRAME), "match");
    ASKED("ip.hdr_len=20", packet_hex(UDP_FRAME), "match");
    ASKED("ip.version=4", packet_hex(UDP_FRAME), "match");
    ASKED("eth.type=0x0000/0x0080", packet_hex(UDP_FRAME), "match");
}
END_TEST

/* Two identifiers of a stack are asked for by their places: a list would mean one of them. */
START_TEST(twice_in_a_stack)
{
    REFUSE("vlan.id=100 vlan.id=200", "given twice", "vlan.id#1=A vlan.id#2=B");
    REFUSE("ip.ttl=100 ip.ttl=200", "ip.ttl=A,B");
    REFUSE("ip.ttl!=100 ip.ttl!=200", "ip.ttl!=A,B");
    ASKED("vlan.id#1=100 vlan.id#2=200", packet_hex(STACK_FRAME), "match");
}
END_TEST

START_TEST(as_many_conditions_as_bits)
{
    char words[8192] = "";
    for (unsigned i = 0; i < WANTED_CONDITIONS_MAX; i++)
        sprintf(words + strlen(words), "frame@%u:1=any ", i);
    struct packet_bytes made = packet_read("00");
    packet_pad(&made, 100, 7);
    ASKED(words, packet_show(&made), "match");
    strcat(words, "frame@99:1=08");
    REFUSE(words, "more than 63 fields");
}
END_TEST

START_TEST(keys_are_rewritten)
{
    struct arena arena = {0};
    struct error error = {""};
    struct aptrace_wanted *wanted = wanted_new(APTRACE_WANTED_PACKET, &arena);
    struct parameter_given given[] = {{"ip6.dst", "2001:db8::1", false}, {"inner.ipv4.tos", "0", true},
        {"packet", "ffff", false}, {"ignore", "ip.tos,eth@2:1", false}};
    for (size_t i = 0; i < COUNT(given); i++)
        ck_assert_msg(wanted_read(wanted, &given[i], &error) == 0, "%s", error.text);
    ck_assert_str_eq(given[0].key, "ipv6.dst");
    ck_assert_str_eq(given[1].key, "inner.ip.dsfield");
    ck_assert(given[1].negated);
    ck_assert_str_eq(given[2].text, "ffff");
    ck_assert_str_eq(given[3].text, "ip.dsfield,eth@2:1");
    arena_fini(&arena);
}
END_TEST

START_TEST(keys_of_each_form)
{
    ck_assert(wanted_takes(APTRACE_WANTED_PACKET, "packet"));
    ck_assert(wanted_takes(APTRACE_WANTED_PACKET, "mask"));
    ck_assert(wanted_takes(APTRACE_WANTED_PACKET, "ip.ttl"));
    ck_assert(wanted_takes(APTRACE_WANTED_PACKET, "ip.no_such"));
    ck_assert(!wanted_takes(APTRACE_WANTED_PACKET, "packets"));
    ck_assert(!wanted_takes(APTRACE_WANTED_PACKET, "within"));
    ck_assert(wanted_takes(APTRACE_WANTED_LIST, "packets"));
    ck_assert(wanted_takes(APTRACE_WANTED_LIST, "length"));
    ck_assert(!wanted_takes(APTRACE_WANTED_LIST, "packet"));
    ck_assert(!wanted_takes(APTRACE_WANTED_LIST, "mask"));
    ck_assert(wanted_takes(APTRACE_WANTED_SAME, "ignore"));
    ck_assert(wanted_takes(APTRACE_WANTED_SAME, "pad"));
    ck_assert(wanted_takes(APTRACE_WANTED_SAME, "eth.dst"));
    ck_assert(!wanted_takes(APTRACE_WANTED_SAME, "packet"));
    ck_assert(!wanted_takes(APTRACE_WANTED_SAME, "length"));
}
END_TEST

/* ---- Cut packets ----------------------------------------------------------------------------------------------------------- */

static const struct { const char *words; unsigned capture; const char *outcome; } cuts[] = {
    {"ip.ttl=64", 23, "match"}, {"ip.ttl=64", 22, "unknown"}, {"ip.ttl!=64", 22, "unknown"}, {"ip.ttl=none", 14, "unknown"},
    {"ip.ttl=any", 12, "unknown"}, {"ip.ttl=none", 13, "unknown"}, {"arp.opcode=1", 14, "miss"}, {"arp.opcode!=1", 14, "miss"},
    {"vlan.id=5", 13, "unknown"}, {"vlan.id=5", 14, "miss"}, {"vlan.id=5", 18, "miss"}, {"vlan.id!=5", 12, "unknown"},
    {"ip.src=10.0.0.1 tcp.flags=A", 40, "unknown"}, {"ip.src=10.0.0.2 tcp.flags=S", 40, "miss"},
    {"tcp.srcport=80", 36, "unknown"}, {"tcp.srcport=80", 38, "match"}, {"udp.srcport=80", 34, "miss"},
    {"tcp.payload=4745", 56, "match"}, {"tcp.payload=4745", 55, "unknown"}, {"tcp.payload=4845", 55, "miss"},
    {"tcp.payload=4745$", 56, "unknown"}, {"tcp.payload=4745$", 57, "miss"}, {"tcp.payload!=4745", 55, "unknown"},
    {"tcp.payload!=4845", 55, "match"}, {"tcp.payload=47455420$", 58, "match"}, {"frame.len=58", 1, "match"},
    {"frame@57:1=20", 57, "unknown"}, {"frame@57:2=20", 57, "miss"}, {"frame@58:1=none", 10, "match"},
    {"tcp.payload=00,4745", 55, "unknown"}, {"inner.ip.src=1.1.1.1", 40, "unknown"}, {"inner.ip.src=1.1.1.1", 58, "miss"},
};

START_TEST(cut_packets_are_not_guessed_at)
{
    struct packet_bytes made = packet_read(MAC_TO_1 "0800 " IPV4("002c", "06") TCP_SYN("0050 1388 ") "47455420");
    for (size_t i = 0; i < COUNT(cuts); i++) {
        const char *outcome = packets_asked(cuts[i].words, packet_cut(&made, cuts[i].capture));
        ck_assert_msg(strcmp(outcome, cuts[i].outcome) == 0, "%s of %u bytes: expected %s, got %s", cuts[i].words,
                      cuts[i].capture, cuts[i].outcome, outcome);
    }
}
END_TEST

/* The payload is that of the innermost layers, which were not all captured. */
START_TEST(payload_behind_a_cut_tunnel)
{
    struct packet_bytes made = packet_read(MAC_TO_1 "0800 " IPV4("003a", "11") UDP("c000 17c1 ", "0026")
                                           "02006558 00000700 0102800101020304 " MAC_TO_1 "9000");
    ASKED("payload=none", packet_show(&made), "match");
    ASKED("payload=0200", packet_show(&made), "miss");
    ASKED("payload=none", packet_cut(&made, 45), "unknown");
    ASKED("payload=0200", packet_cut(&made, 45), "unknown");
    ASKED("payload!=0300", packet_cut(&made, 60), "unknown");
    ASKED("udp.payload=0200", packet_cut(&made, 45), "match");
}
END_TEST

/* ---- Any condition, any packet --------------------------------------------------------------------------------------------- */

enum { WORDS_MAX = 400 };

/* A number of the field as its users write it; where a packet has it often that of the packet, or near it. */
static void add_number(char *word, const struct aptrace_field *field, const struct field_value *value)
{
    struct text text = {0};
    uint64_t number[2] = {value->number[0], value->number[1]};
    unsigned bits = field->row->bits;
    if (packets_random() % 3 == 0)
        number[1] ^= UINT64_C(1) << packets_random() % (bits > 64 ? 64 : bits);
    if (field->row->kind == FIELD_NUMBER || field->row->kind == FIELD_FLAG)
        text_add(&text, "%llu", (unsigned long long)number[1]);
    else
        field_add_number(&text, field, number);
    strcat(word, text_bytes(&text));
    text_fini(&text);
}

static uint64_t bits_of(const struct aptrace_field *field)
{
    return UINT64_MAX >> (64 - field->row->bits);
}

static void add_numbers(char *word, const struct aptrace_field *field, const struct field_value *value)
{
    unsigned form = packets_random() % 6;
    if (form == 1)
        strcat(word, "..");
    add_number(word, field, value);
    if (form == 2)
        strcat(word, "..");
    if (form == 3) {
        strcat(word, ",");
        add_number(word, field, value);
    }
    if (form == 4) {
        strcat(word, "..");
        add_number(word, field, value);
    }
    if (form == 5 && field->row->kind == FIELD_NUMBER)
        sprintf(word + strlen(word), "/0x%llx", (unsigned long long)(bits_of(field) & (packets_random() | value->number[1])));
    if (form == 5 && field->row->kind == FIELD_IPV4)
        strcat(word, "/32");
}

static void add_bytes(char *word, const struct field_value *value)
{
    size_t length = value->length ? 1 + packets_random() % (value->length < 8 ? value->length : 8) : 1;
    for (size_t i = 0; i < length; i++) {
        unsigned byte = i < value->length && packets_random() % 8 ? value->bytes[i] : packets_random() % 256;
        bool star = length > 1 && packets_random() % 8 == 0;
        sprintf(word + strlen(word), star ? "*%01x" : "%02x", star ? byte & 15 : byte);
    }
    strcat(word, packets_random() % 4 ? "" : "$");
}

static void add_name(char *word, const struct field_row *row)
{
    for (unsigned i = packets_random() % 6; i > 4; i--)
        strcat(word, "inner.");
    if (packets_random() % 8 == 0)
        sprintf(word + strlen(word), "%s@%u:%u", field_layer_name((enum field_layer)row->layer), packets_random() % 20,
                1 + packets_random() % 4);
    else
        strcat(word, row->name);
    if (!strchr(word, '@') && row->layer != FIELD_FRAME && packets_random() % 6 == 0)
        sprintf(word + strlen(word), "#%u", 1 + packets_random() % 3);
}

/* One condition for a packet; it may be refused. */
static void make_condition(char *word, const struct aptrace_packet *packet)
{
    struct arena arena = {0};
    struct aptrace_field field;
    struct field_value value = {0};
    struct error error;
    word[0] = '\0';
    add_name(word, &field_rows[packets_random() % field_row_count]);
    bool found = field_find(word, &field, &arena, &error) == 0;
    unsigned how = packets_random() % 12;
    strcat(word, packets_random() % 3 == 0 && how > 1 ? "!=" : "=");
    if (how <= 1 || !found) {
        strcat(word, how ? "any" : "none");
    } else {
        field_read(&field, packet, 0, &value);
        if (field_kind_of(&field) == FIELD_BYTES)
            add_bytes(word, &value);
        else
            add_numbers(word, &field, &value);
    }
    arena_fini(&arena);
}

static enum wanted_outcome ask(const struct aptrace_wanted *wanted, const struct aptrace_packet *packet)
{
    return wanted_match(wanted, 0, packet, APTRACE_WANTED_ANY);
}

static enum wanted_outcome ask_slowly(struct aptrace_wanted *wanted, const struct aptrace_packet *packet)
{
    struct wanted_quick kept[4];
    for (size_t i = 0; i < wanted->condition_count; i++) {
        kept[i] = wanted->conditions[i].quick;
        wanted->conditions[i].quick = (struct wanted_quick){0};
    }
    enum wanted_outcome outcome = ask(wanted, packet);
    for (size_t i = 0; i < wanted->condition_count; i++)
        wanted->conditions[i].quick = kept[i];
    return outcome;
}

/* For messages. */
static const char *hex_of(const struct packet_bytes *made)
{
    static char hex[2 * PACKET_LONGEST + 1];
    for (size_t i = 0; i < made->length; i++)
        sprintf(hex + 2 * i, "%02x", made->bytes[i]);
    return hex;
}

static unsigned tally[3]; /* so that the test knows that it asked for all */

/* At each cut the two ways agree, and what is told of the cut packet is true of the whole one. */
static void ask_everywhere(const char *words, struct aptrace_wanted *wanted, const struct packet_bytes *made)
{
    enum wanted_outcome whole = ask(wanted, packet_show(made));
    bool captured = strstr(words, "frame.cap_len") != NULL;
    tally[whole]++;
    for (size_t capture = 0; capture <= made->length; capture += 1 + packets_random() % 3) {
        const struct aptrace_packet *packet = packet_cut(made, capture);
        enum wanted_outcome quick = ask(wanted, packet), slow = ask_slowly(wanted, packet), again = ask(wanted, packet);
        ck_assert_msg(quick == slow && quick == again, "%s, first %zu of %s: quickly %s, slowly %s, again %s", words, capture,
                      hex_of(made), packets_outcome(quick), packets_outcome(slow), packets_outcome(again));
        ck_assert_msg(captured || quick == WANTED_UNKNOWN || quick == whole, "%s, first %zu of %s: %s, but the whole is %s",
                      words, capture, hex_of(made), packets_outcome(quick), packets_outcome(whole));
    }
}

static void damage(struct packet_bytes *made)
{
    for (unsigned changes = packets_random() % 4; changes > 1 && made->length > 0; changes--)
        made->bytes[packets_random() % made->length] = (uint8_t)packets_random();
}

/* One to three conditions made for one packet, asked of that and of another. */
static void ask_any(const struct packet_bytes *made, const struct packet_bytes *other)
{
    char words[3 * WORDS_MAX] = "";
    for (unsigned count = 1 + packets_random() % 3; count > 0; count--) {
        char word[WORDS_MAX];
        make_condition(word, packet_show(made));
        strcat(words, word);
        strcat(words, " ");
    }
    struct aptrace_wanted *wanted;
    struct error error;
    if (!packets_try(APTRACE_WANTED_PACKET, words, &wanted, &error))
        return;
    ask_everywhere(words, wanted, made);
    ask_everywhere(words, wanted, other);
}

START_TEST(quick_and_general_agree)
{
    size_t trace_count;
    const struct packet_bytes *traced = packets_of_traces(&trace_count);
    for (unsigned i = 0; i < 4000; i++) {
        struct packet_bytes made = packet_read(packet_samples[packets_random() % packet_sample_count]);
        struct packet_bytes other = traced[packets_random() % trace_count];
        damage(&made);
        ask_any(&made, &other);
        if (i % 3 == 0)
            ask_any(&other, &made);
    }
    ck_assert_uint_gt(tally[WANTED_MATCH], 500);
    ck_assert_uint_gt(tally[WANTED_MISS], 500);
}
END_TEST

/* Tags beyond what layers count: more may be there, and the bare name means any. */
START_TEST(endless_stack)
{
    struct packet_bytes made = packet_read(MAC_TO_1);
    for (unsigned i = 0; i < 300; i++) {
        uint8_t tag[4] = {0x81, 0, (uint8_t)(i >> 8), (uint8_t)i};
        memcpy(made.bytes + made.length, tag, 4);
        made.length += 4;
    }
    packet_pad(&made, made.length + 20, 0);
    ASKED("vlan.id=5", packet_show(&made), "match");
    ASKED("vlan.id=254", packet_show(&made), "match");
    ASKED("vlan.id=299", packet_show(&made), "unknown");
    ASKED("vlan.id!=299", packet_show(&made), "unknown");
    ASKED("vlan.id!=5", packet_show(&made), "miss");
}
END_TEST

Suite *wanted_suite(void)
{
    Suite *suite = suite_create("wanted");
    TCase *all = tcase_create("wanted");
    tcase_add_checked_fixture(all, packets_begin, packets_end);
    tcase_set_timeout(all, 120);
    tcase_add_test(all, forms_mean_what_they_say);
    tcase_add_test(all, values_that_are_none);
    tcase_add_test(all, families_do_not_mix);
    tcase_add_test(all, conditions_that_say_nothing);
    tcase_add_test(all, twice_in_a_stack);
    tcase_add_test(all, as_many_conditions_as_bits);
    tcase_add_test(all, keys_are_rewritten);
    tcase_add_test(all, keys_of_each_form);
    tcase_add_test(all, cut_packets_are_not_guessed_at);
    tcase_add_test(all, payload_behind_a_cut_tunnel);
    tcase_add_test(all, quick_and_general_agree);
    tcase_add_test(all, endless_stack);
    suite_add_tcase(suite, all);
    return suite;
}
