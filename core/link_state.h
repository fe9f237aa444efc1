/* SPDX-License-Identifier: MIT */
/* link_state.h: whether an interface is there, is up and has carrier, and whether it was so all the time since the last look. */
#ifndef LINK_STATE_H
#define LINK_STATE_H

#include "error.h"
#include "live_port.h"

struct link_state;

/* Watches an interface of the namespace that the thread is in. Null after an error; errno is ENODEV where there is none of the
 * name. */
struct link_state *link_state_open(const char *interface, struct error *error);
void link_state_free(struct link_state *state);

void link_state_look(struct link_state *state, struct port_link *link);

#endif
