#!/bin/bash
# SPDX-License-Identifier: MIT
# Every wrong word on the command line, and every file that is no trace: exit status 2, nothing on standard output, and a message
# with what is needed to mend it. No verdict is ever made of such a line.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1

frame=$traces/vlan/frames.pcap
echo 'just a text' >text.pcap
: >empty.pcap
mkdir folder
head -c 10 "$frame" >header.pcap
head -c 3 "$frame" >magic.pcap
head -c 12 "$traces/gzip/frames.pcap.gz" >packed.gz
on_frame=(--replay "$frame")

# Files
refuses 2 'nosuch\.pcap.*No such file' 'no such file' --replay nosuch.pcap --plugin saw_vlan
refuses 2 'folder.*directory' 'a directory' --replay folder --plugin saw_vlan
refuses 2 'text\.pcap: not a trace: expected pcap.*pcapng.*gzip.*zstd.*just a text' 'a text file: what was expected and what is there' \
    --replay text.pcap --plugin saw_vlan
refuses 2 'empty\.pcap.*empty' 'a file of 0 bytes' --replay empty.pcap --plugin saw_vlan
refuses 2 'header\.pcap.*24 bytes expected, 10 there' 'a header that is cut short' --replay header.pcap --plugin saw_vlan
refuses 2 'magic\.pcap: not a trace' 'three bytes' --replay magic.pcap --plugin saw_vlan
refuses 2 'packed\.gz' 'a packed file without a header in it' --replay packed.gz --plugin saw_vlan
refuses 2 'NAME=.FILE' 'a source without a file' --replay a= --plugin saw_vlan
refuses 2 'would be called a' 'two sources of one name' --replay "a=$frame" --replay "a=$frame" --plugin saw_vlan
refuses 2 'standard input: ' 'standard input that holds nothing' --replay - --plugin saw_vlan

# Plugins
refuses 2 'no plugin "saw_vlam": did you mean saw_vlan\?.*Looked in: ' 'an unknown plugin: the nearest name' "${on_frame[@]}" --plugin saw_vlam
refuses 2 'packet_count' 'an unknown plugin: another nearest name' "${on_frame[@]}" --plugin packet_cuont
refuses 2 'did you mean saw_vlan\?' 'the name of the Python original' "${on_frame[@]}" --plugin saw_vlan_tag
refuses 2 'did you mean (saw|received)_packet\?' 'the name of PTF' "${on_frame[@]}" --plugin verify_packet
refuses 2 'did you mean packet_count_was(_at_least)?\?' 'another name of the Python original' "${on_frame[@]}" --plugin min_packet_count_was
refuses 2 'Header fields are parameters, not plugins' 'a header field' "${on_frame[@]}" --plugin sport
refuses 2 '\./nosuch\.so' 'a path without a plugin' "${on_frame[@]}" --plugin ./nosuch.so
cp text.pcap text.so
refuses 2 'text\.so' 'a text file as a plugin' "${on_frame[@]}" --plugin ./text.so
refuses 2 'no plugin "nosuch"' 'describe an unknown plugin' --describe nosuch

# Parameters
refuses 2 'saw_vlan: unknown parameter "tga"; did you mean tag\?' 'an unknown parameter: the nearest name' "${on_frame[@]}" --plugin saw_vlan tga=1
refuses 2 'tag: expected an unsigned integer from 0 to 4095, got "5000"' 'a parameter out of range' "${on_frame[@]}" --plugin saw_vlan tag=5000
refuses 2 'tag: expected .* got "-1"' 'a negative parameter' "${on_frame[@]}" --plugin saw_vlan tag=-1
refuses 2 'tag: expected .* got "10x"' 'a malformed parameter' "${on_frame[@]}" --plugin saw_vlan tag=10x
refuses 2 'tag: expected .* got nothing' 'an empty parameter' "${on_frame[@]}" --plugin saw_vlan tag=
refuses 2 'tag.*given twice' 'a parameter given twice' "${on_frame[@]}" --plugin saw_vlan tag=1 tag=2
refuses 2 'saw_dst_mac: parameter mac is missing' 'a missing parameter' "${on_frame[@]}" --plugin saw_dst_mac
refuses 2 'packet_count_was: parameter n is missing' 'another missing parameter' "${on_frame[@]}" --plugin packet_count_was
refuses 2 'mac: expected .* got "1:2"' 'a malformed address' "${on_frame[@]}" --plugin saw_dst_mac mac=1:2
refuses 2 'expected KEY=VALUE' 'a word that is no parameter' "${on_frame[@]}" --plugin saw_vlan tag
refuses 2 'packet_count' 'a parameter of a predicate that takes none' "${on_frame[@]}" --plugin packet_count n=5 --expect 5
refuses 2 'before the first --plugin' 'a parameter before the first --plugin' "${on_frame[@]}" tag=5 --plugin saw_vlan

