/* SPDX-License-Identifier: MIT */
/* report.h: the four reports of one document, text (core/report_text.h) among them. Each writes the whole of it to a file; -1
 * where that failed. */
#ifndef REPORT_H
#define REPORT_H

#include <stdio.h>

#include "core/report_text.h"

int report_json(FILE *file, const struct document *document, const struct report_style *style);
int report_tap(FILE *file, const struct document *document, const struct report_style *style);
int report_junit(FILE *file, const struct document *document, const struct report_style *style);

#endif
