/* SPDX-License-Identifier: MIT */
/* aptrace/packet.h: one packet, as every predicate is shown it.
 *
 * A packet is borrowed. The structure, its bytes and its layers belong to the engine and hold until the callback that
 * was given them returns; copy what you want to keep. The bytes lie in memory that the process may only read: a plugin
 * that writes to them faults. Never copy the structure by its size and never index from it: it grows at its end.
 *
 * Headers of the packet (Ethernet, VLAN tags, IP, ports, ...) are read through <aptrace/decode.h>, which checks every
 * length. This file and it are plain C99, C11, C17 and C++17, and need nothing but the standard library. */
#ifndef APTRACE_PACKET_H
#define APTRACE_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What C and C++ spell differently. APTRACE_OPTIONAL marks a member that an initialiser may leave out: it is then zero,
 * and no compiler warns. */
#ifdef __cplusplus
# define APTRACE_BEGIN extern "C" {
# define APTRACE_END }
# define APTRACE_OPTIONAL = {}
# define APTRACE_ASSERT(CONDITION, WHY) static_assert(CONDITION, WHY)
# if __cplusplus < 202002L && defined __clang__
#  pragma clang diagnostic ignored "-Wc++20-designator"
# elif __cplusplus < 202002L
#  pragma GCC diagnostic ignored "-Wc++20-extensions"
# endif
#else
# define APTRACE_BEGIN
# define APTRACE_END
# define APTRACE_OPTIONAL
# if __STDC_VERSION__ >= 201112L
#  define APTRACE_ASSERT(CONDITION, WHY) _Static_assert(CONDITION, WHY)
# else
#  define APTRACE_ASSERT(CONDITION, WHY) struct aptrace_c99_asserts_nothing
# endif
#endif

APTRACE_BEGIN

struct aptrace_layers;

struct aptrace_packet {
    const uint8_t *bytes;                /* [never null] capture_length of them, from the link layer's first on */
    uint32_t capture_length;             /* bytes that are here */
    uint32_t wire_length;                /* bytes that were on the wire; never below capture_length */
    int64_t time_ns;                     /* event time: the one clock of the run, nanoseconds since the Unix epoch. It never
                                            runs backwards from one packet to the next. A predicate knows no other clock. */
    int64_t timestamp_ns;                /* the packet's own time stamp: where it differs, APTRACE_PACKET_LATE is set */
    uint64_t number;                     /* which packet of its source this is, from 1 */
    uint64_t position;                   /* which packet of the whole timeline, from 1 */
    uint32_t source;                     /* where it was captured: from 1, in the order that the sources were named. See
                                            aptrace_source_name() in <aptrace/predicate.h> */
    uint16_t link_type;                  /* what bytes[0] begins: LINKTYPE_ of pcap and pcapng (1: Ethernet), see
                                            https://www.tcpdump.org/linktypes.html */
    uint16_t flags;                      /* of enum aptrace_packet_flag, or'ed; bits that you do not know mean nothing to you */
    const struct aptrace_layers *layers; /* [never null] for <aptrace/decode.h> alone */
};

enum aptrace_packet_flag {
    APTRACE_PACKET_RECEIVED = 1,  /* came in from the wire at its source. Neither this nor the next: the trace does not say */
    APTRACE_PACKET_SENT = 2,      /* went out to the wire at its source: what the test itself sent */
    APTRACE_PACKET_LATE = 4,      /* its own stamp was before the clock: time_ns is the clock, timestamp_ns the stamp */
    APTRACE_PACKET_TRUNCATED = 8  /* capture_length < wire_length: the end was not captured */
};

APTRACE_END
#endif
