"""Every option of IPv4 and TCP has a vector for every length that cannot be its own.

They have twelve octets of options, so that the lengths are those from zero to one beyond what is there; where an option
may be of several lengths, also forty, which is as much as a header has.
"""

import re
from collections.abc import Set

import pytest

from wireproof.vectors import Parse, Vector, load

ROOM, MOST = 12, 40
ANY = frozenset(range(2, ROOM + 1))
ROUTE = frozenset(range(3, MOST + 1, 4))
# The lengths that are right, of what fits: RFC 791 section 3.1 and RFC 2113 section 2.1; RFC 9293 section 3.2,
# RFC 7323 sections 2.2 and 3.2, RFC 2018 sections 2 and 3. Of others a parser need not know more than that they have
# a length.
RIGHT: dict[tuple[str, int], Set[int]] = {
    ("ip", 7): ROUTE,
    ("ip", 131): ROUTE,
    ("ip", 137): ROUTE,
    ("ip", 68): set(range(4, MOST + 1, 4)),
    ("ip", 130): {11},
    ("ip", 136): {4},
    ("ip", 148): {4},
    **{("ip", kind): ANY for kind in (11, 12, 25, 82, 133, 158)},
    ("tcp", 2): {4},
    ("tcp", 3): {3},
    ("tcp", 4): {2},
    ("tcp", 5): {10, 18, 26, 34},
    ("tcp", 8): {10},
    **{("tcp", kind): ANY for kind in (19, 28, 29, 34)},
}
HEADERS = {"ip": 20, "tcp": 40}
VECTORS = [vector for protocol in HEADERS for vector in load(protocol) if isinstance(vector.task, Parse)]


def options(vector: Vector) -> bytes:
    """The octets behind the fixed part of the header."""
    start = HEADERS[vector.protocol]
    words = vector.data[0] & 0xF if vector.protocol == "ip" else vector.data[32] >> 4
    return vector.data[start : start - 20 + 4 * words]


def lengths(protocol: str, kind: int, room: int) -> set[int]:
    """The lengths of vectors that begin with this option, in so much room, and may be rejected for it."""
    found = [options(each) for each in VECTORS if each.protocol == protocol and "option-length" in each.flags]
    return {each[1] for each in found if len(each) == room and each[0] == kind}


@pytest.mark.parametrize(("protocol", "kind"), RIGHT)
def test_every_wrong_length_has_a_vector(protocol: str, kind: int) -> None:
    wrong = set(range(ROOM + 2)) - RIGHT[protocol, kind]
    assert not wrong - lengths(protocol, kind, ROOM)


@pytest.mark.parametrize(("protocol", "kind"), [each for each, right in RIGHT.items() if max(right) > ROOM])
def test_an_option_of_several_lengths_has_them_up_to_the_longest_header(protocol: str, kind: int) -> None:
    wrong = set(range(ROOM + 2, MOST + 2)) - RIGHT[protocol, kind]
    assert not wrong - lengths(protocol, kind, MOST)


def test_every_option_that_is_accepted_is_in_the_list() -> None:
    """A new one gets its wrong lengths."""
    alone = {"ip": {0, 1}, "tcp": {0, 1, 200}}  # without a length, and an unknown one that has shorter headers too
    for vector in VECTORS:
        task = vector.task
        assert isinstance(task, Parse)
        if task.result == "accept":
            kinds = {*task.fields.get("ip.opt.type", ()), *task.fields.get("tcp.option_kind", ())}
            known = {kind for protocol, kind in RIGHT if protocol == vector.protocol} | alone[vector.protocol]
            assert kinds <= known, vector.id


def test_a_sentence_says_the_length_that_stands_there() -> None:
    for vector in VECTORS:
        said = re.match(r"(\w+) octets of options, of (?:type|kind) (\d+) with a length of (\d+)", vector.sentence)
        if said is not None:
            room, kind, length = said.groups()
            assert list(options(vector)[:2]) == [int(kind), int(length)], vector.id
            assert len(options(vector)) == {"Twelve": ROOM, "Forty": MOST}[room]
