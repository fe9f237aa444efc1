/* SPDX-License-Identifier: MIT */
/* aptrace-plugin: the author's command: begins a plugin, and proves it good. Only this file exits.
 *
 * Exit status: 0 written, or good; 1 something is wrong with the plugin; 2 usage or set-up. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <aptrace/predicate.h>

#include "core/number.h"
#include "core/words.h"
#include "tools/frame_text.h"
#include "tools/plugin_new.h"
#include "tools/prove.h"

enum { EXIT_WRONG = 1, EXIT_USAGE = 2, WORDS_MAX = 1024 };

static const char help_text[] =
    "Usage: aptrace-plugin new [--c++] NAME [FOLDER]\n"
    "       aptrace-plugin check [-r CAPTURE]... PLUGIN [KEY=VALUE]...\n"
    "       aptrace-plugin try -r CAPTURE PLUGIN [KEY=VALUE]...\n"
    "       aptrace-plugin frame [LAYERS]\n"
    "\n"
    "For authors of predicates: plugins of aptrace.\n"
    "\n"
    "  new    writes a folder with a predicate that works, its test, and a Makefile: in C, or in C++\n"
    "  check  proves that a plugin keeps the contract: its names, its parameters, every order of callbacks,\n"
    "         the same value every time, packets of every kind. Parameters that must be given and are not\n"
    "         are chosen\n"
    "  try    shows a plugin the packets of a capture with nothing caught, for a debugger\n"
    "  frame  prints the bytes of a frame: aptrace-plugin frame 'eth | ipv4 10.0.0.1 > 10.0.0.2 | udp 1 > 53';\n"
    "         without LAYERS, which there are\n"
    "\n"
    "Options\n"
    "      --c++               a plugin in C++\n"
    "  -r, --replay CAPTURE    packets that are shown too, of a pcap or pcapng; repeatable\n"
    "      --plugin-budget T   how long one callback may take: 1s unless said\n"
    "  -h, --help              this text\n"
    "      --version\n"
    "\n"
    "Exit status: 0 good; 1 something is wrong; 2 usage or set-up.\n"
    "The manual is aptrace-plugin(1); what a plugin may do stands in <aptrace/predicate.h>.\n";

enum option { OPTION_PLUS_PLUS = 1, OPTION_REPLAY, OPTION_BUDGET, OPTION_HELP, OPTION_VERSION };

static const struct words_option options[] = {
    {"c++", '\0', false, OPTION_PLUS_PLUS},
    {"replay", 'r', true, OPTION_REPLAY},
    {"plugin-budget", '\0', true, OPTION_BUDGET},
    {"help", 'h', false, OPTION_HELP},
    {"version", '\0', false, OPTION_VERSION},
};

struct line {
    const char *bare[WORDS_MAX]; /* the subcommand first */
    size_t count;
    const char *captures[WORDS_MAX];
    size_t capture_count;
    int64_t budget_ns;
    bool plus_plus, help, version;
};

static int complain(const struct error *error)
{
    fprintf(stderr, "aptrace-plugin: %s\n", error->text);
    return EXIT_USAGE;
}

/* ---- The line ------------------------------------------------------------------------------------------------------------- */

static int read_budget(struct line *line, const char *value, struct error *error)
{
    enum { LEAST_NS = 10000000 };
    if (number_duration(value, &line->budget_ns) && line->budget_ns >= LEAST_NS)
        return 0;
    return error_set(error, "--plugin-budget \"%s\": expected how long one callback may take, 10ms or more", value);
}

static int read_item(struct line *line, const struct words_item *item, struct error *error)
{
    switch (item->id) {
    case OPTION_PLUS_PLUS: line->plus_plus = true; break;
    case OPTION_REPLAY: line->captures[line->capture_count++] = item->value; break;
    case OPTION_BUDGET: return read_budget(line, item->value, error);
    case OPTION_HELP: line->help = true; break;
    case OPTION_VERSION: line->version = true; break;
    default: line->bare[line->count++] = item->value; break;
    }
    return 0;
}

