"""What all adapters in Python share: questions from the standard input, answers to the standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

Answer = dict[str, Any]
Handler = Callable[[Mapping[str, Any]], Answer]
# Where Wireshark, and who follows it, reads no further although all octets are there: by the field that says so.
STOPPING = {
    "ip.bogus_ip_version": "refused",
    "ip.bogus_header_length": "malformed",
    "ip.bogus_ip_length": "malformed",
    "tcp.bogus_header_length": "malformed",
}
UNSUPPORTED: Answer = {"unsupported": True}


def serve(**handlers: Handler) -> None:
    """Answer questions until there are no more, each by the handler of its operation; without one, unsupported."""
    for line in sys.stdin:
        asked = json.loads(line)
        handler = handlers.get(asked["op"])
        found = UNSUPPORTED if handler is None else handler(asked)
        sys.stdout.write(json.dumps({"id": asked["id"], **found}) + "\n")
        sys.stdout.flush()


def rejected(layer: str | None = None, reason: str | None = None) -> Answer:
    """Return the answer that a packet is rejected."""
    told = {"layer": layer, "reason": reason}
    return {"accept": False, **{name: value for name, value in told.items() if value is not None}}


def accepted(fields: Mapping[str, list[Any] | None]) -> Answer:
    """Return the answer that a packet is accepted, with all values of its fields; None where they cannot be told."""
    return {"accept": True, "fields": dict(fields)}


def lacks(program: str, remedy: str) -> NoReturn:
    """Say that something is needed which is not installed, and end."""
    sys.exit(f"this adapter needs {program}, which is not installed: {remedy}")
