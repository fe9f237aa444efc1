/* SPDX-License-Identifier: MIT */
/* Texts: growth, shell words (read back by the shell itself), UTF-8 (against the C library's decoder), seconds, grouping. */
#include <check.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "core/text.h"
#include "suites.h"

START_TEST(empty_text_is_never_null)
{
    struct text text = {0};
    ck_assert_str_eq(text_bytes(&text), "");
    text_add(&text, "%s", "");
    text_add_bytes(&text, NULL, 0);
    ck_assert_str_eq(text_bytes(&text), "");
    char *taken = text_take(&text);
    ck_assert_str_eq(taken, "");
    free(taken);
    text_fini(&text);
}
END_TEST

START_TEST(text_grows)
{
    struct text text = {0};
    for (int i = 0; i < 5000; i++)
        text_add(&text, "%04d,", i);
    ck_assert_uint_eq(text.length, 25000);
    ck_assert_uint_eq(strlen(text_bytes(&text)), 25000);
    ck_assert_int_eq(memcmp(text.bytes + 5 * 4321, "4321,", 5), 0);
    text_add_bytes(&text, "a\0b", 3);
    ck_assert_uint_eq(text.length, 25003);
    ck_assert_int_eq(memcmp(text.bytes + 25000, "a\0b", 4), 0);
    text_fini(&text);
    ck_assert_ptr_null(text.bytes);
    ck_assert_uint_eq(text.length, 0);
}
END_TEST

START_TEST(taken_text_is_the_callers)
{
    struct text text = {0};
    text_add(&text, "one");
    char *taken = text_take(&text);
    text_add(&text, "two");
    ck_assert_str_eq(taken, "one");
    ck_assert_str_eq(text_bytes(&text), "two");
    free(taken);
    text_fini(&text);
}
END_TEST

START_TEST(shell_words_are_quoted_only_where_they_must_be)
{
    static const char *const cases[][2] = {
        {"tag=102", "tag=102"}, {"ip.ttl!=64", "ip.ttl!=64"}, {"900..1500", "900..1500"}, {"0x02/0x3f", "0x02/0x3f"},
        {"frame@16:2", "frame@16:2"}, {"--on", "--on"}, {"00:1b:21:0a:ff:01", "00:1b:21:0a:ff:01"}, {"25%", "25%"},
        {"", "''"}, {"a b", "'a b'"}, {"it's", "'it'\\''s'"}, {"$HOME", "'$HOME'"}, {"*", "'*'"}, {"!x", "'!x'"}, {"=x", "'=x'"},
        {"~root", "'~root'"}, {"#x", "'#x'"}, {"a\nb", "'a\nb'"}, {"udp port 53", "'udp port 53'"}, {"{a,b}", "'{a,b}'"}};
    struct text text = {0};
    text_add_shell_word(&text, cases[_i][0]);
    ck_assert_str_eq(text_bytes(&text), cases[_i][1]);
    text_fini(&text);
}
END_TEST

/* Every byte but 0, alone and between others: the shell must give it back. */
START_TEST(shell_reads_words_back)
{
    for (int byte = 1; byte < 256; byte++) {
        char word[8] = {(char)byte, 'a', (char)byte, '\'', (char)byte, '\0'}, got[16] = "";
        struct text command = {0};
        if (byte == '\n' || byte >= 0x80)
            continue; /* fgets ends there; other bytes are in the locale's hands */
        text_add(&command, "printf %%s ");
        text_add_shell_word(&command, word);
        FILE *shell = popen(text_bytes(&command), "r");
        ck_assert_ptr_nonnull(shell);
        size_t length = fread(got, 1, sizeof got - 1, shell);
        ck_assert_int_eq(pclose(shell), 0);
        got[length] = '\0';
        ck_assert_str_eq(got, word);
        text_fini(&command);
    }
}
END_TEST

static const char *as_utf8(const char *bytes, size_t length)
{
    static char kept[64];
    struct text text = {0};
    text_add_utf8(&text, bytes, length);
    ck_assert_uint_lt(text.length, sizeof kept);
    memcpy(kept, text_bytes(&text), text.length + 1);
    text_fini(&text);
    return kept;
}

#define BAD "\xef\xbf\xbd"

