/* SPDX-License-Identifier: MIT */
/* Reads pcap files (draft-ietf-opsawg-pcap): a header of 24 bytes, then records of 16 bytes and the packet.
 *
 * Four forms make up nearly all that exist (either byte order, microseconds or nanoseconds), so the loop over the records is
 * written once and compiled for each, with the form as a constant: one comparison a record says whether it is whole and as it
 * should be. Older forms (capture and wire length the other way round before version 2.3; 24 bytes a record in the variant by
 * Alexey Kuznetzov) share one more, which looks at the form as it goes.
 *
 * What a record may do wrong and still be read is counted: a fraction of a second out of range (the sum is right all the
 * same: it carries), a capture length above the wire length (which is raised). Seconds are unsigned, as the draft and Wireshark
 * have it: 0xffff0000 is the year 2106, not 1969, so no time in a pcap file is before 1970. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "reader_formats.h"

enum { FILE_HEADER = 24, RECORD_HEADER = 16, RECORD_HEADER_KUZNETZOV = 24, LINKTYPE_ETHERNET = 1 };

#define MAGIC_MICROSECONDS UINT32_C(0xa1b2c3d4)
#define MAGIC_NANOSECONDS UINT32_C(0xa1b23c4d)
#define MAGIC_KUZNETZOV UINT32_C(0xa1b2cd34)

/* The last word of the header: link type, and above it whether frames end with a check sequence, and how long it is. */
#define LINK_TYPE_BITS UINT32_C(0x0000ffff)
#define RESERVED_BITS UINT32_C(0x0bff0000)

enum length_order { CAPTURE_FIRST, WIRE_FIRST, SMALLER_IS_CAPTURE };

struct form {
    bool big_endian;
    bool nanoseconds;
    uint32_t header; /* of a record, bytes */
    enum length_order order;
};

struct pcap_reader {
    struct file_reader file; /* first */
    struct form form;
    uint32_t source;
    uint16_t link_type;
    void (*walk)(struct pcap_reader *pcap, struct batch *batch);
};

/* The record's lengths, by the order that the file's version has them in. */
static inline void load_lengths(const uint8_t *at, struct form form, uint32_t *capture, uint32_t *wire)
{
    uint32_t first = reader_load32(at + 8, form.big_endian), second = reader_load32(at + 12, form.big_endian);
    bool swap = form.order == WIRE_FIRST || (form.order == SMALLER_IS_CAPTURE && first > second);
    *capture = swap ? second : first;
    *wire = swap ? first : second;
}

/* Counts what is odd about a record. False where it cannot be a record at all. */
static __attribute__((noinline, cold)) bool accept_odd(struct pcap_reader *pcap, uint32_t fraction, uint32_t capture,
                                                       uint32_t wire)
{
    struct file_reader *file = &pcap->file;
    if (capture > READER_PACKET_MAX)
        return false;
    if (fraction >= (pcap->form.nanoseconds ? 1000000000u : 1000000u))
        oddity_count(&file->reader.oddities.fraction, 1, file->records + 1);
    if (capture > wire)
        oddity_count(&file->reader.oddities.capture_above_wire, 1, file->records + 1);
    return true;
}

/* Takes the whole records at hand into the batch. Inlined into each form's own function, where the form is constant. */
static inline __attribute__((always_inline)) void walk(struct pcap_reader *pcap, struct batch *batch, struct form form)
{
    struct file_reader *file = &pcap->file;
    const uint8_t *at = file->stream->at, *end = file->stream->end;
    const uint32_t fractions = form.nanoseconds ? 1000000000 : 1000000, fraction_ns = form.nanoseconds ? 1 : 1000;
    const uint32_t source = pcap->source;
    const uint16_t link_type = pcap->link_type;
    unsigned count = 0;
    while (count < BATCH_CAPACITY && end - at >= (ptrdiff_t)form.header) {
        struct aptrace_packet *packet = &batch->packets[count];
        uint32_t seconds = reader_load32(at, form.big_endian), fraction = reader_load32(at + 4, form.big_endian), capture, wire;
        load_lengths(at, form, &capture, &wire);
        if (capture > (size_t)(end - at) - form.header)
            break;
        bool odd = (fraction >= fractions) | (capture > wire) | (capture > READER_PACKET_MAX);
        if (__builtin_expect(odd, 0) && !accept_odd(pcap, fraction, capture, wire))
            break;
        packet->bytes = at + form.header;
        packet->capture_length = capture;
        packet->wire_length = capture > wire ? capture : wire;
        packet->time_ns = packet->timestamp_ns = (int64_t)seconds * 1000000000 + (int64_t)fraction * fraction_ns;
        packet->source = source;
        packet->link_type = link_type;
        packet->flags = capture < wire ? APTRACE_PACKET_TRUNCATED : 0;
        batch->frames[count++] = ++file->records;
        at += form.header + capture;
    }
    file->stream->at = at;
    batch->count = count;
}

