/* SPDX-License-Identifier: MIT */
/* host_wanted.h: the engine's side of <aptrace/wanted.h>, for the table in host.c. */
#ifndef HOST_WANTED_H
#define HOST_WANTED_H

#include <aptrace/wanted.h>

bool host_is_wanted(struct aptrace_instance *self, const struct aptrace_wanted *wanted, size_t index,
                    const struct aptrace_packet *packet, uint32_t how);
size_t host_wanted_count(const struct aptrace_wanted *wanted);
bool host_digest(struct aptrace_instance *self, const struct aptrace_wanted *wanted, const struct aptrace_packet *packet,
                 uint64_t digest[2]);
uint32_t host_get_field(const struct aptrace_field *field, const struct aptrace_packet *packet, uint64_t number[2]);
const char *host_field_name(const struct aptrace_field *field);
uint32_t host_field_bits(const struct aptrace_field *field);
void host_field_text(const struct aptrace_field *field, const uint64_t number[2], char *text, size_t size);
size_t host_checksums(const struct aptrace_packet *packet, struct aptrace_checksum *list, size_t stride, size_t room);

#endif
