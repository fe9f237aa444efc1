/* SPDX-License-Identifier: MIT */
/* What cannot be set up: never null, never a hang, and a message that says what to do. And how failed assertions read. */
#include "library.h"

#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define TRACE "traces/vlan/frames.pcap" /* from the folder of the sources */

static void assert_context_error(struct aptrace_context *context, const char *words)
{
    ck_assert_msg(strstr(aptrace_context_error(context), words) != NULL, "expected \"%s\" in: %s", words,
                  aptrace_context_error(context));
}

START_TEST(no_such_interface)
{
    struct aptrace_context *context = aptrace_context_new();
    ck_assert_str_eq(aptrace_context_error(context), "");
    ck_assert_int_eq(aptrace_live(context, "nosuch0"), -1);
    assert_context_error(context, "nosuch0");
    assert_error(aptrace_expect(context, "did_not_see_packet", NULL), "nosuch0");
    ck_assert_int_eq(aptrace_live(context, "v0"), 0); /* it does not help: what was asked for is not there */
    assert_error(aptrace_expect(context, "did_not_see_packet", NULL), "nosuch0");
    aptrace_context_free(context);
}
END_TEST

START_TEST(no_permission)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2] = {{0}};
    ck_assert_int_eq(syscall(SYS_capset, &header, none), 0);
    struct aptrace_context *context = aptrace_context_new();
    ck_assert_int_eq(aptrace_live(context, "v0"), -1);
    assert_context_error(context, "CAP_NET_RAW");
    assert_error(aptrace_expect(context, "packet_count", NULL), "CAP_NET_RAW");
    aptrace_context_free(context);
}
END_TEST

START_TEST(no_source)
{
    struct aptrace_context *context = aptrace_context_new();
    assert_error(aptrace_expect(context, "packet_count", NULL), "aptrace_live() or aptrace_replay()");
    ck_assert_int_eq(aptrace_run(context), -1);
    assert_context_error(context, "no source");
    aptrace_context_free(context);
}
END_TEST

START_TEST(words_that_are_wrong)
{
    struct aptrace_context *context = listen_on("v0");
    const char *const holed[] = {"packet_count", NULL};
    assert_error(aptrace_expect(context, "saw_vlna", NULL), "saw_vlan");
    assert_error(aptrace_expect(context, "./nosuch.so", NULL), "nosuch.so");
    assert_error(aptrace_expect(context, "saw_vlan", "tag=5000", NULL), "4095");
    assert_error(aptrace_expect(context, "saw_vlan", "tga=5", NULL), "tag");
    assert_error(aptrace_expect(context, "saw_vlan", "--timeout", "soon", NULL), "expected a duration");
    assert_error(aptrace_expect(context, "saw_vlan", "--timeout", NULL), "--timeout");
    assert_error(aptrace_expect(context, "saw_vlan", "--nosuch", "1", NULL), "--nosuch");
    assert_error(aptrace_expect(context, "saw_vlan", "--expect", "7", NULL), "true");
    assert_error(aptrace_expect(context, "saw_vlan", "--filter", "not a filter", NULL), "--filter");
    assert_error(aptrace_expect(context, "saw_vlan", "--on", "v9", NULL), "there is no such source; there is v0");
    assert_error(aptrace_expect(context, "saw_vlan", "--after", "nobody", NULL), "nobody");
    assert_error(aptrace_expect(context, "saw_vlan", "--direction", "both", NULL),
                 "aptrace_set(context, \"--direction\", \"both\")");
    assert_error(aptrace_expect(context, NULL, NULL), "name of its plugin");
    assert_error(aptrace_expect_list(context, NULL, 0), "name of its plugin");
    assert_error(aptrace_expect_list(context, holed, 2), "null");
    assert_error(aptrace_expect_in_place(context, NULL, NULL), "null");
    struct aptrace_expectation *named = aptrace_expect(context, "saw_vlan", "--name", "one", "--timeout", "0", NULL);
    assert_error(aptrace_expect(context, "saw_vlan", "--name", "one", NULL), "taken");
    ck_assert_aptrace_false(named); /* the context is as good as before */
    aptrace_context_free(context);
}
END_TEST

