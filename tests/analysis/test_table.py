"""The table that does not grow without end."""

from hypothesis import given
from hypothesis import strategies as st

from wireproof.analysis.table import Table


def test_what_was_not_used_falls_out_and_is_counted() -> None:
    table: Table[str, int] = Table(limit=1)
    table.put("a", 1)
    table.put("b", 2)
    assert table.get("a") == 1
    table.put("c", 3)
    assert (table.get("a"), table.get("b"), table.get("c")) == (1, None, 3)
    assert (len(table), table.dropped) == (2, 1)


def test_replacing_and_taking_drop_nothing() -> None:
    table: Table[str, int] = Table(limit=1)
    table.put("a", 1)
    table.put("a", 2)
    assert table.take("a") == 2
    assert table.take("a") is None
    table.put("b", 3)
    assert (len(table), table.dropped) == (1, 0)


@given(st.integers(1, 5), st.lists(st.tuples(st.sampled_from(["put", "get", "take"]), st.integers(0, 15))))
def test_those_used_last_are_there(limit: int, steps: list[tuple[str, int]]) -> None:
    table: Table[int, int] = Table(limit)
    used: dict[int, int | None] = {}  # in the order of their use; None were taken out, which is a use as well
    for number, (step, key) in enumerate(steps):
        expected = used.pop(key, None)
        if step == "put":
            table.put(key, number)
            used[key] = number
        else:
            found = table.get(key) if step == "get" else table.take(key)
            assert found in (expected, None)
            if found is not None:
                used[key] = found if step == "get" else None
        assert len(table) <= 2 * limit
    for key in list(used)[-limit:]:
        assert table.get(key) == used[key]
