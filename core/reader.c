/* SPDX-License-Identifier: MIT */
/* Opening a trace: which format it is, and what its sources are called.
 *
 * The content decides, never the extension: of the captures that people keep, one in fifty has the wrong one. What is no trace
 * is refused with the bytes that were found, and what is a capture of another kind, or packed in a way that is not unpacked
 * here, is named together with the command that makes it readable.
 *
 * A file of 0 bytes has no header, so it is no trace, and a test that asserts on it must not pass. One case is different: the
 * switch model bmv2 creates INTERFACE_in.pcap and INTERFACE_out.pcap for each port and writes nothing, not even a header,
 * where the port saw nothing. Under such a name an empty file says that no packet passed.
 *
 * The readers share what is here: how damage is told, and how the end is. */
#include "reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "memory.h"
#include "reader_formats.h"
#include "text.h"

enum { MAGIC_LENGTH = 4, LOOK_LENGTH = 16, LINKTYPE_ETHERNET = 1 };

/* Files that are often taken for a trace, and what to do with them. */
static const struct foreign {
    const char *magic;
    size_t length;
    const char *what, *advice;
} foreign_formats[] = {
    {"\xfd"
     "7zXZ",
     5, "packed by xz", "run: xz -dc FILE | aptrace --replay -"},
    {"BZh", 3, "packed by bzip2", "run: bzip2 -dc FILE | aptrace --replay -"},
    {"\x04\x22\x4d\x18", 4, "packed by lz4", "run: lz4 -dc FILE | aptrace --replay -"},
    {"\x89LZO", 4, "packed by lzop", "run: lzop -dc FILE | aptrace --replay -"},
    {"\x1f\x9d", 2, "packed by compress", "run: gzip -dc FILE | aptrace --replay -"},
    {"PK\x03\x04", 4, "a zip archive", "run: unzip -p FILE | aptrace --replay -"},
    {"7z\xbc\xaf\x27\x1c", 6, "a 7z archive", "run: 7z x -so FILE | aptrace --replay -"},
    {"snoop", 5, "a snoop capture", "run: editcap FILE NEW.pcapng, and replay that"},
    {"RTSS", 4, "a Network Monitor 1 capture", "run: editcap FILE NEW.pcapng, and replay that"},
    {"GMBU", 4, "a Network Monitor 2 capture", "run: editcap FILE NEW.pcapng, and replay that"},
    {"TRSNIFF data", 12, "a Sniffer capture", "run: editcap FILE NEW.pcapng, and replay that"},
    {"XCP", 4, "a NetXRay capture", "run: editcap FILE NEW.pcapng, and replay that"},
    {"\x1c\x00\x01\xac", 4, "an Ixia capture", "run: editcap FILE NEW.pcapng, and replay that"},
    {"\xac\x01\x00\x1c", 4, "an Ixia capture", "run: editcap FILE NEW.pcapng, and replay that"},
    {"version https://", 16, "a Git LFS pointer, not the capture", "run: git lfs pull"},
    {"<!DOCTYPE", 9, "a web page", "download the capture itself"},
    {"<html", 5, "a web page", "download the capture itself"},
};

static const struct foreign *find_foreign(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < sizeof foreign_formats / sizeof *foreign_formats; i++) {
        const struct foreign *foreign = &foreign_formats[i];
        if (foreign->length <= length && memcmp(bytes, foreign->magic, foreign->length) == 0)
            return foreign;
    }
    return NULL;
}

/* "68 65 6c 6c 6f (hello)" */
static void add_found(struct text *text, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        text_add(text, "%s%02x", i ? " " : "", bytes[i]);
    text_add(text, " (");
    for (size_t i = 0; i < length; i++)
        text_add(text, "%c", bytes[i] >= 0x20 && bytes[i] < 0x7f ? bytes[i] : '.');
    text_add(text, ")");
}

