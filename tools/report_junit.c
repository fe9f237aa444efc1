/* SPDX-License-Identifier: MIT */
/* The junit report: the XML that CI servers read. There is no standard; this is the part on which Jenkins, GitLab and
 * GitHub's readers agree: testsuites, testsuite, testcase with failure or error, system-out, in that order.
 *
 * A fail is a failure. What is inconclusive or in error is an error: the test could not tell. Times are event time, from
 * when a window opened to when it finished; there is no time of day, so that one trace always gives the same file.
 *
 * Mini-XML escapes; it wraps lines, which would put blanks into texts, so wrapping is off. Characters that XML 1.0 cannot
 * hold are made visible before (report_phrase.h). */
#include "report.h"

#include <stdlib.h>
#include <string.h>

#include <mxml.h>

#include "core/report_phrase.h"

static void set_text(mxml_node_t *node, const char *name, struct text *value)
{
    mxmlElementSetAttr(node, name, text_bytes(value));
    text_fini(value);
}

static void set_line(mxml_node_t *node, const char *name, const char *bytes)
{
    struct text value = {0};
    phrase_add_line(&value, bytes);
    set_text(node, name, &value);
}

/* "0.430000000": seconds. */
static void set_seconds(mxml_node_t *node, int64_t time_ns)
{
    struct text value = {0};
    uint64_t length_ns = time_ns < 0 ? 0 : (uint64_t)time_ns;
    text_add(&value, "%llu.%09llu", (unsigned long long)(length_ns / 1000000000), (unsigned long long)(length_ns % 1000000000));
    set_text(node, "time", &value);
}

static size_t count_verdicts(const struct document *document, enum verdict from, enum verdict to)
{
    size_t count = 0;
    for (size_t i = 0; i < document->expectation_count; i++)
        count += document->expectations[i].verdict >= from && document->expectations[i].verdict <= to;
    return count;
}

static void set_counts(mxml_node_t *node, const struct document *document)
{
    mxmlElementSetAttrf(node, "tests", "%zu", document->expectation_count);
    mxmlElementSetAttrf(node, "failures", "%zu", count_verdicts(document, VERDICT_FAIL, VERDICT_FAIL));
    mxmlElementSetAttrf(node, "errors", "%zu", count_verdicts(document, VERDICT_INCONCLUSIVE, VERDICT_ERROR));
    set_seconds(node, document->end_ns);
}

static void add_nearest(struct text *text, const struct document_expectation *expectation, const struct report_style *style)
{
    const char *bytes = expectation->nearest_text;
    bool more = expectation->difference_count > 0 || (bytes && *bytes);
    if (!expectation->nearest)
        return;
    text_add(text, "nearest: ");
    phrase_add_packet_at(text, expectation->nearest);
    text_add(text, more ? ":\n" : "\n");
    for (size_t i = 0; i < expectation->difference_count; i++) {
        text_add(text, "  ");
        phrase_add_difference(text, expectation, i);
        text_add(text, "\n");
    }
    if (bytes && *bytes) {
        text_add(text, "  ");
        phrase_add_visible(text, bytes, "\n  ");
        text_add(text, "\n");
    }
    if (phrase_tells_same(expectation, style->verbose)) {
        text_add(text, "  ");
        phrase_add_same(text, expectation);
        text_add(text, "\n");
    }
}

static void add_likely(struct text *text, const struct document_expectation *expectation)
{
    for (size_t i = 0; i < expectation->likely_count; i++) {
        text_add(text, "likely: ");
        phrase_add_likely(text, &expectation->likely[i]);
        text_add(text, "\n");
    }
}

