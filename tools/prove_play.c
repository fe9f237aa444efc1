/* SPDX-License-Identifier: MIT */
/* Packets played to instances of a plugin, by the engine itself: windows, finishes and helpers are those of a run. Only what
 * carries the packets is other: bytes lie at the edge of memory that cannot be touched, a struct of one is destroyed with its
 * batch, and the guard lies where the parent can read it, should the process be gone.
 *
 * What came of an instance is a text of all that a report would tell of it, so that two that should be alike are compared as
 * texts. */
#include "tools/prove_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/engine.h"
#include "core/expectation.h"

#define ORIGIN_NS INT64_C(1700000000000000000)
#define STEP_NS INT64_C(1000000)

enum { POISON = 0xdb, HEX_SHOWN = 128 };

struct stage { /* of one play */
    struct prover *prover;
    const struct prove_packets *packets;
    const struct play *hows;
    size_t count; /* of instances */
    struct source_list sources;
    struct expectation *expectations[2];
    struct engine engine;
    size_t next;
};

/* ---- Setting up ----------------------------------------------------------------------------------------------------------- */

static struct expectation *make_instance(struct stage *stage, size_t index, struct error *error)
{
    static const char *const names[] = {"1", "2"};
    const struct play *how = &stage->hows[index];
    const struct prover *prover = stage->prover;
    struct expectation_spec spec = {.plugin = prover->plugin->descriptor.name, .parameters = prover->set->given,
        .parameter_count = prover->set->count, .expect_anything = true, .count = how->count,
        .timeout_kind = how->timeout_ns ? TIMEOUT_GIVEN : TIMEOUT_RUN, .timeout_ns = how->timeout_ns};
    if (how->on) {
        spec.on = &names[how->on - 1];
        spec.on_count = 1;
    }
    return expectation_new(&spec, prover->plugin, &stage->sources, stage->expectations, index, error);
}

static void note_refusal(struct outcome *outcome, const struct expectation *expectation, const struct error *error)
{
    outcome->faulted = expectation && expectation->fault[0];
    outcome->refused = !outcome->faulted;
    text_add(outcome->faulted ? &outcome->fault : &outcome->words, "%s", outcome->faulted ? expectation->fault : error->text);
}

/* False: the parameters were refused, or prepare faulted. */
static bool set_up(struct stage *stage, struct outcome *outcomes)
{
    struct error error = {""};
    for (size_t i = 0; i < stage->count; i++) {
        struct expectation *expectation = make_instance(stage, i, &error);
        stage->expectations[i] = expectation;
        if (expectation)
            expectation->guard = &stage->prover->shared->guard;
        if (!expectation || expectation_bind(expectation, &error) != 0 || expectation_prepare(expectation, &error) != 0) {
            note_refusal(&outcomes[i], expectation, &error);
            return false;
        }
    }
    return true;
}

/* ---- Packets -------------------------------------------------------------------------------------------------------------- */

static struct aptrace_packet packet_at(struct stage *stage, size_t index, unsigned slot)
{
    const struct prove_packets *packets = stage->packets;
    const struct prove_packet *packet = &packets->list[index];
    struct packet_pages *pages = stage->prover->pages;
    size_t place = index - stage->hows[0].first;
    int64_t step_ns = stage->hows[0].step_ns ? stage->hows[0].step_ns : STEP_NS;
    int64_t time_ns = ORIGIN_NS + (int64_t)(place + 1) * step_ns;
    return (struct aptrace_packet){
        .bytes = packet_pages_put(pages, slot, packets->bytes + packet->at, packet->capture_length, stage->hows[0].edge),
        .capture_length = packet->capture_length, .wire_length = packet->wire_length,
        .time_ns = time_ns, .timestamp_ns = time_ns,
        .number = place / 2 + 1, .position = place + 1, .source = 1 + (uint32_t)(place % 2), .link_type = packets->link_type,
        .flags = APTRACE_PACKET_RECEIVED | (packet->capture_length < packet->wire_length ? APTRACE_PACKET_TRUNCATED : 0)};
}

