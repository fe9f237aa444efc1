/* SPDX-License-Identifier: MIT */
/* number.h: numbers, durations and times as people write them. Each parser takes the whole text or answers false: no blanks,
 * no sign on unsigned ones, no rest. Out of range answers false too. */
#ifndef NUMBER_H
#define NUMBER_H

#include <stdbool.h>
#include <stdint.h>

bool number_uint(const char *text, uint64_t *number); /* 102, 0x66 */
bool number_int(const char *text, int64_t *number);   /* -5, 0x10 */
bool number_double(const char *text, double *number); /* 0.25, 1e6, 25%; neither infinite nor NaN */
bool number_bool(const char *text, bool *truth);      /* true, false, yes, no, 1, 0 */

/* 250us, 500ms, 5s, 1.5s, 1m, 2h, 10ns; a plain 0 too. Exact to the nanosecond, never negative. */
bool number_duration(const char *text, int64_t *duration_ns);

/* A moment: seconds since the epoch with up to 9 digits behind the point, 2026-11-23T10:00:00.5Z, or nanoseconds as
 * 1700000000123456789ns. */
bool number_time(const char *text, int64_t *time_ns);

/* A size: 4096, 64K, 8M, 1G (powers of 1024). */
bool number_size(const char *text, uint64_t *bytes);

/* a + b, held at the limits of int64_t. */
int64_t number_add(int64_t a, int64_t b);

#endif
