/* SPDX-License-Identifier: MIT */
/* Streams: the same bytes come out of files, pipes and packed files, however they are asked for; what ends early is told apart
 * from what is wrong. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zstd.h>

#include "core/stream.h"
#include "suites.h"
#include "trace_bytes.h"

static const char *const packings[] = {NULL, "gzip", "zstd"};

/* Bytes that tell their place, and do not pack well. */
static struct bytes make_bytes(size_t length)
{
    struct bytes bytes = {0};
    uint32_t state = 1;
    while (bytes.length < length) {
        state = state * 1103515245u + 12345u;
        uint8_t byte = (uint8_t)(state >> 16);
        bytes_add(&bytes, &byte, 1);
    }
    return bytes;
}

static struct stream *open_bytes(const struct bytes *bytes, const char *packing)
{
    struct error error = {""};
    struct bytes packed = packing ? bytes_pack(bytes, packing) : (struct bytes){0};
    struct stream *stream = stream_open(trace_file(packing ? &packed : bytes, "stream"), &error);
    ck_assert_msg(stream, "%s", error.text);
    bytes_free(&packed);
    return stream;
}

/* Takes length bytes and compares them with those expected at the stream's place. */
static void take(struct stream *stream, const struct bytes *bytes, size_t length)
{
    struct error error = {""};
    uint64_t offset = stream_offset(stream);
    ck_assert_msg(stream_fill(stream, length, &error) == 0, "%s", error.text);
    ck_assert_uint_ge((size_t)(stream->end - stream->at), length);
    ck_assert_int_eq(memcmp(stream->at, bytes->data + offset, length), 0);
    stream->at += length;
    ck_assert_uint_eq(stream_offset(stream), offset + length);
}

static void expect_end(struct stream *stream)
{
    struct error error = {""};
    ck_assert_int_eq(stream_fill(stream, 1, &error), 0);
    ck_assert_ptr_eq(stream->at, stream->end);
    ck_assert(stream->finished);
}

START_TEST(gives_all_bytes_in_order)
{
    static const size_t steps[] = {1, 7, 4096, 250000, 16, 0, 255 << 10, 3};
    struct bytes bytes = make_bytes(2 << 20);
    struct stream *stream = open_bytes(&bytes, packings[_i]);
    for (size_t i = 0; stream_offset(stream) < bytes.length; i++) {
        size_t left = bytes.length - stream_offset(stream), step = steps[i % (sizeof steps / sizeof *steps)];
        take(stream, &bytes, step < left ? step : left);
    }
    expect_end(stream);
    if (packings[_i])
        ck_assert_str_eq(stream_packing(stream), packings[_i]);
    else
        ck_assert_ptr_null(stream_packing(stream));
    ck_assert_uint_eq(stream_file_read(stream), stream_file_size(stream));
    stream_free(stream);
    bytes_free(&bytes);
}
END_TEST

START_TEST(long_records_stay_whole)
{
    struct bytes bytes = make_bytes(6 << 20);
    struct stream *stream = open_bytes(&bytes, packings[_i]);
    take(stream, &bytes, 10);
    take(stream, &bytes, 3 << 20);
    take(stream, &bytes, 100);
    take(stream, &bytes, 300 << 10);
    take(stream, &bytes, 2 << 20);
    for (unsigned i = 0; i < 100; i++)
        take(stream, &bytes, 1000);
    stream_free(stream);
    bytes_free(&bytes);
}
END_TEST

START_TEST(skips_without_losing_its_place)
{
    struct error error = {""};
    struct bytes bytes = make_bytes(3 << 20);
    struct stream *stream = open_bytes(&bytes, packings[_i]);
    take(stream, &bytes, 5);
    ck_assert_int_eq(stream_skip(stream, 2000001, &error), 0);
    ck_assert_uint_eq(stream_offset(stream), 2000006);
    take(stream, &bytes, 17);
    ck_assert_int_eq(stream_skip(stream, UINT64_MAX, &error), 0);
    ck_assert_uint_eq(stream_offset(stream), bytes.length);
    expect_end(stream);
    stream_free(stream);
    bytes_free(&bytes);
}
END_TEST

