/* SPDX-License-Identifier: MIT */
/* Layers of a line, made into the bytes of a frame.
 *
 * Two passes: the headers are written one behind the other, each telling the one before it what follows; then, from the last
 * to the first, lengths and checksums are filled in, for a checksum covers all that lies behind it. What the line gives
 * itself is never changed. Padding is no part of any layer's length. */
#include "tools/trace_make.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

enum { LAYERS_MAX = 32, NOWHERE = 0 };
enum {
    FRAME_MAX = 1 << 24,
    TYPE_EXPERIMENTAL = 0x88b5,  /* IEEE 802 local experimental: of a frame that names no type */
    PROTOCOL_EXPERIMENTAL = 253, /* RFC 3692 */
    PORTS_MAX = 65535,
    OPTIONS_MAX = 10,            /* of IPv4 and TCP, in words of 4 bytes */
    NO_OPERATION = 1             /* what they are filled with */
};

struct layer {
    const struct layer_kind *kind;
    size_t at;
    size_t type_at;     /* two bytes for what follows, an Ethernet type; else NOWHERE */
    size_t protocol_at; /* one byte for what follows, an IP protocol */
    bool fixed_length, fixed_checksum;
};

struct frame {
    struct bytes *bytes; /* empty at first */
    size_t end;          /* where padding begins; 0: there is none */
    struct layer layers[LAYERS_MAX];
    size_t count;
};

struct layer_kind {
    const char *name;
    unsigned ether_type, protocol; /* how the layer before calls it; 0: it cannot */
    int (*write)(struct frame *frame, struct layer *layer, struct words *words);
    void (*finish)(struct frame *frame, const struct layer *layer, size_t end);
    const char *help;
};

static struct layer *before(struct frame *frame, const struct layer *layer)
{
    return layer == frame->layers ? NULL : &frame->layers[layer - frame->layers - 1];
}

/* ---- Link ---- */

static int write_macs(struct frame *frame, struct words *words)
{
    uint8_t dst[6] = {0, 0, 0, 0, 0, 2}, src[6] = {0, 0, 0, 0, 0, 1};
    for (;;) {
        if (words_skip(words, "dst")) {
            if (words_mac(words, "eth dst", dst) != 0)
                return -1;
        } else if (words_skip(words, "src")) {
            if (words_mac(words, "eth src", src) != 0)
                return -1;
        } else {
            break;
        }
    }
    bytes_add(frame->bytes, dst, 6);
    bytes_add(frame->bytes, src, 6);
    return 0;
}

static int write_eth(struct frame *frame, struct layer *layer, struct words *words)
{
    uint64_t type = TYPE_EXPERIMENTAL;
    bool given = false;
    const struct words_field fields[] = {{"type", 0xffff, &type, &given}};
    if (write_macs(frame, words) != 0 || words_fields(words, "eth [dst MAC] [src MAC]", fields, 1) != 0)
        return -1;
    layer->type_at = given ? NOWHERE : frame->bytes->length;
    bytes_add_number(frame->bytes, type, 2);
    return 0;
}

/* The TPID is the type field of the layer before; IEEE 802.1Q clause 9.6. */
static int write_vlan(struct frame *frame, struct layer *layer, struct words *words)
{
    uint64_t id, prio = 0, dei = 0, tpid = 0x8100, type = TYPE_EXPERIMENTAL;
    bool given = false;
    const struct words_field fields[] = {{"prio", 7, &prio, NULL}, {"dei", 0, &dei, NULL}, {"tpid", 0xffff, &tpid, NULL},
                                         {"type", 0xffff, &type, &given}};
    if (words_number(words, "vlan", 4095, &id) != 0 || words_fields(words, "vlan", fields, 4) != 0)
        return -1;
    struct layer *outer = before(frame, layer);
    if (outer && outer->type_at != NOWHERE)
        bytes_set_number(frame->bytes->at + outer->type_at, tpid, 2);
    bytes_add_number(frame->bytes, prio << 13 | dei << 12 | id, 2);
    layer->type_at = given ? NOWHERE : frame->bytes->length;
    bytes_add_number(frame->bytes, type, 2);
    return 0;
}

