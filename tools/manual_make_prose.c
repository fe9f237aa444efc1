/* SPDX-License-Identifier: MIT */
/* A predicate's prose, plugins/NAME.text: what its table cannot say, in the plainest form that a person can write.
 *
 *     DESCRIPTION                       a heading is a line of capitals
 *     Text of a paragraph, which        paragraphs end at an empty line
 *     goes on here.
 *
 *         an indented line              is shown as it stands
 *
 *     EXAMPLES
 *         aptrace --replay ...          a command, from the top of the source tree
 *         PASS                          what it prints first
 *
 * Anything else is refused with its line, so that no paragraph is lost from a page in silence. */
#include "tools/manual_make.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

/* ---- Lines ---- */

int lines_read(struct lines *lines, const char *path, struct error *error)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    lines->path = path;
    if (!file)
        return error_set(error, "%s: %s", path, strerror(errno));
    while (getline(&line, &room, file) >= 0) {
        lines->at = memory_grow(lines->at, &lines->capacity, lines->count, sizeof *lines->at);
        lines->at[lines->count++] = memory_text_of(line, strcspn(line, "\n"));
    }
    int failed = ferror(file);
    free(line);
    fclose(file);
    return failed ? error_set(error, "%s: it cannot be read", path) : 0;
}

void lines_fini(struct lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        free(lines->at[i]);
    free(lines->at);
    *lines = (struct lines){0};
}

/* ---- Form ---- */

static const char *const titles[] = {"DESCRIPTION", "EXAMPLES"};
enum { TITLES = sizeof titles / sizeof *titles };

static bool is_heading(const char *line)
{
    return line[0] != '\0' && line[0] != ' ' && strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZ ") == strlen(line);
}

static bool is_empty(const char *line)
{
    return line[strspn(line, " ")] == '\0';
}

static size_t skip_empty(const struct lines *lines, size_t at)
{
    while (at < lines->count && is_empty(lines->at[at]))
        at++;
    return at;
}

/* The first line of a section, behind its heading; count: there is none. */
static size_t find_section(const struct lines *lines, const char *title)
{
    size_t i = 0;
    while (i < lines->count && strcmp(lines->at[i], title) != 0)
        i++;
    return i < lines->count ? i + 1 : i;
}

static int check_heading(const struct lines *lines, size_t index, struct error *error)
{
    const char *heading = lines->at[index];
    for (size_t i = 0; i < TITLES; i++) {
        if (strcmp(heading, titles[i]) == 0 && find_section(lines, heading) == index + 1)
            return 0;
    }
    return error_set(error,
                     "%s:%zu: expected one DESCRIPTION and one EXAMPLES, got the heading %s; if it is none, do not leave it "
                     "alone on a line in capitals",
                     lines->path, index + 1, heading);
}

static int check_section(const struct lines *lines, const char *title, struct error *error)
{
    size_t i = skip_empty(lines, find_section(lines, title));
    if (i == lines->count || is_heading(lines->at[i]))
        return error_set(error, "%s: expected a section %s with text in it, got none", lines->path, title);
    return 0;
}

int prose_check(const struct lines *lines, struct error *error)
{
    for (size_t i = 0; i < lines->count; i++) {
        if (i == 0 && !is_heading(lines->at[i]))
            return error_set(error, "%s:1: expected a heading, got \"%s\"", lines->path, lines->at[i]);
        if (strchr(lines->at[i], '\t'))
            return error_set(error, "%s:%zu: expected blanks, got a tab", lines->path, i + 1);
        if (is_heading(lines->at[i]) && check_heading(lines, i, error) != 0)
            return -1;
    }
    for (size_t i = 0; i < TITLES; i++) {
        if (check_section(lines, titles[i], error) != 0)
            return -1;
    }
    return 0;
}

/* ---- Blocks: a paragraph or a display. Each answers the line behind it. ---- */

static bool in_paragraph(const struct lines *lines, size_t at)
{
    return at < lines->count && !is_empty(lines->at[at]) && lines->at[at][0] != ' ' && !is_heading(lines->at[at]);
}

static size_t add_paragraph(struct text *page, const struct lines *lines, size_t at)
{
    struct text words = {0};
    for (; in_paragraph(lines, at); at++)
        text_add(&words, "%s\n", lines->at[at]);
    roff_add_prose(page, text_bytes(&words));
    text_fini(&words);
    return at;
}

static bool in_display(const struct lines *lines, size_t at)
{
    return at < lines->count && lines->at[at][0] == ' ' && !is_empty(lines->at[at]);
}

static size_t add_display(struct text *page, const struct lines *lines, size_t at)
{
    size_t indent = strspn(lines->at[at], " ");
    text_add(page, ".Bd -literal -offset indent\n");
    for (; in_display(lines, at); at++) {
        size_t own = strspn(lines->at[at], " ");
        roff_add_literal(page, lines->at[at] + (own < indent ? own : indent));
    }
    text_add(page, ".Ed\n");
    return at;
}

void prose_add(struct text *page, const struct lines *lines, const char *title)
{
    const char *separator = "";
    text_add(page, ".Sh %s\n", title);
    for (size_t at = skip_empty(lines, find_section(lines, title)); at < lines->count && !is_heading(lines->at[at]);
         at = skip_empty(lines, at)) {
        if (in_display(lines, at)) {
            at = add_display(page, lines, at);
        } else {
            text_add(page, "%s", separator);
            at = add_paragraph(page, lines, at);
        }
        separator = ".Pp\n";
    }
}

/* ---- Words ----------------------------------------------------------------------------------------------------------------- */

static bool is_name(char byte)
{
    return byte == '_' || isalnum((unsigned char)byte);
}

static bool line_mentions(const char *line, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = strstr(line, name); at; at = strstr(at + 1, name)) {
        if ((at == line || !is_name(at[-1])) && !is_name(at[length]))
            return true;
    }
    return false;
}

bool prose_mentions(const struct lines *lines, const char *title, const char *name)
{
    size_t at = find_section(lines, title);
    while (at < lines->count && !is_heading(lines->at[at]) && !line_mentions(lines->at[at], name))
        at++;
    return at < lines->count && !is_heading(lines->at[at]);
}
