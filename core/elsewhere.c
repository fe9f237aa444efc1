/* SPDX-License-Identifier: MIT */
/* Looking for a packet where it should not be.
 *
 * "No packet matched" is often a packet that came out of another port, or a moment too late, and a person finds that with a
 * second run. The engine has the packets at hand, so it looks at once: at those that the expectation is not shown, and at none
 * that it is.
 *
 * What it keeps true: a batch costs nothing where all of its packets are shown, where a packet was found at every place, or where
 * the window was stopped, as there is nothing to explain then. Only packets that the run takes count, and none whose place in
 * time is not sure. What lies in the window depends on the window alone; what lies before and behind it depends on how long the
 * run goes on, for which other expectations are the reason, so that only reports for people may tell it. */
#include "elsewhere.h"

#include "dispatch.h"
#include "wanted.h"

/* Packets of the batch at hand, from begin up to, not with, end. */
struct stretch { unsigned begin, end; };

void elsewhere_begin(struct expectation *expectation, const struct aptrace_wanted *wanted)
{
    struct elsewhere *elsewhere = &expectation->elsewhere;
    elsewhere->wanted = wanted;
    elsewhere->looking = 1U << ELSEWHERE_AFTER;
    if (!expectation->all_sources)
        elsewhere->looking |= 1U << ELSEWHERE_SOURCE;
    if (expectation->spec.direction != DIRECTION_BOTH)
        elsewhere->looking |= 1U << ELSEWHERE_DIRECTION;
    if (expectation->label_of_after)
        elsewhere->looking |= 1U << ELSEWHERE_BEFORE;
}

void elsewhere_join(struct elsewhere *elsewhere)
{
    if (elsewhere->wanted)
        elsewhere->looking |= 1U << ELSEWHERE_BEFORE;
}

static bool looks_at(const struct elsewhere *elsewhere, enum elsewhere_place place)
{
    return (elsewhere->looking >> place & 1) != 0;
}

/* Notes the packet if it is meant. */
static void look_at(struct expectation *expectation, const struct aptrace_packet *packet, enum elsewhere_place place)
{
    struct elsewhere *elsewhere = &expectation->elsewhere;
    if (wanted_match(elsewhere->wanted, 0, packet, APTRACE_WANTED_ANY) != WANTED_MATCH)
        return;
    elsewhere->packets[place] = expectation_reference(expectation, packet);
    elsewhere->found |= 1U << place;
    elsewhere->looking &= ~(1U << place);
}

/* ---- Outside the window ---- */

static void look_outside(struct expectation *expectation, const struct batch *batch, struct stretch stretch,
                         enum elsewhere_place place)
{
    for (unsigned i = stretch.begin; i < stretch.end && looks_at(&expectation->elsewhere, place); i++) {
        if (dispatch_selects(expectation, &batch->packets[i]))
            look_at(expectation, &batch->packets[i], place);
    }
}

/* ---- Inside the window ---- */

/* Whether some packet of the batch may be at a place inside the window but not shown. */
static bool may_be_beside(const struct expectation *expectation, const struct batch *batch)
{
    const struct elsewhere *elsewhere = &expectation->elsewhere;
    bool one_source = batch->source_low == batch->source_high;
    bool one_direction = ((batch->flags_any ^ batch->flags_all) & APTRACE_PACKET_SENT) == 0;
    bool all_on = one_source && dispatch_is_on(expectation, batch->source_low);
    bool all_own = one_direction && dispatch_is_direction(expectation->spec.direction, batch->flags_any);
    return (looks_at(elsewhere, ELSEWHERE_SOURCE) && !all_on) || (looks_at(elsewhere, ELSEWHERE_DIRECTION) && !all_own);
}

/* The place of a packet inside the window; ELSEWHERE_PLACES where it is shown, or differs in both. */
static enum elsewhere_place place_beside(const struct expectation *expectation, const struct aptrace_packet *packet)
{
    bool on = dispatch_is_on(expectation, packet->source);
    bool own = dispatch_is_direction(expectation->spec.direction, packet->flags);
    if (on == own)
        return ELSEWHERE_PLACES;
    return on ? ELSEWHERE_DIRECTION : ELSEWHERE_SOURCE;
}

static void look_beside(struct expectation *expectation, const struct batch *batch, struct stretch stretch)
{
    if (stretch.begin >= stretch.end || !may_be_beside(expectation, batch))
        return;
    for (unsigned i = stretch.begin; i < stretch.end; i++) {
        const struct aptrace_packet *packet = &batch->packets[i];
        enum elsewhere_place place = place_beside(expectation, packet);
        if (place == ELSEWHERE_PLACES || !looks_at(&expectation->elsewhere, place))
            continue;
        if (!expectation->filter || filter_passes(expectation->filter, packet))
            look_at(expectation, packet, place);
    }
}

/* ---- A batch ---- */

/* The packets of the batch at hand that the window holds. */
static struct stretch window_of(const struct expectation *expectation, unsigned taken)
{
    unsigned begin = expectation->batch_begin < taken ? expectation->batch_begin : taken;
    switch (expectation->window.state) {
    case WINDOW_WAITING:
        return (struct stretch){taken, taken};
    case WINDOW_OPEN:
        return (struct stretch){begin, taken};
    case WINDOW_FINISHED:
        break;
    }
    if (!expectation->finish_pending)
        return (struct stretch){0, 0};
    return (struct stretch){begin, expectation->batch_finish};
}

/* Whether nothing is left to explain: it was found, or there never was a window. */
static bool is_idle(const struct window *window)
{
    return window->state == WINDOW_FINISHED && (window->reason == FINISH_STOPPED || window->reason == FINISH_NEVER_OPENED);
}

void elsewhere_look(struct expectation *expectation, const struct batch *batch, unsigned taken)
{
    struct elsewhere *elsewhere = &expectation->elsewhere;
    if (is_idle(&expectation->window))
        elsewhere->looking = 0;
    if (elsewhere->looking == 0 || batch->spans)
        return;
    struct stretch window = window_of(expectation, taken);
    look_outside(expectation, batch, (struct stretch){0, window.begin}, ELSEWHERE_BEFORE);
    look_beside(expectation, batch, window);
    look_outside(expectation, batch, (struct stretch){window.end, taken}, ELSEWHERE_AFTER);
}

const struct packet_reference *elsewhere_packet(const struct elsewhere *elsewhere, enum elsewhere_place place)
{
    return elsewhere->found >> place & 1 ? &elsewhere->packets[place] : NULL;
}
