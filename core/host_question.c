/* SPDX-License-Identifier: MIT */
/* The host functions about the question itself: what to expect where the user did not say, which sources count as one, and
 * whether to look for the packet where it should not be.
 *
 * None of them touches a packet. Texts are formatted into a buffer of a fixed size before anything is changed, as in host.c. */
#include "host_question.h"

#include <stdio.h>

#include "expectation.h"

static struct expectation *of(struct aptrace_instance *self)
{
    return (struct expectation *)(void *)self;
}

void host_expect(struct aptrace_instance *self, const char *format, va_list arguments)
{
    struct expectation *expectation = of(self);
    char text[EXPLANATION_MAX];
    vsnprintf(text, sizeof text, format, arguments);
    if (!expectation->prepared)
        expectation->own_expect = arena_text(&expectation->arena, text);
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

void host_look_elsewhere(struct aptrace_instance *self, const struct aptrace_wanted *wanted)
{
    struct expectation *expectation = of(self);
    if (!expectation->prepared)
        elsewhere_begin(expectation, wanted);
}
