/* SPDX-License-Identifier: MIT */
/* spread_evenly: how evenly the packets that are meant spread over groups of sources, as those of a load balancer should. The
 * value is the worst deviation of a group from the mean of all, as a part of the mean: 0.25 is 25 %.
 *
 * Where no packet came, or there is one group alone, nothing was spread. That must not look even: the value is infinite then. */
#include <math.h>

#include "groups.h"

struct spread_evenly {
    const struct aptrace_wanted *wanted;
    double within;
    struct groups groups;
};

static const struct aptrace_param params[] = {
    APTRACE_PARAM_DOUBLE(struct spread_evenly, within, .min = 0, .max = 1000000,
        .help = "the worst deviation that is still right, 25% for example; left out: say it by --expect"),
    APTRACE_PARAM_WANTED(struct spread_evenly, wanted, .help = "which packets count"),
    APTRACE_PARAM_END
};

static int prepare(struct aptrace_instance *self)
{
    struct spread_evenly *want = self->state;
    groups_prepare(&want->groups, self);
    if (aptrace_given(self, &want->within))
        aptrace_default_expect(self, "..%.15g", want->within);
    return 0;
}

void on_packet(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct spread_evenly *want = self->state;
    if (is_meant(self, want->wanted, packet, want->groups.total))
        groups_add(&want->groups, self, packet);
}

/* As a part of the mean; groups * count is compared with total, so that what is even is exactly 0. */
static double deviation(const struct groups *groups, uint32_t group, uint32_t count)
{
    double total = (double)groups->total;
    return ((double)groups->counts[group] * count - total) / total;
}

static double worst_deviation(const struct groups *groups, uint32_t count)
{
    double worst = 0;
    uint32_t group;
    for (group = 1; group <= count; group++) {
        double apart = deviation(groups, group, count);
        if (apart < 0)
            apart = -apart;
        worst = apart > worst ? apart : worst;
    }
    return worst;
}

static void explain(struct aptrace_instance *self, const struct groups *groups, uint32_t count)
{
    struct say say = {0};
    uint32_t group;
    say_add_count(&say, groups->total, "packet");
    say_add(&say, " matched, %.1f on each in the mean:", (double)groups->total / count);
    for (group = 1; group <= count && group <= GROUPS_SHOWN; group++)
        say_add(&say, "\n  %-8s %10" PRIu64 "  %+7.1f %%", aptrace_group_name(self, group), groups->counts[group],
                100 * deviation(groups, group, count));
    if (count > GROUPS_SHOWN)
        say_add(&say, "\n  and %" PRIu32 " more", count - GROUPS_SHOWN);
    aptrace_explain(self, "%s", say.text);
}

struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    const struct spread_evenly *want = self->state;
    uint32_t count = groups_count(self);
    if (want->groups.total == 0) {
        explain_none(self, finish->packets);
        return aptrace_double(INFINITY);
    }
    if (count < 2) {
        aptrace_explain(self, "There is one source alone: name those that should share the packets, as --on 1,2,3.");
        return aptrace_double(INFINITY);
    }
    explain(self, &want->groups, count);
    return aptrace_double(worst_deviation(&want->groups, count));
}

APTRACE_PREDICATE("spread_evenly", struct spread_evenly, .summary = "How evenly packets spread over the sources: worst deviation",
    .params = params, .yields = APTRACE_TYPE_DOUBLE, .prepare = prepare);
