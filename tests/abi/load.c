/* SPDX-License-Identifier: MIT */
/* Loads plugins as aptrace does, and tells what came of each in one line: the driver of this folder's scripts.
 *
 *   load PLUGIN...
 *   loaded NAME as N, on_packet - stop_condition works on_finish works
 *   refused: MESSAGE
 *
 * N says which of the arguments first loaded this very plugin. A callback is "-" where it was left out, "works" where calling
 * it gave what every fixture of this folder gives: stop_condition is true for packet number 42 alone, on_finish yields whether
 * it stopped. Ends with 1 where a plugin was refused.
 *
 * With -DOWN_CALLBACKS the program has functions of the callbacks' names itself: linked with -rdynamic it offers them to
 * everything that is loaded. Whoever calls one ends the program. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/plugin_load.h"

#ifdef OWN_CALLBACKS
#    include "takers.h"
#endif

static unsigned packets_seen(const struct aptrace_plugin *plugin, struct aptrace_instance *self)
{
    struct aptrace_packet packet;
    memset(&packet, 0, sizeof packet);
    packet.number = 1;
    plugin->on_packet(self, &packet);
    return 1;
}

static bool stops(const struct aptrace_plugin *plugin, struct aptrace_instance *self)
{
    struct aptrace_packet other, wanted;
    memset(&other, 0, sizeof other);
    wanted = other;
    other.number = 41;
    wanted.number = 42;
    return !plugin->stop_condition(self, &other) && plugin->stop_condition(self, &wanted);
}

static bool finishes(const struct aptrace_plugin *plugin, struct aptrace_instance *self)
{
    struct aptrace_finish finish;
    struct aptrace_value value;
    memset(&finish, 0, sizeof finish);
    finish.reason = APTRACE_FINISH_STOPPED;
    finish.stopped = true;
    value = plugin->on_finish(self, &finish);
    return value.type == APTRACE_TYPE_BOOL && value.as.natural == 1;
}

static const char *word(bool there, bool works)
{
    return !there ? "-" : works ? "works" : "WRONG";
}

static void tell(const struct aptrace_plugin *plugin, int first)
{
    static uint64_t state[512];
    struct aptrace_instance self = {NULL, state, UINT64_MAX};
    printf("loaded %s as %d,", plugin->name, first);
    printf(" on_packet %s", word(plugin->on_packet, plugin->on_packet && packets_seen(plugin, &self)));
    printf(" stop_condition %s", word(plugin->stop_condition, plugin->stop_condition && stops(plugin, &self)));
    printf(" on_finish %s\n", word(plugin->on_finish, plugin->on_finish && finishes(plugin, &self)));
}

int main(int argc, char **argv)
{
    const struct plugin *plugins[64] = {NULL};
    int i, first, status = 0;
    for (i = 1; i < argc && i < 64; i++) {
        struct error error = {""};
        plugins[i] = plugin_load(argv[i], &error);
        for (first = 1; plugins[i] && plugins[first] != plugins[i]; first++)
            ;
        if (plugins[i])
            tell(&plugins[i]->descriptor, first);
        else
            printf("refused: %s\n", error.text);
        if (!plugins[i])
            status = 1;
    }
    return status;
}
