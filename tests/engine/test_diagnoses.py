"""What is said of frames that are not whole: the same layers of diagnosis as the reader adds, whatever the schema."""

import random
from pathlib import Path
from typing import Any

import pytest
from construct import Byte, Bytes, Check, Const, Default, If, IfThenElse, Int16ub, Int32ub, Struct, this

from wireproof.dissectors.diagnosis import expert, malformed, short
from wireproof.dissectors.frame import frame
from wireproof.dissectors.schema import (
    Carry,
    Catalogue,
    Field,
    FieldInfo,
    FieldType,
    Missing,
    Option,
    Options,
    Protocol,
    Repeat,
    Rule,
    Several,
    Severity,
    never,
)
from wireproof.engine import compile_query
from wireproof.grammar import compile_filter
from wireproof.packet import Source, dissect

from .frames import sent, write

LINK = 147
BROKEN = FieldInfo("t.broken", FieldType.NONE)
OPTIONAL = ("t.broken", "t.y", "t.z", "t.options", "t.whole", "t.length", "t.kind")
FILTERS = [
    "_ws.malformed",
    "_ws.short",
    "_ws.malformed.expert",
    "not _ws.malformed and not _ws.short",
    "_ws.expert",
    "count(_ws.malformed) == 2",
    "count(_ws.malformed) > 2",
    "count(_ws.expert) > 1",
    "_ws.malformed#3",
    "_ws.expert#[-1] and _ws.malformed#[-2]",
    "_ws.expert.severity == Error",
    "all _ws.expert.severity == Warning",
    '_ws.expert.group == "Protocol"',
    '_ws.expert.message contains "Exception"',
    '_ws.expert.message == "wrong"',
    "_ws.expert.message",
    "t.broken",
    "t.x > 9 and _ws.malformed",
    "len(t) > 3 and _ws.short",
    "t.y",
    "t.z",
    "t.options",
    "len(t.whole) > 3",
    "t.length > 3",
    "count(t.kind) > 2",
]


def x(subcon: Any, name: str = "t.x") -> Field:
    """A field that is looked at."""
    return Field(name, subcon, FieldType.UINT32)


def rule(
    condition: Any, message: str = "wrong", *, stops: bool = True, group: str = "Protocol", quoted: bool = True
) -> Rule:
    """A rule of the schema."""
    return Rule(condition, BROKEN, message, severity=Severity.WARNING, group=group, stops=stops, quoted=quoted)


def options(*members: Any, **more: Any) -> Options:
    """An option list whose kind 3 has these members."""
    return Options(
        this.n & 15,
        FieldInfo("t.options", FieldType.BYTES),
        Field("t.kind", Byte, FieldType.UINT8),
        Field("t.length", Byte, FieldType.UINT8),
        {
            3: Option(members, whole=FieldInfo("t.whole", FieldType.BYTES)),
            4: Option((x(Byte),), (3,), Rule(never, BROKEN, "wrong length", severity=Severity.NOTE, stops=False)),
        },
        invalid=Rule(never, BROKEN, "wrong", severity=Severity.NOTE, stops=False),
        **more,
    )


