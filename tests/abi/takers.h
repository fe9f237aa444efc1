/* SPDX-License-Identifier: MIT */
/* Functions and a datum of a plugin's names, in something that is no plugin: none of them may ever be reached. */
#include <stdio.h>
#include <stdlib.h>

void on_packet(void *self, const void *packet);
int stop_condition(void *self, const void *packet);
struct taken {
    long a, b;
} on_finish(void *self, const void *finish);
extern const char aptrace_plugin[256];

const char aptrace_plugin[256] = "not a descriptor";

static void taken(const char *name)
{
    fflush(stdout);
    fprintf(stderr, "TAKEN: %s of %s was called\n", name, TAKER);
    _Exit(9);
}

void on_packet(void *self, const void *packet)
{
    (void)self, (void)packet;
    taken("on_packet");
}

int stop_condition(void *self, const void *packet)
{
    (void)self, (void)packet;
    taken("stop_condition");
    return 0;
}

struct taken on_finish(void *self, const void *finish)
{
    struct taken nothing = {0, 0};
    (void)self, (void)finish;
    taken("on_finish");
    return nothing;
}
