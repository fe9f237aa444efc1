#!/bin/bash
# SPDX-License-Identifier: MIT
# The reason of a failure, word for word, for a real defect: a P4 program's output that went to another host than was wanted. The
# capture is no part of the project; where it is not beside it, this is skipped.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

router=$captures/bmv2/router-live
if [ ! -d "$router" ]; then
    skip "there is no $router" 'the reason of a failure'
    finish
fi

run --replay "1=$router/s1-eth1_in.pcap" --replay "2=$router/s1-eth2_out.pcap" --plugin saw_packet --on 2 \
    eth.src=00:aa:bb:00:00:01 eth.dst=00:04:00:00:00:02 ip.dst=10.0.1.10 ip.ttl=63 --name 'rewritten for host 2'
cat >"$scratch/wanted" <<'END'
FAIL  rewritten for host 2   on 2   +0.430 s, end of trace
      saw_packet eth.src=00:aa:bb:00:00:01 eth.dst=00:04:00:00:00:02 ip.dst=10.0.1.10 ip.ttl=63
      None of 21 packets matched. Nearest is 2#1 (frame 1 of s1-eth2_out.pcap) at +0.000653 s:
        eth.dst   wanted 00:04:00:00:00:02
                  got    00:04:00:00:00:01     <- last byte
        eth.src, ip.dst, ip.ttl match
END
head -n 6 "$scratch/out" >"$scratch/got"
same "$scratch/got" "$scratch/wanted" 'what was wanted over what was got, and where'
like "$(sed -n 7p "$scratch/out")" '^note: ' 'and nothing more'
is "$(tail -n 1 "$scratch/out")" '1 failed. 43 packets read, 0 dropped. Exit 1.' 'the last line stands alone'

# Every packet of the switch has its TTL one lower, but for one that should have been dropped
run --replay "2=$router/s1-eth2_out.pcap" --plugin every_packet ip.ttl=63
like "$out" "stopped by 2#21 \(frame 21 of s1-eth2_out.pcap\).*ip.ttl   wanted 63.*got    0" 'the packet with TTL 0 is found'
run --replay "2=$router/s1-eth2_out.pcap" --plugin saw_packet "packet=$router/s1-eth1_in.pcap#1" ignore=eth.src,eth.dst
like "$out" 'ip.ttl        wanted 64.*got    63     <- one lower; likely it was routed once more' 'a TTL is one lower'
sed -n '/0x0010/,/\^\^/p' "$scratch/out" >"$scratch/got"
cat >"$scratch/wanted" <<'END'
        0x0010  wanted 00 2e 00 00 00 00 40 11 65 ac 0a 00 00 0a 0a 00
                got    00 2e 00 00 00 00 3f 11 66 ac 0a 00 00 0a 0a 00
                                         ^^    ^^
END
same "$scratch/got" "$scratch/wanted" 'and its bytes are marked'
run --replay "2=$router/s1-eth2_out.pcap" --plugin saw_packet "packet=$router/s1-eth1_in.pcap#1" ignore=eth.src,eth.dst,ip.ttl
is "$status" 0 'with the TTL ignored the checksum has to be right, and is'
finish
