/* SPDX-License-Identifier: MIT */
/* batch.h: packets that travel together. A reader fills one, the timeline puts it on the clock, the engine shows it to the
 * expectations. Sized so that packets, frames and layers stay in the first caches (measured: abi: 64 and 1024 are slower). */
#ifndef BATCH_H
#define BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include <aptrace/decode.h>
#include <aptrace/packet.h>

enum { BATCH_CAPACITY = 256 };

/* A packet that is remembered beyond its batch. */
struct packet_reference {
    uint32_t source;
    uint64_t number, frame;
    int64_t time_ns;
};

struct batch {
    unsigned count;
    struct aptrace_packet packets[BATCH_CAPACITY];
    uint64_t frames[BATCH_CAPACITY]; /* which record of its file each is, from 1, as Wireshark counts; 0: no file */

    /* The timeline's summing up, so that tests can be made once a batch. */
    uint16_t flags_any, flags_all;     /* flags that some packet has, that all have */
    uint32_t source_low, source_high;  /* equal: all are of one source */

    /* A packet that travels alone, because its place in time is not sure: it came after the clock had passed its stamp, or its
     * stamp fits two times. Only windows that hold the whole span are shown it; for one with an edge inside the span it is a
     * hole. The event time is time_ns, as ever. */
    bool spans;
    bool late;                         /* it came after the clock: a hole for what it opens, and for several sources too */
    int64_t span_from_ns, span_to_ns;
};

#endif
