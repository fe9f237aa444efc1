/* SPDX-License-Identifier: MIT */
/* The command: reads its line, makes a run of it, lets it run, and reports. Only this file exits.
 *
 * A live run goes in this order, so that no more rights are held than are needed: the process that will run COMMAND is forked,
 * the ports are opened, privileges are given up, and only then plugins are loaded and files written. What file capabilities gave
 * goes before any plugin is loaded, whatever is asked for.
 *
 * Exit status: that of the document (document.h); 2 where there is none, or where a report or the recording could not be written
 * whole and nothing worse is to be told. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/document.h"
#include "core/launcher.h"
#include "core/privileges.h"
#include "core/run.h"
#include "core/signals.h"
#include "tools/command_line.h"
#include "tools/describe.h"
#include "tools/help.h"
#include "tools/monitor.h"
#include "tools/progress.h"
#include "tools/report.h"
#include "tools/wrong_end.h"

enum { EXIT_USAGE = 2 };

static int complain(const struct error *error)
{
    fprintf(stderr, "aptrace: %s\n", error->text);
    return EXIT_USAGE;
}

/* ---- Reports ----------------------------------------------------------------------------------------------------------- */

static bool wants_colour(const struct command_line *line, FILE *file)
{
    const char *term = getenv("TERM");
    if (line->colour != COLOUR_AUTO)
        return line->colour == COLOUR_ALWAYS;
    return isatty(fileno(file)) && !getenv("NO_COLOR") && term && strcmp(term, "dumb") != 0;
}

static int write_format(FILE *file, enum report_format format, const struct document *document, const struct report_style *style)
{
    switch (format) {
    case REPORT_TEXT: return report_text(file, document, style);
    case REPORT_JSON: return report_json(file, document, style);
    case REPORT_TAP: return report_tap(file, document, style);
    case REPORT_JUNIT: return report_junit(file, document, style);
    }
    return -1;
}

static int write_report(const struct command_line *line, const struct command_report *report, const struct document *document,
                        struct error *error)
{
    bool to_output = !report->path || strcmp(report->path, "-") == 0;
    bool is_taken = to_output && line->record && strcmp(line->record, "-") == 0;
    const char *path = is_taken ? "standard error" : to_output ? "standard output" : report->path;
    FILE *file = is_taken ? stderr : to_output ? stdout : fopen(report->path, "we");
    if (!file)
        return error_set(error, "--report: %s cannot be written: %s", path, strerror(errno));
    struct report_style style = {.colour = wants_colour(line, file), .quiet = line->quiet, .verbose = line->verbose};
    errno = 0;
    int result = write_format(file, report->format, document, &style);
    int why = errno;
    if (!to_output && fclose(file) != 0) {
        why = errno;
        result = -1;
    }
    return result == 0 ? 0 : error_set(error, "--report: %s could not be written whole: %s", path, strerror(why ? why : EIO));
}

static int write_reports(const struct command_line *line, const struct document *document)
{
    static const struct command_report text_to_output = {.format = REPORT_TEXT};
    bool only_shown = line->monitor && document->expectation_count == 0;
    size_t count = line->report_count || only_shown ? line->report_count : 1;
    const struct command_report *reports = line->report_count ? line->reports : &text_to_output;
    int status = document_exit_status(document);
    for (size_t i = 0; i < count; i++) {
        struct error error = {""};
        if (write_report(line, &reports[i], document, &error) != 0) {
            complain(&error);
            status = status == 0 ? EXIT_USAGE : status;
        }
    }
    return status;
}

/* ---- The run ----------------------------------------------------------------------------------------------------------- */

struct session {
    const struct command_line *line;
    struct run *run;
    struct launcher *launcher; /* [may be null] */
    struct monitor *monitor;   /* [may be null] */
    struct progress progress;
    struct text *wrong_ends;   /* by source: what was noted of it when armed; empty: nothing */
};

/* Scripts wait for this word. */
static void on_armed(void *context)
{
    struct session *session = context;
    for (size_t i = 0; i < session->line->source_count; i++) {
        if (wrong_end_find(session->line->sources[i].path, &session->wrong_ends[i]))
            fprintf(stderr, "aptrace: note: %s\n", text_bytes(&session->wrong_ends[i]));
    }
    fputs("armed\n", stderr);
    progress_begin(&session->progress, session->progress.on);
}

