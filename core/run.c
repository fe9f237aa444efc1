/* SPDX-License-Identifier: MIT */
/* The one place where the stages meet: readers go into the timeline, or ports into the capture; either feeds the engine; the
 * engine's expectations become the document. Nothing is decided here that a stage decides.
 *
 * One loop serves traces and ports, so that they cannot come to differ. After the last window has finished a live run still looks
 * for holes that reach back into it, and so must its replay: it reads the recording on to its end. */
#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "engine.h"
#include "expectation_stored.h"
#include "notes.h"
#include "plugin_load.h"
#include "reader.h"
#include "recording.h"
#include "timeline.h"
#include "verdict.h"

#define PLUGIN_BUDGET_NS INT64_C(1000000000)

enum { LINKTYPE_ETHERNET = 1 };

struct run {
    struct run_options options;
    struct source_list sources;
    struct timeline timeline;
    struct capture *capture; /* null: a replay */
    struct engine engine;
    struct expectation **expectations;
    size_t count, capacity;
    struct guard guard; /* around the plugins' callbacks, on the thread that starts and executes */
    struct text words;  /* options and sources, to paste */
    int64_t settled_ns; /* live: packets and holes up to here are known */
    bool started;
};

/* What a reader of the report has to type again, besides sources and expectations. */
static void note_options(struct run *run)
{
    const struct run_options *options = &run->options;
    if (options->has_origin)
        text_add(&run->words, "--origin %lldns", (long long)options->origin_ns);
    if (options->strict_end)
        text_add(&run->words, "%s--strict-end", run->words.length ? " " : "");
    if (options->link_type >= 0)
        text_add(&run->words, "%s--link-type %s", run->words.length ? " " : "", link_type_name((uint32_t)options->link_type));
}

struct run *run_new(const struct run_options *options)
{
    struct run *run = memory_new(1, sizeof *run);
    run->options = *options;
    note_options(run);
    timeline_init(&run->timeline, &run->sources);
    if (options->has_origin)
        timeline_set_origin(&run->timeline, options->origin_ns);
    return run;
}

void run_free(struct run *run)
{
    if (!run)
        return;
    if (run->started)
        engine_fini(&run->engine);
    for (size_t i = 0; i < run->count; i++)
        expectation_free(run->expectations[i]);
    guard_fini(&run->guard);
    free(run->expectations);
    timeline_fini(&run->timeline);
    capture_free(run->capture);
    source_list_fini(&run->sources);
    text_fini(&run->words);
    free(run);
}

/* Within one file, sources of one name get a number; among files the user shall say which is which. */
static int check_names(const struct run *run, const char *path, const char *name, size_t first, struct error *error)
{
    for (size_t i = 0; i < first; i++) {
        const struct source *source = &run->sources.sources[i];
        for (size_t j = first; j < run->sources.count; j++) {
            const char *told = run->sources.sources[j].told;
            if (strcmp(source->name, told) == 0)
                return error_set(error, "%s: its source would be called %s, as that of %s is; give each a name of its own: NAME=%s",
                                 path, told, source->file ? source->file : "another port", path);
        }
        if (name && source->group && strcmp(source->group, name) == 0)
            return error_set(error, "%s=%s: %s has that name already; give each a name of its own", name, path, source->file);
    }
    return 0;
}

static void note_words(struct run *run, const char *option, const char *name, const char *path)
{
    struct text word = {0};
    text_add(&word, "%s%s%s", name ? name : "", name ? "=" : "", path);
    text_add(&run->words, "%s%s ", run->words.length ? " " : "", option);
    text_add_shell_word(&run->words, text_bytes(&word));
    text_fini(&word);
}

int run_replay(struct run *run, const char *name, const char *path, struct error *error)
{
    struct reader_options options = {.name = name, .link_type = run->options.link_type};
    size_t first = run->sources.count;
    struct reader *reader = reader_open(path, &options, &run->sources, error);
    if (!reader)
        return -1;
    if (name && run->sources.count == first && !reader->damage.text[0]) /* a pcapng without an interface: no packets, as asked for */
        source_add(&run->sources, name, NULL, path, LINKTYPE_ETHERNET);
    timeline_take_reader(&run->timeline, reader, first);
    if (check_names(run, path, name, first, error) != 0)
        return -1;
    note_words(run, "--replay", name, path);
    return timeline_check(&run->timeline, error);
}

int run_live(struct run *run, const char *name, const char *interface, struct error *error)
{
    struct capture_options options = {run->options.live, run->options.launcher};
    size_t first = run->sources.count;
    if (!run->capture)
        run->capture = capture_new(&options, &run->sources);
    if (capture_add(run->capture, name, interface, error) != 0 || check_names(run, interface, name, first, error) != 0)
        return -1;
    note_words(run, "--live", name, interface);
    return 0;
}

