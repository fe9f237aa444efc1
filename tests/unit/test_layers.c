/* SPDX-License-Identifier: MIT */
/* The decoder of headers, against frames written by hand from the formats' own documents.
 *
 * Each frame stands in hexadecimal beside one line that says what is to be found in it. Every one is then cut at each of its
 * lengths, in memory of exactly that size, so that a read beyond it is caught by the address sanitiser; once as a short capture,
 * where all that is found must be what the whole frame has, or absent and marked as cut; and once as a short frame. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"

#include "core/layers.h"
#include "core/layers_decode.h"

#define MAC "ffffffffffff 020000000001 "
#define IP4(TOTAL, PROTOCOL) "4500" TOTAL "00000000 40" PROTOCOL "0000 0a000001 0a000002 "
#define IP6(LENGTH, NEXT) "60000000" LENGTH NEXT "40 20010db8000000000000000000000001 20010db8000000000000000000000002 "
#define UDP(PORTS, LENGTH) PORTS LENGTH "0000 "
#define TCP(PORTS) PORTS "00000001 00000000 5002 2000 0000 0000 "
#define DNS "0035 0400 "
#define PADDING "000000000000000000000000 "

struct frame {
    unsigned link_type;
    const char *hex, *want;
};

/* Offsets in the wanted line: eth and net of stage 1, t and pay of stage 2, end: where its own length ends it. */
static const struct frame frames[] = {
    /* Ethernet and tags */
    {1, MAC "0800 " IP4("0020", "11") UDP(DNS, "000c") "01020304" PADDING,
     "eth@0 type=0800 net@14 | v4 p17 t@34 53>1024 pay@42 end@46"},
    {1, MAC "8100 0066 0800 " IP4("0020", "11") UDP(DNS, "000c") "01020304" PADDING,
     "eth@0 tags@14:102 type=0800 net@18 | v4 p17 t@38 53>1024 pay@46 end@50"},
    {1, MAC "88a8 0064 8100 e0c8 86dd " IP6("0008", "11") UDP(DNS, "0008"),
     "eth@0 tags@14:100,200 type=86dd net@22 | v6 p17 t@62 53>1024 pay@70 end@70"},
    {1, MAC "8100 0000 0806 0001 0800 0604 0001 020000000001 0a000001 000000000000 0a000002" PADDING,
     "eth@0 tags@14:0 type=0806 net@18 | pay@46 end@46"},
    {1, MAC "8035 0001 0800 0604 0003 020000000001 00000000 020000000001 00000000" PADDING,
     "eth@0 type=8035 net@14 | pay@42 end@42"},
    {1, MAC "9100 0001 9100 0002 88a8 0003 0800 " IP4("0014", "fd"),
     "eth@0 tags@14:1,2,3 type=0800 net@26 | v4 p253 pay@46 end@46"},
    {1, MAC "88a8 0001 88a8 0002 88a8 0003 8100 0fff 88cc 0207", "eth@0 tags@14:1,2,3,4095 type=88cc net@30 | pay@30"},
    {1, MAC "88cc 0207 04", "eth@0 type=88cc net@14 | pay@14"},
    {1, MAC "8100 0005 88cc 0207 04", "eth@0 tags@14:5 type=88cc net@18 | pay@18"},
    {1, MAC "6002 0102030405060708", "eth@0 type=6002 net@14 | pay@14"},
    /* LLC */
    {1, MAC "0026 424203 0000 0000 00", "eth@0 net@14 | pay@14"},
    {1, MAC "001c aaaa03 000000 0800 " IP4("0014", "59"), "eth@0 type=0800 net@22 | v4 p89 pay@42 end@42"},
    {1, MAC "8100 0007 001c aaaa03 000000 0806 0001 0800 0604 0001 020000000001 0a000001 000000000000 0a000002",
     "eth@0 tags@14:7 type=0806 net@26 | pay@54 end@54"},
    {1, MAC "0020 aaaa03 00000c 2000 0001 0203", "eth@0 net@14 | pay@14"},
    {1, MAC "0003 e0e003", "eth@0 net@14 | pay@14"},
    {1, MAC "05ff 424203 00", "eth@0 net@14 | pay@14"},
    /* MPLS */
    {1, MAC "8847 00010140 " IP4("001c", "11") UDP(DNS, "0008"),
     "eth@0 mpls@14*1 type=8847 net@18 | v4 p17 t@38 53>1024 pay@46 end@46"},
    {1, MAC "8100 0009 8848 00010040 00020040 00003140 " IP6("0014", "06") TCP(DNS),
     "eth@0 tags@14:9 mpls@18*3 type=8848 net@30 | v6 p6 t@70 53>1024 pay@90 end@90"},
    {1, MAC "8847 00010140 00000000 020000000002 020000000003 0800", "eth@0 mpls@14*1 type=8847 net@18 | pay@18"},
    {1, MAC "8847 00010040 00020040", "eth@0 mpls@14*2 type=8847 |"},
    /* PPPoE */
    {1, MAC "8864 1100 0001 001e 0021 " IP4("001c", "11") UDP(DNS, "0008"),
     "eth@0 type=8864 net@22 | v4 p17 t@42 53>1024 pay@50 end@50"},
    {1, MAC "8864 1100 0001 001d 21 " IP4("001c", "11") UDP(DNS, "0008"),
     "eth@0 type=8864 net@21 | v4 p17 t@41 53>1024 pay@49 end@49"},
    {1, MAC "8864 1100 0001 0006 c021 0101 0004", "eth@0 type=8864 net@14 | pay@14"},
    {1, MAC "8863 1109 0000 0000", "eth@0 type=8863 net@14 | pay@14"},
    /* IPv4 */
    {1, MAC "0800 4600 0020 00000000 4011 0000 0a000001 0a000002 94040000 " UDP(DNS, "0008"),
     "eth@0 type=0800 net@14 | v4 p17 t@38 53>1024 pay@46 end@46"},
    {1, MAC "0800 " IP4("002c", "06") "0050 1388 00000001 00000000 6002 2000 0000 0000 020405b4",
     "eth@0 type=0800 net@14 | v4 p6 t@34 80>5000 pay@58 end@58"},
    {1, MAC "0800 " IP4("0000", "06") TCP(DNS) "dead", "eth@0 type=0800 net@14 | v4 p6 t@34 53>1024 pay@54"},
    {1, MAC "0800 " IP4("0028", "06") DNS "00000001 00000000 4002 2000 0000 0000", /* data offset of 16 bytes */
     "eth@0 type=0800 net@14 | v4 p6 t@34 53>1024 pay@34 end@54"},
    {1, MAC "0800 " IP4("0016", "11") "0035 0400 0008 0000", /* ports behind the end of the packet are padding */
     "eth@0 type=0800 net@14 | v4 p17 pay@34 end@36"},
    {1, MAC "0800 " IP4("0010", "11") "0035 0400 0008 0000", "eth@0 type=0800 net@14 | v4 p17 pay@14"},
    {1, MAC "0800 4400 001c 00000000 4011 0000 0a000001 0a000002 0035 0400 0008 0000", "eth@0 type=0800 net@14 | pay@14"},
    {1, MAC "0800 " IP6("0008", "11") UDP(DNS, "0008"), "eth@0 type=0800 net@14 | pay@14"},
    {1, MAC "0800 4500 0024 0001 2000 4011 0000 0a000001 0a000002 " UDP(DNS, "0400") "0102030405060708",
     "eth@0 type=0800 net@14 | v4 p17 t@34 53>1024 pay@42 end@50 f1"},
    {1, MAC "0800 4500 001c 0001 0003 4011 0000 0a000001 0a000002 0102030405060708",
     "eth@0 type=0800 net@14 | v4 p17 pay@34 end@42 f2"},
    {1, MAC "0800 4500 001c 0001 2003 4011 0000 0a000001 0a000002 0102030405060708",
     "eth@0 type=0800 net@14 | v4 p17 pay@34 end@42 f2"},
    {1, MAC "0800 " IP4("001c", "01") "0800 0000 0001 0002", "eth@0 type=0800 net@14 | v4 p1 t@34 pay@42 end@42"},
    {1, MAC "0800 " IP4("001c", "02") "1600 0000 e0000001", "eth@0 type=0800 net@14 | v4 p2 t@34 pay@42 end@42"},
    {1, MAC "0800 " IP4("0024", "84") DNS "00000001 00000000 00030004",
     "eth@0 type=0800 net@14 | v4 p132 t@34 53>1024 pay@46 end@50"},
    {1, MAC "0800 " IP4("0024", "21") DNS "04000000 00000001 00000002",
     "eth@0 type=0800 net@14 | v4 p33 t@34 53>1024 pay@50 end@50"},
    {1, MAC "0800 " IP4("0020", "32") "00000001 00000002 a1a2a3a4", "eth@0 type=0800 net@14 | v4 p50 t@34 pay@42 end@46"},
    {1, MAC "0800 " IP4("0034", "33") "1104 0000 00000001 00000002 0102030405060708090a0b0c " UDP(DNS, "0008"),
     "eth@0 type=0800 net@14 | v4 p17 t@58 53>1024 pay@66 end@66"},
    {1, MAC "0800 " IP4("0018", "59") "02010000", "eth@0 type=0800 net@14 | v4 p89 t@34 pay@34 end@38"},
    {1, MAC "0800 " IP4("0024", "11") UDP(DNS, "000a") "0102 03040506", /* UDP ends before IP does */
     "eth@0 type=0800 net@14 | v4 p17 t@34 53>1024 pay@42 end@44"},
    /* IPv6 */
    {1, MAC "86dd " IP6("0028", "00") "2b00 050200000000 3c00 000000000000 2c00 010400000000 0600 0000 00000001 "
        "00350400 00000001",
     "eth@0 type=86dd net@14 | v6 p6 t@86 53>1024 pay@86 end@94"},
    {1, MAC "86dd " IP6("0010", "2c") "1100 0001 00000001 " UDP(DNS, "0400"),
     "eth@0 type=86dd net@14 | v6 p17 t@62 53>1024 pay@70 end@70 f1"},
    {1, MAC "86dd " IP6("0010", "2c") "1100 0008 00000001 " UDP(DNS, "0008"),
     "eth@0 type=86dd net@14 | v6 p17 pay@62 end@70 f2"},
    {1, MAC "86dd " IP6("0010", "2c") "3c00 0009 00000001 " UDP(DNS, "0008"),
     "eth@0 type=86dd net@14 | v6 p60 pay@62 end@70 f2"},
    {1, MAC "86dd " IP6("0020", "33") "1104 0000 00000001 00000002 0102030405060708090a0b0c " UDP(DNS, "0008"),
     "eth@0 type=86dd net@14 | v6 p17 t@78 53>1024 pay@86 end@86"},
    {1, MAC "86dd " IP6("0018", "3c") "3a01 0000 00000000 0000000000000000 8000 0000 0001 0002",
     "eth@0 type=86dd net@14 | v6 p58 t@70 pay@78 end@78"},
    {1, MAC "86dd " IP6("0020", "3a") "8700 0000 00000000 20010db8000000000000000000000002 0101 020000000001",
     "eth@0 type=86dd net@14 | v6 p58 t@54 pay@78 end@86"},
    {1, MAC "86dd " IP6("0000", "3b") PADDING, "eth@0 type=86dd net@14 | v6 p59 pay@54 end@54"},
    {1, MAC "86dd " IP6("0000", "11") UDP(DNS, "000a") "0102", "eth@0 type=86dd net@14 | v6 p17 t@54 53>1024 pay@62 end@64"},
    {1, MAC "86dd " IP6("0004", "00") "06000502 00350400", "eth@0 type=86dd net@14 | v6 pay@54 end@58"},
    {1, MAC "86dd " IP6("0008", "32") "00000001 00000002", "eth@0 type=86dd net@14 | v6 p50 t@54 pay@62 end@62"},
    /* other link types */
    {0, "02000000 " IP4("001c", "11") UDP(DNS, "0008"), "type=0800 net@4 | v4 p17 t@24 53>1024 pay@32 end@32"},
    {0, "00000002 " IP4("001c", "11") UDP(DNS, "0008"), "type=0800 net@4 | v4 p17 t@24 53>1024 pay@32 end@32"},
    {0, "1e000000 " IP6("0008", "11") UDP(DNS, "0008"), "type=86dd net@4 | v6 p17 t@44 53>1024 pay@52 end@52"},
    {0, "08000000 0102", "net@4 | pay@4"},
    {108, "00000018 " IP6("0008", "11") UDP(DNS, "0008"), "type=86dd net@4 | v6 p17 t@44 53>1024 pay@52 end@52"},
    {101, IP4("001c", "11") UDP(DNS, "0008"), "type=0800 net@0 | v4 p17 t@20 53>1024 pay@28 end@28"},
    {12, IP6("0008", "11") UDP(DNS, "0008"), "type=86dd net@0 | v6 p17 t@40 53>1024 pay@48 end@48"},
    {14, IP4("001c", "11") UDP(DNS, "0008"), "type=0800 net@0 | v4 p17 t@20 53>1024 pay@28 end@28"},
    {101, "00010203", "net@0 | pay@0"},
    {228, IP4("001c", "11") UDP(DNS, "0008"), "type=0800 net@0 | v4 p17 t@20 53>1024 pay@28 end@28"},
    {229, IP6("0008", "11") UDP(DNS, "0008"), "type=86dd net@0 | v6 p17 t@40 53>1024 pay@48 end@48"},
    {113, "0000 0001 0006 0200000000010000 0800 " IP4("001c", "11") UDP(DNS, "0008"),
     "type=0800 net@16 | v4 p17 t@36 53>1024 pay@44 end@44"},
    {113, "0000 0001 0006 0200000000010000 88a8 0064 8100 00c8 0800 " IP4("001c", "11") UDP(DNS, "0008"),
     "tags@16:100,200 type=0800 net@24 | v4 p17 t@44 53>1024 pay@52 end@52"},
    {113, "0000 0001 0006 0200000000010000 0004 424203 0000", "net@16 | pay@16"},
    {113, "0000 0001 0006 0200000000010000 0004 aaaa03 000000 0800 " IP4("0014", "59"),
     "type=0800 net@24 | v4 p89 pay@44 end@44"},
    {113, "0000 0338 0000 0000000000000000 0800 " IP4("0014", "59"), "|"}, /* netlink: a family, not a type */
    {113, "0001 0118 0000 0000000000000000 000c 00000001 04000000 01020304", "net@16 | pay@16"},
    {276, "86dd 0000 00000002 0001 00 06 0200000000010000 " IP6("0008", "11") UDP(DNS, "0008"),
     "type=86dd net@20 | v6 p17 t@60 53>1024 pay@68 end@68"},
    {276, "8100 0000 00000002 0001 00 06 0200000000010000 0066 0800 " IP4("001c", "11") UDP(DNS, "0008"),
     "tags@20:102 type=0800 net@24 | v4 p17 t@44 53>1024 pay@52 end@52"},
    {9, "ff03 0021 " IP4("001c", "11") UDP(DNS, "0008"), "type=0800 net@4 | v4 p17 t@24 53>1024 pay@32 end@32"},
    {9, "0057 " IP6("0008", "11") UDP(DNS, "0008"), "type=86dd net@2 | v6 p17 t@42 53>1024 pay@50 end@50"},
    {9, "21 " IP4("001c", "11") UDP(DNS, "0008"), "type=0800 net@1 | v4 p17 t@21 53>1024 pay@29 end@29"},
    {9, "ff03 0281 00010140 " IP4("001c", "11") UDP(DNS, "0008"), "mpls@4*1 type=8847 net@8 | v4 p17 t@28 53>1024 pay@36 end@36"},
    {9, "ff03 c021 0101 0004", "net@4 | pay@4"},
    {50, "ff03 0021 " IP4("001c", "11") UDP(DNS, "0008"), "type=0800 net@4 | v4 p17 t@24 53>1024 pay@32 end@32"},
    {50, "0f00 0800 " IP4("001c", "11") UDP(DNS, "0008"), "type=0800 net@4 | v4 p17 t@24 53>1024 pay@32 end@32"},
    {104, "0f00 86dd " IP6("0008", "11") UDP(DNS, "0008"), "type=86dd net@4 | v6 p17 t@44 53>1024 pay@52 end@52"},
    {104, "8f00 8035 00000002", "type=8035 net@4 | pay@4"},
    {192, "0000 0010 01000000 aabb0400 01020304 " MAC "8100 0066 0800 " IP4("0014", "59"), "|"}, /* the length is 4096 */
    {192, "0000 1000 01000000 aabb0400 01020304 " MAC "8100 0066 0800 " IP4("0014", "59"),
     "eth@16 tags@30:102 type=0800 net@34 | v4 p89 pay@54 end@54"},
    {192, "0000 0800 69000000 0800 0000 020000000001 020000000002 020000000003 0000 aaaa03 000000 0800 " IP4("0014", "59"),
     "type=0800 net@40 | v4 p89 pay@60 end@60"},
    {192, "0000 0800 77000000 0102", "|"},
    {105, "8801 0000 020000000001 020000000002 020000000003 0000 0000 aaaa03 000000 0800 " IP4("0014", "59"),
     "type=0800 net@34 | v4 p89 pay@54 end@54"},
    {105, "0803 0000 020000000001 020000000002 020000000003 0000 020000000004 aaaa03 000000 0800 " IP4("0014", "59"),
     "type=0800 net@38 | v4 p89 pay@58 end@58"},
    {105, "8000 0000 ffffffffffff 020000000002 020000000003 0000 0102030405060708", "|"}, /* a beacon */
    {105, "0841 0000 020000000001 020000000002 020000000003 0000 0102030405060708", "|"}, /* encrypted */
    {105, "4801 0000 020000000001 020000000002 020000000003 0000", "|"},                  /* without data */
    {127, "0000 0a00 0200 0000 20 00 8801 0000 020000000001 020000000002 020000000003 0000 0000 0000 aaaa03 000000 0800 "
          IP4("0014", "59"), "type=0800 net@46 | v4 p89 pay@66 end@66"},
    {127, "0000 1900 0300 0080 0000 0000 00000000 0102030405060708 10"
          "0800 0000 020000000001 020000000002 020000000003 0000 aaaa03 000000 0800 " IP4("0014", "59"),
     "type=0800 net@57 | v4 p89 pay@77 end@77"},
    {127, "0000 1a00 0300 0080 0000 0000 0000 0000 0102030405060708 20 00"
          "8800 0000 020000000001 020000000002 020000000003 0000 0000 0000 aaaa03 000000 0800 " IP4("0014", "59"),
     "type=0800 net@62 | v4 p89 pay@82 end@82"},
    {147, "01020304", "|"},
    /* tunnels */
    {101, IP4("0030", "04") IP4("001c", "11") UDP(DNS, "0008"),
     "type=0800 net@0 | v4 p4 t@20 pay@20 end@48 | { type=0800 net@20 | v4 p17 t@40 53>1024 pay@48 end@48 }"},
    {101, IP4("0044", "29") IP6("0008", "11") UDP(DNS, "0008"),
     "type=0800 net@0 | v4 p41 t@20 pay@20 end@68 | { type=86dd net@20 | v6 p17 t@60 53>1024 pay@68 end@68 }"},
    {101, IP6("0034", "04") IP4("001c", "11") UDP(DNS, "0008") "0102030405060708090a0b0c0d0e0f101112131415161718",
     "type=86dd net@0 | v6 p4 t@40 pay@40 end@92 | { type=0800 net@40 | v4 p17 t@60 53>1024 pay@68 end@68 }"},
    {101, IP4("0034", "2f") "0000 0800 " IP4("001c", "11") UDP(DNS, "0008"),
     "type=0800 net@0 | v4 p47 t@20 pay@24 end@52 | { type=0800 net@24 | v4 p17 t@44 53>1024 pay@52 end@52 }"},
    {101, IP4("0054", "2f") "b000 86dd 00000000 00000007 00000001 " IP6("0008", "11") UDP(DNS, "0008"),
     "type=0800 net@0 | v4 p47 t@20 pay@36 end@84 | { type=86dd net@36 | v6 p17 t@76 53>1024 pay@84 end@84 }"},
    {101, IP4("0048", "2f") "2000 6558 00000007 " MAC "8100 0066 0800 " IP4("001c", "11") UDP(DNS, "0008"), /* ends 2 early */
     "type=0800 net@0 | v4 p47 t@20 pay@28 end@72 | { eth@28 tags@42:102 type=0800 net@46 | v4 p17 t@66 53>1024 pay@66 end@72 }"},
    {101, IP4("001c", "2f") "4000 0800 00000000", "type=0800 net@0 | v4 p47 t@20 pay@20 end@28"},
    {101, IP4("001c", "2f") "0000 9999 00000000", "type=0800 net@0 | v4 p47 t@20 pay@24 end@28"},
    {101, IP4("0038", "2f") "0000 8847 00010140 " IP4("001c", "11") UDP(DNS, "0008"),
     "type=0800 net@0 | v4 p47 t@20 pay@24 end@56 | { mpls@24*1 type=8847 net@28 | v4 p17 t@48 53>1024 pay@56 end@56 }"},
    {101, IP4("0044", "2f") "3081 880b 00200001 00000001 00000002 ff03 0021 " IP4("001c", "11") UDP(DNS, "0008"),
     "type=0800 net@0 | v4 p47 t@20 pay@36 end@68 | { type=0800 net@40 | v4 p17 t@60 53>1024 pay@68 end@68 }"},
    {101, IP4("003a", "2f") "0000 88be " MAC "0800 " IP4("0014", "59"),
     "type=0800 net@0 | v4 p47 t@20 pay@24 end@58 | { eth@24 type=0800 net@38 | v4 p89 pay@58 end@58 }"},
    {101, IP4("0046", "2f") "1000 88be 00000001 10010000 00000000 " MAC "0800 " IP4("0014", "59"),
     "type=0800 net@0 | v4 p47 t@20 pay@28 end@70 | { eth@36 type=0800 net@50 | v4 p89 pay@70 end@70 }"},
    {101, IP4("004a", "2f") "1000 22eb 00000001 20010000 00000000 00000000 " MAC "0800 " IP4("0014", "59"),
     "type=0800 net@0 | v4 p47 t@20 pay@28 end@74 | { eth@40 type=0800 net@54 | v4 p89 pay@74 end@74 }"},
    {101, IP4("0044", "2f") "1000 22eb 00000001 20010000 00000000 00000801 0102030405060708 " IP4("0014", "59"),
     "type=0800 net@0 | v4 p47 t@20 pay@28 end@68 | { type=0800 net@48 | v4 p89 pay@68 end@68 }"},
    {1, MAC "0800 " IP4("004e", "11") UDP("c000 12b5", "003a") "08000000 00000700 "
        MAC "0800 " IP4("001c", "11") UDP(DNS, "0008"),
     "eth@0 type=0800 net@14 | v4 p17 t@34 49152>4789 pay@42 end@92 | "
     "{ eth@50 type=0800 net@64 | v4 p17 t@84 53>1024 pay@92 end@92 }"},
    {101, IP4("0042", "11") UDP("c000 2118", "002e") "08000000 00000700 " MAC "0026 42420300000000000000000000000000",
     "type=0800 net@0 | v4 p17 t@20 49152>8472 pay@28 end@66 | { eth@36 net@50 | pay@50 end@66 }"},
    {101, IP4("0032", "11") UDP("c000 12b5", "001e") "00000000 00000700 " MAC "9000",
     "type=0800 net@0 | v4 p17 t@20 49152>4789 pay@28 end@50"},
    {101, IP4("0038", "11") UDP("c000 12b6", "0024") "0c000001 00000700 " IP4("0014", "59"),
     "type=0800 net@0 | v4 p17 t@20 49152>4790 pay@28 end@56 | { type=0800 net@36 | v4 p89 pay@56 end@56 }"},
    {101, IP4("0032", "11") UDP("c000 12b6", "001e") "08000000 00000700 " MAC "9000",
     "type=0800 net@0 | v4 p17 t@20 49152>4790 pay@28 end@50 | { eth@36 type=9000 net@50 | pay@50 end@50 }"},
    {101, IP4("003a", "11") UDP("c000 17c1", "0026") "02006558 00000700 0102800101020304 " MAC "9000",
     "type=0800 net@0 | v4 p17 t@20 49152>6081 pay@28 end@58 | { eth@44 type=9000 net@58 | pay@58 end@58 }"},
    {101, IP4("004c", "11") UDP("c000 17c1", "0038") "000086dd 00000700 " IP6("0000", "3b"),
     "type=0800 net@0 | v4 p17 t@20 49152>6081 pay@28 end@76 | { type=86dd net@36 | v6 p59 pay@76 end@76 }"},
    {101, IP4("0038", "11") UDP("0868 0868", "0024") "30ff0014 00000001 " IP4("0014", "59"),
     "type=0800 net@0 | v4 p17 t@20 2152>2152 pay@28 end@56 | { type=0800 net@36 | v4 p89 pay@56 end@56 }"},
    {101, IP4("0048", "11") UDP("0868 0868", "0034") "34ff0024 00000001 00000085 01000940 020102030405060700 " IP4("0014", "59"),
     "type=0800 net@0 | v4 p17 t@20 2152>2152 pay@28 end@72"}, /* the second extension's first byte is 0x40: too long */
    {101, IP4("0048", "11") UDP("0868 0868", "0034") "34ff0024 00000001 00000085 01000985 02010203 04050600 " IP4("0014", "59"),
     "type=0800 net@0 | v4 p17 t@20 2152>2152 pay@28 end@72 | { type=0800 net@52 | v4 p89 pay@72 end@72 }"},
    {101, IP4("003c", "11") UDP("0868 0868", "0028") "32ff0018 00000001 00010000 " IP4("0014", "59"),
     "type=0800 net@0 | v4 p17 t@20 2152>2152 pay@28 end@60 | { type=0800 net@40 | v4 p89 pay@60 end@60 }"},
    {101, IP4("0038", "11") UDP("0868 0868", "0024") "30ff000a 00000001 " IP4("0014", "59"), /* its own length ends in IP */
     "type=0800 net@0 | v4 p17 t@20 2152>2152 pay@28 end@56 | { type=0800 net@36 | pay@36 end@46 }"},
    {101, IP4("0018", "11") "c000 19eb 00010140 " IP4("0014", "59"), "type=0800 net@0 | v4 p17 t@20 49152>6635 pay@20 end@24"},
    {101, IP4("0024", "11") UDP("0868 0868", "0010") "30010000 00000000",
     "type=0800 net@0 | v4 p17 t@20 2152>2152 pay@28 end@36"},
    {101, IP4("0034", "11") UDP("c000 19eb", "0020") "00010140 " IP4("0014", "59"),
     "type=0800 net@0 | v4 p17 t@20 49152>6635 pay@28 end@52 | { mpls@28*1 type=8847 net@32 | v4 p89 pay@52 end@52 }"},
    {101, "4500 0030 0001 0003 4004 0000 0a000001 0a000002 " IP4("001c", "11") UDP(DNS, "0008"), /* a later fragment */
     "type=0800 net@0 | v4 p4 pay@20 end@48 f2"},
    {101, IP4("0050", "04") IP4("003c", "2f") "0000 0800 " IP4("0024", "11") UDP("0001 0868", "0010") "30ff0000 00000001",
     "type=0800 net@0 | v4 p4 t@20 pay@20 end@80 | { type=0800 net@20 | v4 p47 t@40 pay@44 end@80 | "
     "{ type=0800 net@44 | v4 p17 t@64 1>2152 pay@72 end@80 } }"},
    {101, IP4("0064", "04") IP4("0050", "04") IP4("003c", "04") IP4("0028", "04") IP4("0014", "59"),
     "type=0800 net@0 | v4 p4 t@20 pay@20 end@100 cut3 | { type=0800 net@20 | v4 p4 t@40 pay@40 end@100 cut3 | "
     "{ type=0800 net@40 | v4 p4 t@60 pay@60 end@100 cut3 | { type=0800 net@60 | v4 p4 t@80 pay@80 end@100 cut3 } } }"}
};

