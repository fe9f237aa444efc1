/* SPDX-License-Identifier: MIT */
/* Live ports as a feed (rule 8). A round at a time is turned into events: what came from outside (the command's end, the close),
 * holes, packets in the order of rule 2, one tick. Only what all rings are known up to moves the clock, so that a packet which
 * comes late is the exception and not the rule, and a process that was stopped for a while goes on as if it had not been.
 *
 * An interrupt is a moment like any other: packets up to it are still handed out, none after it, and the end comes when every
 * ring is known up to it. After the run the rings are watched a little longer, for what should have been seen before the end:
 * a packet that comes only then, a drop, a packet that the kernel counted and never gives. */
#include "live.h"

#include <stdlib.h>
#include <string.h>

#include "live_parts.h"
#include "memory.h"
#include "number.h"

#define FINAL_NS INT64_C(1000000000)       /* how long what is missing is waited for at the end */
#define RING_BYTES_MIN (UINT64_C(2) << 20)

enum { PORTS_MAX = 128 };

struct live *live_new(const struct live_options *options, struct source_list *sources)
{
    struct live *live = memory_new(1, sizeof *live);
    live->options = *options;
    live->list = sources;
    live->clock = live_clock_host;
    live->first_source = (uint32_t)sources->count + 1;
    live->batch = memory_new(1, sizeof *live->batch);
    live->feed.batch = live->batch;
    return live;
}

void live_set_clock(struct live *live, const struct live_clock *clock)
{
    live->clock = *clock;
}

void live_free(struct live *live)
{
    if (!live)
        return;
    for (size_t i = 0; i < live->ring_count; i++)
        live_ring_fini(&live->rings[i]);
    for (size_t i = 0; i < live->source_count; i++)
        live->sources[i].port->functions->free(live->sources[i].port);
    free(live->rings);
    free(live->sources);
    free(live->holes);
    free(live->batch);
    free(live);
}

/* ---- Set-up
 * ----------------------------------------------------------------------------------------------------------------- */

uint32_t live_take_port(struct live *live, const char *name, struct port *port)
{
    uint32_t number = source_add(live->list, name, NULL, NULL, port->link_type);
    live->sources = memory_grow(live->sources, &live->source_capacity, live->source_count, sizeof *live->sources);
    struct live_source *source = &live->sources[live->source_count++];
    source->port = port;
    source->first_ring = (unsigned)live->ring_count;
    for (unsigned i = 0; i < port->ring_count; i++) {
        live->rings = memory_grow(live->rings, &live->ring_capacity, live->ring_count, sizeof *live->rings);
        live_ring_init(&live->rings[live->ring_count++], port, i, number);
    }
    return number;
}

int live_add(struct live *live, const char *name, const char *interface, struct error *error)
{
    const char *slash = strrchr(interface, '/');
    uint64_t share = live->options.buffer_bytes / (live->options.ports ? live->options.ports : 1);
    if (live->source_count == PORTS_MAX)
        return error_set(error, "--live %s: more than %d interfaces in one run", interface, PORTS_MAX);
    if (!name)
        name = slash ? slash + 1 : interface;
    if (source_find(live->list, name) != 0)
        return error_set(error, "--live %s: the name %s is taken; give each source a name of its own: --live NAME=%s", interface,
                         name, interface);
    struct port *port = port_open(interface, &live->options, share > RING_BYTES_MIN ? share : RING_BYTES_MIN, error);
    if (!port)
        return -1;
    live_take_port(live, name, port);
    return 0;
}

static void tell_close(struct live *live, int64_t from_ns, int64_t length_ns)
{
    live->close_ns = number_add(from_ns, length_ns);
    live->close_due = length_ns != INT64_MAX;
}

int live_arm(struct live *live, struct error *error)
{
    if (live->source_count == 0)
        return error_set(error, "no live interface was added");
    live->origin_ns = live_offsets_begin(&live->offsets, &live->clock);
    for (size_t i = 0; i < live->ring_count; i++)
        live_ring_arm(&live->rings[i]);
    live_look_first(live);
    live->origin_ns = live_offsets_read(&live->offsets, &live->clock, live->origin_ns);
    for (size_t i = 0; i < live->ring_count; i++)
        live->rings[i].last_ns = live->rings[i].left_ns = live->origin_ns;
    for (size_t i = 0; i < live->ring_count; i++)
        live->rings[i].known_ns = live->origin_ns - 1;
    for (size_t i = 0; i < live->source_count; i++)
        live->sources[i].up_ns = live->sources[i].looked_ns = live->origin_ns;
    live->clock_ns = live->counted_ns = live->origin_ns;
    live->patient = true;
    live->ticked = true;
    if (!live->options.has_command)
        tell_close(live, live->origin_ns, live->options.duration_ns);
    return 0;
}

