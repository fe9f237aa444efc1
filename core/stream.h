/* SPDX-License-Identifier: MIT */
/* stream.h: the bytes of a trace, from a file, a pipe or standard input, unpacked (gzip, zstd: known by their magic).
 *
 * A stream is read in blocks with read(2) and shows a window of what comes next, [at, end), which a reader parses in
 * place. The window lies in a read-only mapping of the buffer (abi: packet bytes are read-only), and holds until the next
 * stream_fill(). Memory is one block, more only while a single record is longer than that. */
#ifndef STREAM_H
#define STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

struct stream {
    const uint8_t *at, *end; /* what is at hand; the reader moves at */
    uint64_t end_offset;     /* of end in the unpacked bytes, so that any place can be named: stream_offset() */
    bool finished;           /* nothing comes behind end */
    bool cut_short;          /* why stream_fill() failed: there was no more to read or unpack, rather than it being wrong */
    struct stream_source *source; /* stream.c's own */
};

/* "-" is standard input. Null after an error: no such file, a directory, no permission. The path is borrowed. */
struct stream *stream_open(const char *path, struct error *error);
void stream_free(struct stream *stream);

/* Makes at least wanted bytes be at hand, unless the stream ends before. What is unread moves to the front of the buffer, so
 * pointers into the window die. Never waits for more than wanted (a live pipe is passed on as it comes). Returns 0, or -1
 * where reading or unpacking failed before there were as many: what is at hand then stands, and finished is set. The same
 * failure is told again each time. */
int stream_fill(struct stream *stream, size_t wanted, struct error *error);

/* Moves past length bytes without keeping them. Returns 0, or -1; at the end of the stream it moves to the end. */
int stream_skip(struct stream *stream, uint64_t length, struct error *error);

static inline uint64_t stream_offset(const struct stream *stream)
{
    return stream->end_offset - (uint64_t)(stream->end - stream->at);
}

/* "gzip", "zstd", or null: how the bytes are packed. Known once something was read. */
const char *stream_packing(const struct stream *stream);
uint64_t stream_file_size(const struct stream *stream); /* 0: not known (a pipe) */
uint64_t stream_file_read(const struct stream *stream); /* bytes read from the file so far, packed; for progress */

#endif