/* Batches of one go through all slots in turn. */
static void fill_batch(struct stage *stage, size_t count)
{
    struct batch *batch = &stage->prover->shared->batch;
    memset(batch->packets, POISON, batch->count * sizeof *batch->packets);
    batch->count = (unsigned)count;
    batch->flags_any = 0;
    batch->flags_all = UINT16_MAX;
    for (unsigned i = 0; i < count; i++) {
        unsigned slot = count == 1 ? (unsigned)(stage->next % BATCH_CAPACITY) : i;
        batch->packets[i] = packet_at(stage, stage->next + i, slot);
        batch->frames[i] = stage->next + i + 1;
        batch->flags_any |= batch->packets[i].flags;
        batch->flags_all &= batch->packets[i].flags;
    }
    batch->source_low = count > 1 ? 1 : batch->packets[0].source;
    batch->source_high = count > 1 ? 2 : batch->packets[0].source;
}

static size_t limit_of(const struct stage *stage)
{
    size_t limit = stage->hows[0].limit;
    return limit && limit < stage->packets->count ? limit : stage->packets->count;
}

static void show_packets(struct stage *stage)
{
    enum { FEW = 2, GROWTH = 4 };
    const struct play *how = &stage->hows[0];
    size_t limit = limit_of(stage), most = how->grows ? FEW : how->batch ? how->batch : BATCH_CAPACITY;
    while (stage->next < limit && !engine_over(&stage->engine)) {
        size_t left = limit - stage->next, count = left < most ? left : most;
        most = how->grows && most < BATCH_CAPACITY / GROWTH ? most * GROWTH : most;
        fill_batch(stage, count);
        engine_packets(&stage->engine, &stage->prover->shared->batch);
        stage->next += count;
    }
}

static void end_window(struct stage *stage)
{
    switch (stage->hows[0].end) {
    case PLAY_ENDS: engine_end(&stage->engine); break;
    case PLAY_INTERRUPTED: engine_interrupt(&stage->engine, stage->engine.clock_ns); break;
    case PLAY_RELEASED:
    case PLAY_NEVER_OPENED: break;
    }
}

/* ---- What came of it ------------------------------------------------------------------------------------------------------ */

static void add_value(struct text *text, const struct expectation *expectation)
{
    const struct aptrace_value *value = &expectation->value;
    if (!expectation->has_value)
        text_add(text, "nothing");
    else if (value->type == APTRACE_TYPE_STRING)
        text_add(text, "\"%s\"", value->as.text);
    else if (value->type == APTRACE_TYPE_BOOL)
        text_add(text, "%s", value->as.natural ? "true" : "false");
    else if (value->type == APTRACE_TYPE_DOUBLE)
        text_add(text, "%.17g", value->as.real);
    else
        text_add(text, value->type == APTRACE_TYPE_INT ? "%" PRId64 : "%" PRIu64, value->as.integer);
}

static uint64_t count_unseen(const struct expectation *expectation)
{
    uint64_t count = 0;
    for (size_t i = 0; i < expectation->own_hole_count; i++)
        count += expectation->own_holes[i].kind == HOLE_UNSEEN ? expectation->own_holes[i].packets : 0;
    return count;
}

static void add_words(struct text *text, const struct expectation *expectation)
{
    const struct window *window = &expectation->window;
    text_add(text, "finish %d at %" PRId64 ", %" PRIu64 " packets", (int)window->reason,
             window->state == WINDOW_FINISHED ? window->finish_ns - ORIGIN_NS : 0, window->packets);
    text_add(text, ", explanation: %s", expectation->explanation ? expectation->explanation : "none");
    for (size_t i = 0; i < expectation->cited_count; i++)
        text_add(text, ", cited %" PRIu64, expectation->cited[i].frame);
    if (expectation->nearest.frame)
        text_add(text, ", nearest %" PRIu64, expectation->nearest.frame);
    if (expectation->nearest_text)
        text_add(text, " (%s)", expectation->nearest_text);
    text_add(text, ", unseen %" PRIu64, count_unseen(expectation));
}

