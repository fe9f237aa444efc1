#!/bin/bash
# SPDX-License-Identifier: MIT
# A live run as a user meets it: verdicts, the command, the ways to end it, the messages where it cannot begin.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
pair v0 v1
pair w0 w1
cd "$scratch" || exit 1

# plan LINE...: a command that sends what the lines say on v1 (0) and w1 (1).
plan() {
    printf '%s\n' "$@" >plan.txt
    printf '#!/bin/sh\nexec "%s" plan v1 w1 <"%s/plan.txt"\n' "$TRAFFIC" "$scratch" >send
    chmod +x send
}

# Verdicts
plan '1000 0 60 102' '2000 0 60 103' '3000 1 60 0'
ends 0 'a tag that comes passes' --live v0 --plugin saw_vlan tag=102 --timeout 5s -- ./send
like "$err" '(^|'$'\n'')armed' 'armed is said on standard error'
ends 1 'a tag that does not come fails' --live v0 --plugin saw_vlan tag=104 --timeout 100ms -- ./send
ends 0 'a window without a timeout closes --settle after the command' --settle 100ms --live v0 --plugin packet_count --expect 2 -- ./send
ends 0 'what the port itself sends does not count' --settle 100ms --live v1 --plugin packet_count --expect 0 -- ./send
ends 0 'but with --direction out it does' --settle 100ms --live v1 --plugin packet_count --expect 2 --direction out -- ./send
ends 0 'two ports, named, on one clock' --settle 100ms --live a=v0 --live b=w0 --plugin packet_count --on a --expect 2 \
    --plugin packet_count --on b --expect 1 --plugin saw_vlan tag=103 --on a --name first --plugin received_packet --on b --after first -- ./send
ends 1 'an order that was not kept' --settle 100ms --live a=v0 --live b=w0 --plugin received_packet --on b --name first \
    --plugin saw_vlan tag=103 --on a --after first --timeout 200ms -- ./send

like "$out" 'again: aptrace --live a=v0 --live b=w0 --settle 100ms --plugin .* -- \./send'$'\n' 'what to paste sends again'

# The command
plan '0 0 60 0'
run --settle 50ms --live v0 --plugin saw_nothing -- sh -c 'echo to-out; echo to-err >&2; exit 7'
is "$status" 3 'a command that fails makes what was not stopped inconclusive'
like "$out" 'to-out' 'its output goes through'
like "$err" 'to-err' 'and its standard error'
like "$out" 'command failed with status 7' 'its status is told'
ends 1 'what failed all the same fails' --settle 50ms --live v0 --plugin saw_nothing -- sh -c './send; exit 7'
ends 3 'a stop stands, and the exit status still says that the command failed' --live v0 --plugin received_packet --timeout 2s \
    -- sh -c './send; exit 7'
run --settle 50ms --live v0 --plugin saw_nothing --report json:doc.json -- ./nosuch
is "$(says .command.status doc.json)" 127 'a command that is not there has status 127'
like "$err" 'nosuch.*No such file' 'and is named'
run --live v0 --settle 10ms --plugin saw_nothing --report json:doc.json -- sh -c 'kill -9 $$'
is "$(says .command.status doc.json)" 137 'a command that a signal ended has 128 and its number'
began=$(date +%s%N)
run --live v0 --plugin saw_nothing --timeout 10ms -- sleep 0.5
check 'the command is waited for' test $(($(date +%s%N) - began)) -ge 500000000

# --duration, idle
began=$(date +%s%N)
ends 0 'without a command the run closes --duration after its origin' --live v0 --duration 300ms --plugin saw_nothing
took=$((($(date +%s%N) - began) / 1000000))
check "it took its time and no more ($took ms)" test $took -ge 300 -a $took -lt 900
run --live v0 --plugin saw_nothing --timeout 200ms --report json:doc.json
is "$(says '.expectations[0].finish.time_ns' doc.json)" 200000000 'an idle window times out at its time'
ends 0 'an endless window ends with its stop' --live v0 --plugin received_packet --timeout none -- ./send

# Signals
start --live v0 --plugin saw_nothing --plugin saw_nothing --timeout none --report json:doc.json --duration none
kill -INT "$live"
ended
is "$status" 3 'SIGINT: what was to go on is inconclusive'
is "$(says '[.expectations[].verdict] | join(" ")' doc.json)" 'inconclusive pass' 'but an endless window ends there'
start --live v0 --plugin saw_nothing --duration none
kill -TERM "$live"
ended
is "$status" 3 'SIGTERM ends it as cleanly'
start --live v0 --plugin saw_nothing --timeout none --record two.pcapng -- sh -c 'trap "" TERM; echo $$ >pid; while [ -e pid ]; do sleep 0.02; done'
for ((i = 0; i < 500; i++)); do [ -s pid ] && break; sleep 0.01; done
kill -TERM "$live"
kill -INT "$live" # another one, as two of a kind may be seen as one
status=0
wait "$live" || status=$?
rm -f pid
exec 8<&-
like "$status" '^(130|143)$' 'a second signal ends it at once'
check 'and its recording can be read' tshark -r two.pcapng

