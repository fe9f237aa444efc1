/* SPDX-License-Identifier: MIT */
/* Reads pcapng files (draft-ietf-opsawg-pcapng): sections of blocks, each in its own byte order, with interfaces of their own.
 *
 * Nearly every block of a long trace is an enhanced packet block, so there is a short loop for those that lie whole at hand
 * and are as they should be (walk), compiled for each byte order. Whatever else comes goes, one block at a time, through
 * take_block(), which also finds out what is wrong with a block that the loop did not take. Blocks that are not understood are
 * passed over; long ones are never buffered.
 *
 * An event (a hole, a new source, the end) may only come when no packets are waiting in the batch: the block that causes it
 * is left where it is, or the event is put aside, and the batch handed out first.
 *
 * An interface is a source. One that a later section describes again, by the same name and link type, is the same source: that
 * is how captures are appended to one another. What a file says about lost packets becomes holes: a drop count on a packet
 * lies between the packet before it on that interface and itself, a risen count in a statistics block between the block
 * before it and itself.
 *
 * A recording of aptrace (recording.h) is read with more care: each packet's number and comments are looked at, what they tell
 * comes before the packet, and the file's own counts of drops tell nothing, as its lines do. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "pcapng_block.h"
#include "pcapng_sources.h"
#include "reader_formats.h"
#include "recording.h"

enum {
    BLOCK_HEADER = 8, /* type and length */
    BLOCK_LEAST = 12, /* and the length again, behind the body */
    SECTION_LEAST = 28,
    ENHANCED_HEADER = 28, /* up to the packet's bytes, as in the obsolete block */
    SIMPLE_HEADER = 12
};
enum { BLOCK_MAX = READER_PACKET_MAX + (1 << 20) }; /* of a block that is kept whole: a packet and its options */

#define BYTE_ORDER_MAGIC UINT32_C(0x1a2b3c4d)

struct pcapng_reader {
    struct file_reader file; /* first */
    struct pcapng_sources sources;
    bool big_endian;
    uint64_t blocks;    /* passed so far */
    uint64_t frames;    /* of them, those that Wireshark gives a number */
    int64_t clock_ns;   /* the latest stamp so far: event time */
    uint64_t drop_told; /* the packet whose drop count was told */
    unsigned sources_to_tell;
    struct hole *holes; /* to be told; their source is an index of what is known until sources are named */
    size_t hole_count, hole_capacity, holes_told;
};

enum step { STEP_ON, STEP_STOP };

/* A packet of any of the three blocks. */
struct packet_block {
    uint32_t interface;
    int64_t time_ns;
    uint32_t capture, wire;
    const uint8_t *bytes;
    struct pcapng_remarks remarks;
};

/* ---- Packets --------------------------------------------------------------------------------------------------------- */

static inline __attribute__((always_inline)) void put_packet(struct pcapng_reader *pcapng, struct batch *batch,
                                                             const struct packet_block *block)
{
    struct file_reader *file = &pcapng->file;
    struct pcapng_interface *interface = &pcapng->sources.interfaces[block->interface];
    struct aptrace_packet *packet = &batch->packets[batch->count];
    uint16_t truncated = block->capture < block->wire ? APTRACE_PACKET_TRUNCATED : 0;
    batch->frames[batch->count++] = ++pcapng->frames;
    file->records++;
    packet->bytes = block->bytes;
    packet->capture_length = block->capture;
    packet->wire_length = block->wire < block->capture ? block->capture : block->wire;
    packet->time_ns = packet->timestamp_ns = block->time_ns;
    packet->source = interface->source;
    packet->link_type = interface->link_type;
    packet->flags = block->remarks.flags | truncated;
    pcapng->clock_ns = block->time_ns > pcapng->clock_ns ? block->time_ns : pcapng->clock_ns;
    if (__builtin_expect(file->reader.recording != NULL, 0)) {
        file->reader.recording->packets++;
        file->reader.recording->position = block->remarks.id;
    }
    interface->last_ns = pcapng->clock_ns;
    file->last_ns = block->time_ns;
    if (__builtin_expect(block->wire < block->capture, 0))
        oddity_count(&file->reader.oddities.capture_above_wire, 1, pcapng->frames);
    if (__builtin_expect(block->time_ns < 0, 0))
        oddity_count(&file->reader.oddities.negative_time, 1, pcapng->frames);
}