static void walk_little_micro(struct pcap_reader *pcap, struct batch *batch)
{
    walk(pcap, batch, (struct form){false, false, RECORD_HEADER, CAPTURE_FIRST});
}

static void walk_little_nano(struct pcap_reader *pcap, struct batch *batch)
{
    walk(pcap, batch, (struct form){false, true, RECORD_HEADER, CAPTURE_FIRST});
}

static void walk_big_micro(struct pcap_reader *pcap, struct batch *batch)
{
    walk(pcap, batch, (struct form){true, false, RECORD_HEADER, CAPTURE_FIRST});
}

static void walk_big_nano(struct pcap_reader *pcap, struct batch *batch)
{
    walk(pcap, batch, (struct form){true, true, RECORD_HEADER, CAPTURE_FIRST});
}

static void walk_other(struct pcap_reader *pcap, struct batch *batch)
{
    walk(pcap, batch, pcap->form);
}

/* The damage where the next record should be whole and is not. */
static void damage(struct pcap_reader *pcap, const struct error *failure, size_t expected)
{
    struct file_reader *file = &pcap->file;
    const struct stream *stream = file->stream;
    bool cut_short = !failure || stream->cut_short;
    enum reader_end end = cut_short ? READER_CUT_SHORT : READER_CORRUPT;
    struct damage damage = {end, "record", file->records + 1, stream_offset(stream), failure};
    reader_set_damage(file, &damage, "%zu bytes expected, %zu there", expected, (size_t)(stream->end - stream->at));
}

/* Makes the next record be at hand whole. False: there is none, and the end is known. */
static bool read_on(struct pcap_reader *pcap)
{
    struct file_reader *file = &pcap->file;
    struct stream *stream = file->stream;
    struct error failure;
    uint32_t capture, wire;
    size_t wanted = pcap->form.header;
    bool failed = stream_fill(stream, wanted, &failure) < 0;
    if ((size_t)(stream->end - stream->at) < wanted) {
        if (stream->at < stream->end || failed)
            damage(pcap, failed ? &failure : NULL, wanted);
        return false;
    }
    load_lengths(stream->at, pcap->form, &capture, &wire);
    if (capture > READER_PACKET_MAX) {
        struct damage damage = {READER_CORRUPT, "record", file->records + 1, stream_offset(stream), NULL};
        reader_set_damage(file, &damage, "a capture length of %u bytes; expected at most %d", capture, READER_PACKET_MAX);
        return false;
    }
    wanted += capture;
    failed = stream_fill(stream, wanted, &failure) < 0;
    if ((size_t)(stream->end - stream->at) >= wanted)
        return true;
    damage(pcap, failed ? &failure : NULL, wanted);
    return false;
}

static enum reader_event pcap_next(struct reader *reader, struct batch *batch)
{
    struct pcap_reader *pcap = (struct pcap_reader *)(void *)reader;
    struct file_reader *file = &pcap->file;
    batch->count = 0;
    if (!file->damaged)
        pcap->walk(pcap, batch);
    if (batch->count == 0 && !file->damaged && read_on(pcap))
        pcap->walk(pcap, batch);
    if (batch->count == 0)
        return reader_tell_end(file);
    file->last_ns = batch->packets[batch->count - 1].timestamp_ns;
    oddity_count(&reader->oddities.no_direction, batch->count, batch->frames[0]);
    return READER_PACKETS;
}

static void pcap_free(struct reader *reader)
{
    file_reader_fini((struct file_reader *)(void *)reader);
    free(reader);
}

static const struct reader_ops pcap_ops = {
    .next = pcap_next, .free = pcap_free, .bytes_read = file_reader_bytes_read, .bytes_total = file_reader_bytes_total};

static uint32_t magic_of(const uint8_t *bytes, bool *big_endian)
{
    uint32_t little = reader_load32(bytes, false), big = reader_load32(bytes, true);
    *big_endian = big == MAGIC_MICROSECONDS || big == MAGIC_NANOSECONDS || big == MAGIC_KUZNETZOV;
    return *big_endian ? big : little;
}

