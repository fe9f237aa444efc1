/* SPDX-License-Identifier: MIT */
/* manual-make: writes the manual pages that are made from tables, at build time.
 *
 * A page of a predicate comes from the plugin as it was built, the way that aptrace loads it, and from its prose; that of the
 * header fields from their table. So no page can leave out a parameter or a field, or tell another range than the one that is
 * checked. The same input gives the same bytes: no date of the day and no path of the machine is in them.
 *
 * Exit status: 0 written; 1 a table or prose is not as it should be, or a file cannot be read or written. */
#include "tools/manual_make.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "Usage: manual-make predicate PLUGIN TEXT PAGE\n"
    "       manual-make fields SOURCE PAGE\n"
    "\n"
    "Writes a manual page: of a predicate, from its plugin and its prose, or of the header fields, from their table and a page\n"
    "that has a place for it.\n";

static int complain(const struct error *error)
{
    fprintf(stderr, "manual-make: %s\n", error->text);
    return EXIT_FAILURE;
}

static int write_page(const struct text *page, const char *path, struct error *error)
{
    FILE *file = fopen(path, "we");
    if (!file)
        return error_set(error, "%s cannot be written: %s", path, strerror(errno));
    bool written = fwrite(page->bytes, 1, page->length, file) == page->length;
    if (fclose(file) == 0 && written)
        return 0;
    remove(path);
    return error_set(error, "%s could not be written whole", path);
}

static int make(int argc, char **argv, struct text *page, struct error *error)
{
    if (argc == 5 && strcmp(argv[1], "predicate") == 0)
        return page_add_predicate(page, argv[2], argv[3], error);
    if (argc == 4 && strcmp(argv[1], "fields") == 0)
        return page_add_fields(page, argv[2], error);
    return error_set(error, "expected other words\n%s", usage);
}

int main(int argc, char **argv)
{
    struct text page = {0};
    struct error error = {""};
    int result = make(argc, argv, &page, &error);
    if (result == 0)
        result = write_page(&page, argv[argc - 1], &error);
    text_fini(&page);
    return result == 0 ? EXIT_SUCCESS : complain(&error);
}
