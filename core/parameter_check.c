/* SPDX-License-Identifier: MIT */
/* A plugin's table of parameters, checked once when the plugin is loaded, so that reading values later trusts it.
 *
 * What it keeps true: nothing behind the limit is read; an entry that passes has a member inside the state, of the size and
 * alignment of its kind, that overlaps no other; a key that a user can type; limits that the member can hold; and a fallback
 * that its own kind accepts. Whatever is found is the plugin author's mistake, so messages name the entry and what the header
 * offers instead. */
#include <string.h>

#include "parameter_reading.h"
#include "wanted.h"

/* As large and as aligned as any member. */
union member {
    uint64_t number;
    double real;
    const void *pointer;
    struct aptrace_prefix prefix;
    struct aptrace_pattern pattern;
    struct aptrace_match match;
};

struct table {
    const struct aptrace_param *entries;
    size_t stride, count, state_size;
};

static const struct aptrace_param *entry_of(const struct table *table, size_t index)
{
    return parameter_entry(table->entries, table->stride, index);
}

/* ---- The table as a whole -------------------------------------------------------------------------------------------------- */

static int check_stride(size_t stride, struct error *error)
{
    if (stride < PARAMETER_SIZE_1_0)
        return error_set(error, "entries of its parameter table are %zu bytes long, expected at least %zu: build it with "
                         "<aptrace/plugin.h>", stride, PARAMETER_SIZE_1_0);
    if (stride % _Alignof(struct aptrace_param) != 0)
        return error_set(error, "entries of its parameter table are %zu bytes long, expected a multiple of %zu", stride,
                         _Alignof(struct aptrace_param));
    return 0;
}

static int check_type(const struct aptrace_param *entry, size_t index, struct error *error)
{
    if (entry->type == 0)
        return error_set(error, "entry %zu of its parameter table has type 0: close the table with APTRACE_PARAM_END",
                         index + 1);
    if (!parameter_kind_exists(entry->type))
        return error_set(error, "entry %zu of its parameter table has type %u, which this aptrace does not know: it "
                         "knows 1 to %u", index + 1, (unsigned)entry->type, (unsigned)APTRACE_TYPE_FIELD);
    return 0;
}

static int find_end(struct table *table, size_t limit, struct error *error)
{
    for (table->count = 0; table->count < limit; table->count++) {
        const struct aptrace_param *entry = entry_of(table, table->count);
        if (entry->type == APTRACE_TYPE_END)
            return 0;
        if (check_type(entry, table->count, error) != 0)
            return -1;
    }
    return error_set(error, "its parameter table has no end in %zu entries: close it with APTRACE_PARAM_END", limit);
}

/* ---- Names ----------------------------------------------------------------------------------------------------------------- */

/* What a key cannot have: what ends it, what a shell or the command line takes for itself, what cannot be seen. */
static bool is_key(const char *name)
{
    if (*name == '\0' || *name == '-' || *name == '@')
        return false;
    for (; *name; name++) {
        unsigned char c = (unsigned char)*name;
        if (c <= ' ' || c == 0x7f || c == '=' || c == '!')
            return false;
    }
    return true;
}

static int check_name(const struct table *table, size_t index, struct error *error)
{
    const struct aptrace_param *entry = entry_of(table, index);
    if (!entry->member)
        return error_set(error, "its member has no name: write the entry with a macro of <aptrace/plugin.h>");
    if (!is_key(parameter_name(entry)))
        return error_set(error, "its name \"%s\" is no key: expected characters other than '=', '!', blanks and controls, and "
                         "neither '-' nor '@' first", parameter_name(entry));
    for (size_t i = 0; i < index; i++) {
        if (strcmp(parameter_name(entry_of(table, i)), parameter_name(entry)) == 0)
            return error_set(error, "its name is that of entry %zu already", i + 1);
    }
    return 0;
}

