#!/bin/sh
# Proves libslirp (as Debian's slirp4netns brings it, a stack in user space that stands for another network) at a TAP
# between two network namespaces, and writes report.json, report.xml, report.html and a capture of each scenario into
# FOLDER. Behind its address are the services of the namespace that it runs in.
#
#   slirp.sh FOLDER [OPTION of wireproof conform live]...
. "$(dirname "$0")/common.sh"
begin
need slirp4netns slirp4netns
tap
outer=$mark-outer
namespace "$outer"
ip netns exec "$outer" python3 "$here/sockets.py" serve "$work/control" &
running="$running $!"
judge "$mark" libslirp --iface tap0 --address 10.99.0.2/16 --offers tcp,udp --expected-failures "$here/slirp.txt" \
    --withhold "$here/slirp-withheld.txt" \
    --dut-cmd "ip netns exec $outer slirp4netns --cidr=10.99.0.0/16 --api-socket=$work/api --netns-type=path /run/netns/$mark tap0" \
    --dut-control "python3 $here/slirp_control.py $work/api $work/control" "$@"
