/* SPDX-License-Identifier: MIT */
/* host.h: the table of functions through which a predicate asks the engine. */
#ifndef HOST_H
#define HOST_H

#include <aptrace/predicate.h>

extern const struct aptrace_host host;

#endif