int64_t live_now_ns(const struct live *live)
{
    return live_clock_now(&live->offsets, &live->clock);
}

int64_t live_origin_ns(const struct live *live)
{
    return live->origin_ns;
}

/* The clock may be ahead of it, at a packet that came just now: a drop from before that may not have been counted yet. Links are
 * looked at less often, and one that stays down is told piece by piece. */
int64_t live_settled_ns(const struct live *live)
{
    int64_t settled_ns = live_known_ns(live);
    if (live->host_ns - LIVE_SLACK_NS < settled_ns)
        settled_ns = live->host_ns - LIVE_SLACK_NS;
    for (size_t i = 0; i < live->source_count; i++) {
        const struct live_source *source = &live->sources[i];
        if (!source->link.gone && source->up_ns < settled_ns)
            settled_ns = source->up_ns;
    }
    return settled_ns;
}

const struct feed *live_feed(const struct live *live)
{
    return &live->feed;
}

/* ---- From outside
 * ------------------------------------------------------------------------------------------------------------- */

void live_interrupt(struct live *live)
{
    int64_t now_ns = live_clock_now(&live->offsets, &live->clock);
    if (live->interrupted)
        return;
    live->interrupted = true;
    live->interrupt_ns = now_ns > live->clock_ns ? now_ns : live->clock_ns;
}

void live_command_ended(struct live *live, int status)
{
    live->command_ns = live_clock_now(&live->offsets, &live->clock);
    live->command_status = status;
    live->command_due = true;
    tell_close(live, live->command_ns, live->options.settle_ns);
}

/* ---- Events
 * ------------------------------------------------------------------------------------------------------------------- */

static bool tell_outside(struct live *live, enum feed_event *event)
{
    if (live->command_due) {
        live->command_due = false;
        live->feed.time_ns = live->command_ns;
        live->feed.command_status = live->command_status;
        *event = FEED_COMMAND;
        return true;
    }
    if (live->close_due) {
        live->close_due = false;
        live->feed.time_ns = live->close_ns;
        *event = FEED_CLOSE;
        return true;
    }
    return false;
}

static bool tell_hole(struct live *live)
{
    if (live->holes_told == live->hole_count) {
        live->holes_told = live->hole_count = 0;
        return false;
    }
    live->feed.hole = live->holes[live->holes_told++];
    return true;
}

/* Each round's last event: the clock goes on to what every ring is known up to. If it cannot, it is told all the same: the
 * caller looks for signals between two events. */
static bool tell_tick(struct live *live)
{
    int64_t known_ns = live_known_ns(live);
    if (live->ticked)
        return false;
    if (live->interrupted && known_ns > live->interrupt_ns)
        known_ns = live->interrupt_ns;
    live->ticked = true;
    live->clock_ns = known_ns > live->clock_ns ? known_ns : live->clock_ns;
    live->feed.time_ns = live->clock_ns;
    return true;
}

static enum feed_event tell_end(struct live *live, enum feed_end end, int64_t time_ns)
{
    live->ended = true;
    live->feed.end = end;
    live->feed.time_ns = time_ns;
    return FEED_END;
}

enum feed_event live_next(struct live *live)
{
    enum feed_event event;
    for (size_t i = 0; i < live->ring_count; i++)
        live_ring_recycle(&live->rings[i]);
    for (;;) {
        if (tell_outside(live, &event))
            return event;
        if (live->ended)
            return FEED_END;
        if (tell_hole(live))
            return FEED_HOLE;
        if (live_merge(live))
            return FEED_PACKETS;
        if (tell_tick(live))
            return FEED_TICK;
        if (live->interrupted && live_known_ns(live) >= live->interrupt_ns)
            return tell_end(live, FEED_END_INTERRUPTED, live->interrupt_ns);
        live_round(live);
        live->ticked = false;
    }
}

/* ---- After the run
 * -------------------------------------------------------------------------------------------------------------- */

