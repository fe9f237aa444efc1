/* SPDX-License-Identifier: MIT */
/* fake_port.h: a host of the test's own: clocks, ports, links and pauses, on which the live loop runs with the real engine.
 *
 * Times are nanoseconds since the origin. A packet is stamped at at_ns, counted by the kernel (or dropped) lag_ns later, and
 * handed over delay_ns after that. A packet's bytes are its want byte and its index in the list, so that what comes out is
 * known. */
#ifndef FAKE_PORT_H
#define FAKE_PORT_H

#include "core/live_parts.h"
#include "fake.h"

#define MS INT64_C(1000000)

struct wire_packet {
    unsigned ring;        /* of all ports' rings, in order */
    int64_t at_ns;
    uint8_t byte;
    bool dropped;
    int64_t lag_ns, delay_ns;
};

struct wire_step { int64_t at_ns, by_ns; };           /* the system clock is stepped */
struct wire_link {
    unsigned port;
    int64_t at_ns;
    bool up, gone;
    uint64_t missed;
}; /* a link comes or goes, or its card misses packets */

enum pause_point { PAUSE_NOWHERE, PAUSE_WAIT, PAUSE_DRAIN, PAUSE_COUNT, PAUSE_LOOK, PAUSE_CLOCK, PAUSE_EVENT, PAUSE_POINTS };

struct wire_pause { enum pause_point point; int64_t at_ns, length_ns; };

enum { WIRE_LIST = 24, WIRE_PORTS = 3, WIRE_RINGS = 2 * WIRE_PORTS };

struct wire {
    const struct wire_packet *packets;
    size_t packet_count;
    struct wire_step steps[WIRE_LIST];
    struct wire_link links[WIRE_LIST];
    struct wire_pause pauses[WIRE_LIST];
    int64_t interrupt_ns;                    /* 0: none */
    int64_t command_ns;                      /* when the command ends; 0: there is none */
    unsigned port_count;
    enum live_direction direction;
    int64_t duration_ns, settle_ns;
};

struct fake_port {
    struct port port; /* first */
    struct fake_host *host;
    unsigned index;
};

struct fake_host {
    struct wire wire;
    int64_t now_ns;                          /* monotonic, since the origin */
    struct live *live;
    struct fake_run run;
    unsigned ring_count;
    size_t next[WIRE_RINGS];                 /* packet to be drained next, by ring */
    unsigned wrapped;                        /* what the counters began with */
    uint64_t waits;                          /* how often the loop waited */
    bool told_interrupt, told_command;

    /* What came out. */
    struct text log;                         /* "P3@5 H T C E": kinds of events, packets with index and ms */
    uint64_t *seen;                          /* by index: how often it came */
    int64_t *time_ns;                        /* by index: event time, since the origin */
    bool *unsure;                            /* by index: it travelled alone */
    size_t late, alone;
    int64_t end_ns, settled_ns;
    struct live_counters counters[WIRE_PORTS];
};

/* Ports "a", "b", "c"; expectations come behind it (fake_expect(&host->run, ...)). */
void fake_host_begin(struct fake_host *host, const struct wire *wire);
void fake_host_end(struct fake_host *host);

/* Runs to the end and through the final drain. Whatever comes is checked for what must always hold: order, numbers, clock. */
void fake_host_run(struct fake_host *host);

/* Holes of the kind that the engine was told. */
size_t fake_host_holes(const struct fake_host *host, enum hole_kind kind);
const struct hole *fake_host_hole(const struct fake_host *host, enum hole_kind kind); /* the first; null */

#endif
