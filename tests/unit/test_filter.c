/* SPDX-License-Identifier: MIT */
/* Filters and link types. Numbers of link types are checked against what libpcap writes into files and reads out of them. */
#include <check.h>
#include <pcap/pcap.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/filter.h"
#include "suites.h"

enum { ETHERNET = 1, NULL_LOOPBACK = 0, RAW = 101, ATM_RFC1483 = 100, SLL = 113, UNNAMED = 250, NOTHING = 400 };

/* IPv4, UDP from port 1024 to 53, 4 bytes of payload. */
#define UDP_PACKET \
    0x45, 0, 0, 32, 0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0x04, 0x00, 0, 53, 0, 12, 0, 0, 'd', 'a', 't', 'a'
#define ADDRESSES 0x02, 0, 0, 0, 0, 1, 0x02, 0, 0, 0, 0, 2

static const uint8_t plain[] = {ADDRESSES, 0x08, 0x00, UDP_PACKET};
static const uint8_t tagged[] = {ADDRESSES, 0x81, 0x00, 0x00, 0x66, 0x08, 0x00, UDP_PACKET};
static const uint8_t raw[] = {UDP_PACKET};
static const uint8_t cooked[] = {0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0x08, 0x00, UDP_PACKET};

static struct aptrace_packet packet_of(const uint8_t *bytes, size_t length, uint16_t link_type)
{
    return (struct aptrace_packet){.bytes = bytes, .capture_length = (uint32_t)length, .wire_length = (uint32_t)length,
        .link_type = link_type};
}

static const struct { const char *filter; const uint8_t *bytes; size_t length; uint16_t link_type; bool passes; } cases[] = {
    {"udp port 53", plain, sizeof plain, ETHERNET, true},
    {"udp port 54", plain, sizeof plain, ETHERNET, false},
    {"", plain, sizeof plain, ETHERNET, true},
    {"tcp", plain, sizeof plain, ETHERNET, false},
    {"src host 10.0.0.1 and dst host 10.0.0.2", plain, sizeof plain, ETHERNET, true},
    {"ether src 02:00:00:00:00:02", plain, sizeof plain, ETHERNET, true},
    {"vlan 102", tagged, sizeof tagged, ETHERNET, true},
    {"vlan 102 and udp port 53", tagged, sizeof tagged, ETHERNET, true},
    {"vlan 103", tagged, sizeof tagged, ETHERNET, false},
    {"vlan", plain, sizeof plain, ETHERNET, false},
    {"udp port 53", tagged, sizeof tagged, ETHERNET, false},
    {"ether proto 0x8100", tagged, sizeof tagged, ETHERNET, true},
    {"udp port 53", raw, sizeof raw, RAW, true},
    {"udp port 54", raw, sizeof raw, RAW, false},
    {"udp port 53", cooked, sizeof cooked, SLL, true},
    {"ip", cooked, sizeof cooked, SLL, true},
    {"link[0] = 2", plain, sizeof plain, UNNAMED, true},
};

START_TEST(passes)
{
    struct aptrace_filter *filter = filter_new(cases[_i].filter);
    struct aptrace_packet packet = packet_of(cases[_i].bytes, cases[_i].length, cases[_i].link_type);
    struct error error = {""};
    ck_assert_str_eq(filter_text(filter), cases[_i].filter);
    ck_assert_msg(filter_compile(filter, packet.link_type, &error) == 0, "%s", error.text);
    ck_assert_int_eq(filter_passes(filter, &packet), cases[_i].passes);
    filter_free(filter);
}
END_TEST

