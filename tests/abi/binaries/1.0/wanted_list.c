/* SPDX-License-Identifier: MIT */
/* All packets of a capture, in its order. Stops with the last of them. */
#include <aptrace/plugin.h>
#include <aptrace/wanted.h>

struct wanted_list { const struct aptrace_wanted *wanted; uint64_t next; };

static const struct aptrace_param params[] = {
    APTRACE_PARAM_WANTED_LIST(struct wanted_list, wanted),
    APTRACE_PARAM_END
};

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct wanted_list *state = self->state;
    if (!aptrace_is_wanted(self, state->wanted, packet))
        return false;
    state->next += aptrace_is_wanted_at(self, state->wanted, state->next, packet, APTRACE_WANTED_NEAR);
    return state->next == aptrace_wanted_count(self, state->wanted);
}

APTRACE_PREDICATE("wanted_list", struct wanted_list, .summary = "The packets of a file came in their order", .params = params,
    .stop_survives_loss = true);
