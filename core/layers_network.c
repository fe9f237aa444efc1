/* SPDX-License-Identifier: MIT */
/* Stage 2: ARP, IPv4 and IPv6 with what stands between them and the transport layer, and where the payload begins.
 *
 * A packet ends where its own length fields say: what lies behind is the frame's padding, and is neither header nor payload.
 * A length of 0 is what a card leaves that cuts large packets into frames itself; it then says nothing.
 *
 * It keeps true: ip_version is told when the fixed header is there, ports when their 4 bytes are, so that a snap length that
 * ends within a header loses no more than it must; the payload is told only when everything before it was seen, because bytes
 * taken for payload that are not could match. Chains of IPv6 headers need no limit: each is at least 8 bytes of a packet. */
#include "ip_extension.h"
#include "layers_decode.h"

enum { /* https://www.iana.org/assignments/protocol-numbers */
    PROTOCOL_ICMP = 1,
    PROTOCOL_IGMP = 2,
    PROTOCOL_TCP = 6,
    PROTOCOL_UDP = 17,
    PROTOCOL_DCCP = 33,
    PROTOCOL_GRE = 47,
    PROTOCOL_ESP = 50,
    PROTOCOL_ICMPV6 = 58,
    PROTOCOL_NONE = 59,
    PROTOCOL_SCTP = 132
};

static void clear(struct aptrace_layers *layers)
{
    layers->transport = layers->payload = layers->end = APTRACE_NO_OFFSET;
    layers->source_port = layers->destination_port = 0;
    layers->ip_protocol = APTRACE_NO_PROTOCOL;
    layers->ip_version = layers->fragment = 0;
    layers->inner = NULL;
}

/* The packet ends here, by its own account. */
static void ends_at(struct layers_walk *walk, size_t end)
{
    layers_close(walk, end);
    if (end < walk->layers->end)
        walk->layers->end = (uint16_t)end;
}

/* ---- Transport -------------------------------------------------------------------------------------------------------- */

static bool has_ports(unsigned protocol)
{
    return protocol == PROTOCOL_TCP || protocol == PROTOCOL_UDP || protocol == PROTOCOL_DCCP || protocol == PROTOCOL_SCTP;
}

/* Bytes that every header of the protocol has; 0: not a protocol that is known, so all of it is payload. */
static size_t fixed_length(unsigned protocol)
{
    switch (protocol) {
    case PROTOCOL_TCP: return 20;  /* RFC 9293 section 3.1 */
    case PROTOCOL_UDP: return 8;   /* RFC 768 */
    case PROTOCOL_DCCP: return 12; /* RFC 4340 section 5.1 */
    case PROTOCOL_SCTP: return 12; /* RFC 9260 section 3.1 */
    case PROTOCOL_ICMP: return 8;  /* RFC 792 */
    case PROTOCOL_ICMPV6: return 8; /* RFC 4443 section 2.1, with the 4 bytes that every message has behind it */
    case PROTOCOL_IGMP: return 8;  /* RFC 2236 section 2 */
    case PROTOCOL_GRE: return 4;   /* RFC 2784 section 2.1 */
    case PROTOCOL_ESP: return 8;   /* RFC 4303 section 2: what is not encrypted */
    default: return 0;
    }
}

/* RFC 2890 section 2: a word each for checksum, key and sequence number; version 1, RFC 2637 section 4.1, has another for an
 * acknowledgment. Source routes of RFC 1701 are not followed. */
static size_t gre_length(const uint8_t *header)
{
    unsigned flags = layers_u16(header), version = flags & 7;
    size_t length = 4 + (flags & 0x8000 ? 4u : 0u) + (flags & 0x2000 ? 4u : 0u) + (flags & 0x1000 ? 4u : 0u);
    if (version > 1 || flags & 0x4000)
        return 0;
    return length + (version == 1 && flags & 0x0080 ? 4u : 0u);
}

/* Messages whose own fixed part is longer than 8 bytes: multicast listeners, RFC 2710 section 3; neighbours, RFC 4861
 * section 4. Their addresses are fields that predicates ask for, so a cut in them must be known. */
static size_t icmpv6_length(unsigned type)
{
    switch (type) {
    case 130: case 131: case 132: case 135: case 136: return 24;
    case 134: return 16;
    case 137: return 40;
    default: return 8;
    }
}

/* Of a header whose fixed part is there; 0: it says what cannot be. */
static size_t full_length(unsigned protocol, const uint8_t *header)
{
    size_t length = fixed_length(protocol);
    if (protocol == PROTOCOL_TCP)
        return header[12] >> 4 < 5 ? 0 : (size_t)(header[12] >> 4) * 4;
    if (protocol == PROTOCOL_DCCP)
        return header[4] < 3 ? 0 : (size_t)header[4] * 4;
    if (protocol == PROTOCOL_GRE)
        return gre_length(header);
    if (protocol == PROTOCOL_ICMPV6)
        return icmpv6_length(header[0]);
    return length;
}

