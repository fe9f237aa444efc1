/* SPDX-License-Identifier: MIT */
/* The words of a description's line: split, expanded, and read as numbers, times and addresses.
 *
 * Every reader here takes the whole word or says what it expected and what it got, with file and line. A word is never taken
 * for less than it says: 10x is no number, 300 no byte. */
#include "tools/trace_make.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int words_fail(const struct words *words, const char *format, ...)
{
    va_list arguments;
    fprintf(stderr, "%s:%zu: ", words->file, words->line);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return -1;
}

/* ---- Splitting and expanding ---- */

static void append(struct words *words, const char *bytes, size_t length)
{
    if (words->count == words->capacity) {
        words->capacity = words->capacity * 2 + 16;
        words->list = realloc(words->list, words->capacity * sizeof *words->list);
    }
    char *word = words->list ? malloc(length + 1) : NULL;
    if (!word) {
        fputs("trace-make: out of memory\n", stderr);
        exit(EXIT_FAILURE);
    }
    memcpy(word, bytes, length);
    word[length] = '\0';
    words->list[words->count++] = word;
}

int words_split(struct words *words, const char *text)
{
    while (*(text += strspn(text, " \t\r\n")) != '\0' && *text != '#') {
        size_t length = *text == '"' ? 1 + strcspn(text + 1, "\"") : strcspn(text, " \t\r\n");
        append(words, text, length);
        text += length;
        if (words->list[words->count - 1][0] != '"')
            continue;
        if (*text++ != '"')
            return words_fail(words, "expected a closing \", got the end of the line");
    }
    return 0;
}

void words_fini(struct words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->list[i]);
    free(words->list);
    words->list = NULL;
    words->count = words->capacity = words->next = 0;
}

bool words_vary(const struct words *words)
{
    for (size_t i = 0; i < words->count; i++) {
        if (strchr(words->list[i], '{'))
            return true;
    }
    return false;
}

/* {n}, {n+1}, {n*2%8:x}; at is behind the n. */
static const char *calculate(const char *at, uint64_t *value, bool *hex)
{
    while (*at != '\0' && strchr("+-*%", *at)) {
        char operator = *at++, *end;
        if (!isdigit((unsigned char)*at))
            return NULL;
        uint64_t number = strtoull(at, &end, 0);
        at = end;
        if (operator == '%' && number == 0)
            return NULL;
        switch (operator) {
        case '+': *value += number; break;
        case '-': *value -= number; break;
        case '*': *value *= number; break;
        default: *value %= number; break;
        }
    }
    *hex = strncmp(at, ":x", 2) == 0;
    at += *hex ? 2 : 0;
    return *at == '}' ? at + 1 : NULL;
}

static int expand(const struct words *words, const char *word, uint64_t n, struct bytes *out)
{
    char digits[32];
    for (const char *at = word; *at != '\0';) {
        bool hex;
        uint64_t value = n;
        if (*at != '{') {
            bytes_add(out, at++, 1);
            continue;
        }
        at = at[1] == 'n' ? calculate(at + 2, &value, &hex) : NULL;
        if (!at)
            return words_fail(words, "%s: expected {n} or a calculation such as {n+1} or {n*2%%8:x}", word);
        bytes_add(out, digits, (size_t)snprintf(digits, sizeof digits, hex ? "%02llx" : "%llu", (unsigned long long)value));
    }
    return 0;
}

int words_expand(const struct words *from, uint64_t n, struct words *copy)
{
    int result = 0;
    struct bytes word = {0};
    words_fini(copy);
    copy->file = from->file;
    copy->line = from->line;
    for (size_t i = from->next; i < from->count && result == 0; i++) {
        word.length = 0;
        result = expand(from, from->list[i], n, &word);
        append(copy, word.at ? (const char *)word.at : "", word.length);
    }
    bytes_fini(&word);
    return result;
}

/* ---- One word at a time ---- */

const char *words_peek(const struct words *words)
{
    return words->next < words->count ? words->list[words->next] : NULL;
}

const char *words_got(const struct words *words)
{
    const char *word = words_peek(words);
    return word ? word : "the end of the line";
}

bool words_in_layer(const struct words *words)
{
    const char *word = words_peek(words);
    return word && strcmp(word, "|") != 0;
}

bool words_skip(struct words *words, const char *word)
{
    const char *next = words_peek(words);
    if (!next || strcmp(next, word) != 0)
        return false;
    words->next++;
    return true;
}

int words_number(struct words *words, const char *what, uint64_t max, uint64_t *number)
{
    const char *word = words_peek(words);
    char *end;
    errno = 0;
    *number = word && isdigit((unsigned char)*word) ? strtoull(word, &end, strncmp(word, "0x", 2) == 0 ? 16 : 10) : 0;
    if (!word || !isdigit((unsigned char)*word) || *end != '\0' || errno || *number > max)
        return words_fail(words, "%s: expected a number from 0 to %llu, got %s", what, (unsigned long long)max, words_got(words));
    words->next++;
    return 0;
}

