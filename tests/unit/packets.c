/* SPDX-License-Identifier: MIT */
/* See packets.h. */
#include "packets.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/checksum.h"
#include "core/layers.h"
#include "core/reader.h"

static struct {
    struct layers_pool *pool;
    struct arena arena;
    struct aptrace_packet packet;
    uint8_t *bytes; /* of the packet at hand */
    struct packet_bytes *list;
    size_t count, capacity;
} at_hand;

const char *const packet_samples[] = {
    MAC_TO_1 "0800 " IPV4("0020", "11") UDP("0035 0400 ", "000c") "01020304",
    MAC_TO_1 "0800 " IPV4("0020", "11") UDP("0035 0400 ", "000c") "01020304 0000000000000000000000000000",
    MAC_TO_1 "0800 " IPV4("002c", "06") TCP_SYN("0050 1388 ") "47455420",
    MAC_TO_1 "0800 4600 0020 00000000 4011 0000 0a000001 0a000002 94040000 " UDP("0035 0400 ", "0008"),
    MAC_TO_1 "0800 4500 0024 0001 2000 4011 0000 0a000001 0a000002 " UDP("0035 0400 ", "0400") "0102030405060708",
    MAC_TO_1 "0800 4500 001c 0001 0003 4011 0000 0a000001 0a000002 0102030405060708",
    MAC_TO_1 "0800 " IPV4("001c", "01") "0800 0000 0001 0002",
    MAC_TO_1 "0800 " IPV4("0038", "01") "0304 0000 0000 05dc " IPV4("0020", "11") UDP("0035 0400 ", "000c"),
    MAC_TO_1 "0800 " IPV4("0034", "33") "1104 0000 00000001 00000002 0102030405060708090a0b0c " UDP("0035 0400 ", "0008"),
    MAC_TO_1 "0800 " IPV4("0000", "06") TCP_SYN("0050 1388 ") "dead",
    MAC_TO_1 "0800 " IPV4("0024", "11") UDP("0035 0400 ", "000a") "0102 03040506",
    MAC_TO_1 "8100 a066 0800 " IPV4("0020", "11") UDP("0035 0400 ", "000c") "01020304 000000000000000000000000",
    MAC_TO_1 "88a8 0064 8100 e0c8 86dd " IPV6("0008", "11") UDP("0035 0400 ", "0008"),
    MAC_TO_1 "8100 0005 8100 0006 8100 0007 88cc 0207",
    MAC_TO_1 "0806 0001 0800 0604 0001 020000000001 0a000001 000000000000 0a000002 000000000000000000000000000000000000",
    MAC_TO_1 "8847 00010040 0002017f " IPV4("001c", "11") UDP("0035 0400 ", "0008"),
    MAC_TO_1 "8847 00010040 00020040",
    MAC_TO_1 "8864 1100 0001 001e 0021 " IPV4("001c", "11") UDP("0035 0400 ", "0008"),
    MAC_TO_1 "0026 424203 0000 0000 00",
    MAC_TO_1 "001c aaaa03 000000 0800 " IPV4("0014", "59"),
    MAC_TO_1 "8808 0101 00ff 0001 0002 0003 0004 0005 0006 0007 0008",
    MAC_TO_1 "86dd " IPV6("0014", "06") TCP_SYN("0050 1388 "),
    MAC_TO_1 "86dd " IPV6("0028", "00") "2b00 050200000000 3c00 000000000000 2c00 010400000000 0600 0000 00000001 "
        "0050138800000001",
    MAC_TO_1 "86dd " IPV6("0010", "2c") "1100 0001 00000001 " UDP("0035 0400 ", "0400"),
    MAC_TO_1 "86dd " IPV6("0010", "2c") "1100 0008 00000001 " UDP("0035 0400 ", "0008"),
    MAC_TO_1 "86dd " IPV6("0020", "3a") "8700 0000 00000000 20010db8000000000000000000000002 0101 020000000001",
    MAC_TO_1 "0800 " IPV4("0030", "04") IPV4("001c", "11") UDP("0035 0400 ", "0008"),
    MAC_TO_1 "0800 " IPV4("0044", "29") IPV6("0008", "11") UDP("0035 0400 ", "0008"),
    MAC_TO_1 "0800 " IPV4("0058", "2f") "b000 86dd 00000000 00000007 00000001 " IPV6("000c", "11")
        UDP("0035 0400 ", "000c") "01020304",
    MAC_TO_1 "0800 " IPV4("0048", "2f") "2000 6558 00000007 " MAC_TO_1 "8100 0066 0800 " IPV4("001c", "11")
        UDP("0035 0400 ", "0008"),
    MAC_TO_1 "0800 " IPV4("0046", "2f") "1000 88be 00000001 10010123 00000000 " MAC_TO_1 "0800 " IPV4("0014", "59"),
    MAC_TO_1 "0800 " IPV4("004a", "2f") "1000 22eb 00000001 20010000 00000000 00000000 " MAC_TO_1 "0800 " IPV4("0014", "59"),
    MAC_TO_1 "0800 " IPV4("004e", "11") UDP("c000 12b5 ", "003a") "08000000 00000700 " MAC_TO_1 "0800 " IPV4("001c", "11")
        UDP("0035 0400 ", "0008"),
    MAC_TO_1 "0800 " IPV4("003a", "11") UDP("c000 17c1 ", "0026") "02006558 00000700 0102800101020304 " MAC_TO_1 "9000",
    MAC_TO_1 "0800 " IPV4("0038", "11") UDP("0868 0868 ", "0024") "30ff0014 00000001 " IPV4("0014", "59"),
    MAC_TO_1 "6002 0102030405060708",
    MAC_TO_1 "0800",
    "ff",
};
const size_t packet_sample_count = sizeof packet_samples / sizeof *packet_samples;

