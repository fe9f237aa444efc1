/* SPDX-License-Identifier: MIT */
/* verdict.h: judges expectations by the evidence, and writes the document. This is the soundness rule, and the only place
 * that makes verdicts: after the last hole is known (rule 7 of the timing). */
#ifndef VERDICT_H
#define VERDICT_H

#include "document.h"
#include "engine.h"
#include "timeline.h"

/* Fills a zeroed document from a run that is over; the document then stands alone. */
void verdict_write(struct document *document, const struct engine *engine, const struct timeline *timeline);

/* The same of one expectation that has finished, while others may go on. */
void verdict_write_one(struct document *document, const struct engine *engine, const struct timeline *timeline,
                       const struct expectation *expectation);

#endif
