#!/bin/sh
# Proves gVisor's netstack (Debian's golang-gvisor-gvisor-dev) on a TAP in a network namespace of its own, and writes
# report.json, report.xml, report.html and a capture of each scenario into FOLDER.
#
#   gvisor.sh FOLDER [OPTION of wireproof conform live]...
. "$(dirname "$0")/common.sh"
begin
need go golang-go
need /usr/share/gocode/src/gvisor.dev/gvisor/pkg/tcpip/tcpip.go golang-gvisor-gvisor-dev
GOPATH=/usr/share/gocode GO111MODULE=off GOCACHE=$work/cache GOFLAGS=-buildvcs=false \
    go build -o "$work/gvisor_echo" "$here/gvisor_echo.go" || die "gVisor cannot be built"
tap
judge "$mark" gvisor --iface tap0 $own --offers tcp,udp --expected-failures "$here/gvisor.txt" \
    --dut-cmd "ip netns exec $mark $work/gvisor_echo tap0 10.99.0.2/16 10.99.0.1 $work/control" \
    --dut-control "python3 $here/sockets.py control $work/control" "$@"
