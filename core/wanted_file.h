/* SPDX-License-Identifier: MIT */
/* wanted_file.h: wanted packets from captures, read as a trace is. The packets are copied into the arena with all their bytes;
 * nothing of the file is kept. */
#ifndef WANTED_FILE_H
#define WANTED_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "memory.h"
#include "wanted.h"

enum { WANTED_FILE_MAX = 16 << 20 }; /* bytes of all packets of a list together */

/* FILE#N: the N-th frame of a capture, as Wireshark counts them, from 1. -1: not of this form, no such file, no trace, no such
 * packet, or one that was captured only in part: what is missing cannot be wanted. */
int wanted_file_one(const char *text, struct arena *arena, struct wanted_packet *packet, struct error *error);

/* All packets of a capture, at least one. -1 also where the capture is damaged anywhere, or has more than WANTED_FILE_MAX
 * bytes. */
int wanted_file_all(const char *path, struct arena *arena, struct wanted_packet **packets, size_t *count, struct error *error);

/* Whether what is given as packets= is the packets themselves, [LINKTYPE:]HEX with commas between, and no path. */
bool wanted_file_is_hex(const char *text);

/* Where the path begins in a word packet=FILE#N or packets=FILE; 0: it has none. */
size_t wanted_file_in_word(const char *word);

#endif