START_TEST(utf8_keeps_characters_and_marks_the_rest)
{
    static const struct { const char *bytes, *wanted; } cases[] = {
        {"plain\ttext\n", "plain\ttext\n"}, {"\xc3\xa9", "\xc3\xa9"}, {"\xe2\x82\xac", "\xe2\x82\xac"},
        {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"}, {"\xff", BAD}, {"a\x80" "b", "a" BAD "b"}, {"\xc3", BAD}, {"\xc3x", BAD "x"},
        {"\xc0\xaf", BAD BAD}, {"\xe0\x80\xaf", BAD BAD BAD}, {"\xed\xa0\x80", BAD BAD BAD},
        {"\xf4\x90\x80\x80", BAD BAD BAD BAD}, {"\xf5\x80", BAD BAD}, {"\xed\x9f\xbf", "\xed\x9f\xbf"},
        {"\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"}, {"\xe2\x82", BAD BAD}, {"\xc2\x80", "\xc2\x80"}, {"\xdf\xbf", "\xdf\xbf"},
        {"\xe0\xa0\x80", "\xe0\xa0\x80"}, {"\xf0\x90\x80\x80", "\xf0\x90\x80\x80"}};
    ck_assert_str_eq(as_utf8(cases[_i].bytes, strlen(cases[_i].bytes)), cases[_i].wanted);
}
END_TEST

START_TEST(utf8_keeps_zero_bytes)
{
    struct text text = {0};
    text_add_utf8(&text, "a\0b", 3);
    ck_assert_uint_eq(text.length, 3);
    ck_assert_int_eq(memcmp(text.bytes, "a\0b", 3), 0);
    text_fini(&text);
}
END_TEST

/* Every sequence of one and two bytes, and three bytes with the interesting second ones, against mbrtowc. */
START_TEST(utf8_agrees_with_the_c_library)
{
    locale_t utf8 = newlocale(LC_ALL_MASK, "C.UTF-8", (locale_t)0);
    if (utf8 == (locale_t)0)
        return;
    locale_t before = uselocale(utf8);
    for (unsigned number = 0; number < 0x1000000; number += number < 0x10000 ? 1 : 37) {
        char bytes[4] = {(char)(number >> 16), (char)(number >> 8), (char)number, 0};
        size_t skip = number < 0x100 ? 2 : number < 0x10000 ? 1 : 0, length = 3 - skip;
        mbstate_t state = {0};
        wchar_t character;
        size_t taken = mbrtowc(&character, bytes + skip, length, &state);
        bool whole = taken == length;
        bool ours = memcmp(as_utf8(bytes + skip, length), bytes + skip, length) == 0;
        if (whole)
            ck_assert_msg(ours, "%06x is a character", number);
        else if ((bytes[skip] & 0x80) != 0 && taken > length)
            ck_assert_msg(!ours || as_utf8(bytes + skip, 1)[0] == bytes[skip], "%06x is none", number);
    }
    uselocale(before);
    freelocale(utf8);
}
END_TEST

START_TEST(seconds)
{
    static const struct { int64_t time_ns; const char *wanted; } cases[] = {
        {0, "+0 s"}, {653000, "+0.000653 s"}, {653001, "+0.000653001 s"}, {1, "+0.000000001 s"}, {430000000, "+0.430 s"},
        {5000000000, "+5.000 s"}, {-1, "-0.000000001 s"}, {-1500000000, "-1.500 s"}, {INT64_MAX, "+9223372036.854775807 s"},
        {INT64_MIN, "-9223372036.854775808 s"}, {999999999, "+0.999999999 s"}, {-999999000, "-0.999999 s"}};
    struct text text = {0};
    text_add_seconds(&text, cases[_i].time_ns);
    ck_assert_str_eq(text_bytes(&text), cases[_i].wanted);
    text_fini(&text);
}
END_TEST

START_TEST(grouped)
{
    static const struct { uint64_t number; const char *wanted; } cases[] = {
        {0, "0"}, {7, "7"}, {999, "999"}, {1000, "1,000"}, {1204551, "1,204,551"}, {1000000, "1,000,000"}, {10050, "10,050"},
        {UINT64_MAX, "18,446,744,073,709,551,615"}};
    struct text text = {0};
    text_add_grouped(&text, cases[_i].number);
    ck_assert_str_eq(text_bytes(&text), cases[_i].wanted);
    text_fini(&text);
}
END_TEST

Suite *text_suite(void)
{
    Suite *suite = suite_create("text");
    TCase *all = tcase_create("text");
    tcase_add_test(all, empty_text_is_never_null);
    tcase_add_test(all, text_grows);
    tcase_add_test(all, taken_text_is_the_callers);
    tcase_add_loop_test(all, shell_words_are_quoted_only_where_they_must_be, 0, 20);
    tcase_add_test(all, shell_reads_words_back);
    tcase_add_loop_test(all, utf8_keeps_characters_and_marks_the_rest, 0, 20);
    tcase_add_test(all, utf8_keeps_zero_bytes);
    tcase_add_test(all, utf8_agrees_with_the_c_library);
    tcase_add_loop_test(all, seconds, 0, 12);
    tcase_add_loop_test(all, grouped, 0, 8);
    tcase_set_timeout(all, 60);
    suite_add_tcase(suite, all);
    return suite;
}
