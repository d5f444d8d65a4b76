#!/bin/sh
# Proves dhcpcd, which probes for addresses and defends them (RFC 5227), on Linux in a network namespace, and writes
# report.json, report.xml, report.html and a capture of each scenario into FOLDER. It takes some minutes.
#
#   dhcpcd.sh FOLDER [OPTION of wireproof conform live]...
. "$(dirname "$0")/common.sh"
begin
need dhcpcd dhcpcd-base
link
judge "$tester" dhcpcd --iface eth0 $own --offers acd,dhcp-client --select acd --select dhcp-client --exclude tcp --slow \
    --expected-failures "$here/dhcpcd.txt" \
    --dut-control "ip netns exec $stack python3 $here/addresses.py eth0 16 dhcpcd" "$@"
