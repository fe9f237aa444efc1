/* SPDX-License-Identifier: MIT */
/* The live run's loop, seen from the engine: events in, and what was taken of them back to the recorder.
 *
 * The recording must hold just what the engine was shown (rule 10). So the recorder is asked before the engine sees a batch. If
 * its buffer has no room, because the disk is too slow, the loop waits a moment, once; then the batch is a drop of the capturing
 * program, with its true times and counts, and nobody sees it. Packets after it are numbered on without a gap, as a replay will
 * number them. While the disk stays behind nothing waits any more: the rings would overflow instead, which is the same loss with
 * less to say about it. */
#include "capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "memory.h"
#include "number.h"
#include "recorder.h"

#define ROOM_WAIT_NS INT64_C(20000000)

struct refusal { /* of one source, in the batch at hand */
    uint64_t packets;
    int64_t from_ns, to_ns;
};

struct capture {
    struct capture_options options;
    struct source_list *sources;
    struct live *live;
    struct recorder *recorder; /* [may be null] */
    bool signal_told, command_told, interrupted;
    struct feed feed;          /* of the event at hand */

    bool disk_behind;
    uint64_t refused_all, *refused; /* refused: by source number */
    struct refusal *refusals;       /* by source number */
    uint32_t next_refusal;          /* the sources before it have been told; 0: none to tell */
};

struct capture *capture_new(const struct capture_options *options, struct source_list *sources)
{
    struct capture *capture = memory_new(1, sizeof *capture);
    capture->options = *options;
    capture->options.live.has_command = options->launcher != NULL;
    capture->sources = sources;
    capture->live = live_new(&capture->options.live, sources);
    return capture;
}

void capture_free(struct capture *capture)
{
    if (!capture)
        return;
    recorder_free(capture->recorder);
    live_free(capture->live);
    free(capture->refused);
    free(capture->refusals);
    free(capture);
}

int capture_add(struct capture *capture, const char *name, const char *interface, struct error *error)
{
    return live_add(capture->live, name, interface, error);
}

int capture_record(struct capture *capture, const char *path, struct error *error)
{
    capture->recorder = recorder_new(path, error);
    return capture->recorder ? 0 : error_context(error, "--record");
}

static const char *captured_direction(const struct capture *capture)
{
    switch (capture->options.live.direction) {
    case LIVE_IN: return "in";
    case LIVE_OUT: return "out";
    case LIVE_BOTH: return "both";
    }
    return "both";
}

int capture_arm(struct capture *capture, const char *const *expectations, size_t count, struct error *error)
{
    size_t sources = capture->sources->count;
    capture->refused = memory_new(sources + 1, sizeof *capture->refused);
    capture->refusals = memory_new(sources + 1, sizeof *capture->refusals);
    if (live_arm(capture->live, error) != 0)
        return -1;
    struct recorder_start start = {.origin_ns = live_origin_ns(capture->live), .slack_ns = LIVE_SLACK_NS,
                                   .direction = captured_direction(capture), .sources = capture->sources,
                                   .expectations = expectations, .expectation_count = count};
    return capture->recorder ? recorder_begin(capture->recorder, &start, error) : 0;
}

int64_t capture_now_ns(const struct capture *capture)
{
    return live_now_ns(capture->live);
}

int64_t capture_settled_ns(const struct capture *capture)
{
    return live_settled_ns(capture->live);
}

int64_t capture_origin_ns(const struct capture *capture)
{
    return live_origin_ns(capture->live);
}

int capture_start(struct capture *capture, struct error *error)
{
    return capture->options.launcher ? launcher_start(capture->options.launcher, error) : 0;
}

bool capture_has_command(const struct capture *capture)
{
    return capture->options.launcher != NULL;
}

/* ---- From outside ------------------------------------------------------------------------------------------------------ */

/* What was typed at a terminal has reached the command already. */
static void pass_on(struct capture *capture, const struct signals *signals)
{
    capture->signal_told = true;
    if (capture->options.launcher && !signals->from_terminal)
        launcher_signal(capture->options.launcher, signals->number);
}

static void look_outside(struct capture *capture, const struct signals *signals)
{
    int status;
    if (signals->came && !capture->signal_told) {
        live_interrupt(capture->live);
        pass_on(capture, signals);
    }
    if (!capture->options.launcher || capture->command_told || !launcher_ended(capture->options.launcher, 0, &status))
        return;
    capture->command_told = true;
    live_command_ended(capture->live, status);
}

/* ---- Packets that cannot be recorded ----------------------------------------------------------------------------------- */

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static bool has_room(struct capture *capture, const struct batch *batch)
{
    if (!capture->recorder)
        return true;
    int64_t wait_ns = capture->disk_behind ? 0 : ROOM_WAIT_NS;
    bool room = recorder_has_room(capture->recorder, batch, number_add(now_ns(), wait_ns));
    capture->disk_behind = !room;
    return room;
}

