/* SPDX-License-Identifier: MIT */
/* A packet against what is wanted: the only code of the group that runs for every packet.
 *
 * Most conditions compare a number at a fixed place of Ethernet, IP, TCP or UDP with a value: those read it at once. Everything
 * else (tunnels, stacks, lists, payloads, packets cut short) goes the general way, which gives the same answer.
 *
 * Where the nearest miss is asked for, a packet is looked at for as long as it could still be nearer than the nearest so far, or
 * as near. After the first ENOUGH misses, what is far away is not looked at in full any more: where nothing is near that costs
 * little. How many others missed as the nearest one did is then known only if that one is not far itself. */
#include <string.h>

#include <aptrace/decode.h>

#include "wanted_parts.h"

enum { ENOUGH = 1024 };
enum { TYPE_IPV4 = 0x0800, TYPE_MPLS = 0x8847, TYPE_MPLS_UPSTREAM = 0x8848, TYPE_PPPOE = 0x8864 };
enum { PROTOCOL_ICMP = 1, PROTOCOL_TCP = 6, PROTOCOL_UDP = 17, PROTOCOL_GRE = 47, PROTOCOL_AH = 51, PROTOCOL_ICMPV6 = 58 };
enum { SHORTEST_IPV4 = 20, VLAN_BITS = 0xfff };

/* ---- The quick way --------------------------------------------------------------------------------------------------------- */

/* Where the layer is looked for; behind IPv4, by the protocol. */
static unsigned place_of(enum field_layer layer)
{
    switch (layer) {
    case FIELD_ETH: return WANTED_IN_ETHERNET;
    case FIELD_IP: return WANTED_IN_IPV4;
    case FIELD_TCP: return WANTED_BEHIND_IPV4 + PROTOCOL_TCP;
    case FIELD_UDP:
    case FIELD_VXLAN:
    case FIELD_GENEVE:
    case FIELD_GTP: return WANTED_BEHIND_IPV4 + PROTOCOL_UDP;
    case FIELD_ICMP: return WANTED_BEHIND_IPV4 + PROTOCOL_ICMP;
    case FIELD_ICMPV6: return WANTED_BEHIND_IPV4 + PROTOCOL_ICMPV6;
    case FIELD_GRE:
    case FIELD_ERSPAN: return WANTED_BEHIND_IPV4 + PROTOCOL_GRE;
    default: return WANTED_NOWHERE;
    }
}

/* Of an exact identifier the stack is asked as a whole. */
static bool prepare_vlan(struct wanted_quick *quick, const struct aptrace_range *range)
{
    bool exact = range->low[1] == range->high[1] && (range->mask[1] & VLAN_BITS) == VLAN_BITS && range->high[0] == 0;
    quick->low = range->low[1];
    return exact;
}

static bool prepare_number(struct wanted_quick *quick, const struct field_row *row, const struct aptrace_range *range)
{
    bool placed = row->layer == FIELD_ETH || row->layer == FIELD_IP || row->layer == FIELD_TCP || row->layer == FIELD_UDP;
    if (!placed || row->special != FIELD_PLAIN || row->any || row->either || row->bytes > 8)
        return false;
    uint64_t base = row->kind == FIELD_IPV4 ? UINT64_C(0xffff) << 32 : 0; /* every address has it: it is not compared */
    uint64_t high = range->high[0] || range->high[1] > base + UINT32_MAX ? UINT64_MAX : range->high[1] - base;
    quick->offset = row->offset;
    quick->shift = (uint8_t)(64 - 8 * row->bytes + row->shift);
    quick->mask = range->mask[1] & (UINT64_MAX >> (64 - row->bits));
    quick->low = range->low[1] >= base ? range->low[1] - base : 0;
    quick->span = (base ? high : range->high[0] ? UINT64_MAX : range->high[1]) - quick->low;
    return true;
}

