/* SPDX-License-Identifier: MIT */
/* words.h: reads words as a command line does: --name VALUE, --name=VALUE, -n VALUE, -nVALUE, and bare words, in their order.
 * Used for the command's own line and for the words of one expectation, so that both read alike. Everything is borrowed. */
#ifndef WORDS_H
#define WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"

enum { WORDS_BARE = 0 };

struct words_option {
    const char *name; /* without the dashes */
    char letter;      /* 0: none */
    bool has_value;
    int id;           /* above 0 */
};

struct words {
    const char *const *list;
    size_t count;
    size_t next;      /* the first not read; the value last returned stood in word next - 1 */
};

struct words_item {
    int id;            /* the option's, or WORDS_BARE */
    const char *value; /* of the option, or the bare word; null for an option without one */
};

/* Reads the next item. 1: item is set; 0: no word is left, or "--" was met (next is behind it); -1: an unknown option (with the
 * nearest names), or a value missing or too many. */
int words_next(struct words *words, const struct words_option *options, size_t option_count, struct words_item *item,
               struct error *error);

#endif
