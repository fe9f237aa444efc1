/* SPDX-License-Identifier: MIT */
/* Recomputes checksums, and says of each what can be said of it.
 *
 * What a checksum covers follows from the packet's own length fields, so that the padding of a frame is never summed. An
 * extent says where bytes end that may be summed, and whether more of them are elsewhere: not captured, or in other fragments.
 * What is missing for such a reason makes it CUT. What a packet claims to have and never had on the wire makes it WRONG: no
 * receiver can find it right.
 *
 * Senders leave checksums to their card in few ways, and only those are LEFT. Of TCP and UDP they leave the sum of the pseudo
 * header, folded and not complemented, for the card to go on from; Windows leaves the length out of it where the card is to
 * cut a TCP packet into frames. A 0 there is what a program leaves that forgot it, and is WRONG; only loopbacks leave it too,
 * which never reach a card. A 0 in an IPv4 header is what Windows leaves where it leaves the one behind it too; alone it is
 * that of a pipeline that forgot to make one, and WRONG. Around a TCP or UDP checksum that is LEFT, Linux makes the one of a
 * tunnel as it will be when the card has finished the inner one: it is LEFT too.
 *
 * A UDP checksum of 0 means that there is none: over IPv4 always, over IPv6 only for tunnels (RFC 6935 section 5), which are
 * known by their port. Elsewhere receivers drop such packets, so it is WRONG. So is 0xffff where 0 is computed, but of UDP:
 * sums come out right with it, but no sender makes it, and those who compare would not have it (RFC 1624 section 3). */
#include "checksum.h"

#include <arpa/inet.h>
#include <string.h>

#include "ip_extension.h"
#include "layers.h"

enum { /* https://www.iana.org/assignments/protocol-numbers */
    PROTOCOL_ICMP = 1,
    PROTOCOL_TCP = 6,
    PROTOCOL_UDP = 17,
    PROTOCOL_ICMPV6 = 58,
};

enum { DEPTHS = LAYERS_INNER_MAX + 1, MOST = 2 * DEPTHS, UDP_HEADER = 8, IPV6_HEADER = 40 };

/* Where bytes of the packet end that may be summed. */
struct extent {
    size_t end;
    bool open; /* more that belongs to it is elsewhere */
};

/* An IP header, and what a pseudo header takes from it: offsets, all of them of the packet. */
struct ip {
    unsigned version, protocol;
    size_t network, header_end, transport;
    size_t end;                      /* by its length field, or where that is 0 by what is around it; SIZE_MAX: not known */
    size_t source, destination, address_length;
    size_t protocol_at, length_at;
    bool first_fragment;
    bool endless;                    /* its length field is 0 */
    bool hidden;                     /* the final destination stands in a routing header that is not known */
    struct extent around, extent;    /* what it lies in, and what may be summed of its own */
};

/* One checksum, and what it is made of. */
struct cover {
    uint32_t kind, depth;
    size_t at, from, end;  /* its 2 bytes; the bytes that it sums, as the packet has it */
    const uint8_t *bytes;  /* of the packet */
    struct extent extent;
    bool pseudo, cut;
    bool beyond;           /* more is claimed than there was */
    bool may_be_unused;    /* a 0 says that there is none */
    const struct ip *ip;
};

/* All of a packet, outermost first. */
struct covers {
    struct ip ips[DEPTHS];
    struct cover list[MOST];
    size_t count;
};

/* ---- Sums ---------------------------------------------------------------------------------------------------------------- */

