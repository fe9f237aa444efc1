/* SPDX-License-Identifier: MIT */
/* The fake host: what a test of a predicate sees is what a run does, and what breaks a contract ends it. A program of its
 * own, as the tests of an author are: what makes frames has names that other tests here have too. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <aptrace/aptrace.h>
#include <aptrace/decode.h>
#include <aptrace/fake.h>
#include <aptrace/wanted.h>

#include "core/plugin_load.h"

#define MS INT64_C(1000000)
#define FRAME(PORT) "eth | ipv4 10.0.0.1 > 10.0.1.10 ttl 64 | udp 1000 > " #PORT

/* ---- Predicates ----------------------------------------------------------------------------------------------------------- */

struct port {
    uint16_t port, most;
    uint64_t packets;
};

static const struct aptrace_param port_params[] = {
    APTRACE_PARAM_UINT(struct port, port, .required = true, .help = "destination port"),
    APTRACE_PARAM_UINT(struct port, most, .help = "the greatest there is"),
    APTRACE_PARAM_END
};

static int port_prepare(struct aptrace_instance *self)
{
    const struct port *want = self->state;
    if (want->most && want->port > want->most)
        return aptrace_refuse(self, "port %u is above most", (unsigned)want->port);
    aptrace_default_expect(self, "%s", "true");
    return 0;
}

static bool port_stop(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct port *want = self->state;
    unsigned source, destination;
    want->packets++;
    if (aptrace_get_ports(packet, &source, &destination)) {
        if (destination != want->port)
            aptrace_near(self, packet, destination > want->port ? destination - want->port : 1000, "port %u", destination);
        return destination == want->port;
    }
    if (aptrace_is_cut(packet, APTRACE_STAGE_TRANSPORT))
        aptrace_unseen(self, packet);
    return false;
}

static struct aptrace_value port_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    const struct port *want = self->state;
    if (finish->stopped)
        aptrace_cite(self, finish->packet);
    aptrace_explain(self, "%llu looked at", (unsigned long long)want->packets);
    return aptrace_bool(finish->stopped);
}

static const struct aptrace_plugin port = APTRACE_IN_PLACE("port", struct port, .stop_condition = port_stop,
    .on_finish = port_finish, .summary = "A packet went to this port", .params = port_params,
    .yields = APTRACE_TYPE_BOOL, .stop_survives_loss = true, .prepare = port_prepare);

/* Does what how= says, which is wrong. */
struct wrong {
    uint8_t how;
    const struct aptrace_packet *kept;
};
enum { KEEPS, UNSEEN_AT_THE_END, REFUSES_LATE, REFUSES_AND_GOES_ON, LIES, WRITES, READS_ON };

static const struct aptrace_param wrong_params[] = {
    APTRACE_PARAM_CHOICE(struct wrong, how, .choices = "keeps|unseen|refuses-late|refuses|lies|writes|reads-on", .help = "what"),
    APTRACE_PARAM_END
};

static int wrong_prepare(struct aptrace_instance *self)
{
    if (((const struct wrong *)self->state)->how == REFUSES_AND_GOES_ON)
        aptrace_refuse(self, "no");
    return 0;
}

static bool wrong_stop(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct wrong *wrong = self->state;
    static volatile uint8_t read;
    if (wrong->how == KEEPS && wrong->kept)
        aptrace_cite(self, wrong->kept);
    if (wrong->how == REFUSES_LATE)
        aptrace_refuse(self, "too late");
    if (wrong->how == WRITES)
        ((uint8_t *)(uintptr_t)packet->bytes)[0] = 1;
    if (wrong->how == READS_ON)
        read = packet->bytes[packet->capture_length];
    (void)read;
    wrong->kept = packet;
    return false;
}

static struct aptrace_value wrong_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    const struct wrong *wrong = self->state;
    (void)finish;
    if (wrong->how == UNSEEN_AT_THE_END)
        aptrace_unseen(self, wrong->kept);
    return wrong->how == LIES ? aptrace_uint(1) : aptrace_bool(true);
}

static const struct aptrace_plugin wrong = APTRACE_IN_PLACE("wrong", struct wrong, .stop_condition = wrong_stop,
    .on_finish = wrong_finish, .summary = "Does something wrong", .params = wrong_params, .yields = APTRACE_TYPE_BOOL,
    .prepare = wrong_prepare);

