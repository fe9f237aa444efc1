/* SPDX-License-Identifier: MIT */
/* Packets that must be equal: which bits of them, where they end, and which checksums must be valid instead.
 *
 * What a test cannot know beforehand is ignored: a field, or the bytes of a slice. A checksum that covers what is ignored cannot
 * be equal any more; it must be valid then, unless it is ignored itself, and so must those around it that cover it.
 *
 * Padding is no part of a packet. A card fills a frame up to 60 bytes (IEEE 802.3 clause 4.2.3.3, less the frame check sequence),
 * and each tag that a switch puts in makes 4 more; only in frames that short may bytes stand behind the packet's own end. Where a
 * packet does not tell its end (no IP, no ARP), zeros at the end of such a frame are padding. A longer frame with something
 * behind its end has a trailer, which is compared.
 *
 * It keeps true: equal is said only when every byte that must be equal was captured. */
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <aptrace/decode.h>

#include "checksum.h"
#include "wanted_parts.h"

enum { SHORTEST_FRAME = 60, TAG = 4, SUMS_MAX = 16 };

/* ---- Ends ------------------------------------------------------------------------------------------------------------------ */

static uint32_t padded_length(const struct aptrace_packet *packet)
{
    return SHORTEST_FRAME + TAG * aptrace_vlan_count(packet);
}

/* By what IP or ARP say. Where layers tell an end before that of IP it is UDP's: what lies between them (options, RFC 9868) was
 * sent, and is no padding. A length of 0 says nothing, but of IPv6 that has nothing behind its header. */
static size_t own_end(const struct aptrace_packet *packet)
{
    enum { SHORTEST_IPV4 = 20, IPV6 = 40, NO_NEXT_HEADER = 59 };
    const struct aptrace_layers *layers = aptrace_decoded(packet, APTRACE_STAGE_TRANSPORT);
    size_t network = layers->network;
    if (layers->end == APTRACE_NO_OFFSET || layers->ip_version == 0)
        return layers->end;
    const uint8_t *ip = packet->bytes + network; /* its fixed header is there, or the version would not be told */
    size_t length = layers->ip_version == 4 ? (size_t)ip[2] << 8 | ip[3] : (size_t)ip[4] << 8 | ip[5];
    if (layers->ip_version == 4)
        return length >= SHORTEST_IPV4 ? network + length : APTRACE_NO_OFFSET;
    return length > 0 || ip[6] == NO_NEXT_HEADER ? network + IPV6 + length : APTRACE_NO_OFFSET;
}

uint32_t wanted_bytes_end(const struct aptrace_packet *packet, bool *known)
{
    *known = packet->wire_length > padded_length(packet);
    size_t end = *known ? packet->wire_length : own_end(packet);
    if (end > packet->wire_length) /* or not told */
        return packet->wire_length;
    *known = true;
    return (uint32_t)end;
}

/* ---- Checksums ------------------------------------------------------------------------------------------------------------- */

bool wanted_bytes_sum(const struct aptrace_packet *packet, const struct wanted_sum *sum, struct aptrace_checksum *found)
{
    struct aptrace_checksum list[SUMS_MAX];
    size_t count = checksum_find(packet, list, SUMS_MAX);
    for (size_t i = 0; i < count && i < SUMS_MAX; i++) {
        if (list[i].kind == sum->kind && list[i].depth == sum->depth) {
            *found = list[i];
            return true;
        }
    }
    return false;
}

static enum wanted_outcome match_sums(const struct wanted_bytes *bytes, const struct aptrace_packet *packet)
{
    enum wanted_outcome outcome = WANTED_MATCH;
    for (size_t i = 0; i < bytes->sum_count; i++) {
        struct aptrace_checksum found;
        if (!wanted_bytes_sum(packet, &bytes->sums[i], &found))
            return WANTED_MISS;
        if (found.state == APTRACE_CHECKSUM_CUT)
            outcome = WANTED_UNKNOWN;
        else if (found.state != APTRACE_CHECKSUM_RIGHT)
            return WANTED_MISS;
    }
    return outcome;
}

