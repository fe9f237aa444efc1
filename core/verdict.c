/* SPDX-License-Identifier: MIT */
/* The soundness rule: a verdict is only as good as its evidence.
 *
 * A hole touches a window when it meets [opens, finish], whenever it was learned. What a hole touches is inconclusive, unless
 * the window was stopped, the predicate says that its stop survives lost packets, and nothing that was lost could have ended
 * the window earlier: no packet limit, and no timeout that an earlier start (an inherited hole) would have moved. */
#include "verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expectation_words.h"

static bool stopped_by_packet(const struct window *window)
{
    return window->reason == FINISH_STOPPED || window->reason == FINISH_COUNTED;
}

/* A trace that breaks off says nothing about what lies behind its last packet: a window that this very packet finished was
 * over before. */
static bool touches(const struct hole *hole, const struct window *window)
{
    bool behind = hole->kind == HOLE_CUT_SHORT || hole->kind == HOLE_CORRUPT;
    if (hole->from_ns > window->finish_ns || hole->to_ns < window->opens_ns)
        return false;
    return !(behind && stopped_by_packet(window) && hole->from_ns >= window->finish_ns);
}

/* ---- Collecting ------------------------------------------------------------------------------------------------------- */

struct collection {
    struct hole *holes;
    size_t count, capacity;
};

static void collect(struct collection *collection, struct hole hole)
{
    for (size_t i = 0; i < collection->count; i++) {
        struct hole *known = &collection->holes[i];
        if (known->source != hole.source || known->kind != hole.kind)
            continue;
        known->from_ns = known->from_ns < hole.from_ns ? known->from_ns : hole.from_ns;
        known->to_ns = known->to_ns > hole.to_ns ? known->to_ns : hole.to_ns;
        known->packets += hole.packets;
        return;
    }
    collection->holes = memory_grow(collection->holes, &collection->capacity, collection->count, sizeof *collection->holes);
    collection->holes[collection->count++] = hole;
}

/* The hole as it meets the window of the expectation, or of one that it waited for up to its stop: clipped to all of these that
 * it touches. *inherited: one of the latter. */
static bool meets(struct hole *hole, const struct expectation *expectation, bool *inherited)
{
    struct hole clipped = *hole;
    bool met = false;
    for (const struct expectation *at = expectation; at; at = at->label_of_after) {
        const struct window *window = &at->window;
        bool on = at->all_sources || at->on_source[hole->source];
        if (!on || !touches(hole, window))
            continue;
        int64_t from_ns = hole->from_ns > window->opens_ns ? hole->from_ns : window->opens_ns;
        int64_t to_ns = hole->to_ns < window->finish_ns ? hole->to_ns : window->finish_ns;
        clipped.from_ns = met && clipped.from_ns < from_ns ? clipped.from_ns : from_ns;
        clipped.to_ns = met && clipped.to_ns > to_ns ? clipped.to_ns : to_ns;
        *inherited = *inherited || at != expectation;
        met = true;
    }
    *hole = clipped;
    return met;
}

static void collect_told(struct collection *collection, const struct engine *engine, const struct expectation *expectation,
                         bool *inherited)
{
    for (size_t i = 0; i < engine->hole_count; i++) {
        struct hole hole = engine->holes[i];
        if (meets(&hole, expectation, inherited))
            collect(collection, hole);
    }
}

/* Those that touch one expectation alone, and whoever waited for it. Returns whether there are any. */
static bool collect_own(struct collection *collection, const struct expectation *owner)
{
    bool any = false;
    for (size_t i = 0; i < owner->own_hole_count; i++) {
        struct hole hole = owner->own_holes[i];
        if (!touches(&hole, &owner->window))
            continue;
        hole.from_ns = hole.from_ns > owner->window.opens_ns ? hole.from_ns : owner->window.opens_ns;
        hole.to_ns = hole.to_ns < owner->window.finish_ns ? hole.to_ns : owner->window.finish_ns;
        collect(collection, hole);
        any = true;
    }
    return any;
}

