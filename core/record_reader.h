/* SPDX-License-Identifier: MIT */
/* record_reader.h: reads a trace that is records one behind the other, each with a header that tells its length: snoop and ERF.
 * A format gives a function that reads one header; blocks, batches, drops and damage are the same for all. */
#ifndef RECORD_READER_H
#define RECORD_READER_H

#include "reader_formats.h"

struct record {
    size_t length;        /* of the whole record, header and padding with it; not below packet_at + capture */
    size_t packet_at;     /* where in it the packet begins */
    uint32_t capture, wire;
    int64_t time_ns;
    uint64_t drops;       /* lost since the trace began, this record's moment included */
    uint32_t fraction_above; /* above 0: a fraction of a second out of range */
};

/* Reads the header at hand. False where it cannot be one; why says what was expected and got. */
typedef bool record_form(const uint8_t *header, struct record *record, struct error *why);

/* Makes a reader of a file whose header is read: the stream stands at its first record. */
struct reader *record_reader_new(const struct file_reader *file, size_t header_length, record_form *form, uint32_t link_type);

#endif
