/* SPDX-License-Identifier: MIT */
/* progress.h: how a run of over a second goes on, in one line on a terminal's standard error; nothing where that is none. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/run.h"

struct progress {
    bool on, shown;
    int64_t began_ns, told_ns; /* host time */
    uint64_t told_packets;
};

void progress_begin(struct progress *progress, bool wanted);
void progress_show(struct progress *progress, const struct run *run); /* often: it shows itself when due */
void progress_end(struct progress *progress);                         /* clears the line */

#endif
