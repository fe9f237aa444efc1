/* SPDX-License-Identifier: MIT */
/* rate_within: the rate of the packets that are meant stayed within min= and max=, at every moment: each span of the length over=
 * that lies in the window is looked at, wherever it begins. Spans are half open, and all arithmetic is exact: amounts are packets
 * or bits, and the limits are turned into amounts for a span once.
 *
 * Most: the span that ends with a packet, over= before it excluded, holds the most of any there. Too many were seen, whatever was
 * lost: it stops, false, and that stands. Least: the span that begins right behind a packet holds the least; it is known when the
 * first packet behind it comes, or the window ends. Lost packets could have been in it, so that it is noted and stops nothing.
 *
 * A ring for each limit holds the packets that can still matter: for the most, those of the last span; for the least, those
 * since which the least has not yet come. So they hold little more than the limit, and have room for it from the start. */
#include "say.h"

enum { RINGS_MAX = 15 << 20 };    /* bytes, of the 16 MiB that there are */
enum { FRAME_LEAST = 60 };        /* bytes of a frame, as rings are sized; smaller ones fill them sooner */
#define NS_PER_SECOND UINT64_C(1000000000)
#define RATE_MAX INT64_C(1000000000000)        /* 10 to the 12 a second: a terabit */
#define OVER_MAX INT64_C(3600000000000)        /* an hour */
enum { UNIT_PPS, UNIT_BPS };
enum { MISSED_NOWHERE, MISSED_BETWEEN, MISSED_OPENING, MISSED_ENDING };

struct arrival { int64_t time_ns; uint64_t amount; };

struct ring {
    struct arrival *arrivals;
    uint64_t limit;       /* the most, or the least, of a span */
    uint64_t sum;         /* of those that are held */
    uint32_t room, oldest, count;
};

struct rate_within {
    const struct aptrace_wanted *wanted;
    uint64_t min, max;
    int64_t over;
    uint8_t unit;
    bool has_min, has_max;
    struct ring least, most;
    uint64_t count, total;
    bool reached;         /* the least had come for the first time, at reached_ns */
    int64_t reached_ns;
    bool full;
    uint8_t missed;       /* where the first span with too few was found, and what it held */
    uint64_t missed_sum;
};

static const struct aptrace_param params[] = {
    APTRACE_PARAM_UINT(struct rate_within, min, .min = 1, .max = RATE_MAX, .help = "the lowest rate that is right, a second"),
    APTRACE_PARAM_UINT(struct rate_within, max, .min = 1, .max = RATE_MAX, .help = "the highest rate that is right, a second"),
    APTRACE_PARAM_DURATION(struct rate_within, over, .min = 1, .max = OVER_MAX, .fallback = "1s",
        .help = "the length of the spans over which the rate is taken"),
    APTRACE_PARAM_CHOICE(struct rate_within, unit, .choices = "pps|bps", .fallback = "pps",
        .help = "packets a second, or bits a second: eight for each byte on the wire"),
    APTRACE_PARAM_WANTED(struct rate_within, wanted, .help = "which packets count"),
    APTRACE_PARAM_END
};

/* ---- Limits and rings ---- */

/* rate * over / 10^9, rounded down or up; in parts, so that nothing overflows. */
static uint64_t amount_of(uint64_t rate, uint64_t over_ns, bool up)
{
    uint64_t thousands = rate / NS_PER_SECOND, rest = rate % NS_PER_SECOND;
    uint64_t seconds = over_ns / NS_PER_SECOND, fraction = over_ns % NS_PER_SECOND;
    uint64_t product = rest * fraction;
    return thousands * over_ns + rest * seconds + product / NS_PER_SECOND + (up && product % NS_PER_SECOND != 0);
}

/* How many packets can add up to the amount, before one more goes beyond it. */
static uint64_t room_for(const struct rate_within *want, uint64_t amount)
{
    return (want->unit == UNIT_BPS ? amount / (8 * FRAME_LEAST) : amount) + 2;
}

static void ring_prepare(struct ring *ring, struct aptrace_instance *self, uint64_t limit, uint64_t room)
{
    ring->limit = limit;
    ring->room = (uint32_t)room;
    ring->arrivals = aptrace_allocate(self, room * sizeof *ring->arrivals);
}

static void ring_pop(struct ring *ring)
{
    ring->sum -= ring->arrivals[ring->oldest].amount;
    ring->oldest = ring->oldest + 1 == ring->room ? 0 : ring->oldest + 1;
    ring->count--;
}

static bool ring_push(struct ring *ring, int64_t time_ns, uint64_t amount)
{
    uint32_t at = ring->oldest + ring->count;
    if (ring->count == ring->room)
        return false;
    ring->arrivals[at < ring->room ? at : at - ring->room] = (struct arrival){time_ns, amount};
    ring->count++;
    ring->sum += amount;
    return true;
}

