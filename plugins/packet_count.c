/* SPDX-License-Identifier: MIT */
/* packet_count: how many packets the window held. An integer, never a truth value: 1 is not "true".
 *
 * The engine counts; nothing is called for a packet. */
#include <aptrace/plugin.h>

struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    aptrace_explain(self, "%llu packet%s passed", (unsigned long long)finish->packets, finish->packets == 1 ? "" : "s");
    return aptrace_uint(finish->packets);
}

APTRACE_PREDICATE("packet_count", struct aptrace_stateless, .summary = "How many packets passed", .yields = APTRACE_TYPE_UINT);