static int write_mpls(struct frame *frame, struct layer *layer, struct words *words)
{
    uint64_t label, tc = 0, ttl = 64;
    const struct words_field fields[] = {{"tc", 7, &tc, NULL}, {"ttl", 255, &ttl, NULL}};
    if (words_number(words, "mpls", 0xfffff, &label) != 0 || words_fields(words, "mpls", fields, 2) != 0)
        return -1;
    struct layer *outer = before(frame, layer);
    if (outer && outer->kind == layer->kind)
        frame->bytes->at[outer->at + 2] &= 0xfe; /* no longer the bottom of the stack: RFC 3032 section 2.1 */
    bytes_add_number(frame->bytes, label << 12 | tc << 9 | 1 << 8 | ttl, 4);
    return 0;
}

static int write_arp_end(struct frame *frame, struct words *words)
{
    uint8_t address[4], mac[6] = {0};
    if (words_address(words, "arp", AF_INET, address) != 0 || (words_skip(words, "at") && words_mac(words, "arp at", mac) != 0))
        return -1;
    bytes_add(frame->bytes, mac, 6);
    bytes_add(frame->bytes, address, 4);
    return 0;
}

static int expect_arrow(struct words *words, const char *what)
{
    if (words_skip(words, ">"))
        return 0;
    return words_fail(words, "%s: expected > between source and destination, got %s", what, words_got(words));
}

/* RFC 826, for IPv4 on Ethernet. */
static int write_arp(struct frame *frame, struct layer *layer, struct words *words)
{
    bool reply = words_skip(words, "reply");
    (void)layer;
    if (!reply && !words_skip(words, "request"))
        return words_fail(words, "arp: expected request or reply, got %s", words_got(words));
    bytes_add(frame->bytes, "\0\1\10\0\6\4\0", 7);
    bytes_add_number(frame->bytes, reply ? 2 : 1, 1);
    if (write_arp_end(frame, words) != 0 || expect_arrow(words, "arp") != 0)
        return -1;
    return write_arp_end(frame, words);
}

/* ---- Network ---- */

static int read_ends(struct words *words, const char *what, int family, uint8_t *source, uint8_t *destination)
{
    if (words_address(words, what, family, source) != 0 || expect_arrow(words, what) != 0)
        return -1;
    return words_address(words, what, family, destination);
}

/* RFC 791 section 3.1. */
static int write_ipv4(struct frame *frame, struct layer *layer, struct words *words)
{
    uint8_t source[4], destination[4];
    uint64_t ttl = 64, id = 0, proto = PROTOCOL_EXPERIMENTAL, dscp = 0, ecn = 0, df = 0, mf = 0, offset = 0;
    uint64_t length = 0, checksum = 0, options = 0;
    bool has_proto = false;
    const struct words_field fields[] = {
        {"ttl", 255, &ttl, NULL}, {"id", 0xffff, &id, NULL}, {"proto", 255, &proto, &has_proto}, {"dscp", 63, &dscp, NULL},
        {"ecn", 3, &ecn, NULL}, {"df", 0, &df, NULL}, {"mf", 0, &mf, NULL}, {"offset", 8191, &offset, NULL},
        {"length", 0xffff, &length, &layer->fixed_length}, {"checksum", 0xffff, &checksum, &layer->fixed_checksum},
        {"options", OPTIONS_MAX, &options, NULL}};
    if (read_ends(words, "ipv4", AF_INET, source, destination) != 0
        || words_fields(words, "ipv4", fields, sizeof fields / sizeof *fields) != 0)
        return -1;
    bytes_add_number(frame->bytes, 0x45 + options, 1);
    bytes_add_number(frame->bytes, dscp << 2 | ecn, 1);
    bytes_add_number(frame->bytes, length, 2);
    bytes_add_number(frame->bytes, id, 2);
    bytes_add_number(frame->bytes, df << 14 | mf << 13 | offset, 2);
    bytes_add_number(frame->bytes, ttl, 1);
    layer->protocol_at = has_proto ? NOWHERE : frame->bytes->length;
    bytes_add_number(frame->bytes, proto, 1);
    bytes_add_number(frame->bytes, checksum, 2);
    bytes_add(frame->bytes, source, 4);
    bytes_add(frame->bytes, destination, 4);
    bytes_fill(frame->bytes, NO_OPERATION, options * 4);
    return 0;
}