START_TEST(one_filter_for_several_link_types)
{
    struct aptrace_filter *filter = filter_new("udp port 53");
    struct aptrace_packet packets[] = {packet_of(plain, sizeof plain, ETHERNET), packet_of(raw, sizeof raw, RAW),
                                       packet_of(cooked, sizeof cooked, SLL)};
    struct error error;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 3; i++)
            ck_assert_int_eq(filter_compile(filter, packets[i].link_type, &error), 0);
    }
    for (int i = 0; i < 300; i++)
        ck_assert(filter_passes(filter, &packets[i * 7 % 3]));
    packets[0].link_type = RAW; /* the program of a link type reads its own bytes */
    packets[1].link_type = ETHERNET;
    ck_assert(!filter_passes(filter, &packets[0]));
    ck_assert(!filter_passes(filter, &packets[1]));
    filter_free(filter);
}
END_TEST

/* What was not captured is not read, and "len" is what was on the wire. */
START_TEST(cut_packets)
{
    struct aptrace_filter *lengths = filter_new("greater 1000"), *udp = filter_new("udp port 53");
    struct aptrace_packet packet = packet_of(plain, sizeof plain, ETHERNET);
    struct error error;
    ck_assert_int_eq(filter_compile(lengths, ETHERNET, &error), 0);
    ck_assert_int_eq(filter_compile(udp, ETHERNET, &error), 0);
    packet.wire_length = 1500;
    ck_assert(filter_passes(lengths, &packet));
    packet.wire_length = sizeof plain;
    ck_assert(!filter_passes(lengths, &packet));
    for (uint32_t length = 0; length <= sizeof plain; length++) {
        uint8_t *copy = malloc(length ? length : 1); /* so that a read behind it is found */
        memcpy(copy, plain, length);
        struct aptrace_packet cut = {.bytes = copy, .capture_length = length, .wire_length = sizeof plain, .link_type = ETHERNET};
        ck_assert_int_eq(filter_passes(udp, &cut), length >= 14 + 20 + 4);
        free(copy);
    }
    filter_free(lengths);
    filter_free(udp);
}
END_TEST

/* A frame cut anywhere: where the filter is said to know, its answer is that of the whole frame; where it is not, it is no. */
START_TEST(a_cut_filter_knows_that_it_does_not_know)
{
    static const char *const filters[] = {"udp port 53", "vlan 102 and udp port 53", "tcp", "ip[8] = 64", "ip[2:2] - 28 = 4",
        "udp[4:2] & 0x0f = 12", "len > 40", "udp[(ip[0] & 0xf) - 5 + 8] = 0x64", "ip6 or vlan", "not udp", "link[60] = 0",
        "ip[6:2] & 0x1fff = 0 and udp[2:2] / 53 = 1", "udp[8:4] = 0x64617461 or ip[1] << 3 = 8", "ether[0] * 3 > 5"};
    struct aptrace_packet wholes[] = {packet_of(plain, sizeof plain, ETHERNET), packet_of(tagged, sizeof tagged, ETHERNET)};
    struct aptrace_filter *filter = filter_new(filters[_i]);
    struct error error;
    unsigned unsure = 0;
    ck_assert_msg(filter_compile(filter, ETHERNET, &error) == 0, "%s", error.text);
    for (size_t i = 0; i < 2; i++) {
        for (uint32_t length = 0; length <= wholes[i].capture_length; length++) {
            struct aptrace_packet cut = wholes[i];
            cut.capture_length = length;
            cut.flags = length < cut.wire_length ? APTRACE_PACKET_TRUNCATED : 0;
            bool answer = filter_passes(filter, &cut), unknown = !answer && filter_is_cut(filter, &cut);
            ck_assert_msg(unknown || answer == filter_passes(filter, &wholes[i]), "%s at %u", filters[_i], length);
            ck_assert(!(unknown && length == wholes[i].capture_length));
            unsure += unknown;
        }
    }
    ck_assert_int_eq(unsure > 0, strcmp(filters[_i], "len > 40") != 0 && strcmp(filters[_i], "link[60] = 0") != 0);
    filter_free(filter);
}
END_TEST

