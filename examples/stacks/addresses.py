"""Has a program claim addresses, by lines of JSON: what `wireproof conform live --dut-control` asks.

    addresses.py INTERFACE PREFIX dhcpcd            any address, with dhcpcd (RFC 5227)
    addresses.py INTERFACE PREFIX avahi-autoipd     link-local addresses, with avahi-autoipd (RFC 3927)

One program at a time runs; the next order ends it, and takes its addresses away.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys

PATIENCE = 5.0


class Claims:
    """The program that holds an address, if any."""

    def __init__(self, interface: str, prefix: str, kind: str) -> None:
        self.interface, self.prefix, self.kind = interface, prefix, kind
        self.process: subprocess.Popen[bytes] | None = None
        self.own = self._held()

    def claim(self, address: str) -> None:
        """Have an address claimed."""
        self.reset()
        if self.kind == "dhcpcd":
            settings = [
                "--config",
                "/dev/null",
                "--script",
                "/bin/true",
                "--nobackground",
                "--persistent",
                "--ipv4only",
                "--noipv4ll",
            ]
            static = ["--static", f"ip_address={address}/{self.prefix}"]
            words = ["dhcpcd", *settings, "--debug", *static, self.interface]
        else:
            words = [
                "avahi-autoipd",
                "--no-drop-root",
                "--no-chroot",
                "--force-bind",
                f"--start={address}",
                self.interface,
            ]
        nowhere = subprocess.DEVNULL
        self.process = subprocess.Popen(words, stdin=nowhere, stdout=nowhere, stderr=nowhere, start_new_session=True)

    def reset(self) -> None:
        """Have nothing claimed any more."""
        process, self.process = self.process, None
        if process is not None:
            for number in (signal.SIGTERM, signal.SIGKILL):
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, number)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(PATIENCE)
        held = self._held()
        for address in held - self.own:
            self._ip("delete", address)
        for address in self.own - held:
            self._ip("add", address)

    def _held(self) -> set[str]:
        words = ["ip", "-o", "-4", "address", "show", "dev", self.interface]
        listed = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE)
        return {line.split()[3] for line in listed.stdout.splitlines()}

    def _ip(self, what: str, address: str) -> None:
        subprocess.run(["ip", "address", what, address, "dev", self.interface], timeout=PATIENCE, check=False)


def main() -> None:
    """Answer orders until the input ends."""
    claims = Claims(*sys.argv[1:])
    try:
        for line in sys.stdin:
            order, answer = json.loads(line), {}
            if order["op"] == "claim" and order.get("defend", "once") == "once":
                claims.claim(order["address"])
            elif order["op"] in ("reset", "release"):
                claims.reset()
            else:
                answer = {"unsupported": True}
            print(json.dumps(answer), flush=True)
    finally:
        claims.reset()


if __name__ == "__main__":
    main()
