/* SPDX-License-Identifier: MIT */
/* aptrace/predicate.h: what a predicate is, and everything it may ask of the engine.
 *
 * A predicate looks at the packets of one window and yields one value. Up to five functions make it:
 *
 *   prepare         once, before any source is armed: check and arrange the parameters, or refuse them
 *   on_packet       for each packet of the window, in the order of the timeline
 *   stop_condition  for the same packet, right behind its on_packet: true ends the window here
 *   on_finish       once, when the window has closed: yields the value
 *   release         once, last
 *
 * Each may be left out: no on_packet does nothing, no stop_condition never stops, no on_finish yields whether it
 * stopped. At least one of stop_condition and on_finish must be there.
 *
 * The engine gives each expectation a state of its own: state_size bytes, zeroed, with the parsed parameters written
 * at their offsets. So a predicate needs no globals and no malloc, one plugin serves many expectations at once, and
 * every run starts fresh. All callbacks of one run are called on its one engine thread, never two at a time; separate
 * runs of a process may be on separate threads. A predicate reads no clock and no randomness: time is the packet's, so
 * that a recorded run gives the verdict of the live one.
 *
 * A predicate does not judge: it yields a value, and the expectation compares it with what the user expected.
 *
 * This header is for programs that have predicates in place too; a plugin (.so) includes <aptrace/plugin.h> instead.
 *
 * Terms: [engine thread] on the run's one thread. [exactly once] and [at most once] for each expectation.
 *   [borrowed until return] not yours behind the call. [may be null], [never null].
 *
 * Changes of the ABI
 *   1.0  2026-11-23  the first
 *        2026-11-26  before its release: parameters that say which packets are meant, and fields (<aptrace/wanted.h>); groups of
 *                    sources; what to expect where the user said nothing
 */
#ifndef APTRACE_PREDICATE_H
#define APTRACE_PREDICATE_H

#include <stdarg.h>

#include <aptrace/packet.h>

#define APTRACE_ABI_MAJOR 1 /* another major: other layouts. The engine refuses it */
#define APTRACE_ABI_MINOR 0 /* rises when something is added at an end */

/* The minor that a plugin needs of the engine. Define it before the first include to use what a newer one added; what
 * is newer is hidden, so that building again with newer headers never makes a plugin too new for an older engine. */
#ifndef APTRACE_PLUGIN_MINOR
# define APTRACE_PLUGIN_MINOR 0
#endif

APTRACE_BEGIN

/* ---- Values -------------------------------------------------------------------------------------------------------- */

/* Types of values and of parameters. Numbers are for ever; new ones come at the end. */
enum aptrace_type {
    APTRACE_TYPE_BOOL = 1,
    APTRACE_TYPE_INT = 2,
    APTRACE_TYPE_UINT = 3,
    APTRACE_TYPE_DOUBLE = 4,
    APTRACE_TYPE_STRING = 5,
    APTRACE_TYPE_DURATION = 6, /* from here on of parameters only */
    APTRACE_TYPE_MAC = 7,
    APTRACE_TYPE_IP = 8,
    APTRACE_TYPE_PREFIX = 9,
    APTRACE_TYPE_BYTES = 10,
    APTRACE_TYPE_PATTERN = 11,
    APTRACE_TYPE_CHOICE = 12,
    APTRACE_TYPE_FILTER = 13,
    APTRACE_TYPE_SOURCE = 14,
    APTRACE_TYPE_SOURCES = 15,
    APTRACE_TYPE_MATCH = 16,
    APTRACE_TYPE_WANTED = 17,
    APTRACE_TYPE_FIELD = 18,
    APTRACE_TYPE_END = 0x454e440a /* the end entry of a parameter table; not 0, so that a forgotten end is found */
};

/* What a predicate yields: 16 bytes for ever, returned in two registers. Make it with aptrace_bool() and its like. A text
 * must outlive on_finish: a literal, a parameter, or bytes from aptrace_allocate(). */
struct aptrace_value {
    uint32_t type; /* APTRACE_TYPE_BOOL to APTRACE_TYPE_STRING: the one that the descriptor declares */
    uint32_t reserved;
    union {
        int64_t integer;
        uint64_t natural; /* UINT; BOOL: 0 or 1 */
        double real;
        const char *text; /* [never null] UTF-8 */
    } as;
};

