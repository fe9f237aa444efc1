/* SPDX-License-Identifier: MIT */
/* Runs every unit suite and writes TAP, a line a test, for automake's driver. CK_RUN_SUITE=engine runs one. */
#include <stdio.h>
#include <stdlib.h>

#include "suites.h"

#define SUITE_FUNCTION(NAME) NAME##_suite,

int main(void)
{
    static Suite *(*const suites[])(void) = {SUITES(SUITE_FUNCTION)};
    SRunner *runner = srunner_create(suites[0]());
    for (size_t i = 1; i < sizeof suites / sizeof *suites; i++)
        srunner_add_suite(runner, suites[i]());
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
