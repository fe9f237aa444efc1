/* SPDX-License-Identifier: MIT */
/* Errors travel upwards as text in a struct of the caller's: no allocation, so that being out of memory or descriptors can
 * be told too, and no state of the process, so that runs on several threads do not mix.
 *
 * What it keeps true: the text is always closed by a zero, and it is cut at the end of a character, never inside one, as
 * reports are UTF-8. Arguments may point into the text that is being replaced. */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Drops the beginning of a character that the cut left without its end (RFC 3629, section 3). */
static void mend_end(char *text, size_t length)
{
    size_t start = length;
    while (start > 0 && length - start < 4 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
        start--;
    if (start == 0)
        return;
    unsigned char lead = (unsigned char)text[start - 1];
    size_t wanted = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    if (length - (start - 1) < wanted)
        text[start - 1] = '\0';
}

static void store(struct error *error, const char *text, size_t length)
{
    size_t kept = length < sizeof error->text ? length : sizeof error->text - 1;
    memcpy(error->text, text, kept);
    error->text[kept] = '\0';
    if (kept < length)
        mend_end(error->text, kept);
}

int error_set(struct error *error, const char *format, ...)
{
    char text[sizeof error->text + 1]; /* one more, so that a cut shows */
    va_list arguments;
    va_start(arguments, format);
    if (vsnprintf(text, sizeof text, format, arguments) < 0)
        strcpy(text, "an error whose message could not be made");
    va_end(arguments);
    store(error, text, strlen(text));
    return -1;
}

int error_context(struct error *error, const char *format, ...)
{
    char text[2 * sizeof error->text + 2];
    va_list arguments;
    va_start(arguments, format);
    if (vsnprintf(text, sizeof error->text, format, arguments) < 0)
        text[0] = '\0';
    va_end(arguments);
    strcat(text, ": ");
    strcat(text, error->text);
    store(error, text, strlen(text));
    return -1;
}
