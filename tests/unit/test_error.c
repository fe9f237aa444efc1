/* SPDX-License-Identifier: MIT */
/* Errors: what is set, what is put in front, and that a text too long is cut between characters. */
#include <check.h>
#include <string.h>

#include "core/error.h"
#include "suites.h"

START_TEST(set_returns_minus_one)
{
    struct error error = {""};
    ck_assert_int_eq(error_set(&error, "port %d: %s", 7, "closed"), -1);
    ck_assert_str_eq(error.text, "port 7: closed");
}
END_TEST

START_TEST(set_replaces)
{
    struct error error = {"a long text that was there before"};
    error_set(&error, "short");
    ck_assert_str_eq(error.text, "short");
    error_set(&error, "%s", "");
    ck_assert_str_eq(error.text, "");
}
END_TEST

START_TEST(arguments_may_be_the_text_itself)
{
    struct error error = {"inner"};
    error_set(&error, "<%s>", error.text);
    ck_assert_str_eq(error.text, "<inner>");
    error_context(&error, "behind %s", error.text);
    ck_assert_str_eq(error.text, "behind <inner>: <inner>");
}
END_TEST

START_TEST(context_stands_in_front)
{
    struct error error;
    error_set(&error, "not found");
    ck_assert_int_eq(error_context(&error, "file %s", "a.pcap"), -1);
    error_context(&error, "source %d", 1);
    ck_assert_str_eq(error.text, "source 1: file a.pcap: not found");
}
END_TEST

START_TEST(long_text_is_cut)
{
    static char longer[3 * sizeof(struct error)];
    struct error error;
    memset(longer, 'x', sizeof longer - 1);
    error_set(&error, "%s", longer);
    ck_assert_uint_eq(strlen(error.text), sizeof error.text - 1);
    error_context(&error, "front");
    ck_assert_uint_eq(strlen(error.text), sizeof error.text - 1);
    ck_assert_int_eq(strncmp(error.text, "front: xxx", 10), 0);
    error_context(&error, "%s", longer);
    ck_assert_uint_eq(strlen(error.text), sizeof error.text - 1);
}
END_TEST

/* One that just fits is whole; behind it, characters of 2, 3 and 4 bytes at every place of the cut. */
START_TEST(cut_is_between_characters)
{
    static const char *const characters[] = {"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
    const char *character = characters[_i];
    size_t size = strlen(character);
    for (size_t room = 0; room <= size; room++) {
        struct error error;
        char text[sizeof error.text + 8];
        size_t before = sizeof error.text - 1 - room;
        memset(text, 'x', before);
        strcpy(text + before, character);
        error_set(&error, "%s", text);
        size_t wanted = room == size ? before + size : before;
        ck_assert_uint_eq(strlen(error.text), wanted);
        ck_assert_int_eq(memcmp(error.text, text, wanted), 0);
    }
}
END_TEST

/* Bytes that were never a character are left to whoever prints them; nothing is read before the text. */
START_TEST(stray_bytes_are_cut_anywhere)
{
    static char stray[2 * sizeof(struct error)];
    struct error error;
    memset(stray, 0x80, sizeof stray - 1);
    error_set(&error, "%s", stray);
    ck_assert_uint_ge(strlen(error.text), sizeof error.text - 4);
}
END_TEST

Suite *error_suite(void)
{
    Suite *suite = suite_create("error");
    TCase *all = tcase_create("error");
    tcase_add_test(all, set_returns_minus_one);
    tcase_add_test(all, set_replaces);
    tcase_add_test(all, arguments_may_be_the_text_itself);
    tcase_add_test(all, context_stands_in_front);
    tcase_add_test(all, long_text_is_cut);
    tcase_add_loop_test(all, cut_is_between_characters, 0, 3);
    tcase_add_test(all, stray_bytes_are_cut_anywhere);
    suite_add_tcase(suite, all);
    return suite;
}
