"""Packages whose names come from their modules when they are first asked for: nobody waits for what nobody uses."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def late(package: str, homes: Mapping[str, tuple[str, ...]]) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a package: `homes` has the names by the modules, below it, that they come from."""
    found = {name: module for module, names in homes.items() for name in names}

    def attribute(name: str) -> Any:
        if name not in found:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{found[name]}"), name)
        setattr(sys.modules[package], name, value)  # the next one who asks is not sent here
        return value

    return attribute
