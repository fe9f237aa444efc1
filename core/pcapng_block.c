/* SPDX-License-Identifier: MIT */
/* Reads the insides of pcapng blocks (draft-ietf-opsawg-pcapng).
 *
 * Times are the difficult part. An interface counts ticks of 10^-n or 2^-n seconds, n up to 127, from the epoch or from an
 * offset in whole seconds. Nearly all count micro- or nanoseconds from the epoch, for which one multiplication is enough; the
 * rest goes through 128 bits, is exact, rounds down, and stops at the limits of int64_t rather than running over.
 *
 * Ticks are unsigned by the draft, yet writers that subtract produce times shortly before 1970, which read as half a million
 * years ahead. So ticks that lie beyond int64_t nanoseconds (the year 2262) and have the top bit set are taken as negative.
 * Where ticks are finer than nanoseconds the top bit is set today, and means no more than it says. */
#include "pcapng_block.h"

#include <string.h>

enum { OPTION_END = 0, OPTION_HEADER = 4, INTERFACE_FIXED = 8, STATISTICS_FIXED = 12, DEFAULT_RESOLUTION = 6 };
enum { IF_NAME = 2, IF_TSRESOL = 9, IF_TSOFFSET = 14, ISB_IFDROP = 5, ISB_OSDROP = 7 }; /* options, sections 4.2 and 4.6 */

#define SECOND_NS 1000000000

__extension__ typedef __int128 wide; /* ISO C has no name for it */

bool pcapng_next_option(struct pcapng_options *options)
{
    size_t room = (size_t)(options->end - options->at);
    if (room < OPTION_HEADER)
        return false;
    options->code = reader_load16(options->at, options->big_endian);
    options->length = reader_load16(options->at + 2, options->big_endian);
    if (options->code == OPTION_END)
        return false;
    size_t padded = ((size_t)options->length + 3) & ~(size_t)3;
    options->malformed = options->length > room - OPTION_HEADER;
    if (options->malformed)
        return false;
    options->value = options->at + OPTION_HEADER;
    options->at = padded < room - OPTION_HEADER ? options->value + padded : options->end;
    return true;
}

static wide power_of_ten(unsigned exponent)
{
    wide power = 1;
    while (exponent--)
        power *= 10;
    return power;
}

static int64_t hold(wide number)
{
    return number > INT64_MAX ? INT64_MAX : number < INT64_MIN ? INT64_MIN : (int64_t)number;
}

/* number / divisor, towards the past. divisor > 0. */
static wide divide_down(wide number, wide divisor)
{
    wide quotient = number / divisor;
    return quotient - (number % divisor < 0 ? 1 : 0);
}

/* Ticks as nanoseconds: at most 2^64 * 10^9 either way. */
static wide scale(uint8_t resolution, wide ticks)
{
    enum { TOP_BIT = 0x80, NANO = 9, ALL_DIGITS = 20 /* of 64 bits: what is finer leaves no nanosecond */ };
    unsigned exponent = resolution & 0x7f, finer = exponent > NANO ? exponent - NANO : 0;
    if (resolution & TOP_BIT)
        return divide_down(ticks * SECOND_NS, (wide)1 << (exponent < 100 ? exponent : 100));
    if (exponent <= NANO)
        return ticks * power_of_ten(NANO - exponent);
    return divide_down(ticks, power_of_ten(finer < ALL_DIGITS ? finer : ALL_DIGITS));
}

int64_t pcapng_time_exact(const struct pcapng_time *time, uint64_t ticks)
{
    wide offset_ns = (wide)time->offset_seconds * SECOND_NS;
    wide ns = scale(time->resolution, (wide)ticks) + offset_ns;
    if (ns > INT64_MAX && ticks >> 63)
        ns = scale(time->resolution, (wide)(int64_t)ticks) + offset_ns;
    return hold(ns);
}

void pcapng_time_init(struct pcapng_time *time, uint8_t resolution, int64_t offset_seconds)
{
    const int64_t limit = INT64_MAX / SECOND_NS;
    memset(time, 0, sizeof *time);
    time->resolution = resolution;
    time->offset_seconds = offset_seconds;
    if (resolution > 9 || offset_seconds > limit || offset_seconds < -limit)
        return;
    time->offset_ns = offset_seconds * SECOND_NS;
    time->multiplier = (uint64_t)power_of_ten(9u - resolution);
    time->fast_end = (uint64_t)(INT64_MAX - (time->offset_ns > 0 ? time->offset_ns : 0)) / time->multiplier;
}

int pcapng_read_interface(const uint8_t *body, size_t length, bool big_endian, struct pcapng_description *description,
                          struct error *error)
{
    uint8_t resolution = DEFAULT_RESOLUTION;
    int64_t offset_seconds = 0;
    memset(description, 0, sizeof *description);
    if (length < INTERFACE_FIXED)
        return error_set(error, "an interface description of %zu bytes; expected at least %d", length, INTERFACE_FIXED);
    description->link_type = reader_load16(body, big_endian);
    description->snap_length = reader_load32(body + 4, big_endian);
    struct pcapng_options options = pcapng_options(body + INTERFACE_FIXED, body + length, big_endian);
    while (pcapng_next_option(&options)) {
        if (options.code == IF_NAME && !description->name) {
            description->name = options.value;
            description->name_length = strnlen((const char *)options.value, options.length);
        } else if (options.code == IF_TSRESOL && options.length == 1) {
            resolution = options.value[0];
        } else if (options.code == IF_TSOFFSET && options.length == 8) {
            offset_seconds = (int64_t)reader_load64(options.value, big_endian);
        }
    }
    pcapng_time_init(&description->time, resolution, offset_seconds);
    if (options.malformed)
        return error_set(error, "option %u of an interface description has %u bytes; expected at most %zu", options.code,
                         options.length, (size_t)(options.end - options.at) - OPTION_HEADER);
    return 0;
}

/* Ticks stand as two halves, the upper first in either byte order. */
static uint64_t load_ticks(const uint8_t *at, bool big_endian)
{
    return (uint64_t)reader_load32(at, big_endian) << 32 | reader_load32(at + 4, big_endian);
}

int pcapng_read_statistics(const uint8_t *body, size_t length, bool big_endian, struct pcapng_statistics *statistics)
{
    memset(statistics, 0, sizeof *statistics);
    if (length < STATISTICS_FIXED)
        return -1;
    statistics->interface = reader_load32(body, big_endian);
    statistics->ticks = load_ticks(body + 4, big_endian);
    struct pcapng_options options = pcapng_options(body + STATISTICS_FIXED, body + length, big_endian);
    while (pcapng_next_option(&options)) {
        if (options.code == ISB_IFDROP && options.length == 8)
            statistics->interface_drops = reader_load64(options.value, big_endian);
        else if (options.code == ISB_OSDROP && options.length == 8)
            statistics->system_drops = reader_load64(options.value, big_endian);
    }
    return 0;
}
