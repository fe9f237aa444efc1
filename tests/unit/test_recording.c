/* SPDX-License-Identifier: MIT */
/* Rule 10: what was recorded comes back as it was, or the replay says that it does not. */
#include <check.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/reader.h"
#include "core/recording.h"
#include "recording_script.h"
#include "suites.h"

static void record(const struct script *script, const char *path)
{
    struct error error = {""};
    ck_assert_msg(script_record(script, path, &error) == 0, "%s", error.text);
}

static void assert_replays(const struct script *script, const char *path)
{
    char *wanted = script_words(script), *got = script_replay(path);
    size_t at = 0;
    while (got[at] && got[at] == wanted[at])
        at++;
    ck_assert_msg(strcmp(got, wanted) == 0, "from %zu on: got %.200s, wanted %.200s", at, got + at, wanted + at);
    free(wanted);
    free(got);
}

/* ---- Round trips --------------------------------------------------------------------------------------------------------- */

START_TEST(rule_10_a_replay_gives_what_was_recorded)
{
    struct script script;
    script_random(&script, (unsigned)_i + 1, (unsigned)(_i % 7 == 0 ? 300 : _i % 40));
    record(&script, script_path("t.pcapng"));
    assert_replays(&script, script_path("t.pcapng"));
    script_free(&script);
}
END_TEST

START_TEST(rule_10_a_replay_from_a_pipe_in_pieces)
{
    struct script script;
    size_t length;
    int ends[2];
    script_random(&script, (unsigned)_i + 500, 60);
    record(&script, script_path("t.pcapng"));
    uint8_t *bytes = script_load(script_path("t.pcapng"), &length);
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        for (size_t at = 0, piece; at < length; at += piece) {
            piece = length - at < 7001 ? length - at : 1 + at * 31 % 7000;
            if (write(ends[1], bytes + at, piece) != (ssize_t)piece)
                _exit(1);
        }
        _exit(0);
    }
    close(ends[1]);
    ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    assert_replays(&script, "-");
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    free(bytes);
    script_free(&script);
}
END_TEST

START_TEST(a_recording_without_packets_tells_all_the_same)
{
    struct script script;
    script_begin(&script);
    struct hole hole = {.source = 2, .kind = HOLE_LINK, .from_ns = SCRIPT_ORIGIN, .to_ns = HOLE_OPEN, .text = "link down"};
    script_hole(&script, &hole);
    script.end.end_ns = SCRIPT_ORIGIN + 5;
    record(&script, script_path("t.pcapng"));
    assert_replays(&script, script_path("t.pcapng"));
    script_free(&script);
}
END_TEST

/* More lines than one comment holds. */
START_TEST(many_holes_before_one_packet)
{
    struct script script;
    script_begin(&script);
    for (int i = 0; i < 2000; i++) {
        struct hole hole = {.source = 1, .kind = HOLE_DROP, .from_ns = SCRIPT_ORIGIN + i, .to_ns = SCRIPT_ORIGIN + 2 * i,
                            .packets = 7};
        snprintf(hole.text, sizeof hole.text, "%0*d", i % 200 + 1, i);
        script_hole(&script, &hole);
    }
    if (_i == 0)
        script_packet(&script, 1, 5000, 60);
    script.end.end_ns = SCRIPT_ORIGIN + 10000;
    record(&script, script_path("t.pcapng"));
    assert_replays(&script, script_path("t.pcapng"));
    script_free(&script);
}
END_TEST

START_TEST(the_head_gives_origin_direction_and_expectations)
{
    struct source_list list = {0};
    struct error error;
    struct script script;
    script_random(&script, 1, 3);
    record(&script, script_path("t.pcapng"));
    struct reader *reader = reader_open(script_path("t.pcapng"), NULL, &list, &error);
    ck_assert_ptr_nonnull(reader);
    const struct recording *recording = reader->recording;
    ck_assert_ptr_nonnull(recording);
    ck_assert_int_eq(recording->origin_ns, SCRIPT_ORIGIN);
    ck_assert_int_eq(recording->slack_ns, SCRIPT_SLACK);
    ck_assert_str_eq(recording->direction, "both");
    ck_assert_uint_eq(recording->expectation_count, 2);
    ck_assert_str_eq(text_bytes(&recording->expectations[0]), "{\"words\":[\"saw_vlan\",\"tag=102\"]}");
    ck_assert_uint_eq(list.count, SCRIPT_SOURCES);
    for (size_t i = 0; i < list.count; i++)
        ck_assert_str_eq(list.sources[i].name, script_sources()->sources[i].name);
    reader_free(reader);
    source_list_fini(&list);
    script_free(&script);
}
END_TEST