/* Takes enhanced packet blocks while they lie whole at hand, are sound, and tell of no drop. */
static inline __attribute__((always_inline)) void walk(struct pcapng_reader *pcapng, struct batch *batch, bool big_endian)
{
    struct stream *stream = pcapng->file.stream;
    const uint8_t *at = stream->at, *end = stream->end;
    const struct recording *recording = pcapng->file.reader.recording;
    while (batch->count < BATCH_CAPACITY && end - at >= ENHANCED_HEADER + 4) {
        uint32_t length = reader_load32(at + 4, big_endian);
        struct packet_block block = {.interface = reader_load32(at + 8, big_endian),
                                     .bytes = at + ENHANCED_HEADER,
                                     .capture = reader_load32(at + 20, big_endian),
                                     .wire = reader_load32(at + 24, big_endian)};
        bool possible = reader_load32(at, big_endian) == PCAPNG_ENHANCED_PACKET && length <= (size_t)(end - at) &&
                        length % 4 == 0 && length >= ENHANCED_HEADER + 4 && length <= BLOCK_MAX &&
                        block.capture <= length - ENHANCED_HEADER - 4 && block.capture <= READER_PACKET_MAX;
        if (!possible || reader_load32(at + length - 4, big_endian) != length || block.interface >= pcapng->sources.count)
            break;
        const uint8_t *options = block.bytes + ((block.capture + 3) & ~UINT32_C(3)), *options_end = at + length - 4;
        if (options < options_end)
            block.remarks = pcapng_read_remarks(options, options_end, big_endian);
        if (block.remarks.drops != 0)
            break;
        if (__builtin_expect(recording != NULL, 0) && !recording_follows(recording, block.remarks.id, block.remarks.commented))
            break;
        uint64_t ticks = (uint64_t)reader_load32(at + 12, big_endian) << 32 | reader_load32(at + 16, big_endian);
        block.time_ns = pcapng_time_ns(&pcapng->sources.interfaces[block.interface].time, ticks);
        put_packet(pcapng, batch, &block);
        pcapng->blocks++;
        at += length;
    }
    stream->at = at;
}

static void walk_little(struct pcapng_reader *pcapng, struct batch *batch)
{
    walk(pcapng, batch, false);
}

static void walk_big(struct pcapng_reader *pcapng, struct batch *batch)
{
    walk(pcapng, batch, true);
}

/* ---- Damage and holes ------------------------------------------------------------------------------------------------ */