enum { FRAMES = sizeof frames / sizeof frames[0], LONGEST = 512 };

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

static size_t bytes_of(const char *hex, uint8_t *bytes)
{
    size_t count = 0;
    while (*hex) {
        if (*hex == ' ') {
            hex++;
            continue;
        }
        bytes[count++] = (uint8_t)(nibble(hex[0]) << 4 | nibble(hex[1]));
        hex += 2;
    }
    return count;
}

/* The packet stands in the last place of a full batch, so that places are tried too. */
static const struct aptrace_packet *packet_of(const uint8_t *bytes, size_t capture, size_t wire, unsigned link_type)
{
    struct aptrace_packet *packet = &batch.packets[BATCH_CAPACITY - 1];
    batch.count = BATCH_CAPACITY;
    *packet = (struct aptrace_packet){
        .bytes = bytes, .capture_length = (uint32_t)capture, .wire_length = (uint32_t)wire, .link_type = (uint16_t)link_type
    };
    layers_attach(pool, &batch);
    return packet;
}

static void add(char *line, const char *word, unsigned number, bool there)
{
    if (there)
        sprintf(line + strlen(line), word, number);
}

static bool is(unsigned offset)
{
    return offset != APTRACE_NO_OFFSET;
}

static void say_link(const struct aptrace_packet *packet, char *line)
{
    const struct aptrace_layers *layers = packet->layers;
    add(line, "eth@%u ", layers->ethernet, is(layers->ethernet));
    add(line, "tags@%u:", layers->tags, is(layers->tags));
    for (unsigned depth = 0, identifier = 0; aptrace_get_vlan(packet, depth, &identifier); depth++) {
        ck_assert(aptrace_has_vlan(packet, identifier));
        ck_assert(depth > 1 || layers->vlan[depth] == identifier);
        add(line, depth > 0 ? ",%u" : "%u", identifier, true);
    }
    add(line, " ", 0, is(layers->tags));
    add(line, "mpls@%u", layers->mpls, is(layers->mpls));
    add(line, "*%u ", layers->mpls_count, is(layers->mpls));
    add(line, "type=%04x ", layers->ether_type, layers->ether_type != 0);
    add(line, "net@%u ", layers->network, is(layers->network));
}

