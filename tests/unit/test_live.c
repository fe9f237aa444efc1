/* SPDX-License-Identifier: MIT */
/* Rules 1, 2, 8 and 9 on a host of the test's own, with the real engine behind: what the wire carried is known, so every verdict
 * can be held against it. */
#include "suites.h"

#include <stdlib.h>
#include <string.h>

#include "fake_port.h"

#define AT(RING, TIME_NS, BYTE, ...) {.ring = RING, .at_ns = TIME_NS, .byte = BYTE, __VA_ARGS__}

#define WIRE(...) ((const struct wire_packet[]){__VA_ARGS__}), \
    sizeof((const struct wire_packet[]){__VA_ARGS__}) / sizeof(struct wire_packet)

static struct fake_host host;

static void begin(const struct wire_packet *packets, size_t count, struct wire wire)
{
    wire.packets = packets;
    wire.packet_count = count;
    fake_host_begin(&host, &wire);
}

static struct expectation *expect(const char *words)
{
    return fake_expect(&host.run, words);
}

static void assert_finish(const struct expectation *expectation, enum finish_reason reason, int64_t time_ns, uint64_t packets)
{
    ck_assert_int_eq(expectation->window.reason, reason);
    ck_assert_int_eq(expectation->window.finish_ns - host.live->origin_ns, time_ns);
    ck_assert_uint_eq(expectation->window.packets, packets);
}

static void assert_log(const char *log)
{
    ck_assert_str_eq(text_bytes(&host.log), log);
}

/* ---- Rules 1 and 2
 * ---------------------------------------------------------------------------------------------------------- */

START_TEST(rule_2_equal_stamps_go_in_the_order_named)
{
    begin(WIRE(AT(1, 50 * MS, 1, .delay_ns = 0), AT(0, 50 * MS, 2, .delay_ns = 9 * MS), AT(1, 51 * MS, 3), AT(0, 51 * MS, 4)),
          (struct wire){.port_count = 2, .duration_ns = 100 * MS});
    expect("tally --expect any");
    fake_host_run(&host);
    assert_log("C@100 1@50 0@50 3@51 2@51 ");
    fake_host_end(&host);
}
END_TEST

START_TEST(rule_2_in_before_out_of_one_interface)
{
    begin(WIRE(AT(1, 50 * MS, 1), AT(0, 50 * MS, 2, .delay_ns = 9 * MS), AT(2, 50 * MS, 3)),
          (struct wire){.port_count = 2, .direction = LIVE_BOTH, .duration_ns = 100 * MS});
    struct expectation *in = expect("tally --expect any");
    struct expectation *out = expect("tally --expect any --direction out");
    fake_host_run(&host);
    assert_log("C@100 1@50 0@50 2@50 ");
    assert_finish(in, FINISH_ENDED, 100 * MS, 2);
    assert_finish(out, FINISH_ENDED, 100 * MS, 1);
    fake_host_end(&host);
}
END_TEST

START_TEST(rule_2_a_silent_source_holds_up_for_the_slack_alone)
{
    begin(WIRE(AT(0, 50 * MS, 1)), (struct wire){.port_count = 2, .duration_ns = 1000 * MS});
    struct expectation *watch = expect("watch want=1 --on a");
    fake_host_run(&host);
    assert_finish(watch, FINISH_STOPPED, 50 * MS, 1);
    ck_assert_int_lt(host.live->leave_ns - host.live->origin_ns, 100 * MS);
    ck_assert_uint_eq(host.late, 0);
    fake_host_end(&host);
}
END_TEST

/* What one core stamped first, another may put into the ring first. */
START_TEST(rule_1_a_stamp_behind_its_neighbour_takes_that_time)
{
    begin(WIRE(AT(0, 50 * MS, 1), AT(0, 49 * MS, 2, .lag_ns = MS), AT(0, 52 * MS, 3)), (struct wire){.duration_ns = 100 * MS});
    struct expectation *tally = expect("tally --expect any");
    fake_host_run(&host);
    assert_log("C@100 0@50 1@50 2@52 ");
    assert_finish(tally, FINISH_ENDED, 100 * MS, 3);
    ck_assert_uint_eq(host.alone, 0);
    ck_assert_uint_eq(tally->own_hole_count, 0);
    fake_host_end(&host);
}
END_TEST

/* ---- Rule 3 and ticks
 * --------------------------------------------------------------------------------------------------------- */

