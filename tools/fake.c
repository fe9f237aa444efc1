/* SPDX-License-Identifier: MIT */
/* The fake host: one window, driven by a test.
 *
 * Parameters, windows, finishes and all that a predicate asks are the engine's own: a fake that did them again would drift
 * from what a run does. It differs where a run and a test want different things. A packet travels alone, in memory of its own
 * that ends where its captured bytes end and is gone with the next packet, so that a test sees what a run may only meet by
 * chance. And what a run passes over, so that other expectations can go on, ends the test.
 *
 * Words are read when something is asked that needs them: sources may be named until then. */
#include "tools/fake.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/expectation_words.h"
#include "core/number.h"
#include "tools/frame_text.h"
#include "tools/packet_pages.h"

enum { PACKET_MAX = 65535, WORDS_MAX = 1024, LINK_ETHERNET = 1, POISON = 0xdb };

#define ORIGIN_NS INT64_C(1700000000000000000)

void fake_die(const struct aptrace_fake *fake, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "aptrace/fake.h: %s: ", fake->predicate.descriptor.name ? fake->predicate.descriptor.name : "no predicate");
    vfprintf(stderr, format, arguments);
    fputs("\n", stderr);
    va_end(arguments);
    abort();
}

/* ---- Setting up ----------------------------------------------------------------------------------------------------------- */

static void add_word(struct aptrace_fake *fake, const char *word)
{
    if (fake->word_count == WORDS_MAX)
        fake_die(fake, "more than %d words: was the NULL behind the last one forgotten?", WORDS_MAX);
    fake->words[fake->word_count++] = arena_text(&fake->arena, word);
}

struct aptrace_fake *aptrace_fake_new(const struct aptrace_plugin *predicate, ...)
{
    struct aptrace_fake *fake = memory_new(1, sizeof *fake);
    struct error error = {""};
    const struct plugin *checked = plugin_in_place(predicate, &error);
    va_list words;
    if (!checked)
        fake_die(fake, "%s", error.text);
    fake->predicate = *checked;
    fake_note_callbacks(fake);
    fake->words = arena_new(&fake->arena, WORDS_MAX * sizeof *fake->words);
    add_word(fake, checked->descriptor.name);
    va_start(words, predicate);
    for (const char *word; (word = va_arg(words, const char *)) != NULL;)
        add_word(fake, word);
    va_end(words);
    fake->source = 1;
    return fake;
}

void aptrace_fake_source(struct aptrace_fake *fake, const char *name, uint16_t link_type)
{
    if (fake->has_read)
        fake_die(fake, "aptrace_fake_source(\"%s\") comes before all else that is done with a fake", name);
    if (source_find(&fake->sources, name) != 0)
        fake_die(fake, "there is a source \"%s\" already", name);
    source_add(&fake->sources, name, NULL, NULL, link_type);
}

/* Where it fails the refusal says why, and there is no expectation. */
static int make_expectation(struct aptrace_fake *fake)
{
    struct expectation_spec spec, defaults = {.expect_anything = true};
    if (expectation_words_parse(fake->words, fake->word_count, &defaults, &spec, &fake->arena, &fake->refusal) != 0)
        return -1;
    struct expectation *expectation = expectation_new(&spec, &fake->noted, &fake->sources, NULL, 0, &fake->refusal);
    if (!expectation)
        return -1;
    const char *missing = expectation_missing_source(expectation);
    int result = missing ? error_set(&fake->refusal, "--on %s: there is no such source", missing)
                         : expectation_bind(expectation, &fake->refusal);
    if (result != 0) {
        expectation_free(expectation);
        return -1;
    }
    expectation->instance.host = &fake->host;
    expectation->guard = &fake->guard;
    fake->expectation = fake->list[0] = expectation;
    return 0;
}

static void read_words(struct aptrace_fake *fake)
{
    if (fake->has_read)
        return;
    if (fake->sources.count == 0)
        aptrace_fake_source(fake, "1", LINK_ETHERNET);
    fake->has_read = true;
    make_expectation(fake);
}

void *aptrace_fake_state(struct aptrace_fake *fake)
{
    read_words(fake);
    return fake->expectation ? fake->expectation->instance.state : NULL;
}

const char *aptrace_fake_refusal(struct aptrace_fake *fake)
{
    read_words(fake);
    if (fake->expectation && !fake->has_prepared) {
        fake->has_prepared = true;
        if (expectation_prepare(fake->expectation, &fake->refusal) != 0) {
            expectation_free(fake->expectation);
            fake->expectation = NULL;
        }
    }
    return fake->expectation ? NULL : fake->refusal.text;
}

const char *aptrace_fake_default_expect(struct aptrace_fake *fake)
{
    return aptrace_fake_refusal(fake) ? NULL : fake->expectation->own_expect;
}

