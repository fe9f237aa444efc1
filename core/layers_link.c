/* SPDX-License-Identifier: MIT */
/* Stage 1: where the link layer ends, for every link type that is known.
 *
 * Link types differ in how they say what follows: most end in an Ethernet type, or in something that stands for one. So each
 * has a small function that finds that type, and one path goes on from there: VLAN tags, then LLC and SNAP, MPLS labels or
 * PPPoE, then the network layer. That path is also the way into what a tunnel carries.
 *
 * It keeps true: a tag or label is counted only when it is there in whole; network is set only when all before it was seen;
 * and what is found in a frame that is cut is what would be found in the whole one, or absent. */
#include "layers_decode.h"

enum { /* https://www.tcpdump.org/linktypes.html */
    LINK_NULL = 0,
    LINK_ETHERNET = 1,
    LINK_PPP = 9,
    LINK_RAW_BSD = 12,
    LINK_RAW_OPENBSD = 14,
    LINK_PPP_HDLC = 50,
    LINK_RAW = 101,
    LINK_C_HDLC = 104,
    LINK_802_11 = 105,
    LINK_LOOP = 108,
    LINK_LINUX_SLL = 113,
    LINK_802_11_RADIOTAP = 127,
    LINK_PPI = 192,
    LINK_IPV4 = 228,
    LINK_IPV6 = 229,
    LINK_LINUX_SLL2 = 276
};

void layers_link_clear(struct aptrace_layers *layers)
{
    layers->cut = layers->vlan_count = layers->mpls_count = 0;
    layers->vlan[0] = layers->vlan[1] = APTRACE_NO_VLAN;
    layers->ether_type = 0;
    layers->ethernet = layers->tags = layers->mpls = layers->network = APTRACE_NO_OFFSET;
}

/* One more of something, up to what its counter holds. */
static void count_one(struct layers_walk *walk, uint8_t *count)
{
    if (*count == UINT8_MAX)
        layers_cut(walk);
    else
        (*count)++;
}

/* The label stack down to its bottom, RFC 3032 section 2.1. */
static void labels(struct layers_walk *walk, size_t at)
{
    struct aptrace_layers *layers = walk->layers;
    bool bottom = false;
    for (; !bottom && layers_fits(walk, at, 4); at += 4) {
        if (layers->mpls_count == 0)
            layers->mpls = (uint16_t)at;
        count_one(walk, &layers->mpls_count);
        bottom = walk->bytes[at + 2] & 1;
    }
    if (bottom)
        layers->network = (uint16_t)at;
}

/* A protocol field of PPP, RFC 1661 section 2: of one byte where that is odd. Returns its length; 0: it is not there. */
static size_t ppp_protocol(struct layers_walk *walk, size_t at, unsigned *protocol)
{
    if (!layers_fits(walk, at, 1))
        return 0;
    *protocol = walk->bytes[at];
    if (*protocol & 1)
        return 1;
    if (!layers_fits(walk, at, 2))
        return 0;
    *protocol = layers_u16(walk->bytes + at);
    return 2;
}

/* RFC 2516 section 4: IP lies behind its header and the protocol of PPP. All else is for who reads the session itself. */
static void pppoe_session(struct layers_walk *walk, size_t at)
{
    unsigned protocol = 0;
    size_t length = layers_fits(walk, at, 6) ? ppp_protocol(walk, at + 6, &protocol) : 0;
    bool ip = protocol == 0x0021 || protocol == 0x0057;
    if (length > 0)
        walk->layers->network = (uint16_t)(ip ? at + 6 + length : at);
}

/* What follows tags or SNAP. */
static void behind_type(struct layers_walk *walk, unsigned ether_type, size_t at)
{
    walk->layers->ether_type = (uint16_t)ether_type;
    if (ether_type == ETHER_TYPE_MPLS || ether_type == ETHER_TYPE_MPLS_UPSTREAM)
        labels(walk, at);
    else if (ether_type == ETHER_TYPE_PPPOE_SESSION)
        pppoe_session(walk, at);
    else
        walk->layers->network = (uint16_t)at;
}

/* IEEE 802.2 LLC. SNAP with organisation 0 has an Ethernet type, RFC 1042; all else is for the network layer to read. */
static void llc(struct layers_walk *walk, size_t at)
{
    static const uint8_t snap[6] = {0xaa, 0xaa, 0x03, 0x00, 0x00, 0x00};
    unsigned same = 0;
    while (same < sizeof snap && at + same < walk->end && walk->bytes[at + same] == snap[same])
        same++;
    bool may_be_snap = same == sizeof snap || at + same >= walk->end;
    if (may_be_snap && layers_fits(walk, at, 8)) {
        unsigned ether_type = layers_u16(walk->bytes + at + 6);
        behind_type(walk, ether_type < ETHER_TYPE_LEAST ? 0 : ether_type, at + 8);
    } else if (!may_be_snap || !walk->open) {
        walk->layers->network = (uint16_t)at;
    }
}

