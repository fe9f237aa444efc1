/* SPDX-License-Identifier: MIT */
/* received_count_of: how many packets have these very bytes. With n= it is expected to be n, and stops at packet n + 1: that is
 * too many already, whatever was lost. */
#include "say.h"

struct received_count_of {
    const struct aptrace_wanted *wanted;
    uint64_t n, count;
    bool limited;
};

static const struct aptrace_param params[] = {
    APTRACE_PARAM_UINT(struct received_count_of, n, .help = "how many there should be; left out: say it by --expect"),
    APTRACE_PARAM_WANTED(struct received_count_of, wanted, .help = "which packets count; packet= must be given"),
    APTRACE_PARAM_END
};

static int prepare(struct aptrace_instance *self)
{
    struct received_count_of *want = self->state;
    if (aptrace_wanted_count(self, want->wanted) == 0)
        return aptrace_refuse(self, "packet= is missing: the bytes to compare with, as packet=HEX or packet=FILE#N; to choose by "
                                    "header fields alone, use count_packets");
    want->limited = aptrace_given(self, &want->n);
    if (want->limited)
        aptrace_default_expect(self, "%" PRIu64, want->n);
    return 0;
}

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct received_count_of *want = self->state;
    want->count += aptrace_is_wanted_or_near(self, want->wanted, packet);
    return want->limited && want->count > want->n;
}

struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    const struct received_count_of *want = self->state;
    struct say say = {0};
    if (finish->stopped) {
        aptrace_cite(self, finish->packet);
        aptrace_forget_near(self);
    }
    say_add_count(&say, finish->packets, "packet");
    if (want->count == 0)
        explain_none(self, finish->packets);
    else if (finish->stopped)
        aptrace_explain(self, "This is one more than n=%" PRIu64 "; it stopped here.", want->n);
    else
        aptrace_explain(self, "%" PRIu64 " of %s matched.", want->count, say.text);
    return aptrace_uint(want->count);
}

APTRACE_PREDICATE("received_count_of", struct received_count_of, .summary = "How many packets have these very bytes",
    .params = params, .yields = APTRACE_TYPE_UINT, .stop_survives_loss = true, .prepare = prepare);