static bool on_packets(void *context, const struct batch *batch, unsigned count)
{
    struct session *session = context;
    struct error error = {""};
    if (monitor_bind(session->monitor, run_sources(session->run), &error) != 0) { /* a source that came late */
        complain(&error);
        return false;
    }
    return monitor_packets(session->monitor, run_sources(session->run), batch, count);
}

static void on_round(void *context)
{
    struct session *session = context;
    progress_show(&session->progress, session->run);
}

static int open_sources(struct session *session, struct error *error)
{
    const struct command_line *line = session->line;
    for (size_t i = 0; i < line->source_count; i++) {
        const struct command_source *source = &line->sources[i];
        if ((line->is_live ? run_live : run_replay)(session->run, source->name, source->path, error) != 0)
            return -1;
    }
    return 0;
}

static int add_expectations(struct session *session, struct error *error)
{
    const struct command_line *line = session->line;
    for (size_t i = 0; i < line->expectation_count; i++) {
        if (run_expect(session->run, &line->expectations[i], error) != 0)
            return -1;
    }
    int recorded = line->expectation_count == 0 && !line->is_live ? run_expect_recorded(session->run, error) : 0;
    if (recorded < 0)
        return -1;
    if (line->expectation_count == 0 && recorded == 0 && !line->monitor)
        return error_set(error, NO_EXPECTATION);
    return 0;
}

static int set_up(struct session *session, struct error *error)
{
    const struct command_line *line = session->line;
    if (open_sources(session, error) != 0)
        return -1;
    bool gives_up = line->is_live || line->user;
    if ((gives_up ? privileges_give_up(line->user, error) : privileges_drop_granted(error)) != 0)
        return -1;
    if (add_expectations(session, error) != 0)
        return -1;
    if (session->monitor && monitor_bind(session->monitor, run_sources(session->run), error) != 0)
        return -1;
    if (line->record && run_record(session->run, line->record, error) != 0)
        return -1;
    return run_start(session->run, error);
}

static void begin(struct session *session, const struct command_line *line)
{
    struct run_options options = line->run;
    options.launcher = session->launcher;
    options.listener = (struct run_listener){.context = session, .armed = on_armed, .round = on_round};
    session->line = line;
    session->wrong_ends = memory_new(line->source_count + 1, sizeof *session->wrong_ends);
    if (line->monitor) {
        session->monitor = monitor_new(stdout, &line->monitored);
        options.listener.packets = on_packets;
    }
    session->run = run_new(&options);
    progress_begin(&session->progress, !line->quiet && !line->monitor);
}

static void end(struct session *session)
{
    run_free(session->run);
    monitor_free(session->monitor);
    launcher_free(session->launcher);
    for (size_t i = 0; i < session->line->source_count; i++)
        text_fini(&session->wrong_ends[i]);
    free(session->wrong_ends);
}

static bool failed_on(const struct document *document, const char *source)
{
    for (size_t i = 0; i < document->expectation_count; i++) {
        const struct document_expectation *expectation = &document->expectations[i];
        for (size_t j = 0; expectation->verdict == VERDICT_FAIL && j < expectation->on_count; j++) {
            if (strcmp(expectation->on[j], source) == 0)
                return true;
        }
    }
    return false;
}

/* Something failed on a port that received nothing, and another program holds it: that is said again where it is read. */
static void note_wrong_ends(const struct session *session, struct document *document)
{
    for (size_t i = 0; i < session->line->source_count && i < document->source_count; i++) {
        const struct text *note = &session->wrong_ends[i];
        if (note->length == 0 || document->sources[i].packets != 0 || !failed_on(document, document->sources[i].name))
            continue;
        const char **notes = arena_new(&document->arena, (document->note_count + 1) * sizeof *notes);
        for (size_t j = 0; j < document->note_count; j++)
            notes[j] = document->notes[j];
        notes[document->note_count++] = arena_text(&document->arena, text_bytes(note));
        document->notes = notes;
    }
}