SCHEMAS: dict[str, list[list[Any]]] = {
    "fixed parts": [["n" / x(Byte)], [Int32ub], [Bytes(3), "y" / x(Int16ub)]],
    "a part of several": [["n" / x(Byte), Int16ub, Bytes(2), Byte]],
    "a varying size": [["n" / x(Byte)], ["d" / Bytes(this.n & 7), x(Byte, "t.y")]],
    "a negative size": [["n" / x(Byte)], ["d" / Bytes((this.n & 7) - 3)], [Byte]],
    "a size that nobody looks at": [["n" / x(Byte)], [Bytes(this.n & 7)], [Bytes(this.n & 3), Int16ub]],
    "a rule that stops": [["n" / x(Byte)], [rule(this.n < 100), Int32ub], [Byte]],
    "a rule that goes on": [["n" / x(Byte)], [rule(this.n < 100, stops=False), Int32ub], [Byte]],
    "a rule of what is malformed": [["n" / x(Byte)], [rule(this.n < 100, group="Malformed"), Int32ub]],
    "rules one after the other": [
        ["n" / x(Byte)],
        [rule(this.n < 200, stops=False, group="Malformed"), rule(this.n < 100, stops=False), Int32ub],
        [rule(this.n > 9), Byte],
    ],
    "a rule that stops in the first part": [["n" / Byte, rule(this.n < 100), "y" / x(Byte)]],
    "a rule in a condition": [["n" / x(Byte)], [If(this.n > 5, Struct(Byte, rule(this._.n < 100), Int16ub)), Byte]],
    "a rule in one of two": [
        ["n" / x(Byte)],
        [IfThenElse(this.n > 5, Struct(Int16ub, rule(this._.n < 100), Byte), Struct(Byte, Int16ub)), Byte],
    ],
    "a rule in a struct": [["n" / x(Byte)], ["s" / Struct(Byte, rule(this._.n < 100, stops=False), Byte), Byte]],
    "a message with a value": [["n" / x(Byte)], [rule(this.n < 100, "{n} and {{n}}"), Int32ub]],
    "a message in braces": [["n" / x(Byte)], [rule(this.n < 100, "{{wrong}}"), Int32ub]],
    "a check": [["n" / x(Byte)], [Check(this.n < 100), Int32ub]],
    "a check in the middle": [["n" / x(Byte)], [Byte, Check(this.n < 100), Int16ub]],
    "a constant": [["n" / x(Byte)], [Const(1, Byte), Int16ub]],
    "a choice of sizes": [["n" / x(Byte)], [IfThenElse(this.n > 5, Int16ub, Bytes(5)), Byte]],
    "a default": [["n" / x(Byte)], ["m" / Default(Int32ub, 0), Bytes(this.m & 3)]],
    "options": [["n" / x(Byte)], ["o" / options(x(Int16ub, "t.y"))], [Byte]],
    "options that nobody looks at": [["n" / x(Byte)], ["o" / options(Int16ub)]],
    "options of varying size that nobody looks at": [["n" / x(Byte)], ["o" / options("m" / Byte, Bytes(this.m & 1))]],
    "options whose beginning is looked at": [["n" / x(Byte)], ["o" / options(x(Byte, "t.y"), Byte)]],
    "options within a part": [["n" / x(Byte)], [Bytes(1), "o" / options(x(Byte, "t.y")), Byte]],
    "options of the first part": [["n" / x(Byte), "o" / options(x(Byte, "t.y"))]],
    "rounds of the first part": [[Repeat("m" / x(Byte), rule(this.m < 200), Byte)]],
    "rounds and what is behind them": [["n" / x(Byte)], [Repeat(x(Int16ub, "t.y"))], [Byte]],
    "rounds of varying size": [["n" / x(Byte)], [Repeat("m" / x(Byte, "t.y"), Bytes(this.m & 3))]],
    "rounds of a size": [["n" / x(Byte)], [Repeat(x(Int16ub, "t.y"), size=this.n & 7), x(Byte, "t.z")]],
    "rounds with a rule about the rest": [["n" / x(Byte)], [Repeat(x(Byte), x(Int16ub, "t.y"), rest=rule(never))]],
    "options with a rule": [["n" / x(Byte)], ["o" / options("m" / x(Byte, "t.y"), rule(this.m < 3), x(Byte, "t.z"))]],
    "options with rounds": [
        ["n" / x(Byte)],
        ["o" / options(Repeat("m" / x(Byte, "t.y"), Bytes(this.m & 1), rest=rule(never, stops=False)))],
        [Byte],
    ],
    "options with an offset": [["n" / x(Byte)], ["o" / options(Repeat(x(Byte), If(this.option_offset > 3, x(Byte))))]],
    "options and what is behind their end": [["n" / x(Byte)], ["o" / options(stray=rule(never, "stray", stops=False))]],
    "options in a row": [["n" / x(Byte)], ["o" / options(several=Several(1, 2, rule(never, "row", stops=False)))]],
    "options of which one is missing": [
        ["n" / x(Byte)],
        ["o" / options(missing=Missing(3, rule(this.n < 9, "missing", stops=False)))],
    ],
    "options that have to be whole": [["n" / x(Byte)], ["o" / options(x(Int16ub, "t.y"), entire=True)], [Byte]],
    "options of any kind": [["n" / x(Byte)], ["o" / options(x(Byte), default=Option((x(Byte, "t.y"),)))], [Byte]],
    "rounds": [["n" / x(Byte)], [Repeat(x(Int16ub, "t.y"))]],
    "rounds with a rule": [["n" / x(Byte)], [Repeat("m" / x(Byte, "t.y"), rule(this.m < 200), Byte)]],
}


