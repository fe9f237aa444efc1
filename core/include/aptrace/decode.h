/* SPDX-License-Identifier: MIT */
/* aptrace/decode.h: the headers of a packet, read safely.
 *
 * The engine finds the headers of a packet once, at the first question that needs them, and by stages; every predicate
 * then reads what was found. So a question costs a few instructions, however many expectations ask it, and a plugin
 * never walks headers itself. No function here reads past the captured bytes, whatever a packet holds.
 *
 * A function named aptrace_get_... answers false where the packet has no such field (its out parameter is then left
 * alone); one named aptrace_has_... or aptrace_is_... answers by itself. Numbers are in host order. What was on the
 * wire but not captured (a small snap length) reads as absent; aptrace_is_cut() tells that case apart, and
 * aptrace_unseen() in <aptrace/predicate.h> makes it known, so that missing bytes never become a wrong verdict.
 *
 * The members of struct aptrace_layers are the engine's, laid out here only so that the readers can be inline. */
#ifndef APTRACE_DECODE_H
#define APTRACE_DECODE_H

#include <aptrace/packet.h>

APTRACE_BEGIN

enum aptrace_stage {
    APTRACE_STAGE_LINK = 1,      /* link layer, VLAN tags, MPLS labels */
    APTRACE_STAGE_TRANSPORT = 2, /* ARP, IPv4 and IPv6 with extension headers, TCP, UDP, ICMP, ... */
    APTRACE_STAGE_TUNNEL = 3     /* what a tunnel carries: GRE, VXLAN, Geneve, GTP-U, IP in IP */
};

#define APTRACE_NO_OFFSET 0xffffu /* of a layer that is not there */
#define APTRACE_NO_VLAN 0xffffu
#define APTRACE_NO_PROTOCOL 0xffffu

struct aptrace_layers {
    void (*decode)(const struct aptrace_packet *packet, unsigned stage); /* [never null] decodes up to the stage */
    uint8_t stage;                         /* decoded so far; 0: nothing, and nothing below means anything yet */
    uint8_t cut;                           /* the first stage that could not see all of its headers: it ran into the end of the
                                              captured bytes while the wire had more, or there are more than have room here
                                              (255 tags or labels, tunnels in tunnels, 65,534 bytes); 0: none so far */
    uint8_t vlan_count, mpls_count;        /* stage 1 */
    uint16_t vlan[2];                      /* stage 1: identifiers of the outer two tags, or APTRACE_NO_VLAN: no branch */
    uint16_t ether_type;                   /* stage 1: of what follows link layer and tags; 0: none (LLC, or unknown) */
    uint16_t ethernet, tags, mpls, network; /* stage 1: offsets. tags: the first tag's control information, 2 bytes behind its
                                              TPID; mpls: the first label; network: behind link, tags and labels */
    uint16_t transport, payload;           /* stage 2: offsets; transport is not there in a later fragment */
    uint16_t end;                          /* stage 2: offset where the packet ends by its own length fields, padding of the frame
                                              behind; may be beyond the captured bytes; APTRACE_NO_OFFSET: the frame's own end */
    uint16_t source_port, destination_port; /* stage 2: of TCP, UDP, SCTP, DCCP, where transport is there */
    uint16_t ip_protocol;                  /* stage 2: of the transport layer, behind IPv6 extension headers and AH;
                                              APTRACE_NO_PROTOCOL: no IP, or the headers end before it is told */
    uint8_t ip_version;                    /* stage 2: 4, 6; 0: no IP, or not all of its fixed header */
    uint8_t fragment;                      /* stage 2: 1 the first, 2 a later one, 0 whole */
    uint16_t place;                        /* in the engine's pool; set once */
    uint8_t reserved[6];
    const struct aptrace_layers *inner;    /* [may be null] stage 3: the layers inside the tunnel; offsets are from the same
                                              first byte of the packet. It never needs decoding. */
};

/* The engine's own way in: layers of the packet, decoded at least up to the stage. */
static inline const struct aptrace_layers *aptrace_decoded(const struct aptrace_packet *packet, unsigned stage)
{
    if (__builtin_expect(packet->layers->stage < stage, 0))
        packet->layers->decode(packet, stage);
    return packet->layers;
}

/* True where headers up to the stage go on behind what can be seen: what is absent may have been on the wire. It is about
 * headers alone: whether payload is missing, capture_length and wire_length tell. */
static inline bool aptrace_is_cut(const struct aptrace_packet *packet, enum aptrace_stage stage)
{
    const struct aptrace_layers *layers = aptrace_decoded(packet, stage);
    return layers->cut != 0 && layers->cut <= (unsigned)stage;
}

/* Big-endian numbers at an offset. The offset plus the length must not be beyond the captured bytes. */
static inline bool aptrace_get_bytes(const struct aptrace_packet *packet, size_t offset, size_t length, const uint8_t **bytes)
{
    if (length > packet->capture_length || offset > packet->capture_length - length)
        return false;
    *bytes = packet->bytes + offset;
    return true;
}

