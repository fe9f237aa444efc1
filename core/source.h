/* SPDX-License-Identifier: MIT */
/* source.h: the capture points of a run, in the order that they were named. A source is one live interface, or one
 * interface of a trace. Numbers start at 1, as packets carry them. The list owns its sources and their texts. */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct source {
    char *name;             /* unique in the list, no comma, no plus, UTF-8 */
    char *told;             /* the name before it was made unique */
    char *group;            /* [may be null] the NAME= that several sources of one file share */
    char *file;             /* [may be null] path of the trace, as given */
    uint32_t link_type;     /* LINKTYPE_ */
};

struct source_list {
    struct source *sources; /* [0] is source number 1 */
    size_t count, capacity;
};

/* Adds a source and returns its number. A name that is taken gets ".2", ".3", ...; bytes that a name cannot have (comma,
 * plus, control characters, what is not UTF-8) become '_'. Texts are copied. */
uint32_t source_add(struct source_list *list, const char *name, const char *group, const char *file, uint32_t link_type);

struct source *source_get(const struct source_list *list, uint32_t number);
uint32_t source_find(const struct source_list *list, const char *name); /* 0: none of that name */
/* Whether a name that a user wrote means this source: its own, that of its group, or its file's, with or without folders. */
bool source_is_called(const struct source *source, const char *name);

void source_list_fini(struct source_list *list);

#endif
