/* SPDX-License-Identifier: MIT */
/* Sends frames at exact moments, for the live tests: live-traffic [--wait] SEED MILLISECONDS PORT...
 *
 * A PORT is an interface, or tap:NAME, a TAP device whose other side this program is. What is sent is random, but the same for a
 * seed: bursts, idle gaps, frames on several ports at one moment, frames with no, one and two VLAN tags, and, over and over, a
 * frame with VLAN 101 and, when a window of 1, 5, 20 or 100 ms that it opened is about to close, frames with VLAN 102 within
 * microseconds of that moment. Moments are waited for by looking at the clock, as sleeping would miss them by a hundred times
 * more. Each frame carries its number.
 *
 * Instead of a seed, "flood N LENGTH" sends N frames of that length on each port as fast as it goes, and "plan" sends what
 * standard input says, a line a frame: MICROSECONDS PORT-INDEX LENGTH VLAN (0: no tag).
 *
 * --wait: opens the ports, writes "ready", sends once a line comes on standard input, writes "sent", and keeps the ports open
 * until another line or the end of it. */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PORTS_MAX = 8, FRAME_MAX = 1514, FRAME_MIN = 60 };

struct sender {
    int ports[PORTS_MAX];
    unsigned port_count;
    uint64_t sent;
    int64_t began_ns, end_ns;
    uint8_t frame[FRAME_MAX];
};

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "live-traffic: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Sleeps to shortly before, then looks. */
static void wait_until(int64_t moment_ns)
{
    int64_t left_ns;
    while ((left_ns = moment_ns - now_ns()) > 300000) {
        left_ns -= 200000;
        struct timespec pause = {left_ns / 1000000000, left_ns % 1000000000};
        nanosleep(&pause, NULL);
    }
    while (now_ns() < moment_ns)
        continue;
}

static unsigned below(unsigned limit)
{
    return (unsigned)lrand48() % limit;
}

/* ---- Ports ------------------------------------------------------------------------------------------------------------- */

static int open_tap(const char *name)
{
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
    int port = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    if (port < 0 || ioctl(port, TUNSETIFF, &request) != 0)
        fail(name);
    return port;
}

static int open_interface(const char *name)
{
    struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(name)};
    int port = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (port < 0 || address.sll_ifindex == 0 || bind(port, (struct sockaddr *)&address, sizeof address) != 0)
        fail(name);
    return port;
}

static void send_frame(struct sender *sender, unsigned port, unsigned length)
{
    sender->sent++;
    while (write(sender->ports[port], sender->frame, length) < 0) {
        if (errno != ENOBUFS && errno != EAGAIN && errno != EINTR)
            fail("send");
    }
}

/* ---- Frames ------------------------------------------------------------------------------------------------------------ */

static uint8_t *add_16(uint8_t *at, unsigned number)
{
    at[0] = (uint8_t)(number >> 8);
    at[1] = (uint8_t)number;
    return at + 2;
}

static void send_tagged(struct sender *sender, unsigned port, unsigned length, unsigned outer, unsigned inner)
{
    uint8_t *at = sender->frame;
    const uint8_t addresses[12] = {2, 0, 0, 0, 1, (uint8_t)port, 2, 0, 0, 0, 0, (uint8_t)port};
    uint64_t number = sender->sent;
    memcpy(at, addresses, sizeof addresses);
    at += sizeof addresses;
    if (outer)
        at = add_16(add_16(at, inner ? ETH_P_8021AD : ETH_P_8021Q), outer);
    if (inner)
        at = add_16(add_16(at, ETH_P_8021Q), inner);
    at = add_16(at, 0x88b5); /* for experiments: IEEE 802 section 9.2.3 */
    memcpy(at, &number, sizeof number);
    send_frame(sender, port, length);
}

static void send_random(struct sender *sender, unsigned port)
{
    unsigned length = below(4) ? FRAME_MIN : FRAME_MIN + below(FRAME_MAX - FRAME_MIN + 1);
    unsigned kind = below(8);
    send_tagged(sender, port, length, kind < 4 ? 0 : 100 + below(6), kind == 7 ? 100 + below(6) : 0);
}

