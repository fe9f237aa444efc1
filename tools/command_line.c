/* SPDX-License-Identifier: MIT */
/* The grammar of the command line: sources, options, and expectations, each begun by --plugin. Parameters and the options of an
 * expectation belong to the --plugin before them; such options before the first --plugin are the default for all. */
#include "tools/command_line.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/expectation_words.h"
#include "core/filter.h"
#include "core/number.h"
#include "core/plugin_load.h"
#include "core/wanted_file.h"
#include "core/words.h"

enum option {
    OPTION_PLUGIN = EXPECTATION_OPTIONS_END, OPTION_LIVE, OPTION_REPLAY, OPTION_RECORD, OPTION_DURATION, OPTION_SETTLE,
    OPTION_BUFFER, OPTION_SNAPLEN, OPTION_NO_PROMISCUOUS, OPTION_USER, OPTION_MONITOR, OPTION_REPORT, OPTION_ORIGIN,
    OPTION_STRICT_END, OPTION_LINK_TYPE, OPTION_COLOUR, OPTION_QUIET, OPTION_VERBOSE, OPTION_PLUGIN_BUDGET, OPTION_LIST_PLUGINS,
    OPTION_DESCRIBE, OPTION_HELP, OPTION_VERSION
};

static const struct words_option own_options[] = {
    {"plugin", 'p', true, OPTION_PLUGIN},
    {"live", 'i', true, OPTION_LIVE},
    {"replay", 'r', true, OPTION_REPLAY},
    {"record", 'w', true, OPTION_RECORD},
    {"duration", 0, true, OPTION_DURATION},
    {"settle", 0, true, OPTION_SETTLE},
    {"buffer", 0, true, OPTION_BUFFER},
    {"snaplen", 0, true, OPTION_SNAPLEN},
    {"no-promiscuous", 0, false, OPTION_NO_PROMISCUOUS},
    {"user", 0, true, OPTION_USER},
    {"monitor", 0, false, OPTION_MONITOR},
    {"report", 0, true, OPTION_REPORT},
    {"origin", 0, true, OPTION_ORIGIN},
    {"strict-end", 0, false, OPTION_STRICT_END},
    {"link-type", 0, true, OPTION_LINK_TYPE},
    {"colour", 0, true, OPTION_COLOUR},
    {"color", 0, true, OPTION_COLOUR},
    {"quiet", 'q', false, OPTION_QUIET},
    {"verbose", 'v', false, OPTION_VERBOSE},
    {"plugin-budget", 0, true, OPTION_PLUGIN_BUDGET},
    {"list-plugins", 0, false, OPTION_LIST_PLUGINS},
    {"describe", 0, true, OPTION_DESCRIBE},
    {"help", 'h', false, OPTION_HELP},
    {"version", 'V', false, OPTION_VERSION},
};

enum { SNAPLEN_MAX = 262144 };

enum { OWN_OPTIONS = sizeof own_options / sizeof *own_options, ALL_OPTIONS = OWN_OPTIONS + EXPECTATION_OPTIONS_END - 1 };

/* The words of the expectation that is being read, with the folders that their paths are relative to. */
struct parsing {
    struct command_line *line;
    struct words words;
    struct expectation_spec defaults;
    const char **pending; /* plugin, parameters and options */
    size_t pending_count;
    bool has_plugin;
    const char *live_only; /* [may be null] the first option that only a live run has */
    bool has_replay, has_duration;
    struct error *error;
};

/* ---- Values of options ------------------------------------------------------------------------------------------------- */

static bool is_source_name(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (!isalnum((unsigned char)text[i]) && !strchr("_.-", text[i]))
            return false;
    }
    return length > 0;
}

/* Takes NAME= off the front. What has an equals sign behind something that is no NAME is left alone. */
static struct command_source read_source(struct command_line *line, const char *value)
{
    const char *equals = strchr(value, '=');
    struct command_source source = {.path = value};
    if (equals && is_source_name(value, (size_t)(equals - value))) {
        char *name = arena_text(&line->arena, value);
        name[equals - value] = '\0';
        source.name = name;
        source.path = equals + 1;
    }
    return source;
}

