/* SPDX-License-Identifier: MIT */
/* One value of each kind: from the text to the member of a predicate's state.
 *
 * What it keeps true: a text is read whole or refused with a reason of its own (empty, out of range, something behind it, not
 * of its kind at all); a member is written only when its value is good; every address that a member holds lies in the
 * arena. Members are written by memcpy, as a state of a plugin's own layout may be aligned to anything. */
#include "parameter_reading.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "field.h"
#include "filter.h"
#include "number.h"

enum { MAC_SIZE = 6 };

static void store(void *member, size_t size, uint64_t number)
{
    uint8_t n8 = (uint8_t)number;
    uint16_t n16 = (uint16_t)number;
    uint32_t n32 = (uint32_t)number;
    const void *from = size == 1 ? (const void *)&n8 : size == 2 ? (const void *)&n16 : size == 4 ? (const void *)&n32 : &number;
    memcpy(member, from, size);
}

/* ---- Numbers --------------------------------------------------------------------------------------------------------------- */

/* What a reason is said of: "it", or the part of the text that is meant. The text is the caller's to free. */
static char *subject(const struct parameter_reading *reading, const char *item)
{
    struct text text = {0};
    if (strcmp(item, reading->text) == 0)
        text_add(&text, "it");
    else
        parameter_add_excerpt(&text, item);
    return text_take(&text);
}

static int refuse_item(const struct parameter_reading *reading, const char *item, const char *reason)
{
    char *it = subject(reading, item);
    int result = item[0] == '\0' ? parameter_refuse(reading, "a value is missing")
        : parameter_refuse(reading, "%s %s", it, reason);
    free(it);
    return result;
}

static int refuse_limit(const struct parameter_reading *reading, const char *item, bool above, const char *limit)
{
    char reason[80];
    snprintf(reason, sizeof reason, "is %s %s", above ? "above" : "below", limit);
    return refuse_item(reading, item, reason);
}

/* The text of an item that is no number: because of what it is followed by, or altogether. */
static int refuse_rest(const struct parameter_reading *reading, const char *item, const char *rest)
{
    struct text text = {0};
    if (rest != item && *rest) {
        text_add(&text, "has ");
        parameter_add_excerpt(&text, rest);
        text_add(&text, " behind the number");
    } else {
        text_add(&text, "is no number");
    }
    int result = refuse_item(reading, item, text_bytes(&text));
    text_fini(&text);
    return result;
}

/* Behind the digits; null where only digits are there, which means that there are too many. */
static const char *behind_digits(const char *digits)
{
    bool hex = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
    const char *at = hex ? digits + 2 : digits;
    const char *rest = at + strspn(at, hex ? "0123456789abcdefABCDEF" : "0123456789");
    if (rest == at)
        return hex ? digits + 1 : digits;
    return *rest ? rest : NULL;
}

int parameter_read_uint(const struct parameter_reading *reading, const char *item, uint64_t *number)
{
    struct parameter_limits limits = parameter_limits_of(reading->entry);
    bool negative = item[0] == '-';
    char limit[24];
    bool is_word = reading->word && reading->word(reading->words, item, number);
    bool is_number = is_word || number_uint(item, number);
    if (is_number && *number >= limits.low && *number <= limits.high)
        return 0;
    const char *rest = is_number ? NULL : behind_digits(item + negative);
    if (rest)
        return refuse_rest(reading, item, rest == item + negative ? item : rest);
    if (negative)
        return refuse_item(reading, item, "is negative");
    bool above = !is_number || *number > limits.high;
    snprintf(limit, sizeof limit, "%" PRIu64, above ? limits.high : limits.low);
    return refuse_limit(reading, item, above, limit);
}

int parameter_read_int(const struct parameter_reading *reading, const char *item, int64_t *number)
{
    struct parameter_signed_limits limits = parameter_signed_limits_of(reading->entry);
    bool negative = item[0] == '-';
    char limit[24];
    bool is_number = number_int(item, number);
    if (is_number && *number >= limits.low && *number <= limits.high)
        return 0;
    const char *rest = is_number ? NULL : behind_digits(item + negative);
    if (rest)
        return refuse_rest(reading, item, rest == item + negative ? item : rest);
    bool above = is_number ? *number > limits.high : !negative;
    snprintf(limit, sizeof limit, "%" PRId64, above ? limits.high : limits.low);
    return refuse_limit(reading, item, above, limit);
}

