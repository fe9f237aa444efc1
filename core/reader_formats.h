/* SPDX-License-Identifier: MIT */
/* reader_formats.h: what the readers of trace files share; for core/reader.c and core/pcap*.c alone.
 *
 * A file_reader stands at the front of each format's reader. reader_open() makes it, looks at the content and gives it to the
 * format, which embeds it (it is moved) and from then on owns it. It owns the stream and its texts. */
#ifndef READER_FORMATS_H
#define READER_FORMATS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "reader.h"
#include "stream.h"

/* The longest packet that is taken for one: 16 MiB, above every link type's limit. A length beyond it is corruption. */
enum { READER_PACKET_MAX = 16 << 20 };

struct file_reader {
    struct reader reader; /* first */
    struct stream *stream;
    char *name;        /* [may be null] NAME= */
    char *stem;        /* the file's name without folder and endings: what sources are called that have no name */
    int64_t link_type; /* --link-type; -1: the file's */
    uint64_t records;  /* packets taken so far */
    int64_t last_ns;   /* stamp of the last of them; INT64_MIN: none */
    bool damaged;      /* nothing can be read any more; reader.end, reader.damage and the hole below are set */
    bool damage_told;
    struct hole damage_hole;
    char format_text[96];
};

/* What a file had where something else was due. */
struct damage {
    enum reader_end end;
    const char *unit;                 /* "record", "block" */
    uint64_t number;                  /* which, from 1 */
    uint64_t offset;                  /* its first byte */
    const struct error *stream_error; /* [may be null] reading or unpacking failed there */
};

/* Sets the reader's end and damage, and the hole that reader_tell_end() tells. */
__attribute__((format(printf, 3, 4))) void reader_set_damage(struct file_reader *file, const struct damage *damage,
                                                             const char *format, ...);

/* What comes when nothing can be read any more: the hole of a damage, then the end. */
enum reader_event reader_tell_end(struct file_reader *file);

/* Frees what file_reader owns, not itself. */
void file_reader_fini(struct file_reader *file);

uint64_t file_reader_bytes_read(const struct reader *reader);
uint64_t file_reader_bytes_total(const struct reader *reader);

/* Numbers of either byte order, at any place. */
static inline uint16_t reader_load16(const uint8_t *at, bool big_endian)
{
    uint16_t number;
    memcpy(&number, at, sizeof number);
    return big_endian == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) ? number : __builtin_bswap16(number);
}

static inline uint32_t reader_load32(const uint8_t *at, bool big_endian)
{
    uint32_t number;
    memcpy(&number, at, sizeof number);
    return big_endian == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) ? number : __builtin_bswap32(number);
}

static inline uint64_t reader_load64(const uint8_t *at, bool big_endian)
{
    uint64_t number;
    memcpy(&number, at, sizeof number);
    return big_endian == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) ? number : __builtin_bswap64(number);
}

/* Counts an oddity, the first record of which is kept. */
static inline void oddity_count(struct oddity *oddity, uint64_t count, uint64_t record)
{
    if (oddity->count == 0)
        oddity->first_record = record;
    oddity->count += count;
}

/* Each takes the file_reader over where it returns a reader, and leaves it to the caller after an error. The first bytes of
 * the stream are at hand and are the format's. */
struct reader *pcap_reader_open(const struct file_reader *file, struct error *error);
struct reader *pcapng_reader_open(const struct file_reader *file, struct error *error);

struct reader *snoop_reader_open(struct file_reader *file, struct error *error);
struct reader *erf_reader_open(struct file_reader *file);

/* Whether a reader knows these first bytes: four for pcap; ERF, which has no magic, looks at more of the stream. */
bool pcap_reader_knows(const uint8_t *magic);
bool snoop_reader_knows(const uint8_t *bytes, size_t length);
bool erf_reader_knows(struct stream *stream);

#endif
