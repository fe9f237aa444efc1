/* SPDX-License-Identifier: MIT */
/* Parameters: every kind, its limits and its refusals; matches against plain arithmetic on every number; broken tables. */
#include <arpa/inet.h>
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/filter.h"
#include "core/parameter.h"
#include "core/wanted.h"
#include "suites.h"

#define COUNT(ARRAY) (sizeof(ARRAY) / sizeof *(ARRAY))

struct state {
    bool truth;
    uint8_t u8, at_least;
    uint16_t tag;
    uint32_t u32, way, from;
    uint64_t u64, count;
    int8_t i8, few;
    int16_t i16;
    int32_t i32;
    int64_t i64, wait, within;
    double share, part;
    const char *text;
    struct aptrace_mac mac;
    struct aptrace_ip ip;
    struct aptrace_prefix net;
    struct aptrace_bytes bytes;
    struct aptrace_pattern pattern;
    const struct aptrace_filter *only;
    struct aptrace_sources at;
    struct aptrace_match flag, number, ttl, offset, gap, host, addr;
    uint8_t small_way;
    const struct aptrace_wanted *wanted, *other;
    const struct aptrace_field *field;
};

static const struct aptrace_param table[] = {
    APTRACE_PARAM_BOOL(struct state, truth),
    APTRACE_PARAM_UINT(struct state, u8),
    APTRACE_PARAM_UINT(struct state, tag, .min = 1, .max = 4094),
    APTRACE_PARAM_UINT(struct state, u32),
    APTRACE_PARAM_UINT(struct state, u64),
    APTRACE_PARAM_UINT(struct state, count, .min = 1, .max = INT64_MAX),
    APTRACE_PARAM_UINT(struct state, at_least, .min = 3),
    APTRACE_PARAM_INT(struct state, i8),
    APTRACE_PARAM_INT(struct state, few, .min = -5, .max = 5),
    APTRACE_PARAM_INT(struct state, i16),
    APTRACE_PARAM_INT(struct state, i32),
    APTRACE_PARAM_INT(struct state, i64),
    APTRACE_PARAM_DURATION(struct state, wait),
    APTRACE_PARAM_DURATION(struct state, within, .min = 1000000, .max = 90000000000),
    APTRACE_PARAM_DOUBLE(struct state, share),
    APTRACE_PARAM_DOUBLE(struct state, part, .min = 0, .max = 1),
    APTRACE_PARAM_STRING(struct state, text),
    APTRACE_PARAM_MAC(struct state, mac, .name = "eth.dst"),
    APTRACE_PARAM_IP(struct state, ip),
    APTRACE_PARAM_PREFIX(struct state, net),
    APTRACE_PARAM_BYTES(struct state, bytes, .min = 2, .max = 4),
    APTRACE_PARAM_PATTERN(struct state, pattern),
    APTRACE_PARAM_CHOICE(struct state, way, .choices = "in|out|both"),
    APTRACE_PARAM_CHOICE(struct state, small_way, .choices = "in|out|both", .fallback = "out"),
    APTRACE_PARAM_FILTER(struct state, only),
    APTRACE_PARAM_SOURCE(struct state, from),
    APTRACE_PARAM_SOURCES(struct state, at),
    APTRACE_PARAM_MATCH(struct state, flag, BOOL),
    APTRACE_PARAM_MATCH(struct state, number, UINT),
    APTRACE_PARAM_MATCH(struct state, ttl, UINT, .name = "ip.ttl", .min = 0, .max = 255),
    APTRACE_PARAM_MATCH(struct state, offset, INT),
    APTRACE_PARAM_MATCH(struct state, gap, DURATION),
    APTRACE_PARAM_MATCH(struct state, host, MAC),
    APTRACE_PARAM_MATCH(struct state, addr, IP, .name = "ip.addr"),
    APTRACE_PARAM_END
};

static struct {
    struct state state;
    struct arena arena;
    struct parameter_set set;
    struct source_list sources;
    struct error error;
} run;

static void set_up(void)
{
    memset(&run, 0, sizeof run);
    source_add(&run.sources, "eth0", NULL, NULL, 1);
    source_add(&run.sources, "s1-eth1_in", "sw", "/traces/sw.pcapng", 1);
    source_add(&run.sources, "s1-eth2_in", "sw", "/traces/sw.pcapng", 1);
    source_add(&run.sources, "last", NULL, "only.pcap", 101);
}

static void tear_down(void)
{
    parameter_set_fini(&run.set);
    arena_fini(&run.arena);
    source_list_fini(&run.sources);
}

/* Words KEY=VALUE or KEY!=VALUE, ended by NULL, for a table. The state is made new. */
static int parse_table(const struct aptrace_param *of, const char *const *words)
{
    struct parameter_given given[16];
    static char keys[16][200];
    size_t count = 0;
    parameter_set_fini(&run.set);
    arena_fini(&run.arena);
    memset(&run.state, 0, sizeof run.state);
    run.error.text[0] = '\0';
    run.set = (struct parameter_set){.table = of, .stride = sizeof *of, .state = (unsigned char *)&run.state,
        .arena = &run.arena};
    for (; *words; words++, count++) {
        size_t length = strcspn(*words, "=");
        bool negated = length > 0 && (*words)[length - 1] == '!';
        snprintf(keys[count], sizeof keys[count], "%.*s", (int)(length - negated), *words);
        given[count] = (struct parameter_given){keys[count], *words + length + 1, negated};
    }
    return parameter_parse_all(&run.set, given, count, &run.sources, &run.error);
}

static void take(const char *word)
{
    ck_assert_msg(parse_table(table, (const char *const[]){word, NULL}) == 0, "%s: %s", word, run.error.text);
}

/* The word is refused, and the message has all of these, ended by NULL. */
static void refuse(const char *word, const char *const *says)
{
    ck_assert_msg(parse_table(table, (const char *const[]){word, NULL}) == -1, "%s passed", word);
    for (; *says; says++)
        ck_assert_msg(strstr(run.error.text, *says), "%s: \"%s\" lacks \"%s\"", word, run.error.text, *says);
}

#define REFUSE(WORD, ...) refuse(WORD, (const char *const[]){__VA_ARGS__, NULL})

/* ---- Single values --------------------------------------------------------------------------------------------------------- */

START_TEST(bools)
{
    take("truth=true");
    ck_assert(run.state.truth);
    take("truth=yes");
    ck_assert(run.state.truth);
    take("truth=0");
    ck_assert(!run.state.truth);
    REFUSE("truth=maybe", "parameter truth", "expected true or false", "got \"maybe\"");
    REFUSE("truth=", "parameter truth", "got nothing", "truth=VALUE");
}
END_TEST

START_TEST(unsigned_integers)
{
    take("u8=255");
    ck_assert_uint_eq(run.state.u8, 255);
    ck_assert_uint_eq(run.state.tag, 0);
    take("tag=1");
    ck_assert_uint_eq(run.state.tag, 1);
    take("tag=0xffe");
    ck_assert_uint_eq(run.state.tag, 4094);
    take("u32=4294967295");
    ck_assert_uint_eq(run.state.u32, UINT32_MAX);
    take("u64=18446744073709551615");
    ck_assert_uint_eq(run.state.u64, UINT64_MAX);
    take("count=9223372036854775807");
    ck_assert_uint_eq(run.state.count, INT64_MAX);
    take("u8=0");
}
END_TEST