/* The window opens. */
static void begin(struct aptrace_fake *fake)
{
    const char *refusal = aptrace_fake_refusal(fake);
    if (refusal)
        fake_die(fake, "nothing can be shown to it, as its parameters were refused: %s", refusal);
    if (fake->has_begun)
        return;
    fake->has_begun = true;
    fake->pages = packet_pages_new(1, PACKET_MAX);
    fake->numbers = memory_new(fake->sources.count + 1, sizeof *fake->numbers);
    engine_init(&fake->engine, fake->list, 1, &fake->sources);
    engine_begin(&fake->engine, ORIGIN_NS);
}

/* ---- Packets -------------------------------------------------------------------------------------------------------------- */

void aptrace_fake_on(struct aptrace_fake *fake, const char *source)
{
    read_words(fake);
    fake->source = source_find(&fake->sources, source);
    if (fake->source == 0)
        fake_die(fake, "there is no source \"%s\": aptrace_fake_source() names one", source);
}

void aptrace_fake_capture(struct aptrace_fake *fake, uint32_t length)
{
    fake->capture = length;
}

void aptrace_fake_flags(struct aptrace_fake *fake, uint16_t flags)
{
    fake->flags = flags;
}

/* What the engine found wrong. */
static void look_for_fault(const struct aptrace_fake *fake)
{
    if (fake->expectation->fault[0])
        fake_die(fake, "%s", fake->expectation->fault);
}

void aptrace_fake_at(struct aptrace_fake *fake, int64_t time_ns)
{
    begin(fake);
    if (time_ns < fake->time_ns)
        fake_die(fake, "the clock stands at %lld ns and never goes back, to %lld ns", (long long)fake->time_ns,
                 (long long)time_ns);
    fake->time_ns = time_ns;
    engine_tick(&fake->engine, number_add(ORIGIN_NS, time_ns));
    look_for_fault(fake);
}

/* The one before goes behind it: so a pointer that is kept is never that to the next packet. It leads to nothing of use, and
 * a tool that watches memory tells it. */
static void take_batch(struct aptrace_fake *fake, struct batch *batch)
{
    if (fake->batch)
        memset(fake->batch, POISON, sizeof *fake->batch);
    free(fake->batch);
    fake->batch = batch;
}

static struct aptrace_packet make_packet(struct aptrace_fake *fake, const void *bytes, size_t length)
{
    size_t captured = fake->capture && fake->capture < length ? fake->capture : length;
    int64_t time_ns = number_add(ORIGIN_NS, fake->time_ns);
    return (struct aptrace_packet){
        .bytes = packet_pages_put(fake->pages, 0, bytes, captured, EDGE_END),
        .capture_length = (uint32_t)captured, .wire_length = (uint32_t)length,
        .time_ns = time_ns, .timestamp_ns = time_ns,
        .number = ++fake->numbers[fake->source], .position = ++fake->position,
        .source = fake->source, .link_type = (uint16_t)source_get(&fake->sources, fake->source)->link_type,
        .flags = (uint16_t)(fake->flags | (captured < length ? APTRACE_PACKET_TRUNCATED : 0))};
}

static struct batch *batch_of(const struct aptrace_packet *packet)
{
    struct batch *batch = memory_new(1, sizeof *batch);
    batch->count = 1;
    batch->packets[0] = *packet;
    batch->frames[0] = packet->position;
    batch->flags_any = batch->flags_all = packet->flags;
    batch->source_low = batch->source_high = packet->source;
    return batch;
}

bool aptrace_fake_packet(struct aptrace_fake *fake, const void *bytes, size_t length)
{
    begin(fake);
    if (length > PACKET_MAX)
        fake_die(fake, "a packet of %zu bytes: expected at most %d", length, PACKET_MAX);
    struct aptrace_packet packet = make_packet(fake, bytes, length);
    if (fake->has_finished)
        return false;
    take_batch(fake, batch_of(&packet));
    engine_packets(&fake->engine, fake->batch);
    fake->at_hand = NULL;
    look_for_fault(fake);
    return fake->has_finished && fake->finish.stopped;
}

bool aptrace_fake_frame(struct aptrace_fake *fake, const char *format, ...)
{
    uint8_t *bytes = NULL;
    size_t length = 0;
    va_list arguments;
    char *text = NULL;
    va_start(arguments, format);
    int printed = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (printed < 0 || frame_from_text("aptrace_fake_frame", text, &bytes, &length) != 0)
        fake_die(fake, "the frame cannot be made: %s", printed < 0 ? "its format is wrong" : text);
    bool stopped = aptrace_fake_packet(fake, bytes, length);
    free(bytes);
    free(text);
    return stopped;
}

/* ---- The end -------------------------------------------------------------------------------------------------------------- */

void aptrace_fake_end(struct aptrace_fake *fake)
{
    begin(fake);
    engine_end(&fake->engine);
    look_for_fault(fake);
}