static int read_line(struct line *line, int argc, char **argv, struct error *error)
{
    struct words words = {(const char *const *)argv, (size_t)argc, 1};
    struct words_item item;
    int found;
    if (argc > WORDS_MAX)
        return error_set(error, "more than %d words", WORDS_MAX);
    while ((found = words_next(&words, options, sizeof options / sizeof *options, &item, error)) > 0) {
        if (read_item(line, &item, error) != 0)
            return -1;
    }
    while (found == 0 && words.next < words.count) /* behind -- */
        line->bare[line->count++] = words.list[words.next++];
    return found;
}

/* ---- Subcommands ---------------------------------------------------------------------------------------------------------- */

static int run_new(const struct line *line, struct error *error)
{
    if (line->count < 2 || line->count > 3)
        return error_set(error, "new: expected NAME [FOLDER]: aptrace-plugin new saw_reply");
    return plugin_new(stdout, line->bare[1], line->count > 2 ? line->bare[2] : NULL, line->plus_plus, error);
}

static struct prove_request request_of(const struct line *line)
{
    return (struct prove_request){.plugin = line->bare[1], .words = line->bare + 2, .word_count = line->count - 2,
        .captures = line->captures, .capture_count = line->capture_count, .budget_ns = line->budget_ns};
}

static int run_check(const struct line *line, struct error *error)
{
    if (line->count < 2)
        return error_set(error, "check: expected a plugin: aptrace-plugin check ./saw_reply.so [KEY=VALUE]...");
    const struct prove_request request = request_of(line);
    int wrong = prove(stdout, &request, error);
    return wrong > 0 ? EXIT_WRONG : wrong;
}

static int run_try(const struct line *line, struct error *error)
{
    if (line->count < 2 || line->capture_count == 0)
        return error_set(error, "try: expected a capture and a plugin: aptrace-plugin try -r packets.pcap ./saw_reply.so "
                                "[KEY=VALUE]...");
    const struct prove_request request = request_of(line);
    return prove_try(stdout, &request, error);
}

static int run_likeness(const struct line *line, struct error *error)
{
    if (line->count < 2)
        return error_set(error, "likeness: expected a plugin");
    const struct prove_request request = request_of(line);
    return prove_likeness(stdout, &request, error);
}

static int run_frame(const struct line *line, struct error *error)
{
    uint8_t *bytes = NULL;
    size_t length = 0;
    if (line->count == 1) {
        frame_text_help(stdout);
        return 0;
    }
    if (line->count > 2)
        return error_set(error, "frame: expected the layers in one word: aptrace-plugin frame 'eth | arp request 10.0.0.1 > "
                                "10.0.0.2'");
    if (frame_from_text("frame", line->bare[1], &bytes, &length) != 0)
        return error_set(error, "frame: there are these layers: aptrace-plugin frame");
    for (size_t i = 0; i < length; i++)
        printf("%02x", bytes[i]);
    puts("");
    free(bytes);
    return 0;
}

static int run_line(const struct line *line, struct error *error)
{
    static const struct {
        const char *name;
        int (*run)(const struct line *line, struct error *error);
    } commands[] = {{"new", run_new}, {"check", run_check}, {"try", run_try}, {"frame", run_frame},
                    {"likeness", run_likeness} /* check's own */};
    if (line->count == 0)
        return error_set(error, "expected new, check, try or frame; --help tells more");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(commands[i].name, line->bare[0]) == 0)
            return commands[i].run(line, error);
    }
    return error_set(error, "expected new, check, try or frame, got \"%s\"; --help tells more", line->bare[0]);
}

int main(int argc, char **argv)
{
    static struct line line = {.budget_ns = INT64_C(1000000000)};
    struct error error = {""};
    if (read_line(&line, argc, argv, &error) != 0)
        return complain(&error);
    int status = 0;
    if (line.help)
        fputs(help_text, stdout);
    else if (line.version)
        printf("aptrace-plugin %s, plugin ABI %d.%d\n", PACKAGE_VERSION, APTRACE_ABI_MAJOR, APTRACE_ABI_MINOR);
    else
        status = run_line(&line, &error);
    if (status >= 0 && fflush(stdout) != 0)
        status = error_set(&error, "standard output cannot be written");
    return status < 0 ? complain(&error) : status;
}
