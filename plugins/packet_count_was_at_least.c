/* SPDX-License-Identifier: MIT */
/* packet_count_was_at_least: n packets passed, or more. It stops, true, at the n-th. "At least none" would be true of anything,
 * so n is at least 1. */
#define COUNT_NAME "packet_count_was_at_least"
#define COUNT_SUMMARY "At least n packets passed"
#define COUNT_LEAST 1
#define COUNT_WORDS "at least "
#define COUNT_SETTLES(COUNT, N) ((COUNT) >= (N))
#define COUNT_HOLDS(COUNT, N) ((COUNT) >= (N))
#include "count.h"
