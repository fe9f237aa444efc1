/* SPDX-License-Identifier: MIT */
/* A format of the nearest miss that does not fit its argument.
 * languages: c c++
 * flags: -Wformat -Werror
 * expect: W(error=)?format */
#include <aptrace/plugin.h>

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
#ifdef BROKEN
    aptrace_near(self, packet, 1, "number is %s", (int)packet->number);
#else
    aptrace_near(self, packet, 1, "number is %d", (int)packet->number);
#endif
    return false;
}

APTRACE_PREDICATE("refused", struct aptrace_stateless, .summary = "Refused");
