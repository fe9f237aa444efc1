/* SPDX-License-Identifier: MIT */
/* did_not_see_vlan: no packet carried a VLAN tag: any, or the one with this identifier, TPID or place in the stack. A priority
 * tag names no VLAN, so that it does not count, unless priority_tags=yes. */
#define VLAN_NAME "did_not_see_vlan"
#define VLAN_SUMMARY "No packet carried a VLAN tag"
#define VLAN_FOUND false
#define VLAN_PRIORITY "no"
#include "vlan.h"