static const struct aptrace_plugin *built(const char *name)
{
    struct error error = {""};
    char path[4096];
    snprintf(path, sizeof path, "%s/plugins/.libs/%s.so", TEST_BUILD_DIR, name);
    const struct plugin *plugin = plugin_load(path, &error);
    ck_assert_msg(plugin != NULL, "%s", error.text);
    return &plugin->descriptor;
}

/* ---- Packets and values --------------------------------------------------------------------------------------------------- */

START_TEST(stops_at_the_packet_that_is_meant)
{
    struct aptrace_fake *fake = aptrace_fake_new(&port, "port=53", NULL);
    ck_assert(!aptrace_fake_frame(fake, FRAME(52)));
    ck_assert_ptr_null(aptrace_fake_finish(fake));
    ck_assert(aptrace_fake_frame(fake, "eth | vlan %d | ipv4 10.0.0.1 > 10.0.1.10 | udp 1000 > %d", 102, 53));
    ck_assert(!aptrace_fake_frame(fake, FRAME(53)));
    ck_assert_aptrace_fake_true(fake);
    ck_assert_uint_eq(aptrace_fake_finish(fake)->reason, APTRACE_FINISH_STOPPED);
    ck_assert_uint_eq(aptrace_fake_finish(fake)->packets, 2);
    ck_assert_str_eq(aptrace_fake_explanation(fake), "2 looked at");
    ck_assert_uint_eq(aptrace_fake_cited_count(fake), 1);
    ck_assert_uint_eq(aptrace_fake_cited(fake, 0), 2);
    ck_assert_uint_eq(aptrace_fake_cited(fake, 1), 0);
    aptrace_fake_free(fake);
}
END_TEST

START_TEST(keeps_the_nearest_miss)
{
    struct aptrace_fake *fake = aptrace_fake_new(&port, "port=53", NULL);
    ck_assert_uint_eq(aptrace_fake_nearest(fake), 0);
    aptrace_fake_frame(fake, FRAME(80));
    aptrace_fake_frame(fake, FRAME(55));
    aptrace_fake_frame(fake, FRAME(60));
    ck_assert_uint_eq(aptrace_fake_nearest(fake), 2);
    ck_assert_str_eq(aptrace_fake_nearest_text(fake), "port 55");
    ck_assert_aptrace_fake_false(fake);
    ck_assert_str_eq(aptrace_fake_report(fake), "got false: 3 looked at\nnearest is packet 2: port 55");
    aptrace_fake_free(fake);
}
END_TEST

START_TEST(packets_captured_short_are_made_known)
{
    struct aptrace_fake *fake = aptrace_fake_new(&port, "port=53", NULL);
    aptrace_fake_capture(fake, 30);
    ck_assert(!aptrace_fake_frame(fake, FRAME(53)));
    ck_assert(!aptrace_fake_frame(fake, FRAME(53)));
    ck_assert_uint_eq(aptrace_fake_unseen(fake), 2);
    aptrace_fake_capture(fake, 0);
    ck_assert(aptrace_fake_frame(fake, FRAME(53)));
    aptrace_fake_free(fake);
}
END_TEST

START_TEST(packets_are_bytes_too)
{
    static const uint8_t bytes[] = {0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 1, 0x81, 0, 0, 102, 8, 6};
    struct aptrace_fake *fake = aptrace_fake_new(built("saw_vlan"), "tag=102", NULL);
    ck_assert(!aptrace_fake_packet(fake, bytes, 0));
    ck_assert(aptrace_fake_packet(fake, bytes, sizeof bytes));
    ck_assert_aptrace_fake_true(fake);
    aptrace_fake_free(fake);
}
END_TEST

/* ---- The window ----------------------------------------------------------------------------------------------------------- */

START_TEST(a_timeout_passes_with_the_clock)
{
    struct aptrace_fake *fake = aptrace_fake_new(&port, "port=53", "--timeout", "100ms", NULL);
    aptrace_fake_at(fake, 100 * MS);
    ck_assert(!aptrace_fake_frame(fake, FRAME(52)));
    aptrace_fake_at(fake, 100 * MS + 1);
    ck_assert_uint_eq(aptrace_fake_finish(fake)->reason, APTRACE_FINISH_TIMED_OUT);
    ck_assert_int_eq(aptrace_fake_finish(fake)->time_ns - aptrace_fake_finish(fake)->opens_ns, 100 * MS);
    ck_assert(!aptrace_fake_frame(fake, FRAME(53)));
    ck_assert_aptrace_fake_false(fake);
    aptrace_fake_free(fake);
}
END_TEST

