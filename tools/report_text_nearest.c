/* SPDX-License-Identifier: MIT */
/* The nearest miss in the text report: the packet that came closest, what was wanted of it over what it had, and a hint.
 *
 * Most failures of a dataplane test are one field: a MAC address whose last byte is another port's, a TTL that nobody took
 * down, a port number in the wrong byte order. A person finds that by comparing two long texts; the report does it for them.
 *
 * A hint says what can be seen ("last byte"), or names a cause that fits. Causes come from the short list below alone, are
 * marked "likely", and decide nothing. */
#include "report_text_parts.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "core/number.h"
#include "report_phrase.h"

size_t text_column(const struct text *text)
{
    const char *bytes = text_bytes(text);
    const char *line = strrchr(bytes, '\n');
    return strlen(line ? line + 1 : bytes);
}

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
static bool add_byte_hint(struct text *text, const char *wanted, const char *got)
{
    const char *want_groups[8], *got_groups[8];
    size_t want_lengths[8], got_lengths[8], different = 0, where = 0;
    size_t count = address_groups(wanted, want_groups, want_lengths);
    if (count == 0 || address_groups(got, got_groups, got_lengths) != count)
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

static bool add_number_hint(struct text *text, const char *field, const char *wanted, const char *got)
{
    bool lifetime = strcmp(field, "ip.ttl") == 0 || strcmp(field, "ipv6.hlim") == 0;
    uint64_t want, have;
    if (!number_uint(wanted, &want) || !number_uint(got, &have))
        return false;
    if (lifetime && have == want + 1)
        text_add(text, "one higher; likely it was not routed");
    else if (lifetime && have + 1 == want)
        text_add(text, "one lower; likely it was routed once more");
    else if (want != have && want <= UINT16_MAX && have == (uint64_t)__builtin_bswap16((uint16_t)want))
        text_add(text, "its bytes swapped; likely a wrong byte order");
    else
        return false;
    return true;
}

static void add_difference(struct text *text, const struct document_difference *difference, size_t width)
{
    struct text hint = {0};
    text_add(text, TEXT_DEEPER "%-*s   wanted ", (int)width, difference->field);
    phrase_add_line(text, difference->wanted);
    text_add(text, "\n" TEXT_DEEPER "%-*s   got    ", (int)width, "");
    phrase_add_line(text, difference->got);
    if (add_byte_hint(&hint, difference->wanted, difference->got) ||
        add_number_hint(&hint, difference->field, difference->wanted, difference->got))
        text_add(text, "     <- %s", text_bytes(&hint));
    text_add(text, "\n");
    text_fini(&hint);
}

/* A predicate's own text often says in prose what the differences say field by field. */
static bool is_said_by_differences(const struct document_expectation *expectation)
{
    for (size_t i = 0; i < expectation->difference_count; i++) {
        const struct document_difference *difference = &expectation->differences[i];
        if (!strstr(expectation->nearest_text, difference->field) || !strstr(expectation->nearest_text, difference->got))
            return false;
    }
    return expectation->difference_count > 0;
}

static void add_differences(struct text *text, const struct document_expectation *expectation)
{
    size_t width = 0;
    for (size_t i = 0; i < expectation->difference_count; i++) {
        size_t length = strlen(expectation->differences[i].field);
        width = length > width ? length : width;
    }
    for (size_t i = 0; i < expectation->difference_count; i++)
        add_difference(text, &expectation->differences[i], width);
}

static void add_nearest_text(struct text *text, const struct document_expectation *expectation)
{
    const char *bytes = expectation->nearest_text;
    bool inline_text = expectation->difference_count == 0 && !strchr(bytes, '\n') &&
                       text_column(text) + strlen(bytes) < TEXT_WIDTH;
    if (inline_text)
        text_add(text, " ");
    else
        text_add(text, "%s" TEXT_DEEPER, expectation->difference_count == 0 ? "\n" : "");
    phrase_add_visible(text, bytes, "\n" TEXT_DEEPER);
    text_add(text, "\n");
}

void text_add_nearest(struct text *text, const struct document_expectation *expectation)
{
    bool own_text = expectation->nearest_text && *expectation->nearest_text && !is_said_by_differences(expectation);
    text_add(text, "Nearest is ");
    phrase_add_packet_at(text, expectation->nearest);
    text_add(text, "%s", own_text || expectation->difference_count > 0 ? ":" : ".\n");
    if (expectation->difference_count > 0) {
        text_add(text, "\n");
        add_differences(text, expectation);
    }
    if (own_text)
        add_nearest_text(text, expectation);
}