START_TEST(unsigned_integers_refused)
{
    REFUSE("tag=5000", "parameter tag: expected an unsigned integer from 1 to 4094, got \"5000\"", "above 4094");
    REFUSE("tag=0", "below 1");
    REFUSE("tag=4095", "above 4094");
    REFUSE("tag=-1", "negative");
    REFUSE("tag=", "got nothing", "tag=VALUE");
    REFUSE("tag=12abc", "\"abc\" behind the number");
    REFUSE("tag=12 ", "\" \" behind the number");
    REFUSE("tag= 12", "is no number");
    REFUSE("tag=abc", "got \"abc\"", "is no number");
    REFUSE("tag=0x", "\"x\" behind the number");
    REFUSE("u8=256", "from 0 to 255", "above 255");
    REFUSE("u32=4294967296", "above 4294967295");
    REFUSE("u64=18446744073709551616", "above 18446744073709551615");
    REFUSE("count=0", "below 1");
    REFUSE("at_least=2", "from 3 to 255", "below 3");
    REFUSE("at_least=256", "above 255");
    REFUSE("count=9223372036854775808", "above 9223372036854775807");
    REFUSE("tag!=5", "tag!=", "only a match", "tag=VALUE");
}
END_TEST

START_TEST(signed_integers)
{
    take("i8=-128");
    ck_assert_int_eq(run.state.i8, -128);
    take("i8=127");
    ck_assert_int_eq(run.state.i8, 127);
    take("few=-5");
    ck_assert_int_eq(run.state.few, -5);
    take("i16=-32768");
    ck_assert_int_eq(run.state.i16, INT16_MIN);
    take("i32=2147483647");
    ck_assert_int_eq(run.state.i32, INT32_MAX);
    take("i64=-9223372036854775808");
    ck_assert_int_eq(run.state.i64, INT64_MIN);
    REFUSE("i8=128", "an integer from -128 to 127", "above 127");
    REFUSE("i8=-129", "below -128");
    REFUSE("few=6", "above 5");
    REFUSE("few=-6", "below -5");
    REFUSE("i16=32768", "above 32767");
    REFUSE("i32=-2147483649", "below -2147483648");
    REFUSE("i64=9223372036854775808", "above 9223372036854775807");
    REFUSE("i64=-9223372036854775809", "below -9223372036854775808");
    REFUSE("i64=5.0", "\".0\" behind the number");
    REFUSE("i64=-", "is no number");
}
END_TEST

START_TEST(durations)
{
    take("wait=1.5s");
    ck_assert_int_eq(run.state.wait, 1500000000);
    take("wait=0");
    ck_assert_int_eq(run.state.wait, 0);
    take("within=1ms");
    take("within=1.5m");
    ck_assert_int_eq(run.state.within, 90000000000);
    REFUSE("wait=5", "a duration such as 500ms", "lacks a unit");
    REFUSE("wait=5sec", "no unit");
    REFUSE("wait=-5s", "negative");
    REFUSE("wait=soon", "is no duration");
    REFUSE("wait=0.1ns", "finer than a nanosecond");
    REFUSE("wait=9999999999h", "too long");
    REFUSE("within=999us", "from 1ms to 90s", "below 1ms");
    REFUSE("within=91s", "above 90s");
}
END_TEST

START_TEST(doubles)
{
    take("share=25%");
    ck_assert(run.state.share == 0.25);
    take("share=-1e300");
    ck_assert(run.state.share == -1e300);
    take("part=1");
    take("part=0");
    REFUSE("part=1.0001", "a number from 0 to 1", "above 1");
    REFUSE("part=-0.5", "below 0");
    REFUSE("share=abc", "is no number");
    REFUSE("share=0.5x", "\"x\" behind the number");
    REFUSE("share=1e999", "out of range");
    REFUSE("share=nan", "is no number");
}
END_TEST

START_TEST(texts_are_copied)
{
    char word[] = "text=hello, world";
    take(word);
    word[5] = 'J';
    ck_assert_str_eq(run.state.text, "hello, world");
    take("text=");
    ck_assert_str_eq(run.state.text, "");
    take("text=a=b!=c");
    ck_assert_str_eq(run.state.text, "a=b!=c");
}
END_TEST

START_TEST(macs)
{
    static const char *const same[] = {"eth.dst=00:1b:21:0a:ff:01", "eth.dst=00:1B:21:0A:FF:01", "eth.dst=00-1b-21-0a-ff-01",
        "eth.dst=001b210aff01", "eth.dst=001b.210a.ff01"};
    static const char *const bad[] = {"eth.dst=00:1b:21:0a:ff", "eth.dst=00:1b:21:0a:ff:01:02", "eth.dst=00:1b-21:0a:ff:01",
        "eth.dst=0:1b:21:0a:ff:01", "eth.dst=00:1b:21:0a:ff:0g", "eth.dst=001b210aff0", "eth.dst=001b210aff011",
        "eth.dst=00:1b:21:0a:ff:01/24", "eth.dst=:00:1b:21:0a:ff:01", "eth.dst=00:1b:21:0a:ff:01:", "eth.dst=001b:210a:ff01",
        "eth.dst=any"};
    for (size_t i = 0; i < COUNT(same); i++) {
        take(same[i]);
        ck_assert_int_eq(memcmp(run.state.mac.bytes, "\x00\x1b\x21\x0a\xff\x01", 6), 0);
    }
    take("eth.dst=broadcast");
    ck_assert_int_eq(memcmp(run.state.mac.bytes, "\xff\xff\xff\xff\xff\xff", 6), 0);
    for (size_t i = 0; i < COUNT(bad); i++)
        REFUSE(bad[i], "parameter eth.dst: expected a MAC address such as", "six bytes");
    REFUSE("eth.dst=", "got nothing");
}
END_TEST

