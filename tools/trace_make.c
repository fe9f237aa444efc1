/* SPDX-License-Identifier: MIT */
/* trace-make: writes a capture file from a text that a person can read and change.
 *
 * The bundled traces and many tests are made with it. It writes what it is told to, wrong lengths and damage too, for a reader
 * is tested with those. The same text always gives the same bytes: nothing is taken from the clock or the machine. It shares no
 * code with what reads traces and packets in aptrace, so that what one does wrong the other does not take for right.
 *
 * Exit status: 0 written; 1 the text is wrong, or a file cannot be read or written. */
#include "tools/trace_make.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "Usage: trace-make [-o CAPTURE] [DESCRIPTION]\n"
    "\n"
    "Writes a pcap or pcapng file from a text. Without names it reads standard input and writes standard output.\n"
    "\n"
    "  format pcap link ethernet\n"
    "  start 1700000000\n"
    "  +0        eth dst 00:00:00:00:00:02 src 00:00:00:00:00:01 | vlan 102\n"
    "            | ipv4 10.0.0.1 > 10.0.1.10 ttl 64 | udp 1000 > 2000 | payload \"hello\"\n"
    "  +0.000653 hex 00 00 00 00 00 02 00 00 00 00 00 01 08 00\n"
    "  repeat 20 every 20ms +1 ipv4 10.0.0.1 > 10.0.0.2 id {n} | udp {n+1000} > 53 | payload 18 fill 0x78\n"
    "\n"
    "A statement takes a line; an indented line goes on with the one before; # begins a comment. Numbers are decimal, or hex\n"
    "with 0x. Times are seconds, or have a unit: 1.5, 20ms, 3us, 7ns.\n"
    "\n"
    "Statements\n"
    "  format pcap [big] [nanoseconds|modified] [link LINK] [snaplen N] [gzip|zstd]     first of all; little endian and\n"
    "  format pcapng [big] [gzip|zstd]                                                  microseconds unless it says\n"
    "  format raw                       nothing but what raw adds\n"
    "  start TIME                       that +0 stands for, since 1970; 0 where left out\n"
    "  +TIME [OPTION]... LAYER | LAYER...   a packet, that long after the start; +-2 is before it\n"
    "  repeat N every T +TIME ...       N packets. {n} counts them from 0; {n+1} and {n*2%8} calculate, from left\n"
    "                                   to right; {n:x} is hex, of two digits or more\n"
    "  interface NAME [link LINK] [snaplen N] [resolution 10^-9|2^-10] [offset SECONDS]     pcapng\n"
    "  section [big|little]             pcapng: a new one, without interfaces\n"
    "  statistics IFACE +TIME [received N] [if-dropped N] [os-dropped N]                    pcapng\n"
    "  block TYPE HEX...                pcapng: a block of any type\n"
    "  raw HEX... | raw \"TEXT\"          bytes, as they are\n"
    "  cut N                            takes the last N bytes (at most 65536) off what was written so far\n"
    "LINK is null, ethernet, raw, ieee80211, linux-sll, ppi, ipv4, ipv6, linux-sll2 or a number.\n"
    "\n"
    "Options of a packet\n"
    "  wire N       its length on the wire            capture N    keep only its first N bytes\n"
    "  claim N      write N as its captured length, whatever it is\n"
    "  on IFACE     pcapng: name, or number from 0    in, out      pcapng: its direction\n"
    "  drops N      pcapng: lost before it            comment \"TEXT\"   pcapng\n"
    "  simple, obsolete     pcapng: as a Simple Packet Block, as a Packet Block\n"
    "\n"
    "Layers; lengths, types and checksums are worked out unless they are given\n";

static int fail(const char *what, const char *name)
{
    fprintf(stderr, "trace-make: %s %s: %s\n", name, what, strerror(errno));
    return EXIT_FAILURE;
}

static int make(const char *from, const char *to)
{
    FILE *in = strcmp(from, "-") == 0 ? stdin : fopen(from, "re");
    if (!in)
        return fail("cannot be opened", from);
    FILE *out = strcmp(to, "-") == 0 ? stdout : fopen(to, "we");
    if (!out) {
        fclose(in);
        return fail("cannot be written", to);
    }
    struct trace trace = {.sink = sink_new(out), .snaplen = 65535, .link = 1};
    int result = script_run(in, in == stdin ? "standard input" : from, &trace);
    int written = sink_finish(trace.sink);
    trace_fini(&trace);
    fclose(in);
    if ((fclose(out) != 0 || written != 0) && result == 0)
        return fail("could not be written whole", to);
    if (result != 0 && out != stdout)
        remove(to);
    return result == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int help(void)
{
    fputs(usage, stdout);
    frame_help(stdout);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    const char *from = "-", *to = "-";
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return help();
        if (strcmp(argv[i], "-o") == 0 && i + 1 < argc) {
            to = argv[++i];
        } else if (argv[i][0] == '-' && argv[i][1] != '\0') {
            fprintf(stderr, "trace-make: expected [-o CAPTURE] [DESCRIPTION], got %s; --help tells more\n", argv[i]);
            return EXIT_FAILURE;
        } else {
            from = argv[i];
        }
    }
    return make(from, to);
}
