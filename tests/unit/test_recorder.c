/* SPDX-License-Identifier: MIT */
/* The recorder: what others read in its file, and what it does where the file is slow, full or gone. */
#include <check.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/memory.h"
#include "core/recording.h"
#include "recording_script.h"
#include "suites.h"

/* ---- By other programs --------------------------------------------------------------------------------------------------- */

/* Of each packet, as tshark prints it: interface, time, lengths, direction, number in the timeline. */
static char *wanted_fields(const struct script *script)
{
    struct text text = {0};
    for (size_t i = 0; i < script->count; i++) {
        const struct aptrace_packet *packet = &script->events[i].packet;
        if (script->events[i].event != FEED_PACKETS)
            continue;
        text_add(&text, "%s|%" PRId64 ".%09" PRId64 "|%u|%u|%s|%" PRIu64 "\n", source_get(script_sources(), packet->source)->name,
                 packet->timestamp_ns / 1000000000, packet->timestamp_ns % 1000000000, packet->capture_length,
                 packet->wire_length,
                 packet->flags & APTRACE_PACKET_SENT ? "0x00000002" : packet->flags & APTRACE_PACKET_RECEIVED ? "0x00000001" : "",
                 packet->position);
    }
    return text_take(&text);
}

START_TEST(tshark_reads_the_same_packets)
{
    struct script script;
    struct error error;
    script_random(&script, (unsigned)_i + 3, 30);
    ck_assert_int_eq(script_record(&script, script_path("t.pcapng"), &error), 0);
    char *got = script_ask("tshark", "-n -T fields -E separator='|' -e frame.interface_name -e frame.time_epoch -e frame.cap_len "
                           "-e frame.len -e frame.packet_flags_direction -e frame.packet_id -r", script_path("t.pcapng"));
    if (got) {
        char *wanted = wanted_fields(&script);
        size_t at = 0;
        while (got[at] && got[at] == wanted[at])
            at++;
        ck_assert_msg(strcmp(got, wanted) == 0, "from %zu on: got %.200s, wanted %.200s", at, got + at, wanted + at);
        free(wanted);
    }
    free(got);
    script_free(&script);
}
END_TEST

START_TEST(tshark_reads_the_comments)
{
    struct script script;
    struct error error;
    script_begin(&script);
    struct hole hole = {.source = 2, .kind = HOLE_DROP, .from_ns = 5, .to_ns = 6, .packets = 7, .text = "50 % lost"};
    script_packet(&script, 1, 10, 60);
    script_hole(&script, &hole);
    script_packet(&script, 2, 20, 60);
    script.events[2].spans = script.events[2].late = true;
    script.events[2].packet.timestamp_ns -= 15;
    script.events[2].from_ns = script.events[2].packet.timestamp_ns;
    script.events[2].to_ns = script.events[2].packet.time_ns;
    script.end.end_ns = SCRIPT_ORIGIN + 30;
    ck_assert_int_eq(script_record(&script, script_path("t.pcapng"), &error), 0);
    char *got = script_ask("tshark", "-n -T fields -e frame.comment -r", script_path("t.pcapng"));
    if (got)
        ck_assert_str_eq(got, "\naptrace hole drop from=5 to=6 packets=7 on=b c=1 from=2,why=50 %25 lost\\n"
                              "aptrace late clock=1700000000123456809\n");
    free(got);
    script_free(&script);
}
END_TEST

static void assert_holds(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "\"%s\" is not in: %s", part, text);
}

START_TEST(capinfos_reads_the_head)
{
    struct script script;
    struct error error;
    char line[64];
    script_random(&script, 5, 30);
    ck_assert_int_eq(script_record(&script, script_path("t.pcapng"), &error), 0);
    char *got = script_ask("capinfos", "-M", script_path("t.pcapng"));
    if (got) {
        snprintf(line, sizeof line, "Number of packets:   %" PRIu64 "\n", script.packets);
        assert_holds(got, line);
        assert_holds(got, "nanoseconds (9)");
        assert_holds(got, "Capture application: aptrace\n");
        assert_holds(got, "aptrace recording 1 origin=1700000000123456789 direction=both slack=30000000\n");
        assert_holds(got, "{\"words\":[\"saw_vlan\",\"tag=102\"]}");
        assert_holds(got, "Number of interfaces in file: 3\n");
        assert_holds(got, "Name = b c=1 from=2\n");
        assert_holds(got, "Number of stat entries = 1\n");
    }
    free(got);
    script_free(&script);
}
END_TEST

