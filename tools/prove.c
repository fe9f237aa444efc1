/* SPDX-License-Identifier: MIT */
/* The sections, one after the other, each in a process of its own, and what they tell.
 *
 * A child loads the plugin anew, under limits of time and memory and without a core file, and tells its lines through a pipe.
 * What it prints otherwise is caught: a predicate has nothing to say there. Faults in callbacks are caught by the guard and
 * told by the child. A child that is gone before it has told its end is told of by the parent, by what lies in the memory
 * that both have. */
#include "tools/prove_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/expectation_words.h"
#include "core/plugin_find.h"

enum { CPU_SECONDS = 300, WALL_SECONDS = 900, PRINTED_SHOWN = 400 };

#define MEMORY_BYTES ((rlim_t)6 << 30)

/* ---- Telling: a letter, then the line. Further lines of a text are help --------------------------------------------------- */

static void tell(struct prover *prover, char kind, const char *text)
{
    while (prover->told) {
        size_t length = strcspn(text, "\n");
        if (length > 0)
            fprintf(prover->told, "%c%.*s\n", kind, (int)length, text);
        if (text[length] == '\0')
            break;
        text += length + 1;
        kind = 'h';
    }
    fflush(prover->told);
}

void prove_good(struct prover *prover, const char *format, ...)
{
    struct text text = {0};
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    text_add(&text, "%s", line);
    tell(prover, 'g', text_bytes(&text));
    text_fini(&text);
}

void prove_wrong(struct prover *prover, const char *what, const char *how)
{
    tell(prover, 'w', what);
    if (how)
        tell(prover, 'h', how);
}

bool prove_each_set(struct prover *prover, bool (*function)(struct prover *prover))
{
    for (size_t i = 0; i < PROVE_SETS_MAX; i++) {
        prover->set = &prover->sets[i];
        if (prover->shared->taken[i] && !function(prover))
            return false;
    }
    return true;
}

/* ---- Sections of this file ------------------------------------------------------------------------------------------------ */

static void prove_loads(struct prover *prover)
{
    const struct aptrace_plugin *plugin = &prover->plugin->descriptor;
    prove_good(prover, "loads: %s, ABI %u.%u, a state of %u bytes", plugin->name, plugin->abi_major, plugin->abi_minor,
               plugin->state_size);
}

/* Which sets of parameters it takes. Nothing is told but what goes wrong. */
static void prove_sets(struct prover *prover)
{
    static struct prove_packets none = {.link_type = LINK_ETHERNET};
    prover->section = "prepare";
    for (size_t i = 0; i < PROVE_SETS_MAX; i++) {
        struct outcome outcome;
        prover->set = &prover->sets[i];
        if (!play(prover, &none, &(struct play){.end = PLAY_NEVER_OPENED}, &outcome))
            return;
        bool is_new = i == 0 || prover->sets[i].count != prover->sets[i - 1].count;
        prover->shared->taken[i] = !outcome.refused && is_new;
        if (outcome.refused && prover->shared->refusal[0] == '\0')
            snprintf(prover->shared->refusal, sizeof prover->shared->refusal, "%s", text_bytes(&outcome.words));
        outcome_fini(&outcome);
    }
}

struct section {
    prove_section *run;
    const char *name;
};

static const struct section first_sections[] = {
    {prove_loads, "loading"},
    {prove_exports, "exports"},
    {prove_imports, "imports"},
    {prove_parameters, "documented"},
    {prove_sets, "prepare"},
};

static const struct section sections[] = {
    {prove_orders, "orders of callbacks"},
    {prove_alike, "a second run"},
    {prove_apart, "another process"},
    {prove_batches, "batches"},
    {prove_side_by_side, "two instances side by side"},
    {prove_cut, "packets captured short"},
    {prove_prefixes, "packets that end early"},
    {prove_odd, "damaged and random packets"},
    {prove_lengths, "lengths from 0 to 65,535 bytes"},
    {prove_link_types, "link types"},
    {prove_memory, "memory"},
};

