#ifndef WANTED_FILE_H
#define WANTED_FILE_H
#include "wanted.h"
int wanted_file_one(const char *text, struct arena *arena, struct wanted_packet *packet, struct error *error);
int wanted_file_all(const char *path, struct arena *arena, struct wanted_packet **packets, size_t *count, struct error *error);
#endif