/* A command that failed may not have sent what the run was about: only what was stopped by a packet is sure. */
static void collect_command(struct collection *collection, const struct engine *engine, const struct expectation *expectation)
{
    const struct window *window = &expectation->window;
    struct hole hole = {.kind = HOLE_COMMAND, .from_ns = window->opens_ns, .to_ns = window->finish_ns};
    if (!engine->has_command || engine->command_status == 0 || window->reason == FINISH_STOPPED
        || window->reason == FINISH_NEVER_OPENED)
        return;
    snprintf(hole.text, sizeof hole.text, "the command failed with status %d", engine->command_status);
    for (hole.source = 1; hole.source <= engine->sources->count; hole.source++) {
        if (expectation->all_sources || expectation->on_source[hole.source])
            collect(collection, hole);
    }
}

static void sort_by_source(struct hole *holes, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct hole moving = holes[i];
        size_t at = i;
        for (; at > 0 && holes[at - 1].source > moving.source; at--)
            holes[at] = holes[at - 1];
        holes[at] = moving;
    }
}

/* Whether a hole of its own lies across the moment at which it opened: it might have opened earlier. */
static bool opened_in_hole(const struct expectation *expectation)
{
    for (size_t i = 0; expectation->label_of_after && i < expectation->own_hole_count; i++) {
        const struct hole *hole = &expectation->own_holes[i];
        if (hole->from_ns < expectation->window.opens_ns && hole->to_ns >= expectation->window.opens_ns)
            return true;
    }
    return false;
}

/* The holes that touch an expectation's window, clipped to it, one for each source and kind, by the order of sources. Those of
 * the window of its --after label up to the stop are among them (*inherited: there are some). The array is the arena's. */
static size_t holes_of(const struct engine *engine, const struct expectation *expectation, struct arena *arena,
                       struct hole **holes, bool *inherited)
{
    struct collection collection = {0};
    *inherited = false;
    if (expectation->window.reason != FINISH_NEVER_OPENED) {
        collect_told(&collection, engine, expectation, inherited);
        for (const struct expectation *at = expectation->label_of_after; at; at = at->label_of_after)
            *inherited = collect_own(&collection, at) || *inherited;
        collect_own(&collection, expectation);
        *inherited = *inherited || opened_in_hole(expectation);
        collect_command(&collection, engine, expectation);
    }
    sort_by_source(collection.holes, collection.count);
    *holes = arena_new(arena, (collection.count + 1) * sizeof **holes);
    if (collection.count)
        memcpy(*holes, collection.holes, collection.count * sizeof **holes);
    free(collection.holes);
    return collection.count;
}

/* ---- Judging ------------------------------------------------------------------------------------------------------------ */

static bool stop_stands(const struct expectation *expectation, bool inherited)
{
    const struct window *window = &expectation->window;
    if (window->reason != FINISH_STOPPED || !expectation->plugin->descriptor.stop_survives_loss || expectation->spec.count != 0)
        return false;
    return !inherited || expectation->spec.timeout_kind != TIMEOUT_GIVEN;
}

/* Whether the holes leave the verdict alone. One that was opened by a stop rests on that stop too. */
static bool is_sound(const struct engine *engine, const struct expectation *expectation)
{
    struct arena arena = {0};
    struct hole *holes;
    bool inherited;
    size_t count = holes_of(engine, expectation, &arena, &holes, &inherited);
    arena_fini(&arena);
    if (count == 0)
        return true;
    return stop_stands(expectation, inherited) && (!expectation->label_of_after || is_sound(engine, expectation->label_of_after));
}

static enum verdict judge(const struct engine *engine, const struct expectation *expectation)
{
    if (expectation->fault[0])
        return VERDICT_ERROR;
    if (expectation->window.reason == FINISH_NEVER_OPENED)
        return expectation->window.given_up ? VERDICT_INCONCLUSIVE : VERDICT_FAIL;
    if (!is_sound(engine, expectation))
        return VERDICT_INCONCLUSIVE;
    return expected_holds(&expectation->expected, &expectation->value) ? VERDICT_PASS : VERDICT_FAIL;
}

