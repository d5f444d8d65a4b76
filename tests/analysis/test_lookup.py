"""Entries by key: those used last are kept, what falls out is counted, and no order of steps breaks the lists."""

from collections import OrderedDict

from hypothesis import given
from hypothesis import strategies as st

from wireproof.analysis.lookup import Lookup
from wireproof.analysis.rules.entries import NONE, enter, find, in_the_way, must_grow, remove
from wireproof.engine.tables import I64, Table


class Numbers(Table):
    number: I64


def enter_key(lookup: Lookup, key: int) -> int:
    while must_grow(lookup.index):
        lookup.grow()
    return enter(lookup.index, lookup.buckets, lookup.entries, key, -key, 1 << 61 | key)


def find_key(lookup: Lookup, key: int) -> int:
    return find(lookup.index, lookup.buckets, lookup.entries, key, -key, 1 << 61 | key)


def test_entries_are_found_again_after_tables_have_grown() -> None:
    numbers = Numbers(1)
    lookup = Lookup(5000, (numbers, 2))
    for key in range(5000):
        numbers.number[2 * enter_key(lookup, key) + 1] = key
    assert [numbers.number[2 * find_key(lookup, key) + 1] for key in range(5000)] == list(range(5000))
    assert (lookup.dropped, lookup.entries.rows, numbers.rows) == (0, 5001, 10002)
    assert in_the_way(lookup.index) != NONE
    assert not must_grow(lookup.index)


@given(
    st.integers(1, 100),
    st.lists(st.tuples(st.sampled_from(["enter", "find", "remove"]), st.integers(0, 150)), max_size=400),
)
def test_those_used_last_are_there(limit: int, steps: list[tuple[str, int]]) -> None:
    lookup = Lookup(limit)
    used: OrderedDict[int, int] = OrderedDict()
    dropped = 0
    for step, key in steps:
        place = find_key(lookup, key)
        assert place == used.get(key, NONE)
        if place != NONE:
            used.move_to_end(key)
        if step == "enter" and place == NONE:
            if len(used) == limit:
                used.popitem(last=False)
                dropped += 1
            used[key] = enter_key(lookup, key)
            assert list(used.values()).count(used[key]) == 1
        elif step == "remove" and place != NONE:
            remove(lookup.index, lookup.buckets, lookup.entries, place)
            del used[key]
        assert lookup.dropped == dropped
    assert all(find_key(lookup, key) == place for key, place in list(used.items()))
