/* SPDX-License-Identifier: MIT */
/* A state whose constructor would never run.
 * languages: c++
 * expect: a state is bytes */
#ifdef BROKEN
# include <string>
#endif
#include <aptrace/plugin.h>

#ifdef BROKEN
struct refused { std::string text; };
#else
struct refused { const char *text; };
#endif

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    (void)self;
    return packet->number == 42;
}

APTRACE_PREDICATE("refused", struct refused, .summary = "Refused");