/* Why a text is no duration. */
static int refuse_duration(const struct parameter_reading *reading, const char *item)
{
    static const char *const units[] = {"ns", "us", "ms", "s", "m", "h"};
    const char *unit = item + strspn(item, "0123456789.");
    bool known = false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        known = known || strcmp(unit, units[i]) == 0;
    if (item[0] == '-')
        return refuse_item(reading, item, "is negative");
    if (!isdigit((unsigned char)item[0]))
        return refuse_item(reading, item, "is no duration");
    if (*unit == '\0')
        return refuse_item(reading, item, "lacks a unit: ns, us, ms, s, m or h");
    if (!known)
        return refuse_item(reading, item, "ends in no unit: these are ns, us, ms, s, m and h");
    return refuse_item(reading, item, strchr(item, '.') ? "is finer than a nanosecond, or too long" : "is too long");
}

int parameter_read_duration(const struct parameter_reading *reading, const char *item, int64_t *duration_ns)
{
    struct parameter_signed_limits limits = parameter_signed_limits_of(reading->entry);
    struct text limit = {0};
    if (!number_duration(item, duration_ns))
        return refuse_duration(reading, item);
    if (*duration_ns >= limits.low && *duration_ns <= limits.high)
        return 0;
    bool above = *duration_ns > limits.high;
    text_add_duration(&limit, above ? limits.high : limits.low);
    refuse_limit(reading, item, above, text_bytes(&limit));
    text_fini(&limit);
    return -1;
}

static int read_double(const struct parameter_reading *reading, void *member)
{
    const struct aptrace_param *entry = reading->entry;
    const char *item = reading->text;
    double number;
    char limit[24];
    if (!number_double(item, &number)) {
        const char *rest = item + strspn(item, "0123456789.eE+-%");
        return *rest || rest == item ? refuse_rest(reading, item, rest)
            : refuse_item(reading, item, "is malformed or out of range");
    }
    bool above = entry->max >= entry->min && number > (double)entry->max;
    if (!parameter_is_bounded(entry) || !(above || number < (double)entry->min)) {
        memcpy(member, &number, sizeof number);
        return 0;
    }
    snprintf(limit, sizeof limit, "%" PRId64, above ? entry->max : entry->min);
    return refuse_limit(reading, item, above, limit);
}

static int read_bool(const struct parameter_reading *reading, void *member)
{
    bool truth;
    if (!number_bool(reading->text, &truth))
        return parameter_refuse(reading, "%s", "");
    memcpy(member, &truth, sizeof truth);
    return 0;
}

/* ---- Addresses ------------------------------------------------------------------------------------------------------------- */