/* ---- The document --------------------------------------------------------------------------------------------------------- */

struct writer {
    struct document *document;
    const struct engine *engine;
    const struct timeline *timeline;
};

/* Since the origin; held at the limits where a trace's stamps lie ages apart. */
static int64_t since_origin(const struct writer *writer, int64_t time_ns)
{
    int64_t since_ns;
    if (__builtin_sub_overflow(time_ns, writer->engine->origin_ns, &since_ns))
        return INT64_MAX;
    return since_ns;
}

static const char *keep(const struct writer *writer, const char *text)
{
    return text ? arena_text(&writer->document->arena, text) : NULL;
}

static const char *keep_text(const struct writer *writer, struct text *text)
{
    const char *kept = keep(writer, text_bytes(text));
    text_fini(text);
    return kept;
}

static void write_packet(const struct writer *writer, const struct packet_reference *reference, struct document_packet *packet)
{
    const struct source *source = source_get(writer->engine->sources, reference->source);
    packet->source = keep(writer, source->name);
    packet->number = reference->number;
    packet->time_ns = since_origin(writer, reference->time_ns);
    packet->frame = reference->frame;
    packet->file = source->file ? keep(writer, text_last_part(source->file)) : NULL;
}

static const struct document_packet *new_packet(const struct writer *writer, const struct packet_reference *reference)
{
    struct document_packet *packet = arena_new(&writer->document->arena, sizeof *packet);
    write_packet(writer, reference, packet);
    return packet;
}

static const char *reason_name(enum finish_reason reason)
{
    switch (reason) {
    case FINISH_STOPPED: return "stopped";
    case FINISH_COUNTED: return "counted";
    case FINISH_TIMED_OUT: return "timed out";
    case FINISH_ENDED: return "ended";
    case FINISH_INTERRUPTED: return "interrupted";
    case FINISH_NEVER_OPENED: return "never opened";
    case FINISH_FAULT: return "plugin fault";
    }
    return "unknown";
}

static void write_question(const struct writer *writer, const struct expectation *expectation, struct document_expectation *out)
{
    const struct expectation_spec *spec = &expectation->spec;
    struct arena *arena = &writer->document->arena;
    struct document_parameter *parameters = arena_new(arena, (spec->parameter_count + 1) * sizeof *parameters);
    for (size_t i = 0; i < spec->parameter_count; i++) {
        struct text text = {0};
        text_add(&text, "%s%s", spec->parameters[i].negated ? "!=" : "", spec->parameters[i].text);
        parameters[i].key = keep(writer, spec->parameters[i].key);
        parameters[i].text = keep_text(writer, &text);
    }
    const struct source_list *sources = writer->engine->sources;
    const char **on = arena_new(arena, (sources->count + 1) * sizeof *on);
    for (uint32_t number = 1; number <= sources->count; number++) {
        if (expectation->all_sources || expectation->on_source[number])
            on[out->on_count++] = keep(writer, source_get(sources, number)->name);
    }
    out->label = keep(writer, expectation->label);
    out->named = spec->name != NULL;
    out->plugin = keep(writer, expectation->plugin->descriptor.name);
    out->parameters = parameters;
    out->parameter_count = spec->parameter_count;
    out->on = on;
    out->direction = direction_name(spec->direction);
    out->filter = keep(writer, spec->filter);
    out->after = keep(writer, spec->after);
    out->expected = keep(writer, expectation->expect);
}

/* A label that was made of canonical words, as its user knows them. */
static const char *title_of(const struct writer *writer, const struct expectation *expectation)
{
    struct text text = {0};
    text_add(&text, "%s", expectation->plugin->descriptor.name);
    for (size_t i = 0; i < expectation->spec.parameter_count; i++) {
        const struct parameter_given *typed = &expectation->typed[i];
        text_add(&text, " %s%s%s", typed->key, typed->negated ? "!=" : "=", typed->text);
    }
    if (expectation->again)
        text_add(&text, " #%u", expectation->again);
    return keep_text(writer, &text);
}

