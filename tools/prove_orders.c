/* SPDX-License-Identifier: MIT */
/* Sections about the life of an instance: every order of callbacks that the contract allows, and that what comes of the
 * packets depends on nothing but parameters and packets: not on what was run before, on the process, on how packets travel,
 * or on who else is there. Each is shown by the same packets giving the same words in two ways. */
#include "tools/prove_parts.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>

enum { MOST = 2000 }; /* packets that are played in one way */

/* Of the captures, where there are any; else the frames on Ethernet. */
static const struct prove_packets *packets_of(const struct prover *prover)
{
    return &prover->frames->lists[0];
}

static const struct prove_packets *no_packets(const struct prover *prover)
{
    static struct prove_packets none;
    none.link_type = packets_of(prover)->link_type;
    return &none;
}

/* ---- Orders --------------------------------------------------------------------------------------------------------------- */

static bool play_and_drop(struct prover *prover, const struct prove_packets *packets, struct play how)
{
    struct outcome outcome;
    bool good = play(prover, packets, &how, &outcome);
    outcome_fini(&outcome);
    return good;
}

static bool play_ends(struct prover *prover, const struct prove_packets *packets, struct play how)
{
    for (how.end = PLAY_ENDS; how.end <= PLAY_NEVER_OPENED; how.end++) {
        if (!play_and_drop(prover, packets, how))
            return false;
    }
    return true;
}

static bool play_steps(struct prover *prover, const struct prove_packets *packets, struct play how)
{
    static const int64_t steps_ns[] = {1000000, 1000000000};
    for (size_t i = 0; i < sizeof steps_ns / sizeof *steps_ns; i++) {
        how.step_ns = steps_ns[i];
        if (!play_ends(prover, packets, how))
            return false;
    }
    return true;
}

static bool play_windows(struct prover *prover, const struct prove_packets *packets, size_t first, size_t limit)
{
    static const uint64_t counts[] = {0, 1, 2, 3};
    static const int64_t timeouts_ns[] = {0, 2500000};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        for (size_t j = 0; j < sizeof timeouts_ns / sizeof *timeouts_ns; j++) {
            struct play how = {.count = counts[i], .timeout_ns = timeouts_ns[j], .first = first, .limit = limit};
            if (!play_steps(prover, packets, how))
                return false;
        }
    }
    return true;
}

/* The first packet that stops it alone. False after a fault. */
static bool look_for_stop(struct prover *prover, size_t *stops)
{
    const struct prove_packets *packets = packets_of(prover);
    bool good = true;
    *stops = SIZE_MAX;
    for (size_t i = 0; good && *stops == SIZE_MAX && i < packets->count && i < MOST; i++) {
        struct outcome outcome;
        good = play(prover, packets, &(struct play){.first = i, .limit = i + 1}, &outcome);
        if (outcome.stopped)
            *stops = i;
        outcome_fini(&outcome);
    }
    return good;
}

static bool prove_orders_of(struct prover *prover)
{
    const struct prove_packets *packets = packets_of(prover);
    size_t stops;
    if (!play_windows(prover, no_packets(prover), 0, 0) || !play_windows(prover, packets, 0, 1)
        || !play_windows(prover, packets, 0, MOST) || !look_for_stop(prover, &stops))
        return false;
    if (stops == SIZE_MAX)
        return true;
    prover->shared->has_stopped = true;
    return play_windows(prover, packets, stops, stops + MOST);
}

void prove_orders(struct prover *prover)
{
    prover->section = "orders of callbacks";
    if (!prove_each_set(prover, prove_orders_of))
        return;
    prove_good(prover, "orders of callbacks: no packet, one, many%s; --count, timeout, end, interrupt; release without on_finish",
               prover->shared->has_stopped ? ", stopped by the first" : "");
}

/* ---- The same again ------------------------------------------------------------------------------------------------------- */

static bool gather(struct prover *prover, const struct prove_packets *packets, struct play how, struct text *words)
{
    how.limit = MOST;
    return play_on(prover, packets, &how, words);
}

