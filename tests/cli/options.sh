#!/bin/bash
# SPDX-License-Identifier: MIT
# What the options mean, each by a run that would end otherwise without it. Counts are those of tcpdump and capinfos where they
# can say the same.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1

make_trace a.pcap <<'DESCRIPTION'
format pcap
start 1700000000
repeat 50 every 20ms +0 eth dst 00:00:00:00:01:{n:x} | vlan {n%5+100} | ipv4 10.0.0.1 > 10.0.1.{n} | udp {n+1000} > 2000 | payload 18
repeat 30 every 20ms +1 eth | ipv4 10.0.0.1 > 10.0.1.10 | tcp {n+1} > 80 syn | payload 18
DESCRIPTION
make_trace b.pcap <<'DESCRIPTION'
format pcap
start 1700000000
repeat 10 every 100ms +0.5 eth | ipv4 10.0.0.2 > 10.0.1.10 | icmp seq {n} | payload 18
DESCRIPTION
make_trace c.pcapng <<'DESCRIPTION'
format pcapng
start 1700000000
interface eth0
+0 in eth | vlan 1 | payload 18
+1 out eth | vlan 2 | payload 18
+2 out eth | vlan 2 | payload 18
DESCRIPTION

# WANTED TEXT ARG...: the value of the first expectation.
value() {
    local wanted=$1 text=$2
    shift 2
    run --report json "$@"
    is "$(jq -c '.expectations[0].value' <<<"$out" 2>&1)" "$wanted" "$text"
}
count=(--plugin packet_count --expect any)

# Filters, against tcpdump
for filter in tcp udp vlan 'vlan 103' 'vlan and udp' 'ip' 'ether dst 00:00:00:00:01:07' 'greater 60' 'tcp port 80 and ip dst host 10.0.1.10'; do
    value "$(tcpdump -nr a.pcap --count "$filter" 2>/dev/null | sed 's/ .*//')" "--filter '$filter' counts as tcpdump does" \
        --replay a.pcap "${count[@]}" --filter "$filter"
done
value 90 'no filter, two files' --replay a.pcap --replay b.pcap "${count[@]}"
value 90 'the same with short options' -r a.pcap -r b.pcap -p packet_count --expect any
value 10 '--on one of them' --replay a.pcap --replay b.pcap "${count[@]}" --on b
value 90 '--on both' --replay a.pcap --replay b.pcap "${count[@]}" --on b,a
value 90 '--on both, as one' --replay a.pcap --replay b.pcap "${count[@]}" --on b+a
value 10 '-o and -f' --replay a.pcap --replay b.pcap "${count[@]}" -o b -f icmp
value 10 'a name of its own' --replay a.pcap --replay 2=b.pcap "${count[@]}" --on 2
cp b.pcap 'no name=b.pcap'
value 10 'what stands before = is no name: it is a file' --replay 'no name=b.pcap' "${count[@]}"

# Directions
value 1 'received packets are the default' --replay c.pcapng "${count[@]}"
value 1 '--direction in' --replay c.pcapng "${count[@]}" --direction in
value 2 '--direction out' --replay c.pcapng "${count[@]}" --direction out
value 3 '--direction both' --replay c.pcapng "${count[@]}" --direction both
value 0 'a pcap has received packets alone' --replay a.pcap "${count[@]}" --direction out
run --replay a.pcap --plugin received_packet
like "$out" 'a\.pcap: packets that do not tell their direction count as received' 'and the text says so'
is "$(grep -c 'do not tell' <<<"$out")" 1 'once'

# Windows
value 26 '--timeout: both edges are inside' --replay a.pcap "${count[@]}" --timeout 500ms
value 25 '--timeout, a nanosecond less' --replay a.pcap "${count[@]}" --timeout 499999999ns
value 1 '--timeout 0' --replay a.pcap "${count[@]}" --timeout 0
value 80 '--timeout none' --replay a.pcap "${count[@]}" --timeout none
value 51 '--timeout 1s' --replay a.pcap "${count[@]}" --timeout 1s
value 7 '--count' --replay a.pcap "${count[@]}" --count 7
value 3 '--count of those that pass the filter' --replay a.pcap "${count[@]}" --count 3 --filter tcp
value 1 '--origin before the trace: windows open then' --replay a.pcap "${count[@]}" --origin 1699999999 --timeout 1s
value 30 '--origin within the trace: what was before is no part' --replay a.pcap "${count[@]}" --origin 1700000001
value 30 '--origin as a date' --replay a.pcap "${count[@]}" --origin 2023-11-14T22:13:21Z
ends 0 'a window that outlives the trace times out in silence' --replay a.pcap --plugin saw_vlan tag=4000 --timeout 1h --expect false
ends 3 'with --strict-end it is inconclusive' --replay a.pcap --strict-end --plugin saw_vlan tag=4000 --timeout 1h --expect false

# --expect
for expect in 80 80..80 0..80 80.. ..80 79..81 any; do
    ends 0 "80 packets: --expect $expect passes" --replay a.pcap --plugin packet_count --expect "$expect"
done
for expect in 79 81 81.. ..79 0..79; do
    ends 1 "80 packets: --expect $expect fails" --replay a.pcap --plugin packet_count --expect "$expect"
