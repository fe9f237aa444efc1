/* SPDX-License-Identifier: MIT */
/* The words of the command line and of an expectation. */
#include "suites.h"

#include <string.h>

#include "core/expectation_words.h"

static const struct words_option options[] = {{"name", 'n', true, 1}, {"quiet", 'q', false, 2}};

static int next(struct words *words, struct words_item *item, struct error *error)
{
    return words_next(words, options, 2, item, error);
}

START_TEST(every_form_of_an_option)
{
    const char *const list[] = {"--name", "a", "--name=b", "-n", "c", "-nd", "-q", "bare", "--name=", "--", "rest"};
    struct words words = {list, sizeof list / sizeof *list, 0};
    const char *const values[] = {"a", "b", "c", "d", NULL, "bare", ""};
    const int ids[] = {1, 1, 1, 1, 2, WORDS_BARE, 1};
    struct words_item item;
    struct error error = {""};
    for (size_t i = 0; i < 7; i++) {
        ck_assert_int_eq(next(&words, &item, &error), 1);
        ck_assert_int_eq(item.id, ids[i]);
        ck_assert_pstr_eq(item.value, values[i]);
    }
    ck_assert_int_eq(next(&words, &item, &error), 0);
    ck_assert_str_eq(list[words.next], "rest");
}
END_TEST

static void assert_refused(const char *word, const char *said)
{
    const char *const list[] = {word};
    struct words words = {list, 1, 0};
    struct words_item item;
    struct error error = {""};
    ck_assert_int_eq(next(&words, &item, &error), -1);
    ck_assert_msg(strstr(error.text, said) != NULL, "%s", error.text);
}

START_TEST(what_is_no_option_is_refused)
{
    assert_refused("--nmae", "did you mean --name?");
    assert_refused("-x", "unknown option -x");
    assert_refused("--name", "needs a value");
    assert_refused("--quiet=yes", "takes no value");
}
END_TEST

static struct expectation_spec spec;
static struct arena arena;

static int parse(const char *const *list, size_t count, struct error *error)
{
    static const struct expectation_spec defaults = {.count = 9};
    arena_fini(&arena);
    arena = (struct arena){0};
    return expectation_words_parse(list, count, &defaults, &spec, &arena, error);
}

START_TEST(an_expectation_in_words)
{
    const char *const list[] = {"saw_vlan", "tag=1=2", "--on", "a,b", "ip.ttl!=64", "--timeout=1.5s", "--direction", "out", "--name", "x"};
    struct error error = {""};
    ck_assert_msg(parse(list, sizeof list / sizeof *list, &error) == 0, "%s", error.text);
    ck_assert_str_eq(spec.plugin, "saw_vlan");
    ck_assert_uint_eq(spec.parameter_count, 2);
    ck_assert_str_eq(spec.parameters[0].key, "tag");
    ck_assert_str_eq(spec.parameters[0].text, "1=2");
    ck_assert(!spec.parameters[0].negated);
    ck_assert_str_eq(spec.parameters[1].key, "ip.ttl");
    ck_assert_str_eq(spec.parameters[1].text, "64");
    ck_assert(spec.parameters[1].negated);
    ck_assert_uint_eq(spec.on_count, 2);
    ck_assert_str_eq(spec.on[1], "b");
    ck_assert_int_eq(spec.timeout_kind, TIMEOUT_GIVEN);
    ck_assert_int_eq(spec.timeout_ns, 1500000000);
    ck_assert_int_eq(spec.direction, DIRECTION_OUT);
    ck_assert_uint_eq(spec.count, 9);
    arena_fini(&arena);
    arena = (struct arena){0};
}
END_TEST

START_TEST(a_malformed_expectation_says_why)
{
    static const struct { const char *word, *said; } cases[] = {
        {"tag", "KEY=VALUE"}, {"=5", "KEY=VALUE"}, {"!=5", "key is empty"}, {"--timeout=5", "duration"}, {"--timeout=-5s", "duration"},
        {"--count=0", "1 or more"}, {"--count=x", "1 or more"}, {"--on=a,,b", "empty"}, {"--direction=up", "in, out or both"},
        {"--tiemout=5s", "did you mean --timeout?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *const list[] = {"saw_vlan", cases[i].word};
        struct error error = {""};
        ck_assert_int_eq(parse(list, 2, &error), -1);
        ck_assert_msg(strstr(error.text, cases[i].said) != NULL, "%s: %s", cases[i].word, error.text);
    }
    arena_fini(&arena);
    arena = (struct arena){0};
}
END_TEST

Suite *words_suite(void)
{
    Suite *suite = suite_create("words");
    TCase *tcase = tcase_create("words");
    tcase_add_test(tcase, every_form_of_an_option);
    tcase_add_test(tcase, what_is_no_option_is_refused);
    tcase_add_test(tcase, an_expectation_in_words);
    tcase_add_test(tcase, a_malformed_expectation_says_why);
    suite_add_tcase(suite, tcase);
    return suite;
}
