# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the live tests share. A test file sources this and then runs in a network namespace of its own, which ends with it: nothing
# that it makes, sends or breaks reaches the machine. As root, or as anybody who may make user namespaces. Where namespaces are
# refused, the test is skipped, with the reason.
# shellcheck source-path=SCRIPTDIR source=../cli/lib.sh

enter_namespace() {
    local how=(unshare --net --mount) said
    [ "$(id -u)" -eq 0 ] || how=(unshare --user --map-root-user --net --mount)
    if ! said=$("${how[@]}" sh -c 'mount -t sysfs sysfs /sys && ip link add v0 type veth peer name v1' 2>&1); then
        echo "1..0 # SKIP network namespaces or veth are refused here: $said"
        exit 0
    fi
    APTRACE_LIVE_TEST=inside exec "${how[@]}" "$BASH" "$0" "$@"
}

[ "${APTRACE_LIVE_TEST-}" = inside ] || enter_namespace "$@"
unset APTRACE_LIVE_TEST SUDO_UID SUDO_GID # tests run as who runs them
. "$(dirname "${BASH_SOURCE[0]}")/../cli/lib.sh"
: "${TRAFFIC:=$builddir/live-traffic}"
: "${RELAY:=$builddir/live-relay}"

mount -t sysfs sysfs /sys
echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6 # an idle link with IPv6 is never idle
ip link set lo up

# NAME PEER: a pair of ports that are up.
pair() {
    ip link add "$1" type veth peer name "$2"
    ip link set "$1" up
    ip link set "$2" up
}

# NAME: a TAP device, up, whose carrier comes with the program that opens it.
tap() {
    ip tuntap add dev "$1" mode tap && ip link set "$1" up
}

# ARG...: as run, in the background; $live is its process. Returns once it is armed.
start() {
    rm -f "$scratch/armed"
    mkfifo "$scratch/armed"
    "$APTRACE" "$@" >"$scratch/out" 2>"$scratch/armed" </dev/null &
    live=$!
    : >"$scratch/err"
    exec 8<"$scratch/armed"
    while read -r said <&8; do
        echo "$said" >>"$scratch/err"
        [ "$said" != armed ] || break
    done
}

# Waits for what start began: $status, $out and $err.
ended() {
    status=0
    cat <&8 >>"$scratch/err"
    exec 8<&-
    wait "$live" || status=$?
    out=$(<"$scratch/out") err=$(<"$scratch/err")
}

# RECORDING JSON TEXT [ARG...]: the recording replays to that document, by what is asked in it or by what is given.
replays() {
    local recording=$1 json=$2 text=$3
    shift 3
    "$APTRACE" --replay "$recording" --report "json:$scratch/again.json" "$@" >"$scratch/out.again" 2>&1 || true
    same "$json" "$scratch/again.json" "$text"
}

# FILTER JSON: what jq reads.
says() {
    jq -r "$1" "$2"
}
