/* SPDX-License-Identifier: MIT */
/* One expectation in the text report.
 *
 *   VERDICT  label   on sources   what it yielded   when and how it ended
 *         what was asked, as it was typed
 *         wanted over got, the predicate's explanation, the nearest miss, the evidence
 *
 * The verdict's word comes first, and colour only repeats it: the report reads the same in a log. A pass takes its heading
 * alone. What did not pass says what was asked, for the heading may bear a name that somebody chose months ago. What is
 * inconclusive says why in terms of the evidence, for the value alone would mislead. */
#include "report_text_parts.h"

#include <string.h>

#include "report_phrase.h"

enum { NEAREST_ROOM = 40 }; /* columns that "Nearest is ..." takes at least */

struct verdict_look { const char *word, *colour; };

static const struct verdict_look looks[] = {
    [VERDICT_PASS] = {"PASS", "\033[32m"},
    [VERDICT_FAIL] = {"FAIL", "\033[31m"},
    [VERDICT_INCONCLUSIVE] = {"INCONCLUSIVE", "\033[33m"},
    [VERDICT_ERROR] = {"ERROR", "\033[31m"},
};

static void add_verdict(struct text *text, enum verdict verdict, bool colour)
{
    const struct verdict_look *look = &looks[verdict];
    if (colour)
        text_add(text, "%s%s\033[0m", look->colour, look->word);
    else
        text_add(text, "%s", look->word);
}

/* A value that is what was expected to the letter need not be told twice. */
static void add_passed_value(struct text *text, const struct document_expectation *expectation)
{
    struct text value = {0};
    phrase_add_got(&value, expectation);
    if (strcmp(text_bytes(&value), expectation->expected) == 0)
        text_add(text, "got %s", text_bytes(&value));
    else
        phrase_add_value(text, expectation);
    text_fini(&value);
}

static void add_heading(struct text *text, const struct document *document, const struct document_expectation *expectation,
                        const struct report_style *style)
{
    add_verdict(text, expectation->verdict, style->colour);
    text_add(text, "  ");
    phrase_add_words(text, expectation->title ? expectation->title : expectation->label, " ");
    text_add(text, "   on ");
    phrase_add_sources(text, document, expectation);
    text_add(text, "   ");
    if (expectation->verdict == VERDICT_PASS && phrase_value_matters(expectation)) {
        add_passed_value(text, expectation);
        text_add(text, "   ");
    }
    if (expectation->verdict == VERDICT_INCONCLUSIVE && expectation->has_opens) {
        phrase_add_window(text, expectation);
        if (strcmp(expectation->reason, "timed out") != 0) {
            text_add(text, ", ");
            phrase_add_ending(text, document, expectation);
        }
    } else {
        phrase_add_finish(text, document, expectation);
    }
    text_add(text, "\n");
}

static void add_words(struct text *text, const struct document_expectation *expectation)
{
    const char *words = expectation->words && *expectation->words ? expectation->words : expectation->plugin;
    phrase_add_words(text, words, "\n" TEXT_INDENT);
}

/* A label that nobody gave is made of these very words. */
static void add_words_line(struct text *text, const struct document_expectation *expectation)
{
    if (!expectation->named)
        return;
    text_add(text, TEXT_INDENT);
    add_words(text, expectation);
    text_add(text, "\n");
}

static void add_wanted_over_got(struct text *text, const struct document_expectation *expectation)
{
    bool alone = !expectation->explanation && !expectation->nearest;
    if (!expectation->has_value || !(alone || phrase_value_matters(expectation)))
        return;
    text_add(text, TEXT_INDENT "wanted ");
    phrase_add_line(text, expectation->expected);
    text_add(text, "\n" TEXT_INDENT "got    ");
    phrase_add_got(text, expectation);
    text_add(text, "\n");
}

/* What the window never held cannot have matched: then the fault lies with what was asked, or before the capture point. */
static void add_empty_window(struct text *text, const struct document *document, const struct document_expectation *expectation)
{
    uint64_t read = 0;
    for (size_t i = 0; i < expectation->on_count; i++) {
        const struct document_source *source = phrase_source(document, expectation->on[i]);
        read += source ? source->packets : 0;
    }
    text_add(text, TEXT_INDENT "Looked at: %s", read > 0 ? "0 of the " : "none; there were ");
    phrase_add_count(text, read, "packet");
    text_add(text, " read from ");
    phrase_add_sources(text, document, expectation);
    if (read > 0) {
        text_add(text, " (");
        phrase_add_window(text, expectation);
        text_add(text, ", direction %s%s", expectation->direction, expectation->filter ? ", filter " : "");
        phrase_add_line(text, expectation->filter ? expectation->filter : "");
        text_add(text, ")");
    }
    text_add(text, ".\n");
}

static void add_explanation(struct text *text, const struct document_expectation *expectation)
{
    if (!expectation->explanation)
        return;
    text_add(text, TEXT_INDENT);
    phrase_add_visible(text, expectation->explanation, "\n" TEXT_INDENT);
    text_add(text, "\n");
}

/* The nearest miss goes on with the explanation's line where there is room. */
static void add_explanation_and_nearest(struct text *text, const struct document_expectation *expectation,
                                        const struct report_style *style)
{
    const char *bytes = expectation->explanation;
    if (!bytes || !expectation->nearest || strchr(bytes, '\n') || strlen(bytes) > TEXT_WIDTH - NEAREST_ROOM) {
        add_explanation(text, expectation);
        text_add(text, "%s", expectation->nearest ? TEXT_INDENT : "");
    } else {
        text_add(text, TEXT_INDENT);
        phrase_add_line(text, bytes);
        text_add(text, "%s", strchr(".!?", text_bytes(text)[text->length - 1]) ? " " : ". ");
    }
    if (expectation->nearest)
        text_add_nearest(text, expectation, style);
}

