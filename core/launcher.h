/* SPDX-License-Identifier: MIT */
/* launcher.h: runs COMMAND with the rights of the caller, from a run that has given its own up.
 *
 * A process forked before any port is opened waits to be told; it starts COMMAND, passes signals on, and reports the status. The
 * launcher is owned by who made it. */
#ifndef LAUNCHER_H
#define LAUNCHER_H

#include <stdbool.h>

#include "error.h"

struct launcher;

/* Forks the waiting process. argv ends with null; argv[0] is looked for in PATH. Call it while nothing is open and no thread
 * runs. */
struct launcher *launcher_new(char *const *argv, struct error *error);

/* Starts COMMAND. A command that cannot be run ends with status 126 or 127, as in a shell. */
int launcher_start(struct launcher *launcher, struct error *error);

/* Whether COMMAND has ended, after at most timeout_ms; *status is its exit status, or 128 and the signal that ended it. */
bool launcher_ended(struct launcher *launcher, int timeout_ms, int *status);

/* Passes a signal on to COMMAND. */
void launcher_signal(struct launcher *launcher, int number);

/* Where COMMAND still runs, it is terminated. */
void launcher_free(struct launcher *launcher);

#endif
