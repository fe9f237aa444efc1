/* SPDX-License-Identifier: MIT */
/* See fake_port.h. Time passes only where the loop waits or a pause stops it, so every run is the same. */
#include "fake_port.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define MONOTONIC_AT_ORIGIN INT64_C(5000000000000)
#define REALTIME_AT_ORIGIN INT64_C(1700000000000000000)

static void pause_at(struct fake_host *host, enum pause_point point)
{
    for (size_t i = 0; i < WIRE_LIST; i++) {
        struct wire_pause *pause = &host->wire.pauses[i];
        if (pause->point != point || host->now_ns < pause->at_ns)
            continue;
        pause->point = PAUSE_NOWHERE;
        host->now_ns += pause->length_ns;
    }
}

/* ---- Clocks --------------------------------------------------------------------------------------------------------------- */

static int64_t stepped_ns(const struct fake_host *host, int64_t at_ns)
{
    int64_t sum_ns = 0;
    for (size_t i = 0; i < WIRE_LIST; i++)
        sum_ns += host->wire.steps[i].at_ns <= at_ns ? host->wire.steps[i].by_ns : 0;
    return sum_ns;
}

static int64_t monotonic(void *context)
{
    struct fake_host *host = context;
    if (host->live->origin_ns != 0)
        pause_at(host, PAUSE_CLOCK);
    return MONOTONIC_AT_ORIGIN + host->now_ns;
}

static int64_t realtime(void *context)
{
    const struct fake_host *host = context;
    return REALTIME_AT_ORIGIN + host->now_ns + stepped_ns(host, host->now_ns);
}

static int64_t handed_over_ns(const struct wire_packet *packet)
{
    return packet->at_ns + packet->lag_ns + packet->delay_ns;
}

/* Until a packet can be read, or the time is up. */
static void wait(void *context, const int *fds, size_t count, int64_t timeout_ns)
{
    struct fake_host *host = context;
    int64_t until_ns = host->now_ns + timeout_ns;
    (void)fds;
    host->waits++;
    for (unsigned ring = 0; ring < host->ring_count && count > 0; ring++) {
        for (size_t i = host->next[ring]; i < host->wire.packet_count; i++) {
            const struct wire_packet *packet = &host->wire.packets[i];
            if (packet->ring != ring || packet->dropped)
                continue;
            int64_t ready_ns = handed_over_ns(packet);
            until_ns = ready_ns < until_ns ? ready_ns : until_ns;
            break;
        }
    }
    host->now_ns = until_ns > host->now_ns ? until_ns : host->now_ns + 1000;
    pause_at(host, PAUSE_WAIT);
}

/* ---- Ports ---------------------------------------------------------------------------------------------------------------- */

static struct fake_host *host_of(struct port *port)
{
    return ((struct fake_port *)(void *)port)->host;
}

static unsigned ring_of(struct port *port, unsigned ring)
{
    return ((struct fake_port *)(void *)port)->index * port->ring_count + ring;
}

static int drain(struct port *port, unsigned ring, unsigned limit, struct port_sink *sink)
{
    struct fake_host *host = host_of(port);
    unsigned number = ring_of(port, ring), given = 0;
    pause_at(host, PAUSE_DRAIN);
    for (; host->next[number] < host->wire.packet_count && given < limit; host->next[number]++) {
        const struct wire_packet *packet = &host->wire.packets[host->next[number]];
        uint32_t index = (uint32_t)host->next[number];
        uint8_t bytes[5] = {packet->byte};
        if (packet->ring != number || packet->dropped)
            continue;
        if (handed_over_ns(packet) > host->now_ns)
            break;
        memcpy(bytes + 1, &index, sizeof index);
        struct port_packet made = {.bytes = bytes, .capture_length = sizeof bytes, .wire_length = 60,
                                   .stamp_ns = REALTIME_AT_ORIGIN + packet->at_ns + stepped_ns(host, packet->at_ns)};
        sink->take(sink, &made);
        given++;
    }
    return (int)given;
}