static void add_likely(struct text *text, const struct document_expectation *expectation)
{
    for (size_t i = 0; i < expectation->likely_count; i++) {
        text_add(text, TEXT_INDENT "Likely: ");
        phrase_add_likely(text, &expectation->likely[i]);
        text_add(text, ".\n");
    }
}

static void add_cited(struct text *text, const struct document_expectation *expectation)
{
    for (size_t i = 0; i < expectation->cited_count; i++) {
        text_add(text, TEXT_INDENT "%s", i == 0 ? "Evidence: " : "          ");
        phrase_add_packet_at(text, &expectation->cited[i]);
        text_add(text, "\n");
    }
}

static void add_holes(struct text *text, const struct document *document, const struct document_expectation *expectation)
{
    for (size_t i = 0; i < expectation->hole_count; i++) {
        text_add(text, TEXT_DEEPER);
        phrase_add_hole(text, document, &expectation->holes[i]);
        text_add(text, "\n");
    }
}

/* What would have kept the evidence whole, where the user can do it. */
static void add_remedy(struct text *text, const struct document *document, const struct document_expectation *expectation)
{
    for (size_t i = 0; i < expectation->hole_count; i++) {
        const struct document_source *source = phrase_source(document, expectation->holes[i].source);
        if (source && !source->file && strcmp(expectation->holes[i].kind, "drop") == 0) {
            text_add(text, TEXT_INDENT "Rerun with a larger --buffer.\n");
            return;
        }
    }
}

static void add_evidence_has(struct text *text, size_t hole_count)
{
    text_add(text, "the evidence has ");
    if (hole_count == 1)
        text_add(text, "a hole:\n");
    else
        text_add(text, "%zu holes:\n", hole_count);
}

/* "words: what came out, but", on one line where that fits; else false, and nothing is added. */
static bool add_short_finding(struct text *text, const struct document_expectation *expectation)
{
    struct text line = {0};
    bool fits;
    if (expectation->explanation && strchr(expectation->explanation, '\n'))
        return false;
    text_add(&line, TEXT_INDENT);
    if (expectation->named) {
        add_words(&line, expectation);
        text_add(&line, ": ");
    }
    phrase_add_clause(&line, expectation);
    fits = line.length < TEXT_WIDTH - strlen(", but the evidence has a hole:");
    if (fits)
        text_add(text, "%s, but ", text_bytes(&line));
    text_fini(&line);
    return fits;
}

static void add_inconclusive(struct text *text, const struct document *document, const struct document_expectation *expectation,
                             const struct report_style *style)
{
    bool said = (expectation->has_value || expectation->explanation) && add_short_finding(text, expectation);
    if (!said) {
        add_words_line(text, expectation);
        add_wanted_over_got(text, expectation);
        add_explanation_and_nearest(text, expectation, style);
        text_add(text, TEXT_INDENT "But ");
    }
    add_evidence_has(text, expectation->hole_count);
    add_holes(text, document, expectation);
    if (said && expectation->nearest) {
        text_add(text, TEXT_INDENT);
        text_add_nearest(text, expectation, style);
    }
    add_likely(text, expectation);
    add_remedy(text, document, expectation);
}

/* A stop may stand although packets are missing: what was seen was seen. */
static void add_survived_holes(struct text *text, const struct document *document, const struct document_expectation *expectation)
{
    if (expectation->hole_count == 0)
        return;
    text_add(text, TEXT_INDENT "This stands, although ");
    add_evidence_has(text, expectation->hole_count);
    add_holes(text, document, expectation);
}

static void add_failure(struct text *text, const struct document *document, const struct document_expectation *expectation,
                        const struct report_style *style)
{
    add_words_line(text, expectation);
    if (!expectation->has_opens)
        return;
    add_wanted_over_got(text, expectation);
    add_explanation_and_nearest(text, expectation, style);
    if (expectation->packets == 0)
        add_empty_window(text, document, expectation);
    add_likely(text, expectation);
    add_survived_holes(text, document, expectation);
}

static void add_error(struct text *text, const struct document_expectation *expectation)
{
    add_words_line(text, expectation);
    add_explanation(text, expectation);
}

static void add_pass(struct text *text, const struct document *document, const struct document_expectation *expectation)
{
    add_words_line(text, expectation);
    add_explanation(text, expectation);
    add_survived_holes(text, document, expectation);
}

static void add_verbose_window(struct text *text, const struct document_expectation *expectation)
{
    if (!expectation->has_opens)
        return;
    text_add(text, TEXT_INDENT);
    phrase_add_window(text, expectation);
    text_add(text, ", ");
    phrase_add_count(text, expectation->packets, "packet");
    text_add(text, ", direction %s\n", expectation->direction);
}

void text_add_expectation(struct text *text, const struct document *document, const struct document_expectation *expectation,
                          const struct report_style *style)
{
    bool passed = expectation->verdict == VERDICT_PASS;
    if (passed && style->quiet)
        return;
    add_heading(text, document, expectation, style);
    if (passed && !style->verbose)
        return;
    if (passed)
        add_pass(text, document, expectation);
    else if (expectation->verdict == VERDICT_ERROR)
        add_error(text, expectation);
    else if (expectation->verdict == VERDICT_INCONCLUSIVE && expectation->hole_count > 0)
        add_inconclusive(text, document, expectation, style);
    else
        add_failure(text, document, expectation, style);
    add_cited(text, expectation);
    if (style->verbose)
        add_verbose_window(text, expectation);
}