void wanted_quick_prepare(struct wanted_condition *condition)
{
    const struct field_row *row = condition->field.row;
    struct wanted_quick *quick = &condition->quick;
    bool outermost = condition->field.inner == 0 && condition->field.occurrence == 0;
    const struct aptrace_match *match = &condition->match;
    bool one = match->kind == APTRACE_MATCH_RANGES && match->more_count == 0 && match->first.low[0] == 0;
    if (!outermost || match->kind == APTRACE_MATCH_ABSENT)
        return;
    quick->place = (uint16_t)place_of(condition->field.layer);
    quick->negated = condition->negated;
    if (!row || !one || row->kind == FIELD_BYTES)
        return;
    if (row->any && row->layer == FIELD_VLAN)
        quick->place = prepare_vlan(quick, &match->first) ? WANTED_IN_STACK : WANTED_NOWHERE;
    else
        quick->usable = prepare_number(quick, row, &match->first);
}

enum quick { QUICK_ELSEWHERE, QUICK_ABSENT, QUICK_THERE }; /* ELSEWHERE: the general way knows */

static inline enum quick quick_ethernet(const struct aptrace_layers *layers, size_t *at)
{
    *at = layers->ethernet;
    if (layers->ethernet != APTRACE_NO_OFFSET)
        return QUICK_THERE;
    return layers->cut == 0 ? QUICK_ABSENT : QUICK_ELSEWHERE;
}

static inline enum quick quick_ipv4(const struct aptrace_packet *packet, const struct aptrace_layers *layers, size_t *at)
{
    unsigned type = layers->ether_type;
    *at = layers->network;
    if (__builtin_expect(type != TYPE_IPV4, 0)) {
        bool by_version = type == TYPE_MPLS || type == TYPE_MPLS_UPSTREAM || type == TYPE_PPPOE;
        return by_version || layers->cut != 0 ? QUICK_ELSEWHERE : QUICK_ABSENT;
    }
    if (*at + SHORTEST_IPV4 > packet->capture_length)
        return QUICK_ELSEWHERE;
    unsigned first = packet->bytes[*at];
    return first >> 4 == 4 && (first & 15) >= 5 ? QUICK_THERE : QUICK_ELSEWHERE;
}

/* Behind a whole IPv4 header, without decoding stage 2: for most packets the protocol says that the layer is not there. */
static inline enum quick quick_transport(const struct aptrace_packet *packet, const struct aptrace_layers *layers,
                                         unsigned protocol, size_t *at)
{
    size_t network;
    if (layers->ether_type != TYPE_IPV4 || quick_ipv4(packet, layers, &network) != QUICK_THERE)
        return QUICK_ELSEWHERE;
    const uint8_t *ip = packet->bytes + network;
    size_t header = (size_t)(ip[0] & 15) * 4, total = (size_t)ip[2] << 8 | ip[3];
    bool fragment = (ip[6] & 0x1f) != 0 || ip[7] != 0;
    if (ip[9] != protocol)
        return ip[9] == PROTOCOL_AH ? QUICK_ELSEWHERE : QUICK_ABSENT;
    *at = network + header;
    return !fragment && total >= header + (protocol == PROTOCOL_TCP ? 20 : 8) ? QUICK_THERE : QUICK_ELSEWHERE;
}

/* Where the layer lies that was looked for last in the packet at hand: conditions on one layer mostly stand together. */
struct spot {
    unsigned place; /* enum wanted_place */
    enum quick found;
    size_t at;
};

static const struct spot nowhere = {.place = WANTED_NOWHERE, .found = QUICK_ELSEWHERE};

enum quick_answer { ANSWER_MISS = WANTED_MISS, ANSWER_MATCH = WANTED_MATCH, ANSWER_NONE }; /* NONE: the general way knows */

__attribute__((always_inline)) static inline void find_spot(struct spot *spot, const struct wanted_quick *quick,
                                                            const struct aptrace_packet *packet)
{
    const struct aptrace_layers *layers = aptrace_decoded(packet, APTRACE_STAGE_LINK);
    spot->place = quick->place;
    switch (quick->place) {
    case WANTED_IN_ETHERNET: spot->found = quick_ethernet(layers, &spot->at); break;
    case WANTED_IN_IPV4: spot->found = quick_ipv4(packet, layers, &spot->at); break;
    default: spot->found = quick_transport(packet, layers, quick->place - WANTED_BEHIND_IPV4, &spot->at); break;
    }
}

/* Any tag of the stack. */
static inline enum quick_answer quick_vlan(const struct wanted_quick *quick, const struct aptrace_packet *packet)
{
    bool in = aptrace_has_vlan(packet, (unsigned)quick->low);
    if (packet->layers->cut != 0)
        return ANSWER_NONE;
    return packet->layers->vlan_count > 0 && in != quick->negated ? ANSWER_MATCH : ANSWER_MISS;
}

