/* SPDX-License-Identifier: MIT */
/* gzip and zstd behind one small face.
 *
 * Captures lie packed on disks and in repositories; piping them through a program loses the file's name and its progress.
 * Both formats allow several members in one file (a log that was appended to, a file packed in parallel), and zstd allows
 * frames that hold no data: all of it is read as one stream.
 *
 * Memory is bounded: gzip looks back 32 KiB (RFC 1951 section 2); zstd as far as the frame says, and a frame that wants
 * more than the 8 MiB that every decoder should support (RFC 8878 section 3.1.1.1.2) is refused with what to do instead.
 * A member that ends early is told apart from one that is wrong: unpacker_is_complete() says which. */
#include "unpack.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "memory.h"

enum { ZSTD_WINDOW_LOG = 23, GZIP_WINDOW_BITS = 15 + 16 /* zlib.h: the 16 asks for gzip's header */ };

struct unpacker {
    ZSTD_DStream *zstd; /* [may be null] null: gzip */
    z_stream gzip;
    bool in_member;  /* between the first byte of a member and its last */
    bool any_member; /* at least one member was read whole */
};

const char *unpack_format(const uint8_t *bytes, size_t length)
{
    if (length >= 3 && bytes[0] == 0x1f && bytes[1] == 0x8b && bytes[2] == 8) /* RFC 1952 section 2.3.1: 8 is deflate */
        return "gzip";
    if (length < UNPACK_MAGIC_LENGTH)
        return NULL;
    uint32_t magic = (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[1] << 8 | bytes[0];
    bool frame = magic == ZSTD_MAGICNUMBER;
    bool skippable = (magic & ZSTD_MAGIC_SKIPPABLE_MASK) == ZSTD_MAGIC_SKIPPABLE_START;
    return frame || skippable ? "zstd" : NULL;
}

static bool start_gzip(struct unpacker *unpacker)
{
    return inflateInit2(&unpacker->gzip, GZIP_WINDOW_BITS) == Z_OK;
}

static bool start_zstd(struct unpacker *unpacker)
{
    unpacker->zstd = ZSTD_createDStream();
    return unpacker->zstd && !ZSTD_isError(ZSTD_DCtx_setParameter(unpacker->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG));
}

struct unpacker *unpacker_new(const char *format)
{
    struct unpacker *unpacker = memory_new(1, sizeof *unpacker);
    bool started = strcmp(format, "zstd") == 0 ? start_zstd(unpacker) : start_gzip(unpacker);
    if (started)
        return unpacker;
    unpacker_free(unpacker);
    return NULL;
}

void unpacker_free(struct unpacker *unpacker)
{
    if (!unpacker)
        return;
    if (unpacker->zstd)
        ZSTD_freeDStream(unpacker->zstd);
    else
        inflateEnd(&unpacker->gzip);
    free(unpacker);
}

/* Between members: zeros are padding (tapes and some file systems leave them), anything else must be a member. */
static bool enter_member(struct unpacker *unpacker, struct unpack_step *step)
{
    while (unpacker->any_member && step->in < step->in_end && *step->in == 0)
        step->in++;
    if (step->in == step->in_end)
        return false;
    if (unpacker->any_member)
        inflateReset(&unpacker->gzip);
    unpacker->in_member = true;
    return true;
}

static int run_gzip(struct unpacker *unpacker, struct unpack_step *step, struct error *error)
{
    z_stream *gzip = &unpacker->gzip;
    if (!unpacker->in_member && !enter_member(unpacker, step))
        return 0;
    gzip->next_in = (Bytef *)(uintptr_t)step->in;
    gzip->avail_in = (uInt)(step->in_end - step->in);
    gzip->next_out = step->out;
    gzip->avail_out = (uInt)(step->out_end - step->out);
    int result = inflate(gzip, Z_NO_FLUSH);
    step->in = gzip->next_in;
    step->out = gzip->next_out;
    if (result == Z_STREAM_END) {
        unpacker->in_member = false;
        unpacker->any_member = true;
        return 0;
    }
    if (result == Z_OK || result == Z_BUF_ERROR) /* the latter: nothing to do without more input */
        return 0;
    return error_set(error, "gzip: %s", gzip->msg ? gzip->msg : zError(result));
}

static int run_zstd(struct unpacker *unpacker, struct unpack_step *step, struct error *error)
{
    ZSTD_inBuffer in = {step->in, (size_t)(step->in_end - step->in), 0};
    ZSTD_outBuffer out = {step->out, (size_t)(step->out_end - step->out), 0};
    if (in.size == 0 && !unpacker->in_member)
        return 0;
    size_t result = ZSTD_decompressStream(unpacker->zstd, &out, &in);
    step->in += in.pos;
    step->out += out.pos;
    if (ZSTD_getErrorCode(result) == ZSTD_error_frameParameter_windowTooLarge)
        return error_set(error,
                         "zstd: packed with a window above %d MiB (--long or --ultra), which would take that much memory; "
                         "unpack it first: zstd -dc --long=31 FILE | aptrace --replay -",
                         1 << (ZSTD_WINDOW_LOG - 20));
    if (ZSTD_isError(result))
        return error_set(error, "zstd: %s", ZSTD_getErrorName(result));
    unpacker->in_member = result != 0;
    unpacker->any_member |= result == 0;
    return 0;
}

int unpacker_run(struct unpacker *unpacker, struct unpack_step *step, struct error *error)
{
    return unpacker->zstd ? run_zstd(unpacker, step, error) : run_gzip(unpacker, step, error);
}

bool unpacker_is_complete(const struct unpacker *unpacker)
{
    return unpacker->any_member && !unpacker->in_member;
}
