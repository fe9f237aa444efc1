/* SPDX-License-Identifier: MIT */
/* Rule 4, fast: on_packet, then stop_condition on the same packet, for a run of packets and one expectation.
 *
 * Whatever can be decided for the whole batch is: where all packets are of the expectation's sources and direction and there
 * is no filter, the loop is the predicate's calls and nothing else; else the packets that are meant are listed first. The
 * packet limit shortens the run instead of being counted. There is a loop for each set of callbacks, made of one body by
 * constant arguments, so that no call is tested for within.
 *
 * What a predicate does wrong ends behind the guard (guard.h), which is entered once a batch: a packet costs it a store.
 *
 * A stop condition's answer is read as a byte: a plugin by another compiler may return any bit pattern that is not 0 for
 * true. */
#include "dispatch.h"

#include <string.h>

typedef void packet_call(struct aptrace_instance *self, const struct aptrace_packet *packet);
typedef uint8_t stop_call(struct aptrace_instance *self, const struct aptrace_packet *packet);

/* Returns how many were shown; *stopped: the last of them stopped it. list null: all from first on. The guard is told which
 * callback is called with which packet. */
__attribute__((always_inline)) static inline unsigned show(struct guard *guard, struct aptrace_instance *self,
    packet_call *on_packet, stop_call *stop, const struct aptrace_packet *first, const uint16_t *list, unsigned count, bool *stopped)
{
    guard->callback = on_packet ? "on_packet" : "stop_condition";
    for (unsigned i = 0; i < count; i++) {
        const struct aptrace_packet *packet = list ? &first[list[i]] : &first[i];
        guard->packet = packet;
        if (on_packet && stop)
            guard->callback = "on_packet";
        if (on_packet)
            on_packet(self, packet);
        if (on_packet && stop)
            guard->callback = "stop_condition";
        if (stop && __builtin_expect(stop(self, packet) != 0, 0)) {
            *stopped = true;
            return i + 1;
        }
    }
    return count;
}

/* list null: all from first on. Each call has its own loop. Apart, so that nothing of it lives in the frame that a fault comes
 * back to. */
__attribute__((noinline)) static unsigned show_packets(struct expectation *expectation, const struct aptrace_packet *first, const uint16_t *list,
                             unsigned count, bool *stopped)
{
    struct aptrace_instance *self = &expectation->instance;
    struct guard *guard = expectation->guard;
    packet_call *on_packet = expectation->plugin->descriptor.on_packet;
    stop_call *stop;
    memcpy(&stop, &expectation->plugin->descriptor.stop_condition, sizeof stop);
    if (on_packet && stop)
        return list ? show(guard, self, on_packet, stop, first, list, count, stopped)
                    : show(guard, self, on_packet, stop, first, NULL, count, stopped);
    if (stop)
        return list ? show(guard, self, NULL, stop, first, list, count, stopped)
                    : show(guard, self, NULL, stop, first, NULL, count, stopped);
    return list ? show(guard, self, on_packet, NULL, first, list, count, stopped)
                : show(guard, self, on_packet, NULL, first, NULL, count, stopped);
}

/* How many had been shown when a packet made the predicate fault, that one among them. */
static unsigned shown_at_fault(const struct guard *guard, const struct aptrace_packet *first, const uint16_t *list, unsigned count)
{
    const struct aptrace_packet *packet = guard->packet;
    unsigned shown = list ? 0 : (unsigned)(packet - first);
    while (list && shown + 1 < count && &first[list[shown]] != packet)
        shown++;
    return shown + 1;
}

/* The same, once a batch inside the guard. A predicate that looks at no packets is not entered. */
static void show_guarded(struct expectation *expectation, const struct aptrace_packet *first, const uint16_t *list,
                         unsigned count, struct dispatched *done)
{
    const struct aptrace_plugin *descriptor = &expectation->plugin->descriptor;
    struct guard *guard = expectation->guard;
    if (!descriptor->on_packet && !descriptor->stop_condition) {
        done->shown = count;
        return;
    }
    if (guard_enter(guard) == GUARD_ENTERED) {
        done->shown = show_packets(expectation, first, list, count, &done->stopped);
        guard_leave(guard);
        return;
    }
    done->faulted = true;
}

