"""The steps of a scenario, done one by one. Each waits by yielding the time until which it has nothing to do."""

from __future__ import annotations

import itertools
import re
from collections.abc import Generator, Iterator, Mapping
from typing import Any

from wireproof.conformance.live.lane import Lane, Named, filter_of, frame_of, read
from wireproof.conformance.live.values import Kept, UnknownValueError, fill, fill_octets, fill_value
from wireproof.conformance.live.wire import Arrival
from wireproof.packet import BuildError
from wireproof.vectors import Ask, Count, Expect, Forbid, Header, Let, Make, Observe, Send, Step, Wait

Waiting = Generator[float, None, None]
_OCTETS = re.compile(r"frame\[(\d*):(\d*)\]")


class UnmetError(Exception):
    """The stack did otherwise than the step says."""


class UnprovokedError(Exception):
    """What the scenario is about could not be brought about."""


class UnofferedError(Exception):
    """The stack has no way to do what the step asks for."""


class Controller:
    """Has the stack do things. This one has no way to."""

    def ask(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what the stack answers. Raises UnofferedError and UnprovokedError."""
        raise UnofferedError(f"the stack has no control command, to be told: {request.get('op')}")


def perform(lane: Lane, control: Controller) -> Waiting:
    """Do all steps. Raises UnmetError, UnprovokedError, UnofferedError, and FloodError."""
    for step in lane.scenario.steps:
        if step.profile is not None and _is_for_others(step.profile, lane.profiles):
            continue
        try:
            yield from _perform(step, lane, control)
        except UnmetError as error:
            says = f"{step.says}: " if step.says else ""
            lane.note(f"{says}{error}")
            if step.setup:
                raise UnprovokedError(f"{says}{error}") from None
            raise UnmetError(f"{says}{error}") from None
        except (UnknownValueError, BuildError) as error:
            raise UnprovokedError(str(error)) from None


def _is_for_others(profile: str, declared: frozenset[str]) -> bool:
    return profile[1:] in declared if profile.startswith("!") else profile not in declared


def _perform(step: Step, lane: Lane, control: Controller) -> Waiting:
    match step.action:
        case Send() as action:
            yield from _send(action, step.says, lane)
        case Make(name, layers, skip):
            lane.values[name] = _frame(layers, lane)[skip:]
        case Let(values):
            for name, given in values.items():
                lane.values[name] = fill_value(given, lane.values)
        case Wait(seconds):
            yield from _until(lane, lane.wire.clock() + seconds)
            lane.end_sending()
        case Ask() as action:
            _ask(action, lane, control)
        case Expect() as action:
            yield from _expect(action, step.says, lane)
        case Forbid() as action:
            yield from _forbid(action, step.says, lane)
        case Count() as action:
            yield from _count(action, step.says, lane)
        case Observe() as action:
            yield from _observe(action, lane)


def _send(action: Send, says: str, lane: Lane) -> Waiting:
    frame = _frame(action.layers, lane)[: action.cut]
    for turn in range(action.times):
        if turn and action.every:
            yield from _until(lane, lane.wire.clock() + action.every)
        lane.send(action.port, frame, says if not turn else "")
    if action.named:
        lane.times[action.named] = lane.wire.clock()


def _frame(layers: tuple[Header | str, ...], lane: Lane) -> bytes:
    filled: list[Named | bytes] = []
    for each in layers:
        if isinstance(each, str):
            filled.append(fill_octets(each, lane.values))
        else:
            fields = ((name, fill_value(value, lane.values)) for name, value in each.fields.items())
            filled.append((each.layer, tuple(fields)))
    return frame_of(tuple(filled))


def _ask(action: Ask, lane: Lane, control: Controller) -> None:
    request = {name: fill_value(value, lane.values) for name, value in action.request.items()}
    lane.begin_sending()
    lane.note(f"asks: {', '.join(f'{name} {value!s}' for name, value in request.items())}")
    answer = control.ask(request)
    if action.named:
        lane.times[action.named] = lane.wire.clock()
    for name, key in action.keep.items():
        found = answer.get(key)
        if isinstance(found, bool) or not isinstance(found, (int, str)):
            raise UnprovokedError(f"the control command did not tell {key}")
        lane.values[name] = found


def _until(lane: Lane, time: float) -> Waiting:
    while lane.moment < time:
        yield time


def _expect(action: Expect, says: str, lane: Lane) -> Waiting:
    wanted, unwanted = fill(action.filter, lane.values), fill(action.instead or "", lane.values)
    end = lane.wire.clock() + action.within
    lane.is_sending = False
    place = lane.mark
    while True:
        while place < len(lane.inbox):
            seen = lane.inbox[place]
            if unwanted and _fits(unwanted, seen, action.port) and place not in lane.used:
                raise UnmetError(f"this came: {unwanted}")
            if place not in lane.used and _fits(wanted, seen, action.port):
                lane.used.add(place)
                lane.note(f"{says or 'as expected, this came'}: {wanted}", seen.time)
                _keep(action, seen, lane)
                return
            place += 1
        if lane.moment >= end:
            raise UnmetError(f"nothing came within {action.within:g} s of this: {wanted}")
        yield end


def _keep(action: Expect, seen: Arrival, lane: Lane) -> None:
    for name, source in action.keep.items():
        lane.values[name] = _kept(source, seen.data)
    if action.named:
        lane.times[action.named] = seen.time
    if action.between is not None and action.since is not None:
        low, high = action.between
        # What was asked for may be there before the answer is, from which its time counts.
        passed = max(seen.time - lane.times[action.since], 0.0)
        if not low <= passed <= high:
            raise UnmetError(f"it came {passed:.3f} s after {action.since}, not {low:g} to {high:g} s")


def _kept(source: str, frame: bytes) -> Kept:
    if ranged := _OCTETS.fullmatch(source):
        begin, end = ranged.groups()
        return frame[int(begin or 0) : int(end) if end else len(frame)]
    for value in read(frame)[source]:
        return value if isinstance(value, (int, bytes)) else str(value)
    raise UnmetError(f"the frame has no {source}")


def _fits(text: str, seen: Arrival, port: int | None = None) -> bool:
    return (port is None or seen.port == port) and filter_of(text).matches(read(seen.data))


def _matching(text: str, lane: Lane, since: int, port: int | None = None) -> Iterator[tuple[int, Arrival]]:
    for place in range(since, len(lane.inbox)):
        if place not in lane.used and _fits(text, lane.inbox[place], port):
            yield place, lane.inbox[place]


def _forbid(action: Forbid, says: str, lane: Lane) -> Waiting:
    text = fill(action.filter, lane.values)
    end = lane.wire.clock() + action.seconds
    lane.is_sending = False
    place = lane.mark
    while True:
        for _, seen in _matching(text, lane, place, action.port):
            if seen.time > end:
                continue  # looked at late, as on a busy machine: the silence was kept
            raise UnmetError(f"this came {seen.time - lane.began:.3f} s after the beginning: {text}")
        place = len(lane.inbox)
        if lane.moment >= end:
            lane.note(f"{says or 'as expected, silence'}: for {action.seconds:g} s not {text}")
            return
        yield end


def _count(action: Count, says: str, lane: Lane) -> Waiting:
    text = fill(action.filter, lane.values)
    end = lane.wire.clock() + action.seconds
    lane.is_sending = False
    low, high = action.between
    while lane.moment < end:
        yield end
    found = [(place, seen) for place, seen in _matching(text, lane, lane.mark) if seen.time <= end]
    lane.used.update(place for place, _ in found)
    if not low <= len(found) <= high:
        raise UnmetError(f"{len(found)} came in {action.seconds:g} s, not {low} to {high}, of this: {text}")
    if action.named and found:
        lane.times[action.named] = found[-1][1].time
    times = [seen.time for _, seen in found]
    for before, after in itertools.pairwise(times):
        least, most = action.spacing or (0.0, float("inf"))
        if not least <= after - before <= most:
            raise UnmetError(f"two came {after - before:.3f} s apart, not {least:g} to {most:g} s: {text}")
    lane.note(f"{says or 'counted'}: {len(found)} in {action.seconds:g} s of {text}")


def _observe(action: Observe, lane: Lane) -> Waiting:
    branches = [(fill(branch.filter, lane.values), branch.means) for branch in action.branches]
    end = lane.wire.clock() + action.within
    lane.is_sending = False
    lane.has_observed = True
    place = lane.mark
    while True:
        while place < len(lane.inbox):
            seen = lane.inbox[place]
            for text, means in branches:
                if place not in lane.used and _fits(text, seen):
                    lane.used.add(place)
                    lane.remarks.append(means)
                    lane.note(means, seen.time)
                    return
            place += 1
        if lane.moment >= end:
            lane.remarks.append(action.none)
            lane.note(action.none)
            return
        yield end
