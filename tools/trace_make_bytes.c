/* SPDX-License-Identifier: MIT */
/* Bytes that grow, for frames and blocks. Where memory runs out the tool says so and ends: it has nothing better to do. */
#include "tools/trace_make.h"

#include <stdlib.h>
#include <string.h>

static void reserve(struct bytes *bytes, size_t length)
{
    if (bytes->capacity - bytes->length >= length)
        return;
    bytes->capacity = (bytes->length + length) * 2 + 64;
    bytes->at = realloc(bytes->at, bytes->capacity);
    if (!bytes->at) {
        fputs("trace-make: out of memory\n", stderr);
        exit(EXIT_FAILURE);
    }
}

void bytes_fini(struct bytes *bytes)
{
    free(bytes->at);
    *bytes = (struct bytes){0};
}

void bytes_add(struct bytes *bytes, const void *from, size_t length)
{
    reserve(bytes, length);
    if (length)
        memcpy(bytes->at + bytes->length, from, length);
    bytes->length += length;
}

void bytes_fill(struct bytes *bytes, uint8_t value, size_t length)
{
    reserve(bytes, length);
    if (length)
        memset(bytes->at + bytes->length, value, length);
    bytes->length += length;
}

void bytes_set_number(uint8_t *at, uint64_t number, unsigned width)
{
    for (unsigned i = 0; i < width; i++)
        at[i] = (uint8_t)(number >> 8 * (width - 1 - i));
}

void bytes_add_number(struct bytes *bytes, uint64_t number, unsigned width)
{
    uint8_t digits[8];
    bytes_set_number(digits, number, width);
    bytes_add(bytes, digits, width);
}
