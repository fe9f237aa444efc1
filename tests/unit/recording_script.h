/* SPDX-License-Identifier: MIT */
/* recording_script.h: runs made up event by event, for the tests of the recorder and of the replay of recordings.
 *
 * A script is what the engine took. It is recorded with script_record(), and what a replay gives is written down in the same
 * words as the script itself, so that the two can be compared as text: a line an event. Files lie in a folder of the test's own,
 * from script_folder_begin() to script_folder_end() (a checked fixture). */
#ifndef RECORDING_SCRIPT_H
#define RECORDING_SCRIPT_H

#include "core/recorder.h"
#include "core/text.h"
#include "core/timeline.h"

enum { SCRIPT_MAX = 4000, SCRIPT_SOURCES = 3 };
#define SCRIPT_ORIGIN INT64_C(1700000000123456789)
#define SCRIPT_SLACK INT64_C(30000000)

struct script_event {
    enum feed_event event;
    struct hole hole;
    int64_t time_ns;
    int status;
    struct aptrace_packet packet; /* one at a time, but for batches: joined tells that it travels with the one before */
    bool joined, spans, late;
    int64_t from_ns, to_ns;
};

struct script {
    struct script_event *events;
    size_t count;
    uint64_t packets, numbers[SCRIPT_SOURCES + 1];
    int64_t clock_ns;
    struct recorder_end end;
    bool command_told;
};

void script_folder_begin(void);
void script_folder_end(void);
const char *script_path(const char *name); /* holds until the next call */

void script_begin(struct script *script);
void script_packet(struct script *script, uint32_t source, int64_t time_ns, uint32_t length); /* from the origin */
void script_hole(struct script *script, const struct hole *hole);
void script_random(struct script *script, unsigned seed, unsigned rounds);
void script_free(struct script *script);

/* Sources a, "b c", and the like. */
const struct source_list *script_sources(void);
int script_record(const struct script *script, const char *path, struct error *error);

/* The script in words, and the replay of a file in the same words: "?..." where it was refused. */
char *script_words(const struct script *script);
char *script_replay(const char *path);

/* What a program says to a command line, for tests of agreement; null where there is no such program. */
char *script_ask(const char *program, const char *arguments, const char *path);

uint8_t *script_load(const char *path, size_t *length);
void script_store(const char *path, const uint8_t *bytes, size_t length);

#endif
