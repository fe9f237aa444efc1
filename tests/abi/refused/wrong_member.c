/* SPDX-License-Identifier: MIT */
/* A member whose type does not fit its kind of parameter.
 * languages: c c++
 * expect: size of (unnamed )?array.*negative|array with a negative size|array size is negative|does not fit this kind */
#include <aptrace/plugin.h>

#ifdef BROKEN
struct refused { double tag; };
#else
struct refused { uint64_t tag; };
#endif

static const struct aptrace_param params[] = {
    APTRACE_PARAM_UINT(struct refused, tag, .help = "a tag"),
    APTRACE_PARAM_END
};

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    (void)self;
    return packet->number == 42;
}

APTRACE_PREDICATE("refused", struct refused, .summary = "Refused", .params = params);
