/* SPDX-License-Identifier: MIT */
/* Suggestions: the distance against a plain recursive one, what is near, in which order. */
#include <check.h>
#include <string.h>
#include <strings.h>

#include "core/suggest.h"
#include "suites.h"

#define COUNT(ARRAY) (sizeof(ARRAY) / sizeof *(ARRAY))

static const char *nearest(const char *word, const char *const *names, size_t count)
{
    static char kept[256];
    struct text text = {0};
    size_t added = suggest_nearest(&text, word, names, count);
    ck_assert_uint_le(added, 3);
    ck_assert_int_eq(added == 0, text.length == 0);
    ck_assert_uint_lt(text.length, sizeof kept);
    strcpy(kept, text_bytes(&text));
    text_fini(&text);
    return kept;
}

static const struct { const char *word, *name; size_t distance; } distances[] = {
    {"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"abc", "ABC", 0}, {"tga", "tag", 1}, {"ab", "ba", 1},
    {"saw_vlna", "saw_vlan", 1}, {"kitten", "sitting", 3}, {"ca", "abc", 3}, {"timeout", "timeuot", 1}, {"abcd", "badc", 2},
    {"a", "b", 1}, {"vlan", "vlans", 1}, {"vlan", "van", 1}, {"saturday", "sunday", 3}};

START_TEST(distance)
{
    ck_assert_uint_eq(suggest_distance(distances[_i].word, distances[_i].name), distances[_i].distance);
    ck_assert_uint_eq(suggest_distance(distances[_i].name, distances[_i].word), distances[_i].distance);
}
END_TEST

/* The definition, from the ends backwards. */
static size_t plain_distance(const char *a, size_t m, const char *b, size_t n)
{
    if (m == 0 || n == 0)
        return m + n;
    size_t best = plain_distance(a, m - 1, b, n - 1) + (a[m - 1] != b[n - 1]);
    size_t left = plain_distance(a, m - 1, b, n) + 1, right = plain_distance(a, m, b, n - 1) + 1;
    best = left < best ? left : best;
    best = right < best ? right : best;
    if (m > 1 && n > 1 && a[m - 1] == b[n - 2] && a[m - 2] == b[n - 1]) {
        size_t swapped = plain_distance(a, m - 2, b, n - 2) + 1;
        best = swapped < best ? swapped : best;
    }
    return best;
}

/* Every pair of words of up to four letters of three. */
START_TEST(distance_agrees_with_its_definition)
{
    for (unsigned i = 0; i < 4 * 81 * 4 * 81; i++) {
        char a[5] = "", b[5] = "";
        unsigned m = i % 4 + 1, n = i / 4 % 4 + 1, rest = i / 16;
        for (unsigned k = 0; k < m; k++)
            a[k] = (char)('a' + (rest % 81 / (unsigned[]){1, 3, 9, 27}[k]) % 3);
        for (unsigned k = 0; k < n; k++)
            b[k] = (char)('a' + (rest / 81 / (unsigned[]){1, 3, 9, 27}[k]) % 3);
        size_t wanted = plain_distance(a, m, b, n);
        if (suggest_distance(a, b) != wanted)
            ck_abort_msg("%s, %s: %zu", a, b, wanted);
    }
}
END_TEST

static const char *const keys[] = {"tag", "ip.src", "ip.dst", "ip.ttl", "eth.src", "eth.dst", "timeout", "count"};

START_TEST(slips_are_near)
{
    static const char *const cases[][2] = {
        {"tga", "tag"}, {"TAG", "tag"}, {"tags", "tag"}, {"tg", "tag"}, {"coutn", "count"}, {"timeuot", "timeout"},
        {"tiemuot", "timeout"}, {"ip.sr", "ip.src"}, {"ip.dts", "ip.dst or ip.ttl"}, {"ethsrc", "eth.src"}};
    for (size_t i = 0; i < COUNT(cases); i++)
        ck_assert_str_eq(nearest(cases[i][0], keys, COUNT(keys)), cases[i][1]);
}
END_TEST

START_TEST(parts_are_near)
{
    ck_assert_str_eq(nearest("ttl", keys, COUNT(keys)), "ip.ttl");
    ck_assert_str_eq(nearest("src", keys, COUNT(keys)), "ip.src or eth.src");
    ck_assert_str_eq(nearest("time", keys, COUNT(keys)), "timeout");
    ck_assert_str_eq(nearest("ip", keys, COUNT(keys)), "ip.src, ip.dst or ip.ttl");
    ck_assert_str_eq(nearest("TTL", keys, COUNT(keys)), "ip.ttl");
}
END_TEST

START_TEST(far_names_are_not_named)
{
    ck_assert_str_eq(nearest("qqqqqqqq", keys, COUNT(keys)), "");
    ck_assert_str_eq(nearest("cat", (const char *const[]){"dog"}, 1), "");
    ck_assert_str_eq(nearest("", keys, COUNT(keys)), "");
    ck_assert_str_eq(nearest("tag", NULL, 0), "");
    /* A third of the word, and three at most. */
    ck_assert_str_eq(nearest("abcdef", (const char *const[]){"abcdxy", "abcxyz"}, 2), "abcdxy");
    ck_assert_str_eq(nearest("abcdefghijklmnop", (const char *const[]){"xxxxefghijklmnop"}, 1), "");
    ck_assert_str_eq(nearest("abcdefghijklmnop", (const char *const[]){"xxxdefghijklmnop"}, 1), "xxxdefghijklmnop");
}
END_TEST

START_TEST(nearest_first_then_as_given)
{
    static const char *const names[] = {"abcdef_long", "xabcdef", "xbcdef", "abcdef", "zabcdef_long", "abcdeg"};
    ck_assert_str_eq(nearest("abcdef", names, COUNT(names)), "abcdef, xabcdef or xbcdef");
    ck_assert_str_eq(nearest("abcdef", names, 1), "abcdef_long");
    ck_assert_str_eq(nearest("abcdef", (const char *const[]){"z_abcdef_z", "abcdef_more"}, 2), "abcdef_more or z_abcdef_z");
    ck_assert_str_eq(nearest("tga", (const char *const[]){"tag", "tag", "tag"}, 3), "tag");
}
END_TEST

Suite *suggest_suite(void)
{
    Suite *suite = suite_create("suggest");
    TCase *all = tcase_create("suggest");
    tcase_add_loop_test(all, distance, 0, COUNT(distances));
    tcase_add_test(all, distance_agrees_with_its_definition);
    tcase_add_test(all, slips_are_near);
    tcase_add_test(all, parts_are_near);
    tcase_add_test(all, far_names_are_not_named);
    tcase_add_test(all, nearest_first_then_as_given);
    tcase_set_timeout(all, 60);
    suite_add_tcase(suite, all);
    return suite;
}
