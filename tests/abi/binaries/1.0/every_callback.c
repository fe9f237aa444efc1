/* SPDX-License-Identifier: MIT */
/* All five callbacks, and each helper that is about packets, sources, groups and the outcome. Yields how many packets came. */
#include <aptrace/decode.h>
#include <aptrace/plugin.h>

struct every_callback {
    uint64_t stop_at;
    bool refuse;
    uint64_t *counts; /* packets, tagged ones, those with ports */
    uint32_t source;
};

static const struct aptrace_param params[] = {
    APTRACE_PARAM_UINT(struct every_callback, stop_at, .fallback = "3", .help = "number of the packet that stops it"),
    APTRACE_PARAM_BOOL(struct every_callback, refuse, .help = "whether prepare refuses"),
    APTRACE_PARAM_END
};

static int prepare(struct aptrace_instance *self)
{
    struct every_callback *state = self->state;
    if (state->refuse)
        return aptrace_refuse(self, "refuse is %s", "true");
    state->counts = aptrace_allocate(self, 3 * sizeof *state->counts);
    aptrace_default_expect(self, "%u..%u", 1u, (unsigned)state->stop_at);
    return 0;
}

void on_packet(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct every_callback *state = self->state;
    unsigned source, destination;
    state->source = packet->source;
    state->counts[0]++;
    if (aptrace_has_vlan(packet, 102)) {
        aptrace_cite(self, packet);
        state->counts[1]++;
    }
    if (aptrace_get_ports(packet, &source, &destination))
        state->counts[2]++;
    else if (aptrace_is_cut(packet, APTRACE_STAGE_TRANSPORT))
        aptrace_unseen(self, packet);
}

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    const struct every_callback *state = self->state;
    if (packet->number == state->stop_at) {
        aptrace_forget_near(self);
        return true;
    }
    aptrace_near(self, packet, state->stop_at - packet->number, "it is number %u", (unsigned)packet->number);
    return false;
}

struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    const struct every_callback *state = self->state;
    uint32_t group = aptrace_group_of(self, state->source);
    aptrace_explain(self, "%u packets, %u tagged, %u with ports, from %s in group %s of %u; %s for reason %u after %u ns; stop_at %s",
                    (unsigned)finish->packets, (unsigned)state->counts[1], (unsigned)state->counts[2],
                    aptrace_source_name(self, state->source), aptrace_group_name(self, group), (unsigned)aptrace_group_count(self),
                    finish->stopped ? "stopped" : "not stopped", (unsigned)finish->reason,
                    (unsigned)(finish->time_ns - finish->opens_ns), aptrace_given(self, &state->stop_at) ? "given" : "left out");
    return aptrace_uint(state->counts[0]);
}

static void release(struct aptrace_instance *self)
{
    struct every_callback *state = self->state;
    state->counts[0] = 0;
}

APTRACE_PREDICATE("every_callback", struct every_callback, .summary = "How many packets came", .version = "1.0", .params = params,
    .yields = APTRACE_TYPE_UINT, .stop_survives_loss = false, .prepare = prepare, .release = release);