/* ---- The end of a window --------------------------------------------------------------------------------------------- */

enum aptrace_reason {
    APTRACE_FINISH_STOPPED = 1,    /* stop_condition answered true */
    APTRACE_FINISH_COUNTED = 2,    /* --count packets have passed */
    APTRACE_FINISH_TIMED_OUT = 3,  /* the clock went past the end of the window */
    APTRACE_FINISH_ENDED = 4,      /* the run or the trace ended */
    APTRACE_FINISH_INTERRUPTED = 5 /* a signal ended the run */
};

/* Why and when a window closed. There is no timed_out: "not stopped" has several reasons, and a test of one of them would
 * be a wrong pass for the others. Grows at its end. */
struct aptrace_finish {
    uint32_t reason;   /* enum aptrace_reason; one that you do not know is "not stopped" */
    bool stopped;      /* reason is APTRACE_FINISH_STOPPED */
    uint8_t reserved[3];
    int64_t time_ns;   /* of the finish; event time, as all of these */
    int64_t opens_ns;  /* the window's first moment */
    int64_t closes_ns; /* its last; INT64_MAX where no timeout was set */
    uint64_t packets;  /* packets of the window, past its sources, filter and direction */
    const struct aptrace_packet *packet; /* [may be null] [borrowed until return] the one that stopped or counted it out */
};

/* ---- Parameters ------------------------------------------------------------------------------------------------------ */

/* What the members of a state are, by kind of parameter. All are zero where the user gave nothing and there is no fallback.
 * What pointers in them point to lives until release has returned. */
struct aptrace_mac { uint8_t bytes[6]; };
struct aptrace_ip { uint8_t version; uint8_t reserved[7]; uint8_t bytes[16]; }; /* version 4: the first 4 bytes. 0: none */
struct aptrace_prefix { struct aptrace_ip address; uint32_t length; uint32_t reserved; };
struct aptrace_bytes { const uint8_t *bytes; size_t length; };
struct aptrace_pattern { const uint8_t *bytes; const uint8_t *mask; size_t length; }; /* mask: 0 bits match anything */
struct aptrace_sources { const uint32_t *numbers; size_t count; };                    /* ascending, as in a packet's source */
struct aptrace_filter; /* a compiled filter; see aptrace_passes() */
struct aptrace_wanted; /* which packets are meant: header fields, or all of their bytes; see <aptrace/wanted.h> */
struct aptrace_field;  /* a header field by its name; see aptrace_get_field() there */
struct aptrace_checksum;

/* A match: a condition on one number that a packet may have. Read it with aptrace_matches() and aptrace_matches_absent().
 * Numbers are up to 128 bits wide: a MAC address is its 48 bits in the lower half, an IPv6 address fills both, an IPv4
 * address is ::ffff:a.b.c.d, and signed numbers have their top bit flipped (aptrace_match_int()), so that order holds. */
struct aptrace_range { uint64_t mask[2], low[2], high[2]; }; /* [0] the upper 64 bits; low <= (number & mask) <= high */
enum aptrace_match_kind { APTRACE_MATCH_ANYTHING = 0, APTRACE_MATCH_RANGES = 1, APTRACE_MATCH_PRESENT = 2, APTRACE_MATCH_ABSENT = 3 };
struct aptrace_match {
    uint32_t kind;    /* ANYTHING: left out, never false */
    uint32_t negated; /* 1: KEY!=..., none of the ranges may hold the number */
    struct aptrace_range first;
    const struct aptrace_range *more; /* [may be null] a list: the further ones */
    size_t more_count;
};

/* One parameter: an entry of the table that the descriptor points to. Write entries with the APTRACE_PARAM_... macros at
 * the end of this file and close the table with APTRACE_PARAM_END. The engine parses and checks what the user wrote, so
 * that all predicates' errors read alike, and manual pages and --describe are made from the same table. */
