/* SPDX-License-Identifier: MIT */
/* A parameter of every kind but those of wanted.h, each of which it says. Yields a text: the one it was given. */
#include <aptrace/decode.h>
#include <aptrace/plugin.h>

struct every_parameter {
    bool truth;
    uint8_t u8;
    uint16_t u16;
    uint32_t u32, choice, source;
    uint64_t u64;
    int8_t i8;
    int16_t i16;
    int32_t i32;
    int64_t i64, wait;
    double real;
    const char *text;
    struct aptrace_mac mac;
    struct aptrace_ip ip;
    struct aptrace_prefix prefix;
    struct aptrace_bytes bytes;
    struct aptrace_pattern pattern;
    const struct aptrace_filter *filter;
    struct aptrace_sources sources;
    struct aptrace_match flag, port, offset, pause, dst, host;
    uint32_t passed, matched;
};

static const struct aptrace_param params[] = {
    APTRACE_PARAM_BOOL(struct every_parameter, truth, .fallback = "true", .help = "a truth"),
    APTRACE_PARAM_UINT(struct every_parameter, u8, .help = "8 bits"),
    APTRACE_PARAM_UINT(struct every_parameter, u16, .min = 1, .max = 4094, .required = true, .help = "16 bits"),
    APTRACE_PARAM_UINT(struct every_parameter, u32, .help = "32 bits"),
    APTRACE_PARAM_UINT(struct every_parameter, u64, .name = "a.number", .fallback = "0x10", .help = "64 bits", .id = 7),
    APTRACE_PARAM_INT(struct every_parameter, i8, .help = "8 bits, signed"),
    APTRACE_PARAM_INT(struct every_parameter, i16, .min = -5, .max = 5, .help = "16 bits, signed"),
    APTRACE_PARAM_INT(struct every_parameter, i32, .help = "32 bits, signed"),
    APTRACE_PARAM_INT(struct every_parameter, i64, .help = "64 bits, signed"),
    APTRACE_PARAM_DURATION(struct every_parameter, wait, .fallback = "500ms", .help = "a duration"),
    APTRACE_PARAM_DOUBLE(struct every_parameter, real, .fallback = "25%", .help = "a number"),
    APTRACE_PARAM_STRING(struct every_parameter, text, .fallback = "none", .help = "a text"),
    APTRACE_PARAM_MAC(struct every_parameter, mac, .help = "a MAC address"),
    APTRACE_PARAM_IP(struct every_parameter, ip, .help = "an IP address"),
    APTRACE_PARAM_PREFIX(struct every_parameter, prefix, .fallback = "10.0.0.0/8", .help = "a prefix"),
    APTRACE_PARAM_BYTES(struct every_parameter, bytes, .min = 1, .max = 8, .help = "bytes"),
    APTRACE_PARAM_PATTERN(struct every_parameter, pattern, .help = "bytes with any nibbles"),
    APTRACE_PARAM_CHOICE(struct every_parameter, choice, .choices = "in|out|both", .fallback = "out", .help = "a choice"),
    APTRACE_PARAM_FILTER(struct every_parameter, filter, .help = "a filter"),
    APTRACE_PARAM_SOURCE(struct every_parameter, source, .help = "a source"),
    APTRACE_PARAM_SOURCES(struct every_parameter, sources, .help = "sources"),
    APTRACE_PARAM_MATCH(struct every_parameter, flag, BOOL, .help = "whether a packet is tagged"),
    APTRACE_PARAM_MATCH(struct every_parameter, port, UINT, .name = "udp.port", .min = 0, .max = 65535, .help = "a port"),
    APTRACE_PARAM_MATCH(struct every_parameter, offset, INT, .help = "a packet's number below zero"),
    APTRACE_PARAM_MATCH(struct every_parameter, pause, DURATION, .help = "a duration"),
    APTRACE_PARAM_MATCH(struct every_parameter, dst, MAC, .help = "a packet's destination"),
    APTRACE_PARAM_MATCH(struct every_parameter, host, IP, .help = "10.0.1.10, and its IPv6 sibling"),
    APTRACE_PARAM_END
};

static bool has_matching_port(const struct every_parameter *want, const struct aptrace_packet *packet)
{
    unsigned source, destination;
    if (!aptrace_get_ports(packet, &source, &destination))
        return aptrace_matches_absent(&want->port);
    return aptrace_matches(&want->port, 0, destination);
}

void on_packet(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    static const uint8_t host[4] = {10, 0, 1, 10}, sibling[16] = {0x20, 1, 0xd, 0xb8, [15] = 1};
    struct every_parameter *want = self->state;
    const uint8_t *dst;
    want->passed += aptrace_passes(self, want->filter, packet);
    want->matched += aptrace_matches(&want->flag, 0, aptrace_vlan_count(packet) > 0) && has_matching_port(want, packet)
        && aptrace_match_int(&want->offset, -(int64_t)packet->number) && aptrace_match_int(&want->pause, 20000000)
        && aptrace_get_eth_dst(packet, &dst) && aptrace_match_mac(&want->dst, dst)
        && (aptrace_match_ipv4(&want->host, host) || aptrace_match_ipv6(&want->host, sibling));
}

struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    const struct every_parameter *want = self->state;
    (void)finish;
    aptrace_explain(self, "%d %u %u %u %llu %d %d %d %lld %lld %g %02x %u:%u %u:%u/%u %zu:%02x %zu:%02x&%02x %u %u %zu:%u passed %u matched %u",
                    want->truth, want->u8, want->u16, want->u32, (unsigned long long)want->u64, want->i8, want->i16, want->i32,
                    (long long)want->i64, (long long)want->wait, want->real, want->mac.bytes[5], want->ip.version, want->ip.bytes[3],
                    want->prefix.address.version, want->prefix.address.bytes[0], want->prefix.length, want->bytes.length,
                    want->bytes.length ? want->bytes.bytes[0] : 0u, want->pattern.length,
                    want->pattern.length ? want->pattern.bytes[0] : 0u, want->pattern.length ? want->pattern.mask[0] : 0u, want->choice,
                    want->source, want->sources.count, want->sources.count ? want->sources.numbers[0] : 0u, want->passed,
                    want->matched);
    return aptrace_string(want->text);
}

APTRACE_PREDICATE("every_parameter", struct every_parameter, .summary = "A parameter of every kind", .params = params,
    .yields = APTRACE_TYPE_STRING);
