#include "wanted_file.h"
int wanted_file_one(const char *text, struct arena *arena, struct wanted_packet *packet, struct error *error)
{
    (void)arena; (void)packet;
    return error_set(error, "%s: not yet", text);
}
int wanted_file_all(const char *path, struct arena *arena, struct wanted_packet **packets, size_t *count, struct error *error)
{
    (void)arena; (void)packets; (void)count;
    return error_set(error, "%s: not yet", path);
}
