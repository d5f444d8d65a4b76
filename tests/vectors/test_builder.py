"""The builder against every vector: layers to octets, and the fields of a parsed packet back to it."""

from collections.abc import Mapping

import pytest

from wireproof.packet import build
from wireproof.vectors import Build, Header, Parse, Value, Vector, load

VECTORS = load()
COMPLETE = {"arp", "udp"}  # whose vectors list every field of every header
TO_BUILD = [pytest.param(vector, vector.task, id=vector.id) for vector in VECTORS if isinstance(vector.task, Build)]
TO_PARSE = [
    (vector, vector.task)
    for vector in VECTORS
    if vector.protocol in COMPLETE and isinstance(vector.task, Parse) and vector.task.result != "reject"
]
NO_HEADER = {"udp.payload", "data.data", "arp.isprobe", "arp.isgratuitous", "arp.isannouncement"}


def layers(task: Build) -> list[tuple[str, Mapping[str, Value]] | bytes]:
    return [(layer.layer, layer.fields) if isinstance(layer, Header) else layer for layer in task.layers]


@pytest.mark.parametrize(("vector", "task"), TO_BUILD)
def test_build(vector: Vector, task: Build) -> None:
    assert build(layers(task)).hex(" ") == vector.data.hex(" ")


@pytest.mark.parametrize(("vector", "task"), TO_PARSE)
def test_fields_make_the_packet_again(vector: Vector, task: Parse) -> None:
    """With every field of the headers given, nothing is left to compute; behind them lies the payload."""
    headers: dict[str, dict[str, Value]] = {}
    for name, (value,) in task.fields.items():
        if name not in NO_HEADER:
            headers.setdefault(name.partition(".")[0], {})[name] = value
    built = build(list(headers.items()))
    assert vector.data[: len(built)].hex(" ") == built.hex(" ")
    (payload,) = task.fields.get("udp.payload", task.fields.get("data.data", ("",)))
    behind = vector.data[len(built) :]
    assert behind.startswith(bytes.fromhex(str(payload)))
    has_more = len(behind) > len(str(payload)) // 2
    assert has_more == bool(vector.flags & {"padding", "length-surplus"})
