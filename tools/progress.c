/* SPDX-License-Identifier: MIT */
/* Elapsed time, packets, their rate since the last line, drops, and how many expectations are still open, four times a second.
 * The cursor is left at the start of the line, so that whatever is written next, by the command too, writes over it. Host time
 * is fine here: it is shown, and decides nothing. */
#include "tools/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "core/text.h"

#define BEGIN_AFTER_NS INT64_C(1000000000)
#define EVERY_NS INT64_C(250000000)

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void progress_begin(struct progress *progress, bool wanted)
{
    *progress = (struct progress){.on = wanted && isatty(STDERR_FILENO)};
    progress->began_ns = progress->told_ns = now_ns();
}

static void write_line(const struct progress *progress, const struct run_progress *now, int64_t time_ns)
{
    struct text line = {0};
    int64_t elapsed_ms = (time_ns - progress->began_ns) / 1000000;
    double seconds = (double)(time_ns - progress->told_ns) / 1e9;
    text_add(&line, "%" PRId64 ".%" PRId64 " s  ", elapsed_ms / 1000, elapsed_ms % 1000 / 100);
    text_add_grouped(&line, now->packets);
    text_add(&line, " packets  ");
    text_add_grouped(&line, (uint64_t)((double)(now->packets - progress->told_packets) / seconds));
    text_add(&line, "/s  ");
    text_add_grouped(&line, now->dropped);
    text_add(&line, " dropped  %zu of %zu open", now->open, now->expectations);
    fprintf(stderr, "%s\033[K\r", text_bytes(&line));
    fflush(stderr);
    text_fini(&line);
}

void progress_show(struct progress *progress, const struct run *run)
{
    if (!progress->on)
        return;
    int64_t time_ns = now_ns();
    if (time_ns - progress->began_ns < BEGIN_AFTER_NS || time_ns - progress->told_ns < EVERY_NS)
        return;
    struct run_progress now = run_progress(run);
    write_line(progress, &now, time_ns);
    progress->shown = true;
    progress->told_ns = time_ns;
    progress->told_packets = now.packets;
}

void progress_end(struct progress *progress)
{
    if (progress->shown)
        fputs("\033[K", stderr);
    progress->shown = false;
}
