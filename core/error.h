/* SPDX-License-Identifier: MIT */
/* error.h: what went wrong, told on the way out.
 *
 * A function that can fail takes a struct error and returns -1 (or null) after filling it; callers may put context in
 * front. A message says what, where, why, expected and got, and what to try. The struct is the caller's; it owns nothing. */
#ifndef ERROR_H
#define ERROR_H

struct error {
    char text[4096]; /* empty: nothing went wrong */
};

/* Sets the text. Returns -1, so that a caller can return it. A text too long is cut. */
__attribute__((format(printf, 2, 3))) int error_set(struct error *error, const char *format, ...);

/* Puts "context: " in front of the text. Returns -1. */
__attribute__((format(printf, 2, 3))) int error_context(struct error *error, const char *format, ...);

#endif
