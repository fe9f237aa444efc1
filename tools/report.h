/* SPDX-License-Identifier: MIT */
/* report.h: the four reports of one document. Each writes the whole of it to a file; -1 where that failed. */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "core/document.h"

struct report_style {
    bool colour;  /* escape sequences around the verdict words */
    bool quiet;   /* text: what did not pass, and the closing line */
    bool verbose; /* text: citations, notes and windows of passes too; also how many missed as the nearest did, if that is most */
};

int report_text(FILE *file, const struct document *document, const struct report_style *style);
int report_json(FILE *file, const struct document *document, const struct report_style *style);
int report_tap(FILE *file, const struct document *document, const struct report_style *style);
int report_junit(FILE *file, const struct document *document, const struct report_style *style);

#endif