/* The expectation as words to paste. */
static void write_words(const struct writer *writer, const struct expectation *expectation, struct document_expectation *out)
{
    const struct expectation_spec *spec = &expectation->spec;
    struct text words = {0}, options = {0}, on = {0};
    text_add_shell_word(&words, spec->plugin);
    for (size_t i = 0; i < spec->parameter_count; i++) {
        struct text word = {0};
        text_add(&word, "%s%s%s", expectation->typed[i].key, expectation->typed[i].negated ? "!=" : "=", expectation->typed[i].text);
        text_add(&words, " ");
        text_add_shell_word(&words, text_bytes(&word));
        text_fini(&word);
    }
    expectation_words_add_on(&on, spec);
    const struct { const char *option, *value; } given[] = {
        {"--on", spec->on_count ? text_bytes(&on) : NULL}, {"--expect", spec->expect}, {"--filter", spec->filter},
        {"--direction", spec->direction == DIRECTION_IN ? NULL : direction_name(spec->direction)},
        {"--name", spec->name}, {"--after", spec->after}};
    if (spec->timeout_kind == TIMEOUT_NONE)
        text_add(&options, "--timeout none ");
    if (spec->timeout_kind == TIMEOUT_GIVEN) {
        text_add(&options, "--timeout ");
        text_add_duration(&options, spec->timeout_ns);
        text_add(&options, " ");
    }
    if (spec->count)
        text_add(&options, "--count %llu ", (unsigned long long)spec->count);
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        if (!given[i].value)
            continue;
        text_add(&options, "%s ", given[i].option);
        text_add_shell_word(&options, given[i].value);
        text_add(&options, " ");
    }
    if (options.length)
        options.bytes[--options.length] = '\0';
    out->title = out->named ? NULL : title_of(writer, expectation);
    out->words = keep_text(writer, &words);
    out->options = keep_text(writer, &options);
    text_fini(&on);
}

static void write_holes(const struct writer *writer, const struct hole *holes, size_t count, struct document_expectation *out)
{
    struct document_hole *list = arena_new(&writer->document->arena, (count + 1) * sizeof *list);
    for (size_t i = 0; i < count; i++) {
        list[i] = (struct document_hole){
            .source = keep(writer, source_get(writer->engine->sources, holes[i].source)->name),
            .kind = hole_kind_name(holes[i].kind),
            .packets = holes[i].packets,
            .from_ns = since_origin(writer, holes[i].from_ns),
            .to_ns = since_origin(writer, holes[i].to_ns),
            .text = keep(writer, holes[i].text),
        };
    }
    out->holes = list;
    out->hole_count = count;
}

static void write_window(const struct writer *writer, const struct expectation *expectation, struct document_expectation *out)
{
    const struct window *window = &expectation->window;
    bool opened = window->reason != FINISH_NEVER_OPENED;
    out->has_opens = opened;
    out->opens_ns = opened ? since_origin(writer, window->opens_ns) : 0;
    out->has_closes = opened && window->closes_ns != EXPECTATION_NO_TIMEOUT;
    out->closes_ns = out->has_closes ? since_origin(writer, window->closes_ns) : 0;
    out->packets = window->packets;
    out->reason = reason_name(window->reason);
    out->finish_ns = since_origin(writer, window->finish_ns);
    out->finish_packet = window->has_packet ? new_packet(writer, &window->packet) : NULL;
}

static void write_differences(const struct writer *writer, const struct wanted_miss *miss, struct document_expectation *out)
{
    struct document_difference *differences = arena_new(&writer->document->arena, (miss->count + 1) * sizeof *differences);
    for (size_t i = 0; i < miss->count; i++) {
        differences[i] = (struct document_difference){
            .field = keep(writer, miss->differences[i].field),
            .wanted = keep(writer, miss->differences[i].wanted),
            .got = keep(writer, miss->differences[i].got),
        };
    }
    out->differences = differences;
    out->difference_count = miss->count;
}

