"""The rules of the analyses can be made machine code, which gives the same as Python."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from wireproof.analysis import rules
from wireproof.engine.translating import module_of

RULES = [
    function
    for path in sorted(Path(rules.__path__[0]).glob("*.py"))
    for module in [import_module(f"{rules.__name__}.{path.stem}".removesuffix(".__init__"))]
    for _, function in inspect.getmembers(module, inspect.isfunction)
    if function.__module__ == module.__name__
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rules_are_in_the_subset(rule: Callable[..., Any]) -> None:
    assert module_of(rule)
