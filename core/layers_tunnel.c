/* SPDX-License-Identifier: MIT */
/* Stage 3: what tunnels carry, decoded as deep as the packet around them.
 *
 * A tunnel is known by the IP protocol or the UDP destination port that was assigned to it, and by those of its own bits that
 * must be set: a guess at anything else would give predicates layers that are not there. What it carries is either an Ethernet
 * frame, or something that an Ethernet type stands for; stages 1 and 2 then do the rest, within the end of the outer packet.
 *
 * It keeps true: what is cut in a tunnel is cut in all around it, so that the outer layers alone tell whether something may
 * have been missed. */
#include "layers_decode.h"

enum { PROTOCOL_IPV4 = 4, PROTOCOL_UDP = 17, PROTOCOL_IPV6 = 41, PROTOCOL_GRE = 47 };

enum { /* https://www.iana.org/assignments/service-names-port-numbers, and Linux's own for VXLAN */
    PORT_GTP_U = 2152,
    PORT_VXLAN = 4789,
    PORT_VXLAN_GPE = 4790,
    PORT_GENEVE = 6081,
    PORT_MPLS = 6635,
    PORT_VXLAN_LINUX = 8472
};

enum { CARRIED_PPP = 0x880b };

struct carried {
    unsigned type; /* an Ethernet type; ETHER_TYPE_BRIDGED: a frame; CARRIED_PPP; 0: nothing that is followed */
    size_t at;
};

static const struct carried nothing = {0, 0};

static struct carried carry(unsigned type, size_t at)
{
    bool known = type == ETHER_TYPE_BRIDGED || type == ETHER_TYPE_IPV4 || type == ETHER_TYPE_IPV6 || type == ETHER_TYPE_ARP
        || type == ETHER_TYPE_MPLS || type == ETHER_TYPE_MPLS_UPSTREAM || type == CARRIED_PPP;
    return known ? (struct carried){type, at} : nothing;
}

/* ---- GRE -------------------------------------------------------------------------------------------------------------- */

/* draft-foschiano-erspan-03 section 4: type I has no header of its own, and no sequence number in GRE tells it from type II. */
static struct carried erspan_2(struct layers_walk *walk, bool sequence, size_t at)
{
    if (!sequence)
        return carry(ETHER_TYPE_BRIDGED, at);
    if (!layers_fits(walk, at, 8) || walk->bytes[at] >> 4 != 1)
        return nothing;
    return carry(ETHER_TYPE_BRIDGED, at + 8);
}

/* The same, type III: 12 bytes, 8 more of the platform where the last bit is set; the frame's type is Ethernet or IP. */
static struct carried erspan_3(struct layers_walk *walk, size_t at)
{
    if (!layers_fits(walk, at, 12) || walk->bytes[at] >> 4 != 2)
        return nothing;
    unsigned word = layers_u16(walk->bytes + at + 10), frame_type = word >> 10 & 0x1f;
    size_t behind = at + (word & 1 ? 20 : 12);
    if (frame_type == 0)
        return carry(ETHER_TYPE_BRIDGED, behind);
    return frame_type == 2 ? carry(layers_link_ip_type(walk, behind), behind) : nothing;
}

static struct carried gre(struct layers_walk *walk, size_t at)
{
    const uint8_t *header = walk->bytes + walk->layers->transport;
    unsigned flags = layers_u16(header), type = layers_u16(header + 2);
    if (walk->layers->transport == at)
        return nothing; /* its length could not be told */
    if (flags & 7)
        return type == CARRIED_PPP ? carry(type, at) : nothing;
    if (type == 0x88be)
        return erspan_2(walk, flags & 0x1000, at);
    return type == 0x22eb ? erspan_3(walk, at) : carry(type, at);
}

/* ---- UDP -------------------------------------------------------------------------------------------------------------- */

/* RFC 7348 section 5: the flag that its network identifier is valid must be set. */
static struct carried vxlan(struct layers_walk *walk, size_t at)
{
    if (!layers_fits(walk, at, 8) || !(walk->bytes[at] & 0x08))
        return nothing;
    return carry(ETHER_TYPE_BRIDGED, at + 8);
}

/* draft-ietf-nvo3-vxlan-gpe-13 section 3. Without bit P it is VXLAN, where the next protocol is reserved and 0. */
static struct carried vxlan_gpe(struct layers_walk *walk, size_t at)
{
    static const unsigned types[] = {0, ETHER_TYPE_IPV4, ETHER_TYPE_IPV6, ETHER_TYPE_BRIDGED, 0, ETHER_TYPE_MPLS};
    if (!layers_fits(walk, at, 8) || !(walk->bytes[at] & 0x08))
        return nothing;
    unsigned next = walk->bytes[at + 3];
    if (next == 0 && !(walk->bytes[at] & 0x04))
        next = 3;
    return next < sizeof types / sizeof types[0] ? carry(types[next], at + 8) : nothing;
}

