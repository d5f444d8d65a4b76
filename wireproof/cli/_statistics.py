"""``-z NAME``: summaries of a whole capture, told behind its packets, or in their place with ``-q``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from wireproof._frozen import frozen
from wireproof.capture import CaptureError
from wireproof.cli._failures import CommandError, UsageError, complain

if TYPE_CHECKING:
    from wireproof.analysis.statistics.intervals import Column
    from wireproof.cli._options import Request
    from wireproof.interface import Capture, Filter
    from wireproof.interface.summaries import Sources
    from wireproof.packet import Packet

FORMS = (
    "conv,TYPE[,FILTER]",
    "endpoints,TYPE[,FILTER]",
    "expert[,error|warn|note|chat|comment][,FILTER]",
    "flow,tcp[,network|standard[,FILTER]]",
    "follow,tcp|udp,ascii|hex|raw,N",
    "io,phs[,FILTER]",
    "io,stat,SECONDS[,FILTER|FUNCTION(FIELD)FILTER…]",
)
LEAST_INTERVAL = 10**-6


@frozen
class Statistic:
    """One summary: what takes the packets in, and what there is to tell of them then."""

    name: str
    see: Callable[[Packet], None]
    lines: Callable[[], Iterator[str]]
    told: Callable[[], Any]
    gather: Callable[[Sources], bool | None] | None = None
    """Takes the frames from columns instead; False where that cannot be."""


def statistic(text: str) -> Statistic:
    """Return the summary that a word of ``-z`` asks for. Raises UsageError, and CommandError for a faulty filter."""
    name, _, rest = text.partition(",")
    makers: dict[str, Callable[[str, str], Statistic]] = {
        "conv": _talks,
        "endpoints": _talks,
        "expert": _expert,
        "flow": _flow,
        "follow": _follow,
        "io": _io,
    }
    if name not in makers:
        raise UsageError(f"-z {text}: expected {'; '.join(FORMS)}")
    return makers[name](text, rest)


def _talks(text: str, rest: str) -> Statistic:
    from wireproof.analysis.statistics.conversations import KINDS, Conversations, Endpoints
    from wireproof.interface import gathering
    from wireproof.output import statistics

    name, _, chosen = rest.partition(",")
    if name not in KINDS:
        raise UsageError(f"-z {text}: expected one of {', '.join(KINDS)}")
    passes = _passes(chosen)
    found: Conversations | Endpoints
    if text.startswith("conv"):
        found = talks = Conversations(KINDS[name])
        lines, told = partial(statistics.conversation_lines, talks), partial(statistics.conversation_json, talks)
    else:
        found = ends = Endpoints(KINDS[name])
        lines, told = partial(statistics.endpoint_lines, ends), partial(statistics.endpoint_json, ends)
    return Statistic(
        text,
        lambda packet: found.see(packet, passes(packet)),
        lambda: lines(chosen),
        told,
        lambda sources: gathering.talks(found, sources, chosen),
    )


def _expert(text: str, rest: str) -> Statistic:
    from wireproof.analysis.statistics.experts import ORDER, Experts
    from wireproof.interface import gathering
    from wireproof.output import statistics

    names = dict(zip(("error", "warn", "note", "chat", "comment"), ORDER, strict=True))
    word, _, behind = rest.partition(",")
    found, chosen = (Experts(names[word]), behind) if word in names else (Experts(), rest)
    passes = _passes(chosen)
    return Statistic(
        text,
        lambda packet: found.see(packet, passes(packet)),
        lambda: statistics.expert_lines(found, chosen),
        lambda: statistics.expert_json(found),
        lambda sources: gathering.experts(found, sources, chosen),
    )


def _flow(text: str, rest: str) -> Statistic:
    from wireproof.analysis.statistics.flow import Flow
    from wireproof.interface import gathering
    from wireproof.output import flow

    name, _, rest = rest.partition(",")
    form, _, chosen = rest.partition(",")
    if name != "tcp" or form not in ("", "network", "standard"):
        raise UsageError(f"-z {text}: expected flow,tcp[,network|standard[,FILTER]], of which both forms are the same")
    found, passes = Flow(), _passes(chosen)
    return Statistic(
        text,
        lambda packet: found.see(packet, passes(packet)),
        lambda: flow.flow_lines(found),
        lambda: flow.flow_json(found),
        lambda sources: gathering.flow(found, sources, chosen),
    )


def _follow(text: str, rest: str) -> Statistic:
    from wireproof.analysis.statistics.follow import Follow
    from wireproof.interface import gathering
    from wireproof.output import statistics

    protocol, _, rest = rest.partition(",")
    form, _, number = rest.partition(",")
    if (
        protocol not in ("tcp", "udp")
        or form not in ("ascii", "hex", "raw")
        or not number.isascii()
        or not number.isdigit()
    ):
        raise UsageError(f"-z {text}: expected follow,tcp|udp,ascii|hex|raw,N, N being a number of tcp.stream")
    found = Follow("tcp" if protocol == "tcp" else "udp", int(number))
    return Statistic(
        text,
        found.see,
        lambda: statistics.follow_lines(found, form),
        lambda: statistics.follow_json(found),
        lambda sources: gathering.follow(found, sources),
    )


def _io(text: str, rest: str) -> Statistic:
    from wireproof.analysis.statistics.hierarchy import Hierarchy
    from wireproof.interface import gathering
    from wireproof.output import statistics

    what, _, rest = rest.partition(",")
    if what == "stat":
        return _intervals(text, rest)
    if what != "phs":
        raise UsageError(f"-z {text}: expected io,phs or io,stat,SECONDS")
    found, passes = Hierarchy(), _passes(rest)
    return Statistic(
        text,
        lambda packet: found.see(packet, passes(packet)),
        lambda: statistics.hierarchy_lines(found, rest),
        lambda: statistics.hierarchy_json(found.root),
        lambda sources: gathering.hierarchy(found, sources, rest),
    )


def _intervals(text: str, rest: str) -> Statistic:
    from wireproof.analysis.statistics.intervals import SECOND, Intervals
    from wireproof.interface import gathering
    from wireproof.output import intervals

    seconds, *filters = rest.split(",")
    try:
        interval = float(seconds)
    except ValueError:
        interval = -1
    if not (interval == 0 or LEAST_INTERVAL <= interval < 1e9):
        raise UsageError(f"-z {text}: {seconds!r} is no number of seconds")
    digits = len(seconds.partition(".")[2])
    found = Intervals(round(interval * SECOND), digits, [_column(text, each) for each in filters or [""]])
    return Statistic(
        text,
        found.see,
        lambda: intervals.interval_lines(found),
        lambda: intervals.interval_json(found),
        lambda sources: gathering.intervals(found, sources),
    )


def _column(text: str, each: str) -> Column:
    """Return a column: a filter, or a function of a field with a filter behind it, as in ``SUM(tcp.len)tcp.len``."""
    from wireproof.analysis.statistics.intervals import FUNCTIONS, OF_FRAMES, Column

    function, bracket, rest = each.strip().partition("(")
    if function not in FUNCTIONS or not (bracket or function in OF_FRAMES):
        return Column(each, _passes(each), filter=each)
    name, _, chosen = rest.partition(")")
    if function in OF_FRAMES:
        if name:
            raise UsageError(f"-z {text}: {function} takes no field within the parentheses")
        return Column(each, _passes(chosen), function, filter=chosen)
    return _of_field(text, Column(each, _passes(chosen), function, filter=chosen), name)


def _of_field(text: str, column: Column, name: str) -> Column:
    """Return the column with its field. Raises UsageError where its function cannot be asked of it."""
    from wireproof.analysis.statistics.intervals import OF_NUMBERS
    from wireproof.dissectors.schema import Kind, UnknownFieldError, catalogue

    if not name:
        raise UsageError(f"-z {text}: {column.function} wants the name of a field within the parentheses")
    try:
        found = catalogue().field(name)
    except UnknownFieldError as error:
        raise UsageError(f"-z {text}: {error}") from error
    is_time = found.type.kind is Kind.RELATIVE_TIME
    if column.function == "LOAD" and not is_time:
        raise UsageError(f"-z {text}: LOAD is of fields that are relative times")
    if column.function in OF_NUMBERS and not is_time and found.type.kind is not Kind.INTEGER:
        raise UsageError(f"-z {text}: {name} has no numbers that {column.function} could be made of")
    return column._replace(field=found.name, is_time=is_time)


def _passes(text: str) -> Callable[[Packet], bool]:
    """Return what tells whether a packet passes a filter; the empty one lets all pass."""
    if not text:
        return lambda packet: True
    chosen = _checked(text)
    return chosen.matches


def _checked(text: str) -> Filter:
    from wireproof.grammar import FilterError
    from wireproof.interface import Filter

    try:
        return Filter(text)
    except FilterError as error:
        raise CommandError(*(diagnosis.render(error.text) for diagnosis in error.diagnoses), in_lines=True) from error


def gather(request: Request, opened: Callable[[], Capture], summaries: list[Statistic]) -> CaptureError | None:
    """Feed the summaries that columns can feed, and the others from packets; return the damage, if there was any."""
    from wireproof.interface.summaries import Sources

    sources = Sources(opened, request.count, request.engine)
    left = [each for each in summaries if each.gather is None or each.gather(sources) is False]
    if left:
        with sources.opened() as capture:
            capture.taps += [each.see for each in left]
            try:
                for _ in capture.records(None, request.count):
                    pass
            except CaptureError as error:
                sources.damage = error
    for each in sources.forgotten:
        complain(each)
    return sources.damage
