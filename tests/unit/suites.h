/* SPDX-License-Identifier: MIT */
/* suites.h: every unit suite, a line each; tests/unit/main.c runs them all. */
#ifndef SUITES_H
#define SUITES_H

#include <check.h>

#define SUITES(SUITE) \
    SUITE(check) \
    SUITE(checksum) \
    SUITE(document) \
    SUITE(elsewhere) \
    SUITE(engine) \
    SUITE(erf_reader) \
    SUITE(error) \
    SUITE(expectation) \
    SUITE(expectation_stored) \
    SUITE(expected) \
    SUITE(field) \
    SUITE(filter) \
    SUITE(groups) \
    SUITE(guard) \
    SUITE(in_place) \
    SUITE(layers) \
    SUITE(live) \
    SUITE(memory) \
    SUITE(number) \
    SUITE(parameter) \
    SUITE(pcap_reader) \
    SUITE(pcapng_reader) \
    SUITE(plugin_load) \
    SUITE(record_reader) \
    SUITE(recorder) \
    SUITE(recording) \
    SUITE(report) \
    SUITE(snoop_reader) \
    SUITE(source) \
    SUITE(stream) \
    SUITE(suggest) \
    SUITE(text) \
    SUITE(timeline) \
    SUITE(verdict) \
    SUITE(wanted) \
    SUITE(wanted_bytes) \
    SUITE(wanted_file) \
    SUITE(wanted_near) \
    SUITE(words) \
    /* the end */

#define SUITE_DECLARATION(NAME) Suite *NAME##_suite(void);
SUITES(SUITE_DECLARATION)

#endif
