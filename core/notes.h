/* SPDX-License-Identifier: MIT */
/* notes.h: what a person should know of a run beyond its verdicts: oddities of the traces, directions that they do not tell,
 * expectations that are alike. */
#ifndef NOTES_H
#define NOTES_H

#include "document.h"
#include "expectation.h"
#include "timeline.h"

void notes_write(struct document *document, const struct timeline *timeline, struct expectation *const *expectations, size_t count);

#endif
