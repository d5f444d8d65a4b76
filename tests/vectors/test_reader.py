"""The packet reader against every vector: octets to fields, or to a rejection."""

import ipaddress
from typing import Any

import pytest

from wireproof.conformance.adapters.reference import fields_of, rejection_of, source_of
from wireproof.dissectors.schema import Kind, catalogue
from wireproof.packet import Packet, Preferences, dissect
from wireproof.vectors import OWN_NAMES, Build, Header, Parse, Rejection, Value, Vector, load

VECTORS = load()
TO_PARSE = [pytest.param(vector, vector.task, id=vector.id) for vector in VECTORS if isinstance(vector.task, Parse)]
TO_BUILD = [pytest.param(vector, vector.task, id=vector.id) for vector in VECTORS if isinstance(vector.task, Build)]
DATAGRAMS = [
    vector for vector in load("udp") if not isinstance(vector.task, Parse) or "udp.checksum" in vector.task.fields
]
BAD, GOOD, NOT_PRESENT = 0, 1, 3


def read(vector: Vector, *switched_on: str) -> Packet:
    source = source_of(vector.link)
    return dissect(vector.data, source, Preferences(frozenset(switched_on)))


def rejection(packet: Packet) -> Rejection | None:
    """What the reader has against the packet's form; both ways to see what is malformed have to agree."""
    assert any(each.group == "Malformed" for each in packet.diagnoses) == ("_ws.malformed" in packet)
    found = rejection_of(packet)
    return None if found is None else Rejection(*found)  # type: ignore[arg-type]


def as_read(name: str, value: Value) -> Any:
    """The value of a vector as the reader returns it."""
    kind = catalogue().field(name).type.kind
    if kind is Kind.IPV4:
        return ipaddress.IPv4Address(value)
    return bytes.fromhex(str(value)) if kind is Kind.BYTES else value


@pytest.mark.parametrize(("vector", "task"), TO_PARSE)
def test_parse(vector: Vector, task: Parse) -> None:
    packet = read(vector)
    found = rejection(packet)
    if task.result == "reject" or (task.result == "either" and found):
        assert found is not None
        assert task.rejection is not None
        assert (found.layer, found.reason) == (task.rejection.layer, task.rejection.reason)
        return
    assert found is None
    expected = {
        name: tuple(as_read(name, value) for value in values)
        for name, values in task.fields.items()
        if name not in OWN_NAMES
    }
    assert {name: packet[name] for name in expected} == expected
    own = {name: list(values) for name, values in task.fields.items() if name in OWN_NAMES}
    assert {name: fields_of(packet)[name] for name in own} == own
    assert {name: packet[name] for name in task.absent if any(packet[name])} == {}


@pytest.mark.parametrize(("vector", "task"), TO_BUILD)
def test_built_octets_read_back(vector: Vector, task: Build) -> None:
    """What a builder is given is what a reader finds."""
    packet = read(vector)
    assert rejection(packet) is None
    given = {name: value for layer in task.layers if isinstance(layer, Header) for name, value in layer.fields.items()}
    quoted = "quote" in vector.flags  # then the headers of the quoted datagram have values of their own
    found = {name: packet[name][: 1 if quoted else None] for name in given}
    assert found == {name: (as_read(name, given[name]),) for name in given}


@pytest.mark.parametrize("vector", DATAGRAMS, ids=lambda vector: vector.id)
def test_checksums_are_judged_when_asked_for(vector: Vector) -> None:
    packet = read(vector, "ip.check_checksum", "udp.check_checksum")
    status = GOOD
    if "checksum-wrong" in vector.flags:
        status = BAD
    if "checksum-absent" in vector.flags:
        status = NOT_PRESENT
    assert packet["udp.checksum.status"] == (status,)
    assert packet["ip.checksum.status"] == (GOOD,)
    assert rejection(packet) is None
