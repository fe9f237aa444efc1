/* SPDX-License-Identifier: MIT */
/* Traces in a context: the verdicts of the command, and how a run begins. In the folder of the sources, without any right. */
#include "library.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRACE "traces/vlan/frames.pcap"

static struct aptrace_context *replay(const char *file)
{
    struct aptrace_context *context = aptrace_context_new();
    ck_assert_msg(aptrace_replay(context, file) == 0, "%s", aptrace_context_error(context));
    return context;
}

START_TEST(run_and_read)
{
    struct aptrace_context *context = replay(TRACE);
    struct aptrace_expectation *seen = aptrace_expect(context, "saw_vlan", "tag=102", NULL);
    struct aptrace_expectation *counted = aptrace_expect(context, "packet_count", NULL);
    struct aptrace_expectation *on = aptrace_expect(context, "packet_count", "--on", "frames", "--timeout", "none", NULL);
    ck_assert_int_eq(aptrace_run(context), 0);
    ck_assert_int_eq(aptrace_run(context), 0);
    ck_assert_aptrace_true(seen);
    ck_assert_aptrace_uint_eq(counted, 4);
    ck_assert_aptrace_uint_eq(on, 4);
    aptrace_finish_now(seen);
    aptrace_cancel(seen);
    ck_assert_aptrace_true(seen);
    assert_error(aptrace_expect(context, "saw_vlan", NULL), "aptrace_run()");
    ck_assert_aptrace_true(seen);
    aptrace_context_free(context);
}
END_TEST

START_TEST(a_result_begins_the_run)
{
    struct aptrace_context *context = replay("switch=" TRACE);
    struct aptrace_expectation *seen = aptrace_expect(context, "saw_vlan", "tag=102", "--on", "switch", NULL);
    struct aptrace_expectation *other = aptrace_expect(context, "saw_vlan", "tag=103", NULL);
    ck_assert_aptrace_true(seen);
    ck_assert_aptrace_false(other);
    aptrace_context_free(context);
    context = replay(TRACE);
    seen = aptrace_expect(context, "saw_vlan", "tag=102", NULL);
    ck_assert(aptrace_wait_for(seen, 5000 * MS));
    ck_assert_aptrace_true(seen);
    aptrace_context_free(context);
}
END_TEST

START_TEST(freed_without_a_run)
{
    struct aptrace_context *context = replay(TRACE);
    aptrace_expect(context, "saw_vlan", "tag=102", NULL);
    aptrace_context_free(context);
    context = replay(TRACE);
    aptrace_context_free(context);
    context = replay(TRACE);
    ck_assert_int_eq(aptrace_run(context), 0); /* nothing was expected */
    aptrace_context_free(context);
}
END_TEST

/* Each is an error of its own. */
START_TEST(one_that_is_wrong_leaves_the_others)
{
    struct aptrace_context *context = replay(TRACE);
    struct aptrace_expectation *counted = aptrace_expect(context, "packet_count", "--expect", "4", NULL);
    struct aptrace_expectation *nowhere = aptrace_expect(context, "saw_vlan", "--on", "nowhere", "--name", "n", NULL);
    struct aptrace_expectation *refused = aptrace_expect(context, "rate_within", "min=5", "max=1", NULL);
    struct aptrace_expectation *filtered = aptrace_expect(context, "packet_count", "--filter", "not a filter", NULL);
    struct aptrace_expectation *after = aptrace_expect(context, "packet_count", "--after", "n", NULL);
    struct aptrace_expectation *seen = aptrace_expect(context, "saw_vlan", "tag=102", NULL);
    assert_error(nowhere, "there is no such source; there is frames");
    assert_error(refused, "rate_within");
    assert_error(filtered, "--filter");
    ck_assert_int_eq(aptrace_result(after), APTRACE_FAIL);
    ck_assert_aptrace_pass(counted);
    ck_assert_aptrace_true(seen);
    aptrace_context_free(context);
}
END_TEST

START_TEST(files_that_cannot_be_read)
{
    struct aptrace_context *context = aptrace_context_new();
    ck_assert_int_eq(aptrace_replay(context, "nosuch.pcap"), -1);
    ck_assert_ptr_nonnull(strstr(aptrace_context_error(context), "nosuch.pcap"));
    assert_error(aptrace_expect(context, "saw_nothing", NULL), "nosuch.pcap");
    aptrace_context_free(context);
    context = replay(TRACE);
    struct aptrace_expectation *before = aptrace_expect(context, "saw_nothing", NULL);
    ck_assert_int_eq(aptrace_replay(context, "README.md"), -1);
    assert_error(before, "README.md");
    assert_error(aptrace_expect(context, "saw_nothing", NULL), "README.md");
    ck_assert_int_eq(aptrace_run(context), -1);
    aptrace_context_free(context);
}
END_TEST

