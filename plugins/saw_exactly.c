/* SPDX-License-Identifier: MIT */
/* saw_exactly: the packets of a file, and no others, each as often as it stands there.
 *
 * Where fields are ignored one packet may match several of the file, and the first that fits may be the wrong one to give it to.
 * So packets are given to places in the file by augmenting paths (a maximum matching of a bipartite graph, Kuhn's algorithm):
 * each takes a free place, or has others move until one is free. A packet for which that fails is one too many, for good: no
 * packet that comes later, or that was lost, can make room. So that stop stands. That packets are missing or came in another
 * order is told at the end.
 *
 * Each packet's places are kept as a row of bits, for once it has gone nobody can ask it again. */
#include <string.h>

#include "say.h"

enum { PLACES_MAX = 8192, SHOWN_MAX = 24, WORD_BITS = 64 };
#define NOBODY UINT32_MAX
enum { ORDER_ANY, ORDER_KEPT };

struct saw_exactly {
    const struct aptrace_wanted *wanted;
    uint8_t order;
    uint32_t places;     /* packets in the file */
    uint32_t row_words;
    uint32_t came;       /* packets that got a place */
    uint64_t *rows;      /* of each of those: the places that it matches */
    uint32_t *holder;    /* of each place: which packet has it, or NOBODY */
    uint32_t *from;      /* in a search, of each place: the place whose holder could move here; itself: the packet at hand */
    uint32_t *queue;
    uint32_t strayed;    /* of the first packet not in its place: which one it was, from 1; 0: none */
    uint64_t unfit;      /* packets that match nothing, as far as they were captured */
    bool too_many;       /* the packet that stopped matches one of the file, which had come already */
};

static const struct aptrace_param params[] = {
    APTRACE_PARAM_WANTED_LIST(struct saw_exactly, wanted, .help = "the packets"),
    APTRACE_PARAM_CHOICE(struct saw_exactly, order, .choices = "any|kept", .fallback = "any",
        .help = "whether they have to come in the order of the file"),
    APTRACE_PARAM_END
};

static int prepare(struct aptrace_instance *self)
{
    struct saw_exactly *want = self->state;
    size_t places = aptrace_wanted_count(self, want->wanted), i;
    if (places == 0)
        return aptrace_refuse(self, "packets= holds no packet: to ask for silence, use saw_nothing");
    if (places > PLACES_MAX)
        return aptrace_refuse(self, "packets= holds %zu packets, of which at most %d can be told apart: split them, with a "
                                    "--filter for each part, or count them by count_packets", places, PLACES_MAX);
    want->places = (uint32_t)places;
    want->row_words = (want->places + WORD_BITS - 1) / WORD_BITS;
    want->rows = aptrace_allocate(self, (places + 1) * want->row_words * sizeof *want->rows);
    want->holder = aptrace_allocate(self, places * sizeof *want->holder);
    want->from = aptrace_allocate(self, places * sizeof *want->from);
    want->queue = aptrace_allocate(self, places * sizeof *want->queue);
    for (i = 0; i < places; i++)
        want->holder[i] = NOBODY;
    return 0;
}

static uint64_t *row_of(const struct saw_exactly *want, uint32_t which)
{
    return want->rows + (size_t)which * want->row_words;
}

static bool matches(const struct saw_exactly *want, uint32_t which, uint32_t place)
{
    return row_of(want, which)[place / WORD_BITS] >> (place % WORD_BITS) & 1;
}

/* Asks a packet for all of its places, into the row of the one to come. Returns how many there are. */
static uint32_t fill_row(struct aptrace_instance *self, const struct saw_exactly *want, const struct aptrace_packet *packet)
{
    uint64_t *row = row_of(want, want->came);
    uint32_t place, found = 0;
    memset(row, 0, want->row_words * sizeof *row);
    for (place = 0; place < want->places; place++) {
        if (!aptrace_is_wanted_at(self, want->wanted, place, packet, 0))
            continue;
        row[place / WORD_BITS] |= UINT64_C(1) << (place % WORD_BITS);
        found++;
    }
    return found;
}

/* The holders move along the path that ends in a free place; the packet to come takes what is left. */
static void move_along(struct saw_exactly *want, uint32_t place)
{
    while (want->from[place] != place) {
        want->holder[place] = want->holder[want->from[place]];
        place = want->from[place];
    }
    want->holder[place] = want->came;
}

