/* SPDX-License-Identifier: MIT */
/* saw_packet: a packet with these header fields, or these bytes, came. */
#define LOOK_NAME "saw_packet"
#define LOOK_SUMMARY "A packet matched"
#define LOOK_FOUND true
#include "look.h"