static inline bool aptrace_get_u8(const struct aptrace_packet *packet, size_t offset, uint8_t *number)
{
    const uint8_t *at = NULL;
    if (!aptrace_get_bytes(packet, offset, 1, &at))
        return false;
    *number = at[0];
    return true;
}

static inline bool aptrace_get_u16(const struct aptrace_packet *packet, size_t offset, uint16_t *number)
{
    const uint8_t *at = NULL;
    if (!aptrace_get_bytes(packet, offset, 2, &at))
        return false;
    *number = (uint16_t)((unsigned)at[0] << 8 | at[1]);
    return true;
}

static inline bool aptrace_get_u32(const struct aptrace_packet *packet, size_t offset, uint32_t *number)
{
    const uint8_t *at = NULL;
    if (!aptrace_get_bytes(packet, offset, 4, &at))
        return false;
    *number = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    return true;
}

/* Ethernet addresses, 6 bytes each; source: IEEE 802.3 clause 3.2. */
static inline bool aptrace_get_eth_dst(const struct aptrace_packet *packet, const uint8_t **address)
{
    const struct aptrace_layers *layers = aptrace_decoded(packet, APTRACE_STAGE_LINK);
    return layers->ethernet != APTRACE_NO_OFFSET && aptrace_get_bytes(packet, layers->ethernet, 6, address);
}

static inline bool aptrace_get_eth_src(const struct aptrace_packet *packet, const uint8_t **address)
{
    const struct aptrace_layers *layers = aptrace_decoded(packet, APTRACE_STAGE_LINK);
    return layers->ethernet != APTRACE_NO_OFFSET && aptrace_get_bytes(packet, (size_t)layers->ethernet + 6, 6, address);
}

/* The type of what follows link layer and VLAN tags: 0x0800 IPv4, 0x86dd IPv6, 0x0806 ARP, ... */
static inline bool aptrace_get_ether_type(const struct aptrace_packet *packet, uint16_t *type)
{
    const struct aptrace_layers *layers = aptrace_decoded(packet, APTRACE_STAGE_LINK);
    if (layers->ether_type == 0)
        return false;
    *type = layers->ether_type;
    return true;
}

/* VLAN tags of TPID 0x8100, 0x88a8 and 0x9100, outermost first, depth from 0; source: IEEE 802.1Q clause 9.6. A priority
 * tag (identifier 0) is a tag. */
static inline unsigned aptrace_vlan_count(const struct aptrace_packet *packet)
{
    return aptrace_decoded(packet, APTRACE_STAGE_LINK)->vlan_count;
}

static inline bool aptrace_get_vlan_tci(const struct aptrace_packet *packet, unsigned depth, uint16_t *tci)
{
    const struct aptrace_layers *layers = aptrace_decoded(packet, APTRACE_STAGE_LINK);
    return depth < layers->vlan_count && aptrace_get_u16(packet, (size_t)layers->tags + 4 * (size_t)depth, tci);
}

static inline bool aptrace_get_vlan_tpid(const struct aptrace_packet *packet, unsigned depth, uint16_t *tpid)
{
    const struct aptrace_layers *layers = aptrace_decoded(packet, APTRACE_STAGE_LINK);
    size_t at = (size_t)layers->tags + 4 * (size_t)depth - 2;
    if (packet->link_type == 276 && depth == 0 && layers->tags == 20) /* LINUX_SLL2 begins with its protocol field */
        at = 0;
    return depth < layers->vlan_count && aptrace_get_u16(packet, at, tpid);
}

static inline bool aptrace_get_vlan(const struct aptrace_packet *packet, unsigned depth, unsigned *identifier)
{
    uint16_t tci = 0;
    if (!aptrace_get_vlan_tci(packet, depth, &tci))
        return false;
    *identifier = tci & 0xfffu;
    return true;
}

/* For aptrace_has_vlan(), the third tag and those behind it: apart, so that the usual way needs little stack. */
__attribute__((unused, noinline, cold)) static bool aptrace_has_vlan_beyond(const struct aptrace_packet *packet,
                                                                            unsigned identifier)
{
    unsigned depth, tag = 0;
    for (depth = 2; aptrace_get_vlan(packet, depth, &tag); depth++) {
        if (tag == identifier)
            return true;
    }
    return false;
}

/* Any tag of the stack with this identifier (0 to 4095; a greater one must not be asked for). */
static inline bool aptrace_has_vlan(const struct aptrace_packet *packet, unsigned identifier)
{
    const struct aptrace_layers *layers = aptrace_decoded(packet, APTRACE_STAGE_LINK);
    bool found = (layers->vlan[0] == identifier) | (layers->vlan[1] == identifier);
    if (__builtin_expect(layers->vlan_count > 2, 0))
        found |= aptrace_has_vlan_beyond(packet, identifier);
    return found;
}

