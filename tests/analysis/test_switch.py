"""A frame as a learning switch sees it, and the table that it would hold."""

import random

from wireproof.analysis import Analysis
from wireproof.analysis.mac_table import AGE, MANY, MacTable, acceptance
from wireproof.packet import Packet, Source, dissect

SECOND = 10**9
A, B, C = (bytes([2, 0, 0, 0, 0, number]) for number in (1, 2, 3))
ALL, GROUP = b"\xff" * 6, bytes.fromhex("01005e000001")


def read(frames: list[tuple[float, bytes]]) -> list[Packet]:
    analysis, found = Analysis(), []
    for number, (time, data) in enumerate(frames, 1):
        found.append(dissect(data, Source(number, time=round(time * SECOND))))
        analysis.see(found[-1])
    return found


def frame(source: bytes, destination: bytes, tag: int | None = None) -> bytes:
    tagged = b"" if tag is None else b"\x81\0" + tag.to_bytes(2, "big")
    return destination + source + tagged + b"\x88\xb5" + bytes(50)


def test_what_a_frame_is_to_a_switch() -> None:
    packets = read(
        [
            (0, frame(A, B)),
            (1, frame(B, A)),
            (2, frame(A, B)),
            (3, frame(A, ALL)),
            (4, frame(A, GROUP)),
            (5, frame(A, B, 5)),
            (302, frame(A, B)),
        ]
    )
    casts = [packet["switch.cast"][0] for packet in packets]
    unknown = "unknown unicast"
    assert casts == [unknown, "unicast", "unicast", "broadcast", "multicast", unknown, unknown]
    assert [packet["switch.bum"][0] for packet in packets] == [cast != "unicast" for cast in casts]


def test_ports_and_moves() -> None:
    found = MacTable()
    found.see((1, 0, 0, None, A, ALL))
    found.see((2, SECOND, 1, None, B, A))
    found.see((3, 2 * SECOND, 2, None, A, B))
    assert [(one.mac, one.port, one.moves, one.frames) for one in found.stations()] == [(B, 1, 0, 1), (A, 2, 1, 2)]


def test_ageing() -> None:
    found = MacTable()
    found.see((1, 0, 0, None, A, ALL))
    found.see((2, AGE + 1, 0, None, B, ALL))
    assert [one.mac for one in found.stations()] == [B]
    assert found.expired == 1


def test_groups_are_not_learned() -> None:
    found = MacTable()
    found.see((1, 0, 0, None, GROUP, A))
    found.see((2, 0, 0, None, bytes(6), A))
    assert found.stations() == []


def test_the_table_does_not_grow_without_end() -> None:
    found = MacTable(limit=8)
    for number in range(100):
        found.see((number, number, 0, None, bytes([2, 0, 0, 0, 0, number]), ALL))
    assert len(found.stations()) <= 16
    assert found.dropped > 80


def test_what_a_station_takes_in() -> None:
    assert acceptance(A, B, A) == "its own address"
    assert acceptance(A, B, ALL) == "broadcast"
    assert acceptance(A, B, GROUP) == "multicast"
    assert acceptance(A, B, C) == ""
    assert acceptance(A, B, C, promiscuous=True) == "promiscuous"
    assert acceptance(A, A, B, promiscuous=True) == ""


def test_many_frames_at_a_time_are_taken_in_as_one_by_one() -> None:
    """More than the tables begin with, enough for machine code, and some of them old when they are heard of again."""
    dice = random.Random(3)
    stations = [*(bytes([2, 0, 0, 0, *divmod(number, 256)]) for number in range(700)), GROUP, ALL]
    frames = [
        (
            number,
            None if dice.random() < 0.01 else number * 5 * SECOND // 4,
            dice.randrange(3),
            dice.choice([None, 0, 5]),
            dice.choice(stations),
            dice.choice(stations),
        )
        for number in range(1, MANY + 100)
    ]
    single, together = MacTable(), MacTable()
    casts = [single.see(each) for each in frames]
    assert together.see_all(list(zip(*frames, strict=True))) == casts
    assert together.stations() == single.stations()
    assert (together.casts, together.expired) == (single.casts, single.expired)
    assert len(set(casts)) == 4
    assert single.expired
