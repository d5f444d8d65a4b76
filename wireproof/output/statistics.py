"""Summaries of a capture as text, in tshark's columns, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wireproof.analysis.statistics.conversations import Conversation, Conversations, End, Endpoint, Endpoints, Kind
from wireproof.analysis.statistics.experts import Experts
from wireproof.analysis.statistics.follow import Follow, Piece
from wireproof.analysis.statistics.hierarchy import Branch, Hierarchy
from wireproof.dissectors.schema import Severity
from wireproof.dissectors.schema.render import dotted_quad
from wireproof.output.escape import escape

SECOND = 10**9
LINE, LONG_LINE = "=" * 67, "=" * 80
PREFIXES = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"))
SHORT_NAMES = {
    "arp": "ARP/RARP",
    "atmarp": "ATMARP",
    "data": "Data",
    "eth": "Ethernet",
    "ethertype": "Ethertype",
    "fpp": "Frame Preemption Protocol",
    "ip": "IPv4",
    "llc": "LLC",
    "tcp": "TCP",
    "udp": "UDP",
    "icmp": "ICMP",
    "vlan": "VLAN",
    "ieee8021ad": "IEEE 802.1AD",
    "frame": "Frame",
    "fr": "FR",
    "null": "Null",
    "pkt_comment": "Pkt_Comment",
    "raw": "Raw",
    "sll": "SLL",
}
"""Wireshark's short names of protocols."""
SECTIONS = {
    Severity.ERROR: "Errors",
    Severity.WARNING: "Warns",
    Severity.NOTE: "Notes",
    Severity.CHAT: "Chats",
    Severity.COMMENT: "Comments",
}
ROW = 16
"""Octets in a line of a followed stream."""


def size(octets: int) -> str:
    """Return a number of octets in a few digits."""
    for unit, prefix in PREFIXES:
        if octets >= 10 * unit:
            return f"{octets // unit} {prefix}"
    return f"{octets} bytes"


def end_text(end: End, kind: Kind) -> str:
    """Return an address, with its port where the protocol has any."""
    address, port = end
    text = dotted_quad(address) if len(address) == 4 else address.hex(":")
    return f"{text}:{port}" if kind.source_port else text


def conversation_lines(found: Conversations, chosen: str) -> Iterator[str]:
    """Yield ``-z conv``."""
    width = 26 if found.kind.source_port else 20
    yield LONG_LINE
    yield f"{found.kind.title} Conversations"
    yield f"Filter:{chosen or '<No Filter>'}"
    margin = " " * (2 * width + 7)
    yield f"{margin}|       <-      | |       ->      | |     Total     |    Relative    |   Duration   |"
    yield f"{margin}| Frames  Bytes | | Frames  Bytes | | Frames  Bytes |      Start     |              |"
    for row in found.rows():
        yield _conversation(row, found, width)
    yield from _dropped(found.dropped)
    yield LONG_LINE


def _dropped(packets: int) -> Iterator[str]:
    if packets:
        yield f"not counted for want of room: {packets} packets"


def _conversation(row: Conversation, found: Conversations, width: int) -> str:
    first, second = end_text(row.first, found.kind), end_text(row.second, found.kind)
    counts = (
        (row.received, row.received_octets),
        (row.sent, row.sent_octets),
        (row.frames, row.octets),
    )
    columns = "  ".join(f"{frames:6} {size(octets):<9}" for frames, octets in counts)
    start = ((row.start or 0) - found.begun) / SECOND
    duration = ((row.stop or 0) - (row.start or 0)) / SECOND
    return f"{first:<{width}} <-> {second:<{width}}  {columns}  {start:14.9f}   {duration:12.4f}"


def endpoint_lines(found: Endpoints, chosen: str) -> Iterator[str]:
    """Yield ``-z endpoints``."""
    port = "|  Port  |" if found.kind.source_port else ""
    yield LONG_LINE
    yield f"{found.kind.title} Endpoints"
    yield f"Filter:{chosen or '<No Filter>'}"
    yield (f"{'':23}{port}|  Packets  | |  Bytes  | | Tx Packets | | Tx Bytes | | Rx Packets | | Rx Bytes |")
    for row in found.rows():
        yield _endpoint(row, found.kind)
    yield from _dropped(found.dropped)
    yield LONG_LINE


def _endpoint(row: Endpoint, kind: Kind) -> str:
    address, port = row.end
    head = f"{end_text((address, port), kind._replace(source_port='')):<20}"
    head += f"      {port:>5}     {row.frames:>6}" if kind.source_port else f"      {row.frames:>6}"
    sent, received = f"{row.sent:>6}       {row.sent_octets:>9}", f"{row.received:>6}       {row.received_octets:>9}"
    return f"{head}     {row.octets:>9}     {sent}      {received}   "


def hierarchy_lines(found: Hierarchy, chosen: str) -> Iterator[str]:
    """Yield ``-z io,phs``."""
    yield ""
    yield LINE
    yield "Protocol Hierarchy Statistics"
    yield f"Filter: {chosen}"
    yield ""
    yield from _branches(found.root, "")
    yield LINE


