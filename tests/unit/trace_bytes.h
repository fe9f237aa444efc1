/* SPDX-License-Identifier: MIT */
/* trace_bytes.h: traces made byte by byte, for the tests of the readers, and what a reader made of them.
 *
 * Files lie in a folder of the test's own, from trace_begin() to trace_end() (a checked fixture). */
#ifndef TRACE_BYTES_H
#define TRACE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/reader.h"

struct bytes {
    uint8_t *data;
    size_t length, capacity;
    bool big_endian; /* of the numbers added */
    size_t block;    /* where the open pcapng block begins */
};

void bytes_add(struct bytes *bytes, const void *data, size_t length);
void bytes_fill(struct bytes *bytes, uint8_t value, size_t length);
void bytes_u16(struct bytes *bytes, uint16_t number);
void bytes_u32(struct bytes *bytes, uint32_t number);
void bytes_u64(struct bytes *bytes, uint64_t number);
void bytes_free(struct bytes *bytes);

/* pcap. A packet's bytes are all the low byte of its fraction. */
void pcap_header(struct bytes *bytes, uint32_t magic, uint16_t minor, uint32_t snap_length, uint32_t link_type);
void pcap_record(struct bytes *bytes, uint32_t seconds, uint32_t fraction, uint32_t capture, uint32_t wire);

/* pcapng. */
void block_begin(struct bytes *bytes, uint32_t type);
void block_option(struct bytes *bytes, uint16_t code, const void *value, uint16_t length);
void block_option_u64(struct bytes *bytes, uint16_t code, uint64_t value);
void block_end(struct bytes *bytes);
void block_section(struct bytes *bytes);
void block_interface(struct bytes *bytes, uint16_t link_type, const char *name); /* name: [may be null] */
void block_packet_begin(struct bytes *bytes, uint32_t interface, uint64_t ticks, uint32_t capture, uint32_t wire);
void block_packet(struct bytes *bytes, uint32_t interface, uint64_t ticks); /* of 4 bytes */
void block_statistics(struct bytes *bytes, uint32_t interface, uint64_t ticks, uint64_t interface_drops, uint64_t system_drops);

/* Packs: "gzip" or "zstd". */
struct bytes bytes_pack(const struct bytes *bytes, const char *format);

void trace_begin(void);
void trace_end(void);
const char *trace_path(const char *name);                            /* holds until the next call */
const char *trace_file(const struct bytes *bytes, const char *name); /* writes it; the path */

/* All that a reader tells. */
enum { SEEN_MAX = 4096 };
struct seen {
    struct source_list sources;
    struct error error;
    char events[SEEN_MAX]; /* in order: a number of packets, S source, H hole, E end: "2H1SE" */
    unsigned count;
    struct {
        uint64_t frame;
        int64_t time_ns;
        uint32_t capture, wire, source;
        uint16_t link_type, flags;
        uint8_t first; /* byte */
    } packets[SEEN_MAX];
    struct hole holes[16];
    unsigned hole_count;
    enum reader_end end;
    struct error damage;
    char format[128];
    struct oddities oddities;
};

/* Reads it to its end. False where it was refused: the error says why. */
bool see(struct seen *seen, const char *path, const struct reader_options *options);
bool see_bytes(struct seen *seen, const struct bytes *bytes); /* as a file t.pcap */
void seen_free(struct seen *seen);

#endif
