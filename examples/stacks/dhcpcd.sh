#!/bin/sh
# Proves dhcpcd, which probes for addresses and defends them (RFC 5227), on Linux in a network namespace, and writes
# report.json, report.xml, report.html and a capture of each scenario into FOLDER. It takes some minutes.
#
#   dhcpcd.sh FOLDER [OPTION of wireproof conform live]...
set -eu
[ $# -ge 1 ] || { echo "usage: $0 FOLDER [OPTION]..." >&2; exit 1; }
folder=$1
shift
. "$(dirname "$0")/common.sh"
begin
need dhcpcd dhcpcd-base
link
status=0
judge "$tester" dhcpcd --iface eth0 --address 10.99.0.2/16 --offers acd --select acd --exclude tcp --slow \
    --expected-failures "$here/dhcpcd.txt" \
    --dut-control "ip netns exec $stack python3 $here/addresses.py eth0 16 dhcpcd" "$@"
exit "$status"