def _branches(branch: Branch, margin: str) -> Iterator[str]:
    for each in branch.branches.values():
        yield f"{margin + each.name:<40} frames:{each.frames} bytes:{each.octets}"
        yield from _branches(each, margin + "  ")


def expert_lines(found: Experts, chosen: str) -> Iterator[str]:
    """Yield ``-z expert``."""
    for severity, counts in found.counts.items():
        if not counts:
            continue
        yield ""
        yield f"{SECTIONS[severity]} ({sum(counts.values())})"
        yield "============="
        yield "   Frequency      Group           Protocol  Summary"
        for said, count in counts.items():
            name = SHORT_NAMES.get(said.protocol, said.protocol)
            yield f"{count:12} {said.group:>10} {name:>18}  {escape(said.summary)}"
    if found.dropped:
        yield f"and {found.dropped} more"


def follow_lines(found: Follow, form: str) -> Iterator[str]:
    """Yield ``-z follow``: as text, as octets with their text, or as octets alone."""
    found.end()
    yield ""
    yield LINE
    yield f"Follow: {found.protocol},{form}"
    yield f"Filter: {found.protocol}.stream eq {found.stream}"
    for at in (0, 1):
        address, port = found.ends[at] if found.ends else (b"", 0)
        yield f"Node {at}: {dotted_quad(address)}:{port}"
    places = [0, 0]
    for piece in found.pieces:
        octets = _octets(piece)
        margin = "\t" if piece.side else ""
        if form == "ascii":
            yield f"{margin}{len(octets)}"
            yield printable(octets)
        elif form == "raw":
            yield margin + octets.hex()
        else:
            yield from _dump(octets, places[piece.side], margin)
            places[piece.side] += len(octets)
    if found.dropped:
        yield f"[{found.dropped} bytes more]"
    yield LINE


def _octets(piece: Piece) -> bytes:
    """Return what a piece is shown as: of what is missing, what Wireshark puts in its place."""
    return f"[{piece.missing} bytes missing in capture file]\0".encode() if piece.missing else piece.octets


def printable(octets: bytes) -> str:
    """Return octets as text: ends of lines and tabs as they are, a dot for what cannot be printed."""
    return "".join(chr(octet) if 32 <= octet < 127 or octet in b"\r\n" else "." for octet in octets)


def _dump(octets: bytes, place: int, margin: str) -> Iterator[str]:
    for at in range(0, len(octets), ROW):
        row = octets[at : at + ROW]
        halves = row[:8], row[8:]
        digits = "  ".join(half.hex(" ") for half in halves if half)
        texts = " ".join(printable(half).replace("\r", ".").replace("\n", ".") for half in halves if half)
        yield f"{margin}{place + at:08X}  {digits:<48}  {texts.removesuffix(' ')}"  # as tshark has it


# The same for programs


def conversation_json(found: Conversations) -> list[dict[str, Any]]:
    """Return the conversations; times are seconds."""
    return [
        {
            "first": end_text(row.first, found.kind),
            "second": end_text(row.second, found.kind),
            "frames": row.frames,
            "bytes": row.octets,
            "frames_sent": row.sent,
            "bytes_sent": row.sent_octets,
            "frames_received": row.received,
            "bytes_received": row.received_octets,
            "start": ((row.start or 0) - found.begun) / SECOND,
            "duration": ((row.stop or 0) - (row.start or 0)) / SECOND,
        }
        for row in found.rows()
    ]


def endpoint_json(found: Endpoints) -> list[dict[str, Any]]:
    """Return the endpoints."""
    return [
        {
            "end": end_text(row.end, found.kind),
            "packets": row.frames,
            "bytes": row.octets,
            "packets_sent": row.sent,
            "bytes_sent": row.sent_octets,
            "packets_received": row.received,
            "bytes_received": row.received_octets,
        }
        for row in found.rows()
    ]


def hierarchy_json(branch: Branch) -> list[dict[str, Any]]:
    """Return the protocols below one."""
    return [
        {"protocol": each.name, "frames": each.frames, "bytes": each.octets, "carries": hierarchy_json(each)}
        for each in branch.branches.values()
    ]


def expert_json(found: Experts) -> list[dict[str, Any]]:
    """Return what is said."""
    return [
        {
            "severity": severity.word,
            "group": said.group,
            "protocol": said.protocol,
            "summary": said.summary,
            "count": count,
        }
        for severity, counts in found.counts.items()
        for said, count in counts.items()
    ]


def follow_json(found: Follow) -> dict[str, Any]:
    """Return a followed stream; octets are in hexadecimal."""
    found.end()
    return {
        "stream": found.stream,
        "ends": [f"{dotted_quad(address)}:{port}" for address, port in found.ends],
        "pieces": [
            {"side": piece.side, "missing": piece.missing}
            if piece.missing
            else {"side": piece.side, "octets": piece.octets.hex()}
            for piece in found.pieces
        ],
        "dropped": found.dropped,
    }
