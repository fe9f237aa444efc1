/* SPDX-License-Identifier: MIT */
/* Texts that grow: messages, reports and recordings are put together here.
 *
 * What it keeps true: a text that is not empty is closed by a zero behind its length, whatever its bytes are; what is added
 * is added whole. The additions that convert (shell words, UTF-8, seconds, grouped digits) are the only ones of their kind,
 * so that every report writes these things alike, whatever the locale is. */
#include "text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

enum { TEXT_FIRST = 64 };

/* Room for length more bytes and the zero. */
static char *text_room(struct text *text, size_t length)
{
    size_t wanted = text->length + length + 1;
    if (wanted > text->capacity) {
        size_t capacity = text->capacity ? text->capacity : TEXT_FIRST;
        while (capacity < wanted)
            capacity *= 2;
        char *grown = memory_new(capacity, 1);
        if (text->length)
            memcpy(grown, text->bytes, text->length);
        free(text->bytes);
        text->bytes = grown;
        text->capacity = capacity;
    }
    return text->bytes + text->length;
}

void text_fini(struct text *text)
{
    free(text->bytes);
    *text = (struct text){0};
}

const char *text_bytes(const struct text *text)
{
    return text->bytes ? text->bytes : "";
}

char *text_take(struct text *text)
{
    char *taken = text->bytes ? text->bytes : memory_text("");
    *text = (struct text){0};
    return taken;
}

void text_add(struct text *text, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length > 0) {
        vsnprintf(text_room(text, (size_t)length), (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
}

void text_add_bytes(struct text *text, const char *bytes, size_t length)
{
    if (length == 0)
        return;
    char *end = text_room(text, length);
    memcpy(end, bytes, length);
    end[length] = '\0';
    text->length += length;
}

/* Bytes that no shell gives a meaning to, wherever they stand. "!" is harmless before "=" alone: bash and zsh take any other
 * for a reference to their history. */
static bool shell_is_plain(const char *word)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:,@%+=";
    if (*word == '\0' || *word == '=')
        return false;
    for (; *word; word++) {
        bool negation = word[0] == '!' && word[1] == '=';
        if (!strchr(plain, *word) && !negation)
            return false;
    }
    return true;
}

void text_add_shell_word(struct text *text, const char *word)
{
    if (shell_is_plain(word)) {
        text_add_bytes(text, word, strlen(word));
        return;
    }
    text_add_bytes(text, "'", 1);
    for (; *word; word++)
        text_add_bytes(text, *word == '\'' ? "'\\''" : word, *word == '\'' ? 4 : 1);
    text_add_bytes(text, "'", 1);
}

/* The bytes of the character that begins here, 0 where none does: RFC 3629, section 4, so neither overlong forms nor
 * surrogates nor numbers beyond 10FFFF. */
size_t text_utf8_length(const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    unsigned char lead = length ? bytes[0] : 0x80, low = 0x80, high = 0xbf;
    if (lead < 0x80)
        return 1;
    if (lead < 0xc2 || lead > 0xf4)
        return 0;
    size_t wanted = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (length < wanted)
        return 0;
    low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : low;
    high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : high;
    if (bytes[1] < low || bytes[1] > high)
        return 0;
    for (size_t i = 2; i < wanted; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
    }
    return wanted;
}

const char *text_last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

void text_add_utf8(struct text *text, const char *bytes, size_t length)
{
    size_t at = 0;
    while (at < length) {
        size_t good = text_utf8_length(bytes + at, length - at);
        if (good)
            text_add_bytes(text, bytes + at, good);
        else
            text_add_bytes(text, "\xef\xbf\xbd", 3); /* U+FFFD */
        at += good ? good : 1;
    }
}

void text_add_seconds(struct text *text, int64_t time_ns)
{
    uint64_t size = time_ns < 0 ? -(uint64_t)time_ns : (uint64_t)time_ns;
    uint64_t fraction = size % 1000000000;
    int digits = 9;
    if (time_ns == 0) {
        text_add(text, "+0 s");
        return;
    }
    for (; digits > 3 && fraction % 1000 == 0; digits -= 3)
        fraction /= 1000;
    text_add(text, "%c%" PRIu64 ".%0*" PRIu64 " s", time_ns < 0 ? '-' : '+', size / 1000000000, digits, fraction);
}

void text_add_duration(struct text *text, int64_t duration_ns)
{
    static const struct { const char *name; int64_t ns; } units[] = {{"s", 1000000000}, {"ms", 1000000}, {"us", 1000}, {"ns", 1}};
    size_t i = 0;
    while (duration_ns % units[i].ns != 0)
        i++;
    text_add(text, "%" PRId64 "%s", duration_ns / units[i].ns, units[i].name);
}

void text_add_grouped(struct text *text, uint64_t number)
{
    if (number >= 1000) {
        text_add_grouped(text, number / 1000);
        text_add(text, ",%03u", (unsigned)(number % 1000));
    } else {
        text_add(text, "%u", (unsigned)number);
    }
}
