/* SPDX-License-Identifier: MIT */
/* packet_pages.h: bytes of packets, each between pages that nobody may touch: a read behind the last captured byte, or before the
 * first, is a fault at once. They are shown through a mapping that can only be read, as the engine's are. */
#ifndef PACKET_PAGES_H
#define PACKET_PAGES_H

#include <stddef.h>
#include <stdint.h>

enum packet_edge { EDGE_END, EDGE_BEGIN }; /* which of its edges lies at the edge of a page */

struct packet_pages;

/* slots: how many packets have bytes at the same time; most: of how many bytes each. Shared with processes that are forked. */
struct packet_pages *packet_pages_new(size_t slots, size_t most);
void packet_pages_free(struct packet_pages *pages);

/* Puts bytes into a slot, in place of those before. length: not above most. */
const uint8_t *packet_pages_put(struct packet_pages *pages, size_t slot, const void *bytes, size_t length, enum packet_edge edge);

#endif
