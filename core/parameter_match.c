/* SPDX-License-Identifier: MIT */
/* Matches: what a user wrote as a condition on one field, turned into ranges of a masked number. Everything that can be
 * written becomes the same thing, low <= (number & mask) <= high, so that predicates read all of it with one comparison.
 *
 * What it keeps true: numbers of a kind are put in order (signed ones and durations with their top bit flipped, IPv4
 * addresses as ::ffff:a.b.c.d), every number lies within the entry's limits, and a condition that no packet could ever fulfil
 * by its form (low above high, bits outside the mask) is refused: it would be a test that cannot fail. A range of IPv6
 * addresses that spans ::ffff:0:0/96, such as ::/0, holds the IPv4 addresses too. */
#include "parameter_reading.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "number.h"

#define TOP_BIT UINT64_C(0x8000000000000000)
#define ALL_BITS UINT64_MAX
#define MAC_BITS UINT64_C(0xffffffffffff)
#define IPV4_BASE (UINT64_C(0xffff) << 32) /* RFC 4291, section 2.5.5.2 */

struct wide { uint64_t part[2]; }; /* [0] the upper half, as in struct aptrace_range */

/* What can be written of a kind: its numbers, and the ends where a range leaves one out. */
struct number {
    struct wide value, least, most;
    uint8_t family; /* of addresses: 4 or 6, which do not mix in one range */
};

static int refuse_quoted(const struct parameter_reading *reading, const char *item, const char *why)
{
    struct text text = {0};
    parameter_add_excerpt(&text, item);
    int result = parameter_refuse(reading, "%s %s", strcmp(item, reading->text) == 0 ? "it" : text_bytes(&text), why);
    text_fini(&text);
    return result;
}

/* ---- Numbers --------------------------------------------------------------------------------------------------------------- */

static uint64_t from_bytes(const uint8_t *bytes, size_t count)
{
    uint64_t number = 0;
    while (count--)
        number = number << 8 | *bytes++;
    return number;
}

static void from_ip(const struct aptrace_ip *ip, struct number *number)
{
    number->family = ip->version;
    if (ip->version == 4) {
        number->value = (struct wide){{0, IPV4_BASE | from_bytes(ip->bytes, 4)}};
        number->least = (struct wide){{0, IPV4_BASE}};
        number->most = (struct wide){{0, IPV4_BASE | UINT32_MAX}};
    } else {
        number->value = (struct wide){{from_bytes(ip->bytes, 8), from_bytes(ip->bytes + 8, 8)}};
        number->least = (struct wide){{0, 0}};
        number->most = (struct wide){{ALL_BITS, ALL_BITS}};
    }
}

static int read_signed(const struct parameter_reading *reading, const char *item, uint64_t *number)
{
    int64_t with_sign;
    int result = reading->entry->of == APTRACE_TYPE_INT ? parameter_read_int(reading, item, &with_sign)
        : parameter_read_duration(reading, item, &with_sign);
    if (result == 0)
        *number = (uint64_t)with_sign ^ TOP_BIT;
    return result;
}

static int read_flag(const struct parameter_reading *reading, const char *item, uint64_t *number)
{
    bool truth;
    if (!number_bool(item, &truth))
        return refuse_quoted(reading, item, "is neither");
    *number = truth;
    return 0;
}

static int read_number(const struct parameter_reading *reading, const char *item, struct number *number)
{
    uint8_t mac[6];
    struct aptrace_ip ip;
    uint64_t *value = &number->value.part[1];
    *number = (struct number){.most = {{0, reading->entry->of == APTRACE_TYPE_MAC ? MAC_BITS : ALL_BITS}}};
    switch (reading->entry->of) {
    case APTRACE_TYPE_BOOL: return read_flag(reading, item, value);
    case APTRACE_TYPE_UINT: return parameter_read_uint(reading, item, value);
    case APTRACE_TYPE_INT:
    case APTRACE_TYPE_DURATION: return read_signed(reading, item, value);
    case APTRACE_TYPE_MAC:
        if (parameter_read_mac(reading, item, mac) != 0)
            return -1;
        *value = from_bytes(mac, sizeof mac);
        return 0;
    default:
        if (parameter_read_ip(reading, item, &ip) != 0)
            return -1;
        from_ip(&ip, number);
        return 0;
    }
}

