/* SPDX-License-Identifier: MIT */
/* Two predicates in one file.
 * languages: c c++
 * expect: redefinition of .*aptrace_plugin */
#include <aptrace/plugin.h>

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    (void)self;
    return packet->number == 42;
}

APTRACE_PREDICATE("refused", struct aptrace_stateless, .summary = "Refused");
#ifdef BROKEN
APTRACE_PREDICATE("refused_too", struct aptrace_stateless, .summary = "Refused");
#endif