/* A group's keys are those of header fields and packets: a name of the table's own must not hide one, and there is one group. */
static int check_group(const struct table *table, size_t index, struct error *error)
{
    const struct aptrace_param *entry = entry_of(table, index);
    if (entry->type != APTRACE_TYPE_WANTED)
        return 0;
    if (entry->fallback || parameter_is_required(entry))
        return error_set(error, "a group of keys has neither a fallback nor is it required");
    for (size_t i = 0; i < table->count; i++) {
        const struct aptrace_param *other = entry_of(table, i);
        if (i != index && other->type == APTRACE_TYPE_WANTED)
            return error_set(error, "a table has one APTRACE_PARAM_WANTED, and entries %zu and %zu are such", index + 1, i + 1);
        if (i != index && wanted_takes((enum aptrace_wanted_form)entry->of, parameter_name(other)))
            return error_set(error, "entry %zu (%s) has a name that is a key of this group: give it another .name", i + 1,
                             parameter_name(other));
    }
    return 0;
}

/* ---- Members --------------------------------------------------------------------------------------------------------------- */

static int check_kind(const struct aptrace_param *entry, struct error *error)
{
    if (entry->type == APTRACE_TYPE_MATCH && !parameter_kind_matches(entry->of))
        return error_set(error, "there is no match of type %u: expected BOOL, INT, UINT, DURATION, MAC or IP",
                         (unsigned)entry->of);
    if (entry->type == APTRACE_TYPE_WANTED && entry->of > APTRACE_WANTED_SAME)
        return error_set(error, "it is of form %u, which this aptrace does not know: it knows 0 to %u", (unsigned)entry->of,
                         (unsigned)APTRACE_WANTED_SAME);
    if (entry->type != APTRACE_TYPE_MATCH && entry->type != APTRACE_TYPE_WANTED && entry->of != 0)
        return error_set(error, "it is of type %u, which only a match has: expected 0", (unsigned)entry->of);
    if (!parameter_kind_fits(entry))
        return error_set(error, "its member of %u bytes does not fit type %u", (unsigned)entry->size, (unsigned)entry->type);
    return 0;
}

static int check_place(const struct table *table, const struct aptrace_param *entry, struct error *error)
{
    if ((uint64_t)entry->offset + entry->size > table->state_size)
        return error_set(error, "its member of %u bytes at offset %u lies beyond the state, which has %zu bytes",
                         (unsigned)entry->size, (unsigned)entry->offset, table->state_size);
    if (entry->offset % parameter_kind_align(entry) != 0)
        return error_set(error, "its member is at offset %u, expected a multiple of %zu", (unsigned)entry->offset,
                         parameter_kind_align(entry));
    return 0;
}

/* Two names of one member are fine; anything else that overlaps would write over another's value. */
static int check_overlap(const struct table *table, size_t index, struct error *error)
{
    const struct aptrace_param *entry = entry_of(table, index);
    for (size_t i = 0; i < index; i++) {
        const struct aptrace_param *other = entry_of(table, i);
        bool apart = entry->offset >= other->offset + other->size || other->offset >= entry->offset + entry->size;
        bool same = entry->offset == other->offset && entry->type == other->type && entry->of == other->of
            && entry->size == other->size;
        if (!apart && !same)
            return error_set(error, "its member overlaps that of entry %zu (%s)", i + 1, parameter_name(other));
    }
    return 0;
}

/* ---- What the author said -------------------------------------------------------------------------------------------------- */

static bool is_signed(const struct aptrace_param *entry)
{
    uint32_t type = entry->type == APTRACE_TYPE_MATCH ? entry->of : entry->type;
    return type == APTRACE_TYPE_INT || type == APTRACE_TYPE_DOUBLE;
}