START_TEST(addresses)
{
    take("ip=10.0.0.1");
    ck_assert_uint_eq(run.state.ip.version, 4);
    ck_assert_int_eq(memcmp(run.state.ip.bytes, "\x0a\0\0\x01\0\0\0\0\0\0\0\0\0\0\0", 16), 0);
    take("ip=2001:DB8::1");
    ck_assert_uint_eq(run.state.ip.version, 6);
    ck_assert_int_eq(memcmp(run.state.ip.bytes, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", 16), 0);
    take("ip=::ffff:10.0.0.1");
    ck_assert_uint_eq(run.state.ip.version, 6);
    REFUSE("ip=10.0.0", "an IP address such as", "no address");
    REFUSE("ip=10.0.0.256", "no address");
    REFUSE("ip=010.0.0.1", "no address");
    REFUSE("ip=10.0.0.1/8", "is a prefix");
    REFUSE("ip=fe80::1%eth0", "zone");
    REFUSE("ip=example.com", "no address");
}
END_TEST

START_TEST(prefixes)
{
    take("net=10.0.0.0/8");
    ck_assert_uint_eq(run.state.net.address.version, 4);
    ck_assert_uint_eq(run.state.net.length, 8);
    take("net=0.0.0.0/0");
    ck_assert_uint_eq(run.state.net.length, 0);
    take("net=10.1.2.3");
    ck_assert_uint_eq(run.state.net.length, 32);
    take("net=2001:db8::/33");
    ck_assert_uint_eq(run.state.net.length, 33);
    take("net=::1/128");
    take("net=10.128.0.0/9");
    REFUSE("net=10.0.0.1/8", "bits behind the length");
    REFUSE("net=10.64.0.0/9", "bits behind the length");
    REFUSE("net=2001:db8:8000::/32", "bits behind the length");
    REFUSE("net=10.0.0.0/33", "0 to 32");
    REFUSE("net=::/129", "0 to 128");
    REFUSE("net=10.0.0.0/", "a value is missing");
    REFUSE("net=10.0.0.0/8/8", "no length");
    REFUSE("net=/8", "a value is missing");
    REFUSE("net=10.0.0.0/x", "no length");
}
END_TEST

START_TEST(bytes_in_hex)
{
    static const char *const same[] = {"bytes=deadbeef", "bytes=DEADBEEF", "bytes=0xdeadbeef", "bytes=de:ad:be:ef",
        "bytes=de ad be ef", "bytes=de-ad-be-ef", "bytes=dead.beef", "bytes=0Xde:adbe:ef"};
    for (size_t i = 0; i < COUNT(same); i++) {
        take(same[i]);
        ck_assert_uint_eq(run.state.bytes.length, 4);
        ck_assert_int_eq(memcmp(run.state.bytes.bytes, "\xde\xad\xbe\xef", 4), 0);
    }
    REFUSE("bytes=dea", "3 digits are no whole number");
    REFUSE("bytes=d:ea", "splits a byte");
    REFUSE("bytes=:dead", "between bytes only");
    REFUSE("bytes=dead:", "between bytes only");
    REFUSE("bytes=de::ad", "between bytes only");
    REFUSE("bytes=xx", "'x' is no hex digit");
    REFUSE("bytes=0x", "no digits");
    REFUSE("bytes=**ad", "'*' is no hex digit");
    REFUSE("bytes='text'", "''' is no hex digit");
    REFUSE("bytes=\xff", "is no hex digit");
    REFUSE("bytes=de", "bytes in hex, of length 2 to 4", "its length is 1");
    REFUSE("bytes=0102030405", "its length is 5");
}
END_TEST

START_TEST(patterns)
{
    take("pattern=ff:*0:0*:**");
    ck_assert_uint_eq(run.state.pattern.length, 4);
    ck_assert_int_eq(memcmp(run.state.pattern.bytes, "\xff\x00\x00\x00", 4), 0);
    ck_assert_int_eq(memcmp(run.state.pattern.mask, "\xff\x0f\xf0\x00", 4), 0);
    take("pattern=0x1*a5");
    ck_assert_int_eq(memcmp(run.state.pattern.bytes, "\x10\xa5", 2), 0);
    REFUSE("pattern=***", "3 digits");
    REFUSE("pattern=?*", "'?' is no hex digit");
}
END_TEST

START_TEST(choices)
{
    take("way=both");
    ck_assert_uint_eq(run.state.way, 2);
    ck_assert_uint_eq(run.state.small_way, 1);
    take("small_way=in");
    ck_assert_uint_eq(run.state.small_way, 0);
    REFUSE("way=bot", "expected one of in, out or both, got \"bot\"");
    REFUSE("way=in|out", "one of");
    REFUSE("way=In", "one of");
    REFUSE("way=", "got nothing");
}
END_TEST

START_TEST(filters)
{
    static const uint8_t frame[60] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 0x08, 0x06};
    struct aptrace_packet packet = {.bytes = frame, .capture_length = sizeof frame, .wire_length = sizeof frame, .link_type = 1};
    take("only=arp");
    ck_assert_str_eq(filter_text(run.state.only), "arp");
    ck_assert_int_eq(parameter_compile_filters(&run.set, 1, &run.error), 0);
    ck_assert(filter_passes(run.state.only, &packet));
    take("only=udp udp udp");
    ck_assert_int_eq(parameter_compile_filters(&run.set, 1, &run.error), -1);
    ck_assert_ptr_nonnull(strstr(run.error.text, "parameter only: the filter \"udp udp udp\""));
    memset(&run.state, 0xee, sizeof run.state); /* a predicate may write to its state: nothing is freed through it */
    take("truth=1");
    ck_assert_ptr_null(run.state.only);
    ck_assert_int_eq(parameter_compile_filters(&run.set, 1, &run.error), 0);
    REFUSE("only=", "a BPF filter", "got nothing");
}
END_TEST

START_TEST(sources)
{
    take("from=s1-eth1_in");
    ck_assert_uint_eq(run.state.from, 2);
    take("from=only.pcap");
    ck_assert_uint_eq(run.state.from, 4);
    REFUSE("from=sw", "names 2 sources", "s1-eth1_in");
    REFUSE("from=eth9", "the name of a source", "is no source", "there are eth0, s1-eth1_in");
    take("at=last,eth0");
    ck_assert_uint_eq(run.state.at.count, 2);
    ck_assert_uint_eq(run.state.at.numbers[0], 1);
    ck_assert_uint_eq(run.state.at.numbers[1], 4);
    take("at=sw,s1-eth1_in,sw.pcapng");
    ck_assert_uint_eq(run.state.at.count, 2);
    ck_assert_uint_eq(run.state.at.numbers[0], 2);
    ck_assert_uint_eq(run.state.at.numbers[1], 3);
    REFUSE("at=eth0,eth9", "\"eth9\" is no source");
    REFUSE("at=eth0,", "a value is missing");
    source_list_fini(&run.sources);
    run.sources = (struct source_list){0};
    REFUSE("from=eth0", "there are none");
}
END_TEST

/* ---- Matches --------------------------------------------------------------------------------------------------------------- */

static void same_for_every_byte(const char *word, bool (*wanted)(unsigned number))
{
    take(word);
    ck_assert_uint_eq(run.state.ttl.kind, APTRACE_MATCH_RANGES);
    for (unsigned number = 0; number < 256; number++) {
        ck_assert_msg(aptrace_matches(&run.state.ttl, 0, number) == wanted(number), "%s of %u", word, number);
        ck_assert(!aptrace_matches_absent(&run.state.ttl));
    }
}

static bool is_64(unsigned n) { return n == 64; }
static bool is_not_64(unsigned n) { return n != 64; }
static bool is_1_to_9(unsigned n) { return n >= 1 && n <= 9; }
static bool is_200_up(unsigned n) { return n >= 200; }
static bool is_up_to_9(unsigned n) { return n <= 9; }
static bool is_listed(unsigned n) { return n == 1 || n == 3 || (n >= 10 && n <= 20) || n >= 250 || (n & 0xf0) == 0x40; }
static bool is_not_listed(unsigned n) { return !is_listed(n); }
static bool is_masked(unsigned n) { return (n & 0x3f) == 2; }
static bool is_odd(unsigned n) { return n % 2; }
static bool is_any(unsigned n) { return n < 256; }

START_TEST(numbers_match)
{
    same_for_every_byte("ip.ttl=64", is_64);
    same_for_every_byte("ip.ttl=0x40", is_64);
    same_for_every_byte("ip.ttl!=64", is_not_64);
    same_for_every_byte("ip.ttl=1..9", is_1_to_9);
    same_for_every_byte("ip.ttl=0x1..0x9", is_1_to_9);
    same_for_every_byte("ip.ttl=64..64", is_64);
    same_for_every_byte("ip.ttl=200..", is_200_up);
    same_for_every_byte("ip.ttl=..9", is_up_to_9);
    same_for_every_byte("ip.ttl=1,3,10..20,250..,0x40/0xf0", is_listed);
    same_for_every_byte("ip.ttl!=1,3,10..20,250..,64/240", is_not_listed);
    same_for_every_byte("ip.ttl=0x02/0x3f", is_masked);
    same_for_every_byte("ip.ttl=2/63", is_masked);
    same_for_every_byte("ip.ttl=1/1", is_odd);
    same_for_every_byte("ip.ttl=0/0", is_any);
}
END_TEST

START_TEST(number_matches_have_the_contracts_form)
{
    take("ip.ttl=0x02/0x3f");
    ck_assert_uint_eq(run.state.ttl.first.mask[0], 0);
    ck_assert_uint_eq(run.state.ttl.first.mask[1], 0x3f);
    ck_assert_uint_eq(run.state.ttl.first.low[1], 2);
    ck_assert_uint_eq(run.state.ttl.first.high[1], 2);
    ck_assert_uint_eq(run.state.ttl.more_count, 0);
    take("number=7");
    ck_assert_uint_eq(run.state.number.first.mask[1], UINT64_MAX);
    take("number=18446744073709551615");
    ck_assert(aptrace_matches(&run.state.number, 0, UINT64_MAX));
    ck_assert(!aptrace_matches(&run.state.number, 0, UINT64_MAX - 1));
    ck_assert(!aptrace_matches(&run.state.number, 1, UINT64_MAX));
    take("truth=1");
    ck_assert_uint_eq(run.state.ttl.kind, APTRACE_MATCH_ANYTHING);
    ck_assert(aptrace_matches(&run.state.ttl, 0, 5) && aptrace_matches_absent(&run.state.ttl));
}
END_TEST

START_TEST(presence)
{
    take("ip.ttl=any");
    ck_assert(aptrace_matches(&run.state.ttl, 0, 5) && !aptrace_matches_absent(&run.state.ttl));
    take("ip.ttl=none");
    ck_assert(!aptrace_matches(&run.state.ttl, 0, 5) && aptrace_matches_absent(&run.state.ttl));
    take("ip.ttl!=64");
    ck_assert(!aptrace_matches_absent(&run.state.ttl));
    REFUSE("ip.ttl!=any", "cannot be negated", "ip.ttl=none");
    REFUSE("ip.ttl!=none", "cannot be negated", "ip.ttl=any");
    REFUSE("ip.ttl=any,5", "stands alone");
    REFUSE("ip.ttl=5,none", "stands alone");
}
END_TEST

START_TEST(number_matches_refused)
{
    REFUSE("ip.ttl=256", "a match of an unsigned integer from 0 to 255", "got \"256\"", "above 255");
    REFUSE("ip.ttl=1,300", "got \"1,300\"", "\"300\" is above 255");
    REFUSE("ip.ttl=10..256", "\"256\" is above 255");
    REFUSE("ip.ttl=9..1", "low above");
    REFUSE("ip.ttl=..", "without an end");
    REFUSE("ip.ttl=", "got nothing");
    REFUSE("ip.ttl=1,", "a value is missing");
    REFUSE("ip.ttl=,1", "a value is missing");
    REFUSE("ip.ttl=1,,2", "a value is missing");
    REFUSE("ip.ttl=5x", "\"x\" behind the number");
    REFUSE("ip.ttl=1..5x", "\"5x\" has \"x\" behind the number");
    REFUSE("ip.ttl=1...5", "\".5\" is no number");
    REFUSE("ip.ttl=abc", "is no number");
    REFUSE("ip.ttl=-1", "negative");
    REFUSE("ip.ttl=5/3", "bits outside its mask");
    REFUSE("ip.ttl=5/", "is no mask");
    REFUSE("ip.ttl=/3", "a value is missing");
    REFUSE("ip.ttl=5/x", "is no mask");
    REFUSE("ip.ttl=1..5/3", "range with a mask");
    REFUSE("number=18446744073709551616", "above 18446744073709551615");
    REFUSE("flag=2", "match of true or false", "is neither");
    REFUSE("flag=0..1", "range");
    REFUSE("flag=1/1", "mask");
}
END_TEST

START_TEST(signed_matches_keep_their_order)
{
    take("offset=-5..5");
    for (int64_t number = -10; number <= 10; number++)
        ck_assert_int_eq(aptrace_match_int(&run.state.offset, number), number >= -5 && number <= 5);
    take("offset=..-1");
    ck_assert(aptrace_match_int(&run.state.offset, INT64_MIN) && aptrace_match_int(&run.state.offset, -1));
    ck_assert(!aptrace_match_int(&run.state.offset, 0) && !aptrace_match_int(&run.state.offset, INT64_MAX));
    take("offset=0..");
    ck_assert(!aptrace_match_int(&run.state.offset, -1) && aptrace_match_int(&run.state.offset, INT64_MAX));
    take("offset=-9223372036854775808,9223372036854775807");
    ck_assert(aptrace_match_int(&run.state.offset, INT64_MIN) && aptrace_match_int(&run.state.offset, INT64_MAX));
    ck_assert(!aptrace_match_int(&run.state.offset, 0));
    take("offset=3/7");
    for (int64_t number = -20; number <= 20; number++)
        ck_assert_int_eq(aptrace_match_int(&run.state.offset, number), (number & 7) == 3);
    take("offset=-9223372036854775808/0x8000000000000000"); /* the sign */
    for (int64_t number = -3; number <= 3; number++)
        ck_assert_int_eq(aptrace_match_int(&run.state.offset, number), number < 0);
    take("offset=1/0x8000000000000001");
    for (int64_t number = -3; number <= 3; number++)
        ck_assert_int_eq(aptrace_match_int(&run.state.offset, number), number == 1 || number == 3);
    REFUSE("offset=5..-5", "low above");
    REFUSE("offset=-1/7", "bits outside its mask");
    take("gap=1ms..5ms");
    ck_assert(aptrace_match_int(&run.state.gap, 1000000) && aptrace_match_int(&run.state.gap, 5000000));
    ck_assert(!aptrace_match_int(&run.state.gap, 999999) && !aptrace_match_int(&run.state.gap, 5000001));
    REFUSE("gap=5", "lacks a unit");
    REFUSE("gap=5ms/1ms", "mask");
    take("flag=true");
    ck_assert(aptrace_matches(&run.state.flag, 0, 1) && !aptrace_matches(&run.state.flag, 0, 0));
    take("flag!=1");
    ck_assert(!aptrace_matches(&run.state.flag, 0, 1) && aptrace_matches(&run.state.flag, 0, 0));
}
END_TEST

static bool matches_mac(const char *word, const char *address)
{
    uint8_t bytes[6];
    char text[64];
    snprintf(text, sizeof text, "host=%s", word);
    take(text);
    ck_assert_int_eq(sscanf(address, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", bytes, bytes + 1, bytes + 2, bytes + 3, bytes + 4,
        bytes + 5), 6);
    return aptrace_match_mac(&run.state.host, bytes);
}

START_TEST(mac_matches)
{
    ck_assert(matches_mac("00:1b:21:0A:ff:01", "00:1b:21:0a:ff:01"));
    ck_assert(!matches_mac("00:1b:21:0a:ff:01", "00:1b:21:0a:ff:02"));
    ck_assert(matches_mac("00:1b:21:00:00:00/24", "00:1b:21:ff:ff:ff"));
    ck_assert(!matches_mac("00:1b:21:00:00:00/24", "00:1b:22:00:00:00"));
    ck_assert(matches_mac("00:00:00:00:00:00/0", "12:34:56:78:9a:bc"));
    ck_assert(!matches_mac("00:00:00:00:00:01/48", "00:00:00:00:00:00"));
    ck_assert(matches_mac("02:00:00:00:00:00/02:00:00:00:00:00", "03:11:22:33:44:55"));
    ck_assert(!matches_mac("02:00:00:00:00:00/02:00:00:00:00:00", "01:11:22:33:44:55"));
    ck_assert(matches_mac("broadcast", "ff:ff:ff:ff:ff:ff"));
    ck_assert(!matches_mac("broadcast", "01:00:5e:00:00:01"));
    ck_assert(matches_mac("multicast", "01:00:5e:00:00:01") && matches_mac("multicast", "33:33:00:00:00:01"));
    ck_assert(!matches_mac("multicast", "02:00:00:00:00:01"));
    ck_assert(matches_mac("00:00:00:00:00:01..00:00:00:00:00:09", "00:00:00:00:00:05"));
    ck_assert(!matches_mac("00:00:00:00:00:01..00:00:00:00:00:09", "00:00:00:00:00:0a"));
    ck_assert(matches_mac("0000.0000.0001..0000.0000.0009", "00:00:00:00:00:09"));
    ck_assert(matches_mac("fe:00:00:00:00:00..", "ff:ff:ff:ff:ff:ff"));
    ck_assert(matches_mac("broadcast,multicast", "01:80:c2:00:00:00"));
    REFUSE("host=00:1b:21:0a:ff:01/24", "bits outside its mask");
    REFUSE("host=00:00:00:00:00:00/49", "0 to 48");
    REFUSE("host=00:00:00:00:00:00/", "a value is missing");
    REFUSE("host=unicast", "six bytes");
    REFUSE("host=00:00:00:00:00:00/zz:00:00:00:00:00", "six bytes");
    take("host!=broadcast");
    ck_assert(!aptrace_match_mac(&run.state.host, (const uint8_t *)"\xff\xff\xff\xff\xff\xff"));
}
END_TEST

static bool matches_ip(const char *word, const char *address)
{
    uint8_t bytes[16];
    char text[160];
    snprintf(text, sizeof text, "ip.addr=%s", word);
    take(text);
    if (inet_pton(AF_INET, address, bytes) == 1)
        return aptrace_match_ipv4(&run.state.addr, bytes);
    ck_assert_int_eq(inet_pton(AF_INET6, address, bytes), 1);
    return aptrace_match_ipv6(&run.state.addr, bytes);
}

START_TEST(address_matches)
{
    ck_assert(matches_ip("10.0.0.1", "10.0.0.1"));
    ck_assert(!matches_ip("10.0.0.1", "10.0.0.2"));
    ck_assert(!matches_ip("10.0.0.1", "::10.0.0.1"));
    ck_assert(matches_ip("10.0.0.0/8", "10.255.1.2") && !matches_ip("10.0.0.0/8", "11.0.0.0"));
    ck_assert(matches_ip("0.0.0.0/0", "255.1.2.3") && !matches_ip("0.0.0.0/0", "2001:db8::1"));
    ck_assert(matches_ip("10.0.0.1/32", "10.0.0.1") && !matches_ip("10.0.0.1/32", "10.0.0.0"));
    ck_assert(matches_ip("10.0.0.250..10.0.1.5", "10.0.1.0") && !matches_ip("10.0.0.250..10.0.1.5", "10.0.1.6"));
    ck_assert(matches_ip("200.0.0.0..", "255.255.255.255") && !matches_ip("200.0.0.0..", "2001:db8::1"));
    ck_assert(matches_ip("..10.0.0.0", "0.0.0.0") && !matches_ip("..10.0.0.0", "::1"));
    ck_assert(matches_ip("2001:db8::/32", "2001:db8:ffff::1") && !matches_ip("2001:db8::/32", "2001:db9::"));
    ck_assert(matches_ip("fe80::/64", "fe80::1") && !matches_ip("fe80::/64", "fe80:0:0:1::1"));
    ck_assert(matches_ip("2001:db8::8000/113", "2001:db8::ffff") && !matches_ip("2001:db8::8000/113", "2001:db8::7fff"));
    ck_assert(matches_ip("2001:db8::1..2001:db8:1::", "2001:db8:0:1::") && !matches_ip("2001:db8::1..2001:db8:1::",
        "2001:db8::"));
    ck_assert(matches_ip("fe80::..", "ffff::1") && !matches_ip("fe80::..", "2001:db8::1"));
    ck_assert(matches_ip("::/0", "2001:db8::1") && matches_ip("::1/128", "::1"));
    ck_assert(matches_ip("10.0.0.1,2001:db8::1", "2001:db8::1") && matches_ip("10.0.0.1,2001:db8::1", "10.0.0.1"));
    REFUSE("ip.addr=10.0.0.1..2001:db8::1", "mixes");
    REFUSE("ip.addr=10.0.0.9..10.0.0.1", "low above");
    REFUSE("ip.addr=10.0.0.1/8", "bits behind the length");
    REFUSE("ip.addr=10.0.0.0/33", "0 to 32");
    REFUSE("ip.addr=10.0.0", "no address");
    REFUSE("ip.addr=10.0.0.1,", "a value is missing");
}
END_TEST

/* Every length against the bits themselves. */
START_TEST(every_prefix_length)
{
    for (unsigned length = 0; length <= 128; length++) {
        uint8_t base[16], address[16];
        char text[INET6_ADDRSTRLEN], word[80];
        memset(base, 0, sizeof base);
        for (unsigned bit = 0; bit < length; bit++)
            base[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
        snprintf(word, sizeof word, "ip.addr=%s/%u", inet_ntop(AF_INET6, base, text, sizeof text), length);
        take(word);
        for (unsigned bit = 0; bit < 128; bit++) {
            memcpy(address, base, sizeof address);
            address[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
            ck_assert_msg(aptrace_match_ipv6(&run.state.addr, address) == (bit >= length), "%s, bit %u", word, bit);
        }
        if (length > 32)
            continue;
        snprintf(word, sizeof word, "ip.addr=%s/%u", inet_ntop(AF_INET, base, text, sizeof text), length);
        take(word);
        for (unsigned bit = 0; bit < 32; bit++) {
            memcpy(address, base, sizeof address);
            address[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
            ck_assert_msg(aptrace_match_ipv4(&run.state.addr, address) == (bit >= length), "%s, bit %u", word, bit);
        }
    }
}
END_TEST

/* ---- Keys ------------------------------------------------------------------------------------------------------------------ */

struct pair { uint64_t tag, other; };

static const struct aptrace_param pairs[] = {
    APTRACE_PARAM_UINT(struct pair, tag, .required = true, .min = 1, .max = 9),
    APTRACE_PARAM_UINT(struct pair, tag, .name = "alias", .required = true, .min = 1, .max = 9),
    APTRACE_PARAM_UINT(struct pair, other, .fallback = "7"),
    APTRACE_PARAM_END
};

static void refuse_words(const struct aptrace_param *of, const char *const *words, const char *says)
{
    ck_assert_int_eq(parse_table(of, words), -1);
    ck_assert_msg(strstr(run.error.text, says), "\"%s\" lacks \"%s\"", run.error.text, says);
}

#define WORDS(...) (const char *const[]){__VA_ARGS__, NULL}

START_TEST(unknown_keys)
{
    static const struct aptrace_param none[] = {APTRACE_PARAM_END};
    refuse_words(pairs, WORDS("tga=5"), "unknown parameter \"tga\"; did you mean tag? It takes: tag, alias, other");
    refuse_words(pairs, WORDS("zzzzzz=5"), "unknown parameter \"zzzzzz\". It takes: tag, alias, other");
    refuse_words(none, WORDS("tag=5"), "unknown parameter \"tag\"; it takes none");
    refuse_words(pairs, WORDS("TAG=5"), "did you mean tag?");
    REFUSE("ttl=5", "did you mean ip.ttl");
}
END_TEST

START_TEST(keys_given_twice)
{
    refuse_words(pairs, WORDS("tag=5", "tag=6"), "parameter tag is given twice: give it once");
    refuse_words(pairs, WORDS("tag=5", "other=1", "tag=5"), "parameter tag is given twice");
    refuse_words(pairs, WORDS("tag=5", "alias=6"), "alias is given twice, as tag too");
    refuse_words(table, WORDS("ip.ttl=1", "ip.ttl!=2"), "as a list ip.ttl=A,B");
}
END_TEST

START_TEST(required_and_fallbacks)
{
    struct pair *pair = (struct pair *)&run.state;
    refuse_words(pairs, WORDS("other=5"), "parameter tag is missing: write tag=VALUE with an unsigned integer from 1 to 9");
    ck_assert_int_eq(parse_table(pairs, WORDS("tag=5")), 0);
    ck_assert_uint_eq(pair->tag, 5);
    ck_assert_uint_eq(pair->other, 7);
    ck_assert(run.set.given[0] && !run.set.given[1] && !run.set.given[2]);
    ck_assert_int_eq(parse_table(pairs, WORDS("other=0", "alias=6")), 0);
    ck_assert_uint_eq(pair->tag, 6);
    ck_assert_uint_eq(pair->other, 0);
    ck_assert(!run.set.given[0] && run.set.given[1] && run.set.given[2]);
}
END_TEST

START_TEST(no_table_takes_nothing)
{
    run.set = (struct parameter_set){.arena = &run.arena};
    ck_assert_int_eq(parameter_parse_all(&run.set, NULL, 0, &run.sources, &run.error), 0);
    ck_assert_uint_eq(run.set.count, 0);
    struct parameter_given given = {"tag", "5", false};
    ck_assert_int_eq(parameter_parse_all(&run.set, &given, 1, &run.sources, &run.error), -1);
    ck_assert_uint_eq(parameter_count(NULL, 0), 0);
}
END_TEST

/* Texts of any length and any bytes are told in a message that is whole. */
START_TEST(long_and_odd_texts_in_messages)
{
    static char longer[20000];
    memset(longer, 'x', sizeof longer - 1);
    memcpy(longer, "tag=", 4);
    REFUSE(longer, "xxx...\"");
    ck_assert_uint_lt(strlen(run.error.text), 1000);
    REFUSE("tag=\xff\xfe", "\xef\xbf\xbd");
    memcpy(longer, "xyz=", 4);
    REFUSE(longer, "unknown parameter \"xyz\"");
}
END_TEST

/* A plugin built with a newer header has longer entries. */
START_TEST(entries_are_walked_by_stride)
{
    struct longer { struct aptrace_param entry; uint64_t more[3]; };
    static const struct longer newer[] = {
        {APTRACE_PARAM_UINT(struct pair, tag), {~0ull, ~0ull, ~0ull}},
        {APTRACE_PARAM_UINT(struct pair, other, .fallback = "3"), {~0ull, ~0ull, ~0ull}},
        {APTRACE_PARAM_END, {~0ull, ~0ull, ~0ull}}};
    struct parameter_given given = {"tag", "5", false};
    struct pair *pair = (struct pair *)&run.state;
    ck_assert_int_eq(parameter_check_table(&newer[0].entry, sizeof *newer, COUNT(newer), sizeof *pair, &run.error), 0);
    run.set = (struct parameter_set){.table = &newer[0].entry, .stride = sizeof *newer, .state = (unsigned char *)&run.state,
        .arena = &run.arena};
    ck_assert_uint_eq(parameter_count(run.set.table, run.set.stride), 2);
    ck_assert_int_eq(parameter_parse_all(&run.set, &given, 1, &run.sources, &run.error), 0);
    ck_assert_uint_eq(pair->tag, 5);
    ck_assert_uint_eq(pair->other, 3);
}
END_TEST

/* ---- Groups ---------------------------------------------------------------------------------------------------------------- */

static const struct aptrace_param grouped[] = {
    APTRACE_PARAM_UINT(struct state, count, .name = "n"),
    APTRACE_PARAM_WANTED(struct state, wanted),
    APTRACE_PARAM_FIELD(struct state, field, .fallback = "ip.id"),
    APTRACE_PARAM_END
};

static void refuse_grouped(const char *word, const char *says)
{
    ck_assert_msg(parse_table(grouped, (const char *const[]){word, NULL}) == -1, "%s passed", word);
    ck_assert_msg(strstr(run.error.text, says), "%s: \"%s\" lacks \"%s\"", word, run.error.text, says);
}

START_TEST(groups_take_keys_of_fields)
{
    static const char *const words[] = {"ip6.hlim=5", "n=3", "ip.src!=10.0.0.0/8", "packet=ffff", NULL};
    ck_assert_msg(parse_table(grouped, words) == 0, "%s", run.error.text);
    ck_assert_uint_eq(run.state.count, 3);
    ck_assert_ptr_nonnull(run.state.wanted);
    ck_assert(!wanted_is_anything(run.state.wanted));
    ck_assert_uint_eq(wanted_count(run.state.wanted), 1);
    ck_assert(run.set.given[0] && run.set.given[1] && !run.set.given[2]);
    ck_assert_str_eq(run.state.field->name, "ip.id");
    ck_assert_int_eq(parse_table(grouped, (const char *const[]){"field=ip6.fl", NULL}), 0);
    ck_assert_str_eq(run.state.field->name, "ipv6.flow");
    ck_assert_ptr_nonnull(run.state.wanted); /* nothing was given: any packet */
    ck_assert(wanted_is_anything(run.state.wanted));
    ck_assert(!run.set.given[1]);
}
END_TEST

START_TEST(groups_refuse)
{
    refuse_grouped("ip.tll=5", "ip.ttl");
    refuse_grouped("ip.ttl=500", "parameter ip.ttl: expected");
    refuse_grouped("within=5s", "header fields");
    refuse_grouped("wanted=5", "unknown parameter"); /* the member's name is no key */
    refuse_grouped("mask=ff", "no packet=");
    refuse_grouped("field=", "field=VALUE");
    refuse_grouped("field=tcp.seq", "tcp.seq_raw");
    refuse_grouped("field=ip.no_such", "parameter field: expected the name of a header field");
    refuse_grouped("field!=ip.id", "only a match");
    ck_assert_int_eq(parse_table(grouped, (const char *const[]){"ip.ttl=5", "n=1", "ip.ttl=6", NULL}), -1);
    ck_assert_ptr_nonnull(strstr(run.error.text, "ip.ttl=A,B"));
}
END_TEST

/* ---- Words ----------------------------------------------------------------------------------------------------------------- */

START_TEST(kinds_have_names)
{
    static const struct { const char *key, *kind; } kinds[] = {
        {"truth", "true or false"}, {"u8", "unsigned integer 0..255"}, {"tag", "unsigned integer 1..4094"},
        {"u64", "unsigned integer"}, {"few", "integer -5..5"}, {"i8", "integer -128..127"}, {"i64", "integer"},
        {"wait", "duration"}, {"within", "duration 1ms..90s"}, {"share", "number"}, {"part", "number 0..1"}, {"text", "text"},
        {"eth.dst", "MAC address"}, {"ip", "IP address"}, {"net", "IP prefix"}, {"bytes", "bytes in hex, length 2..4"},
        {"pattern", "bytes in hex with * for any digit"}, {"way", "in|out|both"}, {"only", "BPF filter"},
        {"from", "name of a source"}, {"at", "names of sources by comma"}, {"number", "match of an unsigned integer"},
        {"ip.ttl", "match of an unsigned integer 0..255"}, {"flag", "match of true or false"}, {"gap", "match of a duration"},
        {"host", "match of a MAC address"}, {"ip.addr", "match of an IP address"}, {"offset", "match of an integer"}};
    for (size_t i = 0; i < COUNT(kinds); i++) {
        struct text text = {0};
        size_t index = 0;
        while (strcmp(parameter_name(&table[index]), kinds[i].key) != 0)
            index++;
        parameter_add_kind(&text, &table[index]);
        ck_assert_str_eq(text_bytes(&text), kinds[i].kind);
        text_fini(&text);
    }
}
END_TEST

/* ---- Tables ---------------------------------------------------------------------------------------------------------------- */

static void table_refused(struct aptrace_param entry, const char *says)
{
    const struct aptrace_param broken[] = {entry, APTRACE_PARAM_END};
    struct error error = {""};
    ck_assert_msg(parameter_check_table(broken, sizeof *broken, 2, sizeof(struct state), &error) == -1, "passed: %s", says);
    ck_assert_msg(strstr(error.text, says), "\"%s\" lacks \"%s\"", error.text, says);
}

static void table_accepted(struct aptrace_param entry)
{
    const struct aptrace_param good[] = {entry, APTRACE_PARAM_END};
    struct error error = {""};
    ck_assert_msg(parameter_check_table(good, sizeof *good, 2, sizeof(struct state), &error) == 0, "%s", error.text);
}

#define ENTRY(KIND, MEMBER, ...) (struct aptrace_param)APTRACE_PARAM_##KIND(struct state, MEMBER, __VA_ARGS__)
#define MATCH(MEMBER, OF, ...) (struct aptrace_param)APTRACE_PARAM_MATCH(struct state, MEMBER, OF, __VA_ARGS__)

START_TEST(good_tables_pass)
{
    struct error error = {""};
    ck_assert_msg(parameter_check_table(table, sizeof *table, COUNT(table), sizeof(struct state), &error) == 0, "%s", error.text);
    ck_assert_msg(parameter_check_table(pairs, sizeof *pairs, COUNT(pairs), sizeof(struct pair), &error) == 0, "%s", error.text);
    ck_assert_int_eq(parameter_check_table(NULL, 0, 0, 0, &error), 0);
    table_accepted(ENTRY(UINT, u8, .min = 1)); /* max below min: the member's own maximum */
    table_accepted(ENTRY(UINT, u8, .min = 5, .max = -1));
    table_accepted(ENTRY(INT, i64, .min = INT64_MIN, .max = INT64_MAX));
    table_accepted(ENTRY(DOUBLE, share, .min = -10, .max = 10, .fallback = "-2.5"));
    table_accepted(ENTRY(SOURCE, from, .fallback = "eth0"));
    table_accepted(ENTRY(FILTER, only, .fallback = "udp"));
    table_accepted(MATCH(ttl, UINT, .fallback = "any"));
    table_accepted(ENTRY(STRING, text, .fallback = ""));
}
END_TEST

/* The array is not longer than the limit: a read behind it is found by the sanitiser. */
START_TEST(tables_without_an_end)
{
    struct aptrace_param *entries = memory_new(3, sizeof *entries);
    struct error error = {""};
    for (int i = 0; i < 3; i++)
        entries[i] = table[i];
    ck_assert_int_eq(parameter_check_table(entries, sizeof *entries, 3, sizeof(struct state), &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "no end in 3 entries"));
    ck_assert_ptr_nonnull(strstr(error.text, "APTRACE_PARAM_END"));
    ck_assert_int_eq(parameter_check_table(entries, sizeof *entries, 0, sizeof(struct state), &error), -1);
    memset(&entries[2], 0, sizeof *entries);
    ck_assert_int_eq(parameter_check_table(entries, sizeof *entries, 3, sizeof(struct state), &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "entry 3"));
    ck_assert_ptr_nonnull(strstr(error.text, "APTRACE_PARAM_END"));
    entries[1].type = 99;
    ck_assert_int_eq(parameter_check_table(entries, sizeof *entries, 3, sizeof(struct state), &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "type 99"));
    free(entries);
}
END_TEST

START_TEST(strides_that_cannot_be)
{
    struct error error = {""};
    ck_assert_int_eq(parameter_check_table(table, sizeof *table - 8, COUNT(table), sizeof(struct state), &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "bytes long, expected at least"));
    ck_assert_int_eq(parameter_check_table(table, 0, COUNT(table), sizeof(struct state), &error), -1);
    ck_assert_int_eq(parameter_check_table(table, sizeof *table + 4, 2, sizeof(struct state), &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "multiple of"));
}
END_TEST

static struct aptrace_param bent(uint32_t type, uint32_t of, uint32_t offset, uint32_t size)
{
    return (struct aptrace_param){.type = type, .of = of, .offset = offset, .size = size, .member = "bent"};
}

START_TEST(members_that_cannot_be)
{
    table_refused(bent(APTRACE_TYPE_UINT, 0, 0, 3), "member of 3 bytes does not fit");
    table_refused(bent(APTRACE_TYPE_UINT, 0, 0, 0), "member of 0 bytes");
    table_refused(bent(APTRACE_TYPE_UINT, 0, 0, 16), "member of 16 bytes");
    table_refused(bent(APTRACE_TYPE_MAC, 0, 0, 8), "does not fit");
    table_refused(bent(APTRACE_TYPE_MATCH, APTRACE_TYPE_UINT, 0, 64), "does not fit");
    table_refused(bent(APTRACE_TYPE_UINT, 0, sizeof(struct state), 8), "(bent)");
    table_refused(bent(APTRACE_TYPE_UINT, 0, sizeof(struct state) - 4, 8), "beyond the state");
    table_refused(bent(APTRACE_TYPE_UINT, 0, UINT32_MAX - 3, 4), "beyond the state");
    table_refused(bent(APTRACE_TYPE_UINT, 0, UINT32_MAX, 1), "beyond the state");
    table_refused(bent(APTRACE_TYPE_UINT, 0, 4, 8), "multiple of 8");
    table_refused(bent(APTRACE_TYPE_UINT, 0, 1, 2), "multiple of 2");
    table_refused(bent(APTRACE_TYPE_STRING, 0, 4, 8), "multiple of 8");
    table_accepted(bent(APTRACE_TYPE_MAC, 0, 1, 6));
    table_refused(bent(APTRACE_TYPE_MATCH, 0, 0, 72), "no match of type 0");
    table_refused(bent(APTRACE_TYPE_MATCH, APTRACE_TYPE_STRING, 0, 72), "no match of type 5");
    table_refused(bent(APTRACE_TYPE_MATCH, 77, 0, 72), "no match of type 77");
    table_refused(bent(APTRACE_TYPE_UINT, 3, 0, 8), "only a match");
}
END_TEST

START_TEST(members_that_overlap)
{
    struct error error = {""};
    const struct aptrace_param partly[] = {bent(APTRACE_TYPE_UINT, 0, 0, 8), bent(APTRACE_TYPE_UINT, 0, 4, 4), APTRACE_PARAM_END};
    const struct aptrace_param other[] = {bent(APTRACE_TYPE_UINT, 0, 0, 8), bent(APTRACE_TYPE_INT, 0, 0, 8), APTRACE_PARAM_END};
    struct aptrace_param copies[3];
    memcpy(copies, partly, sizeof copies);
    copies[1].name = "two";
    ck_assert_int_eq(parameter_check_table(copies, sizeof *copies, 3, 64, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "overlaps that of entry 1"));
    memcpy(copies, other, sizeof copies);
    copies[1].name = "two";
    ck_assert_int_eq(parameter_check_table(copies, sizeof *copies, 3, 64, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "overlaps"));
    copies[1].type = APTRACE_TYPE_UINT;
    ck_assert_int_eq(parameter_check_table(copies, sizeof *copies, 3, 64, &error), 0);
    copies[1].name = NULL;
    ck_assert_int_eq(parameter_check_table(copies, sizeof *copies, 3, 64, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "that of entry 1 already"));
}
END_TEST

START_TEST(names_that_cannot_be)
{
    static const char *const bad[] = {"", "a=b", "a!", "a b", "a\tb", "a\nb", "-tag", "@file", "\x7f"};
    static const char *const good[] = {"ip.ttl", "frame@16:2", "a-b", "vlan.id#2", "\xc3\xa9t\xc3\xa9"};
    struct aptrace_param nameless = table[0];
    for (size_t i = 0; i < COUNT(bad); i++)
        table_refused(ENTRY(UINT, u8, .name = bad[i]), "is no key");
    for (size_t i = 0; i < COUNT(good); i++)
        table_accepted(ENTRY(UINT, u8, .name = good[i]));
    nameless.member = NULL;
    table_refused(nameless, "no name");
}
END_TEST

START_TEST(bounds_that_cannot_be)
{
    table_refused(ENTRY(UINT, u8, .min = 0, .max = 256), "can hold");
    table_refused(ENTRY(UINT, u8, .min = -1, .max = 5), "never negative");
    table_refused(ENTRY(INT, i8, .min = -129, .max = 5), "can hold");
    table_refused(ENTRY(INT, i16, .min = 0, .max = 32768), "can hold");
    table_refused(ENTRY(DURATION, wait, .min = -5, .max = 5), "never negative");
    table_refused(ENTRY(BYTES, bytes, .min = -5, .max = 5), "never negative");
    table_refused(MATCH(ttl, UINT, .min = -1, .max = 5), "never negative");
    table_accepted(ENTRY(UINT, u8, .min = 0, .max = 255));
    table_accepted(ENTRY(INT, i8, .min = -128, .max = 127));
    table_accepted(MATCH(offset, INT, .min = -1, .max = 5));
}
END_TEST

START_TEST(choices_that_cannot_be)
{
    struct aptrace_param missing = ENTRY(CHOICE, way, .choices = NULL);
    table_refused(missing, "without choices");
    table_refused(ENTRY(CHOICE, way, .choices = ""), "without choices");
    table_refused(ENTRY(CHOICE, way, .choices = "a||b"), "empty");
    table_refused(ENTRY(CHOICE, way, .choices = "a|"), "empty");
    table_refused(ENTRY(CHOICE, way, .choices = "a|b|a"), "the same");
    table_refused(ENTRY(UINT, u8, .choices = "a|b"), "is no choice");
    table_accepted(ENTRY(CHOICE, way, .choices = "one"));
}
END_TEST

static void refuse_pair(struct aptrace_param first, struct aptrace_param second, const char *says)
{
    const struct aptrace_param broken[] = {first, second, APTRACE_PARAM_END};
    struct error error = {""};
    ck_assert_msg(parameter_check_table(broken, sizeof *broken, 3, sizeof(struct state), &error) == -1, "passed: %s", says);
    ck_assert_msg(strstr(error.text, says), "\"%s\" lacks \"%s\"", error.text, says);
}

START_TEST(groups_that_cannot_be)
{
    struct error error = {""};
    ck_assert_int_eq(parameter_check_table(grouped, sizeof *grouped, COUNT(grouped), sizeof(struct state), &error), 0);
    table_accepted(ENTRY(WANTED_LIST, wanted, .help = "of a capture"));
    table_accepted(ENTRY(WANTED_SAME, wanted, .help = "the same"));
    table_refused(bent(APTRACE_TYPE_WANTED, 3, 0, 8), "form 3");
    table_refused(bent(APTRACE_TYPE_WANTED, 0, 0, 4), "does not fit");
    table_refused(bent(APTRACE_TYPE_FIELD, 0, 4, 8), "multiple of 8");
    table_refused(bent(APTRACE_TYPE_FIELD, 3, 0, 8), "only a match");
    table_refused(ENTRY(WANTED, wanted, .fallback = "ip.ttl=5"), "fallback");
    table_refused(ENTRY(WANTED, wanted, .required = true), "required");
    table_refused(ENTRY(FIELD, field, .fallback = "ip.idd"), "fallback is refused");
    refuse_pair(ENTRY(WANTED, wanted, .help = ""), ENTRY(WANTED, other, .help = ""), "a table has one");
    refuse_pair(ENTRY(WANTED, wanted, .help = ""), MATCH(ttl, UINT, .name = "ip.ttl"), "entry 2 (ip.ttl) has a name that is");
    refuse_pair(ENTRY(UINT, u8, .name = "length"), ENTRY(WANTED, wanted, .help = ""), "entry 1 (length)");
}
END_TEST

START_TEST(fallbacks_that_cannot_be)
{
    table_refused(ENTRY(UINT, u8, .fallback = "256"),
        "fallback is refused: parameter u8: expected an unsigned integer from 0 to 255");
    table_refused(ENTRY(UINT, tag, .min = 1, .max = 9, .fallback = "0"), "below 1");
    table_refused(ENTRY(DURATION, wait, .fallback = "5"), "lacks a unit");
    table_refused(ENTRY(CHOICE, way, .choices = "a|b", .fallback = "c"), "one of a or b");
    table_refused(ENTRY(UINT, u8, .fallback = ""), "got nothing");
    table_refused(MATCH(ttl, UINT, .min = 0, .max = 9, .fallback = "1,10"), "above 9");
    table_refused(ENTRY(UINT, u8, .fallback = "1", .required = true), "required and has a fallback");
}
END_TEST

/* Any bytes as a table must be refused or pass, never crash. Texts are good ones, as the loader checks those. */
START_TEST(tables_of_noise)
{
    uint64_t noise = 88172645463325252u;
    for (int round = 0; round < 20000; round++) {
        struct aptrace_param entries[2] = {{0}, APTRACE_PARAM_END};
        uint32_t words[8];
        struct error error;
        for (int i = 0; i < 8; i++) {
            noise ^= noise << 13, noise ^= noise >> 7, noise ^= noise << 17;
            words[i] = (uint32_t)noise;
        }
        entries[0] = (struct aptrace_param){.type = words[0] % 20, .of = words[1] % 9,
            .offset = words[2] % 4 ? words[2] % 600 : words[2],
            .size = words[3] % 4 ? 1u << words[3] % 5 : words[3] % 90, .member = "noise", .min = (int64_t)noise >> words[4] % 64,
            .max = (int64_t)(noise * 3) >> words[5] % 64, .choices = words[6] % 2 ? "a|b" : NULL,
                .fallback = words[7] % 2 ? "1" : NULL};
        parameter_check_table(entries, sizeof *entries, 2, sizeof(struct state), &error);
    }
}
END_TEST

/* Any text for any kind is read or refused with a message, never worse. */
START_TEST(texts_of_noise)
{
    static const char letters[] = "0123456789abcdefx.,:-/*% =!anyoemultics\xff";
    uint64_t noise = 88172645463325252u;
    for (int round = 0; round < 30000; round++) {
        char word[64];
        noise ^= noise << 13, noise ^= noise >> 7, noise ^= noise << 17;
        int length = snprintf(word, sizeof word, "%s%s=", parameter_name(&table[noise % (COUNT(table) - 1)]),
            noise >> 20 & 1 ? "!" : "");
        for (unsigned i = 0; i < (noise >> 32) % 20; i++) {
            uint64_t step = noise * (i + 3) * UINT64_C(0x9e3779b97f4a7c15);
            word[length++] = letters[(step >> 33) % (sizeof letters - 1)];
        }
        word[length] = '\0';
        if (parse_table(table, (const char *const[]){word, NULL}) != 0)
            ck_assert_msg(strncmp(run.error.text, "parameter ", 10) == 0, "%s: %s", word, run.error.text);
    }
}
END_TEST

static TCase *add_case(Suite *suite, const char *name)
{
    TCase *added = tcase_create(name);
    tcase_add_checked_fixture(added, set_up, tear_down);
    tcase_set_timeout(added, 60);
    suite_add_tcase(suite, added);
    return added;
}

Suite *parameter_suite(void)
{
    Suite *suite = suite_create("parameter");
    TCase *values = add_case(suite, "values"), *matches = add_case(suite, "matches"), *keys = add_case(suite, "keys");
    TCase *tables = add_case(suite, "tables");
    const TTest *const of_values[] = {bools, unsigned_integers, unsigned_integers_refused, signed_integers, durations, doubles,
        texts_are_copied, macs, addresses, prefixes, bytes_in_hex, patterns, choices, filters, sources, kinds_have_names,
            texts_of_noise};
    const TTest *const of_matches[] = {numbers_match, number_matches_have_the_contracts_form, presence, number_matches_refused,
        signed_matches_keep_their_order, mac_matches, address_matches, every_prefix_length};
    const TTest *const of_keys[] = {unknown_keys, keys_given_twice, required_and_fallbacks, no_table_takes_nothing,
        long_and_odd_texts_in_messages, entries_are_walked_by_stride, groups_take_keys_of_fields, groups_refuse};
    const TTest *const of_tables[] = {good_tables_pass, tables_without_an_end, strides_that_cannot_be, members_that_cannot_be,
        members_that_overlap, names_that_cannot_be, bounds_that_cannot_be, choices_that_cannot_be, fallbacks_that_cannot_be,
            groups_that_cannot_be, tables_of_noise};
    for (size_t i = 0; i < COUNT(of_values); i++)
        tcase_add_test(values, of_values[i]);
    for (size_t i = 0; i < COUNT(of_matches); i++)
        tcase_add_test(matches, of_matches[i]);
    for (size_t i = 0; i < COUNT(of_keys); i++)
        tcase_add_test(keys, of_keys[i]);
    for (size_t i = 0; i < COUNT(of_tables); i++)
        tcase_add_test(tables, of_tables[i]);
    return suite;
}
