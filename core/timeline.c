/* SPDX-License-Identifier: MIT */
/* The timeline of recorded traces: rules 1 and 2.
 *
 * Each lane is one file. Its packets are put on the clock as they are read (a lane's clock never runs backwards), so merging
 * only ever compares heads. With one lane its batch is handed out as it is; with several, runs of packets are copied into a
 * batch of the timeline's own: as many from the earliest lane as come before the next lane's head.
 *
 * A lane's buffer is overwritten when it is read on. So the merged batch ends where a lane runs out, and the lane is read on
 * at the next call, when the engine is through with all that came before. That also makes everything that the engine can
 * learn (packets, holes, sources described late, ends) independent of how the bytes were cut into blocks.
 *
 * A recording is a timeline already: its one lane gives packets on the clock, and holes, the close, the command and the end at
 * their place among them. Rule 1 changes nothing there, but holds for one that was edited. */
#include "timeline.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "recording.h"

struct lane {
    struct reader *reader;
    struct batch *batch;
    unsigned next;    /* of the batch's packets: the first not handed out */
    bool ended;
    bool has_packets; /* since the start */
    int64_t clock_ns;
};

/* An event without packets. */
struct timeline_told {
    enum feed_event event;
    struct hole hole;
    int64_t time_ns;
    int command_status;
};

void timeline_init(struct timeline *timeline, struct source_list *sources)
{
    memset(timeline, 0, sizeof *timeline);
    timeline->sources = sources;
}

void timeline_fini(struct timeline *timeline)
{
    for (size_t i = 0; i < timeline->lane_count; i++) {
        reader_free(timeline->lanes[i].reader);
        free(timeline->lanes[i].batch);
    }
    free(timeline->lanes);
    free(timeline->numbers);
    free(timeline->lane_of_source);
    free(timeline->merged);
    free(timeline->told);
}

/* Makes room for the sources that the list has by now; those that are new belong to the lane. */
static void adopt_sources(struct timeline *timeline, size_t first, uint32_t lane)
{
    size_t needed = timeline->sources->count + 1;
    if (needed > timeline->source_capacity) {
        size_t capacity = needed + 16;
        uint64_t *numbers = memory_new(capacity, sizeof *numbers);
        uint32_t *lanes = memory_new(capacity, sizeof *lanes);
        if (timeline->source_capacity) {
            memcpy(numbers, timeline->numbers, timeline->source_capacity * sizeof *numbers);
            memcpy(lanes, timeline->lane_of_source, timeline->source_capacity * sizeof *lanes);
        }
        free(timeline->numbers);
        free(timeline->lane_of_source);
        timeline->numbers = numbers;
        timeline->lane_of_source = lanes;
        timeline->source_capacity = capacity;
    }
    for (size_t i = first; i < timeline->sources->count; i++)
        timeline->lane_of_source[i + 1] = lane;
    timeline->source_count = timeline->sources->count;
}

void timeline_take_reader(struct timeline *timeline, struct reader *reader, size_t first_source)
{
    timeline->lanes = memory_grow(timeline->lanes, &timeline->lane_capacity, timeline->lane_count, sizeof *timeline->lanes);
    struct lane *lane = &timeline->lanes[timeline->lane_count];
    memset(lane, 0, sizeof *lane);
    lane->reader = reader;
    lane->batch = memory_new(1, sizeof *lane->batch);
    lane->clock_ns = reader->recording ? reader->recording->origin_ns : INT64_MIN;
    adopt_sources(timeline, first_source, (uint32_t)timeline->lane_count);
    timeline->lane_count++;
}

void timeline_set_origin(struct timeline *timeline, int64_t origin_ns)
{
    timeline->has_origin = true;
    timeline->origin_ns = origin_ns;
}

int timeline_check(const struct timeline *timeline, struct error *error)
{
    for (size_t i = 0; i < timeline->lane_count; i++) {
        const struct reader *reader = timeline->lanes[i].reader;
        if (!reader->recording)
            continue;
        if (timeline->lane_count > 1)
            return error_set(error, "%s: a recording is a whole run and is replayed alone; to merge its packets with other "
                             "traces, make a plain trace of it: editcap --discard-capture-comment %s NEW.pcapng",
                             reader->label, reader->label);
        if (timeline->has_origin)
            return error_set(error, "%s: a recording has the origin of its run; leave --origin out", reader->label);
    }
    return 0;
}

const struct recording *timeline_recording(const struct timeline *timeline)
{
    return timeline->lane_count == 1 ? timeline->lanes[0].reader->recording : NULL;
}

static void push(struct timeline *timeline, const struct timeline_told *told)
{
    timeline->told = memory_grow(timeline->told, &timeline->told_capacity, timeline->told_count, sizeof *timeline->told);
    timeline->told[timeline->told_count++] = *told;
}

