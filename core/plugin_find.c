/* SPDX-License-Identifier: MIT */
/* Where plugins lie, and which file a name means.
 *
 * A word with a '/' is a path, as for a shell's command; any other is looked for in the plugin folders, never in the working
 * folder, so that what a test loads does not depend on where it was started. The folders are found from the place of the
 * running program and of this library, so that an unpacked or moved tree, a build tree and an installed one all work without
 * a variable being set. What $APTRACE_PLUGIN_PATH names comes first, what was configured last. Each folder is listed once,
 * whatever paths lead to it.
 *
 * A name that is not found is the most common mistake of a new user: the message says where it was looked for, and what the
 * user may have meant (plugin_suggest.h). */
#include "plugin_find.h"

#include <dirent.h>
#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"
#include "plugin_load.h"
#include "plugin_suggest.h"
#include "text.h"

struct list {
    char **items;
    size_t count, capacity;
};

static void list_take(struct list *list, char *item)
{
    list->items = memory_grow(list->items, &list->capacity, list->count, sizeof *list->items);
    list->items[list->count++] = item;
}

/* ---- Folders --------------------------------------------------------------------------------------------------------- */

static bool is_listed(const struct list *list, const struct stat *wanted)
{
    struct stat status;
    size_t i;
    for (i = 0; i < list->count; i++) {
        if (stat(list->items[i], &status) == 0 && status.st_dev == wanted->st_dev && status.st_ino == wanted->st_ino)
            return true;
    }
    return false;
}

/* Adds a folder that is there and not yet listed; frees the path otherwise. */
static void add_folder(struct list *list, char *path)
{
    struct stat status;
    if (path && stat(path, &status) == 0 && S_ISDIR(status.st_mode) && !is_listed(list, &status))
        list_take(list, path);
    else
        free(path);
}

static void add_folders_of_environment(struct list *list)
{
    const char *at = getenv("APTRACE_PLUGIN_PATH");
    while (at && *at) {
        size_t length = strcspn(at, ":");
        if (length > 0)
            add_folder(list, memory_text_of(at, length));
        at += length + (at[length] == ':');
    }
}

/* The folder of a file, for the caller to free; null where it cannot be told. */
static char *folder_of(const char *file)
{
    char *path = realpath(file, NULL);
    char *slash = path ? strrchr(path, '/') : NULL;
    if (slash)
        *slash = 0;
    return path;
}

static void add_folders_beside(struct list *list, const char *base)
{
    static const char *const places[] = {
        "../lib/aptrace/plugins", "../lib64/aptrace/plugins", /* of PREFIX/bin */
        "aptrace/plugins",                                    /* of the folder that libaptrace.so is installed in */
        "plugins/.libs",          "plugins",                  /* of the top of a build tree */
        "../plugins/.libs",       "../plugins",               /* of its .libs, or a folder in it */
        "../../plugins/.libs",    "../../plugins",            /* of such a folder's .libs, or one deeper */
    };
    size_t i;
    for (i = 0; base && i < sizeof places / sizeof places[0]; i++) {
        struct text path = {0};
        char *real;
        text_add(&path, "%s/%s", base, places[i]);
        real = realpath(text_bytes(&path), NULL);
        add_folder(list, real);
        text_fini(&path);
    }
}

size_t plugin_folders(char ***folders)
{
    struct list list = {0};
    static const char place = 0; /* lies in this library, or in the program that it is linked into */
    Dl_info info;
    char *program = folder_of("/proc/self/exe");
    char *library = dladdr(&place, &info) && info.dli_fname && strchr(info.dli_fname, '/') ? folder_of(info.dli_fname) : NULL;
    add_folders_of_environment(&list);
    add_folders_beside(&list, program);
    add_folders_beside(&list, library);
#ifdef APTRACE_PLUGIN_DIR
    add_folder(&list, memory_text(APTRACE_PLUGIN_DIR));
#endif
    free(program);
    free(library);
    *folders = list.items;
    return list.count;
}

void plugin_folders_free(char **folders, size_t count)
{
    size_t i;
    for (i = 0; i < count; i++)
        free(folders[i]);
    free(folders);
}

/* ---- Names ----------------------------------------------------------------------------------------------------------- */

static bool is_file(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && !S_ISDIR(status.st_mode);
}

