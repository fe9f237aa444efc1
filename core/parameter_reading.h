/* SPDX-License-Identifier: MIT */
/* parameter_reading.h: what the parts of parameter.h share: one KEY=VALUE while it is read. Only core/parameter*.c include it.
 * Nothing here owns anything; what a member points to goes into the arena. */
#ifndef PARAMETER_READING_H
#define PARAMETER_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parameter.h"

struct parameter_reading {
    const struct aptrace_param *entry;
    const char *text;                  /* the whole of it, for messages */
    bool negated;
    struct arena *arena;
    const struct source_list *sources; /* null: names of sources are not looked up */
    struct aptrace_filter **filter;    /* [may be null] where a filter is left besides the member, to be freed */
    bool (*word)(const void *words, const char *item, uint64_t *number); /* [may be null] names for numbers: tcp, ef */
    const void *words;
    struct error *error;
};

/* ---- parameter_kind.c: kinds, their members and limits, and the words for them ---- */

bool parameter_kind_exists(uint32_t type);
bool parameter_kind_fits(const struct aptrace_param *entry); /* the member's size */
size_t parameter_kind_align(const struct aptrace_param *entry);
bool parameter_kind_matches(uint32_t type);                  /* a match of it exists */
bool parameter_kind_counts(uint32_t type);                   /* min and max say something of it */

bool parameter_is_required(const struct aptrace_param *entry);

struct parameter_limits { uint64_t low, high; };            /* inclusive */
struct parameter_signed_limits { int64_t low, high; };

bool parameter_is_bounded(const struct aptrace_param *entry); /* by min and max; else the member's own limits hold */
struct parameter_limits parameter_limits_of(const struct aptrace_param *entry);
struct parameter_signed_limits parameter_signed_limits_of(const struct aptrace_param *entry); /* INT, DURATION */

/* The choice that stands at index; its length. Null behind the last. */
const char *parameter_choice(const char *choices, size_t index, size_t *length);

void parameter_add_excerpt(struct text *text, const char *given);    /* what was given, in quotes, cut where it is long */
void parameter_add_expected(struct text *text, const struct aptrace_param *entry); /* "an unsigned integer from 1 to 4094" */

/* "parameter KEY: expected KIND, got "TEXT"", and behind a colon why; why may be empty. Returns -1. */
__attribute__((format(printf, 2, 3))) int parameter_refuse(const struct parameter_reading *reading, const char *why, ...);

/* ---- parameter_value.c: one value of each kind ---- */

/* Reads reading->text into the member, which is zero. */
int parameter_read(const struct parameter_reading *reading, void *member);

/* One number of a value or of a match; item is a part of the text or all of it. With the limits of the entry. */
int parameter_read_uint(const struct parameter_reading *reading, const char *item, uint64_t *number);
int parameter_read_int(const struct parameter_reading *reading, const char *item, int64_t *number);
int parameter_read_duration(const struct parameter_reading *reading, const char *item, int64_t *duration_ns);
int parameter_read_mac(const struct parameter_reading *reading, const char *item, uint8_t *bytes);
int parameter_read_ip(const struct parameter_reading *reading, const char *item, struct aptrace_ip *ip);
int parameter_read_prefix(const struct parameter_reading *reading, const char *item, struct aptrace_prefix *prefix); /* or one */
int parameter_read_length(const struct parameter_reading *reading, const char *item, unsigned most, unsigned *length);

/* ---- parameter_match.c ---- */

size_t parameter_count_items(const char *text); /* of a list by comma */
int parameter_read_match(const struct parameter_reading *reading, struct aptrace_match *match);

#endif
