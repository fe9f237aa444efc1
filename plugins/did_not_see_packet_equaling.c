/* SPDX-License-Identifier: MIT */
/* did_not_see_packet_equaling: no packet came whose bytes are those of packet=. */
#define LOOK_NAME "did_not_see_packet_equaling"
#define LOOK_SUMMARY "No packet with these very bytes came"
#define LOOK_FOUND false
#define LOOK_NEEDS_PACKET
#include "look.h"
