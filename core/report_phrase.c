/* SPDX-License-Identifier: MIT */
/* The phrases that the reports for people share, so that a packet, an ending, a hole or a reason reads the same in a
 * terminal, in a TAP stream and in a JUnit file.
 *
 * A packet is told three ways, for each reader uses another: its number in its source (as predicates and the json report
 * count), its frame in its file (as Wireshark counts), and its time since the origin. Numbers are grouped by thousands.
 *
 * A capture may come from anybody, and bytes of it get into explanations. An escape sequence among them could rewrite what
 * the terminal shows, verdicts included; so no control character is ever written as itself. */
#include "report_phrase.h"

#include <string.h>

#include "expected.h"
#include "hole.h"
#include "report_hint.h"

enum { NAMES_MAX = 4, WORD_MAX = 160 };

/* The bytes of the UTF-8 sequence at c, which is valid. */
static size_t sequence_length(const unsigned char *c)
{
    return c[0] < 0x80 ? 1 : c[0] < 0xe0 ? 2 : c[0] < 0xf0 ? 3 : 4;
}

/* C0 and DEL, C1 (U+0080 to U+009F), and the two that XML 1.0 section 2.2 excludes beside them (U+FFFE, U+FFFF). */
static void add_character(struct text *text, const unsigned char *c, size_t length)
{
    if (c[0] < 0x20 || c[0] == 0x7f)
        text_add(text, "\\x%02x", c[0]);
    else if (c[0] == 0xc2 && c[1] < 0xa0)
        text_add(text, "\\x%02x", c[1]);
    else if (c[0] == 0xef && c[1] == 0xbf && c[2] >= 0xbe)
        text_add(text, "\\uff%s", c[2] == 0xbe ? "fe" : "ff");
    else
        text_add_bytes(text, (const char *)c, length);
}

void phrase_add_visible(struct text *text, const char *bytes, const char *line_break)
{
    struct text valid = {0};
    size_t length = strlen(bytes), step;
    while (length > 0 && bytes[length - 1] == '\n')
        length--;
    text_add_utf8(&valid, bytes, length);
    for (const unsigned char *c = (const unsigned char *)text_bytes(&valid); *c; c += step) {
        step = sequence_length(c);
        if (*c == '\n')
            text_add(text, "%s", line_break);
        else
            add_character(text, c, step);
    }
    text_fini(&valid);
}

void phrase_add_line(struct text *text, const char *bytes)
{
    phrase_add_visible(text, bytes, " ");
}

/* The first byte of a character at or before this one. */
static size_t character_at(const char *bytes, size_t at)
{
    while (at > 0 && ((unsigned char)bytes[at] & 0xc0) == 0x80)
        at--;
    return at;
}

static void add_cut_word(struct text *text, const char *word, size_t length)
{
    static const char gap[] = "...";
    if (length <= WORD_MAX) {
        text_add_bytes(text, word, length);
        return;
    }
    size_t kept = WORD_MAX - (sizeof gap - 1), head = character_at(word, kept / 2);
    size_t tail = character_at(word, length - (kept - kept / 2));
    text_add_bytes(text, word, head);
    text_add(text, gap);
    text_add_bytes(text, word + tail, length - tail);
}

void phrase_add_words(struct text *text, const char *words, const char *line_break)
{
    static const char blanks[] = " \n";
    struct text cut = {0};
    for (const char *at = words; *at;) {
        size_t length = strcspn(at, blanks), gap = strspn(at + length, blanks);
        add_cut_word(&cut, at, length);
        text_add_bytes(&cut, at + length, gap);
        at += length + gap;
    }
    phrase_add_visible(text, text_bytes(&cut), line_break);
    text_fini(&cut);
}

void phrase_add_count(struct text *text, uint64_t count, const char *noun)
{
    text_add_grouped(text, count);
    text_add(text, count == 1 ? " %s" : " %ss", noun);
}

