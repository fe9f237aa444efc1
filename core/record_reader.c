/* SPDX-License-Identifier: MIT */
/* Records one behind the other. A record is taken when it is at hand whole, so a packet is always in one piece; where it is not,
 * the stream is read on once, and what is still missing then is damage. A rise of the drop counter ends the batch, so that the
 * hole comes before the packet that tells of it. */
#include "record_reader.h"

#include <stdio.h>
#include <stdlib.h>

#include "memory.h"

struct record_reader {
    struct file_reader file; /* first */
    size_t header_length;
    record_form *form;
    uint32_t source;
    uint16_t link_type;
    uint64_t drops;          /* that were told */
};

enum taken { TAKEN, NOT_AT_HAND, DROPS_ROSE, DAMAGED };

static enum taken damage(struct record_reader *records, enum reader_end end, const struct error *why, const struct error *failure)
{
    struct file_reader *file = &records->file;
    struct damage damage = {end, "record", file->records + 1, stream_offset(file->stream), failure};
    reader_set_damage(file, &damage, "%s", why->text);
    return DAMAGED;
}

/* Whether so many bytes are at hand. */
static bool has(const struct record_reader *records, size_t length)
{
    const struct stream *stream = records->file.stream;
    return (size_t)(stream->end - stream->at) >= length;
}

static void fill_packet(const struct record_reader *records, struct batch *batch, const struct record *record)
{
    struct aptrace_packet *packet = &batch->packets[batch->count];
    packet->bytes = records->file.stream->at + record->packet_at;
    packet->capture_length = record->capture;
    packet->wire_length = record->wire > record->capture ? record->wire : record->capture;
    packet->time_ns = packet->timestamp_ns = record->time_ns;
    packet->source = records->source;
    packet->link_type = records->link_type;
    packet->flags = record->capture < record->wire ? APTRACE_PACKET_TRUNCATED : 0;
    batch->frames[batch->count++] = records->file.records;
}

static void note_drops(struct record_reader *records, const struct record *record)
{
    struct file_reader *file = &records->file;
    file->reader.hole = (struct hole){.source = records->source, .kind = HOLE_DROP, .packets = record->drops - records->drops,
                                      .from_ns = file->last_ns, .to_ns = record->time_ns};
    snprintf(file->reader.hole.text, sizeof file->reader.hole.text, "lost before frame %llu, by its record",
             (unsigned long long)file->records + 1);
    records->drops = record->drops;
}

static enum taken take(struct record_reader *records, struct batch *batch)
{
    struct file_reader *file = &records->file;
    struct record record = {0};
    struct error why;
    if (!has(records, records->header_length))
        return NOT_AT_HAND;
    if (!records->form(file->stream->at, &record, &why))
        return damage(records, READER_CORRUPT, &why, NULL);
    if (!has(records, record.length))
        return NOT_AT_HAND;
    if (record.drops < records->drops)
        records->drops = 0; /* the counter was started again */
    if (record.drops > records->drops) {
        if (batch->count == 0)
            note_drops(records, &record);
        return DROPS_ROSE;
    }
    file->records++;
    if (record.capture > record.wire)
        oddity_count(&file->reader.oddities.capture_above_wire, 1, file->records);
    if (record.fraction_above > 0)
        oddity_count(&file->reader.oddities.fraction, 1, file->records);
    fill_packet(records, batch, &record);
    file->last_ns = record.time_ns;
    file->stream->at += record.length;
    return TAKEN;
}

static enum taken take_all(struct record_reader *records, struct batch *batch)
{
    enum taken taken = TAKEN;
    while (taken == TAKEN && batch->count < BATCH_CAPACITY)
        taken = take(records, batch);
    return taken;
}

/* Makes the next record be at hand whole. False: there is none. */
static bool read_on(struct record_reader *records)
{
    struct stream *stream = records->file.stream;
    struct error failure, why;
    struct record record = {0};
    size_t wanted = records->header_length;
    bool failed = stream_fill(stream, wanted, &failure) < 0;
    if (has(records, wanted)) {
        if (!records->form(stream->at, &record, &why))
            return true; /* take() tells */
        wanted = record.length;
        failed = stream_fill(stream, wanted, &failure) < 0;
    }
    if (has(records, wanted))
        return true;
    if (stream->at == stream->end && !failed)
        return false;
    error_set(&why, "%zu bytes expected, %zu there", wanted, (size_t)(stream->end - stream->at));
    damage(records, failed && !stream->cut_short ? READER_CORRUPT : READER_CUT_SHORT, &why, failed ? &failure : NULL);
    return false;
}

static enum reader_event record_next(struct reader *reader, struct batch *batch)
{
    struct record_reader *records = (struct record_reader *)(void *)reader;
    enum taken taken = NOT_AT_HAND;
    batch->count = 0;
    if (!records->file.damaged)
        taken = take_all(records, batch);
    if (taken == NOT_AT_HAND && batch->count == 0 && !records->file.damaged && read_on(records))
        taken = take_all(records, batch);
    if (batch->count > 0) {
        oddity_count(&reader->oddities.no_direction, batch->count, batch->frames[0]);
        return READER_PACKETS;
    }
    return taken == DROPS_ROSE ? READER_HOLE : reader_tell_end(&records->file);
}

static void record_free(struct reader *reader)
{
    file_reader_fini((struct file_reader *)(void *)reader);
    free(reader);
}

static const struct reader_ops record_ops = {
    .next = record_next, .free = record_free, .bytes_read = file_reader_bytes_read, .bytes_total = file_reader_bytes_total};

struct reader *record_reader_new(const struct file_reader *file, size_t header_length, record_form *form, uint32_t link_type)
{
    struct record_reader *records = memory_new(1, sizeof *records);
    records->file = *file;
    records->file.reader.ops = &record_ops;
    records->header_length = header_length;
    records->form = form;
    records->link_type = (uint16_t)(file->link_type >= 0 ? (uint32_t)file->link_type : link_type);
    const char *name = file->name ? file->name : file->stem;
    records->source = source_add(file->reader.sources, name, NULL, file->reader.path, records->link_type);
    return &records->file.reader;
}