/* What to paste is the recording, once there is one: it asks the same packets again. */
int run_record(struct run *run, const char *path, struct error *error)
{
    if (capture_record(run->capture, path, error) != 0)
        return -1;
    if (strcmp(path, "-") != 0) {
        text_fini(&run->words);
        note_words(run, "--replay", NULL, path);
    }
    return 0;
}

int run_expect(struct run *run, const struct expectation_spec *spec, struct error *error)
{
    struct expectation *made;
    const struct plugin *plugin = plugin_load(spec->plugin, error);
    return plugin ? run_expect_of(run, spec, plugin, &made, error) : -1;
}

int run_expect_of(struct run *run, const struct expectation_spec *spec, const struct plugin *plugin, struct expectation **made,
                  struct error *error)
{
    struct expectation *expectation = expectation_new(spec, plugin, &run->sources, run->expectations, run->count, error);
    if (!expectation)
        return -1;
    run->expectations = memory_grow(run->expectations, &run->capacity, run->count, sizeof *run->expectations);
    expectation->guard = &run->guard;
    run->expectations[run->count++] = expectation;
    if (run->started)
        run->engine.expectations = run->expectations; /* it may have moved */
    *made = expectation;
    return 0;
}

int run_expect_recorded(struct run *run, struct error *error)
{
    struct arena arena = {0};
    int count = 0, result = 0;
    for (size_t i = 0; result == 0 && i < timeline_reader_count(&run->timeline); i++) {
        const struct recording *recording = timeline_reader(&run->timeline, i)->recording;
        for (size_t j = 0; recording && result == 0 && j < recording->expectation_count; j++) {
            struct expectation_spec spec;
            result = expectation_restore(text_bytes(&recording->expectations[j]), &spec, &arena, error);
            result = result == 0 ? run_expect(run, &spec, error) : result;
            count++;
        }
    }
    arena_fini(&arena);
    return result == 0 ? count : -1;
}

/* ---- Sources that --on names ------------------------------------------------------------------------------------------- */

static bool may_grow(const struct run *run)
{
    for (size_t i = 0; i < timeline_reader_count(&run->timeline); i++) {
        if (timeline_reader(&run->timeline, i)->may_grow)
            return true;
    }
    return false;
}

static int check_on(const struct run *run, const struct expectation *expectation, struct error *error)
{
    const char *name = expectation_missing_source(expectation);
    struct text there = {0};
    if (!name)
        return 0;
    for (size_t i = 0; i < run->sources.count; i++)
        text_add(&there, "%s%s", i ? ", " : "", run->sources.sources[i].name);
    error_set(error, "\"%s\": --on %s: there is no such source; there %s %s", expectation->label, name,
              run->sources.count == 1 ? "is" : "are", run->sources.count ? text_bytes(&there) : "none");
    text_fini(&there);
    return -1;
}

/* What is wrong with one expectation is its own error where each stands alone; else there is no run. */
static int refuse(struct run *run, struct expectation *expectation, struct error *error)
{
    if (!run->options.each_alone)
        return -1;
    if (!expectation->fault[0])
        snprintf(expectation->fault, sizeof expectation->fault, "%.1500s", error->text);
    expectation->has_value = false;
    error->text[0] = '\0';
    if (run->started)
        engine_fault(&run->engine, expectation);
    return 0;
}

static int missing_source(struct run *run, struct error *error)
{
    for (size_t i = 0; i < run->count; i++) {
        if (check_on(run, run->expectations[i], error) != 0 && refuse(run, run->expectations[i], error) != 0)
            return -1;
    }
    return 0;
}

static int bind_sources(struct run *run, struct error *error)
{
    for (size_t i = 0; i < run->count; i++) {
        struct expectation *expectation = run->expectations[i];
        bool bound = expectation->on_source && expectation->sources_seen == run->sources.count;
        if (!bound && expectation_bind(expectation, error) != 0 && refuse(run, expectation, error) != 0)
            return -1;
    }
    return 0;
}

/* ---- The run ----------------------------------------------------------------------------------------------------------- */

static int arm(struct run *run, struct error *error)
{
    struct text *texts = memory_new(run->count + 1, sizeof *texts);
    const char **stored = memory_new(run->count + 1, sizeof *stored);
    for (size_t i = 0; i < run->count; i++) {
        expectation_store(&run->expectations[i]->spec, &texts[i]);
        stored[i] = text_bytes(&texts[i]);
    }
    int result = capture_arm(run->capture, stored, run->count, error);
    for (size_t i = 0; i < run->count; i++)
        text_fini(&texts[i]);
    free(texts);
    free(stored);
    return result;
}

