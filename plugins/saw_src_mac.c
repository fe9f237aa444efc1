/* SPDX-License-Identifier: MIT */
/* saw_src_mac: a packet had this Ethernet source address. */
#define MAC_NAME "saw_src_mac"
#define MAC_SUMMARY "A packet had this source MAC address"
#define MAC_WHICH "source"
#define MAC_GET aptrace_get_eth_src
#define MAC_FOUND true
#include "mac.h"
