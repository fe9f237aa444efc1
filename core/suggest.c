/* SPDX-License-Identifier: MIT */
/* "Did you mean": mistyped names are mostly one slip away from a real one (a letter changed, left out, doubled, or two that
 * swapped places), or are a part of it ("ttl" for "ip.ttl"). Anything further is noise and is not suggested.
 *
 * What it keeps true: the order of the answer depends on the names alone (by nearness, then as they were given), so that
 * messages are the same on every run. */
#include "suggest.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "memory.h"

enum { SUGGESTED_MAX = 3, DISTANCE_MAX = 3, PART_MIN = 2 };

enum { RANK_BEGINS = DISTANCE_MAX + 1, RANK_CONTAINS, RANK_FAR };

static unsigned char folded(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* One row of the table of distances between beginnings of both, from the two rows above it. */
static void fill_row(size_t *row, const size_t *above, const size_t *two_above, const char *word, size_t at, const char *name,
                     size_t length)
{
    row[0] = at;
    for (size_t i = 1; i <= length; i++) {
        bool same = folded(word[at - 1]) == folded(name[i - 1]);
        row[i] = least(least(row[i - 1], above[i]) + 1, above[i - 1] + !same);
        if (at > 1 && i > 1 && folded(word[at - 1]) == folded(name[i - 2]) && folded(word[at - 2]) == folded(name[i - 1]))
            row[i] = least(row[i], two_above[i - 2] + 1);
    }
}

size_t suggest_distance(const char *word, const char *name)
{
    size_t rows = strlen(word), length = strlen(name), width = length + 1;
    size_t *table = memory_new(3 * width, sizeof *table);
    for (size_t i = 0; i < width; i++)
        table[i] = i;
    for (size_t at = 1; at <= rows; at++)
        fill_row(table + at % 3 * width, table + (at + 2) % 3 * width, table + (at + 1) % 3 * width, word, at, name, length);
    size_t distance = table[rows % 3 * width + length];
    free(table);
    return distance;
}

/* How near a name lies, the nearest 0; RANK_FAR: not near. */
static size_t rank_of(const char *word, const char *name)
{
    size_t length = strlen(word), other = strlen(name), threshold = length / 3;
    threshold = threshold < 1 ? 1 : least(threshold, DISTANCE_MAX);
    size_t apart = length > other ? length - other : other - length;
    size_t distance = apart > threshold ? apart : suggest_distance(word, name);
    if (distance <= threshold)
        return distance;
    if (length > 0 && strncasecmp(name, word, length) == 0)
        return RANK_BEGINS;
    return length >= PART_MIN && strcasestr(name, word) ? RANK_CONTAINS : RANK_FAR;
}

struct near { const char *name; size_t rank; };

static size_t insert(struct near *near, size_t count, const char *name, size_t rank)
{
    size_t place = 0;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(near[i].name, name) == 0)
            return count;
    }
    while (place < count && near[place].rank <= rank)
        place++;
    if (place == SUGGESTED_MAX)
        return count;
    size_t kept = least(count, SUGGESTED_MAX - 1);
    memmove(near + place + 1, near + place, (kept - place) * sizeof *near);
    near[place] = (struct near){name, rank};
    return kept + 1;
}

size_t suggest_nearest(struct text *text, const char *word, const char *const *names, size_t count)
{
    struct near near[SUGGESTED_MAX];
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        size_t rank = rank_of(word, names[i]);
        if (rank < RANK_FAR)
            found = insert(near, found, names[i], rank);
    }
    for (size_t i = 0; i < found; i++)
        text_add(text, "%s%s", i == 0 ? "" : i + 1 == found ? " or " : ", ", near[i].name);
    return found;
}
