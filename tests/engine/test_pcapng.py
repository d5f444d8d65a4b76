"""The walk over pcapng in machine code: records, damage and messages are the plain reader's."""

import io
import random
import struct

import pytest

import wireproof
from wireproof.capture import CaptureError, Record, open_reader
from wireproof.dissectors.schema import catalogue
from wireproof.engine import Walk, compile_query, held
from wireproof.grammar import compile_filter

from ..capture.craft import block, enhanced, interface, obsolete, option, section, simple
from ..capture.mutations import Outcome, plain
from .frames import frames
from .test_reading import Dribble

DATA = frames(11, 40)
EVERYTHING = compile_query(compile_filter("", catalogue()))


def engine(data: bytes, text: str = "", *, last: int | None = None, step: int = 0) -> Outcome:
    """The records by machine code, and what is said of damage."""
    query = compile_query(compile_filter(text, catalogue())) if text else EVERYTHING
    stream = Dribble(data, step) if step else io.BytesIO(data)
    found: list[Record] = []
    try:
        with open_reader(stream) as reader:  # type: ignore[arg-type]
            for batch in Walk(query, reader, last).batches():
                found.extend(batch.records())
    except CaptureError as error:
        return found, str(error)
    return found, None


def mixture(order: str) -> bytes:
    """Sections, interfaces, link types, resolutions and all kinds of blocks."""
    other = "<" if order == ">" else ">"
    comment = option(1, b"one", order) + option(2, b"\0\0\0\1", order)
    clocks = [
        interface(1, 0, b"", order),
        interface(113, 40, option(9, b"\x09", order), order),
        interface(101, 0, option(9, b"\x94", order) + option(14, struct.pack(order + "q", -77), order), order),
        interface(1, 0, option(9, b"\x0c", order), order),
    ]
    packets = [
        enhanced(each, order, index=number % 4, ticks=number << 33 | 7, options=comment * (number % 3))
        for number, each in enumerate(DATA)
    ]
    return (
        section(order)
        + b"".join(clocks)
        + b"".join(packets[:9])
        + block(0x0BAD, bytes(40), order)
        + simple(DATA[0], order, wire=len(DATA[0]))
        + obsolete(DATA[1], order, ticks=6, wire=81, options=option(1, b"old", order))
        + b"".join(packets[9:20])
        + interface(1, 0, option(9, b"\xa5", order), order)
        + enhanced(DATA[2], order, index=4, ticks=3 << 37)
        + enhanced(DATA[3], order, index=0, ticks=1 << 62)
        + enhanced(DATA[4], order, index=0, ticks=2)
        + block(5, bytes(12), order)
        + section(other)
        + interface(1, 30, b"", other)
        + simple(bytes(30), other, wire=900)
        + b"".join(enhanced(each, other, ticks=5) for each in DATA[:9])
        + section(order)
        + interface(0, 0, b"", order)
        + enhanced(b"\2\0\0\0" + DATA[6], order, ticks=9)
    )


@pytest.mark.parametrize("order", ["<", ">"])
def test_all_kinds_of_blocks(order: str) -> None:
    found, said = engine(mixture(order))
    assert said is None
    assert len(found) == 36
    assert (found, said) == plain(mixture(order))


@pytest.mark.parametrize("step", [1, 13, 400])
def test_pipes(step: int) -> None:
    assert engine(mixture("<"), step=step) == plain(mixture("<"))


@pytest.mark.parametrize(
    "text", ["frame.interface_id == 2", "frame.section_number > 1", "not vlan", "ip and frame.len > 60"]
)
def test_filters(text: str) -> None:
    data = mixture("<")
    chosen = compile_filter(text, catalogue())
    query = compile_query(chosen)

    with wireproof.open_capture(io.BytesIO(data)) as capture:
        want = [packet.number for packet in capture if chosen.matches(packet)]
    assert query.is_exact
    assert [record.number for record in engine(data, text)[0]] == want != []


def test_times_are_compared_as_they_are_read() -> None:

    data = mixture(">")
    with wireproof.open_capture(io.BytesIO(data)) as capture:
        times = {packet.number: packet.time for packet in capture}
    for number, time in list(times.items())[::5]:
        if time is not None:
            text = f"frame.time_epoch == {time // 10**9}.{time % 10**9:09}"
            same = [other for other, moment in times.items() if moment == time]
            assert [record.number for record in engine(data, text)[0]] == same, number


def test_a_number_of_records(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = plain(mixture("<"))[0]
    for last in (1, 9, 10, 22, 35, 36, 99):
        assert engine(mixture("<"), last=last) == (whole[:last], None)


def test_every_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "BLOCK_BYTES", 512)
    data = mixture("<")
    for size in range(0, len(data), 5):
        assert engine(data[:size]) == plain(data[:size]), size


def test_mutations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bits, words and lengths changed anywhere: records before the damage, and the same message."""
    monkeypatch.setattr(held, "BLOCK_BYTES", 2048)
    dice = random.Random(5)
    data = mixture("<")
    for turn in range(600):
        changed = bytearray(data)
        for _ in range(dice.randint(1, 3)):
            place = dice.randrange(len(changed) // 4) * 4
            changed[place : place + 4] = dice.choice(
                [struct.pack("<I", dice.randrange(300)), dice.randbytes(4), b"\xff\xff\xff\xff", bytes(4)]
            )
        assert engine(bytes(changed)) == plain(bytes(changed)), turn


def test_many_interfaces_and_sections() -> None:
    """Each of them is looked at once: else this would take minutes."""
    packets = b"".join(interface() + enhanced(DATA[0], index=number) for number in range(4000))
    data = section() + packets + (section() + interface()) * 4000 + enhanced(DATA[1])
    assert engine(data) == plain(data)


def test_a_block_that_is_too_large_is_damage_however_much_is_held() -> None:
    def large(size: int) -> bytes:
        return enhanced(DATA[0], options=option(1, bytes(60_000)) * (size // 60_000))

    data = section() + interface() + large(1_250_000) + enhanced(DATA[1]) * 1100 + large(1_570_000) + enhanced(DATA[2])
    found, said = engine(data)
    assert (found, said) == plain(data)
    assert "expected at most" in str(said)
