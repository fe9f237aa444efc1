/* SPDX-License-Identifier: MIT */
/* How a packet missed: what was wanted over what it had, field by field, in the terms that a user can write.
 *
 * Done only when a packet comes nearer than all before it, so that it may take its time. Bytes that differ are told as the
 * fields that they belong to in the wanted packet, the narrowest that differ; what belongs to none is told as a slice, which can
 * be written as it stands behind ignore=. Below that stand the rows of hex, with each byte that differs marked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <aptrace/decode.h>

#include "wanted_parts.h"

enum { DIFFERENCES_MAX = 16, ROWS_MAX = 8, ROW = 16, CANDIDATES_MAX = 512, STACK_MAX = 8, INNER_MAX = 3 };

struct describing {
    const struct aptrace_wanted *wanted;
    const struct wanted_bytes *bytes;
    const struct aptrace_packet *packet;
    uint32_t length; /* bytes that are compared */
    struct arena *arena;
    struct wanted_miss *miss;
    size_t left_out;
};

static void add_difference(struct describing *describing, const char *field, struct text *wanted, struct text *got)
{
    struct wanted_miss *miss = describing->miss;
    if (miss->count < DIFFERENCES_MAX)
        miss->differences[miss->count++] = (struct wanted_difference){arena_text(describing->arena, field),
            arena_text(describing->arena, text_bytes(wanted)), arena_text(describing->arena, text_bytes(got))};
    else
        describing->left_out++;
    text_fini(wanted);
    text_fini(got);
}

/* ---- Fields that were asked for -------------------------------------------------------------------------------------------- */

static void add_got(struct text *text, const struct aptrace_field *field, const struct aptrace_packet *packet)
{
    struct field_value value = {0};
    uint32_t place = 0, presence;
    for (; (presence = field_read(field, packet, place, &value)) == APTRACE_FIELD_PRESENT; place++) {
        text_add(text, "%s", place ? ", " : "");
        field_add_value(text, field, &value);
    }
    if (presence == APTRACE_FIELD_CUT)
        text_add(text, "%s", place ? ", and what was not captured" : "not captured");
    else if (place == 0)
        text_add(text, "none");
}

static void describe_condition(struct describing *describing, const struct wanted_condition *condition)
{
    struct text wanted = {0}, got = {0};
    text_add(&wanted, "%s%s", condition->negated ? "anything but " : "", condition->text);
    add_got(&got, &condition->field, describing->packet);
    add_difference(describing, condition->field.name, &wanted, &got);
}

static void add_name(struct text *names, const struct wanted_condition *condition)
{
    text_add(names, "%s%s", names->length ? ", " : "", condition->field.name);
}

/* What was captured too short to tell neither missed nor matched. */
static void describe_conditions(struct describing *describing, struct text *text)
{
    const struct aptrace_wanted *wanted = describing->wanted;
    struct text matched = {0}, cut = {0};
    for (size_t i = 0; i < wanted->condition_count; i++) {
        const struct wanted_condition *condition = &wanted->conditions[i];
        if (wanted->near->last_missed >> i & 1)
            describe_condition(describing, condition);
        else
            add_name(wanted_condition_match(condition, describing->packet) == WANTED_MATCH ? &matched : &cut, condition);
    }
    if (matched.length)
        text_add(text, "%s %s", matched.bytes, strchr(matched.bytes, ',') ? "match" : "matches");
    if (cut.length)
        text_add(text, "%s%s not captured", matched.length ? "; " : "", cut.bytes);
    text_fini(&matched);
    text_fini(&cut);
}

/* ---- Bytes, as fields ------------------------------------------------------------------------------------------------------ */

/* A field of the wanted packet in which the two differ; where its bits begin and end in the packet. */
struct candidate {
    struct aptrace_field field;
    size_t begin, end;
    struct field_value value;
    bool dropped;
};

struct candidates {
    struct candidate list[CANDIDATES_MAX];
    size_t count;
};

/* Of a byte that is compared: its bits that fields tell, and whether one begins in it. */
struct place {
    uint8_t told;
    bool begins;
};

