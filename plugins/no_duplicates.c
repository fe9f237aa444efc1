/* SPDX-License-Identifier: MIT */
/* no_duplicates: no two packets were the same: in the whole window, or within a time. It stops, false, at the second of two that
 * are: both were seen, whatever was lost.
 *
 * A packet is remembered by its digest, in a ring that drops what is older than within=. Of each hash value the newest is known,
 * and each knows the one before it; what has left the ring ends such a chain. So nothing is ever unlinked. Places in the ring
 * are numbered on and on, and wrap around: only how far they are behind its oldest counts.
 *
 * The ring doubles when it is full, up to 16 million packets. One that finds no room could be the first of two that are the same:
 * that is known to be missing, as a packet too short to tell is. */
#include <stdlib.h>
#include <string.h>

#include "say.h"

enum { ROOM_FIRST = 1 << 10, ROOM_MAX = 1 << 24 };

struct remembered {
    uint64_t digest[2], number;
    int64_t time_ns;
    uint32_t source;
    uint32_t before; /* the place of the one before it of the same hash value */
};

struct no_duplicates {
    const struct aptrace_wanted *wanted;
    int64_t within;
    bool timed, full;
    struct remembered *ring; /* room of them: a power of two */
    uint32_t *newest;        /* by hash value */
    uint32_t room, oldest, count;
    uint64_t compared;       /* packets */
    struct remembered twin;  /* of the packet that stopped */
};

static const struct aptrace_param params[] = {
    APTRACE_PARAM_DURATION(struct no_duplicates, within, .min = 1, .max = INT64_MAX,
        .help = "how long a packet may have no second; left out: the whole window"),
    APTRACE_PARAM_WANTED_SAME(struct no_duplicates, wanted, .help = "when two packets are the same"),
    APTRACE_PARAM_END
};

static int prepare(struct aptrace_instance *self)
{
    struct no_duplicates *want = self->state;
    want->timed = aptrace_given(self, &want->within);
    return 0;
}

/* ---- The ring ---- */

static struct remembered *at(const struct no_duplicates *want, uint32_t place)
{
    return &want->ring[place & (want->room - 1)];
}

static uint32_t *newest_of(const struct no_duplicates *want, const uint64_t digest[2])
{
    return &want->newest[digest[0] & (want->room - 1)];
}

/* How many places behind the oldest: those that have left are far beyond the count. */
static uint32_t rank(const struct no_duplicates *want, uint32_t place)
{
    return place - want->oldest;
}

static void link_newest(struct no_duplicates *want, uint32_t place)
{
    struct remembered *entry = at(want, place);
    uint32_t *newest = newest_of(want, entry->digest);
    entry->before = *newest;
    *newest = place;
}

/* Twice the room. False where there is no more. */
static bool grow(struct no_duplicates *want)
{
    struct no_duplicates grown = *want;
    uint32_t i;
    if (want->room == ROOM_MAX)
        return false;
    grown.room = want->room ? 2 * want->room : ROOM_FIRST;
    grown.ring = malloc(grown.room * sizeof *grown.ring);
    grown.newest = calloc(grown.room, sizeof *grown.newest);
    if (!grown.ring || !grown.newest) {
        free(grown.ring);
        free(grown.newest);
        return false;
    }
    for (i = 0; i < want->count; i++) {
        *at(&grown, want->oldest + i) = *at(want, want->oldest + i);
        link_newest(&grown, want->oldest + i);
    }
    free(want->ring);
    free(want->newest);
    *want = grown;
    return true;
}

/* Null where no packet that is remembered has the digest. Places of a chain go down; one that does not has been used again. */
static const struct remembered *find(const struct no_duplicates *want, const uint64_t digest[2])
{
    uint32_t place, above = want->count;
    if (want->count == 0)
        return NULL;
    for (place = *newest_of(want, digest); rank(want, place) < above; place = at(want, place)->before) {
        const struct remembered *entry = at(want, place);
        if (entry->digest[0] == digest[0] && entry->digest[1] == digest[1])
            return entry;
        above = rank(want, place);
    }
    return NULL;
}

/* Times never go back, but may lie further apart than a signed number holds. */
static void forget_before(struct no_duplicates *want, int64_t time_ns)
{
    while (want->count > 0 && (uint64_t)time_ns - (uint64_t)at(want, want->oldest)->time_ns > (uint64_t)want->within) {
        want->oldest++;
        want->count--;
    }
}

static bool remember(struct no_duplicates *want, const struct aptrace_packet *packet, const uint64_t digest[2])
{
    uint32_t place;
    if (want->count == want->room && !grow(want))
        return false;
    place = want->oldest + want->count;
    *at(want, place) = (struct remembered){.digest = {digest[0], digest[1]}, .number = packet->number,
                                           .time_ns = packet->time_ns, .source = packet->source};
    link_newest(want, place);
    want->count++;
    return true;
}

/* ---- The predicate ---- */

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct no_duplicates *want = self->state;
    const struct remembered *twin;
    uint64_t digest[2];
    if (!aptrace_is_wanted(self, want->wanted, packet) || !aptrace_digest(self, want->wanted, packet, digest))
        return false;
    want->compared++;
    if (want->timed)
        forget_before(want, packet->time_ns);
    twin = find(want, digest);
    if (twin) {
        want->twin = *twin;
        return true;
    }
    if (!remember(want, packet, digest)) {
        want->full = true;
        aptrace_unseen(self, packet);
    }
    return false;
}

static void explain_twin(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    const struct no_duplicates *want = self->state;
    struct say say = {0};
    say_add_packet(&say, self, packet->source, packet->number);
    say_add(&say, " is the same as ");
    say_add_packet(&say, self, want->twin.source, want->twin.number);
    say_add(&say, ", ");
    say_add_seconds(&say, (uint64_t)packet->time_ns - (uint64_t)want->twin.time_ns);
    aptrace_explain(self, "%s later.", say.text);
}

struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    const struct no_duplicates *want = self->state;
    if (finish->stopped) {
        aptrace_cite(self, finish->packet);
        explain_twin(self, finish->packet);
    } else if (want->full) {
        aptrace_explain(self, "There were more packets than the %" PRIu32 " that can be remembered at a time: give within=, or "
                              "choose some by --filter.", want->room);
    } else if (finish->packets == 0) {
        aptrace_explain(self, "No packet came.");
    } else {
        aptrace_explain(self, "No two of %" PRIu64 " packets were the same.", want->compared);
    }
    return aptrace_bool(!finish->stopped && !want->full);
}

static void release(struct aptrace_instance *self)
{
    struct no_duplicates *want = self->state;
    free(want->ring);
    free(want->newest);
}

APTRACE_PREDICATE("no_duplicates", struct no_duplicates, .summary = "No two packets were the same", .params = params,
    .yields = APTRACE_TYPE_BOOL, .stop_survives_loss = true, .prepare = prepare, .release = release);