START_TEST(rule_3_packets_at_the_close_and_behind_it)
{
    begin(WIRE(AT(0, 1, 1), AT(0, 100 * MS, 1), AT(0, 100 * MS + 1, 1)), (struct wire){.duration_ns = 100 * MS});
    struct expectation *run = expect("tally --expect any");
    struct expectation *timed = expect("tally --expect any --timeout 100ms");
    fake_host_run(&host);
    assert_finish(run, FINISH_ENDED, 100 * MS, 2);
    assert_finish(timed, FINISH_TIMED_OUT, 100 * MS, 2);
    ck_assert_uint_eq(host.run.engine.hole_count, 0);
    fake_host_end(&host);
}
END_TEST

START_TEST(ticks_close_on_an_idle_wire_without_spinning)
{
    begin(NULL, 0, (struct wire){.port_count = 2, .duration_ns = 1000 * MS});
    struct expectation *timed = expect("watch want=1 --timeout 200ms");
    struct expectation *run = expect("watch want=1");
    fake_host_run(&host);
    assert_finish(timed, FINISH_TIMED_OUT, 200 * MS, 0);
    assert_finish(run, FINISH_ENDED, 1000 * MS, 0);
    ck_assert_int_le(host.live->leave_ns - host.live->origin_ns, 1050 * MS);
    ck_assert_uint_le(host.waits, 115);
    ck_assert_uint_eq(host.run.engine.hole_count, 0);
    fake_host_end(&host);
}
END_TEST

/* ---- Late packets
 * ------------------------------------------------------------------------------------------------------------- */

START_TEST(rule_8_a_late_packet_goes_to_the_open_window_that_holds_its_stamp)
{
    begin(WIRE(AT(0, 50 * MS, 1), AT(0, 60 * MS, 2, .lag_ns = 100 * MS)), (struct wire){.duration_ns = 300 * MS});
    struct expectation *open = expect("watch want=2");
    struct expectation *closed = expect("tally --expect any --timeout 80ms");
    struct expectation *before = expect("tally --expect any --timeout 55ms");
    fake_host_run(&host);
    ck_assert_uint_eq(host.late, 1);
    ck_assert_int_eq(open->window.reason, FINISH_STOPPED);
    ck_assert_int_ge(open->window.finish_ns - host.live->origin_ns, 100 * MS);
    ck_assert_uint_eq(open->own_hole_count, 0);
    ck_assert_uint_eq(closed->own_hole_count, 1);
    ck_assert_int_eq(closed->own_holes[0].from_ns - host.live->origin_ns, 60 * MS);
    ck_assert_uint_eq(before->own_hole_count, 0);
    ck_assert_uint_eq(host.run.engine.tallies[1].late, 1);
    fake_host_end(&host);
}
END_TEST

START_TEST(rule_8_within_the_slack_nothing_is_late)
{
    begin(WIRE(AT(0, 50 * MS, 1, .lag_ns = 18 * MS, .delay_ns = 10 * MS), AT(1, 60 * MS, 2),
               AT(0, 61 * MS, 3, .delay_ns = 11 * MS)),
          (struct wire){.port_count = 2, .duration_ns = 300 * MS});
    expect("tally --expect any");
    fake_host_run(&host);
    assert_log("C@300 0@50 1@60 2@61 ");
    ck_assert_uint_eq(host.late, 0);
    fake_host_end(&host);
}
END_TEST

START_TEST(rule_10_a_packet_that_comes_after_the_last_finish_is_a_hole)
{
    begin(WIRE(AT(0, 95 * MS, 1, .lag_ns = 48 * MS), AT(0, 130 * MS, 1, .lag_ns = 15 * MS)),
          (struct wire){.duration_ns = 100 * MS});
    expect("tally --expect any");
    fake_host_run(&host);
    ck_assert_uint_eq(host.seen[0], 0);
    const struct hole *hole = fake_host_hole(&host, HOLE_LATE);
    ck_assert_ptr_nonnull(hole);
    ck_assert_int_eq(hole->from_ns - host.live->origin_ns, 95 * MS);
    ck_assert_uint_eq(host.run.engine.hole_count, 1);
    fake_host_end(&host);
}
END_TEST

START_TEST(a_stalled_block_timer_delays_but_loses_nothing)
{
    begin(WIRE(AT(0, 50 * MS, 1, .delay_ns = 300 * MS), AT(1, 90 * MS, 2)),
          (struct wire){.port_count = 2, .duration_ns = 200 * MS});
    struct expectation *tally = expect("tally --expect any");
    fake_host_run(&host);
    assert_log("C@200 0@50 1@90 ");
    assert_finish(tally, FINISH_ENDED, 200 * MS, 2);
    ck_assert_uint_eq(host.late, 0);
    ck_assert_uint_eq(host.run.engine.hole_count, 0);
    fake_host_end(&host);
}
END_TEST