static int refuse(const struct file_reader *file, struct error *error)
{
    const uint8_t *bytes = file->stream->at;
    size_t length = (size_t)(file->stream->end - bytes);
    const char *packing = stream_packing(file->stream);
    struct text found = {0};
    length = length < LOOK_LENGTH ? length : LOOK_LENGTH;
    const struct foreign *foreign = find_foreign(bytes, length);
    if (foreign)
        return error_set(error, "not a trace that can be read here, but %s%s%s; %s", foreign->what, packing ? ", inside " : "",
                         packing ? packing : "", foreign->advice);
    add_found(&found, bytes, length);
    error_set(error,
              "not a trace: expected pcap (a1 b2 c3 d4 or d4 c3 b2 a1; a1 b2 3c 4d or 4d 3c b2 a1), pcapng (0a 0d 0d 0a), "
              "snoop, ERF, or one of them packed by gzip (1f 8b) or zstd (28 b5 2f fd); its first %s: %s",
              packing ? "unpacked bytes are" : "bytes are", text_bytes(&found));
    text_fini(&found);
    return -1;
}

static bool has_ending(const char *name, size_t length, const char *ending)
{
    size_t size = strlen(ending);
    return length > size && strncasecmp(name + length - size, ending, size) == 0;
}

/* What sources without a name are called: t.pcap, t.pcapng.gz and t.cap.zst are all t. */
static char *stem_of(const char *path)
{
    static const char *const packings[] = {".gz", ".zst", ".zstd"};
    static const char *const captures[] = {".pcap", ".pcapng", ".cap", ".ntar", ".dmp", ".dump", ".pcapnano"};
    if (strcmp(path, "-") == 0)
        return memory_text("stdin");
    const char *name = text_last_part(path);
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof packings / sizeof *packings; i++)
        length -= has_ending(name, length, packings[i]) ? strlen(packings[i]) : 0;
    for (size_t i = 0; i < sizeof captures / sizeof *captures; i++) {
        if (has_ending(name, length, captures[i]))
            return memory_text_of(name, length - strlen(captures[i]));
    }
    return memory_text_of(name, length);
}

/* INTERFACE_in.pcap or INTERFACE_out.pcap */
static bool is_named_by_bmv2(const char *path)
{
    const char *name = text_last_part(path);
    size_t length = strlen(name);
    return has_ending(name, length, "_in.pcap") || has_ending(name, length, "_out.pcap");
}

