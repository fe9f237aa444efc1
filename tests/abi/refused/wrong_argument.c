/* SPDX-License-Identifier: MIT */
/* A callback that takes another type.
 * languages: c c++
 * expect: conflicting types|overload|missing-declarations|missing-prototypes|no previous */
#include <aptrace/plugin.h>

#ifdef BROKEN
bool stop_condition(struct aptrace_instance *self, struct aptrace_packet *packet)
#else
bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
#endif
{
    (void)self;
    return packet->number == 42;
}

APTRACE_PREDICATE("refused", struct aptrace_stateless, .summary = "Refused");
