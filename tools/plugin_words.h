/* SPDX-License-Identifier: MIT */
/* plugin_words.h: what --describe and a predicate's manual page both say, in the same words. */
#ifndef PLUGIN_WORDS_H
#define PLUGIN_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include <aptrace/predicate.h>

#include "core/field.h"
#include "core/text.h"

/* Sentences: what comes out and how to say what it should be; what lost packets do to the verdict. */
void words_add_value(struct text *text, const struct aptrace_plugin *plugin);
const char *words_of_loss(const struct aptrace_plugin *plugin);

/* ---- Parameters of type WANTED ---- */

/* A key of the group that is no header field: packet=, mask=, ... */
struct group_key { const char *key, *value, *help; bool required; };

/* The one at index that a form of the group takes; null behind the last. */
const struct group_key *words_group_key(uint32_t form, size_t index);

bool words_takes_fields(uint32_t form); /* header fields by name, slices */

/* ---- Header fields ---- */

/* The first part of a field's name, by which lists of fields are grouped; its length. */
size_t words_field_group(const struct field_row *row);

void words_add_field_kind(struct text *text, const struct field_row *row); /* "MAC address", "12 bits" */

#endif
