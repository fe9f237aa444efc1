/* SPDX-License-Identifier: MIT */
/* The one place where the stages meet: readers go into the timeline, the timeline feeds the engine, the engine's expectations
 * become the document. Nothing is decided here that a stage decides. */
#include "run.h"

#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "notes.h"
#include "plugin_load.h"
#include "reader.h"
#include "timeline.h"
#include "verdict.h"

enum { LINKTYPE_ETHERNET = 1 };

struct run {
    struct run_options options;
    struct source_list sources;
    struct timeline timeline;
    struct engine engine;
    struct expectation **expectations;
    size_t count, capacity;
    struct text words; /* options and sources, to paste */
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
    free(run->expectations);
    timeline_fini(&run->timeline);
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
                return error_set(error, "--replay %s: its source would be called %s, as that of %s is; give each a name of its own: "
                                 "--replay NAME=%s", path, told, source->file, path);
        }
        if (name && source->group && strcmp(source->group, name) == 0)
            return error_set(error, "--replay %s=%s: %s has that name already; give each a name of its own", name, path, source->file);
    }
    return 0;
}

static void note_words(struct run *run, const char *name, const char *path)
{
    struct text word = {0};
    text_add(&word, "%s%s%s", name ? name : "", name ? "=" : "", path);
    text_add(&run->words, "%s--replay ", run->words.length ? " " : "");
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
    note_words(run, name, path);
    return 0;
}

int run_expect(struct run *run, const struct expectation_spec *spec, struct error *error)
{
    const struct plugin *plugin = plugin_load(spec->plugin, error);
    if (!plugin)
        return -1;
    struct expectation *expectation = expectation_new(spec, plugin, &run->sources, run->expectations, run->count, error);
    if (!expectation)
        return -1;
    run->expectations = memory_grow(run->expectations, &run->capacity, run->count, sizeof *run->expectations);
    run->expectations[run->count++] = expectation;
    return 0;
}

/* ---- Sources that --on names ---------------------------------------------------------------------------------------------- */

static bool may_grow(const struct run *run)
{
    for (size_t i = 0; i < timeline_reader_count(&run->timeline); i++) {
        if (timeline_reader(&run->timeline, i)->may_grow)
            return true;
    }
    return false;
}

static int missing_source(const struct run *run, struct error *error)
{
    for (size_t i = 0; i < run->count; i++) {
        const char *name = expectation_missing_source(run->expectations[i]);
        struct text there = {0};
        if (!name)
            continue;
        for (size_t j = 0; j < run->sources.count; j++)
            text_add(&there, "%s%s", j ? ", " : "", run->sources.sources[j].name);
        error_set(error, "\"%s\": --on %s: there is no such source; there %s %s", run->expectations[i]->label, name,
                  run->sources.count == 1 ? "is" : "are", run->sources.count ? text_bytes(&there) : "none");
        text_fini(&there);
        return -1;
    }
    return 0;
}

static int bind_sources(struct run *run, struct error *error)
{
    for (size_t i = 0; i < run->count; i++) {
        if (run->expectations[i]->sources_seen < run->sources.count || !run->expectations[i]->on_source) {
            if (expectation_bind(run->expectations[i], error) != 0)
                return -1;
        }
    }
    return 0;
}

/* ---- The run ----------------------------------------------------------------------------------------------------------------- */

int run_start(struct run *run, struct error *error)
{
    if (bind_sources(run, error) != 0 || (!may_grow(run) && missing_source(run, error) != 0))
        return -1;
    for (size_t i = 0; i < run->count; i++) {
        if (expectation_prepare(run->expectations[i], error) != 0)
            return -1;
    }
    timeline_start(&run->timeline);
    if (bind_sources(run, error) != 0)
        return -1;
    engine_init(&run->engine, run->expectations, run->count, &run->sources);
    run->engine.strict_end = run->options.strict_end;
    run->started = true;
    engine_begin(&run->engine, run->timeline.origin_ns);
    return 0;
}

int run_execute(struct run *run, const volatile bool *interrupted, struct error *error)
{
    while (!engine_over(&run->engine)) {
        if (*interrupted) {
            engine_interrupt(&run->engine);
            break;
        }
        enum timeline_event event = timeline_next(&run->timeline);
        if (bind_sources(run, error) != 0)
            return -1;
        if (event == TIMELINE_PACKETS)
            engine_packets(&run->engine, run->timeline.batch);
        else if (event == TIMELINE_HOLE)
            engine_hole(&run->engine, &run->timeline.hole);
        else
            engine_end(&run->engine);
    }
    return missing_source(run, error);
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
