/* SPDX-License-Identifier: MIT */
/* A callback that is static: nobody would see it exported.
 * languages: c c++
 * expect: static declaration|declared .extern. and later .static. */
#include <aptrace/plugin.h>

#ifdef BROKEN
static
#endif
bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    (void)self;
    return packet->number == 42;
}

APTRACE_PREDICATE("refused", struct aptrace_stateless, .summary = "Refused");
