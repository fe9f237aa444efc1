/* SPDX-License-Identifier: MIT */
/* max_gap: the longest time without a packet that is meant, in nanoseconds.
 *
 * The time from the opening of the window to the first packet, and from the last one to its end, count too: a stream that stops
 * dead has a gap, although no packet ends it. Who means the time between two packets alone says edges=no.
 *
 * Where no packet came, or with edges=no less than two, there is no gap to tell. That must not look short: the value is the
 * greatest number that there is. It never stops, for a longer gap may come; and lost packets look like one. */
#include "say.h"

struct gap {
    uint64_t length_ns, number;
    const char *where; /* in words, before the packet source#number */
    uint32_t source;
};

struct max_gap {
    const struct aptrace_wanted *wanted;
    int64_t within;
    bool edges, limited;
    uint64_t count;
    int64_t first_ns, last_ns;
    struct gap opening;  /* before the first packet; its length is known at the end alone */
    struct gap between;  /* the longest so far */
    struct gap ending;   /* behind the last packet */
};

static const struct aptrace_param params[] = {
    APTRACE_PARAM_DURATION(struct max_gap, within, .min = 1, .max = INT64_MAX,
        .help = "the longest gap that is still right; left out: say it by --expect, in nanoseconds"),
    APTRACE_PARAM_BOOL(struct max_gap, edges, .fallback = "yes",
        .help = "whether the time before the first packet and behind the last one counts"),
    APTRACE_PARAM_WANTED(struct max_gap, wanted, .help = "which packets count"),
    APTRACE_PARAM_END
};

static int prepare(struct aptrace_instance *self)
{
    struct max_gap *want = self->state;
    want->limited = aptrace_given(self, &want->within);
    if (want->limited)
        aptrace_default_expect(self, "..%" PRId64, want->within);
    return 0;
}

/* Times never go back, but may lie further apart than a signed number holds. */
static uint64_t time_between(int64_t from_ns, int64_t to_ns)
{
    return (uint64_t)to_ns - (uint64_t)from_ns;
}

static struct gap gap_at(const struct aptrace_packet *packet, uint64_t length_ns, const char *where)
{
    struct gap gap = {length_ns, packet->number, where, packet->source};
    return gap;
}

static void note_gap(struct max_gap *want, struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    uint64_t length_ns = time_between(want->last_ns, packet->time_ns);
    if (want->limited && length_ns > (uint64_t)want->within)
        aptrace_cite(self, packet);
    if (length_ns > want->between.length_ns || want->count == 1)
        want->between = gap_at(packet, length_ns, "before");
}

static void note_first(struct max_gap *want, const struct aptrace_packet *packet)
{
    want->first_ns = packet->time_ns;
    want->opening = gap_at(packet, 0, "from the opening of the window to");
}

void on_packet(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct max_gap *want = self->state;
    if (!is_meant(self, want->wanted, packet, want->count))
        return;
    if (want->count == 0)
        note_first(want, packet);
    else
        note_gap(want, self, packet);
    want->last_ns = packet->time_ns;
    want->ending = gap_at(packet, 0, "to the end of the window behind");
    want->count++;
}

static struct gap find_longest(const struct max_gap *want, const struct aptrace_finish *finish)
{
    struct gap longest = want->between, opening = want->opening, ending = want->ending;
    opening.length_ns = time_between(finish->opens_ns, want->first_ns);
    ending.length_ns = time_between(want->last_ns, finish->time_ns);
    if (!want->edges)
        return longest;
    if (want->count == 1 || opening.length_ns > longest.length_ns)
        longest = opening;
    return ending.length_ns > longest.length_ns ? ending : longest;
}

static void explain(struct aptrace_instance *self, const struct gap *gap)
{
    const struct max_gap *want = self->state;
    struct say say = {0};
    say_add_count(&say, want->count, "packet");
    say_add(&say, " matched. The longest gap is ");
    say_add_seconds(&say, gap->length_ns);
    say_add(&say, ", %s ", gap->where);
    say_add_packet(&say, self, gap->source, gap->number);
    aptrace_explain(self, "%s.", say.text);
}

struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    const struct max_gap *want = self->state;
    if (want->count >= (want->edges ? 1 : 2)) {
        struct gap longest = find_longest(want, finish);
        explain(self, &longest);
        return aptrace_uint(longest.length_ns);
    }
    if (want->count == 1)
        aptrace_explain(self, "1 packet matched: too few for a gap.");
    else
        explain_none(self, finish->packets);
    return aptrace_uint(UINT64_MAX);
}

APTRACE_PREDICATE("max_gap", struct max_gap, .summary = "The longest time without a packet, in nanoseconds", .params = params,
    .yields = APTRACE_TYPE_UINT, .prepare = prepare);