struct aptrace_param {
    uint32_t type;                         /* these five are the macros': enum aptrace_type */
    uint32_t of;                           /* of a match: the type of its numbers; of WANTED: enum aptrace_wanted_form */
    uint32_t offset;                       /* of the member in the state, and its size in bytes */
    uint32_t size;
    const char *member;                    /* [never null] the member's identifier */
    const char *name APTRACE_OPTIONAL;     /* the author's from here on, in this order. As the user writes it, "ip.ttl"; null:
                                              the member's identifier */
    int64_t min APTRACE_OPTIONAL;          /* of a number, or of the length of bytes; inclusive. Both 0: the member's own limits */
    int64_t max APTRACE_OPTIONAL;          /* hold; max below min: min holds, up to the member's own maximum. For signed numbers
                                              give both. A double's are whole numbers; a duration's, ns */
    const char *choices APTRACE_OPTIONAL;  /* of a choice: "in|out|both"; the member becomes 0, 1, 2 */
    const char *fallback APTRACE_OPTIONAL; /* as a user would write it; null: the member stays zero */
    bool required APTRACE_OPTIONAL;        /* it must be given */
    const char *help APTRACE_OPTIONAL;     /* one line, no full stop: it stands in --describe and in the manual */
    uint64_t id APTRACE_OPTIONAL;          /* for the author's own use */
};

/* ---- The two sides --------------------------------------------------------------------------------------------------- */

/* One expectation, as its predicate sees it. The engine's; grows at its end. */
struct aptrace_instance {
    const struct aptrace_host *host; /* [never null] */
    void *state;                     /* [never null] state_size bytes; the engine's, until release has returned */
    uint64_t nearest;                /* distance of the nearest miss so far; UINT64_MAX: none. The engine writes it */
};

/* What the engine does for a predicate. Call it through the inline helpers below: they are the interface. Its functions
 * are added at the end; a helper newer than 1.0 looks at size first. */
struct aptrace_host {
    uint32_t size, abi_major, abi_minor, reserved;
    void (*explain)(struct aptrace_instance *self, const char *format, va_list arguments);
    void (*note_near)(struct aptrace_instance *self, const struct aptrace_packet *packet, uint64_t distance, const char *format,
                      va_list arguments);
    void (*cite)(struct aptrace_instance *self, const struct aptrace_packet *packet);
    void (*unseen)(struct aptrace_instance *self, const struct aptrace_packet *packet);
    void (*refuse)(struct aptrace_instance *self, const char *format, va_list arguments);
    void *(*allocate)(struct aptrace_instance *self, size_t size);
    bool (*given)(struct aptrace_instance *self, const void *member);
    const char *(*source_name)(struct aptrace_instance *self, uint32_t source);
    bool (*passes)(struct aptrace_instance *self, const struct aptrace_filter *filter, const struct aptrace_packet *packet);
    void (*expect)(struct aptrace_instance *self, const char *format, va_list arguments);
    uint32_t (*group_count)(struct aptrace_instance *self);
    uint32_t (*group_of)(struct aptrace_instance *self, uint32_t source);
    const char *(*group_name)(struct aptrace_instance *self, uint32_t group);
    bool (*is_wanted)(struct aptrace_instance *self, const struct aptrace_wanted *wanted, size_t index,
                      const struct aptrace_packet *packet, uint32_t how);
    size_t (*wanted_count)(const struct aptrace_wanted *wanted);
    void (*look_elsewhere)(struct aptrace_instance *self, const struct aptrace_wanted *wanted);
    bool (*digest)(struct aptrace_instance *self, const struct aptrace_wanted *wanted, const struct aptrace_packet *packet,
                   uint64_t digest[2]);
    uint32_t (*get_field)(const struct aptrace_field *field, const struct aptrace_packet *packet, uint64_t number[2]);
    const char *(*field_name)(const struct aptrace_field *field);
    uint32_t (*field_bits)(const struct aptrace_field *field);
    void (*field_text)(const struct aptrace_field *field, const uint64_t number[2], char *text, size_t size);
    size_t (*checksums)(const struct aptrace_packet *packet, struct aptrace_checksum *list, size_t stride, size_t room);
    void (*forget_near)(struct aptrace_instance *self);
};