static void say(const struct aptrace_packet *packet, char *line)
{
    const struct aptrace_layers *layers = packet->layers;
    unsigned source, destination;
    struct aptrace_packet inner;
    say_link(packet, line);
    strcat(line, "|");
    add(line, " v%u", layers->ip_version, layers->ip_version != 0);
    add(line, " p%u", layers->ip_protocol, layers->ip_protocol != APTRACE_NO_PROTOCOL);
    add(line, " t@%u", layers->transport, is(layers->transport));
    if (aptrace_get_ports(packet, &source, &destination))
        sprintf(line + strlen(line), " %u>%u", source, destination);
    add(line, " pay@%u", layers->payload, is(layers->payload));
    add(line, " end@%u", layers->end, is(layers->end));
    add(line, " f%u", layers->fragment, layers->fragment != 0);
    add(line, " cut%u", layers->cut, layers->cut != 0);
    if (!aptrace_get_inner(packet, &inner))
        return;
    strcat(line, " | { ");
    say(&inner, line);
    strcat(line, " }");
}

static size_t fill(const struct frame *frame, uint8_t bytes[LONGEST])
{
    ck_assert_uint_lt(strlen(frame->hex), 2 * LONGEST);
    current = frame;
    current_length = bytes_of(frame->hex, bytes);
    return current_length;
}

