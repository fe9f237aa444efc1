/* SPDX-License-Identifier: MIT */
/* The frames of trace-make for other programs: tests that are written with the fake host, and aptrace-plugin. Apart, as words
 * here are trace-make's, not those of the command line. */
#include "tools/frame_text.h"

#include "tools/trace_make.h"

int frame_from_text(const char *what, const char *text, uint8_t **bytes, size_t *length)
{
    struct words words = {.file = what, .line = 1};
    struct bytes frame = {0};
    int result = words_split(&words, text);
    if (result == 0)
        result = frame_build(&words, &frame);
    words_fini(&words);
    if (result != 0) {
        bytes_fini(&frame);
        return -1;
    }
    *bytes = frame.at;
    *length = frame.length;
    return 0;
}

void frame_text_help(FILE *file)
{
    frame_help(file);
}
