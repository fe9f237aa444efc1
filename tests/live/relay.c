/* SPDX-License-Identifier: MIT */
/* A bad line, for the live tests: live-relay SEED DELAY_US JITTER_US DROP_PERCENT IN OUT
 *
 * What arrives at interface IN leaves at interface OUT, DELAY_US later and up to JITTER_US more, so that frames overtake each
 * other; some are lost. It writes "ready" once it listens, and runs until its standard input ends. (The build machines' kernels
 * have no netem.) */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { HELD_MAX = 8192, FRAME_MAX = 2048 };

struct held {
    int64_t due_ns;
    unsigned length;
    uint8_t bytes[FRAME_MAX];
};

static struct held *waiting[HELD_MAX]; /* in no order: few wait at a time */
static unsigned waiting_count;

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "live-relay: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int open_interface(const char *name, int protocol)
{
    struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons((uint16_t)protocol),
                                  .sll_ifindex = (int)if_nametoindex(name)};
    int one = 1, buffer = 8 << 20;
    int interface = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (interface < 0 || address.sll_ifindex == 0 || bind(interface, (struct sockaddr *)&address, sizeof address) != 0)
        fail(name);
    setsockopt(interface, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof one);
    setsockopt(interface, SOL_PACKET, PACKET_AUXDATA, &one, sizeof one);
    setsockopt(interface, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer);
    return interface;
}

/* The kernel takes the outer tag out of the frame and hands it over beside it: it is put back. */
static void put_tag_back(struct held *held, struct msghdr *message)
{
    for (struct cmsghdr *control = CMSG_FIRSTHDR(message); control; control = CMSG_NXTHDR(message, control)) {
        struct tpacket_auxdata data;
        if (control->cmsg_level != SOL_PACKET || control->cmsg_type != PACKET_AUXDATA)
            continue;
        memcpy(&data, CMSG_DATA(control), sizeof data);
        if (!(data.tp_status & TP_STATUS_VLAN_VALID) || held->length + 4 > FRAME_MAX)
            continue;
        uint16_t tpid = data.tp_status & TP_STATUS_VLAN_TPID_VALID ? data.tp_vlan_tpid : ETH_P_8021Q;
        uint16_t tag[2] = {htons(tpid), htons(data.tp_vlan_tci)};
        memmove(held->bytes + 16, held->bytes + 12, held->length - 12);
        memcpy(held->bytes + 12, tag, sizeof tag);
        held->length += 4;
    }
}

static bool take(int in, struct held *held)
{
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
    struct iovec vector = {held->bytes, FRAME_MAX - 4};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t length = recvmsg(in, &message, MSG_DONTWAIT);
    if (length < 14)
        return false;
    held->length = (unsigned)length;
    put_tag_back(held, &message);
    return true;
}

static void take_all(int in, int64_t delay_us, int64_t jitter_us, int drop_percent)
{
    while (waiting_count < HELD_MAX) {
        struct held *held = malloc(sizeof *held);
        if (!held || !take(in, held)) {
            free(held);
            return;
        }
        if (rand() % 100 < drop_percent) {
            free(held);
            continue;
        }
        held->due_ns = now_ns() + 1000 * (delay_us + (jitter_us ? rand() % jitter_us : 0));
        waiting[waiting_count++] = held;
    }
}

/* Sends what is due, the earliest first. Returns how long the next has, in milliseconds; -1: none waits. */
static int send_due(int out)
{
    while (waiting_count > 0) {
        unsigned first = 0;
        for (unsigned i = 1; i < waiting_count; i++)
            first = waiting[i]->due_ns < waiting[first]->due_ns ? i : first;
        int64_t left_ns = waiting[first]->due_ns - now_ns();
        if (left_ns > 0)
            return (int)(left_ns / 1000000);
        if (write(out, waiting[first]->bytes, waiting[first]->length) < 0 && errno != ENOBUFS)
            fail("send");
        free(waiting[first]);
        waiting[first] = waiting[--waiting_count];
    }
    return -1;
}

int main(int argc, char **argv)
{
    if (argc != 7) {
        fprintf(stderr, "usage: live-relay SEED DELAY_US JITTER_US DROP_PERCENT IN OUT\n");
        return 2;
    }
    srand((unsigned)strtoul(argv[1], NULL, 10));
    int in = open_interface(argv[5], ETH_P_ALL), out = open_interface(argv[6], 0);
    puts("ready");
    fflush(stdout);
    for (;;) {
        struct pollfd polled[] = {{STDIN_FILENO, POLLIN, 0}, {in, POLLIN, 0}};
        char byte;
        if (poll(polled, 2, send_due(out)) < 0 && errno != EINTR)
            fail("poll");
        if (polled[0].revents && read(STDIN_FILENO, &byte, 1) <= 0)
            return 0;
        if (polled[1].revents)
            take_all(in, atoll(argv[2]), atoll(argv[3]), atoi(argv[4]));
    }
}