/* The descriptor: what the engine knows of a predicate. In a plugin, APTRACE_PREDICATE() writes it. It grows only at its
 * end; the engine takes the smaller of both sizes and zeroes the rest. */
struct aptrace_plugin {
    uint32_t abi_major, abi_minor, size, state_size; /* these four are frozen for ever */
    uint32_t state_align, param_size;                /* param_size: the stride of params */
    const char *name;                                /* [never null] */

    /* [engine thread] For each packet of the window. packet: [never null] [borrowed until return]. */
    void (*on_packet)(struct aptrace_instance *self, const struct aptrace_packet *packet) APTRACE_OPTIONAL;

    /* [engine thread] For each packet of the window, behind on_packet. True stops: nothing is called for this expectation
     * any more but on_finish and release. packet: [never null] [borrowed until return]. */
    bool (*stop_condition)(struct aptrace_instance *self, const struct aptrace_packet *packet) APTRACE_OPTIONAL;

    /* [engine thread] [at most once] When the window has closed; not called where it never opened or a callback faulted.
     * finish: [never null] [borrowed until return]. Returns the value, of the type that yields declares. */
    struct aptrace_value (*on_finish)(struct aptrace_instance *self, const struct aptrace_finish *finish) APTRACE_OPTIONAL;

    const char *summary;                   /* [never null] from here on the author's, in this order. One line, what it looks for */
    const char *version APTRACE_OPTIONAL;  /* [may be null] of the plugin */
    const struct aptrace_param *params APTRACE_OPTIONAL; /* [may be null] closed by APTRACE_PARAM_END */
    uint32_t yields APTRACE_OPTIONAL;      /* APTRACE_TYPE_BOOL to APTRACE_TYPE_STRING; may be left out where on_finish is:
                                              APTRACE_TYPE_BOOL */
    bool stop_survives_loss APTRACE_OPTIONAL; /* true: what made it stop was itself seen, and no packet that was lost could
                                              change the value. So a stop stands, although packets are missing from the
                                              evidence ("seen" survives, "the third packet was" does not) */

    /* [exactly once] Before any source is armed; parameters are in the state. Returns 0, or -1 after aptrace_refuse(), which
     * is a set-up error: nothing runs. [may be null] */
    int (*prepare)(struct aptrace_instance *self) APTRACE_OPTIONAL;

    /* [at most once] The last call for self, if prepare returned 0. What aptrace_allocate() gave is freed behind it.
     * [may be null] */
    void (*release)(struct aptrace_instance *self) APTRACE_OPTIONAL;
};

APTRACE_ASSERT(sizeof(struct aptrace_value) == 16, "its size is part of the calling convention");
APTRACE_ASSERT(sizeof(struct aptrace_plugin) == offsetof(struct aptrace_plugin, release) + sizeof(void (*)(void)), "no tail padding");
APTRACE_ASSERT(sizeof(struct aptrace_param) == offsetof(struct aptrace_param, id) + sizeof(uint64_t), "no tail padding");

/* ---- Making values --------------------------------------------------------------------------------------------------- */

static inline struct aptrace_value aptrace_bool(bool truth)
{
    struct aptrace_value value = {APTRACE_TYPE_BOOL, 0, {0}};
    value.as.natural = truth;
    return value;
}

static inline struct aptrace_value aptrace_int(int64_t number)
{
    struct aptrace_value value = {APTRACE_TYPE_INT, 0, {0}};
    value.as.integer = number;
    return value;
}

static inline struct aptrace_value aptrace_uint(uint64_t number)
{
    struct aptrace_value value = {APTRACE_TYPE_UINT, 0, {0}};
    value.as.natural = number;
    return value;
}

static inline struct aptrace_value aptrace_double(double number)
{
    struct aptrace_value value = {APTRACE_TYPE_DOUBLE, 0, {0}};
    value.as.real = number;
    return value;
}

static inline struct aptrace_value aptrace_string(const char *text)
{
    struct aptrace_value value = {APTRACE_TYPE_STRING, 0, {0}};
    value.as.text = text;
    return value;
}

/* ---- Helpers --------------------------------------------------------------------------------------------------------- */