START_TEST(a_count_ends_it)
{
    struct aptrace_fake *fake = aptrace_fake_new(&port, "port=53", "--count", "2", NULL);
    aptrace_fake_frame(fake, FRAME(52));
    aptrace_fake_frame(fake, FRAME(52));
    ck_assert_uint_eq(aptrace_fake_finish(fake)->reason, APTRACE_FINISH_COUNTED);
    aptrace_fake_free(fake);
}
END_TEST

START_TEST(a_signal_ends_it)
{
    struct aptrace_fake *fake = aptrace_fake_new(&port, "port=53", NULL);
    aptrace_fake_interrupt(fake);
    ck_assert_uint_eq(aptrace_fake_finish(fake)->reason, APTRACE_FINISH_INTERRUPTED);
    aptrace_fake_free(fake);
}
END_TEST

START_TEST(a_value_that_is_asked_for_ends_it)
{
    struct aptrace_fake *fake = aptrace_fake_new(built("packet_count"), NULL);
    aptrace_fake_frame(fake, FRAME(52));
    ck_assert_aptrace_fake_uint_eq(fake, 1);
    ck_assert_uint_eq(aptrace_fake_finish(fake)->reason, APTRACE_FINISH_ENDED);
    aptrace_fake_free(fake);
}
END_TEST

START_TEST(sources_are_named_and_joined)
{
    struct aptrace_fake *fake = aptrace_fake_new(built("saw_on_each"), "udp.dstport=53", "--on", "1,5+6", NULL);
    aptrace_fake_source(fake, "1", 1);
    aptrace_fake_source(fake, "5", 1);
    aptrace_fake_source(fake, "6", 1);
    ck_assert(!aptrace_fake_frame(fake, FRAME(53)));
    aptrace_fake_on(fake, "6");
    ck_assert(aptrace_fake_frame(fake, FRAME(53)));
    ck_assert_str_eq(aptrace_fake_explanation(fake), "A packet matched on 1, 5+6.");
    aptrace_fake_free(fake);
}
END_TEST

START_TEST(what_was_sent_is_not_shown)
{
    struct aptrace_fake *fake = aptrace_fake_new(&port, "port=53", NULL);
    aptrace_fake_flags(fake, APTRACE_PACKET_SENT);
    ck_assert(!aptrace_fake_frame(fake, FRAME(53)));
    aptrace_fake_flags(fake, APTRACE_PACKET_RECEIVED);
    ck_assert(aptrace_fake_frame(fake, FRAME(53)));
    aptrace_fake_free(fake);
}
END_TEST

/* ---- Parameters ----------------------------------------------------------------------------------------------------------- */

START_TEST(refusals_are_told)
{
    struct aptrace_fake *unknown = aptrace_fake_new(&port, "prt=53", NULL), *missing = aptrace_fake_new(&port, NULL);
    struct aptrace_fake *refused = aptrace_fake_new(&port, "port=53", "most=52", NULL);
    struct aptrace_fake *taken = aptrace_fake_new(&port, "port=53", NULL);
    struct aptrace_fake *nowhere = aptrace_fake_new(&port, "port=53", "--on", "2", NULL);
    ck_assert_aptrace_fake_refused(unknown, "prt");
    ck_assert_aptrace_fake_refused(missing, "parameter port is missing");
    ck_assert_aptrace_fake_refused(refused, "port 53 is above most");
    ck_assert_ptr_null(aptrace_fake_refusal(taken));
    ck_assert_aptrace_fake_refused(nowhere, "there is no such source");
    ck_assert_ptr_null(aptrace_fake_state(missing));
    aptrace_fake_free(unknown);
    aptrace_fake_free(missing);
    aptrace_fake_free(refused);
    aptrace_fake_free(taken);
    aptrace_fake_free(nowhere);
}
END_TEST

START_TEST(the_state_can_be_set)
{
    struct aptrace_fake *fake = aptrace_fake_new(&port, "port=1", NULL);
    struct port *state = aptrace_fake_state(fake);
    ck_assert_uint_eq(state->port, 1);
    state->port = 53;
    ck_assert(aptrace_fake_frame(fake, FRAME(53)));
    ck_assert_str_eq(aptrace_fake_default_expect(fake), "true");
    aptrace_fake_free(fake);
}
END_TEST