/* Called with the payload at the header itself, which is what stands where the header is not to be understood. */
static void transport(struct layers_walk *walk, unsigned protocol, size_t at)
{
    struct aptrace_layers *layers = walk->layers;
    const uint8_t *header = walk->bytes + at;
    size_t fixed = fixed_length(protocol);
    if (!layers_fits(walk, at, fixed ? 4 : 1))
        return;
    layers->transport = (uint16_t)at;
    if (has_ports(protocol)) {
        layers->source_port = layers_u16(header);
        layers->destination_port = layers_u16(header + 2);
    }
    if (fixed == 0 || !layers_fits(walk, at, fixed))
        return;
    size_t length = full_length(protocol, header);
    if (length == 0 || !layers_fits(walk, at, length))
        return;
    layers->payload = (uint16_t)(at + length);
    if (protocol == PROTOCOL_UDP && layers_u16(header + 4) >= length)
        ends_at(walk, at + layers_u16(header + 4));
}

/* ---- IP --------------------------------------------------------------------------------------------------------------- */

static uint8_t fragment_of(unsigned offset, bool more)
{
    return offset ? 2 : more ? 1 : 0;
}

/* Extension headers, then transport; behind the fragment header of a later fragment comes neither. The protocol is told at the
 * end of the chain alone. */
static void behind_ip(struct layers_walk *walk, unsigned protocol, size_t at)
{
    struct aptrace_layers *layers = walk->layers;
    while (layers->fragment != 2 && ip_is_extension(layers->ip_version, protocol)) {
        const uint8_t *header = walk->bytes + at;
        layers->payload = (uint16_t)at;
        if (!layers_fits(walk, at, 8))
            return;
        size_t length = ip_extension_length(protocol, header);
        if (!layers_fits(walk, at, length))
            return;
        if (protocol == EXTENSION_FRAGMENT)
            layers->fragment = fragment_of(layers_u16(header + 2) & 0xfff8, header[3] & 1);
        protocol = header[0];
        at += length;
    }
    layers->ip_protocol = (uint16_t)protocol;
    layers->payload = (uint16_t)at;
    if (layers->fragment != 2 && !(layers->ip_version == 6 && protocol == PROTOCOL_NONE))
        transport(walk, protocol, at);
}

/* RFC 791 section 3.1. */
static void ipv4(struct layers_walk *walk, size_t at)
{
    struct aptrace_layers *layers = walk->layers;
    const uint8_t *header = walk->bytes + at;
    if (!layers_fits(walk, at, 20) || (header[0] & 0x0f) < 5)
        return;
    size_t length = (size_t)(header[0] & 0x0f) * 4, total = layers_u16(header + 2);
    unsigned fragment = layers_u16(header + 6);
    layers->ip_version = 4;
    layers->ip_protocol = header[9] == EXTENSION_AUTHENTICATION ? APTRACE_NO_PROTOCOL : header[9];
    layers->fragment = fragment_of(fragment & 0x1fff, fragment & 0x2000);
    if (total >= length)
        ends_at(walk, at + total);
    if (layers_fits(walk, at, length) && (total == 0 || total >= length))
        behind_ip(walk, header[9], at + length);
}

/* RFC 8200 section 3. */
static void ipv6(struct layers_walk *walk, size_t at)
{
    const uint8_t *header = walk->bytes + at;
    if (!layers_fits(walk, at, 40))
        return;
    size_t length = layers_u16(header + 4);
    walk->layers->ip_version = 6;
    if (length != 0 || header[6] == PROTOCOL_NONE)
        ends_at(walk, at + 40 + length);
    behind_ip(walk, header[6], at + 40);
}

/* RFC 826, RFC 903; the lengths of both kinds of address stand in bytes 4 and 5. */
static void arp(struct layers_walk *walk, size_t at)
{
    const uint8_t *header = walk->bytes + at;
    if (!layers_fits(walk, at, 8))
        return;
    size_t length = 8 + 2 * ((size_t)header[4] + header[5]);
    if (!layers_fits(walk, at, length))
        return;
    walk->layers->payload = (uint16_t)(at + length);
    ends_at(walk, at + length);
}

/* Labels and PPPoE do not say what they carry where it may be IP: its version does. A type that does must agree with it. */
static unsigned ip_version(struct layers_walk *walk)
{
    unsigned ether_type = walk->layers->ether_type;
    bool by_version = ether_type == ETHER_TYPE_MPLS || ether_type == ETHER_TYPE_MPLS_UPSTREAM
        || ether_type == ETHER_TYPE_PPPOE_SESSION;
    if (!by_version && ether_type != ETHER_TYPE_IPV4 && ether_type != ETHER_TYPE_IPV6)
        return 0;
    unsigned type = layers_link_ip_type(walk, walk->layers->network);
    if (!by_version && type != ether_type)
        return 0;
    return type == ETHER_TYPE_IPV4 ? 4 : type == ETHER_TYPE_IPV6 ? 6 : 0;
}

void layers_network(struct layers_walk *walk)
{
    struct aptrace_layers *layers = walk->layers;
    clear(layers);
    if (layers->network == APTRACE_NO_OFFSET)
        return;
    layers->payload = layers->network;
    unsigned version = ip_version(walk);
    if (version == 4)
        ipv4(walk, layers->network);
    else if (version == 6)
        ipv6(walk, layers->network);
    else if (layers->ether_type == ETHER_TYPE_ARP || layers->ether_type == ETHER_TYPE_RARP)
        arp(walk, layers->network);
    if (layers->cut != 0)
        layers->payload = APTRACE_NO_OFFSET;
}