/* Says why the value is what it is, in the terms of the parameters: the report shows it where the expectation does not
 * hold. The last text given stands; at most 4,095 bytes of it. From prepare on. */
__attribute__((format(printf, 2, 3))) static inline void aptrace_explain(struct aptrace_instance *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    self->host->explain(self, format, arguments);
    va_end(arguments);
}

/* Notes a packet as evidence, up to 16 of them: the report shows where each stands in its file. In on_packet,
 * stop_condition and on_finish. */
static inline void aptrace_cite(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    self->host->cite(self, packet);
}

/* Says that this packet's captured bytes end before what the predicate looks at, so that nobody can know: the verdict
 * becomes inconclusive, as for a packet that was lost. See aptrace_is_cut() in <aptrace/decode.h>. In on_packet and
 * stop_condition. */
static inline void aptrace_unseen(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    self->host->unseen(self, packet);
}

/* Refuses the parameters, saying why. In prepare: return aptrace_refuse(self, "low is above high"). */
__attribute__((format(printf, 2, 3))) static inline int aptrace_refuse(struct aptrace_instance *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    self->host->refuse(self, format, arguments);
    va_end(arguments);
    return -1;
}

__attribute__((format(printf, 4, 5))) static inline void aptrace_note_near(struct aptrace_instance *self,
    const struct aptrace_packet *packet, uint64_t distance, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    self->host->note_near(self, packet, distance, format, arguments);
    va_end(arguments);
}

/* aptrace_near(self, packet, distance, "dst is %s", ...): this packet missed by distance (your own measure, the same for
 * all of a run; 0 is a match). The nearest one is kept, the first of equals, and shown where the expectation does not hold.
 * A macro, so that the text is made only when the packet is nearer than all before it. */
#define aptrace_near(SELF, PACKET, DISTANCE, ...) do { \
        uint64_t aptrace_distance_ = (DISTANCE); \
        if (aptrace_distance_ < (SELF)->nearest) \
            aptrace_note_near((SELF), (PACKET), aptrace_distance_, __VA_ARGS__); \
    } while (0)

/* Drops the nearest miss: where packets that match came, a predicate may fail for a reason that a miss has no part in. In
 * on_packet, stop_condition and on_finish. */
static inline void aptrace_forget_near(struct aptrace_instance *self)
{
    self->host->forget_near(self);
}

/* Zeroed memory, aligned for anything, freed behind release; never null: where there is none the run is ended. Meant for
 * prepare; 16 MiB in all. */
static inline void *aptrace_allocate(struct aptrace_instance *self, size_t size)
{
    return self->host->allocate(self, size);
}

/* Whether the user gave the parameter whose member this is: aptrace_given(self, &want->tag). From prepare on. */
static inline bool aptrace_given(struct aptrace_instance *self, const void *member)
{
    return self->host->given(self, member);
}

/* The name of a source by its number. [never null] Lives until release has returned. */
static inline const char *aptrace_source_name(struct aptrace_instance *self, uint32_t source)
{
    return self->host->source_name(self, source);
}

/* Whether a packet passes a filter parameter, compiled for the packet's link type. A null filter passes everything. */
static inline bool aptrace_passes(struct aptrace_instance *self, const struct aptrace_filter *filter,
                                  const struct aptrace_packet *packet)
{
    return !filter || self->host->passes(self, filter, packet);
}

/* What the value should be where the user gave no --expect, in its words: aptrace_default_expect(self, "..%g", want->within). So a
 * predicate whose parameters already say what is right can be asked without one, and still yields a number. In prepare; the
 * last one stands. A text that --expect would refuse is a set-up error. */
__attribute__((format(printf, 2, 3))) static inline void aptrace_default_expect(struct aptrace_instance *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    self->host->expect(self, format, arguments);
    va_end(arguments);
}

/* Groups: the sources of the expectation as the user counts them, from 1, in the order of --on: each its own group, but for
 * those that are joined by a plus ("--on 1,5+6"). Without --on, or where a source of a trace appears behind packets, there can
 * be more groups later: ask again in on_finish. 0: no group, which no packet that you are shown has. */
static inline uint32_t aptrace_group_count(struct aptrace_instance *self)
{
    return self->host->group_count(self);
}

