"""``-j`` and ``-J``: the protocols and fields whose content JSON, EK and PDML spell out, and not only name."""

from __future__ import annotations

from dataclasses import dataclass

from wireproof.output.nesting import Node


@dataclass(frozen=True, slots=True)
class Chosen:
    """Names of protocols and fields; with `whole`, all that is within them is chosen as well (``-J``)."""

    names: frozenset[str]
    whole: bool = False

    def within(self, name: str) -> Chosen | None:
        """Return what is chosen within something of that name, which is: None stands for all of it."""
        return None if self.whole else self


def is_left_out(node: Node, chosen: Chosen | None) -> bool:
    """Whether what is within a node is left out."""
    return chosen is not None and (node.name or node.text) not in chosen.names
