/* SPDX-License-Identifier: MIT */
/* Where the trace's bytes go: packed or not, to a file or a pipe.
 *
 * The last bytes are held back, so that cut can take them away before they are written. Packing leaves out all that would make
 * the same text give other bytes: no name and no time of day in the gzip header. */
#include "tools/trace_make.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

enum { HELD = 65536, BUFFER = 1 << 20 };

struct sink {
    FILE *file;
    enum trace_packing packing;
    struct bytes held;
    z_stream deflate;
    ZSTD_CStream *zstd;
    uint8_t packed[1 << 16];
    bool failed;
};

struct sink *sink_new(FILE *file)
{
    struct sink *sink = calloc(1, sizeof *sink);
    if (!sink) {
        fputs("trace-make: out of memory\n", stderr);
        exit(EXIT_FAILURE);
    }
    sink->file = file;
    return sink;
}

void sink_set_packing(struct sink *sink, enum trace_packing packing)
{
    enum { GZIP_WINDOW = 15 + 16, MEMORY_LEVEL = 8 };
    static gz_header header = {.os = 255};
    sink->packing = packing;
    if (packing == PACKING_GZIP)
        sink->failed |= deflateInit2(&sink->deflate, 6, Z_DEFLATED, GZIP_WINDOW, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK
                        || deflateSetHeader(&sink->deflate, &header) != Z_OK;
    if (packing != PACKING_ZSTD)
        return;
    sink->zstd = ZSTD_createCStream();
    sink->failed |= !sink->zstd || ZSTD_isError(ZSTD_CCtx_setParameter(sink->zstd, ZSTD_c_checksumFlag, 1));
}

static void write_out(struct sink *sink, const void *bytes, size_t length)
{
    if (!sink->failed)
        sink->failed = fwrite(bytes, 1, length, sink->file) != length;
}

static void write_gzip(struct sink *sink, uint8_t *bytes, size_t length, bool last)
{
    sink->deflate.next_in = bytes;
    sink->deflate.avail_in = (uInt)length;
    do {
        sink->deflate.next_out = sink->packed;
        sink->deflate.avail_out = sizeof sink->packed;
        deflate(&sink->deflate, last ? Z_FINISH : Z_NO_FLUSH);
        write_out(sink, sink->packed, sizeof sink->packed - sink->deflate.avail_out);
    } while (sink->deflate.avail_out == 0);
}

static void write_zstd(struct sink *sink, const uint8_t *bytes, size_t length, bool last)
{
    ZSTD_inBuffer in = {bytes, length, 0};
    size_t left;
    do {
        ZSTD_outBuffer out = {sink->packed, sizeof sink->packed, 0};
        left = ZSTD_compressStream2(sink->zstd, &out, &in, last ? ZSTD_e_end : ZSTD_e_continue);
        sink->failed |= ZSTD_isError(left) != 0;
        write_out(sink, sink->packed, out.pos);
    } while (!sink->failed && (in.pos < in.size || (last && left > 0)));
}

static void write_held(struct sink *sink, size_t length, bool last)
{
    if (sink->failed)
        return;
    switch (sink->packing) {
    case PACKING_NONE: write_out(sink, sink->held.at, length); break;
    case PACKING_GZIP: write_gzip(sink, sink->held.at, length, last); break;
    case PACKING_ZSTD: write_zstd(sink, sink->held.at, length, last); break;
    }
    if (length)
        memmove(sink->held.at, sink->held.at + length, sink->held.length - length);
    sink->held.length -= length;
}

void sink_add(struct sink *sink, const void *bytes, size_t length)
{
    bytes_add(&sink->held, bytes, length);
    if (sink->held.length > BUFFER)
        write_held(sink, sink->held.length - HELD, false);
}

int sink_cut(struct sink *sink, size_t length)
{
    if (length > HELD || length > sink->held.length)
        return -1;
    sink->held.length -= length;
    return 0;
}

int sink_finish(struct sink *sink)
{
    write_held(sink, sink->held.length, true);
    int result = sink->failed ? -1 : 0;
    if (sink->packing == PACKING_GZIP)
        deflateEnd(&sink->deflate);
    ZSTD_freeCStream(sink->zstd);
    bytes_fini(&sink->held);
    free(sink);
    return result;
}
