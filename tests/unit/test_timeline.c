/* SPDX-License-Identifier: MIT */
/* Rules 1 and 2: event times and the merge, over readers that say what the test scripts. Each script runs with blocks of one,
 * two and many packets: how much a reader has at hand must never show. */
#include "suites.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/text.h"
#include "core/timeline.h"

struct step {
    enum reader_event event;
    uint32_t source; /* PACKETS and HOLE: from 1 in the whole list */
    int64_t stamp_ns;
};

struct script {
    struct reader reader;
    const struct step *steps;
    size_t count, next;
    unsigned block;
    uint64_t frame;
};

static const uint8_t byte;

static enum reader_event script_next(struct reader *reader, struct batch *batch)
{
    struct script *script = (struct script *)reader;
    batch->count = 0;
    while (script->next < script->count && batch->count < script->block) {
        const struct step *step = &script->steps[script->next];
        if (step->event != READER_PACKETS && batch->count > 0)
            return READER_PACKETS;
        script->next++;
        if (step->event == READER_SOURCE)
            source_add(reader->sources, "late", NULL, NULL, 1);
        if (step->event == READER_HOLE)
            reader->hole = (struct hole){.source = step->source, .kind = HOLE_CUT_SHORT, .from_ns = step->stamp_ns, .to_ns = HOLE_OPEN};
        if (step->event != READER_PACKETS)
            return step->event;
        batch->packets[batch->count] = (struct aptrace_packet){.bytes = &byte, .capture_length = 1, .wire_length = 1,
            .timestamp_ns = step->stamp_ns, .time_ns = step->stamp_ns, .source = step->source, .link_type = 1};
        batch->frames[batch->count++] = ++script->frame;
    }
    return batch->count > 0 ? READER_PACKETS : READER_END;
}

static void script_free(struct reader *reader)
{
    free(reader->path);
    free(reader->label);
    free(reader);
}

static uint64_t script_bytes(const struct reader *reader)
{
    (void)reader;
    return 0;
}

static const struct reader_ops script_ops = {script_next, script_free, script_bytes, script_bytes};

static void add_script(struct timeline *timeline, const char *name, const struct step *steps, size_t count, unsigned block)
{
    struct script *script = memory_new(1, sizeof *script);
    size_t first = timeline->sources->count;
    script->reader = (struct reader){.ops = &script_ops, .path = memory_text(name), .label = memory_text(name), .sources = timeline->sources};
    script->steps = steps;
    script->count = count;
    script->block = block;
    source_add(timeline->sources, name, NULL, NULL, 1);
    timeline_take_reader(timeline, &script->reader, first);
}

/* All that comes out, as text: "a1@5" is the first packet of source a at 5, a "~" marks it late; "#a" a hole. */
static char *play(struct timeline *timeline)
{
    struct text text = {0};
    uint64_t position = 0;
    timeline_start(timeline);
    for (;;) {
        enum feed_event event = timeline_next(timeline);
        if (event == FEED_END)
            return text_take(&text);
        if (event == FEED_HOLE) {
            text_add(&text, "#%s ", source_get(timeline->sources, timeline->feed.hole.source)->name);
            continue;
        }
        for (unsigned i = 0; i < timeline->feed.batch->count; i++) {
            const struct aptrace_packet *packet = &timeline->feed.batch->packets[i];
            ck_assert_uint_eq(packet->position, ++position);
            text_add(&text, "%s%llu@%lld%s ", source_get(timeline->sources, packet->source)->name, (unsigned long long)packet->number,
                     (long long)packet->time_ns, packet->flags & APTRACE_PACKET_LATE ? "~" : "");
        }
    }
}

#define STEPS(...) ((const struct step[]){__VA_ARGS__}), sizeof((const struct step[]){__VA_ARGS__}) / sizeof(struct step)
#define P(SOURCE, STAMP) {READER_PACKETS, SOURCE, STAMP}

static const unsigned blocks[] = {1, 2, 256};
enum { BLOCKS = 3 };

static void assert_plays(struct timeline *timeline, const char *wanted)
{
    char *got = play(timeline);
    ck_assert_str_eq(got, wanted);
    free(got);
    struct source_list *sources = timeline->sources;
    timeline_fini(timeline);
    source_list_fini(sources);
}

START_TEST(rule_1_time_never_runs_backwards)
{
    struct source_list sources = {0};
    struct timeline timeline;
    timeline_init(&timeline, &sources);
    add_script(&timeline, "a", STEPS(P(1, 10), P(1, 30), P(1, 20), P(1, 30), P(1, 29), P(1, 31)), blocks[_i]);
    assert_plays(&timeline, "a1@10 a2@30 a3@30~ a4@30 a5@30~ a6@31 ");
    ck_assert_int_eq(timeline.origin_ns, 10);
}
END_TEST

START_TEST(rule_1_packets_are_not_sorted_within_a_source)
{
    struct source_list sources = {0};
    struct timeline timeline;
    timeline_init(&timeline, &sources);
    add_script(&timeline, "a", STEPS(P(1, 10), P(1, 5)), blocks[_i]);
    add_script(&timeline, "b", STEPS(P(2, 7)), blocks[_i]);
    assert_plays(&timeline, "b1@7 a1@10 a2@10~ ");
    ck_assert_int_eq(timeline.origin_ns, 7);
}
END_TEST

START_TEST(rule_2_merged_by_event_time)
{
    struct source_list sources = {0};
    struct timeline timeline;
    timeline_init(&timeline, &sources);
    add_script(&timeline, "a", STEPS(P(1, 1), P(1, 4), P(1, 9)), blocks[_i]);
    add_script(&timeline, "b", STEPS(P(2, 2), P(2, 3), P(2, 8)), blocks[_i]);
    add_script(&timeline, "c", STEPS(P(3, 0), P(3, 10)), blocks[_i]);
    assert_plays(&timeline, "c1@0 a1@1 b1@2 b2@3 a2@4 b3@8 a3@9 c2@10 ");
}
END_TEST

