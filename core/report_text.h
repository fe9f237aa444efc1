/* SPDX-License-Identifier: MIT */
/* report_text.h: a document as text for a person. The other reports are the command's (tools/report.h). */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "document.h"

struct report_style {
    bool colour;  /* escape sequences around the verdict words */
    bool quiet;   /* text: what did not pass, and the closing line */
    bool verbose; /* text: citations, notes and windows of passes too; also how many missed as the nearest did, if that is most */
};

/* Writes the whole of it to a file; -1 where that failed. */
int report_text(FILE *file, const struct document *document, const struct report_style *style);

#endif
