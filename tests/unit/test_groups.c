/* SPDX-License-Identifier: MIT */
/* Groups of sources: what --on makes of them, in which order, and that a number stays what it is when sources come later. */
#include "suites.h"

#include <stdlib.h>
#include <string.h>

#include "core/groups.h"
#include "core/text.h"

struct fixture {
    struct source_list sources;
    struct groups groups;
    struct arena arena;
};

static void begin(struct fixture *fixture, const char *const *on, const bool *joined, size_t count)
{
    memset(fixture, 0, sizeof *fixture);
    groups_init(&fixture->groups, on, joined, count, &fixture->arena);
}

static void end(struct fixture *fixture)
{
    groups_fini(&fixture->groups);
    source_list_fini(&fixture->sources);
    arena_fini(&fixture->arena);
}

/* More sources come, by blanks; of a file where they have a group. */
static void come(struct fixture *fixture, const char *names, const char *file)
{
    struct error error = {""};
    char *copy = memory_text(names), *rest = copy;
    for (char *name; (name = strsep(&rest, " ")) != NULL;)
        source_add(&fixture->sources, name, file, NULL, 1);
    free(copy);
    ck_assert_msg(groups_bind(&fixture->groups, &fixture->sources, &error) == 0, "%s", error.text);
}

/* "1=a 2=b+c": the groups that there are; and which group each source is in: "1 2 2 0". */
static void check(const struct fixture *fixture, const char *groups, const char *sources)
{
    struct text names = {0}, numbers = {0};
    for (uint32_t group = 1; group <= fixture->groups.count; group++)
        text_add(&names, "%s%u=%s", group > 1 ? " " : "", group, groups_name(&fixture->groups, group));
    for (uint32_t source = 1; source <= fixture->sources.count; source++)
        text_add(&numbers, "%s%u", source > 1 ? " " : "", groups_of(&fixture->groups, source));
    ck_assert_str_eq(text_bytes(&names), groups);
    ck_assert_str_eq(text_bytes(&numbers), sources);
    text_fini(&names);
    text_fini(&numbers);
}

START_TEST(all_sources_count_alone)
{
    struct fixture fixture;
    begin(&fixture, NULL, NULL, 0);
    come(&fixture, "a b", NULL);
    check(&fixture, "1=a 2=b", "1 2");
    come(&fixture, "c", NULL);
    check(&fixture, "1=a 2=b 3=c", "1 2 3");
    ck_assert_uint_eq(groups_of(&fixture.groups, 0), 0);
    ck_assert_uint_eq(groups_of(&fixture.groups, 4), 0);
    ck_assert_str_eq(groups_name(&fixture.groups, 0), "no group");
    ck_assert_str_eq(groups_name(&fixture.groups, 4), "no group");
    end(&fixture);
}
END_TEST

START_TEST(words_count_in_their_order)
{
    static const char *const on[] = {"6", "1", "5", "2"};
    static const bool joined[] = {false, false, true, false};
    struct fixture fixture;
    begin(&fixture, on, joined, 4);
    come(&fixture, "1 2 3 5 6", NULL);
    check(&fixture, "1=6 2=1+5 3=2", "2 3 0 2 1");
    end(&fixture);
    begin(&fixture, on, NULL, 4);
    come(&fixture, "1 2 3 5 6", NULL);
    check(&fixture, "1=6 2=1 3=5 4=2", "2 4 0 3 1");
    end(&fixture);
}
END_TEST

START_TEST(a_file_is_a_group_for_each_source_or_one_by_plus)
{
    static const char *const on[] = {"run", "x"};
    static const bool joined[] = {false, true};
    struct fixture fixture;
    begin(&fixture, on, NULL, 2);
    source_add(&fixture.sources, "x", NULL, NULL, 1);
    come(&fixture, "a b", "run");
    check(&fixture, "1=a 2=b 3=x", "3 1 2");
    end(&fixture);
    begin(&fixture, on, joined, 2);
    source_add(&fixture.sources, "x", NULL, NULL, 1);
    come(&fixture, "a b", "run");
    check(&fixture, "1=run+x", "1 1 1");
    end(&fixture);
}
END_TEST

START_TEST(a_number_stays_when_sources_come_later)
{
    static const char *const on[] = {"a", "b", "c", "run"};
    static const bool joined[] = {false, false, true, false};
    struct fixture fixture;
    begin(&fixture, on, joined, 4);
    come(&fixture, "c", NULL);
    check(&fixture, "1=a 2=b+c 3=run", "2");
    const char *name = groups_name(&fixture.groups, 2);
    come(&fixture, "p q", "run");
    check(&fixture, "1=a 2=b+c 3=p 4=q", "2 3 4");
    come(&fixture, "d b a", NULL);
    check(&fixture, "1=a 2=b+c 3=p 4=q", "2 3 4 0 2 1");
    come(&fixture, "r", "run");
    check(&fixture, "1=a 2=b+c 3=p 4=q 5=r", "2 3 4 0 2 1 5");
    ck_assert_ptr_eq(name, groups_name(&fixture.groups, 2));
    end(&fixture);
}
END_TEST

START_TEST(a_source_named_twice_is_refused)
{
    static const struct { const char *on[3]; size_t count; bool joined[3]; const char *said; } cases[] = {
        {{"a", "a"}, 2, {false, false}, "--on names the source a twice; name it once"},
        {{"a", "a"}, 2, {false, true}, "--on names the source a twice; name it once"},
        {{"b", "a", "run"}, 3, {false, true, false}, "--on names the source a twice, as a and as run; name it once"},
        {{"run", "b", "b"}, 3, {false, true, true}, "--on names the source b twice; name it once"},
    };
    struct fixture fixture;
    struct error error = {""};
    begin(&fixture, cases[_i].on, cases[_i].joined, cases[_i].count);
    source_add(&fixture.sources, "b", NULL, NULL, 1);
    source_add(&fixture.sources, "a", "run", NULL, 1);
    ck_assert_int_eq(groups_bind(&fixture.groups, &fixture.sources, &error), -1);
    ck_assert_str_eq(error.text, cases[_i].said);
    end(&fixture);
}
END_TEST

Suite *groups_suite(void)
{
    Suite *suite = suite_create("groups");
    TCase *tests = tcase_create("groups");
    tcase_add_test(tests, all_sources_count_alone);
    tcase_add_test(tests, words_count_in_their_order);
    tcase_add_test(tests, a_file_is_a_group_for_each_source_or_one_by_plus);
    tcase_add_test(tests, a_number_stays_when_sources_come_later);
    tcase_add_loop_test(tests, a_source_named_twice_is_refused, 0, 4);
    suite_add_tcase(suite, tests);
    return suite;
}