const struct document_source *phrase_source(const struct document *document, const char *name)
{
    for (size_t i = 0; name && i < document->source_count; i++) {
        if (strcmp(document->sources[i].name, name) == 0)
            return &document->sources[i];
    }
    return NULL;
}

void phrase_add_sources(struct text *text, const struct document *document, const struct document_expectation *expectation)
{
    size_t count = expectation->on_count, shown = count > NAMES_MAX ? NAMES_MAX - 1 : count;
    if (count == 0) {
        text_add(text, "no source");
        return;
    }
    if (count > NAMES_MAX && count == document->source_count) {
        text_add(text, "all %zu sources", count);
        return;
    }
    for (size_t i = 0; i < shown; i++) {
        text_add(text, "%s", i == 0 ? "" : ", ");
        phrase_add_line(text, expectation->on[i]);
    }
    if (shown < count)
        text_add(text, " and %zu more", count - shown);
}

void phrase_add_packet(struct text *text, const struct document_packet *packet)
{
    phrase_add_line(text, packet->source);
    text_add(text, "#%llu", (unsigned long long)packet->number);
    if (packet->frame == 0)
        return;
    text_add(text, " (frame %llu", (unsigned long long)packet->frame);
    if (packet->file) {
        text_add(text, " of ");
        phrase_add_line(text, packet->file);
    }
    text_add(text, ")");
}

void phrase_add_packet_at(struct text *text, const struct document_packet *packet)
{
    phrase_add_packet(text, packet);
    text_add(text, " at ");
    text_add_seconds(text, packet->time_ns);
}

/* A window that ended without a timeout ended with its sources. Where they say how, that is told: a trace that is cut short
 * and one that is complete are not the same evidence. */
static const char *end_of_sources(const struct document *document, const struct document_expectation *expectation)
{
    const char *how = NULL;
    for (size_t i = 0; i < expectation->on_count; i++) {
        const struct document_source *source = phrase_source(document, expectation->on[i]);
        if (source && source->ended && (!how || strcmp(how, "end of trace") == 0))
            how = source->ended;
    }
    if (!how)
        return "end of the run";
    if (strcmp(how, "cut short") == 0)
        return "trace cut short";
    return strcmp(how, "corrupt") == 0 ? "trace corrupt" : how;
}

void phrase_add_ending(struct text *text, const struct document *document, const struct document_expectation *expectation)
{
    const char *reason = expectation->reason;
    const char *by = "at";
    if (strcmp(reason, "never opened") == 0) {
        bool given_up = expectation->verdict == VERDICT_INCONCLUSIVE;
        text_add(text, given_up ? "given up before its window opened: " : "its window never opened: ");
        phrase_add_line(text, expectation->after ? expectation->after : "what it waits for");
        text_add(text, given_up ? " had not stopped" : " did not stop");
        return;
    }
    if (strcmp(reason, "ended") == 0)
        reason = end_of_sources(document, expectation);
    else if (strcmp(reason, "stopped") == 0)
        by = "by";
    else if (strcmp(reason, "counted") == 0)
        reason = "packet count reached";
    phrase_add_line(text, reason);
    if (expectation->finish_packet) {
        text_add(text, " %s ", by);
        phrase_add_packet(text, expectation->finish_packet);
    }
}

/* A moment that is no packet's is read in milliseconds, where it has some: nobody looks for it in the trace. */
static int64_t in_milliseconds(const struct document_expectation *expectation)
{
    enum { LEAST_MS = 100, MS = 1000000 };
    int64_t time_ns = expectation->finish_ns;
    if (expectation->finish_packet || time_ns < INT64_C(1) * LEAST_MS * MS || time_ns > INT64_MAX - MS)
        return time_ns;
    return (time_ns + MS / 2) / MS * MS;
}

void phrase_add_finish(struct text *text, const struct document *document, const struct document_expectation *expectation)
{
    if (expectation->has_opens) {
        text_add_seconds(text, in_milliseconds(expectation));
        text_add(text, ", ");
    }
    phrase_add_ending(text, document, expectation);
}

