/* SPDX-License-Identifier: MIT */
/* aptrace-fields(7): the table of header fields, put into a page that tells the rest by hand.
 *
 * The table is the one that keys are looked up in (core/field.h), so that a field cannot be had and not be in the page, or the
 * other way round. */
#include "tools/manual_make.h"

#include <string.h>

#include "tools/plugin_words.h"

static const char place[] = ".\\\" THE FIELDS";

/* "vlan.prio vlan.pcp" as "; also vlan.prio, vlan.pcp". */
static void add_aliases(struct text *words, const char *aliases)
{
    for (const char *at = aliases; at && *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        text_add(words, "%s%.*s", at == aliases ? "; also " : ", ", (int)length, at);
        at += length;
    }
}

static void add_wireshark(struct text *words, const char *name)
{
    if (name && *name)
        text_add(words, "; in Wireshark %s", name);
    else if (name)
        text_add(words, "; not in Wireshark");
}

/* The first row that has the same names for values. */
static const struct field_row *first_with(const struct field_word *words)
{
    const struct field_row *row = field_rows;
    while (row->words != words)
        row++;
    return row;
}

static void add_values(struct text *words, const struct field_row *row)
{
    const struct field_row *first = row->words ? first_with(row->words) : row;
    if (first != row)
        text_add(words, "Names as for %s", first->name);
    for (const struct field_word *value = row->words; first == row && value && value->word; value++)
        text_add(words, row->hex ? "%s%s=0x%04llx" : "%s%s=%llu", value == row->words ? "By name: " : ", ", value->word,
                 (unsigned long long)value->number);
    for (const char *letter = row->letters; letter && *letter; letter++)
        text_add(words, "%s%c=0x%03x", letter == row->letters ? "By letters: " : ", ", *letter, 1U << (letter - row->letters));
}

static void add_row(struct text *page, const struct field_row *row)
{
    struct text words = {0}, values = {0};
    words_add_field_kind(&words, row);
    text_add(&words, ": %s", row->help);
    add_aliases(&words, row->aliases);
    add_wireshark(&words, row->wireshark);
    text_add(&words, ".");
    add_values(&values, row);
    text_add(page, ".It Cm %s\n", row->name);
    roff_add_prose(page, text_bytes(&words));
    if (values.length) {
        text_add(&values, ".");
        roff_add_prose(page, text_bytes(&values));
    }
    text_fini(&words);
    text_fini(&values);
}

static void add_table(struct text *page)
{
    for (size_t i = 0; i < field_row_count; i++) {
        enum field_layer layer = (enum field_layer)field_rows[i].layer;
        bool last = i + 1 == field_row_count || field_rows[i + 1].layer != layer;
        if (i == 0 || field_rows[i - 1].layer != layer)
            text_add(page, ".Ss %s: %s\n.Bl -tag -width 21n -compact\n", field_layer_name(layer), field_layer_title(layer));
        add_row(page, &field_rows[i]);
        text_add(page, last ? ".El\n" : "");
    }
}

int page_add_fields(struct text *page, const char *source, struct error *error)
{
    struct lines lines = {0};
    size_t places = 0;
    int result = lines_read(&lines, source, error);
    for (size_t i = 0; i < lines.count; i++) {
        bool here = strcmp(lines.at[i], place) == 0;
        places += here;
        if (here)
            add_table(page);
        else
            text_add(page, "%s\n", lines.at[i]);
    }
    lines_fini(&lines);
    if (result == 0 && places != 1)
        result = error_set(error, "%s: expected one line %s, got %zu", source, place, places);
    return result;
}
