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

/* The protocol of IPv4 that a layer lies behind; 0: none. */
static uint8_t protocol_of(enum field_layer layer)
{
    switch (layer) {
    case FIELD_TCP: return PROTOCOL_TCP;
    case FIELD_UDP:
    case FIELD_VXLAN:
    case FIELD_GENEVE:
    case FIELD_GTP: return PROTOCOL_UDP;
    case FIELD_ICMP: return PROTOCOL_ICMP;
    case FIELD_ICMPV6: return PROTOCOL_ICMPV6;
    case FIELD_GRE:
    case FIELD_ERSPAN: return PROTOCOL_GRE;
    default: return 0;
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
    quick->bits = UINT64_MAX >> (64 - row->bits);
    quick->mask = range->mask[1] & quick->bits;
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
    quick->layer = (uint8_t)condition->field.layer;
    quick->protocol = protocol_of(condition->field.layer);
    quick->places = quick->protocol || quick->layer == FIELD_IP || quick->layer == FIELD_ETH;
    if (!row || !one || row->kind == FIELD_BYTES)
        return;
    if (row->any && row->layer == FIELD_VLAN)
        quick->stack = prepare_vlan(quick, &condition->match.first);
    else
        quick->usable = prepare_number(quick, row, &condition->match.first);
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

static inline enum quick quick_layer(const struct wanted_quick *quick, const struct aptrace_packet *packet, size_t *at)
{
    const struct aptrace_layers *layers = aptrace_decoded(packet, APTRACE_STAGE_LINK);
    if (quick->layer == FIELD_ETH)
        return quick_ethernet(layers, at);
    return quick->layer == FIELD_IP ? quick_ipv4(packet, layers, at) : quick_transport(packet, layers, quick->protocol, at);
}

/* Any tag of the stack. */
static inline bool quick_vlan(const struct wanted_condition *condition, const struct aptrace_packet *packet,
                              enum wanted_outcome *outcome)
{
    bool in = aptrace_has_vlan(packet, (unsigned)condition->quick.low);
    if (packet->layers->cut != 0)
        return false;
    *outcome = packet->layers->vlan_count > 0 && in != condition->negated ? WANTED_MATCH : WANTED_MISS;
    return true;
}

/* False: not told. */
static inline bool quick_match(const struct wanted_condition *condition, const struct aptrace_packet *packet,
                               enum wanted_outcome *outcome)
{
    const struct wanted_quick *quick = &condition->quick;
    size_t at = 0;
    if (quick->stack)
        return quick_vlan(condition, packet, outcome);
    enum quick found = quick->places ? quick_layer(quick, packet, &at) : QUICK_ELSEWHERE;
    *outcome = WANTED_MISS;
    if (found != QUICK_THERE || !quick->usable)
        return found == QUICK_ABSENT;
    if (at + quick->offset + 8 > packet->capture_length)
        return false;
    uint64_t number;
    memcpy(&number, packet->bytes + at + quick->offset, sizeof number);
    number = __builtin_bswap64(number) >> quick->shift & quick->bits;
    bool in = (number & quick->mask) - quick->low <= quick->span;
    *outcome = in != condition->negated ? WANTED_MATCH : WANTED_MISS;
    return true;
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

/* Of several values any will do; negated: none may be. A packet that lacks the field does not match, negated or not. */
static enum wanted_outcome match_field(const struct wanted_condition *condition, const struct aptrace_packet *packet)
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

static inline enum wanted_outcome match_condition(const struct wanted_condition *condition, const struct aptrace_packet *packet)
{
    enum wanted_outcome outcome;
    return quick_match(condition, packet, &outcome) ? outcome : match_field(condition, packet);
}

enum wanted_outcome wanted_condition_match(const struct wanted_condition *condition, const struct aptrace_packet *packet)
{
    return match_condition(condition, packet);
}

/* ---- All of it ------------------------------------------------------------------------------------------------------------- */

/* What one packet came to, as far as it was looked at: up to most + 1. */
struct tally {
    uint64_t most, distance, missed, bytes;
    bool unknown;
    size_t index;
};

static inline void match_conditions(const struct aptrace_wanted *wanted, const struct aptrace_packet *packet, struct tally *tally)
{
    for (size_t i = 0; i < wanted->condition_count; i++) {
        enum wanted_outcome outcome = match_condition(&wanted->conditions[i], packet);
        if (outcome == WANTED_MISS) {
            tally->missed |= UINT64_C(1) << i;
            if (++tally->distance > tally->most)
                return;
        }
        tally->unknown |= outcome == WANTED_UNKNOWN;
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

__attribute__((noinline, cold)) static void have_enough(struct wanted_near *near)
{
    near->most = near->most < near->far ? near->most : near->far;
    near->same_unknown = near->nearest != UINT64_MAX && near->nearest > near->far;
}

/* A miss that may be the nearest is kept; one like the nearest is counted. */
static inline enum wanted_outcome note_miss(struct wanted_near *near, const struct tally *tally)
{
    if (__builtin_expect(++near->asked == ENOUGH, 0))
        have_enough(near);
    if (tally->distance > tally->most)
        return WANTED_MISS;
    if (tally->distance == near->nearest)
        near->same += tally->missed == near->nearest_missed && tally->bytes == near->nearest_bytes;
    near->last = tally->distance;
    near->last_missed = tally->missed;
    near->last_bytes = tally->bytes;
    near->last_index = tally->index;
    return tally->distance < near->nearest ? WANTED_NEARER : WANTED_MISS;
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

/* Fields alone, all of which must match: the first that misses decides. */
static inline enum wanted_outcome ask_fields(const struct aptrace_wanted *wanted, const struct aptrace_packet *packet)
{
    enum wanted_outcome outcome = WANTED_MATCH;
    const struct wanted_condition *condition = wanted->conditions, *end = condition + wanted->condition_count;
    for (; condition < end; condition++) {
        enum wanted_outcome one = match_condition(condition, packet);
        if (one == WANTED_MISS)
            return one;
        outcome = one == WANTED_UNKNOWN ? one : outcome;
    }
    return outcome;
}

enum wanted_outcome wanted_ask(const struct aptrace_wanted *wanted, size_t index, const struct aptrace_packet *packet, uint32_t how)
{
    struct wanted_near *near = wanted->near;
    near->last = UINT64_MAX;
    if (wanted->packet_count > 0)
        return ask_bytes(wanted, index, packet, how);
    if (!(how & APTRACE_WANTED_NEAR))
        return ask_fields(wanted, packet);
    struct tally tally = {.most = near->most};
    match_conditions(wanted, packet, &tally);
    if (tally.distance == 0)
        return tally.unknown ? WANTED_UNKNOWN : WANTED_MATCH;
    return note_miss(near, &tally);
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