static void begin(struct run *run, int64_t origin_ns)
{
    engine_init(&run->engine, run->expectations, run->count, &run->sources);
    run->engine.strict_end = run->options.strict_end;
    run->engine.watching = run->options.goes_on || (run->count == 0 && run->options.listener.packets);
    run->started = true;
    engine_begin(&run->engine, origin_ns);
}

static int start_live(struct run *run, struct error *error)
{
    const struct run_listener *listener = &run->options.listener;
    if (arm(run, error) != 0)
        return -1;
    begin(run, capture_origin_ns(run->capture));
    if (listener->armed)
        listener->armed(listener->context);
    return capture_start(run->capture, error);
}

/* What a recording does not hold cannot be asked of it: silence there would be taken for silence on the wire. */
static int check_directions(const struct run *run, struct error *error)
{
    for (size_t i = 0; i < timeline_reader_count(&run->timeline); i++) {
        const struct recording *recording = timeline_reader(&run->timeline, i)->recording;
        if (!recording || strcmp(recording->direction, "both") == 0)
            continue;
        for (size_t j = 0; j < run->count; j++) {
            const char *wanted = direction_name(run->expectations[j]->spec.direction);
            if (strcmp(wanted, recording->direction) != 0)
                return error_set(error, "\"%s\": --direction %s: the recording holds packets of direction %s only",
                                 run->expectations[j]->label, wanted, recording->direction);
        }
    }
    return 0;
}

static int prepare(struct run *run, struct error *error)
{
    for (size_t i = 0; i < run->count; i++) {
        struct expectation *expectation = run->expectations[i];
        if (!expectation->fault[0] && expectation_prepare(expectation, error) != 0 && refuse(run, expectation, error) != 0)
            return -1;
    }
    return 0;
}

int run_start(struct run *run, struct error *error)
{
    int64_t budget_ns = run->options.plugin_budget_ns;
    if (guard_init(&run->guard, budget_ns ? budget_ns : PLUGIN_BUDGET_NS, error) != 0 || check_directions(run, error) != 0)
        return -1;
    if (bind_sources(run, error) != 0 || (!may_grow(run) && missing_source(run, error) != 0))
        return -1;
    if (prepare(run, error) != 0)
        return -1;
    if (run->capture)
        return start_live(run, error);
    timeline_start(&run->timeline);
    if (bind_sources(run, error) != 0)
        return -1;
    begin(run, run->timeline.origin_ns);
    return 0;
}

int64_t run_origin_ns(const struct run *run)
{
    return run->engine.origin_ns;
}

static void take_end(struct engine *engine, const struct feed *feed)
{
    switch (feed->end) {
    case FEED_END_SILENCE:
    case FEED_END_DAMAGED: engine_end(engine); break;
    case FEED_END_COMPLETE: engine_end_at(engine, feed->time_ns); break;
    case FEED_END_INTERRUPTED: engine_interrupt(engine, feed->time_ns); break;
    }
}

/* Hands one event on to the engine. Returns how many packets of it are part of the run. */
static unsigned take_event(struct engine *engine, enum feed_event event, const struct feed *feed)
{
    switch (event) {
    case FEED_PACKETS: return engine_packets(engine, feed->batch);
    case FEED_HOLE: engine_hole(engine, &feed->hole); break;
    case FEED_TICK: engine_tick(engine, feed->time_ns); break;
    case FEED_CLOSE: engine_close(engine, feed->time_ns); break;
    case FEED_COMMAND: engine_command(engine, feed->command_status); break;
    case FEED_END: take_end(engine, feed); break;
    }
    return 0;
}

static void tell_listener(struct run *run, enum feed_event event, const struct feed *feed, unsigned taken)
{
    const struct run_listener *listener = &run->options.listener;
    if (listener->packets && event == FEED_PACKETS && taken > 0 && !listener->packets(listener->context, feed->batch, taken))
        run->engine.watching = false;
    if (listener->round)
        listener->round(listener->context);
}

/* ---- Ports ------------------------------------------------------------------------------------------------------------- */

static void wait_for_command(struct run *run, const struct signals *signals)
{
    int status;
    if (!capture_has_command(run->capture))
        return;
    while (!capture_wait(run->capture, signals, 200, &status))
        tell_listener(run, FEED_TICK, NULL, 0);
    engine_command(&run->engine, status);
}

