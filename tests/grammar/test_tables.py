"""The parser whose tables are read from a file: the same trees and the same errors as from the one just made."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lark import Lark

from wireproof.grammar import parse as reading
from wireproof.grammar import tables
from wireproof.grammar.build import Builder
from wireproof.grammar.diagnosis import DiagnosedError

SAMPLE = (
    "",
    "tcp",
    ".tcp.port == 0x1F90",
    "tcp.port in {80, 443, 8000..8080,} and not tcp.flags.reset == 1",
    "ip.src not in {10.0.0.0/8 192.0.2.1}",
    "any tcp.port > 1024 || all udp.port le 53 ^^ arp or_else",
    "1 < ip.ttl <= 64 and ip.id != 0 and ip.id !== 1 and ip.id === 2 and ip.id ~= 3",
    "frame[0:4] == 00:11:22:33 && frame[-1] eq ff && eth.src[0-2,5] == aa:bb",
    "ip.len + 2 * 3 - -ip.hdr_len / 4 % 5 & 0xff == +7",
    "ip.addr#2 == 192.0.2.1 or ip.addr#[-1,1-2] == 192.0.2.2",
    "@ip.src == 0a:00:00:01 and ${tcp.port} == $udp.port",
    "len(frame.protocols) > 3 and max(tcp.port, udp.port) < 9 and count(ip)",
    'frame.protocols contains "x\\"y" and frame matches r"^\\d" and udp.payload[0] == \'a\'',
    "frame.time >= 2023-11-14T22:13:20.5Z and {tcp or (udp xor !icmp)}",
    "eth.src == :ff and in.addr and not-a-word and eth.dst == 02:00:00:00:00:01",
    "tcp.port = 80 ≠ 5",
    "frame matches “smart” ;",
)


@pytest.fixture(scope="module")
def grammar(checkout: Path) -> str:
    return (checkout / "grammar" / tables.GRAMMAR).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def generated(grammar: str) -> bytes:
    return tables.generate(grammar).encode()


@pytest.fixture(scope="module")
def agree(grammar: str, generated: bytes) -> Callable[[str], None]:
    """Compare what both parsers make of a text."""
    loaded = tables.load(generated, grammar, Builder())
    assert loaded is not None
    parsers = (tables.build(grammar, Builder()), loaded)

    def outcome(parser: Lark, text: str) -> object:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(reading, "_parser", lambda: parser)
            try:
                return repr(reading.parse(text))  # with all places, which do not count for equality
            except DiagnosedError as error:
                return dataclasses.astuple(error.diagnosis)

    def compare(text: str) -> None:
        built, loaded = (outcome(parser, text) for parser in parsers)
        assert loaded == built, text

    return compare


@pytest.mark.parametrize("text", SAMPLE)
def test_a_filter_and_all_that_it_begins_with(text: str, agree: Callable[[str], None]) -> None:
    for end in range(len(text) + 1):
        agree(text[:end])


def test_recorded_filters(recorded_answers: Path, agree: Callable[[str], None]) -> None:
    lines = (recorded_answers / "cases.jsonl").read_text(encoding="utf-8").splitlines()
    texts = {json.loads(line)["filter"] for line in lines}
    assert len(texts) > 100
    for text in sorted(texts):
        agree(text)


def changed(generated: bytes, part: str, value: str) -> bytes:
    kept = json.loads(generated)
    assert part in kept["of"]
    kept["of"][part] = value
    return json.dumps(kept).encode()


def test_tables_of_another_grammar_or_lark_are_not_taken(grammar: str, generated: bytes) -> None:
    assert tables.load(generated, grammar, Builder()) is not None
    assert tables.load(generated, f"{grammar}\n", Builder()) is None
    assert tables.load(changed(generated, "grammar", "0" * 64), grammar, Builder()) is None
    assert tables.load(changed(generated, "lark", "1.0.0"), grammar, Builder()) is None


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", b"[" * 10])
def test_a_damaged_file_is_not_taken(text: bytes, grammar: str) -> None:
    assert tables.load(text, grammar, Builder()) is None


@pytest.fixture
def files(grammar: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """The files of the package, as far as the parser reads them: the grammar, and what a test adds."""
    there = {tables.GRAMMAR: grammar.encode()}

    def read(name: str) -> bytes:
        if name not in there:
            raise FileNotFoundError(name)
        return there[name]

    monkeypatch.setattr(tables, "_data", read)
    return there


def counted(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return a list that grows with each parser whose tables are made."""
    made: list[Any] = []
    build = tables.build
    monkeypatch.setattr(tables, "build", lambda *given: (made.append(given), build(*given))[1])
    return made


def test_with_tables_none_are_made(files: dict[str, bytes], generated: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    files[tables.TABLES] = generated
    made = counted(monkeypatch)
    assert tables.parser(Builder()).parse("tcp")
    assert not made


@pytest.mark.parametrize("unfit", [None, "lark"], ids=["without tables", "with those of another Lark"])
def test_without_fitting_tables_they_are_made(
    files: dict[str, bytes], generated: bytes, unfit: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if unfit is not None:
        files[tables.TABLES] = changed(generated, unfit, "another")
    made = counted(monkeypatch)
    assert tables.parser(Builder()).parse("tcp")
    assert len(made) == 1
