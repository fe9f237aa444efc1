/* SPDX-License-Identifier: MIT */
/* Sections about the names in a plugin's file: what it exports, and what it takes from elsewhere.
 *
 * They are read from the table of dynamic symbols, as the dynamic linker has it. A name that is imported is not proof that it
 * is called, but there is no reason for it to be there. What is compared are the names of C; those that a compiler puts in
 * their place when it checks sizes (__printf_chk) count as the same. System V ABI, chapter 4: sections and symbols. */
#include "tools/prove_parts.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- The file ------------------------------------------------------------------------------------------------------------- */

struct symbols {
    const unsigned char *file;
    size_t size;
    const ElfW(Sym) *list;
    size_t count;
    const char *names;
    size_t names_size; /* the last of them is 0 */
};

static const void *part(const struct symbols *symbols, uint64_t offset, uint64_t size)
{
    bool inside = offset <= symbols->size && size <= symbols->size - offset;
    return inside ? symbols->file + offset : NULL;
}

/* False: there is no table that can be read. */
static bool find_table(struct symbols *symbols)
{
    const ElfW(Ehdr) *header = part(symbols, 0, sizeof *header);
    const ElfW(Shdr) *sections = header ? part(symbols, header->e_shoff, (uint64_t)header->e_shnum * sizeof *sections) : NULL;
    for (size_t i = 0; sections && i < header->e_shnum; i++) {
        const ElfW(Shdr) *section = &sections[i];
        if (section->sh_type != SHT_DYNSYM || section->sh_link >= header->e_shnum)
            continue;
        const ElfW(Shdr) *names = &sections[section->sh_link];
        symbols->list = part(symbols, section->sh_offset, section->sh_size);
        symbols->count = section->sh_size / sizeof *symbols->list;
        symbols->names = part(symbols, names->sh_offset, names->sh_size);
        symbols->names_size = names->sh_size;
        return symbols->list && symbols->names && names->sh_size > 0 && symbols->names[names->sh_size - 1] == '\0';
    }
    return false;
}

static bool open_symbols(struct symbols *symbols, const char *path)
{
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    void *bytes = MAP_FAILED;
    if (file >= 0 && fstat(file, &status) == 0 && status.st_size > 0)
        bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    if (file >= 0)
        close(file);
    if (bytes == MAP_FAILED)
        return false;
    *symbols = (struct symbols){.file = bytes, .size = (size_t)status.st_size};
    return find_table(symbols);
}

static const char *name_of(const struct symbols *symbols, size_t index)
{
    size_t at = symbols->list[index].st_name;
    return at < symbols->names_size ? symbols->names + at : "";
}

static bool is_imported(const struct symbols *symbols, size_t index)
{
    return symbols->list[index].st_shndx == SHN_UNDEF;
}

static bool is_visible(const struct symbols *symbols, size_t index)
{
    unsigned visibility = ELF64_ST_VISIBILITY(symbols->list[index].st_other);
    return ELF64_ST_BIND(symbols->list[index].st_info) != STB_LOCAL && (visibility == STV_DEFAULT || visibility == STV_PROTECTED);
}

static bool is_one_of(const char *name, const char *const *list)
{
    while (*list && strcmp(*list, name) != 0)
        list++;
    return *list != NULL;
}

/* ---- Exports -------------------------------------------------------------------------------------------------------------- */

/* What C++ has of its own library's templates, which cannot be hidden: weak, in the namespace std, or what tells a type. The
 * letters before are those of what is nested, of guards and tables. */
static bool is_of_library(const struct symbols *symbols, size_t index)
{
    const char *name = name_of(symbols, index);
    unsigned bind = ELF64_ST_BIND(symbols->list[index].st_info);
    if (strncmp(name, "_Z", 2) != 0 || (bind != STB_WEAK && bind != STB_GNU_UNIQUE))
        return false;
    const char *scope = name + 2 + strspn(name + 2, "ZNKGVIR");
    return scope[0] == 'T' || strncmp(scope, "St", 2) == 0 || strncmp(scope, "Sa", 2) == 0
        || strncmp(scope, "9__gnu_cxx", 10) == 0;
}

