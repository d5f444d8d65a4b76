"""What stands in options and extensions: both engines say the same of it, and machine code needs no help."""

from pathlib import Path

import pytest

import wireproof
from wireproof.dissectors.schema import FieldInfo, Kind, catalogue
from wireproof.engine import Query, compile_query
from wireproof.grammar import FilterError, compile_filter

from ..oracle import crafted, crafted_icmp
from .frames import write

RAW = 101
CONSTANTS = {
    Kind.INTEGER: "1",
    Kind.BOOLEAN: "1",
    Kind.BYTES: "00:00",
    Kind.IPV4: "10.0.0.1",
    Kind.IPV6: "2001:db8::/32",
    Kind.STRING: '"eth0"',
    Kind.ABSOLUTE_TIME: '"1970-01-01 00:00:03"',
    Kind.RELATIVE_TIME: "2",
}
LARGE = ("key", "mac", "rawdata")  # of eight octets, which may be more than machine code counts to
FRAMES = {
    ("icmp.ext", "icmp.mpls", "icmp.int_", "icmp.reserved"): [*crafted_icmp.extensions(), *crafted_icmp.interfaces()],
    ("icmp.mip",): crafted_icmp.agents(),
    ("icmp.data", "data"): crafted_icmp.pings(),
    ("tcp.options.mptcp", "mptcp"): crafted.options_of_multipath(),
    ("udp.possible", "tcp.checksum", "icmp.checksum"): crafted.headers(),
}


def filters(info: FieldInfo) -> list[str]:
    constant = CONSTANTS.get(info.type.kind)
    if constant is None:
        return [info.name, f"not {info.name}", f"count({info.name}) > 1"]
    return [info.name, f"{info.name} == {constant}", f"all {info.name} > {constant}", f"count({info.name}) > 1"]


@pytest.mark.parametrize("is_cut", [False, True])
@pytest.mark.parametrize("heads", FRAMES)
def test_both_engines_agree(
    heads: tuple[str, ...], is_cut: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = FRAMES[heads]
    path = write(tmp_path / "frames.pcap", [frame[: len(frame) - is_cut * 5] for frame in frames], link=RAW, cut=3)
    with wireproof.open_capture(path) as capture:
        packets = list(capture)
    handed = []
    decide = Query.decide
    monkeypatch.setattr(Query, "decide", lambda *words: (handed.append(words[0]), decide(*words))[1])
    for name, info in catalogue().fields.items():
        if not name.startswith(heads) or info.across or info.type.kind is Kind.PROTOCOL:
            continue
        for text in filters(info):
            try:
                chosen = compile_filter(text, catalogue())
            except FilterError:
                continue
            query = compile_query(chosen)
            found = [record.number for record in query.match_records(path)]
            assert found == [packet.number for packet in packets if chosen.matches(packet)], text
            assert not query.refused, text
            assert not handed or any(each in name for each in LARGE), text
            handed.clear()
