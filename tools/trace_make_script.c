/* SPDX-License-Identifier: MIT */
/* The statements of a description, one after the other: what each means for the trace.
 *
 * A line that begins with a blank goes on with the line before. Nothing is written before the whole line was read, so a line
 * that is wrong leaves no half of a record. */
#include "tools/trace_make.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct script {
    struct words words;
    struct trace *trace;
    int64_t start_ns;
};

struct statement {
    const char *name;
    int (*run)(struct script *script, struct words *words);
};

static int need_format(const struct script *script, const struct words *words, enum trace_format format, const char *statement)
{
    static const char *const names[] = {"", "raw", "pcap", "pcapng"};
    if (script->trace->format == TRACE_NONE)
        return words_fail(words, "%s: expected a format line before it", statement);
    if (script->trace->format != format)
        return words_fail(words, "%s: only a %s has it, and this is format %s", statement, names[format],
                          names[script->trace->format]);
    return 0;
}

static int need_end(const struct words *words, const char *statement)
{
    return words_peek(words) ? words_fail(words, "%s: expected the end of the line, got %s", statement, words_got(words)) : 0;
}

/* ---- Format, start, sections, interfaces ---- */

static int read_link(struct words *words, uint64_t max, uint64_t *link)
{
    static const struct { const char *name; unsigned link; } names[] = {
        {"null", 0}, {"ethernet", 1}, {"raw", 101}, {"ieee80211", 105}, {"linux-sll", 113}, {"ppi", 192}, {"ipv4", 228},
        {"ipv6", 229}, {"linux-sll2", 276}};
    const char *word = words_peek(words);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!words_skip(words, names[i].name))
            continue;
        *link = names[i].link;
        return 0;
    }
    if (!word || !isdigit((unsigned char)*word))
        return words_fail(words, "link: expected ethernet, raw, linux-sll, ... or a number, got %s", words_got(words));
    return words_number(words, "link", max, link);
}

static int read_format_word(struct trace *trace, struct words *words, enum trace_packing *packing)
{
    if (words_skip(words, "gzip") || words_skip(words, "zstd"))
        *packing = words->list[words->next - 1][0] == 'g' ? PACKING_GZIP : PACKING_ZSTD;
    else if (words_skip(words, "big") || words_skip(words, "little"))
        trace->big = words->list[words->next - 1][0] == 'b';
    else if (trace->format == TRACE_PCAP && words_skip(words, "nanoseconds"))
        trace->nanoseconds = true;
    else if (trace->format == TRACE_PCAP && words_skip(words, "modified"))
        trace->modified = true;
    else if (trace->format == TRACE_PCAP && words_skip(words, "link"))
        return read_link(words, UINT32_MAX, &trace->link);
    else if (trace->format == TRACE_PCAP && words_skip(words, "snaplen"))
        return words_number(words, "snaplen", UINT32_MAX, &trace->snaplen);
    else if (!(trace->format == TRACE_PCAP && words_skip(words, "microseconds")))
        return words_fail(words, "format: expected a word that --help lists, got %s", words_got(words));
    return 0;
}

static int run_format(struct script *script, struct words *words)
{
    struct trace *trace = script->trace;
    enum trace_packing packing = PACKING_NONE;
    if (trace->format != TRACE_NONE)
        return words_fail(words, "format: expected only one");
    trace->format = words_skip(words, "pcap") ? TRACE_PCAP : words_skip(words, "pcapng") ? TRACE_PCAPNG
                    : words_skip(words, "raw") ? TRACE_RAW : TRACE_NONE;
    if (trace->format == TRACE_NONE)
        return words_fail(words, "format: expected pcap, pcapng or raw, got %s", words_got(words));
    while (words_peek(words)) {
        if (read_format_word(trace, words, &packing) != 0)
            return -1;
    }
    sink_set_packing(trace->sink, packing);
    trace_begin(trace);
    return 0;
}

static int run_start(struct script *script, struct words *words)
{
    return words_time(words, "start", &script->start_ns) != 0 ? -1 : need_end(words, "start");
}

