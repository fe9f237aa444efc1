/* SPDX-License-Identifier: MIT */
/* unpack.h: gzip and zstd, unpacked piece by piece, in constant memory.
 *
 * An unpacker is fed what lies packed and fills what room there is; several members or frames one behind the other are one
 * stream. The caller owns the unpacker until unpacker_free(), and the bytes always. */
#ifndef UNPACK_H
#define UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

enum { UNPACK_MAGIC_LENGTH = 4 }; /* bytes that tell the packing */

struct unpacker;

/* What is packed behind *in goes unpacked behind *out. Both are moved on. */
struct unpack_step {
    const uint8_t *in, *in_end;
    uint8_t *out, *out_end;
};

/* "gzip" or "zstd" by the magic, or null: not packed, or in no way that is known here. */
const char *unpack_format(const uint8_t *bytes, size_t length);

struct unpacker *unpacker_new(const char *format);
void unpacker_free(struct unpacker *unpacker);

/* Goes on until the room is full, the input used up, or a member ends. Returns -1 where the input is wrong, or needs more
 * memory than is given to it: what came out before stands. */
int unpacker_run(struct unpacker *unpacker, struct unpack_step *step, struct error *error);

/* True where the input so far ends with a whole member: it may end here. */
bool unpacker_is_complete(const struct unpacker *unpacker);

#endif