START_TEST(what_the_kernel_never_gives_is_unaccounted_for)
{
    begin(WIRE(AT(0, 50 * MS, 1, .delay_ns = 60000 * MS)), (struct wire){.duration_ns = 200 * MS});
    struct expectation *tally = expect("tally --expect any");
    fake_host_run(&host);
    assert_finish(tally, FINISH_ENDED, 200 * MS, 0);
    const struct hole *hole = fake_host_hole(&host, HOLE_UNACCOUNTED);
    ck_assert_ptr_nonnull(hole);
    ck_assert_uint_eq(hole->packets, 1);
    ck_assert_int_le(hole->from_ns - host.live->origin_ns, 50 * MS);
    ck_assert_int_ge(hole->to_ns - host.live->origin_ns, 200 * MS);
    ck_assert_int_le(host.live->leave_ns - host.live->origin_ns, 1500 * MS);
    fake_host_end(&host);
}
END_TEST

START_TEST(what_is_not_given_at_the_end_is_unaccounted_for)
{
    begin(WIRE(AT(0, 50 * MS, 1), AT(0, 50 * MS, 2, .delay_ns = 60000 * MS)), (struct wire){.duration_ns = 200 * MS});
    struct expectation *watch = expect("fragile want=1");
    fake_host_run(&host);
    assert_finish(watch, FINISH_STOPPED, 50 * MS, 1);
    ck_assert_uint_eq(fake_host_holes(&host, HOLE_UNACCOUNTED), 1);
    fake_host_end(&host);
}
END_TEST

START_TEST(more_than_a_round_takes)
{
    enum { COUNT = 70000 };
    struct wire_packet *packets = memory_new(COUNT, sizeof *packets);
    for (int64_t i = 0; i < COUNT; i++)
        packets[i] = (struct wire_packet){.ring = i % 7 == 0, .at_ns = 100 * MS + i * 1000};
    begin(packets, COUNT, (struct wire){.port_count = 2, .duration_ns = 400 * MS, .pauses = {{PAUSE_DRAIN, 99 * MS, 200 * MS}}});
    struct expectation *tally = expect("tally --expect any");
    fake_host_run(&host);
    assert_finish(tally, FINISH_ENDED, 400 * MS, COUNT);
    ck_assert_uint_eq(host.late, 0);
    ck_assert_uint_eq(host.run.engine.hole_count, 0);
    for (size_t i = 0; i < COUNT; i++)
        ck_assert_int_eq(host.time_ns[i], packets[i].at_ns);
    ck_assert_uint_eq(host.counters[0].received + host.counters[1].received, COUNT);
    ck_assert_uint_eq(host.counters[0].delivered, COUNT / 7 * 6);
    fake_host_end(&host);
    free(packets);
}
END_TEST

/* ---- Holes
 * -------------------------------------------------------------------------------------------------------------------- */

START_TEST(rule_9_a_drop_lies_between_two_readings)
{
    begin(WIRE(AT(0, 104 * MS, 1, .dropped = true), AT(0, 300 * MS, 1)), (struct wire){.duration_ns = 500 * MS});
    expect("tally --expect any");
    fake_host_run(&host);
    const struct hole *hole = fake_host_hole(&host, HOLE_DROP);
    ck_assert_uint_eq(fake_host_holes(&host, HOLE_DROP), 1);
    ck_assert_uint_eq(hole->packets, 1);
    ck_assert_int_le(hole->from_ns - host.live->origin_ns, 104 * MS);
    ck_assert_int_ge(hole->to_ns - host.live->origin_ns, 104 * MS);
    ck_assert_int_le(hole->to_ns - hole->from_ns, 60 * MS);
    assert_log("C@500 H 1@300 ");
    ck_assert_uint_eq(host.counters[0].dropped, 1);
    fake_host_end(&host);
}
END_TEST

START_TEST(rule_9_a_drop_that_shows_a_poll_later_reaches_back)
{
    begin(WIRE(AT(0, 99 * MS, 1, .dropped = true, .lag_ns = 20 * MS)), (struct wire){.duration_ns = 300 * MS});
    struct expectation *timed = expect("tally --expect any --timeout 100ms");
    expect("tally --expect any");
    fake_host_run(&host);
    const struct hole *hole = fake_host_hole(&host, HOLE_DROP);
    ck_assert_ptr_nonnull(hole);
    ck_assert_int_le(hole->from_ns, timed->window.finish_ns);
    ck_assert_int_ge(hole->to_ns, timed->window.opens_ns);
    fake_host_end(&host);
}
END_TEST

