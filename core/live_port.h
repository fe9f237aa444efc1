/* SPDX-License-Identifier: MIT */
/* live_port.h: a live interface as the loop sees it: a ring for each direction, counters, a link.
 *
 * live_port.c has the real one, libpcap's; a test brings its own. The loop owns a port that it took. */
#ifndef LIVE_PORT_H
#define LIVE_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "live.h"

struct port_packet {
    const uint8_t *bytes;    /* borrowed until take returns */
    uint32_t capture_length, wire_length;
    int64_t stamp_ns;        /* of the system clock */
};

/* Where a drain puts its packets. */
struct port_sink {
    void (*take)(struct port_sink *sink, const struct port_packet *packet);
};

struct port_counters { uint32_t received, dropped; }; /* since the port was opened; they wrap. received counts drops too */

struct port_link {
    bool up;          /* the interface is up and has carrier */
    bool gone;        /* removed or renamed: nothing will come of it any more */
    uint64_t missed;  /* packets that the interface itself had no room for; 0 where it does not say */
    uint32_t changes; /* how often the link came or went, as far as anyone counted; it wraps */
};

enum { PORT_RINGS_MAX = 2 };

struct port_ring {
    uint16_t flag; /* APTRACE_PACKET_RECEIVED or _SENT */
    int fd;        /* can be read when packets are there; -1: none */
};

struct port {
    const struct port_functions *functions;
    uint32_t link_type; /* LINKTYPE_ */
    unsigned ring_count;
    struct port_ring rings[PORT_RINGS_MAX]; /* in before out */
};

struct port_functions {
    /* Takes up to limit packets off a ring without waiting. Returns how many: fewer than the limit means that the ring was
     * empty; -1: it gives nothing any more. */
    int (*drain)(struct port *port, unsigned ring, unsigned limit, struct port_sink *sink);
    void (*count)(struct port *port, unsigned ring, struct port_counters *counters);
    void (*look)(struct port *port, struct port_link *link);
    void (*free)(struct port *port);
};

/* Opens [NETNS/]IFACE by libpcap, with rings of buffer_bytes together. Null after an error. */
struct port *port_open(const char *interface, const struct live_options *options, uint64_t buffer_bytes, struct error *error);

#endif