static uint16_t fold(uint64_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

/* RFC 1071 section 2: words of any width and byte order give the same sum, once it is folded and put in order. */
static uint16_t sum_bytes(const uint8_t *bytes, size_t length)
{
    uint64_t low = 0, high = 0, eight;
    uint32_t four = 0;
    uint16_t two = 0, one = 0;
    for (; length >= sizeof eight; bytes += sizeof eight, length -= sizeof eight) {
        memcpy(&eight, bytes, sizeof eight);
        low += eight & UINT32_MAX;
        high += eight >> 32;
    }
    if (length & 4)
        memcpy(&four, bytes, 4);
    if (length & 2)
        memcpy(&two, bytes + (length & 4), 2);
    if (length & 1)
        memcpy(&one, bytes + length - 1, 1); /* as if a 0 followed */
    return ntohs(fold(low + high + four + two + one));
}

/* RFC 9293 section 3.1, RFC 8200 section 8.1: of both versions the same bytes, but for zeros. */
static uint16_t sum_pseudo(const struct cover *cover, size_t length)
{
    const struct ip *ip = cover->ip;
    uint64_t sum = sum_bytes(cover->bytes + ip->source, ip->address_length);
    sum += sum_bytes(cover->bytes + ip->destination, ip->address_length);
    return fold(sum + ip->protocol + length);
}

/* All but the checksum itself, which stands at an even place; of what is claimed beyond the end, nothing. */
static uint16_t sum_covered(const struct cover *cover)
{
    size_t end = cover->end < cover->extent.end ? cover->end : cover->extent.end, behind = cover->at + 2;
    uint64_t sum = cover->pseudo ? sum_pseudo(cover, cover->end - cover->from) : 0;
    sum += sum_bytes(cover->bytes + cover->from, cover->at - cover->from);
    return fold(sum + sum_bytes(cover->bytes + behind, end > behind ? end - behind : 0));
}

/* ---- IP ------------------------------------------------------------------------------------------------------------------ */

static void narrow(struct extent *extent, size_t end)
{
    if (end <= extent->end)
        *extent = (struct extent){end, false};
}

/* A source route that is not used up, RFC 791 section 3.1: the last address in it is the final one. */
static void follow_source_route(const struct aptrace_packet *packet, struct ip *ip)
{
    enum { END = 0, NO_OPERATION = 1, LOOSE = 131, STRICT = 137, LEAST = 7 };
    const uint8_t *option;
    for (size_t at = ip->network + 20, length; at < ip->header_end; at += length) {
        if (!aptrace_get_bytes(packet, at, 1, &option) || option[0] == END)
            return;
        length = 1;
        if (option[0] == NO_OPERATION)
            continue;
        if (!aptrace_get_bytes(packet, at, 3, &option) || option[1] < 2 || at + option[1] > ip->header_end)
            return;
        length = option[1];
        bool route = option[0] == LOOSE || option[0] == STRICT;
        if (route && length >= LEAST && option[2] <= length && aptrace_get_bytes(packet, at, length, &option))
            ip->destination = at + length - 4;
    }
}

/* A routing header at an offset with segments left: RFC 8200 section 4.4; types: RFC 2460 section 4.4, RFC 6275 section 6.4,
 * RFC 8754 section 2. */
static void follow_route(struct ip *ip, const uint8_t *header, size_t at, size_t length)
{
    enum { SOURCE_ROUTE = 0, MOBILE = 2, SEGMENTS = 4 };
    unsigned type = header[2], left = header[3];
    size_t addresses = (length - 8) / 16;
    if (left == 0)
        return;
    ip->hidden = left > addresses || (type != SOURCE_ROUTE && type != MOBILE && type != SEGMENTS);
    if (!ip->hidden)
        ip->destination = at + 8 + (type == SEGMENTS ? 0 : 16 * (addresses - 1));
}

/* From the first header behind IP's own to the transport, which the decoder has found already, or would have. */
static void walk_extensions(const struct aptrace_packet *packet, struct ip *ip)
{
    const uint8_t *header;
    size_t at = ip->header_end;
    unsigned protocol = packet->bytes[ip->protocol_at];
    while (ip_is_extension(ip->version, protocol) && aptrace_get_bytes(packet, at, 8, &header)) {
        size_t length = ip_extension_length(protocol, header);
        if (protocol == EXTENSION_ROUTING && aptrace_get_bytes(packet, at, length, &header))
            follow_route(ip, header, at, length);
        ip->protocol_at = at;
        protocol = header[0];
        at += length;
    }
    ip->transport = at;
}

/* RFC 791 section 3.1; a length of 0 is what is left in a packet that the card cuts into frames, or that 16 bits cannot tell. */
static void look_at_ipv4(const struct aptrace_packet *packet, struct ip *ip)
{
    const uint8_t *header = packet->bytes + ip->network;
    size_t total = (size_t)header[2] << 8 | header[3];
    ip->header_end = ip->network + (size_t)(header[0] & 0x0f) * 4;
    ip->endless = total == 0;
    ip->end = ip->network + total;
    ip->source = ip->network + 12;
    ip->destination = ip->network + 16;
    ip->address_length = 4;
    ip->protocol_at = ip->network + 9;
    ip->length_at = ip->network + 2;
    follow_source_route(packet, ip);
}

/* RFC 8200 section 3; a length of 0: RFC 2675, or as above. */
static void look_at_ipv6(const struct aptrace_packet *packet, struct ip *ip)
{
    const uint8_t *header = packet->bytes + ip->network;
    size_t length = (size_t)header[4] << 8 | header[5];
    ip->header_end = ip->network + IPV6_HEADER;
    ip->endless = length == 0;
    ip->end = ip->header_end + length;
    ip->source = ip->network + 8;
    ip->destination = ip->network + 24;
    ip->address_length = 16;
    ip->protocol_at = ip->network + 6;
    ip->length_at = ip->network + 4;
}

/* False where there is none. Its fixed header was captured: the decoder tells no version else. */
static bool look_at_ip(const struct aptrace_packet *packet, const struct aptrace_layers *layers, const struct extent *around,
                       struct ip *ip)
{
    const uint8_t *fixed;
    size_t length = layers->ip_version == 4 ? 20 : IPV6_HEADER;
    if (layers->ip_version == 0 || !aptrace_get_bytes(packet, layers->network, length, &fixed))
        return false;
    *ip = (struct ip){.version = layers->ip_version, .protocol = layers->ip_protocol, .network = layers->network,
                      .first_fragment = layers->fragment == 1, .around = *around, .extent = *around};
    if (ip->version == 4)
        look_at_ipv4(packet, ip);
    else
        look_at_ipv6(packet, ip);
    walk_extensions(packet, ip);
    if (ip->endless)
        ip->end = around->open ? SIZE_MAX : around->end;
    narrow(&ip->extent, ip->end);
    ip->extent.open |= ip->first_fragment;
    return true;
}

/* ---- What they cover ----------------------------------------------------------------------------------------------------- */

/* Whether the bytes up to where the cover ends are there, and if not, why. */
static void settle(struct cover *cover)
{
    bool missing = cover->end > cover->extent.end;
    cover->cut |= missing && cover->extent.open;
    cover->beyond |= missing && !cover->extent.open;
}

static struct cover cover_ipv4(const struct ip *ip)
{
    struct cover cover = {.kind = APTRACE_CHECKSUM_IPV4, .at = ip->network + 10, .from = ip->network, .end = ip->header_end,
                          .extent = ip->around, .ip = ip};
    settle(&cover);
    return cover;
}

/* The destination ports of tunnels that may send no checksum over IPv6, each by its own document. */
static bool is_tunnel(unsigned port)
{
    static const uint16_t ports[] = {
        2152, /* GTP-U, 3GPP TS 29.281 */
        2268, /* AMT, RFC 7450 */
        4341, /* LISP, RFC 9300 section 5.3 */
        4754, /* GRE, RFC 8086 section 6 */
        4789, /* VXLAN, RFC 7348 section 5 */
        4790, /* VXLAN-GPE */
        6080, /* GUE, draft-ietf-intarea-gue-09 */
        6081, /* Geneve, RFC 8926 */
        6635, /* MPLS, RFC 7510 section 3.1 */
        8472  /* VXLAN, as Linux had it first */
    };
    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
        if (ports[i] == port)
            return true;
    }
    return false;
}

