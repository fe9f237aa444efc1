/* SPDX-License-Identifier: MIT */
/* A match that is kept in a plain number.
 * languages: c c++
 * expect: size of (unnamed )?array.*negative|array with a negative size|array size is negative|does not fit this kind */
#include <aptrace/plugin.h>

#ifdef BROKEN
struct refused { uint64_t ttl; };
#else
struct refused { struct aptrace_match ttl; };
#endif

static const struct aptrace_param params[] = {
    APTRACE_PARAM_MATCH(struct refused, ttl, UINT, .name = "ip.ttl", .min = 0, .max = 255, .help = "time to live"),
    APTRACE_PARAM_END
};

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    (void)self;
    return packet->number == 42;
}

APTRACE_PREDICATE("refused", struct refused, .summary = "Refused", .params = params);