static void add_details(mxml_node_t *node, const struct document *document, const struct document_expectation *expectation,
                        const struct report_style *style)
{
    struct text text = {0};
    phrase_add_line(&text, expectation->words && *expectation->words ? expectation->words : expectation->plugin);
    text_add(&text, "\non ");
    phrase_add_sources(&text, document, expectation);
    text_add(&text, ", ");
    phrase_add_finish(&text, document, expectation);
    text_add(&text, "\n");
    if (expectation->explanation) {
        phrase_add_visible(&text, expectation->explanation, "\n");
        text_add(&text, "\n");
    }
    add_nearest(&text, expectation, style);
    add_likely(&text, expectation);
    for (size_t i = 0; i < expectation->hole_count; i++) {
        text_add(&text, "hole in the evidence: ");
        phrase_add_hole(&text, document, &expectation->holes[i]);
        text_add(&text, "\n");
    }
    mxmlNewOpaque(node, text_bytes(&text));
    text_fini(&text);
}

static void add_problem(mxml_node_t *testcase, const struct document *document, const struct document_expectation *expectation,
                        const struct report_style *style)
{
    struct text message = {0};
    mxml_node_t *problem = mxmlNewElement(testcase, expectation->verdict == VERDICT_FAIL ? "failure" : "error");
    phrase_add_message(&message, document, expectation);
    set_text(problem, "message", &message);
    mxmlElementSetAttr(problem, "type", verdict_name(expectation->verdict));
    add_details(problem, document, expectation, style);
}

static void add_testcase(mxml_node_t *suite, const struct document *document, const struct document_expectation *expectation,
                         const struct report_style *style)
{
    struct text value = {0};
    mxml_node_t *testcase = mxmlNewElement(suite, "testcase");
    set_line(testcase, "name", expectation->label);
    set_line(testcase, "classname", expectation->plugin);
    set_seconds(testcase, expectation->has_opens ? expectation->finish_ns - expectation->opens_ns : 0);
    if (expectation->verdict != VERDICT_PASS)
        add_problem(testcase, document, expectation, style);
    if (!expectation->has_value)
        return;
    phrase_add_value(&value, expectation);
    mxmlNewOpaque(mxmlNewElement(testcase, "system-out"), text_bytes(&value));
    text_fini(&value);
}

/* Mini-XML asks what to write around each tag. An element of elements takes a line for each tag; one of text stays as it is,
 * for a line break in it would be part of the text. */
static const char *white_space(mxml_node_t *node, int where)
{
    const char *name = mxmlGetElement(node);
    mxml_node_t *child = mxmlGetFirstChild(node);
    bool of_text = child && mxmlGetType(child) == MXML_OPAQUE;
    if (where == MXML_WS_AFTER_OPEN)
        return of_text ? NULL : "\n";
    if (where == MXML_WS_AFTER_CLOSE)
        return "\n";
    if (where == MXML_WS_BEFORE_CLOSE && of_text)
        return NULL;
    if (strcmp(name, "testcase") == 0)
        return "    ";
    if (strcmp(name, "testsuite") == 0)
        return "  ";
    return strcmp(name, "testsuites") == 0 || strncmp(name, "?xml", 4) == 0 ? NULL : "      ";
}

static mxml_node_t *new_report(const struct document *document, const struct report_style *style)
{
    mxml_node_t *xml = mxmlNewXML("1.0");
    mxml_node_t *suites = mxmlNewElement(xml, "testsuites");
    mxml_node_t *suite = mxmlNewElement(suites, "testsuite");
    mxmlElementSetAttr(suites, "name", "aptrace");
    set_counts(suites, document);
    mxmlElementSetAttr(suite, "name", "aptrace");
    set_counts(suite, document);
    for (size_t i = 0; i < document->expectation_count; i++)
        add_testcase(suite, document, &document->expectations[i], style);
    if (document->has_command && document->command_status != 0)
        mxmlNewOpaquef(mxmlNewElement(suite, "system-err"), "the command failed with status %d", document->command_status);
    return xml;
}

int report_junit(FILE *file, const struct document *document, const struct report_style *style)
{
    mxml_node_t *xml = new_report(document, style);
    char *bytes;
    mxmlSetWrapMargin(0);
    bytes = mxmlSaveAllocString(xml, white_space);
    if (bytes)
        fputs(bytes, file);
    mxmlDelete(xml);
    if (!bytes)
        return -1;
    free(bytes);
    return fflush(file) == 0 && !ferror(file) ? 0 : -1;
}