/* The length of UDP stands in its own header, RFC 768. 0: what IP has, over IPv6, RFC 2675 section 4, or where IP's is 0 too. */
static void cover_udp(const struct aptrace_packet *packet, const struct ip *ip, struct cover *cover)
{
    uint16_t length = 0, port = 0;
    cover->cut |= !aptrace_get_u16(packet, ip->transport + 4, &length) || !aptrace_get_u16(packet, ip->transport + 2, &port);
    cover->may_be_unused = ip->version == 4 || is_tunnel(port);
    if (length == 0 && (ip->version == 6 || ip->endless))
        return;
    cover->beyond = length < UDP_HEADER || ip->transport + length > ip->end;
    if (length >= UDP_HEADER)
        cover->end = ip->transport + length;
}

/* Where the checksum stands in the header of a protocol; 0: it has none that is known, or not over this version of IP. */
static size_t field_of(const struct ip *ip, uint32_t *kind)
{
    switch (ip->protocol) {
    case PROTOCOL_TCP: *kind = APTRACE_CHECKSUM_TCP; return 16;
    case PROTOCOL_UDP: *kind = APTRACE_CHECKSUM_UDP; return 6;
    case PROTOCOL_ICMP: *kind = APTRACE_CHECKSUM_ICMP; return ip->version == 4 ? 2 : 0;
    case PROTOCOL_ICMPV6: *kind = APTRACE_CHECKSUM_ICMPV6; return ip->version == 6 ? 2 : 0;
    default: return 0;
    }
}