/* ---- What is ignored ------------------------------------------------------------------------------------------------------- */

/* By byte of a packet, the bits that are compared. */
struct kept {
    uint8_t *bits;
    size_t length;
};

static void ignore_byte(struct kept *kept, size_t offset, uint8_t keep)
{
    if (offset < kept->length)
        kept->bits[offset] &= keep;
}

/* Of a number the bits that its row has, else all bytes. */
static void ignore_value(struct kept *kept, const struct aptrace_field *field, const struct field_value *value)
{
    const struct field_row *row = field->row;
    bool number = row && row->kind != FIELD_BYTES && row->bytes <= 8;
    uint64_t bits = number ? (UINT64_MAX >> (64 - row->bits)) << row->shift : UINT64_MAX;
    if (row && row->special == FIELD_IP_HDR_LEN)
        bits = 0x0f; /* its number is counted in bytes, not as it stands there */
    for (size_t i = 0; i < value->size; i++) {
        uint8_t ignored = number ? (uint8_t)(bits >> (8 * (value->size - 1 - i))) : 0xff;
        ignore_byte(kept, value->offset + i, (uint8_t)~ignored);
    }
}

/* Returns whether the packet has it. */
static bool ignore_field(struct kept *kept, const struct aptrace_field *field, const struct aptrace_packet *packet)
{
    struct field_value value = {0};
    uint32_t place = 0;
    for (; field_read(field, packet, place, &value) == APTRACE_FIELD_PRESENT; place++)
        ignore_value(kept, field, &value);
    return place > 0;
}

/* One that lies behind the end (of TCP in a first fragment of a few bytes) cannot be left out, and is not compared either. */
static bool is_ignored(const struct kept *kept, const struct aptrace_checksum *checksum)
{
    size_t at = checksum->offset;
    return at + 2 > kept->length || (kept->bits[at] == 0 && kept->bits[at + 1] == 0);
}

/* Behind the checksum itself it covers all bytes up to some end: there the first one that is ignored tells. */
static bool covers_ignored(const struct kept *kept, const struct aptrace_packet *packet, const struct aptrace_checksum *checksum)
{
    size_t behind = (size_t)checksum->offset + 2;
    for (size_t i = 0; i < kept->length && i < checksum->offset; i++) {
        if (kept->bits[i] != 0xff && checksum_covers(packet, checksum, i))
            return true;
    }
    while (behind < kept->length && kept->bits[behind] == 0xff)
        behind++;
    return behind < kept->length && checksum_covers(packet, checksum, behind);
}

/* Leaves out each checksum that covers what is left out, and those that cover it, until there is no more: where wanted, only
 * those that are right. Each that was not left out by name is told in sums; returns how many. */
static size_t ignore_sums(struct kept *kept, const struct aptrace_packet *packet, bool only_right, struct aptrace_checksum *sums)
{
    struct aptrace_checksum list[SUMS_MAX];
    size_t found = checksum_find(packet, list, SUMS_MAX), count = 0;
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < found && i < SUMS_MAX; i++) {
            uint32_t state = list[i].state;
            bool right = state == APTRACE_CHECKSUM_RIGHT || state == APTRACE_CHECKSUM_LEFT;
            if (state == APTRACE_CHECKSUM_UNUSED || (only_right && !right) || is_ignored(kept, &list[i])
                || !covers_ignored(kept, packet, &list[i]))
                continue;
            ignore_byte(kept, list[i].offset, 0);
            ignore_byte(kept, list[i].offset + 1, 0);
            sums[count++] = list[i];
            again = true;
        }
    }
    return count;
}

/* ---- Preparing ------------------------------------------------------------------------------------------------------------- */

void wanted_bytes_packet(const struct wanted_bytes *bytes, struct layers_pool *pool, struct aptrace_packet *packet)
{
    *packet = (struct aptrace_packet){.bytes = bytes->packet.bytes, .capture_length = bytes->packet.length,
        .wire_length = bytes->packet.length, .link_type = bytes->packet.link_type};
    layers_attach_one(pool, packet);
}