static int hex_digit(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* Six bytes: 001b210aff01, or with the separator behind every group of digits. */
static bool parse_mac(const char *text, char separator, size_t group, uint8_t *bytes)
{
    for (size_t digit = 0; digit < 2 * MAC_SIZE; digit++) {
        if (group && digit > 0 && digit % group == 0 && *text++ != separator)
            return false;
        if (!isxdigit((unsigned char)*text))
            return false;
        bytes[digit / 2] = (uint8_t)(bytes[digit / 2] << 4 | hex_digit(*text++));
    }
    return *text == '\0';
}

int parameter_read_mac(const struct parameter_reading *reading, const char *item, uint8_t *bytes)
{
    if (strcasecmp(item, "broadcast") == 0) {
        memset(bytes, 0xff, MAC_SIZE);
        return 0;
    }
    if (parse_mac(item, ':', 2, bytes) || parse_mac(item, '-', 2, bytes) || parse_mac(item, '.', 4, bytes)
        || parse_mac(item, 0, 0, bytes))
        return 0;
    return refuse_item(reading, item, "is not six bytes in hex");
}

int parameter_read_ip(const struct parameter_reading *reading, const char *item, struct aptrace_ip *ip)
{
    *ip = (struct aptrace_ip){0};
    if (inet_pton(AF_INET, item, ip->bytes) == 1)
        ip->version = 4;
    else if (inet_pton(AF_INET6, item, ip->bytes) == 1)
        ip->version = 6;
    else if (strchr(item, '/'))
        return refuse_item(reading, item, "is a prefix, where one address is asked for");
    else
        return refuse_item(reading, item, strchr(item, '%') ? "names a zone, which no packet carries" : "is no address");
    return 0;
}

int parameter_read_length(const struct parameter_reading *reading, const char *item, unsigned most, unsigned *length)
{
    uint64_t number;
    char reason[80];
    if (number_uint(item, &number) && number <= most && !strpbrk(item, "xX")) {
        *length = (unsigned)number;
        return 0;
    }
    snprintf(reason, sizeof reason, "is no length of a prefix, which is 0 to %u bits", most);
    return refuse_item(reading, item, reason);
}

/* Whether a bit is set behind the first length bits. */
static bool has_rest(const uint8_t *bytes, size_t size, unsigned length)
{
    for (size_t i = length / 8; i < size; i++) {
        unsigned mask = i == length / 8 ? 0xffu >> length % 8 : 0xff;
        if (bytes[i] & mask)
            return true;
    }
    return false;
}

int parameter_read_prefix(const struct parameter_reading *reading, const char *item, struct aptrace_prefix *prefix)
{
    char *address = memory_text(item), *slash = strchr(address, '/');
    int result = -1;
    *prefix = (struct aptrace_prefix){0};
    if (slash)
        *slash = '\0';
    if (parameter_read_ip(reading, address, &prefix->address) != 0)
        goto out;
    unsigned most = prefix->address.version == 4 ? 32 : 128, length = most;
    if (slash && parameter_read_length(reading, slash + 1, most, &length) != 0)
        goto out;
    prefix->length = length;
    if (has_rest(prefix->address.bytes, most / 8, length))
        refuse_item(reading, item, "has bits behind the length of its prefix: clear them, or leave the length out");
    else
        result = 0;
out:
    free(address);
    return result;
}

static int read_address(const struct parameter_reading *reading, void *member)
{
    struct aptrace_mac mac = {{0}};
    struct aptrace_ip ip;
    struct aptrace_prefix prefix;
    uint32_t type = reading->entry->type;
    int result = type == APTRACE_TYPE_MAC ? parameter_read_mac(reading, reading->text, mac.bytes)
        : type == APTRACE_TYPE_IP ? parameter_read_ip(reading, reading->text, &ip)
        : parameter_read_prefix(reading, reading->text, &prefix);
    if (result != 0)
        return -1;
    const void *from = type == APTRACE_TYPE_MAC ? (const void *)&mac : type == APTRACE_TYPE_IP ? (const void *)&ip : &prefix;
    memcpy(member, from, reading->entry->size);
    return 0;
}

/* ---- Bytes ----------------------------------------------------------------------------------------------------------------- */

static bool is_separator(char c)
{
    return c == ':' || c == '-' || c == ' ' || c == '.';
}

/* Digits into bytes, and their mask. -1 after refusing. The arrays hold a byte for every two characters. */
static int read_digits(const struct parameter_reading *reading, const char *at, uint8_t *bytes, uint8_t *mask, size_t *length)
{
    bool stars = reading->entry->type == APTRACE_TYPE_PATTERN;
    size_t digits = 0;
    for (; *at; at++) {
        bool star = stars && *at == '*';
        if (is_separator(*at)) {
            if (digits == 0 || is_separator(at[1]) || at[1] == '\0')
                return parameter_refuse(reading, "a separator stands between bytes only");
            if (digits % 2)
                return parameter_refuse(reading, "a separator splits a byte, which is two digits");
            continue;
        }
        if (!star && !isxdigit((unsigned char)*at))
            return parameter_refuse(reading, "'%c' is no hex digit", isprint((unsigned char)*at) ? *at : '?');
        bytes[digits / 2] = (uint8_t)(bytes[digits / 2] << 4 | (star ? 0 : hex_digit(*at)));
        mask[digits / 2] = (uint8_t)(mask[digits / 2] << 4 | (star ? 0 : 0xf));
        digits++;
    }
    *length = digits / 2;
    return digits % 2 ? parameter_refuse(reading, "%zu digits are no whole number of bytes", digits) : 0;
}

static int read_bytes(const struct parameter_reading *reading, void *member)
{
    const char *text = reading->text;
    bool prefixed = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    size_t room = strlen(text) / 2 + 1, length = 0;
    uint8_t *bytes = arena_new(reading->arena, room), *mask = arena_new(reading->arena, room);
    struct parameter_limits limits = parameter_limits_of(reading->entry);
    if (read_digits(reading, prefixed ? text + 2 : text, bytes, mask, &length) != 0)
        return -1;
    if (length == 0)
        return parameter_refuse(reading, "it has no digits");
    if (parameter_is_bounded(reading->entry) && (length < limits.low || length > limits.high))
        return parameter_refuse(reading, "its length is %zu", length);
    struct aptrace_bytes plain = {bytes, length};
    struct aptrace_pattern pattern = {bytes, mask, length};
    memcpy(member, reading->entry->type == APTRACE_TYPE_BYTES ? (const void *)&plain : &pattern, reading->entry->size);
    return 0;
}

/* ---- Texts, choices, filters ----------------------------------------------------------------------------------------------- */

static int read_string(const struct parameter_reading *reading, void *member)
{
    const char *copy = arena_text(reading->arena, reading->text);
    memcpy(member, &copy, sizeof copy);
    return 0;
}

static int read_choice(const struct parameter_reading *reading, void *member)
{
    size_t length;
    for (size_t i = 0;; i++) {
        const char *choice = parameter_choice(reading->entry->choices, i, &length);
        if (!choice)
            return parameter_refuse(reading, "%s", "");
        if (strlen(reading->text) == length && memcmp(choice, reading->text, length) == 0) {
            store(member, reading->entry->size, i);
            return 0;
        }
    }
}

/* Without a place to leave it, only the text is looked at. What it means is known once link types are. */
static int read_filter(const struct parameter_reading *reading, void *member)
{
    if (!reading->filter)
        return 0;
    const struct aptrace_filter *filter = *reading->filter = filter_new(reading->text);
    memcpy(member, &filter, sizeof filter);
    return 0;
}

/* ---- Sources --------------------------------------------------------------------------------------------------------------- */

static int refuse_source(const struct parameter_reading *reading, const char *name)
{
    const struct source_list *sources = reading->sources;
    struct text text = {0};
    text_add(&text, sources->count ? "is no source; there are " : "is no source; there are none");
    for (size_t i = 0; i < sources->count && text.length < 512; i++)
        text_add(&text, "%s%s", i ? ", " : "", sources->sources[i].name);
    int result = refuse_item(reading, name, text_bytes(&text));
    text_fini(&text);
    return result;
}

/* Marks the sources of a name: the one so called, those of a file that was given that name, those of the file itself. These
 * are the names that --on takes too. Returns how many. */
static size_t mark_sources(const struct source_list *sources, const char *name, bool *marked)
{
    size_t count = 0;
    for (size_t i = 0; i < sources->count; i++) {
        const struct source *source = &sources->sources[i];
        if (source_is_called(source, name)) {
            marked[i] = true;
            count++;
        }
    }
    return count;
}

static int read_source(const struct parameter_reading *reading, void *member)
{
    if (!reading->sources)
        return 0;
    uint32_t number = source_find(reading->sources, reading->text);
    bool *marked = memory_new(reading->sources->count, sizeof *marked);
    size_t count = number ? 1 : mark_sources(reading->sources, reading->text, marked);
    for (size_t i = 0; i < reading->sources->count && number == 0; i++)
        number = marked[i] ? (uint32_t)(i + 1) : 0;
    free(marked);
    if (count == 0)
        return refuse_source(reading, reading->text);
    if (count > 1)
        return parameter_refuse(reading, "that names %zu sources, the first of them %s", count,
                                source_get(reading->sources, number)->name);
    memcpy(member, &number, sizeof number);
    return 0;
}

static void store_sources(const struct parameter_reading *reading, const bool *marked, void *member)
{
    uint32_t *numbers = arena_new(reading->arena, reading->sources->count * sizeof *numbers);
    struct aptrace_sources set = {numbers, 0};
    for (size_t i = 0; i < reading->sources->count; i++) {
        if (marked[i])
            numbers[set.count++] = (uint32_t)(i + 1);
    }
    memcpy(member, &set, sizeof set);
}

static int read_sources(const struct parameter_reading *reading, void *member)
{
    if (!reading->sources)
        return 0;
    bool *marked = memory_new(reading->sources->count, sizeof *marked);
    char *names = memory_text(reading->text);
    int result = 0;
    for (char *rest = names, *name; result == 0 && (name = strsep(&rest, ",")) != NULL;) {
        if (mark_sources(reading->sources, name, marked) == 0)
            result = refuse_source(reading, name);
    }
    if (result == 0)
        store_sources(reading, marked, member);
    free(names);
    free(marked);
    return result;
}

/* ---- Any kind -------------------------------------------------------------------------------------------------------------- */

static int read_number(const struct parameter_reading *reading, void *member)
{
    uint64_t number;
    int64_t with_sign;
    uint32_t type = reading->entry->type;
    if (type == APTRACE_TYPE_UINT && parameter_read_uint(reading, reading->text, &number) != 0)
        return -1;
    if (type == APTRACE_TYPE_INT && parameter_read_int(reading, reading->text, &with_sign) != 0)
        return -1;
    if (type == APTRACE_TYPE_DURATION && parameter_read_duration(reading, reading->text, &with_sign) != 0)
        return -1;
    store(member, reading->entry->size, type == APTRACE_TYPE_UINT ? number : (uint64_t)with_sign);
    return 0;
}

static int read_field(const struct parameter_reading *reading, void *member)
{
    struct aptrace_field *field = arena_new(reading->arena, sizeof *field);
    struct error why = {""};
    if (field_find(reading->text, field, reading->arena, &why) != 0)
        return parameter_refuse(reading, "%s", why.text);
    memcpy(member, &field, sizeof field);
    return 0;
}

int parameter_read(const struct parameter_reading *reading, void *member)
{
    uint32_t type = reading->entry->type;
    const char *name = parameter_name(reading->entry);
    if (reading->negated && type != APTRACE_TYPE_MATCH)
        return parameter_refuse(reading, "%s!= asks for all but a value, which only a match can do: write %s=VALUE", name, name);
    if (reading->text[0] == '\0' && type != APTRACE_TYPE_STRING)
        return parameter_refuse(reading, "write %s=VALUE", name);
    switch (type) {
    case APTRACE_TYPE_BOOL: return read_bool(reading, member);
    case APTRACE_TYPE_INT:
    case APTRACE_TYPE_UINT:
    case APTRACE_TYPE_DURATION: return read_number(reading, member);
    case APTRACE_TYPE_DOUBLE: return read_double(reading, member);
    case APTRACE_TYPE_STRING: return read_string(reading, member);
    case APTRACE_TYPE_MAC:
    case APTRACE_TYPE_IP:
    case APTRACE_TYPE_PREFIX: return read_address(reading, member);
    case APTRACE_TYPE_BYTES:
    case APTRACE_TYPE_PATTERN: return read_bytes(reading, member);
    case APTRACE_TYPE_CHOICE: return read_choice(reading, member);
    case APTRACE_TYPE_FILTER: return read_filter(reading, member);
    case APTRACE_TYPE_SOURCE: return read_source(reading, member);
    case APTRACE_TYPE_SOURCES: return read_sources(reading, member);
    case APTRACE_TYPE_FIELD: return read_field(reading, member);
    default: return parameter_read_match(reading, member);
    }
}