int words_text(struct words *words, const char *what, const char **text)
{
    const char *word = words_peek(words);
    if (!word || *word != '"')
        return words_fail(words, "%s: expected a text in \"quotes\", got %s", what, words_got(words));
    *text = word + 1;
    words->next++;
    return 0;
}

/* Digits before the point go up to seconds, those behind it down to nanoseconds: all in whole numbers. */
static const char *read_decimal(const char *at, int64_t unit_ns, int64_t *time_ns)
{
    int64_t whole = 0, fraction = 0, scale = unit_ns;
    const char *begin = at;
    for (; isdigit((unsigned char)*at) && whole < INT64_C(1000000000000); at++)
        whole = whole * 10 + (*at - '0');
    if (*at == '.' && at != begin) {
        for (at++; isdigit((unsigned char)*at); at++) {
            scale /= 10;
            fraction += scale * (*at - '0');
        }
    }
    bool fits = !__builtin_mul_overflow(whole, unit_ns, time_ns) && !__builtin_add_overflow(*time_ns, fraction, time_ns);
    return at != begin && fits ? at : NULL;
}

static int64_t unit_of(const char *word)
{
    static const struct { const char *name; int64_t ns; } units[] = {{"s", 1000000000}, {"ms", 1000000}, {"us", 1000}, {"ns", 1}};
    const char *name = word + strspn(word, "0123456789.");
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(name, units[i].name) == 0)
            return units[i].ns;
    }
    return *name == '\0' ? units[0].ns : 0;
}

int words_time(struct words *words, const char *what, int64_t *time_ns)
{
    const char *word = words_peek(words);
    const char *digits = word && *word == '+' ? word + 1 : word;
    bool negative = digits && *digits == '-';
    if (negative)
        digits++;
    int64_t unit_ns = digits ? unit_of(digits) : 0;
    const char *end = unit_ns ? read_decimal(digits, unit_ns, time_ns) : NULL;
    if (!end || end != digits + strspn(digits, "0123456789."))
        return words_fail(words, "%s: expected a time such as 1.5, 20ms or 3us, got %s", what, words_got(words));
    if (negative)
        *time_ns = -*time_ns;
    words->next++;
    return 0;
}

static int hex_digit(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 : -1;
}

int words_mac(struct words *words, const char *what, uint8_t mac[6])
{
    const char *at = words_peek(words);
    for (unsigned i = 0; i < 6 && at; i++) {
        int high = hex_digit(at[0]), low = high < 0 ? -1 : hex_digit(at[1]);
        if (low < 0 || at[2] != (i < 5 ? ':' : '\0')) {
            at = NULL;
            break;
        }
        mac[i] = (uint8_t)(high << 4 | low);
        at += 3;
    }
    if (!at)
        return words_fail(words, "%s: expected an address such as 00:00:00:00:00:01, got %s", what, words_got(words));
    words->next++;
    return 0;
}

int words_address(struct words *words, const char *what, int family, uint8_t *address)
{
    const char *word = words_peek(words);
    if (!word || inet_pton(family, word, address) != 1)
        return words_fail(words, "%s: expected an address such as %s, got %s", what,
                          family == AF_INET ? "10.0.0.1" : "2001:db8::1", words_got(words));
    words->next++;
    return 0;
}

int words_hex(struct words *words, struct bytes *bytes)
{
    for (; words_in_layer(words); words->next++) {
        const char *word = words_peek(words);
        for (size_t i = 0; word[i] != '\0'; i += 2) {
            int high = hex_digit(word[i]), low = high < 0 ? -1 : hex_digit(word[i + 1]);
            if (low < 0)
                return words_fail(words, "expected bytes of two hex digits, got %s", word);
            bytes_add(bytes, &(uint8_t){(uint8_t)(high << 4 | low)}, 1);
        }
    }
    return 0;
}

static int fail_field(const struct words *words, const char *layer, const struct words_field *fields, size_t count)
{
    char names[512] = "";
    size_t length = 0;
    for (size_t i = 0; i < count && length < sizeof names; i++)
        length += (size_t)snprintf(names + length, sizeof names - length, "%s%s%s", i ? ", " : "", fields[i].name,
                                   fields[i].max ? " N" : "");
    return words_fail(words, "%s: expected %s%s, got %s", layer, count ? "one of " : "no more words", names, words_got(words));
}

int words_fields(struct words *words, const char *layer, const struct words_field *fields, size_t count)
{
    char what[64];
    while (words_in_layer(words)) {
        size_t i = 0;
        while (i < count && !words_skip(words, fields[i].name))
            i++;
        if (i == count)
            return fail_field(words, layer, fields, count);
        snprintf(what, sizeof what, "%s %s", layer, fields[i].name);
        *fields[i].value = 1;
        if (fields[i].max && words_number(words, what, fields[i].max, fields[i].value) != 0)
            return -1;
        if (fields[i].given)
            *fields[i].given = true;
    }
    return 0;
}
