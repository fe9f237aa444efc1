/* SPDX-License-Identifier: MIT */
/* layers_decode.h: what the files of the decoder share, and nobody else needs.
 *
 * A walk goes over the headers of one packet, or of what a tunnel in it carries, and writes what it finds into layers. Every
 * header is asked for with layers_fits() before a byte of it is read: that is the one place that knows where bytes end. */
#ifndef LAYERS_DECODE_H
#define LAYERS_DECODE_H

#include "layers.h"

enum { LAYERS_REACH = 65534 }; /* no header may go beyond: offsets are 16 bits, and the last value means absent */

enum { /* types that more than one file knows: https://www.iana.org/assignments/ieee-802-numbers */
    ETHER_TYPE_LEAST = 0x0600, /* below are lengths, IEEE 802.3 clause 3.2.6 */
    ETHER_TYPE_IPV4 = 0x0800,
    ETHER_TYPE_ARP = 0x0806,
    ETHER_TYPE_RARP = 0x8035,
    ETHER_TYPE_BRIDGED = 0x6558, /* an Ethernet frame in GRE or Geneve */
    ETHER_TYPE_IPV6 = 0x86dd,
    ETHER_TYPE_MPLS = 0x8847,
    ETHER_TYPE_MPLS_UPSTREAM = 0x8848,
    ETHER_TYPE_PPPOE_SESSION = 0x8864
};

struct layers_walk {
    const uint8_t *bytes; /* of the packet, from its first */
    size_t end;           /* where the bytes end that may hold headers: captured, and within what encloses them */
    bool open;            /* the wire had more behind end, or it cannot be reached: a header that does not fit is cut */
    uint8_t stage;        /* at work on */
    struct aptrace_layers *layers;
};

/* There is more than can be told: what is absent from this stage on may have been there. */
static inline void layers_cut(struct layers_walk *walk)
{
    if (walk->layers->cut == 0)
        walk->layers->cut = walk->stage;
}

static inline bool layers_fits(struct layers_walk *walk, size_t at, size_t length)
{
    if (at <= walk->end && length <= walk->end - at)
        return true;
    if (walk->open)
        layers_cut(walk);
    return false;
}

/* What lies behind an offset does not belong to the packet, whatever was captured. */
static inline void layers_close(struct layers_walk *walk, size_t end)
{
    if (end > walk->end)
        return;
    walk->end = end;
    walk->open = false;
}

static inline uint16_t layers_u16(const uint8_t *at)
{
    return (uint16_t)((unsigned)at[0] << 8 | at[1]);
}

static inline bool layers_is_tpid(unsigned type)
{
    return (type == 0x8100) | (type == 0x88a8) | (type == 0x9100); /* IEEE 802.1Q table 9-1, and the one in use before it */
}

/* Stage 1, of any link type that is known; and from within: an Ethernet header at an offset, or what an Ethernet type says. */
void layers_link(struct layers_walk *walk, unsigned link_type);
void layers_link_clear(struct aptrace_layers *layers);
void layers_link_ethernet(struct layers_walk *walk, size_t at);
void layers_link_typed(struct layers_walk *walk, unsigned ether_type, size_t at);
unsigned layers_link_ip_type(struct layers_walk *walk, size_t at);  /* by the version there; 0: no IP */
void layers_link_ppp(struct layers_walk *walk, size_t at);

/* Stage 2, behind stage 1. */
void layers_network(struct layers_walk *walk);

/* Stage 3, behind stage 2: fills the first of inner if there is a tunnel, the next if there is one in it, and links them. */
void layers_tunnel(struct layers_walk *walk, struct aptrace_layers inner[LAYERS_INNER_MAX]);

#endif
