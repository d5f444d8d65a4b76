#!/bin/sh
# Proves PyTCP 2.7.6 (a stack in Python, from PyPI) on a TAP in a network namespace of its own, and writes
# report.json, report.xml, report.html and a capture of each scenario into FOLDER.
#
#   pytcp.sh FOLDER [OPTION of wireproof conform live]...
. "$(dirname "$0")/common.sh"
begin
python3 -m venv "$work/venv" 2>/dev/null || { need virtualenv python3-virtualenv; virtualenv -q "$work/venv"; }
"$work/venv/bin/pip" install -q PyTCP==2.7.6 || die "PyTCP cannot be installed"
tap
judge "$mark" pytcp --iface tap0 $own --offers tcp,udp --expected-failures "$here/pytcp.txt" \
    --dut-cmd "ip netns exec $mark $work/venv/bin/python $here/pytcp_echo.py tap0 10.99.0.2/16 10.99.0.1 $work/control" \
    --dut-control "python3 $here/sockets.py control $work/control" --patience 30 "$@"
