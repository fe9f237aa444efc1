/* SPDX-License-Identifier: MIT */
/* groups.h: sources as the user counts them: --on 1,5+6 names two groups, 1 and 5+6. Groups are numbered from 1 in the order of
 * --on, or of the sources where it was not given; a number never changes. Owns its arrays; names live in the arena. */
#ifndef GROUPS_H
#define GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "memory.h"
#include "source.h"

struct groups {
    const char *const *on;  /* borrowed: the names of --on; none: all sources */
    const bool *joined;     /* borrowed: by name: a plus joins it to the one before; null: none is */
    size_t on_count;
    struct arena *arena;
    const char **names;     /* of the groups, number 1 at [0] */
    size_t count, capacity;
    uint32_t *of_name;      /* by name of --on: the group that waits for it */
    uint32_t *of_source;    /* by number; 0: none */
    size_t seen;            /* sources that were counted */
    bool *filled;           /* by name of --on: its group has a source */
};

void groups_init(struct groups *groups, const char *const *on, const bool *joined, size_t on_count, struct arena *arena);

/* Counts the sources that the list has by now. A word of --on without a plus that means several sources, as the name of a file
 * does, makes a group of each. -1: a source is named twice. */
int groups_bind(struct groups *groups, const struct source_list *sources, struct error *error);

uint32_t groups_of(const struct groups *groups, uint32_t source);        /* 0: in none */
const char *groups_name(const struct groups *groups, uint32_t group);    /* never null; "5+6" */

void groups_fini(struct groups *groups);

#endif
