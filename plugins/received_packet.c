/* SPDX-License-Identifier: MIT */
/* received_packet: a packet came. With header fields, --filter, --on and --direction it is one that they let pass. */
#define LOOK_NAME "received_packet"
#define LOOK_SUMMARY "A packet came"
#define LOOK_FOUND true
#include "look.h"
