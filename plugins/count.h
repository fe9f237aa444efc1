/* SPDX-License-Identifier: MIT */
/* count.h: what predicates share that compare a number of packets with n. Each defines COUNT_NAME, COUNT_SUMMARY, COUNT_LEAST
 * (the smallest n that means something), COUNT_WORDS ("", "at least ") and, of count and n, COUNT_SETTLES (no packet more can
 * change the answer) and COUNT_HOLDS, before it includes this.
 *
 * All of them can only be settled by packets that came, so lost ones would have settled them earlier, to the same answer: the
 * stop stands. */
#include "say.h"

struct count {
    const struct aptrace_wanted *wanted;
    uint64_t n, count;
};

static const struct aptrace_param params[] = {
    APTRACE_PARAM_UINT(struct count, n, .min = COUNT_LEAST, .max = -1, .required = true,
        .help = COUNT_WORDS "how many packets there should be"),
    APTRACE_PARAM_WANTED(struct count, wanted, .help = "which packets count"),
    APTRACE_PARAM_END
};

/* Where packets are missing, one that does not match may be one of them. */
static bool lacks_packets(const struct count *want)
{
    return want->count < want->n && !COUNT_HOLDS(UINT64_C(0), want->n);
}

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct count *want = self->state;
    bool counts = lacks_packets(want) ? aptrace_is_wanted_or_near(self, want->wanted, packet)
                                      : aptrace_is_wanted(self, want->wanted, packet);
    want->count += counts;
    return counts && COUNT_SETTLES(want->count, want->n);
}

static void explain(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    const struct count *want = self->state;
    struct say say = {0};
    say_add(&say, "wanted " COUNT_WORDS);
    say_add_count(&say, want->n, "packet");
    if (finish->stopped && want->count > want->n)
        say_add(&say, ", this is one more");
    else
        say_add(&say, ", got %" PRIu64, want->count);
    aptrace_explain(self, "%s", say.text);
}

struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    const struct count *want = self->state;
    if (finish->stopped) {
        aptrace_cite(self, finish->packet);
        aptrace_forget_near(self);
    }
    if (want->count == 0)
        explain_none(self, finish->packets);
    else
        explain(self, finish);
    return aptrace_bool(COUNT_HOLDS(want->count, want->n));
}

APTRACE_PREDICATE(COUNT_NAME, struct count, .summary = COUNT_SUMMARY, .params = params, .yields = APTRACE_TYPE_BOOL,
    .stop_survives_loss = true);