/* tshark shows the blocks of a capture as a packet dissects: so statistics are read by another than their writer. */
START_TEST(tshark_reads_the_statistics)
{
    struct script script;
    struct error error;
    script_begin(&script);
    script_packet(&script, 1, 10, 60);
    script.end.end_ns = SCRIPT_ORIGIN + 30;
    script.end.interrupted = script.end.has_status = true;
    script.end.status = 3;
    ck_assert_int_eq(script_record(&script, script_path("t.pcapng"), &error), 0);
    char *got = script_ask("tshark", "-X 'read_format:MIME Files Format' -T fields -E separator='|' "
                           "-e pcapng.options.option.data.interface.received "
                           "-e pcapng.options.option.data.interface.dropped_by_os "
                           "-e pcapng.options.option.data.interface.delivered_to_user -e pcapng.section_header.section_length -r",
                           script_path("t.pcapng"));
    if (got)
        ck_assert_str_eq(got, "100,200,300|1,2,3|99,198,297|-1\n");
    free(got);
    got = script_ask("tshark", "-X 'read_format:MIME Files Format' -T fields -e pcapng.options.option.data.comment -r",
                     script_path("t.pcapng"));
    if (got)
        assert_holds(got, "aptrace end=1700000000123456819 reason=interrupted packets=1 holes=0 status=3");
    free(got);
    script_free(&script);
}
END_TEST

START_TEST(the_same_run_makes_the_same_bytes)
{
    struct script script;
    struct error error;
    size_t first_length, second_length;
    script_random(&script, 9, 20);
    ck_assert_int_eq(script_record(&script, script_path("t.pcapng"), &error), 0);
    uint8_t *first = script_load(script_path("t.pcapng"), &first_length);
    ck_assert_int_eq(script_record(&script, script_path("t.pcapng"), &error), 0);
    uint8_t *second = script_load(script_path("t.pcapng"), &second_length);
    ck_assert_uint_eq(first_length, second_length);
    ck_assert_mem_eq(first, second, first_length);
    free(first);
    free(second);
    script_free(&script);
}
END_TEST

/* ---- Slow, full, gone ------------------------------------------------------------------------------------------------------ */

enum { BIG = 60000 };

static struct batch *big_batch(void)
{
    static uint8_t bytes[BIG];
    struct batch *batch = memory_new(1, sizeof *batch);
    for (batch->count = 0; batch->count < 16; batch->count++)
        batch->packets[batch->count] = (struct aptrace_packet){.bytes = bytes, .capture_length = BIG, .wire_length = BIG,
            .time_ns = SCRIPT_ORIGIN, .timestamp_ns = SCRIPT_ORIGIN, .source = 1, .link_type = 1,
            .flags = APTRACE_PACKET_RECEIVED};
    return batch;
}

static void number(struct batch *batch, uint64_t *position)
{
    for (unsigned i = 0; i < batch->count; i++)
        batch->packets[i].position = batch->packets[i].number = ++*position;
}

static struct recorder *begin(const char *path)
{
    struct recorder_start start = {.origin_ns = SCRIPT_ORIGIN, .slack_ns = SCRIPT_SLACK, .direction = "in",
                                   .sources = script_sources()};
    struct error error = {""};
    struct recorder *recorder = recorder_new(path, &error);
    ck_assert_msg(recorder != NULL, "%s", error.text);
    ck_assert_msg(recorder_begin(recorder, &start, &error) == 0, "%s", error.text);
    return recorder;
}

static int finish(struct recorder *recorder, uint64_t packets, struct error *error)
{
    static const struct recorder_source counts[SCRIPT_SOURCES];
    struct recorder_end end = {.end_ns = SCRIPT_ORIGIN + 1, .packets = packets, .sources = counts};
    return recorder_finish(recorder, &end, error);
}

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

