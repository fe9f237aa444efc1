/* SPDX-License-Identifier: MIT */
/* Hints: what a person who knows networks sees at once in a difference, said for one who does not, or is tired.
 *
 * A hint says what can be seen ("last byte"), or names a cause that fits. Causes come from the short list below alone, follow
 * from the differences and from nothing else, are marked "likely", and decide nothing. Where none fits, nothing is said: a wrong
 * hint costs more than none. */
#include "report_hint.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "number.h"

enum { ETHERNET_LEAST = 60, ETHERNET_MOST = 1518 }; /* frames as captured: without the checksum, and with a margin for it */

/* ---- Fields and values ---- */

/* A field's name without the ways in which it may be asked for: "inner.vlan.id#2" is vlan.id, one tunnel deep, the second. */
struct asked { const char *name; size_t length; unsigned depth; unsigned long occurrence; };

static struct asked asked_of(const char *field)
{
    struct asked asked = {.name = field};
    for (; strncmp(asked.name, "inner.", 6) == 0; asked.depth++)
        asked.name += 6;
    asked.length = strcspn(asked.name, "#");
    if (asked.name[asked.length] == '#')
        asked.occurrence = strtoul(asked.name + asked.length + 1, NULL, 10);
    return asked;
}

static bool is_field(const char *field, const char *name)
{
    struct asked asked = asked_of(field);
    return strlen(name) == asked.length && strncmp(asked.name, name, asked.length) == 0;
}

/* The same field of another occurrence. */
static bool is_beside(const struct asked *asked, const struct asked *other)
{
    if (asked->length != other->length || strncmp(asked->name, other->name, asked->length) != 0 || asked->depth != other->depth)
        return false;
    return asked->occurrence != 0 && other->occurrence != 0 && asked->occurrence != other->occurrence;
}

static bool is_none(const char *value)
{
    return strcmp(value, "none") == 0;
}

/* The largest number that was wanted: of a number, or of a range. */
static bool read_most(const char *wanted, uint64_t *most)
{
    const char *dots = strstr(wanted, "..");
    return number_uint(dots ? dots + 2 : wanted, most);
}

/* ---- One difference alone ---- */

/* Splits a MAC or IPv4 address at its separators. Returns how many groups there are; 0 where it is neither. */
static size_t address_groups(const char *text, const char *groups[8], size_t lengths[8])
{
    char separator = strchr(text, ':') ? ':' : '.';
    size_t count = 0;
    for (const char *c = text; count < 8; c++) {
        const char *begin = c;
        while (isxdigit((unsigned char)*c))
            c++;
        if (c == begin || c - begin > 3 || (*c && *c != separator))
            return 0;
        groups[count] = begin;
        lengths[count++] = (size_t)(c - begin);
        if (!*c)
            return count == (separator == ':' ? 6 : 4) ? count : 0;
    }
    return 0;
}

/* "last byte": two addresses of a kind that differ in one byte. */
static bool add_byte_hint(struct text *text, const struct document_difference *difference)
{
    const char *want_groups[8], *got_groups[8];
    size_t want_lengths[8], got_lengths[8], different = 0, where = 0;
    size_t count = address_groups(difference->wanted, want_groups, want_lengths);
    if (count == 0 || address_groups(difference->got, got_groups, got_lengths) != count)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (want_lengths[i] != got_lengths[i] || strncasecmp(want_groups[i], got_groups[i], want_lengths[i]) != 0) {
            different++;
            where = i;
        }
    }
    if (different != 1)
        return false;
    if (where == 0 || where == count - 1)
        text_add(text, "%s byte", where == 0 ? "first" : "last");
    else
        text_add(text, "byte %zu", where + 1);
    return true;
}

static bool is_swapped(uint64_t want, uint64_t have)
{
    if (want == have)
        return false;
    if (want <= UINT16_MAX && have == (uint64_t)__builtin_bswap16((uint16_t)want))
        return true;
    return want <= UINT32_MAX && have == (uint64_t)__builtin_bswap32((uint32_t)want);
}