static int run_section(struct script *script, struct words *words)
{
    if (need_format(script, words, TRACE_PCAPNG, "section") != 0)
        return -1;
    if (words_skip(words, "big"))
        script->trace->big = true;
    else if (words_skip(words, "little"))
        script->trace->big = false;
    if (need_end(words, "section") != 0)
        return -1;
    trace_section(script->trace);
    return 0;
}

static int read_resolution(struct words *words, uint64_t *resolution)
{
    enum { DECIMAL_MAX = 9, BINARY_MAX = 40 };
    const char *word = words_peek(words);
    bool binary = word && strncmp(word, "2^-", 3) == 0;
    char *end = NULL;
    if (word && (binary || strncmp(word, "10^-", 4) == 0)) {
        word += binary ? 3 : 4;
        *resolution = isdigit((unsigned char)*word) ? strtoull(word, &end, 10) : 0;
    }
    if (!end || *end != '\0' || *resolution > (binary ? BINARY_MAX : DECIMAL_MAX))
        return words_fail(words, "resolution: expected 10^-N up to 10^-9 or 2^-N up to 2^-40, got %s", words_got(words));
    *resolution |= binary ? 0x80 : 0;
    words->next++;
    return 0;
}

static int read_offset(struct words *words, int64_t *offset)
{
    uint64_t number;
    const char *word = words_peek(words);
    bool negative = word && *word == '-' && isdigit((unsigned char)word[1]);
    if (negative)
        memmove(words->list[words->next], word + 1, strlen(word));
    if (words_number(words, "offset", INT64_MAX / 2000000000, &number) != 0)
        return -1;
    *offset = negative ? -(int64_t)number : (int64_t)number;
    return 0;
}

static int read_interface_word(struct words *words, struct trace_interface *interface)
{
    if (words_skip(words, "link"))
        return read_link(words, 0xffff, &interface->link);
    if (words_skip(words, "snaplen"))
        return words_number(words, "snaplen", UINT32_MAX, &interface->snaplen);
    if (words_skip(words, "resolution")) {
        interface->has_resolution = true;
        return read_resolution(words, &interface->resolution);
    }
    if (words_skip(words, "offset")) {
        interface->has_offset = true;
        return read_offset(words, &interface->offset);
    }
    return words_fail(words, "interface: expected link, snaplen, resolution or offset, got %s", words_got(words));
}

static char *copy_name(const char *name)
{
    char *copy = strdup(name);
    if (!copy) {
        fputs("trace-make: out of memory\n", stderr);
        exit(EXIT_FAILURE);
    }
    return copy;
}

static int run_interface(struct script *script, struct words *words)
{
    struct trace_interface interface = {.link = 1, .snaplen = 262144};
    const char *name = words_peek(words);
    if (need_format(script, words, TRACE_PCAPNG, "interface") != 0)
        return -1;
    if (!name)
        return words_fail(words, "interface: expected its name, or - for none");
    words->next++;
    while (words_peek(words)) {
        if (read_interface_word(words, &interface) != 0)
            return -1;
    }
    interface.name = strcmp(name, "-") == 0 ? NULL : copy_name(name);
    trace_interface(script->trace, &interface);
    return 0;
}

/* ---- Packets ---- */

static int read_on(const struct script *script, struct words *words, size_t *index)
{
    const struct trace *trace = script->trace;
    const char *word = words_peek(words);
    for (size_t i = 0; i < trace->interface_count && word; i++) {
        if (!trace->interfaces[i].name || strcmp(trace->interfaces[i].name, word) != 0)
            continue;
        *index = i;
        words->next++;
        return 0;
    }
    if (word && isdigit((unsigned char)*word) && strtoull(word, NULL, 10) < trace->interface_count) {
        *index = strtoull(word, NULL, 10);
        words->next++;
        return 0;
    }
    return words_fail(words, "expected an interface of this section, by its name or its number from 0, got %s", words_got(words));
}

struct packet_options {
    struct record record;
    bool has_wire, has_claim, has_capture;
    uint64_t capture;
};