static void write_nearest(const struct writer *writer, const struct expectation *expectation, struct document_expectation *out)
{
    const struct wanted_miss *miss = &expectation->nearest_miss;
    bool by_measure = !miss->text; /* of the predicate's own */
    if (expectation->nearest.source == 0)
        return;
    out->nearest = new_packet(writer, &expectation->nearest);
    out->nearest_distance = expectation->instance.nearest;
    out->nearest_text = keep(writer, by_measure ? expectation->nearest_text : miss->text);
    out->nearest_same = expectation->nearest_wanted ? wanted_same(expectation->nearest_wanted) : 0;
    write_differences(writer, miss, out);
}

static const char *why_never_opened(const struct writer *writer, const struct expectation *expectation)
{
    const char *label = expectation->label_of_after->label;
    struct text text = {0};
    if (expectation->window.given_up)
        text_add(&text, "it was given up before its window opened: \"%s\" had not stopped", label);
    else
        text_add(&text, "its window never opened: \"%s\" did not stop", label);
    return keep_text(writer, &text);
}

static void write_evidence(const struct writer *writer, const struct expectation *expectation, struct document_expectation *out)
{
    struct document_packet *cited = arena_new(&writer->document->arena, (expectation->cited_count + 1) * sizeof *cited);
    for (size_t i = 0; i < expectation->cited_count; i++)
        write_packet(writer, &expectation->cited[i], &cited[i]);
    out->cited = cited;
    out->cited_count = expectation->cited_count;
    out->explanation = keep(writer, expectation->explanation);
    if (expectation->fault[0])
        out->explanation = keep(writer, expectation->fault);
    else if (expectation->window.reason == FINISH_NEVER_OPENED)
        out->explanation = why_never_opened(writer, expectation);
}

/* Whether packets that were looked for did not come, as far as one knows. */
static bool is_missing(const struct expectation *expectation, enum verdict verdict)
{
    enum finish_reason reason = expectation->window.reason;
    if (verdict == VERDICT_PASS || verdict == VERDICT_ERROR || reason == FINISH_STOPPED || !expectation->has_value)
        return false;
    return expected_falls_short(&expectation->expected, &expectation->value);
}

static void write_cause(const struct writer *writer, const struct packet_reference *reference, enum elsewhere_place place,
                        struct document_likely *out)
{
    static const char *const causes[] = {"it was seen on ", "it went the other way", "it came before the window opened",
                                         "it came after the window had closed"};
    struct text text = {0};
    write_packet(writer, reference, &out->packet);
    text_add(&text, "%s%s", causes[place], place == ELSEWHERE_SOURCE ? out->packet.source : "");
    out->cause = keep(writer, text_bytes(&text));
    text_add(&text, ": %s#%llu at ", out->packet.source, (unsigned long long)out->packet.number);
    text_add_seconds(&text, out->packet.time_ns);
    out->text = keep_text(writer, &text);
    out->of_whole_run = place == ELSEWHERE_BEFORE || place == ELSEWHERE_AFTER;
}

static void write_likely(const struct writer *writer, const struct expectation *expectation, struct document_expectation *out)
{
    struct document_likely *likely = arena_new(&writer->document->arena, ELSEWHERE_PLACES * sizeof *likely);
    out->likely = likely;
    if (!is_missing(expectation, out->verdict))
        return;
    for (enum elsewhere_place place = ELSEWHERE_SOURCE; place < ELSEWHERE_PLACES; place++) {
        const struct packet_reference *reference = elsewhere_packet(&expectation->elsewhere, place);
        if (reference)
            write_cause(writer, reference, place, &likely[out->likely_count++]);
    }
}

static void write_expectation(const struct writer *writer, const struct expectation *expectation, struct document_expectation *out)
{
    struct hole *holes;
    bool inherited;
    size_t count = holes_of(writer->engine, expectation, &writer->document->arena, &holes, &inherited);
    write_question(writer, expectation, out);
    write_words(writer, expectation, out);
    write_holes(writer, holes, count, out);
    write_window(writer, expectation, out);
    write_evidence(writer, expectation, out);
    write_nearest(writer, expectation, out);
    out->verdict = judge(writer->engine, expectation);
    write_likely(writer, expectation, out);
    out->has_value = expectation->has_value && !expectation->fault[0]; /* a release that faults comes behind on_finish */
    out->value = expectation->value;
    if (out->has_value && out->value.type == APTRACE_TYPE_STRING)
        out->value.as.text = keep(writer, out->value.as.text);
}