static void count(struct port *port, unsigned ring, struct port_counters *counters)
{
    struct fake_host *host = host_of(port);
    unsigned number = ring_of(port, ring);
    pause_at(host, PAUSE_COUNT);
    *counters = (struct port_counters){host->wrapped, host->wrapped};
    for (size_t i = 0; i < host->wire.packet_count; i++) {
        const struct wire_packet *packet = &host->wire.packets[i];
        bool counted = packet->ring == number && packet->at_ns + packet->lag_ns <= host->now_ns;
        counters->received += counted;
        counters->dropped += counted && packet->dropped;
    }
}

static void look(struct port *port, struct port_link *link)
{
    struct fake_host *host = host_of(port);
    unsigned index = ((struct fake_port *)(void *)port)->index;
    pause_at(host, PAUSE_LOOK);
    *link = (struct port_link){.up = true};
    for (size_t i = 0; i < WIRE_LIST; i++) {
        const struct wire_link *change = &host->wire.links[i];
        if (change->port != index || change->at_ns == 0 || change->at_ns > host->now_ns)
            continue;
        link->up = change->up;
        link->gone |= change->gone;
        link->missed += change->missed;
        link->changes += change->missed == 0;
    }
}

static void free_port(struct port *port)
{
    free(port);
}

static const struct port_functions functions = {drain, count, look, free_port};

static struct port *port_new(struct fake_host *host, unsigned index)
{
    struct fake_port *port = memory_new(1, sizeof *port);
    port->port.functions = &functions;
    port->port.link_type = 1;
    port->host = host;
    port->index = index;
    if (host->wire.direction & LIVE_IN)
        port->port.rings[port->port.ring_count++] = (struct port_ring){APTRACE_PACKET_RECEIVED, 0};
    if (host->wire.direction & LIVE_OUT)
        port->port.rings[port->port.ring_count++] = (struct port_ring){APTRACE_PACKET_SENT, 0};
    return &port->port;
}

/* ---- Runs ----------------------------------------------------------------------------------------------------------------- */

void fake_host_begin(struct fake_host *host, const struct wire *wire)
{
    static const char *const names[] = {"a", "b", "c"};
    memset(host, 0, sizeof *host);
    host->wire = *wire;
    if (!host->wire.direction)
        host->wire.direction = LIVE_IN;
    host->wrapped = UINT32_MAX - 2;
    host->seen = memory_new(wire->packet_count, sizeof *host->seen);
    host->time_ns = memory_new(wire->packet_count, sizeof *host->time_ns);
    host->unsure = memory_new(wire->packet_count, sizeof *host->unsure);
    struct live_options options = {.direction = host->wire.direction,
                                   .has_command = wire->command_ns != 0,
                                   .duration_ns = wire->duration_ns ? wire->duration_ns : INT64_MAX,
                                   .settle_ns = wire->settle_ns};
    struct live_clock clock = {monotonic, realtime, wait, host};
    fake_begin(&host->run, "none", 1);
    source_list_fini(&host->run.sources);
    host->live = live_new(&options, &host->run.sources);
    live_set_clock(host->live, &clock);
    for (unsigned i = 0; i < (wire->port_count ? wire->port_count : 1); i++) {
        struct port *port = port_new(host, i);
        host->ring_count += port->ring_count;
        live_take_port(host->live, names[i], port);
    }
    for (unsigned i = 0; i < host->ring_count; i++)
        host->live->rings[i].raw = (struct port_counters){host->wrapped, host->wrapped};
}

void fake_host_end(struct fake_host *host)
{
    live_free(host->live);
    fake_end(&host->run);
    text_fini(&host->log);
    free(host->seen);
    free(host->time_ns);
    free(host->unsure);
}

static void take_packets(struct fake_host *host, struct batch *batch)
{
    int64_t clock_ns = host->run.engine.clock_ns;
    ck_assert_uint_gt(batch->count, 0);
    ck_assert(!batch->spans || batch->count == 1);
    for (unsigned i = 0; i < batch->count; i++) {
        const struct aptrace_packet *packet = &batch->packets[i];
        uint32_t index;
        memcpy(&index, packet->bytes + 1, sizeof index);
        ck_assert_uint_lt(index, host->wire.packet_count);
        ck_assert_int_ge(packet->time_ns, clock_ns);
        ck_assert_int_ge(packet->time_ns, host->live->origin_ns);
        ck_assert_uint_eq(packet->position, ++host->run.position);
        ck_assert_int_eq((packet->flags & APTRACE_PACKET_LATE) != 0, packet->timestamp_ns != packet->time_ns);
        clock_ns = packet->time_ns;
        host->seen[index]++;
        host->time_ns[index] = packet->time_ns - host->live->origin_ns;
        host->unsure[index] = batch->spans;
        host->late += batch->late;
        host->alone += batch->spans;
        text_add(&host->log, "%u@%lld ", (unsigned)index, (long long)(host->time_ns[index] / MS));
    }
    engine_packets(&host->run.engine, batch);
}

