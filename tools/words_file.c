/* SPDX-License-Identifier: MIT */
/* Words from files. The quoting is the shell's, without its expansions, so that a line can be pasted from a terminal. A file
 * that includes itself is an error, found by depth. */
#include "tools/words_file.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"

enum { DEPTH_MAX = 16 };

struct scanner {
    const char *path;
    const char *at;
    size_t line;
    struct word_list *list;
    const char *folder; /* null: the working folder */
    struct arena *arena;
    unsigned depth;
};

static int include(struct word_list *list, const char *path, struct arena *arena, unsigned depth, struct error *error);

static void append(struct word_list *list, const char *word, const char *folder)
{
    list->words = memory_grow(list->words, &list->capacity, list->count, sizeof *list->words);
    list->folders = memory_grow(list->folders, &list->folder_capacity, list->count, sizeof *list->folders);
    list->words[list->count] = word;
    list->folders[list->count++] = folder;
}

static const char *join(const char *folder, const char *path, struct arena *arena)
{
    if (!folder || path[0] == '/' || strcmp(path, "-") == 0)
        return path;
    struct text text = {0};
    text_add(&text, "%s/%s", folder, path);
    const char *joined = arena_text(arena, text_bytes(&text));
    text_fini(&text);
    return joined;
}

const char *word_list_path(const struct word_list *list, size_t index, const char *path, struct arena *arena)
{
    return join(list->folders[index], path, arena);
}

/* One quoted part; at stands behind the opening quote. */
static int scan_quoted(struct scanner *scanner, char quote, struct text *word, struct error *error)
{
    size_t began = scanner->line;
    for (; *scanner->at != quote; scanner->at++) {
        if (*scanner->at == '\0')
            return error_set(error, "%s:%zu: a %c is not closed", scanner->path, began, quote);
        if (quote == '"' && *scanner->at == '\\' && strchr("\"\\$`", scanner->at[1]) && scanner->at[1] != '\0')
            scanner->at++;
        scanner->line += *scanner->at == '\n';
        text_add_bytes(word, scanner->at, 1);
    }
    scanner->at++;
    return 0;
}

static int scan_word(struct scanner *scanner, struct text *word, struct error *error)
{
    while (*scanner->at != '\0' && !isspace((unsigned char)*scanner->at)) {
        char c = *scanner->at++;
        if (c == '\'' || c == '"') {
            if (scan_quoted(scanner, c, word, error) != 0)
                return -1;
            continue;
        }
        if (c == '\\' && *scanner->at != '\0') {
            c = *scanner->at++;
            scanner->line += c == '\n';
            if (c == '\n')
                continue;
        }
        text_add_bytes(word, &c, 1);
    }
    return 0;
}

/* Moves to the next word. False at the end. *begins: it is the first of a line, which is not indented. */
static bool find_word(struct scanner *scanner, bool *begins)
{
    for (;;) {
        if (*scanner->at == '#') {
            scanner->at += strcspn(scanner->at, "\n");
        } else if (*scanner->at == '\n') {
            *begins = true;
            scanner->line++;
            scanner->at++;
        } else if (scanner->at[0] == '\\' && scanner->at[1] == '\n') { /* the line goes on */
            *begins = false;
            scanner->line++;
            scanner->at += 2;
        } else if (isspace((unsigned char)*scanner->at)) {
            *begins = false;
            scanner->at++;
        } else {
            return *scanner->at != '\0';
        }
    }
}

static int scan(struct scanner *scanner, struct error *error)
{
    bool begins = true;
    while (find_word(scanner, &begins)) {
        struct text word = {0};
        bool quoted = *scanner->at == '\'' || *scanner->at == '"';
        if (scan_word(scanner, &word, error) != 0) {
            text_fini(&word);
            return -1;
        }
        const char *kept = arena_text(scanner->arena, text_bytes(&word));
        text_fini(&word);
        if (kept[0] == '@' && !quoted) {
            if (include(scanner->list, join(scanner->folder, kept + 1, scanner->arena), scanner->arena, scanner->depth + 1, error) != 0)
                return error_context(error, "%s:%zu", scanner->path, scanner->line);
        } else {
            if (begins && (kept[0] != '-' || quoted))
                append(scanner->list, "--plugin", scanner->folder);
            append(scanner->list, kept, scanner->folder);
        }
        begins = false;
    }
    return 0;
}

static int read_file(const char *path, struct text *text, struct error *error)
{
    char block[4096];
    size_t length;
    FILE *file = fopen(path, "re");
    if (!file)
        return error_set(error, "@%s: cannot be opened: %s", path, strerror(errno));
    while ((length = fread(block, 1, sizeof block, file)) > 0)
        text_add_bytes(text, block, length);
    int failed = ferror(file);
    fclose(file);
    if (failed)
        return error_set(error, "@%s: cannot be read: %s", path, strerror(errno));
    if (text->length && memchr(text->bytes, 0, text->length))
        return error_set(error, "@%s: expected words as text, got a file with zero bytes", path);
    return 0;
}

static const char *folder_of(const char *path, struct arena *arena)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return NULL;
    char *folder = arena_text(arena, path);
    folder[slash == path ? 1 : slash - path] = '\0';
    return folder;
}

static int include(struct word_list *list, const char *path, struct arena *arena, unsigned depth, struct error *error)
{
    struct text text = {0};
    int result = -1;
    if (depth > DEPTH_MAX)
        return error_set(error, "@%s: files include each other more than %d deep", path, DEPTH_MAX);
    if (read_file(path, &text, error) == 0) {
        struct scanner scanner = {path, text_bytes(&text), 1, list, folder_of(path, arena), arena, depth};
        result = scan(&scanner, error);
    }
    text_fini(&text);
    return result;
}

int word_list_add(struct word_list *list, char *const *words, size_t count, struct arena *arena, struct error *error)
{
    bool command = false;
    for (size_t i = 0; i < count; i++) {
        command = command || strcmp(words[i], "--") == 0;
        if (command || words[i][0] != '@')
            append(list, words[i], NULL);
        else if (include(list, words[i] + 1, arena, 0, error) != 0)
            return -1;
    }
    return 0;
}

void word_list_fini(struct word_list *list)
{
    free(list->words);
    free(list->folders);
}