/* ---- Ranges ---------------------------------------------------------------------------------------------------------------- */

static bool is_above(const struct wide *a, const struct wide *b)
{
    return a->part[0] > b->part[0] || (a->part[0] == b->part[0] && a->part[1] > b->part[1]);
}

static void set_range(struct aptrace_range *range, const struct wide *mask, const struct wide *low, const struct wide *high)
{
    memcpy(range->mask, mask->part, sizeof range->mask);
    memcpy(range->low, low->part, sizeof range->low);
    memcpy(range->high, high->part, sizeof range->high);
}

static const struct wide everything = {{ALL_BITS, ALL_BITS}};

/* LOW..HIGH, either of which may be left out. dots: where the two points stand in item, which is written to. */
static int read_range(const struct parameter_reading *reading, char *item, char *dots, struct aptrace_range *range)
{
    struct number low, high;
    const char *behind = dots + 2;
    if (reading->entry->of == APTRACE_TYPE_BOOL)
        return refuse_quoted(reading, item, "is a range, which true and false have none of");
    if (dots == item && *behind == '\0')
        return refuse_quoted(reading, item, "is a range without an end: write LOW.., ..HIGH, LOW..HIGH or any");
    *dots = '\0';
    if ((dots != item && read_number(reading, item, &low) != 0) || (*behind && read_number(reading, behind, &high) != 0))
        return -1;
    bool open_low = dots == item, open_high = *behind == '\0';
    *dots = '.';
    if (!open_low && !open_high && low.family != high.family)
        return refuse_quoted(reading, item, "mixes an IPv4 and an IPv6 address in one range");
    if (!open_low && !open_high && is_above(&low.value, &high.value))
        return refuse_quoted(reading, item, "has its low above its high end");
    set_range(range, &everything, open_low ? &high.least : &low.value, open_high ? &low.most : &high.value);
    return 0;
}

/* ---- Masks ----------------------------------------------------------------------------------------------------------------- */

static int set_masked(const struct parameter_reading *reading, const char *item, const struct wide *value,
                      const struct wide *mask, struct aptrace_range *range)
{
    if ((value->part[0] & ~mask->part[0]) || (value->part[1] & ~mask->part[1]))
        return refuse_quoted(reading, item, "has bits outside its mask, so that nothing could match: clear them");
    set_range(range, mask, value, value);
    return 0;
}

/* The first length bits of width, at most 64 of them. */
static uint64_t leading_bits(unsigned length, unsigned width)
{
    uint64_t all = ALL_BITS >> (64 - width);
    return length >= width ? all : all & ~(all >> length);
}

static int read_prefix(const struct parameter_reading *reading, const char *item, struct aptrace_range *range)
{
    struct aptrace_prefix prefix;
    struct number number;
    if (parameter_read_prefix(reading, item, &prefix) != 0)
        return -1;
    from_ip(&prefix.address, &number);
    unsigned length = prefix.length + (number.family == 4 ? 96 : 0);
    struct wide mask = {{leading_bits(length, 64), length > 64 ? leading_bits(length - 64, 64) : 0}};
    return set_masked(reading, item, &number.value, &mask, range);
}

/* MAC/LENGTH and MAC/MAC. */
static int read_mac_mask(const struct parameter_reading *reading, const char *behind, uint64_t *mask)
{
    uint8_t bytes[6];
    unsigned length;
    if (strlen(behind) > 3) {
        if (parameter_read_mac(reading, behind, bytes) != 0)
            return -1;
        *mask = from_bytes(bytes, sizeof bytes);
        return 0;
    }
    if (parameter_read_length(reading, behind, 48, &length) != 0)
        return -1;
    *mask = leading_bits(length, 48);
    return 0;
}

static int read_number_mask(const struct parameter_reading *reading, const char *behind, uint64_t *mask)
{
    return number_uint(behind, mask) ? 0 : refuse_quoted(reading, behind, "is no mask, which is a number, decimal or 0x");
}

