/* SPDX-License-Identifier: MIT */
/* every_packet: all packets matched, and there were some. It stops, false, at the first that does not.
 *
 * Where no packet came nothing was shown: a rule of logic would call that true, and a test that heard nothing would pass. A
 * packet captured too short to tell stops nothing: it may be as it should. */
#include "say.h"

struct every_packet {
    const struct aptrace_wanted *wanted;
    uint64_t missed; /* packets that did not match, as far as they were captured */
};

static const struct aptrace_param params[] = {
    APTRACE_PARAM_WANTED(struct every_packet, wanted, .help = "what every packet has to be"),
    APTRACE_PARAM_END
};

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct every_packet *want = self->state;
    if (__builtin_expect(aptrace_is_wanted_or_near(self, want->wanted, packet), 1))
        return false;
    want->missed++;
    aptrace_cite(self, packet);
    return misses_for_sure(packet);
}

struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    const struct every_packet *want = self->state;
    struct say say = {0};
    say_add_count(&say, finish->packets, "packet");
    if (finish->packets == 0)
        aptrace_explain(self, "No packet came.");
    else if (finish->stopped)
        aptrace_explain(self, "Packet %" PRIu64 " of the window did not match.", finish->packets);
    else if (want->missed)
        aptrace_explain(self, "%" PRIu64 " of %s did not match.", want->missed, say.text);
    else
        aptrace_explain(self, finish->packets == 1 ? "The %s matched." : "All %s matched.", say.text);
    return aptrace_bool(finish->packets > 0 && want->missed == 0);
}

APTRACE_PREDICATE("every_packet", struct every_packet, .summary = "Every packet matched, and at least one came",
    .params = params, .yields = APTRACE_TYPE_BOOL, .stop_survives_loss = true);