/* Gives the packet to come a place, breadth first. False where there is none for it, whoever moves. */
static bool find_place(struct saw_exactly *want)
{
    uint32_t head = 0, tail = 0, place;
    memset(want->from, 0xff, want->places * sizeof *want->from);
    for (place = 0; place < want->places; place++) {
        if (matches(want, want->came, place)) {
            want->from[place] = place;
            want->queue[tail++] = place;
        }
    }
    for (; head < tail; head++) {
        uint32_t at = want->queue[head], holder = want->holder[at];
        if (holder == NOBODY) {
            move_along(want, at);
            return true;
        }
        for (place = 0; place < want->places; place++) {
            if (want->from[place] == NOBODY && matches(want, holder, place)) {
                want->from[place] = at;
                want->queue[tail++] = place;
            }
        }
    }
    return false;
}

/* The place that is next in the order of the file costs no search. */
static bool take_place(struct saw_exactly *want)
{
    if (want->came == want->places)
        return false;
    if (want->holder[want->came] == NOBODY && matches(want, want->came, want->came)) {
        want->holder[want->came] = want->came;
        return true;
    }
    return find_place(want);
}

static void note_order(struct saw_exactly *want, struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    if (want->order != ORDER_KEPT || want->strayed || matches(want, want->came, want->came))
        return;
    want->strayed = want->came + 1;
    aptrace_cite(self, packet);
}

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct saw_exactly *want = self->state;
    want->too_many = fill_row(self, want, packet) > 0;
    if (!want->too_many) {
        aptrace_is_wanted_or_near(self, want->wanted, packet);
        aptrace_cite(self, packet);
        want->unfit++;
        return misses_for_sure(packet);
    }
    if (!take_place(want))
        return true;
    note_order(want, self, packet);
    want->came++;
    return false;
}

/* ---- Reasons ---- */

/* The numbers of the places that nobody holds, and how many. */
static void add_missing(const struct saw_exactly *want, struct say *say)
{
    uint32_t place, shown = 0, missing = want->places - want->came;
    if (missing == 0)
        return;
    say_add(say, "%" PRIu32 " of %" PRIu32 " wanted packets %s missing: number", missing, want->places,
            missing == 1 ? "is" : "are");
    for (place = 0; place < want->places && shown < SHOWN_MAX; place++) {
        if (want->holder[place] == NOBODY)
            say_add(say, "%s %" PRIu32, shown++ ? "," : "", place + 1);
    }
    say_add(say, "%s of the file.\n", missing > shown ? ", ..." : "");
}

/* The place that the packet which stopped wants most: the first that it matches. */
static uint32_t first_match(const struct saw_exactly *want)
{
    uint32_t place = 0;
    while (place < want->places && !matches(want, want->came, place))
        place++;
    return place + 1;
}

static void add_extra(const struct saw_exactly *want, const struct aptrace_finish *finish, struct say *say)
{
    if (finish->stopped && want->too_many)
        say_add(say, "A packet came once more than wanted: it matches number %" PRIu32 " of the file.\n", first_match(want));
    else if (want->unfit)
        say_add(say, "%" PRIu64 " of %" PRIu64 " packets that came %s wanted.\n", want->unfit, finish->packets,
                want->unfit == 1 ? "is not" : "are not");
}

static void add_order(const struct saw_exactly *want, struct say *say)
{
    if (want->strayed)
        say_add(say, "Where number %" PRIu32 " of the file was to come, another did.\n", want->strayed);
}

struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    const struct saw_exactly *want = self->state;
    struct say say = {0};
    if (finish->stopped && want->too_many)
        aptrace_cite(self, finish->packet);
    add_extra(want, finish, &say);
    add_order(want, &say);
    add_missing(want, &say);
    if (say.length == 0)
        say_add(&say, "All %" PRIu32 " came, and no other.\n", want->places);
    aptrace_explain(self, "%.*s", (int)say.length - 1, say.text);
    return aptrace_bool(!finish->stopped && want->came == want->places && want->unfit == 0 && want->strayed == 0);
}

APTRACE_PREDICATE("saw_exactly", struct saw_exactly, .summary = "The packets of a file came, and no others", .params = params,
    .yields = APTRACE_TYPE_BOOL, .stop_survives_loss = true, .prepare = prepare);
