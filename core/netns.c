/* SPDX-License-Identifier: MIT */
/* Ports in network namespaces: test beds put each switch port into its own.
 *
 * A socket belongs for ever to the namespace in which it was made, so a visit is enough: the thread goes there, opens, and comes
 * back before anything else runs on it. Names are those that `ip netns` binds in its folder. What it keeps true: after a failed
 * enter the thread is where it was, and a way home is held open before it leaves. */
#include "netns.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memory.h"
#include "suggest.h"

static const char folder[] = "/run/netns";

static int no_such(const char *name, struct error *error)
{
    char **names = NULL;
    size_t count = 0, capacity = 0;
    struct text near = {0};
    DIR *directory = opendir(folder);
    for (struct dirent *entry; directory && (entry = readdir(directory)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        names = memory_grow(names, &capacity, count, sizeof *names);
        names[count++] = memory_text(entry->d_name);
    }
    if (directory)
        closedir(directory);
    size_t found = suggest_nearest(&near, name, (const char *const *)names, count);
    error_set(error, "there is no network namespace %s in %s%s%s%s; `ip netns` lists them", name, folder,
              found ? ": did you mean " : "", text_bytes(&near), found ? "?" : "");
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
    text_fini(&near);
    return -1;
}

static int open_namespace(const char *name, struct error *error)
{
    char path[256];
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (name[0] == '\0' || name[0] == '.' || strchr(name, '/') || length >= (int)sizeof path)
        return error_set(error, "\"%s\" is not the name of a network namespace; write NETNS/IFACE", name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return no_such(name, error);
    return fd >= 0 ? fd : error_set(error, "cannot open %s: %s", path, strerror(errno));
}

int netns_enter(struct netns_visit *visit, const char *name, struct error *error)
{
    visit->home_fd = -1;
    if (!name)
        return 0;
    int fd = open_namespace(name, error);
    if (fd < 0)
        return -1;
    visit->home_fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    if (visit->home_fd < 0) {
        error_set(error, "cannot open /proc/thread-self/ns/net: %s", strerror(errno));
    } else if (setns(fd, CLONE_NEWNET) != 0) {
        error_set(error, "cannot enter the network namespace %s: %s%s", name, strerror(errno),
                  errno == EPERM ? "; it needs CAP_SYS_ADMIN: run as root, or inside it by `ip netns exec`" : "");
        close(visit->home_fd);
        visit->home_fd = -1;
    }
    close(fd);
    return visit->home_fd >= 0 ? 0 : -1;
}

int netns_leave(struct netns_visit *visit, struct error *error)
{
    int result = 0;
    if (visit->home_fd < 0)
        return 0;
    if (setns(visit->home_fd, CLONE_NEWNET) != 0)
        result = error_set(error, "cannot go back to the network namespace that was left: %s", strerror(errno));
    close(visit->home_fd);
    visit->home_fd = -1;
    return result;
}
