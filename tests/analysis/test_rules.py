"""The rules of the analyses can be made machine code (wireproof/analysis/rules)."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType

import pytest

from wireproof.analysis import rules
from wireproof.engine.translating import module_of

MODULES = sorted(path.stem for path in Path(rules.__path__[0]).glob("*.py") if path.stem != "__init__")


def functions() -> Iterator[FunctionType]:
    for name in MODULES:
        module = importlib.import_module(f"{rules.__name__}.{name}")
        for each in vars(module).values():
            if isinstance(each, FunctionType) and each.__module__ == module.__name__:
                yield each


@pytest.mark.parametrize(
    "function", list(functions()), ids=lambda function: f"{function.__module__}.{function.__name__}"
)
def test_every_rule_is_in_the_subset_that_can_be_compiled(function: FunctionType) -> None:
    assert f"{function.__module__}.{function.__name__}" not in module_of(function)  # but the entry, by its own name


def test_there_are_rules() -> None:
    assert {"take_segment", "take_datagram", "take_message"} <= {function.__name__ for function in functions()}