/* RFC 8200 section 3. */
static int write_ipv6(struct frame *frame, struct layer *layer, struct words *words)
{
    uint8_t source[16], destination[16];
    uint64_t hop = 64, next = PROTOCOL_EXPERIMENTAL, dscp = 0, ecn = 0, flow = 0, length = 0;
    bool has_next = false;
    const struct words_field fields[] = {
        {"hop", 255, &hop, NULL}, {"next", 255, &next, &has_next}, {"dscp", 63, &dscp, NULL}, {"ecn", 3, &ecn, NULL},
        {"flow", 0xfffff, &flow, NULL}, {"length", 0xffff, &length, &layer->fixed_length}};
    if (read_ends(words, "ipv6", AF_INET6, source, destination) != 0
        || words_fields(words, "ipv6", fields, sizeof fields / sizeof *fields) != 0)
        return -1;
    bytes_add_number(frame->bytes, UINT64_C(6) << 28 | dscp << 22 | ecn << 20 | flow, 4);
    bytes_add_number(frame->bytes, length, 2);
    layer->protocol_at = has_next ? NOWHERE : frame->bytes->length;
    bytes_add_number(frame->bytes, next, 1);
    bytes_add_number(frame->bytes, hop, 1);
    bytes_add(frame->bytes, source, 16);
    bytes_add(frame->bytes, destination, 16);
    return 0;
}

/* RFC 8200 section 4.5. */
static int write_fragment(struct frame *frame, struct layer *layer, struct words *words)
{
    uint64_t offset, more = 0, id = 0, next = PROTOCOL_EXPERIMENTAL;
    bool has_next = false;
    const struct words_field fields[] = {{"more", 0, &more, NULL}, {"id", 0xffffffff, &id, NULL},
                                         {"next", 255, &next, &has_next}};
    if (words_number(words, "fragment", 8191, &offset) != 0 || words_fields(words, "fragment", fields, 3) != 0)
        return -1;
    layer->protocol_at = has_next ? NOWHERE : frame->bytes->length;
    bytes_add_number(frame->bytes, next << 8, 2);
    bytes_add_number(frame->bytes, offset << 3 | more, 2);
    bytes_add_number(frame->bytes, id, 4);
    return 0;
}

/* RFC 8200 section 4.4, of the form that types 0 and 4 share; a checksum behind it takes the IPv6 header's own destination. */
static int write_routing(struct frame *frame, struct layer *layer, struct words *words)
{
    uint8_t address[16];
    uint64_t left, type = 0, next = PROTOCOL_EXPERIMENTAL;
    bool has_next = false;
    const struct words_field fields[] = {{"type", 255, &type, NULL}, {"next", 255, &next, &has_next}};
    size_t at = frame->bytes->length;
    if (words_number(words, "routing", 255, &left) != 0)
        return -1;
    bytes_fill(frame->bytes, 0, 8);
    while (words_skip(words, "via")) {
        if (words_address(words, "routing via", AF_INET6, address) != 0)
            return -1;
        bytes_add(frame->bytes, address, 16);
    }
    if (words_fields(words, "routing", fields, 2) != 0)
        return -1;
    uint8_t *header = frame->bytes->at + at;
    bytes_set_number(header, next << 8 | (frame->bytes->length - at - 8) / 8, 2);
    bytes_set_number(header + 2, type << 8 | left, 2);
    layer->protocol_at = has_next ? NOWHERE : at;
    return 0;
}

