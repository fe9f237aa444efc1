/* SPDX-License-Identifier: MIT */
/* ip_extension.h: headers between IP and transport: which protocols are such, and how long one is. Sources: RFC 8200 section 4, RFC
 * 4302 section 2.2. For the decoder of layers, and for those that look at such a header themselves. */
#ifndef IP_EXTENSION_H
#define IP_EXTENSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { /* https://www.iana.org/assignments/ipv6-parameters */
    EXTENSION_HOP_BY_HOP = 0,
    EXTENSION_ROUTING = 43,
    EXTENSION_FRAGMENT = 44,
    EXTENSION_AUTHENTICATION = 51, /* of IPv4 too */
    EXTENSION_DESTINATION = 60
};

static inline bool ip_is_extension(unsigned version, unsigned protocol)
{
    bool of_ipv6 = protocol == EXTENSION_HOP_BY_HOP || protocol == EXTENSION_ROUTING || protocol == EXTENSION_FRAGMENT
        || protocol == EXTENSION_DESTINATION;
    return protocol == EXTENSION_AUTHENTICATION || (version == 6 && of_ipv6);
}

/* The first two bytes of the header must be there. */
static inline size_t ip_extension_length(unsigned protocol, const uint8_t *header)
{
    if (protocol == EXTENSION_FRAGMENT)
        return 8;
    return protocol == EXTENSION_AUTHENTICATION ? ((size_t)header[1] + 2) * 4 : ((size_t)header[1] + 1) * 8;
}

#endif
