/* SPDX-License-Identifier: MIT */
/* See fake.h. Packets' bytes are one byte, enough for the predicates here; the engine does not look at them. */
#include "fake.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <aptrace/wanted.h>

#include "core/expectation_words.h"

struct watch {
    uint64_t want;
    uint64_t packets;
};

static struct text *log_of_run;

static void note(struct aptrace_instance *self, const char *call)
{
    text_add(log_of_run, "%s%s ", ((struct expectation *)(void *)self)->label, call);
}

static void log_packet(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct watch *watch = self->state;
    (void)packet;
    watch->packets++;
    note(self, "+");
}

static bool log_stop(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    const struct watch *watch = self->state;
    note(self, "?");
    return packet->bytes[0] == watch->want;
}

/* What a plugin by another compiler may return for true. */
static uint8_t stop_with_two(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    return log_stop(self, packet) ? 2 : 0;
}

static struct aptrace_value log_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    note(self, "!");
    return aptrace_bool(finish->stopped);
}

static struct aptrace_value count_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    const struct watch *watch = self->state;
    (void)finish;
    note(self, "!");
    return aptrace_uint(watch->packets);
}

static struct aptrace_value lie_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    (void)finish;
    note(self, "!");
    return aptrace_uint(1);
}

static int expect_limit(struct aptrace_instance *self)
{
    const struct watch *watch = self->state;
    if (watch->want == 666)
        aptrace_default_expect(self, "%s", "evil");
    else if (watch->want)
        aptrace_default_expect(self, "..%llu", (unsigned long long)watch->want);
    return 0;
}

static bool is_first_byte(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    const struct watch *watch = self->state;
    return packet->bytes[0] == watch->want;
}

/* What a parameter of packets would have been read into. */
static int seek_elsewhere(struct aptrace_instance *self)
{
    const struct watch *watch = self->state;
    struct arena *arena = &((struct expectation *)(void *)self)->arena;
    struct aptrace_wanted *wanted = wanted_new(APTRACE_WANTED_PACKET, arena);
    struct error error = {""};
    char byte[8];
    struct parameter_given given = {.key = "frame@0:1", .text = byte};
    snprintf(byte, sizeof byte, "%02llx", (unsigned long long)watch->want);
    if (wanted_read(wanted, &given, &error) != 0 || wanted_finish(wanted, &error) != 0)
        return aptrace_refuse(self, "%s", error.text);
    aptrace_look_elsewhere(self, wanted);
    return 0;
}

static const struct aptrace_param params[] = {
    APTRACE_PARAM_UINT(struct watch, want, .help = "the first byte to stop at"),
    APTRACE_PARAM_END
};

#define COMMON .abi_major = APTRACE_ABI_MAJOR, .abi_minor = 0, .size = sizeof(struct aptrace_plugin), \
    .state_size = sizeof(struct watch), .state_align = _Alignof(struct watch), .param_size = sizeof(struct aptrace_param), \
    .params = params, .summary = "a fake"

static struct plugin plugins[] = {
    {.descriptor = {COMMON, .name = "watch", .on_packet = log_packet, .stop_condition = log_stop, .on_finish = log_finish,
                    .yields = APTRACE_TYPE_BOOL, .stop_survives_loss = true}},
    {.descriptor = {COMMON, .name = "fragile", .stop_condition = log_stop, .on_finish = log_finish, .yields = APTRACE_TYPE_BOOL}},
    {.descriptor = {COMMON, .name = "tally", .on_packet = log_packet, .on_finish = count_finish, .yields = APTRACE_TYPE_UINT}},
    {.descriptor = {COMMON, .name = "liar", .on_finish = lie_finish, .yields = APTRACE_TYPE_BOOL}},
    {.descriptor = {COMMON, .name = "two", .yields = APTRACE_TYPE_BOOL}},
    {.descriptor = {COMMON, .name = "limit", .on_packet = log_packet, .on_finish = count_finish, .yields = APTRACE_TYPE_UINT,
                    .prepare = expect_limit}},
    {.descriptor = {COMMON, .name = "seek", .stop_condition = is_first_byte, .yields = APTRACE_TYPE_BOOL,
                    .stop_survives_loss = true, .prepare = seek_elsewhere}},
    {.descriptor = {COMMON, .name = "gather", .on_packet = log_packet, .on_finish = count_finish, .yields = APTRACE_TYPE_UINT,
                    .prepare = seek_elsewhere}},
};

