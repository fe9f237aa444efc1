/* SPDX-License-Identifier: MIT */
/* Reads snoop files, RFC 1761: a header of 16 bytes, then records of 24 bytes and the packet, all big endian. Each record tells
 * how many packets were lost since the capture began: a rise is a hole. */
#include <stdio.h>

#include "record_reader.h"

enum { FILE_HEADER = 16, RECORD_HEADER = 24, SNOOP_VERSION = 2 };

bool snoop_reader_knows(const uint8_t *bytes, size_t length)
{
    return length >= 8 && memcmp(bytes, "snoop\0\0\0", 8) == 0;
}

/* RFC 1761, "Datalink Type": those that have a LINKTYPE_. -1: the others. HDLC (5) is one: pcap has several, and the RFC does
 * not say which. */
static int64_t link_type_of(uint32_t datalink)
{
    static const int64_t link_types[] = {1, -1, 6, -1, 1, -1, -1, -1, 10}; /* 802.3, -, token ring, -, Ethernet, -, -, -, FDDI */
    return datalink < sizeof link_types / sizeof *link_types ? link_types[datalink] : -1;
}

static bool read_record(const uint8_t *header, struct record *record, struct error *why)
{
    uint32_t length = reader_load32(header + 8, true), micro = reader_load32(header + 20, true);
    record->wire = reader_load32(header, true);
    record->capture = reader_load32(header + 4, true);
    record->drops = reader_load32(header + 12, true);
    record->time_ns = (int64_t)reader_load32(header + 16, true) * 1000000000 + (int64_t)micro * 1000;
    record->fraction_above = micro >= 1000000;
    record->packet_at = RECORD_HEADER;
    record->length = length;
    if (record->capture > READER_PACKET_MAX || length < RECORD_HEADER || length - RECORD_HEADER < record->capture
        || length > READER_PACKET_MAX) {
        error_set(why, "a record of %u bytes with a packet of %u; expected room for its header of %d and the packet, at most %d",
                  length, record->capture, RECORD_HEADER, READER_PACKET_MAX);
        return false;
    }
    return true;
}

struct reader *snoop_reader_open(struct file_reader *file, struct error *error)
{
    struct stream *stream = file->stream;
    if (stream_fill(stream, FILE_HEADER, error) < 0)
        return NULL;
    if (stream->end - stream->at < FILE_HEADER) {
        error_set(error, "cut short in its snoop header: %d bytes expected, %zu there", FILE_HEADER,
                  (size_t)(stream->end - stream->at));
        return NULL;
    }
    uint32_t version = reader_load32(stream->at + 8, true), datalink = reader_load32(stream->at + 12, true);
    int64_t link_type = file->link_type >= 0 ? file->link_type : link_type_of(datalink);
    if (version != SNOOP_VERSION || link_type < 0) {
        error_set(error, "snoop version %u, datalink type %u: expected version %d and a type that pcap has too; "
                         "run: editcap FILE NEW.pcapng, and replay that",
                  version, datalink, SNOOP_VERSION);
        return NULL;
    }
    snprintf(file->format_text, sizeof file->format_text, "snoop %u", version);
    file->reader.format = file->format_text;
    stream->at += FILE_HEADER;
    return record_reader_new(file, RECORD_HEADER, read_record, (uint32_t)link_type);
}
