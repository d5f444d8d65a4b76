"""Runs scenarios beside each other, alone what has to be alone: every one gets a verdict, whatever the stack does."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Generator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from wireproof.conformance.live.lane import FloodError, Lane, answer_to
from wireproof.conformance.live.life import Pulse
from wireproof.conformance.live.performing import (
    Controller,
    UnmetError,
    UnofferedError,
    UnprovokedError,
    perform,
)
from wireproof.conformance.live.settings import Addresses, Pace, Stack, values_of
from wireproof.conformance.live.tidying import resets
from wireproof.conformance.live.values import names_in
from wireproof.conformance.live.verdicts import BAD, LENIENT, Report, Result, Verdict
from wireproof.conformance.live.wire import Arrival, Wire, WireError
from wireproof.vectors import Scenario

T = TypeVar("T")
Turn = Generator[float, None, Result]


class GoneError(Exception):
    """The stack does not live, and cannot be brought back."""


class Keeper:
    """Brings the stack to the wire, and back where it has died. This one can only wait for it."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def start(self) -> Wire:
        """Return a wire with the stack at its end. Raises WireError and GoneError."""
        return self._wire

    def stop(self) -> None:
        """Leave nothing behind."""
        self._wire.close()


@dataclass(slots=True)
class _Running:
    lane: Lane
    pulse: Pulse
    turn: Turn
    until: float = 0.0