/* An option that only pcapng has. 1: this was one; 0: it was none; -1. */
static int read_pcapng_option(const struct script *script, struct words *words, struct record *record)
{
    static const char *const names[] = {"on", "in", "out", "drops", "comment", "simple", "obsolete"};
    size_t i = 0;
    while (i < sizeof names / sizeof *names && !words_skip(words, names[i]))
        i++;
    if (i == sizeof names / sizeof *names)
        return 0;
    if (need_format(script, words, TRACE_PCAPNG, names[i]) != 0)
        return -1;
    switch (i) {
    case 0: return read_on(script, words, &record->interface) == 0 ? 1 : -1;
    case 1: case 2: record->direction = i; return 1;
    case 3: record->has_drops = true; return words_number(words, "drops", UINT64_MAX, &record->drops) == 0 ? 1 : -1;
    case 4: return words_text(words, "comment", &record->comment) == 0 ? 1 : -1;
    default: record->kind = i == 5 ? RECORD_SIMPLE : RECORD_OBSOLETE; return 1;
    }
}

static int read_packet_options(const struct script *script, struct words *words, struct packet_options *options)
{
    for (;;) {
        int found = read_pcapng_option(script, words, &options->record);
        if (found < 0)
            return -1;
        if (found > 0)
            continue;
        if (words_skip(words, "wire")) {
            options->has_wire = true;
            found = words_number(words, "wire", UINT32_MAX, &options->record.wire);
        } else if (words_skip(words, "claim")) {
            options->has_claim = true;
            found = words_number(words, "claim", UINT32_MAX, &options->record.claim);
        } else if (words_skip(words, "capture")) {
            options->has_capture = true;
            found = words_number(words, "capture", UINT32_MAX, &options->capture);
        } else {
            return 0;
        }
        if (found != 0)
            return -1;
    }
}

/* Behind the time: options and layers. Fills the record with all but its time; its bytes are the frame's. */
static int read_packet(const struct script *script, struct words *words, struct bytes *frame, struct record *record)
{
    struct packet_options options = {.record = {.time_ns = record->time_ns}};
    frame->length = 0;
    if (read_packet_options(script, words, &options) != 0 || frame_build(words, frame) != 0 || need_end(words, "packet") != 0)
        return -1;
    if (script->trace->format == TRACE_PCAPNG && script->trace->interface_count == 0)
        return words_fail(words, "packet: expected an interface line before it, in this section");
    *record = options.record;
    record->bytes = frame->at;
    record->length = options.has_capture && options.capture < frame->length ? options.capture : frame->length;
    if (!options.has_wire)
        record->wire = frame->length;
    if (!options.has_claim)
        record->claim = record->length;
    return 0;
}

static int need_packets(const struct script *script, const struct words *words)
{
    if (script->trace->format == TRACE_PCAP)
        return 0;
    return need_format(script, words, TRACE_PCAPNG, "packet");
}

static int run_packet(struct script *script, struct words *words)
{
    struct record record = {0};
    struct bytes frame = {0};
    int64_t offset_ns;
    int result = -1;
    if (need_packets(script, words) != 0 || words_time(words, "time", &offset_ns) != 0)
        return -1;
    if (read_packet(script, words, &frame, &record) == 0) {
        record.time_ns = script->start_ns + offset_ns;
        trace_record(script->trace, &record);
        result = 0;
    }
    bytes_fini(&frame);
    return result;
}

/* The line is read again for each packet only where it varies. */
static int repeat(struct script *script, struct words *words, uint64_t count, int64_t every_ns, int64_t first_ns)
{
    struct words copy = {0};
    struct bytes frame = {0};
    struct record record = {0};
    bool vary = words_vary(words);
    int result = 0;
    for (uint64_t n = 0; n < count && result == 0; n++) {
        if (n == 0 || vary)
            result = words_expand(words, n, &copy) != 0 ? -1 : read_packet(script, &copy, &frame, &record);
        record.time_ns = script->start_ns + first_ns + (int64_t)n * every_ns;
        if (result == 0)
            trace_record(script->trace, &record);
    }
    words_fini(&copy);
    bytes_fini(&frame);
    return result;
}

static int run_repeat(struct script *script, struct words *words)
{
    uint64_t count;
    int64_t every_ns, first_ns;
    if (need_packets(script, words) != 0 || words_number(words, "repeat", UINT32_MAX, &count) != 0)
        return -1;
    if (!words_skip(words, "every"))
        return words_fail(words, "repeat: expected every TIME, got %s", words_got(words));
    if (words_time(words, "repeat every", &every_ns) != 0 || words_time(words, "time", &first_ns) != 0)
        return -1;
    return repeat(script, words, count, every_ns, first_ns);
}