static uint8_t difference_at(const struct describing *describing, size_t at)
{
    const struct wanted_bytes *bytes = describing->bytes;
    if (at >= describing->length)
        return 0;
    return (uint8_t)((bytes->packet.bytes[at] ^ describing->packet->bytes[at]) & bytes->mask[at]);
}

static bool differs_within(const struct describing *describing, size_t begin, size_t end)
{
    for (size_t bit = begin; bit < end; bit++) {
        if (difference_at(describing, bit / 8) >> (7 - bit % 8) & 1)
            return true;
    }
    return false;
}

/* Only where all of it is compared: of a field that is cut by the end of either packet the bytes are told. */
static void consider(struct describing *describing, struct candidates *candidates, const struct aptrace_packet *packet,
                     const struct aptrace_field *field)
{
    struct candidate candidate = {.field = *field};
    if (candidates->count == CANDIDATES_MAX || field_read(field, packet, 0, &candidate.value) != APTRACE_FIELD_PRESENT)
        return;
    size_t last = candidate.value.offset + candidate.value.size;
    candidate.end = last * 8 - field->row->shift;
    candidate.begin = field->row->special == FIELD_IP_HDR_LEN ? last * 8 - 4 : candidate.end - field->row->bits;
    if (last <= describing->length && differs_within(describing, candidate.begin, candidate.end))
        candidates->list[candidates->count++] = candidate;
}

static bool is_told(const struct field_row *row) /* has a place of its own */
{
    return !row->either && row->kind != FIELD_BYTES && row->layer != FIELD_FRAME && row->special != FIELD_VLAN_COUNT;
}

static void find_candidates(struct describing *describing, struct candidates *candidates, const struct aptrace_packet *packet)
{
    for (uint32_t inner = 0; inner <= INNER_MAX; inner++) {
        for (size_t i = 0; i < field_row_count; i++) {
            const struct field_row *row = &field_rows[i];
            bool stack = row->layer == FIELD_VLAN || row->layer == FIELD_MPLS;
            struct aptrace_field field = {.row = row, .layer = (enum field_layer)row->layer, .inner = inner};
            for (uint32_t n = 1; is_told(row) && n <= (stack ? STACK_MAX : 1); n++) {
                field.occurrence = stack ? n : 0;
                consider(describing, candidates, packet, &field);
            }
        }
    }
}

static bool is_within(const struct candidate *narrow, const struct candidate *wide)
{
    return narrow->begin >= wide->begin && narrow->end <= wide->end;
}

/* Of fields that lie in one another the narrowest is told; of two at one place the first. */
static void drop_wider(struct candidates *candidates)
{
    for (size_t i = 0; i < candidates->count; i++) {
        struct candidate *wide = &candidates->list[i];
        for (size_t k = 0; k < candidates->count && !wide->dropped; k++) {
            const struct candidate *other = &candidates->list[k];
            bool same = is_within(other, wide) && is_within(wide, other);
            wide->dropped = k != i && !other->dropped && is_within(other, wide) && (!same || k < i);
        }
    }
}

static struct place *places_of(const struct describing *describing, const struct candidates *candidates)
{
    struct place *places = memory_new(describing->length + 1, sizeof *places);
    for (size_t i = 0; i < candidates->count; i++) {
        const struct candidate *candidate = &candidates->list[i];
        if (candidate->dropped)
            continue;
        places[candidate->begin / 8].begins = true;
        for (size_t bit = candidate->begin; bit < candidate->end; bit++)
            places[bit / 8].told |= (uint8_t)(0x80 >> bit % 8);
    }
    return places;
}

/* As a user writes it, and as the bare name means it. */
static const char *name_of(struct describing *describing, const struct candidate *candidate)
{
    struct aptrace_field field;
    struct error error = {""};
    struct text name = {0};
    for (uint32_t i = 0; i < candidate->field.inner; i++)
        text_add(&name, "inner.");
    text_add(&name, candidate->field.occurrence > 1 ? "%s#%u" : "%s", candidate->field.row->name, candidate->field.occurrence);
    bool found = field_find(text_bytes(&name), &field, describing->arena, &error) == 0;
    text_fini(&name);
    return found ? field.name : candidate->field.row->name;
}

