/* SPDX-License-Identifier: MIT */
/* The sources of a run and their names.
 *
 * A name is what people write behind --on and read in every report, so the list keeps three things true of it: it is
 * unique, it can be written in a list by comma and plus, and it is UTF-8 that a JSON document and a terminal can show. Names come
 * from captures of any origin (an interface may be called anything), so what breaks this is replaced, never refused.
 *
 * Numbers are places in the list plus one, and never change: packets carry them. */
#include "source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "text.h"

/* A comma, a plus, or a control character: the first 32, DEL, and U+0080 to U+009F. */
static bool is_barred(const unsigned char *bytes)
{
    return bytes[0] < 0x20 || bytes[0] == ',' || bytes[0] == '+' || bytes[0] == 0x7f || (bytes[0] == 0xc2 && bytes[1] < 0xa0);
}

/* A copy that a name may be. */
static char *clean_name(const char *name)
{
    const char *from = name, *end = name + strlen(name);
    char *clean = memory_new(strlen(name) + 2, 1);
    size_t used = 0;
    while (from < end) {
        size_t length = text_utf8_length(from, (size_t)(end - from));
        bool barred = length == 0 || is_barred((const unsigned char *)from);
        if (barred)
            clean[used++] = '_';
        else
            memcpy(clean + used, from, length);
        used += barred ? 0 : length;
        from += length ? length : 1;
    }
    if (used == 0)
        clean[0] = '_';
    return clean;
}

/* Marks which of BASE.2, BASE.3, ... BASE.limit are taken. */
static void mark_taken(const struct source_list *list, const char *base, bool *taken, size_t limit)
{
    size_t length = strlen(base);
    for (size_t i = 0; i < list->count; i++) {
        const char *name = list->sources[i].name;
        char *rest = NULL;
        if (strncmp(name, base, length) != 0 || name[length] != '.' || name[length + 1] < '1' || name[length + 1] > '9')
            continue;
        unsigned long number = strtoul(name + length + 1, &rest, 10);
        if (*rest == '\0' && number <= limit)
            taken[number] = true;
    }
}

/* The first of BASE.2, BASE.3, ... that no source bears. One pass, so that a capture with thousands of interfaces of one name
 * does not take long. Takes the base. */
static char *next_free(const struct source_list *list, char *base)
{
    size_t limit = list->count + 2, number = 2;
    bool *taken = memory_new(limit + 1, sizeof *taken);
    size_t size = strlen(base) + 24;
    char *name = memory_new(size, 1);
    mark_taken(list, base, taken, limit);
    while (taken[number]) /* fewer are taken than there are */
        number++;
    snprintf(name, size, "%s.%zu", base, number);
    free(taken);
    free(base);
    return name;
}

bool source_is_called(const struct source *source, const char *name)
{
    if (strcmp(source->name, name) == 0 || (source->group && strcmp(source->group, name) == 0))
        return true;
    return source->file && (strcmp(source->file, name) == 0 || strcmp(text_last_part(source->file), name) == 0);
}

uint32_t source_add(struct source_list *list, const char *name, const char *group, const char *file, uint32_t link_type)
{
    char *told = clean_name(name), *unique = memory_text(told);
    if (source_find(list, unique) != 0)
        unique = next_free(list, unique);
    list->sources = memory_grow(list->sources, &list->capacity, list->count, sizeof *list->sources);
    struct source *source = &list->sources[list->count++];
    source->name = unique;
    source->told = told;
    source->group = group ? clean_name(group) : NULL;
    source->file = file ? memory_text(file) : NULL;
    source->link_type = link_type;
    return (uint32_t)list->count;
}

struct source *source_get(const struct source_list *list, uint32_t number)
{
    return number == 0 || number > list->count ? NULL : &list->sources[number - 1];
}

uint32_t source_find(const struct source_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->sources[i].name, name) == 0)
            return (uint32_t)(i + 1);
    }
    return 0;
}

void source_list_fini(struct source_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->sources[i].name);
        free(list->sources[i].told);
        free(list->sources[i].group);
        free(list->sources[i].file);
    }
    free(list->sources);
    memset(list, 0, sizeof *list);
}
