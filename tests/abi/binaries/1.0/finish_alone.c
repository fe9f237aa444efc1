/* SPDX-License-Identifier: MIT */
/* on_finish and nothing else. Yields a double: half as many as there were packets. */
#include <aptrace/plugin.h>

struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    (void)self;
    return aptrace_double((double)finish->packets / 2);
}

APTRACE_PREDICATE("finish_alone", struct aptrace_stateless, .summary = "Half of the packets", .yields = APTRACE_TYPE_DOUBLE);
