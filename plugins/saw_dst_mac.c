/* SPDX-License-Identifier: MIT */
/* saw_dst_mac: a packet had this Ethernet destination address. */
#define MAC_NAME "saw_dst_mac"
#define MAC_WHICH "destination"
#define MAC_GET aptrace_get_eth_dst
#include "mac.h"