void aptrace_fake_interrupt(struct aptrace_fake *fake)
{
    begin(fake);
    engine_interrupt(&fake->engine, fake->engine.clock_ns);
    look_for_fault(fake);
}

const struct aptrace_finish *aptrace_fake_finish(struct aptrace_fake *fake)
{
    return fake->has_finished ? &fake->finish : NULL;
}

struct aptrace_value aptrace_fake_value(struct aptrace_fake *fake)
{
    begin(fake);
    if (!fake->has_finished)
        aptrace_fake_end(fake);
    return fake->expectation->value;
}

void aptrace_fake_free(struct aptrace_fake *fake)
{
    if (fake->expectation)
        expectation_free(fake->expectation);
    if (fake->has_begun) {
        engine_fini(&fake->engine);
        packet_pages_free(fake->pages);
    }
    take_batch(fake, NULL);
    free(fake->numbers);
    free(fake->nearest_text);
    source_list_fini(&fake->sources);
    arena_fini(&fake->arena);
    text_fini(&fake->log);
    text_fini(&fake->report);
    free(fake);
}

/* ---- What it said --------------------------------------------------------------------------------------------------------- */

const char *aptrace_fake_explanation(struct aptrace_fake *fake)
{
    return fake->expectation ? fake->expectation->explanation : NULL;
}

size_t aptrace_fake_cited_count(struct aptrace_fake *fake)
{
    return fake->expectation ? fake->expectation->cited_count : 0;
}

uint64_t aptrace_fake_cited(struct aptrace_fake *fake, size_t index)
{
    return index < aptrace_fake_cited_count(fake) ? fake->expectation->cited[index].frame : 0;
}

uint64_t aptrace_fake_unseen(struct aptrace_fake *fake)
{
    uint64_t count = 0;
    for (size_t i = 0; fake->expectation && i < fake->expectation->own_hole_count; i++)
        count += fake->expectation->own_holes[i].kind == HOLE_UNSEEN ? fake->expectation->own_holes[i].packets : 0;
    return count;
}

uint64_t aptrace_fake_nearest(struct aptrace_fake *fake)
{
    return fake->expectation ? fake->expectation->nearest.frame : 0;
}

static char *describe_miss(const struct wanted_miss *miss)
{
    struct text text = {0};
    for (size_t i = 0; i < miss->count; i++)
        text_add(&text, "%s%s: wanted %s, got %s", i ? "\n" : "", miss->differences[i].field, miss->differences[i].wanted,
                 miss->differences[i].got);
    if (miss->text)
        text_add(&text, "%s%s", miss->count ? "\n" : "", miss->text);
    return text_take(&text);
}

const char *aptrace_fake_nearest_text(struct aptrace_fake *fake)
{
    if (aptrace_fake_nearest(fake) == 0)
        return NULL;
    if (!fake->expectation->nearest_wanted)
        return fake->expectation->nearest_text;
    free(fake->nearest_text);
    fake->nearest_text = describe_miss(&fake->expectation->nearest_miss);
    return fake->nearest_text;
}

const char *aptrace_fake_log(struct aptrace_fake *fake)
{
    return text_bytes(&fake->log);
}

static void add_value(struct text *text, struct aptrace_value value)
{
    switch (value.type) {
    case APTRACE_TYPE_BOOL: text_add(text, "%s", value.as.natural ? "true" : "false"); break;
    case APTRACE_TYPE_INT: text_add(text, "%lld", (long long)value.as.integer); break;
    case APTRACE_TYPE_UINT: text_add(text, "%llu", (unsigned long long)value.as.natural); break;
    case APTRACE_TYPE_DOUBLE: text_add(text, "%g", value.as.real); break;
    case APTRACE_TYPE_STRING: text_add(text, "\"%s\"", value.as.text); break;
    default: text_add(text, "nothing"); break;
    }
}

const char *aptrace_fake_report(struct aptrace_fake *fake)
{
    struct text *report = &fake->report;
    text_fini(report);
    *report = (struct text){0};
    if (aptrace_fake_refusal(fake)) {
        text_add(report, "parameters refused: %s", fake->refusal.text);
        return text_bytes(report);
    }
    text_add(report, "got ");
    add_value(report, aptrace_fake_value(fake));
    text_add(report, ": %s", fake->expectation->explanation ? fake->expectation->explanation : "no explanation");
    if (aptrace_fake_nearest(fake) != 0)
        text_add(report, "\nnearest is packet %llu: %s", (unsigned long long)aptrace_fake_nearest(fake),
                 aptrace_fake_nearest_text(fake));
    if (aptrace_fake_unseen(fake) != 0)
        text_add(report, "\n%llu captured too short to tell", (unsigned long long)aptrace_fake_unseen(fake));
    return text_bytes(report);
}
