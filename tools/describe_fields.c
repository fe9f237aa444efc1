/* SPDX-License-Identifier: MIT */
/* --describe fields: the table of header fields for a terminal, a line each. It is the same table that predicates' keys are
 * looked up in; what can be written for a value is told in aptrace-fields(7). */
#include "tools/describe.h"

#include <string.h>

#include "tools/plugin_words.h"

static size_t widest_name(void)
{
    size_t width = 0;
    for (size_t i = 0; i < field_row_count; i++)
        width = strlen(field_rows[i].name) > width ? strlen(field_rows[i].name) : width;
    return width;
}

static void describe_row(FILE *file, const struct field_row *row, size_t width)
{
    struct text kind = {0};
    words_add_field_kind(&kind, row);
    fprintf(file, "  %-*s  %-12s  %s", (int)width, row->name, text_bytes(&kind), row->help);
    if (row->aliases)
        fprintf(file, " (also %s)", row->aliases);
    fprintf(file, "\n");
    text_fini(&kind);
}

int describe_fields(FILE *file, struct error *error)
{
    size_t width = widest_name();
    fprintf(file, "Header fields: KEY=VALUE or KEY!=VALUE of predicates that look for packets. Each may be left out.\n"
                  "Values: V, A..B, V,V, V/MASK, any, none. inner.KEY: inside a tunnel. KEY#2: of the second such header.\n"
                  "Bytes of a layer: LAYER@OFFSET:LENGTH=HEX. aptrace-fields(7) tells all of it.\n");
    for (size_t i = 0; i < field_row_count; i++) {
        if (i == 0 || field_rows[i].layer != field_rows[i - 1].layer)
            fprintf(file, "\n%s\n", field_layer_title((enum field_layer)field_rows[i].layer));
        describe_row(file, &field_rows[i], width);
    }
    return fflush(file) == 0 ? 0 : error_set(error, "standard output cannot be written");
}