static void start_mask(const struct aptrace_wanted *wanted, struct wanted_bytes *bytes)
{
    if (bytes->mask)
        return; /* that of the stars */
    bytes->mask = arena_new(wanted->arena, bytes->packet.length + 1);
    memset(bytes->mask, 0xff, bytes->packet.length);
}

static int apply_mask(struct wanted_bytes *bytes, const struct aptrace_pattern *mask, struct error *error)
{
    if (mask->length != bytes->packet.length)
        return error_set(error, "parameter mask: expected as many bytes as the packet has, which is %u, got %zu",
                         bytes->packet.length, mask->length);
    for (size_t i = 0; i < mask->length; i++)
        bytes->mask[i] &= mask->mask[i];
    return 0;
}

/* A checksum of which mask= or stars leave nothing is the user's own matter, as all that they leave out. That of a transport
 * header in a fragment is of no use; an IP header is always whole. */
static void demand_sums(struct wanted_bytes *bytes, const struct aptrace_checksum *sums, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool masked = bytes->mask[sums[i].offset] == 0 && bytes->mask[sums[i].offset + 1] == 0;
        bool spread = sums[i].state == APTRACE_CHECKSUM_CUT && sums[i].kind != APTRACE_CHECKSUM_IPV4;
        if (!spread && !masked && bytes->sum_count < WANTED_SUMS_MAX)
            bytes->sums[bytes->sum_count++] = (struct wanted_sum){sums[i].kind, sums[i].depth, sums[i].offset};
    }
}

/* *missing: by ignored field, whether no packet had it so far. */
static void apply_ignored(struct aptrace_wanted *wanted, struct wanted_bytes *bytes, struct layers_pool *pool, bool *missing)
{
    struct kept kept = {memory_new(bytes->packet.length, 1), bytes->packet.length};
    struct aptrace_packet packet;
    struct aptrace_checksum sums[SUMS_MAX];
    memset(kept.bits, 0xff, kept.length);
    wanted_bytes_packet(bytes, pool, &packet);
    for (size_t i = 0; i < wanted->ignored_count; i++) {
        if (ignore_field(&kept, &wanted->ignored[i], &packet))
            missing[i] = false;
    }
    demand_sums(bytes, sums, ignore_sums(&kept, &packet, false, sums));
    for (size_t i = 0; i < kept.length; i++)
        bytes->mask[i] &= kept.bits[i];
    free(kept.bits);
}

static bool compares_nothing(const struct wanted_bytes *bytes)
{
    for (uint32_t i = 0; i < bytes->end; i++) {
        if (bytes->mask[i])
            return false;
    }
    return bytes->sum_count == 0;
}

static int prepare_one(struct aptrace_wanted *wanted, struct wanted_bytes *bytes, const struct aptrace_pattern *mask,
                       struct layers_pool *pool, bool *missing, struct error *error)
{
    struct aptrace_packet packet;
    start_mask(wanted, bytes);
    if (mask && apply_mask(bytes, mask, error) != 0)
        return -1;
    apply_ignored(wanted, bytes, pool, missing);
    wanted_bytes_packet(bytes, pool, &packet);
    bytes->end = wanted_bytes_end(&packet, &bytes->end_known);
    bytes->padded = padded_length(&packet);
    if (wanted->pad_exact) {
        bytes->end = bytes->packet.length;
        bytes->end_known = true;
    }
    if (compares_nothing(bytes) && wanted->prefix)
        return error_set(error, "all of the packet is left out and length=prefix says nothing of its length: any packet would be "
                         "equal");
    return 0;
}