START_TEST(frames_are_decoded)
{
    for (unsigned i = 0; i < FRAMES; i++) {
        uint8_t bytes[LONGEST];
        char line[1024] = "";
        size_t length = fill(&frames[i], bytes);
        const struct aptrace_packet *packet = packet_of(bytes, length, length, frames[i].link_type);
        aptrace_decoded(packet, APTRACE_STAGE_TUNNEL);
        say(packet, line);
        ck_assert_msg(strcmp(line, frames[i].want) == 0, "%s\nexpected %s\ngot      %s", frames[i].hex, frames[i].want, line);
    }
}
END_TEST

/* ---- Cut frames ------------------------------------------------------------------------------------------------------- */

static void same_or_absent(uint16_t cut, uint16_t whole, uint16_t absent)
{
    HOLDS(cut == absent || cut == whole);
}

/* What a cut capture tells is true of the whole frame; what it does not tell although it is there is marked. */
static void compare_link(const struct aptrace_layers *cut, const struct aptrace_layers *whole)
{
    same_or_absent(cut->ethernet, whole->ethernet, APTRACE_NO_OFFSET);
    same_or_absent(cut->tags, whole->tags, APTRACE_NO_OFFSET);
    same_or_absent(cut->mpls, whole->mpls, APTRACE_NO_OFFSET);
    same_or_absent(cut->network, whole->network, APTRACE_NO_OFFSET);
    same_or_absent(cut->vlan[0], whole->vlan[0], APTRACE_NO_VLAN);
    same_or_absent(cut->vlan[1], whole->vlan[1], APTRACE_NO_VLAN);
    same_or_absent(cut->ether_type, whole->ether_type, 0);
    HOLDS(cut->vlan_count <= whole->vlan_count);
    HOLDS(cut->mpls_count <= whole->mpls_count);
    if (cut->cut == 0 || cut->cut > APTRACE_STAGE_LINK) {
        HOLDS(cut->network == whole->network);
        HOLDS(cut->vlan_count == whole->vlan_count);
        HOLDS(cut->mpls_count == whole->mpls_count);
        HOLDS(cut->ether_type == whole->ether_type);
    }
}

