/* SPDX-License-Identifier: MIT */
/* report_text_parts.h: the parts of the text report. Each adds whole lines. */
#ifndef REPORT_TEXT_PARTS_H
#define REPORT_TEXT_PARTS_H

#include <stddef.h>

#include "document.h"
#include "text.h"
#include "report_text.h"

#define TEXT_INDENT "      "           /* of all below a heading */
#define TEXT_DEEPER TEXT_INDENT "  "   /* of what belongs to a line of that */
#define TEXT_WIDTH 110                 /* columns up to which two sentences share a line */

/* The heading of one expectation, and below it what a person needs: all of it where it did not pass. */
void text_add_expectation(struct text *text, const struct document *document, const struct document_expectation *expectation,
                          const struct report_style *style);

/* The nearest miss: where it is, what it had instead, field by field, and how many are like it. Goes on with the line at hand,
 * and ends the last one. */
void text_add_nearest(struct text *text, const struct document_expectation *expectation, const struct report_style *style);

/* Columns since the last line break. */
size_t text_column(const struct text *text);

#endif