int wanted_bytes_prepare(struct aptrace_wanted *wanted, const struct aptrace_pattern *mask, struct error *error)
{
    struct layers_pool *pool = layers_pool_new();
    bool *missing = memory_new(wanted->ignored_count, sizeof *missing);
    memset(missing, 1, wanted->ignored_count);
    int result = 0;
    for (size_t i = 0; i < wanted->packet_count && result == 0; i++)
        result = prepare_one(wanted, &wanted->packets[i], mask, pool, missing, error);
    for (size_t i = 0; i < wanted->ignored_count && result == 0; i++) {
        if (missing[i])
            result = error_set(error, "parameter ignore: the wanted packet has no %s", wanted->ignored[i].name);
    }
    free(missing);
    layers_pool_free(pool);
    return result;
}

/* ---- Comparing ------------------------------------------------------------------------------------------------------------- */

static uint64_t load(const uint8_t *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

struct comparison {
    uint64_t most, count, digest; /* of bytes that differ: how many; which ones */
};

/* Eight bytes of which some differ; see "Hacker's Delight", section 6-1, for bytes that are not 0. They are counted by a product,
 * as machines without an instruction for it count bits by a call. */
static void note_word(struct comparison *comparison, uint64_t difference, size_t at)
{
    const uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f);
    uint64_t marks = (((difference & low) + low) | difference) & ~low;
    comparison->count += (marks >> 7) * UINT64_C(0x0101010101010101) >> 56;
    comparison->digest = (comparison->digest ^ marks ^ at) * UINT64_C(0x9e3779b97f4a7c15) + 1;
}

/* Stops where more differ than are of interest. */
static void compare(const struct wanted_bytes *bytes, const uint8_t *got, size_t length, struct comparison *comparison)
{
    const uint8_t *wanted = bytes->packet.bytes, *mask = bytes->mask;
    size_t at = 0;
    for (; at + 8 <= length && comparison->count <= comparison->most; at += 8) {
        uint64_t difference = (load(wanted + at) ^ load(got + at)) & load(mask + at);
        if (difference)
            note_word(comparison, difference, at);
    }
    for (; at < length && comparison->count <= comparison->most; at++) {
        uint64_t difference = (uint64_t)(wanted[at] ^ got[at]) & mask[at];
        if (difference)
            note_word(comparison, difference, at);
    }
}

static bool is_zero(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (bytes[i])
            return false;
    }
    return true;
}

/* Where a packet ends behind the wanted one, and its captured bytes do not tell that it does: what was captured there must be
 * zeros. Where they end within its headers it may tell yet. */
static enum wanted_outcome match_behind(const struct wanted_bytes *bytes, const struct aptrace_packet *packet, uint32_t end,
                                        bool known)
{
    uint32_t captured = packet->capture_length < end ? packet->capture_length : end;
    bool cut = packet->capture_length < packet->wire_length, headers_cut = cut && aptrace_is_cut(packet, APTRACE_STAGE_TRANSPORT);
    if (known && !headers_cut)
        return WANTED_MISS;
    if (captured > bytes->end && !is_zero(packet->bytes + bytes->end, captured - bytes->end))
        return WANTED_MISS;
    return captured < end ? WANTED_UNKNOWN : WANTED_MATCH;
}

/* Tags that were not captured make a frame longer that may be padded. They are those of the wanted packet, or bytes differ. */
static bool is_long(const struct wanted_bytes *bytes, const struct aptrace_packet *packet)
{
    uint32_t longest = padded_length(packet);
    if (aptrace_is_cut(packet, APTRACE_STAGE_LINK) && bytes->padded > longest)
        longest = bytes->padded;
    return packet->wire_length > longest;
}

enum wanted_outcome wanted_bytes_length(const struct aptrace_wanted *wanted, const struct wanted_bytes *bytes,
                                        const struct aptrace_packet *packet, uint32_t *got_end)
{
    bool known;
    *got_end = packet->wire_length;
    if (wanted->prefix)
        return packet->wire_length >= bytes->end ? WANTED_MATCH : WANTED_MISS;
    if (packet->wire_length == bytes->end)
        return WANTED_MATCH;
    if (wanted->pad_exact || is_long(bytes, packet))
        return WANTED_MISS;
    *got_end = wanted_bytes_end(packet, &known);
    if (*got_end == bytes->end)
        return WANTED_MATCH;
    if (*got_end > bytes->end)
        return match_behind(bytes, packet, *got_end, known);
    bool padding = !bytes->end_known && is_zero(bytes->packet.bytes + *got_end, bytes->end - *got_end);
    return padding ? WANTED_MATCH : WANTED_MISS;
}