/* VALUE/MASK. slash: where it stands in item, which is written to. Signed numbers are masked in two's complement: their top
 * bit is flipped in the range alone. */
static int read_masked(const struct parameter_reading *reading, char *item, char *slash, struct aptrace_range *range)
{
    uint32_t of = reading->entry->of;
    struct number number;
    struct wide mask = {{0, 0}};
    if (of == APTRACE_TYPE_IP)
        return read_prefix(reading, item, range);
    if (of == APTRACE_TYPE_BOOL || of == APTRACE_TYPE_DURATION)
        return refuse_quoted(reading, item, "has a mask, which only numbers and addresses can");
    *slash = '\0';
    if (read_number(reading, item, &number) != 0)
        return -1;
    *slash = '/';
    if ((of == APTRACE_TYPE_MAC ? read_mac_mask : read_number_mask)(reading, slash + 1, &mask.part[1]) != 0)
        return -1;
    uint64_t flip = of == APTRACE_TYPE_INT ? TOP_BIT : 0;
    number.value.part[1] ^= flip;
    if (set_masked(reading, item, &number.value, &mask, range) != 0)
        return -1;
    range->low[1] = range->high[1] = (number.value.part[1] ^ flip) & mask.part[1];
    return 0;
}

/* ---- Items and lists ------------------------------------------------------------------------------------------------------- */

static bool is_alone(const char *item)
{
    return strcmp(item, "any") == 0 || strcmp(item, "none") == 0;
}

static int read_item(const struct parameter_reading *reading, char *item, struct aptrace_range *range)
{
    static const struct wide group_bit = {{0, UINT64_C(0x010000000000)}}; /* IEEE 802, section 8.2: the I/G bit */
    struct number number;
    char *dots = strstr(item, ".."), *slash = strchr(item, '/');
    if (is_alone(item))
        return refuse_quoted(reading, item, "stands alone, not in a list");
    if (dots && slash)
        return refuse_quoted(reading, item, "is a range with a mask: write one of them");
    if (dots)
        return read_range(reading, item, dots, range);
    if (slash)
        return read_masked(reading, item, slash, range);
    if (reading->entry->of == APTRACE_TYPE_MAC && strcasecmp(item, "multicast") == 0) {
        set_range(range, &group_bit, &group_bit, &group_bit);
        return 0;
    }
    if (read_number(reading, item, &number) != 0)
        return -1;
    set_range(range, &everything, &number.value, &number.value);
    return 0;
}

size_t parameter_count_items(const char *text)
{
    size_t count = 1;
    for (; *text; text++)
        count += *text == ',';
    return count;
}

static int read_list(const struct parameter_reading *reading, struct aptrace_match *match)
{
    char *items = memory_text(reading->text), *rest = items, *item = strsep(&rest, ",");
    size_t more_count = parameter_count_items(reading->text) - 1;
    struct aptrace_range *more = more_count ? arena_new(reading->arena, more_count * sizeof *more) : NULL;
    *match = (struct aptrace_match){
        .kind = APTRACE_MATCH_RANGES, .negated = reading->negated, .more = more, .more_count = more_count};
    int result = read_item(reading, item, &match->first);
    for (size_t i = 0; i < more_count && result == 0; i++)
        result = read_item(reading, strsep(&rest, ","), &more[i]);
    free(items);
    return result;
}

/* The member may lie at any address, so that it is filled beside it. */
int parameter_read_match(const struct parameter_reading *reading, struct aptrace_match *match)
{
    const char *name = parameter_name(reading->entry);
    struct aptrace_match read = {0};
    bool any = strcmp(reading->text, "any") == 0;
    if (is_alone(reading->text) && reading->negated)
        return parameter_refuse(reading, "%s!=%s cannot be negated: write %s=%s", name, reading->text, name,
                                any ? "none" : "any");
    if (is_alone(reading->text))
        read.kind = any ? APTRACE_MATCH_PRESENT : APTRACE_MATCH_ABSENT;
    else if (read_list(reading, &read) != 0)
        return -1;
    memcpy(match, &read, sizeof read);
    return 0;
}
