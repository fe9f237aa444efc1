/* SPDX-License-Identifier: MIT */
/* did_not_see_packet: no packet with these header fields, or these bytes, came. */
#define LOOK_NAME "did_not_see_packet"
#define LOOK_SUMMARY "No packet matched"
#define LOOK_FOUND false
#include "look.h"
