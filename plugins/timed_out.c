/* SPDX-License-Identifier: MIT */
/* timed_out: the window passed with no packet that is meant. */
#define LOOK_NAME "timed_out"
#define LOOK_SUMMARY "The window passed without a packet"
#define LOOK_FOUND false
#include "look.h"
