/* SPDX-License-Identifier: MIT */
/* filter.h: a BPF filter in libpcap's language, compiled for each link type that meets it and run on the frame as it is
 * recorded, so that it counts the same live and replayed. It never goes into the kernel, which strips VLAN tags. */
#ifndef FILTER_H
#define FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include <aptrace/packet.h>

#include "error.h"

struct aptrace_filter; /* owned by who made it */

/* Keeps the text; compiles nothing yet. */
struct aptrace_filter *filter_new(const char *text);
void filter_free(struct aptrace_filter *filter);
const char *filter_text(const struct aptrace_filter *filter);

/* Compiles for a link type (LINKTYPE_); again is free. -1: the text is wrong, or cannot be asked of this link type. */
int filter_compile(struct aptrace_filter *filter, uint32_t link_type, struct error *error);

/* Whether the packet passes. Its link type must have been compiled. */
bool filter_passes(const struct aptrace_filter *filter, const struct aptrace_packet *packet);

/* Whether a packet that did not pass may have: the filter looked at bytes that were on the wire but not captured. */
bool filter_is_cut(const struct aptrace_filter *filter, const struct aptrace_packet *packet);

/* libpcap's name of a link type, "EN10MB"; "LINKTYPE_n" in a static buffer of the thread where it has none. And back, from
 * a name, LINKTYPE_n or a number: -1 where nothing is so called. LINKTYPE_ and libpcap's DLT_ differ for a few: these are
 * always LINKTYPE_. */
const char *link_type_name(uint32_t link_type);
int64_t link_type_by_name(const char *name);

#endif
