/* SPDX-License-Identifier: MIT */
/* pcapng_block.h: what stands in the blocks of a pcapng file: options, interfaces, statistics, times. For the pcapng reader.
 *
 * Nothing here reads a stream or keeps state: a block's bytes go in, plain data come out, and point into the bytes. */
#ifndef PCAPNG_BLOCK_H
#define PCAPNG_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <aptrace/packet.h>

#include "error.h"
#include "reader_formats.h"

/* draft-ietf-opsawg-pcapng section 11.1 */
enum pcapng_type {
    PCAPNG_INTERFACE = 1,
    PCAPNG_OBSOLETE_PACKET = 2,
    PCAPNG_SIMPLE_PACKET = 3,
    PCAPNG_STATISTICS = 5,
    PCAPNG_ENHANCED_PACKET = 6,
    PCAPNG_JOURNAL = 9,
    PCAPNG_CUSTOM = 0xbad,
    PCAPNG_SECTION = 0x0a0d0d0a,
    PCAPNG_CUSTOM_NOT_COPIED = 0x40000bad
};

/* The options of a block, one after the other. */
struct pcapng_options {
    const uint8_t *at, *end;
    bool big_endian;
    bool malformed; /* one is longer than the block: nothing behind it can be read */
    uint16_t code, length;
    const uint8_t *value;
};

static inline struct pcapng_options pcapng_options(const uint8_t *at, const uint8_t *end, bool big_endian)
{
    return (struct pcapng_options){.at = at, .end = end, .big_endian = big_endian};
}

/* Sets code, length and value to the next option's. False behind the last (section 3.5). */
bool pcapng_next_option(struct pcapng_options *options);

/* How an interface counts time. Ticks below fast_end are ticks * multiplier + offset_ns. */
struct pcapng_time {
    uint64_t fast_end, multiplier;
    int64_t offset_ns, offset_seconds;
    uint8_t resolution; /* if_tsresol: 10^-n seconds, or 2^-n where the top bit is set */
};

void pcapng_time_init(struct pcapng_time *time, uint8_t resolution, int64_t offset_seconds);
int64_t pcapng_time_exact(const struct pcapng_time *time, uint64_t ticks);

/* Nanoseconds since the epoch, held at the limits of int64_t. */
static inline int64_t pcapng_time_ns(const struct pcapng_time *time, uint64_t ticks)
{
    if (__builtin_expect(ticks < time->fast_end, 1))
        return (int64_t)(ticks * time->multiplier) + time->offset_ns;
    return pcapng_time_exact(time, ticks);
}

struct pcapng_description {
    uint16_t link_type;
    uint32_t snap_length; /* 0: no limit */
    const uint8_t *name;  /* [may be null] if_name, not closed */
    size_t name_length;
    struct pcapng_time time;
};

/* Reads an interface description block from behind its length to before its second length. */
int pcapng_read_interface(const uint8_t *body, size_t length, bool big_endian, struct pcapng_description *description,
                          struct error *error);

struct pcapng_statistics {
    uint32_t interface;
    uint64_t ticks;
    uint64_t interface_drops, system_drops; /* so far; 0 where it does not say */
};

int pcapng_read_statistics(const uint8_t *body, size_t length, bool big_endian, struct pcapng_statistics *statistics);

/* What the options of a packet say that matters. */
struct pcapng_remarks {
    uint16_t flags; /* of enum aptrace_packet_flag */
    uint64_t drops; /* packets lost before this one */
    uint64_t id;    /* epb_packetid; 0: none */
    bool commented; /* it has a comment */
};

enum { PCAPNG_COMMENT = 1, PCAPNG_EPB_FLAGS = 2, PCAPNG_EPB_DROPCOUNT = 4, PCAPNG_EPB_PACKETID = 5 }; /* sections 3.5, 4.3 */

/* The direction that the flags of a packet give: 0 where they give none. Section 4.3.1. */
static inline uint16_t pcapng_direction(uint32_t flags)
{
    enum { MASK = 3, INBOUND = 1, OUTBOUND = 2 };
    uint16_t received = (flags & MASK) == INBOUND ? APTRACE_PACKET_RECEIVED : 0;
    return (flags & MASK) == OUTBOUND ? APTRACE_PACKET_SENT : received;
}

/* Runs for every packet of a recording: so it is inline and keeps all in registers. Malformed options, and what is behind them,
 * are left out: the packet itself is whole. end: of the options, the block's second length behind it. */
static inline struct pcapng_remarks pcapng_read_remarks(const uint8_t *at, const uint8_t *end, bool big_endian)
{
    enum { END = 0, HEADER = 4 };
    uint32_t flags = 0;
    uint64_t drops = 0, id = 0;
    bool commented = false;
    while (end - at >= HEADER) {
        uint32_t code = reader_load16(at, big_endian), length = reader_load16(at + 2, big_endian);
        if (code == END || length > (size_t)(end - at) - HEADER)
            break;
        if (code == PCAPNG_EPB_FLAGS && length == 4)
            flags = reader_load32(at + HEADER, big_endian);
        else if (code == PCAPNG_EPB_DROPCOUNT && length == 8)
            drops = reader_load64(at + HEADER, big_endian);
        else if (code == PCAPNG_EPB_PACKETID && length == 8)
            id = reader_load64(at + HEADER, big_endian);
        commented |= code == PCAPNG_COMMENT;
        at += HEADER + ((length + 3) & ~UINT32_C(3));
    }
    return (struct pcapng_remarks){pcapng_direction(flags), drops, id, commented};
}

#endif