/* RFC 2784 section 2.1 with a checksum of 0, RFC 2890 section 2. */
static int write_gre(struct frame *frame, struct layer *layer, struct words *words)
{
    uint64_t type = TYPE_EXPERIMENTAL, key = 0, sequence = 0, checksum = 0, version = 0;
    bool given = false, has_key = false, has_sequence = false;
    const struct words_field fields[] = {{"type", 0xffff, &type, &given}, {"key", 0xffffffff, &key, &has_key},
        {"sequence", 0xffffffff, &sequence, &has_sequence}, {"checksum", 0, &checksum, NULL}, {"version", 7, &version, NULL}};
    if (words_fields(words, "gre", fields, sizeof fields / sizeof *fields) != 0)
        return -1;
    bytes_add_number(frame->bytes, checksum << 15 | (uint64_t)has_key << 13 | (uint64_t)has_sequence << 12 | version, 2);
    layer->type_at = given ? NOWHERE : frame->bytes->length;
    bytes_add_number(frame->bytes, type, 2);
    bytes_fill(frame->bytes, 0, checksum ? 4 : 0);
    if (has_key)
        bytes_add_number(frame->bytes, key, 4);
    if (has_sequence)
        bytes_add_number(frame->bytes, sequence, 4);
    return 0;
}

/* draft-foschiano-erspan-03 section 4.2: type II, behind GRE with a sequence number. */
static int write_erspan(struct frame *frame, struct layer *layer, struct words *words)
{
    uint64_t session, vlan = 0, cos = 0, index = 0;
    const struct words_field fields[] = {{"vlan", 4095, &vlan, NULL}, {"cos", 7, &cos, NULL}, {"index", 0xfffff, &index, NULL}};
    (void)layer;
    if (words_number(words, "erspan", 1023, &session) != 0 || words_fields(words, "erspan", fields, 3) != 0)
        return -1;
    bytes_add_number(frame->bytes, 1 << 12 | vlan, 2);
    bytes_add_number(frame->bytes, cos << 13 | session, 2);
    bytes_add_number(frame->bytes, index, 4);
    return 0;
}

/* IEEE 802.3 annex 31A; what an operation has behind its code is given as hex. */
static int write_macc(struct frame *frame, struct layer *layer, struct words *words)
{
    uint64_t opcode;
    (void)layer;
    if (words_number(words, "macc", 0xffff, &opcode) != 0)
        return -1;
    bytes_add_number(frame->bytes, opcode, 2);
    return 0;
}

/* ---- Transport ---- */

static int write_ports(struct frame *frame, struct words *words, const char *what)
{
    uint64_t source, destination;
    if (words_number(words, what, PORTS_MAX, &source) != 0 || expect_arrow(words, what) != 0
        || words_number(words, what, PORTS_MAX, &destination) != 0)
        return -1;
    bytes_add_number(frame->bytes, source, 2);
    bytes_add_number(frame->bytes, destination, 2);
    return 0;
}

/* RFC 768. */
static int write_udp(struct frame *frame, struct layer *layer, struct words *words)
{
    uint64_t length = 0, checksum = 0;
    const struct words_field fields[] = {{"length", 0xffff, &length, &layer->fixed_length},
                                         {"checksum", 0xffff, &checksum, &layer->fixed_checksum}};
    if (write_ports(frame, words, "udp") != 0 || words_fields(words, "udp", fields, 2) != 0)
        return -1;
    bytes_add_number(frame->bytes, length, 2);
    bytes_add_number(frame->bytes, checksum, 2);
    return 0;
}

