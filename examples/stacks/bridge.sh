#!/bin/sh
# Proves the bridge of the Linux kernel as a switch of three ports, in network namespaces of its own, and writes
# report.json, report.xml, report.html and a capture of each scenario into FOLDER.
#
#   bridge.sh FOLDER [OPTION of wireproof conform live]...
. "$(dirname "$0")/common.sh"
begin
tester=$mark-tester switch=$mark-switch
namespace "$tester"
namespace "$switch"
ip -n "$switch" link add name bridge type bridge
for port in 1 2 3; do
    ip link add port$port netns "$tester" type veth peer name port$port netns "$switch"
    ip -n "$tester" link set port$port arp off up
    ip -n "$switch" link set port$port master bridge
    ip -n "$switch" link set port$port up
done
ip -n "$switch" link set bridge up
judge "$tester" bridge --iface port1 --iface port2 --iface port3 --offers switch \
    --select switch --expected-failures "$here/bridge.txt" \
    --dut-control "ip netns exec $switch python3 $here/bridge_control.py bridge" "$@"
