/* SPDX-License-Identifier: MIT */
/* Timing rules 3 to 7: when windows open, what they hold, when and why they finish.
 *
 * Expectations are independent but for --after, whose label always stands earlier. So each runs over the whole batch before
 * the next one does, and one that is opened by a stop in this batch begins behind the packet that stopped its label. Which of
 * them finished is settled when all have run: on_finish is called in the order of the finishes, as if packets had been shown
 * one at a time, and packets behind the last finish of the run are not counted.
 *
 * Event times never decrease within a batch or from one to the next (the timeline's law), so the end of a window in a batch
 * is found by bisection. */
#include "engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dispatch.h"
#include "memory.h"
#include "number.h"

void engine_init(struct engine *engine, struct expectation **expectations, size_t count, const struct source_list *sources)
{
    memset(engine, 0, sizeof *engine);
    engine->expectations = expectations;
    engine->count = count;
    engine->sources = sources;
    engine->layers = layers_pool_new();
    engine->open = count;
}

void engine_fini(struct engine *engine)
{
    layers_pool_free(engine->layers);
    free(engine->tallies);
    free(engine->holes);
}

/* ---- Opening and finishing ------------------------------------------------------------------------------------------- */

/* A timeout beyond all time is one all the same. */
static int64_t last_moment(int64_t time_ns)
{
    return time_ns < EXPECTATION_NO_TIMEOUT ? time_ns : EXPECTATION_NO_TIMEOUT - 1;
}

static void open_window(const struct engine *engine, struct expectation *expectation, int64_t time_ns, unsigned batch_begin)
{
    struct window *window = &expectation->window;
    window->state = WINDOW_OPEN;
    window->opens_ns = time_ns > window->earliest_ns ? time_ns : window->earliest_ns;
    window->closes_ns = EXPECTATION_NO_TIMEOUT;
    if (expectation->spec.timeout_kind == TIMEOUT_GIVEN)
        window->closes_ns = last_moment(number_add(window->opens_ns, expectation->spec.timeout_ns));
    else if (expectation->spec.timeout_kind == TIMEOUT_RUN && engine->has_close)
        window->closes_ns = engine->close_ns;
    expectation->batch_begin = batch_begin;
}

/* Why a window finishes at its closes: by its own timeout, or with the run, or as it was closed from outside. */
static enum finish_reason closing_reason(const struct expectation *expectation)
{
    bool timed = expectation->spec.timeout_kind == TIMEOUT_GIVEN && !expectation->window.closed_early;
    return timed ? FINISH_TIMED_OUT : FINISH_ENDED;
}

/* Notes a finish; on_finish is called when the batch (or tick) is settled. position: packets of the batch before it. */
static void finish(struct engine *engine, struct expectation *expectation, enum finish_reason reason, int64_t time_ns,
                   unsigned position)
{
    expectation->window.state = WINDOW_FINISHED;
    expectation->window.reason = reason;
    expectation->window.finish_ns = time_ns;
    expectation->batch_finish = position;
    expectation->finish_pending = true;
    engine->open--;
}

static void finish_at_packet(struct engine *engine, struct expectation *expectation, enum finish_reason reason,
                             const struct batch *batch, unsigned index)
{
    const struct aptrace_packet *packet = &batch->packets[index];
    expectation->finish_packet = packet;
    expectation->window.has_packet = true;
    expectation->window.packet = expectation_reference(expectation, packet);
    finish(engine, expectation, reason, packet->time_ns, index + 1);
}

/* Rule 9: a packet behind its own stamp opens a window later than it should have opened. */
static void note_late_opening(struct expectation *dependent, const struct aptrace_packet *packet)
{
    if (!packet || packet->timestamp_ns >= packet->time_ns || dependent->batch->spans) /* note_span() tells the last */
        return;
    struct hole hole = {.source = packet->source, .kind = HOLE_LATE, .packets = 1,
                        .from_ns = packet->timestamp_ns, .to_ns = packet->time_ns};
    snprintf(hole.text, sizeof hole.text, "the packet that opened the window came behind its stamp");
    expectation_add_hole(dependent, &hole);
}

