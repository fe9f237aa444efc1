/* SPDX-License-Identifier: MIT */
/* A second function of a callback's name, behind the macro.
 * languages: c++
 * expect: missing-declarations|missing-prototypes */
#include <aptrace/plugin.h>

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    (void)self;
    return packet->number == 42;
}

APTRACE_PREDICATE("refused", struct aptrace_stateless, .summary = "Refused");

#ifdef BROKEN
struct aptrace_value on_finish(struct aptrace_instance *self, struct aptrace_finish *finish)
{
    (void)self;
    return aptrace_bool(finish->stopped);
}
#endif
