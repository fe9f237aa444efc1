/* SPDX-License-Identifier: MIT */
/* manual_make.h: what the parts of manual-make share. A page is a text that grows; what goes wrong is told with file and line. */
#ifndef MANUAL_MAKE_H
#define MANUAL_MAKE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"
#include "core/text.h"

/* ---- manual_make_roff.c: words as mdoc(7) has them ---- */

void roff_add_prose(struct text *page, const char *words);                 /* lines of text, a sentence on each */
void roff_add_literal(struct text *page, const char *line);                /* one line of a literal display */
void roff_add_argument(struct text *page, const char *words);              /* of a macro that is open */

/* ---- manual_make_prose.c: what a person wrote ---- */

/* The lines of a file, without their ends. Zero it; it owns them until lines_fini(). */
struct lines {
    const char *path; /* borrowed, for messages */
    char **at;
    size_t count, capacity;
};

int lines_read(struct lines *lines, const char *path, struct error *error);
void lines_fini(struct lines *lines);

/* Whether plugins/NAME.text is in its form: the sections DESCRIPTION and EXAMPLES, none else, none empty. */
int prose_check(const struct lines *lines, struct error *error);
void prose_add(struct text *page, const struct lines *lines, const char *title); /* a section, its heading too */
bool prose_mentions(const struct lines *lines, const char *title, const char *name); /* as a word of that section */

/* ---- The pages ---- */

/* manual_make_predicate.c: of a plugin, by its name or path; prose: the path of its text. */
int page_add_predicate(struct text *page, const char *plugin, const char *prose, struct error *error);

/* manual_make_fields.c: a page that is written by hand, with the table of fields where the line ".\" THE FIELDS" stands. */
int page_add_fields(struct text *page, const char *source, struct error *error);

#endif
