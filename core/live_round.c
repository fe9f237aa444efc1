/* SPDX-License-Identifier: MIT */
/* One round of the live loop (rule 8): what came, and what did not.
 *
 * The order is what makes it sound. The host time is read before any ring is drained, so that a ring which was emptied after it
 * held nothing older; counters are read after the drains, so that they tell whether packets are still on their way; the
 * difference of the clocks is read last, so that every stamp that was drained lies before it. Wherever the process is stopped
 * between two of these steps, for however long, what is then known is less, never wrong.
 *
 * A hole lies between two readings: that of the counters or the link that showed nothing, and the one that did. Drops may
 * have happened one slack before the reading that missed them, as packets are counted after they are stamped. A link that stays
 * down is told piece by piece, as a recording that breaks off must hold it too. */
#include "live_parts.h"

#include <stdio.h>

#include "memory.h"

#define WAIT_NS INT64_C(10000000)        /* the kernel's block timeout too: live_port.c */
#define LOOK_NS INT64_C(5000000)         /* between two looks, by source: each asks the kernel, about 20 us */
#define DOWN_PIECE_NS INT64_C(100000000)
#define STALLED_NS INT64_C(1000000000)
#define CARD_LAG_NS INT64_C(2000000000)  /* by which drivers' counters may lag */

enum { STALLED_ROUNDS = 20, FDS_MAX = 256 };

static const char *hole_text(enum hole_kind kind)
{
    switch (kind) {
    case HOLE_DROP: return "dropped by the kernel: the capture buffer was full";
    case HOLE_LINK: return "the link was down";
    case HOLE_GONE: return "the interface was removed or renamed";
    case HOLE_UNACCOUNTED: return "the kernel counted packets that it never handed over";
    case HOLE_LATE: return "it came after the clock had passed its stamp";
    default: return "";
    }
}

struct hole *live_note_hole(struct live *live, uint32_t source, enum hole_kind kind, int64_t from_ns, int64_t to_ns,
                            uint64_t packets)
{
    if (from_ns < live->origin_ns)
        from_ns = live->origin_ns;
    if (to_ns < from_ns || (live->leaving && from_ns > live->end_ns))
        return NULL;
    live->holes = memory_grow(live->holes, &live->hole_capacity, live->hole_count, sizeof *live->holes);
    struct hole *hole = &live->holes[live->hole_count++];
    *hole = (struct hole){.source = source, .kind = kind, .from_ns = from_ns, .to_ns = to_ns, .packets = packets};
    snprintf(hole->text, sizeof hole->text, "%s", hole_text(kind));
    return hole;
}

static int64_t now_of(const struct live *live)
{
    return live_clock_now(&live->offsets, &live->clock);
}

/* A descriptor that stays ready although nothing comes of it must not make the loop spin: then time alone is waited for. */
static void wait_for_packets(struct live *live)
{
    int fds[FDS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < live->ring_count && count < FDS_MAX; i++) {
        const struct live_ring *ring = &live->rings[i];
        int fd = ring->port->rings[ring->index].fd;
        if (!ring->ended && fd >= 0)
            fds[count++] = fd;
    }
    if (live->spurious)
        count = 0;
    live->clock.wait(live->clock.context, fds, count, WAIT_NS);
}

/* ---- Links ---------------------------------------------------------------------------------------------------------------- */

static void end_source(struct live *live, size_t index, int64_t from_ns)
{
    struct live_source *source = &live->sources[index];
    live_note_hole(live, live->first_source + (uint32_t)index, HOLE_GONE, from_ns - LIVE_SLACK_NS, HOLE_OPEN, 0);
    source->link.gone = true;
    for (unsigned i = 0; i < source->port->ring_count; i++)
        live->rings[source->first_ring + i].ended = true;
}

/* What the card had no room for. */
static void take_missed(struct live *live, struct live_source *source, uint32_t number, uint64_t before, int64_t now_ns)
{
    if (source->link.missed <= before || !(source->port->rings[0].flag & APTRACE_PACKET_RECEIVED))
        return;
    struct hole *hole =
        live_note_hole(live, number, HOLE_DROP, source->looked_ns - CARD_LAG_NS, now_ns, source->link.missed - before);
    if (hole)
        snprintf(hole->text, sizeof hole->text, "missed by the interface itself, which had no room for them");
}