static void take_end(struct fake_host *host, const struct feed *feed)
{
    text_add(&host->log, "E ");
    ck_assert_int_eq(feed->end, FEED_END_INTERRUPTED);
    engine_interrupt(&host->run.engine, feed->time_ns);
}

/* What was settled is not touched by what comes later. */
static void take_hole(struct fake_host *host, const struct hole *hole)
{
    bool may_reach_back = hole->kind == HOLE_LATE || (hole->kind == HOLE_DROP && strstr(hole->text, "interface itself"));
    int64_t from_ns = hole->from_ns + (hole->kind == HOLE_GONE ? LIVE_SLACK_NS : 0);
    if (!may_reach_back)
        ck_assert_int_ge(from_ns, host->settled_ns);
    engine_hole(&host->run.engine, hole);
    text_add(&host->log, "H ");
}

static void take_event(struct fake_host *host, enum feed_event event)
{
    const struct feed *feed = live_feed(host->live);
    struct engine *engine = &host->run.engine;
    switch (event) {
    case FEED_PACKETS: take_packets(host, feed->batch); break;
    case FEED_HOLE: take_hole(host, &feed->hole); break;
    case FEED_TICK:
        ck_assert_int_ge(feed->time_ns, engine->clock_ns);
        ck_assert_int_le(feed->time_ns - host->live->origin_ns, host->now_ns);
        engine_tick(engine, feed->time_ns);
        host->settled_ns = live_settled_ns(host->live);
        break;
    case FEED_CLOSE:
        ck_assert_int_ge(feed->time_ns, engine->clock_ns);
        engine_close(engine, feed->time_ns);
        text_add(&host->log, "C@%lld ", (long long)((feed->time_ns - host->live->origin_ns) / MS));
        break;
    case FEED_COMMAND: text_add(&host->log, "X%d ", feed->command_status); break;
    case FEED_END: take_end(host, feed); break;
    }
}

static void tell_outside(struct fake_host *host)
{
    if (host->wire.interrupt_ns && host->now_ns >= host->wire.interrupt_ns && !host->told_interrupt) {
        host->told_interrupt = true;
        live_interrupt(host->live);
    }
    if (host->wire.command_ns && host->now_ns >= host->wire.command_ns && !host->told_command) {
        host->told_command = true;
        live_command_ended(host->live, 7);
    }
}

void fake_host_run(struct fake_host *host)
{
    struct engine *engine = &host->run.engine;
    struct error error;
    enum feed_event event;
    ck_assert_int_eq(live_arm(host->live, &error), 0);
    fake_open(&host->run, live_origin_ns(host->live));
    while (!engine_over(engine)) {
        tell_outside(host);
        take_event(host, live_next(host->live));
        pause_at(host, PAUSE_EVENT);
        ck_assert_int_lt(host->now_ns, INT64_C(400000) * MS); /* it ends */
    }
    host->end_ns = engine_end_ns(engine);
    while ((event = live_final(host->live, host->end_ns)) == FEED_HOLE)
        engine_hole(engine, &live_feed(host->live)->hole);
    ck_assert_int_eq(event, FEED_END);
    for (unsigned i = 0; i < host->live->source_count; i++)
        host->counters[i] = live_counters(host->live, i + 1);
}

size_t fake_host_holes(const struct fake_host *host, enum hole_kind kind)
{
    size_t count_of = 0;
    for (size_t i = 0; i < host->run.engine.hole_count; i++)
        count_of += host->run.engine.holes[i].kind == kind;
    return count_of;
}

const struct hole *fake_host_hole(const struct fake_host *host, enum hole_kind kind)
{
    for (size_t i = 0; i < host->run.engine.hole_count; i++) {
        if (host->run.engine.holes[i].kind == kind)
            return &host->run.engine.holes[i];
    }
    return NULL;
}
