/* SPDX-License-Identifier: MIT */
/* recorder_blocks.h: the pcapng blocks of a recording, as bytes of this host's byte order. For the recorder. */
#ifndef RECORDER_BLOCKS_H
#define RECORDER_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

#include <aptrace/packet.h>

#include "recorder.h"
#include "source.h"
#include "text.h"

/* These add a whole block to the text. Lines are text with a newline behind each; they become comments of at most
 * RECORDER_COMMENT_MAX bytes, cut between lines. */
void recorder_block_section(struct text *block, const struct recorder_start *start);
void recorder_block_interface(struct text *block, const struct source *source, uint32_t snaplen);

struct recorder_statistics {
    uint32_t interface;
    int64_t start_ns, end_ns;
    const struct recorder_source *counts;
};

/* end_line [may be null]: a comment of its own, the last. */
void recorder_block_statistics(struct text *block, const struct recorder_statistics *statistics, const struct text *lines,
                               const char *end_line);

/* A packet's block is put together of what stands before its bytes, the bytes, and what stands behind. */
enum { RECORDER_PACKET_HEADER = 28, RECORDER_PACKET_TRAILER = 31 }; /* the longest trailer without comments */

struct recorder_packet_block {
    uint8_t header[RECORDER_PACKET_HEADER];
    uint8_t trailer[RECORDER_PACKET_TRAILER]; /* padding of the bytes, options, and the length */
    size_t trailer_length;
};

void recorder_block_packet(struct recorder_packet_block *block, const struct aptrace_packet *packet);

/* The same with comments before the other options: the trailer is the text. */
void recorder_block_packet_with_lines(struct recorder_packet_block *block, const struct aptrace_packet *packet,
                                      const struct text *lines, struct text *trailer);

#endif
