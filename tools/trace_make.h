/* SPDX-License-Identifier: MIT */
/* trace_make.h: what the files of trace-make share: bytes that grow, the words of a line, frames, and the trace that is written.
 *
 * Data goes one way: a line's words -> a frame's bytes -> a record of the trace. What is wrong is told at once, with file and
 * line; the function then returns -1. Nothing here is shared with what reads packets in aptrace: the two must not agree by a common
 * mistake. */
#ifndef TRACE_MAKE_H
#define TRACE_MAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* ---- Bytes: owned by the struct until bytes_fini(). Numbers are added in network order ---- */

struct bytes {
    uint8_t *at;
    size_t length, capacity;
};

void bytes_fini(struct bytes *bytes);
void bytes_add(struct bytes *bytes, const void *from, size_t length);
void bytes_fill(struct bytes *bytes, uint8_t value, size_t length);
void bytes_add_number(struct bytes *bytes, uint64_t number, unsigned width);
void bytes_set_number(uint8_t *at, uint64_t number, unsigned width);

/* ---- Words of one line: a quoted one keeps its opening quote, so that "18" is no number ---- */

struct words {
    const char *file;
    size_t line;
    char **list;
    size_t count, capacity, next;
};

/* Splits a line (which it keeps no part of). */
int words_split(struct words *words, const char *text);
void words_fini(struct words *words);
/* Fills copy with the words of from, {n} and the like replaced. */
int words_expand(const struct words *from, uint64_t n, struct words *copy);
bool words_vary(const struct words *words); /* some word holds a {...} */

__attribute__((format(printf, 2, 3))) int words_fail(const struct words *words, const char *format, ...);
const char *words_peek(const struct words *words); /* null at the end of the line */
const char *words_got(const struct words *words);  /* the same for messages: never null */
bool words_in_layer(const struct words *words);    /* there is a word, and it is not | */
bool words_skip(struct words *words, const char *word); /* takes the next word if it is this one */

int words_number(struct words *words, const char *what, uint64_t max, uint64_t *number);
int words_text(struct words *words, const char *what, const char **text); /* a quoted word, without its quote */
int words_time(struct words *words, const char *what, int64_t *time_ns);  /* 1.5, 20ms, 3us, -2: seconds unless it says */
int words_mac(struct words *words, const char *what, uint8_t mac[6]);
int words_address(struct words *words, const char *what, int family, uint8_t *address);
int words_hex(struct words *words, struct bytes *bytes); /* all words up to | or the end */

/* NAME NUMBER pairs and bare flags, in any order, up to | or the end. */
struct words_field {
    const char *name;
    uint64_t max;    /* 0: a flag without a number, which sets 1 */
    uint64_t *value; /* its value before is the default */
    bool *given;     /* [may be null] */
};
int words_fields(struct words *words, const char *layer, const struct words_field *fields, size_t count);

/* ---- Frames ---- */

/* Reads layers up to the end of the line into frame, which is empty at first. */
int frame_build(struct words *words, struct bytes *frame);
void frame_help(FILE *file);

/* ---- The trace ---- */

enum trace_format { TRACE_NONE, TRACE_RAW, TRACE_PCAP, TRACE_PCAPNG };
enum trace_packing { PACKING_NONE, PACKING_GZIP, PACKING_ZSTD };
enum record_kind { RECORD_ENHANCED, RECORD_SIMPLE, RECORD_OBSOLETE };

struct sink; /* trace_make_sink.c: holds back the last bytes for cut, packs, writes */
struct sink *sink_new(FILE *file);
void sink_set_packing(struct sink *sink, enum trace_packing packing);
void sink_add(struct sink *sink, const void *bytes, size_t length);
int sink_cut(struct sink *sink, size_t length); /* -1: more than is held */
int sink_finish(struct sink *sink);             /* -1: could not be written; frees */

struct trace_interface {
    char *name; /* [may be null] */
    uint64_t link, snaplen;
    uint64_t resolution; /* as if_tsresol: 6 is 10^-6, 0x80 + 10 is 2^-10 */
    bool has_resolution, has_offset;
    int64_t offset; /* seconds */
};

struct trace {
    struct sink *sink;
    enum trace_format format;
    bool big, nanoseconds, modified;
    uint64_t link, snaplen; /* of a pcap */
    struct trace_interface *interfaces; /* of the section */
    size_t interface_count, interface_capacity;
};

struct record {
    int64_t time_ns;
    const uint8_t *bytes;
    size_t length;
    uint64_t wire, claim; /* lengths that are written */
    size_t interface;
    enum record_kind kind;
    uint64_t direction; /* 0 unknown, 1 in, 2 out */
    bool has_drops;
    uint64_t drops;
    const char *comment; /* [may be null] */
};

struct statistics {
    size_t interface;
    int64_t time_ns;
    struct { bool given; uint64_t value; } received, if_dropped, os_dropped;
};

void trace_begin(struct trace *trace); /* writes the header; a pcapng: its first section */
void trace_section(struct trace *trace);
void trace_interface(struct trace *trace, const struct trace_interface *interface); /* takes over its name */
void trace_record(struct trace *trace, const struct record *record);
void trace_statistics(struct trace *trace, const struct statistics *statistics);
void trace_block(struct trace *trace, uint32_t type, const struct bytes *body);
void trace_fini(struct trace *trace);

/* ---- Descriptions ---- */

/* Reads a description to its end and writes what it says. */
int script_run(FILE *description, const char *name, struct trace *trace);

#endif