static void push_hole(struct timeline *timeline, const struct hole *hole)
{
    push(timeline, &(struct timeline_told){.event = FEED_HOLE, .hole = *hole});
}

/* A hole of the file becomes one of each of its sources, from where the lane's clock stands; a recording knows better. */
static void take_hole(struct timeline *timeline, uint32_t lane_index)
{
    const struct lane *lane = &timeline->lanes[lane_index];
    struct hole hole = lane->reader->hole;
    bool to_the_end = hole.to_ns == HOLE_OPEN;
    if (to_the_end && !lane->reader->recording)
        hole.from_ns = lane->clock_ns;
    if (hole.source != 0) {
        push_hole(timeline, &hole);
        return;
    }
    for (size_t number = 1; number <= timeline->sources->count; number++) {
        if (timeline->lane_of_source[number] != lane_index)
            continue;
        hole.source = (uint32_t)number;
        push_hole(timeline, &hole);
    }
}

/* Rule 1 for the packets that were just read. Their time_ns is their stamp, or in a recording what the rule gave before. */
static void put_on_clock(struct timeline *timeline, struct lane *lane)
{
    struct batch *batch = lane->batch;
    uint64_t *numbers = timeline->numbers;
    int64_t clock_ns = lane->clock_ns;
    for (unsigned i = 0; i < batch->count; i++) {
        struct aptrace_packet *packet = &batch->packets[i];
        clock_ns = packet->time_ns > clock_ns ? packet->time_ns : clock_ns;
        packet->time_ns = clock_ns;
        packet->flags |= packet->timestamp_ns < clock_ns ? APTRACE_PACKET_LATE : 0;
        packet->number = ++numbers[packet->source];
    }
    lane->clock_ns = clock_ns;
}

/* Takes out what came before the origin, so that numbers count what the run took. */
static void drop_before_origin(const struct timeline *timeline, struct lane *lane)
{
    struct batch *batch = lane->batch;
    unsigned kept = 0;
    int64_t clock_ns = lane->clock_ns;
    for (unsigned i = 0; i < batch->count; i++) {
        int64_t stamp_ns = batch->packets[i].timestamp_ns;
        clock_ns = stamp_ns > clock_ns ? stamp_ns : clock_ns;
        if (clock_ns < timeline->origin_ns)
            continue;
        batch->packets[kept] = batch->packets[i];
        batch->frames[kept++] = batch->frames[i];
    }
    lane->clock_ns = kept ? lane->clock_ns : clock_ns;
    batch->count = kept;
}

/* Reads a lane on, to its next packets or its end. Holes and late sources on the way are noted. */
static void read_lane(struct timeline *timeline, uint32_t index)
{
    struct lane *lane = &timeline->lanes[index];
    lane->next = 0;
    lane->batch->count = 0;
    while (!lane->ended && lane->batch->count == 0) {
        switch (reader_next(lane->reader, lane->batch)) {
        case READER_PACKETS:
            if (timeline->has_origin && lane->clock_ns < timeline->origin_ns)
                drop_before_origin(timeline, lane);
            put_on_clock(timeline, lane);
            break;
        case READER_SOURCE:
            adopt_sources(timeline, timeline->source_count, index);
            break;
        case READER_HOLE:
            take_hole(timeline, index);
            break;
        case READER_CLOSE:
            push(timeline, &(struct timeline_told){.event = FEED_CLOSE, .time_ns = lane->reader->time_ns});
            break;
        case READER_COMMAND:
            push(timeline, &(struct timeline_told){.event = FEED_COMMAND, .time_ns = lane->reader->time_ns,
                                                   .command_status = lane->reader->command_status});
            break;
        case READER_END:
            lane->ended = true;
            break;
        }
    }
}

void timeline_start(struct timeline *timeline)
{
    bool any = false;
    int64_t earliest_ns = 0;
    for (uint32_t i = 0; i < timeline->lane_count; i++) {
        struct lane *lane = &timeline->lanes[i];
        read_lane(timeline, i);
        if (lane->batch->count == 0)
            continue;
        int64_t first_ns = lane->batch->packets[0].time_ns;
        earliest_ns = any && earliest_ns < first_ns ? earliest_ns : first_ns;
        any = true;
    }
    const struct recording *recording = timeline_recording(timeline);
    if (!timeline->has_origin)
        timeline->origin_ns = recording ? recording->origin_ns : earliest_ns;
    if (timeline->lane_count > 1)
        timeline->merged = memory_new(1, sizeof *timeline->merged);
    timeline->started = true;
}

/* What the engine can hoist out of its loops. */
static void sum_up(struct batch *batch)
{
    uint16_t any = 0, all = UINT16_MAX;
    uint32_t low = UINT32_MAX, high = 0;
    for (unsigned i = 0; i < batch->count; i++) {
        const struct aptrace_packet *packet = &batch->packets[i];
        any |= packet->flags;
        all &= packet->flags;
        low = packet->source < low ? packet->source : low;
        high = packet->source > high ? packet->source : high;
    }
    batch->flags_any = any;
    batch->flags_all = all;
    batch->source_low = low;
    batch->source_high = high;
}