START_TEST(rule_10_a_drop_found_after_the_end_counts_if_it_began_before)
{
    begin(WIRE(AT(0, 95 * MS, 1), AT(0, 94 * MS, 1, .dropped = true, .lag_ns = 8 * MS)), (struct wire){.duration_ns = 200 * MS});
    struct expectation *watch = expect("watch want=1");
    fake_host_run(&host);
    assert_finish(watch, FINISH_STOPPED, 95 * MS, 1);
    ck_assert_uint_eq(fake_host_holes(&host, HOLE_DROP), 1);
    fake_host_end(&host);
}
END_TEST

START_TEST(rule_9_what_the_card_missed_is_a_drop_that_reaches_far_back)
{
    begin(NULL, 0, (struct wire){.duration_ns = 4000 * MS, .links = {{0, 3000 * MS, true, false, 5}}});
    expect("tally --expect any");
    fake_host_run(&host);
    const struct hole *hole = fake_host_hole(&host, HOLE_DROP);
    ck_assert_uint_eq(host.run.engine.hole_count, 1);
    ck_assert_uint_eq(hole->packets, 5);
    ck_assert_int_le(hole->from_ns - host.live->origin_ns, 1000 * MS);
    ck_assert_int_ge(hole->from_ns - host.live->origin_ns, 980 * MS);
    ck_assert_int_ge(hole->to_ns - host.live->origin_ns, 3000 * MS);
    fake_host_end(&host);
}
END_TEST

START_TEST(rule_9_a_flap_between_two_looks_is_a_hole)
{
    begin(NULL, 0,
          (struct wire){.duration_ns = 500 * MS, .links = {{0, 104 * MS, false, false, 0}, {0, 105 * MS, true, false, 0}}});
    expect("tally --expect any");
    fake_host_run(&host);
    const struct hole *hole = fake_host_hole(&host, HOLE_LINK);
    ck_assert_uint_eq(fake_host_holes(&host, HOLE_LINK), 1);
    ck_assert_int_le(hole->from_ns - host.live->origin_ns, 104 * MS);
    ck_assert_int_ge(hole->to_ns - host.live->origin_ns, 105 * MS);
    ck_assert_int_le(hole->to_ns - hole->from_ns, 25 * MS);
    fake_host_end(&host);
}
END_TEST

/* From the last look that found it up to the first that finds it up again, without a gap, as it is told in pieces. */
START_TEST(rule_9_a_link_that_is_down_is_a_hole_all_the_while)
{
    begin(NULL, 0, (struct wire){.port_count = 2, .duration_ns = 1000 * MS,
                                 .links = {{1, 200 * MS, false, false, 0}, {1, 700 * MS, true, false, 0}}});
    expect("tally --expect any");
    fake_host_run(&host);
    int64_t from_ns = fake_host_hole(&host, HOLE_LINK)->from_ns, to_ns = from_ns;
    for (size_t i = 0; i < host.run.engine.hole_count; i++) {
        const struct hole *hole = &host.run.engine.holes[i];
        ck_assert_uint_eq(hole->source, 2);
        ck_assert_int_eq(hole->from_ns, to_ns);
        to_ns = hole->to_ns;
    }
    ck_assert_int_le(from_ns - host.live->origin_ns, 200 * MS);
    ck_assert_int_ge(from_ns - host.live->origin_ns, 180 * MS);
    ck_assert_int_ge(to_ns - host.live->origin_ns, 700 * MS);
    ck_assert_int_le(to_ns - host.live->origin_ns, 720 * MS);
    fake_host_end(&host);
}
END_TEST

START_TEST(rule_9_a_link_that_is_down_at_the_end_has_no_end)
{
    begin(NULL, 0, (struct wire){.duration_ns = 500 * MS, .links = {{0, 480 * MS, false, false, 0}}});
    expect("tally --expect any");
    fake_host_run(&host);
    const struct engine *engine = &host.run.engine;
    ck_assert_int_eq(engine->holes[engine->hole_count - 1].to_ns, HOLE_OPEN);
    ck_assert_int_le(fake_host_hole(&host, HOLE_LINK)->from_ns - host.live->origin_ns, 480 * MS);
    fake_host_end(&host);
}
END_TEST

