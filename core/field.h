/* SPDX-License-Identifier: MIT */
/* field.h: header fields by name: one table that drives parsing, matching, explaining and the manual.
 *
 * A row of the table says what a field is called, in which layer it lies, where, how wide it is and what can be written for it.
 * A field is a row asked for in one way: its first occurrence, the N-th (#N), or that inside a tunnel (inner.); or a slice of a
 * layer's bytes, which no row has. Names are Wireshark's where it has one; see aptrace-fields(7). */
#ifndef FIELD_H
#define FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <aptrace/wanted.h>

#include "error.h"
#include "memory.h"
#include "text.h"

enum field_layer {
    FIELD_FRAME, FIELD_ETH, FIELD_VLAN, FIELD_MPLS, FIELD_ARP, FIELD_IP, FIELD_IPV6, FIELD_IPV6_FRAGMENT, FIELD_IPV6_ROUTING,
    FIELD_TCP, FIELD_UDP, FIELD_ICMP, FIELD_ICMPV6, FIELD_GRE, FIELD_ERSPAN, FIELD_VXLAN, FIELD_GENEVE, FIELD_GTP, FIELD_MACC,
    FIELD_PAYLOAD, FIELD_LAYERS
};

enum field_kind { FIELD_NUMBER, FIELD_FLAG, FIELD_MAC, FIELD_IPV4, FIELD_IPV6_ADDRESS, FIELD_BYTES };

struct field_word { const char *word; uint64_t number; }; /* a name for a value: tcp 6 */

/* Fields that are not some bits at a fixed place of their layer, or are there only sometimes. */
enum field_special {
    FIELD_PLAIN, FIELD_FRAME_LEN, FIELD_FRAME_CAP_LEN, FIELD_ETH_TYPE, FIELD_ETH_LEN, FIELD_VLAN_TYPE, FIELD_VLAN_TPID,
    FIELD_VLAN_COUNT, FIELD_IP_HDR_LEN, FIELD_REST, FIELD_ECHO, FIELD_ICMP_MTU, FIELD_ND_TARGET, FIELD_GRE_KEY, FIELD_GRE_SEQUENCE
};

struct field_row {
    const char *name;               /* canonical: Wireshark's, or ours where it has none */
    const char *aliases;            /* [may be null] by blanks */
    const char *wireshark;          /* [may be null] its name there where that differs; "" where it has none */
    uint8_t layer, kind, special;   /* enums above */
    uint8_t offset, bytes;          /* of the bytes that hold it, from the layer's first; bytes 1 to 8, 16 for IPv6 addresses */
    uint8_t shift, bits;            /* number = bytes >> shift & (2^bits - 1) */
    bool any;                       /* a bare name means any of the stack */
    bool either;                    /* it has two places: at offset, and at other */
    uint8_t other;
    bool hex;                       /* a person reads it in hex */
    const char *letters;            /* [may be null] names of single bits, the lowest first, that are written together: SA */
    const struct field_word *words; /* [may be null] closed by a null word */
    const char *help;               /* one line, no full stop */
};

extern const struct field_row field_rows[];
extern const size_t field_row_count;

const char *field_layer_name(enum field_layer layer);  /* as slices have it: "eth" */
const char *field_layer_title(enum field_layer layer); /* for messages: "Ethernet" */

struct aptrace_field {
    const struct field_row *row;  /* null: a slice */
    enum field_layer layer;
    uint32_t inner;               /* how many tunnels deep */
    uint32_t occurrence;          /* 0: bare; N: the N-th from there on */
    uint32_t slice_offset, slice_length;
    const char *name;             /* canonical, as asked: "inner.ip.src", "vlan.id#2", "frame@16:2" */
};

/* Finds a field by what a user wrote. *field is filled; its name lives in the arena. Null where the name has no field at all:
 * -1 with an error that names the nearest ones, or says what to write instead (tcp.seq, eth.vlan, ...). */
int field_find(const char *text, struct aptrace_field *field, struct arena *arena, struct error *error);

/* Whether a text may be meant for a field, known or not: it has a layer's name before a point or an @, or is a row's name. */
bool field_is_like(const char *text);

/* ---- Reading: field_read.c ---- */

struct field_value {
    uint64_t number[2];   /* as aptrace_get_field() says; an IPv4 address as a match has it: ::ffff:a.b.c.d */
    const uint8_t *bytes; /* of kind BYTES: length of them, in the packet */
    size_t length;
    bool open;            /* of kind BYTES: more of it was on the wire than captured */
    size_t offset, size;  /* where it lies in the packet, in bytes; size 0: it has no place (frame.len) */
};

/* What a packet has in a field: an enum aptrace_presence. place counts from 0, for fields of which a packet may have several
 * (field_has_several()): absent is what is behind the last. */
uint32_t field_read(const struct aptrace_field *field, const struct aptrace_packet *packet, uint32_t place, struct field_value *value);

static inline bool field_has_several(const struct aptrace_field *field) /* any of a stack, or either of two */
{
    return field->row && (field->row->either || (field->row->any && field->occurrence == 0));
}

/* ---- Words: field_text.c ---- */

enum field_kind field_kind_of(const struct aptrace_field *field);
uint32_t field_bits_of(const struct aptrace_field *field);

/* A value as a person reads it and as it can be written: "10.0.1.10", "63", "0x0800", "deadbeef". */
void field_add_value(struct text *text, const struct aptrace_field *field, const struct field_value *value);
void field_add_number(struct text *text, const struct aptrace_field *field, const uint64_t number[2]);

/* The number that a word stands for: tcp, ef, SA. */
bool field_word(const struct field_row *row, const char *text, uint64_t *number);

#endif