struct drain { int file; uint64_t bytes; };

static void *drain(void *context)
{
    struct drain *drain = context;
    static char buffer[1 << 16];
    ssize_t length;
    while ((length = read(drain->file, buffer, sizeof buffer)) > 0)
        drain->bytes += (uint64_t)length;
    return NULL;
}

static int open_fifo(const char *path)
{
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(fcntl(file, F_SETFL, 0), 0);
    return file;
}

START_TEST(who_does_not_read_makes_room_run_out_in_bounded_time)
{
    struct drain reading = {open_fifo(script_path("pipe")), 0};
    struct recorder *recorder = begin(script_path("pipe"));
    struct batch *batch = big_batch();
    struct error error = {""};
    uint64_t position = 0;
    pthread_t thread;
    while (recorder_has_room(recorder, batch, 0)) {
        ck_assert_uint_lt(position, 1000);
        number(batch, &position);
        recorder_packets(recorder, batch, batch->count);
    }
    ck_assert_uint_gt(position * BIG, 12 << 20);
    ck_assert_uint_lt(position * BIG, 20 << 20);
    int64_t deadline_ns = now_ns() + 20000000;
    ck_assert(!recorder_has_room(recorder, batch, deadline_ns));
    ck_assert_int_ge(now_ns(), deadline_ns);

    ck_assert_int_eq(pthread_create(&thread, NULL, drain, &reading), 0);
    ck_assert(recorder_has_room(recorder, batch, INT64_MAX));
    number(batch, &position);
    recorder_packets(recorder, batch, batch->count);
    ck_assert_msg(finish(recorder, position, &error) == 0, "%s", error.text);
    recorder_free(recorder);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_uint_gt(reading.bytes, position * BIG);
    close(reading.file);
    free(batch);
}
END_TEST

START_TEST(a_batch_larger_than_the_buffer_is_recorded)
{
    static uint8_t bytes[1 << 20];
    struct recorder *recorder = begin(script_path("t.pcapng"));
    struct batch *batch = big_batch();
    struct error error = {""};
    uint64_t position = 0;
    for (int i = 0; i < 3; i++) {
        for (batch->count = 0; batch->count < 24; batch->count++) {
            batch->packets[batch->count] = batch->packets[0];
            batch->packets[batch->count].bytes = bytes;
            batch->packets[batch->count].capture_length = batch->packets[batch->count].wire_length = sizeof bytes;
        }
        ck_assert(recorder_has_room(recorder, batch, INT64_MAX));
        number(batch, &position);
        recorder_packets(recorder, batch, batch->count);
    }
    ck_assert_msg(finish(recorder, position, &error) == 0, "%s", error.text);
    recorder_free(recorder);
    char *got = script_replay(script_path("t.pcapng"));
    assert_holds(got, "packet 72 1#72 at 0");
    assert_holds(got, "\ncomplete 1\n");
    free(got);
    free(batch);
}
END_TEST

START_TEST(a_reader_that_goes_away_is_told_at_the_end)
{
    int file = open_fifo(script_path("pipe"));
    struct recorder *recorder = begin(script_path("pipe"));
    struct batch *batch = big_batch();
    struct error error = {""};
    uint64_t position = 0;
    close(file);
    for (int i = 0; i < 50; i++) {
        ck_assert(recorder_has_room(recorder, batch, INT64_MAX));
        number(batch, &position);
        recorder_packets(recorder, batch, batch->count);
    }
    ck_assert_int_eq(finish(recorder, position, &error), -1);
    assert_holds(error.text, "breaks off: Broken pipe. It holds 0 of 800 packets");
    recorder_free(recorder);
    free(batch);
}
END_TEST

START_TEST(a_full_disk_is_told_at_the_end)
{
    struct recorder *recorder = begin("/dev/full");
    struct error error = {""};
    ck_assert_int_eq(finish(recorder, 0, &error), -1);
    assert_holds(error.text, "/dev/full breaks off: No space left on device. It holds 0 of 0 packets");
    assert_holds(error.text, "the verdicts of this run stand. Make room");
    recorder_free(recorder);
}
END_TEST

