/* SPDX-License-Identifier: MIT */
/* packets.h: packets written in hex, and what is asked of them, for the tests of core/wanted.h.
 *
 * One packet is at hand at a time, in memory of exactly its captured size, so that a read beyond it is caught by the address
 * sanitiser; the next one takes its place. All is freed by packets_end(): the two are a checked fixture. */
#ifndef PACKETS_H
#define PACKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/wanted.h"

#define MAC_TO_1 "ffffffffffff 020000000001 "
#define IPV4(TOTAL, PROTOCOL) "4500" TOTAL "00010000 40" PROTOCOL "0000 0a000001 0a000002 "
#define IPV6(LENGTH, NEXT) "60000000" LENGTH NEXT "40 20010db8000000000000000000000001 20010db8000000000000000000000002 "
#define UDP(PORTS, LENGTH) PORTS LENGTH "0000 "
#define TCP_SYN(PORTS) PORTS "00000001 00000000 5002 2000 0000 0000 "

enum { PACKET_LONGEST = 2048 };

struct packet_bytes {
    uint8_t bytes[PACKET_LONGEST];
    size_t length;
    unsigned link_type;
};

void packets_begin(void);
void packets_end(void);

struct packet_bytes packet_read(const char *hex); /* blanks between digits are nothing; of Ethernet */
void packet_seal(struct packet_bytes *made);      /* makes all its checksums right, those within first */
void packet_pad(struct packet_bytes *made, size_t length, uint8_t with);

/* The packet at hand. */
const struct aptrace_packet *packet_show(const struct packet_bytes *made);
const struct aptrace_packet *packet_cut(const struct packet_bytes *made, size_t capture); /* the first of its bytes alone */
const struct aptrace_packet *packet_hex(const char *hex);

/* Frames of each layer that fields are known of, all with right checksums. */
extern const char *const packet_samples[];
extern const size_t packet_sample_count;

/* All packets of the traces that come with the source; the list is freed by packets_end(). Those that are longer than
 * PACKET_LONGEST or were cut are left out. */
const struct packet_bytes *packets_of_traces(size_t *count);

/* What is asked for: words KEY=VALUE or KEY!=VALUE by blanks; a blank within a value is written as ~. The test fails where they
 * are refused. It lives until packets_end(). */
struct aptrace_wanted *packets_wanted(enum aptrace_wanted_form form, const char *words);

/* The words are refused, by a message that has all of these, ended by a null. */
void packets_refuse(enum aptrace_wanted_form form, const char *words, const char *const *says);
bool packets_try(enum aptrace_wanted_form form, const char *words, struct aptrace_wanted **wanted, struct error *error);

/* Whether they match a packet; forms: PACKET. "match", "miss", "unknown". */
const char *packets_asked(const char *words, const struct aptrace_packet *packet);
const char *packets_outcome(enum wanted_outcome outcome);

uint32_t packets_random(void); /* the same in every run */

#endif