static void add_source(struct command_line *line, const struct command_source *source)
{
    line->sources = memory_grow(line->sources, &line->source_capacity, line->source_count, sizeof *line->sources);
    line->sources[line->source_count++] = *source;
}

/* [NAME=]FILE */
static int add_replay(struct parsing *parsing, const char *value)
{
    struct command_line *line = parsing->line;
    struct command_source source = read_source(line, value);
    if (source.path[0] == '\0')
        return error_set(parsing->error, "--replay \"%s\": expected [NAME=]FILE, or - for standard input; the file is empty",
                         value);
    source.path = word_list_path(&line->words, parsing->words.next - 1, source.path, &line->arena);
    parsing->has_replay = true;
    add_source(line, &source);
    return 0;
}

/* [NAME=][NETNS/]IFACE */
static int add_live(struct parsing *parsing, const char *value)
{
    struct command_source source = read_source(parsing->line, value);
    if (source.path[0] == '\0')
        return error_set(parsing->error, "--live \"%s\": expected [NAME=][NETNS/]IFACE; the interface is empty", value);
    if (strcmp(source.path, "any") == 0)
        return error_set(parsing->error, "--live any: its packets lose their VLAN tags and cannot be told apart by port; "
                         "name each interface: --live eth0 --live eth1");
    parsing->line->is_live = true;
    add_source(parsing->line, &source);
    return 0;
}

static int set_record(struct parsing *parsing, const char *value)
{
    struct command_line *line = parsing->line;
    parsing->live_only = "--record";
    if (value[0] == '\0')
        return error_set(parsing->error, "--record: expected a file, or - for standard output; it is empty");
    if (line->record)
        return error_set(parsing->error, "--record is given twice; a run has one recording");
    line->record = word_list_path(&line->words, parsing->words.next - 1, value, &line->arena);
    return 0;
}

static int set_duration(struct parsing *parsing, const char *value)
{
    int64_t *duration_ns = &parsing->line->run.live.duration_ns;
    parsing->live_only = "--duration";
    parsing->has_duration = true;
    if (strcmp(value, "none") == 0)
        *duration_ns = INT64_MAX;
    else if (!number_duration(value, duration_ns))
        return error_set(parsing->error, "--duration \"%s\": expected how long to listen, such as 500ms, 5s or 1m, or none",
                         value);
    return 0;
}

static int set_settle(struct parsing *parsing, const char *value)
{
    parsing->live_only = "--settle";
    if (!number_duration(value, &parsing->line->run.live.settle_ns))
        return error_set(parsing->error, "--settle \"%s\": expected how long to listen after the command, such as 200ms or 2s",
                         value);
    return 0;
}

static int set_buffer(struct parsing *parsing, const char *value)
{
    parsing->live_only = "--buffer";
    if (!number_size(value, &parsing->line->run.live.buffer_bytes) || parsing->line->run.live.buffer_bytes == 0)
        return error_set(parsing->error, "--buffer \"%s\": expected the memory of all rings together, such as 64M or 1G", value);
    return 0;
}

static int set_snaplen(struct parsing *parsing, const char *value)
{
    uint64_t bytes;
    parsing->live_only = "--snaplen";
    if (!number_uint(value, &bytes) || bytes == 0 || bytes > SNAPLEN_MAX)
        return error_set(parsing->error, "--snaplen \"%s\": expected how much of a packet is kept, 1 to %d bytes", value,
                         SNAPLEN_MAX);
    parsing->line->run.live.snaplen = (uint32_t)bytes;
    return 0;
}

static int add_report(struct parsing *parsing, const char *value)
{
    static const char *const names[] = {"text", "json", "tap", "junit"};
    struct command_line *line = parsing->line;
    size_t length = strcspn(value, ":");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strlen(names[i]) != length || memcmp(names[i], value, length) != 0)
            continue;
        struct command_report report = {.format = (enum report_format)i};
        if (value[length] == ':')
            report.path = word_list_path(&line->words, parsing->words.next - 1, value + length + 1, &line->arena);
        if (report.path && report.path[0] == '\0')
            return error_set(parsing->error, "--report \"%s\": the file behind the colon is empty", value);
        line->reports = memory_grow(line->reports, &line->report_capacity, line->report_count, sizeof *line->reports);
        line->reports[line->report_count++] = report;
        return 0;
    }
    return error_set(parsing->error, "--report \"%s\": expected FORMAT or FORMAT:FILE, where FORMAT is text, json, tap or junit", value);
}