/* How far a packet of another length is away. */
static uint64_t length_distance(uint32_t wanted, uint32_t got)
{
    uint32_t difference = wanted > got ? wanted - got : got - wanted;
    return difference > 255 ? 255 : difference;
}

enum wanted_outcome wanted_bytes_match(const struct aptrace_wanted *wanted, const struct wanted_bytes *bytes,
                                       const struct aptrace_packet *packet, uint64_t most, uint64_t *distance, uint64_t *digest)
{
    struct comparison comparison = {.most = most};
    enum wanted_outcome length = WANTED_MISS;
    uint32_t got_end = 0;
    size_t captured = bytes->end < packet->capture_length ? bytes->end : packet->capture_length;
    compare(bytes, packet->bytes, captured, &comparison);
    if (comparison.count <= most)
        length = wanted_bytes_length(wanted, bytes, packet, &got_end);
    if (comparison.count == 0 && length != WANTED_MISS) {
        if (length == WANTED_UNKNOWN || packet->capture_length < (got_end < bytes->end ? got_end : bytes->end))
            return WANTED_UNKNOWN;
        enum wanted_outcome sums = bytes->sum_count ? match_sums(bytes, packet) : WANTED_MATCH;
        *distance = sums == WANTED_MISS;
        *digest = UINT64_MAX;
        return sums;
    }
    *distance = comparison.count;
    if (comparison.count <= most && length == WANTED_MISS)
        *distance += length_distance(bytes->end, got_end);
    *digest = comparison.digest;
    return WANTED_MISS;
}

/* ---- Comparing packets with each other ------------------------------------------------------------------------------------- */

/* Twice as much as before where that is too little: rarely, and never more than four times the longest packet. */
static uint8_t *room_for(const struct aptrace_wanted *wanted, size_t length)
{
    enum { FIRST = 2048 };
    struct wanted_kept *kept = wanted->kept;
    size_t size = kept->size ? kept->size : FIRST;
    while (size < length)
        size *= 2;
    if (size > kept->size) {
        kept->bytes = arena_new(wanted->arena, size);
        kept->size = size;
    }
    return kept->bytes;
}

/* A copy of the bytes before end, without what is ignored. A checksum that covers that is left out where it is right: where it is
 * wrong the packet was damaged, and is no longer the same. */
static const uint8_t *copy_kept(const struct aptrace_wanted *wanted, const struct aptrace_packet *packet, uint32_t end)
{
    struct kept kept = {room_for(wanted, end), end};
    struct aptrace_checksum sums[SUMS_MAX];
    memset(kept.bits, 0xff, end);
    for (size_t i = 0; i < wanted->ignored_count; i++)
        ignore_field(&kept, &wanted->ignored[i], packet);
    ignore_sums(&kept, packet, true, sums);
    for (uint32_t i = 0; i < end; i++)
        kept.bits[i] &= packet->bytes[i];
    return kept.bits;
}

/* Zeros behind a packet that does not tell its end are padding here too. */
bool wanted_digest(const struct aptrace_wanted *wanted, const struct aptrace_packet *packet, uint64_t digest[2])
{
    bool known = true;
    uint32_t end = wanted->pad_exact ? packet->wire_length : wanted_bytes_end(packet, &known);
    if (end > packet->capture_length)
        return false;
    const uint8_t *bytes = wanted->ignored_count ? copy_kept(wanted, packet, end) : packet->bytes;
    while (!known && end > 0 && bytes[end - 1] == 0)
        end--;
    XXH128_hash_t made = XXH3_128bits_withSeed(bytes, end, end);
    digest[0] = made.high64;
    digest[1] = made.low64;
    return true;
}