START_TEST(window_cannot_be_written)
{
    struct error error;
    int ends[2];
    struct bytes bytes = make_bytes(1000);
    struct stream *stream = open_bytes(&bytes, NULL);
    ck_assert_int_eq(stream_fill(stream, 100, &error), 0);
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], "x", 1), 1);
    ck_assert_int_eq(read(ends[0], (void *)(uintptr_t)stream->at, 1), -1); /* the kernel's write would fault as a plugin's */
    ck_assert_int_eq(errno, EFAULT);
    stream_free(stream);
    bytes_free(&bytes);
}
END_TEST

START_TEST(short_of_what_is_wanted_is_no_failure)
{
    struct error error = {""};
    struct bytes bytes = make_bytes(10);
    struct stream *stream = open_bytes(&bytes, packings[_i]);
    ck_assert_int_eq(stream_fill(stream, 11, &error), 0);
    ck_assert_int_eq((int)(stream->end - stream->at), 10);
    ck_assert(stream->finished);
    take(stream, &bytes, 10);
    expect_end(stream);
    stream_free(stream);
    bytes_free(&bytes);
}
END_TEST

START_TEST(pipe_is_passed_on_as_it_comes)
{
    struct error error = {""};
    char path[64];
    int ends[2];
    struct bytes bytes = make_bytes(100);
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], bytes.data, 60), 60);
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
    struct stream *stream = stream_open(path, &error);
    ck_assert_msg(stream, "%s", error.text);
    ck_assert_uint_eq(stream_file_size(stream), 0);
    take(stream, &bytes, 4); /* the writer is still there: waiting for more than is wanted would never end */
    take(stream, &bytes, 56);
    ck_assert_int_eq(write(ends[1], bytes.data + 60, 40), 40);
    take(stream, &bytes, 1);
    close(ends[1]);
    take(stream, &bytes, 39);
    expect_end(stream);
    stream_free(stream);
    bytes_free(&bytes);
}
END_TEST

START_TEST(packed_pipe_is_not_waited_for_either)
{
    struct error error = {""};
    char path[64];
    int ends[2];
    struct bytes bytes = {0}, packed;
    bytes_fill(&bytes, 7, 524200); /* one read has several windows in it */
    packed = bytes_pack(&bytes, packings[_i]);
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], packed.data, packed.length), (int)packed.length);
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
    struct stream *stream = stream_open(path, &error);
    for (size_t left = bytes.length; left; left = bytes.length - stream_offset(stream))
        take(stream, &bytes, left < 1000 ? left : 1000); /* the writer is still there */
    stream_free(stream);
    bytes_free(&packed);
    bytes_free(&bytes);
}
END_TEST

/* Bytes of the buffer's mappings. */
static unsigned long long mapped(void)
{
    unsigned long long sum = 0, from, to;
    char line[512];
    FILE *maps = fopen("/proc/self/maps", "r");
    ck_assert_ptr_nonnull(maps);
    while (fgets(line, sizeof line, maps)) {
        if (strstr(line, "memfd:aptrace") && sscanf(line, "%llx-%llx", &from, &to) == 2)
            sum += to - from;
    }
    fclose(maps);
    return sum;
}

START_TEST(memory_comes_back_after_a_long_record)
{
    struct bytes bytes = make_bytes(6 << 20);
    struct stream *stream = open_bytes(&bytes, packings[_i]);
    take(stream, &bytes, 10);
    unsigned long long before = mapped();
    take(stream, &bytes, 4 << 20);
    ck_assert_uint_ge(mapped(), 2 * (4ull << 20));
    take(stream, &bytes, 10);
    ck_assert_uint_eq(mapped(), before);
    ck_assert_uint_le(before, 1 << 20);
    stream_free(stream);
    ck_assert_uint_eq(mapped(), 0);
    bytes_free(&bytes);
}
END_TEST

START_TEST(dash_is_standard_input)
{
    struct error error = {""};
    int ends[2];
    struct bytes bytes = make_bytes(100), packed = bytes_pack(&bytes, "gzip");
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], packed.data, packed.length), (int)packed.length);
    close(ends[1]);
    ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    struct stream *stream = stream_open("-", &error);
    take(stream, &bytes, 100);
    expect_end(stream);
    stream_free(stream);
    bytes_free(&packed);
    bytes_free(&bytes);
}
END_TEST

START_TEST(pipe_that_does_not_block_is_waited_for)
{
    struct error error = {""};
    int ends[2];
    struct bytes bytes = make_bytes(100);
    ck_assert_int_eq(pipe2(ends, O_NONBLOCK), 0);
    ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    if (fork() == 0)
        _exit(write(ends[1], bytes.data, 100) == 100 ? 0 : 1);
    close(ends[1]);
    struct stream *stream = stream_open("-", &error);
    take(stream, &bytes, 100);
    expect_end(stream);
    stream_free(stream);
    bytes_free(&bytes);
}
END_TEST

