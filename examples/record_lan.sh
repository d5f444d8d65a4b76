#!/usr/bin/env bash
#
# Record lan.pcapng: two hosts on one Ethernet, from the first address probe
# to a refused connection.
#
#     sudo examples/record_lan.sh [OUTPUT]
#
# The hosts are two network namespaces joined by a veth pair. No packet leaves
# them, and nothing of the machine gets in: addresses are those kept for
# documentation (192.0.2.0/24, RFC 5737), MAC addresses are fixed and locally
# administered, and the file names no interface and no host, only the program
# that wrote it.
#
#     alice   192.0.2.10   02:00:00:00:00:0a   the capture is taken here
#     bob     192.0.2.11   02:00:00:00:00:0b
#
# Linux only, as root. Debian packages: ethtool, iproute2, iputils-arping,
# iputils-ping, python3, tcpdump, wireshark-common (for editcap).

set -euo pipefail

output=${1:-$(dirname -- "${BASH_SOURCE[0]}")/lan.pcapng}

alice_ip=192.0.2.10 alice_mac=02:00:00:00:00:0a
bob_ip=192.0.2.11 bob_mac=02:00:00:00:00:0b
open_port=9010 closed_port=9011

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

((EUID == 0)) || die 'must run as root, to make network namespaces'
for tool in arping editcap ethtool ip ping python3 tcpdump; do
    command -v "$tool" >/dev/null || die "needs $tool"
done
[[ $(arping -V 2>&1) == *iputils* ]] || die 'needs the arping of iputils'

work='' alice='' bob=''

cleanup() {
    trap - EXIT
    trap '' HUP INT TERM
    local pid host
    for pid in $(jobs -pr); do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    for host in "$alice" "$bob"; do
        if [[ $host && -e /run/netns/$host ]]; then
            ip netns delete "$host" || true
        fi
    done
    [[ ! $work ]] || rm -rf -- "$work"
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

work=$(mktemp -d)
alice=wireproof-${work##*.}-alice
bob=wireproof-${work##*.}-bob

# on HOST COMMAND...: run a command on one of the hosts.
on() {
    ip netns exec "$@"
}

# start LOG HOST COMMAND...: the same in the background. Without the exec, $!
# would be a shell waiting for the command, and to kill that stops nothing.
start() {
    local log=$1
    shift
    (exec ip netns exec "$@") >"$log" 2>&1 &
}

# await PID FILE TEXT: until the process has written TEXT to FILE.
await() {
    local tries
    for ((tries = 0; tries < 100; tries++)); do
        if grep -qs -- "$3" "$2"; then
            return
        fi
        kill -0 "$1" 2>/dev/null || break
        sleep 0.1
    done
    cat -- "$2" >&2
    die "no '$3' within 10 seconds"
}

add_host() {
    ip netns add "$1"
    # No neighbour discovery beside the story. A kernel without IPv6 lacks the file.
    # shellcheck disable=SC2016  # the inner shell expands it
    on "$1" sh -c 'f=/proc/sys/net/ipv6/conf/default/disable_ipv6; [ ! -e $f ] || echo 1 >$f'
}

# Two hosts and a wire. veth leaves checksums to hardware that does not exist;
# without the offload the kernel writes them, and cuts TCP data into segments.

add_host "$alice"
add_host "$bob"
ip link add eth0 netns "$alice" address "$alice_mac" type veth \
    peer name eth0 netns "$bob" address "$bob_mac"
for host in "$alice" "$bob"; do
    on "$host" ethtool -K eth0 tx off >/dev/null
    ip -n "$host" link set eth0 up
done
ip -n "$bob" address add "$bob_ip/24" dev eth0

cat >"$work/bob.py" <<'PYTHON'
"""Answer one TCP client until it is done, then two UDP datagrams."""

import socket
import sys

address = sys.argv[1], int(sys.argv[2])
with socket.create_server(address) as listener, socket.socket(type=socket.SOCK_DGRAM) as udp:
    udp.bind(address)
    print("ready", flush=True)
    connection, _ = listener.accept()
    with connection, connection.makefile("rb") as lines:
        for line in lines:
            count = int(line.split()[1])
            connection.sendall(bytes(ord("a") + i % 26 for i in range(count)))
        connection.sendall(b"goodbye\n")
    for _ in range(2):
        data, client = udp.recvfrom(2048)
        udp.sendto(data.upper(), client)
PYTHON

cat >"$work/alice.py" <<'PYTHON'
"""Talk to bob over TCP and UDP, then to a port where nobody listens."""

import socket
import sys
import time

server, port, closed_port = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
timeout = 5


def pause():
    time.sleep(0.1)


def refused(exchange):
    try:
        exchange()
    except ConnectionRefusedError:
        return
    sys.exit("the closed port was not refused")


# Three requests, the last for more than one segment; alice closes first.
with socket.create_connection((server, port), timeout, ("", 40000)) as tcp:
    with tcp.makefile("rb") as answers:
        for count in 5, 500, 4000:
            pause()
            tcp.sendall(b"send %d\n" % count)
            answers.read(count)
        pause()
        tcp.shutdown(socket.SHUT_WR)
        answers.read()

with socket.socket(type=socket.SOCK_DGRAM) as udp:
    udp.settimeout(timeout)
    udp.bind(("", 40001))
    for data in b"hello", b"how are you?":
        pause()
        udp.sendto(data, (server, port))
        udp.recv(2048)

pause()
with socket.socket(type=socket.SOCK_DGRAM) as udp:
    udp.settimeout(timeout)
    udp.bind(("", 40002))
    udp.connect((server, closed_port))
    udp.send(b"is anybody there?")
    refused(lambda: udp.recv(2048))

pause()
refused(lambda: socket.create_connection((server, closed_port), timeout, ("", 40003)))
PYTHON

start "$work/bob.log" "$bob" python3 "$work/bob.py" "$bob_ip" "$open_port"
bob_pid=$!
await "$bob_pid" "$work/bob.log" ready

start "$work/tcpdump.log" "$alice" \
    tcpdump -i eth0 -n -s 0 -U --immediate-mode -Z root -w "$work/lan.pcap"
tcpdump_pid=$!
await "$tcpdump_pid" "$work/tcpdump.log" 'listening on'

# alice has no address yet. The one of bob is taken, the other one is free.

if on "$alice" arping -q -D -c 2 -w 3 -I eth0 "$bob_ip"; then
    die "nobody defended $bob_ip"
fi
on "$alice" arping -q -D -c 2 -w 3 -I eth0 "$alice_ip" || die "$alice_ip is in use"

# She takes it and says so: gratuitous ARP, as requests and as replies.

ip -n "$alice" address add "$alice_ip/24" dev eth0
on "$alice" arping -q -U -c 2 -w 3 -I eth0 "$alice_ip"
on "$alice" arping -q -A -c 2 -w 3 -I eth0 "$alice_ip"

# The first echo request needs ARP to find bob.

on "$alice" ping -q -n -c 4 -i 0.2 -W 2 "$bob_ip" >/dev/null

on "$alice" python3 "$work/alice.py" "$bob_ip" "$open_port" "$closed_port"
wait "$bob_pid"

sleep 0.2
kill "$tcpdump_pid"
wait "$tcpdump_pid"

editcap -F pcapng "$work/lan.pcap" "$work/lan.pcapng"
cp -- "$work/lan.pcapng" "$output"
printf 'wrote %s\n' "$output"