__attribute__((always_inline)) static inline enum quick_answer quick_answer(const struct wanted_quick *quick,
    const struct aptrace_packet *packet, struct spot *spot)
{
    if (__builtin_expect(quick->place < WANTED_IN_ETHERNET, 0))
        return quick->place == WANTED_IN_STACK ? quick_vlan(quick, packet) : ANSWER_NONE;
    if (spot->place != quick->place)
        find_spot(spot, quick, packet);
    if (__builtin_expect(spot->found != QUICK_THERE, 0) || !quick->usable)
        return spot->found == QUICK_ABSENT ? ANSWER_MISS : ANSWER_NONE;
    if (__builtin_expect(spot->at + quick->offset + 8 > packet->capture_length, 0))
        return ANSWER_NONE;
    uint64_t number;
    memcpy(&number, packet->bytes + spot->at + quick->offset, sizeof number);
    number = __builtin_bswap64(number) >> quick->shift & quick->mask;
    return (number - quick->low <= quick->span) != quick->negated ? ANSWER_MATCH : ANSWER_MISS;
}

/* ---- The general way ------------------------------------------------------------------------------------------------------- */

static bool bytes_are(const struct wanted_pattern *pattern, const struct field_value *value, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if ((pattern->bytes.bytes[i] ^ value->bytes[i]) & pattern->bytes.mask[i])
            return false;
    }
    return true;
}

static enum wanted_outcome match_pattern(const struct wanted_pattern *pattern, const struct field_value *value)
{
    size_t length = pattern->bytes.length;
    if (!bytes_are(pattern, value, length < value->length ? length : value->length))
        return WANTED_MISS;
    if (pattern->whole && value->length > length)
        return WANTED_MISS;
    if (value->length < length || (pattern->whole && value->open))
        return value->open ? WANTED_UNKNOWN : WANTED_MISS;
    return WANTED_MATCH;
}

/* Whether a value is one of those that were written, whatever the negation. */
static enum wanted_outcome is_one(const struct wanted_condition *condition, const struct field_value *value)
{
    enum wanted_outcome outcome = WANTED_MISS;
    if (field_kind_of(&condition->field) != FIELD_BYTES) {
        bool in = aptrace_in_range(&condition->match.first, value->number[0], value->number[1]);
        for (size_t i = 0; i < condition->match.more_count && !in; i++)
            in = aptrace_in_range(&condition->match.more[i], value->number[0], value->number[1]);
        return in ? WANTED_MATCH : WANTED_MISS;
    }
    for (size_t i = 0; i < condition->pattern_count && outcome != WANTED_MATCH; i++) {
        enum wanted_outcome one = match_pattern(&condition->patterns[i], value);
        outcome = one == WANTED_MISS ? outcome : one;
    }
    return outcome;
}

static enum wanted_outcome negate(enum wanted_outcome outcome)
{
    return outcome == WANTED_MATCH ? WANTED_MISS : outcome == WANTED_MISS ? WANTED_MATCH : outcome;
}

static enum wanted_outcome match_presence(const struct wanted_condition *condition, uint32_t presence)
{
    bool wanted_present = condition->match.kind == APTRACE_MATCH_PRESENT;
    if (presence == APTRACE_FIELD_CUT)
        return WANTED_UNKNOWN;
    return (presence == APTRACE_FIELD_PRESENT) == wanted_present ? WANTED_MATCH : WANTED_MISS;
}

/* Of several values any will do; negated: none may be. A packet that lacks the field does not match, negated or not. Apart, so
 * that the quick way needs little stack. */
__attribute__((noinline)) static enum wanted_outcome match_field(const struct wanted_condition *condition,
                                                                 const struct aptrace_packet *packet)
{
    struct field_value value = {0};
    enum wanted_outcome outcome = WANTED_MISS;
    uint32_t presence = field_read(&condition->field, packet, 0, &value);
    if (condition->match.kind != APTRACE_MATCH_RANGES)
        return match_presence(condition, presence);
    if (presence == APTRACE_FIELD_ABSENT)
        return WANTED_MISS;
    for (uint32_t place = 1; presence == APTRACE_FIELD_PRESENT; place++) {
        enum wanted_outcome one = is_one(condition, &value);
        if (one == WANTED_MATCH)
            return condition->negated ? WANTED_MISS : WANTED_MATCH;
        outcome = one == WANTED_UNKNOWN ? one : outcome;
        if (!field_has_several(&condition->field))
            break;
        presence = field_read(&condition->field, packet, place, &value);
    }
    if (presence == APTRACE_FIELD_CUT)
        outcome = WANTED_UNKNOWN;
    return condition->negated ? negate(outcome) : outcome;
}

