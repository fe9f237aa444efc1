/* SPDX-License-Identifier: MIT */
/* The assertions of <aptrace/check.h>: which values each holds for, and what a test that fails says. What fails is a test of a
 * runner within, whose message is looked at. */
#include <aptrace/check.h>
#include <math.h>
#include <stdlib.h>

#include "suites.h"

#define TRACE TEST_SOURCE_DIR "/traces/vlan/frames.pcap"

/* ---- Predicates that yield what they are told ------------------------------------------------------------------------------ */

struct yields { int64_t integer; uint64_t natural; double real; const char *text; bool truth, hole; };

static const struct aptrace_param params[] = {
    APTRACE_PARAM_BOOL(struct yields, truth, .help = "a bool"),
    APTRACE_PARAM_INT(struct yields, integer, .help = "a signed number"),
    APTRACE_PARAM_UINT(struct yields, natural, .help = "an unsigned number"),
    APTRACE_PARAM_DOUBLE(struct yields, real, .help = "a double"),
    APTRACE_PARAM_STRING(struct yields, text, .fallback = "", .help = "a text"),
    APTRACE_PARAM_BOOL(struct yields, hole, .help = "the packets were captured too short"),
    APTRACE_PARAM_END
};

static void look(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    const struct yields *yields = self->state;
    if (yields->hole)
        aptrace_unseen(self, packet);
}

static struct aptrace_value give_bool(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    const struct yields *yields = self->state;
    (void)finish;
    if (!yields->truth)
        aptrace_explain(self, "it is the 100%% reason");
    return aptrace_bool(yields->truth);
}

static struct aptrace_value give_int(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    (void)finish;
    return aptrace_int(((const struct yields *)self->state)->integer);
}

static struct aptrace_value give_uint(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    (void)finish;
    return aptrace_uint(((const struct yields *)self->state)->natural);
}

/* 0 stands for what is no number, which nobody can write. */
static struct aptrace_value give_double(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    double real = ((const struct yields *)self->state)->real;
    (void)finish;
    return aptrace_double(real == 0 ? NAN : real);
}

static struct aptrace_value give_text(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    (void)finish;
    return aptrace_string(((const struct yields *)self->state)->text);
}

#define YIELDS(NAME, GIVE, TYPE) APTRACE_IN_PLACE(NAME, struct yields, .on_packet = look, .on_finish = GIVE, \
    .summary = "Yields what it is told", .params = params, .yields = APTRACE_TYPE_##TYPE)

static const struct aptrace_plugin a_bool = YIELDS("a_bool", give_bool, BOOL), an_int = YIELDS("an_int", give_int, INT),
                                   a_uint = YIELDS("a_uint", give_uint, UINT), a_double = YIELDS("a_double", give_double, DOUBLE),
                                   a_text = YIELDS("a_text", give_text, STRING);

static int calls;

/* Its context is the test's own, which ends with the process. */
static struct aptrace_expectation *of(const struct aptrace_plugin *predicate, const char *parameter)
{
    struct aptrace_context *context = aptrace_context_new();
    calls++;
    ck_assert_msg(aptrace_replay(context, TRACE) == 0, "%s", aptrace_context_error(context));
    return aptrace_expect_in_place(context, predicate, parameter, NULL);
}

/* ---- What holds ------------------------------------------------------------------------------------------------------------ */

START_TEST(bools_hold)
{
    ck_assert_aptrace_true(of(&a_bool, "truth=true"));
    ck_assert_aptrace_false(of(&a_bool, "truth=false"));
    ck_assert_aptrace_pass(of(&a_bool, "truth=true"));
    ck_assert_aptrace_pass(of(&a_text, "text=any"));
}
END_TEST

START_TEST(signed_numbers_hold)
{
    struct aptrace_expectation *low = of(&an_int, "integer=-9223372036854775808"), *five = of(&an_int, "integer=5");
    ck_assert_aptrace_int_eq(low, INT64_MIN);
    ck_assert_aptrace_int_lt(low, INT64_MIN + 1);
    ck_assert_aptrace_int_eq(five, 5);
    ck_assert_aptrace_int_ne(five, -5);
    ck_assert_aptrace_int_le(five, 5);
    ck_assert_aptrace_int_gt(five, -6);
    ck_assert_aptrace_int_ge(five, 5);
    ck_assert_aptrace_uint_eq(five, 5);
    ck_assert_aptrace_uint_lt(low, 0);
    ck_assert_aptrace_uint_ne(of(&an_int, "integer=-1"), UINT64_MAX);
}
END_TEST

