#!/bin/sh
# Proves PyTCP 2.7.6 (a stack in Python, from PyPI) on a TAP in a network namespace of its own, and writes
# report.json, report.xml, report.html and a capture of each scenario into FOLDER.
#
#   pytcp.sh FOLDER [OPTION of wireproof conform live]...
set -eu
[ $# -ge 1 ] || { echo "usage: $0 FOLDER [OPTION]..." >&2; exit 1; }
folder=$1
shift
. "$(dirname "$0")/common.sh"
begin
python3 -m venv "$work/venv" 2>/dev/null || { need virtualenv python3-virtualenv; virtualenv -q "$work/venv"; }
"$work/venv/bin/pip" install -q PyTCP==2.7.6 || die "PyTCP cannot be installed"
namespace "$mark"
ip -n "$mark" tuntap add tap0 mode tap
ip -n "$mark" link set tap0 arp off up
status=0
judge "$mark" pytcp --iface tap0 --address 10.99.0.2/16 --offers tcp,udp --expected-failures "$here/pytcp.txt" \
    --dut-cmd "ip netns exec $mark $work/venv/bin/python $here/pytcp_echo.py tap0 10.99.0.2/16" --patience 30 "$@"
exit "$status"
