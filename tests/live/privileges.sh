#!/bin/bash
# SPDX-License-Identifier: MIT
# Rights: what opening a port takes, that they are gone before plugins run and files are written, and that COMMAND keeps them.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
pair v0 v1
cd "$scratch" || exit 1

# Somebody else must be able to reach command and plugins.
person=4242
chmod 755 "$scratch"
cp "$APTRACE" ./aptrace
cp "$APTRACE_PLUGIN_PATH"/*.so .
APTRACE=$scratch/aptrace APTRACE_PLUGIN_PATH=$scratch
mkdir files
if ! chown "$person:$person" files 2>/dev/null; then
    skip 'this needs root itself, not a user namespace' 'privileges'
    finish
fi
status_line() { awk -v key="$2:" '$1 == key {print $2}' "/proc/$1/status"; }
owner() { stat -c %u:%g "$1"; }

# Called by sudo
export SUDO_UID=$person SUDO_GID=$person
start --live v0 --record files/run.pcapng --report json:files/doc.json --plugin saw_nothing -- sh -c 'id -u >files/who; touch files/started; exec sleep 5'
is "$(status_line "$live" Uid)" $person 'under sudo the run becomes who called it'
is "$(status_line "$live" Gid)" $person 'with that group'
is "$(awk '/^Groups/ {print NF - 1}' "/proc/$live/status")" 0 'and no other'
is "$(status_line "$live" CapEff)$(status_line "$live" CapPrm)$(status_line "$live" CapAmb)" 000000000000000000000000000000000000000000000000 'no capability is left'
is "$(status_line "$live" CapBnd)" 0000000000000000 'none can come back'
is "$(status_line "$live" NoNewPrivs)" 1 'by no program'
for ((i = 0; i < 500; i++)); do [ -e files/started ] && break; sleep 0.01; done
is "$(<files/who)" 0 'the command has the rights of the caller'
kill -INT "$live"
ended
is "$status" 3 'a signal is passed on to it, though it is another user'"'"'s'
is "$(owner files/run.pcapng)" $person:$person 'the recording is the person'"'"'s'
is "$(owner files/doc.json)" $person:$person 'and so are reports'
refuses 2 'root-only/run\.pcapng.*denied' 'what the person cannot write is refused' --live v0 --record "$(mkdir -m 700 root-only && echo root-only)/run.pcapng" --plugin saw_nothing
unset SUDO_UID SUDO_GID

# --user
start --live v0 --user nobody --plugin saw_nothing --duration none
is "$(status_line "$live" Uid)" "$(id -u nobody)" '--user is who the run becomes'
kill -INT "$live"
ended
refuses 2 'no such user' 'a user that is not there' --live v0 --user nosuch-person --plugin saw_nothing

# Root alone
start --live v0 --plugin saw_nothing --duration none
is "$(status_line "$live" CapEff)" 0000000000000000 'root itself keeps no capability'
kill -INT "$live"
ended

# Nobody in particular
as() { setpriv --reuid $person --regid $person --clear-groups "$@"; }
status=0
as ./aptrace --live v0 --plugin saw_nothing --timeout 10ms >out.txt 2>err.txt || status=$?
is "$status" 2 'without rights a port is not opened'
like "$(<err.txt)" 'setcap' 'and the message says how to grant them'
status=0
as --inh-caps +net_raw --ambient-caps +net_raw ./aptrace --live v0 --plugin saw_nothing --timeout 10ms >out.txt 2>err.txt || status=$?
is "$status" 0 'CAP_NET_RAW alone is enough'

# A plugin says with what rights it was loaded.
rights=$scratch/rights
mkdir "$rights"
cat >rights.c <<'PLUGIN'
#include <stdio.h>
#include <string.h>
#include <aptrace/plugin.h>

__attribute__((constructor)) static void say(void)
{
    char line[256];
    FILE *status = fopen("/proc/self/status", "r");
    while (fgets(line, sizeof line, status)) {
        if (strncmp(line, "CapPrm", 6) == 0)
            fputs(line, stderr);
    }
    fclose(status);
}

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    (void)self;
    return packet->number == 1;
}

APTRACE_PREDICATE("rights", struct aptrace_stateless, .summary = "A packet came", .yields = APTRACE_TYPE_BOOL);
PLUGIN
check 'a plugin that tells its rights' ${CC:-cc} -shared -fPIC -I"$srcdir/core/include" -o rights.so rights.c
cp rights.so "$rights"
cp aptrace granted
if setcap cap_net_raw+ep granted 2>/dev/null; then
    status=0
    as ./granted --live v0 --record files/granted.pcapng --plugin saw_nothing --timeout 10ms >out.txt 2>err.txt || status=$?
    is "$status" 0 'and so is the way that the message names'
    is "$(owner files/granted.pcapng)" $person:$person 'which writes what the caller may write'
    cp "$traces/vlan/frames.pcap" .
    for words in '--live v0 --plugin ./rights.so --timeout 10ms' '--replay frames.pcap --plugin ./rights.so' \
        '--describe ./rights.so' --list-plugins; do
        # shellcheck disable=SC2086
        APTRACE_PLUGIN_PATH=$rights as ./granted $words >out.txt 2>err.txt
        is "$(grep -c '^CapPrm' err.txt) $(grep '^CapPrm' err.txt)" "1 CapPrm:	0000000000000000" "a plugin that is loaded by $words has none of it"
    done
else
    skip 'setcap is refused here' 'the way that the message names'
fi
finish
