"""What is said of filters that are filters and can hardly mean what was meant."""

import pytest

import wireproof
from wireproof.grammar import Diagnosis

ODD = [
    # text, the place that is underlined, part of the message, suggestion, severity
    ("vlan.id == 5000", "5000", "from 0 to 4095, so this never holds", None, "warning"),
    ("vlan.id < 5000", "5000", "holds wherever there is one", "vlan.id", "warning"),
    ("4999 < vlan.id", "4999", "never holds", None, "warning"),
    ("ip.flags == 0x40", "0x40", "from 0 to 7", None, "warning"),
    ("ip.hdr_len > 60", "60", "from 0 to 60", None, "warning"),
    ("tcp.port == -80", "-80", "it has no sign", None, "warning"),
    ("tcp.port > -1", "-1", "never holds", None, "warning"),
    ("tcp.len >= 0", "0", "holds wherever there is one", "tcp.len", "warning"),
    ("tcp.port in {80, 90..70}", "90..70", "this range is empty", "70 .. 90", "warning"),
    ("ip.src in {10.0.0.9 .. 10.0.0.1}", "10.0.0.9 .. 10.0.0.1", "is empty", "10.0.0.1 .. 10.0.0.9", "warning"),
    ("vlan.id in {1, 5000}", "5000", "never in this part", None, "warning"),
    ("tcp.flags.syn", "tcp.flags.syn", "set or not", "tcp.flags.syn == 1", "warning"),
    ("tcp and not ip.flags.df", "ip.flags.df", "set or not", "ip.flags.df == 1", "warning"),
    ("arp.isgratuitous == 0", "0", "always 1 where it is there", None, "warning"),
    ("ip.src[0] == 192", "192", "19:02, 2 bytes long, ip.src[0] 1", "0xc0", "warning"),
    ("ip.src[0:2] in {10}", "10", "1 byte long, ip.src[0:2] 2", "00:0a", "warning"),
    ("ip[0] == 45", "45", "read as hexadecimal: it is 69", None, "note"),
    ("eth.dst[0] == ff", "ff", "the protocol of that name", ":ff", "note"),
    ("frame contains ip", "ip", "the protocol here", '"ip"', "warning"),
    ("ip.ttl < 5 and ip.ttl > 9", "ip.ttl > 9", "hold together only", None, "warning"),
    ("tcp and (ip.ttl == 1 and ip.ttl != 1)", "ip.ttl != 1", "hold together only", None, "warning"),
    ("9 < ip.ttl < 5", "ip.ttl < 5", "hold together only", None, "warning"),
    ("ip.ttl != 1 or ip.ttl != 2", "ip.ttl != 2", '"and" may be meant', None, "warning"),
    ("(tcp and ip) and not tcp", "not tcp", "never holds", None, "warning"),
    ("tcp or not tcp", "not tcp", "always holds", None, "warning"),
    ("ip.addr != 10.0.0.1", "ip.addr != 10.0.0.1", "all of them differ", "any ip.addr != 10.0.0.1", "note"),
    ("tcp.port ne 80", "tcp.port ne 80", "all of them differ", "any tcp.port ne 80", "note"),
]


@pytest.mark.parametrize(("text", "place", "message", "suggestion", "severity"), ODD, ids=[case[0] for case in ODD])
def test_warning(text: str, place: str, message: str, suggestion: str | None, severity: str) -> None:
    (found,) = wireproof.Filter(text).warnings
    assert isinstance(found, Diagnosis)
    assert text[found.column :][: found.length] == place
    assert message in found.message
    assert (found.suggestion, found.severity) == (suggestion, severity)


@pytest.mark.parametrize(("text", "suggestion"), [(case[0], case[3]) for case in ODD if case[3]])
def test_what_is_suggested_is_a_filter_in_its_place(text: str, suggestion: str) -> None:
    (found,) = wireproof.Filter(text).warnings
    end = found.column + found.length
    if "holds wherever" in found.message:  # instead of the whole comparison
        assert not wireproof.Filter(suggestion).warnings
        return
    mended = wireproof.Filter(text[: found.column] + suggestion + text[end:])
    assert found.message not in [each.message for each in mended.warnings]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tcp.flags.syn == 1",
        "arp.isgratuitous",
        "not arp.isprobe",
        "arp.opcode == 1 && arp.spa == 0.0.0.0",
        "ip.addr == 10.0.0.1 and ip.addr == 10.0.0.2",
        "tcp.port < 5 and tcp.port > 9",
        "all ip.addr != 10.0.0.1",
        "any ip.addr != 10.0.0.1",
        "ip.addr all_ne 10.0.0.1",
        "!(ip.addr == 10.0.0.1)",
        "ip.src != 10.0.0.1",
        "vlan.id == 4095",
        "vlan.id in {0 .. 4095}",
        "ip.src[0] == c0",
        "ip.src[0] == 0xc0",
        "eth.src[0:3] == 02:00:00",
        "frame[14:28] == arp",
        "frame[12:2] == 08:06",
        "ip.ttl > 5 and ip.ttl < 9",
        "ip.ttl != 1 and ip.ttl != 2",
        "tcp and not udp",
        "frame.time_relative > -1",
        "@vlan.id == 0f:ff",
        "ip.src == 10.0.0.0/8 and ip.src == 10.1.0.0/16",
    ],
)
def test_nothing_is_said_of_what_is_meant(text: str) -> None:
    assert wireproof.Filter(text).warnings == ()


def test_a_warning_within_a_macro_is_told_at_its_call() -> None:
    (found,) = wireproof.Filter("tcp and ${x}", macros={"x": "vlan.id == 5000"}).warnings
    assert (found.column, found.length) == (8, 4)


def test_hostile_filters_have_few_warnings() -> None:
    found = wireproof.Filter(" or ".join(f"vlan.id == {5000 + number}" for number in range(2000))).warnings
    assert 1 <= len(found) <= 20