START_TEST(rule_9_an_interface_that_goes_away_is_a_hole_and_the_run_goes_on)
{
    begin(WIRE(AT(0, 50 * MS, 1), AT(1, 300 * MS, 2)),
          (struct wire){.port_count = 2, .duration_ns = 500 * MS, .links = {{0, 200 * MS, false, true, 0}}});
    struct expectation *tally = expect("tally --expect any");
    fake_host_run(&host);
    assert_finish(tally, FINISH_ENDED, 500 * MS, 2);
    const struct hole *hole = fake_host_hole(&host, HOLE_GONE);
    ck_assert_uint_eq(host.run.engine.hole_count, 1);
    ck_assert_uint_eq(hole->source, 1);
    ck_assert_int_eq(hole->to_ns, HOLE_OPEN);
    ck_assert_int_le(hole->from_ns - host.live->origin_ns, 200 * MS);
    fake_host_end(&host);
}
END_TEST

START_TEST(rule_8_packets_from_before_the_origin_are_no_part_of_the_run)
{
    begin(WIRE(AT(0, -500 * MS, 1), AT(0, -70 * MS, 5, .dropped = true),
               AT(0, -60 * MS, 6, .lag_ns = 5 * MS, .delay_ns = 60 * MS), AT(0, -1, 2), AT(0, 1, 4),
               AT(0, -2 * MS, 3, .lag_ns = 3 * MS)),
          (struct wire){.duration_ns = 100 * MS});
    struct expectation *tally = expect("tally --expect any");
    fake_host_run(&host);
    assert_log("C@100 4@0 ");
    assert_finish(tally, FINISH_ENDED, 100 * MS, 1);
    ck_assert_uint_eq(host.run.engine.hole_count, 0);
    ck_assert_uint_eq(host.counters[0].delivered, 1);
    fake_host_end(&host);
}
END_TEST

/* ---- The system clock
 * ----------------------------------------------------------------------------------------------------------- */

static const int64_t step_sizes[] = {3600000 * MS, -3600000 * MS, 1000 * MS, -1000 * MS, 5 * MS, -5 * MS};
enum { STEPS = sizeof step_sizes / sizeof *step_sizes };

START_TEST(rule_8_a_step_of_the_system_clock_changes_no_time)
{
    static const int64_t moments[] = {-1 * MS, 1, 50 * MS, 103 * MS, 199 * MS, 201 * MS};
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        struct wire_packet packets[50];
        for (int64_t at = 0; at < 50; at++)
            packets[at] = (struct wire_packet){.ring = at % 2, .at_ns = at * 5 * MS + 1000, .delay_ns = at % 5 * 2 * MS};
        begin(packets, 50, (struct wire){.port_count = 2, .duration_ns = 200 * MS, .steps = {{moments[i], step_sizes[_i]}}});
        expect("tally --expect any");
        fake_host_run(&host);
        if (host.run.expectations[0]->own_hole_count == 0)
            assert_finish(host.run.expectations[0], FINISH_ENDED, 200 * MS, 40);
        for (size_t at = 0; at < 40; at++) {
            ck_assert_uint_eq(host.seen[at], 1);
            if (!host.unsure[at])
                ck_assert_int_eq(host.time_ns[at], packets[at].at_ns);
        }
        ck_assert_uint_eq(host.run.engine.hole_count, 0);
        ck_assert_uint_eq(host.late, 0);
        if (step_sizes[_i] > 5 * MS || step_sizes[_i] < -5 * MS)
            ck_assert_uint_eq(host.alone, 0);
        else
            ck_assert_uint_le(host.alone, 16);
        fake_host_end(&host);
    }
}
END_TEST

START_TEST(rule_8_a_step_while_the_process_was_stopped)
{
    struct wire_packet packets[100];
    for (int64_t at = 0; at < 100; at++)
        packets[at] = (struct wire_packet){.at_ns = at * 100 * MS + 50 * MS};
    begin(packets, 100, (struct wire){.duration_ns = 9800 * MS, .steps = {{5020 * MS, step_sizes[_i]}},
                                      .pauses = {{PAUSE_DRAIN, 1000 * MS, 8000 * MS}}});
    struct expectation *tally = expect("tally --expect any");
    fake_host_run(&host);
    ck_assert_uint_eq(host.late, 0);
    for (size_t at = 0; at < 98; at++) {
        ck_assert_uint_eq(host.seen[at], 1);
        if (!host.unsure[at])
            ck_assert_int_eq(host.time_ns[at], packets[at].at_ns);
    }
    if (tally->own_hole_count == 0)
        assert_finish(tally, FINISH_ENDED, 9800 * MS, 98);
    fake_host_end(&host);
}
END_TEST