/* Goes on behind a type field of Ethernet, whose value is given: tags first, IEEE 802.1Q clause 9.6. */
void layers_link_typed(struct layers_walk *walk, unsigned ether_type, size_t at)
{
    struct aptrace_layers *layers = walk->layers;
    while (layers_is_tpid(ether_type)) {
        if (!layers_fits(walk, at, 2))
            return;
        if (layers->vlan_count == 0)
            layers->tags = (uint16_t)at;
        if (layers->vlan_count < 2)
            layers->vlan[layers->vlan_count] = layers_u16(walk->bytes + at) & 0xfffu;
        count_one(walk, &layers->vlan_count);
        if (!layers_fits(walk, at, 4))
            return;
        ether_type = layers_u16(walk->bytes + at + 2);
        at += 4;
    }
    if (ether_type < ETHER_TYPE_LEAST)
        llc(walk, at);
    else
        behind_type(walk, ether_type, at);
}

/* A frame of which only the addresses are there still has those: they are read by offset, with their own check. */
void layers_link_ethernet(struct layers_walk *walk, size_t at)
{
    if (layers_fits(walk, at, 6))
        walk->layers->ethernet = (uint16_t)at;
    if (layers_fits(walk, at, 14))
        layers_link_typed(walk, layers_u16(walk->bytes + at + 12), at + 14);
}

unsigned layers_link_ip_type(struct layers_walk *walk, size_t at)
{
    unsigned version = layers_fits(walk, at, 1) ? walk->bytes[at] >> 4 : 0;
    return version == 4 ? ETHER_TYPE_IPV4 : version == 6 ? ETHER_TYPE_IPV6 : 0;
}

/* IP, or what claims to be. */
static void raw(struct layers_walk *walk, unsigned ether_type)
{
    walk->layers->ether_type = (uint16_t)ether_type;
    if (layers_fits(walk, 0, 1))
        walk->layers->network = 0;
}

/* An address family of BSD in front, in the byte order of whoever captured: the smaller reading is the right one. */
static void null_or_loop(struct layers_walk *walk)
{
    if (!layers_fits(walk, 0, 4))
        return;
    const uint8_t *bytes = walk->bytes;
    unsigned big = layers_u16(bytes) ? 0 : layers_u16(bytes + 2);
    unsigned little = layers_u16(bytes + 2) ? 0 : bytes[0] | (unsigned)bytes[1] << 8;
    unsigned family = big ? big : little;
    bool ipv6 = family == 24 || family == 28 || family == 30 || family == 10; /* NetBSD, FreeBSD, Darwin, Linux */
    walk->layers->ether_type = (uint16_t)(family == 2 ? ETHER_TYPE_IPV4 : ipv6 ? ETHER_TYPE_IPV6 : 0);
    walk->layers->network = 4;
}

static unsigned ether_type_of_ppp(unsigned protocol)
{
    switch (protocol) { /* https://www.iana.org/assignments/ppp-numbers */
    case 0x0021: return ETHER_TYPE_IPV4;
    case 0x0057: return ETHER_TYPE_IPV6;
    case 0x0281: return ETHER_TYPE_MPLS;
    case 0x0283: return ETHER_TYPE_MPLS_UPSTREAM;
    default: return 0;
    }
}

/* In the framing of RFC 1662 section 3.1, or without it. */
void layers_link_ppp(struct layers_walk *walk, size_t at)
{
    unsigned protocol = 0;
    if (!layers_fits(walk, at, 2))
        return;
    if (walk->bytes[at] == 0xff && walk->bytes[at + 1] == 0x03)
        at += 2;
    size_t length = ppp_protocol(walk, at, &protocol);
    if (length > 0)
        behind_type(walk, ether_type_of_ppp(protocol), at + length);
}

/* Address, control, Ethernet type: https://www.tcpdump.org/linktypes.html, LINKTYPE_C_HDLC. */
static void c_hdlc(struct layers_walk *walk)
{
    if (layers_fits(walk, 0, 4))
        layers_link_typed(walk, layers_u16(walk->bytes + 2), 4);
}

static void ppp_hdlc(struct layers_walk *walk)
{
    if (!layers_fits(walk, 0, 1))
        return;
    if (walk->bytes[0] == 0x0f || walk->bytes[0] == 0x8f)
        c_hdlc(walk);
    else
        layers_link_ppp(walk, 0);
}

/* Behind a "cooked" header of Linux. Its protocol is an Ethernet type only for devices (ARPHRD_) that have such, and one below
 * all types means something else: 4 is LLC. https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html */
