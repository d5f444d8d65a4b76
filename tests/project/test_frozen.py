"""The classes that are quick to define behave as the frozen dataclasses that they are declared like."""

import dataclasses
from dataclasses import FrozenInstanceError, dataclass, field
from typing import Any

import pytest

from wireproof._frozen import frozen
from wireproof.grammar import syntax, tree


class Declared:
    """A class with each kind of attribute: without and with a default, and one that does not count."""

    name: str
    number: int = 5
    place: int = field(default=0, compare=False)
    found: list[str] = field(default_factory=list, compare=False)

    @property
    def shout(self) -> str:
        return self.name.upper()


def declare(make: Any) -> Any:
    """Return a class of the same name with the same members."""
    members = {name: value for name, value in vars(Declared).items() if name not in ("__dict__", "__weakref__")}
    return make(type("Example", (), {**members, "__annotations__": dict(Declared.__annotations__)}))


Ours = declare(frozen)
Theirs = declare(dataclass(frozen=True, slots=True))
GIVEN: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    (("a",), {}),
    (("a", 6), {}),
    (("a", 6, 7), {}),
    (("a", 6, 7, ["b"]), {}),
    (("a",), {"found": ["b"]}),
    (("a",), {"place": 7}),
    ((), {"place": 7, "name": "a", "number": 6}),
    ((), {}),
    ((), {"number": 6}),
    (("a", 6, 7, [], 9), {}),
    (("a",), {"name": "b"}),
    (("a",), {"size": 1}),
]


@pytest.mark.parametrize(("values", "named"), GIVEN)
def test_made_of_the_same_arguments(values: tuple[Any, ...], named: dict[str, Any]) -> None:
    try:
        theirs = Theirs(*values, **named)
    except TypeError:
        with pytest.raises(TypeError):
            Ours(*values, **named)
        return
    ours = Ours(*values, **named)
    assert repr(ours) == repr(theirs)
    assert dataclasses.astuple(ours) == dataclasses.astuple(theirs)
    assert ours.shout == theirs.shout


def test_equal_by_what_counts() -> None:
    assert Ours("a", place=1) == Ours("a", place=2)
    assert hash(Ours("a", place=1)) == hash(Ours("a", place=2))
    assert Ours("a") != Ours("b")
    assert Ours("a") != Theirs("a")
    assert syntax.Word("a", syntax.Span(0, 1)) != syntax.Character("a", syntax.Span(0, 1))
    assert tree.Everything(syntax.Span(0, 1)) == tree.Everything(syntax.Span(2, 3))


def test_frozen() -> None:
    ours = Ours("a")
    with pytest.raises(FrozenInstanceError):
        ours.name = "b"
    with pytest.raises(FrozenInstanceError):
        del ours.name
    assert not hasattr(ours, "__dict__")
    assert dataclasses.replace(ours, name="b") == Ours("b")


def test_what_a_factory_makes_is_nobody_elses() -> None:
    one = Ours("a")
    one.found.append("b")
    assert Ours("a").found == []


def test_checked_when_it_is_made() -> None:
    @frozen
    class Positive:
        number: int

        def __post_init__(self) -> None:
            if self.number <= 0:
                raise ValueError("not above zero")

    assert Positive(1).number == 1
    with pytest.raises(ValueError, match="above zero"):
        Positive(0)


def test_matched_by_place() -> None:
    match Ours("a", 6):
        case Ours(name, number):
            assert (name, number) == ("a", 6)
        case _:
            pytest.fail("not matched")