done
ends 1 '--expect false of what was seen' --replay a.pcap --plugin saw_vlan --expect false
ends 0 '--expect any of what was not' --replay a.pcap --plugin saw_vlan tag=4000 --expect any

# Sequences
ends 0 '--after: tag 103 comes again' --replay a.pcap --plugin saw_vlan tag=103 --name first --plugin saw_vlan tag=103 --after first
ends 1 '--after: tag 101 does not come behind the last 104' --replay a.pcap \
    --plugin saw_vlan tag=104 --filter 'ether dst 00:00:00:00:01:31' --name last --plugin saw_vlan tag=101 --after last
ends 1 '--after a label that did not stop fails' --replay a.pcap \
    --plugin saw_vlan tag=4000 --expect false --name no --plugin received_packet --after no
like "$out" 'its window never opened' 'and says so'

# Defaults: an option before the first --plugin is for all
run --replay a.pcap --replay b.pcap --on b --report json "${count[@]}" "${count[@]}" --on a "${count[@]}" --filter icmp
is "$(jq -c '[.expectations[].value]' <<<"$out")" '[10,80,10]' 'an option before the first --plugin is the default for all'
run --replay a.pcap --report json "${count[@]}" --timeout 20ms "${count[@]}"
is "$(jq -c '[.expectations[].value]' <<<"$out")" '[2,80]' 'an option behind a --plugin is that one'"'"'s alone'

# Words from files
mkdir -p folder/inner
cp a.pcap folder/inner/
cat >folder/words <<'ARGS'
# Paths are relative to this file.
--replay a=inner/a.pcap
saw_vlan tag=103   # a line begins --plugin
packet_count
    --filter 'vlan 103'
    --expect 10
"packet_count" --expect 80 \
    --name "all of \"them\""
ARGS
sed -i 's/^"packet_count"/packet_count/' folder/words
ends 0 '@FILE: lines, indented lines, quotes, comments, paths' @folder/words
run --report json @folder/words
is "$(jq -r '[.expectations[].label] | join("|")' <<<"$out")" 'saw_vlan tag=103|packet_count|all of "them"' '@FILE: quoting is the shell'"'"'s'
ends 1 '@FILE and words beside it' @folder/words --plugin saw_vlan tag=4000
echo '@words' >folder/outer
ends 0 '@FILE in a file' @folder/outer
printf -- '--filter "vlan 103"\n' >defaults
value 10 '@FILE of options alone' --replay a.pcap @defaults "${count[@]}"

# Plugins
ends 0 'a plugin by its file name' --replay a.pcap --plugin saw_vlan.so tag=103
plugin=$(find "${APTRACE_PLUGIN_PATH%%:*}" -name 'saw_vlan.so' | head -n 1)
cp "$plugin" ./mine.so
ends 0 'a plugin by its path' --replay a.pcap --plugin ./mine.so tag=103
ends 2 'the current folder is not searched' --replay a.pcap --plugin mine tag=103
APTRACE_PLUGIN_PATH=$scratch ends 0 'the plugin path is' --replay a.pcap --plugin mine tag=103
run --list-plugins
for name in saw_vlan saw_dst_mac saw_src_mac packet_count packet_count_was received_packet saw_nothing; do
    like "$out" "$name " "--list-plugins has $name"
    run --describe $name
    is "$status" 0 "--describe $name"
    run --list-plugins
done
run --describe saw_vlan
like "$out" 'tag.*0.*4095' '--describe: the parameter and its range'
run --describe saw_packet
like "$out" 'ip: .* ttl .*packet=HEX' '--describe: the keys of a group, fields by layer'
run --describe fields
is "$status" 0 '--describe fields'
like "$out" 'ip\.ttl  .*8 bits .*time to live' '--describe fields: name, width, help'
like "$out" 'ip\.dsfield\.dscp .*\(also ip\.dscp\)' '--describe fields: other names'
run --help
is "$status" 0 '--help'
like "$out" '--describe fields' '--help tells of the fields'
like "$out" 'Usage: aptrace' '--help says how to use it'
run --version
like "$out" '^aptrace [0-9]+\.[0-9]+\.[0-9]+, plugin ABI [0-9]+\.[0-9]+$' '--version'
run --replay a.pcap --plugin saw_vlan tag=4000 --plugin saw_vlan tag=103 --quiet
is "$(grep -c PASS <<<"$out")" 0 '--quiet leaves passes out'
like "$out" 'FAIL' '--quiet keeps failures'

# Any number of expectations, in one pass
many=()
for ((n = 0; n < 300; n++)); do many+=(--plugin saw_vlan "tag=$n" --name "tag $n" --expect any); done
run --replay a.pcap --report json "${many[@]}"
is "$(jq '[.expectations[] | select(.value)] | length' <<<"$out")" 5 '300 expectations: five tags were there'

# Reading stops when all are finished: the rest never comes, and nobody waits for it.
mkfifo fifo
exec 9<>fifo
cat a.pcap >&9
ends 0 'a pipe that stays open: reading stops when all are finished' --replay fifo --plugin saw_vlan tag=100 --plugin packet_count --timeout 400ms --expect 21
exec 9>&-
finish