/* RFC 9293 section 3.1. */
static int write_tcp(struct frame *frame, struct layer *layer, struct words *words)
{
    static const char *const names[8] = {"fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr"};
    uint64_t flags[8] = {0}, seq = 0, acknowledges = 0, window = 65535, checksum = 0, bits = 0, reserved = 0, options = 0;
    struct words_field fields[14] = {
        {"seq", 0xffffffff, &seq, NULL}, {"acknowledges", 0xffffffff, &acknowledges, NULL}, {"window", 0xffff, &window, NULL},
        {"checksum", 0xffff, &checksum, &layer->fixed_checksum}, {"reserved", 15, &reserved, NULL},
        {"options", OPTIONS_MAX, &options, NULL}};
    for (unsigned i = 0; i < 8; i++)
        fields[6 + i] = (struct words_field){names[i], 0, &flags[i], NULL};
    if (write_ports(frame, words, "tcp") != 0 || words_fields(words, "tcp", fields, 14) != 0)
        return -1;
    for (unsigned i = 0; i < 8; i++)
        bits |= flags[i] << i;
    bytes_add_number(frame->bytes, seq, 4);
    bytes_add_number(frame->bytes, acknowledges, 4);
    bytes_add_number(frame->bytes, (5 + options) << 12 | reserved << 8 | bits, 2);
    bytes_add_number(frame->bytes, window, 2);
    bytes_add_number(frame->bytes, checksum, 2);
    bytes_add_number(frame->bytes, 0, 2);
    bytes_fill(frame->bytes, NO_OPERATION, options * 4);
    return 0;
}

/* mtu stands where an echo has its identifier and sequence number. */
static int write_echo(struct frame *frame, struct layer *layer, struct words *words, const char *name, uint64_t type)
{
    uint64_t code = 0, id = 0, seq = 0, checksum = 0, mtu = 0;
    bool has_mtu = false;
    const struct words_field fields[] = {{"type", 255, &type, NULL}, {"code", 255, &code, NULL}, {"id", 0xffff, &id, NULL},
        {"seq", 0xffff, &seq, NULL}, {"mtu", 0xffffffff, &mtu, &has_mtu},
        {"checksum", 0xffff, &checksum, &layer->fixed_checksum}};
    if (words_fields(words, name, fields, sizeof fields / sizeof *fields) != 0)
        return -1;
    bytes_add_number(frame->bytes, type, 1);
    bytes_add_number(frame->bytes, code, 1);
    bytes_add_number(frame->bytes, checksum, 2);
    bytes_add_number(frame->bytes, has_mtu ? mtu : id << 16 | seq, 4);
    return 0;
}

/* RFC 792. */
static int write_icmp(struct frame *frame, struct layer *layer, struct words *words)
{
    return write_echo(frame, layer, words, "icmp", 8);
}

/* RFC 4443 section 4. */
static int write_icmpv6(struct frame *frame, struct layer *layer, struct words *words)
{
    return write_echo(frame, layer, words, "icmpv6", 128);
}

/* A neighbour solicitation, RFC 4861 section 4.3, with the option of section 4.6.1 where an address is given. */
static int write_ns(struct frame *frame, struct layer *layer, struct words *words)
{
    uint8_t target[16], mac[6];
    (void)layer;
    if (words_address(words, "ns", AF_INET6, target) != 0)
        return -1;
    bytes_add_number(frame->bytes, UINT64_C(135) << 56, 8);
    bytes_add(frame->bytes, target, 16);
    if (!words_skip(words, "at"))
        return 0;
    if (words_mac(words, "ns at", mac) != 0)
        return -1;
    bytes_add_number(frame->bytes, 1 << 8 | 1, 2);
    bytes_add(frame->bytes, mac, 6);
    return 0;
}

/* RFC 7348 section 5. */
static int write_vxlan(struct frame *frame, struct layer *layer, struct words *words)
{
    uint64_t vni;
    (void)layer;
    if (words_number(words, "vxlan", 0xffffff, &vni) != 0)
        return -1;
    bytes_add_number(frame->bytes, 0x08000000, 4);
    bytes_add_number(frame->bytes, vni << 8, 4);
    return 0;
}

/* RFC 8926 section 3.4, with empty options of 4 bytes. */
static int write_geneve(struct frame *frame, struct layer *layer, struct words *words)
{
    uint64_t vni, options = 0, type = TYPE_EXPERIMENTAL;
    bool given = false;
    const struct words_field fields[] = {{"options", 63, &options, NULL}, {"type", 0xffff, &type, &given}};
    if (words_number(words, "geneve", 0xffffff, &vni) != 0 || words_fields(words, "geneve", fields, 2) != 0)
        return -1;
    bytes_add_number(frame->bytes, options << 8, 2);
    layer->type_at = given ? NOWHERE : frame->bytes->length;
    bytes_add_number(frame->bytes, type, 2);
    bytes_add_number(frame->bytes, vni << 8, 4);
    bytes_fill(frame->bytes, 0, options * 4);
    return 0;
}