/* The writer of a pipe is slow: nothing is decided by that. */
START_TEST(a_pipe_that_is_slow)
{
    char path[] = "/tmp/aptrace-pipe-XXXXXX", command[256], name[64];
    ck_assert_ptr_nonnull(mkdtemp(path));
    snprintf(name, sizeof name, "%s/pipe", path);
    snprintf(command, sizeof command, "mkfifo %s && { (cat %s; sleep 0.4) >%s & }", name, TRACE, name);
    ck_assert_int_eq(system(command), 0);
    struct aptrace_context *context = replay(name);
    struct aptrace_expectation *seen = aptrace_expect(context, "saw_vlan", "tag=102", NULL);
    struct aptrace_expectation *absent = aptrace_expect(context, "saw_vlan", "tag=7", NULL);
    int64_t began_ns = now_ns();
    ck_assert(!aptrace_wait_for(absent, 50 * MS));
    ck_assert_int_lt(now_ns() - began_ns, 300 * MS);
    ck_assert_aptrace_false(absent);
    ck_assert_aptrace_true(seen);
    aptrace_context_free(context);
    unlink(name);
    rmdir(path);
}
END_TEST

/* ---- print_verdicts ------------------------------------------------------------------------------------------------------- */

static void print_value(struct aptrace_value value)
{
    switch (value.type) {
    case APTRACE_TYPE_BOOL: fputs(value.as.natural ? "true" : "false", stdout); break;
    case APTRACE_TYPE_INT: printf("%lld", (long long)value.as.integer); break;
    case APTRACE_TYPE_UINT: printf("%llu", (unsigned long long)value.as.natural); break;
    case APTRACE_TYPE_DOUBLE: printf("%g", value.as.real); break;
    case APTRACE_TYPE_STRING: fputs(value.as.text, stdout); break;
    default: fputs("null", stdout); break;
    }
}

static void print_lines(const char *text)
{
    for (const char *c = text; *c; c++) {
        if (*c == '\n')
            fputs("\\n", stdout);
        else
            putchar(*c);
    }
}

static void print_one(struct aptrace_expectation *expectation)
{
    const char *explanation = aptrace_explanation(expectation);
    printf("%s\t", aptrace_verdict_name(aptrace_result(expectation)));
    print_value(aptrace_result_value(expectation));
    putchar('\t');
    print_lines(explanation ? explanation : "-");
    putchar('\n');
}

/* Words as the command has them: options of the run and sources, then --plugin WORD... for each expectation. */
int print_verdicts(int count, char **words)
{
    struct aptrace_context *context = aptrace_context_new();
    struct aptrace_expectation *expectations[64];
    size_t made = 0;
    int at = 0, result = 0;
    for (; at < count && strcmp(words[at], "--plugin") != 0 && result == 0; at++) {
        bool takes = strcmp(words[at], "--strict-end") != 0;
        result = strcmp(words[at], "--replay") == 0 ? aptrace_replay(context, words[at + 1])
            : aptrace_set(context, words[at], takes ? words[at + 1] : NULL);
        at += takes;
    }
    if (result != 0)
        fprintf(stderr, "%s\n", aptrace_context_error(context));
    while (at < count) {
        int end = at + 1;
        while (end < count && strcmp(words[end], "--plugin") != 0)
            end++;
        expectations[made++] = aptrace_expect_list(context, (const char *const *)&words[at + 1], (size_t)(end - at - 1));
        at = end;
    }
    for (size_t i = 0; i < made; i++)
        print_one(expectations[i]);
    aptrace_context_free(context);
    return result == 0 ? 0 : 1;
}

Suite *replay_suite(void)
{
    Suite *suite = suite_create("replay");
    TCase *tcase = tcase_create("replay");
    tcase_set_timeout(tcase, 30);
    tcase_add_test(tcase, run_and_read);
    tcase_add_test(tcase, a_result_begins_the_run);
    tcase_add_test(tcase, freed_without_a_run);
    tcase_add_test(tcase, one_that_is_wrong_leaves_the_others);
    tcase_add_test(tcase, files_that_cannot_be_read);
    tcase_add_test(tcase, a_pipe_that_is_slow);
    suite_add_tcase(suite, tcase);
    return suite;
}
