/* SPDX-License-Identifier: MIT */
/* The nearest miss in the text report: the packet that came closest, what was wanted of it over what it had, and a hint.
 *
 * Most failures of a dataplane test are one field: a MAC address whose last byte is another port's, a TTL that nobody took
 * down, a port number in the wrong byte order. A person finds that by comparing two long texts; the report does it for them.
 *
 * The text of the miss stands below the differences: what matched, or rows of bytes, whose columns are kept. How many others
 * missed in the same way is told where it says something: where most did, the nearest already speaks for them. */
#include "report_text_parts.h"

#include <string.h>

#include "report_hint.h"
#include "report_phrase.h"

size_t text_column(const struct text *text)
{
    const char *bytes = text_bytes(text);
    const char *line = strrchr(bytes, '\n');
    return strlen(line ? line + 1 : bytes);
}

static void add_difference(struct text *text, const struct document_expectation *expectation, size_t i, size_t width)
{
    const struct document_difference *difference = &expectation->differences[i];
    struct text hint = {0};
    text_add(text, TEXT_DEEPER "%-*s   wanted ", (int)width, difference->field);
    phrase_add_line(text, difference->wanted);
    text_add(text, "\n" TEXT_DEEPER "%-*s   got    ", (int)width, "");
    phrase_add_line(text, difference->got);
    if (hint_add(&hint, expectation, i))
        text_add(text, "     <- %s", text_bytes(&hint));
    text_add(text, "\n");
    text_fini(&hint);
}

static void add_differences(struct text *text, const struct document_expectation *expectation)
{
    size_t width = 0;
    for (size_t i = 0; i < expectation->difference_count; i++) {
        size_t length = strlen(expectation->differences[i].field);
        width = length > width ? length : width;
    }
    for (size_t i = 0; i < expectation->difference_count; i++)
        add_difference(text, expectation, i, width);
}

static void add_nearest_text(struct text *text, const struct document_expectation *expectation)
{
    const char *bytes = expectation->nearest_text;
    bool inline_text = expectation->difference_count == 0 && !strchr(bytes, '\n') &&
                       text_column(text) + strlen(bytes) < TEXT_WIDTH;
    if (inline_text)
        text_add(text, " ");
    else
        text_add(text, "%s" TEXT_DEEPER, expectation->difference_count == 0 ? "\n" : "");
    phrase_add_visible(text, bytes, "\n" TEXT_DEEPER);
    text_add(text, "\n");
}

static void add_same(struct text *text, const struct document_expectation *expectation, bool verbose)
{
    if (!phrase_tells_same(expectation, verbose))
        return;
    text_add(text, TEXT_INDENT);
    phrase_add_same(text, expectation);
    text_add(text, ".\n");
}

void text_add_nearest(struct text *text, const struct document_expectation *expectation, const struct report_style *style)
{
    bool has_text = expectation->nearest_text && *expectation->nearest_text;
    text_add(text, "Nearest is ");
    phrase_add_packet_at(text, expectation->nearest);
    text_add(text, "%s", has_text || expectation->difference_count > 0 ? ":" : ".\n");
    if (expectation->difference_count > 0) {
        text_add(text, "\n");
        add_differences(text, expectation);
    }
    if (has_text)
        add_nearest_text(text, expectation);
    add_same(text, expectation, style->verbose);
}