const struct plugin *fake_plugin(const char *name)
{
    uint8_t (*two)(struct aptrace_instance *, const struct aptrace_packet *) = stop_with_two;
    for (size_t i = 0; i < sizeof plugins / sizeof *plugins; i++) {
        if (strcmp(plugins[i].descriptor.name, "two") == 0)
            memcpy(&plugins[i].descriptor.stop_condition, &two, sizeof two);
        if (strcmp(plugins[i].descriptor.name, name) == 0)
            return &plugins[i];
    }
    return NULL;
}

void fake_begin(struct fake_run *run, const char *sources, unsigned batch_size)
{
    memset(run, 0, sizeof *run);
    char *names = memory_text(sources);
    char *rest = names;
    for (char *name; (name = strsep(&rest, " ")) != NULL;)
        source_add(&run->sources, name, NULL, NULL, 1);
    free(names);
    run->batch = memory_new(1, sizeof *run->batch);
    run->batch_size = batch_size;
    log_of_run = &run->log;
}

void fake_end(struct fake_run *run)
{
    for (size_t i = 0; i < run->count; i++)
        expectation_free(run->expectations[i]);
    engine_fini(&run->engine);
    source_list_fini(&run->sources);
    text_fini(&run->log);
    free(run->batch);
}

/* Null with an error where the words are refused, in whatever step. */
static struct expectation *set_up(struct fake_run *run, const char *words, struct error *error)
{
    const char *list[32];
    size_t count = 0;
    struct arena arena = {0};
    struct expectation_spec spec, defaults = {0};
    struct expectation *expectation = NULL;
    char *copy = memory_text(words), *rest = copy;
    for (char *word; (word = strsep(&rest, " ")) != NULL;)
        list[count++] = word;
    if (expectation_words_parse(list, count, &defaults, &spec, &arena, error) == 0)
        expectation = expectation_new(&spec, fake_plugin(spec.plugin), &run->sources, run->expectations, run->count, error);
    if (expectation && (expectation_bind(expectation, error) != 0 || expectation_prepare(expectation, error) != 0)) {
        expectation_free(expectation);
        expectation = NULL;
    }
    arena_fini(&arena);
    free(copy);
    return expectation;
}

struct expectation *fake_expect(struct fake_run *run, const char *words)
{
    struct error error = {""};
    struct expectation *expectation = set_up(run, words, &error);
    ck_assert_msg(expectation != NULL, "%s: %s", words, error.text);
    run->expectations[run->count++] = expectation;
    return expectation;
}

struct expectation *fake_join(struct fake_run *run, const char *words, int64_t opens_ns)
{
    struct expectation *expectation = fake_expect(run, words);
    engine_add(&run->engine, run->expectations, run->count, opens_ns);
    return expectation;
}

const char *fake_refusal(struct fake_run *run, const char *words)
{
    static struct error error;
    error.text[0] = '\0';
    ck_assert_msg(set_up(run, words, &error) == NULL, "%s was taken", words);
    return error.text;
}

void fake_open(struct fake_run *run, int64_t origin_ns)
{
    engine_init(&run->engine, run->expectations, run->count, &run->sources);
    engine_begin(&run->engine, origin_ns);
}

static void feed_batch(struct fake_run *run, const struct fake_packet *packets, unsigned count)
{
    static uint64_t numbers[16];
    struct batch *batch = run->batch;
    if (run->position == 0)
        memset(numbers, 0, sizeof numbers);
    *batch = (struct batch){.count = count, .flags_all = UINT16_MAX, .source_low = UINT32_MAX};
    for (unsigned i = 0; i < count; i++) {
        const struct fake_packet *from = &packets[i];
        bool late = (from->flags & APTRACE_PACKET_LATE) != 0;
        batch->packets[i] = (struct aptrace_packet){
            .bytes = &from->byte, .capture_length = 1, .wire_length = 1, .time_ns = from->time_ns,
            .timestamp_ns = late ? from->late_stamp_ns : from->time_ns, .source = from->source, .link_type = 1, .flags = from->flags,
            .number = ++numbers[from->source], .position = ++run->position};
        batch->frames[i] = run->position;
        batch->flags_any |= from->flags;
        batch->flags_all &= from->flags;
        batch->source_low = from->source < batch->source_low ? from->source : batch->source_low;
        batch->source_high = from->source > batch->source_high ? from->source : batch->source_high;
    }
    engine_packets(&run->engine, batch);
}

void fake_feed(struct fake_run *run, const struct fake_packet *packets, size_t count)
{
    for (size_t i = 0; i < count && !engine_over(&run->engine);) {
        size_t left = count - i;
        unsigned size = left < run->batch_size ? (unsigned)left : run->batch_size;
        feed_batch(run, packets + i, size);
        i += size;
    }
}

const char *fake_log(const struct fake_run *run)
{
    return text_bytes(&run->log);
}