/* ---- A child -------------------------------------------------------------------------------------------------------------- */

static void limit(int resource, rlim_t most)
{
    struct rlimit limits;
    if (getrlimit(resource, &limits) != 0)
        return;
    limits.rlim_cur = most < limits.rlim_max ? most : limits.rlim_max;
    setrlimit(resource, &limits);
}

static void enter(int printed)
{
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_CPU, CPU_SECONDS);
#ifndef __SANITIZE_ADDRESS__
    limit(RLIMIT_AS, MEMORY_BYTES);
#endif
    dup2(printed, STDOUT_FILENO);
    dup2(printed, STDERR_FILENO);
}

/* The user's words, before any plugin is loaded. */
static int read_words(struct prover *prover, struct prove_set *given, struct error *error)
{
    const struct prove_request *request = prover->request;
    struct expectation_spec spec, defaults = {0};
    const char **words = arena_new(&prover->arena, (request->word_count + 1) * sizeof *words);
    words[0] = request->plugin;
    for (size_t i = 0; i < request->word_count; i++)
        words[i + 1] = request->words[i];
    if (expectation_words_parse(words, request->word_count + 1, &defaults, &spec, &prover->arena, error) != 0)
        return -1;
    *given = (struct prove_set){(struct parameter_given *)spec.parameters, spec.parameter_count};
    return 0;
}

static int load(struct prover *prover, struct error *error)
{
    struct prove_set given;
    if (read_words(prover, &given, error) != 0)
        return -1;
    prover->plugin = plugin_load(prover->path, error);
    for (size_t i = 0; prover->plugin && i < PROVE_SETS_MAX; i++)
        prover->sets[i] = words_choose(prover->plugin, &given, i > 0, &prover->frames->lists[0], &prover->arena);
    return prover->plugin ? 0 : -1;
}

_Noreturn static void run_child(struct prover *prover, const struct section *section, int told, int printed)
{
    struct error error = {""};
    prover->told = fdopen(told, "w");
    enter(printed);
    prover->section = section->name;
    memset(&prover->shared->guard, 0, sizeof prover->shared->guard);
    if (load(prover, &error) != 0 || guard_init(&prover->shared->guard, prover->request->budget_ns, &error) != 0)
        prove_wrong(prover, error.text, NULL);
    else
        section->run(prover);
    tell(prover, 'd', "done");
    fflush(NULL);
    _exit(0);
}

/* ---- A program of its own ------------------------------------------------------------------------------------------------- */

/* The words of a command that a request stands for. */
static char **command_of(struct prover *prover)
{
    const struct prove_request *request = prover->request;
    char **words = arena_new(&prover->arena, (request->word_count + 2 * request->capture_count + 5) * sizeof *words);
    size_t count = 0;
    words[count++] = arena_text(&prover->arena, "aptrace-plugin");
    words[count++] = arena_text(&prover->arena, "likeness");
    for (size_t i = 0; i < request->capture_count; i++) {
        words[count++] = arena_text(&prover->arena, "-r");
        words[count++] = arena_text(&prover->arena, request->captures[i]);
    }
    words[count++] = arena_text(&prover->arena, prover->path);
    for (size_t i = 0; i < request->word_count; i++)
        words[count++] = arena_text(&prover->arena, request->words[i]);
    return words;
}

/* Nothing in the environment is as it was, and memory that was never set holds other bytes. */
_Noreturn static void become_another(struct prover *prover, int output)
{
    static char zone[] = "TZ=Pacific/Kiritimati", locale[] = "LC_ALL=C", home[] = "HOME=/", fill[] = "MALLOC_PERTURB_=85";
    static char *const environment[] = {zone, locale, home, fill, NULL};
    dup2(output, STDOUT_FILENO);
    execve("/proc/self/exe", command_of(prover), environment);
    _exit(2);
}