static void execute_live(struct run *run, const struct signals *signals)
{
    struct capture *capture = run->capture;
    enum feed_event event;
    while (!engine_over(&run->engine)) {
        event = capture_next(capture, signals);
        unsigned taken = take_event(&run->engine, event, capture_feed(capture));
        if (event == FEED_TICK)
            run->settled_ns = capture_settled_ns(capture);
        capture_taken(capture, event, taken);
        tell_listener(run, event, capture_feed(capture), taken);
    }
    while ((event = capture_final(capture, engine_end_ns(&run->engine))) != FEED_END) {
        if (event != FEED_HOLE)
            continue;
        engine_hole(&run->engine, &capture_feed(capture)->hole);
        capture_taken(capture, event, 0);
    }
    wait_for_command(run, signals);
}

/* ---- Traces ------------------------------------------------------------------------------------------------------------ */

static bool has_recording(const struct run *run)
{
    for (size_t i = 0; i < timeline_reader_count(&run->timeline); i++) {
        if (timeline_reader(&run->timeline, i)->recording)
            return true;
    }
    return false;
}

/* What a recording tells behind the last finish: holes that reach back, and how the command ended. */
static int read_on(struct run *run, const struct signals *signals, struct error *error)
{
    enum feed_event event = FEED_TICK;
    while (event != FEED_END && !signals->came) {
        event = timeline_next(&run->timeline);
        if (bind_sources(run, error) != 0)
            return -1;
        if (event == FEED_HOLE || event == FEED_COMMAND)
            take_event(&run->engine, event, &run->timeline.feed);
    }
    return 0;
}

static int execute_replay(struct run *run, const struct signals *signals, struct error *error)
{
    enum feed_event event = FEED_TICK;
    while (!engine_over(&run->engine)) {
        if (signals->came) {
            engine_interrupt(&run->engine, run->engine.clock_ns);
            break;
        }
        event = timeline_next(&run->timeline);
        if (bind_sources(run, error) != 0)
            return -1;
        unsigned taken = take_event(&run->engine, event, &run->timeline.feed);
        tell_listener(run, event, &run->timeline.feed, taken);
    }
    if (event != FEED_END && has_recording(run) && read_on(run, signals, error) != 0)
        return -1;
    return missing_source(run, error);
}

int run_execute(struct run *run, const struct signals *signals, struct error *error)
{
    int result = 0;
    if (run->capture)
        execute_live(run, signals);
    else
        result = execute_replay(run, signals, error);
    for (size_t i = 0; i < run->count; i++)
        expectation_release(run->expectations[i]); /* before the document is made: a fault in it counts */
    return result;
}

int run_finish(struct run *run, struct error *error)
{
    return run->capture ? capture_close(run->capture, engine_end_ns(&run->engine), run->engine.packets, error) : 0;
}

/* ---- While it goes on ---------------------------------------------------------------------------------------------------- */

int run_join(struct run *run, int64_t opens_ns, struct error *error)
{
    struct expectation *added = run->expectations[run->count - 1];
    if (expectation_bind(added, error) != 0 || check_on(run, added, error) != 0 || expectation_prepare(added, error) != 0) {
        expectation_free(added);
        run->count--;
        return -1;
    }
    engine_add(&run->engine, run->expectations, run->count, opens_ns);
    return 0;
}

void run_close_one(struct run *run, struct expectation *expectation, int64_t time_ns)
{
    engine_close_one(&run->engine, expectation, time_ns);
}

void run_cancel(struct run *run, struct expectation *expectation)
{
    engine_cancel(&run->engine, expectation);
}

/* A trace may still tell of a hole that reaches back, until it ends. */
bool run_has_settled(const struct run *run, const struct expectation *expectation)
{
    const struct window *window = &expectation->window;
    bool decided = expectation->fault[0] || window->reason == FINISH_NEVER_OPENED;
    return window->state == WINDOW_FINISHED && run->capture && (decided || run->settled_ns >= window->finish_ns);
}

int64_t run_now_ns(const struct run *run)
{
    return capture_now_ns(run->capture);
}

void run_document_of(const struct run *run, const struct expectation *expectation, struct document *document)
{
    memset(document, 0, sizeof *document);
    verdict_write_one(document, &run->engine, &run->timeline, expectation);
}

struct run_progress run_progress(const struct run *run)
{
    struct run_progress progress = {.packets = run->engine.packets, .open = run->engine.open, .expectations = run->count};
    for (size_t i = 0; i < run->engine.hole_count; i++)
        progress.dropped += run->engine.holes[i].kind == HOLE_DROP ? run->engine.holes[i].packets : 0;
    return progress;
}

void run_document(const struct run *run, struct document *document)
{
    memset(document, 0, sizeof *document);
    verdict_write(document, &run->engine, &run->timeline);
    document->sources_words = arena_text(&document->arena, text_bytes(&run->words));
    notes_write(document, &run->timeline, run->expectations, run->count);
}

const struct source_list *run_sources(const struct run *run)
{
    return &run->sources;
}
