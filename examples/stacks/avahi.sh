#!/bin/sh
# Proves avahi-autoipd, which finds a link-local address (RFC 3927), on Linux in a network namespace, and writes
# report.json, report.xml, report.html and a capture of each scenario into FOLDER. It takes some minutes.
#
#   avahi.sh FOLDER [OPTION of wireproof conform live]...
set -eu
[ $# -ge 1 ] || { echo "usage: $0 FOLDER [OPTION]..." >&2; exit 1; }
folder=$1
shift
. "$(dirname "$0")/common.sh"
begin
need avahi-autoipd avahi-autoipd
link
status=0
judge "$tester" avahi-autoipd --iface eth0 --address 10.99.0.2/16 --offers link-local --select link-local --slow \
    --expected-failures "$here/avahi.txt" \
    --dut-control "ip netns exec $stack python3 $here/addresses.py eth0 16 avahi-autoipd" "$@"
exit "$status"
