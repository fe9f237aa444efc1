/* SPDX-License-Identifier: MIT */
/* The exit status is what CI acts on: which one wins where several apply is tested for every pair. */
#include <check.h>

#include "core/document.h"
#include "suites.h"

static struct document of_verdicts(struct document_expectation *expectations, size_t count)
{
    return (struct document){.verdict = VERDICT_PASS, .expectations = expectations, .expectation_count = count};
}

START_TEST(names_are_those_of_the_json_report)
{
    ck_assert_str_eq(verdict_name(VERDICT_PASS), "pass");
    ck_assert_str_eq(verdict_name(VERDICT_FAIL), "fail");
    ck_assert_str_eq(verdict_name(VERDICT_INCONCLUSIVE), "inconclusive");
    ck_assert_str_eq(verdict_name(VERDICT_ERROR), "error");
}
END_TEST

START_TEST(one_verdict_alone)
{
    static const struct { enum verdict verdict; int status; } cases[] = {
        {VERDICT_PASS, 0}, {VERDICT_FAIL, 1}, {VERDICT_INCONCLUSIVE, 3}, {VERDICT_ERROR, 4}};
    struct document_expectation expectations[2] = {{.verdict = VERDICT_PASS}, {.verdict = cases[_i].verdict}};
    struct document document = of_verdicts(expectations, 2);
    ck_assert_int_eq(document_exit_status(&document), cases[_i].status);
}
END_TEST

/* 4 outweighs 1, 1 outweighs 3, 3 outweighs 0, whichever comes first. */
START_TEST(of_two_the_weightier_wins)
{
    static const struct { enum verdict a, b; int status; } cases[] = {
        {VERDICT_ERROR, VERDICT_FAIL, 4}, {VERDICT_ERROR, VERDICT_INCONCLUSIVE, 4}, {VERDICT_FAIL, VERDICT_INCONCLUSIVE, 1},
        {VERDICT_INCONCLUSIVE, VERDICT_PASS, 3}};
    struct document_expectation there[2] = {{.verdict = cases[_i].a}, {.verdict = cases[_i].b}};
    struct document_expectation back[2] = {{.verdict = cases[_i].b}, {.verdict = cases[_i].a}};
    struct document document = of_verdicts(there, 2);
    ck_assert_int_eq(document_exit_status(&document), cases[_i].status);
    document = of_verdicts(back, 2);
    ck_assert_int_eq(document_exit_status(&document), cases[_i].status);
}
END_TEST

START_TEST(failed_command)
{
    struct document_expectation expectation = {.verdict = VERDICT_PASS};
    struct document document = of_verdicts(&expectation, 1);
    document.has_command = true;
    ck_assert_int_eq(document_exit_status(&document), 0);
    document.command_status = 1;
    ck_assert_int_eq(document_exit_status(&document), 3);
    expectation.verdict = VERDICT_FAIL;
    ck_assert_int_eq(document_exit_status(&document), 1);
    document.has_command = false;
    expectation.verdict = VERDICT_PASS;
    ck_assert_int_eq(document_exit_status(&document), 0);
}
END_TEST

START_TEST(own_verdict_counts)
{
    struct document document = {.verdict = VERDICT_PASS};
    ck_assert_int_eq(document_exit_status(&document), 0);
    document.verdict = VERDICT_INCONCLUSIVE;
    ck_assert_int_eq(document_exit_status(&document), 3);
}
END_TEST

Suite *document_suite(void)
{
    Suite *suite = suite_create("document");
    TCase *tests = tcase_create("document");
    tcase_add_test(tests, names_are_those_of_the_json_report);
    tcase_add_loop_test(tests, one_verdict_alone, 0, 4);
    tcase_add_loop_test(tests, of_two_the_weightier_wins, 0, 4);
    tcase_add_test(tests, failed_command);
    tcase_add_test(tests, own_verdict_counts);
    suite_add_tcase(suite, tests);
    return suite;
}