/* 3GPP TS 29.281 section 5.1: a G-PDU unless it says. */
static int write_gtp(struct frame *frame, struct layer *layer, struct words *words)
{
    uint64_t teid, type = 255, seq = 0, length = 0;
    bool has_seq = false;
    const struct words_field fields[] = {{"type", 255, &type, NULL}, {"seq", 0xffff, &seq, &has_seq},
                                         {"length", 0xffff, &length, &layer->fixed_length}};
    if (words_number(words, "gtp", 0xffffffff, &teid) != 0 || words_fields(words, "gtp", fields, 3) != 0)
        return -1;
    bytes_add_number(frame->bytes, has_seq ? 0x32 : 0x30, 1);
    bytes_add_number(frame->bytes, type, 1);
    bytes_add_number(frame->bytes, length, 2);
    bytes_add_number(frame->bytes, teid, 4);
    if (has_seq)
        bytes_add_number(frame->bytes, seq << 16, 4);
    return 0;
}

/* ---- Contents ---- */

static int write_hex(struct frame *frame, struct layer *layer, struct words *words)
{
    (void)layer;
    return words_hex(words, frame->bytes);
}

static int write_payload(struct frame *frame, struct layer *layer, struct words *words)
{
    const char *text = words_peek(words);
    uint64_t length, fill = 0;
    const struct words_field fields[] = {{"fill", 255, &fill, NULL}};
    (void)layer;
    if (words_skip(words, "hex"))
        return words_hex(words, frame->bytes);
    if (text && text[0] == '"') {
        words->next++;
        bytes_add(frame->bytes, text + 1, strlen(text + 1));
        return 0;
    }
    if (words_number(words, "payload", FRAME_MAX, &length) != 0 || words_fields(words, "payload", fields, 1) != 0)
        return -1;
    bytes_fill(frame->bytes, (uint8_t)fill, length);
    return 0;
}

static int write_pad(struct frame *frame, struct layer *layer, struct words *words)
{
    uint64_t length, fill = 0;
    const struct words_field fields[] = {{"fill", 255, &fill, NULL}};
    if (words_number(words, "pad", FRAME_MAX, &length) != 0 || words_fields(words, "pad", fields, 1) != 0)
        return -1;
    frame->end = layer->at;
    if (length > frame->bytes->length)
        bytes_fill(frame->bytes, (uint8_t)fill, length - frame->bytes->length);
    return 0;
}

/* ---- Lengths and checksums ---- */

/* RFC 1071: the ones' complement sum, folded but not inverted. */
static uint32_t sum(uint32_t so_far, const uint8_t *bytes, size_t length)
{
    uint64_t total = so_far;
    for (size_t i = 0; i < length; i++)
        total += i % 2 == 0 ? (uint64_t)bytes[i] << 8 : bytes[i];
    while (total >> 16)
        total = (total & 0xffff) + (total >> 16);
    return (uint32_t)total;
}

static void finish_ipv4(struct frame *frame, const struct layer *layer, size_t end)
{
    uint8_t *header = frame->bytes->at + layer->at;
    if (!layer->fixed_length)
        bytes_set_number(header + 2, end - layer->at, 2);
    if (!layer->fixed_checksum)
        bytes_set_number(header + 10, 0xffff & ~sum(0, header, (size_t)(header[0] & 15) * 4), 2);
}

static void finish_ipv6(struct frame *frame, const struct layer *layer, size_t end)
{
    if (!layer->fixed_length)
        bytes_set_number(frame->bytes->at + layer->at + 4, end - layer->at - 40, 2);
}

