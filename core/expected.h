/* SPDX-License-Identifier: MIT */
/* expected.h: --expect: the value that a predicate should yield, and the one place that compares. */
#ifndef EXPECTED_H
#define EXPECTED_H

#include <stdbool.h>
#include <stdint.h>

#include <aptrace/predicate.h>

#include "error.h"
#include "text.h"

struct expected {
    bool any;                        /* reported, never failed */
    struct aptrace_value low, high;  /* both inside; equal for a single value; of the type that is yielded. A text in them is
                                        the caller's, borrowed */
    bool no_low, no_high;            /* 20.. and ..9 */
};

/* Reads text for a predicate that yields this type; null text: true for a bool, else an error that says what to write
 * (a value, a range LOW..HIGH, any). plugin: its name, for messages. "true" is no number: a mistyped value is an error. */
int expected_parse(const char *text, uint32_t yields, const char *plugin, struct expected *expected, struct error *error);

bool expected_holds(const struct expected *expected, const struct aptrace_value *value);

/* Whether too little was found: false where true was expected, a number below the range. */
bool expected_falls_short(const struct expected *expected, const struct aptrace_value *value);

void value_add(struct text *text, const struct aptrace_value *value); /* as a person reads it: true, -5, 0.25, text */
const char *value_type_name(uint32_t type);                           /* "bool", "integer", "unsigned integer", ... */

#endif
