/* SPDX-License-Identifier: MIT */
/* The engine's side of the helpers in <aptrace/predicate.h>.
 *
 * Each function gets the instance and finds the expectation around it (it is the first member). Texts are formatted into
 * buffers of a fixed size that the expectation has from the start, and no lock is held: a plugin that hands a bad pointer to
 * a format faults in its own callback and leaves nothing half done. A packet that is not one of the batch at hand is not
 * looked at: a plugin may have kept a pointer beyond its time. */
#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expectation.h"
#include "host_question.h"
#include "host_wanted.h"

static struct expectation *of(struct aptrace_instance *self)
{
    return (struct expectation *)(void *)self;
}

static void host_explain(struct aptrace_instance *self, const char *format, va_list arguments)
{
    struct expectation *expectation = of(self);
    char text[EXPLANATION_MAX];
    vsnprintf(text, sizeof text, format, arguments);
    guard_hold(expectation->guard);
    if (!expectation->explanation)
        expectation->explanation = arena_new(&expectation->arena, EXPLANATION_MAX);
    memcpy(expectation->explanation, text, sizeof text);
    guard_release(expectation->guard);
}

static void host_note_near(struct aptrace_instance *self, const struct aptrace_packet *packet, uint64_t distance,
                           const char *format, va_list arguments)
{
    struct expectation *expectation = of(self);
    char text[EXPLANATION_MAX];
    if (distance >= self->nearest || !expectation_holds(expectation, packet))
        return;
    vsnprintf(text, sizeof text, format, arguments);
    guard_hold(expectation->guard);
    if (!expectation->nearest_text)
        expectation->nearest_text = arena_new(&expectation->arena, EXPLANATION_MAX);
    memcpy(expectation->nearest_text, text, sizeof text);
    expectation->nearest = expectation_reference(expectation, packet);
    expectation->nearest_miss = (struct wanted_miss){0};
    expectation->nearest_wanted = NULL;
    self->nearest = distance;
    guard_release(expectation->guard);
}

static void host_forget_near(struct aptrace_instance *self)
{
    struct expectation *expectation = of(self);
    if (expectation->nearest_wanted)
        wanted_forget(expectation->nearest_wanted);
    expectation->nearest = (struct packet_reference){0};
    expectation->nearest_miss = (struct wanted_miss){0};
    expectation->nearest_wanted = NULL;
    self->nearest = UINT64_MAX;
}

static void host_cite(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct expectation *expectation = of(self);
    if (expectation->cited_count < CITED_MAX && expectation_holds(expectation, packet))
        expectation->cited[expectation->cited_count++] = expectation_reference(expectation, packet);
}

static void host_unseen(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct expectation *expectation = of(self);
    guard_hold(expectation->guard);
    if (expectation_holds(expectation, packet))
        expectation_add_unseen(expectation, packet);
    guard_release(expectation->guard);
}

static void host_refuse(struct aptrace_instance *self, const char *format, va_list arguments)
{
    struct expectation *expectation = of(self);
    vsnprintf(expectation->refusal, sizeof expectation->refusal, format, arguments);
}

static void *host_allocate(struct aptrace_instance *self, size_t size)
{
    struct expectation *expectation = of(self);
    if (size <= ARENA_LIMIT && expectation->arena.used + size <= ARENA_LIMIT) {
        guard_hold(expectation->guard);
        void *memory = arena_new(&expectation->arena, size);
        guard_release(expectation->guard);
        return memory;
    }
    if (guard_current() == expectation->guard)
        guard_throw(expectation->guard, "it asked for %zu bytes more than the %d that an expectation may have", size, ARENA_LIMIT);
    fprintf(stderr, "aptrace: %s: asked for %zu bytes beyond the %d that an expectation may have\n",
            expectation->plugin->descriptor.name, size, ARENA_LIMIT);
    exit(4);
}

static bool host_given(struct aptrace_instance *self, const void *member)
{
    const struct parameter_set *set = &of(self)->parameters;
    size_t offset = (size_t)((const unsigned char *)member - set->state);
    for (size_t i = 0; i < set->count; i++) {
        if (parameter_entry(set->table, set->stride, i)->offset == offset && set->given[i])
            return true;
    }
    return false;
}

static const char *host_source_name(struct aptrace_instance *self, uint32_t source)
{
    const struct source_list *sources = of(self)->sources;
    if (source == 0 || source > sources->count)
        return "no source";
    return source_get(sources, source)->name;
}

static bool host_passes(struct aptrace_instance *self, const struct aptrace_filter *filter, const struct aptrace_packet *packet)
{
    bool passes = filter_passes(filter, packet);
    if (__builtin_expect(!passes && packet->flags & APTRACE_PACKET_TRUNCATED, 0) && filter_is_cut(filter, packet))
        host_unseen(self, packet);
    return passes;
}

const struct aptrace_host host = {
    .size = sizeof host,
    .abi_major = APTRACE_ABI_MAJOR,
    .abi_minor = APTRACE_ABI_MINOR,
    .explain = host_explain,
    .note_near = host_note_near,
    .cite = host_cite,
    .unseen = host_unseen,
    .refuse = host_refuse,
    .allocate = host_allocate,
    .given = host_given,
    .source_name = host_source_name,
    .passes = host_passes,
    .expect = host_expect,
    .group_count = host_group_count,
    .group_of = host_group_of,
    .group_name = host_group_name,
    .is_wanted = host_is_wanted,
    .wanted_count = host_wanted_count,
    .look_elsewhere = host_look_elsewhere,
    .digest = host_digest,
    .get_field = host_get_field,
    .field_name = host_field_name,
    .field_bits = host_field_bits,
    .field_text = host_field_text,
    .checksums = host_checksums,
    .forget_near = host_forget_near,
};
