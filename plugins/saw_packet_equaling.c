/* SPDX-License-Identifier: MIT */
/* saw_packet_equaling: a packet came whose bytes are those of packet=. */
#define LOOK_NAME "saw_packet_equaling"
#define LOOK_SUMMARY "A packet with these very bytes came"
#define LOOK_FOUND true
#define LOOK_NEEDS_PACKET
#include "look.h"
