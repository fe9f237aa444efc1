/* SPDX-License-Identifier: MIT */
/* Sections about packets that nobody would send and a network has all the same: cut anywhere, damaged, random, of any length
 * and link type. A plugin has to come back from each, at both edges of memory that it may not touch. And where a packet was
 * captured short, it has to say so or to be right: a byte that is missing must never become a verdict. */
#include "tools/prove_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t shown; /* packets, in this process */

static bool show_at(struct prover *prover, const struct prove_packets *packets, enum packet_edge edge)
{
    shown += packets->count;
    return play_on(prover, packets, &(struct play){.grows = true, .edge = edge}, NULL);
}

static bool show(struct prover *prover, const struct prove_packets *packets)
{
    return show_at(prover, packets, EDGE_END) && show_at(prover, packets, EDGE_BEGIN);
}

static void tell_shown(struct prover *prover, const char *what)
{
    struct text count = {0};
    text_add_grouped(&count, shown);
    prove_good(prover, "%s: comes back from %s of them", what, text_bytes(&count));
    text_fini(&count);
}

/* ---- Prefixes ------------------------------------------------------------------------------------------------------------- */

static bool show_prefixes(struct prover *prover, const struct prove_packets *of, size_t index)
{
    const struct prove_packet *packet = &of->list[index];
    bool good = true;
    for (int captured = 0; good && captured < 2; captured++) {
        struct prove_packets prefixes = {.link_type = of->link_type};
        packets_add_prefixes(&prefixes, of->bytes + packet->at, packet->capture_length, captured);
        good = captured ? show(prover, &prefixes) : show_at(prover, &prefixes, EDGE_END);
        packets_fini(&prefixes);
    }
    return good;
}

static bool prove_prefixes_of(struct prover *prover)
{
    const struct prove_frames *frames = prover->frames;
    for (size_t i = 0; i < frames->count; i++) {
        for (size_t j = 0; j < frames->lists[i].count; j++) {
            if (!show_prefixes(prover, &frames->lists[i], j))
                return false;
        }
    }
    return true;
}

void prove_prefixes(struct prover *prover)
{
    prover->section = "packets that end early";
    if (prove_each_set(prover, prove_prefixes_of))
        tell_shown(prover, "packets that end early, at every byte");
}

/* ---- Damage --------------------------------------------------------------------------------------------------------------- */

static bool prove_odd_of(struct prover *prover)
{
    const struct prove_frames *frames = prover->frames;
    uint64_t seed = 2;
    bool good = true;
    for (size_t i = 0; good && i < frames->count; i++) {
        struct prove_packets odd = {.link_type = frames->lists[i].link_type};
        packets_add_damaged(&odd, &frames->lists[i], frames->lists[i].count < 200 ? 20 : 2, &seed);
        packets_add_random(&odd, 500, 200, &seed);
        good = show(prover, &odd);
        packets_fini(&odd);
    }
    return good;
}

void prove_odd(struct prover *prover)
{
    prover->section = "damaged and random packets";
    if (prove_each_set(prover, prove_odd_of))
        tell_shown(prover, "damaged and random packets");
}

/* ---- Lengths -------------------------------------------------------------------------------------------------------------- */

/* Every length that headers have, then steps up to the greatest. The frame stands at the start of zeros, or of ones. */
static bool show_lengths(struct prover *prover, const struct prove_packet *frame, const struct prove_packets *of, int fill)
{
    enum { EVERY = 600, STEP = 1777 };
    struct prove_packets lengths = {.link_type = of->link_type};
    uint8_t *bytes = memory_new(PROVE_PACKET_MAX, 1);
    memset(bytes, fill, PROVE_PACKET_MAX);
    memcpy(bytes, of->bytes + frame->at, frame->capture_length);
    for (size_t length = 0; length <= PROVE_PACKET_MAX; length += length < EVERY ? 1 : STEP)
        packets_add(&lengths, bytes, length, length);
    packets_add(&lengths, bytes, PROVE_PACKET_MAX - 1, PROVE_PACKET_MAX);
    packets_add(&lengths, bytes, PROVE_PACKET_MAX, PROVE_PACKET_MAX);
    packets_add(&lengths, bytes, PROVE_PACKET_MAX, UINT32_MAX);
    bool good = show_at(prover, &lengths, EDGE_END);
    packets_fini(&lengths);
    free(bytes);
    return good;
}

static bool prove_lengths_of(struct prover *prover)
{
    const struct prove_packets *frames = frames_of(prover->frames, LINK_ETHERNET);
    size_t last = frames->count - 1;
    return show_lengths(prover, &frames->list[0], frames, 0) && show_lengths(prover, &frames->list[last], frames, 0xff);
}