/* A source's end is told where the trace was damaged, or where the run went on to the end of all traces. */
static const char *end_of(const struct writer *writer, uint32_t number, bool at_end)
{
    bool ended;
    if (timeline_reader_count(writer->timeline) == 0)
        return NULL; /* a live port */
    const struct reader *reader = timeline_reader_of(writer->timeline, number, &ended);
    if (!ended)
        return NULL;
    if (reader->end == READER_CUT_SHORT)
        return "cut short";
    if (reader->end == READER_CORRUPT)
        return "corrupt";
    return at_end ? "end of trace" : NULL;
}

static uint64_t dropped_by(const struct engine *engine, uint32_t number)
{
    uint64_t dropped = 0;
    for (size_t i = 0; i < engine->hole_count; i++) {
        const struct hole *hole = &engine->holes[i];
        if (hole->kind == HOLE_DROP && hole->source == number && hole->from_ns <= engine_end_ns(engine))
            dropped += hole->packets;
    }
    return dropped;
}

static void write_sources(const struct writer *writer, bool at_end)
{
    const struct source_list *sources = writer->engine->sources;
    struct document *document = writer->document;
    document->sources = arena_new(&document->arena, (sources->count + 1) * sizeof *document->sources);
    document->source_count = sources->count;
    for (uint32_t number = 1; number <= sources->count; number++) {
        const struct source *source = source_get(sources, number);
        struct document_source *out = &document->sources[number - 1];
        out->name = keep(writer, source->name);
        out->link_type = keep(writer, link_type_name(source->link_type));
        out->file = keep(writer, source->file);
        if (number < writer->engine->tally_capacity) {
            out->packets = writer->engine->tallies[number].packets;
            out->late = writer->engine->tallies[number].late;
        }
        out->dropped = dropped_by(writer->engine, number);
        out->ended = end_of(writer, number, at_end);
        document->packets += out->packets;
        document->dropped += out->dropped;
    }
}

/* error, fail, inconclusive, pass: the first that is there. */
static enum verdict worst(const struct document *document)
{
    static const enum verdict order[] = {VERDICT_ERROR, VERDICT_FAIL, VERDICT_INCONCLUSIVE};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        for (size_t j = 0; j < document->expectation_count; j++) {
            if (document->expectations[j].verdict == order[i])
                return order[i];
        }
    }
    return VERDICT_PASS;
}

void verdict_write_one(struct document *document, const struct engine *engine, const struct timeline *timeline,
                       const struct expectation *expectation)
{
    struct writer writer = {document, engine, timeline};
    write_sources(&writer, engine->at_end);
    document->expectations = arena_new(&document->arena, sizeof *document->expectations);
    document->expectation_count = 1;
    write_expectation(&writer, expectation, &document->expectations[0]);
    document->verdict = document->expectations[0].verdict;
}

void verdict_write(struct document *document, const struct engine *engine, const struct timeline *timeline)
{
    struct writer writer = {document, engine, timeline};
    write_sources(&writer, engine->at_end);
    document->expectations = arena_new(&document->arena, (engine->count + 1) * sizeof *document->expectations);
    document->expectation_count = engine->count;
    for (size_t i = 0; i < engine->count; i++)
        write_expectation(&writer, engine->expectations[i], &document->expectations[i]);
    document->has_command = engine->has_command;
    document->command_status = engine->command_status;
    document->verdict = worst(document);
    if (document->verdict == VERDICT_PASS && document->has_command && document->command_status != 0)
        document->verdict = VERDICT_INCONCLUSIVE;
    document->end_ns = since_origin(&writer, engine_end_ns(engine));
}
