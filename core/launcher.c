/* SPDX-License-Identifier: MIT */
/* `sudo aptrace --live eth0 ... -- tcpreplay ...` must work although aptrace itself has become the person who called sudo by the
 * time that COMMAND starts. So a process is forked while the caller's rights are still there. It opens nothing, runs no plugin
 * and reads no packet: it waits at a socket for the word to start, and ends with COMMAND or with aptrace, whichever is first.
 *
 * COMMAND has aptrace's own standard input, output and error. What it says goes where it went without aptrace, a terminal stays
 * a terminal, and nothing is reordered or held back; its last words stand right above the report, which is written after it has
 * ended. (Reading its standard error through a pipe, to quote it, would take all that away.) It has the caller's signal
 * dispositions too. */
#include "launcher.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "memory.h"

enum message_kind { MESSAGE_START, MESSAGE_SIGNAL, MESSAGE_ENDED };

struct message {
    enum message_kind kind;
    int number; /* of the signal; the status */
};

struct launcher {
    pid_t process;
    int socket;
    bool ended;
    int status;
};

/* ---- The waiting process ----------------------------------------------------------------------------------------------- */

static const int held_off[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};

enum { HELD_OFF = sizeof held_off / sizeof *held_off };

struct server {
    int socket, children; /* a signalfd of SIGCHLD */
    char *const *argv;
    struct sigaction before[HELD_OFF];
    sigset_t mask_before;
    pid_t command; /* 0: not started */
};

static _Noreturn void become_command(const struct server *server)
{
    for (int i = 0; i < HELD_OFF; i++)
        sigaction(held_off[i], &server->before[i], NULL);
    sigprocmask(SIG_SETMASK, &server->mask_before, NULL);
    execvp(server->argv[0], server->argv);
    int why = errno;
    dprintf(STDERR_FILENO, "aptrace: %s cannot be run: %s\n", server->argv[0], strerror(why));
    _exit(why == ENOENT ? 127 : 126);
}

static _Noreturn void report_end(const struct server *server, int status)
{
    struct message message = {MESSAGE_ENDED, status};
    if (send(server->socket, &message, sizeof message, MSG_NOSIGNAL) < 0)
        _exit(1);
    _exit(0);
}

static void take_message(struct server *server)
{
    struct message message;
    if (recv(server->socket, &message, sizeof message, 0) != (ssize_t)sizeof message) { /* aptrace is gone */
        if (server->command > 0)
            kill(server->command, SIGTERM);
        _exit(0);
    }
    if (message.kind == MESSAGE_SIGNAL && server->command > 0)
        kill(server->command, message.number);
    if (message.kind != MESSAGE_START || server->command != 0)
        return;
    server->command = fork();
    if (server->command == 0)
        become_command(server);
    if (server->command < 0)
        report_end(server, 126);
}

static void look_after_command(const struct server *server)
{
    struct signalfd_siginfo info;
    int status;
    if (read(server->children, &info, sizeof info) < 0 || server->command <= 0)
        return;
    if (waitpid(server->command, &status, WNOHANG) == server->command && (WIFEXITED(status) || WIFSIGNALED(status)))
        report_end(server, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

static _Noreturn void serve(int socket, char *const *argv)
{
    struct server server = {.socket = socket, .argv = argv};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigset_t children;
    prctl(PR_SET_NAME, "aptrace-command", 0, 0, 0);
    for (int i = 0; i < HELD_OFF; i++)
        sigaction(held_off[i], &ignore, &server.before[i]);
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigprocmask(SIG_BLOCK, &children, &server.mask_before);
    server.children = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
    for (;;) {
        struct pollfd polled[] = {{server.socket, POLLIN, 0}, {server.children, POLLIN, 0}};
        if (poll(polled, 2, -1) < 0 && errno != EINTR)
            _exit(1);
        if (polled[1].revents)
            look_after_command(&server);
        if (polled[0].revents)
            take_message(&server);
    }
}

/* ---- From the run ------------------------------------------------------------------------------------------------------ */

struct launcher *launcher_new(char *const *argv, struct error *error)
{
    int sockets[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0) {
        error_set(error, "a socket for the command could not be made: %s", strerror(errno));
        return NULL;
    }
    pid_t process = fork();
    if (process < 0) {
        error_set(error, "a process for the command could not be made: %s", strerror(errno));
        close(sockets[0]);
        close(sockets[1]);
        return NULL;
    }
    if (process == 0) {
        close(sockets[0]);
        serve(sockets[1], argv);
    }
    close(sockets[1]);
    struct launcher *launcher = memory_new(1, sizeof *launcher);
    launcher->process = process;
    launcher->socket = sockets[0];
    return launcher;
}

int launcher_start(struct launcher *launcher, struct error *error)
{
    struct message message = {MESSAGE_START, 0};
    if (send(launcher->socket, &message, sizeof message, MSG_NOSIGNAL) < 0)
        return error_set(error, "the command could not be started: %s", strerror(errno));
    return 0;
}

void launcher_signal(struct launcher *launcher, int number)
{
    struct message message = {MESSAGE_SIGNAL, number};
    if (!launcher->ended && send(launcher->socket, &message, sizeof message, MSG_NOSIGNAL) < 0)
        return; /* it has ended: the next look tells */
}

bool launcher_ended(struct launcher *launcher, int timeout_ms, int *status)
{
    struct pollfd polled = {launcher->socket, POLLIN, 0};
    struct message message;
    if (!launcher->ended && poll(&polled, 1, timeout_ms) > 0) {
        ssize_t length = recv(launcher->socket, &message, sizeof message, 0);
        bool told = length == (ssize_t)sizeof message && message.kind == MESSAGE_ENDED;
        launcher->ended = true;
        launcher->status = told ? message.number : 128 + SIGKILL; /* the waiting process itself was killed */
    }
    *status = launcher->status;
    return launcher->ended;
}

void launcher_free(struct launcher *launcher)
{
    if (!launcher)
        return;
    close(launcher->socket);
    while (waitpid(launcher->process, NULL, 0) < 0 && errno == EINTR)
        continue;
    free(launcher);
}
