/* SPDX-License-Identifier: MIT */
/* A group of keys that is kept in a text.
 * languages: c c++
 * expect: size of (unnamed )?array.*negative|array with a negative size|array size is negative|does not fit this kind */
#include <aptrace/plugin.h>

#ifdef BROKEN
struct refused { const char *wanted; };
#else
struct refused { const struct aptrace_wanted *wanted; };
#endif

static const struct aptrace_param params[] = {
    APTRACE_PARAM_WANTED(struct refused, wanted, .help = "packets that are meant"),
    APTRACE_PARAM_END
};

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    (void)self;
    return packet->number == 42;
}

APTRACE_PREDICATE("refused", struct refused, .summary = "Refused", .params = params);
