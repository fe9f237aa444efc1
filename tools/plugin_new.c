/* SPDX-License-Identifier: MIT */
/* A new plugin from the template, which is a plugin itself: it is called plugin_name, in its texts and in the names of its
 * files, and compiles as it stands. A name has to do for a file, a struct of C and C++, and the command line.
 *
 * The template is found from the command's own place, as plugins are, so that an unpacked or moved tree works. */
#include "tools/plugin_new.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/memory.h"
#include "core/plugin_load.h"
#include "core/text.h"

#define PLACEHOLDER "plugin_name"

enum { NAME_MAX_LENGTH = 64, FILE_MAX_BYTES = 1 << 20 };

/* ---- Names ---------------------------------------------------------------------------------------------------------------- */

static bool is_keyword(const char *name)
{
    static const char *const keywords[] = {
        "alignas", "alignof", "and", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "break", "case", "catch", "char",
        "char16_t", "char32_t", "char8_t", "class", "co_await", "co_return", "co_yield", "compl", "concept", "const",
        "const_cast", "consteval", "constexpr", "constinit", "continue", "decltype", "default", "delete", "do", "double",
        "dynamic_cast", "else", "enum", "explicit", "export", "extern", "false", "float", "for", "friend", "goto", "if",
        "inline", "int", "long", "mutable", "namespace", "new", "noexcept", "not", "not_eq", "nullptr", "operator", "or",
        "or_eq", "private", "protected", "public", "register", "reinterpret_cast", "requires", "restrict", "return", "short",
        "signed", "sizeof", "static", "static_assert", "static_cast", "struct", "switch", "template", "this", "thread_local",
        "throw", "true", "try", "typedef", "typeid", "typename", "typeof", "union", "unsigned", "using", "virtual", "void",
        "volatile", "wchar_t", "while", "xor", "xor_eq"};
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) {
        if (strcmp(keywords[i], name) == 0)
            return true;
    }
    return false;
}

static int check_name(const char *name, struct error *error)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
    size_t length = strspn(name, letters);
    bool digit = name[0] >= '0' && name[0] <= '9';
    if (length == 0 || length > NAME_MAX_LENGTH || name[length] != '\0' || digit || name[0] == '_')
        return error_set(error, "\"%s\" cannot be the name of a plugin: expected 1 to %d of a-z, 0-9 and _, a letter first, "
                                "such as saw_reply", name, NAME_MAX_LENGTH);
    if (is_keyword(name))
        return error_set(error, "\"%s\" cannot be the name of a plugin: it is a word of C or C++; saw_%s would do", name, name);
    if (strncmp(name, "aptrace", 7) == 0 || strcmp(name, "on_packet") == 0 || strcmp(name, "stop_condition") == 0
        || strcmp(name, "on_finish") == 0)
        return error_set(error, "\"%s\" cannot be the name of a plugin: aptrace has that name itself; my_%s would do", name,
                         name);
    return 0;
}

/* ---- The template --------------------------------------------------------------------------------------------------------- */

static char *folder_of_program(void)
{
    char *path = realpath("/proc/self/exe", NULL);
    char *slash = path ? strrchr(path, '/') : NULL;
    if (slash)
        *slash = '\0';
    return path;
}

static char *find_template(struct error *error)
{
    static const char *const places[] = {
        "../share/aptrace/template", /* of PREFIX/bin */
        "plugins/template",          /* of the top of a build tree */
    };
    char *program = folder_of_program();
    char *found = NULL;
    for (size_t i = 0; program && !found && i < sizeof places / sizeof *places; i++) {
        struct text path = {0};
        text_add(&path, "%s/%s", program, places[i]);
        found = realpath(text_bytes(&path), NULL);
        text_fini(&path);
    }
    if (!found)
        found = realpath(APTRACE_TEMPLATE_DIR, NULL);
    if (!found)
        error_set(error, "the template of a plugin is not there: expected it in %s/../share/aptrace/template or "
                         APTRACE_TEMPLATE_DIR ". Is aptrace installed as a whole?", program ? program : "");
    free(program);
    return found;
}

/* ---- Files ---------------------------------------------------------------------------------------------------------------- */

