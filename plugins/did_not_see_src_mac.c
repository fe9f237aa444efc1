/* SPDX-License-Identifier: MIT */
/* did_not_see_src_mac: no packet had this Ethernet source address. */
#define MAC_NAME "did_not_see_src_mac"
#define MAC_SUMMARY "No packet had this source MAC address"
#define MAC_WHICH "source"
#define MAC_GET aptrace_get_eth_src
#define MAC_FOUND false
#include "mac.h"