bool dispatch_selects(const struct expectation *expectation, const struct aptrace_packet *packet)
{
    return dispatch_is_on(expectation, packet->source) && dispatch_is_direction(expectation->spec.direction, packet->flags)
        && (!expectation->filter || filter_passes(expectation->filter, packet));
}

bool dispatch_may_select(const struct expectation *expectation, const struct aptrace_packet *packet)
{
    if (!dispatch_is_on(expectation, packet->source) || !dispatch_is_direction(expectation->spec.direction, packet->flags))
        return false;
    return !expectation->filter || filter_passes(expectation->filter, packet) || filter_is_cut(expectation->filter, packet);
}

enum meant { MEANT_NONE, MEANT_SOME, MEANT_ALL };

/* What the batch as a whole says. */
static enum meant meant_packets(const struct expectation *expectation, const struct batch *batch)
{
    bool one_source = batch->source_low == batch->source_high;
    bool one_direction = ((batch->flags_any ^ batch->flags_all) & APTRACE_PACKET_SENT) == 0;
    bool source_decided = expectation->all_sources || one_source;
    bool direction_decided = expectation->spec.direction == DIRECTION_BOTH || one_direction;
    if (source_decided && !dispatch_is_on(expectation, batch->source_low))
        return MEANT_NONE;
    if (direction_decided && !dispatch_is_direction(expectation->spec.direction, batch->flags_any))
        return MEANT_NONE;
    return source_decided && direction_decided && !expectation->filter ? MEANT_ALL : MEANT_SOME;
}

static unsigned list_meant(const struct expectation *expectation, const struct batch *batch, unsigned begin, unsigned end,
                           uint16_t *list)
{
    unsigned count = 0;
    for (unsigned i = begin; i < end; i++) {
        list[count] = (uint16_t)i;
        count += dispatch_selects(expectation, &batch->packets[i]);
    }
    return count;
}

/* Packets that the filter refused for want of bytes, up to where the window ended. */
static void note_cut(struct expectation *expectation, const struct batch *batch, unsigned begin, unsigned end)
{
    if (!expectation->filter || !(batch->flags_any & APTRACE_PACKET_TRUNCATED))
        return;
    for (unsigned i = begin; i < end; i++) {
        const struct aptrace_packet *packet = &batch->packets[i];
        if (!(packet->flags & APTRACE_PACKET_TRUNCATED) || !dispatch_is_on(expectation, packet->source)
            || !dispatch_is_direction(expectation->spec.direction, packet->flags) || filter_passes(expectation->filter, packet))
            continue;
        if (filter_is_cut(expectation->filter, packet))
            expectation_add_unseen(expectation, packet);
    }
}

struct dispatched dispatch(struct expectation *expectation, const struct batch *batch, unsigned begin, unsigned end)
{
    struct dispatched done = {0};
    uint16_t list[BATCH_CAPACITY];
    enum meant meant = begin < end ? meant_packets(expectation, batch) : MEANT_NONE;
    unsigned count = 0;
    if (meant == MEANT_ALL)
        count = end - begin;
    else if (meant == MEANT_SOME)
        count = list_meant(expectation, batch, begin, end, list);
    if (count == 0) {
        note_cut(expectation, batch, begin, end);
        return done;
    }
    uint64_t left = expectation->spec.count - expectation->window.packets;
    bool limited = expectation->spec.count != 0 && left <= count;
    if (limited)
        count = (unsigned)left;
    const struct aptrace_packet *first = meant == MEANT_ALL ? &batch->packets[begin] : batch->packets;
    const uint16_t *listed = meant == MEANT_ALL ? NULL : list;
    show_guarded(expectation, first, listed, count, &done);
    if (done.faulted)
        done.shown = shown_at_fault(expectation->guard, first, listed, count);
    done.counted = limited && !done.stopped && !done.faulted;
    done.at = meant == MEANT_ALL ? begin + done.shown - 1 : list[done.shown - 1];
    note_cut(expectation, batch, begin, done.stopped || done.counted || done.faulted ? done.at : end);
    return done;
}