/* MPLS label stack entries, outermost first, depth from 0: label (20 bits), traffic class (3), bottom (1), TTL (8); source:
 * RFC 3032 section 2.1. */
static inline unsigned aptrace_mpls_count(const struct aptrace_packet *packet)
{
    return aptrace_decoded(packet, APTRACE_STAGE_LINK)->mpls_count;
}

static inline bool aptrace_get_mpls(const struct aptrace_packet *packet, unsigned depth, uint32_t *entry)
{
    const struct aptrace_layers *layers = aptrace_decoded(packet, APTRACE_STAGE_LINK);
    return depth < layers->mpls_count && aptrace_get_u32(packet, (size_t)layers->mpls + 4 * (size_t)depth, entry);
}

/* 4 or 6, of the outermost IP header; 0: none. */
static inline unsigned aptrace_ip_version(const struct aptrace_packet *packet)
{
    return aptrace_decoded(packet, APTRACE_STAGE_TRANSPORT)->ip_version;
}

/* The transport protocol, behind IPv6 extension headers and AH: 6 TCP, 17 UDP, ... It is known of a later fragment too. */
static inline bool aptrace_get_ip_protocol(const struct aptrace_packet *packet, unsigned *protocol)
{
    const struct aptrace_layers *layers = aptrace_decoded(packet, APTRACE_STAGE_TRANSPORT);
    if (layers->ip_protocol == APTRACE_NO_PROTOCOL)
        return false;
    *protocol = layers->ip_protocol;
    return true;
}

/* 1: the first fragment of an IP packet, 2: a later one, which has no transport layer; 0: whole, or no IP. */
static inline unsigned aptrace_ip_fragment(const struct aptrace_packet *packet)
{
    return aptrace_decoded(packet, APTRACE_STAGE_TRANSPORT)->fragment;
}

static inline bool aptrace_get_ports(const struct aptrace_packet *packet, unsigned *source, unsigned *destination)
{
    const struct aptrace_layers *layers = aptrace_decoded(packet, APTRACE_STAGE_TRANSPORT);
    bool has = layers->ip_protocol == 6 || layers->ip_protocol == 17 || layers->ip_protocol == 33 || layers->ip_protocol == 132;
    if (layers->transport == APTRACE_NO_OFFSET || !has)
        return false;
    *source = layers->source_port;
    *destination = layers->destination_port;
    return true;
}

/* Where a layer begins, for aptrace_get_bytes() and its like; false where it is not there. */
static inline bool aptrace_get_network(const struct aptrace_packet *packet, size_t *offset)
{
    const struct aptrace_layers *layers = aptrace_decoded(packet, APTRACE_STAGE_LINK);
    if (layers->network == APTRACE_NO_OFFSET)
        return false;
    *offset = layers->network;
    return true;
}

static inline bool aptrace_get_transport(const struct aptrace_packet *packet, size_t *offset)
{
    const struct aptrace_layers *layers = aptrace_decoded(packet, APTRACE_STAGE_TRANSPORT);
    if (layers->transport == APTRACE_NO_OFFSET)
        return false;
    *offset = layers->transport;
    return true;
}

/* Behind the last layer that is known, at the end of the captured bytes where nothing follows; false where that is not known
 * because headers are cut, or no layer is known. */
static inline bool aptrace_get_payload(const struct aptrace_packet *packet, size_t *offset)
{
    const struct aptrace_layers *layers = aptrace_decoded(packet, APTRACE_STAGE_TRANSPORT);
    if (layers->payload == APTRACE_NO_OFFSET)
        return false;
    *offset = layers->payload;
    return true;
}

/* The captured bytes of the payload, without the padding of the frame: they end where the packet's own length fields say. */
static inline bool aptrace_get_payload_bytes(const struct aptrace_packet *packet, const uint8_t **bytes, size_t *length)
{
    const struct aptrace_layers *layers = aptrace_decoded(packet, APTRACE_STAGE_TRANSPORT);
    size_t end = packet->capture_length;
    if (layers->payload == APTRACE_NO_OFFSET)
        return false;
    if (layers->end != APTRACE_NO_OFFSET && layers->end < end)
        end = layers->end;
    *bytes = packet->bytes + layers->payload;
    *length = end > layers->payload ? end - layers->payload : 0;
    return true;
}

/* What a tunnel (GRE, VXLAN, Geneve, GTP-U, IP in IP, ...) carries, as a packet of its own: every function of this file can
 * be asked about it, aptrace_get_inner() too; offsets are still those of the outer packet's bytes. The caller's struct is
 * filled, and holds as long as the packet does. It is for the functions of this file alone. */
static inline bool aptrace_get_inner(const struct aptrace_packet *packet, struct aptrace_packet *inner)
{
    const struct aptrace_layers *layers = aptrace_decoded(packet, APTRACE_STAGE_TUNNEL);
    if (layers->inner == NULL)
        return false;
    *inner = *packet;
    inner->layers = layers->inner;
    return true;
}

APTRACE_END
#endif
