#!/bin/bash
# SPDX-License-Identifier: MIT
# A recording is what other programs read, and replays to the document of its run.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
pair v0 v1
pair w0 w1
cd "$scratch" || exit 1

printf '%s\n' '1000 0 60 102' '2000 1 200 0' '2500 0 90 103' '400000 0 60 0' '400100 1 1514 5' >plan.txt
run --live a=v0 --live b=w0 --record run.pcapng --report json:live.json --settle 100ms \
    --plugin saw_vlan tag=102 --on a --name first --plugin saw_vlan 'tag=103' --after first --timeout 50ms \
    --plugin packet_count --on b --expect 2 --plugin packet_count --expect 5 --filter 'ether proto 0x88b5 or vlan' --direction both \
    --plugin saw_nothing --on a --timeout 100ms --expect false -- sh -c "exec '$TRAFFIC' plan v1 w1 <plan.txt"
is "$status" 0 'a run is recorded'
replays run.pcapng live.json 'what it asked is asked again, with the same document'
replays run.pcapng live.json 'and so it is with words' \
    --plugin saw_vlan tag=102 --on a --name first --plugin saw_vlan 'tag=103' --after first --timeout 50ms \
    --plugin packet_count --on b --expect 2 --plugin packet_count --expect 5 --filter 'ether proto 0x88b5 or vlan' --direction both \
    --plugin saw_nothing --on a --timeout 100ms --expect false
"$APTRACE" --replay - --report json:again.json <run.pcapng >/dev/null
same live.json again.json 'from a pipe too'
gzip -k run.pcapng
replays run.pcapng.gz live.json 'and packed'
run --replay run.pcapng
like "$out" '5 passed' 'in text as well'

# Independent readers
is "$(capinfos -Mc run.pcapng | awk '/Number of packets/ {print $NF}')" "$(says '[.sources[].packets] | add' live.json)" 'capinfos counts the packets of the document'
like "$(capinfos -I run.pcapng)" 'Name = a' 'capinfos names the first port'
like "$(capinfos -I run.pcapng)" 'Name = b' 'and the second'
like "$(capinfos -I run.pcapng)" 'nanoseconds \(9\)' 'stamps are nanoseconds'
is "$(tshark -r run.pcapng -T fields -e frame.interface_name -e frame.len -e vlan.id 2>/dev/null | tr '\t\n' '  ')" \
    'a 60 102 b 200  a 90 103 a 60  b 1514 5 ' 'tshark reads ports, lengths and tags in the order of the plan'
is "$(tshark -r run.pcapng -T fields -e frame.packet_flags_direction 2>/dev/null | sort -u)" '0x00000001' 'and that they were received'
like "$(capinfos -k run.pcapng 2>/dev/null; tshark -r run.pcapng -q -z capinfos 2>/dev/null; strings run.pcapng)" 'aptrace recording 1' 'the mark stands in a comment'
"$APTRACE" --replay run.pcapng --plugin saw_vlan tag=102 --on a --report json:one.json >/dev/null
is "$(says '.expectations[0].finish.time_ns' one.json)" "$(says '.expectations[0].finish.time_ns' live.json)" 'one expectation alone sees the same'
if tcpdump -r run.pcapng -nn >tcpdump.txt 2>&1; then
    is "$(grep -c '^[0-9]' tcpdump.txt)" 5 'tcpdump reads it'
else
    skip 'tcpdump does not run in a user namespace' 'tcpdump reads it'
fi

# Through a pipe, while it goes on
"$APTRACE" --live v0 --record - --report json:live.json --settle 100ms --plugin packet_count --expect 2 --plugin saw_vlan tag=7 --timeout 1s \
    -- sh -c "printf '1000 0 60 0\n20000 0 60 7\n' | '$TRAFFIC' plan v1" 2>err | "$APTRACE" --replay - --report json:again.json
same live.json again.json 'a recording that is replayed as it is written'
"$APTRACE" --live v0 --record - --plugin saw_nothing --duration 10ms >stdout.pcapng 2>err
like "$(<err)" '1 passed' 'the text report makes room for it'

# Packets of a capture that are wanted: kept in the recording itself, in more than one comment
for ((i = 1; i <= 30; i++)); do echo "$((i * 1000)) 0 $((1300 + i)) 0"; done >long.txt
run --live v0 --record wanted.pcapng --settle 100ms --plugin packet_count --expect 30 -- sh -c "'$TRAFFIC' plan v1 <long.txt"
is "$status" 0 'packets to want'
run --live v0 --record long.pcapng --report json:live.json --settle 100ms --plugin saw_exactly packets=wanted.pcapng \
    --name all --plugin saw_packet packet=wanted.pcapng#7 --name seventh -- sh -c "'$TRAFFIC' plan v1 <long.txt"
is "$status" 0 'the same are sent again'
rm wanted.pcapng
replays long.pcapng live.json 'what was wanted is asked again without the capture'
is "$(grep -aoF 'aptrace expectation part=' long.pcapng | wc -l)" 1 'its bytes are spread over two comments'

