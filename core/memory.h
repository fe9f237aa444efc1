/* SPDX-License-Identifier: MIT */
/* memory.h: memory for set-up and reports. Each of these ends the process with a message where there is no memory (exit
 * status 2): a tool of tests can do nothing better then, and no caller has a path that is never tried. Never per packet. */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

void *memory_new(size_t count, size_t size); /* zeroed */
char *memory_text(const char *text);         /* a copy */
char *memory_text_of(const char *bytes, size_t length);

/* An array that has room for one more: grows *capacity as needed. What is new is zeroed. Returns the array, moved perhaps. */
void *memory_grow(void *array, size_t *capacity, size_t count, size_t size);

/* Pieces that are freed together. Zero it to begin with. The arena owns all that it gave until arena_fini(). */
struct arena {
    struct arena_block *blocks;
    size_t used; /* bytes given in all */
};

void *arena_new(struct arena *arena, size_t size); /* zeroed, aligned for anything */
char *arena_text(struct arena *arena, const char *text);
void arena_fini(struct arena *arena);

#endif
