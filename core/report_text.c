/* SPDX-License-Identifier: MIT */
/* The text report: for a person, in a terminal or a log.
 *
 * Expectations come in the order given, then what the run has to note, then a command that repeats just what did not pass,
 * and last one line that stands alone: what a log's last line, or a glance, must say. It has the counts of verdicts, the
 * packets read and dropped, and the exit status.
 *
 * The whole is made in memory and written at once, so that a report to a terminal is not torn by other output. */
#include "report_text.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "report_phrase.h"
#include "report_text_parts.h"

enum { AGAIN_MAX = 4096 };

static void add_notes(struct text *text, const struct document *document)
{
    for (size_t i = 0; i < document->note_count; i++) {
        text_add(text, "note: ");
        phrase_add_visible(text, document->notes[i], "\n" TEXT_INDENT);
        text_add(text, "\n");
    }
}

/* An expectation opened by another is nothing without it: marks that one too, which was given earlier. */
static void mark_with_labels(const struct document *document, size_t i, bool *marked)
{
    const char *after = document->expectations[i].after;
    marked[i] = true;
    for (size_t j = i; after && j-- > 0;) {
        const struct document_expectation *earlier = &document->expectations[j];
        if (strcmp(earlier->label, after) != 0)
            continue;
        marked[j] = true;
        after = earlier->after;
    }
}

/* Every word was quoted for a shell by whoever filled the document. */
static void add_words(struct text *text, const struct document_expectation *expectation)
{
    text_add(text, " --plugin ");
    phrase_add_line(text, expectation->words);
    if (!expectation->options || !*expectation->options)
        return;
    text_add(text, " ");
    phrase_add_line(text, expectation->options);
}

static void add_command(struct text *text, const struct document *document, const bool *marked)
{
    phrase_add_line(text, document->sources_words);
    for (size_t i = 0; i < document->expectation_count; i++) {
        if (marked[i] && document->expectations[i].words)
            add_words(text, &document->expectations[i]);
    }
    if (document->command_words) {
        text_add(text, " ");
        phrase_add_line(text, document->command_words);
    }
}

/* A command that no shell or log takes well is shown without the middle of its long words, and says so. */
static void add_again(struct text *text, const struct document *document)
{
    bool *marked = memory_new(document->expectation_count + 1, sizeof *marked);
    struct text command = {0};
    bool any = false;
    for (size_t i = 0; i < document->expectation_count; i++) {
        if (document->expectations[i].verdict == VERDICT_PASS)
            continue;
        mark_with_labels(document, i, marked);
        any = true;
    }
    if (any && document->sources_words && *document->sources_words) {
        add_command(&command, document, marked);
        text_add(text, command.length > AGAIN_MAX ? "again (long words are cut): aptrace " : "again: aptrace ");
        if (command.length > AGAIN_MAX)
            phrase_add_words(text, text_bytes(&command), " ");
        else
            text_add(text, "%s", text_bytes(&command));
        text_add(text, "\n");
    }
    text_fini(&command);
    free(marked);
}

static void add_verdict_count(struct text *text, const struct document *document, enum verdict verdict, const char *one,
                              const char *many)
{
    size_t count = 0;
    for (size_t i = 0; i < document->expectation_count; i++)
        count += document->expectations[i].verdict == verdict;
    if (count == 0 && (verdict != VERDICT_PASS || document->expectation_count > 0))
        return;
    text_add(text, "%s", text->length > 0 ? ", " : "");
    text_add_grouped(text, count);
    text_add(text, " %s", count == 1 ? one : many);
}

static void add_closing_line(struct text *text, const struct document *document)
{
    struct text counts = {0};
    add_verdict_count(&counts, document, VERDICT_ERROR, "error", "errors");
    add_verdict_count(&counts, document, VERDICT_FAIL, "failed", "failed");
    add_verdict_count(&counts, document, VERDICT_INCONCLUSIVE, "inconclusive", "inconclusive");
    add_verdict_count(&counts, document, VERDICT_PASS, "passed", "passed");
    text_add(text, "%s", text_bytes(&counts));
    if (document->has_command && document->command_status != 0)
        text_add(text, ", the command failed with status %d", document->command_status);
    text_add(text, ". ");
    phrase_add_count(text, document->packets, "packet");
    text_add(text, " read, ");
    text_add_grouped(text, document->dropped);
    text_add(text, " dropped. Exit %d.\n", document_exit_status(document));
    text_fini(&counts);
}

int report_text(FILE *file, const struct document *document, const struct report_style *style)
{
    struct text text = {0};
    int result;
    for (size_t i = 0; i < document->expectation_count; i++)
        text_add_expectation(&text, document, &document->expectations[i], style);
    if (!style->quiet)
        add_notes(&text, document);
    add_again(&text, document);
    add_closing_line(&text, document);
    result = phrase_write(file, &text);
    text_fini(&text);
    return result;
}
