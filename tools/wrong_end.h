/* SPDX-License-Identifier: MIT */
/* wrong_end.h: finds the commonest mistake with veth pairs: listening on the end that the switch itself has bound. */
#ifndef WRONG_END_H
#define WRONG_END_H

#include <stdbool.h>

#include "core/text.h"

/* Whether another program's packet socket is bound to the interface; if so, adds what to think of it, with the name of the
 * veth's other end where it has one. Nothing is said of an interface of another namespace (NETNS/IFACE). */
bool wrong_end_find(const char *interface, struct text *note);

#endif
