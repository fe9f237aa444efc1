/* SPDX-License-Identifier: MIT */
/* Opening a port takes CAP_NET_RAW; nothing after it takes any right at all. So that a plugin, a parser of hostile packets or a
 * report never has more than the person, the rights go before the first of them runs: first the identity (that of --user, or of
 * who called sudo, with that one's groups), then every capability, from the bounding set too, and no later exec can bring any
 * back. What cannot be given up is an error: a run never goes on with more rights than it says.
 *
 * A command with file capabilities loads plugins of anybody who may start it: without a port to open, these go too.
 *
 * Root without sudo stays root by number, and without capabilities: its files are root's own, but it cannot write where root
 * has no permission. --user helps there. */
#include "privileges.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "number.h"

struct identity {
    bool is_other; /* somebody else than we are now */
    uid_t user;
    gid_t group;
    const char *name; /* [may be null] for the other groups */
};

static int find_user(const char *text, struct identity *identity, struct error *error)
{
    uint64_t number;
    bool is_number = number_uint(text, &number) && number < UINT32_MAX;
    const struct passwd *entry = is_number ? getpwuid((uid_t)number) : getpwnam(text);
    if (!entry)
        return error_set(error, "--user %s: there is no such user", text);
    *identity = (struct identity){true, entry->pw_uid, entry->pw_gid, entry->pw_name};
    return 0;
}

/* Who called sudo. Its variables mean nothing where we are not root: anybody can set them. */
static bool find_caller(struct identity *identity)
{
    const char *user_text = getenv("SUDO_UID"), *group_text = getenv("SUDO_GID");
    uint64_t user, group;
    if (geteuid() != 0 || !user_text || !group_text || !number_uint(user_text, &user) || !number_uint(group_text, &group))
        return false;
    if (user == 0 || user >= UINT32_MAX || group >= UINT32_MAX)
        return false;
    const struct passwd *entry = getpwuid((uid_t)user);
    *identity = (struct identity){true, (uid_t)user, (gid_t)group, entry ? entry->pw_name : NULL};
    return true;
}

static int become(const struct identity *identity, struct error *error)
{
    int groups = identity->name ? initgroups(identity->name, identity->group) : setgroups(0, NULL);
    if (groups != 0 || setresgid(identity->group, identity->group, identity->group) != 0
        || setresuid(identity->user, identity->user, identity->user) != 0)
        return error_set(error, "privileges could not be given up to user %u: %s%s", (unsigned)identity->user, strerror(errno),
                         errno == EPERM ? "; only root can become another user" : "");
    return 0;
}

/* The bounding set can only be changed with CAP_SETPCAP, which goes with the identity: so it goes first. */
static int drop_bounding(struct error *error)
{
    capng_clear(CAPNG_SELECT_BOUNDS);
    if (capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP) && capng_apply(CAPNG_SELECT_BOUNDS) != 0)
        return error_set(error, "the capability bounding set could not be cleared");
    return 0;
}

static int drop_capabilities(struct error *error)
{
    capng_clear(CAPNG_SELECT_CAPS);
    if (capng_apply(CAPNG_SELECT_CAPS) != 0)
        return error_set(error, "capabilities could not be dropped");
    capng_get_caps_process();
    if (capng_have_capabilities(CAPNG_SELECT_CAPS) != CAPNG_NONE)
        return error_set(error, "capabilities are left that should have been dropped");
    return 0;
}

int privileges_give_up(const char *user, struct error *error)
{
    struct identity identity = {0};
    if (user && find_user(user, &identity, error) != 0)
        return -1;
    if (!user)
        find_caller(&identity);
    if (identity.is_other && identity.user == geteuid() && identity.group == getegid() && geteuid() != 0)
        identity.is_other = false;
    if (capng_get_caps_process() != 0)
        return error_set(error, "this process's capabilities cannot be read");
    if (drop_bounding(error) != 0 || (identity.is_other && become(&identity, error) != 0) || drop_capabilities(error) != 0)
        return -1;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return error_set(error, "new privileges could not be ruled out: %s", strerror(errno));
    return 0;
}

int privileges_drop_granted(struct error *error)
{
    if (geteuid() == 0)
        return 0;
    if (capng_get_caps_process() != 0)
        return error_set(error, "this process's capabilities cannot be read");
    return capng_have_capabilities(CAPNG_SELECT_CAPS) == CAPNG_NONE ? 0 : drop_capabilities(error);
}
