/* SPDX-License-Identifier: MIT */
/* Watching a link by rtnetlink, because packet sockets are silent about it: a port that goes down just receives nothing.
 *
 * Each look asks the kernel for the interface's state and reads the answer together with the notices that came since the last
 * look. Notices alone would not do: the kernel folds quick changes of the carrier into one, or none. The answer has a counter of
 * them, so that a flap between two looks is seen. An interface that is taken down and up again need not lose carrier, but
 * that is always told by a notice. If notices were lost (the socket's buffer was full), a change is assumed.
 *
 * An interface is known by its number. One that bears another name now is gone for the user: what is called so may be another. */
#include "link_state.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "memory.h"

enum { ANSWER_MAX = 32768, LOWER_UP = 0x10000 /* IFF_LOWER_UP, which <net/if.h> lacks */ };

struct link_state {
    int fd;
    int index;
    char name[IF_NAMESIZE];
    uint32_t sequence;
    uint32_t carrier_changes;
    uint32_t noticed;         /* changes that notices alone told */
    uint64_t missed;
    bool up, gone;
    uint32_t answer[ANSWER_MAX / sizeof(uint32_t)];
};

struct link_state *link_state_open(const char *interface, struct error *error)
{
    struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK};
    unsigned index = if_nametoindex(interface);
    if (index == 0) {
        int failure = errno;
        error_set(error, "there is no interface %s: %s", interface, strerror(failure));
        errno = failure;
        return NULL;
    }
    struct link_state *state = memory_new(1, sizeof *state);
    strncpy(state->name, interface, sizeof state->name - 1);
    state->index = (int)index;
    state->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
    if (state->fd >= 0 && bind(state->fd, (struct sockaddr *)&address, sizeof address) == 0)
        return state;
    int failure = errno;
    error_set(error, "cannot watch the link of %s: %s", interface, strerror(failure));
    link_state_free(state);
    errno = failure;
    return NULL;
}

void link_state_free(struct link_state *state)
{
    if (!state)
        return;
    if (state->fd >= 0)
        close(state->fd);
    free(state);
}

static int ask(struct link_state *state)
{
    struct {
        struct nlmsghdr header;
        struct ifinfomsg link;
    } request = {
        .header = {.nlmsg_len = sizeof request,
                   .nlmsg_type = RTM_GETLINK,
                   .nlmsg_flags = NLM_F_REQUEST,
                   .nlmsg_seq = ++state->sequence},
        .link = {.ifi_family = AF_UNSPEC, .ifi_index = state->index},
    };
    return send(state->fd, &request, sizeof request, 0) == (ssize_t)sizeof request ? 0 : -1;
}

/* What the hardware had no room for. rx_dropped is no measure: the kernel counts frames there that nobody wanted, after sockets
 * were given them (a tagged one where there is no VLAN device). Missed and FIFO errors are lost frames in every driver. */
static uint64_t missed_of(const struct rtattr *attribute)
{
    struct rtnl_link_stats64 statistics = {0};
    size_t length = RTA_PAYLOAD(attribute);
    memcpy(&statistics, RTA_DATA(attribute), length < sizeof statistics ? length : sizeof statistics);
    return statistics.rx_missed_errors + statistics.rx_fifo_errors;
}

static void read_attributes(struct link_state *state, const struct nlmsghdr *message, bool answer)
{
    const struct ifinfomsg *link = NLMSG_DATA(message);
    int length = (int)(message->nlmsg_len - NLMSG_LENGTH(sizeof *link));
    for (const struct rtattr *at = IFLA_RTA(link); RTA_OK(at, length); at = RTA_NEXT(at, length)) {
        if (at->rta_type == IFLA_IFNAME && strncmp(RTA_DATA(at), state->name, sizeof state->name) != 0)
            state->gone = true;
        if (at->rta_type == IFLA_CARRIER_CHANGES && answer)
            memcpy(&state->carrier_changes, RTA_DATA(at), sizeof state->carrier_changes);
        if (at->rta_type == IFLA_STATS64 && answer)
            state->missed = missed_of(at);
    }
}

/* answer: to what was asked; else a notice. */
static void take_link(struct link_state *state, const struct nlmsghdr *message, bool answer)
{
    const struct ifinfomsg *link = NLMSG_DATA(message);
    if (link->ifi_index != state->index || link->ifi_family != AF_UNSPEC) /* AF_BRIDGE tells of a bridge's port */
        return;
    if (message->nlmsg_type == RTM_DELLINK) {
        state->gone = true;
        return;
    }
    if (answer)
        state->up = (link->ifi_flags & IFF_UP) && (link->ifi_flags & LOWER_UP);
    else if (!(link->ifi_flags & IFF_UP))
        state->noticed++;
    read_attributes(state, message, answer);
}

static void take_messages(struct link_state *state, size_t length)
{
    const struct nlmsghdr *message = (const struct nlmsghdr *)state->answer;
    for (; NLMSG_OK(message, length); message = NLMSG_NEXT(message, length)) {
        bool answer = message->nlmsg_seq == state->sequence && message->nlmsg_pid != 0;
        if (message->nlmsg_type == RTM_NEWLINK || message->nlmsg_type == RTM_DELLINK)
            take_link(state, message, answer);
        else if (message->nlmsg_type == NLMSG_ERROR && message->nlmsg_seq == state->sequence)
            state->gone |= ((const struct nlmsgerr *)NLMSG_DATA(message))->error == -ENODEV;
    }
}

/* The kernel has answered by the time that send() returns. */
void link_state_look(struct link_state *state, struct port_link *link)
{
    ssize_t length;
    if (!state->gone && ask(state) == 0) {
        while ((length = recv(state->fd, state->answer, sizeof state->answer, MSG_DONTWAIT)) != 0) {
            if (length > 0)
                take_messages(state, (size_t)length);
            else if (errno == ENOBUFS)
                state->noticed++;
            else if (errno != EINTR)
                break;
        }
    }
    *link = (struct port_link){.up = state->up, .gone = state->gone, .missed = state->missed,
                               .changes = state->carrier_changes + state->noticed};
}