/* False where there is none: another protocol, a later fragment, or a packet that ends before it. */
static bool cover_transport(const struct aptrace_packet *packet, const struct aptrace_layers *layers, const struct ip *ip,
                            struct cover *cover)
{
    uint32_t kind = 0;
    size_t field = field_of(ip, &kind), at = ip->transport + field;
    bool missed = layers->cut != 0 && layers->cut <= APTRACE_STAGE_TRANSPORT && layers->fragment != 2;
    if (field == 0 || (layers->transport == APTRACE_NO_OFFSET && !missed))
        return false;
    bool ends_before = at + 2 > ip->end || (at + 2 > ip->extent.end && !ip->extent.open);
    if (ends_before && !ip->first_fragment)
        return false;
    *cover = (struct cover){.kind = kind, .at = at, .from = ip->transport, .end = ip->end, .extent = ip->extent,
                            .pseudo = kind != APTRACE_CHECKSUM_ICMP, .cut = ip->hidden || ip->first_fragment, .ip = ip};
    if (kind == APTRACE_CHECKSUM_UDP)
        cover_udp(packet, ip, cover);
    settle(cover);
    return true;
}

static void add(struct covers *covers, const struct aptrace_packet *packet, uint32_t depth, const struct cover *cover)
{
    struct cover *added = &covers->list[covers->count++];
    *added = *cover;
    added->bytes = packet->bytes;
    added->depth = depth;
}

/* What a packet carries ends within it, and what UDP carries within UDP. */
static void cover_all(const struct aptrace_packet *packet, struct covers *covers)
{
    struct extent extent = {packet->capture_length, packet->capture_length < packet->wire_length};
    const struct aptrace_layers *layers = aptrace_decoded(packet, APTRACE_STAGE_TUNNEL);
    covers->count = 0;
    for (uint32_t depth = 0; layers && depth < DEPTHS; layers = layers->inner, depth++) {
        struct ip *ip = &covers->ips[depth];
        struct cover cover;
        if (!look_at_ip(packet, layers, &extent, ip))
            continue;
        extent = ip->extent;
        if (ip->version == 4) {
            cover = cover_ipv4(ip);
            add(covers, packet, depth, &cover);
        }
        if (!cover_transport(packet, layers, ip, &cover))
            continue;
        add(covers, packet, depth, &cover);
        if (cover.kind == APTRACE_CHECKSUM_UDP)
            narrow(&extent, cover.end);
    }
}

/* ---- What they are ------------------------------------------------------------------------------------------------------- */

static bool is_left(const struct cover *cover, uint16_t found)
{
    enum { FRAME_MOST = 1500 }; /* what the card must cut is longer */
    size_t length = cover->end - cover->from;
    bool tcp = cover->kind == APTRACE_CHECKSUM_TCP, udp = cover->kind == APTRACE_CHECKSUM_UDP;
    if ((tcp || udp) && found == sum_pseudo(cover, length))
        return true;
    return tcp && cover->end - cover->ip->network > FRAME_MOST && found == sum_pseudo(cover, 0);
}

static uint32_t state_of(const struct cover *cover, struct aptrace_checksum *checksum)
{
    bool udp = cover->kind == APTRACE_CHECKSUM_UDP;
    if (udp && checksum->found == 0 && cover->may_be_unused)
        return APTRACE_CHECKSUM_UNUSED;
    if (cover->cut)
        return APTRACE_CHECKSUM_CUT;
    uint16_t sum = sum_covered(cover);
    checksum->computed = (uint16_t)(udp && sum == 0xffff ? sum : ~sum);
    if (cover->beyond)
        return APTRACE_CHECKSUM_WRONG;
    if (checksum->found == checksum->computed)
        return APTRACE_CHECKSUM_RIGHT;
    return is_left(cover, checksum->found) ? APTRACE_CHECKSUM_LEFT : APTRACE_CHECKSUM_WRONG;
}

