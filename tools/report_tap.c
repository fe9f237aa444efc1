/* SPDX-License-Identifier: MIT */
/* The tap report: Test Anything Protocol, version 14 (testanything.org/tap-version-14-specification.html).
 *
 * One test point an expectation. TAP knows two outcomes: what is inconclusive or in error is "not ok", never TODO or SKIP,
 * which harnesses count as good, and its description ends in that word. A "#" would begin a directive and a backslash an
 * escape, so both are escaped in descriptions.
 *
 * What did not pass is followed by a YAML block, indented by two. Its texts are all double-quoted scalars (YAML 1.2 section
 * 7.3.1), of one line each, so that nothing in a text can be taken for syntax. */
#include "report.h"

#include <string.h>

#include "core/report_phrase.h"

static void add_description(struct text *text, const char *label)
{
    struct text line = {0};
    phrase_add_line(&line, label);
    for (const char *c = text_bytes(&line); *c; c++) {
        if (*c == '#' || *c == '\\')
            text_add_bytes(text, "\\", 1);
        text_add_bytes(text, c, 1);
    }
    text_fini(&line);
}

/* value: visible already, but for line breaks, which are escaped. Fini's it. */
static void add_quoted(struct text *text, struct text *value)
{
    text_add(text, "\"");
    for (const char *c = text_bytes(value); *c; c++) {
        if (*c == '\n') {
            text_add(text, "\\n");
            continue;
        }
        if (*c == '"' || *c == '\\')
            text_add_bytes(text, "\\", 1);
        text_add_bytes(text, c, 1);
    }
    text_add(text, "\"\n");
    text_fini(value);
}

static void add_pair(struct text *text, const char *key, const char *bytes)
{
    struct text value = {0};
    phrase_add_line(&value, bytes);
    text_add(text, "  %s: ", key);
    add_quoted(text, &value);
}

static void add_message(struct text *text, const struct document *document, const struct document_expectation *expectation)
{
    struct text value = {0};
    phrase_add_message(&value, document, expectation);
    text_add(text, "  message: ");
    add_quoted(text, &value);
}

static void add_got(struct text *text, const struct document_expectation *expectation)
{
    struct text value = {0};
    if (!expectation->has_value) {
        text_add(text, "  got: ~\n");
        return;
    }
    phrase_add_got(&value, expectation);
    text_add(text, "  got: ");
    add_quoted(text, &value);
}

static void add_at(struct text *text, const struct document *document, const struct document_expectation *expectation)
{
    struct text value = {0};
    phrase_add_finish(&value, document, expectation);
    text_add(text, "  at: ");
    add_quoted(text, &value);
}

/* An entry of a list; the first has the list's key above it. Mappings, for the reader of perl's TAP::Parser takes a quoted text
 * with a colon in a list for one. Fini's the value. */
static void add_entry(struct text *text, const char *key, size_t i, struct text *value)
{
    if (i == 0)
        text_add(text, "  %s:\n", key);
    text_add(text, "    - text: ");
    add_quoted(text, value);
}

/* Text of several lines begins on its own, so that its columns stand. */
static void add_nearest_packet(struct text *text, const struct document_expectation *expectation)
{
    const char *bytes = expectation->nearest_text;
    struct text value = {0};
    phrase_add_packet_at(&value, expectation->nearest);
    if (bytes && *bytes) {
        text_add(&value, strchr(bytes, '\n') ? ":\n" : ": ");
        phrase_add_visible(&value, bytes, "\n");
    }
    text_add(text, "  nearest: ");
    add_quoted(text, &value);
}

static void add_nearest(struct text *text, const struct document_expectation *expectation, const struct report_style *style)
{
    struct text same = {0};
    if (!expectation->nearest)
        return;
    add_nearest_packet(text, expectation);
    for (size_t i = 0; i < expectation->difference_count; i++) {
        struct text value = {0};
        phrase_add_difference(&value, expectation, i);
        add_entry(text, "differences", i, &value);
    }
    if (!phrase_tells_same(expectation, style->verbose))
        return;
    phrase_add_same(&same, expectation);
    text_add(text, "  same: ");
    add_quoted(text, &same);
}

static void add_likely(struct text *text, const struct document_expectation *expectation)
{
    for (size_t i = 0; i < expectation->likely_count; i++) {
        struct text value = {0};
        phrase_add_likely(&value, &expectation->likely[i]);
        add_entry(text, "likely", i, &value);
    }
}

static void add_holes(struct text *text, const struct document *document, const struct document_expectation *expectation)
{
    for (size_t i = 0; i < expectation->hole_count; i++) {
        struct text value = {0};
        phrase_add_hole(&value, document, &expectation->holes[i]);
        add_entry(text, "holes", i, &value);
    }
}

static void add_diagnostics(struct text *text, const struct document *document, const struct document_expectation *expectation,
                            const struct report_style *style)
{
    text_add(text, "  ---\n");
    add_message(text, document, expectation);
    text_add(text, "  verdict: %s\n", verdict_name(expectation->verdict));
    add_pair(text, "asked", expectation->words && *expectation->words ? expectation->words : expectation->plugin);
    add_pair(text, "expected", expectation->expected);
    add_got(text, expectation);
    add_at(text, document, expectation);
    add_nearest(text, expectation, style);
    add_likely(text, expectation);
    add_holes(text, document, expectation);
    text_add(text, "  ...\n");
}

static void add_test_point(struct text *text, const struct document *document, size_t i, const struct report_style *style)
{
    const struct document_expectation *expectation = &document->expectations[i];
    bool passed = expectation->verdict == VERDICT_PASS;
    text_add(text, "%sok %zu - ", passed ? "" : "not ", i + 1);
    add_description(text, expectation->label);
    if (!passed && expectation->verdict != VERDICT_FAIL)
        text_add(text, " \\# %s", verdict_name(expectation->verdict));
    text_add(text, "\n");
    if (!passed)
        add_diagnostics(text, document, expectation, style);
}

int report_tap(FILE *file, const struct document *document, const struct report_style *style)
{
    struct text text = {0};
    int result;
    text_add(&text, "TAP version 14\n1..%zu\n", document->expectation_count);
    for (size_t i = 0; i < document->expectation_count; i++)
        add_test_point(&text, document, i, style);
    if (document->has_command && document->command_status != 0)
        text_add(&text, "# the command failed with status %d\n", document->command_status);
    result = phrase_write(file, &text);
    text_fini(&text);
    return result;
}