/* Reading ends at the block at hand, which is wrong. Returns STEP_STOP. */
__attribute__((format(printf, 3, 4))) static enum step corrupt(struct pcapng_reader *pcapng, uint64_t offset, const char *format,
                                                               ...)
{
    struct damage damage = {READER_CORRUPT, "block", pcapng->blocks + 1, offset, NULL};
    char why[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    reader_set_damage(&pcapng->file, &damage, "%s", why);
    return STEP_STOP;
}

/* Reading ends because the bytes do: of those expected from the offset on. */
static enum step run_out(struct pcapng_reader *pcapng, uint64_t offset, uint64_t expected, const struct error *failure)
{
    const struct stream *stream = pcapng->file.stream;
    enum reader_end end = !failure || stream->cut_short ? READER_CUT_SHORT : READER_CORRUPT;
    struct damage damage = {end, "block", pcapng->blocks + 1, offset, failure};
    reader_set_damage(&pcapng->file, &damage, "%llu bytes expected, %llu there", (unsigned long long)expected,
                      (unsigned long long)(stream->end_offset - offset));
    return STEP_STOP;
}

/* Makes bytes of the next block be at hand. False where packets must be handed out first (they lie in the buffer), and where
 * there are not as many; damage is then set, except at the end between two blocks. */
static bool at_hand(struct pcapng_reader *pcapng, const struct batch *batch, size_t wanted)
{
    struct stream *stream = pcapng->file.stream;
    struct error failure;
    if ((size_t)(stream->end - stream->at) >= wanted)
        return true;
    if (batch && batch->count > 0)
        return false;
    bool failed = stream_fill(stream, wanted, &failure) < 0;
    if ((size_t)(stream->end - stream->at) >= wanted)
        return true;
    if (failed || stream->at < stream->end)
        run_out(pcapng, stream_offset(stream), wanted, failed ? &failure : NULL);
    return false;
}

static void push_hole(struct pcapng_reader *pcapng, const struct hole *hole)
{
    for (size_t i = 0; i < pcapng->hole_count && !pcapng->sources.named; i++) {
        struct hole *waiting = &pcapng->holes[i];
        if (waiting->source != hole->source)
            continue;
        waiting->to_ns = hole->to_ns > waiting->to_ns ? hole->to_ns : waiting->to_ns;
        waiting->packets += hole->packets;
        return;
    }
    pcapng->holes = memory_grow(pcapng->holes, &pcapng->hole_capacity, pcapng->hole_count, sizeof *pcapng->holes);
    pcapng->holes[pcapng->hole_count++] = *hole;
}

static struct hole drop_hole(uint32_t source, int64_t from_ns, int64_t to_ns, uint64_t packets)
{
    return (struct hole){
        .source = source, .kind = HOLE_DROP, .from_ns = from_ns < to_ns ? from_ns : to_ns, .to_ns = to_ns, .packets = packets};
}

/* ---- Blocks ---------------------------------------------------------------------------------------------------------- */

/* The block at hand: its body is what lies between the two lengths. */
struct block {
    uint32_t type, length;
    uint64_t size; /* the length with its padding */
    uint64_t offset;
    const uint8_t *body;
    size_t body_length;
};

static void pass(struct pcapng_reader *pcapng, const struct block *block)
{
    pcapng->file.stream->at += block->size;
    pcapng->blocks++;
}

static uint32_t resolve_name(void *context, const char *name)
{
    return pcapng_sources_find(context, name);
}

/* The comments of a packet or of statistics in a recording. */
static void take_comments(struct pcapng_reader *pcapng, const uint8_t *at, const uint8_t *end)
{
    struct pcapng_options options = pcapng_options(at, end, pcapng->big_endian);
    while (pcapng_next_option(&options)) {
        if (options.code == PCAPNG_COMMENT)
            recording_take_comment(pcapng->file.reader.recording, (const char *)options.value, options.length, pcapng->clock_ns,
                                   resolve_name, &pcapng->sources);
    }
}

/* The first comment of the trace may have the mark of a recording; then the others tell what was expected. */
static int take_section_comment(struct pcapng_reader *pcapng, const struct pcapng_options *comment, bool first,
                                struct error *error)
{
    struct recording **recording = &pcapng->file.reader.recording;
    const char *text = (const char *)comment->value;
    if (*recording) {
        recording_take_section_comment(*recording, text, comment->length);
        return 0;
    }
    if (!first || !recording_has_mark(text, comment->length))
        return 0;
    *recording = recording_new(text, comment->length, error);
    return *recording ? 0 : -1;
}

/* Section 4.1. The version says whether the rest can be understood; the section's length is not needed. */
static enum step take_section(struct pcapng_reader *pcapng, const struct block *block)
{
    uint16_t major = reader_load16(block->body + 4, pcapng->big_endian);
    uint16_t minor = reader_load16(block->body + 6, pcapng->big_endian);
    if (major != 1 || (minor != 0 && minor != 2))
        return corrupt(pcapng, block->offset, "a section of version %u.%u; expected 1.0 or 1.2", major, minor);
    struct pcapng_options options = pcapng_options(block->body + 16, block->body + block->body_length, pcapng->big_endian);
    struct error error;
    bool first = pcapng->sources.section == 0;
    if (!first && pcapng->file.reader.recording)
        recording_put_in_doubt(pcapng->file.reader.recording, pcapng->clock_ns,
                               "the recording was edited: it has another section");
    while (pcapng_next_option(&options)) {
        if (options.code != PCAPNG_COMMENT || pcapng->sources.section != 0)
            continue;
        if (take_section_comment(pcapng, &options, first, &error) != 0)
            return corrupt(pcapng, block->offset, "%s", error.text);
        first = false;
    }
    if (options.malformed)
        return corrupt(pcapng, block->offset, "option %u of a section header has %u bytes; the block ends before", options.code,
                       options.length);
    pcapng_sources_new_section(&pcapng->sources);
    pass(pcapng, block);
    return STEP_ON;
}

/* Section 4.2. */
static enum step take_interface(struct pcapng_reader *pcapng, const struct block *block)
{
    struct pcapng_description description;
    struct error error;
    if (pcapng->sources.known_count == PCAPNG_SOURCES_MAX)
        return corrupt(pcapng, block->offset, "more than %d interfaces", PCAPNG_SOURCES_MAX);
    if (pcapng_read_interface(block->body, block->body_length, pcapng->big_endian, &description, &error) < 0)
        return corrupt(pcapng, block->offset, "%s", error.text);
    bool added = pcapng_sources_describe(&pcapng->sources, &description, pcapng->clock_ns);
    pcapng->sources_to_tell += added;
    pass(pcapng, block);
    return added ? STEP_STOP : STEP_ON;
}

/* A counter since it was told last. One that went back was started again. */
static uint64_t risen(uint64_t *last, uint64_t now)
{
    uint64_t rise = now >= *last ? now - *last : now;
    *last = now;
    return rise;
}

static bool has_more_to_tell(const struct recording *recording)
{
    return recording->told_given < recording->told_count;
}

/* A recording's: of its comments, the last one is the end. What it counts is in its lines already. */
static enum step take_recorded_statistics(struct pcapng_reader *pcapng, const struct block *block)
{
    const size_t fixed = 12;
    if (block->body_length > fixed)
        take_comments(pcapng, block->body + fixed, block->body + block->body_length);
    pass(pcapng, block);
    return pcapng->sources.named && has_more_to_tell(pcapng->file.reader.recording) ? STEP_STOP : STEP_ON;
}

/* Section 4.6. Writers differ in what they put into the time, so the hole reaches to the packet before the block at least. */
static enum step take_statistics(struct pcapng_reader *pcapng, const struct block *block)
{
    struct pcapng_statistics statistics;
    bool sound = pcapng_read_statistics(block->body, block->body_length, pcapng->big_endian, &statistics) == 0;
    if (!sound || statistics.interface >= pcapng->sources.count) {
        oddity_count(&pcapng->file.reader.oddities.unknown_interface, 1, pcapng->frames);
        pass(pcapng, block);
        return STEP_ON;
    }
    struct pcapng_interface *interface = &pcapng->sources.interfaces[statistics.interface];
    int64_t time_ns = pcapng_time_ns(&interface->time, statistics.ticks), from_ns = interface->counted_ns;
    uint64_t drops = risen(&interface->interface_drops, statistics.interface_drops);
    drops += risen(&interface->system_drops, statistics.system_drops);
    interface->counted_ns = time_ns = time_ns > pcapng->clock_ns ? time_ns : pcapng->clock_ns;
    pass(pcapng, block);
    if (drops == 0)
        return STEP_ON;
    struct hole hole = drop_hole(pcapng->sources.named ? interface->source : interface->known, from_ns, time_ns, drops);
    snprintf(hole.text, sizeof hole.text, "%llu %s dropped by the interface or the system, by the statistics in block %llu",
             (unsigned long long)drops, drops == 1 ? "packet" : "packets", (unsigned long long)pcapng->blocks);
    push_hole(pcapng, &hole);
    return pcapng->sources.named ? STEP_STOP : STEP_ON;
}

/* Puts a packet of a recording into the batch, with what its lines say of it. One whose place is not sure is alone there. */
static enum step put_recorded(struct pcapng_reader *pcapng, struct batch *batch, const struct packet_block *packet)
{
    struct recording *recording = pcapng->file.reader.recording;
    const struct recording_packet said = recording->packet;
    if (said.spans && batch->count > 0)
        return STEP_STOP;
    put_packet(pcapng, batch, packet);
    struct aptrace_packet *put = &batch->packets[batch->count - 1];
    if (said.has_clock && said.clock_ns > put->time_ns)
        put->time_ns = said.clock_ns;
    pcapng->clock_ns = put->time_ns > pcapng->clock_ns ? put->time_ns : pcapng->clock_ns;
    batch->spans = said.spans;
    batch->late = said.late;
    batch->span_from_ns = said.has_span ? said.span_from_ns : put->timestamp_ns;
    batch->span_to_ns = said.has_span ? said.span_to_ns : put->time_ns;
    memset(&recording->packet, 0, sizeof recording->packet);
    return STEP_ON;
}

/* A packet of a recording: first what its comments tell, then itself. The block stays where it is until all that was told. */
static enum step take_recorded(struct pcapng_reader *pcapng, struct batch *batch, const struct block *block,
                               const struct packet_block *packet)
{
    struct recording *recording = pcapng->file.reader.recording;
    uint64_t frame = pcapng->frames + 1;
    if (recording->annotated != frame) {
        recording->annotated = frame;
        if (!recording_follows(recording, packet->remarks.id, false) || packet->remarks.drops != 0)
            recording_put_in_doubt(recording, pcapng->clock_ns, "the recording was edited: packet %llu is not behind packet %llu",
                                   (unsigned long long)packet->remarks.id, (unsigned long long)recording->position);
        if (packet->remarks.commented)
            take_comments(pcapng, packet->bytes + ((packet->capture + 3) & ~UINT32_C(3)), block->body + block->body_length);
    }
    if (has_more_to_tell(recording) || put_recorded(pcapng, batch, packet) == STEP_STOP)
        return STEP_STOP;
    pass(pcapng, block);
    return batch->spans ? STEP_STOP : STEP_ON;
}

/* Puts the packet into the batch; before that, once, tells what was lost ahead of it. */
static enum step take_packet(struct pcapng_reader *pcapng, struct batch *batch, const struct block *block,
                             const struct packet_block *packet)
{
    uint64_t frame = pcapng->frames + 1, drops = packet->remarks.drops;
    if (pcapng->file.reader.recording)
        return take_recorded(pcapng, batch, block, packet);
    if (drops != 0 && pcapng->drop_told != frame) {
        const struct pcapng_interface *interface = &pcapng->sources.interfaces[packet->interface];
        int64_t to_ns = packet->time_ns > pcapng->clock_ns ? packet->time_ns : pcapng->clock_ns;
        struct hole hole = drop_hole(interface->source, interface->last_ns, to_ns, drops);
        snprintf(hole.text, sizeof hole.text, "%llu %s dropped before frame %llu", (unsigned long long)drops,
                 drops == 1 ? "packet" : "packets", (unsigned long long)frame);
        push_hole(pcapng, &hole);
        pcapng->drop_told = frame;
        return STEP_STOP;
    }
    put_packet(pcapng, batch, packet);
    pass(pcapng, block);
    return STEP_ON;
}

/* Sections 4.3 and A.1: the same but for the interface, which the obsolete block has in two bytes, its drop count beside it. */
static enum step take_long_packet(struct pcapng_reader *pcapng, struct batch *batch, const struct block *block)
{
    bool big_endian = pcapng->big_endian, obsolete = block->type == PCAPNG_OBSOLETE_PACKET;
    const uint8_t *body = block->body, *end = body + block->body_length;
    const size_t fixed = ENHANCED_HEADER - BLOCK_HEADER;
    if (block->body_length < fixed)
        return corrupt(pcapng, block->offset, "a packet block of %u bytes; expected at least %d", block->length,
                       ENHANCED_HEADER + 4);
    struct packet_block packet = {
        .bytes = body + fixed, .capture = reader_load32(body + 12, big_endian), .wire = reader_load32(body + 16, big_endian)};
    uint16_t drops = obsolete ? reader_load16(body + 2, big_endian) : 0;
    packet.interface = obsolete ? reader_load16(body, big_endian) : reader_load32(body, big_endian);
    if (packet.capture > READER_PACKET_MAX || packet.capture > block->body_length - fixed)
        return corrupt(pcapng, block->offset, "a capture length of %u bytes; expected at most %zu", packet.capture,
                       block->body_length - fixed);
    if (packet.interface >= pcapng->sources.count) {
        oddity_count(&pcapng->file.reader.oddities.unknown_interface, 1, pcapng->frames + 1);
        return corrupt(pcapng, block->offset, "a packet of interface %u; %zu are described", packet.interface,
                       pcapng->sources.count);
    }
    packet.remarks = pcapng_read_remarks(packet.bytes + ((packet.capture + 3) & ~UINT32_C(3)), end, big_endian);
    if (obsolete && drops != UINT16_MAX)
        packet.remarks.drops = drops;
    uint64_t ticks = (uint64_t)reader_load32(body + 4, big_endian) << 32 | reader_load32(body + 8, big_endian);
    packet.time_ns = pcapng_time_ns(&pcapng->sources.interfaces[packet.interface].time, ticks);
    return take_packet(pcapng, batch, block, &packet);
}

/* Section 4.4: of interface 0, no time, and a capture length only by what limits it. */
static enum step take_simple_packet(struct pcapng_reader *pcapng, struct batch *batch, const struct block *block)
{
    if (block->body_length < SIMPLE_HEADER - BLOCK_HEADER)
        return corrupt(pcapng, block->offset, "a simple packet block of %u bytes; expected at least %d", block->length,
                       SIMPLE_HEADER + 4);
    if (pcapng->sources.count == 0) {
        oddity_count(&pcapng->file.reader.oddities.unknown_interface, 1, pcapng->frames + 1);
        return corrupt(pcapng, block->offset, "a simple packet before any interface");
    }
    uint32_t room = (uint32_t)block->body_length - (SIMPLE_HEADER - BLOCK_HEADER);
    uint32_t snap = pcapng->sources.interfaces[0].snap_length;
    struct packet_block packet = {.bytes = block->body + SIMPLE_HEADER - BLOCK_HEADER,
                                  .wire = reader_load32(block->body, pcapng->big_endian)};
    packet.capture = packet.wire < room ? packet.wire : room;
    packet.capture = snap != 0 && snap < packet.capture ? snap : packet.capture;
    packet.capture = packet.capture < READER_PACKET_MAX ? packet.capture : READER_PACKET_MAX;
    packet.time_ns = pcapng->file.records ? pcapng->file.last_ns : 0;
    return take_packet(pcapng, batch, block, &packet);
}

/* Blocks without a packet that Wireshark gives a frame number all the same: custom ones (section 4.7) and journal entries. */
static bool is_shown(uint32_t type)
{
    return type == PCAPNG_CUSTOM || type == PCAPNG_CUSTOM_NOT_COPIED || type == PCAPNG_JOURNAL;
}

/* A block that says nothing here, at hand or not. */
static enum step pass_over(struct pcapng_reader *pcapng, const struct batch *batch, const struct block *block)
{
    struct stream *stream = pcapng->file.stream;
    struct error failure;
    if ((size_t)(stream->end - stream->at) < block->size && batch && batch->count > 0)
        return STEP_STOP;
    bool failed = stream_skip(stream, block->size - 4, &failure) < 0 || stream_fill(stream, 4, &failure) < 0;
    if (stream->end - stream->at < 4)
        return run_out(pcapng, block->offset, block->size, failed ? &failure : NULL);
    uint32_t again = reader_load32(stream->at, pcapng->big_endian);
    if (again != block->length)
        return corrupt(pcapng, block->offset, "a block of %u bytes ends with the length %u", block->length, again);
    stream->at += 4;
    pcapng->blocks++;
    pcapng->frames += is_shown(block->type);
    return STEP_ON;
}

static bool is_packet(uint32_t type)
{
    return type == PCAPNG_ENHANCED_PACKET || type == PCAPNG_SIMPLE_PACKET || type == PCAPNG_OBSOLETE_PACKET;
}

static bool is_kept(uint32_t type)
{
    return is_packet(type) || type == PCAPNG_SECTION || type == PCAPNG_INTERFACE || type == PCAPNG_STATISTICS;
}

/* Finds the byte order of a section by its magic. */
static bool find_byte_order(struct pcapng_reader *pcapng, const struct batch *batch)
{
    const struct stream *stream = pcapng->file.stream;
    if (!at_hand(pcapng, batch, BLOCK_HEADER + 4))
        return false;
    uint32_t magic = reader_load32(stream->at + BLOCK_HEADER, true);
    if (magic == BYTE_ORDER_MAGIC || magic == __builtin_bswap32(BYTE_ORDER_MAGIC)) {
        pcapng->big_endian = magic == BYTE_ORDER_MAGIC;
        return true;
    }
    corrupt(pcapng, stream_offset(stream), "a section's byte-order magic is %08x; expected 1a2b3c4d or 4d3c2b1a", magic);
    return false;
}

/* Reads the frame of the next block, and makes a block that is looked into be at hand whole. A length must be a multiple of 4
 * (section 3.1), but early writers left their padding out of it, and Wireshark reads them: the second length tells. Not so for a
 * simple packet, whose own length nothing else says. */
static bool frame_block(struct pcapng_reader *pcapng, const struct batch *batch, struct block *block)
{
    const struct stream *stream = pcapng->file.stream;
    if (!at_hand(pcapng, batch, BLOCK_HEADER))
        return false;
    block->type = reader_load32(stream->at, pcapng->big_endian); /* a section's reads the same either way */
    if (block->type == PCAPNG_SECTION && !find_byte_order(pcapng, batch))
        return false;
    block->offset = stream_offset(stream);
    block->length = reader_load32(stream->at + 4, pcapng->big_endian);
    block->size = ((uint64_t)block->length + 3) & ~UINT64_C(3);
    uint32_t least = block->type == PCAPNG_SECTION ? SECTION_LEAST : BLOCK_LEAST;
    bool unclear = block->type == PCAPNG_SIMPLE_PACKET && block->length % 4 != 0;
    if (block->length < least || unclear || (is_kept(block->type) && block->length > BLOCK_MAX)) {
        corrupt(pcapng, block->offset, "a block of type %u has a length of %u; expected a multiple of 4 from %u to %d",
                block->type, block->length, least, BLOCK_MAX);
        return false;
    }
    if (!is_kept(block->type) || (is_packet(block->type) && !pcapng->sources.named))
        return true;
    if (!at_hand(pcapng, batch, (size_t)block->size))
        return false;
    block->body = stream->at + BLOCK_HEADER;
    block->body_length = (size_t)block->size - BLOCK_LEAST;
    uint32_t again = reader_load32(block->body + block->body_length, pcapng->big_endian);
    if (again == block->length)
        return true;
    corrupt(pcapng, block->offset, "a block of %u bytes ends with the length %u", block->length, again);
    return false;
}

/* Takes one block. STEP_STOP where the batch must be handed out before anything else can be done, or nothing can. */
static enum step take_block(struct pcapng_reader *pcapng, struct batch *batch)
{
    struct block block = {0};
    if (!frame_block(pcapng, batch, &block) || (is_packet(block.type) && !pcapng->sources.named))
        return STEP_STOP;
    if (block.type == PCAPNG_INTERFACE && batch && batch->count > 0) /* a source appears behind these packets, not with them */
        return STEP_STOP;
    switch (block.type) {
    case PCAPNG_SECTION:
        return take_section(pcapng, &block);
    case PCAPNG_INTERFACE:
        return take_interface(pcapng, &block);
    case PCAPNG_STATISTICS:
        return pcapng->file.reader.recording ? take_recorded_statistics(pcapng, &block) : take_statistics(pcapng, &block);
    case PCAPNG_ENHANCED_PACKET:
    case PCAPNG_OBSOLETE_PACKET:
        return take_long_packet(pcapng, batch, &block);
    case PCAPNG_SIMPLE_PACKET:
        return take_simple_packet(pcapng, batch, &block);
    default:
        return pass_over(pcapng, batch, &block);
    }
}

/* ---- The reader ------------------------------------------------------------------------------------------------------ */

static void fill_batch(struct pcapng_reader *pcapng, struct batch *batch)
{
    enum step step = STEP_ON;
    while (step == STEP_ON && !pcapng->file.damaged) {
        if (pcapng->big_endian)
            walk_big(pcapng, batch);
        else
            walk_little(pcapng, batch);
        step = batch->count < BATCH_CAPACITY ? take_block(pcapng, batch) : STEP_STOP;
    }
}

static void count_undirected(struct pcapng_reader *pcapng, const struct batch *batch)
{
    const uint16_t directed = APTRACE_PACKET_RECEIVED | APTRACE_PACKET_SENT;
    unsigned count = 0, first = BATCH_CAPACITY;
    for (unsigned i = batch->count; i-- > 0;) {
        bool undirected = !(batch->packets[i].flags & directed);
        count += undirected;
        first = undirected ? i : first;
    }
    if (count)
        oddity_count(&pcapng->file.reader.oddities.no_direction, count, batch->frames[first]);
}

/* What a recording's lines tell. */
static enum reader_event tell_recorded(struct pcapng_reader *pcapng)
{
    struct reader *reader = &pcapng->file.reader;
    const struct recording_told *told = reader->recording ? recording_tell(reader->recording) : NULL;
    if (!told)
        return READER_END;
    reader->hole = told->hole;
    reader->hole.source = told->hole.source ? pcapng_sources_of(&pcapng->sources, told->hole.source - 1) : 0;
    reader->time_ns = told->time_ns;
    reader->command_status = told->status;
    if (told->event == RECORDING_TELL_CLOSE)
        return READER_CLOSE;
    return told->event == RECORDING_TELL_COMMAND ? READER_COMMAND : READER_HOLE;
}

/* A recording has come to an end: what is wrong with it, if anything is. A damage is a doubt like any other then. */
static void finish_recording(struct pcapng_reader *pcapng)
{
    struct file_reader *file = &pcapng->file;
    struct recording *recording = file->reader.recording;
    if (file->damaged)
        recording_put_in_doubt(recording, pcapng->clock_ns, "%s", file->damage_hole.text);
    else
        recording_finish(recording, pcapng->clock_ns);
    file->damage_told = true;
    if (!recording->in_doubt || file->reader.end != READER_END_OF_TRACE)
        return;
    file->reader.end = READER_CUT_SHORT;
    error_set(&file->reader.damage, "%s: %s", file->reader.label, recording->doubt);
}

/* What was put aside: READER_END where nothing is. */
static enum reader_event tell_aside(struct pcapng_reader *pcapng)
{
    if (pcapng->holes_told < pcapng->hole_count) {
        pcapng->file.reader.hole = pcapng->holes[pcapng->holes_told++];
        return READER_HOLE;
    }
    pcapng->holes_told = pcapng->hole_count = 0;
    if (pcapng->sources_to_tell == 0)
        return tell_recorded(pcapng);
    pcapng->sources_to_tell--;
    return READER_SOURCE;
}

static enum reader_event pcapng_next(struct reader *reader, struct batch *batch)
{
    struct pcapng_reader *pcapng = (struct pcapng_reader *)(void *)reader;
    batch->count = 0;
    batch->spans = batch->late = false;
    enum reader_event event = tell_aside(pcapng);
    if (event != READER_END)
        return event;
    fill_batch(pcapng, batch);
    if (batch->count > 0) {
        count_undirected(pcapng, batch);
        return READER_PACKETS;
    }
    event = tell_aside(pcapng);
    if (event == READER_END && reader->recording) {
        finish_recording(pcapng);
        event = tell_aside(pcapng);
    }
    return event != READER_END ? event : reader_tell_end(&pcapng->file);
}

static void free_own(struct pcapng_reader *pcapng)
{
    pcapng_sources_fini(&pcapng->sources);
    recording_free(pcapng->file.reader.recording);
    free(pcapng->holes);
    free(pcapng);
}

static void pcapng_free(struct reader *reader)
{
    file_reader_fini((struct file_reader *)(void *)reader);
    free_own((struct pcapng_reader *)(void *)reader);
}

static const struct reader_ops pcapng_ops = {
    .next = pcapng_next, .free = pcapng_free, .bytes_read = file_reader_bytes_read, .bytes_total = file_reader_bytes_total};

struct reader *pcapng_reader_open(const struct file_reader *file, struct error *error)
{
    struct pcapng_reader *pcapng = memory_new(1, sizeof *pcapng);
    const char *packing = stream_packing(file->stream);
    pcapng->file = *file;
    pcapng->sources.file = &pcapng->file;
    pcapng->clock_ns = INT64_MIN;
    while (take_block(pcapng, NULL) == STEP_ON)
        ;
    if (pcapng->file.damaged && pcapng->sources.known_count == 0) {
        error_set(error, "%s; no interface was described before", pcapng->file.damage_hole.text);
        free_own(pcapng);
        return NULL;
    }
    if (pcapng->file.reader.recording && pcapng->sources.known_count == 0) {
        error_set(error, "a recording that is cut short before its sources: nothing of its run can be told");
        free_own(pcapng);
        return NULL;
    }
    snprintf(pcapng->file.format_text, sizeof pcapng->file.format_text, "%s, %s endian%s%s",
             pcapng->file.reader.recording ? "recording of aptrace (pcapng)" : "pcapng", pcapng->big_endian ? "big" : "little",
             packing ? ", packed by " : "", packing ? packing : "");
    pcapng->file.reader.format = pcapng->file.format_text;
    pcapng->file.reader.ops = &pcapng_ops;
    pcapng->file.reader.may_grow = true;
    pcapng_sources_name(&pcapng->sources);
    for (size_t i = 0; i < pcapng->hole_count; i++)
        pcapng->holes[i].source = pcapng_sources_of(&pcapng->sources, pcapng->holes[i].source);
    return &pcapng->file.reader;
}