# Both ways
run --live v0 --record both.pcapng --report json:live.json --settle 100ms --plugin packet_count --direction both --expect 2 \
    -- sh -c "printf '1000 0 60 0\n2000 1 60 0\n' | '$TRAFFIC' plan v1 v0"
is "$status" 0 'received and sent'
replays both.pcapng live.json 'are recorded as such'
is "$(tshark -r both.pcapng -T fields -e frame.packet_flags_direction 2>/dev/null | tr '\n' ' ')" '0x00000001 0x00000002 ' 'and tshark tells them apart'

# No packet at all; a command that fails; a signal
run --live v0 --record idle.pcapng --report json:live.json --plugin saw_nothing --duration 50ms
replays idle.pcapng live.json 'a run without packets'
run --live v0 --record bad.pcapng --report json:live.json --plugin saw_nothing --settle 10ms -- sh -c 'exit 9'
replays bad.pcapng live.json 'a command that failed'
is "$(says .command.status again.json)" 9 'its status is in the recording'
run --live v0 --record late.pcapng --report json:live.json --plugin received_packet --timeout 5s \
    -- sh -c "echo '0 0 60 0' | '$TRAFFIC' plan v1; sleep 0.2; exit 9"
replays late.pcapng live.json 'a command that failed after the run was over'
start --live v0 --record cut.pcapng --report json:live.json --plugin saw_nothing --plugin saw_nothing --timeout none --duration none
echo '0 0 60 0' | "$TRAFFIC" plan w1
kill -INT "$live"
ended
replays cut.pcapng live.json 'an interrupted run'

# Holes
start --live v0 --record down.pcapng --report json:live.json --plugin saw_nothing --duration 400ms
ip link set v1 down
ended
is "$(says '.expectations[0].verdict + " " + .expectations[0].holes[0].kind' live.json)" 'inconclusive link' 'a link that goes down is a hole'
replays down.pcapng live.json 'that replays'
ip link set v1 up
start --live v0 --record flap.pcapng --report json:live.json --plugin saw_nothing --duration 400ms
ip link set v1 down
ip link set v1 up
ended
is "$(says '.expectations[0].verdict + " " + .expectations[0].holes[0].kind' live.json)" 'inconclusive link' 'a short one too'
replays flap.pcapng live.json 'that replays'
pair x0 x1
start --live x0 --record gone.pcapng --report json:live.json --plugin saw_nothing --duration 400ms
ip link del x0
ended
is "$(says .expectations[0].verdict live.json)" inconclusive 'a port that goes away is a hole'
is "$(says '[.expectations[0].holes[].kind] | contains(["gone"])' live.json)" true 'and says so'
replays gone.pcapng live.json 'that replays'

# Drops by a ring that is too small while the process stands still
start --live v0 --buffer 2M --record drop.pcapng --report json:live.json --plugin packet_count --expect 20000 --duration 900ms
kill -STOP "$live"
"$TRAFFIC" flood 20000 1000 v1
kill -CONT "$live"
ended
is "$(says .expectations[0].verdict live.json)" inconclusive 'dropped packets make a count inconclusive'
is "$(says '.sources[0].packets + .sources[0].dropped' live.json)" 20000 'every packet is counted or dropped'
check "some were dropped ($(says '.sources[0].dropped' live.json))" test "$(says '.sources[0].dropped' live.json)" -gt 0
replays drop.pcapng live.json 'they replay'
like "$(capinfos -I drop.pcapng 2>/dev/null; tshark -r drop.pcapng -q -z io,stat,0 2>/dev/null)" 'Number of stat entries = [1-9]' 'statistics are in the recording'

# A disk that stands still: a pipe that nobody reads until all is sent, and the port was read for a while
mkfifo slow go
(read -r _ <go; exec cat) <slow >slow.pcapng &
reader=$!
run --live v0 --record slow --report json:live.json --plugin packet_count --expect 30000 --plugin saw_vlan tag=104 --settle 300ms \
    -- sh -c "'$TRAFFIC' flood 30000 1000 v1; sleep 0.5; echo >go; echo '0 0 60 0' | '$TRAFFIC' plan v1"
wait "$reader"
is "$(says '.expectations[0].verdict + " " + .expectations[1].verdict' live.json)" 'inconclusive pass' 'what cannot be written in time is dropped'
like "$(says '.expectations[0].holes[].text' live.json)" 'recording could not be written' 'and said so'
is "$(says '.sources[0].packets + .sources[0].dropped' live.json)" 30001 'every packet is counted or dropped here too'
replays slow.pcapng live.json 'and this replays'

# A disk that is full
if mkdir full && mount -t tmpfs -o size=1m tmpfs full; then
    run --live v0 --record full/run.pcapng --report json:live.json --plugin packet_count --expect 20000 --settle 100ms -- "$TRAFFIC" flood 20000 1000 v1
    is "$(says .expectations[0].verdict live.json)" pass 'a full disk leaves the verdict'
    is "$status" 2 'the exit status says it'
    like "$err" 'full/run\.pcapng' 'and a message names the recording'
    run --replay full/run.pcapng --plugin packet_count --expect 20000
    is "$status" 3 'what was written is read as cut short'
    umount full
fi

finish
