"""Has libslirp open connections, and the services behind it do the rest: ``slirp_control.py API CONTROL``.

API is the socket of slirp4netns, CONTROL that of `sockets.py serve` in the namespace that slirp4netns runs in. A
connection of the stack is one of the services' to a port of theirs that is forwarded. Which of their connections is
from which port of the peer, libslirp does not tell: what is asked of those is unsupported.
"""

from __future__ import annotations

import itertools
import json
import socket
import sys
from typing import Any

PATIENCE = 4.0
FIRST_PORT = 20_000


def asked(path: str, question: dict[str, Any]) -> dict[str, Any]:
    """Return what the program at a socket answers; one connection a question, as slirp4netns wants it."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(PATIENCE)
        client.connect(path)
        client.sendall(json.dumps(question).encode() + b"\n")
        client.shutdown(socket.SHUT_WR)
        with client.makefile("rb") as lines:
            answer: dict[str, Any] = json.loads(lines.read())
            return answer


def connect(api: str, control: str, order: dict[str, Any], port: int) -> dict[str, Any]:
    """Have a port forwarded, and a connection opened to it."""
    forward = {
        "proto": "tcp",
        "host_addr": "127.0.0.1",
        "host_port": port,
        "guest_addr": order["address"],
        "guest_port": order["port"],
    }
    answer = asked(api, {"execute": "add_hostfwd", "arguments": forward})
    if "error" in answer:
        return {"error": str(answer["error"])}
    return asked(control, {"op": "connect", "address": "127.0.0.1", "port": port})


def main() -> None:
    """Answer orders until the input ends."""
    api, control = sys.argv[1:]
    ports = itertools.count(FIRST_PORT)
    for line in sys.stdin:
        try:
            order = json.loads(line)
            if order["op"] == "connect":
                answer = connect(api, control, order, next(ports))
            elif order["op"] == "listen" or "connection" in order:
                answer = asked(control, order)
            else:
                answer = {"unsupported": True}
        except (OSError, ValueError, KeyError) as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
