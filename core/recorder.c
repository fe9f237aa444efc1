/* SPDX-License-Identifier: MIT */
/* The recorder: what the engine took, as a pcapng.
 *
 * Packets are formatted into the queue as they come, a batch at a time, on the engine's thread; nothing is allocated for one.
 * Holes, the close and the command's end wait as lines for the next packet, whose comment they become, or for the end: they must
 * stand before it when the file is read, and a block of their own would be lost in programs that rewrite captures.
 *
 * Errors of writing never reach the run. They are remembered, and recorder_finish() tells what is missing: a recording without
 * its end says itself that it is not whole. */
#include "recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memory.h"
#include "recorder_blocks.h"
#include "recorder_queue.h"
#include "recording.h"
#include "text.h"

enum { BUFFER_SIZE = 16 << 20, NAME_MAX_LENGTH = 255 };
enum { LINES_MAX = 8 << 20 };   /* that wait for a packet: beyond it the recording cannot hold what happened */
enum { PACKET_LINES_MAX = 192 }; /* the lines of a packet's own are shorter */

struct recorder {
    char *path;
    int file;
    struct recorder_queue *queue; /* [may be null] from the head on */
    const struct source_list *sources;
    int64_t origin_ns;
    uint64_t packets, holes;      /* told so far */
    struct text lines;            /* that wait for the next packet */
    bool lines_lost;
    struct text trailer;          /* of a packet with lines, and other blocks */
};

struct recorder *recorder_new(const char *path, struct error *error)
{
    bool standard = strcmp(path, "-") == 0;
    int file = standard ? STDOUT_FILENO : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0) {
        error_set(error, "cannot create the recording %s: %s", path, strerror(errno));
        return NULL;
    }
    if (standard && isatty(file)) {
        error_set(error, "the recording would go to a terminal; send standard output to a file or into a pipe, or name a file");
        return NULL;
    }
    struct recorder *recorder = memory_new(1, sizeof *recorder);
    recorder->path = memory_text(standard ? "on standard output" : path);
    recorder->file = file;
    return recorder;
}

static int check_start(const struct recorder_start *start, struct error *error)
{
    if (start->sources->count == 0)
        return error_set(error, "a recording needs a source");
    for (size_t i = 0; i < start->sources->count; i++) {
        const char *name = start->sources->sources[i].name;
        if (strlen(name) > NAME_MAX_LENGTH)
            return error_set(error, "the name of source %.40s... has %zu bytes; a recording holds at most %d", name, strlen(name),
                             NAME_MAX_LENGTH);
    }
    return 0;
}

/* Wanted packets may be long: they are kept as hex, with which a recording replays anywhere. */
static int check_section(const struct recorder_start *start, size_t length, struct error *error)
{
    size_t longest = 0;
    if (length <= RECORDER_SECTION_MAX)
        return 0;
    for (size_t i = 1; i < start->expectation_count; i++)
        longest = strlen(start->expectations[i]) > strlen(start->expectations[longest]) ? i : longest;
    return error_set(error, "the words of the expectations take %zu bytes, those of expectation %zu alone %zu; a recording holds "
                     "at most %d MiB of them, and a packet that is wanted takes two for each of its bytes; want fewer packets, "
                     "or leave --record out", length, longest + 1, strlen(start->expectations[longest]),
                     RECORDER_SECTION_MAX >> 20);
}

static void put_blocks(struct recorder *recorder, const struct text *blocks)
{
    recorder_queue_wait(recorder->queue, blocks->length, INT64_MAX);
    recorder_queue_put(recorder->queue, text_bytes(blocks), blocks->length);
    recorder_queue_commit(recorder->queue);
}

int recorder_begin(struct recorder *recorder, const struct recorder_start *start, struct error *error)
{
    struct text *blocks = &recorder->trailer;
    blocks->length = 0;
    if (check_start(start, error) != 0)
        return error_context(error, "recording %s", recorder->path);
    recorder_block_section(blocks, start);
    if (check_section(start, blocks->length, error) != 0)
        return error_context(error, "recording %s", recorder->path);
    recorder->queue = recorder_queue_new(recorder->file, recorder->file != STDOUT_FILENO, BUFFER_SIZE, error);
    if (!recorder->queue)
        return -1;
    recorder->sources = start->sources;
    recorder->origin_ns = start->origin_ns;
    for (size_t i = 0; i < start->sources->count; i++)
        recorder_block_interface(blocks, &start->sources->sources[i], start->snaplen);
    put_blocks(recorder, blocks);
    return 0;
}

/* ---- Packets ------------------------------------------------------------------------------------------------------------ */

/* No less than the blocks of so many packets take. */
static size_t size_of(const struct recorder *recorder, const struct batch *batch, unsigned count)
{
    const size_t frame = RECORDER_PACKET_HEADER + RECORDER_PACKET_TRAILER + 3;
    /* of a comment: its header and padding; each RECORDER_COMMENT_MAX bytes of lines, cut between lines, need at most two */
    size_t comments = recorder->lines.length / (RECORDER_COMMENT_MAX / 2) + 1;
    size_t size = recorder->lines.length + comments * 8 + PACKET_LINES_MAX;
    for (unsigned i = 0; i < count; i++) {
        const struct aptrace_packet *packet = &batch->packets[i];
        size += frame + packet->capture_length;
        size += packet->time_ns != packet->timestamp_ns ? PACKET_LINES_MAX : 0;
    }
    return size;
}