void prove_elsewhere(struct prover *prover)
{
    int output[2], status;
    unsigned long long numbers[PROVE_SETS_MAX] = {0};
    if (pipe2(output, O_CLOEXEC) != 0)
        return;
    pid_t child = fork();
    if (child == 0)
        become_another(prover, output[1]);
    close(output[1]);
    FILE *file = fdopen(output[0], "r");
    if (file && fscanf(file, "%llx %llx", &numbers[0], &numbers[1]) != 2)
        numbers[0] = numbers[1] = 0;
    if (file)
        fclose(file);
    waitpid(child, &status, 0);
    for (size_t i = 0; i < PROVE_SETS_MAX; i++)
        prover->apart[i] = numbers[i];
}

/* ---- The parent ----------------------------------------------------------------------------------------------------------- */

struct telling {
    FILE *file;
    size_t good, wrong;
    bool done; /* the child told its end */
};

static void print_line(struct telling *telling, const char *line)
{
    static const char *const heads[] = {"ok     ", "WRONG  ", "       "};
    const char *kind = strchr("gwh", line[0]);
    telling->good += line[0] == 'g';
    telling->wrong += line[0] == 'w';
    telling->done = telling->done || line[0] == 'd';
    if (kind && line[0])
        fprintf(telling->file, "%s%s\n", heads[kind - "gwh"], line + 1);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* Lines as they come, until the child has closed the pipe; false: its time is over. */
static bool hear(struct telling *telling, int told)
{
    struct text text = {0};
    int64_t until_ms = now_ms() + WALL_SECONDS * INT64_C(1000);
    bool in_time = true;
    for (;;) {
        char bytes[4096];
        struct pollfd waiting = {.fd = told, .events = POLLIN};
        in_time = now_ms() < until_ms;
        if (!in_time)
            break;
        if (poll(&waiting, 1, 1000) <= 0)
            continue;
        ssize_t got = read(told, bytes, sizeof bytes);
        if (got <= 0)
            break;
        text_add_bytes(&text, bytes, (size_t)got);
    }
    char *rest = text_take(&text), *lines = rest;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;)
        print_line(telling, line);
    free(lines);
    return in_time;
}

/* What the child printed, for a message; empty: nothing. */
static void read_printed(int printed, char *text, size_t size)
{
    ssize_t got = pread(printed, text, size - 1, 0);
    text[got > 0 ? got : 0] = '\0';
    for (char *at = text; *at; at++) {
        if ((unsigned char)*at < ' ')
            *at = ' ';
    }
}

/* The packet at hand of a child that is gone: it lies in the memory that both have. Empty: none. */
static void add_last_packet(struct text *text, const struct prove_shared *shared)
{
    const struct aptrace_packet *packet = shared->guard.packet;
    const struct batch *batch = &shared->batch;
    if (shared->guard.inside && packet >= batch->packets && packet < batch->packets + batch->count)
        play_add_packet(text, packet->link_type, packet->bytes, packet->capture_length, packet->wire_length);
}

static void add_how_gone(struct text *text, const struct prover *prover, int status, bool in_time)
{
    const struct guard *guard = &prover->shared->guard;
    if (!in_time)
        text_add(text, ": %d s were not enough", WALL_SECONDS);
    else if (WIFSIGNALED(status))
        text_add(text, " by a signal (%s)", strsignal(WTERMSIG(status)));
    else
        text_add(text, " with exit status %d", WEXITSTATUS(status));
    if (guard->inside && guard->callback)
        text_add(text, ", in %s", guard->callback);
}

static void tell_gone(struct telling *telling, const struct prover *prover, const struct section *section, int status,
                      bool in_time, const char *printed)
{
    struct text how = {0}, packet = {0};
    add_how_gone(&how, prover, status, in_time);
    add_last_packet(&packet, prover->shared);
    fprintf(telling->file, "WRONG  %s: the plugin ended the process%s\n", section->name, text_bytes(&how));
    if (packet.length)
        fprintf(telling->file, "       %s\n", text_bytes(&packet));
    if (printed[0])
        fprintf(telling->file, "       It printed: %s\n", printed);
    telling->wrong++;
    prover->shared->has_faulted = true;
    text_fini(&how);
    text_fini(&packet);
}