void phrase_add_window(struct text *text, const struct document_expectation *expectation)
{
    text_add(text, "window ");
    text_add_seconds(text, expectation->opens_ns);
    text_add(text, " to ");
    text_add_seconds(text, expectation->finish_ns);
}

struct hole_phrase {
    const char *counted; /* behind a number of packets */
    const char *plain;   /* where that is not known */
};

static const struct hole_phrase hole_phrases[] = {
    [HOLE_DROP] = {" dropped", "packets dropped"},
    [HOLE_LINK] = {NULL, "the link was down"},
    [HOLE_GONE] = {NULL, "the interface was gone"},
    [HOLE_UNACCOUNTED] = {" unaccounted for", "packets unaccounted for"},
    [HOLE_LATE] = {" came late", "packets came late"},
    [HOLE_CUT_SHORT] = {NULL, "the trace is cut short"},
    [HOLE_CORRUPT] = {NULL, "the trace is corrupt"},
    [HOLE_END] = {NULL, "the trace ends before the window does"},
    [HOLE_INTERRUPTED] = {NULL, "the run was interrupted"},
    [HOLE_COMMAND] = {NULL, "the command failed"},
    [HOLE_UNSEEN] = {" captured too short", "packets captured too short"},
};

static void add_hole_kind(struct text *text, const struct document_hole *hole)
{
    for (size_t i = 0; i < sizeof hole_phrases / sizeof *hole_phrases; i++) {
        const struct hole_phrase *phrase = &hole_phrases[i];
        if (strcmp(hole->kind, hole_kind_name((enum hole_kind)i)) != 0)
            continue;
        if (hole->packets > 0 && phrase->counted) {
            phrase_add_count(text, hole->packets, "packet");
            text_add(text, "%s", phrase->counted);
        } else {
            text_add(text, "%s", phrase->plain);
        }
        return;
    }
    phrase_add_line(text, hole->kind);
}

/* What a live source drops, its kernel dropped. Whoever wrote a trace may have had other reasons. */
static void add_dropped_by(struct text *text, const struct document *document, const struct document_hole *hole)
{
    const struct document_source *source = phrase_source(document, hole->source);
    if (strcmp(hole->kind, hole_kind_name(HOLE_DROP)) == 0)
        text_add(text, source && !source->file ? " by the kernel" : " at capture");
}

void phrase_add_hole(struct text *text, const struct document *document, const struct document_hole *hole)
{
    if (hole->source && *hole->source) {
        phrase_add_line(text, hole->source);
        text_add(text, ": ");
    }
    add_hole_kind(text, hole);
    add_dropped_by(text, document, hole);
    text_add(text, hole->from_ns == hole->to_ns ? " at " : ", ");
    text_add_seconds(text, hole->from_ns);
    if (hole->from_ns != hole->to_ns) {
        text_add(text, " to ");
        text_add_seconds(text, hole->to_ns);
    }
    if (hole->text && *hole->text) {
        text_add(text, " (");
        phrase_add_line(text, hole->text);
        text_add(text, ")");
    }
}

bool phrase_tells_same(const struct document_expectation *expectation, bool verbose)
{
    uint64_t same = expectation->nearest_same;
    if (!expectation->nearest || same == 0 || same == DOCUMENT_SAME_UNKNOWN)
        return false;
    return verbose || same <= expectation->packets / 2;
}

void phrase_add_same(struct text *text, const struct document_expectation *expectation)
{
    phrase_add_count(text, expectation->nearest_same, "other");
    if (expectation->difference_count == 0) {
        text_add(text, " missed in the same way");
        return;
    }
    text_add(text, " missed by ");
    phrase_add_line(text, expectation->difference_count == 1 ? expectation->differences[0].field : "the same fields");
    text_add(text, " too");
}

