/* SPDX-License-Identifier: MIT */
/* A field's values in words: as a person reads them, and as they can be written for the same field again. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <string.h>

#include "field.h"

enum { BYTES_SHOWN = 24 };

enum field_kind field_kind_of(const struct aptrace_field *field)
{
    return field->row ? (enum field_kind)field->row->kind : FIELD_BYTES;
}

uint32_t field_bits_of(const struct aptrace_field *field)
{
    if (field->row)
        return field->row->bits;
    return field->slice_length < 16 ? field->slice_length * 8 : 128;
}

static void add_mac(struct text *text, uint64_t number)
{
    for (int shift = 40; shift >= 0; shift -= 8)
        text_add(text, "%s%02x", shift < 40 ? ":" : "", (unsigned)(number >> shift & 0xff));
}

static void add_address(struct text *text, enum field_kind kind, const uint64_t number[2])
{
    uint8_t bytes[16];
    char address[INET6_ADDRSTRLEN];
    for (int i = 0; i < 16; i++)
        bytes[i] = (uint8_t)(number[i / 8] >> (56 - i % 8 * 8));
    bool v4 = kind == FIELD_IPV4;
    inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? bytes + 12 : bytes, address, sizeof address);
    text_add(text, "%s", address);
}

static void add_hex(struct text *text, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length && i < BYTES_SHOWN; i++)
        text_add(text, "%02x", bytes[i]);
    if (length > BYTES_SHOWN)
        text_add(text, "... (%zu bytes)", length);
}

/* Flags by their letters beside the number; nothing where none is set. */
static void add_letters(struct text *text, const char *letters, uint64_t number)
{
    bool any = false;
    for (unsigned bit = 0; letters[bit]; bit++) {
        if (number >> bit & 1) {
            text_add(text, "%s%c", any ? "" : " (", letters[bit]);
            any = true;
        }
    }
    text_add(text, "%s", any ? ")" : "");
}

void field_add_number(struct text *text, const struct aptrace_field *field, const uint64_t number[2])
{
    enum field_kind kind = field_kind_of(field);
    uint8_t bytes[16];
    switch (kind) {
    case FIELD_MAC: add_mac(text, number[1]); return;
    case FIELD_IPV4:
    case FIELD_IPV6_ADDRESS: add_address(text, kind, number); return;
    case FIELD_BYTES:
        for (int i = 0; i < 16; i++)
            bytes[i] = (uint8_t)(number[i / 8] >> (56 - i % 8 * 8));
        add_hex(text, bytes + (sizeof bytes - field_bits_of(field) / 8), field_bits_of(field) / 8);
        return;
    default: break;
    }
    if (!field->row->hex) {
        text_add(text, "%" PRIu64, number[1]);
        return;
    }
    text_add(text, "0x%0*" PRIx64, (field->row->bits + 3) / 4, number[1]);
    if (field->row->letters)
        add_letters(text, field->row->letters, number[1]);
}

void field_add_value(struct text *text, const struct aptrace_field *field, const struct field_value *value)
{
    if (field_kind_of(field) != FIELD_BYTES) {
        field_add_number(text, field, value->number);
        return;
    }
    add_hex(text, value->bytes, value->length);
    if (value->open)
        text_add(text, " and what was not captured");
}

bool field_word(const struct field_row *row, const char *text, uint64_t *number)
{
    for (const struct field_word *word = row->words; word && word->word; word++) {
        if (strcmp(word->word, text) == 0) {
            *number = word->number;
            return true;
        }
    }
    if (!row->letters || !*text || text[strspn(text, row->letters)])
        return false;
    *number = 0;
    for (; *text; text++)
        *number |= UINT64_C(1) << (strchr(row->letters, *text) - row->letters);
    return true;
}
