/* SPDX-License-Identifier: MIT */
/* What a recording keeps of an expectation: every part of the question comes back, whatever bytes it is made of. */
#include "suites.h"

#include <string.h>

#include "core/expectation_stored.h"

static void assert_same(const struct expectation_spec *got, const struct expectation_spec *wanted)
{
    ck_assert_str_eq(got->plugin, wanted->plugin);
    ck_assert_uint_eq(got->parameter_count, wanted->parameter_count);
    for (size_t i = 0; i < wanted->parameter_count; i++) {
        ck_assert_str_eq(got->parameters[i].key, wanted->parameters[i].key);
        ck_assert_str_eq(got->parameters[i].text, wanted->parameters[i].text);
        ck_assert_int_eq(got->parameters[i].negated, wanted->parameters[i].negated);
    }
    ck_assert_uint_eq(got->on_count, wanted->on_count);
    for (size_t i = 0; i < wanted->on_count; i++) {
        ck_assert_str_eq(got->on[i], wanted->on[i]);
        ck_assert_int_eq(got->on_joined[i], wanted->on_joined && wanted->on_joined[i]);
    }
    ck_assert_int_eq(got->timeout_kind, wanted->timeout_kind);
    ck_assert_int_eq(got->timeout_ns, wanted->timeout_ns);
    ck_assert_uint_eq(got->count, wanted->count);
    ck_assert_int_eq(got->direction, wanted->direction);
    ck_assert_pstr_eq(got->expect, wanted->expect);
    ck_assert_pstr_eq(got->filter, wanted->filter);
    ck_assert_pstr_eq(got->name, wanted->name);
    ck_assert_pstr_eq(got->after, wanted->after);
}

static void assert_returns(const struct expectation_spec *spec)
{
    struct expectation_spec got;
    struct text text = {0};
    struct arena arena = {0};
    struct error error = {""};
    expectation_store(spec, &text);
    ck_assert_int_eq(text_bytes(&text)[0], '{');
    ck_assert_ptr_null(strchr(text_bytes(&text), '\n'));
    ck_assert_msg(expectation_restore(text_bytes(&text), &got, &arena, &error) == 0, "%s: %s", text_bytes(&text), error.text);
    assert_same(&got, spec);
    text_fini(&text);
    arena_fini(&arena);
}

START_TEST(every_part_comes_back)
{
    const struct parameter_given parameters[] = {
        {.key = "ip.ttl", .text = "64", .negated = true}, {.key = "text", .text = "a \"b\" \\ c/d\te\nf = \xc3\xa9"},
        {.key = "empty", .text = ""}};
    const char *const on[] = {"eth0", "s1-eth2.out"};
    struct expectation_spec spec = {.plugin = "./folder/mine.so", .parameters = parameters, .parameter_count = 3,
        .on = on, .on_count = 2, .timeout_kind = TIMEOUT_GIVEN, .timeout_ns = 1, .count = UINT64_MAX, .expect = "900..1500",
        .filter = "not (udp port 53)",
        .direction = DIRECTION_BOTH, .name = "--name", .after = "the first"};
    assert_returns(&spec);
}
END_TEST

START_TEST(groups_come_back)
{
    const char *const on[] = {"1", "5", "6", "7"};
    const bool joined[] = {false, false, true, false};
    struct expectation_spec spec = {.plugin = "p", .on = on, .on_joined = joined, .on_count = 4};
    struct text text = {0};
    assert_returns(&spec);
    expectation_store(&spec, &text);
    ck_assert_str_eq(text_bytes(&text), "{\"words\":[\"p\",\"--on\",\"1,5+6,7\"]}");
    text_fini(&text);
}
END_TEST

START_TEST(windows_of_each_kind_come_back)
{
    struct expectation_spec spec = {.plugin = "saw_vlan"};
    assert_returns(&spec);
    spec.timeout_kind = TIMEOUT_NONE;
    assert_returns(&spec);
    spec.timeout_kind = TIMEOUT_GIVEN;
    assert_returns(&spec);
    spec.timeout_ns = INT64_MAX;
    assert_returns(&spec);
}
END_TEST

/* A wanted packet as hex, longer than one comment of a recording. */
START_TEST(a_long_parameter_comes_back)
{
    static char hex[(1 << 20) + 1];
    memset(hex, 'a', sizeof hex - 1);
    const struct parameter_given parameters[] = {{.key = "packets", .text = hex}};
    struct expectation_spec spec = {.plugin = "saw_packets", .parameters = parameters, .parameter_count = 1};
    assert_returns(&spec);
}
END_TEST

START_TEST(what_is_no_expectation_is_refused)
{
    const char *const wrong[] = {"", "{}", "[]", "null", "{\"words\":[]}", "{\"words\":{}}", "{\"words\":7}",
        "{\"words\":[\"p\",\"--nosuch\",\"1\"]}",
        "{\"words\":[\"p\",\"--timeout\",\"soon\"]}", "{\"words\":[\"p\",\"no parameter\"]}",
        "{\"words\":[\"p\",\"--on\"]}", "{\"words\":[\"p\""};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct expectation_spec spec;
        struct arena arena = {0};
        struct error error = {""};
        ck_assert_msg(expectation_restore(wrong[i], &spec, &arena, &error) == -1, "%s", wrong[i]);
        ck_assert_msg(strstr(error.text, "of the recording") != NULL, "%s: %s", wrong[i], error.text);
        arena_fini(&arena);
    }
}
END_TEST

Suite *expectation_stored_suite(void)
{
    Suite *suite = suite_create("expectation_stored");
    TCase *tests = tcase_create("expectation_stored");
    tcase_add_test(tests, every_part_comes_back);
    tcase_add_test(tests, groups_come_back);
    tcase_add_test(tests, windows_of_each_kind_come_back);
    tcase_add_test(tests, a_long_parameter_comes_back);
    tcase_add_test(tests, what_is_no_expectation_is_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