void phrase_add_difference(struct text *text, const struct document_expectation *expectation, size_t i)
{
    const struct document_difference *difference = &expectation->differences[i];
    struct text hint = {0};
    phrase_add_line(text, difference->field);
    text_add(text, ": wanted ");
    phrase_add_line(text, difference->wanted);
    text_add(text, ", got ");
    phrase_add_line(text, difference->got);
    if (hint_add(&hint, expectation, i))
        text_add(text, " (%s)", text_bytes(&hint));
    text_fini(&hint);
}

void phrase_add_likely(struct text *text, const struct document_likely *likely)
{
    phrase_add_line(text, likely->cause);
    text_add(text, ": ");
    phrase_add_packet_at(text, &likely->packet);
}

bool phrase_value_matters(const struct document_expectation *expectation)
{
    if (!expectation->has_value)
        return false;
    return expectation->value.type != APTRACE_TYPE_BOOL || strcmp(expectation->expected, "true") != 0;
}

void phrase_add_got(struct text *text, const struct document_expectation *expectation)
{
    struct text value = {0};
    value_add(&value, &expectation->value);
    phrase_add_line(text, text_bytes(&value));
    text_fini(&value);
}

void phrase_add_value(struct text *text, const struct document_expectation *expectation)
{
    text_add(text, "got ");
    phrase_add_got(text, expectation);
    if (strcmp(expectation->expected, "any") == 0)
        return;
    text_add(text, ", wanted ");
    phrase_add_line(text, expectation->expected);
}

/* Of an explanation in the middle of a sentence: no full stop, no capital but of an abbreviation. */
static void fit_into_sentence(struct text *clause)
{
    char *bytes = clause->bytes;
    if (clause->length < 2)
        return;
    if (bytes[clause->length - 1] == '.')
        bytes[--clause->length] = '\0';
    if (bytes[0] >= 'A' && bytes[0] <= 'Z' && bytes[1] >= 'a' && bytes[1] <= 'z')
        bytes[0] = (char)(bytes[0] - 'A' + 'a');
}

void phrase_add_clause(struct text *text, const struct document_expectation *expectation)
{
    struct text clause = {0};
    if (expectation->explanation)
        phrase_add_line(&clause, expectation->explanation);
    fit_into_sentence(&clause);
    if (expectation->has_value && (clause.length == 0 || phrase_value_matters(expectation))) {
        phrase_add_value(text, expectation);
        text_add(text, "%s", clause.length > 0 ? "; " : "");
    }
    text_add(text, "%s", text_bytes(&clause));
    text_fini(&clause);
}

static void add_outcome(struct text *text, const struct document *document, const struct document_expectation *expectation)
{
    if (!expectation->has_opens || (!expectation->explanation && !expectation->has_value)) {
        phrase_add_ending(text, document, expectation);
    } else if (expectation->explanation && !phrase_value_matters(expectation)) {
        phrase_add_line(text, expectation->explanation);
    } else {
        phrase_add_value(text, expectation);
        text_add(text, "%s", expectation->explanation ? "; " : "");
        phrase_add_line(text, expectation->explanation ? expectation->explanation : "");
    }
}

void phrase_add_message(struct text *text, const struct document *document, const struct document_expectation *expectation)
{
    if (expectation->verdict != VERDICT_INCONCLUSIVE || expectation->hole_count == 0) {
        add_outcome(text, document, expectation);
        return;
    }
    phrase_add_clause(text, expectation);
    text_add(text, "%sthe evidence has a hole: ", expectation->has_value || expectation->explanation ? ", but " : "");
    phrase_add_hole(text, document, &expectation->holes[0]);
    if (expectation->hole_count > 1)
        text_add(text, ", and %zu more", expectation->hole_count - 1);
}

int phrase_write(FILE *file, const struct text *text)
{
    fwrite(text_bytes(text), 1, text->length, file);
    return fflush(file) == 0 && !ferror(file) ? 0 : -1;
}
