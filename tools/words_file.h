/* SPDX-License-Identifier: MIT */
/* words_file.h: @FILE: words from a file, where any word may stand.
 *
 * In the file: shell quoting ('...', "...", \), # begins a comment, a line that begins with a bare word begins --plugin WORD, an
 * indented line goes on with the line before, @OTHER includes. A path in it is relative to it. */
#ifndef WORDS_FILE_H
#define WORDS_FILE_H

#include <stddef.h>

#include "core/error.h"
#include "core/memory.h"

struct word_list {
    const char **words;
    const char **folders; /* by word: that its paths are relative to; null: the working folder */
    size_t count, capacity, folder_capacity;
};

/* Appends the words, with each @FILE before "--" replaced by what it holds. Texts live in the arena. */
int word_list_add(struct word_list *list, char *const *words, size_t count, struct arena *arena, struct error *error);
void word_list_fini(struct word_list *list);

/* A path of the index-th word as seen from the working folder; "-" stays. In the arena where it was changed. */
const char *word_list_path(const struct word_list *list, size_t index, const char *path, struct arena *arena);

#endif