static void assert_refused(const char *text, uint32_t link_type, const char *const *words)
{
    struct aptrace_filter *filter = filter_new(text);
    struct error error = {""};
    ck_assert_msg(filter_compile(filter, link_type, &error) == -1, "%s", text);
    for (; *words; words++)
        ck_assert_msg(strstr(error.text, *words), "\"%s\" lacks \"%s\"", error.text, *words);
    filter_free(filter);
}

START_TEST(refusals_say_what_where_and_why)
{
    assert_refused("udp port port 53", ETHERNET, (const char *const[]){"\"udp port port 53\"", "EN10MB", "syntax error", NULL});
    assert_refused("ether host 02:00:00:00:00:01", RAW, (const char *const[]){"RAW", "ether", NULL});
    assert_refused("inbound", ETHERNET, (const char *const[]){"inbound", "--direction", NULL});
    assert_refused("udp and not outbound", ETHERNET, (const char *const[]){"outbound", "--direction", NULL});
    assert_refused("ifindex 2", ETHERNET, (const char *const[]){"ifindex", "--on", NULL});
    assert_refused("ip broadcast", ETHERNET, (const char *const[]){"netmask", NULL});
    assert_refused("ip", NOTHING, (const char *const[]){"LINKTYPE_400", "libpcap does not know", NULL});
    assert_refused("ip", 0x10000, (const char *const[]){"LINKTYPE_65536", "no such link type", NULL});
    assert_refused("ip", 0x80000001, (const char *const[]){"LINKTYPE_2147483649", NULL});
}
END_TEST

START_TEST(a_refusal_leaves_the_rest)
{
    struct aptrace_filter *filter = filter_new("ether host 02:00:00:00:00:01");
    struct aptrace_packet packet = packet_of(plain, sizeof plain, ETHERNET);
    struct error error;
    ck_assert_int_eq(filter_compile(filter, ETHERNET, &error), 0);
    ck_assert_int_eq(filter_compile(filter, RAW, &error), -1);
    ck_assert_int_eq(filter_compile(filter, RAW, &error), -1);
    ck_assert(filter_passes(filter, &packet));
    packet.link_type = RAW;
    ck_assert(!filter_passes(filter, &packet));
    filter_free(filter);
    filter_free(NULL);
}
END_TEST

static void *run_many(void *of)
{
    const struct aptrace_filter *filter = of;
    struct aptrace_packet ethernet = packet_of(plain, sizeof plain, ETHERNET), bare = packet_of(raw, sizeof raw, RAW);
    uintptr_t passed = 0;
    for (int i = 0; i < 20000; i++)
        passed += filter_passes(filter, i % 3 ? &ethernet : &bare);
    return (void *)passed; /* a count, no address */
}

START_TEST(threads_share_a_filter)
{
    struct aptrace_filter *filter = filter_new("udp port 53");
    struct error error;
    pthread_t threads[3];
    void *passed;
    ck_assert_int_eq(filter_compile(filter, ETHERNET, &error), 0);
    ck_assert_int_eq(filter_compile(filter, RAW, &error), 0);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, run_many, filter), 0);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(pthread_join(threads[i], &passed), 0);
        ck_assert_uint_eq((uintptr_t)passed, 20000);
    }
    filter_free(filter);
}
END_TEST

/* ---- Link types ------------------------------------------------------------------------------------------------------------ */

/* The link type that libpcap writes into a file for its own number, -1 where it has no such. */
static int64_t written_link_type(int dlt)
{
    uint8_t header[24] = {0};
    uint32_t link_type;
    FILE *file = tmpfile();
    pcap_t *handle = pcap_open_dead(dlt, 65535);
    int copy = dup(fileno(file));
    pcap_dumper_t *dumper = pcap_dump_fopen(handle, fdopen(copy, "w"));
    bool wrote = dumper != NULL;
    if (wrote)
        pcap_dump_close(dumper);
    rewind(file);
    bool complete = fread(header, 1, sizeof header, file) == sizeof header;
    memcpy(&link_type, header + 20, sizeof link_type);
    fclose(file);
    pcap_close(handle);
    return wrote && complete ? (int64_t)link_type : -1;
}

