/* SPDX-License-Identifier: MIT */
/* A software switch binds a packet socket to each of its ports. What it sends out of such a port is, for the port, an outgoing
 * packet: whoever listens there for received ones sees only what the test sends into the switch, and misses every answer. The
 * answers arrive at the other end of the veth pair. /proc/net/packet lists packet sockets with the interface that they are bound
 * to; those of this process are known by their inodes. It is a hint and never more: another tcpdump looks the same. */
#include "tools/wrong_end.h"

#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DESCRIPTORS_MAX = 4096 };

static bool is_ours(unsigned long inode)
{
    struct stat status;
    for (int descriptor = 0; descriptor < DESCRIPTORS_MAX; descriptor++) {
        if (fstat(descriptor, &status) == 0 && S_ISSOCK(status.st_mode) && status.st_ino == inode)
            return true;
    }
    return false;
}

static bool is_bound_by_another(unsigned index)
{
    char line[512];
    unsigned bound;
    unsigned long inode;
    bool found = false;
    FILE *file = fopen("/proc/net/packet", "re");
    while (file && !found && fgets(line, sizeof line, file)) {
        if (sscanf(line, "%*s %*s %*s %*s %u %*s %*s %*s %lu", &bound, &inode) == 2 && bound == index)
            found = !is_ours(inode);
    }
    if (file)
        fclose(file);
    return found;
}

/* The other end of a veth pair: each is the other's iflink. In another namespace the number may mean something else here. */
static bool find_peer(const char *interface, unsigned index, char *peer)
{
    char path[64 + IF_NAMESIZE];
    unsigned link = 0, back = 0;
    snprintf(path, sizeof path, "/sys/class/net/%s/iflink", interface);
    FILE *file = fopen(path, "re");
    if (!file || fscanf(file, "%u", &link) != 1)
        link = 0;
    if (file)
        fclose(file);
    if (link == 0 || link == index || !if_indextoname(link, peer))
        return false;
    snprintf(path, sizeof path, "/sys/class/net/%s/iflink", peer);
    file = fopen(path, "re");
    if (!file || fscanf(file, "%u", &back) != 1)
        back = 0;
    if (file)
        fclose(file);
    return back == index;
}

bool wrong_end_find(const char *interface, struct text *note)
{
    char peer[IF_NAMESIZE];
    unsigned index = strchr(interface, '/') ? 0 : if_nametoindex(interface);
    if (index == 0 || !is_bound_by_another(index))
        return false;
    text_add(note, "another program has bound %s. If it is the switch, what it sends out of %s arrives at the other end",
             interface, interface);
    if (find_peer(interface, index, peer))
        text_add(note, ", %s: listen there (--live %s)", peer, peer);
    else
        text_add(note, " of the link: listen there");
    return true;
}
