/* SPDX-License-Identifier: MIT */
/* Parameters of one expectation: each KEY=VALUE is found in the plugin's table, read by its kind and written into the state;
 * entries that were left out get their fallbacks.
 *
 * What it keeps true: an entry's place is its index times the stride that the plugin was built with, never the size that is
 * known here, so that tables of newer plugins are walked right. A member is written once: two entries may name it, but only one
 * of them may be given, and then no fallback is used. Filters are remembered apart from the state, which the plugin may
 * write to. */
#include "parameter.h"

#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "parameter_reading.h"
#include "suggest.h"
#include "wanted.h"

enum { LISTED_MAX = 2048 }; /* bytes of names in a message */

size_t parameter_count(const struct aptrace_param *table, size_t stride)
{
    size_t count = 0;
    while (table && parameter_entry(table, stride, count)->type != APTRACE_TYPE_END)
        count++;
    return count;
}

const struct aptrace_param *parameter_entry(const struct aptrace_param *table, size_t stride, size_t index)
{
    return (const struct aptrace_param *)(const void *)((const char *)table + index * stride);
}

const char *parameter_name(const struct aptrace_param *entry)
{
    return entry->name ? entry->name : entry->member;
}

static const struct aptrace_param *entry_of(const struct parameter_set *set, size_t index)
{
    return parameter_entry(set->table, set->stride, index);
}

/* ---- Keys ------------------------------------------------------------------------------------------------------------------ */

static size_t find_key(const struct parameter_set *set, const char *key)
{
    size_t index = 0;
    while (index < set->count
           && (entry_of(set, index)->type == APTRACE_TYPE_WANTED || strcmp(parameter_name(entry_of(set, index)), key) != 0))
        index++;
    return index;
}

static void add_names(struct text *text, const char *const *names, size_t count)
{
    size_t i;
    for (i = 0; i < count && text->length < LISTED_MAX; i++)
        text_add(text, "%s%s", i ? ", " : "", names[i]);
    if (i < count)
        text_add(text, " and %zu more", count - i);
}

static int refuse_key(const struct parameter_set *set, const char *key, struct error *error)
{
    const char **names = memory_new(set->count, sizeof *names);
    struct text quoted = {0}, near = {0}, all = {0};
    bool group = false;
    for (size_t i = 0; i < set->count; i++) {
        group = group || entry_of(set, i)->type == APTRACE_TYPE_WANTED;
        names[i] = entry_of(set, i)->type == APTRACE_TYPE_WANTED ? "header fields (aptrace --describe fields)"
            : parameter_name(entry_of(set, i));
    }
    parameter_add_excerpt(&quoted, key);
    add_names(&all, names, set->count);
    if (set->count == 0)
        error_set(error, "unknown parameter %s; it takes none", text_bytes(&quoted));
    else if (suggest_nearest(&near, key, names, set->count) > 0)
        error_set(error, "unknown parameter %s; did you mean %s? It takes: %s", text_bytes(&quoted), text_bytes(&near),
                  text_bytes(&all));
    else
        error_set(error, "unknown parameter %s. It takes: %s", text_bytes(&quoted), text_bytes(&all));
    text_fini(&quoted);
    text_fini(&near);
    text_fini(&all);
    free(names);
    return -1;
}

static int refuse_twice(const struct aptrace_param *entry, const char *first, const char *second, struct error *error)
{
    bool list = entry->type == APTRACE_TYPE_MATCH || entry->type == APTRACE_TYPE_SOURCES;
    const char *name = parameter_name(entry);
    if (strcmp(first, second) != 0)
        return error_set(error, "parameter %s is given twice, as %s too, which is another name for it: give one of them", second,
                         first);
    return error_set(error, "parameter %s is given twice: give it once%s%s%s", name, list ? ", as a list " : "", list ? name : "",
                     list ? "=A,B" : "");
}

/* The entry of a group that takes the key: a table has one at most. */
static size_t find_group(const struct parameter_set *set, const char *key)
{
    size_t index = 0;
    while (index < set->count && entry_of(set, index)->type != APTRACE_TYPE_WANTED)
        index++;
    bool takes = index < set->count && wanted_takes((enum aptrace_wanted_form)entry_of(set, index)->of, key);
    return takes ? index : set->count;
}

