/* SPDX-License-Identifier: MIT */
/* text.h: a text that grows. The struct owns its bytes until text_fini() or text_take(). Memory that runs out ends the
 * process with a message (memory.h): nothing here is done per packet. */
#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>
#include <stdint.h>

struct text {
    char *bytes; /* closed by a zero; null while empty */
    size_t length, capacity;
};

void text_fini(struct text *text);
const char *text_bytes(const struct text *text); /* never null */
char *text_take(struct text *text);              /* the bytes, for the caller to free; never null */

__attribute__((format(printf, 2, 3))) void text_add(struct text *text, const char *format, ...);
void text_add_bytes(struct text *text, const char *bytes, size_t length);

/* A word as a POSIX shell reads it back: quoted only where it must be. */
void text_add_shell_word(struct text *text, const char *word);

/* The length of the UTF-8 sequence at the start (RFC 3629 section 4), 0 where there is none. length: bytes that may be read. */
size_t text_utf8_length(const char *bytes, size_t length);

/* What stands behind the last slash of a path. */
const char *text_last_part(const char *path);

/* Bytes of any origin as UTF-8: what is not becomes U+FFFD; control characters stay. */
void text_add_utf8(struct text *text, const char *bytes, size_t length);

/* Nanoseconds as "+0.430 s", "+0.000653 s" or "+0.000000005 s": the coarsest of the three that is exact. Zero is "+0 s". */
void text_add_seconds(struct text *text, int64_t time_ns);

/* A duration as --timeout takes it, in the largest unit that is exact: "1500ms", "5s", "250us". */
void text_add_duration(struct text *text, int64_t duration_ns);

/* 1204551 as "1,204,551". */
void text_add_grouped(struct text *text, uint64_t number);

#endif