/* What nobody looks for. */
static bool is_harmless(const struct symbols *symbols, size_t index)
{
    static const char *const linkers[] = {"_init", "_fini", "_edata", "_end", "__bss_start", "__bss_end__", NULL};
    const char *name = name_of(symbols, index);
    bool sanitiser = strncmp(name, "__odr_asan", 10) == 0 || strncmp(name, "__asan", 6) == 0;
    return sanitiser || is_one_of(name, linkers) || is_of_library(symbols, index);
}

static void list_exports(const struct symbols *symbols, struct text *expected, struct text *extra)
{
    static const char *const abi[] = {"aptrace_plugin", "on_packet", "stop_condition", "on_finish", NULL};
    for (size_t i = 1; i < symbols->count; i++) {
        const char *name = name_of(symbols, i);
        if (is_imported(symbols, i) || !is_visible(symbols, i) || is_harmless(symbols, i))
            continue;
        struct text *list = is_one_of(name, abi) ? expected : extra;
        text_add(list, "%s%s", list->length ? ", " : "", name);
    }
}

void prove_exports(struct prover *prover)
{
    struct symbols symbols;
    struct text expected = {0}, extra = {0}, what = {0};
    if (!open_symbols(&symbols, prover->path)) {
        prove_wrong(prover, "exports: its table of symbols cannot be read", "Leave the sections in the file: strip keeps them.");
        return;
    }
    list_exports(&symbols, &expected, &extra);
    if (extra.length == 0) {
        prove_good(prover, "exports: %s, and nothing else", text_bytes(&expected));
    } else {
        text_add(&what, "exports: %s beside those of the ABI", text_bytes(&extra));
        prove_wrong(prover, text_bytes(&what), "Make functions and variables of your own static, or compile with "
                                               "-fvisibility=hidden: a name that is exported can meet another plugin's.");
    }
    text_fini(&what);
    text_fini(&expected);
    text_fini(&extra);
}

/* ---- Imports -------------------------------------------------------------------------------------------------------------- */

struct forbidden {
    const char *const *names;
    const char *what, *how;
};

static const char *const clocks[] = {
    "time", "clock", "times", "ftime", "gettimeofday", "clock_gettime", "clock_getres", "timespec_get", "timespec_getres",
    "getrusage", "_ZNSt6chrono3_V212system_clock3nowEv", "_ZNSt6chrono3_V212steady_clock3nowEv", NULL};
static const char *const chances[] = {
    "rand", "rand_r", "srand", "random", "random_r", "srandom", "srandom_r", "initstate", "setstate", "drand48", "erand48",
    "lrand48", "nrand48", "mrand48", "jrand48", "srand48", "seed48", "lcong48", "arc4random", "arc4random_buf",
    "arc4random_uniform", "getrandom", "getentropy",
    "_ZNSt13random_device7_M_initERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE",
    "_ZNSt13random_device9_M_getvalEv", NULL};
static const char *const waits[] = {
    "sleep", "usleep", "nanosleep", "clock_nanosleep", "thrd_sleep", "pause", "poll", "ppoll", "select", "pselect",
    "epoll_wait", "epoll_pwait", "sigwait", "sigwaitinfo", "sigtimedwait", "sigsuspend", "wait", "waitpid", "waitid",
    "sem_wait", "sem_timedwait", "pthread_cond_wait", "pthread_cond_timedwait", "pthread_join", "cnd_wait", "cnd_timedwait",
    "flock", "lockf", "alarm", "ualarm", "setitimer", "timer_create", "sched_yield", "pthread_barrier_wait", NULL};
static const char *const threads[] = {
    "pthread_create", "thrd_create", "fork", "vfork", "_Fork", "clone", "system", "popen", "daemon", "posix_spawn",
    "posix_spawnp", "execl", "execle", "execlp", "execv", "execve", "execvp", "execvpe", "fexecve",
    "_ZNSt6thread15_M_start_threadESt10unique_ptrINS_6_StateESt14default_deleteIS1_EEPFvvE", NULL};
static const char *const ends[] = {
    "exit", "_exit", "_Exit", "quick_exit", "kill", "raise", "tgkill", "pthread_kill", "pthread_exit", "pthread_cancel",
    "thrd_exit", NULL};
