/* SPDX-License-Identifier: MIT */
/* look.h: what predicates share that stop at the first packet that is meant. Each defines LOOK_NAME, LOOK_SUMMARY and LOOK_FOUND
 * (what that packet makes of the value) before it includes this; and LOOK_NEEDS_PACKET where it compares bytes, so that
 * packet= must be given.
 *
 * The packet that stops is there, whatever else was lost: the stop stands. That there was none is only as good as the evidence. A
 * packet too short to tell is the engine's to note. */
#include "say.h"

struct look { const struct aptrace_wanted *wanted; };

static const struct aptrace_param params[] = {
    APTRACE_PARAM_WANTED(struct look, wanted, .help = "which packet is meant"),
    APTRACE_PARAM_END
};

static int prepare(struct aptrace_instance *self)
{
    const struct look *look = self->state;
#ifdef LOOK_NEEDS_PACKET
    if (aptrace_wanted_count(self, look->wanted) == 0)
        return aptrace_refuse(self, "packet= is missing: the bytes to compare with, as packet=HEX or packet=FILE#N; "
                                    "to choose by header fields alone, use %s", LOOK_FOUND ? "saw_packet" : "did_not_see_packet");
#endif
    if (LOOK_FOUND)
        aptrace_look_elsewhere(self, look->wanted);
    return 0;
}

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    const struct look *look = self->state;
    return LOOK_FOUND ? aptrace_is_wanted_or_near(self, look->wanted, packet) : aptrace_is_wanted(self, look->wanted, packet);
}

struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    if (finish->stopped) {
        aptrace_cite(self, finish->packet);
        aptrace_forget_near(self);
    } else {
        explain_none(self, finish->packets);
    }
    if (finish->stopped && !LOOK_FOUND)
        aptrace_explain(self, "A packet matched, number %" PRIu64 " of the window.", finish->packets);
    return aptrace_bool(finish->stopped == LOOK_FOUND);
}

APTRACE_PREDICATE(LOOK_NAME, struct look, .summary = LOOK_SUMMARY, .params = params, .yields = APTRACE_TYPE_BOOL,
    .stop_survives_loss = true, .prepare = prepare);
