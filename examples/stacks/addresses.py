"""Has a program claim addresses, by lines of JSON: what `wireproof conform live --dut-control` asks.

    addresses.py INTERFACE PREFIX dhcpcd            any address, and by DHCP, with dhcpcd (RFC 5227)
    addresses.py INTERFACE PREFIX avahi-autoipd     link-local addresses, with avahi-autoipd (RFC 3927)

One program at a time runs; the next order ends it, and takes its addresses away. Each has processes, a /run and a
/var/lib of its own (`unshare`): nothing of it outlives its end, however many processes it is, and it finds no trace of
the one before it, nor of one that the machine itself runs.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import signal
import subprocess
import sys

PATIENCE = 4.0
ALONE = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c"]
# The shell stays the first process: one that changes its user, as dhcpcd, is not told of the end of its parent.
OWN_FOLDERS = """
for each in /run /var/lib; do mount -t tmpfs tmpfs $each; done
mkdir -p /run/dhcpcd /var/lib/dhcpcd /var/lib/avahi-autoipd
"$0" "$@"
exit $?
"""
DHCPCD = ["--config", "/dev/null", "--script", "/bin/true", "--nobackground", "--persistent", "--ipv4only"]
AVAHI = ["--no-drop-root", "--no-chroot", "--force-bind"]


class Claims:
    """The program that holds an address, if any."""

    def __init__(self, interface: str, prefix: str, kind: str) -> None:
        self.interface, self.prefix, self.kind = interface, prefix, kind
        self.process: subprocess.Popen[bytes] | None = None
        self.own = self._held()
        # Where a program takes the kernel's routes for its own, and away, these are left.
        for own in map(ipaddress.IPv4Interface, self.own):
            self._ip("route", "replace", str(own.network), "dev", interface, "src", str(own.ip), "metric", "5000")

    def claim(self, address: str) -> None:
        """Have an address claimed."""
        if self.kind == "dhcpcd":
            self._start("dhcpcd", *DHCPCD, "--noipv4ll", "--static", f"ip_address={address}/{self.prefix}")
        else:
            self._start("avahi-autoipd", *AVAHI, f"--start={address}")

    def ask_for_one(self) -> None:
        """Have an address asked for by DHCP, at once."""
        self._start("dhcpcd", *DHCPCD, "--noipv4ll", "--nodelay")

    def _start(self, *words: str) -> None:
        self.reset()
        nowhere = subprocess.DEVNULL
        command = [*ALONE, OWN_FOLDERS, *words, self.interface]
        self.process = subprocess.Popen(command, stdin=nowhere, stdout=nowhere, stderr=nowhere)

    def reset(self) -> None:
        """Have nothing claimed any more."""
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE)
        held = self._held()
        for address in held - self.own:
            self._ip("address", "delete", address, "dev", self.interface)
        for address in self.own - held:
            self._ip("address", "add", address, "broadcast", "+", "dev", self.interface)

    def _held(self) -> set[str]:
        words = ["ip", "-o", "-4", "address", "show", "dev", self.interface]
        listed = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE)
        return {line.split()[3] for line in listed.stdout.splitlines()}

    def _ip(self, *words: str) -> None:
        subprocess.run(["ip", "-4", *words], timeout=PATIENCE, check=False)


def main() -> None:
    """Answer orders until the input ends."""
    claims = Claims(*sys.argv[1:])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        for line in sys.stdin:
            order, answer = json.loads(line), {}
            if order["op"] == "claim" and order.get("defend", "once") == "once":
                claims.claim(order["address"])
            elif order["op"] == "dhcp" and claims.kind == "dhcpcd":
                claims.ask_for_one()
            elif order["op"] in ("reset", "release"):
                claims.reset()
            else:
                answer = {"unsupported": True}
            print(json.dumps(answer), flush=True)
    finally:
        claims.reset()


if __name__ == "__main__":
    main()
