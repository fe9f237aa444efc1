/* SPDX-License-Identifier: MIT */
/* live_clock.h: the clock of a live run: its origin plus monotonic time since, and where on it a kernel time stamp lies.
 *
 * Kernels stamp packets by the system clock, which may be stepped; the run's clock may not. The difference of the two is read
 * once a round and remembered with the times between which it held. Run times are nanoseconds since the Unix epoch, as the
 * system clock had it at the origin. */
#ifndef LIVE_CLOCK_H
#define LIVE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

/* The host's clocks and its way of waiting; a test puts its own in their place. */
struct live_clock {
    int64_t (*monotonic_ns)(void *context);
    int64_t (*realtime_ns)(void *context);
    void (*wait)(void *context, const int *fds, size_t count, int64_t timeout_ns); /* until one can be read, or the time is up */
    void *context;
};

extern const struct live_clock live_clock_host;

enum { LIVE_OFFSETS_MAX = 16 };

/* Smaller changes of the difference are the reading's own noise, or the system clock being slewed. */
#define LIVE_OFFSET_NOISE_NS INT64_C(100000)

struct live_offset {
    int64_t offset_ns;        /* system clock less run clock */
    int64_t from_ns, to_ns;   /* run times between which it may have held; INT64_MIN, INT64_MAX */
};

struct live_offsets {
    int64_t shift_ns;         /* run clock less monotonic clock */
    int64_t read_ns;          /* run time of the last reading */
    size_t count;
    struct live_offset list[LIVE_OFFSETS_MAX]; /* the last is in force */
};

/* Begins the run's clock. Returns the run time, which is the system clock's. */
int64_t live_offsets_begin(struct live_offsets *offsets, const struct live_clock *clock);

static inline int64_t live_clock_now(const struct live_offsets *offsets, const struct live_clock *clock)
{
    return clock->monotonic_ns(clock->context) + offsets->shift_ns;
}

/* Reads the difference anew. Returns the run time at the reading. What was in force before seen_ns alone is forgotten. */
int64_t live_offsets_read(struct live_offsets *offsets, const struct live_clock *clock, int64_t seen_ns);

/* Where a stamp may lie on the run's clock: from = to, unless it is not sure. */
struct live_place { int64_t from_ns, to_ns; };

/* Places a stamp that was read by now_ns, from a ring that had been seen whole up to seen_ns. */
struct live_place live_offsets_place(const struct live_offsets *offsets, int64_t stamp_ns, int64_t seen_ns, int64_t now_ns);

#endif