def samples(seed: int) -> list[bytes]:
    """Octets, few and small ones among them."""
    dice = random.Random(seed)
    return [
        bytes(dice.choice([dice.randrange(5), dice.randrange(256)]) for _ in range(dice.randrange(14)))
        for _ in range(300)
    ]


def lists(seed: int) -> list[bytes]:
    """Octets with a list of options behind the first, which says how long it is."""
    dice = random.Random(seed)
    found = []
    for _ in range(20):
        octets = b"".join(
            bytes([dice.choice([3, 3, 4, 9]), size + 2]) + dice.randbytes(size)
            for size in (dice.randrange(5) for _ in range(dice.randrange(1, 4)))
        )[:15]
        found.append(bytes([len(octets)]) + octets + dice.randbytes(dice.randrange(3)))
    return found


def compare(known: Catalogue, path: Path) -> None:
    """Compare with the reader, on frames that are cut, or of another length than they were sent."""
    data = samples(1)
    told = [sent(index, each, 2) for index, each in enumerate(data)]
    for each in lists(2):  # cut at every octet
        data += [each[:size] for size in range(len(each) + 1)]
        told += [len(each)] * (len(each) + 1)
    write(path, data, link=LINK, whole=told)
    packets = [
        dissect(each, Source(number, size, 0, LINK), protocols=known)
        for number, (each, size) in enumerate(zip(data, told, strict=True), start=1)
    ]
    for text in FILTERS:
        if any(name not in known.fields for name in OPTIONAL if name in text):
            continue
        chosen = compile_filter(text, known)
        query = compile_query(chosen, known)
        assert [each.number for each in query.match_records(path)] == [
            packet.number for packet in packets if chosen.matches(packet)
        ], text
        assert not query.leaves.refused


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema(name: str, tmp_path: Path) -> None:
    parts = tuple(Struct(*members) for members in SCHEMAS[name])
    protocol = Protocol("t", "Test", parts=parts, under={"link": (LINK,)})
    compare(Catalogue([frame, expert, malformed, short, protocol]), tmp_path / "a.pcap")


@pytest.mark.parametrize("quoted", [False, True])
def test_of_quoted_layers_not_everything_is_said(quoted: bool, tmp_path: Path) -> None:
    outer = Protocol(
        "o",
        "Outer",
        parts=(Struct("k" / Byte), Struct(Byte)),
        under={"link": (LINK,)},
        carries=(Carry("o.next", "k", when=this.k < 3, quoted=quoted), Carry("o.next")),
    )
    parts = (
        Struct("n" / x(Byte)),
        Struct(
            rule(this.n < 20, stops=False), rule(this.n < 50, stops=False, quoted=False), rule(this.n < 100), Int16ub
        ),
        Struct(Byte),
    )
    inner = Protocol("t", "Test", parts=parts, under={"o.next": (0, 1, 2, 3)})
    compare(Catalogue([frame, expert, malformed, short, outer, inner]), tmp_path / "a.pcap")
