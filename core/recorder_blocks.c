/* SPDX-License-Identifier: MIT */
/* Writes pcapng blocks (draft-ietf-opsawg-pcapng) as a recording has them.
 *
 * Times are nanoseconds since the epoch, of the run's clock, so if_tsresol is 9 and there is no offset. Times before 1970, which
 * only a fake clock has, are written as their two's complement, and pcapng_block.c reads them back. Comments stand before the
 * other options, and lines are never divided: a reader of one comment understands it. There is nothing here of the host or of the
 * time of day, so that the same run makes the same bytes.
 *
 * Nearly all packets need no comment: their block is made in place, without a buffer that grows. */
#include "recorder_blocks.h"

#include <string.h>

#include "recording.h"

enum { SECTION = 0x0a0d0d0a, INTERFACE = 1, STATISTICS = 5, PACKET = 6 };
enum { OPTION_END = 0, COMMENT = 1, SHB_USERAPPL = 4, IF_NAME = 2, IF_TSRESOL = 9, EPB_FLAGS = 2, EPB_PACKETID = 5 };
enum { ISB_STARTTIME = 2, ISB_ENDTIME = 3, ISB_IFRECV = 4, ISB_OSDROP = 7, ISB_USRDELIV = 8 };
enum { NANOSECONDS = 9, INBOUND = 1, OUTBOUND = 2 };

static const char zeros[4];

static void add_u16(struct text *block, uint16_t number)
{
    text_add_bytes(block, (const char *)&number, sizeof number);
}

static void add_u32(struct text *block, uint32_t number)
{
    text_add_bytes(block, (const char *)&number, sizeof number);
}

static void add_option(struct text *block, uint16_t code, const void *value, size_t length)
{
    add_u16(block, code);
    add_u16(block, (uint16_t)length);
    text_add_bytes(block, value, length);
    text_add_bytes(block, zeros, (4 - length % 4) % 4);
}

/* A block begins with its type and length, and ends with its length (section 3.1). */
static size_t begin_block(struct text *block, uint32_t type)
{
    size_t start = block->length;
    add_u32(block, type);
    add_u32(block, 0);
    return start;
}

static void end_block(struct text *block, size_t start)
{
    add_u32(block, OPTION_END);
    uint32_t length = (uint32_t)(block->length - start + 4);
    memcpy(block->bytes + start + 4, &length, sizeof length);
    add_u32(block, length);
}

/* Lines as comments, without the newline at the end of each comment. */
static void add_lines(struct text *block, const struct text *lines)
{
    const char *at = lines->bytes, *end = at + lines->length;
    while (at < end) {
        const char *limit = end - at > RECORDER_COMMENT_MAX + 1 ? at + RECORDER_COMMENT_MAX + 1 : end;
        const char *last = memrchr(at, '\n', (size_t)(limit - at));
        last = last ? last : limit - 1;
        add_option(block, COMMENT, at, (size_t)(last - at));
        at = last + 1;
    }
}

/* An expectation in as many comments as it needs; characters are not divided (text of comments is UTF-8, section 3.5). */
static void add_expectation(struct text *block, const char *expectation)
{
    struct text comment = {0};
    size_t rest = strlen(expectation);
    for (unsigned part = 1; rest > 0 || part == 1; part++) {
        comment.length = 0;
        if (part > 1)
            recording_write_part(&comment, part);
        size_t room = RECORDER_COMMENT_MAX - comment.length, length = rest < room ? rest : room;
        while (length < rest && length > room / 2 && ((unsigned char)expectation[length] & 0xc0) == 0x80)
            length--;
        text_add_bytes(&comment, expectation, length);
        add_option(block, COMMENT, text_bytes(&comment), comment.length);
        expectation += length;
        rest -= length;
    }
    text_fini(&comment);
}

/* Section 4.1. The length of the section is not known yet. */
void recorder_block_section(struct text *block, const struct recorder_start *start)
{
    const struct { uint32_t magic; uint16_t major, minor; int64_t length; } fixed = {0x1a2b3c4d, 1, 0, -1};
    size_t at = begin_block(block, SECTION);
    struct text head = {0};
    recording_write_head(&head, start->origin_ns, start->direction, start->slack_ns);
    text_add_bytes(block, (const char *)&fixed, sizeof fixed);
    add_option(block, COMMENT, text_bytes(&head), head.length);
    for (size_t i = 0; i < start->expectation_count; i++)
        add_expectation(block, start->expectations[i]);
    add_option(block, SHB_USERAPPL, "aptrace", strlen("aptrace"));
    end_block(block, at);
    text_fini(&head);
}