/* The packet's bytes, read where the wanted packet has the field. */
static void add_theirs(struct text *text, const struct describing *describing, const struct candidate *candidate)
{
    const struct field_row *row = candidate->field.row;
    struct aptrace_field slice = {.layer = FIELD_FRAME, .slice_offset = (uint32_t)candidate->value.offset,
        .slice_length = (uint32_t)candidate->value.size};
    struct field_value value = {0};
    field_read(&slice, describing->packet, 0, &value);
    if (row->bits < 64)
        value.number[1] = value.number[1] >> row->shift & (UINT64_MAX >> (64 - row->bits));
    if (row->special == FIELD_IP_HDR_LEN)
        value.number[1] = (value.number[1] & 15) * 4;
    field_add_number(text, &candidate->field, value.number);
}

static void add_candidate(struct describing *describing, const struct candidate *candidate)
{
    struct text wanted = {0}, got = {0};
    field_add_number(&wanted, &candidate->field, candidate->value.number);
    add_theirs(&got, describing, candidate);
    add_difference(describing, name_of(describing, candidate), &wanted, &got);
}

static void add_run(struct describing *describing, size_t begin, size_t end)
{
    enum { SHOWN = 24 };
    struct text wanted = {0}, got = {0}, name = {0};
    text_add(&name, "frame@%zu:%zu", begin, end - begin);
    for (size_t i = begin; i < end && i < begin + SHOWN; i++) {
        text_add(&wanted, "%02x", describing->bytes->packet.bytes[i]);
        text_add(&got, "%02x", describing->packet->bytes[i]);
    }
    if (end - begin > SHOWN) {
        text_add(&wanted, "...");
        text_add(&got, "...");
    }
    add_difference(describing, text_bytes(&name), &wanted, &got);
    text_fini(&name);
}

/* Where a run of bytes with differences that no field tells ends; at itself where there is none. */
static size_t run_end(const struct describing *describing, const struct place *places, size_t at)
{
    size_t end = at;
    while (difference_at(describing, end) & ~places[end].told && (end == at || !places[end].begins))
        end++;
    return end;
}

/* Fields and what lies between them, in the order of the packet. */
static void add_in_order(struct describing *describing, const struct candidates *candidates)
{
    struct place *places = places_of(describing, candidates);
    for (size_t at = 0; at < describing->length; at++) {
        for (size_t i = 0; i < candidates->count && places[at].begins; i++) {
            if (!candidates->list[i].dropped && candidates->list[i].begin / 8 == at)
                add_candidate(describing, &candidates->list[i]);
        }
        size_t end = run_end(describing, places, at);
        if (end > at) {
            add_run(describing, at, end);
            at = end - 1;
        }
    }
    free(places);
}

/* ---- Length and checksums -------------------------------------------------------------------------------------------------- */

static void describe_length(struct describing *describing)
{
    const struct wanted_bytes *bytes = describing->bytes;
    uint32_t end;
    if (wanted_bytes_length(describing->wanted, bytes, describing->packet, &end) != WANTED_MISS)
        return;
    struct text wanted = {0}, got = {0};
    text_add(&wanted, describing->wanted->prefix ? "%u.." : "%u", bytes->end);
    text_add(&got, "%u%s", end, end < describing->packet->wire_length ? " without padding" : "");
    add_difference(describing, "frame.len", &wanted, &got);
}

static const char *checksum_field(uint32_t kind)
{
    static const char *const names[] = {"", "ip.checksum", "tcp.checksum", "udp.checksum", "icmp.checksum", "icmpv6.checksum"};
    return names[kind <= APTRACE_CHECKSUM_ICMPV6 ? kind : 0];
}

static void describe_sum(struct describing *describing, const struct wanted_sum *sum)
{
    struct aptrace_checksum found;
    struct text name = {0}, wanted = {0}, got = {0};
    for (uint32_t i = 0; i < sum->depth; i++)
        text_add(&name, "inner.");
    text_add(&name, "%s", checksum_field(sum->kind));
    if (!wanted_bytes_sum(describing->packet, sum, &found)) {
        text_add(&wanted, "a valid one");
        text_add(&got, "none");
    } else if (found.state != APTRACE_CHECKSUM_RIGHT && found.state != APTRACE_CHECKSUM_CUT) {
        text_add(&wanted, "valid");
        if (found.state != APTRACE_CHECKSUM_UNUSED)
            text_add(&wanted, ", 0x%04x", found.computed);
        text_add(&got, "0x%04x%s", found.found, found.state == APTRACE_CHECKSUM_LEFT ? " (left to the card)" : "");
    }
    if (got.length)
        add_difference(describing, text_bytes(&name), &wanted, &got);
    text_fini(&name);
}