static const char *const signals[] = {
    "signal", "sigaction", "sigprocmask", "pthread_sigmask", "sigaltstack", "siginterrupt", "sysv_signal", "bsd_signal",
    "prctl", "setrlimit", "atexit", "on_exit", "at_quick_exit", NULL};
static const char *const surroundings[] = {
    "getenv", "secure_getenv", "setenv", "unsetenv", "putenv", "clearenv", "environ", "getpid", "getppid", "gettid",
    "getuid", "geteuid", "getgid", "getegid", "gethostname", "uname", "sysinfo", "getcwd", "chdir", "localtime",
    "localtime_r", "mktime", "tzset", "setlocale", "uselocale", "socket", "connect", "bind", "accept", "getaddrinfo",
    "gethostbyname", "getifaddrs", "if_nametoindex", NULL};
static const char *const prints[] = {
    "printf", "vprintf", "puts", "putchar", "perror", "stdout", "stderr", "psignal", "warn", "warnx", "err", "errx", "vwarn",
    "error", "syslog", "vsyslog", "openlog", "_ZSt4cout", "_ZSt4cerr", "_ZSt4clog", NULL};
static const char *const calls[] = {"syscall", "dlopen", "dlmopen", "ptrace", NULL};

static const struct forbidden all_forbidden[] = {
    {clocks, "a clock", "A predicate knows the packets' time alone: packet->time_ns and finish->time_ns. Else a replay would "
                        "give another verdict than the run that was recorded."},
    {chances, "randomness", "The same packets must give the same verdict. Choose by the packet's bytes or number instead."},
    {waits, "waiting", "A callback runs on the engine's one thread: while it waits packets are lost. Time passes with the "
                       "packets: finish at a timeout, or compare packet->time_ns."},
    {threads, "threads and processes", "Callbacks come on the engine's one thread, and nothing of a predicate runs beside them."},
    {ends, "the end of the process", "Other expectations go on. Yield a value, or refuse parameters: return "
                                     "aptrace_refuse(self, \"...\")."},
    {signals, "signals and limits of the process", "They are the program's, and the engine catches faults of plugins by them."},
    {surroundings, "the machine, its users and its network", "A replay runs elsewhere and must give the same verdict: take "
                                                             "what is needed as a parameter."},
    {prints, "standard output or standard error", "Reports stand there. Use aptrace_explain(), or aptrace_near()."},
    {calls, "calls past the libraries", "What a plugin does cannot be told from its names then."},
};

/* __printf_chk is printf. */
static void plain_name(const char *name, char *plain, size_t size)
{
    size_t length = strlen(name);
    bool checked = length > 6 && strncmp(name, "__", 2) == 0 && strcmp(name + length - 4, "_chk") == 0;
    if (checked)
        snprintf(plain, size, "%.*s", (int)(length - 6), name + 2);
    else
        snprintf(plain, size, "%s", name);
}

/* All of one kind in a line. */
static bool prove_without(struct prover *prover, const struct symbols *symbols, const struct forbidden *forbidden)
{
    struct text found = {0}, what = {0};
    for (size_t i = 1; i < symbols->count; i++) {
        char plain[256];
        plain_name(name_of(symbols, i), plain, sizeof plain);
        if (is_imported(symbols, i) && is_one_of(plain, forbidden->names))
            text_add(&found, "%s%s", found.length ? ", " : "", plain);
    }
    bool good = found.length == 0;
    text_add(&what, "imports: %s, which is %s", text_bytes(&found), forbidden->what);
    if (!good)
        prove_wrong(prover, text_bytes(&what), forbidden->how);
    text_fini(&found);
    text_fini(&what);
    return good;
}

void prove_imports(struct prover *prover)
{
    struct symbols symbols;
    bool good = true;
    if (!open_symbols(&symbols, prover->path))
        return; /* the exports told so */
    for (size_t i = 0; i < sizeof all_forbidden / sizeof *all_forbidden; i++)
        good = prove_without(prover, &symbols, &all_forbidden[i]) && good;
    if (good)
        prove_good(prover, "imports: no clock, randomness, waiting, thread, exit, environment or output");
}
