/* SPDX-License-Identifier: MIT */
/* pcapng_sources.h: which source of the run each interface of a pcapng file is, and what it is called.
 *
 * A section describes its interfaces, and packets name one by its place there. One that a later section describes again, by
 * the same name and link type, is the same source: that is how captures are appended to one another. The struct owns its
 * arrays until pcapng_sources_fini(); the file is borrowed. */
#ifndef PCAPNG_SOURCES_H
#define PCAPNG_SOURCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pcapng_block.h"
#include "reader_formats.h"

/* Sources that one file may have: far beyond any capture, and few enough that a hostile one does not take long. */
enum { PCAPNG_SOURCES_MAX = 16384 };

/* An interface of the section at hand. */
struct pcapng_interface {
    uint32_t source; /* 0 until the first packet: nothing is named before */
    uint32_t known;  /* index of what is known of it over all sections */
    uint16_t link_type;
    uint32_t snap_length; /* 0: no limit */
    struct pcapng_time time;
    int64_t last_ns;                        /* event time of its last packet; INT64_MIN: none */
    int64_t counted_ns;                     /* when its drop counters were last told; INT64_MIN: at the start of the trace */
    uint64_t interface_drops, system_drops; /* and what they were */
};

struct pcapng_known;

struct pcapng_sources {
    struct file_reader *file;
    bool named;       /* the first packet was reached: sources are added as they are described */
    uint32_t section; /* from 1 */
    struct pcapng_interface *interfaces;
    size_t count, capacity;
    struct pcapng_known *known;
    size_t known_count, known_capacity;
};

/* Its interfaces are those of no section any more. */
void pcapng_sources_new_section(struct pcapng_sources *sources);

/* Adds an interface to the section; clock_ns: event time. Returns true where a source was added to the run's list. */
bool pcapng_sources_describe(struct pcapng_sources *sources, const struct pcapng_description *description, int64_t clock_ns);

/* Names what was described so far, and adds it to the run's list. Once, at the first packet: names depend on how many
 * interfaces there are. */
void pcapng_sources_name(struct pcapng_sources *sources);

/* The source that something known has; named only. */
uint32_t pcapng_sources_of(const struct pcapng_sources *sources, uint32_t known);

/* What is known by that name of an interface, plus 1; 0: nothing is. */
uint32_t pcapng_sources_find(const struct pcapng_sources *sources, const char *name);

void pcapng_sources_fini(struct pcapng_sources *sources);

#endif