__attribute__((always_inline)) static inline enum wanted_outcome match_condition(const struct wanted_condition *condition,
    const struct aptrace_packet *packet, struct spot *spot)
{
    enum quick_answer answer = quick_answer(&condition->quick, packet, spot);
    return __builtin_expect(answer != ANSWER_NONE, 1) ? (enum wanted_outcome)answer : match_field(condition, packet);
}

enum wanted_outcome wanted_condition_match(const struct wanted_condition *condition, const struct aptrace_packet *packet)
{
    struct spot spot = nowhere;
    return match_condition(condition, packet, &spot);
}

/* ---- All of it ------------------------------------------------------------------------------------------------------------- */

/* What one packet came to, as far as it was looked at: up to most + 1. */
struct tally {
    uint64_t most, distance, missed, bytes;
    bool unknown;
    size_t index;
};

__attribute__((always_inline)) static inline void match_conditions(const struct aptrace_wanted *wanted,
    const struct aptrace_packet *packet, struct tally *tally)
{
    struct spot spot = nowhere;
    const struct wanted_condition *condition = wanted->conditions, *end = condition + wanted->condition_count;
    for (uint64_t bit = 1; condition < end; condition++, bit <<= 1) {
        enum wanted_outcome outcome = match_condition(condition, packet, &spot);
        tally->unknown |= outcome == WANTED_UNKNOWN;
        if (outcome != WANTED_MISS)
            continue;
        tally->missed |= bit;
        if (++tally->distance > tally->most)
            return;
    }
}

static void match_bytes(const struct aptrace_wanted *wanted, size_t index, const struct aptrace_packet *packet,
                        struct tally *tally)
{
    uint64_t distance = 0, digest = 0;
    enum wanted_outcome outcome = wanted_bytes_match(wanted, &wanted->packets[index], packet, tally->most - tally->distance,
                                                     &distance, &digest);
    tally->index = index;
    tally->unknown |= outcome == WANTED_UNKNOWN;
    if (outcome != WANTED_MISS)
        return;
    tally->distance += distance;
    tally->bytes = digest;
}

/* The nearest of a list of packets: any of them will do. */
static void match_any(const struct aptrace_wanted *wanted, const struct aptrace_packet *packet, struct tally *tally)
{
    struct tally best = *tally;
    best.distance = UINT64_MAX;
    for (size_t i = 0; i < wanted->packet_count; i++) {
        struct tally one = *tally;
        match_bytes(wanted, i, packet, &one);
        if (one.distance < best.distance || (one.distance == best.distance && best.unknown && !one.unknown))
            best = one;
        if (best.distance == 0 && !best.unknown)
            break;
    }
    *tally = best;
}

/* One more miss of the first ones, which were looked at in full. */
__attribute__((noinline, cold)) static void learn(struct wanted_near *near)
{
    if (++near->asked < ENOUGH)
        return;
    near->has_learned = true;
    near->most = near->most < near->far ? near->most : near->far;
    near->same_unknown = near->nearest != UINT64_MAX && near->nearest > near->far;
}

/* A miss that is nearer than the nearest so far is kept; one like it is counted. The nearest is never nearer than most. */
__attribute__((always_inline)) static inline enum wanted_outcome note_miss(struct wanted_near *near, const struct tally *tally)
{
    enum wanted_outcome outcome = WANTED_MISS;
    if (tally->distance == near->nearest) {
        near->same += tally->missed == near->nearest_missed && tally->bytes == near->nearest_bytes;
    } else if (tally->distance <= tally->most) {
        near->last = tally->distance;
        near->last_missed = tally->missed;
        near->last_bytes = tally->bytes;
        near->last_index = tally->index;
        outcome = WANTED_NEARER;
    }
    if (__builtin_expect(!near->has_learned, 0))
        learn(near);
    return outcome;
}

