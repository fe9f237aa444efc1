/* SPDX-License-Identifier: MIT */
/* Sources: numbers, unique names, and names that can be written and shown. Holes: their names. */
#include <check.h>
#include <string.h>

#include "core/hole.h"
#include "core/source.h"
#include "suites.h"

static const char *added(struct source_list *list, const char *name)
{
    return source_get(list, source_add(list, name, NULL, NULL, 1))->name;
}

START_TEST(numbers_start_at_one)
{
    struct source_list list = {0};
    ck_assert_uint_eq(source_add(&list, "a", NULL, NULL, 1), 1);
    ck_assert_uint_eq(source_add(&list, "b", "g", "/f.pcap", 113), 2);
    ck_assert_uint_eq(source_find(&list, "a"), 1);
    ck_assert_uint_eq(source_find(&list, "b"), 2);
    ck_assert_uint_eq(source_find(&list, "g"), 0);
    ck_assert_ptr_null(source_get(&list, 0));
    ck_assert_ptr_null(source_get(&list, 3));
    const struct source *source = source_get(&list, 2);
    ck_assert_str_eq(source->group, "g");
    ck_assert_str_eq(source->file, "/f.pcap");
    ck_assert_uint_eq(source->link_type, 113);
    ck_assert_ptr_null(source_get(&list, 1)->group);
    source_list_fini(&list);
    ck_assert_uint_eq(list.count, 0);
}
END_TEST

START_TEST(taken_names_are_numbered)
{
    struct source_list list = {0};
    ck_assert_str_eq(added(&list, "eth0"), "eth0");
    ck_assert_str_eq(added(&list, "eth0"), "eth0.2");
    ck_assert_str_eq(added(&list, "eth0.4"), "eth0.4");
    ck_assert_str_eq(added(&list, "eth0"), "eth0.3");
    ck_assert_str_eq(added(&list, "eth0"), "eth0.5");
    ck_assert_str_eq(added(&list, "eth0.2"), "eth0.2.2");
    ck_assert_str_eq(added(&list, "eth"), "eth");
    source_list_fini(&list);
}
END_TEST

START_TEST(many_of_one_name_are_quick)
{
    struct source_list list = {0};
    for (unsigned i = 0; i < 3000; i++)
        source_add(&list, "tap", NULL, NULL, 1);
    ck_assert_str_eq(source_get(&list, 3000)->name, "tap.3000");
    source_list_fini(&list);
}
END_TEST

static const struct {
    const char *name, *clean;
} names[] = {
    {"a,b", "a_b"},
    {"c++", "c__"},
    {"a\tb\x7f", "a_b_"},
    {"", "_"},
    {"\xc3\xa9th", "\xc3\xa9th"},
    {"\xc3(", "_("},
    {"\xff\xfe", "__"},
    {"\xc0\xaf", "__"},           /* overlong */
    {"\xed\xa0\x80", "___"},      /* a surrogate */
    {"\xf4\x90\x80\x80", "____"}, /* beyond U+10FFFF */
    {"\xf0\x9f\x94\x8c", "\xf0\x9f\x94\x8c"},
    {"\xe2\x82", "__"},
    {"\xc2\x85x", "_x"},
    {"\xc2\xa0", "\xc2\xa0"},
    {"\\Device\\NPF_{1}", "\\Device\\NPF_{1}"},
};

START_TEST(names_can_be_shown)
{
    struct source_list list = {0};
    ck_assert_str_eq(added(&list, names[_i].name), names[_i].clean);
    source_list_fini(&list);
}
END_TEST

START_TEST(holes_have_names)
{
    ck_assert_str_eq(hole_kind_name(HOLE_DROP), "drop");
    ck_assert_str_eq(hole_kind_name(HOLE_CUT_SHORT), "cut short");
    ck_assert_str_eq(hole_kind_name((enum hole_kind)99), "unknown");
    for (unsigned kind = HOLE_DROP; kind <= HOLE_UNSEEN; kind++) {
        ck_assert_str_ne(hole_kind_name((enum hole_kind)kind), "unknown");
        for (unsigned other = HOLE_DROP; other < kind; other++)
            ck_assert_str_ne(hole_kind_name((enum hole_kind)kind), hole_kind_name((enum hole_kind)other));
    }
}
END_TEST

Suite *source_suite(void)
{
    Suite *suite = suite_create("source");
    TCase *tests = tcase_create("source");
    tcase_add_test(tests, numbers_start_at_one);
    tcase_add_test(tests, taken_names_are_numbered);
    tcase_add_test(tests, many_of_one_name_are_quick);
    tcase_add_loop_test(tests, names_can_be_shown, 0, (int)(sizeof names / sizeof *names));
    tcase_add_test(tests, holes_have_names);
    suite_add_tcase(suite, tests);
    return suite;
}