/* ---- Other blocks and bytes ---- */

static int run_statistics(struct script *script, struct words *words)
{
    struct statistics statistics = {0};
    const struct words_field fields[] = {
        {"received", UINT64_MAX, &statistics.received.value, &statistics.received.given},
        {"if-dropped", UINT64_MAX, &statistics.if_dropped.value, &statistics.if_dropped.given},
        {"os-dropped", UINT64_MAX, &statistics.os_dropped.value, &statistics.os_dropped.given}};
    if (need_format(script, words, TRACE_PCAPNG, "statistics") != 0 || read_on(script, words, &statistics.interface) != 0
        || words_time(words, "statistics", &statistics.time_ns) != 0 || words_fields(words, "statistics", fields, 3) != 0
        || need_end(words, "statistics") != 0)
        return -1;
    statistics.time_ns += script->start_ns;
    trace_statistics(script->trace, &statistics);
    return 0;
}

static int run_block(struct script *script, struct words *words)
{
    uint64_t type;
    struct bytes body = {0};
    if (need_format(script, words, TRACE_PCAPNG, "block") != 0 || words_number(words, "block", UINT32_MAX, &type) != 0)
        return -1;
    int result = words_hex(words, &body) != 0 ? -1 : need_end(words, "block");
    if (result == 0)
        trace_block(script->trace, (uint32_t)type, &body);
    bytes_fini(&body);
    return result;
}

static int run_raw(struct script *script, struct words *words)
{
    struct bytes bytes = {0};
    const char *word = words_peek(words);
    int result = 0;
    if (script->trace->format == TRACE_NONE)
        return words_fail(words, "raw: expected a format line before it");
    if (word && *word == '"') {
        words->next++;
        bytes_add(&bytes, word + 1, strlen(word + 1));
    } else {
        result = words_hex(words, &bytes);
    }
    if (result == 0)
        result = need_end(words, "raw");
    if (result == 0)
        sink_add(script->trace->sink, bytes.at, bytes.length);
    bytes_fini(&bytes);
    return result;
}

static int run_cut(struct script *script, struct words *words)
{
    uint64_t length;
    if (words_number(words, "cut", 65536, &length) != 0 || need_end(words, "cut") != 0)
        return -1;
    if (sink_cut(script->trace->sink, length) != 0)
        return words_fail(words, "cut: expected fewer bytes; so many were not written");
    return 0;
}

/* ---- The script ---- */

static int run_words(struct script *script, struct words *words)
{
    static const struct statement statements[] = {
        {"format", run_format}, {"start", run_start}, {"section", run_section}, {"interface", run_interface},
        {"repeat", run_repeat}, {"statistics", run_statistics}, {"block", run_block}, {"raw", run_raw}, {"cut", run_cut}};
    const char *word = words_peek(words);
    if (!word)
        return 0;
    if (*word == '+')
        return run_packet(script, words);
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        if (words_skip(words, statements[i].name))
            return statements[i].run(script, words);
    }
    return words_fail(words, "expected +TIME, format, start, interface, repeat, ... (--help lists them), got %s", word);
}

static int run_line(struct script *script)
{
    int result = run_words(script, &script->words);
    words_fini(&script->words);
    return result;
}

int script_run(FILE *description, const char *name, struct trace *trace)
{
    struct script script = {.words = {.file = name}, .trace = trace};
    char *line = NULL;
    size_t capacity = 0, number = 0;
    int result = 0;
    while (result == 0 && getline(&line, &capacity, description) >= 0) {
        number++;
        if (!isspace((unsigned char)line[0])) {
            result = run_line(&script);
            script.words.line = number;
        }
        if (result == 0)
            result = words_split(&script.words, line);
    }
    if (result == 0)
        result = run_line(&script);
    if (result == 0 && trace->format == TRACE_NONE)
        result = words_fail(&script.words, "expected a format line, got none");
    words_fini(&script.words);
    free(line);
    return result;
}
