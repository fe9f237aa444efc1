/* SPDX-License-Identifier: MIT */
/* Notes are lines for a person, made when the run is over. They change no verdict; what does is a hole. Each kind is said
 * once a file, with how often and where first. */
#include "notes.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

struct notes {
    struct document *document;
    const char **lines;
    size_t count, capacity;
};

static void add(struct notes *notes, struct text *line)
{
    notes->lines = memory_grow(notes->lines, &notes->capacity, notes->count, sizeof *notes->lines);
    notes->lines[notes->count++] = arena_text(&notes->document->arena, text_bytes(line));
    text_fini(line);
}

static void add_oddity(struct notes *notes, const struct reader *reader, const struct oddity *oddity, const char *what)
{
    struct text line = {0};
    if (oddity->count == 0)
        return;
    text_add(&line, "%s: ", reader->label);
    if (oddity->first_record == 0) {
        text_add(&line, "%s, in its header", what);
    } else {
        text_add_grouped(&line, oddity->count);
        text_add(&line, " %s with %s, first frame ", oddity->count == 1 ? "packet" : "packets", what);
        text_add_grouped(&line, oddity->first_record);
    }
    add(notes, &line);
}

static bool needs_direction(struct expectation *const *expectations, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (expectations[i]->spec.direction != DIRECTION_BOTH)
            return true;
    }
    return false;
}

static void add_reader(struct notes *notes, const struct reader *reader)
{
    const struct oddities *oddities = &reader->oddities;
    add_oddity(notes, reader, &oddities->fraction, "a fraction of a second out of range (carried into the seconds)");
    add_oddity(notes, reader, &oddities->capture_above_wire, "a captured length above the length on the wire");
    add_oddity(notes, reader, &oddities->negative_time, "a time before 1970");
    add_oddity(notes, reader, &oddities->unknown_interface, "an interface that the file does not describe (left out)");
    add_oddity(notes, reader, &oddities->reserved_bits, "reserved bits are set beside the link type");
    if (reader->damage.text[0]) {
        struct text line = {0};
        text_add(&line, "%s", reader->damage.text);
        add(notes, &line);
    }
}

/* Said once for all traces that do not tell. */
static void add_directions(struct notes *notes, const struct timeline *timeline)
{
    struct text files = {0};
    size_t without = 0;
    for (size_t i = 0; i < timeline_reader_count(timeline); i++) {
        const struct reader *reader = timeline_reader(timeline, i);
        if (reader->oddities.no_direction.count > 0)
            text_add(&files, "%s%s", without++ ? ", " : "", reader->label);
    }
    if (without > 0) {
        struct text line = {0};
        text_add(&line, "%s: packets that do not tell their direction count as received", text_bytes(&files));
        add(notes, &line);
    }
    text_fini(&files);
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_question(const struct expectation_spec *a, const struct expectation_spec *b)
{
    if (!same_text(a->expect, b->expect) || !same_text(a->filter, b->filter) || !same_text(a->after, b->after))
        return false;
    if (a->timeout_kind != b->timeout_kind || a->timeout_ns != b->timeout_ns || a->count != b->count || a->direction != b->direction)
        return false;
    if (a->parameter_count != b->parameter_count || a->on_count != b->on_count)
        return false;
    for (size_t i = 0; i < a->parameter_count; i++) {
        const struct parameter_given *one = &a->parameters[i], *other = &b->parameters[i];
        if (!same_text(one->key, other->key) || !same_text(one->text, other->text) || one->negated != other->negated)
            return false;
    }
    for (size_t i = 0; i < a->on_count; i++) {
        if (!same_text(a->on[i], b->on[i]) || a->on_joined[i] != b->on_joined[i])
            return false;
    }
    return true;
}

static void add_twins(struct notes *notes, struct expectation *const *expectations, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (expectations[i]->plugin != expectations[j]->plugin || !same_question(&expectations[i]->spec, &expectations[j]->spec))
                continue;
            struct text line = {0};
            text_add(&line, "\"%s\" and \"%s\" ask the same: one packet may satisfy both", expectations[j]->label, expectations[i]->label);
            add(notes, &line);
            break;
        }
    }
}

void notes_write(struct document *document, const struct timeline *timeline, struct expectation *const *expectations, size_t count)
{
    struct notes notes = {.document = document};
    for (size_t i = 0; i < timeline_reader_count(timeline); i++)
        add_reader(&notes, timeline_reader(timeline, i));
    if (needs_direction(expectations, count))
        add_directions(&notes, timeline);
    add_twins(&notes, expectations, count);
    const char **kept = arena_new(&document->arena, (notes.count + 1) * sizeof *kept);
    if (notes.count)
        memcpy(kept, notes.lines, notes.count * sizeof *kept);
    document->notes = kept;
    document->note_count = notes.count;
    free(notes.lines);
}
