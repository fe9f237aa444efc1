/* SPDX-License-Identifier: MIT */
/* netns.h: visits to a named network namespace, as `ip netns` makes them. Only the calling thread moves; sockets that it opens
 * there stay there. */
#ifndef NETNS_H
#define NETNS_H

#include "error.h"

struct netns_visit { int home_fd; }; /* -1: never left */

/* Moves into the namespace; name null: stays. -1: no such namespace (with the nearest names), no permission. */
int netns_enter(struct netns_visit *visit, const char *name, struct error *error);

/* Moves back. -1: that failed, and the thread must open nothing more. */
int netns_leave(struct netns_visit *visit, struct error *error);

#endif