START_TEST(rule_2_ties_go_in_the_order_named)
{
    struct source_list sources = {0};
    struct timeline timeline;
    timeline_init(&timeline, &sources);
    add_script(&timeline, "b", STEPS(P(1, 5), P(1, 5), P(1, 6)), blocks[_i]);
    add_script(&timeline, "a", STEPS(P(2, 5), P(2, 5), P(2, 5)), blocks[_i]);
    add_script(&timeline, "c", STEPS(P(3, 4), P(3, 5)), blocks[_i]);
    assert_plays(&timeline, "c1@4 b1@5 b2@5 a1@5 a2@5 a3@5 c2@5 b3@6 ");
}
END_TEST

START_TEST(rule_2_a_file_keeps_its_own_order)
{
    struct source_list sources = {0};
    struct timeline timeline;
    timeline_init(&timeline, &sources);
    add_script(&timeline, "a", STEPS(P(1, 5), {READER_SOURCE, 0, 0}, P(2, 3), P(1, 6), P(2, 6), P(1, 6)), blocks[_i]);
    assert_plays(&timeline, "a1@5 late1@5~ a2@6 late2@6 a3@6 ");
}
END_TEST

START_TEST(an_origin_leaves_out_what_came_before)
{
    struct source_list sources = {0};
    struct timeline timeline;
    timeline_init(&timeline, &sources);
    timeline_set_origin(&timeline, 10);
    add_script(&timeline, "a", STEPS(P(1, 1), P(1, 9), P(1, 10), P(1, 3), P(1, 12)), blocks[_i]);
    add_script(&timeline, "b", STEPS(P(2, 2), P(2, 11)), blocks[_i]);
    assert_plays(&timeline, "a1@10 a2@10~ b1@11 a3@12 ");
    ck_assert_int_eq(timeline.origin_ns, 10);
}
END_TEST

START_TEST(a_hole_stands_at_its_place_for_each_source_of_the_file)
{
    struct source_list sources = {0};
    struct timeline timeline;
    timeline_init(&timeline, &sources);
    add_script(&timeline, "a", STEPS(P(1, 1), {READER_SOURCE, 0, 0}, P(2, 2), {READER_HOLE, 0, 2}), blocks[_i]);
    assert_plays(&timeline, "a1@1 late1@2 #a #late ");
}
END_TEST

START_TEST(nothing_at_all_has_origin_zero)
{
    struct source_list sources = {0};
    struct timeline timeline;
    timeline_init(&timeline, &sources);
    add_script(&timeline, "a", NULL, 0, blocks[_i]);
    add_script(&timeline, "b", NULL, 0, blocks[_i]);
    assert_plays(&timeline, "");
    ck_assert_int_eq(timeline.origin_ns, 0);
}
END_TEST

/* Against a plain sort: a thousand random lanes, blocks of any size. */
START_TEST(rule_2_random_lanes_equal_a_stable_sort)
{
    enum { LANES = 5, EACH = 700 };
    static struct step steps[LANES][EACH];
    srand((unsigned)_i + 1);
    struct source_list sources = {0};
    struct timeline timeline;
    timeline_init(&timeline, &sources);
    for (uint32_t lane = 0; lane < LANES; lane++) {
        int64_t time_ns = rand() % 50;
        for (size_t i = 0; i < EACH; i++) {
            time_ns += rand() % 4 ? 0 : rand() % 20;
            steps[lane][i] = (struct step){READER_PACKETS, lane + 1, time_ns};
        }
        add_script(&timeline, "lane", steps[lane], (size_t)(EACH - rand() % 300), (unsigned)(1 + rand() % 256));
    }
    timeline_start(&timeline);
    uint64_t seen[LANES + 1] = {0}, total = 0;
    int64_t clock_ns = INT64_MIN;
    uint32_t last = 0;
    while (timeline_next(&timeline) != FEED_END) {
        for (unsigned i = 0; i < timeline.feed.batch->count; i++) {
            const struct aptrace_packet *packet = &timeline.feed.batch->packets[i];
            ck_assert_int_ge(packet->time_ns, clock_ns);
            ck_assert(packet->time_ns > clock_ns || packet->source >= last);
            ck_assert_uint_eq(packet->number, ++seen[packet->source]);
            ck_assert_int_eq(packet->time_ns, steps[packet->source - 1][packet->number - 1].stamp_ns);
            clock_ns = packet->time_ns;
            last = packet->source;
            total++;
        }
    }
    ck_assert_uint_gt(total, LANES * (EACH - 300));
    timeline_fini(&timeline);
    source_list_fini(&sources);
}
END_TEST

Suite *timeline_suite(void)
{
    const TTest *const tests[] = {
        rule_1_time_never_runs_backwards, rule_1_packets_are_not_sorted_within_a_source, rule_2_merged_by_event_time,
        rule_2_ties_go_in_the_order_named, rule_2_a_file_keeps_its_own_order, an_origin_leaves_out_what_came_before,
        a_hole_stands_at_its_place_for_each_source_of_the_file, nothing_at_all_has_origin_zero,
    };
    Suite *suite = suite_create("timeline");
    TCase *tcase = tcase_create("rules");
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_loop_test(tcase, tests[i], 0, BLOCKS);
    tcase_add_loop_test(tcase, rule_2_random_lanes_equal_a_stable_sort, 0, 20);
    suite_add_tcase(suite, tcase);
    return suite;
}