bool pcap_reader_knows(const uint8_t *magic)
{
    bool big_endian;
    uint32_t number = magic_of(magic, &big_endian);
    return number == MAGIC_MICROSECONDS || number == MAGIC_NANOSECONDS || number == MAGIC_KUZNETZOV;
}

/* Which of a record's lengths comes first. libpcap swapped them for good with 2.3, whose files have either; DG/UX's tcpdump
 * calls its version 543.0 and has the old order. */
static enum length_order order_of(uint16_t major, uint16_t minor)
{
    if ((major == 2 && minor < 3) || major == 543)
        return WIRE_FIRST;
    return major == 2 && minor == 3 ? SMALLER_IS_CAPTURE : CAPTURE_FIRST;
}

static void choose_walk(struct pcap_reader *pcap)
{
    static void (*const walks[2][2])(struct pcap_reader *, struct batch *) = {{walk_little_micro, walk_little_nano},
                                                                              {walk_big_micro, walk_big_nano}};
    bool usual = pcap->form.header == RECORD_HEADER && pcap->form.order == CAPTURE_FIRST;
    pcap->walk = usual ? walks[pcap->form.big_endian][pcap->form.nanoseconds] : walk_other;
}

/* The link type by the header; bmv2 writes 0 there, with a snap length of 0, for what is Ethernet. */
static uint32_t link_type_of(struct pcap_reader *pcap, const uint8_t *header)
{
    uint32_t snap_length = reader_load32(header + 16, pcap->form.big_endian);
    uint32_t word = reader_load32(header + 20, pcap->form.big_endian);
    if (pcap->file.link_type >= 0)
        return (uint32_t)pcap->file.link_type;
    if (word & RESERVED_BITS)
        oddity_count(&pcap->file.reader.oddities.reserved_bits, 1, 0);
    return word == 0 && snap_length == 0 ? LINKTYPE_ETHERNET : word & LINK_TYPE_BITS;
}

static int read_header(struct pcap_reader *pcap, struct error *error)
{
    struct file_reader *file = &pcap->file;
    struct stream *stream = file->stream;
    const char *packing;
    if (stream_fill(stream, FILE_HEADER, error) < 0)
        return error_context(error, "the pcap header");
    if (stream->end - stream->at < FILE_HEADER)
        return error_set(error, "cut short in its pcap header: %d bytes expected, %zu there", FILE_HEADER,
                         (size_t)(stream->end - stream->at));
    uint32_t magic = magic_of(stream->at, &pcap->form.big_endian);
    uint16_t major = reader_load16(stream->at + 4, pcap->form.big_endian);
    uint16_t minor = reader_load16(stream->at + 6, pcap->form.big_endian);
    if (major < 2)
        return error_set(error, "pcap version %u.%u: expected 2.4 (2.0 and later can be read)", major, minor);
    pcap->form.nanoseconds = magic == MAGIC_NANOSECONDS;
    pcap->form.header = magic == MAGIC_KUZNETZOV ? RECORD_HEADER_KUZNETZOV : RECORD_HEADER;
    pcap->form.order = order_of(major, minor);
    pcap->link_type = (uint16_t)link_type_of(pcap, stream->at);
    packing = stream_packing(stream);
    snprintf(file->format_text, sizeof file->format_text, "pcap %u.%u, %s endian, %s%s%s%s", major, minor,
             pcap->form.big_endian ? "big" : "little", pcap->form.nanoseconds ? "nanoseconds" : "microseconds",
             magic == MAGIC_KUZNETZOV ? ", modified by Kuznetzov" : "", packing ? ", packed by " : "", packing ? packing : "");
    file->reader.format = file->format_text;
    stream->at += FILE_HEADER;
    return 0;
}

struct reader *pcap_reader_open(const struct file_reader *file, struct error *error)
{
    struct pcap_reader *pcap = memory_new(1, sizeof *pcap);
    pcap->file = *file;
    if (read_header(pcap, error) < 0) {
        free(pcap);
        return NULL;
    }
    pcap->file.reader.ops = &pcap_ops;
    choose_walk(pcap);
    const char *name = file->name ? file->name : file->stem;
    pcap->source = source_add(file->reader.sources, name, NULL, file->reader.path, pcap->link_type);
    return &pcap->file.reader;
}