/* The entry of each that was given, with none given twice, by another name neither. Keys of a group are its own business. */
static int find_entries(const struct parameter_set *set, const struct parameter_given *given, size_t given_count, size_t *indexes,
                        struct error *error)
{
    for (size_t i = 0; i < given_count; i++) {
        indexes[i] = find_key(set, given[i].key);
        if (indexes[i] == set->count)
            indexes[i] = find_group(set, given[i].key);
        if (indexes[i] == set->count)
            return refuse_key(set, given[i].key, error);
        const struct aptrace_param *entry = entry_of(set, indexes[i]);
        for (size_t k = 0; k < i && entry->type != APTRACE_TYPE_WANTED; k++) {
            if (entry_of(set, indexes[k])->offset == entry->offset)
                return refuse_twice(entry, given[k].key, given[i].key, error);
        }
        set->given[indexes[i]] = true;
    }
    return 0;
}

/* ---- Values ---------------------------------------------------------------------------------------------------------------- */

/* The keys of a group become one thing, which the member points to. Each is rewritten to what it stands for. */
static int read_group(struct parameter_set *set, size_t index, struct parameter_given *given, size_t given_count,
                      const size_t *indexes, struct error *error)
{
    const struct aptrace_param *entry = entry_of(set, index);
    struct aptrace_wanted *wanted = wanted_new((enum aptrace_wanted_form)entry->of, set->arena);
    for (size_t i = 0; i < given_count; i++) {
        if (indexes[i] == index && wanted_read(wanted, &given[i], error) != 0)
            return -1;
    }
    if (wanted_finish(wanted, error) != 0)
        return -1;
    memcpy(set->state + entry->offset, &wanted, sizeof wanted);
    set->wanted = wanted;
    return 0;
}

static int read_groups(struct parameter_set *set, struct parameter_given *given, size_t given_count, const size_t *indexes,
                       struct error *error)
{
    for (size_t i = 0; i < set->count; i++) {
        if (entry_of(set, i)->type == APTRACE_TYPE_WANTED && read_group(set, i, given, given_count, indexes, error) != 0)
            return -1;
    }
    return 0;
}

static int read_entry(const struct parameter_set *set, size_t index, const char *text, bool negated,
                      const struct source_list *sources, struct error *error)
{
    const struct aptrace_param *entry = entry_of(set, index);
    const struct parameter_reading reading = {.entry = entry, .text = text, .negated = negated, .arena = set->arena,
        .sources = sources, .filter = &set->filters[index], .error = error};
    return parameter_read(&reading, set->state + entry->offset);
}

/* Whether it was given, by whatever name. */
static bool member_given(const struct parameter_set *set, const struct aptrace_param *entry)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->given[i] && entry_of(set, i)->offset == entry->offset)
            return true;
    }
    return false;
}

static int refuse_missing(const struct aptrace_param *entry, struct error *error)
{
    struct text expected = {0};
    parameter_add_expected(&expected, entry);
    error_set(error, "parameter %s is missing: write %s=VALUE with %s", parameter_name(entry), parameter_name(entry),
              text_bytes(&expected));
    text_fini(&expected);
    return -1;
}

static int read_left_out(const struct parameter_set *set, const struct source_list *sources, struct error *error)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct aptrace_param *entry = entry_of(set, i);
        if (member_given(set, entry))
            continue;
        if (parameter_is_required(entry))
            return refuse_missing(entry, error);
        if (entry->fallback && read_entry(set, i, entry->fallback, false, sources, error) != 0)
            return error_context(error, "the plugin's own fallback");
    }
    return 0;
}

int parameter_parse_all(struct parameter_set *set, struct parameter_given *given, size_t given_count,
                        const struct source_list *sources, struct error *error)
{
    set->count = parameter_count(set->table, set->stride);
    set->given = arena_new(set->arena, set->count * sizeof *set->given);
    set->filters = arena_new(set->arena, set->count * sizeof *set->filters);
    size_t *indexes = memory_new(given_count, sizeof *indexes);
    int result = find_entries(set, given, given_count, indexes, error);
    for (size_t i = 0; i < given_count && result == 0; i++) {
        if (entry_of(set, indexes[i])->type != APTRACE_TYPE_WANTED)
            result = read_entry(set, indexes[i], given[i].text, given[i].negated, sources, error);
    }
    if (result == 0)
        result = read_groups(set, given, given_count, indexes, error);
    if (result == 0)
        result = read_left_out(set, sources, error);
    free(indexes);
    return result;
}

/* ---- Filters --------------------------------------------------------------------------------------------------------------- */

int parameter_compile_filters(const struct parameter_set *set, uint32_t link_type, struct error *error)
{
    for (size_t i = 0; set->filters && i < set->count; i++) {
        if (set->filters[i] && filter_compile(set->filters[i], link_type, error) != 0)
            return error_context(error, "parameter %s", parameter_name(entry_of(set, i)));
    }
    return 0;
}

void parameter_set_fini(struct parameter_set *set)
{
    for (size_t i = 0; set->filters && i < set->count; i++) {
        filter_free(set->filters[i]);
        set->filters[i] = NULL;
    }
}