START_TEST(failed_read_is_told_each_time)
{
    struct error error = {""};
    struct stream *stream = stream_open("/proc/self/mem", &error); /* nothing is mapped at 0 */
    ck_assert_msg(stream, "%s", error.text);
    for (unsigned i = 0; i < 2; i++) {
        error.text[0] = '\0';
        ck_assert_int_eq(stream_fill(stream, 1, &error), -1);
        ck_assert_ptr_nonnull(strstr(error.text, strerror(EIO)));
    }
    ck_assert(stream->finished && stream->cut_short);
    ck_assert_int_eq(stream_skip(stream, 1, &error), -1);
    stream_free(stream);
}
END_TEST

/* Unpacks all that comes. Returns stream_fill()'s last answer. */
static int unpack_all(const struct bytes *packed, struct bytes *out, bool *cut_short, struct error *error)
{
    struct stream *stream = stream_open(trace_file(packed, "packed"), error);
    int result;
    do {
        result = stream_fill(stream, 1, error);
        bytes_add(out, stream->at, (size_t)(stream->end - stream->at));
        stream->at = stream->end;
    } while (result == 0 && !stream->finished);
    if (result == 0)
        result = stream_fill(stream, 1, error);
    *cut_short = stream->cut_short;
    stream_free(stream);
    return result;
}

static void join(struct bytes *to, struct bytes *from)
{
    bytes_add(to, from->data, from->length);
    bytes_free(from);
}

START_TEST(members_one_behind_the_other_are_one_stream)
{
    struct bytes one = make_bytes(70000), two = make_bytes(5), none = {0}, out = {0};
    struct bytes packed = bytes_pack(&one, packings[_i]), more = bytes_pack(&two, packings[_i]);
    struct bytes empty = bytes_pack(&none, packings[_i]);
    struct error error = {""};
    bool cut_short;
    join(&packed, &empty);
    join(&packed, &more);
    if (_i == 2)
        bytes_add(&packed, "\x53\x2a\x4d\x18\x03\0\0\0abc", 11); /* a frame to be skipped */
    else
        bytes_fill(&packed, 0, 1000); /* padding */
    ck_assert_msg(unpack_all(&packed, &out, &cut_short, &error) == 0, "%s", error.text);
    ck_assert_uint_eq(out.length, 70005);
    ck_assert_int_eq(memcmp(out.data, one.data, 70000), 0);
    ck_assert_int_eq(memcmp(out.data + 70000, two.data, 5), 0);
    bytes_free(&one);
    bytes_free(&two);
    bytes_free(&out);
    bytes_free(&packed);
}
END_TEST

START_TEST(packed_cut_anywhere_is_cut_short)
{
    struct bytes bytes = make_bytes(300), packed = bytes_pack(&bytes, packings[_i]);
    size_t last = 0;
    for (size_t length = 4; length < packed.length; length++) {
        struct bytes part = {.data = packed.data, .length = length}, out = {0};
        struct error error = {""};
        bool cut_short = false;
        ck_assert_int_eq(unpack_all(&part, &out, &cut_short, &error), -1);
        ck_assert_msg(cut_short, "at %zu: %s", length, error.text);
        ck_assert_uint_ge(out.length, last);
        ck_assert_int_eq(memcmp(out.data ? out.data : bytes.data, bytes.data, out.length), 0);
        last = out.length;
        bytes_free(&out);
    }
    bytes_free(&packed);
    bytes_free(&bytes);
}
END_TEST

START_TEST(packed_and_wrong_is_corrupt)
{
    struct bytes bytes = make_bytes(3 << 20), packed = bytes_pack(&bytes, packings[_i]), out = {0};
    struct error error = {""};
    bool cut_short = true;
    memset(packed.data + packed.length / 2, 0xa5, 64);
    ck_assert_int_eq(unpack_all(&packed, &out, &cut_short, &error), -1);
    ck_assert(!cut_short);
    ck_assert_msg(strstr(error.text, packings[_i]), "%s", error.text);
    ck_assert_uint_gt(out.length, 1 << 20);
    ck_assert_int_eq(memcmp(out.data, bytes.data, 1 << 20), 0);
    bytes_free(&out);
    bytes_free(&packed);
    bytes_free(&bytes);
}
END_TEST