START_TEST(unsigned_numbers_hold)
{
    struct aptrace_expectation *high = of(&a_uint, "natural=18446744073709551615"), *five = of(&a_uint, "natural=5");
    ck_assert_aptrace_uint_eq(high, UINT64_MAX);
    ck_assert_aptrace_uint_gt(high, UINT64_MAX - 1);
    ck_assert_aptrace_uint_ge(high, UINT64_MAX);
    ck_assert_aptrace_uint_le(five, 5);
    ck_assert_aptrace_uint_lt(five, UINT64_MAX);
    ck_assert_aptrace_int_eq(five, 5);
    ck_assert_aptrace_int_gt(five, -5);
    ck_assert_aptrace_int_gt(high, INT64_MAX);
    ck_assert_aptrace_int_ne(high, -1);
}
END_TEST

START_TEST(doubles_and_texts_hold)
{
    struct aptrace_expectation *half = of(&a_double, "real=0.5"), *text = of(&a_text, "text=100%");
    ck_assert_aptrace_double_lt(half, 0.75);
    ck_assert_aptrace_double_le(half, 0.5);
    ck_assert_aptrace_double_gt(half, 0);
    ck_assert_aptrace_double_ge(half, 0.5);
    ck_assert_aptrace_str_eq(text, "100%");
    ck_assert_aptrace_str_ne(text, "100");
}
END_TEST

START_TEST(each_argument_is_evaluated_once)
{
    int wanted = 5;
    calls = 0;
    ck_assert_aptrace_true(of(&a_bool, "truth=true"));
    ck_assert_aptrace_int_eq(of(&a_uint, "natural=5"), wanted++);
    ck_assert_aptrace_uint_eq(of(&a_uint, "natural=6"), (uint64_t)wanted++);
    ck_assert_aptrace_double_gt(of(&a_double, "real=8"), wanted++);
    ck_assert_aptrace_pass(of(&a_bool, "truth=true"));
    ck_assert_int_eq(calls, 5);
    ck_assert_int_eq(wanted, 8);
}
END_TEST

/* ---- What fails, and says ------------------------------------------------------------------------------------------------- */

#define FAILS(NAME, ASSERTION) START_TEST(NAME) { ASSERTION; } END_TEST

FAILS(true_of_false, ck_assert_aptrace_true(of(&a_bool, "truth=false")))
FAILS(false_of_true, ck_assert_aptrace_false(of(&a_bool, "truth=yes")))
FAILS(true_of_number, ck_assert_aptrace_true(of(&a_uint, "natural=1")))
FAILS(number_of_true, ck_assert_aptrace_int_eq(of(&a_bool, "truth=true"), 1))
FAILS(number_of_double, ck_assert_aptrace_uint_eq(of(&a_double, "real=1"), 1))
FAILS(double_of_number, ck_assert_aptrace_double_le(of(&a_uint, "natural=1"), 1))
FAILS(text_of_number, ck_assert_aptrace_str_eq(of(&an_int, "integer=-7"), "-7"))
FAILS(true_with_a_hole, ck_assert_aptrace_true(of(&a_bool, "hole=true")))
FAILS(false_with_a_hole, ck_assert_aptrace_false(of(&a_bool, "hole=true")))
FAILS(pass_of_fail, ck_assert_aptrace_pass(of(&a_bool, "truth=false")))
FAILS(pass_of_error, ck_assert_aptrace_pass(of(&a_bool, "truth=perhaps")))
FAILS(true_of_error, ck_assert_aptrace_true(of(&a_bool, "truth=perhaps")))
FAILS(false_of_error, ck_assert_aptrace_false(of(&a_bool, "truth=perhaps")))
FAILS(one_more, ck_assert_aptrace_int_eq(of(&a_uint, "natural=20"), 20 + 1))
FAILS(wraps_around, ck_assert_aptrace_int_eq(of(&a_uint, "natural=18446744073709551615"), -1))
FAILS(wraps_around_too, ck_assert_aptrace_uint_eq(of(&an_int, "integer=-1"), UINT64_MAX))
FAILS(not_below, ck_assert_aptrace_int_lt(of(&an_int, "integer=-3"), -3))
FAILS(not_above, ck_assert_aptrace_uint_gt(of(&a_uint, "natural=3"), 3))
FAILS(no_number, ck_assert_aptrace_double_ge(of(&a_double, "real=0"), 0))
FAILS(no_number_either, ck_assert_aptrace_double_lt(of(&a_double, "real=0"), 0))
FAILS(other_text, ck_assert_aptrace_str_eq(of(&a_text, "text=50%"), "100%s"))
FAILS(null_text, ck_assert_aptrace_str_eq(of(&a_text, "text=x"), NULL))
FAILS(same_text, ck_assert_aptrace_str_ne(of(&a_text, "text=x"), "x"))

