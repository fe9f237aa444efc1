/* SPDX-License-Identifier: MIT */
/* The lines of a recording, written and read in one place, so that what the one says the other understands.
 *
 * A replay must come to the document of the live run to the byte, or else say that it cannot. So what is read is checked: every
 * packet has its number in the timeline, and the end tells how many packets and holes there were. Whatever does not add up (a
 * packet taken out, a line that cannot be read, no end) puts the recording in doubt from one slack before the last packet that is
 * sure: that far back could the lines reach that are missing. Nothing that is read here can fail the run.
 *
 * Annotations ride on packets, as programs that rewrite captures keep the comments of packets and drop blocks that they do not
 * know. */
#include "recording.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "number.h"

#define OURS "aptrace "
#define MARK "aptrace recording "
#define PART "aptrace expectation part="
enum { HEAD_VERSION = 1 };

/* ---- Writing ------------------------------------------------------------------------------------------------------------ */

void recording_write_head(struct text *text, int64_t origin_ns, const char *direction, int64_t slack_ns)
{
    text_add(text, MARK "%d\norigin=%" PRId64 "\ndirection=%s\nslack=%" PRId64, HEAD_VERSION, origin_ns, direction, slack_ns);
}

void recording_write_part(struct text *text, unsigned part)
{
    text_add(text, PART "%u\n", part);
}

static bool is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte != 0x7f && byte != '%';
}

void recording_write_hole(struct text *text, const struct hole *hole, const char *name)
{
    text_add(text, OURS "hole %s from=%" PRId64 " to=", hole_kind_name(hole->kind), hole->from_ns);
    if (hole->to_ns == HOLE_OPEN)
        text_add(text, "open");
    else
        text_add(text, "%" PRId64, hole->to_ns);
    text_add(text, " packets=%" PRIu64 " on=%s,why=", hole->packets, name);
    for (const char *c = hole->text; *c; c++)
        text_add(text, is_plain((unsigned char)*c) ? "%c" : "%%%02x", (unsigned char)*c);
    text_add(text, "\n");
}

void recording_write_close(struct text *text, int64_t time_ns)
{
    text_add(text, OURS "close at=%" PRId64 "\n", time_ns);
}

void recording_write_command(struct text *text, int64_t time_ns, int status)
{
    text_add(text, OURS "command end=%" PRId64 " status=%d\n", time_ns, status);
}

void recording_write_packet(struct text *text, const struct batch *batch, const struct aptrace_packet *packet)
{
    bool late = batch->spans && batch->late;
    int64_t from_ns = packet->timestamp_ns, to_ns = packet->time_ns;
    if (late)
        text_add(text, OURS "late clock=%" PRId64 "\n", packet->time_ns);
    else if (packet->timestamp_ns != packet->time_ns)
        text_add(text, OURS "behind clock=%" PRId64 "\n", packet->time_ns);
    if (batch->spans && (!late || batch->span_from_ns != from_ns || batch->span_to_ns != to_ns))
        text_add(text, OURS "unsure from=%" PRId64 " to=%" PRId64 "\n", batch->span_from_ns, batch->span_to_ns);
}

void recording_write_end(struct text *text, int64_t end_ns, bool interrupted, uint64_t packets, uint64_t holes, const int *status)
{
    text_add(text, OURS "end=%" PRId64 " reason=%s packets=%" PRIu64 " holes=%" PRIu64, end_ns,
             interrupted ? "interrupted" : "complete", packets, holes);
    if (status)
        text_add(text, " status=%d", *status);
}

/* ---- Lines -------------------------------------------------------------------------------------------------------------- */

/* The number behind " KEY=" in a line, up to a blank or the end. */
static bool field(const char *line, const char *key, int64_t *number)
{
    const char *at = strstr(line, key);
    char *rest;
    if (!at)
        return false;
    at += strlen(key);
    if (*at != '-' && (*at < '0' || *at > '9'))
        return false;
    errno = 0;
    long long value = strtoll(at, &rest, 10);
    *number = value;
    return errno == 0 && rest > at && (*rest == '\0' || *rest == ' ');
}