static void note_yielded(struct prove_shared *shared, const char *yielded, bool has_value)
{
    if (has_value && shared->yielded[0] == '\0')
        snprintf(shared->yielded, sizeof shared->yielded, "%s", yielded);
    if (has_value && strncmp(shared->yielded, yielded, sizeof shared->yielded - 1) != 0)
        shared->has_differed = true;
}

static void note_outcome(struct stage *stage, const struct expectation *expectation, struct outcome *outcome)
{
    outcome->stopped = expectation->window.reason == FINISH_STOPPED;
    outcome->unseen = count_unseen(expectation);
    outcome->shown = stage->next - stage->hows[0].first;
    if (expectation->window.has_packet)
        outcome->shown = (size_t)(expectation->window.packet.frame - stage->hows[0].first);
    add_value(&outcome->yielded, expectation);
    note_yielded(stage->prover->shared, text_bytes(&outcome->yielded), expectation->has_value);
    if (stage->hows[0].grows)
        return;
    text_add(&outcome->words, "%s, ", text_bytes(&outcome->yielded));
    add_words(&outcome->words, expectation);
}

/* The index of the packet that the guard saw last. */
static size_t culprit_of(const struct stage *stage)
{
    const struct batch *batch = &stage->prover->shared->batch;
    const struct aptrace_packet *packet = stage->prover->shared->guard.packet;
    if (!packet || packet < batch->packets || packet >= batch->packets + batch->count)
        return SIZE_MAX;
    return (size_t)batch->frames[packet - batch->packets] - 1;
}

static void note_fault(struct stage *stage, const struct expectation *expectation, struct outcome *outcome)
{
    if (outcome->faulted || !expectation->fault[0])
        return;
    outcome->faulted = true;
    outcome->culprit = culprit_of(stage);
    text_add(&outcome->fault, "%s", expectation->fault);
}

void outcome_fini(struct outcome *outcome)
{
    text_fini(&outcome->yielded);
    text_fini(&outcome->words);
    text_fini(&outcome->fault);
    *outcome = (struct outcome){0};
}

/* ---- Telling a fault ------------------------------------------------------------------------------------------------------ */

void play_add_packet(struct text *text, unsigned link_type, const uint8_t *bytes, uint32_t capture_length, uint32_t wire_length)
{
    text_add(text, "The packet, link type %u, %u of its %u bytes captured:", link_type, (unsigned)capture_length,
             (unsigned)wire_length);
    for (size_t i = 0; i < capture_length && i < HEX_SHOWN; i++)
        text_add(text, "%s%02x", i % 2 ? "" : " ", bytes[i]);
    text_add(text, "%s", capture_length > HEX_SHOWN ? " ..." : "");
}

void play_add_packet_of(struct text *text, const struct prove_packets *packets, size_t index)
{
    const struct prove_packet *packet = &packets->list[index];
    play_add_packet(text, packets->link_type, packets->bytes + packet->at, packet->capture_length, packet->wire_length);
}

/* Packets [first, last] in a file, and the words that show them again. */
static void add_way(struct prover *prover, struct text *text, const struct prove_packets *packets, size_t first, size_t last)
{
    struct text path = {0};
    const char *folder = getenv("TMPDIR");
    text_add(&path, "%s/aptrace-plugin-%s-%ld.pcap", folder && *folder ? folder : "/tmp", prover->plugin->descriptor.name,
             (long)getpid());
    if (packets_save(packets, first, last - first + 1, text_bytes(&path)) == 0) {
        text_add(text, "See it again, in a debugger too: aptrace-plugin try -r %s ", text_bytes(&path));
        text_add_shell_word(text, prover->path);
        words_add_set(text, prover->set);
    }
    text_fini(&path);
}