static bool ends_in_so(const char *name)
{
    size_t length = strlen(name);
    return length > 3 && strcmp(name + length - 3, ".so") == 0;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_names_of(struct list *list, const char *folder)
{
    DIR *entries = opendir(folder);
    struct dirent *entry;
    while (entries && (entry = readdir(entries)) != NULL) {
        struct text path = {0};
        text_add(&path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.' && ends_in_so(entry->d_name) && is_file(text_bytes(&path)))
            list_take(list, memory_text_of(entry->d_name, strlen(entry->d_name) - 3));
        text_fini(&path);
    }
    if (entries)
        closedir(entries);
}

/* Of sorted names, each once. */
static void drop_doubles(struct list *list)
{
    size_t i, kept = 0;
    for (i = 0; i < list->count; i++) {
        if (kept > 0 && strcmp(list->items[kept - 1], list->items[i]) == 0)
            free(list->items[i]);
        else
            list->items[kept++] = list->items[i];
    }
    list->count = kept;
}

size_t plugin_names(char ***names)
{
    struct list list = {0};
    char **folders;
    size_t i, count = plugin_folders(&folders);
    for (i = 0; i < count; i++)
        add_names_of(&list, folders[i]);
    plugin_folders_free(folders, count);
    if (list.count > 0)
        qsort(list.items, list.count, sizeof *list.items, compare_names);
    drop_doubles(&list);
    *names = list.items;
    return list.count;
}

/* ---- Finding --------------------------------------------------------------------------------------------------------- */

/* A path as it was written, else with ".so" behind it. */
static char *find_by_path(const char *name, struct error *error)
{
    struct text path = {0};
    struct stat status;
    bool there = stat(name, &status) == 0;
    text_add(&path, "%s%s", name, there && !S_ISDIR(status.st_mode) ? "" : ".so");
    if (is_file(text_bytes(&path)))
        return text_take(&path);
    text_fini(&path);
    if (there)
        error_set(error, "plugin %s is a directory, expected a .so file. For a folder of plugins set APTRACE_PLUGIN_PATH=%s",
                  name, name);
    else
        error_set(error, "there is no plugin file %s%s", name, ends_in_so(name) ? "" : ", nor one with .so behind it");
    return NULL;
}

static char *find_in_folders(const char *stem, char *const *folders, size_t count)
{
    size_t i;
    for (i = 0; i < count; i++) {
        struct text path = {0};
        text_add(&path, "%s%s/%s.so", strchr(folders[i], '/') ? "" : "./", folders[i], stem);
        if (is_file(text_bytes(&path)))
            return text_take(&path);
        text_fini(&path);
    }
    return NULL;
}

/* A file of the working folder is never meant by a bare name: but the user may have thought so. */
static void add_working_folder(struct text *text, const char *name, const char *stem)
{
    struct text path = {0};
    text_add(&path, "%s.so", stem);
    if (is_file(text_bytes(&path)))
        text_add(text, " There is %s in the working folder: write ./%s to mean it.", text_bytes(&path), name);
    text_fini(&path);
}

static void explain_missing(const char *name, const char *stem, char *const *folders, size_t count, struct error *error)
{
    struct text text = {0};
    char **names;
    size_t i, name_count = plugin_names(&names);
    text_add(&text, "no plugin \"%s\"", name);
    plugin_suggest(&text, stem, (const char *const *)names, name_count);
    add_working_folder(&text, name, stem);
    text_add(&text, count > 0 ? " Looked in: " : " No plugin folder was found: set APTRACE_PLUGIN_PATH to one.");
    for (i = 0; i < count; i++)
        text_add(&text, "%s%s", folders[i], i + 1 < count ? ", " : ".");
    if (name_count > 0)
        text_add(&text, " 'aptrace --list-plugins' lists them.");
    error_set(error, "%s", text_bytes(&text));
    text_fini(&text);
    plugin_folders_free(names, name_count);
}

static char *find_by_name(const char *name, struct error *error)
{
    char *stem = memory_text_of(name, strlen(name) - (ends_in_so(name) ? 3 : 0));
    char **folders;
    size_t count = plugin_folders(&folders);
    char *path = find_in_folders(stem, folders, count);
    if (!path)
        explain_missing(name, stem, folders, count, error);
    plugin_folders_free(folders, count);
    free(stem);
    return path;
}

char *plugin_find(const char *name, struct error *error)
{
    if (name[0] == 0) {
        error_set(error, "the name of a plugin is missing: write one, as in --plugin saw_vlan, or a path, as in ./mine.so");
        return NULL;
    }
    return strchr(name, '/') ? find_by_path(name, error) : find_by_name(name, error);
}