static unsigned any_port(const struct sender *sender)
{
    return below(sender->port_count);
}

static void burst(struct sender *sender)
{
    unsigned count = 1 + below(below(6) ? 40 : 1500), port = any_port(sender);
    bool hopping = below(2);
    for (unsigned i = 0; i < count; i++)
        send_random(sender, hopping ? any_port(sender) : port);
}

/* Opens a window by VLAN 101, and is there when it closes. */
static void at_deadline(struct sender *sender)
{
    static const int64_t windows_ns[] = {1000000, 5000000, 20000000, 100000000};
    int64_t window_ns = windows_ns[below(4)];
    unsigned port = any_port(sender);
    int64_t opened_ns = now_ns();
    send_tagged(sender, port, FRAME_MIN, 101, 0);
    for (unsigned i = 1 + below(3); i > 0 && window_ns < sender->end_ns - opened_ns; i--) {
        wait_until(opened_ns + window_ns - 6000 + (int64_t)below(12000));
        send_tagged(sender, any_port(sender), FRAME_MIN, 102 + below(2), 0);
    }
}

static void everywhere(struct sender *sender)
{
    for (unsigned port = 0; port < sender->port_count; port++)
        send_random(sender, port);
}

static void pause_a_while(void)
{
    wait_until(now_ns() + (int64_t)below(below(4) ? 4000000 : 120000000));
}

static void send_seeded(struct sender *sender)
{
    while (now_ns() < sender->end_ns) {
        switch (below(5)) {
        case 0: burst(sender); break;
        case 1: at_deadline(sender); break;
        case 2: everywhere(sender); break;
        default: pause_a_while(); break;
        }
    }
}

static void flood(struct sender *sender, unsigned long count, unsigned length)
{
    for (unsigned long i = 0; i < count; i++) {
        for (unsigned port = 0; port < sender->port_count; port++)
            send_tagged(sender, port, length, i % 2 ? 0 : 100 + (unsigned)(i % 6), 0);
    }
}

static void send_planned(struct sender *sender)
{
    long long moment_us;
    unsigned port, length, tag;
    while (scanf("%lld %u %u %u", &moment_us, &port, &length, &tag) == 4) {
        wait_until(sender->began_ns + moment_us * 1000);
        if (port < sender->port_count && length >= 14 && length <= FRAME_MAX)
            send_tagged(sender, port, length, tag, 0);
    }
}

/* ---- The line ---------------------------------------------------------------------------------------------------------- */

static void say_and_wait(const char *word)
{
    puts(word);
    fflush(stdout);
    for (int byte = getchar(); byte != '\n' && byte != EOF; byte = getchar())
        continue;
}

int main(int argc, char **argv)
{
    static struct sender sender;
    bool waits = argc > 1 && strcmp(argv[1], "--wait") == 0;
    char **words = argv + 1 + waits;
    int count = argc - 1 - waits;
    bool floods = count > 0 && strcmp(words[0], "flood") == 0, planned = count > 0 && strcmp(words[0], "plan") == 0;
    int leading = floods ? 3 : planned ? 1 : 2;
    if (count <= leading || count - leading > PORTS_MAX) {
        fprintf(stderr, "usage: live-traffic [--wait] SEED MILLISECONDS | flood COUNT LENGTH | plan  PORT...\n");
        return 2;
    }
    for (int i = leading; i < count; i++)
        sender.ports[sender.port_count++] = strncmp(words[i], "tap:", 4) == 0 ? open_tap(words[i] + 4) : open_interface(words[i]);
    if (waits)
        say_and_wait("ready");
    sender.began_ns = now_ns();
    if (floods) {
        flood(&sender, strtoul(words[1], NULL, 10), (unsigned)strtoul(words[2], NULL, 10));
    } else if (planned) {
        send_planned(&sender);
    } else {
        srand48(strtol(words[0], NULL, 10));
        sender.end_ns = sender.began_ns + (int64_t)strtoul(words[1], NULL, 10) * 1000000;
        send_seeded(&sender);
    }
    if (waits)
        say_and_wait("sent");
    return 0;
}