/* The first lines that differ. */
static void tell_difference(struct prover *prover, const char *one_is, const struct text *one, const char *other_is,
                            const struct text *other, const char *how)
{
    const char *a = text_bytes(one), *b = text_bytes(other);
    struct text what = {0}, help = {0};
    size_t line = 0;
    for (size_t i = 0; a[i] == b[i]; i++)
        line = a[i] == '\n' ? i + 1 : line;
    text_add(&what, "%s: what comes of the same packets differs", prover->section);
    text_add(&help, "%s: %.*s\n%s: %.*s\n%s", one_is, (int)strcspn(a + line, "\n"), a + line, other_is,
             (int)strcspn(b + line, "\n"), b + line, how);
    prove_wrong(prover, text_bytes(&what), text_bytes(&help));
    text_fini(&what);
    text_fini(&help);
}

static bool same(const struct text *one, const struct text *other)
{
    return strcmp(text_bytes(one), text_bytes(other)) == 0;
}

static uint64_t likeness_of(const struct text *words)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    for (size_t i = 0; i < words->length; i++)
        hash = (hash ^ (unsigned char)words->bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static size_t index_of(const struct prover *prover)
{
    return (size_t)(prover->set - prover->sets);
}

/* Between the two runs others see other packets, so that what is kept outside of the state is not what it was. */
static bool prove_alike_of(struct prover *prover)
{
    const struct prove_packets *packets = packets_of(prover);
    struct prove_packets damaged = {.link_type = packets->link_type};
    struct text first = {0}, between = {0}, again = {0};
    uint64_t seed = 1;
    packets_add_damaged(&damaged, packets, 2, &seed);
    bool good = gather(prover, packets, (struct play){0}, &first) && gather(prover, &damaged, (struct play){0}, &between)
        && gather(prover, packets, (struct play){0}, &again);
    bool alike = good && same(&first, &again);
    prover->shared->likeness[index_of(prover)] = alike ? likeness_of(&first) : 0;
    if (good && !alike)
        tell_difference(prover, "at first", &first, "then", &again,
                        "Something is kept outside of the state: a global, or a static variable. Each run starts from a state "
                        "that is zero but for its parameters: put it there.");
    packets_fini(&damaged);
    text_fini(&first);
    text_fini(&between);
    text_fini(&again);
    return alike;
}

void prove_alike(struct prover *prover)
{
    prover->section = "a second run";
    if (prove_each_set(prover, prove_alike_of))
        prove_good(prover, "a second run gives the same value, explanation and finish");
}

bool prove_likeness_of(struct prover *prover)
{
    struct text words = {0};
    bool good = gather(prover, packets_of(prover), (struct play){0}, &words);
    prover->shared->likeness[index_of(prover)] = good ? likeness_of(&words) : 0;
    text_fini(&words);
    return good;
}

static bool prove_apart_of(struct prover *prover)
{
    uint64_t other = prover->apart[index_of(prover)];
    if (other == prover->shared->likeness[index_of(prover)])
        return true;
    prove_wrong(prover, "another process: what comes of the same packets differs",
                "It depends on something of the process: an address, its number, its environment, a clock, memory that was "
                "never set. A predicate may depend on its parameters and packets alone.");
    return false;
}

/* The other one is a program of its own, so that nothing lies where it lies here. */
void prove_apart(struct prover *prover)
{
    prover->section = "another process";
    for (size_t i = 0; i < PROVE_SETS_MAX; i++) {
        if (prover->shared->taken[i] && prover->shared->likeness[i] == 0)
            return; /* nothing to compare with: what went wrong was told */
    }
    prove_elsewhere(prover);
    if (prove_each_set(prover, prove_apart_of))
        prove_good(prover, "another process, with another environment, gives the same");
}

/* ---- How packets travel --------------------------------------------------------------------------------------------------- */

static bool prove_batches_of(struct prover *prover)
{
    const struct prove_packets *packets = packets_of(prover);
    struct text many = {0}, one = {0}, begin = {0};
    bool good = gather(prover, packets, (struct play){0}, &many) && gather(prover, packets, (struct play){.batch = 1}, &one)
        && gather(prover, packets, (struct play){.edge = EDGE_BEGIN}, &begin);
    bool alike = good && same(&many, &one);
    if (good && !alike)
        tell_difference(prover, "256 packets at a time", &many, "one at a time", &one,
                        "It keeps a packet, or a pointer into one, beyond the callback that was shown it: copy what it needs.");
    else if (good && !same(&many, &begin))
        tell_difference(prover, "packets at the end of a page", &many, "at its begin", &begin,
                        "It reads bytes that are not the packet's, or its value depends on where they lie.");
    alike = alike && same(&many, &begin);
    text_fini(&many);
    text_fini(&one);
    text_fini(&begin);
    return alike;
}

void prove_batches(struct prover *prover)
{
    prover->section = "batches";
    if (prove_each_set(prover, prove_batches_of))
        prove_good(prover, "batches of 1 and of 256 packets give the same");
}

/* ---- Two instances -------------------------------------------------------------------------------------------------------- */

/* One on each source, or both on both. */
static bool prove_pair(struct prover *prover, uint32_t one, uint32_t other)
{
    const struct prove_packets *packets = packets_of(prover);
    struct play hows[2] = {{.on = one, .limit = MOST}, {.on = other, .limit = MOST}};
    struct outcome alone[2] = {{0}}, together[2] = {{0}};
    bool good = play(prover, packets, &hows[0], &alone[0]) && play(prover, packets, &hows[1], &alone[1])
        && play_two(prover, packets, hows, together);
    bool alike = good;
    for (size_t i = 0; good && alike && i < 2; i++) {
        alike = same(&alone[i].words, &together[i].words);
        if (!alike)
            tell_difference(prover, "alone", &alone[i].words, "beside another", &together[i].words,
                            "The two share something that is not in the state: a global, or a static variable.");
    }
    for (size_t i = 0; i < 2; i++) {
        outcome_fini(&alone[i]);
        outcome_fini(&together[i]);
    }
    return alike;
}

static bool prove_pairs_of(struct prover *prover)
{
    return prove_pair(prover, 1, 2) && prove_pair(prover, 0, 0) && prove_pair(prover, 2, 0);
}

void prove_side_by_side(struct prover *prover)
{
    prover->section = "two instances side by side";
    if (prove_each_set(prover, prove_pairs_of))
        prove_good(prover, "two instances side by side, on the same packets and on others, give what each gives alone");
}

/* ---- Memory --------------------------------------------------------------------------------------------------------------- */

static size_t used_bytes(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

static bool play_times(struct prover *prover, const struct prove_packets *packets, struct play how, unsigned times)
{
    bool good = true;
    for (unsigned i = 0; good && i < times; i++)
        good = play_and_drop(prover, packets, how);
    return good;
}

/* Runs that are all alike: what is in use may not rise with their number. Those before have filled what the C library keeps; as it
 * may still take something once, only what rises each time is the plugin's. */
static bool prove_memory_at(struct prover *prover, const struct prove_packets *packets, struct play how)
{
    enum { WARM = 8, RUNS = 64, TIMES = 3, LEAST = 16 }; /* no piece of memory is smaller */
    size_t before = 0, after = 0;
    if (!play_times(prover, packets, how, WARM))
        return false;
    for (unsigned i = 0; i < TIMES; i++) {
        before = used_bytes();
        if (!play_times(prover, packets, how, RUNS))
            return false;
        after = used_bytes();
        if (after < before + RUNS * LEAST)
            return true;
    }
    struct text what = {0};
    text_add(&what, "memory: each run that %s keeps %zu bytes", how.end == PLAY_ENDS ? "ends" : "is released without on_finish",
             (after - before) / RUNS);
    prove_wrong(prover, text_bytes(&what), "Free in release what malloc() or new gave, not in on_finish, which may never be "
                                           "called; or take it from aptrace_allocate(), which is freed behind release.");
    text_fini(&what);
    return false;
}

/* The second time without the packet that stops it, as on_finish would follow that. */
static bool prove_memory_of(struct prover *prover)
{
    const struct prove_packets *packets = packets_of(prover);
    struct play ends = {.limit = MOST}, released = {.end = PLAY_RELEASED, .limit = MOST};
    struct outcome outcome;
    bool good = play(prover, packets, &ends, &outcome);
    if (outcome.stopped)
        released.limit = outcome.shown - 1;
    outcome_fini(&outcome);
    return good && prove_memory_at(prover, packets, ends)
        && prove_memory_at(prover, released.limit ? packets : no_packets(prover), released);
}

void prove_memory(struct prover *prover)
{
    prover->section = "memory";
    if (prove_each_set(prover, prove_memory_of))
        prove_good(prover, "memory: nothing is kept behind release");
}