static int set_origin(struct parsing *parsing, const char *value)
{
    parsing->line->run.has_origin = true;
    if (!number_time(value, &parsing->line->run.origin_ns))
        return error_set(parsing->error, "--origin \"%s\": expected a moment: seconds since 1970 such as 1700000000.5, "
                         "2026-11-23T10:00:00Z, or nanoseconds such as 1700000000500000000ns", value);
    return 0;
}

static int set_link_type(struct parsing *parsing, const char *value)
{
    parsing->line->run.link_type = link_type_by_name(value);
    if (parsing->line->run.link_type < 0)
        return error_set(parsing->error, "--link-type \"%s\": expected a name such as EN10MB, LINUX_SLL or RAW, or a number", value);
    return 0;
}

static int set_colour(struct parsing *parsing, const char *value)
{
    static const char *const names[] = {"auto", "always", "never"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], value) == 0) {
            parsing->line->colour = (enum command_colour)i;
            return 0;
        }
    }
    return error_set(parsing->error, "--colour \"%s\": expected auto, always or never", value);
}

/* ---- Expectations ------------------------------------------------------------------------------------------------------ */

static int finish_expectation(struct parsing *parsing)
{
    struct command_line *line = parsing->line;
    if (!parsing->has_plugin)
        return 0;
    line->expectations = memory_grow(line->expectations, &line->expectation_capacity, line->expectation_count,
                                     sizeof *line->expectations);
    parsing->has_plugin = false;
    return expectation_words_parse(parsing->pending, parsing->pending_count, &parsing->defaults,
                                   &line->expectations[line->expectation_count++], &line->arena, parsing->error);
}

static int begin_expectation(struct parsing *parsing, const char *plugin)
{
    struct command_line *line = parsing->line;
    if (finish_expectation(parsing) != 0)
        return -1;
    if (strchr(plugin, '/'))
        plugin = word_list_path(&line->words, parsing->words.next - 1, plugin, &line->arena);
    parsing->has_plugin = true;
    parsing->pending = arena_new(&line->arena, (parsing->words.count - parsing->words.next + 1) * 2 * sizeof *parsing->pending);
    parsing->pending[0] = plugin;
    parsing->pending_count = 1;
    return 0;
}

/* Wanted packets may lie in a capture: its path is seen from where the word stands, as all are. */
static const char *place_wanted(struct parsing *parsing, const char *word)
{
    struct command_line *line = parsing->line;
    size_t at = wanted_file_in_word(word);
    struct text text = {0};
    if (at == 0)
        return word;
    text_add(&text, "%.*s%s", (int)at, word, word_list_path(&line->words, parsing->words.next - 1, word + at, &line->arena));
    word = arena_text(&line->arena, text_bytes(&text));
    text_fini(&text);
    return word;
}

static int add_bare_word(struct parsing *parsing, const char *word)
{
    if (parsing->has_plugin) {
        parsing->pending[parsing->pending_count++] = place_wanted(parsing, word);
        return 0;
    }
    if (strchr(word, '='))
        return error_set(parsing->error, "\"%s\" stands before the first --plugin; parameters belong behind theirs: "
                         "--plugin PLUGIN %s", word, word);
    return error_set(parsing->error, "\"%s\" belongs to no option; did you mean --plugin %s or --replay %s?", word, word, word);
}

static int add_expectation_option(struct parsing *parsing, const struct words_item *item)
{
    struct text word = {0};
    if (!parsing->has_plugin)
        return expectation_words_option(&parsing->defaults, item->id, item->value, &parsing->line->arena, parsing->error);
    text_add(&word, "--%s=%s", expectation_options[item->id - 1].name, item->value);
    parsing->pending[parsing->pending_count++] = arena_text(&parsing->line->arena, text_bytes(&word));
    text_fini(&word);
    return 0;
}

/* ---- The line ---------------------------------------------------------------------------------------------------------- */