/* The windows that wait for this one: opened by its stop, else never. Those stand behind it, so that one pass does. */
static void tell_dependents(struct engine *engine, const struct expectation *label)
{
    for (size_t i = 0; i < engine->count; i++) {
        struct expectation *dependent = engine->expectations[i];
        if (dependent->label_of_after != label || dependent->window.state != WINDOW_WAITING)
            continue;
        if (label->window.reason == FINISH_STOPPED) {
            open_window(engine, dependent, label->window.finish_ns, label->batch_finish);
            note_late_opening(dependent, label->finish_packet);
        } else {
            finish(engine, dependent, FINISH_NEVER_OPENED, label->window.finish_ns, label->batch_finish);
            tell_dependents(engine, dependent);
        }
    }
}

void engine_fault(struct engine *engine, struct expectation *expectation)
{
    if (expectation->window.state == WINDOW_FINISHED)
        return;
    finish(engine, expectation, FINISH_FAULT, engine->clock_ns, 0);
    expectation->finish_pending = false;
    tell_dependents(engine, expectation);
}

void engine_begin(struct engine *engine, int64_t origin_ns)
{
    engine->origin_ns = engine->clock_ns = origin_ns;
    for (size_t i = 0; i < engine->count; i++) {
        if (!engine->expectations[i]->label_of_after)
            open_window(engine, engine->expectations[i], origin_ns, 0);
    }
    for (size_t i = 0; i < engine->count; i++) {
        if (engine->expectations[i]->fault[0])
            engine_fault(engine, engine->expectations[i]);
    }
}

/* ---- on_finish ------------------------------------------------------------------------------------------------------- */

static void call_on_finish(struct expectation *expectation)
{
    const struct window *window = &expectation->window;
    bool stopped = window->reason == FINISH_STOPPED;
    struct aptrace_finish finish = {
        .reason = (uint32_t)window->reason,
        .stopped = stopped,
        .time_ns = window->finish_ns,
        .opens_ns = window->opens_ns,
        .closes_ns = window->closes_ns,
        .packets = window->packets,
        .packet = expectation->finish_packet,
    };
    if (window->reason != FINISH_NEVER_OPENED && window->reason != FINISH_FAULT)
        expectation_finish(expectation, &finish);
}

/* The pending finish that comes first: by time, then as given. */
static struct expectation *first_pending(const struct engine *engine)
{
    struct expectation *first = NULL;
    for (size_t i = 0; i < engine->count; i++) {
        struct expectation *expectation = engine->expectations[i];
        if (expectation->finish_pending && (!first || expectation->window.finish_ns < first->window.finish_ns))
            first = expectation;
    }
    return first;
}

static void settle(struct engine *engine)
{
    struct expectation *expectation;
    while ((expectation = first_pending(engine)) != NULL) {
        call_on_finish(expectation);
        expectation->finish_pending = false;
        expectation->finish_packet = NULL;
    }
}

/* ---- Packets ---------------------------------------------------------------------------------------------------------- */