static void tell_printed(struct telling *telling, const struct section *section, const char *printed)
{
    fprintf(telling->file, "WRONG  %s: the plugin printed: %s\n       Reports stand there. Use aptrace_explain(), or "
                           "aptrace_near().\n",
            section->name, printed);
    telling->wrong++;
}

static int start(struct prover *prover, const struct section *section, int printed, pid_t *child, struct error *error)
{
    int told[2];
    if (pipe(told) != 0)
        return error_set(error, "no pipe can be made: %s", strerror(errno));
    fflush(NULL);
    *child = fork();
    if (*child == 0) {
        close(told[0]);
        run_child(prover, section, told[1], printed);
    }
    close(told[1]);
    if (*child < 0) {
        close(told[0]);
        return error_set(error, "no process can be started: %s", strerror(errno));
    }
    return told[0];
}

static int run_section(struct telling *telling, struct prover *prover, const struct section *section, struct error *error)
{
    char text[PRINTED_SHOWN];
    int status = 0, printed = memfd_create("printed", MFD_CLOEXEC);
    pid_t child = -1;
    int told = printed < 0 ? error_set(error, "no memory for what it prints: %s", strerror(errno))
                           : start(prover, section, printed, &child, error);
    if (told < 0)
        return -1;
    telling->done = false;
    bool in_time = hear(telling, told);
    if (!in_time)
        kill(child, SIGKILL);
    waitpid(child, &status, 0);
    read_printed(printed, text, sizeof text);
    if (!telling->done)
        tell_gone(telling, prover, section, status, in_time, text);
    else if (text[0])
        tell_printed(telling, section, text);
    close(told);
    close(printed);
    fflush(telling->file);
    return 0;
}

/* What faults would fault in the next sections too. -1 after an error. */
static int run_sections(struct telling *telling, struct prover *prover, const struct section *list, size_t count,
                        struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        if (run_section(telling, prover, &list[i], error) != 0)
            return -1;
        if (prover->shared->has_faulted && i + 1 < count) {
            fprintf(telling->file, "note   the rest was not tried: mend this first\n");
            break;
        }
    }
    return 0;
}

/* ---- The whole ------------------------------------------------------------------------------------------------------------ */

/* A file of the working folder, as an author has it at hand, or what aptrace would take. */
static char *find_file(const char *name, struct error *error)
{
    struct stat status;
    struct text path = {0};
    if (strchr(name, '/') || stat(name, &status) != 0 || S_ISDIR(status.st_mode))
        return plugin_find(name, error);
    text_add(&path, "./%s", name);
    return text_take(&path);
}