enum wanted_outcome wanted_match(const struct aptrace_wanted *wanted, size_t index, const struct aptrace_packet *packet,
                                 uint32_t how)
{
    enum wanted_outcome outcome = wanted_ask(wanted, index, packet, how);
    return outcome == WANTED_NEARER ? WANTED_MISS : outcome;
}

/* Bytes besides fields, of one packet or of any of a list. */
__attribute__((noinline)) static enum wanted_outcome ask_bytes(const struct aptrace_wanted *wanted, size_t index,
                                                               const struct aptrace_packet *packet, uint32_t how)
{
    bool near = how & APTRACE_WANTED_NEAR, any = how & APTRACE_WANTED_ANY;
    struct tally tally = {.most = near ? wanted->near->most : 0};
    if (!any && index >= wanted->packet_count)
        return WANTED_MISS; /* a plugin asked beyond the list */
    match_conditions(wanted, packet, &tally);
    if (tally.distance <= tally.most && any && wanted->packet_count > 1)
        match_any(wanted, packet, &tally);
    else if (tally.distance <= tally.most)
        match_bytes(wanted, any ? 0 : index, packet, &tally);
    if (tally.distance == 0)
        return tally.unknown ? WANTED_UNKNOWN : WANTED_MATCH;
    return near ? note_miss(wanted->near, &tally) : WANTED_MISS;
}

/* The first condition from condition on that misses; end: none does. */
__attribute__((always_inline)) static inline const struct wanted_condition *first_miss(const struct wanted_condition *condition,
    const struct wanted_condition *end, const struct aptrace_packet *packet, struct spot *spot, bool *unknown)
{
    for (; condition < end; condition++) {
        enum wanted_outcome outcome = match_condition(condition, packet, spot);
        if (outcome == WANTED_MISS)
            break;
        *unknown |= outcome == WANTED_UNKNOWN;
    }
    return condition;
}

/* Fields alone. Where the nearest miss is asked for and only one by a single field could be nearer, a second one decides. */
static inline enum wanted_outcome ask_fields(const struct aptrace_wanted *wanted, const struct aptrace_packet *packet, bool near)
{
    struct spot spot = nowhere;
    bool unknown = false;
    const struct wanted_condition *end = wanted->conditions + wanted->condition_count;
    const struct wanted_condition *missed = first_miss(wanted->conditions, end, packet, &spot, &unknown);
    if (missed == end)
        return unknown ? WANTED_UNKNOWN : WANTED_MATCH;
    if (!near || first_miss(missed + 1, end, packet, &spot, &unknown) != end)
        return WANTED_MISS;
    struct tally tally = {.most = 1, .distance = 1, .missed = UINT64_C(1) << (missed - wanted->conditions)};
    return note_miss(wanted->near, &tally);
}

/* The same where several may miss. */
__attribute__((noinline)) static enum wanted_outcome ask_all_fields(const struct aptrace_wanted *wanted,
                                                                    const struct aptrace_packet *packet)
{
    struct tally tally = {.most = wanted->near->most};
    match_conditions(wanted, packet, &tally);
    if (tally.distance == 0)
        return tally.unknown ? WANTED_UNKNOWN : WANTED_MATCH;
    return note_miss(wanted->near, &tally);
}

enum wanted_outcome wanted_ask(const struct aptrace_wanted *wanted, size_t index, const struct aptrace_packet *packet, uint32_t how)
{
    bool near = how & APTRACE_WANTED_NEAR;
    if (wanted->packet_count > 0)
        return ask_bytes(wanted, index, packet, how);
    if (near && (wanted->near->most > 1 || !wanted->near->has_learned))
        return ask_all_fields(wanted, packet);
    return ask_fields(wanted, packet, near);
}

void wanted_forget(const struct aptrace_wanted *wanted)
{
    uint64_t far = wanted->near->far;
    *wanted->near = (struct wanted_near){.far = far, .most = UINT64_MAX, .nearest = UINT64_MAX, .last = UINT64_MAX};
}

uint64_t wanted_distance(const struct aptrace_wanted *wanted)
{
    return wanted->near->last;
}

uint64_t wanted_same(const struct aptrace_wanted *wanted)
{
    return wanted->near->same_unknown ? UINT64_MAX : wanted->near->same;
}