START_TEST(what_follows_the_last_member_is_corrupt)
{
    struct bytes bytes = make_bytes(300), packed = bytes_pack(&bytes, packings[_i]), out = {0};
    struct error error = {""};
    bool cut_short = true;
    bytes_add(&packed, "garbage garbage", 15);
    ck_assert_int_eq(unpack_all(&packed, &out, &cut_short, &error), -1);
    ck_assert(!cut_short);
    ck_assert_uint_eq(out.length, 300);
    bytes_free(&out);
    bytes_free(&packed);
    bytes_free(&bytes);
}
END_TEST

START_TEST(huge_window_is_refused_with_what_to_do)
{
    struct bytes bytes = make_bytes(10000), packed = {0}, out = {0};
    struct error error = {""};
    bool cut_short;
    ZSTD_CCtx *context = ZSTD_createCCtx();
    uint8_t room[20000];
    ZSTD_inBuffer from = {bytes.data, bytes.length, 0};
    ZSTD_outBuffer to = {room, sizeof room, 0};
    ck_assert(!ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, 27)));
    ck_assert(!ZSTD_isError(ZSTD_compressStream2(context, &to, &from, ZSTD_e_flush)));
    ck_assert_uint_eq(ZSTD_compressStream2(context, &to, &from, ZSTD_e_end), 0);
    bytes_add(&packed, room, to.pos);
    ck_assert_int_eq(unpack_all(&packed, &out, &cut_short, &error), -1);
    ck_assert_msg(strstr(error.text, "zstd -dc"), "%s", error.text);
    ZSTD_freeCCtx(context);
    bytes_free(&out);
    bytes_free(&packed);
    bytes_free(&bytes);
}
END_TEST

START_TEST(failures_name_the_path_and_the_reason)
{
    struct error error = {""};
    ck_assert_ptr_null(stream_open(trace_path("missing"), &error));
    ck_assert_ptr_nonnull(strstr(error.text, trace_path("missing")));
    ck_assert_ptr_nonnull(strstr(error.text, strerror(ENOENT)));
    ck_assert_ptr_null(stream_open(trace_path("."), &error));
    ck_assert_ptr_nonnull(strstr(error.text, "directory"));
    if (geteuid() == 0)
        return; /* nothing is forbidden */
    struct bytes bytes = make_bytes(10);
    ck_assert_int_eq(chmod(trace_file(&bytes, "locked"), 0), 0);
    ck_assert_ptr_null(stream_open(trace_path("locked"), &error));
    ck_assert_ptr_nonnull(strstr(error.text, strerror(EACCES)));
    bytes_free(&bytes);
}
END_TEST

Suite *stream_suite(void)
{
    Suite *suite = suite_create("stream");
    TCase *tests = tcase_create("stream");
    tcase_add_checked_fixture(tests, trace_begin, trace_end);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, gives_all_bytes_in_order, 0, 3);
    tcase_add_loop_test(tests, long_records_stay_whole, 0, 3);
    tcase_add_loop_test(tests, skips_without_losing_its_place, 0, 3);
    tcase_add_test(tests, window_cannot_be_written);
    tcase_add_loop_test(tests, short_of_what_is_wanted_is_no_failure, 0, 3);
    tcase_add_test(tests, pipe_is_passed_on_as_it_comes);
    tcase_add_loop_test(tests, packed_pipe_is_not_waited_for_either, 1, 3);
    tcase_add_loop_test(tests, memory_comes_back_after_a_long_record, 0, 3);
    tcase_add_test(tests, dash_is_standard_input);
    tcase_add_test(tests, pipe_that_does_not_block_is_waited_for);
    tcase_add_test(tests, failed_read_is_told_each_time);
    tcase_add_loop_test(tests, members_one_behind_the_other_are_one_stream, 1, 3);
    tcase_add_loop_test(tests, packed_cut_anywhere_is_cut_short, 1, 3);
    tcase_add_loop_test(tests, packed_and_wrong_is_corrupt, 1, 3);
    tcase_add_loop_test(tests, what_follows_the_last_member_is_corrupt, 1, 3);
    tcase_add_test(tests, huge_window_is_refused_with_what_to_do);
    tcase_add_test(tests, failures_name_the_path_and_the_reason);
    suite_add_tcase(suite, tests);
    return suite;
}