static bool kind_of(const char *name, size_t length, enum hole_kind *kind)
{
    for (int i = 0; strcmp(hole_kind_name((enum hole_kind)i), "unknown") != 0; i++) {
        const char *known = hole_kind_name((enum hole_kind)i);
        if (strlen(known) != length || strncmp(known, name, length) != 0)
            continue;
        *kind = (enum hole_kind)i;
        return true;
    }
    return false;
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_why(const char *why, char *text, size_t size)
{
    size_t used = 0;
    for (; *why && used + 1 < size; why++) {
        if (*why != '%') {
            text[used++] = *why;
            continue;
        }
        int high = digit(why[1]), low = high < 0 ? -1 : digit(why[2]);
        if (low < 0)
            return false;
        text[used++] = (char)(high * 16 + low);
        why += 2;
    }
    text[used] = '\0';
    return *why == '\0';
}

static bool read_hole(char *line, struct recording_line *read)
{
    const char *kind = line + strlen(OURS "hole "), *from = strstr(kind, " from=");
    char *on = strstr(line, " on="), *why = on ? strchr(on, ',') : NULL;
    if (!from || !why || strncmp(why, ",why=", 5) != 0)
        return false;
    *on = *why = '\0';
    read->name = on + 4;
    if (strstr(line, " to=open "))
        read->hole.to_ns = HOLE_OPEN;
    else if (!field(line, " to=", &read->hole.to_ns))
        return false;
    bool whole = kind_of(kind, (size_t)(from - kind), &read->hole.kind) && field(line, " from=", &read->hole.from_ns)
              && field(line, " packets=", &read->packets) && read->packets >= 0 && read->hole.from_ns <= read->hole.to_ns;
    read->hole.packets = (uint64_t)read->packets;
    return whole && read_why(why + 5, read->hole.text, sizeof read->hole.text);
}

static bool read_end(const char *line, struct recording_line *read)
{
    read->interrupted = strstr(line, " reason=interrupted ") != NULL;
    read->has_status = field(line, " status=", &read->status);
    return (read->interrupted || strstr(line, " reason=complete ")) && field(line, " end=", &read->time_ns)
        && field(line, " packets=", &read->packets) && field(line, " holes=", &read->holes)
        && (read->has_status || !strstr(line, " status="));
}

static bool begins(const char *line, const char *with)
{
    return strncmp(line, with, strlen(with)) == 0;
}

void recording_read_line(char *line, struct recording_line *read)
{
    bool sound = false;
    memset(read, 0, sizeof *read);
    if (!begins(line, OURS))
        return;
    if (begins(line, OURS "hole ")) {
        read->word = RECORDING_HOLE;
        sound = read_hole(line, read);
    } else if (begins(line, OURS "close ")) {
        read->word = RECORDING_CLOSE;
        sound = field(line, " at=", &read->time_ns);
    } else if (begins(line, OURS "command ")) {
        read->word = RECORDING_COMMAND;
        sound = field(line, " end=", &read->time_ns) && field(line, " status=", &read->status);
    } else if (begins(line, OURS "late ") || begins(line, OURS "behind ")) {
        read->word = begins(line, OURS "late ") ? RECORDING_LATE : RECORDING_BEHIND;
        sound = field(line, " clock=", &read->time_ns);
    } else if (begins(line, OURS "unsure ")) {
        read->word = RECORDING_UNSURE;
        sound = field(line, " from=", &read->from_ns) && field(line, " to=", &read->to_ns) && read->from_ns <= read->to_ns;
    } else if (begins(line, OURS "end=")) {
        read->word = RECORDING_END;
        sound = read_end(line, read);
    }
    if (!sound)
        read->word = RECORDING_UNREADABLE;
}

/* ---- The head ----------------------------------------------------------------------------------------------------------- */

bool recording_has_mark(const char *comment, size_t length)
{
    return length > strlen(MARK) && memcmp(comment, MARK, strlen(MARK)) == 0;
}

/* The head's lines, blanks between them, so that fields are found alike everywhere. */
static bool read_head(struct recording *recording, char *head)
{
    const char *direction;
    for (char *c = head; *c; c++)
        *c = *c == '\n' ? ' ' : *c;
    direction = strstr(head, " direction=");
    return field(head, " origin=", &recording->origin_ns) && field(head, " slack=", &recording->slack_ns)
        && recording->slack_ns >= 0 && direction && sscanf(direction, " direction=%7s", recording->direction) == 1;
}

struct recording *recording_new(const char *comment, size_t length, struct error *error)
{
    struct recording *recording = memory_new(1, sizeof *recording);
    char *head = memory_text_of(comment, length);
    long version = strtol(head + strlen(MARK), NULL, 10);
    bool sound = version == HEAD_VERSION && read_head(recording, head);
    free(head);
    if (sound)
        return recording;
    recording_free(recording);
    if (version != HEAD_VERSION)
        error_set(error, "a recording of format %ld; expected %d: it was made by another version of aptrace, replay it with that",
                  version, HEAD_VERSION);
    else
        error_set(error, "a recording whose head cannot be read; expected the lines origin=NS, direction=in|out|both, slack=NS");
    return NULL;
}

void recording_free(struct recording *recording)
{
    if (!recording)
        return;
    for (size_t i = 0; i < recording->expectation_count; i++)
        text_fini(&recording->expectations[i]);
    free(recording->expectations);
    free(recording->told);
    free(recording);
}

/* Whether a comment is the next part of the last expectation; *rest: where it goes on. */
static bool is_next_part(const struct recording *recording, const char *comment, size_t length, const char **rest)
{
    struct text line = {0};
    recording_write_part(&line, recording->parts + 1);
    bool next = recording->parts > 0 && length >= line.length && memcmp(comment, line.bytes, line.length) == 0;
    *rest = comment + line.length;
    text_fini(&line);
    return next;
}

/* Parts that do not follow one another are left out: without them the JSON has no end, and cannot be read. */
void recording_take_section_comment(struct recording *recording, const char *comment, size_t length)
{
    const char *rest = comment, *end = comment + length;
    bool is_first = length > 0 && comment[0] == '{';
    if (is_first) {
        recording->expectations = memory_grow(recording->expectations, &recording->expectation_capacity,
                                              recording->expectation_count, sizeof *recording->expectations);
        recording->expectation_count++;
        recording->parts = 0;
    } else if (!is_next_part(recording, comment, length, &rest)) {
        return;
    }
    recording->parts++;
    text_add_bytes(&recording->expectations[recording->expectation_count - 1], rest, (size_t)(end - rest));
}

/* ---- Events ------------------------------------------------------------------------------------------------------------- */

static void push(struct recording *recording, const struct recording_told *told)
{
    recording->told = memory_grow(recording->told, &recording->told_capacity, recording->told_count, sizeof *recording->told);
    recording->told[recording->told_count++] = *told;
}

void recording_put_in_doubt(struct recording *recording, int64_t clock_ns, const char *format, ...)
{
    va_list arguments;
    if (recording->in_doubt)
        return;
    recording->in_doubt = true;
    va_start(arguments, format);
    vsnprintf(recording->doubt, sizeof recording->doubt, format, arguments);
    va_end(arguments);
    int64_t from_ns = number_add(clock_ns > recording->origin_ns ? clock_ns : recording->origin_ns, -recording->slack_ns);
    struct recording_told told = {.event = RECORDING_TELL_HOLE,
                                  .hole = {.kind = HOLE_CUT_SHORT, .from_ns = from_ns, .to_ns = HOLE_OPEN}};
    snprintf(told.hole.text, sizeof told.hole.text, "%.250s", recording->doubt);
    push(recording, &told);
}

static void take_command(struct recording *recording, int64_t time_ns, int64_t status)
{
    struct recording_told told = {.event = RECORDING_TELL_COMMAND, .time_ns = time_ns, .status = (int)status};
    if (recording->has_command)
        return;
    recording->has_command = true;
    push(recording, &told);
}

static void take_end(struct recording *recording, const struct recording_line *line)
{
    recording->has_end = true;
    recording->interrupted = line->interrupted;
    recording->end_ns = line->time_ns;
    recording->end_packets = line->packets;
    recording->end_holes = line->holes;
    if (line->has_status)
        take_command(recording, line->time_ns, line->status);
}

static void take_packet_line(struct recording_packet *packet, const struct recording_line *line)
{
    if (line->word == RECORDING_UNSURE) {
        packet->spans = packet->has_span = true;
        packet->span_from_ns = line->from_ns;
        packet->span_to_ns = line->to_ns;
        return;
    }
    packet->has_clock = true;
    packet->clock_ns = line->time_ns;
    if (line->word == RECORDING_LATE)
        packet->spans = packet->late = true;
}

void recording_take_comment(struct recording *recording, const char *comment, size_t length, int64_t clock_ns,
                            recording_resolve *resolve, void *context)
{
    char *copy = memory_text_of(comment, length);
    for (char *rest = copy, *next; (next = strsep(&rest, "\n")) != NULL;) {
        struct recording_line line;
        struct recording_told told = {.event = RECORDING_TELL_HOLE};
        recording_read_line(next, &line);
        switch (line.word) {
        case RECORDING_NOTE:
            break;
        case RECORDING_HOLE:
            told.hole = line.hole;
            told.hole.source = resolve(context, line.name);
            recording->holes++;
            push(recording, &told);
            break;
        case RECORDING_CLOSE:
            push(recording, &(struct recording_told){.event = RECORDING_TELL_CLOSE, .time_ns = line.time_ns});
            break;
        case RECORDING_COMMAND:
            take_command(recording, line.time_ns, line.status);
            break;
        case RECORDING_LATE:
        case RECORDING_UNSURE:
        case RECORDING_BEHIND:
            take_packet_line(&recording->packet, &line);
            break;
        case RECORDING_END:
            take_end(recording, &line);
            break;
        case RECORDING_UNREADABLE:
            recording_put_in_doubt(recording, clock_ns, "the recording was edited: a line of it behind packet %" PRIu64
                                   " cannot be read", recording->packets);
            break;
        }
    }
    free(copy);
}

const struct recording_told *recording_tell(struct recording *recording)
{
    if (recording->told_given < recording->told_count)
        return &recording->told[recording->told_given++];
    recording->told_given = recording->told_count = 0;
    return NULL;
}

void recording_finish(struct recording *recording, int64_t clock_ns)
{
    if (!recording->has_end)
        recording_put_in_doubt(recording, clock_ns, "the recording is cut short: it has no end behind packet %" PRIu64,
                               recording->packets);
    else if ((uint64_t)recording->end_packets != recording->packets || (uint64_t)recording->end_holes != recording->holes)
        recording_put_in_doubt(recording, clock_ns, "the recording was edited or cut short: %" PRIu64 " packets and %" PRIu64
                               " holes are there; its end tells of %" PRId64 " and %" PRId64, recording->packets,
                               recording->holes, recording->end_packets, recording->end_holes);
}