/* libpcap's name of what it makes of a file's link type. */
static const char *read_name(uint16_t link_type)
{
    uint32_t header[6] = {0xa1b2c3d4, 0x00040002, 0, 0, 65535, link_type};
    char message[PCAP_ERRBUF_SIZE];
    FILE *file = tmpfile();
    fwrite(header, sizeof header, 1, file);
    rewind(file);
    pcap_t *handle = pcap_fopen_offline(file, message);
    ck_assert_msg(handle != NULL, "%s", message);
    const char *name = pcap_datalink_val_to_name(pcap_datalink(handle));
    pcap_close(handle);
    return name;
}

START_TEST(names_are_libpcaps_of_what_it_reads)
{
    for (unsigned link_type = 0; link_type < 420; link_type++) {
        char number[32];
        const char *name = read_name((uint16_t)link_type);
        snprintf(number, sizeof number, "LINKTYPE_%u", link_type);
        ck_assert_str_eq(link_type_name(link_type), name ? name : number);
    }
    ck_assert_str_eq(link_type_name(65536), "LINKTYPE_65536");
    ck_assert_str_eq(link_type_name(UINT32_MAX), "LINKTYPE_4294967295");
}
END_TEST

START_TEST(numbers_are_those_that_libpcap_writes)
{
    int seen = 0;
    for (int dlt = 0; dlt < 420; dlt++) {
        const char *name = pcap_datalink_val_to_name(dlt);
        int64_t wanted = written_link_type(dlt);
        if (!name || wanted < 0)
            continue;
        ck_assert_msg(link_type_by_name(name) == wanted, "%s: %lld, libpcap writes %lld", name,
            (long long)link_type_by_name(name),
                      (long long)wanted);
        ck_assert_str_eq(link_type_name((uint32_t)wanted), name);
        seen++;
    }
    ck_assert_int_gt(seen, 100);
}
END_TEST

START_TEST(names_and_numbers_are_read)
{
    static const struct { const char *name; int64_t link_type; } names[] = {
        {"EN10MB", 1}, {"en10mb", 1}, {"ethernet", 1}, {"LINKTYPE_ETHERNET", 1}, {"1", 1}, {"0x1", 1}, {"LINKTYPE_1", 1},
        {"linktype_250", 250}, {"RAW", 101}, {"LINKTYPE_RAW", 101}, {"LINUX_SLL2", 276}, {"PPI", 192}, {"65535", 65535},
        {"65536", -1}, {"", -1}, {"LINKTYPE_", -1}, {"no such", -1}, {"-1", -1}, {"LINKTYPE_-1", -1}, {"NULL", 0}, {"12", 12}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        ck_assert_msg(link_type_by_name(names[i].name) == names[i].link_type, "%s: %lld", names[i].name,
                      (long long)link_type_by_name(names[i].name));
}
END_TEST

Suite *filter_suite(void)
{
    Suite *suite = suite_create("filter");
    TCase *all = tcase_create("filter"), *types = tcase_create("link types");
    tcase_add_loop_test(all, passes, 0, sizeof cases / sizeof *cases);
    tcase_add_test(all, one_filter_for_several_link_types);
    tcase_add_test(all, cut_packets);
    tcase_add_loop_test(all, a_cut_filter_knows_that_it_does_not_know, 0, 14);
    tcase_add_test(all, refusals_say_what_where_and_why);
    tcase_add_test(all, a_refusal_leaves_the_rest);
    tcase_add_test(all, threads_share_a_filter);
    tcase_add_test(types, names_are_libpcaps_of_what_it_reads);
    tcase_add_test(types, numbers_are_those_that_libpcap_writes);
    tcase_add_test(types, names_and_numbers_are_read);
    suite_add_tcase(suite, all);
    suite_add_tcase(suite, types);
    return suite;
}
