/* SPDX-License-Identifier: MIT */
/* privileges.h: gives up the right to capture, for good, once every port is open: what follows (plugins, files) runs as the
 * person who asked for it. */
#ifndef PRIVILEGES_H
#define PRIVILEGES_H

#include "error.h"

/* Becomes user (a name or a number; null: who called sudo, by SUDO_UID and SUDO_GID; else nobody new), and drops every
 * capability. -1: it could not be done, and nothing may go on. */
int privileges_give_up(const char *user, struct error *error);

/* Where no port is opened: what file capabilities of the command give to one who is not root is dropped. */
int privileges_drop_granted(struct error *error);

#endif
