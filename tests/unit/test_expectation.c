/* SPDX-License-Identifier: MIT */
/* Setting an expectation up: what it is compared with where the user said nothing, and the groups of its sources as a predicate
 * sees them. */
#include "suites.h"

#include <string.h>

#include "fake.h"

/* ---- What to expect ---- */

static void expects(const char *words, const char *text)
{
    struct fake_run run;
    fake_begin(&run, "a", 1);
    const struct expectation *expectation = fake_expect(&run, words);
    ck_assert_str_eq(expectation->expect, text);
    fake_open(&run, 0);
    fake_end(&run);
}

START_TEST(the_predicate_may_say_what_to_expect)
{
    expects("limit want=3", "..3");
    expects("watch want=3", "true");
    expects("watch want=3 --expect false", "false");
}
END_TEST

START_TEST(the_user_has_the_last_word)
{
    expects("limit want=3 --expect 5..", "5..");
    expects("limit want=3 --expect any", "any");
    expects("limit want=0 --expect 0", "0");
    expects("limit want=666 --expect 1", "1");
}
END_TEST

START_TEST(it_holds_as_the_users_would)
{
    struct fake_run run;
    fake_begin(&run, "a", 1);
    const struct expectation *few = fake_expect(&run, "limit want=1"), *many = fake_expect(&run, "limit want=2");
    ck_assert_ptr_null(few->spec.expect); /* a recording keeps what the user said */
    fake_open(&run, 0);
    const struct fake_packet packets[] = {{1, 1, 0, 0, 0}, {1, 2, 0, 0, 0}};
    fake_feed(&run, packets, 2);
    engine_end(&run.engine);
    ck_assert(!expected_holds(&few->expected, &few->value));
    ck_assert(expected_holds(&many->expected, &many->value));
    fake_end(&run);
}
END_TEST

START_TEST(without_either_it_is_refused)
{
    static const struct { const char *words, *said; } cases[] = {
        {"tally", "tally yields an unsigned integer: say what to expect, for example --expect 21"},
        {"limit want=0", "limit yields an unsigned integer: say what to expect, for example --expect 21"},
        {"limit want=666", "limit want=666: what it expects by itself: limit yields an unsigned integer, and --expect \"evil\""},
        {"limit want=1 --expect evil", "limit yields an unsigned integer, and --expect \"evil\" is none"},
    };
    struct fake_run run;
    fake_begin(&run, "a", 1);
    ck_assert_msg(strncmp(fake_refusal(&run, cases[_i].words), cases[_i].said, strlen(cases[_i].said)) == 0, "%s",
                  fake_refusal(&run, cases[_i].words));
    fake_open(&run, 0);
    fake_end(&run);
}
END_TEST

/* ---- Groups ---- */

START_TEST(a_predicate_sees_groups)
{
    struct fake_run run;
    fake_begin(&run, "1 2 5 6", 1);
    struct aptrace_instance *some = &fake_expect(&run, "watch --on 5+6,1")->instance, *all = &fake_expect(&run, "two")->instance;
    ck_assert_uint_eq(aptrace_group_count(some), 2);
    ck_assert_str_eq(aptrace_group_name(some, 1), "5+6");
    ck_assert_str_eq(aptrace_group_name(some, 2), "1");
    const uint32_t groups[] = {2, 0, 1, 1};
    for (uint32_t source = 1; source <= 4; source++) {
        ck_assert_uint_eq(aptrace_group_of(some, source), groups[source - 1]);
        ck_assert_uint_eq(aptrace_group_of(all, source), source);
    }
    ck_assert_uint_eq(aptrace_group_count(all), 4);
    ck_assert_str_eq(aptrace_group_name(all, 4), "6");
    fake_open(&run, 0);
    fake_end(&run);
}
END_TEST

START_TEST(a_plus_leaves_out_no_packet)
{
    struct fake_run run;
    fake_begin(&run, "1 2 5 6", 4);
    const struct expectation *tally = fake_expect(&run, "tally --on 5+6,1 --expect any");
    fake_open(&run, 0);
    const struct fake_packet packets[] = {{1, 1, 0, 0, 0}, {2, 1, 0, 0, 0}, {3, 1, 0, 0, 0}, {4, 1, 0, 0, 0}};
    fake_feed(&run, packets, 4);
    engine_end(&run.engine);
    ck_assert_uint_eq(tally->value.as.natural, 3);
    fake_end(&run);
}
END_TEST

START_TEST(sources_named_wrongly_are_refused)
{
    struct fake_run run;
    fake_begin(&run, "1 2", 1);
    ck_assert_str_eq(fake_refusal(&run, "watch --on 1,2+1"), "\"watch\": --on names the source 1 twice; name it once");
    ck_assert_ptr_nonnull(strstr(fake_refusal(&run, "watch --on 1+"), "--on \"1+\": a name is empty"));
    ck_assert_ptr_nonnull(strstr(fake_refusal(&run, "watch --on +1"), "a name is empty"));
    ck_assert_ptr_nonnull(strstr(fake_refusal(&run, "watch --on 1,+2"), "a name is empty"));
    ck_assert_str_eq(expectation_missing_source(fake_expect(&run, "watch --on 1+3,2")), "3");
    fake_open(&run, 0);
    fake_end(&run);
}
END_TEST

Suite *expectation_suite(void)
{
    Suite *suite = suite_create("expectation");
    TCase *tests = tcase_create("expectation");
    tcase_add_test(tests, the_predicate_may_say_what_to_expect);
    tcase_add_test(tests, the_user_has_the_last_word);
    tcase_add_test(tests, it_holds_as_the_users_would);
    tcase_add_loop_test(tests, without_either_it_is_refused, 0, 4);
    tcase_add_test(tests, a_predicate_sees_groups);
    tcase_add_test(tests, a_plus_leaves_out_no_packet);
    tcase_add_test(tests, sources_named_wrongly_are_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