START_TEST(rule_8_forth_and_back_between_two_readings_is_unsure)
{
    begin(WIRE(AT(0, 1500 * MS, 1)), (struct wire){.duration_ns = 3000 * MS, .pauses = {{PAUSE_WAIT, 1000 * MS, 1000 * MS}},
                                                  .steps = {{1400 * MS, 3600000 * MS}, {1600 * MS, -3600000 * MS}}});
    struct expectation *whole = expect("watch want=1");
    struct expectation *edge = expect("tally --expect any --timeout 1200ms");
    fake_host_run(&host);
    ck_assert_uint_eq(host.alone, 1);
    ck_assert_int_eq(whole->window.reason, FINISH_STOPPED);
    ck_assert_uint_eq(edge->window.packets, 0);
    ck_assert_uint_eq(edge->own_hole_count, 1);
    fake_host_end(&host);
}
END_TEST

/* ---- Pauses, signals, the command
 * ----------------------------------------------------------------------------------------------- */

START_TEST(a_process_that_is_stopped_anywhere_misses_nothing)
{
    static const int64_t lengths[] = {300 * MS, 10000 * MS};
    for (unsigned i = 0; i < 2; i++) {
        for (unsigned with_signal = 0; with_signal < 2; with_signal++) {
            begin(WIRE(AT(0, 90 * MS, 1), AT(1, 95 * MS, 2), AT(0, 105 * MS, 3, .delay_ns = 5 * MS), AT(1, 150 * MS, 1),
                       AT(0, 200 * MS, 4), AT(1, 200 * MS + 1, 4)),
                  (struct wire){.port_count = 2,
                                .duration_ns = 200 * MS,
                                .interrupt_ns = with_signal ? 160 * MS : 0,
                                .pauses = {{(enum pause_point)(_i + 1), 101 * MS, lengths[i]}}});
            struct expectation *tally = expect("tally --expect any");
            struct expectation *timed = expect("tally --expect any --timeout 95ms");
            fake_host_run(&host);
            assert_finish(timed, FINISH_TIMED_OUT, 95 * MS, 2);
            if (tally->window.reason == FINISH_ENDED)
                assert_finish(tally, FINISH_ENDED, 200 * MS, 5);
            else
                ck_assert(with_signal && tally->window.packets == 4);
            ck_assert_uint_eq(host.late, 0);
            ck_assert_uint_eq(host.run.engine.hole_count, 0);
            fake_host_end(&host);
        }
    }
}
END_TEST

START_TEST(an_interrupt_ends_the_run_at_its_moment)
{
    static const int64_t moments[] = {1, 95 * MS, 100 * MS, 104 * MS};
    static const uint64_t packets[] = {0, 1, 2, 2};
    begin(WIRE(AT(0, 90 * MS, 1, .delay_ns = 10 * MS), AT(1, 100 * MS, 2, .delay_ns = 11 * MS), AT(0, 105 * MS, 3)),
          (struct wire){.port_count = 2, .interrupt_ns = moments[_i]});
    struct expectation *tally = expect("tally --expect any --timeout none");
    fake_host_run(&host);
    ck_assert_int_eq(tally->window.reason, FINISH_INTERRUPTED);
    ck_assert_int_ge(host.end_ns - host.live->origin_ns, moments[_i]);
    ck_assert_int_le(host.end_ns - host.live->origin_ns, moments[_i] + 20 * MS);
    uint64_t before = 0;
    static const int64_t stamps[] = {90 * MS, 100 * MS, 105 * MS};
    for (size_t i = 0; i < 3; i++)
        before += stamps[i] <= host.end_ns - host.live->origin_ns;
    ck_assert_uint_eq(tally->window.packets, before);
    ck_assert_uint_ge(before, packets[_i]);
    fake_host_end(&host);
}
END_TEST

START_TEST(the_command_closes_the_run_a_while_after_it_ended)
{
    begin(WIRE(AT(0, 90 * MS, 1), AT(0, 150 * MS, 2), AT(0, 260 * MS, 3)),
          (struct wire){.command_ns = 100 * MS, .settle_ns = 100 * MS});
    struct expectation *tally = expect("tally --expect any");
    fake_host_run(&host);
    ck_assert_int_eq(tally->window.reason, FINISH_ENDED);
    ck_assert_uint_eq(tally->window.packets, 2);
    ck_assert_int_ge(host.end_ns - host.live->origin_ns, 200 * MS);
    ck_assert_int_le(host.end_ns - host.live->origin_ns, 215 * MS);
    ck_assert_ptr_nonnull(strstr(text_bytes(&host.log), "X7 C@2"));
    fake_host_end(&host);
}
END_TEST