static struct arrival ring_oldest(const struct ring *ring)
{
    return ring->arrivals[ring->oldest];
}

/* Times never go back, but may lie further apart than a signed number holds. */
static uint64_t time_between(int64_t from_ns, int64_t to_ns)
{
    return (uint64_t)to_ns - (uint64_t)from_ns;
}

/* ---- prepare ---- */

static int refuse_room(struct aptrace_instance *self, uint64_t room, uint64_t room_max)
{
    const struct rate_within *want = self->state;
    uint64_t shorter_us = (uint64_t)((double)want->over / 1000 * (double)room_max / (double)room);
    bool long_enough = shorter_us >= 1000;
    return aptrace_refuse(self, "a span of over= may hold %" PRIu64 " packets, and no more than %" PRIu64 " can be kept in mind: "
                                "choose a shorter one, over=%" PRIu64 "%s for example", room, room_max,
                          long_enough ? shorter_us / 1000 : shorter_us, long_enough ? "ms" : "us");
}

/* Less than one packet, or bit, in a span: any packet would be too much, and a steady stream too little. */
static int check_limit(struct aptrace_instance *self, const char *name, uint64_t rate)
{
    const struct rate_within *want = self->state;
    if (amount_of(rate, (uint64_t)want->over, false) > 0)
        return 0;
    return aptrace_refuse(self, "%s=%" PRIu64 " a second is less than one %s in a span of over=: choose a longer one", name, rate,
                          want->unit == UNIT_BPS ? "bit" : "packet");
}

static int check_limits(struct aptrace_instance *self)
{
    const struct rate_within *want = self->state;
    if (!want->has_min && !want->has_max)
        return aptrace_refuse(self, "min= and max= are missing: give at least one of them, a rate a second");
    if (want->has_min && want->has_max && want->min > want->max)
        return aptrace_refuse(self, "min=%" PRIu64 " is above max=%" PRIu64, want->min, want->max);
    if (want->has_min && check_limit(self, "min", want->min) != 0)
        return -1;
    return want->has_max ? check_limit(self, "max", want->max) : 0;
}

static int prepare(struct aptrace_instance *self)
{
    struct rate_within *want = self->state;
    uint64_t least = amount_of(want->min, (uint64_t)want->over, true);
    uint64_t most = amount_of(want->max, (uint64_t)want->over, false);
    uint64_t room_least, room_most, room_max = RINGS_MAX / sizeof(struct arrival);
    want->has_min = aptrace_given(self, &want->min);
    want->has_max = aptrace_given(self, &want->max);
    if (check_limits(self) != 0)
        return -1;
    room_least = want->has_min ? room_for(want, least) : 0;
    room_most = want->has_max ? room_for(want, most) : 0;
    if (room_least + room_most > room_max)
        return refuse_room(self, room_least + room_most, room_max);
    ring_prepare(&want->least, self, least, room_least);
    ring_prepare(&want->most, self, most, room_most);
    return 0;
}

/* ---- Packets ---- */

static void note_full(struct rate_within *want, struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    want->full = true;
    aptrace_unseen(self, packet);
}

/* A span with too few, begun right behind the oldest that is held. */
static void note_missed(struct rate_within *want, uint8_t where)
{
    if (want->missed)
        return;
    want->missed = where;
    want->missed_sum = want->least.sum - ring_oldest(&want->least).amount;
}

static void note_reached(struct rate_within *want, const struct aptrace_packet *packet)
{
    if (want->reached || want->total < want->least.limit)
        return;
    want->reached = true;
    want->reached_ns = packet->time_ns;
}

/* The oldest that is held still lacks the least behind it; where that is late, it never comes in time. */
static void add_to_least(struct rate_within *want, struct aptrace_instance *self, const struct aptrace_packet *packet,
                         uint64_t amount)
{
    struct ring *ring = &want->least;
    note_reached(want, packet);
    while (ring->count && time_between(ring_oldest(ring).time_ns, packet->time_ns) > (uint64_t)want->over) {
        if (!want->missed)
            aptrace_cite(self, packet);
        note_missed(want, MISSED_BETWEEN);
        ring_pop(ring);
    }
    if (!ring_push(ring, packet->time_ns, amount))
        note_full(want, self, packet);
    while (ring->count && ring->sum - ring_oldest(ring).amount >= ring->limit)
        ring_pop(ring);
}