static void hand_out(struct timeline *timeline, struct batch *batch)
{
    for (unsigned i = 0; i < batch->count; i++)
        batch->packets[i].position = ++timeline->position;
    sum_up(batch);
    timeline->feed.batch = batch;
}

/* The lane whose head comes first (rule 2); null where all have ended. *limit_ns: its packets before that time, or at it where
 * *at_limit, come before every other lane's head. */
static struct lane *first_lane(const struct timeline *timeline, int64_t *limit_ns, bool *at_limit)
{
    struct lane *first = NULL, *second = NULL;
    for (size_t i = 0; i < timeline->lane_count; i++) {
        struct lane *lane = &timeline->lanes[i];
        if (lane->next == lane->batch->count)
            continue;
        int64_t time_ns = lane->batch->packets[lane->next].time_ns;
        if (!first || time_ns < first->batch->packets[first->next].time_ns) {
            second = first;
            first = lane;
        } else if (!second || time_ns < second->batch->packets[second->next].time_ns) {
            second = lane;
        }
    }
    *limit_ns = second ? second->batch->packets[second->next].time_ns : INT64_MAX;
    *at_limit = !second || first < second;
    return first;
}

/* Copies packets of the lane up to the limit. False where the lane ran out: it must be read on before anything may follow. */
static bool copy_run(struct lane *lane, struct batch *merged, int64_t limit_ns, bool at_limit)
{
    while (merged->count < BATCH_CAPACITY) {
        const struct aptrace_packet *packet = &lane->batch->packets[lane->next];
        if (packet->time_ns > limit_ns || (packet->time_ns == limit_ns && !at_limit))
            return true;
        merged->packets[merged->count] = *packet;
        merged->frames[merged->count++] = lane->batch->frames[lane->next++];
        if (lane->next == lane->batch->count)
            return false;
    }
    return true;
}

static void merge(struct timeline *timeline)
{
    struct batch *merged = timeline->merged;
    bool going_on = true;
    merged->count = 0;
    while (going_on && merged->count < BATCH_CAPACITY) {
        int64_t limit_ns;
        bool at_limit;
        struct lane *lane = first_lane(timeline, &limit_ns, &at_limit);
        if (!lane)
            break;
        going_on = copy_run(lane, merged, limit_ns, at_limit);
    }
}

static void read_on(struct timeline *timeline)
{
    for (uint32_t i = 0; i < timeline->lane_count; i++) {
        const struct lane *lane = &timeline->lanes[i];
        if (lane->next == lane->batch->count && !lane->ended)
            read_lane(timeline, i);
    }
}

static enum feed_event hand_out_told(struct timeline *timeline)
{
    const struct timeline_told *told = &timeline->told[timeline->told_given++];
    timeline->feed.hole = told->hole;
    timeline->feed.time_ns = told->time_ns;
    timeline->feed.command_status = told->command_status;
    return told->event;
}

static enum feed_event tell_end(struct timeline *timeline)
{
    const struct recording *recording = timeline_recording(timeline);
    struct feed *feed = &timeline->feed;
    if (!recording) {
        feed->end = FEED_END_SILENCE;
        return FEED_END;
    }
    feed->end = recording->interrupted ? FEED_END_INTERRUPTED : FEED_END_COMPLETE;
    feed->time_ns = recording->end_ns;
    if (recording->in_doubt || !recording->has_end)
        feed->end = FEED_END_DAMAGED;
    return FEED_END;
}

enum feed_event timeline_next(struct timeline *timeline)
{
    struct batch *batch = timeline->merged;
    read_on(timeline);
    if (timeline->told_given < timeline->told_count)
        return hand_out_told(timeline);
    timeline->told_given = timeline->told_count = 0;
    if (timeline->lane_count == 1) {
        batch = timeline->lanes[0].batch;
        timeline->lanes[0].next = batch->count;
    } else if (timeline->lane_count > 1) {
        merge(timeline);
    }
    if (!batch || batch->count == 0)
        return tell_end(timeline);
    hand_out(timeline, batch);
    return FEED_PACKETS;
}

size_t timeline_reader_count(const struct timeline *timeline)
{
    return timeline->lane_count;
}

struct reader *timeline_reader(const struct timeline *timeline, size_t index)
{
    return timeline->lanes[index].reader;
}

struct reader *timeline_reader_of(const struct timeline *timeline, uint32_t source, bool *ended)
{
    const struct lane *lane = &timeline->lanes[timeline->lane_of_source[source]];
    *ended = lane->ended;
    return lane->reader;
}
