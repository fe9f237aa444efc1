/* SPDX-License-Identifier: MIT */
/* count_packets: how many packets matched. An integer, never a truth value: 1 is not "true". It never stops, for the number is
 * known only when the window has closed. */
#include "say.h"

struct count_packets {
    const struct aptrace_wanted *wanted;
    uint64_t count;
};

static const struct aptrace_param params[] = {
    APTRACE_PARAM_WANTED(struct count_packets, wanted, .help = "which packets count"),
    APTRACE_PARAM_END
};

void on_packet(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct count_packets *want = self->state;
    want->count += aptrace_is_wanted_or_near(self, want->wanted, packet);
}

struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    const struct count_packets *want = self->state;
    struct say say = {0};
    say_add(&say, "%" PRIu64 " of ", want->count);
    say_add_count(&say, finish->packets, "packet");
    if (want->count == 0)
        explain_none(self, finish->packets);
    else
        aptrace_explain(self, "%s matched.", say.text);
    return aptrace_uint(want->count);
}

APTRACE_PREDICATE("count_packets", struct count_packets, .summary = "How many packets matched", .params = params,
    .yields = APTRACE_TYPE_UINT);