/* ---- Anything at all
 * -------------------------------------------------------------------------------------------------------------- */

static uint64_t random_state;

static int64_t below(int64_t limit)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)((random_state >> 33) % (uint64_t)limit);
}

static int64_t one_of(const int64_t *choices, size_t count)
{
    return choices[below((int64_t)count)];
}

#define ONE_OF(...) one_of((const int64_t[]){__VA_ARGS__}, sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t))

static int by_stamp(const void *a, const void *b)
{
    const struct wire_packet *one = a, *other = b;
    return one->at_ns + one->lag_ns < other->at_ns + other->lag_ns ? -1 : one->at_ns + one->lag_ns > other->at_ns + other->lag_ns;
}

static void make_wire(struct wire_packet *packets, size_t count, struct wire *wire, int64_t length_ns)
{
    unsigned rings = wire->port_count * (wire->direction == LIVE_BOTH ? 2 : 1);
    for (size_t i = 0; i < count; i++) {
        packets[i] = (struct wire_packet){.ring = (unsigned)below(rings)};
        packets[i].at_ns = below(length_ns / MS) * MS;
        packets[i].byte = (uint8_t)below(6);
        packets[i].dropped = below(40) == 0;
        packets[i].lag_ns = ONE_OF(0, 0, 0, 0, 1 * MS, 5 * MS, 12 * MS, 60 * MS);
        packets[i].delay_ns = ONE_OF(0, 1 * MS, 5 * MS, 10 * MS, 11 * MS, 200 * MS);
        if (packets[i].lag_ns > LIVE_SLACK_NS && (packets[i].dropped || packets[i].at_ns > 600 * MS))
            packets[i].lag_ns = 0; /* a drop, or a packet before the end, that the slack is not long enough for */
        packets[i].at_ns += below(3) == 0 ? 1 + below(MS) : 1; /* what is stamped as the origin is taken is thrown away */
    }
    qsort(packets, count, sizeof *packets, by_stamp);
    if (below(3) == 0) {
        wire->steps[0].at_ns = below(length_ns);
        wire->steps[0].by_ns = ONE_OF(3600000 * MS, -3600000 * MS, 1000 * MS, -1000 * MS, 5 * MS, -5 * MS);
    }
    for (size_t i = 0; i < 2 && below(3) == 0; i++) {
        wire->pauses[i].point = (enum pause_point)(1 + below(PAUSE_POINTS - 1));
        wire->pauses[i].at_ns = below(length_ns);
        wire->pauses[i].length_ns = ONE_OF(20 * MS, 300 * MS);
    }
    wire->interrupt_ns = below(5) == 0 ? below(length_ns) + 1 : 0;
}

static bool has_hole(const struct expectation *expectation)
{
    const struct window *window = &expectation->window;
    for (size_t i = 0; i < host.run.engine.hole_count; i++) {
        const struct hole *hole = &host.run.engine.holes[i];
        bool on = expectation->all_sources || expectation->on_source[hole->source];
        if (on && hole->from_ns <= window->finish_ns && hole->to_ns >= window->opens_ns)
            return true;
    }
    return expectation->own_hole_count > 0;
}

/* Whether the packet stands in the window by what the wire was like. */
static bool is_in(const struct expectation *expectation, const struct wire_packet *packet)
{
    const struct window *window = &expectation->window;
    unsigned each = host.wire.direction == LIVE_BOTH ? 2 : 1;
    bool sent = each == 2 && packet->ring % 2 == 1;
    int64_t at_ns = packet->at_ns + host.live->origin_ns;
    if (!expectation->all_sources && !expectation->on_source[packet->ring / each + 1])
        return false;
    if (expectation->spec.direction != DIRECTION_BOTH && sent != (expectation->spec.direction == DIRECTION_OUT))
        return false;
    return window->opens_ns <= at_ns && at_ns <= window->finish_ns;
}

/* Without a hole, a window that nothing stopped was shown just what the wire carried in it. */
static void check_window(const struct expectation *expectation, uint64_t seed)
{
    uint64_t wanted = 0;
    if (has_hole(expectation) || expectation->window.reason == FINISH_STOPPED)
        return;
    for (size_t i = 0; i < host.wire.packet_count; i++)
        wanted += is_in(expectation, &host.wire.packets[i]);
    ck_assert_msg(expectation->window.packets == wanted, "seed %llu, %s: shown %llu, the wire had %llu", (unsigned long long)seed,
                  expectation->label, (unsigned long long)expectation->window.packets, (unsigned long long)wanted);
}

