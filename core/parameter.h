/* SPDX-License-Identifier: MIT */
/* parameter.h: what a user wrote as KEY=VALUE, checked against a plugin's table and written into the state.
 *
 * Every plugin's errors read alike because they are made here: they name the key, what was expected (kind and range), what
 * was got, and for an unknown key the nearest ones. */
#ifndef PARAMETER_H
#define PARAMETER_H

#include <stdbool.h>
#include <stddef.h>

#include <aptrace/predicate.h>

#include "error.h"
#include "memory.h"
#include "source.h"
#include "text.h"

struct parameter_given {
    const char *key, *text; /* borrowed: as written, without "=" or "!=" */
    bool negated;           /* KEY!=text */
};

/* What parsing a table needs and leaves. Zero it, set the first four. */
struct parameter_set {
    const struct aptrace_param *table; /* [may be null] */
    size_t stride;                     /* bytes from one entry to the next */
    unsigned char *state;              /* zeroed, as long as the descriptor says */
    struct arena *arena;               /* what members point to lives there */
    bool *given;                       /* by entry of the table: the user wrote it; in the arena */
    size_t count;                      /* entries of the table */
    const struct aptrace_wanted *wanted; /* [may be null] what the keys of its group became */
    struct aptrace_filter **filters;   /* by entry: what a filter parameter points to, else null; in the arena */
};

/* What an entry of any plugin of this major has. Entries may grow: what a later minor adds is read only where stride has it. */
#define PARAMETER_SIZE_1_0 (offsetof(struct aptrace_param, id) + sizeof(uint64_t))

size_t parameter_count(const struct aptrace_param *table, size_t stride);
const struct aptrace_param *parameter_entry(const struct aptrace_param *table, size_t stride, size_t index);
const char *parameter_name(const struct aptrace_param *entry); /* name, or the member's */

/* "unsigned integer 1..4094", "duration", "match of an unsigned integer": for messages, --describe and manuals. */
void parameter_add_kind(struct text *text, const struct aptrace_param *entry);

/* Parses all that was given and the fallbacks of the rest into the state. sources: for kinds that name sources; a source must
 * be known by now. Keys of a group are rewritten to what they stand for: canonical names, packets of a file as hex. -1 with a
 * message for an unknown key, one given twice, a malformed value, or a missing required one. */
int parameter_parse_all(struct parameter_set *set, struct parameter_given *given, size_t given_count,
                        const struct source_list *sources, struct error *error);

/* Filters that were given have been parsed as text; this compiles them for a link type that the predicate will meet. */
int parameter_compile_filters(const struct parameter_set *set, uint32_t link_type, struct error *error);

/* Frees what the arena does not hold (compiled filters). */
void parameter_set_fini(struct parameter_set *set);

/* Checks a table as a plugin brings it: types, sizes, offsets inside the state, names, bounds, fallbacks that parse.
 * -1 with what is wrong. limit: entries that may be read (from the symbol's or mapping's size), so that a forgotten end
 * never runs away. */
int parameter_check_table(const struct aptrace_param *table, size_t stride, size_t limit, size_t state_size, struct error *error);

#endif