bool recorder_has_room(struct recorder *recorder, const struct batch *batch, int64_t deadline_ns)
{
    return recorder_queue_wait(recorder->queue, size_of(recorder, batch, batch->count), deadline_ns);
}

static void put_packet(struct recorder *recorder, const struct batch *batch, const struct aptrace_packet *packet)
{
    struct recorder_packet_block block;
    struct recorder_queue *queue = recorder->queue;
    bool lines = recorder->lines.length > 0 || batch->spans || packet->time_ns != packet->timestamp_ns;
    if (lines) {
        recording_write_packet(&recorder->lines, batch, packet);
        recorder_block_packet_with_lines(&block, packet, &recorder->lines, &recorder->trailer);
        recorder->lines.length = 0;
    } else {
        recorder_block_packet(&block, packet);
    }
    recorder_queue_put(queue, block.header, sizeof block.header);
    recorder_queue_put(queue, packet->bytes, packet->capture_length);
    if (lines)
        recorder_queue_put(queue, recorder->trailer.bytes, recorder->trailer.length);
    else
        recorder_queue_put(queue, block.trailer, block.trailer_length);
}

void recorder_packets(struct recorder *recorder, const struct batch *batch, unsigned taken)
{
    if (taken == 0)
        return;
    recorder_queue_wait(recorder->queue, size_of(recorder, batch, taken), INT64_MAX);
    for (unsigned i = 0; i < taken; i++)
        put_packet(recorder, batch, &batch->packets[i]);
    recorder_queue_commit(recorder->queue);
    recorder->packets += taken;
}

/* ---- Lines -------------------------------------------------------------------------------------------------------------- */

/* Whether another line may wait. The end then tells of one more than there are, so that a replay knows. */
static bool may_wait(struct recorder *recorder)
{
    if (recorder->lines.length > LINES_MAX)
        recorder->lines_lost = true;
    return !recorder->lines_lost;
}

void recorder_hole(struct recorder *recorder, const struct hole *hole, const struct source_list *sources)
{
    const struct source *source = source_get(sources, hole->source);
    recorder->holes++;
    if (may_wait(recorder))
        recording_write_hole(&recorder->lines, hole, source ? source->name : "");
}

void recorder_close(struct recorder *recorder, int64_t time_ns)
{
    if (may_wait(recorder))
        recording_write_close(&recorder->lines, time_ns);
}

void recorder_command(struct recorder *recorder, int64_t time_ns, int status)
{
    if (may_wait(recorder))
        recording_write_command(&recorder->lines, time_ns, status);
}

/* ---- The end ------------------------------------------------------------------------------------------------------------ */

static void put_end(struct recorder *recorder, const struct recorder_end *end)
{
    struct text *blocks = &recorder->trailer, line = {0};
    uint64_t holes = recorder->holes + recorder->lines_lost;
    size_t count = recorder->sources->count;
    recording_write_end(&line, end->end_ns, end->interrupted, end->packets, holes, end->has_status ? &end->status : NULL);
    blocks->length = 0;
    for (size_t i = 0; i < count; i++) {
        struct recorder_statistics statistics = {(uint32_t)i, recorder->origin_ns, end->end_ns, &end->sources[i]};
        recorder_block_statistics(blocks, &statistics, &recorder->lines, i + 1 == count ? text_bytes(&line) : NULL);
    }
    put_blocks(recorder, blocks);
    text_fini(&line);
}

static int close_file(struct recorder *recorder)
{
    int file = recorder->file;
    recorder->file = -1;
    return file == STDOUT_FILENO || file < 0 ? 0 : close(file);
}

int recorder_finish(struct recorder *recorder, const struct recorder_end *end, struct error *error)
{
    if (!recorder->queue)
        return error_set(error, "the recording %s is empty: the run did not begin", recorder->path);
    put_end(recorder, end);
    struct recorder_written written = recorder_queue_finish(recorder->queue);
    if (close_file(recorder) != 0 && !written.failure)
        return error_set(error, "the recording %s: %s as it was closed; it may not be whole", recorder->path, strerror(errno));
    if (written.failure)
        return error_set(error, "the recording %s breaks off: %s. It holds %" PRIu64 " of %" PRIu64 " packets (%" PRIu64
                         " bytes) and no end, and replays as cut short; the verdicts of this run stand%s", recorder->path,
                         strerror(written.failure), written.packets, recorder->packets, written.bytes,
                         written.failure == ENOSPC ? ". Make room, or record elsewhere" : "");
    if (recorder->lines_lost)
        return error_set(error, "the recording %s is not whole: more holes came without a packet between them than it can hold; "
                         "it replays as cut short", recorder->path);
    return 0;
}

void recorder_free(struct recorder *recorder)
{
    if (!recorder)
        return;
    recorder_queue_free(recorder->queue);
    close_file(recorder);
    text_fini(&recorder->lines);
    text_fini(&recorder->trailer);
    free(recorder->path);
    free(recorder);
}