/* RFC 8926 section 3.4. */
static struct carried geneve(struct layers_walk *walk, size_t at)
{
    if (!layers_fits(walk, at, 8) || walk->bytes[at] >> 6 != 0)
        return nothing;
    size_t length = 8 + (size_t)(walk->bytes[at] & 0x3f) * 4;
    if (!layers_fits(walk, at, length))
        return nothing;
    return carry(layers_u16(walk->bytes + at + 2), at + length);
}

/* 3GPP TS 29.281 section 5.1: version 1 of GTP, not its charging, and a G-PDU. Any of three flags brings 4 bytes more, the
 * last of which tells the first extension header; section 5.2: they are multiples of 4 long and each tells the next. */
static struct carried gtp_u(struct layers_walk *walk, size_t at)
{
    const uint8_t *bytes = walk->bytes;
    if (!layers_fits(walk, at, 8) || bytes[at] >> 4 != 3 || bytes[at + 1] != 255)
        return nothing;
    size_t end = at + 8 + layers_u16(bytes + at + 2);
    size_t behind = at + (bytes[at] & 7 ? 12 : 8);
    bool extended = bytes[at] & 4;
    layers_close(walk, end);
    if (!layers_fits(walk, at, behind - at))
        return nothing;
    while (extended && bytes[behind - 1] != 0) {
        if (!layers_fits(walk, behind, 1) || bytes[behind] == 0 || !layers_fits(walk, behind, (size_t)bytes[behind] * 4))
            return nothing;
        behind += (size_t)bytes[behind] * 4;
    }
    return carry(layers_link_ip_type(walk, behind), behind);
}

static struct carried udp(struct layers_walk *walk, size_t at)
{
    if (walk->layers->transport == at)
        return nothing; /* not all of its header is there */
    switch (walk->layers->destination_port) {
    case PORT_VXLAN:
    case PORT_VXLAN_LINUX: return vxlan(walk, at);
    case PORT_VXLAN_GPE: return vxlan_gpe(walk, at);
    case PORT_GENEVE: return geneve(walk, at);
    case PORT_GTP_U: return gtp_u(walk, at);
    case PORT_MPLS: return carry(ETHER_TYPE_MPLS, at); /* RFC 7510 section 3 */
    default: return nothing;
    }
}

/* ---- All -------------------------------------------------------------------------------------------------------------- */

static struct carried carried_by(struct layers_walk *walk)
{
    const struct aptrace_layers *layers = walk->layers;
    if (layers->payload == APTRACE_NO_OFFSET || layers->transport == APTRACE_NO_OFFSET)
        return nothing;
    switch (layers->ip_protocol) {
    case PROTOCOL_IPV4: return carry(ETHER_TYPE_IPV4, layers->payload); /* RFC 2003 section 3 */
    case PROTOCOL_IPV6: return carry(ETHER_TYPE_IPV6, layers->payload); /* RFC 4213 section 3 */
    case PROTOCOL_GRE: return gre(walk, layers->payload);
    case PROTOCOL_UDP: return udp(walk, layers->payload);
    default: return nothing;
    }
}

/* Into walk->layers, which end no later than what is around them. */
static void decode_carried(struct layers_walk *walk, const struct carried *carried, size_t end)
{
    if (!walk->open && walk->end < end)
        end = walk->end; /* a tunnel that has a length of its own */
    layers_link_clear(walk->layers);
    walk->stage = APTRACE_STAGE_LINK;
    if (carried->type == ETHER_TYPE_BRIDGED)
        layers_link_ethernet(walk, carried->at);
    else if (carried->type == CARRIED_PPP)
        layers_link_ppp(walk, carried->at);
    else
        layers_link_typed(walk, carried->type, carried->at);
    walk->stage = APTRACE_STAGE_TRANSPORT;
    layers_network(walk);
    if (end < walk->layers->end)
        walk->layers->end = (uint16_t)end;
    walk->layers->stage = walk->stage = APTRACE_STAGE_TUNNEL;
}

void layers_tunnel(struct layers_walk *walk, struct aptrace_layers inner[LAYERS_INNER_MAX])
{
    struct aptrace_layers *chain[LAYERS_INNER_MAX + 1] = {walk->layers};
    unsigned depth = 0;
    if (walk->layers->end != APTRACE_NO_OFFSET)
        layers_close(walk, walk->layers->end);
    for (;;) {
        struct carried carried = carried_by(walk);
        if (carried.type == 0 || !layers_fits(walk, carried.at, 1))
            break;
        if (depth == LAYERS_INNER_MAX) {
            layers_cut(walk);
            break;
        }
        chain[depth]->inner = walk->layers = &inner[depth];
        chain[++depth] = walk->layers;
        decode_carried(walk, &carried, chain[depth - 1]->end);
    }
    for (; depth > 0; depth--) {
        if (chain[depth]->cut != 0 && chain[depth - 1]->cut == 0)
            chain[depth - 1]->cut = APTRACE_STAGE_TUNNEL;
    }
}