static void judge(const struct aptrace_packet *packet, const struct cover *cover, struct aptrace_checksum *checksum)
{
    *checksum = (struct aptrace_checksum){.kind = cover->kind, .depth = cover->depth, .offset = (uint32_t)cover->at};
    bool there = cover->at + 2 <= cover->extent.end && aptrace_get_u16(packet, cover->at, &checksum->found);
    if (there)
        checksum->state = state_of(cover, checksum);
    else
        checksum->state = APTRACE_CHECKSUM_CUT;
}

/* Whether the field at index holds what it must once those within it that are LEFT are finished: Linux, lco_csum(). */
static bool is_ahead(const struct covers *covers, const struct aptrace_checksum *list, size_t index)
{
    const struct cover *outer = &covers->list[index];
    uint64_t sum = (uint16_t)~list[index].computed;
    bool any = false;
    for (size_t i = index + 1; i < covers->count; i++) {
        const struct cover *inner = &covers->list[i];
        bool within = inner->at >= outer->from && inner->at + 2 <= outer->end;
        if (list[i].state != APTRACE_CHECKSUM_LEFT || list[i].kind == APTRACE_CHECKSUM_IPV4 || !within)
            continue;
        uint16_t change = fold((uint64_t)(uint16_t)~list[i].found + list[i].computed);
        sum += (inner->at - outer->from) % 2 ? __builtin_bswap16(change) : change;
        any = true;
    }
    return any && list[index].found != 0 && fold(sum + list[index].found) == 0xffff;
}

/* A zero in an IPv4 header, by the one behind it: left to the card with that, or not known where that was not captured. */
static uint32_t state_of_zero(const struct aptrace_packet *packet, const struct aptrace_checksum *next)
{
    bool truncated = packet->capture_length < packet->wire_length, unknown = !next || next->state == APTRACE_CHECKSUM_CUT;
    if (truncated && unknown)
        return APTRACE_CHECKSUM_CUT;
    return next && next->state == APTRACE_CHECKSUM_LEFT ? APTRACE_CHECKSUM_LEFT : APTRACE_CHECKSUM_WRONG;
}

size_t checksum_find(const struct aptrace_packet *packet, struct aptrace_checksum *list, size_t room)
{
    struct covers covers;
    struct aptrace_checksum all[MOST] = {{0}};
    cover_all(packet, &covers);
    for (size_t i = covers.count; i-- > 0;) {
        bool udp = covers.list[i].kind == APTRACE_CHECKSUM_UDP && !covers.list[i].beyond;
        judge(packet, &covers.list[i], &all[i]);
        if (udp && all[i].state == APTRACE_CHECKSUM_WRONG && is_ahead(&covers, all, i))
            all[i].state = APTRACE_CHECKSUM_LEFT;
    }
    for (size_t i = 0; i < covers.count; i++) {
        bool followed = i + 1 < covers.count && all[i + 1].depth == all[i].depth;
        if (all[i].kind == APTRACE_CHECKSUM_IPV4 && all[i].state == APTRACE_CHECKSUM_WRONG && all[i].found == 0)
            all[i].state = state_of_zero(packet, followed ? &all[i + 1] : NULL);
    }
    for (size_t i = 0; i < covers.count && i < room; i++)
        list[i] = all[i];
    return covers.count;
}

static bool is_within(size_t offset, size_t from, size_t length)
{
    return offset >= from && offset - from < length;
}

static bool covers_byte(const struct cover *cover, size_t offset)
{
    const struct ip *ip = cover->ip;
    if (is_within(offset, cover->from, cover->end - cover->from))
        return true;
    bool address = is_within(offset, ip->source, ip->address_length) || is_within(offset, ip->destination, ip->address_length);
    return cover->pseudo && (address || offset == ip->protocol_at || is_within(offset, ip->length_at, 2));
}

bool checksum_covers(const struct aptrace_packet *packet, const struct aptrace_checksum *checksum, size_t offset)
{
    struct covers covers;
    cover_all(packet, &covers);
    for (size_t i = 0; i < covers.count; i++) {
        if (covers.list[i].kind == checksum->kind && covers.list[i].at == checksum->offset)
            return covers_byte(&covers.list[i], offset);
    }
    return false;
}
