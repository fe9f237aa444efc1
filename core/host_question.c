/* SPDX-License-Identifier: MIT */
/* The host functions about the question itself: which sources count as one. None of them touches a packet. */
#include "host_question.h"

#include "expectation.h"

static struct expectation *of(struct aptrace_instance *self)
{
    return (struct expectation *)(void *)self;
}

uint32_t host_group_count(struct aptrace_instance *self)
{
    return (uint32_t)of(self)->groups.count;
}

uint32_t host_group_of(struct aptrace_instance *self, uint32_t source)
{
    return groups_of(&of(self)->groups, source);
}

const char *host_group_name(struct aptrace_instance *self, uint32_t group)
{
    return groups_name(&of(self)->groups, group);
}
