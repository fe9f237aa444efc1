/* SPDX-License-Identifier: MIT */
/* report_hint.h: what can be seen of a difference between what was wanted and what was got. */
#ifndef REPORT_HINT_H
#define REPORT_HINT_H

#include <stdbool.h>
#include <stddef.h>

#include "document.h"
#include "text.h"

/* Adds what the expectation's difference number i shows ("last byte"), or a cause that fits it, marked "likely". False, and adds
 * nothing, where nothing is known of it. */
bool hint_add(struct text *text, const struct document_expectation *expectation, size_t i);

#endif
