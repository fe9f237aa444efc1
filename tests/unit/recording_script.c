/* SPDX-License-Identifier: MIT */
/* Made-up runs. What they hold is what the live loop can give: event times that never decrease, late and unsure packets alone
 * in their batch, packets behind a later one of their source within one, holes of every kind, a close, a command, two sorts of
 * end. */
#include "recording_script.h"

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/memory.h"
#include "core/reader.h"
#include "core/recording.h"

static char folder[64];
static uint8_t payload[4096];
static struct source_list sources;

void script_folder_begin(void)
{
    snprintf(folder, sizeof folder, "/tmp/aptrace-recording.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    for (size_t i = 0; i < sizeof payload; i++)
        payload[i] = (uint8_t)(i * 7);
    source_add(&sources, "a", NULL, NULL, 1);
    source_add(&sources, "b c=1 from=2", NULL, NULL, 1);
    source_add(&sources, "\xc3\xa4,", NULL, NULL, 101);
}

void script_folder_end(void)
{
    char command[96];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
    source_list_fini(&sources);
}

const char *script_path(const char *name)
{
    static char path[160];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

const struct source_list *script_sources(void)
{
    return &sources;
}

/* ---- Making one up ------------------------------------------------------------------------------------------------------ */

void script_begin(struct script *script)
{
    static const struct recorder_source counts[SCRIPT_SOURCES] = {{100, 1, 99}, {200, 2, 198}, {300, 3, 297}};
    memset(script, 0, sizeof *script);
    script->events = memory_new(SCRIPT_MAX, sizeof *script->events);
    script->clock_ns = SCRIPT_ORIGIN;
    script->end.sources = counts;
}

void script_free(struct script *script)
{
    free(script->events);
}

static struct script_event *next_event(struct script *script, enum feed_event kind)
{
    ck_assert_uint_lt(script->count, SCRIPT_MAX);
    struct script_event *event = &script->events[script->count++];
    event->event = kind;
    return event;
}

void script_packet(struct script *script, uint32_t source, int64_t time_ns, uint32_t length)
{
    struct script_event *event = next_event(script, FEED_PACKETS);
    script->clock_ns = SCRIPT_ORIGIN + time_ns;
    event->packet = (struct aptrace_packet){
        .bytes = payload + script->packets % 256, .capture_length = length, .wire_length = length, .time_ns = script->clock_ns,
        .timestamp_ns = script->clock_ns, .number = ++script->numbers[source], .position = ++script->packets, .source = source,
        .link_type = (uint16_t)source_get(&sources, source)->link_type, .flags = APTRACE_PACKET_RECEIVED};
    script->end.packets = script->packets;
}

void script_hole(struct script *script, const struct hole *hole)
{
    next_event(script, FEED_HOLE)->hole = *hole;
}

static int64_t below(int64_t limit)
{
    return (int64_t)(((uint64_t)rand() << 31 | (uint64_t)rand()) % (uint64_t)limit);
}

static void random_hole(struct script *script)
{
    static const enum hole_kind kinds[] = {HOLE_DROP, HOLE_LINK, HOLE_GONE, HOLE_UNACCOUNTED, HOLE_LATE};
    static const char *const texts[] = {"", "plain", "50 % of\nit, why=x on=y packets=3", "\x01\x7f \xc3\xa4", "to=open"};
    struct hole hole = {.source = (uint32_t)(1 + rand() % SCRIPT_SOURCES), .kind = kinds[rand() % 5],
                        .packets = (uint64_t)below(1000)};
    hole.from_ns = script->clock_ns - below(100000000);
    hole.to_ns = rand() % 4 ? hole.from_ns + below(100000000) : HOLE_OPEN;
    snprintf(hole.text, sizeof hole.text, "%s", texts[rand() % 5]);
    if (rand() % 20 == 0)
        memset(hole.text, rand() % 2 ? 'x' : '\n', sizeof hole.text - 1);
    script_hole(script, &hole);
}

static void random_packet(struct script *script, bool joined)
{
    uint32_t length = (uint32_t)(rand() % 3 ? 14 + rand() % 80 : rand() % 3000);
    int64_t step_ns = rand() % 3 ? below(1000000) : 0;
    script_packet(script, (uint32_t)(1 + rand() % SCRIPT_SOURCES), script->clock_ns - SCRIPT_ORIGIN + step_ns, length);
    struct script_event *event = &script->events[script->count - 1];
    struct aptrace_packet *packet = &event->packet;
    event->joined = joined;
    if (rand() % 8 == 0)
        packet->wire_length += (uint32_t)(1 + rand() % 2000);
    packet->flags = rand() % 3 ? APTRACE_PACKET_RECEIVED : rand() % 3 ? APTRACE_PACKET_SENT : 0;
    packet->flags |= packet->wire_length > packet->capture_length ? APTRACE_PACKET_TRUNCATED : 0;
    if (rand() % 10 == 0)
        packet->timestamp_ns -= 1 + below(5000000); /* behind a later one */
    if (!joined && rand() % 6 == 0) {
        event->spans = true;
        event->late = rand() % 2;
        packet->timestamp_ns = event->late ? packet->time_ns - 1 - below(90000000) : packet->time_ns;
        event->from_ns = packet->timestamp_ns;
        event->to_ns = event->late && rand() % 2 ? packet->time_ns : packet->time_ns + below(3600000000000);
    }
    packet->flags |= packet->timestamp_ns < packet->time_ns ? APTRACE_PACKET_LATE : 0;
}

void script_random(struct script *script, unsigned seed, unsigned rounds)
{
    bool closed = false;
    script_begin(script);
    srand(seed);
    for (unsigned round = 0; round < rounds; round++) {
        if (!closed && rand() % 10 == 0) {
            next_event(script, FEED_CLOSE)->time_ns = script->clock_ns + below(1000000000);
            closed = true;
        }
        for (int holes = rand() % 6 - 3; holes > 0; holes--)
            random_hole(script);
        if (!script->command_told && rand() % 20 == 0) {
            struct script_event *event = next_event(script, FEED_COMMAND);
            event->time_ns = script->clock_ns + below(1000000);
            event->status = rand() % 256;
            script->command_told = true;
            script->end.has_status = true;
            script->end.status = event->status;
        }
        bool joined = false;
        for (int packets = rand() % 12; packets > 0; packets--) {
            random_packet(script, joined);
            joined = !script->events[script->count - 1].spans;
        }
    }
    for (int holes = rand() % 4; holes > 0; holes--)
        random_hole(script);
    script->end.end_ns = script->clock_ns + below(2000000000);
    script->end.interrupted = rand() % 3 == 0;
    if (!script->command_told && rand() % 2) {
        script->end.has_status = true;
        script->end.status = rand() % 256;
    }
}

/* ---- Recording it -------------------------------------------------------------------------------------------------------- */

static size_t record_batch(const struct script *script, size_t first, struct recorder *recorder)
{
    static struct batch batch;
    const struct script_event *event = &script->events[first];
    size_t next = first;
    memset(&batch, 0, sizeof batch);
    batch.spans = event->spans;
    batch.late = event->late;
    batch.span_from_ns = event->from_ns;
    batch.span_to_ns = event->to_ns;
    do
        batch.packets[batch.count++] = script->events[next++].packet;
    while (next < script->count && script->events[next].event == FEED_PACKETS && script->events[next].joined);
    /* what is behind the packets that were taken is not recorded */
    unsigned taken = batch.count;
    if (batch.count < BATCH_CAPACITY && !batch.spans)
        batch.packets[batch.count++] = event->packet;
    ck_assert(recorder_has_room(recorder, &batch, INT64_MAX));
    recorder_packets(recorder, &batch, taken);
    return next;
}

int script_record(const struct script *script, const char *path, struct error *error)
{
    static const char *const expectations[] = {"{\"words\":[\"saw_vlan\",\"tag=102\"]}",
                                               "{\"words\":[\"timed_out\",\"--name\",\"\xc3\xa4\\n\"]}"};
    struct recorder_start start = {.origin_ns = SCRIPT_ORIGIN, .slack_ns = SCRIPT_SLACK, .direction = "both", .sources = &sources,
                                   .snaplen = 262144, .expectations = expectations, .expectation_count = 2};
    struct recorder *recorder = recorder_new(path, error);
    if (!recorder)
        return -1;
    int result = recorder_begin(recorder, &start, error);
    for (size_t i = 0; result == 0 && i < script->count;) {
        const struct script_event *event = &script->events[i];
        switch (event->event) {
        case FEED_PACKETS: i = record_batch(script, i, recorder); continue;
        case FEED_HOLE: recorder_hole(recorder, &event->hole, &sources); break;
        case FEED_CLOSE: recorder_close(recorder, event->time_ns); break;
        case FEED_COMMAND: recorder_command(recorder, event->time_ns, event->status); break;
        case FEED_TICK:
        case FEED_END: ck_abort_msg("not in a script");
        }
        i++;
    }
    if (result == 0)
        result = recorder_finish(recorder, &script->end, error);
    recorder_free(recorder);
    return result;
}

/* ---- In words -------------------------------------------------------------------------------------------------------------- */

static uint32_t sum_of(const uint8_t *bytes, size_t length)
{
    uint32_t sum = 1;
    for (size_t i = 0; i < length; i++)
        sum = sum * 31 + bytes[i];
    return sum;
}

/* From the origin; held by no limit, as an edited file may have any time. */
static int64_t since(int64_t time_ns)
{
    return (int64_t)((uint64_t)time_ns - (uint64_t)SCRIPT_ORIGIN);
}

static void packet_words(struct text *text, const struct aptrace_packet *packet)
{
    text_add(text, "packet %" PRIu64 " %u#%" PRIu64 " at %" PRId64 " stamp %" PRId64 " %u/%u bytes %08x flags %x link %u\n",
             packet->position, packet->source, packet->number, since(packet->time_ns), since(packet->timestamp_ns),
             packet->capture_length, packet->wire_length, sum_of(packet->bytes, packet->capture_length), packet->flags,
             packet->link_type);
}

static void span_words(struct text *text, bool late, int64_t from_ns, int64_t to_ns)
{
    text_add(text, "%s from %" PRId64 " to %" PRId64 ": ", late ? "late" : "unsure", since(from_ns), since(to_ns));
}

static void hole_words(struct text *text, const struct hole *hole)
{
    text_add(text, "hole %s of %u from %" PRId64 " to %" PRId64 " packets %" PRIu64 " \"%s\"\n", hole_kind_name(hole->kind),
             hole->source, since(hole->from_ns), hole->to_ns == HOLE_OPEN ? -1 : since(hole->to_ns), hole->packets, hole->text);
}

char *script_words(const struct script *script)
{
    struct text text = {0};
    text_add(&text, "origin %" PRId64 "\n", SCRIPT_ORIGIN);
    for (size_t i = 0; i < script->count; i++) {
        const struct script_event *event = &script->events[i];
        if (event->event == FEED_PACKETS) {
            if (event->spans)
                span_words(&text, event->late, event->from_ns, event->to_ns);
            packet_words(&text, &event->packet);
        } else if (event->event == FEED_HOLE) {
            hole_words(&text, &event->hole);
        } else if (event->event == FEED_CLOSE) {
            text_add(&text, "close %" PRId64 "\n", event->time_ns - SCRIPT_ORIGIN);
        } else {
            text_add(&text, "command %d\n", event->status);
        }
    }
    if (script->end.has_status && !script->command_told)
        text_add(&text, "command %d\n", script->end.status);
    text_add(&text, "%s %" PRId64 "\n", script->end.interrupted ? "interrupted" : "complete", script->end.end_ns - SCRIPT_ORIGIN);
    return text_take(&text);
}

static void end_words(struct text *text, const struct feed *feed)
{
    static const char *const names[] = {"silence", "complete", "interrupted", "damaged"};
    text_add(text, "%s", names[feed->end]);
    if (feed->end == FEED_END_COMPLETE || feed->end == FEED_END_INTERRUPTED)
        text_add(text, " %" PRId64, since(feed->time_ns));
    text_add(text, "\n");
}

static void play(struct timeline *timeline, struct text *text)
{
    const struct feed *feed = &timeline->feed;
    int64_t clock_ns = INT64_MIN;
    for (;;) {
        switch (timeline_next(timeline)) {
        case FEED_PACKETS:
            ck_assert(!feed->batch->spans || feed->batch->count == 1);
            for (unsigned i = 0; i < feed->batch->count; i++) {
                ck_assert_int_ge(feed->batch->packets[i].time_ns, clock_ns);
                clock_ns = feed->batch->packets[i].time_ns;
                if (feed->batch->spans)
                    span_words(text, feed->batch->late, feed->batch->span_from_ns, feed->batch->span_to_ns);
                packet_words(text, &feed->batch->packets[i]);
            }
            break;
        case FEED_HOLE: hole_words(text, &feed->hole); break;
        case FEED_CLOSE: text_add(text, "close %" PRId64 "\n", since(feed->time_ns)); break;
        case FEED_COMMAND: text_add(text, "command %d\n", feed->command_status); break;
        case FEED_TICK: ck_abort_msg("a tick in a recording");
        case FEED_END: end_words(text, feed); return;
        }
    }
}

char *script_replay(const char *path)
{
    struct source_list list = {0};
    struct timeline timeline;
    struct error error;
    struct text text = {0};
    timeline_init(&timeline, &list);
    struct reader *reader = reader_open(path, NULL, &list, &error);
    if (!reader) {
        text_add(&text, "?%s", error.text);
    } else {
        timeline_take_reader(&timeline, reader, 0);
        timeline_start(&timeline);
        text_add(&text, "origin %" PRId64 "\n", timeline.origin_ns);
        play(&timeline, &text);
        bool damaged = strstr(text_bytes(&text), "\ndamaged\n") != NULL;
        if (reader->recording)
            ck_assert_int_eq(reader->end == READER_END_OF_TRACE, !damaged);
        ck_assert_int_eq(reader->damage.text[0] != '\0', reader->end != READER_END_OF_TRACE);
    }
    timeline_fini(&timeline);
    source_list_fini(&list);
    return text_take(&text);
}

/* ---- Files and programs ---------------------------------------------------------------------------------------------------- */

uint8_t *script_load(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    struct stat status;
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fstat(fileno(file), &status), 0);
    uint8_t *bytes = memory_new((size_t)status.st_size + 1, 1);
    *length = fread(bytes, 1, (size_t)status.st_size, file);
    fclose(file);
    return bytes;
}

void script_store(const char *path, const uint8_t *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
    ck_assert_int_eq(fclose(file), 0);
}

char *script_ask(const char *program, const char *arguments, const char *path)
{
    char command[512], buffer[4096];
    struct text text = {0};
    size_t length;
    snprintf(command, sizeof command, "command -v %s >/dev/null 2>&1", program);
    if (system(command) != 0)
        return NULL;
    snprintf(command, sizeof command, "%s %s %s 2>/dev/null", program, arguments, path);
    FILE *pipe = popen(command, "r");
    ck_assert_ptr_nonnull(pipe);
    while ((length = fread(buffer, 1, sizeof buffer, pipe)) > 0)
        text_add_bytes(&text, buffer, length);
    ck_assert_int_eq(pclose(pipe), 0);
    return text_take(&text);
}