/* The limit of a file's size stands for a disk that fills up in the middle of a write. */
START_TEST(what_was_written_before_the_disk_was_full_is_whole)
{
    const struct rlimit limit = {1234567, 1234567};
    struct error error = {""};
    uint64_t position = 0;
    struct stat status;
    char told[64];
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    struct recorder *recorder = begin(script_path("t.pcapng"));
    struct batch *batch = big_batch();
    for (int i = 0; i < 30; i++) {
        number(batch, &position);
        recorder_packets(recorder, batch, batch->count);
    }
    ck_assert_int_eq(finish(recorder, position, &error), -1);
    assert_holds(error.text, "File too large");
    recorder_free(recorder);
    ck_assert_int_eq(stat(script_path("t.pcapng"), &status), 0);
    uint64_t whole = (1234567 - 400) / (BIG + 60);
    snprintf(told, sizeof told, "It holds %" PRIu64 " of 480 packets (%lld bytes)", whole, (long long)status.st_size);
    assert_holds(error.text, told);
    char *got = script_replay(script_path("t.pcapng"));
    snprintf(told, sizeof told, "no end behind packet %" PRIu64 "\"", whole);
    assert_holds(got, told);
    assert_holds(got, "\ndamaged\n");
    free(got);
    free(batch);
}
END_TEST

START_TEST(ended_at_once_it_can_be_read)
{
    struct recorder *recorder = begin(script_path("t.pcapng"));
    struct batch *batch = big_batch();
    uint64_t position = 0;
    number(batch, &position);
    recorder_packets(recorder, batch, batch->count);
    recorder_free(recorder);
    char *got = script_replay(script_path("t.pcapng"));
    if (got[0] != '?') /* the head at least was written: that is the writer's chance */
        assert_holds(got, "\ndamaged\n");
    free(got);
    free(batch);
}
END_TEST

/* ---- Expectations -------------------------------------------------------------------------------------------------------- */