/* ---- Cut short ----------------------------------------------------------------------------------------------------------- */

/* The lines that both texts begin with. */
static size_t common_lines(const char *a, const char *b)
{
    size_t at = 0, line = 0;
    for (; a[at] && a[at] == b[at]; at++)
        line = a[at] == '\n' ? at + 1 : line;
    return line;
}

/* At the place where the replay leaves what was recorded it must say so: a hole on each source from one slack before the last
 * packet on, with no end, and then nothing more. */
static void assert_cut_short(const char *got, const char *wanted, size_t at)
{
    int64_t clock_ns = 0;
    size_t line = common_lines(got, wanted);
    for (const char *packet = got; (packet = strstr(packet, "packet ")) != NULL && packet < got + line; packet++)
        sscanf(packet, "packet %*u %*u#%*u at %" SCNd64, &clock_ns);
    char hole[96];
    const char *rest = got + line;
    for (int source = 1; strncmp(rest, "hole cut short of ", 18) == 0; source++) {
        snprintf(hole, sizeof hole, "hole cut short of %d from %" PRId64 " to -1 packets 0 \"", source, clock_ns - SCRIPT_SLACK);
        ck_assert_msg(strncmp(rest, hole, strlen(hole)) == 0, "cut at %zu: wanted %s, got %s", at, hole, rest);
        rest = strchr(rest, '\n') + 1;
    }
    ck_assert_msg(rest > got + line && strcmp(rest, "damaged\n") == 0, "cut at %zu: %s", at, got + line);
}

START_TEST(cut_at_any_byte_it_is_cut_short)
{
    struct script script;
    size_t length, refused = 0;
    script_random(&script, (unsigned)_i * 31 + 7, 5);
    record(&script, script_path("t.pcapng"));
    uint8_t *bytes = script_load(script_path("t.pcapng"), &length);
    char *wanted = script_words(&script);
    for (size_t at = 1; at < length; at += 1 + (at > 600 && length > 5000) * 3) {
        script_store(script_path("cut.pcapng"), bytes, at);
        char *got = script_replay(script_path("cut.pcapng"));
        refused += got[0] == '?';
        if (got[0] != '?')
            assert_cut_short(got, wanted, at);
        free(got);
    }
    ck_assert_uint_gt(refused, 100); /* before the first source */
    ck_assert_uint_lt(refused, 600);
    free(wanted);
    free(bytes);
    script_free(&script);
}
END_TEST

/* ---- Edited --------------------------------------------------------------------------------------------------------------- */

