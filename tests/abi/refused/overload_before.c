/* SPDX-License-Identifier: MIT */
/* A second function of a callback's name, before the macro.
 * languages: c++
 * expect: overload|ambiguous|missing-declarations|missing-prototypes */
#include <aptrace/plugin.h>

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    (void)self;
    return packet->number == 42;
}

#ifdef BROKEN
bool stop_condition(struct aptrace_instance *self, struct aptrace_packet *packet);
#endif

APTRACE_PREDICATE("refused", struct aptrace_stateless, .summary = "Refused");
