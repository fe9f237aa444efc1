#!/bin/bash
# SPDX-License-Identifier: MIT
# Wanted packets out of captures: each by its number, with the bytes that tshark reads there; paths as they are everywhere; and in
# the document no path, only bytes.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1

frames=$traces/vlan/frames.pcap
cp "$frames" a.pcap

# ---- One packet, and all of them

for number in 1 2 3 4; do
    run --replay a.pcap --plugin saw_packet "packet=a.pcap#$number" --report json
    is "$status $(jq -r '.expectations[0].finish.packet.number' <<<"$out")" "0 $number" "packet #$number is found where it is"
done
ends 1 'a packet of another capture is not there' --replay a.pcap --plugin saw_packet "packet=$traces/qinq/frames.pcap#1"
ends 0 'all packets of the capture itself' --replay a.pcap --plugin saw_exactly packets=a.pcap
gzip -k a.pcap
ends 0 'and of one that is packed' --replay a.pcap --plugin saw_exactly packets=a.pcap.gz
ends 0 'what is read as Ethernet is wanted as such' --replay "$traces/bmv2-file-mode/p2_out.pcap" \
    --plugin saw_packet "packet=$traces/bmv2-file-mode/p2_out.pcap#1"

run --replay a.pcap --plugin saw_packet packet=a.pcap#3 --plugin saw_exactly packets=a.pcap --report json
is "$(jq '[.expectations[].parameters]' <<<"$out" | grep -c 'a\.pcap')" 0 'parameters in the document have no path'
jq '.expectations[1].parameters.packets' <<<"$out" | tr -d '"' | tr , '\n' >all
is "$(jq -r '.expectations[0].parameters.packet' <<<"$out")" "$(sed -n 3p all)" 'but the bytes'
ends 0 'which mean the same packets' --replay a.pcap --plugin saw_exactly "packets=$(paste -sd , all)" \
    --plugin saw_packet "packet=$(sed -n 2p all)"

# ---- What cannot be wanted

head -c 200 a.pcap >cut.pcap
one() { refuses 2 "$1" "$2" --replay a.pcap --plugin saw_packet "packet=$3"; }
all() { refuses 2 "$1" "$2" --replay a.pcap --plugin saw_exactly "packets=$3"; }
one 'parameter packet: a\.pcap has 4 packets, there is no #5' 'a number beyond the capture' a.pcap#5
one 'expected FILE#N, .* counted from 1, got "a\.pcap#0"' 'number 0' a.pcap#0
one 'none\.pcap.*No such file' 'no such capture' none.pcap#1
all 'none\.pcap.*No such file' 'no such capture for a list' none.pcap
one 'all: not a trace' 'a file that is no capture' all#1
one 'packet #4 of cut\.pcap cannot be read: cut\.pcap: cut short' 'a packet behind the damage' cut.pcap#4
all 'cut\.pcap is damaged' 'a list that is damaged' cut.pcap
one 'captured only in part' 'a packet that was captured in part' "$traces/snap-length/frames.pcap#1"

# ---- Words from files: their paths are those of the file

mkdir -p folder/inner
cp a.pcap folder/inner/b.pcap
cat >folder/words <<ARGS
--replay inner/b.pcap
saw_packet packet=inner/b.pcap#2
saw_packet 'packet=$PWD/a.pcap#2'
saw_packet packet=$(sed -n 2p all)
saw_exactly packets=inner/b.pcap
saw_exactly packets=$(paste -sd , all)
ARGS
ends 0 'captures lie where the file of words says' @folder/words
cd folder || exit 1
ends 0 'from within its folder too' @words
cd inner || exit 1
ends 0 'and from another' @../words
ends 0 'beside it, words are of the working folder' @../words --plugin saw_packet packet=b.pcap#2
cd "$scratch" || exit 1

# ---- Against tshark

# FILE NUMBER: a frame of a capture, by both.
same_bytes() {
    local wanted
    wanted=$(tshark -n -r "$1" -Y "frame.number == $2" -T jsonraw 2>/dev/null | jq -r '.[0]._source.layers.frame_raw[0]')
    run --replay "$1" --plugin saw_packet "packet=$1#$2" --expect any --report json
    is "$(jq -r '.expectations[0].parameters.packet' <<<"$out" | sed 's/.*://')" "$wanted" "$(basename "$1")#$2"
}

if command -v tshark >/dev/null; then
    for file in vlan/frames.pcap qinq/frames.pcap nanoseconds/frames.pcap big-endian/frames.pcap sections/run.pcapng \
        two-interfaces/ports.pcapng; do
        same_bytes "$traces/$file" 2
    done
    for file in bmv2/router-live/s1-eth2_out.pcap public/zeek__testing__btest__Traces__mixed-vlan-mpls.pcap \
        public/nDPI__tests__cfgs__default__pcap__trdp.pcapng public/zeek__testing__btest__Traces__linux_dlt_sll2.pcap; do
        [ ! -r "$captures/$file" ] || same_bytes "$captures/$file" 4
    done
else
    skip 'there is no tshark' 'the bytes of packets'
fi

# Packets of another link layer can never be equal: a test for them would say nothing
refuses 2 'can be equal to the wanted one, as that is not of link type EN10MB' 'a packet of another link type' \
    --replay "$traces/vlan/frames.pcap" --plugin did_not_see_packet packet=RAW:4500001c0001000040110000
run --replay "$traces/vlan/frames.pcap" --plugin did_not_see_packet packet=4500001c0001000040110000
is "$status" 0 'hex alone is of any link type'

finish
