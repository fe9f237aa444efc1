/* SPDX-License-Identifier: MIT */
/* The command: reads its line, makes a run of it, lets it run, and reports. Only this file exits.
 *
 * Exit status: that of the document (document.h); 2 where there is none, or where a report could not be written. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/document.h"
#include "core/run.h"
#include "tools/command_line.h"
#include "tools/describe.h"
#include "tools/help.h"
#include "tools/report.h"

enum { EXIT_USAGE = 2 };

static volatile bool interrupted;

/* The first signal ends the run cleanly; the next one has its usual effect. */
static void on_signal(int number)
{
    (void)number;
    interrupted = true;
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static int complain(const struct error *error)
{
    fprintf(stderr, "aptrace: %s\n", error->text);
    return EXIT_USAGE;
}

/* ---- Reports -------------------------------------------------------------------------------------------------------------- */

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
    const char *path = to_output ? "standard output" : report->path;
    FILE *file = to_output ? stdout : fopen(report->path, "we");
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
    size_t count = line->report_count ? line->report_count : 1;
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

/* ---- The run ---------------------------------------------------------------------------------------------------------------- */

static int set_up(struct run *run, const struct command_line *line, struct error *error)
{
    for (size_t i = 0; i < line->source_count; i++) {
        if (run_replay(run, line->sources[i].name, line->sources[i].path, error) != 0)
            return -1;
    }
    for (size_t i = 0; i < line->expectation_count; i++) {
        if (run_expect(run, &line->expectations[i], error) != 0)
            return -1;
    }
    return run_start(run, error);
}

static int run_line(const struct command_line *line)
{
    struct error error = {""};
    struct document document;
    struct run *run = run_new(&line->run);
    int status = EXIT_USAGE;
    catch_signals();
    if (set_up(run, line, &error) != 0 || run_execute(run, &interrupted, &error) != 0) {
        complain(&error);
        goto out;
    }
    run_document(run, &document);
    status = write_reports(line, &document);
    arena_fini(&document.arena);
out:
    run_free(run);
    return status;
}

static int describe(const char *name)
{
    struct error error = {""};
    return describe_plugin(stdout, name, &error) == 0 ? 0 : complain(&error);
}

static int act(const struct command_line *line)
{
    switch (line->action) {
    case ACTION_RUN: return run_line(line);
    case ACTION_LIST_PLUGINS: return describe_list(stdout) == 0 ? 0 : EXIT_USAGE;
    case ACTION_DESCRIBE: return describe(line->describe);
    case ACTION_VERSION: return printf("aptrace %s, plugin ABI %d.%d\n", PACKAGE_VERSION, APTRACE_ABI_MAJOR, APTRACE_ABI_MINOR) > 0 ? 0 : EXIT_USAGE;
    case ACTION_HELP: return fputs(help_text, stdout) >= 0 && fflush(stdout) == 0 ? 0 : EXIT_USAGE;
    }
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    struct command_line line;
    struct error error = {""};
    int status = command_line_parse(&line, argc, argv, &error) == 0 ? act(&line) : complain(&error);
    command_line_fini(&line);
    return status;
}
