"""tcpdump, as far as the text of ``tcpdump -evnn`` tells. It rejects what it marks as cut, truncated or bad."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from wireproof.conformance.adapters.ahead import Ahead
from wireproof.conformance.adapters.serving import Answer, accepted, lacks, rejected, serve

PROGRAM = shutil.which("tcpdump")
# [|arp] and the like are its marks of a packet that ends too early.
_CUT = re.compile(r"\[\|([a-z0-9]+)\]|truncated-([a-z0-9]+)|\b(bad-len|bad-hlen|invalid|wrong-length|truncated)\b")
_LAYERS = {
    "ether": "eth",
    "arp": "arp",
    "ip": "ip",
    "tcp": "tcp",
    "udp": "udp",
    "icmp": "icmp",
    "snap": "llc",
    "vlan": "vlan",
    "udplength": "udp",
}


def _hex(text: str) -> int:
    return int(text, 16)


def _is_df(text: str) -> bool:
    return "DF" in text


Reader = tuple[re.Pattern[str], str, Callable[[str], Any]]
_ARP = r"\(0x0806\), length \d+: [^(]*"
READERS: Sequence[Reader] = tuple(
    (re.compile(pattern), name, convert)
    for pattern, name, convert in (
        (r"^((?:[0-9a-f]{2}:){5}[0-9a-f]{2}) > ", "eth.src", str),
        (r"^\S+ > ((?:[0-9a-f]{2}:){5}[0-9a-f]{2}),", "eth.dst", str),
        (r"ethertype [^(]*\(0x([0-9a-f]{4})\), length", "eth.type", _hex),
        (r"802\.1Q \(0x8100\)(?:, length \d+:|,) vlan (\d+), p \d", "vlan.id", int),
        (r"802\.1Q \(0x8100\)(?:, length \d+:|,) vlan \d+, p (\d)", "vlan.priority", int),
        (r"\(0x88a8\)(?:, length \d+:|,) vlan (\d+), p \d", "ieee8021ad.id", int),
        (r"\(0x88a8\)(?:, length \d+:|,) vlan \d+, p (\d)", "ieee8021ad.priority", int),
        (r"\(tos 0x([0-9a-f]+)", "ip.dsfield", _hex),
        (r"\btos 0x[^)]*ttl (\d+)", "ip.ttl", int),
        (r"\btos 0x[^)]*id (\d+)", "ip.id", int),
        (r"\btos 0x[^)]*flags \[([^\]]*)\]", "ip.flags.df", _is_df),
        (r"\btos 0x.*?proto \S+ \((\d+)\)", "ip.proto", int),
        (r"\btos 0x.*?proto \S+ \(\d+\), length (\d+)", "ip.len", int),
        (r"\n?\s(\d+\.\d+\.\d+\.\d+)(?:\.\d+)? > ", "ip.src", str),
        (r" > (\d+\.\d+\.\d+\.\d+)(?:\.\d+)?:", "ip.dst", str),
        (r"\d+\.\d+\.\d+\.\d+\.(\d+) > [\d.]+: (?:UDP|\[)", "udp.srcport", int),
        (r"> \d+\.\d+\.\d+\.\d+\.(\d+): (?:UDP|\[(?:bad|no|udp))", "udp.dstport", int),
        (r"\d+\.\d+\.\d+\.\d+\.(\d+) > [\d.]+: Flags", "tcp.srcport", int),
        (r"> \d+\.\d+\.\d+\.\d+\.(\d+): Flags", "tcp.dstport", int),
        (r"Flags .*\bwin (\d+)", "tcp.window_size_value", int),
        (_ARP + r" \(len (\d+)\), ", "arp.hw.size", int),
        (_ARP + r" \(len \d+\), \S+ \(len (\d+)\)", "arp.proto.size", int),
        (_ARP + r".*who-has (\d+\.\d+\.\d+\.\d+)", "arp.dst.proto_ipv4", str),
        (_ARP + r".*who-has .* tell (\d+\.\d+\.\d+\.\d+)", "arp.src.proto_ipv4", str),
        (_ARP + r".*Reply (\d+\.\d+\.\d+\.\d+) is-at", "arp.src.proto_ipv4", str),
        (_ARP + r".*is-at ((?:[0-9a-f]{2}:){5}[0-9a-f]{2})(?![:0-9a-f])", "arp.src.hw_mac", str),
        (_ARP + r".*Unknown \((\d+)\)", "arp.opcode", int),
    )
)
_OPERATIONS = (
    ("Reverse Request", 3),
    ("Reverse Reply", 4),
    ("Inverse Request", 8),
    ("Inverse Reply", 9),
    ("Request", 1),
    ("Reply", 2),
)
# What lies behind ports, or behind LLC, is shown by the dissector of another protocol, with marks of its own.
_PAYLOAD = re.compile(
    r"(> \d+\.\d+\.\d+\.\d+\.\d+:)(?!\s+(?:UDP|Flags|ICMP|\[|truncated|tcp \d)).*"
    r"|(dsap (?!SNAP).*ctrl 0x[0-9a-f]+:).*",
    re.DOTALL,
)
_BAD_OFFSET, _UNKNOWN_VERSION = "[bad hdr length ", "unknown ip "


def run(capture: bytes, count: int) -> Sequence[Answer]:
    """Return the answers for the packets of a capture."""
    assert PROGRAM is not None
    done = subprocess.run([PROGRAM, "-evnntt", "-r", "-"], input=capture, capture_output=True, check=False)
    texts = _packets(done.stdout.decode("utf-8", "replace"))
    return [_answer(texts.get(number, "")) for number in range(count)]


def _is_ours(mark: re.Match[str]) -> bool:
    """Whether a mark is of a layer that there are vectors for."""
    return all(name is None or name in _LAYERS for name in mark.groups()[:2])


def _packets(text: str) -> dict[int, str]:
    """Return the text of each packet; the times are whole seconds, which number them."""
    parts = re.split(r"(?m)^(\d+)\.000000 ", text)
    return {int(number): shown for number, shown in zip(parts[1::2], parts[2::2], strict=True)}


def _answer(text: str) -> Answer:
    if _BAD_OFFSET in text:
        return rejected("tcp", "malformed")
    if _UNKNOWN_VERSION in text:
        return rejected("ip", "refused")
    marks = [match for match in _CUT.finditer(_PAYLOAD.sub(r"\1\2", text)) if _is_ours(match)]
    if marks or not text:
        layer = next((name for match in marks for name in match.groups()[:2] if name), "")
        return rejected(_LAYERS.get(layer), "malformed")
    fields: dict[str, list[Any]] = defaultdict(list)
    for pattern, name, convert in READERS:
        for match in pattern.finditer(text):
            fields[name].append(convert(match[1]))
    operation = next((number for word, number in _OPERATIONS if f", {word} " in text and "(0x0806)" in text), None)
    if operation is not None:
        fields["arp.opcode"].append(operation)
    # Of a field that it tells elsewhere, its text may be silent here.
    untold = {name for _, name, _ in READERS} - fields.keys()
    return accepted({**fields, **dict.fromkeys(untold)})


if __name__ == "__main__":
    if PROGRAM is None:
        lacks("tcpdump", "apt-get install tcpdump")
    serve(parse=Ahead(run).parse)
