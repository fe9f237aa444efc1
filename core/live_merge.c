/* SPDX-License-Identifier: MIT */
/* Rule 2 for live rings: which of the packets that wait come next, and whether they may.
 *
 * A packet is released when no other ring can give one that belongs before it: each has one waiting that is later, or is known
 * up to that time. Ties go in the order of the rings. So what comes out is in order of event time whatever the order in which
 * rings were drained was, but for packets that are late: those that come when the clock has passed their stamp. They travel
 * alone, as do those whose stamp fits two times (batch.h): the engine must weigh them window by window. */
#include "live_parts.h"

#include "number.h"

/* The ring can give no packet that belongs before this time. */
static int64_t bound_of(const struct live_ring *ring)
{
    const struct live_held *head = live_ring_head(ring);
    return head ? head->time_ns : number_add(ring->known_ns, 1);
}

/* The ring whose packet comes next, and the time up to which its packets come before all that others can give. Null where one
 * must be waited for that has nothing yet. */
static struct live_ring *next_ring(struct live *live, int64_t *limit_ns)
{
    size_t first = 0, second = 0;
    int64_t first_ns = INT64_MAX, second_ns = INT64_MAX;
    for (size_t i = 0; i < live->ring_count; i++) {
        int64_t bound_ns = bound_of(&live->rings[i]);
        if (i == 0 || bound_ns < first_ns) {
            second = first;
            second_ns = first_ns;
            first = i;
            first_ns = bound_ns;
        } else if (bound_ns < second_ns) {
            second = i;
            second_ns = bound_ns;
        }
    }
    if (live->ring_count == 0 || !live_ring_head(&live->rings[first]))
        return NULL;
    *limit_ns = second_ns - (second_ns != INT64_MAX && second < first);
    if (live->interrupted && live->interrupt_ns < *limit_ns)
        *limit_ns = live->interrupt_ns;
    return first_ns <= *limit_ns ? &live->rings[first] : NULL;
}

static bool travels_alone(const struct live *live, const struct live_held *held)
{
    return held->time_ns < live->clock_ns || held->place.from_ns != held->place.to_ns;
}

static void append(struct live *live, const struct live_ring *ring, const struct live_held *held)
{
    struct batch *batch = live->batch;
    struct live_source *source = &live->sources[ring->source - live->first_source];
    struct aptrace_packet *packet = &batch->packets[batch->count];
    live->clock_ns = held->time_ns > live->clock_ns ? held->time_ns : live->clock_ns;
    uint16_t flags = ring->port->rings[ring->index].flag;
    flags |= held->place.from_ns < live->clock_ns ? APTRACE_PACKET_LATE : 0;
    flags |= held->capture_length < held->wire_length ? APTRACE_PACKET_TRUNCATED : 0;
    *packet = (struct aptrace_packet){
        .bytes = held->bytes, .capture_length = held->capture_length, .wire_length = held->wire_length,
        .time_ns = live->clock_ns, .timestamp_ns = held->place.from_ns, .number = ++source->number,
        .position = ++live->position, .source = ring->source, .link_type = (uint16_t)ring->port->link_type, .flags = flags};
    batch->frames[batch->count++] = 0;
    batch->flags_any |= flags;
    batch->flags_all &= flags;
    batch->source_low = ring->source < batch->source_low ? ring->source : batch->source_low;
    batch->source_high = ring->source > batch->source_high ? ring->source : batch->source_high;
}

static void append_alone(struct live *live, struct live_ring *ring)
{
    const struct live_held *held = live_ring_head(ring);
    struct batch *batch = live->batch;
    batch->spans = true;
    batch->late = held->time_ns < live->clock_ns;
    batch->span_from_ns = held->place.from_ns;
    batch->span_to_ns = held->place.to_ns;
    append(live, ring, held);
    if (batch->span_to_ns < batch->packets[0].time_ns)
        batch->span_to_ns = batch->packets[0].time_ns;
    live_ring_pop(ring);
}

static void append_run(struct live *live, struct live_ring *ring, int64_t limit_ns)
{
    const struct live_held *held = live_ring_head(ring);
    while (held && held->time_ns <= limit_ns && live->batch->count < BATCH_CAPACITY && !travels_alone(live, held)) {
        append(live, ring, held);
        live_ring_pop(ring);
        held = live_ring_head(ring);
    }
}

struct batch *live_merge(struct live *live)
{
    struct batch *batch = live->batch;
    struct live_ring *ring;
    int64_t limit_ns;
    batch->count = 0;
    batch->flags_any = 0;
    batch->flags_all = UINT16_MAX;
    batch->source_low = UINT32_MAX;
    batch->source_high = 0;
    batch->spans = batch->late = false;
    while (batch->count < BATCH_CAPACITY && (ring = next_ring(live, &limit_ns)) != NULL) {
        if (!travels_alone(live, live_ring_head(ring))) {
            append_run(live, ring, limit_ns);
            continue;
        }
        if (batch->count == 0)
            append_alone(live, ring);
        break;
    }
    return batch->count ? batch : NULL;
}

int64_t live_known_ns(const struct live *live)
{
    int64_t known_ns = INT64_MAX;
    for (size_t i = 0; i < live->ring_count; i++)
        known_ns = live->rings[i].known_ns < known_ns ? live->rings[i].known_ns : known_ns;
    return known_ns;
}
