/* SPDX-License-Identifier: MIT */
/* saw_vlan: a packet carried a VLAN tag: any, or the one with this identifier.
 *
 * Every tag of the stack counts, whatever its TPID (0x8100, 0x88a8, 0x9100): a frame of a provider network is tagged 102 when
 * 102 stands inside its outer tag too. A priority tag has identifier 0 and is a tag. Where the captured bytes end before the
 * tags do, nobody can know: said so, not taken for "no tag". */
#include <aptrace/decode.h>
#include <aptrace/plugin.h>

struct saw_vlan {
    uint16_t tag;
    uint64_t tagged; /* packets with tags, none of them the one */
    bool any;
};

static const struct aptrace_param params[] = {
    APTRACE_PARAM_UINT(struct saw_vlan, tag, .min = 0, .max = 4095, .help = "VLAN identifier to look for; any tag when left out"),
    APTRACE_PARAM_END
};

static int prepare(struct aptrace_instance *self)
{
    struct saw_vlan *want = self->state;
    want->any = !aptrace_given(self, &want->tag);
    return 0;
}

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct saw_vlan *want = self->state;
    unsigned count = aptrace_vlan_count(packet);
    bool found = want->any ? count > 0 : aptrace_has_vlan(packet, want->tag);
    want->tagged += count > 0;
    if (__builtin_expect(!found && aptrace_is_cut(packet, APTRACE_STAGE_LINK), 0))
        aptrace_unseen(self, packet);
    return found;
}

struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    const struct saw_vlan *want = self->state;
    if (finish->stopped)
        aptrace_cite(self, finish->packet);
    else if (want->any)
        aptrace_explain(self, "no VLAN tag in %llu packet%s", (unsigned long long)finish->packets, finish->packets == 1 ? "" : "s");
    else
        aptrace_explain(self, "no tag %u in %llu packet%s, %llu of them tagged", want->tag, (unsigned long long)finish->packets,
                        finish->packets == 1 ? "" : "s", (unsigned long long)want->tagged);
    return aptrace_bool(finish->stopped);
}

APTRACE_PREDICATE("saw_vlan", struct saw_vlan, .summary = "A packet carried a VLAN tag", .params = params,
    .yields = APTRACE_TYPE_BOOL, .stop_survives_loss = true, .prepare = prepare);