/* Section 4.2. */
void recorder_block_interface(struct text *block, const struct source *source, uint32_t snaplen)
{
    const uint8_t resolution = NANOSECONDS;
    size_t at = begin_block(block, INTERFACE);
    add_u16(block, (uint16_t)source->link_type);
    add_u16(block, 0);
    add_u32(block, snaplen);
    add_option(block, IF_NAME, source->name, strlen(source->name));
    add_option(block, IF_TSRESOL, &resolution, sizeof resolution);
    end_block(block, at);
}

/* The two halves of a time, the upper first. */
static void add_time(struct text *block, int64_t time_ns)
{
    add_u32(block, (uint32_t)((uint64_t)time_ns >> 32));
    add_u32(block, (uint32_t)time_ns);
}

static void add_time_option(struct text *block, uint16_t code, int64_t time_ns)
{
    add_u16(block, code);
    add_u16(block, 8);
    add_time(block, time_ns);
}

/* Section 4.6. */
void recorder_block_statistics(struct text *block, const struct recorder_statistics *statistics, const struct text *lines,
                               const char *end_line)
{
    const struct recorder_source *counts = statistics->counts;
    size_t at = begin_block(block, STATISTICS);
    add_u32(block, statistics->interface);
    add_time(block, statistics->end_ns);
    if (end_line) {
        add_lines(block, lines);
        add_option(block, COMMENT, end_line, strlen(end_line));
    }
    add_time_option(block, ISB_STARTTIME, statistics->start_ns);
    add_time_option(block, ISB_ENDTIME, statistics->end_ns);
    add_option(block, ISB_IFRECV, &counts->received, sizeof counts->received);
    add_option(block, ISB_OSDROP, &counts->dropped, sizeof counts->dropped);
    add_option(block, ISB_USRDELIV, &counts->delivered, sizeof counts->delivered);
    end_block(block, at);
}

/* ---- Packets (section 4.3) ------------------------------------------------------------------------------------------------ */

static uint32_t padding(const struct aptrace_packet *packet)
{
    return (4 - packet->capture_length % 4) % 4;
}

static void fill_header(struct recorder_packet_block *block, const struct aptrace_packet *packet, size_t trailer_length)
{
    uint64_t ticks = (uint64_t)packet->timestamp_ns;
    uint32_t length = (uint32_t)(RECORDER_PACKET_HEADER + packet->capture_length + trailer_length);
    const uint32_t header[] = {PACKET, length, packet->source - 1, (uint32_t)(ticks >> 32), (uint32_t)ticks,
                               packet->capture_length, packet->wire_length};
    _Static_assert(sizeof header == RECORDER_PACKET_HEADER, "an enhanced packet block begins with seven words");
    memcpy(block->header, header, sizeof header);
}

/* The options that every packet has, and the block's end. Returns their length. */
static size_t fill_options(uint8_t *bytes, const struct aptrace_packet *packet)
{
    uint8_t *at = bytes;
    uint32_t direction = packet->flags & APTRACE_PACKET_SENT ? OUTBOUND : packet->flags & APTRACE_PACKET_RECEIVED ? INBOUND : 0;
    const uint16_t flags[] = {EPB_FLAGS, 4}, id[] = {EPB_PACKETID, 8};
    if (direction) {
        memcpy(at, flags, 4);
        memcpy(at + 4, &direction, 4);
        at += 8;
    }
    memcpy(at, id, 4);
    memcpy(at + 4, &packet->position, 8);
    memset(at + 12, 0, 4);
    return (size_t)(at + 16 - bytes);
}

void recorder_block_packet(struct recorder_packet_block *block, const struct aptrace_packet *packet)
{
    size_t pad = padding(packet);
    memset(block->trailer, 0, pad);
    size_t length = pad + fill_options(block->trailer + pad, packet);
    block->trailer_length = length + 4;
    fill_header(block, packet, block->trailer_length);
    memcpy(block->trailer + length, block->header + 4, 4);
}

void recorder_block_packet_with_lines(struct recorder_packet_block *block, const struct aptrace_packet *packet,
                                      const struct text *lines, struct text *trailer)
{
    uint8_t options[RECORDER_PACKET_TRAILER];
    trailer->length = 0;
    text_add_bytes(trailer, zeros, padding(packet));
    add_lines(trailer, lines);
    text_add_bytes(trailer, (const char *)options, fill_options(options, packet));
    fill_header(block, packet, trailer->length + 4);
    text_add_bytes(trailer, (const char *)block->header + 4, 4);
    block->trailer_length = 0;
}