static void compare_transport(const struct aptrace_layers *cut, const struct aptrace_layers *whole)
{
    same_or_absent(cut->transport, whole->transport, APTRACE_NO_OFFSET);
    same_or_absent(cut->payload, whole->payload, APTRACE_NO_OFFSET);
    same_or_absent(cut->ip_protocol, whole->ip_protocol, APTRACE_NO_PROTOCOL);
    same_or_absent(cut->ip_version, whole->ip_version, 0);
    same_or_absent(cut->fragment, whole->fragment, 0);
    same_or_absent(cut->source_port, whole->source_port, 0);
    same_or_absent(cut->destination_port, whole->destination_port, 0);
    HOLDS(cut->end >= whole->end);
    if (cut->cut == 0 || cut->cut > APTRACE_STAGE_TRANSPORT) {
        HOLDS(cut->transport == whole->transport);
        HOLDS(cut->payload == whole->payload);
        HOLDS(cut->ip_protocol == whole->ip_protocol);
        HOLDS(cut->ip_version == whole->ip_version);
        HOLDS(cut->fragment == whole->fragment);
        HOLDS(cut->end == whole->end);
    }
}

static void compare(const struct aptrace_layers *cut, const struct aptrace_layers *whole)
{
    compare_link(cut, whole);
    compare_transport(cut, whole);
    HOLDS(cut->inner == NULL || whole->inner != NULL);
    HOLDS(cut->inner != NULL || whole->inner == NULL || cut->cut != 0);
    if (cut->inner) {
        HOLDS(cut->inner->cut == 0 || cut->cut != 0);
        compare(cut->inner, whole->inner);
    }
}