class Runner:
    """One run of scenarios against one stack."""

    def __init__(
        self,
        keeper: Keeper,
        stack: Stack,
        *,
        control: Controller | None = None,
        pace: Pace | None = None,
        done: Callable[[Result], None] = lambda result: None,
    ) -> None:
        self.keeper, self.stack, self.pace = keeper, stack, pace or Pace()
        self.control = control or Controller()
        self.addresses = Addresses(stack, self.pace.begin)
        self.stack_mac = bytes(6)
        self.controls: tuple[str, ...] | None = None
        self.results: dict[str, Result] = {}
        self._done = done
        self._turns = 0
        self.moment = 0.0
        self._suspects: list[Scenario] = []
        self._expected: Collection[str] = ()

    def run(
        self, scenarios: Sequence[Scenario], *, withheld: Collection[str] = (), expected: Collection[str] = ()
    ) -> Report:
        """Return the report on scenarios. Raises GoneError where the stack never lived.

        What fails is run again alone, unless it is expected to; and what passes although it is.
        """
        self._expected = expected
        to_do = []
        for scenario in scenarios:
            refusal = self._refusal(scenario, withheld)
            if refusal is None:
                to_do.append(scenario)
            else:
                self._finish(refusal)
        if to_do:
            self.wire = self.keeper.start()
            self._wake()
            try:
                self._run(to_do)
            except GoneError as error:
                for scenario in to_do:
                    if scenario.id not in self.results:
                        self._finish(Result(scenario, Verdict.INCONCLUSIVE, (f"not run: {error}",)))
        return Report(self.stack.name, tuple(self.results[scenario.id] for scenario in scenarios))

    def _refusal(self, scenario: Scenario, withheld: Collection[str]) -> Result | None:
        if scenario.id in withheld:
            return Result(scenario, Verdict.WITHHELD)
        missing = sorted(scenario.needs - self.stack.offers)
        if self.stack.address is None and "switch" not in scenario.needs:
            missing.append("an address")
        if missing:
            return Result(scenario, Verdict.NOT_APPLICABLE, remarks=(f"needs {', '.join(missing)}",))
        return None

    def _run(self, scenarios: Sequence[Scenario]) -> None:
        beside = sorted((each for each in scenarios if not each.alone), key=lambda each: not each.slow)
        self._together(beside)
        alone = [each for each in scenarios if each.alone]
        first, self._suspects = self._suspects, []
        for scenario in (*first, *alone):
            self._alone(scenario)
        again = [
            result.scenario
            for result in list(self.results.values())
            if result.scenario in scenarios and self._is_surprising(result)
        ]
        for scenario in again:
            self._alone(scenario)

    def _is_surprising(self, result: Result) -> bool:
        surprise = Verdict.PASS if result.scenario.id in self._expected else Verdict.FAIL
        return result.verdict in (surprise, Verdict.INCONCLUSIVE)

    def _together(self, scenarios: Sequence[Scenario]) -> None:
        """Run scenarios beside each other. Where the stack dies, all that were under way are suspects."""
        waiting = deque(scenarios)
        while waiting:
            running: list[_Running] = []
            try:
                self._loop(waiting, running, self.pace.jobs)
            except (_DeadError, WireError):
                self._suspects += [each.lane.scenario for each in running]
                for each in running:
                    each.turn.close()
                self._revive()

    def _alone(self, scenario: Scenario) -> None:
        """Run a scenario by itself; where it did not go well before, both verdicts are kept."""
        before = self.results.get(scenario.id)
        running: list[_Running] = []
        try:
            self._loop(deque([scenario]), running, 1)
        except (_DeadError, WireError) as error:
            result = self._crashed(scenario, running, str(error))
            self._finish(result)
            self._revive()
        if before is not None:
            result = self.results[scenario.id]
            settled = _settled(before, result)
            self.results[scenario.id] = replace(settled, earlier=(*before.earlier, before.verdict))

    def _crashed(self, scenario: Scenario, running: list[_Running], why: str) -> Result:
        events = tuple(running[0].lane.events) if running else ()
        for each in running:
            each.turn.close()
        began = running[0].lane.began if running else 0.0
        return Result(scenario, Verdict.CRASH, (why or "the stack answers no more",), (), events, began)

    def _loop(self, waiting: deque[Scenario], running: list[_Running], jobs: int) -> None:
        while waiting or running:
            while waiting and len(running) < jobs:
                begun = self._begin(waiting.popleft())
                running.append(begun)
                self._resume(begun, running)
            if not running:
                continue
            until = min(each.until for each in running)
            arrival = self._receive(until)
            # Time passes as far as all that came has been taken: a busy machine must not turn frames into silence.
            self.moment = max(self.moment, until if arrival is None else arrival.time)
            if arrival is not None:
                for each in self._concerned(arrival, running):
                    self._resume(each, running)
            for each in [each for each in running if each.until <= self.moment]:
                self._resume(each, running)

    def _concerned(self, arrival: Arrival, running: Sequence[_Running]) -> list[_Running]:
        for each in running:
            if each.pulse.concerns(arrival.data):
                each.pulse.take(arrival)
                return [each]
        found = [each for each in running if each.lane.concerns(arrival.data)]
        for each in found:
            each.lane.take(arrival)
        return found

    def _receive(self, until: float) -> Arrival | None:
        """Return the next frame, if one comes by then. The tester answers for the gateway."""
        arrival, gateway = self.wire.receive(until), self.stack.gateway
        if arrival and gateway and (reply := answer_to(arrival.data, gateway)) is not None:
            self.wire.send(arrival.port, reply)
        return arrival

    def _resume(self, each: _Running, running: list[_Running]) -> None:
        each.lane.moment = each.pulse.moment = self.moment
        try:
            each.until = next(each.turn)
        except StopIteration as end:
            running.remove(each)
            self._finish(end.value)

    def _begin(self, scenario: Scenario) -> _Running:
        self._turns += 1
        peers = self.addresses.peers(scenario, names_in(repr(scenario.steps)))
        values = values_of(self.stack, self.stack_mac, peers, scenario, self._turns)
        lane = Lane(scenario, self.wire, peers, values, self.stack.profiles, self.wire.clock())
        pulse = Pulse(self.wire, self.stack, self.addresses.peer(), self.controls or (), self.stack_mac)
        return _Running(lane, pulse, self._turn(lane, pulse))

    def _turn(self, lane: Lane, pulse: Pulse) -> Turn:
        """Run a scenario between two positive controls. Raises _DeadError."""
        if not (yield from pulse.check(self.pace.alive)):
            raise _DeadError("the stack did not answer before the scenario")
        verdict, faults = Verdict.PASS, list[str]()
        try:
            for until in perform(lane, self.control):
                if lane.is_flooded:
                    raise FloodError
                if self.wire.clock() - lane.began > self.pace.longest:
                    raise UnprovokedError(f"it took more than {self.pace.longest:g} s")
                yield until
        except UnmetError as error:
            verdict, faults = _fault(lane), [str(error)]
        except UnprovokedError as error:
            verdict, faults = Verdict.INCONCLUSIVE, [str(error)]
        except UnofferedError as error:
            verdict, faults = Verdict.NOT_APPLICABLE, [str(error)]
        except FloodError:
            verdict, faults = Verdict.FAIL, ["the stack floods: more frames came than are looked through"]
        for port, frame in resets(lane.inbox) if verdict is not Verdict.PASS else ():
            self.wire.send(port, frame)
        lane.note("is the stack still there?")
        if not (yield from pulse.check(self.pace.alive)):
            raise _DeadError("the stack did not answer after the scenario")
        if verdict is Verdict.PASS and lane.has_observed:
            verdict = Verdict.OBSERVED
        took = self.wire.clock() - lane.began
        remarks = (*lane.remarks, *(faults if verdict is Verdict.OBSERVED else ()))
        told = () if verdict is Verdict.OBSERVED else tuple(faults)
        return Result(lane.scenario, verdict, told, remarks, tuple(lane.events), lane.began, took)

    def _wake(self) -> None:
        """Wait until the stack lives, and learn its hardware address. Raises GoneError."""
        end = self.wire.clock() + self.pace.start
        pulse = Pulse(self.wire, self.stack, self.addresses.peer(), self.controls or ())
        pulse.stack_mac = self.stack_mac
        while self.wire.clock() < end:
            try:
                if not self._alone_with(pulse, pulse.check(min(self.pace.alive, 0.5))):
                    continue
                self.stack_mac = pulse.stack_mac or bytes(6)
                if self.controls is None:
                    self.controls = self._alone_with(pulse, pulse.find_controls(self.pace.alive))
            except WireError as error:
                raise GoneError(str(error)) from None
            return
        raise GoneError(f"the stack did not answer within {self.pace.start:g} s")

    def _alone_with(self, pulse: Pulse, turn: Generator[float, None, T]) -> T:
        """Go through a control while nothing else goes on, and return what it found."""
        try:
            until = next(turn)
            while True:
                arrival = self._receive(until)
                pulse.moment = until if arrival is None else arrival.time
                if arrival is not None and pulse.concerns(arrival.data):
                    pulse.take(arrival)
                until = next(turn)
        except StopIteration as finished:
            found: T = finished.value
            return found

    def _revive(self) -> None:
        try:
            self.wire = self.keeper.start()
        except WireError as error:
            raise GoneError(str(error)) from None
        self._wake()

    def _finish(self, result: Result) -> None:
        self.results[result.scenario.id] = result
        self._done(result)


class _DeadError(Exception):
    """The stack gave no sign of life."""


def _fault(lane: Lane) -> Verdict:
    """Return what it is to have done otherwise: where nothing binds the stack, an observation."""
    scenario = lane.scenario
    if scenario.level in LENIENT or (scenario.profiles and not scenario.profiles & lane.profiles):
        return Verdict.OBSERVED
    return Verdict.FAIL


def _settled(before: Result, now: Result) -> Result:
    """Return the result of two runs: that of the one alone, unless both were alone and differ."""
    if before.verdict == now.verdict or not before.scenario.alone or now.verdict in BAD:
        return now
    if before.verdict is Verdict.FAIL:
        return replace(now, verdict=Verdict.INCONCLUSIVE, faults=(*before.faults, "and not when it was run again"))
    return now