static int set_plugin_budget(struct parsing *parsing, const char *value)
{
    enum { LEAST_NS = 10000000 }; /* below it a machine that is busy would be blamed on a plugin */
    if (number_duration(value, &parsing->line->run.plugin_budget_ns) && parsing->line->run.plugin_budget_ns >= LEAST_NS)
        return 0;
    return error_set(parsing->error, "--plugin-budget \"%s\": expected how long one callback may take, 10ms or more", value);
}

static int take_item(struct parsing *parsing, const struct words_item *item)
{
    struct command_line *line = parsing->line;
    if (item->id == WORDS_BARE)
        return add_bare_word(parsing, item->value);
    if (item->id < (int)EXPECTATION_OPTIONS_END)
        return add_expectation_option(parsing, item);
    switch ((enum option)item->id) {
    case OPTION_PLUGIN: return begin_expectation(parsing, item->value);
    case OPTION_LIVE: return add_live(parsing, item->value);
    case OPTION_REPLAY: return add_replay(parsing, item->value);
    case OPTION_RECORD: return set_record(parsing, item->value);
    case OPTION_DURATION: return set_duration(parsing, item->value);
    case OPTION_SETTLE: return set_settle(parsing, item->value);
    case OPTION_BUFFER: return set_buffer(parsing, item->value);
    case OPTION_SNAPLEN: return set_snaplen(parsing, item->value);
    case OPTION_REPORT: return add_report(parsing, item->value);
    case OPTION_ORIGIN: return set_origin(parsing, item->value);
    case OPTION_LINK_TYPE: return set_link_type(parsing, item->value);
    case OPTION_PLUGIN_BUDGET: return set_plugin_budget(parsing, item->value);
    case OPTION_COLOUR: return set_colour(parsing, item->value);
    case OPTION_NO_PROMISCUOUS: line->run.live.promiscuous = false; parsing->live_only = "--no-promiscuous"; break;
    case OPTION_USER: line->user = item->value; break;
    case OPTION_MONITOR: line->monitor = true; break;
    case OPTION_STRICT_END: line->run.strict_end = true; break;
    case OPTION_QUIET: line->quiet = true; break;
    case OPTION_VERBOSE: line->verbose = true; break;
    case OPTION_LIST_PLUGINS: line->action = ACTION_LIST_PLUGINS; break;
    case OPTION_DESCRIBE: line->action = ACTION_DESCRIBE; line->describe = item->value; break;
    case OPTION_HELP: line->action = ACTION_HELP; break;
    case OPTION_VERSION: line->action = ACTION_VERSION; break;
    }
    return 0;
}

static int parse_words(struct parsing *parsing)
{
    struct words_option options[ALL_OPTIONS];
    struct words_item item;
    int found;
    memcpy(options, own_options, sizeof own_options);
    memcpy(options + OWN_OPTIONS, expectation_options, sizeof expectation_options);
    while ((found = words_next(&parsing->words, options, ALL_OPTIONS, &item, parsing->error)) > 0) {
        if (take_item(parsing, &item) != 0)
            return -1;
        if (parsing->line->action == ACTION_HELP || parsing->line->action == ACTION_VERSION)
            return 0;
    }
    return found < 0 || finish_expectation(parsing) != 0 ? -1 : 0;
}

static void take_command(struct parsing *parsing)
{
    struct command_line *line = parsing->line;
    size_t count = parsing->words.count - parsing->words.next;
    if (count == 0)
        return;
    line->command = arena_new(&line->arena, (count + 1) * sizeof *line->command);
    for (size_t i = 0; i < count; i++)
        line->command[i] = arena_text(&line->arena, parsing->words.list[parsing->words.next + i]);
}

/* What the ports must see for all that is asked: both ways, where the expectations differ. */
static enum live_direction wanted_direction(const struct command_line *line)
{
    static const enum live_direction directions[] = {LIVE_IN, LIVE_OUT, LIVE_BOTH};
    unsigned wanted = line->monitor ? directions[line->monitored.direction] : 0;
    for (size_t i = 0; i < line->expectation_count; i++)
        wanted |= directions[line->expectations[i].direction];
    return (enum live_direction)(wanted ? wanted : LIVE_IN);
}

