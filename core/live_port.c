/* SPDX-License-Identifier: MIT */
/* A live interface through libpcap.
 *
 * Each direction has a handle of its own, as libpcap tells no packet's direction on Ethernet. What a socket shall not see is
 * kept from it in the kernel (PACKET_IGNORE_OUTGOING for in, a filter on the packet's type for out), put on its descriptor and
 * not through libpcap, which would discard packets only after they were counted: so what was received, less what was
 * dropped, is exactly what is delivered, and the loop can tell silence from packets that are on their way. Nothing else is
 * filtered in the kernel: it sees frames whose VLAN tag was taken off, and would choose differently from a replay.
 *
 * The kernel hands packets over in blocks, when they are full or after 10 ms. Immediate mode would lose packets at rates that
 * this does not. Counters are read from the socket itself: libpcap's way reads files of another namespace on the way. */
#include "live_port.h"

#include <errno.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <aptrace/packet.h>

#include "link_state.h"
#include "memory.h"
#include "netns.h"
#include "suggest.h"

enum { BLOCK_TIMEOUT_MS = 10 };

struct pcap_ring {
    pcap_t *handle;
    struct port_counters counters;
    bool microseconds;
};

struct pcap_port {
    struct port port; /* first */
    struct link_state *link;
    struct pcap_ring rings[PORT_RINGS_MAX];
};

/* ---- Its functions --------------------------------------------------------------------------------------------------------- */

struct delivery {
    struct port_sink *sink;
    bool microseconds;
};

static void deliver(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
    const struct delivery *delivery = (const struct delivery *)(const void *)user;
    int64_t fraction_ns = delivery->microseconds ? header->ts.tv_usec * INT64_C(1000) : header->ts.tv_usec;
    struct port_packet packet = {.bytes = bytes, .capture_length = header->caplen, .wire_length = header->len,
                                 .stamp_ns = header->ts.tv_sec * INT64_C(1000000000) + fraction_ns};
    delivery->sink->take(delivery->sink, &packet);
}

static struct pcap_ring *ring_of(struct port *port, unsigned ring)
{
    return &((struct pcap_port *)(void *)port)->rings[ring];
}

static int drain(struct port *port, unsigned ring, unsigned limit, struct port_sink *sink)
{
    struct pcap_ring *from = ring_of(port, ring);
    struct delivery delivery = {sink, from->microseconds};
    int given = pcap_dispatch(from->handle, (int)limit, deliver, (u_char *)&delivery);
    return given < 0 ? -1 : given;
}

/* Reading sets the kernel's counters to zero. */
static void count(struct port *port, unsigned ring, struct port_counters *counters)
{
    struct pcap_ring *from = ring_of(port, ring);
    struct tpacket_stats_v3 since = {0};
    socklen_t size = sizeof since;
    if (getsockopt(pcap_fileno(from->handle), SOL_PACKET, PACKET_STATISTICS, &since, &size) == 0) {
        from->counters.received += since.tp_packets; /* those dropped among them */
        from->counters.dropped += since.tp_drops;
    }
    *counters = from->counters;
}

static void look(struct port *port, struct port_link *link)
{
    link_state_look(((struct pcap_port *)(void *)port)->link, link);
}

static void free_port(struct port *port)
{
    struct pcap_port *own = (struct pcap_port *)(void *)port;
    for (unsigned i = 0; i < PORT_RINGS_MAX; i++) {
        if (own->rings[i].handle)
            pcap_close(own->rings[i].handle);
    }
    link_state_free(own->link);
    free(own);
}

static const struct port_functions functions = {drain, count, look, free_port};

/* ---- Opening
 * ------------------------------------------------------------------------------------------------------------------ */

static int no_such_interface(const char *interface, struct error *error)
{
    struct if_nameindex *list = if_nameindex();
    const char **names = NULL;
    size_t count_of = 0, capacity = 0;
    struct text near = {0}, all = {0};
    for (const struct if_nameindex *at = list; at && at->if_index != 0; at++) {
        names = memory_grow(names, &capacity, count_of, sizeof *names);
        names[count_of++] = at->if_name;
        text_add(&all, "%s%s", count_of > 1 ? ", " : "", at->if_name);
    }
    size_t found = suggest_nearest(&near, interface, names, count_of);
    error_set(error, "there is no such interface; %s%s%s there are: %s", found ? "did you mean " : "", text_bytes(&near),
              found ? "?" : "", count_of ? text_bytes(&all) : "none");
    text_fini(&near);
    text_fini(&all);
    free(names);
    if (list)
        if_freenameindex(list);
    return -1;
}

static int not_activated(pcap_t *handle, int status, const char *interface, struct error *error)
{
    switch (status) {
    case PCAP_ERROR_NO_SUCH_DEVICE:
        return no_such_interface(interface, error);
    case PCAP_ERROR_IFACE_NOT_UP:
        return error_set(error, "the interface is not up; bring it up first: ip link set %s up", interface);
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
        return error_set(
            error, "no permission to capture: it needs CAP_NET_RAW. Run it with sudo (the command and the outputs stay "
                   "yours), or grant it once: sudo setcap cap_net_raw+ep $(command -v aptrace); a group alone may have it: sudo "
                   "chgrp GROUP and chmod 750 on the program, then setcap");
    default:
        return error_set(error, "cannot capture: %s%s%s", pcap_statustostr(status), status == PCAP_ERROR ? ": " : "",
                         status == PCAP_ERROR ? pcap_geterr(handle) : "");
    }
}

