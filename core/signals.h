/* SPDX-License-Identifier: MIT */
/* signals.h: the first SIGINT or SIGTERM asks for a clean end; the second one ends the process at once. For a command's main
 * thread; a library's host keeps its own signals. */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <stdatomic.h>
#include <stdbool.h>

struct signals {
    atomic_bool came;
    volatile int number;         /* which one came first */
    volatile bool from_terminal; /* it was typed: the whole job in the foreground has got it */
};

/* Catches them from now on. The struct lives as long as the process. */
const struct signals *signals_catch(void);

#endif