static inline uint32_t aptrace_group_of(struct aptrace_instance *self, uint32_t source)
{
    return self->host->group_of(self, source);
}

/* "5+6". [never null] Lives until release has returned. */
static inline const char *aptrace_group_name(struct aptrace_instance *self, uint32_t group)
{
    return self->host->group_name(self, group);
}

/* ---- Reading matches ------------------------------------------------------------------------------------------------- */

static inline bool aptrace_in_range(const struct aptrace_range *range, uint64_t upper, uint64_t lower)
{
    bool above, below;
    upper &= range->mask[0];
    lower &= range->mask[1];
    above = upper > range->low[0] || (upper == range->low[0] && lower >= range->low[1]);
    below = upper < range->high[0] || (upper == range->high[0] && lower <= range->high[1]);
    return above && below;
}

/* Whether a packet that has the field matches; upper: the upper 64 bits of a number of 128, else 0. */
static inline bool aptrace_matches(const struct aptrace_match *match, uint64_t upper, uint64_t lower)
{
    bool in;
    size_t i;
    if (match->kind != APTRACE_MATCH_RANGES)
        return match->kind != APTRACE_MATCH_ABSENT;
    in = aptrace_in_range(&match->first, upper, lower);
    for (i = 0; i < match->more_count && !in; i++)
        in = aptrace_in_range(&match->more[i], upper, lower);
    return in != (match->negated != 0);
}

/* Whether a packet that lacks the field matches: only where nothing was asked, or KEY=none. A negated match does not. */
static inline bool aptrace_matches_absent(const struct aptrace_match *match)
{
    return match->kind == APTRACE_MATCH_ANYTHING || match->kind == APTRACE_MATCH_ABSENT;
}

static inline bool aptrace_match_int(const struct aptrace_match *match, int64_t number)
{
    return aptrace_matches(match, 0, (uint64_t)number ^ UINT64_C(0x8000000000000000));
}

/* An address in its bytes, most significant first: a MAC address (6), IPv4 (4) or IPv6 (16). */
static inline bool aptrace_match_mac(const struct aptrace_match *match, const uint8_t *address)
{
    uint64_t number = 0;
    int i;
    for (i = 0; i < 6; i++)
        number = number << 8 | address[i];
    return aptrace_matches(match, 0, number);
}

static inline bool aptrace_match_ipv4(const struct aptrace_match *match, const uint8_t *address)
{
    uint64_t number = UINT64_C(0xffff) << 32;
    number |= (uint64_t)address[0] << 24 | (uint64_t)address[1] << 16 | (uint64_t)address[2] << 8 | address[3];
    return aptrace_matches(match, 0, number);
}

static inline bool aptrace_match_ipv6(const struct aptrace_match *match, const uint8_t *address)
{
    uint64_t upper = 0, lower = 0;
    int i;
    for (i = 0; i < 8; i++) {
        upper = upper << 8 | address[i];
        lower = lower << 8 | address[8 + i];
    }
    return aptrace_matches(match, upper, lower);
}

APTRACE_END

/* ---- Writing parameter tables ---------------------------------------------------------------------------------------- */

/* APTRACE_PARAM_UINT(struct saw_vlan, tag, .min = 1, .max = 4094, .help = "..."): state, member, then the author's members
 * of struct aptrace_param in their order, .help at least. A member whose type does not fit the kind does not compile. */
