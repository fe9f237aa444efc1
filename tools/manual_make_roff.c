/* SPDX-License-Identifier: MIT */
/* Words as mdoc(7): what a person or a table says, so that no letter of it is taken for a request.
 *
 * What it keeps true: what can be typed comes out as it is typed. A stroke, a quote or a tilde that roff would make pretty is
 * escaped in displays, in macros, and in prose where the word is no plain one. Each sentence stands on a line of its own, as
 * mandoc(1) asks, so that the formatter knows its end. */
#include "tools/manual_make.h"

#include <ctype.h>
#include <string.h>

/* What stands for a byte where it must come out as typed; null: it stands for itself. */
static const char *typed(char byte)
{
    switch (byte) {
    case '\\': return "\\e";
    case '-': return "\\-";
    case '\'': return "\\(aq";
    case '`': return "\\(ga";
    case '^': return "\\(ha";
    case '~': return "\\(ti";
    case '"': return "\\(dq";
    default: return NULL;
    }
}

static void add_typed(struct text *page, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        const char *escape = typed(bytes[i]);
        text_add_bytes(page, escape ? escape : bytes + i, escape ? strlen(escape) : 1);
    }
}

/* A line that begins with a point or a quote would be a request. */
static void add_guard(struct text *page, char first)
{
    if (first == '.' || first == '\'')
        text_add(page, "\\&");
}

void roff_add_literal(struct text *page, const char *line)
{
    add_guard(page, *line);
    add_typed(page, line, strlen(line));
    text_add(page, "\n");
}

/* A macro's name is two or three characters long and begins with a capital: as a word in a macro it would be called. */
static bool is_macro(const char *word, size_t length)
{
    return length <= 3 && isupper((unsigned char)word[0]);
}

void roff_add_argument(struct text *page, const char *words)
{
    for (const char *separator = ""; *words; separator = " ") {
        size_t length = strcspn(words, " ");
        text_add(page, "%s%s", separator, is_macro(words, length) || ispunct((unsigned char)words[0]) ? "\\&" : "");
        add_typed(page, words, length);
        words += length;
        words += strspn(words, " ");
    }
}

/* ---- Prose ---- */

/* Whether a word is one that is typed (--after, ip.ttl=63, s1-eth1_in.pcap), where a stroke is no hyphen. */
static bool is_typed(const char *word, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bool inside = i + 1 < length;
        if (strchr("=/_#@", word[i]) || isdigit((unsigned char)word[i]) || (inside && word[i] == '.'))
            return true;
    }
    return word[0] == '-';
}

static void add_word(struct text *page, const char *word, size_t length)
{
    if (is_typed(word, length)) {
        add_typed(page, word, length);
        return;
    }
    for (size_t i = 0; i < length; i++) {
        if (word[i] == '-')
            text_add(page, "-");
        else
            add_typed(page, word + i, 1);
    }
}

/* Whether a sentence ends with this word: a stop, perhaps closed by a bracket or quote, and no small letter behind it. */
static bool ends_sentence(const char *word, size_t length, const char *next)
{
    while (length > 0 && strchr(")'\"", word[length - 1]))
        length--;
    return length > 1 && strchr(".?!", word[length - 1]) && !islower((unsigned char)*next);
}

void roff_add_prose(struct text *page, const char *words)
{
    bool fresh = true;
    words += strspn(words, " \n");
    while (*words) {
        size_t length = strcspn(words, " \n");
        const char *next = words + length + strspn(words + length, " \n");
        if (fresh)
            add_guard(page, *words);
        add_word(page, words, length);
        fresh = *next == '\0' || ends_sentence(words, length, next);
        text_add(page, fresh ? "\n" : " ");
        words = next;
    }
}