static void refuse(struct capture *capture, const struct batch *batch)
{
    for (unsigned i = 0; i < batch->count; i++) {
        const struct aptrace_packet *packet = &batch->packets[i];
        struct refusal *refusal = &capture->refusals[packet->source];
        int64_t from_ns = batch->spans && batch->span_from_ns < packet->time_ns ? batch->span_from_ns : packet->time_ns;
        int64_t to_ns = batch->spans && batch->span_to_ns > packet->time_ns ? batch->span_to_ns : packet->time_ns;
        if (refusal->packets++ == 0)
            refusal->from_ns = from_ns;
        refusal->to_ns = to_ns;
        capture->refused[packet->source]++;
    }
    capture->refused_all += batch->count;
    capture->next_refusal = 1;
}

/* The next source's part of a refused batch, as a hole; false where all were told. */
static bool tell_refusal(struct capture *capture)
{
    while (capture->next_refusal > 0 && capture->next_refusal <= capture->sources->count) {
        uint32_t source = capture->next_refusal++;
        struct refusal refusal = capture->refusals[source];
        if (refusal.packets == 0)
            continue;
        capture->refusals[source].packets = 0;
        capture->feed.hole = (struct hole){.source = source, .kind = HOLE_DROP, .packets = refusal.packets,
                                           .from_ns = refusal.from_ns, .to_ns = refusal.to_ns};
        snprintf(capture->feed.hole.text, sizeof capture->feed.hole.text, "the recording could not be written fast enough");
        return true;
    }
    capture->next_refusal = 0;
    return false;
}

static void number_without_gaps(const struct capture *capture, struct batch *batch)
{
    for (unsigned i = 0; capture->refused_all > 0 && i < batch->count; i++) {
        batch->packets[i].position -= capture->refused_all;
        batch->packets[i].number -= capture->refused[batch->packets[i].source];
    }
}

/* ---- Events ------------------------------------------------------------------------------------------------------------ */

enum feed_event capture_next(struct capture *capture, const struct signals *signals)
{
    if (tell_refusal(capture))
        return FEED_HOLE;
    look_outside(capture, signals);
    enum feed_event event = live_next(capture->live);
    capture->feed = *live_feed(capture->live);
    if (event != FEED_PACKETS)
        return event;
    number_without_gaps(capture, capture->feed.batch);
    if (has_room(capture, capture->feed.batch))
        return FEED_PACKETS;
    refuse(capture, capture->feed.batch);
    tell_refusal(capture);
    return FEED_HOLE;
}

const struct feed *capture_feed(const struct capture *capture)
{
    return &capture->feed;
}

void capture_taken(struct capture *capture, enum feed_event event, unsigned packets)
{
    const struct feed *feed = &capture->feed;
    struct recorder *recorder = capture->recorder;
    if (event == FEED_END)
        capture->interrupted = feed->end == FEED_END_INTERRUPTED;
    if (!recorder)
        return;
    switch (event) {
    case FEED_PACKETS: recorder_packets(recorder, feed->batch, packets); break;
    case FEED_HOLE: recorder_hole(recorder, &feed->hole, capture->sources); break;
    case FEED_CLOSE: recorder_close(recorder, feed->time_ns); break;
    case FEED_COMMAND: recorder_command(recorder, feed->time_ns, feed->command_status); break;
    case FEED_TICK:
    case FEED_END: break;
    }
}

enum feed_event capture_final(struct capture *capture, int64_t end_ns)
{
    if (tell_refusal(capture))
        return FEED_HOLE;
    enum feed_event event = live_final(capture->live, end_ns);
    capture->feed = *live_feed(capture->live);
    return event;
}

bool capture_wait(struct capture *capture, const struct signals *signals, int timeout_ms, int *status)
{
    if (signals->came && !capture->signal_told)
        pass_on(capture, signals);
    return launcher_ended(capture->options.launcher, timeout_ms, status);
}

int capture_close(struct capture *capture, int64_t end_ns, uint64_t packets, struct error *error)
{
    size_t count = capture->sources->count;
    struct recorder_end end = {.end_ns = end_ns, .interrupted = capture->interrupted, .packets = packets};
    if (!capture->recorder)
        return 0;
    if (capture->options.launcher)
        end.has_status = launcher_ended(capture->options.launcher, 0, &end.status);
    struct recorder_source *sources = memory_new(count + 1, sizeof *sources);
    for (uint32_t number = 1; number <= count; number++) {
        struct live_counters counters = live_counters(capture->live, number);
        sources[number - 1] = (struct recorder_source){counters.received, counters.dropped, counters.delivered};
    }
    end.sources = sources;
    int result = recorder_finish(capture->recorder, &end, error);
    free(sources);
    return result;
}