#ifdef __cplusplus
# include <type_traits>
template <typename State> __attribute__((visibility("hidden"))) inline State &aptrace_state(struct aptrace_instance *self)
{
    return *static_cast<State *>(self->state);
}
template <typename Member, typename... Wanted> __attribute__((visibility("hidden"))) constexpr uint32_t aptrace_size_if()
{
    static_assert((std::is_same<Member, Wanted>::value + ... + 0) > 0, "the member's type does not fit this kind of parameter");
    return static_cast<uint32_t>(sizeof(Member));
}
# define APTRACE_SIZE_IF(S, M, T) aptrace_size_if<decltype(static_cast<S *>(nullptr)->M), T>()
# define APTRACE_SIZE_IF_ANY(S, M, A, B, C, D) aptrace_size_if<decltype(static_cast<S *>(nullptr)->M), A, B, C, D>()
#else
# define APTRACE_IS(S, M, T) __builtin_types_compatible_p(__typeof__(((S *)0)->M), T)
# define APTRACE_SIZE_WHEN(S, M, FITS) (sizeof(((S *)0)->M) + 0 * sizeof(char[(FITS) ? 1 : -1]))
# define APTRACE_SIZE_IF(S, M, T) APTRACE_SIZE_WHEN(S, M, APTRACE_IS(S, M, T))
# define APTRACE_SIZE_IF_ANY(S, M, A, B, C, D) \
    APTRACE_SIZE_WHEN(S, M, APTRACE_IS(S, M, A) || APTRACE_IS(S, M, B) || APTRACE_IS(S, M, C) || APTRACE_IS(S, M, D))
