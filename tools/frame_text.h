/* SPDX-License-Identifier: MIT */
/* frame_text.h: a frame's bytes from words, as a line of trace-make has them: "eth | ipv4 10.0.0.1 > 10.0.1.10 | udp 1 > 2". */
#ifndef FRAME_TEXT_H
#define FRAME_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The bytes are the caller's to free. -1 after a message on standard error, which begins with what. */
int frame_from_text(const char *what, const char *text, uint8_t **bytes, size_t *length);

/* Writes which layers there are, a line each. */
void frame_text_help(FILE *file);

#endif
