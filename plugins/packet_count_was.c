/* SPDX-License-Identifier: MIT */
/* packet_count_was: exactly n packets passed. It stops, false, at packet n + 1: nothing that comes later can mend that, and no
 * packet that was lost could either. */
#include <aptrace/plugin.h>

struct packet_count_was {
    uint64_t n;
    uint64_t count;
};

static const struct aptrace_param params[] = {
    APTRACE_PARAM_UINT(struct packet_count_was, n, .required = true, .help = "how many packets there should be"),
    APTRACE_PARAM_END
};

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct packet_count_was *want = self->state;
    (void)packet;
    want->count++;
    return want->count > want->n;
}

struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    const struct packet_count_was *want = self->state;
    if (finish->stopped) {
        aptrace_cite(self, finish->packet);
        aptrace_explain(self, "wanted %llu packet%s, this is one more", (unsigned long long)want->n, want->n == 1 ? "" : "s");
    } else {
        aptrace_explain(self, "wanted %llu packet%s, got %llu", (unsigned long long)want->n, want->n == 1 ? "" : "s",
                        (unsigned long long)want->count);
    }
    return aptrace_bool(want->count == want->n);
}

APTRACE_PREDICATE("packet_count_was", struct packet_count_was, .summary = "Exactly n packets passed", .params = params,
    .yields = APTRACE_TYPE_BOOL, .stop_survives_loss = true);
