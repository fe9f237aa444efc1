/* SPDX-License-Identifier: MIT */
/* saw_on_one: packets that are meant came at exactly one group of sources, one packet or several. It stops, false, when a second
 * group has one: both were seen, whatever was lost. */
#include "groups.h"

struct saw_on_one {
    const struct aptrace_wanted *wanted;
    struct groups groups;
};

static const struct aptrace_param params[] = {
    APTRACE_PARAM_WANTED(struct saw_on_one, wanted, .help = "which packet one of them has to have, and no other"),
    APTRACE_PARAM_END
};

static int prepare(struct aptrace_instance *self)
{
    struct saw_on_one *want = self->state;
    groups_prepare(&want->groups, self);
    aptrace_look_elsewhere(self, want->wanted);
    return 0;
}

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct saw_on_one *want = self->state;
    if (is_meant(self, want->wanted, packet, want->groups.total) && groups_add(&want->groups, self, packet))
        aptrace_cite(self, packet);
    return want->groups.seen > 1;
}

static void explain(struct aptrace_instance *self, const struct groups *groups)
{
    struct say say = {0};
    uint32_t group;
    say_add(&say, "Packets matched on %" PRIu32 " of %" PRIu32 ":", groups->seen, groups_count(self));
    for (group = 1; group <= groups_count(self); group++) {
        if (groups->counts[group] == 0)
            continue;
        say_add(&say, "\n  %-8s ", aptrace_group_name(self, group));
        say_add_count(&say, groups->counts[group], "packet");
    }
    aptrace_explain(self, "%s", say.text);
}

struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    const struct saw_on_one *want = self->state;
    if (want->groups.total == 0)
        explain_none(self, finish->packets);
    else
        explain(self, &want->groups);
    return aptrace_bool(want->groups.seen == 1);
}

APTRACE_PREDICATE("saw_on_one", struct saw_on_one, .summary = "A packet matched on exactly one of the sources", .params = params,
    .yields = APTRACE_TYPE_BOOL, .stop_survives_loss = true, .prepare = prepare);
