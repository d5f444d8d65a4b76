"""What is right and what is wrong about an answer."""

from collections.abc import Collection
from types import MappingProxyType
from typing import Any

import pytest

from wireproof.conformance.judge import Judge, Verdict
from wireproof.conformance.messages import Answer, Built, Parsed, Planned, Reassembled, Unsupported
from wireproof.conformance.runner import judged
from wireproof.vectors import Address, Build, Parse, Provenance, Reassemble, Rejection, Update, Vector

FIELDS = {"ip.src": ("192.0.2.1",), "ip.ttl": (64,), "x.octets": ("00ff",)}


def vector(task: Any, flags: tuple[str, ...] = ()) -> Vector:
    provenance = Provenance("text", "By hand.")
    return Vector("v", "ip", "One.", ("IP-001",), frozenset(flags), provenance, "ipv4", b"\x01\x02", task)


def parse(result: Any, absent: tuple[str, ...] = ()) -> Parse:
    rejection = None if result == "accept" else Rejection("ip", "malformed")
    fields = {} if result == "reject" else FIELDS
    return Parse(result, rejection, MappingProxyType(fields), frozenset(absent))


def faults(task: Any, answer: Answer, *, reported: Collection[str] = tuple(FIELDS), **others: Any) -> tuple[str, ...]:
    result = Judge(reported, others.pop("policies", {})).judge(vector(task, **others), answer)
    assert (result.verdict is Verdict.PASS) == (not result.faults)
    return result.faults


ACCEPTED = Parsed(True, dict(FIELDS))


def test_right_fields() -> None:
    assert faults(parse("accept"), ACCEPTED) == ()


@pytest.mark.parametrize("text", ["00:ff", "00FF", "00-FF"])
def test_octets_may_be_written_in_other_ways(text: str) -> None:
    assert faults(parse("accept"), Parsed(True, {**FIELDS, "x.octets": (text,)})) == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ip.ttl": (63,)}, "ip.ttl is 63, expected 64"),
        ({"ip.ttl": (64, 64)}, "ip.ttl is 64, 64, expected 64"),
        ({"ip.ttl": ("64",)}, "ip.ttl is 64, expected 64"),
        ({"ip.src": ("192.0.2.10",)}, "ip.src is 192.0.2.10, expected 192.0.2.1"),
    ],
)
def test_other_values(change: Any, said: str) -> None:
    assert faults(parse("accept"), Parsed(True, {**FIELDS, **change})) == (said,)


def test_a_field_that_is_never_reported_is_unsupported_and_one_that_is_missing_wrong() -> None:
    some = Parsed(True, {"ip.ttl": (64,), "ip.src": ("192.0.2.1",)})
    assert faults(parse("accept"), some, reported={"ip.ttl", "ip.src"}) == ()
    assert faults(parse("accept"), some) == ("x.octets is missing, expected 00ff",)
    assert faults(parse("accept"), Parsed(True, {**some.fields, "x.octets": None})) == ()


def test_a_field_that_must_not_be_there() -> None:
    task = parse("accept", ("ip.flags.rb",))
    assert faults(task, Parsed(True, {**FIELDS, "ip.flags.rb": (True,)})) == ("ip.flags.rb is true, expected none",)
    assert faults(task, Parsed(True, {**FIELDS, "ip.flags.rb": (False,)})) == ()


def test_rejections() -> None:
    assert faults(parse("accept"), Parsed(False, {}, "ip", "malformed")) == (
        "rejected (ip) (malformed), expected to be accepted",
    )
    assert faults(parse("reject"), ACCEPTED) == ("accepted, expected to be rejected by ip, malformed",)
    assert faults(parse("reject"), Parsed(False, {})) == ()
    assert faults(parse("reject"), Parsed(False, {}, "ip", "other words")) == ()
    assert faults(parse("reject"), Parsed(False, {}, "eth")) == ("rejected by eth, expected by ip",)


def test_a_rejection_may_be_put_down_to_several_layers() -> None:
    task = Parse("reject", Rejection("ip", "malformed", frozenset({"icmp"})), MappingProxyType({}), frozenset())
    assert faults(task, Parsed(False, {}, "icmp")) == ()
    assert faults(task, Parsed(False, {}, "udp")) == ("rejected by udp, expected by ip or icmp",)


