/* SPDX-License-Identifier: MIT */
/* filter_run.h: what filter.c and filter_cut.c share. */
#ifndef FILTER_RUN_H
#define FILTER_RUN_H

#include <stdbool.h>

#include <pcap/pcap.h>

#include <aptrace/packet.h>

/* Whether the program ends because it looks at bytes that were on the wire but not captured. */
bool filter_program_is_cut(const struct bpf_program *code, const struct aptrace_packet *packet);

#endif
