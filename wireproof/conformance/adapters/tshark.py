"""tshark: the fields of its JSON, by its own names. It rejects what it calls malformed; it builds nothing.

That is a layer that it cannot read, and one with expert information of that group.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from wireproof.conformance.adapters.ahead import Ahead
from wireproof.conformance.adapters.capturing import capture_of
from wireproof.conformance.adapters.serving import STOPPING, UNSUPPORTED, Answer, accepted, lacks, rejected, serve
from wireproof.dissectors.schema import FieldInfo, Kind, catalogue
from wireproof.vectors import LINK_TYPES

PROGRAM = shutil.which("tshark")
# Values as they stand in the packet: no relative numbers, no reassembly, no state of conversations.
OPTIONS = ("tcp.relative_sequence_numbers:FALSE", "ip.defragment:FALSE", "ip.check_checksum:FALSE")
GROUP, MALFORMED = "_ws.expert.group", 0x0700_0000
_REASSEMBLED = ("ip.reassembled.data", "ip.flags.mf", "ip.frag_offset", "data.data")
_NOT_TOLD = frozenset({Kind.ABSOLUTE_TIME, Kind.RELATIVE_TIME})


Tree = list[tuple[str, Any]]
"""An object of JSON with its keys as they come, for tshark repeats them."""


def run(capture: bytes, count: int) -> Sequence[Answer]:
    """Return the answers for the packets of a capture."""
    assert PROGRAM is not None
    words = [PROGRAM, "-n", "-r", "-", "-T", "json"]
    words += [word for option in OPTIONS for word in ("-o", option)]
    done = subprocess.run(words, input=capture, capture_output=True, check=False)
    packets = json.loads(done.stdout.decode("utf-8", "replace") or "[]", object_pairs_hook=list)
    assert len(packets) == count, done.stderr
    return [_answer(dict(dict(packet)["_source"])["layers"]) for packet in packets]


def reassemble(asked: Mapping[str, Any]) -> Answer:
    """Return the data that it shows: of a fragment that completes a datagram, and of one that needs no other."""
    assert PROGRAM is not None
    if asked["link"] not in LINK_TYPES:
        return UNSUPPORTED
    words = [PROGRAM, "-n", "-r", "-", "-o", "ip.defragment:TRUE", "-o", "ip.check_checksum:FALSE", "-T", "fields"]
    words += [word for name in _REASSEMBLED for word in ("-e", name)]
    capture = capture_of([bytes.fromhex(text) for text in asked["packets"]], asked["link"])
    done = subprocess.run(words, input=capture, capture_output=True, check=False)
    found = []
    for line in done.stdout.decode().splitlines():
        data, more, offset, own = line.split("\t")
        if data or (more, offset) == ("0", "0"):
            found.append(data or own)
    return {"datagrams": found}


def _answer(layers: Tree) -> Answer:
    fields: dict[str, list[Any]] = defaultdict(list)
    for name, tree in layers:
        before = len(fields[GROUP])
        _collect([(name, tree)], fields)
        if name == "_ws.malformed":
            return rejected(_innermost(fields["frame.protocols"][0]), "malformed")
        if MALFORMED in fields[GROUP][before:]:
            return rejected(name, "malformed")
    for name in STOPPING.keys() & fields.keys():
        return rejected(name.partition(".")[0], STOPPING[name])
    return accepted(fields)


def _innermost(path: str) -> str | None:
    """Return the last protocol of a path, which is the one that could not be read."""
    return next((name for name in reversed(path.split(":")) if name in catalogue().protocols), None)


def _collect(tree: Tree, fields: dict[str, list[Any]]) -> None:
    for name, value in tree:
        if isinstance(value, list):
            _collect(value, fields)
        elif (info := catalogue().fields.get(name)) is not None and info.type.kind not in _NOT_TOLD:
            fields[name].append(_value(info, value))


def _value(info: FieldInfo, text: str) -> Any:
    if info.type.kind is Kind.BOOLEAN:
        return text in ("1", "True")
    if info.type.kind in (Kind.INTEGER, Kind.LABEL) and text:
        try:
            return int(text, 0)
        except ValueError:
            return text
    return True if info.type.kind is Kind.LABEL else text


if __name__ == "__main__":
    if PROGRAM is None:
        lacks("tshark", "apt-get install tshark")
    serve(parse=Ahead(run).parse, reassemble=reassemble)
