/* SPDX-License-Identifier: MIT */
/* saw_vlan: a packet carried a VLAN tag: any, or the one with this identifier, TPID or place in the stack. A priority tag is a
 * tag, unless priority_tags=no. */
#define VLAN_NAME "saw_vlan"
#define VLAN_SUMMARY "A packet carried a VLAN tag"
#define VLAN_FOUND true
#define VLAN_PRIORITY "yes"
#include "vlan.h"