static int check_live(struct parsing *parsing, struct error *error)
{
    struct command_line *line = parsing->line;
    if (line->is_live && parsing->has_replay)
        return error_set(error, "--live and --replay in one run: packets that come now and packets of a trace have no clock in "
                         "common; record the live run, then replay both");
    if (line->is_live && (line->run.has_origin || line->run.strict_end || line->run.link_type >= 0))
        return error_set(error, "--origin, --strict-end and --link-type are for traces; a live run knows its origin, end and link "
                         "types");
    if (!line->is_live && line->command)
        return error_set(error, "a command (-- %s) needs live sources; a trace is replayed without one", line->command[0]);
    if (!line->is_live && parsing->live_only)
        return error_set(error, "%s needs live sources: --live IFACE", parsing->live_only);
    if (line->command && parsing->has_duration)
        return error_set(error, "--duration and a command (-- %s): the run closes --settle after the command ends; leave "
                         "--duration out, or give the expectations a --timeout", line->command[0]);
    return 0;
}

/* Whoever only looks on wants to look until told otherwise. */
static void settle_live(struct parsing *parsing)
{
    struct command_line *line = parsing->line;
    line->monitored = parsing->defaults;
    line->run.live.direction = wanted_direction(line);
    line->run.live.ports = line->source_count;
    if (line->expectation_count == 0 && !parsing->has_duration)
        line->run.live.duration_ns = INT64_MAX;
}

/* A replay may do without expectations where a recording holds some. */
static int check_whole(const struct command_line *line, struct error *error)
{
    if (line->action != ACTION_RUN)
        return 0;
    if (line->source_count == 0)
        return error_set(error, "no source: say what to look at with --live IFACE or --replay FILE; aptrace --help tells more");
    if (line->is_live && line->expectation_count == 0 && !line->monitor)
        return error_set(error, NO_EXPECTATION "; --monitor only shows packets");
    return 0;
}

static int check_reports(const struct command_line *line, struct error *error)
{
    size_t to_output = 0;
    for (size_t i = 0; i < line->report_count; i++)
        to_output += !line->reports[i].path || strcmp(line->reports[i].path, "-") == 0;
    for (size_t i = 0; line->monitor && i < line->report_count; i++) {
        if (line->reports[i].format != REPORT_TEXT && (!line->reports[i].path || strcmp(line->reports[i].path, "-") == 0))
            return error_set(error, "--monitor writes to standard output too; give the report a file: --report FORMAT:FILE");
    }
    to_output += line->record && strcmp(line->record, "-") == 0;
    if (line->record && strcmp(line->record, "-") == 0 && (to_output > 1 || line->monitor))
        return error_set(error, "--record - writes to standard output, and so would a report or --monitor; give them files");
    if (to_output > 1)
        return error_set(error, "%zu reports would be mixed on standard output; give all but one a file: --report FORMAT:FILE", to_output);
    return 0;
}

int command_line_parse(struct command_line *line, int argc, char *const *argv, struct error *error)
{
    memset(line, 0, sizeof *line);
    line->run.link_type = -1;
    line->run.live = (struct live_options){.buffer_bytes = 64 << 20, .snaplen = SNAPLEN_MAX, .promiscuous = true,
                                           .direction = LIVE_IN, .duration_ns = COMMAND_DURATION_NS,
                                           .settle_ns = COMMAND_SETTLE_NS};
    if (argc > 0 && word_list_add(&line->words, argv + 1, (size_t)argc - 1, &line->arena, error) != 0)
        return -1;
    struct parsing parsing = {.line = line, .words = {line->words.words, line->words.count, 0}, .error = error};
    if (line->words.count == 0 && argc > 1)
        return error_set(error, "the files named by @ hold no words: nothing is asked");
    if (line->words.count == 0)
        line->action = ACTION_HELP;
    if (parse_words(&parsing) != 0 || check_whole(line, error) != 0)
        return -1;
    take_command(&parsing);
    settle_live(&parsing);
    if (line->action == ACTION_RUN && check_live(&parsing, error) != 0)
        return -1;
    return check_reports(line, error);
}

void command_line_fini(struct command_line *line)
{
    word_list_fini(&line->words);
    free(line->sources);
    free(line->expectations);
    free(line->reports);
    arena_fini(&line->arena);
}
