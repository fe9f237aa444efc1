/* SPDX-License-Identifier: MIT */
/* groups.h: packets that matched, counted by group of sources. A group may be new with any packet, so there is room for as many
 * as there can be from the start; a packet of one beyond that is known to be missing. */
#ifndef GROUPS_H
#define GROUPS_H

#include "say.h"

enum { GROUPS_MAX = 65535, GROUPS_SHOWN = 32 };

struct groups {
    uint64_t *counts; /* by group, from 1 */
    uint64_t total;
    uint32_t seen;    /* groups that have any */
};

static inline void groups_prepare(struct groups *groups, struct aptrace_instance *self)
{
    groups->counts = aptrace_allocate(self, (GROUPS_MAX + 1) * sizeof *groups->counts);
}

/* Counts a packet. True where it is the first of its group. */
static inline bool groups_add(struct groups *groups, struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    uint32_t group = aptrace_group_of(self, packet->source);
    if (group > GROUPS_MAX) {
        aptrace_unseen(self, packet);
        return false;
    }
    groups->total++;
    if (groups->counts[group]++ > 0)
        return false;
    groups->seen++;
    return true;
}

static inline uint32_t groups_count(struct aptrace_instance *self)
{
    uint32_t count = aptrace_group_count(self);
    return count < GROUPS_MAX ? count : GROUPS_MAX;
}

/* The names of the groups that have packets, or that have none: "1, 5+6". */
static inline void groups_add_names(const struct groups *groups, struct aptrace_instance *self, struct say *say, bool with)
{
    uint32_t group, shown = 0, more = 0;
    for (group = 1; group <= groups_count(self); group++) {
        if ((groups->counts[group] > 0) != with)
            continue;
        if (shown < GROUPS_SHOWN)
            say_add(say, "%s%s", shown ? ", " : "", aptrace_group_name(self, group));
        else
            more++;
        shown++;
    }
    if (more)
        say_add(say, " and %" PRIu32 " more", more);
}

#endif
