/* SPDX-License-Identifier: MIT */
/* expectation_calls.h: what only expectation.c needs of expectation_calls.c; the rest is in expectation.h. */
#ifndef EXPECTATION_CALLS_H
#define EXPECTATION_CALLS_H

#include "expectation.h"

/* prepare, inside the guard. -1: it refused, or faulted. */
int expectation_call_prepare(struct expectation *expectation, struct error *error);

#endif
