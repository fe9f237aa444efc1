/* SPDX-License-Identifier: MIT */
/* suggest.h: "did you mean": the names nearest to one that is not there. */
#ifndef SUGGEST_H
#define SUGGEST_H

#include <stddef.h>

#include "text.h"

/* Edit distance by Damerau (a swap of neighbours counts one), case folded. */
size_t suggest_distance(const char *word, const char *name);

/* Adds up to three of the names that lie near the word, nearest first: "a, b or c". Adds nothing where none is near.
 * Returns how many it added. */
size_t suggest_nearest(struct text *text, const char *word, const char *const *names, size_t count);

#endif
