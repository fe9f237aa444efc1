/* SPDX-License-Identifier: MIT */
/* command_line.h: what the user typed, made into sources, expectations and options. Nothing is opened here. The struct owns its
 * texts until command_line_fini(). */
#ifndef COMMAND_LINE_H
#define COMMAND_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/expectation.h"
#include "core/memory.h"
#include "core/run.h"
#include "tools/words_file.h"

#define NO_EXPECTATION "no expectation: say what to look for with --plugin PLUGIN, for example --plugin saw_vlan tag=102; " \
                       "aptrace --list-plugins lists them"

#define COMMAND_DURATION_NS INT64_C(5000000000) /* --duration where left out */
#define COMMAND_SETTLE_NS INT64_C(1000000000)   /* --settle */

enum report_format { REPORT_TEXT, REPORT_JSON, REPORT_TAP, REPORT_JUNIT };

struct command_report {
    enum report_format format;
    const char *path; /* null or "-": standard output */
};

struct command_source {
    const char *name; /* [may be null] of NAME=FILE */
    const char *path; /* the file, or [NETNS/]IFACE */
};

enum command_action { ACTION_RUN, ACTION_HELP, ACTION_VERSION, ACTION_LIST_PLUGINS, ACTION_DESCRIBE };
enum command_colour { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

struct command_line {
    enum command_action action;
    const char *describe; /* the plugin of --describe */
    struct command_source *sources; /* all are traces, or all are ports */
    bool is_live;
    size_t source_count, source_capacity;
    struct expectation_spec *expectations;
    size_t expectation_count, expectation_capacity;
    struct command_report *reports;
    size_t report_count, report_capacity;
    struct run_options run;
    enum command_colour colour;
    bool quiet, verbose;
    bool monitor;
    struct expectation_spec monitored; /* --filter, --count and --direction from before the first --plugin: what is shown */
    const char *record;                /* [may be null] */
    const char *user;                  /* [may be null] */
    char **command;                    /* [may be null] behind --; ends with null */

    struct word_list words; /* all words, files expanded */
    struct arena arena;
};

/* -1: a usage error. */
int command_line_parse(struct command_line *line, int argc, char *const *argv, struct error *error);
void command_line_fini(struct command_line *line);

#endif
