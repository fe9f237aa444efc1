/* SPDX-License-Identifier: MIT */
/* packet_count_was_less_than: fewer than n packets passed. It stops, false, at the n-th. Fewer than 0 there cannot be, so n is at
 * least 1. */
#define COUNT_NAME "packet_count_was_less_than"
#define COUNT_SUMMARY "Fewer than n packets passed"
#define COUNT_LEAST 1
#define COUNT_WORDS "fewer than "
#define COUNT_SETTLES(COUNT, N) ((COUNT) >= (N))
#define COUNT_HOLDS(COUNT, N) ((COUNT) < (N))
#include "count.h"
