"""What the files of scenarios hold, as values. What each key means stands once, in ``schemas/scenario-file.json``.

Texts may have ``${name}``, ``${name + 1}`` and ``${name[4:8]}``: values of the run, put in where the step is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from wireproof.vectors.model import Header, Value

Layers = tuple[Header | str, ...]
"""A frame to build: layers with their fields, and octets as hex. Both may hold values of the run."""


@dataclass(frozen=True, slots=True)
class Send:
    """Send a frame through a port, `times` times, `every` seconds apart. A frame is cut to `cut` octets."""

    layers: Layers
    port: int = 1
    times: int = 1
    every: float = 0.0
    cut: int | None = None
    named: str | None = None


@dataclass(frozen=True, slots=True)
class Make:
    """Build a frame, leave off its first `skip` octets, and keep the others as a value."""

    name: str
    layers: Layers
    skip: int


@dataclass(frozen=True, slots=True)
class Expect:
    """A frame that has to come within some seconds.

    `instead` is a filter of what must not come before it. `named` is what its time is called, and `between` are the
    seconds that have to lie between it and the time called `since`. `keep` has names of values, and the field that
    each has the value of: one of the packet's, or ``frame`` with a range of octets.
    """

    filter: str
    within: float = 1.0
    instead: str | None = None
    keep: Mapping[str, str] = field(default_factory=dict)
    named: str | None = None
    since: str | None = None
    between: tuple[float, float] | None = None
    port: int | None = None


@dataclass(frozen=True, slots=True)
class Forbid:
    """What must not come for some seconds."""

    filter: str
    seconds: float = 0.3
    port: int | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many of a kind come in some seconds; any two in a row lie `spacing` seconds apart."""

    filter: str
    seconds: float
    between: tuple[int, int]
    spacing: tuple[float, float] | None = None
    named: str | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """One of the ways in which a stack may behave, and what that means in words."""

    filter: str
    means: str


@dataclass(frozen=True, slots=True)
class Observe:
    """Which of several ways a stack goes that may go any of them; the first that comes tells."""

    branches: tuple[Branch, ...]
    none: str
    within: float = 1.0


@dataclass(frozen=True, slots=True)
class Wait:
    """Let time pass."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Ask:
    """Have the stack do something through its control command; `keep` are values from its answer."""

    request: Mapping[str, Value]
    keep: Mapping[str, str] = field(default_factory=dict)
    named: str | None = None


@dataclass(frozen=True, slots=True)
class Let:
    """Set values."""

    values: Mapping[str, Value]


Action = Send | Make | Expect | Forbid | Count | Observe | Wait | Ask | Let


@dataclass(frozen=True, slots=True)
class Step:
    """An action, and what it is for.

    Where one that only prepares (`setup`) goes wrong, nothing is said of the requirement. `profile` is the
    configuration that it is for, with ! in front one that it is not for, or None for all.
    """

    action: Action
    says: str = ""
    setup: bool = False
    profile: str | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """A dialogue with a stack that shows whether it keeps a requirement.

    `needs` is what the stack has to offer, `level` how binding it is to whom it binds: where there are `profiles`, to
    a stack that declares one of them. `answers` are the testers that answer requests for their addresses. A scenario
    that is `alone` sees all that the stack sends, and `slow` is one that takes more than some seconds.
    """

    id: str
    group: str
    sentence: str
    requirements: tuple[str, ...]
    level: str
    needs: frozenset[str]
    profiles: frozenset[str]
    answers: tuple[str, ...]
    alone: bool
    slow: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Watch:
    """A rule that a host's packets keep or break in a recorded capture; the keys of its file say what each is."""

    id: str
    sentence: str
    requirements: tuple[str, ...]
    level: str
    of: str
    must: str | None = None
    by: str | None = None
    spacing: tuple[float, float] | None = None
    count: tuple[int, int] | None = None
    gap: float = 1e9
    answer: str | None = None
    within: float = 0.0
    same: tuple[str, ...] = ()
    tell: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """Why a requirement on behaviour has no scenario."""

    requirement: str
    mark: str
    reason: str
