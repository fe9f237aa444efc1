/* SPDX-License-Identifier: MIT */
/* Memory that is there or ends the process. Set-up and reports allocate; the way of a packet does not. A failed allocation
 * there has no sensible continuation, and a path for it would never be tried, so there is one message and exit status 2,
 * which is the status of a set-up that failed.
 *
 * What it keeps true: sizes are multiplied with a check, what is new is zero, and nothing of size 0 is ever null. An arena
 * gives pieces of blocks that it frees together; a piece never moves. */
#include "memory.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_SETUP = 2, GROW_FIRST = 8, ARENA_BLOCK_SIZE = 4096 };

struct arena_block {
    struct arena_block *next;
    size_t used, size; /* of the bytes */
    alignas(max_align_t) unsigned char bytes[];
};

_Noreturn static void out_of_memory(size_t count, size_t size)
{
    fprintf(stderr, "aptrace: out of memory: %zu times %zu bytes could not be had\n", count, size);
    exit(EXIT_SETUP);
}

/* No object can be larger than PTRDIFF_MAX. Zero counts as one, as the C library may answer null for it. */
static size_t product(size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count ? count : 1, size ? size : 1, &bytes) || bytes > PTRDIFF_MAX)
        out_of_memory(count, size);
    return bytes;
}

void *memory_new(size_t count, size_t size)
{
    void *memory = calloc(product(count, size), 1);
    if (!memory)
        out_of_memory(count, size);
    return memory;
}

char *memory_text(const char *text)
{
    return memory_text_of(text, strlen(text));
}

char *memory_text_of(const char *bytes, size_t length)
{
    if (length == SIZE_MAX)
        out_of_memory(1, length);
    char *copy = memory_new(length + 1, 1);
    if (length)
        memcpy(copy, bytes, length);
    return copy;
}

void *memory_grow(void *array, size_t *capacity, size_t count, size_t size)
{
    if (count < *capacity)
        return array;
    if (count > SIZE_MAX / 2)
        out_of_memory(count, size);
    size_t wanted = count < GROW_FIRST ? GROW_FIRST : 2 * count;
    unsigned char *grown = realloc(array, product(wanted, size));
    if (!grown)
        out_of_memory(wanted, size);
    memset(grown + *capacity * size, 0, (wanted - *capacity) * size);
    *capacity = wanted;
    return grown;
}

static struct arena_block *block_new(struct arena *arena, size_t size)
{
    size_t wanted = size > ARENA_BLOCK_SIZE ? size : ARENA_BLOCK_SIZE;
    if (wanted > SIZE_MAX - sizeof(struct arena_block))
        out_of_memory(1, size);
    struct arena_block *block = memory_new(1, sizeof *block + wanted);
    block->size = wanted;
    /* A large piece fills its block: it goes behind the first, which keeps its room for small ones. */
    struct arena_block **place = size > ARENA_BLOCK_SIZE / 4 && arena->blocks ? &arena->blocks->next : &arena->blocks;
    block->next = *place;
    *place = block;
    return block;
}

void *arena_new(struct arena *arena, size_t size)
{
    size_t align = alignof(max_align_t);
    if (size > SIZE_MAX - align)
        out_of_memory(1, size);
    size_t rounded = size ? (size + align - 1) / align * align : align;
    struct arena_block *block = arena->blocks;
    if (!block || block->size - block->used < rounded)
        block = block_new(arena, rounded);
    void *piece = block->bytes + block->used;
    block->used += rounded;
    arena->used += size;
    return piece;
}

char *arena_text(struct arena *arena, const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(arena_new(arena, size), text, size);
}

void arena_fini(struct arena *arena)
{
    while (arena->blocks) {
        struct arena_block *block = arena->blocks;
        arena->blocks = block->next;
        free(block);
    }
    arena->used = 0;
}
