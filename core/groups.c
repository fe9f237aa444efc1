/* SPDX-License-Identifier: MIT */
/* Groups of sources.
 *
 * A predicate that compares ports ("seen on each", "spread evenly") must know what the user takes for one port: the members of
 * a link aggregation group are several sources and one destination. So the words of --on are counted, not the sources.
 *
 * What it keeps true: a number that a predicate was told stays what it is, although a trace may describe interfaces behind its
 * packets. Each word of --on has its number before any source is there; a source that comes later fills the word that waits for
 * it, or is counted behind all others. And no source is in two groups: what it shows would be counted twice. */
#include "groups.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

void groups_init(struct groups *groups, const char *const *on, const bool *joined, size_t on_count, struct arena *arena)
{
    memset(groups, 0, sizeof *groups);
    groups->on = on;
    groups->joined = joined;
    groups->on_count = on_count;
    groups->arena = arena;
}

static bool is_joined(const struct groups *groups, size_t i)
{
    return groups->joined && i < groups->on_count && groups->joined[i];
}

static uint32_t add_group(struct groups *groups, const char *name)
{
    groups->names = memory_grow(groups->names, &groups->capacity, groups->count, sizeof *groups->names);
    groups->names[groups->count++] = name;
    return (uint32_t)groups->count;
}

/* ---- The words of --on ---- */

/* The word whose first name stands at i. */
static const char *word_at(const struct groups *groups, size_t i)
{
    struct text word = {0};
    text_add(&word, "%s", groups->on[i]);
    for (size_t next = i + 1; is_joined(groups, next); next++)
        text_add(&word, "+%s", groups->on[next]);
    const char *kept = arena_text(groups->arena, text_bytes(&word));
    text_fini(&word);
    return kept;
}

static bool stands_alone(const struct groups *groups, size_t i)
{
    return !is_joined(groups, i) && !is_joined(groups, i + 1);
}

/* The group of a source that is called by the name at i. */
static uint32_t group_for(struct groups *groups, size_t i, const struct source *source)
{
    bool filled = groups->filled[i];
    groups->filled[i] = true;
    if (!stands_alone(groups, i))
        return groups->of_name[i];
    if (filled)
        return add_group(groups, source->name);
    groups->names[groups->of_name[i] - 1] = source->name;
    return groups->of_name[i];
}

static int refuse_twice(const struct groups *groups, size_t i, const struct source *source, struct error *error)
{
    size_t first = 0;
    while (!source_is_called(source, groups->on[first]))
        first++;
    if (strcmp(groups->on[first], groups->on[i]) == 0)
        return error_set(error, "--on names the source %s twice; name it once", source->name);
    return error_set(error, "--on names the source %s twice, as %s and as %s; name it once", source->name, groups->on[first],
                     groups->on[i]);
}

static int bind_name(struct groups *groups, size_t i, const struct source_list *sources, struct error *error)
{
    for (size_t number = groups->seen + 1; number <= sources->count; number++) {
        const struct source *source = source_get(sources, (uint32_t)number);
        if (!source_is_called(source, groups->on[i]))
            continue;
        if (groups->of_source[number] != 0)
            return refuse_twice(groups, i, source, error);
        groups->of_source[number] = group_for(groups, i, source);
    }
    return 0;
}

/* ---- Binding ---- */

static void make_room(struct groups *groups, size_t count)
{
    uint32_t *of_source = memory_new(count + 1, sizeof *of_source);
    if (groups->of_source)
        memcpy(of_source, groups->of_source, (groups->seen + 1) * sizeof *of_source);
    free(groups->of_source);
    groups->of_source = of_source;
}

/* The group of each name of --on: its own, or with a plus that of the one before. With the sources that are there already, so
 * that those of one word stand together. */
static int bind_first(struct groups *groups, const struct source_list *sources, struct error *error)
{
    groups->of_name = memory_new(groups->on_count, sizeof *groups->of_name);
    groups->filled = memory_new(groups->on_count, sizeof *groups->filled);
    for (size_t i = 0; i < groups->on_count; i++) {
        groups->of_name[i] = is_joined(groups, i) ? groups->of_name[i - 1] : add_group(groups, word_at(groups, i));
        if (bind_name(groups, i, sources, error) != 0)
            return -1;
    }
    return 0;
}

static int bind_names(struct groups *groups, const struct source_list *sources, struct error *error)
{
    if (!groups->of_name)
        return bind_first(groups, sources, error);
    for (size_t i = 0; i < groups->on_count; i++) {
        if (bind_name(groups, i, sources, error) != 0)
            return -1;
    }
    return 0;
}

int groups_bind(struct groups *groups, const struct source_list *sources, struct error *error)
{
    make_room(groups, sources->count);
    if (groups->on_count > 0 && bind_names(groups, sources, error) != 0)
        return -1;
    for (size_t number = groups->seen + 1; groups->on_count == 0 && number <= sources->count; number++)
        groups->of_source[number] = add_group(groups, source_get(sources, (uint32_t)number)->name);
    groups->seen = sources->count;
    return 0;
}

/* ---- Asking ---- */

uint32_t groups_of(const struct groups *groups, uint32_t source)
{
    return source <= groups->seen && groups->of_source ? groups->of_source[source] : 0;
}

const char *groups_name(const struct groups *groups, uint32_t group)
{
    return group > 0 && group <= groups->count ? groups->names[group - 1] : "no group";
}

void groups_fini(struct groups *groups)
{
    free(groups->names);
    free(groups->of_name);
    free(groups->of_source);
    free(groups->filled);
    memset(groups, 0, sizeof *groups);
}
