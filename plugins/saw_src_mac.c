/* SPDX-License-Identifier: MIT */
/* saw_src_mac: a packet had this Ethernet source address. */
#define MAC_NAME "saw_src_mac"
#define MAC_WHICH "source"
#define MAC_GET aptrace_get_eth_src
#include "mac.h"