void prove_lengths(struct prover *prover)
{
    prover->section = "lengths from 0 to 65,535 bytes";
    if (prove_each_set(prover, prove_lengths_of))
        tell_shown(prover, "packets of 0 to 65,535 bytes");
}

/* ---- Link types ----------------------------------------------------------------------------------------------------------- */

static bool show_as(struct prover *prover, uint16_t link_type)
{
    enum { FRAMES = 6 };
    const struct prove_packets *frames = frames_of(prover->frames, LINK_ETHERNET);
    struct prove_packets packets = {.link_type = link_type};
    uint64_t seed = link_type;
    for (size_t i = 0; i < FRAMES; i++) {
        const struct prove_packet *frame = &frames->list[i * (frames->count - 1) / (FRAMES - 1)];
        packets_add(&packets, frames->bytes + frame->at, frame->capture_length, frame->wire_length);
        packets_add(&packets, frames->bytes + frame->at, i < frame->capture_length ? i : 0, frame->wire_length);
    }
    packets_add_random(&packets, FRAMES, 100, &seed);
    bool good = show_at(prover, &packets, EDGE_END);
    packets_fini(&packets);
    return good;
}

static bool prove_link_types_of(struct prover *prover)
{
    enum { ASSIGNED = 320 };
    for (unsigned link_type = 0; link_type < ASSIGNED; link_type++) {
        if (!show_as(prover, (uint16_t)link_type))
            return false;
    }
    return show_as(prover, UINT16_MAX);
}

void prove_link_types(struct prover *prover)
{
    prover->section = "link types";
    if (prove_each_set(prover, prove_link_types_of))
        tell_shown(prover, "packets of all link types");
}

/* ---- Captured short ------------------------------------------------------------------------------------------------------- */

static void tell_cut(struct prover *prover, const struct prove_packets *packets, size_t index, const char *whole, const char *cut)
{
    struct text what = {0}, help = {0};
    text_add(&what, "packets captured short: the value is %s, and with all bytes it is %s", cut, whole);
    play_add_packet_of(&help, packets, index);
    text_add(&help, "\nThe whole: ");
    play_add_packet_of(&help, packets, packets->count - 1);
    words_add_set(&help, prover->set);
    text_add(&help, "\nBytes that are missing would make a wrong verdict. Where a field is absent, ask aptrace_is_cut(packet, "
                    "its stage), and where that is true call aptrace_unseen(self, packet).");
    prove_wrong(prover, text_bytes(&what), text_bytes(&help));
    text_fini(&what);
    text_fini(&help);
}

/* The last of the prefixes is the whole packet. */
static bool is_sound(struct prover *prover, const struct prove_packets *prefixes)
{
    struct outcome whole, cut;
    size_t last = prefixes->count - 1;
    bool good = play(prover, prefixes, &(struct play){.first = last, .limit = last + 1}, &whole), refused = whole.refused;
    for (size_t i = 0; good && !refused && i < last; i++) {
        good = play(prover, prefixes, &(struct play){.first = i, .limit = i + 1}, &cut);
        bool differs = strcmp(text_bytes(&whole.yielded), text_bytes(&cut.yielded)) != 0;
        if (good && differs && cut.unseen == 0) {
            tell_cut(prover, prefixes, i, text_bytes(&whole.yielded), text_bytes(&cut.yielded));
            good = false;
        }
        shown++;
        outcome_fini(&cut);
    }
    outcome_fini(&whole);
    return good;
}

static bool prove_cut_of(struct prover *prover)
{
    enum { MOST = 200 };
    const struct prove_frames *frames = prover->frames;
    bool good = true;
    for (size_t i = 0; good && i < frames->count; i++) {
        for (size_t j = 0; good && j < frames->lists[i].count && j < MOST; j++) {
            const struct prove_packet *packet = &frames->lists[i].list[j];
            struct prove_packets prefixes = {.link_type = frames->lists[i].link_type};
            packets_add_prefixes(&prefixes, frames->lists[i].bytes + packet->at, packet->capture_length, true);
            good = packet->capture_length < packet->wire_length || is_sound(prover, &prefixes);
            packets_fini(&prefixes);
        }
    }
    return good;
}

void prove_cut(struct prover *prover)
{
    prover->section = "packets captured short";
    if (!prove_each_set(prover, prove_cut_of))
        return;
    struct text count = {0};
    text_add_grouped(&count, shown);
    prove_good(prover, "packets captured short: of %s none has another value without being made known", text_bytes(&count));
    text_fini(&count);
}
