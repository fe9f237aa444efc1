/* SPDX-License-Identifier: MIT */
/* Memory: zeroed, aligned, kept while arrays grow, and an end with status 2 where there is none. */
#include <check.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "suites.h"

static bool all_zero(const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < size; i++) {
        if (at[i] != 0)
            return false;
    }
    return true;
}

START_TEST(new_memory_is_zero)
{
    unsigned char *memory = memory_new(100, 7);
    ck_assert(all_zero(memory, 700));
    free(memory);
    void *nothing = memory_new(0, 0);
    ck_assert_ptr_nonnull(nothing);
    free(nothing);
}
END_TEST

START_TEST(texts_are_copied)
{
    char given[] = "eth0.100";
    char *copy = memory_text(given), *part = memory_text_of(given, 4), *empty = memory_text_of(NULL, 0);
    given[0] = 'x';
    ck_assert_str_eq(copy, "eth0.100");
    ck_assert_str_eq(part, "eth0");
    ck_assert_str_eq(empty, "");
    free(copy);
    free(part);
    free(empty);
}
END_TEST

START_TEST(array_grows_and_keeps)
{
    uint32_t *array = NULL;
    size_t capacity = 0;
    for (uint32_t i = 0; i < 10000; i++) {
        array = memory_grow(array, &capacity, i, sizeof *array);
        ck_assert_uint_gt(capacity, i);
        ck_assert(all_zero(array + i, (capacity - i) * sizeof *array));
        array[i] = i + 1;
    }
    for (uint32_t i = 0; i < 10000; i++)
        ck_assert_uint_eq(array[i], i + 1);
    free(array);
}
END_TEST

START_TEST(array_with_room_stays)
{
    size_t capacity = 0;
    int *array = memory_grow(NULL, &capacity, 0, sizeof *array);
    size_t before = capacity;
    for (size_t count = 0; count < before; count++)
        ck_assert_ptr_eq(memory_grow(array, &capacity, count, sizeof *array), array);
    ck_assert_uint_eq(capacity, before);
    free(array);
}
END_TEST

/* Pieces of every size up to well beyond a block, none of which may touch another. */
START_TEST(arena_pieces_are_apart)
{
    enum { PIECES = 3000 };
    static unsigned char *pieces[PIECES], wanted[6000];
    struct arena arena = {0};
    size_t sum = 0;
    for (size_t i = 0; i < PIECES; i++) {
        size_t size = i * 7 % 6000;
        pieces[i] = arena_new(&arena, size);
        ck_assert_uint_eq((uintptr_t)pieces[i] % alignof(max_align_t), 0);
        ck_assert(all_zero(pieces[i], size));
        memset(pieces[i], (int)(i % 251 + 1), size);
        sum += size;
    }
    ck_assert_uint_eq(arena.used, sum);
    for (size_t i = 0; i < PIECES; i++) {
        memset(wanted, (int)(i % 251 + 1), sizeof wanted);
        ck_assert_int_eq(memcmp(pieces[i], wanted, i * 7 % 6000), 0);
    }
    arena_fini(&arena);
    ck_assert_ptr_null(arena.blocks);
    ck_assert_uint_eq(arena.used, 0);
}
END_TEST

START_TEST(arena_of_nothing)
{
    struct arena arena = {0};
    void *one = arena_new(&arena, 0), *two = arena_new(&arena, 0);
    ck_assert_ptr_nonnull(one);
    ck_assert_ptr_ne(one, two);
    ck_assert_str_eq(arena_text(&arena, ""), "");
    ck_assert_str_eq(arena_text(&arena, "a text"), "a text");
    arena_fini(&arena);
    arena_fini(&arena);
    ck_assert_ptr_nonnull(arena_new(&arena, 1));
    arena_fini(&arena);
}
END_TEST

/* Sizes whose product wraps must not become small ones. */
START_TEST(too_much_ends_the_process)
{
    struct arena arena = {0};
    size_t capacity = 0;
    if (_i == 0)
        free(memory_new(SIZE_MAX / 2, 3));
    if (_i == 1)
        free(memory_grow(NULL, &capacity, SIZE_MAX / 8, 64));
    if (_i == 2)
        arena_new(&arena, SIZE_MAX - 4);
    if (_i == 3)
        free(memory_grow(NULL, &capacity, SIZE_MAX - 1, 1));
    if (_i == 4)
        arena_new(&arena, SIZE_MAX - 100);
    if (_i == 5)
        free(memory_text_of("", SIZE_MAX));
    exit(0);
}
END_TEST

Suite *memory_suite(void)
{
    Suite *suite = suite_create("memory");
    TCase *all = tcase_create("memory"), *end = tcase_create("none left");
    tcase_add_test(all, new_memory_is_zero);
    tcase_add_test(all, texts_are_copied);
    tcase_add_test(all, array_grows_and_keeps);
    tcase_add_test(all, array_with_room_stays);
    tcase_add_test(all, arena_pieces_are_apart);
    tcase_add_test(all, arena_of_nothing);
    tcase_add_loop_exit_test(end, too_much_ends_the_process, 2, 0, 6);
    suite_add_tcase(suite, all);
    suite_add_tcase(suite, end);
    return suite;
}
