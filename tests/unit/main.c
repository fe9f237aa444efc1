/* SPDX-License-Identifier: MIT */
/* Runs every unit suite and writes TAP, a line a test, for automake's driver. CK_RUN_SUITE=engine runs one. */
#include <stdio.h>
#include <stdlib.h>

#include "suites.h"

int main(void)
{
    static Suite *(*const suites[])(void) = {
        checksum_suite, document_suite, engine_suite, erf_reader_suite, error_suite, expectation_stored_suite, expected_suite,
        filter_suite, layers_suite, live_suite, memory_suite, number_suite, parameter_suite, pcap_reader_suite,
        pcapng_reader_suite, plugin_load_suite, record_reader_suite, recorder_suite, recording_suite, report_suite,
        snoop_reader_suite, source_suite, stream_suite, suggest_suite, text_suite, timeline_suite, verdict_suite,
        wanted_file_suite, words_suite,
    };
    SRunner *runner = srunner_create(suites[0]());
    for (size_t i = 1; i < sizeof suites / sizeof *suites; i++)
        srunner_add_suite(runner, suites[i]());
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