# Set-up
refuses 2 'nosuch0' 'a port that is not there' --live nosuch0 --plugin saw_nothing
ip link set w0 down
refuses 2 'w0.*(down|up)' 'a port that is down' --live w0 --plugin saw_nothing
ip link set w0 up
refuses 2 'no plugin "nosuch"' 'a plugin that is not there' --live v0 --plugin nosuch
refuses 2 'there is no such source' 'a source that is not there' --live v0 --plugin saw_nothing --on v9
refuses 2 '/nosuch/run.pcapng' 'a recording that cannot be made' --live v0 --record /nosuch/run.pcapng --plugin saw_nothing
refuses 2 'no clock in common' 'ports and traces together' --live v0 --replay "$traces/vlan/frames.pcap" --plugin saw_nothing
refuses 2 'needs live sources' 'a recording of a replay' --replay "$traces/vlan/frames.pcap" --record a.pcapng --plugin saw_nothing
refuses 2 'any: ' 'the port any' --live any --plugin saw_nothing
refuses 2 'name a is taken' 'two ports of one name' --live a=v0 --live a=v1 --plugin saw_nothing
refuses 2 '--duration "soon"' 'a duration that is none' --live v0 --duration soon --plugin saw_nothing
refuses 2 '--buffer "x"' 'a buffer that is none' --live v0 --buffer x --plugin saw_nothing
refuses 2 '--snaplen "0"' 'a snap length of nothing' --live v0 --snaplen 0 --plugin saw_nothing
refuses 2 'no expectation' 'nothing to look for' --live v0

# --monitor
plan '1000 0 60 102' '2000 0 80 0' '3000 1 60 0'
run --live v0 --monitor --settle 100ms -- ./send
is "$status" 0 '--monitor alone'
like "$out" '^\+0\.[0-9]{9} v0 +in +60 02:00:00:00:00:00 > 02:00:00:00:01:00 vlan 102 type 0x88b5'$'\n''\+0\.[0-9]{9} v0 +in +80 .* type 0x88b5$' 'a line a packet'
run --live v0 --monitor --filter vlan --settle 100ms -- ./send
is "$(wc -l <out)" 1 '--filter before the first --plugin chooses'
run --live v0 --monitor --count 1 -- ./send
is "$(wc -l <out)" 1 '--count ends it'
run --live v0 --monitor --record seen.pcapng --settle 100ms -- ./send
cp out first
run --replay seen.pcapng --monitor
same first out 'and a replay of its recording shows the same'

# The wrong end: v1 is held by a switch, which is our relay here, and somebody listens there.
plan '1000 0 60 0'
mkfifo hold
"$RELAY" 1 0 0 0 v1 v1 <hold >ready &
exec 7>hold
for ((i = 0; i < 500; i++)); do [ -s ready ] && break; sleep 0.01; done
run --live v1 --plugin received_packet --timeout 100ms -- ./send
like "$err" 'another program has bound v1.*v0' 'the other end is named when armed'
like "$out" 'another program has bound v1.*v0' 'and under the failure'
run --live v0 --plugin received_packet --timeout 2s -- ./send
is "$err" armed 'nothing is said of the right end'
exec 7>&-

# As the README has it
pair eth0 eth1
mkdir bin
ln -s "$APTRACE" bin/aptrace
printf '%s\n' '100000 0 60 102' >plan.txt
mkfifo go
(read -r _ <go; exec "$TRAFFIC" plan eth1 <plan.txt) &
status=0
PATH=$PWD/bin:$PATH aptrace --plugin saw_vlan.so --live eth0 >out 2> >(tee err | head -n 1 >go) || status=$?
is "$status" 0 "aptrace --plugin saw_vlan.so --live eth0"
like "$(<out)" '^PASS  saw_vlan' 'says that it passes'

# A port of another namespace
mount -t tmpfs tmpfs /run
if ip netns add other 2>/dev/null && ip link set w0 netns other && ip -n other link set w0 up; then
    plan '1000 1 60 102'
    ends 0 'a port of another namespace' --live other/w0 --plugin saw_vlan tag=102 --timeout 5s -- ./send
    refuses 2 'nosuch' 'a namespace that is not there' --live nosuch/w0 --plugin saw_nothing
else
    skip 'named namespaces are refused here' 'a port of another namespace'
fi

# An idle run leaves the host alone: processor time of 2 seconds, in hundredths
start --live v0 --live eth0 --plugin saw_nothing --duration 2s
ticks() { awk '{print $14 + $15}' "/proc/$live/stat"; }
before=$(ticks)
sleep 1.5
used=$(($(ticks) - before))
check "an idle run uses under 1 % of a processor ($used hundredths in 1.5 s)" test "$used" -le 2
ended

# Progress, on a terminal alone
run --live v0 --plugin saw_nothing --duration 1600ms
is "$err" armed 'no progress where standard error is no terminal'
script -qec "'$APTRACE' --live v0 --plugin saw_nothing --duration 1600ms" typescript >/dev/null
like "$(tr '\r' '\n' <typescript)" '1\.[0-9] s  0 packets  0/s  0 dropped  1 of 1 open' 'progress on a terminal'
script -qec "'$APTRACE' --live v0 --plugin saw_nothing --duration 1600ms --quiet" typescript >/dev/null
check 'none with --quiet' test "$(grep -c 'of 1 open' typescript)" -eq 0

finish