void reader_set_damage(struct file_reader *file, const struct damage *damage, const char *format, ...)
{
    struct reader *reader = &file->reader;
    const char *kind = damage->end == READER_CUT_SHORT ? "cut short" : "corrupt";
    char why[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    struct hole *hole = &file->damage_hole;
    memset(hole, 0, sizeof *hole);
    hole->kind = damage->end == READER_CUT_SHORT ? HOLE_CUT_SHORT : HOLE_CORRUPT;
    hole->from_ns = file->last_ns;
    hole->to_ns = HOLE_OPEN;
    snprintf(hole->text, sizeof hole->text, "%s in %s %llu at byte %llu%s: %.128s%s%.64s", kind, damage->unit,
             (unsigned long long)damage->number, (unsigned long long)damage->offset,
             stream_packing(file->stream) ? " (unpacked)" : "", why, damage->stream_error ? "; " : "",
             damage->stream_error ? damage->stream_error->text : "");
    error_set(&reader->damage, "%s: %s in %s %llu at byte %llu%s: %s%s%s; the %llu %s before it stand%s", reader->label, kind,
              damage->unit, (unsigned long long)damage->number, (unsigned long long)damage->offset,
              stream_packing(file->stream) ? " (unpacked)" : "", why, damage->stream_error ? "; " : "",
              damage->stream_error ? damage->stream_error->text : "", (unsigned long long)file->records,
              file->records == 1 ? "packet" : "packets", file->records == 1 ? "s" : "");
    reader->end = damage->end;
    file->damaged = true;
}

enum reader_event reader_tell_end(struct file_reader *file)
{
    if (!file->damaged || file->damage_told)
        return READER_END;
    file->damage_told = true;
    file->reader.hole = file->damage_hole;
    return READER_HOLE;
}

void file_reader_fini(struct file_reader *file)
{
    stream_free(file->stream);
    free(file->reader.path);
    free(file->reader.label);
    free(file->name);
    free(file->stem);
}

uint64_t file_reader_bytes_read(const struct reader *reader)
{
    return stream_file_read(((const struct file_reader *)(const void *)reader)->stream);
}

uint64_t file_reader_bytes_total(const struct reader *reader)
{
    return stream_file_size(((const struct file_reader *)(const void *)reader)->stream);
}

static enum reader_event empty_next(struct reader *reader, struct batch *batch)
{
    (void)reader;
    batch->count = 0;
    return READER_END;
}

static void empty_free(struct reader *reader)
{
    file_reader_fini((struct file_reader *)(void *)reader);
    free(reader);
}

static const struct reader_ops empty_ops = {
    .next = empty_next, .free = empty_free, .bytes_read = file_reader_bytes_read, .bytes_total = file_reader_bytes_total};

/* A port of bmv2 that saw nothing. */
static struct reader *open_empty(const struct file_reader *file)
{
    struct file_reader *empty = memory_new(1, sizeof *empty);
    uint32_t link_type = file->link_type >= 0 ? (uint32_t)file->link_type : LINKTYPE_ETHERNET;
    *empty = *file;
    empty->reader.ops = &empty_ops;
    empty->reader.format = "empty, by its name of a bmv2 port that saw no packet";
    source_add(empty->reader.sources, empty->name ? empty->name : empty->stem, NULL, empty->reader.path, link_type);
    return &empty->reader;
}

static struct reader *open_by_content(struct file_reader *file, struct error *error)
{
    static const uint8_t pcapng_magic[MAGIC_LENGTH] = {0x0a, 0x0d, 0x0d, 0x0a};
    if (stream_fill(file->stream, MAGIC_LENGTH, error) < 0)
        return NULL;
    const uint8_t *at = file->stream->at;
    size_t length = (size_t)(file->stream->end - at);
    if (length == 0 && !stream_packing(file->stream) && is_named_by_bmv2(file->reader.path))
        return open_empty(file);
    if (length == 0) {
        error_set(error, "no header: %s; expected a pcap or pcapng trace (one that saw no packet still has a header)",
                  stream_packing(file->stream) ? "nothing is packed in it" : "it is empty");
        return NULL;
    }
    if (length >= MAGIC_LENGTH) {
        if (pcap_reader_knows(at))
            return pcap_reader_open(file, error);
        if (memcmp(at, pcapng_magic, MAGIC_LENGTH) == 0)
            return pcapng_reader_open(file, error);
    }
    stream_fill(file->stream, LOOK_LENGTH, error);
    if (snoop_reader_knows(file->stream->at, (size_t)(file->stream->end - file->stream->at)))
        return snoop_reader_open(file, error);
    if (!find_foreign(file->stream->at, (size_t)(file->stream->end - file->stream->at)) && erf_reader_knows(file->stream))
        return erf_reader_open(file);
    refuse(file, error);
    return NULL;
}

struct reader *reader_open(const char *path, const struct reader_options *options, struct source_list *sources,
                           struct error *error)
{
    struct file_reader file = {.last_ns = INT64_MIN, .link_type = options ? options->link_type : -1};
    bool standard = strcmp(path, "-") == 0;
    file.stream = stream_open(path, error);
    if (!file.stream)
        return NULL;
    file.reader.path = memory_text(path);
    file.reader.label = memory_text(standard ? "standard input" : text_last_part(path));
    file.reader.sources = sources;
    file.name = options && options->name ? memory_text(options->name) : NULL;
    file.stem = stem_of(path);
    struct reader *reader = open_by_content(&file, error);
    if (reader)
        return reader;
    error_context(error, "%s", standard ? "standard input" : path);
    file_reader_fini(&file);
    return NULL;
}

void reader_free(struct reader *reader)
{
    if (reader)
        reader->ops->free(reader);
}
