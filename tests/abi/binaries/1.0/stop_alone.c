/* SPDX-License-Identifier: MIT */
/* stop_condition and nothing else: no parameters, no state, no .yields. */
#include <aptrace/decode.h>
#include <aptrace/plugin.h>

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    (void)self;
    return aptrace_has_vlan(packet, 102);
}

APTRACE_PREDICATE("stop_alone", struct aptrace_stateless, .summary = "A packet had tag 102", .stop_survives_loss = true);
