/* SPDX-License-Identifier: MIT */
/* Loads plugins, each once, and keeps them for the life of the process.
 *
 * dlopen always gets a path with a '/', so that the search rules of the dynamic linker never pick another file. RTLD_NOW: a
 * symbol that is missing is told here, not in the middle of a run. RTLD_LOCAL: no plugin's names reach another's. Nothing is
 * ever closed: a report may still point to a plugin's texts, and code of a library that was unloaded under a thread is a
 * fault that no one finds. So a plugin that was refused stays loaded too, without being called.
 *
 * The list holds what was proved good. A plugin is known by what the dynamic linker says it is, so that two paths to one file
 * are one plugin. Contexts may be set up on several threads: a lock guards the list. */
#include "plugin_load.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "plugin_check.h"
#include "plugin_file.h"
#include "plugin_find.h"

struct loaded {
    struct plugin plugin;
    const void *handle; /* null: in place */
    struct loaded *next;
};

static struct loaded *all;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static const struct plugin *find_handle(const void *handle)
{
    const struct loaded *loaded = all;
    while (loaded && loaded->handle != handle)
        loaded = loaded->next;
    return loaded ? &loaded->plugin : NULL;
}

static const struct plugin *find_copy(const struct aptrace_plugin *copy)
{
    const struct loaded *loaded = all;
    while (loaded && (loaded->handle || memcmp(&loaded->plugin.descriptor, copy, sizeof *copy) != 0))
        loaded = loaded->next;
    return loaded ? &loaded->plugin : NULL;
}

/* path: null, or taken. */
static const struct plugin *add(const void *handle, const struct aptrace_plugin *copy, char *path)
{
    struct loaded *loaded = memory_new(1, sizeof *loaded);
    loaded->plugin.descriptor = *copy;
    loaded->plugin.path = path;
    loaded->handle = handle;
    loaded->next = all;
    all = loaded;
    return &loaded->plugin;
}

/* What the dynamic linker said, in our words where its own are known, and always its own. */
static void explain_refusal(const char *said, struct error *error)
{
    if (!said)
        said = "no reason given";
    if (strstr(said, "undefined symbol"))
        error_set(error,
                  "it needs a symbol that nothing provides: a function was misspelt, or a library left out of its link. "
                  "Linking with -Wl,-z,defs tells where. The dynamic linker says: %s",
                  said);
    else if (strstr(said, "cannot open shared object file"))
        error_set(error,
                  "it depends on a library that is not found. Install it, or set LD_LIBRARY_PATH to its folder. The dynamic "
                  "linker says: %s",
                  said);
    else if (strstr(said, "version `"))
        error_set(error, "it was built for a newer library than the one here. The dynamic linker says: %s", said);
    else
        error_set(error, "the dynamic linker refuses it: %s", said);
}

/* With the lock held. path: taken where the result is not null. */
static const struct plugin *load_path(char *path, struct error *error)
{
    struct aptrace_plugin copy;
    const struct plugin *known;
    void *handle;
    if (plugin_file_check(path, error))
        return NULL;
    handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        explain_refusal(dlerror(), error);
        return NULL;
    }
    known = find_handle(handle);
    if (known) {
        free(path);
        return known;
    }
    return plugin_check_loaded(handle, &copy, error) ? NULL : add(handle, &copy, path);
}

const struct plugin *plugin_load(const char *name, struct error *error)
{
    const struct plugin *plugin;
    char *path = plugin_find(name, error);
    if (!path)
        return NULL;
    pthread_mutex_lock(&lock);
    plugin = load_path(path, error);
    pthread_mutex_unlock(&lock);
    if (!plugin) {
        error_context(error, "plugin %s", path);
        free(path);
    }
    return plugin;
}

const struct plugin *plugin_in_place(const struct aptrace_plugin *descriptor, struct error *error)
{
    struct aptrace_plugin copy;
    const struct plugin *plugin;
    if (!descriptor) {
        error_set(error, "a predicate in place is null");
        return NULL;
    }
    if (plugin_check_in_place(descriptor, &copy, error)) {
        error_context(error, "predicate in place");
        return NULL;
    }
    pthread_mutex_lock(&lock);
    plugin = find_copy(&copy);
    if (!plugin)
        plugin = add(NULL, &copy, NULL);
    pthread_mutex_unlock(&lock);
    return plugin;
}
