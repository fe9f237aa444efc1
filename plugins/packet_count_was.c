/* SPDX-License-Identifier: MIT */
/* packet_count_was: exactly n packets passed. It stops, false, at packet n + 1: nothing that comes later can mend that, and no
 * packet that was lost could either. */
#define COUNT_NAME "packet_count_was"
#define COUNT_SUMMARY "Exactly n packets passed"
#define COUNT_LEAST 0
#define COUNT_WORDS ""
#define COUNT_SETTLES(COUNT, N) ((COUNT) > (N))
#define COUNT_HOLDS(COUNT, N) ((COUNT) == (N))
#include "count.h"