/* before_ns, after_ns: of this look. */
static void look_at(struct live *live, size_t index, int64_t before_ns, int64_t after_ns)
{
    struct live_source *source = &live->sources[index];
    struct port_link was = source->link;
    uint32_t number = live->first_source + (uint32_t)index;
    if (was.gone)
        return;
    source->port->functions->look(source->port, &source->link);
    if (source->link.gone) {
        end_source(live, index, source->up_ns);
        return;
    }
    take_missed(live, source, number, was.missed, after_ns);
    source->looked_ns = before_ns;
    bool flapped = source->link.changes != was.changes;
    if (source->link.up && was.up && !flapped) {
        source->up_ns = before_ns;
    } else if (source->link.up || was.up || flapped || after_ns - source->up_ns >= DOWN_PIECE_NS) {
        live_note_hole(live, number, HOLE_LINK, source->up_ns, after_ns, 0);
        source->up_ns = source->link.up ? before_ns : after_ns;
    }
}

static bool is_ended(const struct live *live, const struct live_source *source)
{
    bool ended = false;
    for (unsigned i = 0; i < source->port->ring_count; i++)
        ended |= live->rings[source->first_ring + i].ended;
    return ended;
}

static void look_at_links(struct live *live)
{
    int64_t now_ns = now_of(live);
    if (!live->leaving && now_ns - live->looked_ns < LOOK_NS * (int64_t)live->source_count)
        return;
    live->looked_ns = now_ns;
    for (size_t i = 0; i < live->source_count; i++) {
        struct live_source *source = &live->sources[i];
        int64_t before_ns = now_of(live);
        if (!source->link.gone && is_ended(live, source))
            end_source(live, i, source->up_ns);
        look_at(live, i, before_ns, now_of(live));
    }
}

void live_look_first(struct live *live)
{
    for (size_t i = 0; i < live->source_count; i++) {
        struct live_source *source = &live->sources[i];
        source->port->functions->look(source->port, &source->link);
    }
}

/* ---- Counters ------------------------------------------------------------------------------------------------------------- */

/* The kernel's promise that a block comes in time was broken: what it counted is written off, or the run would never end. */
static void watch_stall(struct live *live, struct live_ring *ring, bool came, int64_t now_ns)
{
    uint64_t missing = live_ring_missing(ring);
    if (came || missing == 0 || !ring->emptied) {
        ring->stalled_rounds = 0;
        return;
    }
    if (ring->stalled_rounds++ == 0)
        ring->stalled_since_ns = now_ns;
    if (ring->stalled_rounds < STALLED_ROUNDS || now_ns - ring->stalled_since_ns < STALLED_NS)
        return;
    live_note_hole(live, ring->source, HOLE_UNACCOUNTED, ring->known_ns, now_ns, missing);
    ring->written_off += missing;
}

static void read_counters(struct live *live, const bool *came)
{
    int64_t from_ns = live->counted_ns - LIVE_SLACK_NS;
    int64_t before_ns = now_of(live);
    for (size_t i = 0; i < live->ring_count; i++) {
        struct live_ring *ring = &live->rings[i];
        uint64_t dropped = live_ring_count(ring);
        int64_t now_ns = now_of(live);
        if (dropped > 0)
            live_note_hole(live, ring->source, HOLE_DROP, from_ns, now_ns, dropped);
        watch_stall(live, ring, came[i], now_ns);
    }
    live->counted_ns = before_ns;
}

/* ---- The round
 * -------------------------------------------------------------------------------------------------------------- */

static bool drain(struct live *live, bool *came)
{
    bool any = false, emptied = true;
    for (size_t i = 0; i < live->ring_count; i++) {
        came[i] = live_ring_drain(&live->rings[i]);
        any |= came[i];
        emptied &= live->rings[i].emptied;
    }
    live->patient = emptied;
    return any;
}

/* What the drain gave, on the run's clock; host_ns: read before it. */
static void place(struct live *live, int64_t host_ns)
{
    int64_t now_ns = live_offsets_read(&live->offsets, &live->clock, live_known_ns(live));
    for (size_t i = 0; i < live->ring_count; i++) {
        struct live_ring *ring = &live->rings[i];
        live_ring_map(ring, &live->offsets, live->origin_ns, now_ns);
        live_ring_know(ring, host_ns - LIVE_SLACK_NS);
    }
}

void live_round(struct live *live)
{
    bool came[FDS_MAX];
    int64_t before_ns = now_of(live);
    if (live->patient)
        wait_for_packets(live);
    int64_t host_ns = now_of(live);
    bool early = host_ns - before_ns < WAIT_NS / 2;
    bool any = drain(live, came);
    live->spurious = live->patient && early && !any;
    read_counters(live, came);
    look_at_links(live);
    place(live, host_ns);
    live->host_ns = host_ns;
}
