/* SPDX-License-Identifier: MIT */
/* aptrace/wanted.h: which packets are meant, header fields by name, and checksums.
 *
 * A predicate that looks for packets has one parameter for all of it:
 *
 *     struct saw_it { const struct aptrace_wanted *wanted; };
 *
 *     static const struct aptrace_param params[] = {
 *         APTRACE_PARAM_WANTED(struct saw_it, wanted),
 *         APTRACE_PARAM_END
 *     };
 *
 *     bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
 *     {
 *         const struct saw_it *want = self->state;
 *         return aptrace_is_wanted_or_near(self, want->wanted, packet);
 *     }
 *
 * Its users then have every header field that aptrace knows, by the names of aptrace-fields(7), with values, ranges, lists, masks
 * and negation; packets by their bytes; and, where nothing matched, the packet that came nearest, field by field. The engine
 * reads the fields, so that what a packet holds is the same to every predicate. */
#ifndef APTRACE_WANTED_H
#define APTRACE_WANTED_H

#include <aptrace/predicate.h>

APTRACE_BEGIN

/* How aptrace_host.is_wanted is asked. */
enum aptrace_wanted_how {
    APTRACE_WANTED_NEAR = 1, /* a packet that misses may be the nearest miss */
    APTRACE_WANTED_ANY = 2   /* index is not looked at: any of the packets of a list will do */
};

/* Whether a packet is one of those that are meant: all fields match, and its bytes are those of packet=, if it was given. With
 * packets=FILE, any of them. Where nothing was given every packet is meant. A packet whose captured bytes end before that can be
 * told is not, and is made known as aptrace_unseen() does. In on_packet and stop_condition. */
static inline bool aptrace_is_wanted(struct aptrace_instance *self, const struct aptrace_wanted *wanted,
                                     const struct aptrace_packet *packet)
{
    return self->host->is_wanted(self, wanted, 0, packet, APTRACE_WANTED_ANY);
}

/* The same, and where it is not, it may become the nearest miss: the report then shows what was wanted of it over what it had,
 * and how many others missed in the same way. Instead of aptrace_near(), not beside it. */
static inline bool aptrace_is_wanted_or_near(struct aptrace_instance *self, const struct aptrace_wanted *wanted,
                                             const struct aptrace_packet *packet)
{
    return self->host->is_wanted(self, wanted, 0, packet, APTRACE_WANTED_NEAR | APTRACE_WANTED_ANY);
}

/* How many packets packets=FILE has; 1 with packet=, else 0. */
static inline size_t aptrace_wanted_count(struct aptrace_instance *self, const struct aptrace_wanted *wanted)
{
    return self->host->wanted_count(wanted);
}

/* Whether a packet is the one that stands at index, from 0, of packets=FILE; how: 0 or APTRACE_WANTED_NEAR. */
static inline bool aptrace_is_wanted_at(struct aptrace_instance *self, const struct aptrace_wanted *wanted, size_t index,
                                        const struct aptrace_packet *packet, uint32_t how)
{
    return self->host->is_wanted(self, wanted, index, packet, how & ~(uint32_t)APTRACE_WANTED_ANY);
}

/* Asks the engine to say, where the expectation does not hold, where a packet that is meant was seen instead: at another
 * source, in the other direction, before the window opened or after it closed. In prepare. */
static inline void aptrace_look_elsewhere(struct aptrace_instance *self, const struct aptrace_wanted *wanted)
{
    self->host->look_elsewhere(self, wanted);
}

/* A number of 128 bits made of all that must be the same in two packets that count as one: their bytes, without what ignore=
 * names and, as pad= says, padding. Two packets that differ have the same one with a chance of 2 to the -128 a pair. False
 * where the packet was captured too short for that; it is then made known as aptrace_unseen() does. */
static inline bool aptrace_digest(struct aptrace_instance *self, const struct aptrace_wanted *wanted,
                                  const struct aptrace_packet *packet, uint64_t digest[2])
{
    return self->host->digest(self, wanted, packet, digest);
}

/* ---- Fields ---- */

enum aptrace_presence {
    APTRACE_FIELD_ABSENT = 0,
    APTRACE_FIELD_PRESENT = 1,
    APTRACE_FIELD_CUT = 2 /* the captured bytes end before it, or before one knows whether it is there: see aptrace_unseen() */
};

/* The number that a packet has in a field: enum aptrace_presence. number: [0] the upper 64 bits (of an IPv6 address), [1] the
 * lower; left alone where it is not there. A MAC address is its 48 bits, an IPv4 address its 32; a slice of up to 16 bytes is
 * their big-endian number; of a longer one, and of payload, it is that of the first 16, with zeros for those that are missing. */
static inline uint32_t aptrace_get_field(struct aptrace_instance *self, const struct aptrace_field *field,
                                         const struct aptrace_packet *packet, uint64_t number[2])
{
    return self->host->get_field(field, packet, number);
}

static inline const char *aptrace_field_name(struct aptrace_instance *self, const struct aptrace_field *field)
{
    return self->host->field_name(field); /* [never null] canonical: "ip.ttl" */
}

/* How wide it is: numbers wrap around at 2 to the power of this. */
static inline uint32_t aptrace_field_bits(struct aptrace_instance *self, const struct aptrace_field *field)
{
    return self->host->field_bits(field);
}

/* A number of the field as a person reads it: "10.0.1.10", "63". At most size bytes, closed by a zero. */
static inline void aptrace_field_text(struct aptrace_instance *self, const struct aptrace_field *field, const uint64_t number[2],
                                      char *text, size_t size)
{
    self->host->field_text(field, number, text, size);
}

/* ---- Checksums ---- */

enum aptrace_checksum_kind {
    APTRACE_CHECKSUM_IPV4 = 1,
    APTRACE_CHECKSUM_TCP = 2,
    APTRACE_CHECKSUM_UDP = 3,
    APTRACE_CHECKSUM_ICMP = 4,
    APTRACE_CHECKSUM_ICMPV6 = 5
};

enum aptrace_checksum_state {
    APTRACE_CHECKSUM_RIGHT = 1,
    APTRACE_CHECKSUM_WRONG = 2,
    APTRACE_CHECKSUM_LEFT = 3,  /* left to the card: it holds what a sender leaves there for its network card to finish */
    APTRACE_CHECKSUM_UNUSED = 4, /* UDP over IPv4 with 0: the sender made none */
    APTRACE_CHECKSUM_CUT = 5    /* not all that it covers was captured, or it is spread over fragments */
};

/* One checksum of a packet. */
struct aptrace_checksum {
    uint32_t kind, state;    /* enum aptrace_checksum_kind, enum aptrace_checksum_state */
    uint32_t depth;          /* 0 the outermost headers, 1 those inside a tunnel, ... */
    uint16_t found, computed; /* computed: where state is RIGHT, WRONG or LEFT */
    uint32_t offset;         /* of its 2 bytes in the packet */
};

/* All checksums of a packet, outermost first, tunnels too; returns how many there are, which may be more than room. */
static inline size_t aptrace_checksums(struct aptrace_instance *self, const struct aptrace_packet *packet,
                                       struct aptrace_checksum *list, size_t room)
{
    return self->host->checksums(packet, list, sizeof *list, room);
}

APTRACE_END
#endif
