# What the scripts of this folder share: their usage, and namespaces that are gone when the script ends, however it does.
# Sourced by them; what is left of their words behind FOLDER are options of wireproof conform live.

set -eu
[ $# -ge 1 ] || { echo "usage: $0 FOLDER [OPTION of wireproof conform live]..." >&2; exit 1; }
folder=$1
shift
here=$(cd "$(dirname "$0")" && pwd)
wireproof=${WIREPROOF:-wireproof}
mark=wireproof-$$
own="--address 10.99.0.2/16 --gateway 10.99.0.1"
made=""
running=""

die() {
    echo "$0: $*" >&2
    exit 2
}

need() { # need THING PACKAGE: installs a package where a command, or a file, is missing
    command -v "$1" >/dev/null 2>&1 && return
    [ ! -f "$1" ] || return 0
    command -v apt-get >/dev/null 2>&1 || die "$1 is missing, and there is no apt-get to install $2"
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "$2" >/dev/null 2>&1 ||
        { apt-get update >/dev/null 2>&1 &&
            DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "$2" >/dev/null; } ||
        die "cannot install $2"
}

namespace() { # namespace NAME: makes one, without IPv6 and so without packets that nobody asked for
    ip netns add "$1"
    made="$made $1"
    ip netns exec "$1" sh -c 'for f in all default; do
        f=/proc/sys/net/ipv6/conf/$f/disable_ipv6; [ ! -e $f ] || echo 1 >$f; done'
    ip -n "$1" link set lo up
}

unfold() { # unfold NAMESPACE INTERFACE: has the kernel do itself what a card would do
    ip netns exec "$1" ethtool -K "$2" tx off rx off tso off gso off gro off >/dev/null 2>&1 || true
}

link() { # link: a tester and a stack, Linux with the address 10.99.0.2 and the gateway 10.99.0.1, at the two ends of a wire
    tester=$mark-tester stack=$mark-stack
    namespace "$tester"
    namespace "$stack"
    ip link add eth0 netns "$tester" type veth peer name eth0 netns "$stack"
    ip -n "$tester" link set eth0 arp off up
    ip -n "$stack" address add 10.99.0.2/16 brd + dev eth0
    ip -n "$stack" link set eth0 up
    ip -n "$stack" route add default via 10.99.0.1
    unfold "$stack" eth0
    unfold "$tester" eth0
}

tap() { # tap: a tester and, behind its TAP, room for a stack that is a program
    namespace "$mark"
    ip -n "$mark" tuntap add tap0 mode tap
    ip -n "$mark" link set tap0 arp off up
}

clean() {
    trap '' INT TERM HUP
    for each in $running; do
        kill "$each" 2>/dev/null || true
        wait "$each" 2>/dev/null || true
    done
    for each in $made; do
        # What runs there is told to end, and made to after a second.
        for signal in TERM TERM TERM TERM TERM KILL KILL KILL; do
            left=$(ip netns pids "$each" 2>/dev/null) || true
            [ -n "$left" ] || break
            kill -$signal $left 2>/dev/null || true
            sleep 0.2
        done
        ip netns delete "$each" 2>/dev/null || true
    done
    [ -z "${work:-}" ] || rm -rf "$work"
}

begin() {
    [ "$(id -u)" = 0 ] || die "only root makes network namespaces"
    need ip iproute2
    need ethtool ethtool
    need python3 python3
    mkdir -p "$folder"
    work=$(mktemp -d)
    trap clean EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
}

judge() { # judge NAMESPACE NAME OPTION...: runs the scenarios from a namespace, writes the reports, and ends the script
    where=$1 name=$2 status=0
    shift 2
    # A shell waits for the end of a child before it looks at signals, but not where it waits for it.
    ip netns exec "$where" $wireproof conform live --name "$name" --json "$folder/report.json" \
        --junit "$folder/report.xml" --html "$folder/report.html" --captures "$folder/captures" "$@" &
    running="$running $!"
    wait $! || status=$?
    running=""
    exit "$status"
}
