/* SPDX-License-Identifier: MIT */
/* The library as a program meets it, on live ports (library.sh) and traces: library-tests [live | replay | verdicts WORD...].
 * Writes TAP. */
#include <stdlib.h>
#include <string.h>

#include "library.h"

static int run_suites(Suite *(*const suites[])(void), size_t count)
{
    SRunner *runner = srunner_create(suites[0]());
    for (size_t i = 1; i < count; i++)
        srunner_add_suite(runner, suites[i]());
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    static Suite *(*const live[])(void) = {live_suite, windows_suite, threads_suite, errors_suite, holes_suite};
    static Suite *(*const replay[])(void) = {replay_suite};
    if (argc > 1 && strcmp(argv[1], "verdicts") == 0)
        return print_verdicts(argc - 2, argv + 2);
    if (argc > 1 && strcmp(argv[1], "replay") == 0)
        return run_suites(replay, 1);
    return run_suites(live, sizeof live / sizeof *live);
}
