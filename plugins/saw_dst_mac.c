/* SPDX-License-Identifier: MIT */
/* saw_dst_mac: a packet had this Ethernet destination address. */
#define MAC_NAME "saw_dst_mac"
#define MAC_SUMMARY "A packet had this destination MAC address"
#define MAC_WHICH "destination"
#define MAC_GET aptrace_get_eth_dst
#define MAC_FOUND true
#include "mac.h"