START_TEST(descriptors_that_are_wrong)
{
    struct aptrace_context *context = listen_on("v0");
    static const struct aptrace_plugin no_summary = APTRACE_IN_PLACE("wrong", char, .on_finish = NULL, .summary = NULL);
    static const struct aptrace_plugin no_callback = APTRACE_IN_PLACE("wrong", char, .summary = "Nothing");
    static struct aptrace_plugin newer = APTRACE_IN_PLACE("wrong", char, .summary = "Newer");
    static struct aptrace_plugin unnamed = APTRACE_IN_PLACE(NULL, char, .summary = "Without a name");
    newer.abi_minor = 99;
    assert_error(aptrace_expect_in_place(context, &no_summary, NULL), "summary");
    assert_error(aptrace_expect_in_place(context, &no_callback, NULL), "stop_condition");
    assert_error(aptrace_expect_in_place(context, &newer, NULL), "99");
    assert_error(aptrace_expect_in_place(context, &unnamed, NULL), "name");
    aptrace_context_free(context);
}
END_TEST

START_TEST(options_that_are_wrong)
{
    static const char *const wrong[][2] = {{"--nosuch", "1"},          {"--direction", "up"},     {"--direction", NULL},
                                           {"--snaplen", "0"},         {"--snaplen", "262145"},   {"--buffer", "much"},
                                           {"--origin", "soon"},       {"--link-type", "nosuch"}, {"--plugin-budget", "1ms"},
                                           {"--plugin-budget", "-1s"}, {"--strict-end", "no"},    {"--no-promiscuous", "yes"},
                                           {"direction", "both"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct aptrace_context *context = aptrace_context_new();
        ck_assert_msg(aptrace_set(context, wrong[i][0], wrong[i][1]) == -1, "%s", wrong[i][0]);
        assert_context_error(context, wrong[i][0]);
        ck_assert_int_eq(aptrace_live(context, "v0"), 0);
        assert_error(aptrace_expect(context, "packet_count", NULL), wrong[i][0]);
        aptrace_context_free(context);
    }
}
END_TEST

START_TEST(options_that_are_right)
{
    static const char *const right[][2] = {
        {"--direction", "both"}, {"--snaplen", "96"}, {"--buffer", "2M"}, {"--plugin-budget", "1s"}, {"--no-promiscuous", NULL}};
    struct aptrace_context *context = aptrace_context_new();
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        ck_assert_msg(aptrace_set(context, right[i][0], right[i][1]) == 0, "%s", aptrace_context_error(context));
    ck_assert_int_eq(aptrace_live(context, "v0"), 0);
    ck_assert_int_eq(aptrace_set(context, "--snaplen", "60"), -1);
    assert_context_error(context, "before sources");
    aptrace_context_free(context);
}
END_TEST

START_TEST(ports_and_traces_together)
{
    struct aptrace_context *context = listen_on("v0");
    ck_assert_int_eq(aptrace_replay(context, TRACE), -1);
    assert_context_error(context, "another context");
    aptrace_context_free(context);
    context = aptrace_context_new();
    ck_assert_int_eq(aptrace_replay(context, TRACE), 0);
    ck_assert_int_eq(aptrace_live(context, "v0"), -1);
    assert_context_error(context, "another context");
    assert_error(aptrace_expect(context, "packet_count", NULL), "another context");
    aptrace_context_free(context);
}
END_TEST

START_TEST(sources_after_the_first_expectation)
{
    struct aptrace_context *context = listen_on("v0");
    struct aptrace_expectation *open = aptrace_expect(context, "packet_count", "--timeout", "50ms", NULL);
    ck_assert_int_eq(aptrace_live(context, "w0"), -1);
    assert_context_error(context, "before the first expectation");
    ck_assert_int_eq(aptrace_set(context, "--snaplen", "60"), -1);
    ck_assert_aptrace_uint_eq(open, 0);
    assert_error(aptrace_expect(context, "packet_count", NULL), "w0");
    aptrace_context_free(context);
}
END_TEST

/* ---- What a person sees --------------------------------------------------------------------------------------------------- */

/* The message of a failed assertion is what the fork says to the pipe. Runs one of the assertions below. */
static void fail_one(int which)
{
    struct aptrace_context *context = listen_on("v0");
    int port = open_port("v1");
    struct aptrace_expectation *seen = aptrace_expect_in_place(context, &marked, "mark=2", "id=7", "--timeout", "100ms", NULL);
    struct aptrace_expectation *counted = aptrace_expect(context, "packet_count", "--timeout", "100ms", NULL);
    struct aptrace_expectation *bad = aptrace_expect(context, "saw_vlan", "tag=x", NULL);
    send_marked(port, INSIDE, which == 1 ? 7 : 8);
    switch (which) {
    case 0: ck_assert_aptrace_true(seen); break;
    case 1: ck_assert_aptrace_false(seen); break;
    case 2: ck_assert_aptrace_uint_eq(counted, 21); break;
    case 3: ck_assert_aptrace_int_gt(counted, INT64_MAX); break;
    case 4: ck_assert_aptrace_true(counted); break;
    case 5: ck_assert_aptrace_str_eq(counted, "one"); break;
    case 6: ck_assert_aptrace_true(bad); break;
    case 7: ck_assert_aptrace_pass(seen); break;
    case 8: ck_assert_aptrace_double_lt(counted, 2.5); break;
    default: ck_assert_aptrace_int_lt(counted, -1); break;
    }
}

static const struct { const char *first, *then; } messages[] = {
    {"ck_assert_aptrace_true(seen)\n      wanted true\n      got    false\nFAIL  marked mark=2 id=7   on v0", "window"},
    {"ck_assert_aptrace_false(seen)\n      wanted false\n      got    true (--expect, or its default, allows that)\nPASS  marked",
     "stopped by v0#1"},
    {"ck_assert_aptrace_uint_eq(counted, 21)\n      wanted 21\n      got    1 (--expect, or its default, allows that)\n"
     "PASS  packet_count",
     "got 1"},
    {"ck_assert_aptrace_int_gt(counted, INT64_MAX)\n      wanted above 9223372036854775807\n      got    1", ""},
    {"ck_assert_aptrace_true(counted)\n      wanted true\n      got    1, an unsigned number", ""},
    {"ck_assert_aptrace_str_eq(counted, \"one\")\n      wanted \"one\"\n      got    1, an unsigned number", ""},
    {"ck_assert_aptrace_true(bad)\n      wanted true\n      got    no value, as the verdict is error\nERROR  saw_vlan", "tag"},
    {"ck_assert_aptrace_pass(seen)\n      wanted pass\n      got    fail\nFAIL  marked", ""},
    {"ck_assert_aptrace_double_lt(counted, 2.5)\n      wanted below 2.5\n      got    1, an unsigned number", ""},
    {"ck_assert_aptrace_int_lt(counted, -1)\n      wanted below -1\n      got    1", ""},
};

static int failing;

START_TEST(failing_test)
{
    fail_one(failing);
}
END_TEST

START_TEST(assertions_say_what_was_wanted_and_why_not)
{
    Suite *suite = suite_create("failing");
    TCase *tcase = tcase_create("failing");
    SRunner *runner = srunner_create(suite);
    failing = _i;
    tcase_add_test(tcase, failing_test);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_SILENT);
    ck_assert_int_eq(srunner_ntests_failed(runner), 1);
    TestResult **results = srunner_failures(runner);
    const char *said = tr_msg(results[0]);
    ck_assert_msg(strncmp(said, messages[_i].first, strlen(messages[_i].first)) == 0 && strstr(said, messages[_i].then), "%s",
                  said);
    free(results);
    srunner_free(runner);
}
END_TEST

Suite *errors_suite(void)
{
    Suite *suite = suite_create("errors");
    TCase *tcase = tcase_create("errors");
    tcase_set_timeout(tcase, 30);
    tcase_add_test(tcase, no_such_interface);
    tcase_add_test(tcase, no_permission);
    tcase_add_test(tcase, no_source);
    tcase_add_test(tcase, words_that_are_wrong);
    tcase_add_test(tcase, descriptors_that_are_wrong);
    tcase_add_test(tcase, options_that_are_wrong);
    tcase_add_test(tcase, options_that_are_right);
    tcase_add_test(tcase, ports_and_traces_together);
    tcase_add_test(tcase, sources_after_the_first_expectation);
    tcase_add_loop_test(tcase, assertions_say_what_was_wanted_and_why_not, 0, sizeof messages / sizeof *messages);
    suite_add_tcase(suite, tcase);
    return suite;
}