/* Characters of 1 to 4 bytes, so that a comment may end within one. */
static char *long_expectation(size_t length)
{
    static const char *const characters[] = {"a", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\xa6\x80"};
    char *text = memory_new(length + 1, 1);
    text[0] = '{';
    for (size_t at = 1, i = length; at < length; i++) {
        const char *character = characters[length - at < 4 ? 0 : i % 4];
        memcpy(text + at, character, strlen(character));
        at += strlen(character);
    }
    return text;
}

static void record_expectations(const char *const *expectations, size_t count)
{
    struct recorder_start start = {.direction = "in", .sources = script_sources(), .expectations = expectations,
                                   .expectation_count = count};
    struct error error = {""};
    struct recorder *recorder = recorder_new(script_path("t.pcapng"), &error);
    ck_assert_msg(recorder_begin(recorder, &start, &error) == 0, "%s", error.text);
    ck_assert_msg(finish(recorder, 0, &error) == 0, "%s", error.text);
    recorder_free(recorder);
}

/* Each comment of the section is text of its own. Returns how many there are. */
static unsigned check_comments(void)
{
    size_t length;
    unsigned count = 0;
    uint8_t *bytes = script_load(script_path("t.pcapng"), &length);
    uint16_t option[2];
    for (const uint8_t *at = bytes + 24;; at += 4 + (option[1] + 3u) / 4 * 4) {
        memcpy(option, at, sizeof option);
        if (option[0] != 1)
            break;
        count++;
        for (size_t i = 0, size; i < option[1]; i += size) {
            size = text_utf8_length((const char *)at + 4 + i, option[1] - i);
            ck_assert_uint_gt(size, 0);
        }
    }
    free(bytes);
    return count;
}

START_TEST(long_expectations_are_spread_over_comments)
{
    static const struct { size_t length; unsigned comments; } cases[] = {
        {2, 1}, {65534, 1}, {65535, 1}, {65536, 2}, {65537, 2}, {131000, 2}, {131044, 3}, {200000, 4}, {3000000, 46}};
    char *text = long_expectation(cases[_i].length);
    const char *expectations[] = {text, "{}", text};
    struct source_list list = {0};
    struct error error;
    record_expectations(expectations, 3);
    struct reader *reader = reader_open(script_path("t.pcapng"), NULL, &list, &error);
    ck_assert_msg(reader != NULL, "%s", error.text);
    ck_assert_uint_eq(reader->recording->expectation_count, 3);
    for (size_t i = 0; i < 3; i++)
        ck_assert(strcmp(text_bytes(&reader->recording->expectations[i]), expectations[i]) == 0);
    ck_assert_uint_eq(check_comments(), 2 * cases[_i].comments + 2);
    reader_free(reader);
    source_list_fini(&list);
    free(text);
}
END_TEST

START_TEST(capinfos_reads_the_longest_head)
{
    char *text = long_expectation(RECORDER_SECTION_MAX - (1 << 16));
    const char *expectations[] = {text};
    record_expectations(expectations, 1);
    char *got = script_ask("capinfos", "-M -c -I", script_path("t.pcapng"));
    if (got)
        assert_holds(got, "Number of interfaces in file: 3\n");
    free(got);
    got = script_replay(script_path("t.pcapng"));
    assert_holds(got, "complete 1\n");
    free(got);
    free(text);
}
END_TEST

START_TEST(what_cannot_be_recorded_is_refused_before)
{
    char *long_one = long_expectation(RECORDER_SECTION_MAX);
    const char *expectations[] = {"{}", long_one};
    struct source_list none = {0};
    struct recorder_start start = {.direction = "in", .sources = script_sources(), .expectations = expectations,
                                   .expectation_count = 2};
    struct error error;
    struct recorder *recorder = recorder_new(script_path("t.pcapng"), &error);
    ck_assert_int_eq(recorder_begin(recorder, &start, &error), -1);
    assert_holds(error.text, "those of expectation 2 alone 16777216; a recording holds at most 16 MiB of them");
    start.sources = &none;
    ck_assert_int_eq(recorder_begin(recorder, &start, &error), -1);
    assert_holds(error.text, "needs a source");
    ck_assert_int_eq(finish(recorder, 0, &error), -1);
    assert_holds(error.text, "is empty");
    recorder_free(recorder);
    ck_assert_ptr_null(recorder_new(script_path("no/such/folder"), &error));
    assert_holds(error.text, "No such file or directory");
    free(long_one);
}
END_TEST

Suite *recorder_suite(void)
{
    Suite *suite = suite_create("recorder");
    TCase *others = tcase_create("others"), *writing = tcase_create("writing");
    tcase_add_checked_fixture(others, script_folder_begin, script_folder_end);
    tcase_set_timeout(others, 60);
    tcase_add_loop_test(others, tshark_reads_the_same_packets, 0, 3);
    tcase_add_test(others, tshark_reads_the_comments);
    tcase_add_test(others, capinfos_reads_the_head);
    tcase_add_test(others, tshark_reads_the_statistics);
    tcase_add_test(others, the_same_run_makes_the_same_bytes);
    tcase_add_checked_fixture(writing, script_folder_begin, script_folder_end);
    tcase_set_timeout(writing, 60);
    tcase_add_test(writing, who_does_not_read_makes_room_run_out_in_bounded_time);
    tcase_add_test(writing, a_batch_larger_than_the_buffer_is_recorded);
    tcase_add_test(writing, a_reader_that_goes_away_is_told_at_the_end);
    tcase_add_test(writing, a_full_disk_is_told_at_the_end);
    tcase_add_test(writing, what_was_written_before_the_disk_was_full_is_whole);
    tcase_add_test(writing, ended_at_once_it_can_be_read);
    tcase_add_loop_test(writing, long_expectations_are_spread_over_comments, 0, 9);
    tcase_add_test(writing, capinfos_reads_the_longest_head);
    tcase_add_test(writing, what_cannot_be_recorded_is_refused_before);
    suite_add_tcase(suite, others);
    suite_add_tcase(suite, writing);
    return suite;
}
