/* SPDX-License-Identifier: MIT */
/* document.h: the verdict document: all that a run has to say, as plain data for the reports.
 *
 * The document members are what the json report prints, in its order; they hold nothing that differs between a live run and
 * its replay, or between two runs of the same input: no path, host, wall clock, mode or version. Times are nanoseconds since
 * the origin. What follows "for a person" is for the text report alone. The document owns everything it points to. */
#ifndef DOCUMENT_H
#define DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <aptrace/predicate.h>

#include "memory.h"

#define DOCUMENT_SAME_UNKNOWN UINT64_MAX

enum verdict { VERDICT_PASS, VERDICT_FAIL, VERDICT_INCONCLUSIVE, VERDICT_ERROR };

struct document_packet {
    const char *source;
    uint64_t number;
    int64_t time_ns;
    /* for a person */
    uint64_t frame;   /* of its file, from 1; 0: none */
    const char *file; /* [may be null] last part of the path */
};

struct document_difference { const char *field, *wanted, *got; };

/* A likely cause: a packet that was looked for was seen elsewhere. */
struct document_likely {
    const char *text;   /* "it was seen on 3: 3#5 at +0.100 s" */
    /* for a person */
    const char *cause;  /* "it was seen on 3" */
    struct document_packet packet;
    bool of_whole_run;  /* outside the window: how far one sees depends on the other expectations, so the json report has none */
};

struct document_hole {
    const char *source, *kind;
    uint64_t packets;
    int64_t from_ns, to_ns; /* clipped to the window */
    const char *text;
};

struct document_source {
    const char *name;
    const char *link_type; /* "EN10MB", libpcap's name; "LINKTYPE_250" where it has none */
    uint64_t packets, dropped, late;
    const char *ended;     /* [may be null] "end of trace", "cut short", "corrupt", ... */
    /* for a person */
    const char *file;      /* [may be null] path as given */
};

struct document_parameter { const char *key, *text; };

struct document_expectation {
    const char *label, *plugin;
    const struct document_parameter *parameters;
    size_t parameter_count;
    const char *const *on;
    size_t on_count;
    const char *direction;
    const char *filter;   /* [may be null] */
    const char *after;    /* [may be null] */
    const char *expected; /* as it was written; what the predicate expects, or "true", where nothing was */
    enum verdict verdict;
    bool has_value;       /* false: never opened, or a fault; the json value is then null */
    struct aptrace_value value;
    bool has_opens, has_closes;
    int64_t opens_ns, closes_ns;
    uint64_t packets;
    const char *reason;   /* "stopped", "counted", "timed out", "ended", "interrupted", "never opened", "plugin fault" */
    int64_t finish_ns;
    const struct document_packet *finish_packet; /* [may be null] */
    const char *explanation;                     /* [may be null] */
    const struct document_packet *nearest;       /* [may be null] */
    uint64_t nearest_distance;
    const char *nearest_text;                    /* may have several lines, whose columns count */
    const struct document_difference *differences;
    size_t difference_count;
    uint64_t nearest_same;                       /* others that missed in the same way, or DOCUMENT_SAME_UNKNOWN */
    const struct document_packet *cited;
    size_t cited_count;
    const struct document_hole *holes;
    size_t hole_count;
    const struct document_likely *likely;        /* why nothing was found; none where it passed or was stopped */
    size_t likely_count;
    /* for a person */
    bool named;           /* label was given by --name */
    const char *title;    /* [may be null] else: the label with parameters as they were typed */
    const char *words;    /* "saw_vlan tag=102": plugin and parameters as typed, for a shell */
    const char *options;  /* the expectation's other options as typed, for a shell: "--on 2 --timeout 5s"; may be empty */
};

struct document {
    enum verdict verdict;
    struct document_source *sources;
    size_t source_count;
    struct document_expectation *expectations;
    size_t expectation_count;
    bool has_command;
    int command_status;
    int64_t end_ns;
    /* for a person */
    uint64_t packets, dropped;        /* in all */
    const char *sources_words;        /* "--replay 1=a.pcap --replay 2=b.pcap": to paste, for a shell */
    const char *command_words;        /* [may be null] "-- tcpreplay -i eth1 in.pcap": behind the expectations, for a shell */
    const char *const *notes;         /* lines: oddities, traces without directions, ... */
    size_t note_count;

    struct arena arena;               /* holds all of it; arena_fini() frees it */
};

const char *verdict_name(enum verdict verdict); /* "pass", "fail", "inconclusive", "error" */

/* The exit status that a document asks for: 4, 1, 3, 0 by what is present, in that order. */
int document_exit_status(const struct document *document);

#endif