#endif
#define APTRACE_PARAM(S, M, TYPE, OF, SIZE, ...) \
    { .type = APTRACE_TYPE_##TYPE, .of = (OF), .offset = (uint32_t)offsetof(S, M), .size = (uint32_t)(SIZE), .member = #M, __VA_ARGS__ }

/* kind                    member                                 what a user writes */
#define APTRACE_PARAM_BOOL(S, M, ...) /* bool                     true, false, yes, no, 1, 0 */ \
    APTRACE_PARAM(S, M, BOOL, 0, APTRACE_SIZE_IF(S, M, bool), __VA_ARGS__)
#define APTRACE_PARAM_UINT(S, M, ...) /* uint8_t to uint64_t      102, 0x66 */ \
    APTRACE_PARAM(S, M, UINT, 0, APTRACE_SIZE_IF_ANY(S, M, uint8_t, uint16_t, uint32_t, uint64_t), __VA_ARGS__)
#define APTRACE_PARAM_INT(S, M, ...) /* int8_t to int64_t         -5 */ \
    APTRACE_PARAM(S, M, INT, 0, APTRACE_SIZE_IF_ANY(S, M, int8_t, int16_t, int32_t, int64_t), __VA_ARGS__)
#define APTRACE_PARAM_DOUBLE(S, M, ...) /* double                 0.25, 1e6, 25% */ \
    APTRACE_PARAM(S, M, DOUBLE, 0, APTRACE_SIZE_IF(S, M, double), __VA_ARGS__)
#define APTRACE_PARAM_STRING(S, M, ...) /* const char *           any text */ \
    APTRACE_PARAM(S, M, STRING, 0, APTRACE_SIZE_IF(S, M, const char *), __VA_ARGS__)
#define APTRACE_PARAM_DURATION(S, M, ...) /* int64_t, ns          500ms, 5s, 250us */ \
    APTRACE_PARAM(S, M, DURATION, 0, APTRACE_SIZE_IF(S, M, int64_t), __VA_ARGS__)
#define APTRACE_PARAM_MAC(S, M, ...) /* struct aptrace_mac        00:1b:21:0a:ff:01, broadcast */ \
    APTRACE_PARAM(S, M, MAC, 0, APTRACE_SIZE_IF(S, M, struct aptrace_mac), __VA_ARGS__)
#define APTRACE_PARAM_IP(S, M, ...) /* struct aptrace_ip          10.0.0.1, 2001:db8::1 */ \
    APTRACE_PARAM(S, M, IP, 0, APTRACE_SIZE_IF(S, M, struct aptrace_ip), __VA_ARGS__)
#define APTRACE_PARAM_PREFIX(S, M, ...) /* struct aptrace_prefix  10.0.0.0/8 */ \
    APTRACE_PARAM(S, M, PREFIX, 0, APTRACE_SIZE_IF(S, M, struct aptrace_prefix), __VA_ARGS__)
#define APTRACE_PARAM_BYTES(S, M, ...) /* struct aptrace_bytes    deadbeef, de:ad:be:ef */ \
    APTRACE_PARAM(S, M, BYTES, 0, APTRACE_SIZE_IF(S, M, struct aptrace_bytes), __VA_ARGS__)
#define APTRACE_PARAM_PATTERN(S, M, ...) /* struct aptrace_pattern  ffffffffffff0****1 (a star: any nibble) */ \
    APTRACE_PARAM(S, M, PATTERN, 0, APTRACE_SIZE_IF(S, M, struct aptrace_pattern), __VA_ARGS__)
#define APTRACE_PARAM_CHOICE(S, M, ...) /* uint8_t to uint64_t    one of .choices */ \
    APTRACE_PARAM(S, M, CHOICE, 0, APTRACE_SIZE_IF_ANY(S, M, uint8_t, uint16_t, uint32_t, uint64_t), __VA_ARGS__)
#define APTRACE_PARAM_FILTER(S, M, ...) /* const struct aptrace_filter *  'udp port 53' */ \
    APTRACE_PARAM(S, M, FILTER, 0, APTRACE_SIZE_IF(S, M, const struct aptrace_filter *), __VA_ARGS__)
#define APTRACE_PARAM_SOURCE(S, M, ...) /* uint32_t               the name of a source */ \
    APTRACE_PARAM(S, M, SOURCE, 0, APTRACE_SIZE_IF(S, M, uint32_t), __VA_ARGS__)
#define APTRACE_PARAM_SOURCES(S, M, ...) /* struct aptrace_sources  names of sources, by comma */ \
    APTRACE_PARAM(S, M, SOURCES, 0, APTRACE_SIZE_IF(S, M, struct aptrace_sources), __VA_ARGS__)

/* A match of numbers of a type: VALUE, LOW..HIGH, LOW.., ..HIGH, a list by comma, VALUE/MASK, ADDRESS/LENGTH, any (it is
 * there), none (it is not). KEY!=... : it is there, and none of these. OF: BOOL, UINT, INT, DURATION, MAC, IP. For UINT,
 * min and max are the field's limits. */
#define APTRACE_PARAM_MATCH(S, M, OF, ...) \
    APTRACE_PARAM(S, M, MATCH, APTRACE_TYPE_##OF, APTRACE_SIZE_IF(S, M, struct aptrace_match), __VA_ARGS__)

/* Which packets are meant: not one key but a group of them, one such entry in a table. A user writes any header field
 * (ip.ttl=63, eth.dst=broadcast, inner.ip.src=10.0.0.0/8, frame@16:2=0800), whose forms are those of a match, or the bytes of
 * a packet (packet=HEX, packet=FILE#N, mask= ignore= length= pad=). Forms: what stands for the bytes.
 * The member: const struct aptrace_wanted *, never null behind parsing; <aptrace/wanted.h> reads it. */
enum aptrace_wanted_form {
    APTRACE_WANTED_PACKET = 0, /* packet=: one packet */
    APTRACE_WANTED_LIST = 1,   /* packets=FILE: all packets of a capture, which must be given */
    APTRACE_WANTED_SAME = 2    /* none, but ignore= and pad=: packets are compared with each other, by aptrace_digest() */
};
#define APTRACE_PARAM_WANTED(S, M, ...) \
    APTRACE_PARAM(S, M, WANTED, APTRACE_WANTED_PACKET, APTRACE_SIZE_IF(S, M, const struct aptrace_wanted *), __VA_ARGS__)
#define APTRACE_PARAM_WANTED_LIST(S, M, ...) \
    APTRACE_PARAM(S, M, WANTED, APTRACE_WANTED_LIST, APTRACE_SIZE_IF(S, M, const struct aptrace_wanted *), __VA_ARGS__)
#define APTRACE_PARAM_WANTED_SAME(S, M, ...) \
    APTRACE_PARAM(S, M, WANTED, APTRACE_WANTED_SAME, APTRACE_SIZE_IF(S, M, const struct aptrace_wanted *), __VA_ARGS__)
#define APTRACE_PARAM_FIELD(S, M, ...) /* const struct aptrace_field *  ip.id, tcp.seq_raw, frame@16:2 */ \
    APTRACE_PARAM(S, M, FIELD, 0, APTRACE_SIZE_IF(S, M, const struct aptrace_field *), __VA_ARGS__)

#define APTRACE_PARAM_END { .type = APTRACE_TYPE_END, .of = 0, .offset = 0, .size = 0, .member = NULL }

#endif
