"""What other distributions bring along, asked for only where one may bring something.

importlib.metadata takes longer to import than all protocols together, and nearly always there is nothing to find. A
look at the same files tells.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

ENTRY_POINTS = "wireproof.dissectors"
"""The group of protocols that other distributions have."""


def entry_points(group: str) -> Iterable[EntryPoint]:
    """Return the entry points of a group, those that importlib.metadata finds."""
    if not is_likely(group):
        return ()
    from importlib import metadata

    return metadata.entry_points(group=group)


def is_likely(group: str) -> bool:
    """Return whether there may be entry points of a group: False only where it is certain that there are none."""
    if any(hasattr(finder, "find_distributions") and finder is not PathFinder for finder in sys.meta_path):
        return True  # distributions that lie elsewhere
    return any(_is_named(group.encode(), folder or os.curdir) for folder in sys.path)


def _is_named(group: bytes, folder: str) -> bool:
    """Return whether the metadata of a distribution in a folder names a group."""
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return False
    except OSError:  # an archive
        return True
    for name in names:
        if name.lower().endswith((".dist-info", "egg-info")):
            try:
                with open(os.path.join(folder, name, "entry_points.txt"), "rb") as file:
                    if group in file.read():
                        return True
            except OSError:
                continue
    return False
