"""Has a bridge of the Linux kernel do things, through iproute2: ``bridge_control.py BRIDGE``.

It runs in the bridge's namespace, and answers lines of JSON: ``flush`` empties the table, ``ageing`` sets the ageing
time in seconds, ``reset`` does the one and puts back the other.
"""

from __future__ import annotations

import json
import subprocess
import sys

AGEING = 300
"""Seconds, as the standard has it and the kernel by default."""


def told(bridge: str, *words: str) -> None:
    """Set options of the bridge. Raises CalledProcessError."""
    line = ["ip", "link", "set", "dev", bridge, "type", "bridge", *words]
    subprocess.run(line, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main() -> None:
    """Answer orders until the input ends."""
    (bridge,) = sys.argv[1:]
    for line in sys.stdin:
        answer: dict[str, object] = {}
        try:
            order = json.loads(line)
            if order["op"] == "flush":
                told(bridge, "fdb_flush")
            elif order["op"] == "ageing":
                told(bridge, "ageing_time", str(int(order["seconds"]) * 100))  # in hundredths of a second
            elif order["op"] == "reset":
                told(bridge, "ageing_time", str(AGEING * 100), "fdb_flush")
            else:
                answer = {"unsupported": True}
        except (OSError, ValueError, KeyError, TypeError, subprocess.CalledProcessError) as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
