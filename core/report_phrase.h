/* SPDX-License-Identifier: MIT */
/* report_phrase.h: what the reports for people say in the same words: text, tap and junit.
 *
 * Each function adds to a text, without a line break at the end. Texts that came from a plugin, a capture or a user are
 * made visible: valid UTF-8, and no byte that a terminal or XML 1.0 would take for more than a character. */
#ifndef REPORT_PHRASE_H
#define REPORT_PHRASE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "document.h"
#include "text.h"

/* Control characters become "\x1b"; line breaks become line_break, those at the end are left out. */
void phrase_add_visible(struct text *text, const char *bytes, const char *line_break);

/* The same on one line: line breaks become blanks. */
void phrase_add_line(struct text *text, const char *bytes);

/* Words of a command or a label: those that are very long, as the hex of a packet is, lose their middle. */
void phrase_add_words(struct text *text, const char *words, const char *line_break);

/* "1,204 packets", "1 packet". */
void phrase_add_count(struct text *text, uint64_t count, const char *noun);

/* "1, 2", or "all 12 sources". */
void phrase_add_sources(struct text *text, const struct document *document, const struct document_expectation *expectation);

/* "2#1 (frame 1 of a.pcap)"; and the same with " at +0.000653 s" */
void phrase_add_packet(struct text *text, const struct document_packet *packet);
void phrase_add_packet_at(struct text *text, const struct document_packet *packet);

/* "timed out", "stopped by 2#1 (frame 1 of a.pcap)", "end of trace"; and with the time in front. */
void phrase_add_ending(struct text *text, const struct document *document, const struct document_expectation *expectation);
void phrase_add_finish(struct text *text, const struct document *document, const struct document_expectation *expectation);

/* "window +0 s to +5.000 s": up to where it finished, which is as far as holes matter. */
void phrase_add_window(struct text *text, const struct document_expectation *expectation);

/* "2: 412 packets dropped at capture, +2.113 s to +2.131 s (why)". */
void phrase_add_hole(struct text *text, const struct document *document, const struct document_hole *hole);

/* The value: "18". And "got 18, wanted 21"; "got 18" where any will do. */
void phrase_add_got(struct text *text, const struct document_expectation *expectation);
void phrase_add_value(struct text *text, const struct document_expectation *expectation);

/* Whether it is worth saying how many others missed as the nearest did: not where they are most of the window, unless verbose.
 * "3 others missed by eth.dst too". */
bool phrase_tells_same(const struct document_expectation *expectation, bool verbose);
void phrase_add_same(struct text *text, const struct document_expectation *expectation);

/* "eth.dst: wanted 00:04:00:00:00:02, got 00:04:00:00:00:01 (last byte)": the expectation's difference number i. */
void phrase_add_difference(struct text *text, const struct document_expectation *expectation, size_t i);

/* "it was seen on 3: 3#5 (frame 5 of a.pcap) at +0.100 s". */
void phrase_add_likely(struct text *text, const struct document_likely *likely);

/* Whether the value says more than the explanation does: any but a bool that was expected to be true. */
bool phrase_value_matters(const struct document_expectation *expectation);

/* What came out, for the middle of a sentence: "got 18, wanted 21; the last is 2#7", "none in 1,204 packets". Nothing where
 * there is neither value nor explanation. */
void phrase_add_clause(struct text *text, const struct document_expectation *expectation);

/* One line: why it did not pass. */
void phrase_add_message(struct text *text, const struct document *document, const struct document_expectation *expectation);

/* [may be null] The source by its name. */
const struct document_source *phrase_source(const struct document *document, const char *name);

/* Writes a text that is complete. -1 where that failed. */
int phrase_write(FILE *file, const struct text *text);

#endif