/* The sum over the pseudo-header (RFC 9293 section 3.1, RFC 8200 section 8.1), of the IP header that is next outside. */
static uint32_t sum_pseudo(const struct frame *frame, const struct layer *layer, size_t end)
{
    uint8_t rest[8];
    bytes_set_number(rest, end - layer->at, 4);
    bytes_set_number(rest + 4, layer->kind->protocol, 4);
    for (const struct layer *outer = layer; outer > frame->layers;) {
        outer--;
        const uint8_t *header = frame->bytes->at + outer->at;
        if (outer->kind->finish == finish_ipv4)
            return sum(sum(0, header + 12, 8), rest, 8);
        if (outer->kind->finish == finish_ipv6)
            return sum(sum(0, header + 8, 32), rest, 8);
    }
    return 0;
}

static void set_checksum(struct frame *frame, const struct layer *layer, size_t end, unsigned offset, uint32_t begin)
{
    uint8_t *header = frame->bytes->at + layer->at;
    if (!layer->fixed_checksum)
        bytes_set_number(header + offset, 0xffff & ~sum(begin, header, end - layer->at), 2);
}

static void finish_udp(struct frame *frame, const struct layer *layer, size_t end)
{
    uint8_t *header = frame->bytes->at + layer->at;
    if (!layer->fixed_length)
        bytes_set_number(header + 4, end - layer->at, 2);
    set_checksum(frame, layer, end, 6, sum_pseudo(frame, layer, end));
    if (!layer->fixed_checksum && header[6] == 0 && header[7] == 0)
        bytes_set_number(header + 6, 0xffff, 2); /* 0 means that there is none: RFC 768 */
}

static void finish_tcp(struct frame *frame, const struct layer *layer, size_t end)
{
    set_checksum(frame, layer, end, 16, sum_pseudo(frame, layer, end));
}

static void finish_icmp(struct frame *frame, const struct layer *layer, size_t end)
{
    set_checksum(frame, layer, end, 2, 0);
}

static void finish_icmpv6(struct frame *frame, const struct layer *layer, size_t end)
{
    set_checksum(frame, layer, end, 2, sum_pseudo(frame, layer, end));
}

static void finish_gtp(struct frame *frame, const struct layer *layer, size_t end)
{
    if (!layer->fixed_length)
        bytes_set_number(frame->bytes->at + layer->at + 2, end - layer->at - 8, 2);
}

/* ---- The frame ---- */

static const struct layer_kind kinds[] = {
    {"eth", 0x6558, 0, write_eth, NULL, "[dst MAC] [src MAC] [type N]"},
    {"vlan", 0x8100, 0, write_vlan, NULL, "ID [prio N] [dei] [tpid N] [type N]"},
    {"mpls", 0x8847, 137, write_mpls, NULL, "LABEL [tc N] [ttl N]"},
    {"arp", 0x0806, 0, write_arp, NULL, "request|reply IP [at MAC] > IP [at MAC]"},
    {"ipv4", 0x0800, 4, write_ipv4, finish_ipv4,
     "IP > IP [ttl N] [id N] [proto N] [dscp N] [ecn N] [df] [mf] [offset N] [length N] [checksum N]"
     " [options WORDS]"},
    {"ipv6", 0x86dd, 41, write_ipv6, finish_ipv6, "IP > IP [hop N] [next N] [dscp N] [ecn N] [flow N] [length N]"},
    {"fragment", 0, 44, write_fragment, NULL, "OFFSET [more] [id N] [next N], behind ipv6"},
    {"routing", 0, 43, write_routing, NULL, "LEFT [via IP]... [type N] [next N], behind ipv6"},
    {"gre", 0, 47, write_gre, NULL, "[type N] [key N] [sequence N] [checksum] [version N]"},
    {"erspan", 0x88be, 0, write_erspan, NULL, "SESSION [vlan N] [cos N] [index N]; give gre a sequence number"},
    {"macc", 0x8808, 0, write_macc, NULL, "OPCODE"},
    {"udp", 0, 17, write_udp, finish_udp, "PORT > PORT [length N] [checksum N]"},
    {"tcp", 0, 6, write_tcp, finish_tcp,
     "PORT > PORT [seq N] [acknowledges N] [window N] [checksum N] [fin] [syn] [rst] [psh] [ack] [urg] [ece] [cwr]"
     " [reserved N] [options WORDS]"},
    {"icmp", 0, 1, write_icmp, finish_icmp,
     "[type N] [code N] [id N] [seq N] [mtu N] [checksum N]; an echo request unless it says"},
    {"icmpv6", 0, 58, write_icmpv6, finish_icmpv6, "[type N] [code N] [id N] [seq N] [mtu N] [checksum N]"},
    {"ns", 0, 58, write_ns, finish_icmpv6, "IP [at MAC]: a neighbour solicitation"},
    {"vxlan", 0, 0, write_vxlan, NULL, "VNI, behind udp"},
    {"geneve", 0, 0, write_geneve, NULL, "VNI [options WORDS] [type N], behind udp"},
    {"gtp", 0, 0, write_gtp, finish_gtp, "TEID [type N] [seq N] [length N], behind udp"},
    {"hex", 0, 0, write_hex, NULL, "BYTES..., as 00 01 02 or 000102"},
    {"payload", 0, 0, write_payload, NULL, "\"TEXT\" | hex BYTES... | LENGTH [fill BYTE]"},
    {"pad", 0, 0, write_pad, NULL, "LENGTH [fill BYTE]: up to that length of the frame"},
};