static void *share(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

static void note_weak(const struct telling *telling, const struct prover *prover)
{
    if (telling->wrong == 0 && !prover->shared->has_differed)
        fprintf(telling->file, "note   no packet made a difference to the value: more would be proved with KEY=VALUE that some "
                               "match, or -r a capture that has them\n");
}

static bool takes_any(const struct prover *prover)
{
    return prover->shared->taken[0] || prover->shared->taken[1];
}

static int prove_all(struct telling *telling, struct prover *prover, struct error *error)
{
    enum { FIRST = sizeof first_sections / sizeof *first_sections, OTHERS = sizeof sections / sizeof *sections };
    if (run_sections(telling, prover, first_sections, 1, error) != 0)
        return -1;
    if (telling->wrong > 0)
        return 0;
    if (run_sections(telling, prover, first_sections + 1, FIRST - 1, error) != 0)
        return -1;
    if (!takes_any(prover) && prover->shared->refusal[0])
        return error_set(error, "%s. Give parameters that it takes: aptrace-plugin check %s KEY=VALUE", prover->shared->refusal,
                         prover->request->plugin);
    if (takes_any(prover) && run_sections(telling, prover, sections, OTHERS, error) != 0)
        return -1;
    note_weak(telling, prover);
    return 0;
}

static int begin(struct prover *prover, struct prove_frames *frames, const struct prove_request *request, struct error *error)
{
    struct prove_set given;
    *prover = (struct prover){.request = request, .frames = frames, .shared = share(sizeof *prover->shared)};
    prover->path = find_file(request->plugin, error);
    if (!prover->shared)
        return error_set(error, "no memory to share: %s", strerror(errno));
    if (!prover->path || read_words(prover, &given, error) != 0)
        return -1;
    if (frames_read(frames, request->captures, request->capture_count, error) != 0)
        return -1;
    prover->pages = packet_pages_new(BATCH_CAPACITY, PROVE_PACKET_MAX);
    return 0;
}

static void end(struct prover *prover, struct prove_frames *frames)
{
    if (prover->pages)
        packet_pages_free(prover->pages);
    if (prover->shared)
        munmap(prover->shared, sizeof *prover->shared);
    frames_fini(frames);
    arena_fini(&prover->arena);
    free((char *)prover->path);
}

int prove(FILE *file, const struct prove_request *request, struct error *error)
{
    struct prover prover;
    struct prove_frames frames = {0};
    struct telling telling = {.file = file};
    int result = begin(&prover, &frames, request, error);
    if (result == 0)
        result = frames_make(&frames, error);
    if (result == 0)
        result = prove_all(&telling, &prover, error);
    if (result == 0 && telling.wrong == 0)
        fprintf(file, "%s is good: %zu proved\n", prover.path, telling.good);
    else if (result == 0)
        fprintf(file, "%s: %zu wrong, %zu proved\n", prover.path, telling.wrong, telling.good);
    end(&prover, &frames);
    return result == 0 ? (int)telling.wrong : -1;
}

/* ---- In this process, without a net --------------------------------------------------------------------------------------- */

/* In the ways that a section may have shown them; what comes of the last is told. */
static int try_list(struct prover *prover, FILE *file, const struct prove_packets *packets, struct error *error)
{
    static const struct play ways[] = {{.edge = EDGE_BEGIN}, {.batch = 1}, {.edge = EDGE_END}};
    struct outcome outcome = {0};
    int result = 0;
    for (size_t i = 0; result == 0 && i < sizeof ways / sizeof *ways; i++) {
        outcome_fini(&outcome);
        bool good = play(prover, packets, &ways[i], &outcome);
        if (!good || outcome.refused)
            result = error_set(error, "%s", text_bytes(good ? &outcome.words : &outcome.fault));
    }
    if (result == 0)
        fprintf(file, "%zu packets: %s\n", outcome.shown, text_bytes(&outcome.words));
    outcome_fini(&outcome);
    return result;
}

int prove_try(FILE *file, const struct prove_request *request, struct error *error)
{
    struct prover prover;
    struct prove_frames frames = {0};
    int result = begin(&prover, &frames, request, error);
    prover.set = &prover.sets[0];
    prover.section = "try";
    if (result == 0)
        result = load(&prover, error);
    for (size_t i = 0; result == 0 && i < frames.count; i++)
        result = try_list(&prover, file, &frames.lists[i], error);
    end(&prover, &frames);
    return result;
}

/* A set that is not taken gives what its refusal says. */
int prove_likeness(FILE *file, const struct prove_request *request, struct error *error)
{
    struct prover prover;
    struct prove_frames frames = {0};
    int result = begin(&prover, &frames, request, error);
    if (result == 0)
        result = frames_make(&frames, error);
    if (result == 0)
        result = load(&prover, error);
    prover.section = "likeness";
    for (size_t i = 0; result == 0 && i < PROVE_SETS_MAX; i++) {
        prover.set = &prover.sets[i];
        prove_likeness_of(&prover);
        fprintf(file, "%llx\n", (unsigned long long)prover.shared->likeness[i]);
    }
    end(&prover, &frames);
    return result;
}
