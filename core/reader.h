/* SPDX-License-Identifier: MIT */
/* reader.h: one trace (or, later, one live port) as a stream of events in its own order.
 *
 * Behind one table of functions stand pcap, pcapng and live capture. A reader tells its sources before their first packet,
 * fills batches with packets as they lie in the file, and puts holes at their place. It knows no clock: stamps are as
 * recorded, oddities and all; the timeline makes event times of them.
 *
 * Malformed records are data: what can be read stands, and is counted in oddities. A length that cannot be is corruption:
 * the reader then tells a hole and its end. */
#ifndef READER_H
#define READER_H

#include <stdbool.h>
#include <stdint.h>

#include "batch.h"
#include "error.h"
#include "hole.h"
#include "source.h"

struct recording;

enum reader_event {
    READER_PACKETS, /* batch holds at least one */
    READER_SOURCE,  /* one more source was added to the list, not before the first packet (see below) */
    READER_HOLE,    /* hole is set */
    READER_CLOSE,   /* of a recording: the moment at which the run's own windows close, time_ns */
    READER_COMMAND, /* of a recording: the command ended, time_ns and command_status */
    READER_END      /* nothing comes any more; end is set */
};

enum reader_end { READER_END_OF_TRACE, READER_CUT_SHORT, READER_CORRUPT };

/* How often a trace did what the format does not allow, or what a person should know. The first record of each is kept. */
struct oddity {
    uint64_t count, first_record; /* record: packet number in the file, from 1; 0: the file's header */
};

struct oddities {
    struct oddity fraction;      /* fraction of a second out of range: carried into the seconds */
    struct oddity capture_above_wire;
    struct oddity negative_time; /* before 1970 */
    struct oddity reserved_bits; /* set beside the link type */
    struct oddity no_direction;  /* packets that do not say whether they came in or went out: not odd, but told once */
    struct oddity unknown_interface;
};

struct reader {
    const struct reader_ops *ops;
    char *path;                  /* as given; "-": standard input */
    char *label;                 /* what messages call it: the path's last part, or "standard input" */
    struct source_list *sources; /* borrowed: the run's */
    struct oddities oddities;
    bool may_grow;               /* further sources may be described behind packets (pcapng) */
    enum reader_end end;
    struct error damage;         /* where and why, when end is not READER_END_OF_TRACE: record number, byte offset, expected, got */
    struct hole hole;
    int64_t time_ns;
    int command_status;
    struct recording *recording; /* [may be null] what a recording says of its run: its packets are on the clock already (time_ns)
                                    and its holes stand as they are. Its end, where it is whole and told, is in it */
    const char *format;          /* "pcap, little endian, microseconds" for --verbose */
};

struct reader_ops {
    /* Reads on. On READER_PACKETS the batch is filled from its start: each packet's bytes, lengths, timestamp_ns (= time_ns),
     * link_type, source, flags (RECEIVED or SENT where known, TRUNCATED), and its frame. number, position, layers and LATE are
     * the timeline's. In a recording time_ns is the event time, and a packet whose place is not sure travels alone (batch.h).
     * A batch ends before any other event, and where the buffer must be read on: packets hold until the next call. Sources
     * described before the first packet are added by reader_open(); for a later one READER_SOURCE comes at its place between
     * the packets. Never fails: damage is an event. */
    enum reader_event (*next)(struct reader *reader, struct batch *batch);
    void (*free)(struct reader *reader);
    uint64_t (*bytes_read)(const struct reader *reader);  /* of the file, for progress */
    uint64_t (*bytes_total)(const struct reader *reader); /* 0: not known */
};

struct reader_options {
    const char *name;      /* [may be null] NAME= before the file */
    int64_t link_type;     /* --link-type; -1: what the file says */
};

/* Opens a trace by its content and adds the sources that it tells before its first packet. Null after an error: no such
 * file, a directory, empty (unless the file's name says that bmv2 wrote it), not a trace. "-" is standard input. */
struct reader *reader_open(const char *path, const struct reader_options *options, struct source_list *sources, struct error *error);

static inline enum reader_event reader_next(struct reader *reader, struct batch *batch)
{
    return reader->ops->next(reader, batch);
}

void reader_free(struct reader *reader);

#endif