# --expect
refuses 2 'unsigned integer: say what to expect, for example --expect' 'no --expect for a number' "${on_frame[@]}" --plugin packet_count
refuses 2 '--expect "true" is none' 'a number is never true' "${on_frame[@]}" --plugin packet_count --expect true
refuses 2 'yields a bool, and --expect "5" is none' 'a truth value is no number' "${on_frame[@]}" --plugin saw_vlan --expect 5
refuses 2 '--expect "9\.\.5"' 'a range that is empty' "${on_frame[@]}" --plugin packet_count --expect 9..5
refuses 2 '--expect "-1"' 'a number that cannot be' "${on_frame[@]}" --plugin packet_count --expect -1

# --on, --filter, --direction, windows
refuses 2 '--on eth0: there is no such source; there is frames' '--on a source that is not there: the one that is' "${on_frame[@]}" --plugin saw_vlan --on eth0
refuses 2 '--on c: .* there are a, b' '--on a source that is not there: those that are' --replay "a=$frame" --replay "b=$frame" --plugin saw_vlan --on a,c
refuses 2 '"saw_vlan": --on names the source a twice; name it once' '--on a source in two groups' --replay "a=$frame" --replay "b=$frame" --plugin saw_vlan --on a,b+a
refuses 2 '--on "a\+": a name is empty; expected names of sources with commas between, or pluses' 'a plus without a name behind it' --replay "a=$frame" --plugin saw_vlan --on a+
refuses 2 'filter "foo bar" cannot be compiled' 'a malformed filter' "${on_frame[@]}" --plugin saw_vlan --filter 'foo bar'
refuses 2 'filter "vlan 5" .*link type.*147' 'a filter that the link type does not have' "${on_frame[@]}" --link-type 147 --plugin saw_vlan --filter 'vlan 5'
refuses 2 '--link-type "NOSUCH"' 'an unknown link type' "${on_frame[@]}" --link-type NOSUCH --plugin saw_vlan
refuses 2 '--direction "up": expected in, out or both' 'an unknown direction' "${on_frame[@]}" --plugin saw_vlan --direction up
for timeout in 5x -1s '' s 1.2.3s; do
    refuses 2 "--timeout \"$timeout\": expected a duration" "the duration \"$timeout\"" "${on_frame[@]}" --plugin saw_vlan --timeout "$timeout"
done
refuses 2 '--count "0": expected' 'a count of 0' "${on_frame[@]}" --plugin saw_vlan --count 0
refuses 2 '--count "x": expected' 'a count that is no number' "${on_frame[@]}" --plugin saw_vlan --count x
refuses 2 '--after "nosuch"' '--after a label that is not there' "${on_frame[@]}" --plugin saw_vlan --name a --plugin saw_vlan --after nosuch
refuses 2 '--after "b"' '--after a label that comes later' "${on_frame[@]}" --plugin saw_vlan --after b --plugin saw_vlan --name b
refuses 2 'label "a" is taken' 'one label twice' "${on_frame[@]}" --plugin saw_vlan --name a --plugin saw_vlan --name a
refuses 2 '--origin "soon": expected a moment' 'an origin that is no time' "${on_frame[@]}" --origin soon --plugin saw_vlan

# The line as a whole
refuses 2 'no source' 'no source' --plugin saw_vlan
refuses 2 'no expectation' 'no expectation' "${on_frame[@]}"
refuses 2 'unknown option --nosuch' 'an unknown option' "${on_frame[@]}" --nosuch --plugin saw_vlan
refuses 2 '--plugin needs a value' 'an option without its value' "${on_frame[@]}" --plugin
refuses 2 'did you mean --plugin saw_vlan' 'a word that belongs to no option' "${on_frame[@]}" saw_vlan
refuses 2 '--report "foo": expected FORMAT' 'an unknown report' "${on_frame[@]}" --plugin saw_vlan --report foo
refuses 2 'mixed on standard output' 'two reports to one place' "${on_frame[@]}" --plugin saw_vlan --report json --report tap
refuses 2 '/nosuch/report\.json' 'a report that cannot be written' "${on_frame[@]}" --plugin saw_vlan tag=102 --report json:/nosuch/report.json
refuses 2 'live sources' 'a command without live sources' "${on_frame[@]}" --plugin saw_vlan -- true

# Words from a file
refuses 2 '@nosuch' 'a file of words that is not there' @nosuch
printf -- '--replay %s\nsaw_vlan "tag=1\n' "$frame" >open.args
refuses 2 'open\.args:2: ' 'a quote that is not closed: file and line' @open.args
echo '@loop.args' >loop.args
refuses 2 'loop\.args' 'a file of words that includes itself' @loop.args

finish
