/* SPDX-License-Identifier: MIT */
/* Packets that are meant, a header field by name, and checksums. Yields a signed number: minus the packets that are meant. */
#include <aptrace/plugin.h>
#include <aptrace/wanted.h>

struct wanted_and_field {
    const struct aptrace_wanted *wanted;
    const struct aptrace_field *field;
    int64_t meant;
    uint64_t number[2], digest[2];
    uint32_t present, digests, checksums, right;
};

static const struct aptrace_param params[] = {
    APTRACE_PARAM_WANTED(struct wanted_and_field, wanted),
    APTRACE_PARAM_FIELD(struct wanted_and_field, field, .required = true, .help = "a field whose last number is told"),
    APTRACE_PARAM_END
};

static int prepare(struct aptrace_instance *self)
{
    struct wanted_and_field *state = self->state;
    aptrace_look_elsewhere(self, state->wanted);
    return 0;
}

static void count_checksums(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct wanted_and_field *state = self->state;
    struct aptrace_checksum list[4];
    size_t count = aptrace_checksums(self, packet, list, 4), i;
    for (i = 0; i < count && i < 4; i++) {
        state->checksums++;
        state->right += list[i].state == APTRACE_CHECKSUM_RIGHT;
    }
}

void on_packet(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct wanted_and_field *state = self->state;
    uint64_t digest[2];
    state->meant += aptrace_is_wanted_or_near(self, state->wanted, packet);
    state->present += aptrace_get_field(self, state->field, packet, state->number) == APTRACE_FIELD_PRESENT;
    if (aptrace_digest(self, state->wanted, packet, digest)) {
        state->digests += digest[0] != state->digest[0] || digest[1] != state->digest[1];
        state->digest[0] = digest[0];
        state->digest[1] = digest[1];
    }
    count_checksums(self, packet);
}

struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    const struct wanted_and_field *state = self->state;
    char text[64] = "";
    (void)finish;
    aptrace_field_text(self, state->field, state->number, text, sizeof text);
    aptrace_explain(self, "%s of %u bits was there %u times, last %s; %u digests in a row, %u of %u checksums right, %zu packets given",
                    aptrace_field_name(self, state->field), (unsigned)aptrace_field_bits(self, state->field), state->present, text,
                    state->digests, state->right, state->checksums, aptrace_wanted_count(self, state->wanted));
    return aptrace_int(-state->meant);
}

APTRACE_PREDICATE("wanted_and_field", struct wanted_and_field, .summary = "Minus the packets that are meant", .params = params,
    .yields = APTRACE_TYPE_INT, .prepare = prepare);
