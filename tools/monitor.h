/* SPDX-License-Identifier: MIT */
/* monitor.h: --monitor: a line a packet as it passes: time, source, direction, length, what it is. */
#ifndef MONITOR_H
#define MONITOR_H

#include <stdbool.h>
#include <stdio.h>

#include "core/batch.h"
#include "core/error.h"
#include "core/expectation.h"
#include "core/source.h"

struct monitor;

/* shown: --filter, --count and --direction; borrowed, like the sources. */
struct monitor *monitor_new(FILE *file, const struct expectation_spec *shown);
void monitor_free(struct monitor *monitor);

/* Compiles the filter for what the sources carry; again where there are more. */
int monitor_bind(struct monitor *monitor, const struct source_list *sources, struct error *error);

/* From the origin on lines count their time. */
void monitor_begin(struct monitor *monitor, int64_t origin_ns);

/* Shows packets, whose layers are at hand. False: --count has been reached. */
bool monitor_packets(struct monitor *monitor, const struct source_list *sources, const struct batch *batch, unsigned count);

#endif