enum { KINDS = sizeof kinds / sizeof *kinds };

void frame_help(FILE *file)
{
    for (size_t i = 0; i < KINDS; i++)
        fprintf(file, "  %-8s %s\n", kinds[i].name, kinds[i].help);
}

/* Tells the layer before what this one is. */
static int announce(struct frame *frame, const struct layer *layer, const struct words *words)
{
    struct layer *outer = before(frame, layer);
    const struct layer_kind *kind = layer->kind;
    bool contents = kind->ether_type == 0 && kind->protocol == 0;
    if (!outer || contents)
        return 0;
    if (outer->type_at != NOWHERE && kind->ether_type) {
        bytes_set_number(frame->bytes->at + outer->type_at, kind->ether_type, 2);
    } else if (outer->protocol_at != NOWHERE && kind->protocol) {
        bytes_set_number(frame->bytes->at + outer->protocol_at, kind->protocol, 1);
    } else if (outer->type_at != NOWHERE || outer->protocol_at != NOWHERE) {
        return words_fail(words, "%s cannot stand behind %s; give %s its type or protocol if it should", kind->name,
                          outer->kind->name, outer->kind->name);
    }
    return 0;
}

static int add_layer(struct frame *frame, struct words *words)
{
    struct layer *layer = &frame->layers[frame->count];
    for (size_t i = 0; i < KINDS && !layer->kind; i++)
        layer->kind = words_skip(words, kinds[i].name) ? &kinds[i] : NULL;
    if (!layer->kind)
        return words_fail(words, "expected a layer (eth, vlan, ipv4, udp, payload, ...; --help lists them), got %s",
                          words_got(words));
    layer->at = frame->bytes->length;
    if (announce(frame, layer, words) != 0 || layer->kind->write(frame, layer, words) != 0)
        return -1;
    if (words_in_layer(words))
        return words_fail(words, "%s: expected | or the end of the line, got %s", layer->kind->name, words_got(words));
    frame->count++;
    return 0;
}

int frame_build(struct words *words, struct bytes *bytes)
{
    struct frame frame = {.bytes = bytes};
    do {
        if (frame.count == LAYERS_MAX)
            return words_fail(words, "expected at most %d layers", LAYERS_MAX);
        if (frame.end)
            return words_fail(words, "pad: expected to be the last layer, got %s", words_got(words));
        if (add_layer(&frame, words) != 0)
            return -1;
    } while (words_skip(words, "|"));
    for (size_t i = frame.count; i-- > 0;) {
        if (frame.layers[i].kind->finish)
            frame.layers[i].kind->finish(&frame, &frame.layers[i], frame.end ? frame.end : bytes->length);
    }
    return 0;
}
