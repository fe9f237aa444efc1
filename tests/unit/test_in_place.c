/* SPDX-License-Identifier: MIT */
/* Predicates in place and plugins of an ABI that this library does not have, through the library: each is an error that tells both
 * numbers, beside others that go on. */
#include <aptrace/aptrace.h>
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "suites.h"

#define TRACE TEST_SOURCE_DIR "/traces/vlan/frames.pcap"

static bool stop(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    (void)self;
    return packet->number == 4;
}

static struct aptrace_plugin of_abi(uint32_t major, uint32_t minor)
{
    struct aptrace_plugin plugin = APTRACE_IN_PLACE("fourth", char, .stop_condition = stop, .summary = "There was a fourth packet");
    plugin.abi_major = major;
    plugin.abi_minor = minor;
    return plugin;
}

static void assert_refused(const struct aptrace_plugin *predicate, const char *said)
{
    struct aptrace_context *context = aptrace_context_new();
    struct aptrace_plugin good = of_abi(APTRACE_ABI_MAJOR, APTRACE_ABI_MINOR);
    ck_assert_int_eq(aptrace_replay(context, TRACE), 0);
    struct aptrace_expectation *refused = aptrace_expect_in_place(context, predicate, NULL);
    struct aptrace_expectation *other = aptrace_expect_in_place(context, &good, NULL);
    ck_assert_int_eq(aptrace_result(refused), APTRACE_ERROR);
    ck_assert_uint_eq(aptrace_result_value(refused).type, 0);
    ck_assert_msg(strstr(aptrace_report(refused), said) != NULL, "expected %s\ngot      %s", said, aptrace_report(refused));
    ck_assert_int_eq(aptrace_result(other), APTRACE_PASS);
    aptrace_context_free(context);
}

START_TEST(a_newer_minor_is_refused)
{
    struct aptrace_plugin newer = of_abi(APTRACE_ABI_MAJOR, APTRACE_ABI_MINOR + 1);
    char said[128];
    snprintf(said, sizeof said, "its ABI is %d.%d, newer than this aptrace's %d.%d", APTRACE_ABI_MAJOR, APTRACE_ABI_MINOR + 1,
             APTRACE_ABI_MAJOR, APTRACE_ABI_MINOR);
    assert_refused(&newer, said);
}
END_TEST

/* Of another major only the four numbers are where they were: nothing else is looked at. */
START_TEST(another_major_is_refused_unread)
{
    static const uint32_t majors[] = {0, APTRACE_ABI_MAJOR + 1, UINT32_MAX};
    struct aptrace_plugin other = of_abi(majors[_i], 3);
    char said[128];
    memset((char *)&other + 16, 0x55, sizeof other - 16);
    snprintf(said, sizeof said, "its ABI is %u.3, this aptrace's is %d.%d: another major", (unsigned)majors[_i], APTRACE_ABI_MAJOR,
             APTRACE_ABI_MINOR);
    assert_refused(&other, said);
}
END_TEST

START_TEST(no_predicate_is_refused)
{
    assert_refused(NULL, "null");
}
END_TEST

Suite *in_place_suite(void)
{
    Suite *suite = suite_create("in_place");
    TCase *refused = tcase_create("refused");
    tcase_add_test(refused, a_newer_minor_is_refused);
    tcase_add_loop_test(refused, another_major_is_refused_unread, 0, 3);
    tcase_add_test(refused, no_predicate_is_refused);
    suite_add_tcase(suite, refused);
    return suite;
}