static bool add_number_hint(struct text *text, const struct document_difference *difference)
{
    const char *field = difference->field;
    bool lifetime = is_field(field, "ip.ttl") || is_field(field, "ipv6.hlim") || is_field(field, "mpls.ttl");
    uint64_t want, have;
    if (!number_uint(difference->wanted, &want) || !number_uint(difference->got, &have))
        return false;
    if (lifetime && have == want + 1)
        text_add(text, "one higher; likely it was not routed");
    else if (lifetime && have + 1 == want)
        text_add(text, "one lower; likely it was routed once more");
    else if (is_swapped(want, have))
        text_add(text, "its bytes swapped; likely a wrong byte order");
    else
        return false;
    return true;
}

static bool add_length_hint(struct text *text, const struct document_difference *difference)
{
    uint64_t most, have;
    bool numbers = read_most(difference->wanted, &most) && number_uint(difference->got, &have);
    if (!numbers || !is_field(difference->field, "frame.len"))
        return false;
    if (have == ETHERNET_LEAST && most < have)
        text_add(text, "likely padded to %d bytes, the least that Ethernet has", ETHERNET_LEAST);
    else if (have > ETHERNET_MOST && most < have)
        text_add(text, "longer than an Ethernet frame; likely several packets, merged by offload");
    else
        return false;
    return true;
}

static bool is_tag(uint64_t type) /* IEEE 802.1Q clause 9.6, and what came before it */
{
    return type == 0x8100 || type == 0x88a8 || type == 0x9100;
}

static bool add_type_hint(struct text *text, const struct document_difference *difference)
{
    uint64_t want, have;
    bool numbers = number_uint(difference->wanted, &want) && number_uint(difference->got, &have);
    if (!numbers || !is_field(difference->field, "eth.type") || is_tag(want) == is_tag(have))
        return false;
    text_add(text, is_tag(want) ? "likely the VLAN tag is missing" : "likely a VLAN tag was left on");
    return true;
}

static bool add_checksum_hint(struct text *text, const struct document_difference *difference)
{
    static const char left[] = "(left to the card)";
    size_t length = strlen(difference->got);
    if (length < sizeof left - 1 || strcmp(difference->got + length - (sizeof left - 1), left) != 0)
        return false;
    text_add(text, "likely captured before the card had computed it");
    return true;
}

/* ---- VLAN tags: one difference among others ---- */

/* The difference by which the value that was wanted here stands in another tag; null: none. */
static const struct document_difference *find_moved(const struct document_expectation *expectation, size_t i)
{
    struct asked asked = asked_of(expectation->differences[i].field);
    for (size_t j = 0; j < expectation->difference_count; j++) {
        const struct document_difference *there = &expectation->differences[j];
        struct asked other = asked_of(there->field);
        if (is_beside(&asked, &other) && strcmp(there->got, expectation->differences[i].wanted) == 0)
            return there;
    }
    return NULL;
}

static bool add_tag_hint(struct text *text, const struct document_expectation *expectation, size_t i)
{
    const struct document_difference *difference = &expectation->differences[i];
    const struct document_difference *moved = find_moved(expectation, i);
    if (strncmp(asked_of(difference->field).name, "vlan.", 5) != 0 || is_none(difference->wanted))
        return false;
    if (moved)
        text_add(text, "it stands in the %s tag; likely the tags are in another order",
                 asked_of(moved->field).occurrence < asked_of(difference->field).occurrence ? "outer" : "inner");
    else if (is_none(difference->got))
        text_add(text, "likely the VLAN tag is missing");
    else
        return false;
    return true;
}

bool hint_add(struct text *text, const struct document_expectation *expectation, size_t i)
{
    const struct document_difference *difference = &expectation->differences[i];
    return add_tag_hint(text, expectation, i) || add_byte_hint(text, difference) || add_type_hint(text, difference)
        || add_length_hint(text, difference) || add_checksum_hint(text, difference) || add_number_hint(text, difference);
}
