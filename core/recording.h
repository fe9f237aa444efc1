/* SPDX-License-Identifier: MIT */
/* recording.h: what makes a pcapng a recording: lines of text in its comments. The recorder writes them, the pcapng reader reads
 * them.
 *
 * The first comment of the section is the head: "aptrace recording 1", "origin=NS", "direction=in", "slack=NS"; each further one
 * of the section that begins with "{" is an expectation as JSON. One that is longer than a comment goes on in those behind it,
 * which begin with the line "aptrace expectation part=N", N from 2. A comment of a packet holds what stands in the timeline
 * before that packet, and what is to be known of the packet itself, one a line:
 *
 *     aptrace hole KIND from=NS to=NS|open packets=N on=NAME,why=TEXT   (%XX for control characters and % in TEXT)
 *     aptrace close at=NS                      the run's own windows close then
 *     aptrace command end=NS status=N
 *     aptrace late clock=NS                    of this packet: its stamp is its own; it came when the clock stood there
 *     aptrace unsure from=NS to=NS             of this packet: its stamp fits two times
 *     aptrace behind clock=NS                  of this packet: rule 1, behind a later one of its source; its place is sure
 *     aptrace end=NS reason=complete|interrupted packets=N holes=N [status=N]     on the last statistics block alone
 *
 * Lines that do not begin with "aptrace " are somebody's notes. One that does and cannot be read means an edited recording. A
 * struct recording is the state of reading one; it owns its texts. */
#ifndef RECORDING_H
#define RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "batch.h"
#include "error.h"
#include "hole.h"
#include "text.h"

/* ---- Lines ------------------------------------------------------------------------------------------------------------- */

enum recording_word {
    RECORDING_NOTE, /* nothing of ours */
    RECORDING_HOLE, RECORDING_CLOSE, RECORDING_COMMAND, RECORDING_LATE, RECORDING_UNSURE, RECORDING_BEHIND, RECORDING_END,
    RECORDING_UNREADABLE
};

struct recording_line {
    enum recording_word word;
    struct hole hole;       /* without its source */
    const char *name;       /* of the hole's source, in the line; "" for all */
    int64_t time_ns;        /* close, command, late, behind, end */
    int64_t from_ns, to_ns; /* unsure */
    bool interrupted, has_status;
    int64_t status;
    int64_t packets, holes;
};

/* Takes one line apart, closed by a zero; it is written into, and the result points into it. */
void recording_read_line(char *line, struct recording_line *read);

void recording_write_head(struct text *text, int64_t origin_ns, const char *direction, int64_t slack_ns);
void recording_write_part(struct text *text, unsigned part); /* the line before another part of an expectation, from 2 on */
void recording_write_hole(struct text *text, const struct hole *hole, const char *name);
void recording_write_close(struct text *text, int64_t time_ns);
void recording_write_command(struct text *text, int64_t time_ns, int status);

/* The lines that a packet needs itself; none where its stamp is its event time and its place is sure. */
void recording_write_packet(struct text *text, const struct batch *batch, const struct aptrace_packet *packet);

/* The end line. status [may be null]: of the command. */
void recording_write_end(struct text *text, int64_t end_ns, bool interrupted, uint64_t packets, uint64_t holes,
                         const int *status);

/* ---- Reading one -------------------------------------------------------------------------------------------------------- */

enum recording_event { RECORDING_TELL_NONE, RECORDING_TELL_HOLE, RECORDING_TELL_CLOSE, RECORDING_TELL_COMMAND };

/* What stands between the packets, to be handed out. */
struct recording_told {
    enum recording_event event;
    struct hole hole;       /* its source: what the caller's resolve gave */
    int64_t time_ns;
    int status;
};

/* What the annotations say of the packet that follows them. */
struct recording_packet {
    bool has_clock, spans, late;
    int64_t clock_ns, span_from_ns, span_to_ns;
    bool has_span; /* of its own, by "unsure" */
};

struct recording {
    int64_t origin_ns, slack_ns;
    char direction[8];          /* "in", "out", "both" */
    struct text *expectations;  /* each as JSON */
    size_t expectation_count, expectation_capacity;
    unsigned parts;             /* read of the last one; 0: there is none */

    uint64_t packets, holes;    /* read so far */
    uint64_t position;          /* the number in the timeline of the packet read last */
    struct recording_packet packet; /* the one ahead */
    uint64_t annotated;         /* the frame whose annotations were read last */
    bool in_doubt;              /* it was edited, or breaks off: a hole was told from there on */
    char doubt[256];            /* how, for a person; no path */
    bool has_end, interrupted;  /* the end record, as far as it was read */
    int64_t end_ns, end_packets, end_holes;
    bool has_command;           /* the command's end is known */
    struct recording_told *told;
    size_t told_count, told_capacity, told_given;
};

/* Whether a section's first comment has the mark. */
bool recording_has_mark(const char *comment, size_t length);

/* Reads the head. Null after an error: of another version, or unreadable. */
struct recording *recording_new(const char *comment, size_t length, struct error *error);
void recording_free(struct recording *recording);

/* Another comment of the section. */
void recording_take_section_comment(struct recording *recording, const char *comment, size_t length);

/* A comment of the packet ahead, or of a statistics block. clock_ns: event time so far. resolve: the source of a name, by
 * whatever number the caller wants in the holes; 0 for none. */
typedef uint32_t recording_resolve(void *context, const char *name);
void recording_take_comment(struct recording *recording, const char *comment, size_t length, int64_t clock_ns,
                            recording_resolve *resolve, void *context);

/* It is not what was recorded, from one slack before clock_ns on. Told once. */
__attribute__((format(printf, 3, 4)))
void recording_put_in_doubt(struct recording *recording, int64_t clock_ns, const char *format, ...);

/* Whether the packet with this number in the timeline follows, and nothing stands before it. */
static inline bool recording_follows(const struct recording *recording, uint64_t position, bool commented)
{
    return position == recording->position + 1 && !commented && !recording->has_end;
}

/* The next that is to be told; null for none. It holds until the next call of anything here. */
const struct recording_told *recording_tell(struct recording *recording);

/* Nothing comes any more: compares with the end record. */
void recording_finish(struct recording *recording, int64_t clock_ns);

#endif
