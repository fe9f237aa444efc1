/* SPDX-License-Identifier: MIT */
/* A callback that returns another type.
 * languages: c c++
 * expect: conflicting types|ambiguating new declaration|conflicting declaration|differ only in their return type|functions that differ */
#include <aptrace/plugin.h>

#ifdef BROKEN
int stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
#else
bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
#endif
{
    (void)self;
    return packet->number == 42;
}

APTRACE_PREDICATE("refused", struct aptrace_stateless, .summary = "Refused");
