/* SPDX-License-Identifier: MIT */
/* The engine's side of the helpers in <aptrace/wanted.h>: asks core/wanted.h and core/field.h, and keeps what came nearest in the
 * expectation. As in host.c, a packet that is not one of the batch at hand leaves no trace. */
#include "host_wanted.h"

#include <stdio.h>
#include <string.h>

#include "checksum.h"
#include "expectation.h"
#include "field.h"
#include "wanted.h"

static struct expectation *of(struct aptrace_instance *self)
{
    return (struct expectation *)(void *)self;
}

/* Fewer misses than any packet before: it is described now, as its bytes will be gone later. */
__attribute__((noinline, cold)) static void come_near(struct expectation *expectation, const struct aptrace_wanted *wanted,
                                                      const struct aptrace_packet *packet)
{
    if (!expectation_holds(expectation, packet))
        return;
    guard_hold(expectation->guard);
    arena_fini(&expectation->miss_arena);
    wanted_describe(wanted, packet, &expectation->miss_arena, &expectation->nearest_miss);
    expectation->nearest_wanted = wanted;
    expectation->nearest = expectation_reference(expectation, packet);
    expectation->instance.nearest = wanted_distance(wanted);
    guard_release(expectation->guard);
}

bool host_is_wanted(struct aptrace_instance *self, const struct aptrace_wanted *wanted, size_t index,
                    const struct aptrace_packet *packet, uint32_t how)
{
    enum wanted_outcome outcome = wanted_ask(wanted, index, packet, how);
    if (__builtin_expect(outcome == WANTED_UNKNOWN, 0))
        self->host->unseen(self, packet);
    else if (__builtin_expect(outcome == WANTED_NEARER, 0) && wanted_distance(wanted) < self->nearest)
        come_near(of(self), wanted, packet);
    return outcome == WANTED_MATCH;
}

size_t host_wanted_count(const struct aptrace_wanted *wanted)
{
    return wanted_count(wanted);
}

bool host_digest(struct aptrace_instance *self, const struct aptrace_wanted *wanted, const struct aptrace_packet *packet,
                 uint64_t digest[2])
{
    bool made = wanted_digest(wanted, packet, digest);
    if (!made)
        self->host->unseen(self, packet);
    return made;
}

uint32_t host_get_field(const struct aptrace_field *field, const struct aptrace_packet *packet, uint64_t number[2])
{
    struct field_value value;
    uint32_t presence = field_read(field, packet, 0, &value);
    if (presence != APTRACE_FIELD_PRESENT)
        return presence;
    number[0] = value.number[0];
    number[1] = field_kind_of(field) == FIELD_IPV4 ? value.number[1] & UINT32_MAX : value.number[1];
    return presence;
}

const char *host_field_name(const struct aptrace_field *field)
{
    return field->name;
}

uint32_t host_field_bits(const struct aptrace_field *field)
{
    return field_bits_of(field);
}

void host_field_text(const struct aptrace_field *field, const uint64_t number[2], char *text, size_t size)
{
    struct guard *guard = guard_current();
    struct text made = {0};
    if (guard)
        guard_hold(guard);
    field_add_number(&made, field, number);
    if (size > 0)
        snprintf(text, size, "%s", text_bytes(&made));
    text_fini(&made);
    if (guard)
        guard_release(guard);
}

/* stride: the size that the caller's struct has, which may be an older and shorter one. */
size_t host_checksums(const struct aptrace_packet *packet, struct aptrace_checksum *list, size_t stride, size_t room)
{
    enum { MOST = 16 };
    struct aptrace_checksum found[MOST];
    size_t count = checksum_find(packet, found, MOST), size = stride < sizeof *found ? stride : sizeof *found;
    for (size_t i = 0; i < count && i < room && i < MOST; i++)
        memcpy((char *)list + i * stride, &found[i], size);
    return count < MOST ? count : MOST;
}