/* The first packet of the batch behind the window's end. */
static unsigned window_end(const struct batch *batch, unsigned begin, int64_t closes_ns)
{
    unsigned low = begin, high = batch->count;
    if (batch->packets[batch->count - 1].time_ns <= closes_ns)
        return high;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (batch->packets[middle].time_ns > closes_ns)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* A window that was opened ahead of the clock begins with the first packet that is not before it. */
static unsigned window_begin(const struct batch *batch, unsigned begin, int64_t opens_ns)
{
    return begin < batch->count && batch->packets[begin].time_ns < opens_ns ? window_end(batch, begin, opens_ns - 1) : begin;
}

/* Whether a packet whose place in time is not sure lies in the window wherever in its span it was. */
static bool holds_span(const struct window *window, const struct batch *batch)
{
    return window->opens_ns <= batch->span_from_ns && batch->span_to_ns <= window->closes_ns;
}

static void run_batch(struct engine *engine, struct expectation *expectation, const struct batch *batch)
{
    struct window *window = &expectation->window;
    unsigned begin = window_begin(batch, expectation->batch_begin, window->opens_ns);
    unsigned end = window_end(batch, begin, window->closes_ns);
    expectation->batch_begin = begin;
    if (batch->spans && begin < end && !holds_span(window, batch))
        begin = end;
    struct dispatched done = dispatch(expectation, batch, begin, end);
    window->packets += done.shown;
    if (done.faulted)
        expectation_note_fault(expectation);
    if (done.faulted)
        finish_at_packet(engine, expectation, FINISH_FAULT, batch, done.at);
    else if (done.stopped)
        finish_at_packet(engine, expectation, FINISH_STOPPED, batch, done.at);
    else if (done.counted)
        finish_at_packet(engine, expectation, FINISH_COUNTED, batch, done.at);
    else if (end < batch->count)
        finish(engine, expectation, closing_reason(expectation), window->closes_ns, end);
    if (window->state == WINDOW_FINISHED)
        tell_dependents(engine, expectation);
}

/* Rule 9: a late packet reaches back. A window that had finished before it came, but spans its stamp, should have held it. */
static void note_late(struct engine *engine, const struct batch *batch, unsigned index)
{
    const struct aptrace_packet *packet = &batch->packets[index];
    for (size_t i = 0; i < engine->count; i++) {
        struct expectation *expectation = engine->expectations[i];
        const struct window *window = &expectation->window;
        bool before = window->state == WINDOW_FINISHED && (!expectation->finish_pending || expectation->batch_finish <= index);
        bool spans = window->opens_ns <= packet->timestamp_ns && packet->timestamp_ns <= window->finish_ns;
        if (!before || !spans || window->reason == FINISH_STOPPED || window->reason == FINISH_NEVER_OPENED)
            continue;
        if (!dispatch_may_select(expectation, packet))
            continue;
        struct hole hole = {.source = packet->source, .kind = HOLE_LATE, .packets = 1,
                            .from_ns = packet->timestamp_ns, .to_ns = packet->time_ns};
        snprintf(hole.text, sizeof hole.text, "stamped in the window, but behind packets from after its end");
        expectation_add_hole(expectation, &hole);
    }
}

static bool has_several_sources(const struct expectation *expectation)
{
    size_t count = 0;
    for (size_t number = 1; number <= expectation->sources_seen; number++)
        count += expectation->all_sources || expectation->on_source[number];
    return count > 1;
}

/* What a packet whose place in time is not sure leaves open. One that came late lay at its stamp: who finished before it came
 * should have held it, what it opened should have opened earlier, and among several sources its order is lost. One whose stamp
 * fits two times may lie on either side of an edge between them. */
static bool leaves_hole(const struct expectation *expectation, const struct batch *batch)
{
    const struct window *window = &expectation->window;
    const struct expectation *label = expectation->label_of_after;
    bool finished = window->state == WINDOW_FINISHED && (!expectation->finish_pending || expectation->batch_finish == 0);
    int64_t last_ns = finished ? window->finish_ns : window->closes_ns;
    bool from = window->opens_ns <= batch->span_from_ns && batch->span_from_ns <= last_ns;
    bool to = window->opens_ns <= batch->span_to_ns && batch->span_to_ns <= last_ns;
    if (window->state == WINDOW_WAITING || window->reason == FINISH_NEVER_OPENED)
        return false;
    if (label && label->finish_pending && label->window.reason == FINISH_STOPPED)
        return true;
    if (!dispatch_may_select(expectation, &batch->packets[0]) || (finished && window->reason == FINISH_STOPPED))
        return false;
    if (batch->late)
        return from && (finished || has_several_sources(expectation));
    return from != to;
}

static void note_span(struct engine *engine, const struct batch *batch)
{
    const struct aptrace_packet *packet = &batch->packets[0];
    for (size_t i = 0; i < engine->count; i++) {
        if (!leaves_hole(engine->expectations[i], batch))
            continue;
        struct hole hole = {.source = packet->source, .kind = HOLE_LATE, .packets = 1,
                            .from_ns = batch->span_from_ns, .to_ns = batch->span_to_ns};
        snprintf(hole.text, sizeof hole.text, batch->late ? "it came after the clock had passed its stamp"
                                                          : "its stamp fits two times: the system clock was stepped");
        expectation_add_hole(engine->expectations[i], &hole);
    }
}

static void tally(struct engine *engine, const struct batch *batch, unsigned taken)
{
    if (engine->sources->count + 1 > engine->tally_capacity) {
        size_t capacity = engine->sources->count + 17;
        struct source_tally *tallies = memory_new(capacity, sizeof *tallies);
        if (engine->tally_capacity)
            memcpy(tallies, engine->tallies, engine->tally_capacity * sizeof *tallies);
        free(engine->tallies);
        engine->tallies = tallies;
        engine->tally_capacity = capacity;
    }
    engine->packets += taken;
    if (batch->source_low == batch->source_high && !(batch->flags_any & APTRACE_PACKET_LATE)) {
        engine->tallies[batch->source_low].packets += taken;
        return;
    }
    for (unsigned i = 0; i < taken; i++) {
        struct source_tally *source = &engine->tallies[batch->packets[i].source];
        source->packets++;
        source->late += (batch->packets[i].flags & APTRACE_PACKET_LATE) != 0;
    }
}

/* Packets up to the close; one behind it ends a run that only watches. */
static unsigned watch_on(struct engine *engine, const struct batch *batch)
{
    unsigned taken = window_end(batch, 0, engine->close_ns);
    engine->watching = taken == batch->count;
    return taken;
}

/* Packets of the batch that belong to the run: all, or where it is over those before its last finish. */
static unsigned packets_taken(struct engine *engine, const struct batch *batch)
{
    unsigned taken = 0;
    if (engine->watching && engine->has_close)
        return watch_on(engine, batch);
    if (!engine_over(engine))
        return batch->count;
    for (size_t i = 0; i < engine->count; i++) {
        const struct expectation *expectation = engine->expectations[i];
        if (expectation->finish_pending && expectation->batch_finish > taken)
            taken = expectation->batch_finish;
    }
    return taken;
}

static void take_at_hand(struct engine *engine, const struct batch *batch)
{
    for (size_t i = 0; i < engine->count; i++) {
        engine->expectations[i]->batch = batch;
        engine->expectations[i]->batch_begin = 0;
    }
}

static void look_elsewhere(struct engine *engine, const struct batch *batch, unsigned taken)
{
    for (size_t i = 0; i < engine->count; i++) {
        if (engine->expectations[i]->elsewhere.looking != 0)
            elsewhere_look(engine->expectations[i], batch, taken);
    }
}

unsigned engine_packets(struct engine *engine, struct batch *batch)
{
    layers_attach(engine->layers, batch);
    take_at_hand(engine, batch);
    for (size_t i = 0; i < engine->count; i++) {
        if (engine->expectations[i]->window.state == WINDOW_OPEN)
            run_batch(engine, engine->expectations[i], batch);
    }
    unsigned taken = packets_taken(engine, batch);
    if (batch->spans) {
        if (taken > 0)
            note_span(engine, batch);
    } else if (batch->flags_any & APTRACE_PACKET_LATE) {
        for (unsigned i = 0; i < taken; i++) {
            if (batch->packets[i].flags & APTRACE_PACKET_LATE)
                note_late(engine, batch, i);
        }
    }
    tally(engine, batch, taken);
    look_elsewhere(engine, batch, taken);
    if (taken > 0)
        engine->clock_ns = batch->packets[taken - 1].time_ns;
    settle(engine);
    take_at_hand(engine, NULL);
    return taken;
}

/* ---- Events without a packet ------------------------------------------------------------------------------------------ */

/* Finishes what closes before the moment, cascades included: a window that a tick closes opens nothing, but it ends those that
 * wait for it. */
void engine_tick(struct engine *engine, int64_t time_ns)
{
    if (time_ns <= engine->clock_ns)
        return;
    for (size_t i = 0; i < engine->count; i++) {
        struct expectation *expectation = engine->expectations[i];
        if (expectation->window.state != WINDOW_OPEN || expectation->window.closes_ns >= time_ns)
            continue;
        finish(engine, expectation, closing_reason(expectation), expectation->window.closes_ns, 0);
        tell_dependents(engine, expectation);
    }
    engine->clock_ns = time_ns;
    settle(engine);
    if (engine->watching && engine->has_close && engine->close_ns < time_ns) {
        engine->watching = false;
        engine->clock_ns = engine->close_ns;
    }
}

void engine_command(struct engine *engine, int status)
{
    engine->has_command = true;
    engine->command_status = status;
}

void engine_hole(struct engine *engine, const struct hole *hole)
{
    engine->holes = memory_grow(engine->holes, &engine->hole_capacity, engine->hole_count, sizeof *engine->holes);
    engine->holes[engine->hole_count++] = *hole;
}

/* A hole of the run itself, on every source of the expectation. */
static void note_everywhere(const struct engine *engine, struct expectation *expectation, struct hole hole, const char *why)
{
    snprintf(hole.text, sizeof hole.text, "%s", why);
    for (uint32_t number = 1; number <= engine->sources->count; number++) {
        hole.source = number;
        if (expectation->all_sources || expectation->on_source[number])
            expectation_add_hole(expectation, &hole);
    }
}

void engine_close(struct engine *engine, int64_t time_ns)
{
    engine->has_close = true;
    engine->close_ns = time_ns;
    for (size_t i = 0; i < engine->count; i++) {
        struct expectation *expectation = engine->expectations[i];
        if (expectation->window.state == WINDOW_OPEN && expectation->spec.timeout_kind == TIMEOUT_RUN)
            expectation->window.closes_ns = time_ns;
    }
}

void engine_end(struct engine *engine)
{
    engine->at_end = true;
    engine->watching = false;
    for (size_t i = 0; i < engine->count; i++) {
        struct expectation *expectation = engine->expectations[i];
        bool endless = expectation->window.closes_ns == EXPECTATION_NO_TIMEOUT;
        if (expectation->window.state != WINDOW_OPEN)
            continue;
        if (endless)
            finish(engine, expectation, FINISH_ENDED, engine->clock_ns, 0);
        else
            finish(engine, expectation, closing_reason(expectation), expectation->window.closes_ns, 0);
        if (!endless && engine->strict_end && expectation->window.closes_ns > engine->clock_ns)
            note_everywhere(engine, expectation, (struct hole){.kind = HOLE_END, .from_ns = engine->clock_ns,
                            .to_ns = expectation->window.closes_ns}, "the trace ends before the window does (--strict-end)");
        tell_dependents(engine, expectation);
    }
    settle(engine);
}

void engine_end_at(struct engine *engine, int64_t time_ns)
{
    int64_t end_ns = time_ns > engine->clock_ns ? time_ns : engine->clock_ns;
    engine_tick(engine, number_add(end_ns, 1));
    engine->clock_ns = end_ns;
    engine->watching = false;
    for (size_t i = 0; i < engine->count; i++) {
        struct expectation *expectation = engine->expectations[i];
        if (expectation->window.state != WINDOW_OPEN)
            continue;
        if (expectation->spec.timeout_kind == TIMEOUT_GIVEN)
            note_everywhere(engine, expectation, (struct hole){.kind = HOLE_END, .from_ns = end_ns,
                            .to_ns = expectation->window.closes_ns}, "the recording ends before the window does");
        finish(engine, expectation, FINISH_ENDED, end_ns, 0);
        tell_dependents(engine, expectation);
    }
    settle(engine);
}

/* ---- One expectation, from outside ------------------------------------------------------------------------------------- */

/* What the clock has passed was shown already: nothing can begin, or end, before the moment behind it. */
static int64_t not_passed(const struct engine *engine, int64_t time_ns)
{
    int64_t next_ns = number_add(engine->clock_ns, 1);
    return time_ns > next_ns ? time_ns : next_ns;
}

void engine_add(struct engine *engine, struct expectation **expectations, size_t count, int64_t opens_ns)
{
    struct expectation *added = expectations[count - 1];
    const struct expectation *label = added->label_of_after;
    engine->expectations = expectations;
    engine->count = count;
    engine->open++;
    added->window.earliest_ns = not_passed(engine, opens_ns);
    elsewhere_join(&added->elsewhere);
    if (!label || (label->window.state == WINDOW_FINISHED && label->window.reason == FINISH_STOPPED))
        open_window(engine, added, added->window.earliest_ns, 0);
    else if (label->window.state == WINDOW_FINISHED)
        finish(engine, added, FINISH_NEVER_OPENED, label->window.finish_ns, 0);
    settle(engine);
}

/* No window ends before it begins. */
static int64_t now_or_opening(const struct engine *engine, const struct expectation *expectation)
{
    int64_t opens_ns = expectation->window.opens_ns;
    return opens_ns > engine->clock_ns ? opens_ns : engine->clock_ns;
}

/* One that has not opened yet never does. */
static void finish_waiting(struct engine *engine, struct expectation *expectation)
{
    finish(engine, expectation, FINISH_NEVER_OPENED, engine->clock_ns, 0);
    tell_dependents(engine, expectation);
    settle(engine);
}

void engine_close_one(struct engine *engine, struct expectation *expectation, int64_t time_ns)
{
    struct window *window = &expectation->window;
    int64_t closes_ns = not_passed(engine, time_ns);
    if (window->state == WINDOW_WAITING) {
        finish_waiting(engine, expectation);
    } else if (window->state == WINDOW_OPEN && closes_ns < window->closes_ns) {
        window->closes_ns = closes_ns > window->opens_ns ? closes_ns : window->opens_ns;
        window->closed_early = true;
    }
}

void engine_cancel(struct engine *engine, struct expectation *expectation)
{
    struct window *window = &expectation->window;
    if (window->state == WINDOW_FINISHED)
        return;
    window->given_up = true;
    if (window->state == WINDOW_WAITING) {
        finish_waiting(engine, expectation);
        return;
    }
    int64_t finish_ns = now_or_opening(engine, expectation);
    note_everywhere(engine, expectation, (struct hole){.kind = HOLE_INTERRUPTED, .from_ns = finish_ns, .to_ns = HOLE_OPEN},
                    "it was given up");
    finish(engine, expectation, FINISH_INTERRUPTED, finish_ns, 0);
    tell_dependents(engine, expectation);
    settle(engine);
}

void engine_interrupt(struct engine *engine, int64_t time_ns)
{
    engine_tick(engine, time_ns);
    engine->watching = false;
    for (size_t i = 0; i < engine->count; i++) {
        struct expectation *expectation = engine->expectations[i];
        if (expectation->window.state != WINDOW_OPEN)
            continue;
        if (expectation->spec.timeout_kind != TIMEOUT_NONE)
            note_everywhere(engine, expectation, (struct hole){.kind = HOLE_INTERRUPTED, .from_ns = engine->clock_ns,
                            .to_ns = HOLE_OPEN}, "a signal ended the run");
        finish(engine, expectation, FINISH_INTERRUPTED, now_or_opening(engine, expectation), 0);
        tell_dependents(engine, expectation);
    }
    settle(engine);
}

int64_t engine_end_ns(const struct engine *engine)
{
    int64_t end_ns = engine->count == 0 ? engine->clock_ns : engine->origin_ns;
    for (size_t i = 0; i < engine->count; i++) {
        int64_t finish_ns = engine->expectations[i]->window.finish_ns;
        end_ns = finish_ns > end_ns ? finish_ns : end_ns;
    }
    return end_ns;
}