START_TEST(fields_and_filters_are_the_engines)
{
    struct aptrace_fake *fake = aptrace_fake_new(built("saw_packet"), "ip.ttl=63", "udp.dstport=53", "--filter", "udp", NULL);
    ck_assert(!aptrace_fake_frame(fake, "eth | arp request 10.0.0.1 > 10.0.0.2"));
    ck_assert(!aptrace_fake_frame(fake, FRAME(53)));
    ck_assert_str_eq(aptrace_fake_nearest_text(fake), "ip.ttl: wanted 63, got 64\nudp.dstport matches");
    ck_assert(aptrace_fake_frame(fake, "eth | ipv4 10.0.0.1 > 10.0.1.10 ttl 63 | udp 1000 > 53"));
    ck_assert_uint_eq(aptrace_fake_nearest(fake), 0);
    ck_assert_str_eq(aptrace_fake_log(fake), "look_elsewhere\nprepare: 0\nis_wanted 2: false\nstop_condition 2: false\n"
                     "is_wanted 3: true\nstop_condition 3: true\ncite 3\nforget_near\non_finish\n");
    aptrace_fake_free(fake);
}
END_TEST

/* ---- What ends a test ----------------------------------------------------------------------------------------------------- */

static void show_two(const char *how)
{
    struct aptrace_fake *fake = aptrace_fake_new(&wrong, how, NULL);
    aptrace_fake_frame(fake, FRAME(52));
    aptrace_fake_frame(fake, FRAME(53));
    aptrace_fake_value(fake);
}

static const char *const breaches[] = {"how=keeps", "how=unseen", "how=refuses-late", "how=refuses", "how=lies"};

START_TEST(a_breach_aborts)
{
    show_two(breaches[_i]);
}
END_TEST

START_TEST(bytes_are_not_to_be_written)
{
    show_two("how=writes");
}
END_TEST

START_TEST(bytes_end_where_they_end)
{
    show_two("how=reads-on");
}
END_TEST

START_TEST(a_frame_that_is_wrong_aborts)
{
    aptrace_fake_frame(aptrace_fake_new(&port, "port=1", NULL), "eth | upd 1 > 2");
}
END_TEST

START_TEST(time_that_goes_back_aborts)
{
    struct aptrace_fake *fake = aptrace_fake_new(&port, "port=1", NULL);
    aptrace_fake_at(fake, 2);
    aptrace_fake_at(fake, 1);
}
END_TEST

START_TEST(packets_for_what_was_refused_abort)
{
    aptrace_fake_frame(aptrace_fake_new(&port, NULL), FRAME(53));
}
END_TEST

static Suite *fake_suite(void)
{
    Suite *suite = suite_create("fake");
    TCase *works = tcase_create("works"), *ends = tcase_create("ends a test");
    tcase_add_test(works, stops_at_the_packet_that_is_meant);
    tcase_add_test(works, keeps_the_nearest_miss);
    tcase_add_test(works, packets_captured_short_are_made_known);
    tcase_add_test(works, packets_are_bytes_too);
    tcase_add_test(works, a_timeout_passes_with_the_clock);
    tcase_add_test(works, a_count_ends_it);
    tcase_add_test(works, a_signal_ends_it);
    tcase_add_test(works, a_value_that_is_asked_for_ends_it);
    tcase_add_test(works, sources_are_named_and_joined);
    tcase_add_test(works, what_was_sent_is_not_shown);
    tcase_add_test(works, refusals_are_told);
    tcase_add_test(works, the_state_can_be_set);
    tcase_add_test(works, fields_and_filters_are_the_engines);
    suite_add_tcase(suite, works);
    tcase_add_loop_test_raise_signal(ends, a_breach_aborts, SIGABRT, 0, (int)(sizeof breaches / sizeof *breaches));
#ifdef __SANITIZE_ADDRESS__ /* which turns faults into an exit */
    tcase_add_exit_test(ends, bytes_are_not_to_be_written, 1);
    tcase_add_exit_test(ends, bytes_end_where_they_end, 1);
#else
    tcase_add_test_raise_signal(ends, bytes_are_not_to_be_written, SIGSEGV);
    tcase_add_test_raise_signal(ends, bytes_end_where_they_end, SIGSEGV);
#endif
    tcase_add_test_raise_signal(ends, a_frame_that_is_wrong_aborts, SIGABRT);
    tcase_add_test_raise_signal(ends, time_that_goes_back_aborts, SIGABRT);
    tcase_add_test_raise_signal(ends, packets_for_what_was_refused_abort, SIGABRT);
    suite_add_tcase(suite, ends);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(fake_suite());
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