void packets_begin(void)
{
    memset(&at_hand, 0, sizeof at_hand);
    at_hand.pool = layers_pool_new();
}

void packets_end(void)
{
    layers_pool_free(at_hand.pool);
    arena_fini(&at_hand.arena);
    free(at_hand.bytes);
    free(at_hand.list);
}

/* ---- Packets --------------------------------------------------------------------------------------------------------------- */

static unsigned nibble(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

struct packet_bytes packet_read(const char *hex)
{
    struct packet_bytes made = {.link_type = 1};
    while (*hex) {
        if (*hex == ' ') {
            hex++;
            continue;
        }
        ck_assert_uint_lt(made.length, PACKET_LONGEST);
        made.bytes[made.length++] = (uint8_t)(nibble(hex[0]) << 4 | nibble(hex[1]));
        hex += 2;
    }
    return made;
}

void packet_seal(struct packet_bytes *made)
{
    struct aptrace_checksum list[16];
    size_t count = checksum_find(packet_show(made), list, 16);
    while (count-- > 0) {
        checksum_find(packet_show(made), list, 16);
        bool spread = list[count].state == APTRACE_CHECKSUM_CUT && list[count].kind != APTRACE_CHECKSUM_IPV4;
        if (list[count].state == APTRACE_CHECKSUM_RIGHT || spread)
            continue;
        made->bytes[list[count].offset] = 1; /* 0 may mean that there is none */
        checksum_find(packet_show(made), list, 16);
        made->bytes[list[count].offset] = (uint8_t)(list[count].computed >> 8);
        made->bytes[list[count].offset + 1] = (uint8_t)list[count].computed;
    }
}

void packet_pad(struct packet_bytes *made, size_t length, uint8_t with)
{
    ck_assert_uint_le(length, PACKET_LONGEST);
    if (length > made->length)
        memset(made->bytes + made->length, with, length - made->length);
    made->length = length;
}

const struct aptrace_packet *packet_cut(const struct packet_bytes *made, size_t capture)
{
    free(at_hand.bytes);
    at_hand.bytes = malloc(capture ? capture : 1);
    if (capture)
        memcpy(at_hand.bytes, made->bytes, capture);
    at_hand.packet = (struct aptrace_packet){
        .bytes = at_hand.bytes, .capture_length = (uint32_t)capture, .wire_length = (uint32_t)made->length,
        .link_type = (uint16_t)made->link_type, .source = 1, .number = 1};
    layers_attach_one(at_hand.pool, &at_hand.packet);
    return &at_hand.packet;
}

const struct aptrace_packet *packet_show(const struct packet_bytes *made)
{
    return packet_cut(made, made->length);
}

const struct aptrace_packet *packet_hex(const char *hex)
{
    struct packet_bytes made = packet_read(hex);
    return packet_show(&made);
}

/* ---- Traces ---------------------------------------------------------------------------------------------------------------- */

static void keep_packets(const struct batch *batch)
{
    for (unsigned i = 0; i < batch->count; i++) {
        const struct aptrace_packet *packet = &batch->packets[i];
        if (packet->wire_length > PACKET_LONGEST || packet->capture_length < packet->wire_length)
            continue;
        at_hand.list = memory_grow(at_hand.list, &at_hand.capacity, at_hand.count, sizeof *at_hand.list);
        struct packet_bytes *kept = &at_hand.list[at_hand.count++];
        kept->length = packet->wire_length;
        kept->link_type = packet->link_type;
        memcpy(kept->bytes, packet->bytes, kept->length);
    }
}

static void read_trace(const char *path)
{
    static struct batch batch;
    const struct reader_options plain = {.link_type = -1};
    struct source_list sources = {0};
    struct error error = {""};
    struct reader *reader = reader_open(path, &plain, &sources, &error);
    for (enum reader_event event = READER_SOURCE; reader && event != READER_END;) {
        event = reader_next(reader, &batch);
        if (event == READER_PACKETS)
            keep_packets(&batch);
    }
    if (reader)
        reader_free(reader);
    source_list_fini(&sources);
}

/* The captures of a case: each has its description beside it. */
static void read_case(const char *folder)
{
    char path[1024];
    DIR *files = opendir(folder);
    for (struct dirent *file; files && (file = readdir(files)) != NULL;) {
        size_t length = strlen(file->d_name);
        if (length < 6 || strcmp(file->d_name + length - 6, ".trace") != 0)
            continue;
        snprintf(path, sizeof path, "%s/%.*s", folder, (int)length - 6, file->d_name);
        read_trace(path);
    }
    if (files)
        closedir(files);
}

const struct packet_bytes *packets_of_traces(size_t *count)
{
    struct dirent **cases;
    char folder[512];
    int found = scandir(TEST_SOURCE_DIR "/traces", &cases, NULL, alphasort);
    ck_assert_int_gt(found, 0);
    for (int i = 0; i < found; i++) {
        snprintf(folder, sizeof folder, "%s/traces/%s", TEST_SOURCE_DIR, cases[i]->d_name);
        read_case(folder);
        free(cases[i]);
    }
    free(cases);
    *count = at_hand.count;
    ck_assert_uint_gt(*count, 50);
    return at_hand.list;
}

/* ---- What is asked for ----------------------------------------------------------------------------------------------------- */

static void take_word(char *word, struct parameter_given *given)
{
    char *equals = strchr(word, '=');
    ck_assert_ptr_nonnull(equals);
    *equals = '\0';
    given->negated = equals > word && equals[-1] == '!';
    if (given->negated)
        equals[-1] = '\0';
    for (char *c = equals + 1; *c; c++)
        *c = (char)(*c == '~' ? ' ' : *c);
    given->key = word;
    given->text = equals + 1;
}

bool packets_try(enum aptrace_wanted_form form, const char *words, struct aptrace_wanted **wanted, struct error *error)
{
    char *rest = arena_text(&at_hand.arena, words);
    *error = (struct error){""};
    *wanted = wanted_new(form, &at_hand.arena);
    for (char *word; (word = strsep(&rest, " ")) != NULL;) {
        struct parameter_given given;
        if (!*word)
            continue;
        take_word(word, &given);
        ck_assert_msg(wanted_takes(form, given.key), "%s is not taken", given.key);
        if (wanted_read(*wanted, &given, error) != 0)
            return false;
    }
    return wanted_finish(*wanted, error) == 0;
}

struct aptrace_wanted *packets_wanted(enum aptrace_wanted_form form, const char *words)
{
    struct aptrace_wanted *wanted;
    struct error error;
    bool taken = packets_try(form, words, &wanted, &error);
    ck_assert_msg(taken, "%.200s: %s", words, error.text);
    return wanted;
}

void packets_refuse(enum aptrace_wanted_form form, const char *words, const char *const *says)
{
    struct aptrace_wanted *wanted;
    struct error error;
    ck_assert_msg(!packets_try(form, words, &wanted, &error), "%s passed", words);
    for (; *says; says++)
        ck_assert_msg(strstr(error.text, *says), "%s: \"%s\" lacks \"%s\"", words, error.text, *says);
}

const char *packets_outcome(enum wanted_outcome outcome)
{
    return outcome == WANTED_MATCH ? "match" : outcome == WANTED_MISS ? "miss" : "unknown";
}

const char *packets_asked(const char *words, const struct aptrace_packet *packet)
{
    const struct aptrace_wanted *wanted = packets_wanted(APTRACE_WANTED_PACKET, words);
    return packets_outcome(wanted_match(wanted, 0, packet, APTRACE_WANTED_ANY));
}

uint32_t packets_random(void)
{
    static uint32_t state = 1;
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}