static int check_bounds(const struct aptrace_param *entry, struct error *error)
{
    struct aptrace_param unbounded = *entry;
    int64_t max = entry->max >= entry->min ? entry->max : entry->min; /* below the minimum it was left out */
    unbounded.min = unbounded.max = 0;
    if (!parameter_is_bounded(entry) || entry->type == APTRACE_TYPE_DOUBLE)
        return 0;
    if (!is_signed(entry) && entry->min < 0)
        return error_set(error, "its min is %lld, but it is never negative", (long long)entry->min);
    struct parameter_limits limits = parameter_limits_of(&unbounded);
    struct parameter_signed_limits with_sign = parameter_signed_limits_of(&unbounded);
    bool small = entry->type == APTRACE_TYPE_INT || entry->type == APTRACE_TYPE_UINT;
    bool beyond = is_signed(entry) ? entry->min < with_sign.low || max > with_sign.high
        : (uint64_t)max > limits.high;
    if (small && beyond)
        return error_set(error, "its bounds %lld to %lld are more than its member of %u bytes can hold", (long long)entry->min,
                         (long long)max, (unsigned)entry->size);
    return 0;
}

static bool same_choice(const char *a, size_t a_length, const char *b, size_t b_length)
{
    return a_length == b_length && memcmp(a, b, a_length) == 0;
}

static int check_choices(const struct aptrace_param *entry, struct error *error)
{
    size_t length, other_length, count;
    const char *choice;
    if (entry->type != APTRACE_TYPE_CHOICE)
        return entry->choices ? error_set(error, "it has choices but is no choice: use APTRACE_PARAM_CHOICE") : 0;
    if (!entry->choices || !entry->choices[0])
        return error_set(error, "it is a choice without choices: add .choices = \"one|two\"");
    for (count = 0; (choice = parameter_choice(entry->choices, count, &length)) != NULL; count++) {
        if (length == 0)
            return error_set(error, "one of its choices \"%s\" is empty", entry->choices);
        for (size_t i = 0; i < count; i++) {
            const char *other = parameter_choice(entry->choices, i, &other_length);
            if (same_choice(choice, length, other, other_length))
                return error_set(error, "two of its choices \"%s\" are the same", entry->choices);
        }
    }
    if (entry->size == 1 && count > 256)
        return error_set(error, "it has %zu choices, and its member of one byte can hold 256", count);
    return 0;
}

/* Names of sources are not known yet, and a filter's meaning depends on a link type: of those only the form is checked. */
static int check_fallback(const struct aptrace_param *entry, struct error *error)
{
    struct arena arena = {0};
    union member member = {0};
    if (!entry->fallback)
        return 0;
    if (parameter_is_required(entry))
        return error_set(error, "it is required and has a fallback: it can be one of them");
    const struct parameter_reading reading = {.entry = entry, .text = entry->fallback, .arena = &arena, .error = error};
    int result = parameter_read(&reading, &member);
    arena_fini(&arena);
    return result == 0 ? 0 : error_context(error, "its fallback is refused");
}

static int check_entry(const struct table *table, size_t index, struct error *error)
{
    const struct aptrace_param *entry = entry_of(table, index);
    if (check_name(table, index, error) != 0)
        return error_context(error, "entry %zu of its parameter table", index + 1);
    if (check_kind(entry, error) != 0 || check_group(table, index, error) != 0 || check_place(table, entry, error) != 0
        || check_overlap(table, index, error) != 0
        || check_bounds(entry, error) != 0 || check_choices(entry, error) != 0 || check_fallback(entry, error) != 0)
        return error_context(error, "entry %zu of its parameter table (%s)", index + 1, parameter_name(entry));
    return 0;
}

int parameter_check_table(const struct aptrace_param *table, size_t stride, size_t limit, size_t state_size, struct error *error)
{
    struct table checked = {table, stride, 0, state_size};
    if (!table)
        return 0;
    if (check_stride(stride, error) != 0 || find_end(&checked, limit, error) != 0)
        return -1;
    for (size_t i = 0; i < checked.count; i++) {
        if (check_entry(&checked, i, error) != 0)
            return -1;
    }
    return 0;
}
