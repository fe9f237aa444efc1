/* SPDX-License-Identifier: MIT */
/* suites.h: every unit suite; tests/unit/main.c runs them all. */
#ifndef SUITES_H
#define SUITES_H

#include <check.h>

Suite *checksum_suite(void);
Suite *document_suite(void);
Suite *engine_suite(void);
Suite *erf_reader_suite(void);
Suite *error_suite(void);
Suite *expectation_stored_suite(void);
Suite *expected_suite(void);
Suite *filter_suite(void);
Suite *live_suite(void);
Suite *layers_suite(void);
Suite *memory_suite(void);
Suite *number_suite(void);
Suite *parameter_suite(void);
Suite *pcap_reader_suite(void);
Suite *pcapng_reader_suite(void);
Suite *plugin_load_suite(void);
Suite *record_reader_suite(void);
Suite *recorder_suite(void);
Suite *recording_suite(void);
Suite *report_suite(void);
Suite *snoop_reader_suite(void);
Suite *source_suite(void);
Suite *stream_suite(void);
Suite *suggest_suite(void);
Suite *text_suite(void);
Suite *timeline_suite(void);
Suite *verdict_suite(void);
Suite *wanted_file_suite(void);
Suite *words_suite(void);

#endif
