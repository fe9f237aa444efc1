/* SPDX-License-Identifier: MIT */
/* A callback in a namespace is another function.
 * languages: c++
 * expect: missing-declarations|missing-prototypes|C language linkage */
#include <aptrace/plugin.h>

#ifdef BROKEN
namespace mine {
#endif
bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    (void)self;
    return packet->number == 42;
}
#ifdef BROKEN
}
#endif

APTRACE_PREDICATE("refused", struct aptrace_stateless, .summary = "Refused");
