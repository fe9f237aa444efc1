/* SPDX-License-Identifier: MIT */
/* checksum.h: the checksums of a packet, recomputed: IPv4 header, TCP, UDP, ICMP, ICMPv6, also inside tunnels. Sources: RFC 791
 * section 3.1, RFC 9293 section 3.1, RFC 768, RFC 792, RFC 4443 section 2.3, RFC 8200 section 8.1; RFC 1071 for the sum. */
#ifndef CHECKSUM_H
#define CHECKSUM_H

#include <stddef.h>

#include <aptrace/wanted.h>

/* All of a packet, outermost first; returns how many there are, which may be more than room. Lengths are those of the packet's
 * own length fields. One that claims more than was on the wire is WRONG, even where what is there sums up to what was found.
 * Where headers are cut (aptrace_is_cut()), there may be more than can be told. The offset of one that is CUT may lie beyond
 * the captured bytes. A packet with a routing header that is not known is CUT too: its final destination, which counts, is not
 * told. */
size_t checksum_find(const struct aptrace_packet *packet, struct aptrace_checksum *list, size_t room);

/* Whether the checksum covers a byte at this offset of the packet's bytes: its own two bytes, the bytes that it sums, and the
 * addresses, protocol and length of the pseudo header. For "ignored, so that the checksum must be valid instead of equal". */
bool checksum_covers(const struct aptrace_packet *packet, const struct aptrace_checksum *checksum, size_t offset);

#endif
