/* SPDX-License-Identifier: MIT */
/* Kernel time stamps on a clock that is never stepped.
 *
 * A stamp is the system clock's; the difference to the run's clock at that moment puts it there. A step between two readings
 * of the difference leaves two that may have held, each until, or from, the reading on the step's other side. A stamp is where
 * one of them puts it at a time when it held, not after the drain that read the packet, and not before what the ring had been
 * seen up to, give or take its disorder. If two do, it lies somewhere from the one to the other. If none does, the packet is
 * late, or the clock was stepped forth and back between two readings: it may lie anywhere up to the drain.
 *
 * Two small steps between two readings cannot be told from one: stamps between them are off by the second. */
#include "live_clock.h"

#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

enum { READINGS = 5, FDS_MAX = 256 };

/* How far before what was seen a packet may lie: by its ring's own disorder; and one that is late, where the clock was
 * stepped. */
#define NEAR_NS INT64_C(30000000)
#define FAR_NS INT64_C(1000000000)

static int64_t read_clock(clockid_t id)
{
    struct timespec time;
    clock_gettime(id, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int64_t host_monotonic(void *context)
{
    (void)context;
    return read_clock(CLOCK_MONOTONIC);
}

static int64_t host_realtime(void *context)
{
    (void)context;
    return read_clock(CLOCK_REALTIME);
}

static void host_wait(void *context, const int *fds, size_t count, int64_t timeout_ns)
{
    struct pollfd polled[FDS_MAX];
    struct timespec timeout = {.tv_sec = timeout_ns / 1000000000, .tv_nsec = timeout_ns % 1000000000};
    (void)context;
    count = count < FDS_MAX ? count : FDS_MAX;
    for (size_t i = 0; i < count; i++)
        polled[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
    ppoll(polled, count, &timeout, NULL);
}

const struct live_clock live_clock_host = {host_monotonic, host_realtime, host_wait, NULL};

/* System clock less monotonic clock: the narrowest of a few readings of one between two of the other. */
static int64_t difference(const struct live_clock *clock, int64_t *monotonic_ns)
{
    int64_t narrowest_ns = INT64_MAX, result_ns = 0;
    for (int i = 0; i < READINGS; i++) {
        int64_t before_ns = clock->monotonic_ns(clock->context);
        int64_t real_ns = clock->realtime_ns(clock->context);
        int64_t after_ns = clock->monotonic_ns(clock->context);
        *monotonic_ns = after_ns;
        if (after_ns - before_ns >= narrowest_ns)
            continue;
        narrowest_ns = after_ns - before_ns;
        result_ns = real_ns - before_ns - narrowest_ns / 2;
    }
    return result_ns;
}

int64_t live_offsets_begin(struct live_offsets *offsets, const struct live_clock *clock)
{
    int64_t monotonic_ns;
    memset(offsets, 0, sizeof *offsets);
    offsets->shift_ns = difference(clock, &monotonic_ns);
    offsets->count = 1;
    offsets->list[0] = (struct live_offset){0, INT64_MIN, INT64_MAX};
    offsets->read_ns = monotonic_ns + offsets->shift_ns;
    return offsets->read_ns;
}

/* Forgets the oldest where it is of no use any more, or there is no room. */
static void forget(struct live_offsets *offsets, int64_t seen_ns)
{
    while (offsets->count > 1
           && (offsets->count == LIVE_OFFSETS_MAX || offsets->list[0].to_ns < seen_ns - FAR_NS)) {
        offsets->count--;
        memmove(offsets->list, offsets->list + 1, offsets->count * sizeof *offsets->list);
    }
}

int64_t live_offsets_read(struct live_offsets *offsets, const struct live_clock *clock, int64_t seen_ns)
{
    int64_t monotonic_ns;
    int64_t offset_ns = difference(clock, &monotonic_ns) - offsets->shift_ns;
    int64_t now_ns = monotonic_ns + offsets->shift_ns;
    int64_t change_ns = offset_ns - offsets->list[offsets->count - 1].offset_ns;
    forget(offsets, seen_ns);
    if (change_ns >= LIVE_OFFSET_NOISE_NS || change_ns <= -LIVE_OFFSET_NOISE_NS) {
        offsets->list[offsets->count - 1].to_ns = now_ns;
        offsets->list[offsets->count++] = (struct live_offset){offset_ns, offsets->read_ns, INT64_MAX};
    }
    offsets->read_ns = now_ns;
    return now_ns;
}

/* The places from least_ns to now_ns that offsets give to the stamp, drawn together. Returns how many there were. */
static unsigned find_places(const struct live_offsets *offsets, int64_t stamp_ns, int64_t least_ns, int64_t now_ns,
                            struct live_place *place)
{
    unsigned found = 0;
    for (size_t i = 0; i < offsets->count; i++) {
        const struct live_offset *offset = &offsets->list[i];
        int64_t time_ns = stamp_ns - offset->offset_ns;
        int64_t from_ns = offset->from_ns > least_ns ? offset->from_ns - LIVE_OFFSET_NOISE_NS : least_ns;
        int64_t to_ns = offset->to_ns < now_ns ? offset->to_ns : now_ns;
        if (time_ns < from_ns || time_ns > to_ns + LIVE_OFFSET_NOISE_NS)
            continue;
        time_ns = time_ns < now_ns ? time_ns : now_ns;
        place->from_ns = found == 0 || time_ns < place->from_ns ? time_ns : place->from_ns;
        place->to_ns = found == 0 || time_ns > place->to_ns ? time_ns : place->to_ns;
        found++;
    }
    return found;
}

struct live_place live_offsets_place(const struct live_offsets *offsets, int64_t stamp_ns, int64_t seen_ns, int64_t now_ns)
{
    struct live_place place;
    if (find_places(offsets, stamp_ns, seen_ns - NEAR_NS, now_ns, &place) > 0)
        return place;
    if (find_places(offsets, stamp_ns, offsets->count > 1 ? seen_ns - FAR_NS : INT64_MIN, now_ns, &place) > 0)
        return (struct live_place){place.from_ns, now_ns};
    return (struct live_place){seen_ns + 1 < now_ns ? seen_ns + 1 : now_ns, now_ns};
}