static int clipped(uint64_t number)
{
    return number < INT_MAX ? (int)number : INT_MAX;
}

static pcap_t *activate(const char *interface, const struct live_options *options, uint64_t buffer_bytes, struct error *error)
{
    char why[PCAP_ERRBUF_SIZE] = "";
    pcap_t *handle = pcap_create(interface, why);
    if (!handle) {
        error_set(error, "cannot capture: %s", why);
        return NULL;
    }
    pcap_set_snaplen(handle, clipped(options->snaplen));
    pcap_set_promisc(handle, options->promiscuous);
    pcap_set_timeout(handle, BLOCK_TIMEOUT_MS);
    pcap_set_buffer_size(handle, clipped(buffer_bytes));
    pcap_set_tstamp_type(handle, PCAP_TSTAMP_HOST);
    pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO);
    int status = pcap_activate(handle);
    if (status < 0)
        not_activated(handle, status, interface, error);
    else if (pcap_setnonblock(handle, 1, why) == 0)
        return handle;
    else
        error_set(error, "cannot capture without waiting: %s", why);
    pcap_close(handle);
    return NULL;
}

/* Lets the socket see one direction only. */
static int choose_direction(pcap_t *handle, uint16_t flag, struct error *error)
{
    struct sock_filter sent[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OUTGOING, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    struct sock_fprog program = {.len = sizeof sent / sizeof *sent, .filter = sent};
    int ignore = 1, result;
    if (flag == APTRACE_PACKET_SENT)
        result = setsockopt(pcap_fileno(handle), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
    else
        result = setsockopt(pcap_fileno(handle), SOL_PACKET, PACKET_IGNORE_OUTGOING, &ignore, sizeof ignore);
    if (result != 0)
        return error_set(error, "cannot capture one direction alone: %s (it needs Linux 4.20 or later)", strerror(errno));
    return 0;
}

/* The number that files have for what libpcap calls by its system's. They differ where older systems disagreed. */
static uint32_t link_type_of(int type)
{
    switch (type) {
    case DLT_RAW: return 101;
    case DLT_ATM_RFC1483: return 100;
    case DLT_SLIP_BSDOS: return 102;
    case DLT_PPP_BSDOS: return 103;
    default: return (uint32_t)type;
    }
}

static int add_ring(struct pcap_port *own, const char *interface, uint16_t flag, const struct live_options *options,
                    uint64_t buffer_bytes, struct error *error)
{
    struct pcap_ring *ring = &own->rings[own->port.ring_count];
    ring->handle = activate(interface, options, buffer_bytes, error);
    if (!ring->handle || choose_direction(ring->handle, flag, error) != 0)
        return -1;
    ring->microseconds = pcap_get_tstamp_precision(ring->handle) != PCAP_TSTAMP_PRECISION_NANO;
    own->port.link_type = link_type_of(pcap_datalink(ring->handle));
    own->port.rings[own->port.ring_count++] = (struct port_ring){.flag = flag, .fd = pcap_get_selectable_fd(ring->handle)};
    return 0;
}

/* In the interface's namespace. */
static struct port *open_here(const char *interface, const struct live_options *options, uint64_t buffer_bytes,
                              struct error *error)
{
    bool loopback = strcmp(interface, "lo") == 0;
    bool in = options->direction & LIVE_IN, out = (options->direction & LIVE_OUT) && !loopback;
    uint64_t share = in && out ? buffer_bytes / 2 : buffer_bytes;
    struct pcap_port *own = memory_new(1, sizeof *own);
    own->port.functions = &functions;
    own->link = link_state_open(interface, error);
    if (!own->link && errno == ENODEV)
        no_such_interface(interface, error);
    if (!own->link || (in && add_ring(own, interface, APTRACE_PACKET_RECEIVED, options, share, error) != 0)
        || (out && add_ring(own, interface, APTRACE_PACKET_SENT, options, share, error) != 0)) {
        free_port(&own->port);
        return NULL;
    }
    return &own->port;
}

static int check_interface(const char *interface, const struct live_options *options, struct error *error)
{
    if (interface[0] == '\0')
        return error_set(error, "the name of the interface is empty");
    if (strcmp(interface, "any") == 0)
        return error_set(error,
                         "\"any\" is no port: its packets lose their VLAN tags and cannot be told apart by port; name each "
                         "interface: --live eth0 --live eth1");
    if (strcmp(interface, "lo") == 0 && options->direction == LIVE_OUT)
        return error_set(error, "what is sent on lo is what is received on it, and is captured once: as in; use --direction in");
    return 0;
}

struct port *port_open(const char *interface, const struct live_options *options, uint64_t buffer_bytes, struct error *error)
{
    const char *slash = strchr(interface, '/');
    char *netns = slash ? memory_text_of(interface, (size_t)(slash - interface)) : NULL;
    const char *name = slash ? slash + 1 : interface;
    struct netns_visit visit;
    struct error lost;
    struct port *port = NULL;
    if (check_interface(name, options, error) != 0 || netns_enter(&visit, netns, error) != 0)
        goto out;
    port = open_here(name, options, buffer_bytes, error);
    if (netns_leave(&visit, &lost) != 0) {
        if (port)
            free_port(port);
        port = NULL;
        *error = lost;
    }
out:
    if (!port)
        error_context(error, "--live %s", interface);
    free(netns);
    return port;
}
