/* SPDX-License-Identifier: MIT */
/* expectation.h: one expectation: what was asked, its predicate's instance, its window, and what came of it.
 *
 * The spec is what the user said and never changes. The expectation owns its state, arena, filter and texts. Its life:
 * expectation_new (checked, state filled), expectation_prepare (the plugin's own say), the engine opens and finishes it,
 * verdict.c judges it, expectation_free (calls release). */
#ifndef EXPECTATION_H
#define EXPECTATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <aptrace/predicate.h>

#include "batch.h"
#include "elsewhere.h"
#include "error.h"
#include "expected.h"
#include "filter.h"
#include "guard.h"
#include "groups.h"
#include "hole.h"
#include "memory.h"
#include "parameter.h"
#include "plugin_load.h"
#include "source.h"
#include "wanted.h"

#define EXPECTATION_NO_TIMEOUT INT64_MAX /* closes_ns of a window that only the end of the run closes */

enum direction { DIRECTION_IN, DIRECTION_OUT, DIRECTION_BOTH };
enum timeout_kind { TIMEOUT_RUN, TIMEOUT_NONE, TIMEOUT_GIVEN };

/* What was asked, in the user's words. Texts belong to the arena of the expectation (or to whoever fills it, before). */
struct expectation_spec {
    const char *plugin;
    const struct parameter_given *parameters;
    size_t parameter_count;
    const char *const *on; /* names of sources; none: all */
    const bool *on_joined; /* [may be null] by name: a plus joins it to the one before */
    size_t on_count;
    enum timeout_kind timeout_kind;
    int64_t timeout_ns;
    uint64_t count;        /* 0: no limit */
    const char *expect;    /* [may be null] */
    bool expect_anything;  /* where nothing says what to expect any value but a bool will do; else that is an error */
    const char *filter;    /* [may be null] */
    enum direction direction;
    const char *name;      /* [may be null] */
    const char *after;     /* [may be null] */
};

enum { CITED_MAX = 16, EXPLANATION_MAX = 4096, ARENA_LIMIT = 16 << 20 };

enum window_state { WINDOW_WAITING, WINDOW_OPEN, WINDOW_FINISHED };

enum finish_reason { /* the ABI's reasons, and two that no callback sees */
    FINISH_STOPPED = APTRACE_FINISH_STOPPED,
    FINISH_COUNTED = APTRACE_FINISH_COUNTED,
    FINISH_TIMED_OUT = APTRACE_FINISH_TIMED_OUT,
    FINISH_ENDED = APTRACE_FINISH_ENDED,
    FINISH_INTERRUPTED = APTRACE_FINISH_INTERRUPTED,
    FINISH_NEVER_OPENED = 64,
    FINISH_FAULT = 65
};

struct window {
    enum window_state state;
    int64_t earliest_ns;         /* it does not open before; INT64_MIN where the run began with it */
    int64_t opens_ns, closes_ns; /* both inside; EXPECTATION_NO_TIMEOUT */
    bool closed_early;           /* from outside: it ends there, and does not time out */
    bool given_up;
    uint64_t packets;
    enum finish_reason reason;
    int64_t finish_ns;
    bool has_packet;             /* that stopped or counted it out */
    struct packet_reference packet;
};

struct expectation {
    struct aptrace_instance instance; /* first, so that the host functions find the rest */
    struct expectation_spec spec;       /* parameters as they were understood: canonical, with no path in them */
    struct parameter_given *typed;      /* the same as they were typed, for a person */
    const struct plugin *plugin;
    struct guard *guard;                /* the run's; around every call of a callback */
    struct expectation *label_of_after; /* [may be null] the one whose stop opens this window */
    const char *label;                  /* unique in the run */
    unsigned again;                     /* of a label that was made: the N of its #N; 0: it has none */
    struct arena arena;
    struct parameter_set parameters;
    struct expected expected;
    const char *expect;                 /* its words: the user's, the predicate's own, or "true"; null before they are read */
    const char *own_expect;             /* [may be null] what the predicate expects where the user said nothing */
    struct aptrace_filter *filter;      /* [may be null] */
    const struct source_list *sources;  /* borrowed: the run's */
    struct groups groups;               /* of its sources */
    bool *on_source;                    /* by source number; unused where all_sources */
    bool all_sources;
    size_t sources_seen;                /* how many of the list were resolved */
    bool prepared;

