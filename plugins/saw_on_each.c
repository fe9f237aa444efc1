/* SPDX-License-Identifier: MIT */
/* saw_on_each: a packet that is meant came at every group of sources. It stops, true, when the last of them has one: each was
 * seen, whatever was lost. */
#include "groups.h"

struct saw_on_each {
    const struct aptrace_wanted *wanted;
    struct groups groups;
};

static const struct aptrace_param params[] = {
    APTRACE_PARAM_WANTED(struct saw_on_each, wanted, .help = "which packet each has to have"),
    APTRACE_PARAM_END
};

static int prepare(struct aptrace_instance *self)
{
    struct saw_on_each *want = self->state;
    groups_prepare(&want->groups, self);
    aptrace_look_elsewhere(self, want->wanted);
    return 0;
}

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct saw_on_each *want = self->state;
    if (!aptrace_is_wanted_or_near(self, want->wanted, packet) || !groups_add(&want->groups, self, packet))
        return false;
    aptrace_cite(self, packet);
    return want->groups.seen == aptrace_group_count(self);
}

struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    const struct saw_on_each *want = self->state;
    struct say say = {0};
    if (want->groups.total == 0) {
        explain_none(self, finish->packets);
        return aptrace_bool(false);
    }
    if (finish->stopped)
        aptrace_forget_near(self);
    say_add(&say, "A packet matched on ");
    groups_add_names(&want->groups, self, &say, true);
    if (!finish->stopped) {
        say_add(&say, "; none did on ");
        groups_add_names(&want->groups, self, &say, false);
    }
    aptrace_explain(self, "%s.", say.text);
    return aptrace_bool(finish->stopped);
}

APTRACE_PREDICATE("saw_on_each", struct saw_on_each, .summary = "A packet matched on each of the sources", .params = params,
    .yields = APTRACE_TYPE_BOOL, .stop_survives_loss = true, .prepare = prepare);
