/* SPDX-License-Identifier: MIT */
/* saw_nothing: the window passed with no packet. It stops, false, at the first: that one was seen, so no lost packet could make
 * it true again. Silence is only as good as the evidence: with a hole it is inconclusive. */
#include <aptrace/plugin.h>

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    (void)self;
    (void)packet;
    return true;
}

struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    if (finish->stopped) {
        aptrace_cite(self, finish->packet);
        aptrace_explain(self, "wanted silence, got a packet of %u bytes", (unsigned)finish->packet->wire_length);
    }
    return aptrace_bool(finish->packets == 0);
}

APTRACE_PREDICATE("saw_nothing", struct aptrace_stateless, .summary = "No packet passed", .yields = APTRACE_TYPE_BOOL,
    .stop_survives_loss = true);