static void cooked(struct layers_walk *walk, unsigned device, unsigned protocol, size_t at)
{
    bool has_types = device != 824 && device != 770 && (device < 801 || device > 803); /* netlink, frame relay, 802.11 */
    if (!has_types)
        return;
    if (protocol >= ETHER_TYPE_LEAST)
        layers_link_typed(walk, protocol, at);
    else if (protocol == 4)
        llc(walk, at);
    else
        walk->layers->network = (uint16_t)at;
}

static void linux_sll(struct layers_walk *walk)
{
    if (layers_fits(walk, 0, 16))
        cooked(walk, layers_u16(walk->bytes + 2), layers_u16(walk->bytes + 14), 16);
}

static void linux_sll2(struct layers_walk *walk)
{
    if (layers_fits(walk, 0, 20))
        cooked(walk, layers_u16(walk->bytes + 8), layers_u16(walk->bytes), 20);
}

/* A data frame that is neither encrypted nor an aggregate, IEEE 802.11 clause 9.3.2.1; padded: its header is filled up to a
 * multiple of 4. */
static void ieee_802_11(struct layers_walk *walk, size_t at, bool padded)
{
    if (!layers_fits(walk, at, 24))
        return;
    const uint8_t *control = walk->bytes + at;
    bool data = (control[0] & 0x0f) == 0x08 && !(control[0] & 0x40), encrypted = control[1] & 0x40;
    bool quality = control[0] & 0x80, four_addresses = (control[1] & 3) == 3, more = quality && (control[1] & 0x80);
    size_t length = 24 + (four_addresses ? 6u : 0u), fixed = length + (quality ? 2u : 0u) + (more ? 4u : 0u);
    bool aggregate = quality && layers_fits(walk, at, fixed) && walk->bytes[at + length] & 0x80;
    if (padded)
        fixed = (fixed + 3) / 4 * 4;
    if (data && !encrypted && !aggregate && layers_fits(walk, at, fixed))
        llc(walk, at + fixed);
}

/* https://www.radiotap.org: its length is told; of its fields only the flags matter, behind the time stamp if there is one. */
static void radiotap(struct layers_walk *walk)
{
    if (!layers_fits(walk, 0, 8))
        return;
    size_t length = walk->bytes[2] | (size_t)walk->bytes[3] << 8, at = 8;
    unsigned present = walk->bytes[4];
    if (length < 8 || !layers_fits(walk, 0, length))
        return;
    while (at + 4 <= length && walk->bytes[at - 1] & 0x80) /* one more word of what is present */
        at += 4;
    if (present & 1)
        at = (at + 7) / 8 * 8 + 8;
    bool padded = present & 2 && at < length && walk->bytes[at] & 0x20;
    ieee_802_11(walk, length, padded);
}

/* https://www.tcpdump.org/linktypes.html, LINKTYPE_PPI: little endian whoever wrote it; the link type of what it carries. */
static void ppi(struct layers_walk *walk)
{
    if (!layers_fits(walk, 0, 8))
        return;
    const uint8_t *bytes = walk->bytes;
    size_t length = bytes[2] | (size_t)bytes[3] << 8;
    uint32_t link_type = bytes[4] | (uint32_t)bytes[5] << 8 | (uint32_t)bytes[6] << 16 | (uint32_t)bytes[7] << 24;
    if (length < 8)
        return;
    if (link_type == LINK_ETHERNET)
        layers_link_ethernet(walk, length);
    else if (link_type == LINK_802_11)
        ieee_802_11(walk, length, false);
}

void layers_link(struct layers_walk *walk, unsigned link_type)
{
    switch (link_type) {
    case LINK_ETHERNET: layers_link_ethernet(walk, 0); break;
    case LINK_NULL:
    case LINK_LOOP: null_or_loop(walk); break;
    case LINK_RAW_BSD:
    case LINK_RAW_OPENBSD:
    case LINK_RAW: raw(walk, layers_link_ip_type(walk, 0)); break;
    case LINK_IPV4: raw(walk, ETHER_TYPE_IPV4); break;
    case LINK_IPV6: raw(walk, ETHER_TYPE_IPV6); break;
    case LINK_PPP: layers_link_ppp(walk, 0); break;
    case LINK_PPP_HDLC: ppp_hdlc(walk); break;
    case LINK_C_HDLC: c_hdlc(walk); break;
    case LINK_LINUX_SLL: linux_sll(walk); break;
    case LINK_LINUX_SLL2: linux_sll2(walk); break;
    case LINK_802_11: ieee_802_11(walk, 0, false); break;
    case LINK_802_11_RADIOTAP: radiotap(walk); break;
    case LINK_PPI: ppi(walk); break;
    default: break; /* no layers */
    }
}