/* ---- Rows of hex ----------------------------------------------------------------------------------------------------------- */

static void add_row(struct text *text, const struct describing *describing, size_t begin)
{
    size_t end = begin + ROW < describing->length ? begin + ROW : describing->length, last = begin;
    char label[24];
    int width = snprintf(label, sizeof label, "0x%04zx", begin);
    text_add(text, "%s%s  wanted", text->length ? "\n" : "", label);
    for (size_t i = begin; i < end; i++) {
        if (describing->bytes->mask[i])
            text_add(text, " %02x", describing->bytes->packet.bytes[i]);
        else
            text_add(text, " ..");
    }
    text_add(text, "\n%*s  got   ", width, "");
    for (size_t i = begin; i < end; i++) {
        text_add(text, " %02x", describing->packet->bytes[i]);
        last = difference_at(describing, i) ? i : last;
    }
    text_add(text, "\n%*s        ", width, "");
    for (size_t i = begin; i <= last; i++)
        text_add(text, difference_at(describing, i) ? " ^^" : "   ");
}

static void add_rows(struct text *text, const struct describing *describing)
{
    size_t rows = 0;
    for (size_t begin = 0; begin < describing->length; begin += ROW) {
        if (!differs_within(describing, begin * 8, (begin + ROW) * 8))
            continue;
        if (rows++ == ROWS_MAX) {
            text_add(text, "\nand further rows");
            return;
        }
        add_row(text, describing, begin);
    }
}

static void describe_bytes(struct describing *describing, struct text *text)
{
    struct candidates *candidates = memory_new(1, sizeof *candidates);
    struct layers_pool *pool = layers_pool_new();
    struct aptrace_packet packet;
    wanted_bytes_packet(describing->bytes, pool, &packet);
    describing->length = describing->bytes->end < describing->packet->capture_length ? describing->bytes->end
        : describing->packet->capture_length;
    describe_length(describing);
    find_candidates(describing, candidates, &packet);
    drop_wider(candidates);
    add_in_order(describing, candidates);
    for (size_t i = 0; i < describing->bytes->sum_count; i++)
        describe_sum(describing, &describing->bytes->sums[i]);
    add_rows(text, describing);
    layers_pool_free(pool);
    free(candidates);
}

/* ---- All of it ------------------------------------------------------------------------------------------------------------- */

static void become_nearest(struct wanted_near *near)
{
    near->nearest = near->last;
    near->nearest_missed = near->last_missed;
    near->nearest_bytes = near->last_bytes;
    near->most = near->nearest < near->most ? near->nearest : near->most;
    near->same = 0;
    near->same_unknown = false;
}

void wanted_describe(const struct aptrace_wanted *wanted, const struct aptrace_packet *packet, struct arena *arena,
                     struct wanted_miss *miss)
{
    struct describing describing = {.wanted = wanted, .packet = packet, .arena = arena, .miss = miss};
    struct text text = {0};
    *miss = (struct wanted_miss){.differences = arena_new(arena, DIFFERENCES_MAX * sizeof *miss->differences)};
    become_nearest(wanted->near);
    describe_conditions(&describing, &text);
    if (wanted->packet_count > 1)
        text_add(&text, "%scompared with packet %zu of packets=", text.length ? "\n" : "", wanted->near->last_index + 1);
    if (wanted->packet_count > 0) {
        describing.bytes = &wanted->packets[wanted->near->last_index];
        describe_bytes(&describing, &text);
    }
    if (describing.left_out)
        text_add(&text, "%sand %zu more field%s", text.length ? "\n" : "", describing.left_out,
                 describing.left_out == 1 ? " differs" : "s differ");
    miss->text = arena_text(arena, text_bytes(&text));
    text_fini(&text);
}
