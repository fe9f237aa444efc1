/* SPDX-License-Identifier: MIT */
/* did_not_see_dst_mac: no packet had this Ethernet destination address. */
#define MAC_NAME "did_not_see_dst_mac"
#define MAC_SUMMARY "No packet had this destination MAC address"
#define MAC_WHICH "destination"
#define MAC_GET aptrace_get_eth_dst
#define MAC_FOUND false
#include "mac.h"
