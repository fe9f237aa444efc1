/* SPDX-License-Identifier: MIT */
/* received_packet: a packet came. With --filter, --on and --direction it is one that they let pass. */
#include <aptrace/plugin.h>

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    (void)self;
    (void)packet;
    return true;
}

struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    if (finish->stopped)
        aptrace_cite(self, finish->packet);
    else
        aptrace_explain(self, "no packet came");
    return aptrace_bool(finish->stopped);
}

APTRACE_PREDICATE("received_packet", struct aptrace_stateless, .summary = "A packet came", .yields = APTRACE_TYPE_BOOL,
    .stop_survives_loss = true);