static void add_duration(struct text *words, const char *option, int64_t duration_ns, int64_t usual_ns)
{
    if (duration_ns == usual_ns)
        return;
    text_add(words, " %s ", option);
    if (duration_ns == INT64_MAX)
        text_add(words, "none");
    else
        text_add_duration(words, duration_ns);
}

/* What to paste for another try must send again, and listen as long. A recording needs none of that. */
static void add_live_words(const struct command_line *line, struct document *document)
{
    struct text words = {0}, command = {0};
    if (!line->is_live || (line->record && strcmp(line->record, "-") != 0))
        return;
    text_add(&words, "%s", document->sources_words);
    if (line->command)
        add_duration(&words, "--settle", line->run.live.settle_ns, COMMAND_SETTLE_NS);
    else
        add_duration(&words, "--duration", line->run.live.duration_ns, COMMAND_DURATION_NS);
    document->sources_words = arena_text(&document->arena, text_bytes(&words));
    for (char **word = line->command; word && *word; word++) {
        text_add(&command, word == line->command ? "-- " : " ");
        text_add_shell_word(&command, *word);
    }
    document->command_words = line->command ? arena_text(&document->arena, text_bytes(&command)) : NULL;
    text_fini(&words);
    text_fini(&command);
}

static int report(struct session *session)
{
    struct error error = {""};
    struct document document;
    int whole = run_finish(session->run, &error) == 0 ? 0 : complain(&error);
    run_document(session->run, &document);
    note_wrong_ends(session, &document);
    add_live_words(session->line, &document);
    if (session->monitor && document.expectation_count == 0)
        fprintf(stderr, "%llu packets, %llu dropped\n", (unsigned long long)document.packets,
                (unsigned long long)document.dropped);
    int status = write_reports(session->line, &document);
    arena_fini(&document.arena);
    return status ? status : whole;
}

static int run_line(const struct command_line *line)
{
    struct error error = {""};
    struct session session = {0};
    int status = EXIT_USAGE;
    if (line->command && !(session.launcher = launcher_new(line->command, &error)))
        return complain(&error);
    const struct signals *signals = signals_catch();
    begin(&session, line);
    int result = set_up(&session, &error);
    if (result == 0) {
        if (session.monitor)
            monitor_begin(session.monitor, run_origin_ns(session.run));
        result = run_execute(session.run, signals, &error);
    }
    progress_end(&session.progress);
    status = result == 0 ? report(&session) : complain(&error);
    end(&session);
    return status;
}

static int list_plugins(void)
{
    struct error error = {""};
    if (privileges_drop_granted(&error) != 0)
        return complain(&error);
    return describe_list(stdout) == 0 ? 0 : EXIT_USAGE;
}

static int describe(const char *name)
{
    struct error error = {""};
    if (privileges_drop_granted(&error) != 0)
        return complain(&error);
    int result = strcmp(name, "fields") == 0 ? describe_fields(stdout, &error) : describe_plugin(stdout, name, &error);
    return result == 0 ? 0 : complain(&error);
}

static int print_version(void)
{
    int printed = printf("aptrace %s, plugin ABI %d.%d\n", PACKAGE_VERSION, APTRACE_ABI_MAJOR, APTRACE_ABI_MINOR);
    return printed > 0 && fflush(stdout) == 0 ? 0 : EXIT_USAGE;
}

static int act(const struct command_line *line)
{
    switch (line->action) {
    case ACTION_RUN: return run_line(line);
    case ACTION_LIST_PLUGINS: return list_plugins();
    case ACTION_DESCRIBE: return describe(line->describe);
    case ACTION_VERSION: return print_version();
    case ACTION_HELP: return fputs(help_text, stdout) >= 0 && fflush(stdout) == 0 ? 0 : EXIT_USAGE;
    }
    return EXIT_USAGE;
}

/* Standard streams that the caller closed: a file opened later must not take their place. What is written to one fails. */
static void hold_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open(fd == STDIN_FILENO ? "/dev/null" : "/dev/full", O_RDWR) != fd) /* left open on purpose */
            _exit(EXIT_USAGE);
    }
}

int main(int argc, char **argv)
{
    struct command_line line;
    struct error error = {""};
    hold_streams();
    int status = command_line_parse(&line, argc, argv, &error) == 0 ? act(&line) : complain(&error);
    command_line_fini(&line);
    return status;
}