static void within(uint16_t offset, size_t length)
{
    HOLDS(!is(offset) || offset <= length);
}

static void all_within(const struct aptrace_layers *layers, size_t length)
{
    within(layers->ethernet, length);
    within(layers->tags, length);
    within(layers->mpls, length);
    within(layers->network, length);
    within(layers->transport, length);
    within(layers->payload, length);
    HOLDS(layers->stage == APTRACE_STAGE_TUNNEL);
    if (layers->inner)
        all_within(layers->inner, length);
}

static void deep_copy(const struct aptrace_layers *layers, struct aptrace_layers copy[LAYERS_INNER_MAX + 1])
{
    for (unsigned depth = 0; layers; depth++, layers = layers->inner) {
        copy[depth] = *layers;
        if (layers->inner)
            copy[depth].inner = &copy[depth + 1];
    }
}

static void cut_everywhere(const struct frame *frame)
{
    uint8_t bytes[LONGEST];
    struct aptrace_layers whole[LAYERS_INNER_MAX + 1];
    size_t length = fill(frame, bytes);
    const struct aptrace_packet *packet = packet_of(bytes, length, length, frame->link_type);
    deep_copy(aptrace_decoded(packet, APTRACE_STAGE_TUNNEL), whole);
    for (current_length = 0; current_length <= length; current_length++) {
        uint8_t *exact = malloc(current_length);
        if (current_length > 0)
            memcpy(exact, bytes, current_length);
        packet = packet_of(exact, current_length, length, frame->link_type);
        const struct aptrace_layers *layers = aptrace_decoded(packet, APTRACE_STAGE_TUNNEL);
        all_within(layers, current_length);
        compare(layers, whole);
        packet = packet_of(exact, current_length, current_length, frame->link_type);
        layers = aptrace_decoded(packet, APTRACE_STAGE_TUNNEL);
        all_within(layers, current_length);
        HOLDS(layers->cut == 0 || whole[0].cut != 0);
        free(exact);
    }
}

START_TEST(frames_are_cut_everywhere)
{
    for (unsigned i = 0; i < FRAMES; i++)
        cut_everywhere(&frames[i]);
}
END_TEST

/* ---- Anything else ---------------------------------------------------------------------------------------------------- */

static uint32_t random_state = 1;