def test_either_is_decided_by_a_policy_alone() -> None:
    rejected = Parsed(False, {})
    for answer in (ACCEPTED, rejected):
        assert faults(parse("either"), answer, flags=("f",)) == ()
        assert faults(parse("either"), answer, flags=("f",), policies={"g": "accept"}) == ()
    assert faults(parse("either"), rejected, flags=("f",), policies={"f": "accept"})
    assert faults(parse("either"), ACCEPTED, flags=("f",), policies={"f": "reject"})
    assert faults(parse("either"), Parsed(True, {**FIELDS, "ip.ttl": (1,)}), flags=("f",))


def test_built_octets() -> None:
    assert faults(Build(()), Built(b"\x01\x02")) == ()
    assert faults(Build(()), Built(b"\x01\x03"))[0].startswith("octet 1 is 03, expected 02")
    assert faults(Build(()), Built(b"\x01")) == ("1 octets, expected 2: 0102",)


def test_updated_octets() -> None:
    task = Update({"ip.ttl": 63}, b"\x01\x03")
    assert faults(task, Built(b"\x01\x03")) == ()
    assert faults(task, Built(b"\x01\x02"))[0].startswith("octet 1 is 02, expected 03")


@pytest.mark.parametrize(
    ("given", "policies", "right"),
    [
        ((b"new",), {}, True),
        ((b"old",), {}, True),
        ((), {}, True),
        ((b"new", b"new"), {}, False),
        ((), {"f": "accept"}, False),
        ((b"old",), {"f": "accept"}, True),
        ((), {"f": "reject"}, True),
        ((b"new",), {"f": "reject"}, False),
    ],
)
def test_reassembled_datagrams(given: tuple[bytes, ...], policies: dict[str, str], right: bool) -> None:
    either = Reassemble("either", (b"1", b"2"), (b"new",), ((b"old",),))
    found = faults(either, Reassembled(given), flags=("f",), policies=policies)
    assert (not found) is right


def test_fragments_that_make_no_datagram() -> None:
    task = Reassemble("accept", (b"1", b"2"), (), ())
    assert faults(task, Reassembled(())) == ()
    assert faults(task, Reassembled((b"\x01",))) == ("01, expected no datagram",)


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        (({"ip.ttl": (64,)},), ()),
        (({"ip.ttl": (63,)},), ("ip.ttl is 63, expected 64",)),
        (({},), ("ip.ttl is missing, expected 64",)),
        ((), ("0 headers of 1 datagrams",)),
        (None, ()),
    ],
)
def test_the_headers_of_datagrams_are_judged_where_they_are_told(headers: Any, said: tuple[str, ...]) -> None:
    task = Reassemble("accept", (b"1", b"2"), (b"12",), (), ({"ip.ttl": (64,)},))
    assert faults(task, Reassembled((b"12",), headers)) == said
    result = Judge((), {}).judge(vector(task), Reassembled((b"12",), headers))
    assert result.remarks == (("headers are not told",) if headers is None else result.remarks)


def test_addresses() -> None:
    task = Address("192.0.2.1", 24, 2, None, {"network": "192.0.2.0", "blocks": ("192.0.2.0/25", "192.0.2.128/25")})
    right = {"network": "192.0.2.0", "blocks": ["192.0.2.0/25", "192.0.2.128/25"], "usable": 254}
    assert faults(task, Planned(right)) == ()
    assert len(faults(task, Planned({"network": "192.0.2.1"}))) == 2


def test_expected_failures_turn_when_they_pass() -> None:
    one = vector(parse("accept"))

    def verdict(answer: Answer) -> Verdict:
        (result,) = judged([one], {"v": answer}, name="p", expected={"v"}).results
        return result.verdict

    assert verdict(ACCEPTED) is Verdict.MENDED
    assert verdict(Parsed(False, {})) is Verdict.KNOWN
    assert verdict(Unsupported()) is Verdict.UNSUPPORTED
    assert not judged([one], {"v": ACCEPTED}, name="p", expected={"v"}).is_good
    assert judged([one], {"v": Parsed(False, {})}, name="p", expected={"v"}).is_good
