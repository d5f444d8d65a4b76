#!/bin/sh
# Proves lwIP (Debian's liblwip-dev, a stack for small devices) on a TAP in a network namespace of its own, and writes
# report.json, report.xml, report.html and a capture of each scenario into FOLDER.
#
#   lwip.sh FOLDER [OPTION of wireproof conform live]...
. "$(dirname "$0")/common.sh"
begin
need cc gcc
need pkg-config pkg-config
need /usr/include/lwip/lwip/tcp.h liblwip-dev
cc -O1 -o "$work/lwip_echo" "$here/lwip_echo.c" $(pkg-config --cflags --libs lwip) -pthread || die "lwIP cannot be built"
tap
# Its table has ten addresses: more of the tester at once would have it forget.
judge "$mark" lwip --iface tap0 $own --offers tcp,udp --jobs 2 --expected-failures "$here/lwip.txt" \
    --dut-cmd "ip netns exec $mark $work/lwip_echo tap0 10.99.0.2 255.255.0.0 10.99.0.1 $work/control" \
    --dut-control "python3 $here/sockets.py control $work/control" "$@"