static const struct { const TTest *const *test; const char *begins, *holds; } failures[] = {
    {&true_of_false, "ck_assert_aptrace_true(of(&a_bool, \"truth=false\"))\n      wanted true\n      got    false\nFAIL  a_bool",
     "it is the 100% reason"},
    {&false_of_true, "ck_assert_aptrace_false(of(&a_bool, \"truth=yes\"))\n      wanted false\n"
                     "      got    true (--expect, or its default, allows that)\nPASS  a_bool truth=yes", "window"},
    {&true_of_number, "ck_assert_aptrace_true(of(&a_uint, \"natural=1\"))\n      wanted true\n"
                      "      got    1, an unsigned number: another assertion fits it\n", "a_uint"},
    {&number_of_true, "ck_assert_aptrace_int_eq(of(&a_bool, \"truth=true\"), 1)\n      wanted 1\n      got    true, a bool: ", "a_bool"},
    {&number_of_double, "ck_assert_aptrace_uint_eq(", "got    1, a double: "},
    {&double_of_number, "ck_assert_aptrace_double_le(", "wanted at most 1\n      got    1, an unsigned number: "},
    {&text_of_number, "ck_assert_aptrace_str_eq(", "wanted \"-7\"\n      got    -7, a signed number: "},
    {&true_with_a_hole, "ck_assert_aptrace_true(", "got    false, as the verdict is inconclusive\nINCONCLUSIVE"},
    {&false_with_a_hole, "ck_assert_aptrace_false(", "got    false, as the verdict is inconclusive\nINCONCLUSIVE"},
    {&pass_of_fail, "ck_assert_aptrace_pass(of(&a_bool, \"truth=false\"))\n      wanted pass\n      got    fail\nFAIL", "100% reason"},
    {&pass_of_error, "ck_assert_aptrace_pass(", "got    error\nERROR  a_bool\n"},
    {&true_of_error, "ck_assert_aptrace_true(", "got    no value, as the verdict is error\nERROR  a_bool\n"},
    {&false_of_error, "ck_assert_aptrace_false(", "perhaps"},
    {&one_more, "ck_assert_aptrace_int_eq(of(&a_uint, \"natural=20\"), 20 + 1)\n      wanted 21\n"
                "      got    20 (--expect, or its default, allows that)\nPASS  a_uint", "window"},
    {&wraps_around, "ck_assert_aptrace_int_eq(", "wanted -1\n      got    18446744073709551615 ("},
    {&wraps_around_too, "ck_assert_aptrace_uint_eq(", "wanted 18446744073709551615\n      got    -1 ("},
    {&not_below, "ck_assert_aptrace_int_lt(", "wanted below -3\n      got    -3 ("},
    {&not_above, "ck_assert_aptrace_uint_gt(", "wanted above 3\n      got    3 ("},
    {&no_number, "ck_assert_aptrace_double_ge(", "got    nan ("},
    {&no_number_either, "ck_assert_aptrace_double_lt(", "got    nan ("},
    {&other_text, "ck_assert_aptrace_str_eq(", "wanted \"100%s\"\n      got    \"50%\" ("},
    {&null_text, "ck_assert_aptrace_str_eq(", "wanted \"(null)\"\n      got    \"x\" ("},
    {&same_text, "ck_assert_aptrace_str_ne(", "wanted other than \"x\"\n      got    \"x\" ("},
};

/* Runs one test alone; its message is the runner's. */
static const char *message_of(SRunner *runner)
{
    TestResult **results;
    const char *message;
    srunner_set_fork_status(runner, CK_FORK);
    srunner_run_all(runner, CK_SILENT);
    results = srunner_results(runner);
    message = srunner_ntests_run(runner) == 1 && tr_rtype(results[0]) == CK_FAILURE ? tr_msg(results[0]) : "it did not fail";
    free(results);
    return message;
}

START_TEST(failures_say_why)
{
    Suite *suite = suite_create("check");
    TCase *tests = tcase_create("within");
    SRunner *runner = srunner_create(suite);
    tcase_add_test(tests, *failures[_i].test);
    suite_add_tcase(suite, tests);
    const char *message = message_of(runner);
    ck_assert_msg(strncmp(message, failures[_i].begins, strlen(failures[_i].begins)) == 0, "expected %s\ngot      %s",
                  failures[_i].begins, message);
    ck_assert_msg(strstr(message, failures[_i].holds) != NULL, "expected %s\nin       %s", failures[_i].holds, message);
    srunner_free(runner);
}
END_TEST

Suite *check_suite(void)
{
    Suite *suite = suite_create("check");
    TCase *hold = tcase_create("hold"), *fail = tcase_create("fail");
    tcase_add_test(hold, bools_hold);
    tcase_add_test(hold, signed_numbers_hold);
    tcase_add_test(hold, unsigned_numbers_hold);
    tcase_add_test(hold, doubles_and_texts_hold);
    tcase_add_test(hold, each_argument_is_evaluated_once);
    suite_add_tcase(suite, hold);
    tcase_add_loop_test(fail, failures_say_why, 0, sizeof failures / sizeof *failures);
    suite_add_tcase(suite, fail);
    return suite;
}