/* Whether there are too many now. */
static bool add_to_most(struct rate_within *want, struct aptrace_instance *self, const struct aptrace_packet *packet,
                        uint64_t amount)
{
    struct ring *ring = &want->most;
    while (ring->count && time_between(ring_oldest(ring).time_ns, packet->time_ns) >= (uint64_t)want->over)
        ring_pop(ring);
    if (!ring_push(ring, packet->time_ns, amount))
        note_full(want, self, packet);
    return ring->sum > ring->limit;
}

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct rate_within *want = self->state;
    uint64_t amount = want->unit == UNIT_BPS ? 8 * (uint64_t)packet->wire_length : 1;
    if (!is_meant(self, want->wanted, packet, want->count))
        return false;
    want->count++;
    want->total += amount;
    if (want->has_min && amount)
        add_to_least(want, self, packet, amount);
    return want->has_max && amount && add_to_most(want, self, packet, amount);
}

/* ---- The end ---- */

/* The spans at both edges of the window, which no packet closes. */
static void judge_edges(struct rate_within *want, const struct aptrace_finish *finish)
{
    uint64_t over = (uint64_t)want->over;
    struct ring *ring = &want->least;
    if (!want->missed && (!want->reached || time_between(finish->opens_ns, want->reached_ns) >= over))
        want->missed = MISSED_OPENING;
    if (ring->count && time_between(ring_oldest(ring).time_ns, finish->time_ns) >= over)
        note_missed(want, MISSED_ENDING);
}

static void add_amount(const struct rate_within *want, struct say *say, uint64_t amount)
{
    say_add_count(say, amount, want->unit == UNIT_BPS ? "bit" : "packet");
}

/* "max=99 allows 99 packets in 1 s, got 100 packets up to this one". */
static void add_too_many(const struct rate_within *want, struct say *say)
{
    say_add(say, "max=%" PRIu64 " allows ", want->max);
    add_amount(want, say, want->most.limit);
    say_add(say, " in ");
    say_add_seconds(say, (uint64_t)want->over);
    say_add(say, ", got ");
    add_amount(want, say, want->most.sum);
    say_add(say, " up to this %s", want->unit == UNIT_BPS ? "packet" : "one");
}

static void add_missed(const struct rate_within *want, struct say *say)
{
    if (want->missed == MISSED_OPENING) {
        say_add(say, "less at the opening of the window");
        return;
    }
    add_amount(want, say, want->missed_sum);
    if (want->missed == MISSED_ENDING)
        say_add(say, " at the end of the window");
    else
        say_add(say, " before this %s", want->unit == UNIT_BPS ? "packet" : "one");
}

static void add_too_few(const struct rate_within *want, struct say *say)
{
    say_add(say, "min=%" PRIu64 " asks for ", want->min);
    add_amount(want, say, want->least.limit);
    say_add(say, " in ");
    say_add_seconds(say, (uint64_t)want->over);
    say_add(say, ", got ");
    add_missed(want, say);
}

static void add_short(const struct rate_within *want, const struct aptrace_finish *finish, struct say *say)
{
    say_add(say, "The window of ");
    say_add_seconds(say, time_between(finish->opens_ns, finish->time_ns));
    say_add(say, " is shorter than the span of ");
    say_add_seconds(say, (uint64_t)want->over);
    say_add(say, " that over= asks for: no rate can be told");
}

static void add_full(struct say *say)
{
    say_add(say, "There were more packets, shorter than %d bytes, than can be kept in mind: choose a shorter over=", FRAME_LEAST);
}

static void add_rate(const struct rate_within *want, struct say *say)
{
    add_amount(want, say, want->total);
    say_add(say, " in all; every span of ");
    say_add_seconds(say, (uint64_t)want->over);
    say_add(say, " is within the limits");
}

/* True where the rate was within its limits; says why, or why not. */
static bool judge(struct rate_within *want, const struct aptrace_finish *finish, struct say *say)
{
    bool shorter = time_between(finish->opens_ns, finish->time_ns) < (uint64_t)want->over;
    if (want->has_min && !finish->stopped && !shorter)
        judge_edges(want, finish);
    if (finish->stopped)
        add_too_many(want, say);
    else if (shorter)
        add_short(want, finish, say);
    else if (want->missed)
        add_too_few(want, say);
    else if (want->full)
        add_full(say);
    else
        add_rate(want, say);
    return !finish->stopped && !shorter && !want->missed && !want->full;
}

struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    struct rate_within *want = self->state;
    struct say say = {0};
    bool within = judge(want, finish, &say);
    if (finish->stopped)
        aptrace_cite(self, finish->packet);
    if (want->count == 0)
        explain_none(self, finish->packets);
    else
        aptrace_explain(self, "%s.", say.text);
    return aptrace_bool(within && want->count > 0);
}

APTRACE_PREDICATE("rate_within", struct rate_within, .summary = "The rate of packets stayed within limits", .params = params,
    .yields = APTRACE_TYPE_BOOL, .stop_survives_loss = true, .prepare = prepare);