/* Packets behind the end are no part of the run. One whose stamp lies before it is a hole where it should have come by then, or
 * where rule 1 moved it behind the end. */
static void weigh_packet(struct live *live, uint32_t source, int64_t stamp_ns, int64_t time_ns, int64_t known_ns)
{
    bool late = time_ns <= live->end_ns && time_ns <= known_ns;
    if (stamp_ns <= live->end_ns && (late || time_ns > live->end_ns))
        live_note_hole(live, source, HOLE_LATE, stamp_ns, live->end_ns, 1);
}

static void weigh_packets(struct live *live, struct live_ring *ring)
{
    const struct live_held *held;
    while ((held = live_ring_head(ring)) != NULL) {
        weigh_packet(live, ring->source, held->place.from_ns, held->time_ns, ring->left_ns);
        live_ring_pop(ring);
    }
    live_ring_recycle(ring);
}

/* The engine left alone what stood behind the end in the last batch. */
static void weigh_batch(struct live *live)
{
    const struct batch *batch = live->batch;
    for (unsigned i = 0; i < batch->count; i++) {
        const struct aptrace_packet *packet = &batch->packets[i];
        if (packet->time_ns > live->end_ns)
            weigh_packet(live, packet->source, packet->timestamp_ns, packet->time_ns, INT64_MIN);
    }
}

static void leave(struct live *live, int64_t end_ns)
{
    live->leaving = true;
    live->end_ns = end_ns;
    live->leave_ns = live_clock_now(&live->offsets, &live->clock);
    weigh_batch(live);
    for (size_t i = 0; i < live->ring_count; i++) {
        live->rings[i].left_ns = live->rings[i].known_ns;
        weigh_packets(live, &live->rings[i]);
    }
}

/* Whether all that can still be found before the end was found, or was waited for in vain: what the kernel had counted one slack
 * after the run was over has been delivered. On a busy wire a ring is never settled, so there is a mark. */
static bool is_settled(struct live *live)
{
    bool settled = live->host_ns >= live->leave_ns + LIVE_SLACK_NS;
    for (size_t i = 0; i < live->ring_count && settled && !live->marked; i++)
        live->rings[i].mark = live->rings[i].delivered + live_ring_missing(&live->rings[i]);
    live->marked |= settled;
    for (size_t i = 0; i < live->ring_count; i++) {
        const struct live_ring *ring = &live->rings[i];
        settled &= ring->known_ns >= live->end_ns && (ring->ended || ring->delivered >= ring->mark);
    }
    return settled || live->host_ns >= live->leave_ns + FINAL_NS;
}

/* What stays open when nothing is waited for any more. */
static void note_last(struct live *live)
{
    for (size_t i = 0; i < live->ring_count; i++) {
        const struct live_ring *ring = &live->rings[i];
        uint64_t missing = live_ring_missing(ring);
        if (!ring->ended && (ring->known_ns < live->end_ns || ring->delivered < ring->mark))
            live_note_hole(live, ring->source, HOLE_UNACCOUNTED, ring->left_ns, live->end_ns, missing);
    }
    for (size_t i = 0; i < live->source_count; i++) {
        const struct live_source *source = &live->sources[i];
        if (!source->link.gone && !source->link.up)
            live_note_hole(live, live->first_source + (uint32_t)i, HOLE_LINK, source->up_ns, HOLE_OPEN, 0);
    }
}

enum feed_event live_final(struct live *live, int64_t end_ns)
{
    if (!live->leaving)
        leave(live, end_ns);
    for (;;) {
        if (tell_hole(live))
            return FEED_HOLE;
        if (live->left)
            return tell_end(live, FEED_END_COMPLETE, end_ns);
        live_round(live);
        for (size_t i = 0; i < live->ring_count; i++)
            weigh_packets(live, &live->rings[i]);
        live->left = is_settled(live);
        if (live->left)
            note_last(live);
    }
}

struct live_counters live_counters(const struct live *live, uint32_t source)
{
    struct live_counters counters = {0};
    for (size_t i = 0; i < live->ring_count; i++) {
        const struct live_ring *ring = &live->rings[i];
        if (ring->source != source)
            continue;
        counters.received += ring->received - ring->base_received;
        counters.dropped += ring->dropped - ring->base_dropped;
        counters.delivered += ring->delivered - ring->base_delivered;
    }
    return counters;
}