    struct window window;
    unsigned batch_begin;  /* where in the batch at hand the window begins */
    unsigned batch_finish; /* the packets of the batch before which it had finished */
    bool finish_pending;   /* finished in the batch at hand, on_finish not called yet */
    const struct aptrace_packet *finish_packet; /* [may be null] of the batch at hand */

    bool has_value;
    struct aptrace_value value;
    char *explanation;                  /* [may be null] in the arena, EXPLANATION_MAX bytes */
    char refusal[1024];                 /* what prepare refused with */
    struct packet_reference nearest;
    char *nearest_text;                 /* [may be null] in the arena, EXPLANATION_MAX bytes */
    struct wanted_miss nearest_miss;    /* where it was found by fields or bytes; no text: by a predicate's own measure */
    struct arena miss_arena;            /* of it: made anew for each that is nearer, or a long run would keep them all */
    const struct aptrace_wanted *nearest_wanted; /* [may be null] what it missed, which counts those that missed likewise */
    struct elsewhere elsewhere;
    struct packet_reference cited[CITED_MAX];
    size_t cited_count;
    struct hole *own_holes;             /* that touch this one alone: late, unseen, end */
    size_t own_hole_count, own_hole_capacity;
    char fault[1536];                   /* how the plugin broke its contract, or why the expectation could not be set up */

    const struct batch *batch;          /* the batch at hand, for references; null between batches */
};

/* Makes an expectation of a spec, whose texts it copies. earlier: those given before it, for labels and --after. Null after an
 * error: unknown plugin, bad parameter, bad --expect, unknown label, label taken. Sources are bound by expectation_bind(). */
struct expectation *expectation_new(const struct expectation_spec *spec, const struct plugin *plugin,
                                    const struct source_list *sources, struct expectation *const *earlier, size_t earlier_count,
                                    struct error *error);

/* Binds the sources that the list has by now: counts them, and compiles filters for their link types. -1 too where --on names a
 * source twice. */
int expectation_bind(struct expectation *expectation, struct error *error);

/* The first name of --on that no source bears; null where all are there. */
const char *expectation_missing_source(const struct expectation *expectation);

/* Calls the plugin's prepare, and reads what to expect where the user left it to the predicate. -1 after a refusal, and where a
 * value other than a bool has nothing that it is compared with. */
int expectation_prepare(struct expectation *expectation, struct error *error);

/* Calls on_finish and keeps what it yields, if that is what the descriptor declares. */
void expectation_finish(struct expectation *expectation, const struct aptrace_finish *finish);

/* Calls release, once, for an expectation that was prepared and did not fault. */
void expectation_release(struct expectation *expectation);

/* Notes what the guard caught, as an error of this expectation. */
void expectation_note_fault(struct expectation *expectation);

void expectation_add_hole(struct expectation *expectation, const struct hole *hole);

/* Notes that a packet's captured bytes end before what is looked for. */
void expectation_add_unseen(struct expectation *expectation, const struct aptrace_packet *packet);

/* Whether the packet is one of the batch at hand. */
bool expectation_holds(const struct expectation *expectation, const struct aptrace_packet *packet);

/* A copy of what identifies a packet of the batch at hand. */
struct packet_reference expectation_reference(const struct expectation *expectation, const struct aptrace_packet *packet);

/* Releases it, where that was not done, and frees all. */
void expectation_free(struct expectation *expectation);

const char *direction_name(enum direction direction);

#endif