static uint32_t random_number(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

/* Stages asked one by one leave what they leave at once; and what was in the place before does not shine through. */
static void one_by_one(const struct frame *frame, const struct frame *before)
{
    uint8_t bytes[LONGEST];
    struct aptrace_layers at_once[LAYERS_INNER_MAX + 1], stepwise[LAYERS_INNER_MAX + 1];
    char first[1024] = "", second[1024] = "";
    size_t length = fill(frame, bytes);
    const struct aptrace_packet *packet = packet_of(bytes, length, length, frame->link_type);
    deep_copy(aptrace_decoded(packet, APTRACE_STAGE_TUNNEL), at_once);
    say(packet, first);
    length = fill(before, bytes);
    aptrace_decoded(packet_of(bytes, length, length, before->link_type), APTRACE_STAGE_TUNNEL);
    length = fill(frame, bytes);
    packet = packet_of(bytes, length, length, frame->link_type);
    HOLDS(packet->layers->stage == 0);
    for (unsigned stage = APTRACE_STAGE_LINK; stage <= APTRACE_STAGE_TUNNEL; stage++)
        HOLDS(aptrace_decoded(packet, stage)->stage == stage);
    deep_copy(packet->layers, stepwise);
    say(packet, second);
    HOLDS(strcmp(first, second) == 0);
    size_t fields = offsetof(struct aptrace_layers, inner) - offsetof(struct aptrace_layers, vlan);
    HOLDS(memcmp(at_once[0].vlan, stepwise[0].vlan, fields) == 0);
}

START_TEST(stages_come_in_order)
{
    for (unsigned i = 0; i < FRAMES; i++)
        one_by_one(&frames[i], &frames[(i + 1) % FRAMES]);
}
END_TEST

/* The short way of Ethernet frames agrees with the long one. */
START_TEST(a_glance_sees_what_is_there)
{
    static const uint16_t types[] = {0x0800, 0x86dd, 0x8100, 0x88a8, 0x9100, 0x8847, 0x8864, 0x0806, 0x0026, 0x05ff, 0x0600,
                                     0x80ff};
    uint8_t bytes[64];
    for (unsigned i = 0; i < 100000; i++) {
        for (unsigned k = 0; k < sizeof bytes; k++)
            bytes[k] = (uint8_t)random_number();
        for (unsigned at = 12; at < 32; at += 4) {
            uint16_t type = types[random_number() % (sizeof types / sizeof types[0])];
            bytes[at] = (uint8_t)(type >> 8);
            bytes[at + 1] = (uint8_t)type;
        }
        const struct aptrace_packet *packet = packet_of(bytes, sizeof bytes, sizeof bytes, 1);
        const struct aptrace_layers *layers = aptrace_decoded(packet, APTRACE_STAGE_LINK);
        struct aptrace_layers other = {.stage = APTRACE_STAGE_LINK};
        struct layers_walk walk = {bytes, sizeof bytes, false, APTRACE_STAGE_LINK, &other};
        layers_link_clear(&other);
        layers_link(&walk, 1);
        ck_assert_mem_eq(&layers->stage, &other.stage,
                         offsetof(struct aptrace_layers, transport) - offsetof(struct aptrace_layers, stage));
    }
}
END_TEST

START_TEST(damaged_frames_stay_within)
{
    uint8_t bytes[LONGEST];
    for (unsigned i = 0; i < 60000; i++) {
        unsigned link_type = frames[i % FRAMES].link_type;
        size_t length = fill(&frames[i % FRAMES], bytes);
        for (unsigned changes = 1 + random_number() % 4; changes > 0; changes--)
            bytes[random_number() % length] = (uint8_t)random_number();
        length = random_number() % 4 ? length : random_number() % length;
        uint8_t *exact = malloc(length);
        if (length > 0)
            memcpy(exact, bytes, length);
        const struct aptrace_packet *packet = packet_of(exact, length, length + random_number() % 2 * 100, link_type);
        all_within(aptrace_decoded(packet, APTRACE_STAGE_TUNNEL), length);
        free(exact);
    }
}
END_TEST

START_TEST(tags_beyond_255)
{
    enum { TAGS = 300, LENGTH = 12 + 4 * TAGS + 2 };
    uint8_t bytes[LENGTH] = {0};
    for (unsigned i = 0; i < TAGS; i++) {
        bytes[12 + 4 * i] = 0x81;
        bytes[14 + 4 * i] = (uint8_t)(i >> 8);
        bytes[15 + 4 * i] = (uint8_t)i;
    }
    bytes[LENGTH - 2] = 0x08;
    const struct aptrace_packet *packet = packet_of(bytes, LENGTH, LENGTH, 1);
    uint16_t type = 0;
    ck_assert_uint_eq(aptrace_vlan_count(packet), 255);
    ck_assert(aptrace_has_vlan(packet, 254));
    ck_assert(!aptrace_has_vlan(packet, 255)); /* which is there, so it must be marked */
    ck_assert(aptrace_is_cut(packet, APTRACE_STAGE_LINK));
    ck_assert(aptrace_get_ether_type(packet, &type));
    ck_assert_uint_eq(type, 0x0800);
    ck_assert_uint_eq(packet->layers->network, LENGTH);
}
END_TEST

/* Headers that go on where offsets end are marked as cut, whatever was captured. */
START_TEST(offsets_end_before_the_packet)
{
    enum { LENGTH = 80000 };
    uint8_t *bytes = calloc(1, LENGTH);
    for (size_t at = 12; at + 4 <= LENGTH; at += 4)
        bytes[at] = 0x81;
    const struct aptrace_packet *packet = packet_of(bytes, LENGTH, LENGTH, 1);
    all_within(aptrace_decoded(packet, APTRACE_STAGE_TUNNEL), LAYERS_REACH);
    ck_assert(aptrace_is_cut(packet, APTRACE_STAGE_LINK));
    uint8_t ipv6[40];
    bytes_of(IP6("0000", "3c"), ipv6);
    for (size_t at = 40; at + 8 <= LENGTH; at += 8)
        memcpy(bytes + at, "\x3c\0\0\0\0\0\0\0", 8); /* destination options, without end */
    memcpy(bytes, ipv6, sizeof ipv6);
    packet = packet_of(bytes, LENGTH, LENGTH, 101);
    all_within(aptrace_decoded(packet, APTRACE_STAGE_TUNNEL), LAYERS_REACH);
    ck_assert(aptrace_is_cut(packet, APTRACE_STAGE_TRANSPORT));
    ck_assert(!aptrace_is_cut(packet, APTRACE_STAGE_LINK));
    unsigned protocol = 0;
    ck_assert(!aptrace_get_ip_protocol(packet, &protocol));
    bytes_of(MAC "0800 " IP4("fffa", "11") UDP(DNS, "ffe6"), bytes); /* ends at 65,544 */
    packet = packet_of(bytes, 60, 65544, 1);
    ck_assert_uint_eq(aptrace_decoded(packet, APTRACE_STAGE_TRANSPORT)->end, APTRACE_NO_OFFSET);
    free(bytes);
}
END_TEST

/* ---- Readers ---------------------------------------------------------------------------------------------------------- */

START_TEST(readers_read)
{
    uint8_t bytes[LONGEST];
    size_t length = bytes_of(MAC "88a8 6064 8100 00c8 8847 12345bff " IP4("0020", "11") UDP(DNS, "000c") "01020304" PADDING,
                             bytes);
    const struct aptrace_packet *packet = packet_of(bytes, length, length, 1);
    const uint8_t *at = NULL;
    uint16_t number = 0;
    uint32_t entry = 0;
    unsigned identifier = 0;
    size_t offset = 0;
    ck_assert(aptrace_get_eth_dst(packet, &at) && at == bytes);
    ck_assert(aptrace_get_eth_src(packet, &at) && at == bytes + 6);
    ck_assert(aptrace_get_vlan_tci(packet, 0, &number) && number == 0x6064);
    ck_assert(aptrace_get_vlan_tpid(packet, 0, &number) && number == 0x88a8);
    ck_assert(aptrace_get_vlan_tpid(packet, 1, &number) && number == 0x8100);
    ck_assert(!aptrace_get_vlan_tpid(packet, 2, &number));
    ck_assert(aptrace_get_vlan(packet, 1, &identifier) && identifier == 200);
    ck_assert(aptrace_has_vlan(packet, 100) && aptrace_has_vlan(packet, 200) && !aptrace_has_vlan(packet, 0));
    ck_assert(aptrace_mpls_count(packet) == 1 && aptrace_get_mpls(packet, 0, &entry) && entry == 0x12345bff);
    ck_assert(!aptrace_get_mpls(packet, 1, &entry));
    ck_assert(aptrace_get_network(packet, &offset) && offset == 26);
    ck_assert(aptrace_get_transport(packet, &offset) && offset == 46);
    ck_assert(aptrace_get_payload_bytes(packet, &at, &offset) && at == bytes + 54 && offset == 4);
    ck_assert(aptrace_ip_version(packet) == 4 && aptrace_ip_fragment(packet) == 0);
    ck_assert(!aptrace_is_cut(packet, APTRACE_STAGE_TUNNEL));
}
END_TEST

/* The tag protocol identifier of a cooked capture is its protocol field, at the header's end or, in version 2, at its start. */
START_TEST(cooked_tpid)
{
    uint8_t bytes[LONGEST];
    uint16_t tpid = 0;
    size_t length = bytes_of("0000 0001 0006 0200000000010000 88a8 0064 8100 00c8 88cc", bytes);
    const struct aptrace_packet *packet = packet_of(bytes, length, length, 113);
    ck_assert(aptrace_get_vlan_tpid(packet, 0, &tpid) && tpid == 0x88a8);
    length = bytes_of("88a8 0000 00000002 0001 00 06 0200000000010000 0064 8100 00c8 88cc", bytes);
    packet = packet_of(bytes, length, length, 276);
    ck_assert(aptrace_get_vlan_tpid(packet, 0, &tpid) && tpid == 0x88a8);
    ck_assert(aptrace_get_vlan_tpid(packet, 1, &tpid) && tpid == 0x8100);
}
END_TEST

/* Where a snap length ends within a header, what is before it is there, and asking for what is behind tells a cut. */
START_TEST(cut_is_told)
{
    uint8_t bytes[LONGEST];
    unsigned source = 0, destination = 0;
    size_t offset = 0;
    uint8_t flags = 0;
    bytes_of(MAC "0800 " IP4("0028", "06") TCP(DNS), bytes);
    const struct aptrace_packet *packet = packet_of(bytes, 40, 54, 1);
    ck_assert(aptrace_get_ports(packet, &source, &destination) && source == 53 && destination == 1024);
    ck_assert(aptrace_get_transport(packet, &offset) && !aptrace_get_u8(packet, offset + 13, &flags));
    ck_assert(aptrace_is_cut(packet, APTRACE_STAGE_TRANSPORT) && !aptrace_is_cut(packet, APTRACE_STAGE_LINK));
    ck_assert(!aptrace_get_payload(packet, &offset));
    packet = packet_of(bytes, 16, 54, 1);
    ck_assert(!aptrace_is_cut(packet, APTRACE_STAGE_LINK) && aptrace_is_cut(packet, APTRACE_STAGE_TRANSPORT));
    bytes_of(MAC "8100 0066 8100", bytes);
    packet = packet_of(bytes, 18, 60, 1);
    ck_assert(aptrace_has_vlan(packet, 102) && aptrace_vlan_count(packet) == 1 && aptrace_is_cut(packet, APTRACE_STAGE_LINK));
    packet = packet_of(bytes, 16, 60, 1);
    ck_assert(aptrace_has_vlan(packet, 102) && aptrace_is_cut(packet, APTRACE_STAGE_LINK));
    packet = packet_of(bytes, 15, 60, 1);
    ck_assert(aptrace_vlan_count(packet) == 0 && aptrace_is_cut(packet, APTRACE_STAGE_LINK));
    packet = packet_of(bytes, 18, 18, 1);
    ck_assert(aptrace_vlan_count(packet) == 1 && !aptrace_is_cut(packet, APTRACE_STAGE_TUNNEL));
}
END_TEST

/* Padding that was not captured is no header that was cut. */
START_TEST(padding_is_not_missed)
{
    uint8_t bytes[LONGEST];
    size_t offset = 0;
    size_t length = bytes_of(MAC "0800 " IP4("0016", "11") "0035", bytes); /* ends within UDP on the wire */
    const struct aptrace_packet *packet = packet_of(bytes, length, 60, 1);
    ck_assert(!aptrace_get_transport(packet, &offset) && aptrace_ip_version(packet) == 4);
    ck_assert(!aptrace_is_cut(packet, APTRACE_STAGE_TUNNEL));
}
END_TEST

Suite *layers_suite(void)
{
    Suite *suite = suite_create("layers");
    TCase *all = tcase_create("layers");
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, frames_are_decoded);
    tcase_add_test(all, frames_are_cut_everywhere);
    tcase_add_test(all, stages_come_in_order);
    tcase_add_test(all, a_glance_sees_what_is_there);
    tcase_add_test(all, damaged_frames_stay_within);
    tcase_add_test(all, tags_beyond_255);
    tcase_add_test(all, offsets_end_before_the_packet);
    tcase_add_test(all, readers_read);
    tcase_add_test(all, cooked_tpid);
    tcase_add_test(all, cut_is_told);
    tcase_add_test(all, padding_is_not_missed);
    suite_add_tcase(suite, all);
    return suite;
}
