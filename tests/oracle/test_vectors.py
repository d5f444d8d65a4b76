"""The fields that vectors expect, with the local tshark: evidence beside the requirements, from which they come."""

from pathlib import Path

import pytest

from wireproof.conformance.adapters.capturing import capture_of
from wireproof.vectors import LINK_TYPES, OWN_NAMES, Parse, Value, load

from .local import Tshark


def texts(value: Value) -> set[str]:
    """How tshark may print a value."""
    if isinstance(value, bool):
        return {str(int(value)), str(value)}
    return {str(value)}


def plain(text: str) -> str:
    """A text of tshark's as vectors have it: numbers in decimal, octets without marks between them."""
    try:
        return str(int(text, 0))
    except ValueError:
        return text if text.count(":") == 5 and len(text) == 17 else text.replace(":", "")


@pytest.mark.parametrize("link", LINK_TYPES)
def test_what_is_accepted(local: Tshark, tmp_path: Path, link: str) -> None:
    chosen = [(vector, vector.task) for vector in load() if vector.link == link and isinstance(vector.task, Parse)]
    path = tmp_path / "vectors.pcap"
    path.write_bytes(capture_of([vector.data for vector, _ in chosen], link))
    names = sorted({name for _, task in chosen for name in task.fields if name not in OWN_NAMES})
    found = local.fields(path, [*names, "_ws.malformed"])
    wrong = []
    for (vector, task), told in zip(chosen, found, strict=True):
        if task.result == "reject" or (task.result == "either" and "_ws.malformed" in told):
            continue
        for name in task.fields.keys() - OWN_NAMES:
            values = task.fields[name]
            got = told.get(name, [])
            same = len(got) == len(values) and all(
                {text, plain(text)} & texts(value) for text, value in zip(got, values, strict=True)
            )
            if not same:
                wrong.append(f"{vector.id} {name}: {values}, tshark {got}")
    assert not wrong, "\n".join(wrong)