static void check_stop(const struct expectation *expectation, uint64_t seed)
{
    const struct window *window = &expectation->window;
    if (has_hole(expectation) || window->reason != FINISH_STOPPED)
        return;
    for (size_t i = 0; i < host.wire.packet_count; i++) {
        const struct wire_packet *packet = &host.wire.packets[i];
        bool before = packet->at_ns + host.live->origin_ns < window->finish_ns && host.seen[i] == 0;
        ck_assert_msg(!before || !is_in(expectation, packet) || packet->byte != 1,
                      "seed %llu, %s: packet %zu should have stopped it", (unsigned long long)seed, expectation->label, i);
    }
}

START_TEST(whatever_happens_a_window_without_a_hole_tells_the_truth)
{
    enum { SEEDS = 400 };
    size_t sound = 0;
    for (uint64_t seed = (uint64_t)_i * SEEDS; seed < ((uint64_t)_i + 1) * SEEDS; seed++) {
        struct wire_packet packets[120];
        random_state = seed * 7919 + 17;
        struct wire wire = {.duration_ns = 700 * MS};
        wire.port_count = (unsigned)below(3) + 1;
        wire.direction = below(2) ? LIVE_IN : LIVE_BOTH;
        size_t count = (size_t)ONE_OF(0, 3, 20, 120);
        make_wire(packets, count, &wire, ONE_OF(50 * MS, 300 * MS, 800 * MS));
        begin(packets, count, wire);
        expect("tally --expect any");
        expect("tally --expect any --timeout 100ms --on a --direction both");
        expect("tally --expect any --timeout 250ms --on a");
        expect("watch want=1 --timeout 500ms");
        expect("watch want=1 --on a");
        fake_host_run(&host);
        for (size_t i = 0; i < host.run.count; i++) {
            check_window(host.run.expectations[i], seed);
            check_stop(host.run.expectations[i], seed);
            sound += !has_hole(host.run.expectations[i]);
        }
        fake_host_end(&host);
    }
    ck_assert_uint_gt(sound, SEEDS); /* of five times as many */
}
END_TEST

Suite *live_suite(void)
{
    const TTest *const tests[] = {
        rule_2_equal_stamps_go_in_the_order_named, rule_2_in_before_out_of_one_interface,
        rule_2_a_silent_source_holds_up_for_the_slack_alone, rule_1_a_stamp_behind_its_neighbour_takes_that_time,
        rule_3_packets_at_the_close_and_behind_it, ticks_close_on_an_idle_wire_without_spinning,
        rule_8_a_late_packet_goes_to_the_open_window_that_holds_its_stamp, rule_8_within_the_slack_nothing_is_late,
        rule_10_a_packet_that_comes_after_the_last_finish_is_a_hole, a_stalled_block_timer_delays_but_loses_nothing,
        what_the_kernel_never_gives_is_unaccounted_for, what_is_not_given_at_the_end_is_unaccounted_for, more_than_a_round_takes,
        rule_9_a_drop_lies_between_two_readings, rule_9_a_drop_that_shows_a_poll_later_reaches_back,
        rule_10_a_drop_found_after_the_end_counts_if_it_began_before, rule_9_what_the_card_missed_is_a_drop_that_reaches_far_back,
        rule_9_a_flap_between_two_looks_is_a_hole,
        rule_9_a_link_that_is_down_is_a_hole_all_the_while, rule_9_a_link_that_is_down_at_the_end_has_no_end,
        rule_9_an_interface_that_goes_away_is_a_hole_and_the_run_goes_on,
        rule_8_packets_from_before_the_origin_are_no_part_of_the_run, rule_8_forth_and_back_between_two_readings_is_unsure,
        the_command_closes_the_run_a_while_after_it_ended,
    };
    Suite *suite = suite_create("live");
    TCase *tcase = tcase_create("loop");
    tcase_set_timeout(tcase, 60);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_test(tcase, tests[i]);
    tcase_add_loop_test(tcase, rule_8_a_step_of_the_system_clock_changes_no_time, 0, STEPS);
    tcase_add_loop_test(tcase, rule_8_a_step_while_the_process_was_stopped, 0, STEPS);
    tcase_add_loop_test(tcase, a_process_that_is_stopped_anywhere_misses_nothing, 0, PAUSE_POINTS - 1);
    tcase_add_loop_test(tcase, an_interrupt_ends_the_run_at_its_moment, 0, 4);
    tcase_add_loop_test(tcase, whatever_happens_a_window_without_a_hole_tells_the_truth, 0, 5);
    suite_add_tcase(suite, tcase);
    return suite;
}
