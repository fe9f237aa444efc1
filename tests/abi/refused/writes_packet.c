/* SPDX-License-Identifier: MIT */
/* Packets are read-only, to the compiler too.
 * languages: c c++
 * expect: read-only|const-qualified|const */
#include <aptrace/plugin.h>

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    (void)self;
#ifdef BROKEN
    packet->bytes[0] = 0;
#endif
    return packet->number == 42;
}

APTRACE_PREDICATE("refused", struct aptrace_stateless, .summary = "Refused");
