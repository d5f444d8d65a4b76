"""Each class of construct that is lowered gives what construct gives, on random and on short input; others are refused.

Every schema here is a protocol of its own on a link type of its own, run by the packet reader, which runs construct.
"""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import construct
import pytest
from construct import (
    Aligned,
    Array,
    BitsInteger,
    BitsSwapped,
    BitStruct,
    Byte,
    Bytes,
    BytesInteger,
    Check,
    Computed,
    Const,
    Default,
    Enum,
    FlagsEnum,
    Float32b,
    FocusedSeq,
    GreedyBytes,
    GreedyRange,
    If,
    IfThenElse,
    Int8sb,
    Int16ub,
    Int16ul,
    Int24ub,
    Int24ul,
    Int32ub,
    Int64ub,
    Mapping,
    Nibble,
    Optional,
    Padding,
    Peek,
    Pointer,
    Prefixed,
    Rebuild,
    Struct,
    Switch,
    Tell,
    Terminated,
    VarInt,
    len_,
    this,
)

from wireproof.dissectors.diagnosis import expert, malformed, short
from wireproof.dissectors.frame import frame
from wireproof.dissectors.schema import (
    Ahead,
    AllZero,
    At,
    Bits,
    Catalogue,
    Crc32,
    Field,
    FieldType,
    OneOf,
    Protocol,
    There,
)
from wireproof.engine import Query, compile_query
from wireproof.grammar import compile_filter
from wireproof.packet import Source, dissect

from .frames import write

LINK = 147  # one of those that tcpdump.org keeps for private use


def x(subcon: Any, type: FieldType = FieldType.UINT32) -> Field:
    """The field that is looked at."""
    return Field("t.x", subcon, type)


