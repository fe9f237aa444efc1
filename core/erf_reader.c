/* SPDX-License-Identifier: MIT */
/* Reads ERF, the extensible record format of Endace's capture cards: records with a header of 16 bytes, nothing in front of them.
 * A packet is the whole record, link type ERF, as libpcap hands it on from a card.
 *
 * The format has no magic. So it is asked last, and only a file whose first records chain is taken for it: known types, no
 * reserved flag, times that go on, no header that is text. What breaks the chain refuses the file: a short run of records is
 * enough only where the file ends with it. Numbers written out need that: their digits and blanks are types, flags and times
 * that follow each other. */
#include "record_reader.h"

enum { RECORD_HEADER = 16, LINKTYPE_ERF = 197, TYPE_MAX = 48, CHAIN = 8, LOOK = 64 << 10 };

#define TIME_LEAST UINT32_C(631152000) /* 1990 */
#define DAY UINT32_C(86400)

static uint32_t seconds_of(const uint8_t *header)
{
    return reader_load32(header + 4, false); /* the stamp alone is little endian */
}

static bool read_record(const uint8_t *header, struct record *record, struct error *why)
{
    uint64_t fraction = reader_load32(header, false);
    unsigned type = header[8] & 0x7f;
    record->length = record->capture = record->wire = reader_load16(header + 10, true);
    record->time_ns = (int64_t)seconds_of(header) * 1000000000 + (int64_t)(fraction * 1000000000 >> 32);
    if (record->length >= RECORD_HEADER && type >= 1 && type <= TYPE_MAX)
        return true;
    error_set(why, "a record of type %u and %zu bytes; expected type 1 to %d and at least %d bytes", type, record->length,
              TYPE_MAX, RECORD_HEADER);
    return false;
}

static bool is_text(const uint8_t *header)
{
    for (size_t i = 0; i < RECORD_HEADER; i++) {
        bool blank = header[i] >= '\t' && header[i] <= '\r';
        if (!blank && (header[i] < 0x20 || header[i] > 0x7e))
            return false;
    }
    return true;
}

/* Whether the header at a place may follow one with that time; 0: it is the first. */
static bool may_follow(const uint8_t *header, uint32_t seconds)
{
    struct record record;
    struct error why;
    uint32_t now = seconds_of(header);
    bool reserved = header[9] & 0xc0;
    bool goes_on = now >= TIME_LEAST && (seconds == 0 || (now >= seconds && now - seconds < DAY));
    return goes_on && !reserved && !is_text(header) && read_record(header, &record, &why);
}

bool erf_reader_knows(struct stream *stream)
{
    struct error error;
    uint32_t seconds = 0;
    unsigned chained = 0;
    stream_fill(stream, LOOK, &error); /* less may be there: what is */
    const uint8_t *at = stream->at;
    while (chained < CHAIN && stream->end - at >= RECORD_HEADER) {
        size_t length = reader_load16(at + 10, true);
        if (!may_follow(at, seconds))
            return false;
        if ((size_t)(stream->end - at) < length)
            break;
        seconds = seconds_of(at);
        at += length;
        chained++;
    }
    return chained >= 2 || (chained == 1 && at == stream->end);
}

struct reader *erf_reader_open(struct file_reader *file)
{
    file->reader.format = "ERF";
    return record_reader_new(file, RECORD_HEADER, read_record, LINKTYPE_ERF);
}
