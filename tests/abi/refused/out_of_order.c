/* SPDX-License-Identifier: MIT */
/* Members of the descriptor in another order than declared.
 * languages: c++
 * flags: -Wreorder-init-list -Werror
 * expect: out.of.order|does not match declaration order|reorder-init-list|order */
#include <aptrace/plugin.h>

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    (void)self;
    return packet->number == 42;
}

#ifdef BROKEN
APTRACE_PREDICATE("refused", struct aptrace_stateless, .version = "1", .summary = "Refused");
#else
APTRACE_PREDICATE("refused", struct aptrace_stateless, .summary = "Refused", .version = "1");
#endif