SAME: dict[str, list[Any]] = {
    "Int16ub": ["x" / x(Int16ub)],
    "Int16ul": ["x" / x(Int16ul)],
    "Int24ub": ["x" / x(Int24ub)],
    "Int24ul": ["x" / x(Int24ul)],
    "Int32ub": [Byte, "x" / x(Int32ub)],
    "BytesInteger of five octets": ["x" / x(BytesInteger(5), FieldType.UINT64)],
    "BytesInteger of six octets, swapped": ["x" / x(BytesInteger(6, swapped=True), FieldType.UINT64)],
    "BitStruct": ["b" / BitStruct("p" / BitsInteger(3), "q" / construct.Flag, "x" / x(BitsInteger(12)))],
    "BitStruct with padding": ["b" / BitStruct(Padding(4), "x" / x(Nibble)), "y" / Bytes(this.b.x & 3)],
    "Bytes": [Byte, "x" / x(Bytes(3), FieldType.BYTES)],
    "Bytes of an expression": ["n" / Byte, "d" / Bytes(this.n & 7), "x" / x(Byte)],
    "Bytes of a negative": ["n" / Byte, "d" / Bytes((this.n & 7) - 4), "x" / x(Byte)],
    "Bytes of a function": ["n" / Byte, "d" / Bytes(lambda c: (c.n & 3) * 2), "x" / x(Byte)],
    "Bytes as a field": ["n" / Byte, "x" / x(Bytes(this.n & 3), FieldType.BYTES)],
    "GreedyBytes": ["n" / Byte, "x" / x(GreedyBytes, FieldType.BYTES)],
    "floor division": ["n" / Byte, "d" / Bytes(this.n // 64), "x" / x(Byte)],
    "floor division of a negative": ["n" / Byte, "x" / x(Computed((this.n - 200) // 64 + 9))],
    "modulo of a negative": ["n" / Byte, "x" / x(Computed((this.n - 200) % 7))],
    "shift of a negative": ["n" / Byte, "x" / x(Computed(((this.n - 200) >> 2) + 60))],
    "shift to the left": ["n" / Byte, "x" / x(Computed((this.n << 4) ^ 3))],
    "unary minus": ["n" / Byte, "x" / x(Computed(-this.n + 300))],
    "or of a negative": ["n" / Byte, "x" / x(Computed(((this.n - 9) | 4) + 300))],
    "If": ["n" / Byte, If(this.n > 99, Byte), "x" / x(Byte)],
    "If in If": ["n" / Byte, If(this.n > 30, Struct("m" / Byte, If(this.m > 60, Bytes(this.m & 3)))), "x" / x(Byte)],
    "field in an If": ["n" / Byte, "y" / If(this.n > 99, x(Int16ub)), Bytes(this.n & 1)],
    "value of an If under its condition": ["n" / Byte, "y" / If(this.n > 99, Byte), If(this.n > 99, x(Bits("y", 15)))],
    "value of an If elsewhere": ["n" / Byte, "y" / If(this.n > 99, Byte), "x" / x(Computed(this.y & 7))],
    "IfThenElse": ["n" / Byte, "y" / IfThenElse(this.n > 99, x(Byte), x(Int16ub)), Byte],
    "IfThenElse of octets": [
        "n" / Byte,
        "y" / IfThenElse(this.n > 99, Bytes(this.n & 3), Bytes(2)),
        If(AllZero("y"), x(Byte)),
    ],
    "a cyclic redundancy check": [
        "n" / Byte,
        "y" / Bytes(this.n & 15),
        "sum" / Computed(Crc32("y")),
        x(Computed(this.sum & 0xFF)),
        If((this.sum >> 24) > 127, x(Byte)),
    ],
    "a cyclic redundancy check of what may be absent": [
        "n" / Byte,
        "y" / IfThenElse(this.n > 99, Bytes(this.n & 3), Bytes(2)),
        x(Computed(Crc32("y"))),
    ],
    "octets that are equal": [
        "a" / Bytes(1),
        "b" / Bytes(1),
        If(this.a == this.b, x(Computed(1))),
        If(this.a != this.b, Byte),
    ],
    "Switch": ["n" / Byte, "y" / Switch(this.n & 3, {0: x(Byte), 1: x(Int16ub)}, default=construct.Pass), Byte],
    "Switch without default": ["n" / Byte, "y" / Switch(this.n & 3, {0: x(Byte), 2: Int16ub}), "z" / x(Byte)],
    "Computed constant": ["x" / x(Computed(5)), Byte],
    "Const of a number": [Const(1, Byte), "x" / x(Byte)],
    "Const of octets": [Const(b"\1\2"), "x" / x(Byte)],
    "Check": ["n" / Byte, Check(this.n < 100), "x" / x(Byte)],
    "Check behind a field": ["x" / x(Byte), Check(this.x < 100)],
    "Rebuild": ["n" / Rebuild(Byte, 3), "x" / x(Bytes(this.n & 3), FieldType.BYTES)],
    "Default": ["n" / Default(Byte, 3), "x" / x(Byte)],
    "Padding": [Padding(3), "x" / x(Byte)],
    "nested Struct": ["n" / Byte, "s" / Struct("d" / Bytes(this._.n & 3), "x" / x(Byte)), "y" / Bytes(this.s.x & 1)],
    "Bits": ["n" / Int16ub, "x" / x(Bits("n", 0x0FF0, scale=3))],
    "Bits in the other order": ["n" / Int16ub, "x" / x(Bits("n", size=2, order="little"))],
    "Bits of what is little": ["n" / Int16ul, "x" / x(Bits("n", size=2, order="little"))],
    "Bits of octets": ["n" / Bytes(4), "x" / x(Bits("n", 0x7F, at=1, size=2))],
    "64 bits without a sign": ["x" / x(Int64ub, FieldType.UINT64)],
    "Int8sb": ["x" / x(Int8sb, FieldType.INT32)],
    "Int32sb": ["x" / x(construct.Int32sb, FieldType.INT32)],
    "Ahead": ["n" / Ahead(2, skip=1), Byte, "x" / x(Computed(this.n))],
    "At": ["n" / Byte, "d" / At(this.n & 3, 2), "x" / x(Bits("d", size=2)), Byte],
    "There": ["x" / x(Byte), There(2)],
    "There under a condition": ["n" / Byte, If(this.n > 99, There(3)), "x" / x(Byte)],
    "OneOf": ["n" / Byte, If((this.n > 3) & OneOf("n", frozenset({1, 7, 100})), x(Byte))],
    "a boolean": ["n" / Byte, "x" / x(Bits("n", 0x18), FieldType.BOOLEAN)],
    "a member of its own name": ["n" / Byte, "n" / x(Computed(this.n + 1))],
    "what the layer says of itself": [
        "n" / Byte,
        "x" / x(Computed(this.layer_length - this.captured_length + this.first_octet)),
    ],
}
REFUSED: dict[str, list[Any]] = {
    "Int64sb": ["x" / x(construct.Int64sb, FieldType.INT64)],
    "BytesInteger of an expression": ["n" / Byte, "x" / x(BytesInteger(this.n))],
    "VarInt": ["x" / x(VarInt)],
    "BitsSwapped": ["b" / BitsSwapped(BitStruct("x" / x(Nibble), "y" / Nibble))],
    "bits of an expression": ["b" / BitStruct("n" / Nibble, "x" / x(BitsInteger(this.n)), Padding(12 - this.n))],
    "and in a function": ["n" / Byte, "d" / Bytes(lambda c: 2 if c.n and c.n < 9 else 0), "x" / x(Byte)],
    "min in a function": ["n" / Byte, "d" / Bytes(lambda c: min(c.n, 4)), "x" / x(Byte)],
    "true division": ["n" / Byte, "d" / Bytes(this.n / 64), "x" / x(Byte)],
    "division by what may be zero": ["n" / Byte, "x" / x(Computed(7 // this.n))],
    "product of more than 64 bits": ["n" / Int32ub, "x" / x(Computed((this.n * this.n * this.n) >> 64))],
    "not": ["n" / Byte, If(~this.n, x(Byte))],
    "len_": ["n" / Byte, "d" / Bytes(this.n & 3), "x" / x(Computed(len_(this.d)))],
    "an index": ["d" / Bytes(2), "x" / x(Computed(this.d[0]))],
    "_root": ["n" / Byte, "s" / Struct("d" / Bytes(this._root.n & 7), "x" / x(Byte))],
    "Enum": ["n" / Enum(Byte, a=1), "y" / If(this.n == 1, x(Byte))],
    "Mapping": ["n" / Mapping(Byte, {0: 0}), "x" / x(Byte)],
    "FlagsEnum": ["n" / FlagsEnum(Byte, a=1), "x" / x(Byte)],
    "Array": ["a" / Array(2, Byte), "x" / x(Byte)],
    "GreedyRange": ["a" / GreedyRange(x(Int16ub))],
    "Optional": ["a" / Optional(x(Int16ub))],
    "Peek": ["a" / Peek(Byte), "x" / x(Byte)],
    "Pointer": ["a" / Pointer(2, x(Byte))],
    "Tell": [Byte, "x" / x(Tell)],
    "Terminated": ["x" / x(Byte), Terminated],
    "Prefixed": ["a" / Prefixed(Byte, x(GreedyBytes, FieldType.BYTES))],
    "FocusedSeq": ["a" / FocusedSeq("x", "x" / x(Byte))],
    "Aligned": ["y" / Aligned(4, Byte), "x" / x(Byte)],
    "Float32b": ["y" / Float32b, If(this.y > 1, x(Byte))],
    "an adapter": ["x" / x(construct.Hex(Byte))],
}


def made(members: list[Any]) -> Catalogue:
    """The schema as the first part of a protocol, and the frame in front of it."""
    return Catalogue(
        [frame, expert, malformed, short, Protocol("t", "Test", parts=(Struct(*members),), under={"link": (LINK,)})]
    )


def samples(seed: int) -> list[bytes]:
    """Octets, few and small ones among them."""
    dice = random.Random(seed)
    return [
        bytes(dice.choice([dice.randrange(4), dice.randrange(256)]) for _ in range(dice.randrange(12)))
        for _ in range(400)
    ]


def compare(members: list[Any], path: Path, seed: int, others: Sequence[str] = ()) -> list[Query]:
    """Compare with the reference, on other filters than the usual ones if there are any; returns the queries."""
    known = made(members)
    kind = known.field("t.x").type
    data = samples(seed)
    write(path, data, link=LINK)
    found = []
    texts = ["t", "t[0:1] == 02 and len(t) > 3"]
    if kind is FieldType.BYTES:
        texts += ["t.x > 01:01 or t.x[1] == 3"]
    elif kind is FieldType.BOOLEAN:
        texts += ["t.x != 1"]
    else:
        texts += ["t.x == 1 or (t.x & 2 and max(t.x) < 77) or t.x > 100"]
    for text in others or texts:
        chosen = compile_filter(text, known)
        query = compile_query(chosen, known)
        want = []
        for number, each in enumerate(data, 1):
            wire = len(each) + ((number - 1) % 3 - 1) * 9 * (not (number - 1) % 7) * (len(each) > 9)
            packet = dissect(each, Source(number, wire, 0, LINK), protocols=known)
            want += [number] if chosen.matches(packet) else []
        assert [record.number for record in query.match_records(path)] == want, text
        found.append(query)
    return found


@pytest.mark.parametrize("name", SAME)
def test_lowered(name: str, tmp_path: Path) -> None:
    for query in compare(SAME[name], tmp_path / "a.pcap", 1):
        assert query.is_exact


@pytest.mark.parametrize("name", REFUSED)
def test_refused_by_name_and_left_to_the_reference(name: str, tmp_path: Path) -> None:
    queries = compare(REFUSED[name], tmp_path / "a.pcap", 2)
    assert any(query.refused or query.leaves.refused for query in queries)