static uint32_t word_at(const uint8_t *at)
{
    uint32_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

static void assert_in_doubt(const char *words)
{
    const char *end = strstr(words, "damaged\n");
    ck_assert_msg(strstr(words, "hole cut short of 1") != NULL, "%s", words);
    ck_assert_msg(end && strlen(end) == 8, "%s", words);
}

START_TEST(a_block_taken_out_is_noticed)
{
    struct script script;
    size_t length;
    unsigned out = 0;
    script_random(&script, 77, 8);
    record(&script, script_path("t.pcapng"));
    uint8_t *bytes = script_load(script_path("t.pcapng"), &length);
    for (size_t at = 0; at < length; at += word_at(bytes + at + 4)) {
        uint32_t size = word_at(bytes + at + 4), type = word_at(bytes + at);
        bool last = at + size == length;
        if (type != 6 && !last)
            continue;
        uint8_t *less = malloc(length);
        memcpy(less, bytes, at);
        memcpy(less + at, bytes + at + size, length - at - size);
        script_store(script_path("less.pcapng"), less, length - size);
        char *got = script_replay(script_path("less.pcapng"));
        assert_in_doubt(got);
        free(got);
        free(less);
        out++;
    }
    ck_assert_uint_eq(out, script.packets + 1);
    free(bytes);
    script_free(&script);
}
END_TEST

/* A byte that differs anywhere: never a crash, and never a line of ours that was read as another number without a word in most
 * places; what the bytes of packets are nobody can tell. */
START_TEST(a_byte_changed_never_does_harm)
{
    struct script script;
    size_t length;
    script_random(&script, (unsigned)_i + 900, 4);
    record(&script, script_path("t.pcapng"));
    uint8_t *bytes = script_load(script_path("t.pcapng"), &length);
    srand((unsigned)_i);
    for (int i = 0; i < 400; i++) {
        size_t at = (size_t)rand() % length;
        uint8_t was = bytes[at];
        bytes[at] = (uint8_t)rand();
        script_store(script_path("other.pcapng"), bytes, length);
        free(script_replay(script_path("other.pcapng")));
        bytes[at] = was;
    }
    free(bytes);
    script_free(&script);
}
END_TEST

START_TEST(through_editcap_the_packets_stay_and_the_end_is_missed)
{
    struct script script;
    char arguments[256];
    script_random(&script, 11, 20);
    record(&script, script_path("t.pcapng"));
    snprintf(arguments, sizeof arguments, "%s", script_path("t.pcapng"));
    char *said = script_ask("editcap", arguments, script_path("edited.pcapng"));
    if (said) {
        char *wanted = script_words(&script), *got = script_replay(script_path("edited.pcapng"));
        size_t line = common_lines(got, wanted), packets = 0;
        assert_in_doubt(got);
        for (const char *at = got; (at = strstr(at, "packet ")) != NULL && at < got + line; at += 7)
            packets++;
        ck_assert_uint_eq(packets, script.packets);
        ck_assert(strncmp(got + line, "hole cut short of 1", 19) == 0);
        free(wanted);
        free(got);
    }
    free(said);
    script_free(&script);
}
END_TEST

START_TEST(merged_or_selected_by_other_programs_it_is_in_doubt)
{
    struct script script;
    char arguments[512], *said;
    script_random(&script, 12, 30);
    record(&script, script_path("t.pcapng"));
    int used = snprintf(arguments, sizeof arguments, "-w %s", script_path("merged.pcapng"));
    snprintf(arguments + used, sizeof arguments - (size_t)used, " %s", script_path("t.pcapng"));
    said = script_ask("mergecap", arguments, script_path("t.pcapng"));
    if (said) {
        char *got = script_replay(script_path("merged.pcapng"));
        assert_in_doubt(got);
        free(got);
    }
    free(said);
    script_free(&script);
}
END_TEST

/* ---- What a timeline may be made of --------------------------------------------------------------------------------------- */

START_TEST(a_recording_is_replayed_alone_and_on_its_own_origin)
{
    struct source_list list = {0};
    struct timeline timeline;
    struct error error = {""};
    struct script script;
    script_random(&script, 1, 3);
    record(&script, script_path("t.pcapng"));
    timeline_init(&timeline, &list);
    timeline_take_reader(&timeline, reader_open(script_path("t.pcapng"), NULL, &list, &error), 0);
    ck_assert_int_eq(timeline_check(&timeline, &error), 0);
    timeline_set_origin(&timeline, 5);
    ck_assert_int_eq(timeline_check(&timeline, &error), -1);
    ck_assert_msg(strstr(error.text, "leave --origin out") != NULL, "%s", error.text);
    timeline.has_origin = false;
    size_t first = list.count;
    timeline_take_reader(&timeline, reader_open(script_path("t.pcapng"), NULL, &list, &error), first);
    ck_assert_int_eq(timeline_check(&timeline, &error), -1);
    ck_assert_msg(strstr(error.text, "replayed alone") != NULL, "%s", error.text);
    timeline_fini(&timeline);
    source_list_fini(&list);
    script_free(&script);
}
END_TEST

/* ---- Lines ----------------------------------------------------------------------------------------------------------------- */

START_TEST(lines_are_read_or_known_as_unreadable)
{
    static const struct { const char *line; enum recording_word word; } cases[] = {
        {"", RECORDING_NOTE},
        {"a note", RECORDING_NOTE},
        {"aptrace", RECORDING_NOTE},
        {"aptrace late clock=5", RECORDING_LATE},
        {"aptrace late clock=-5", RECORDING_LATE},
        {"aptrace late clock=5x", RECORDING_UNREADABLE},
        {"aptrace late clock=", RECORDING_UNREADABLE},
        {"aptrace late clock= 5", RECORDING_UNREADABLE},
        {"aptrace late clock=9223372036854775808", RECORDING_UNREADABLE},
        {"aptrace late", RECORDING_UNREADABLE},
        {"aptrace behind clock=7", RECORDING_BEHIND},
        {"aptrace unsure from=1 to=2", RECORDING_UNSURE},
        {"aptrace unsure from=2 to=1", RECORDING_UNREADABLE},
        {"aptrace close at=3", RECORDING_CLOSE},
        {"aptrace command end=3 status=0", RECORDING_COMMAND},
        {"aptrace command end=3", RECORDING_UNREADABLE},
        {"aptrace hole drop from=1 to=2 packets=3 on=a,why=x", RECORDING_HOLE},
        {"aptrace hole cut short from=1 to=open packets=0 on=,why=", RECORDING_HOLE},
        {"aptrace hole odd from=1 to=2 packets=3 on=a,why=x", RECORDING_UNREADABLE},
        {"aptrace hole drop from=2 to=1 packets=3 on=a,why=x", RECORDING_UNREADABLE},
        {"aptrace hole drop from=1 to=2 packets=-3 on=a,why=x", RECORDING_UNREADABLE},
        {"aptrace hole drop from=1 to=2 packets=3 on=a", RECORDING_UNREADABLE},
        {"aptrace hole drop from=1 to=2 packets=3 on=a,why=%4", RECORDING_UNREADABLE},
        {"aptrace hole ", RECORDING_UNREADABLE},
        {"aptrace end=9 reason=complete packets=1 holes=2", RECORDING_END},
        {"aptrace end=9 reason=interrupted packets=1 holes=2 status=3", RECORDING_END},
        {"aptrace end=9 reason=tired packets=1 holes=2", RECORDING_UNREADABLE},
        {"aptrace end=9 reason=complete packets=1", RECORDING_UNREADABLE},
        {"aptrace end=9 reason=complete packets=1 holes=2 status=x", RECORDING_UNREADABLE},
        {"aptrace something new", RECORDING_UNREADABLE},
    };
    char line[128];
    struct recording_line read;
    snprintf(line, sizeof line, "%s", cases[_i].line);
    recording_read_line(line, &read);
    ck_assert_msg(read.word == cases[_i].word, "%s: %d", cases[_i].line, read.word);
}
END_TEST

START_TEST(a_line_gives_its_numbers)
{
    char line[] = "aptrace hole drop from=-1 to=2 packets=3 on=a b from=7,why=50 %25%0a, on=x";
    char end[] = "aptrace end=9 reason=interrupted packets=1 holes=2 status=3";
    struct recording_line read;
    recording_read_line(line, &read);
    ck_assert_int_eq(read.hole.kind, HOLE_DROP);
    ck_assert_int_eq(read.hole.from_ns, -1);
    ck_assert_int_eq(read.hole.to_ns, 2);
    ck_assert_uint_eq(read.hole.packets, 3);
    ck_assert_str_eq(read.name, "a b from=7");
    ck_assert_str_eq(read.hole.text, "50 %\n, on=x");
    recording_read_line(end, &read);
    ck_assert_int_eq(read.time_ns, 9);
    ck_assert(read.interrupted && read.has_status);
    ck_assert_int_eq(read.status, 3);
    ck_assert_int_eq(read.packets, 1);
    ck_assert_int_eq(read.holes, 2);
}
END_TEST

START_TEST(another_version_is_refused)
{
    struct error error;
    const char *newer = "aptrace recording 2\norigin=1\ndirection=in\nslack=1", *torn = "aptrace recording 1\norigin=1";
    ck_assert(!recording_has_mark("aptrace", 7));
    ck_assert(recording_has_mark(newer, strlen(newer)));
    ck_assert_ptr_null(recording_new(newer, strlen(newer), &error));
    ck_assert_msg(strstr(error.text, "format 2; expected 1") != NULL, "%s", error.text);
    ck_assert_ptr_null(recording_new(torn, strlen(torn), &error));
    ck_assert_msg(strstr(error.text, "cannot be read") != NULL, "%s", error.text);
}
END_TEST

/* What comes of the comments of a section, one text behind another. */
static char *expectations_of(const char *const *comments, size_t count)
{
    const char *head = "aptrace recording 1\norigin=1\ndirection=in\nslack=1";
    struct text text = {0};
    struct error error;
    struct recording *recording = recording_new(head, strlen(head), &error);
    ck_assert_ptr_nonnull(recording);
    for (size_t i = 0; i < count; i++)
        recording_take_section_comment(recording, comments[i], strlen(comments[i]));
    for (size_t i = 0; i < recording->expectation_count; i++)
        text_add(&text, "%s|", text_bytes(&recording->expectations[i]));
    recording_free(recording);
    return text_take(&text);
}

#define PART "aptrace expectation part="

START_TEST(parts_of_an_expectation_are_put_together)
{
    static const struct { const char *comments[6]; const char *want; } cases[] = {
        {{"{1}", "{2}"}, "{1}|{2}|"},
        {{"{1", PART "2\n2", PART "3\n3}", "{4", PART "2\n5}"}, "{123}|{45}|"},
        {{"{1", "a note", PART "2\n2}", "", "more"}, "{12}|"},
        {{"{1", PART "2\n"}, "{1|"},
        {{"{1", PART "3\n3}"}, "{1|"},                  /* one is missing */
        {{"{1", PART "3\n3}", PART "2\n2"}, "{12|"},    /* in another order */
        {{"{1", PART "2\n2", PART "2\n2}"}, "{12|"},    /* one is there twice */
        {{PART "2\n2}", PART "1\n{1", "{3}"}, "{3}|"},  /* of none */
        {{"{1", PART "02\n2}", PART "2 \n2}", PART "2"}, "{1|"},
    };
    size_t count = 0;
    while (count < 6 && cases[_i].comments[count])
        count++;
    char *got = expectations_of(cases[_i].comments, count);
    ck_assert_str_eq(got, cases[_i].want);
    free(got);
}
END_TEST

Suite *recording_suite(void)
{
    Suite *suite = suite_create("recording");
    TCase *files = tcase_create("files"), *lines = tcase_create("lines");
    tcase_add_checked_fixture(files, script_folder_begin, script_folder_end);
    tcase_set_timeout(files, 60);
    tcase_add_loop_test(files, rule_10_a_replay_gives_what_was_recorded, 0, 60);
    tcase_add_loop_test(files, rule_10_a_replay_from_a_pipe_in_pieces, 0, 5);
    tcase_add_test(files, a_recording_without_packets_tells_all_the_same);
    tcase_add_loop_test(files, many_holes_before_one_packet, 0, 2);
    tcase_add_test(files, the_head_gives_origin_direction_and_expectations);
    tcase_add_loop_test(files, cut_at_any_byte_it_is_cut_short, 0, 4);
    tcase_add_test(files, a_block_taken_out_is_noticed);
    tcase_add_loop_test(files, a_byte_changed_never_does_harm, 0, 5);
    tcase_add_test(files, through_editcap_the_packets_stay_and_the_end_is_missed);
    tcase_add_test(files, merged_or_selected_by_other_programs_it_is_in_doubt);
    tcase_add_test(files, a_recording_is_replayed_alone_and_on_its_own_origin);
    tcase_add_loop_test(lines, lines_are_read_or_known_as_unreadable, 0, 30);
    tcase_add_test(lines, a_line_gives_its_numbers);
    tcase_add_test(lines, another_version_is_refused);
    tcase_add_loop_test(lines, parts_of_an_expectation_are_put_together, 0, 9);
    suite_add_tcase(suite, files);
    suite_add_tcase(suite, lines);
    return suite;
}
