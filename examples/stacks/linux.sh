#!/bin/sh
# Proves the Linux kernel: brings it up in a network namespace of its own, runs the scenarios against it from
# another one, and writes report.json, report.xml, report.html and a capture of each scenario into FOLDER.
#
#   linux.sh FOLDER [OPTION of wireproof conform live]...
#
# What is known to fail is in linux.txt beside this script, each with the reason. The status is 3 where anything else
# fails, or something of it passes. SYSCTL="net.ipv4.conf.eth0.arp_accept=1 ..." proves it configured otherwise.
. "$(dirname "$0")/common.sh"
begin
link
for each in ${SYSCTL:-}; do
    ip netns exec "$stack" sh -c 'echo "${1#*=}" >"/proc/sys/$(echo "${1%%=*}" | tr . /)"' - "$each"
done
judge "$tester" linux --iface eth0 $own --offers tcp,udp,timestamps,sack,window-scale \
    --profile rfc5961 --expected-failures "$here/linux.txt" \
    --dut-cmd "ip netns exec $stack python3 $here/sockets.py serve $work/control" \
    --dut-control "python3 $here/sockets.py control $work/control" "$@"
