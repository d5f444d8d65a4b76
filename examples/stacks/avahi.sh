#!/bin/sh
# Proves avahi-autoipd, which finds a link-local address (RFC 3927), on Linux in a network namespace, and writes
# report.json, report.xml, report.html and a capture of each scenario into FOLDER. It takes some minutes.
#
#   avahi.sh FOLDER [OPTION of wireproof conform live]...
. "$(dirname "$0")/common.sh"
begin
need avahi-autoipd avahi-autoipd
link
# As Debian's ifupdown does where avahi-autoipd is installed: link-local neighbours are on the link.
ip -n "$stack" route add 169.254.0.0/16 dev eth0 metric 1000 scope link
judge "$tester" avahi-autoipd --iface eth0 $own --offers link-local --select link-local --slow \
    --expected-failures "$here/avahi.txt" \
    --dut-control "ip netns exec $stack python3 $here/addresses.py eth0 16 avahi-autoipd" "$@"