static void tell_fault(struct prover *prover, const struct outcome *outcome, const struct play *how)
{
    struct text what = {0}, help = {0};
    bool has_culprit = outcome->culprit != SIZE_MAX;
    prover->shared->has_faulted = true;
    text_add(&what, "%s: %s", prover->section, text_bytes(&outcome->fault));
    if (has_culprit) {
        play_add_packet_of(&help, outcome->packets, outcome->culprit);
        text_add(&help, "\n");
    }
    if (has_culprit || outcome->shown > 0)
        add_way(prover, &help, outcome->packets, how->first, has_culprit ? outcome->culprit : how->first + outcome->shown - 1);
    prove_wrong(prover, text_bytes(&what), text_bytes(&help));
    text_fini(&what);
    text_fini(&help);
}

/* ---- Playing -------------------------------------------------------------------------------------------------------------- */

static void run(struct stage *stage, struct outcome *outcomes)
{
    bool opened = stage->hows[0].end != PLAY_NEVER_OPENED;
    stage->next = stage->hows[0].first;
    engine_init(&stage->engine, stage->expectations, stage->count, &stage->sources);
    if (opened) {
        engine_begin(&stage->engine, ORIGIN_NS);
        show_packets(stage);
        end_window(stage);
    }
    for (size_t i = 0; i < stage->count; i++) {
        note_fault(stage, stage->expectations[i], &outcomes[i]);
        note_outcome(stage, stage->expectations[i], &outcomes[i]);
    }
    engine_fini(&stage->engine);
}

/* True: nothing faulted. */
static bool play_all(struct prover *prover, const struct prove_packets *packets, const struct play *hows,
                     struct outcome *outcomes, size_t count)
{
    struct stage stage = {.prover = prover, .packets = packets, .hows = hows, .count = count};
    bool good = true;
    source_add(&stage.sources, "1", NULL, NULL, packets->link_type);
    source_add(&stage.sources, "2", NULL, NULL, packets->link_type);
    for (size_t i = 0; i < count; i++)
        outcomes[i] = (struct outcome){.culprit = SIZE_MAX, .packets = packets};
    if (set_up(&stage, outcomes))
        run(&stage, outcomes);
    for (size_t i = 0; i < count; i++) {
        struct expectation *expectation = stage.expectations[i];
        if (!expectation)
            continue;
        expectation_release(expectation);
        note_fault(&stage, expectation, &outcomes[i]);
        if (!outcomes[i].faulted)
            expectation_free(expectation);
        good = good && !outcomes[i].faulted;
    }
    source_list_fini(&stage.sources);
    return good;
}

bool play_two(struct prover *prover, const struct prove_packets *packets, const struct play how[2], struct outcome outcomes[2])
{
    if (play_all(prover, packets, how, outcomes, 2))
        return true;
    tell_fault(prover, outcomes[0].faulted ? &outcomes[0] : &outcomes[1], &how[0]);
    return false;
}

bool play(struct prover *prover, const struct prove_packets *packets, const struct play *how, struct outcome *outcome)
{
    if (play_all(prover, packets, how, outcome, 1))
        return true;
    tell_fault(prover, outcome, how);
    return false;
}

bool play_on(struct prover *prover, const struct prove_packets *packets, const struct play *how, struct text *words)
{
    struct play next = *how;
    size_t limit = how->limit && how->limit < packets->count ? how->limit : packets->count;
    bool good = true, refused = false;
    while (good && !refused && next.first < limit) {
        struct outcome outcome;
        good = play(prover, packets, &next, &outcome);
        next.first += outcome.shown ? outcome.shown : 1;
        refused = outcome.refused; /* a filter that cannot be asked of the link type */
        if (words)
            text_add(words, "%s\n", text_bytes(&outcome.words));
        outcome_fini(&outcome);
    }
    return good;
}