static void add_named(struct text *text, const char *bytes, const char *name)
{
    for (const char *at; (at = strstr(bytes, PLACEHOLDER)) != NULL; bytes = at + strlen(PLACEHOLDER)) {
        text_add_bytes(text, bytes, (size_t)(at - bytes));
        text_add(text, "%s", name);
    }
    text_add(text, "%s", bytes);
}

static int read_file(const char *path, struct text *text, struct error *error)
{
    char bytes[4096];
    FILE *file = fopen(path, "re");
    if (!file)
        return error_set(error, "%s cannot be read: %s", path, strerror(errno));
    for (size_t got; (got = fread(bytes, 1, sizeof bytes, file)) > 0 && text->length < FILE_MAX_BYTES;)
        text_add_bytes(text, bytes, got);
    fclose(file);
    return 0;
}

static int write_file(const char *path, const struct text *text, struct error *error)
{
    FILE *file = fopen(path, "wxe");
    bool written = file && fwrite(text_bytes(text), 1, text->length, file) == text->length;
    if (file && fclose(file) != 0)
        written = false;
    return written ? 0 : error_set(error, "%s could not be written: %s", path, strerror(errno));
}

static int copy_file(const char *from, const char *file, const char *to, const char *name, struct error *error)
{
    struct text source = {0}, target = {0}, bytes = {0}, named = {0};
    text_add(&source, "%s/%s", from, file);
    text_add(&target, "%s/", to);
    add_named(&target, file, name);
    int result = read_file(text_bytes(&source), &bytes, error);
    if (result == 0) {
        add_named(&named, text_bytes(&bytes), name);
        result = write_file(text_bytes(&target), &named, error);
    }
    text_fini(&source);
    text_fini(&target);
    text_fini(&bytes);
    text_fini(&named);
    return result;
}

/* Each file of a part of the template; what is hidden, or an editor's copy, is left. */
static int copy_part(const char *template, const char *part, const char *to, const char *name, struct error *error)
{
    struct text from = {0};
    text_add(&from, "%s/%s", template, part);
    DIR *entries = opendir(text_bytes(&from));
    struct dirent *entry;
    int result = entries ? 0 : error_set(error, "%s cannot be read: %s", text_bytes(&from), strerror(errno));
    while (result == 0 && (entry = readdir(entries)) != NULL) {
        size_t length = strlen(entry->d_name);
        if (entry->d_name[0] != '.' && entry->d_name[length - 1] != '~')
            result = copy_file(text_bytes(&from), entry->d_name, to, name, error);
    }
    if (entries)
        closedir(entries);
    text_fini(&from);
    return result;
}

/* Ours alone: the folder was made by us. */
static void remove_folder(const char *folder)
{
    DIR *entries = opendir(folder);
    struct dirent *entry;
    while (entries && (entry = readdir(entries)) != NULL)
        unlinkat(dirfd(entries), entry->d_name, 0);
    if (entries)
        closedir(entries);
    rmdir(folder);
}

static void tell(FILE *file, const char *name, const char *folder)
{
    struct text quoted = {0};
    text_add_shell_word(&quoted, folder);
    fprintf(file, "%s has a predicate that works, to be changed. Now:\n  cd %s\n  make\n  make check\n", folder,
            text_bytes(&quoted));
    fprintf(file, "  aptrace --replay CAPTURE --plugin ./%s.so port=53\n", name);
    text_fini(&quoted);
}

static int fill(const char *template, const char *to, const char *name, bool plus_plus, struct error *error)
{
    if (copy_part(template, "common", to, name, error) == 0 && copy_part(template, plus_plus ? "c++" : "c", to, name, error) == 0)
        return 0;
    remove_folder(to);
    return -1;
}

int plugin_new(FILE *file, const char *name, const char *folder, bool plus_plus, struct error *error)
{
    const char *to = folder ? folder : name;
    if (check_name(name, error) != 0)
        return -1;
    char *template = find_template(error);
    int result = template ? 0 : -1;
    if (result == 0 && mkdir(to, 0777) != 0)
        result = error_set(error, errno == EEXIST ? "%s is there already: choose another folder. Nothing was touched"
                                                  : "%s cannot be made: %s", to, strerror(errno));
    else if (result == 0)
        result = fill(template, to, name, plus_plus, error);
    if (result == 0)
        tell(file, name, to);
    free(template);
    return result;
}
