"""The table that does not grow without end."""

from wireproof.analysis.table import Table


def test_what_was_used_longest_ago_falls_out_and_is_counted() -> None:
    table: Table[str, int] = Table(limit=2)
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
