/* SPDX-License-Identifier: MIT */
/* The first signal is only noted: the loop of a run looks at the note at least every few milliseconds, ends the run, and lets
 * reports and recording be completed. Whoever sends a second one wants no more of that, even where a plugin hangs or a report
 * is stuck in a full pipe: so the handler itself puts the usual effect back and raises it.
 *
 * Where a signal came from matters for a command that the run has started: what is typed at a terminal reaches it as well; what
 * a program sent to this process alone does not, and has to be passed on. */
#include "signals.h"

#include <signal.h>
#include <stddef.h>

static struct signals signals;

static void on_signal(int number, siginfo_t *info, void *context)
{
    (void)context;
    if (signals.came) {
        struct sigaction usual = {.sa_handler = SIG_DFL};
        sigset_t set;
        sigaction(number, &usual, NULL);
        sigemptyset(&set);
        sigaddset(&set, number);
        sigprocmask(SIG_UNBLOCK, &set, NULL);
        raise(number);
        return;
    }
    signals.number = number;
    signals.from_terminal = info && info->si_code == SI_KERNEL;
    signals.came = true;
}

const struct signals *signals_catch(void)
{
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    return &signals;
}
