/* SPDX-License-Identifier: MIT */
/* The names that holes have in the verdict document.
 *
 * A document of a live run and of its replay must be the same to the byte, and people search them for these words: so the
 * names are fixed here, once, and a name never changes its meaning. They are the words of a person, not the constants of
 * the code. A kind that is not listed is a defect of the caller; it reads "unknown" rather than ending the run that was
 * about to tell what went wrong. */
#include "hole.h"

#include <stddef.h>

static const char *const names[] = {
    [HOLE_DROP] = "drop",
    [HOLE_LINK] = "link",
    [HOLE_GONE] = "gone",
    [HOLE_UNACCOUNTED] = "unaccounted",
    [HOLE_LATE] = "late",
    [HOLE_CUT_SHORT] = "cut short",
    [HOLE_CORRUPT] = "corrupt",
    [HOLE_END] = "end",
    [HOLE_INTERRUPTED] = "interrupted",
    [HOLE_COMMAND] = "command",
    [HOLE_UNSEEN] = "unseen",
};

const char *hole_kind_name(enum hole_kind kind)
{
    size_t index = (size_t)kind;
    if (index >= sizeof names / sizeof *names || !names[index])
        return "unknown";
    return names[index];
}
