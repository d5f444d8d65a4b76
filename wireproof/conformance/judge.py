"""From answers to verdicts. What is expected comes from the vector alone.

A rejection is right or wrong by whether there is one, and by its layer where the adapter names one. Its reason is not
judged: there are as many words for it as parsers.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from wireproof.conformance.messages import (
    Answer,
    Built,
    Fields,
    Json,
    Parsed,
    Planned,
    Reassembled,
    Unsupported,
    shown,
)
from wireproof.vectors import Address, Build, Parse, Reassemble, Update, Vector


class Verdict(StrEnum):
    """What is said of a vector.

    `ERROR` is an adapter that died, hung or said something else than an answer. The expected ones are those that a
    list of expected failures names: `KNOWN` failed, `MENDED` passed, which the list did not expect.
    """

    PASS = "pass"
    FAIL = "fail"
    ERROR = "error"
    UNSUPPORTED = "unsupported"
    KNOWN = "known"
    MENDED = "mended"


BAD = frozenset({Verdict.FAIL, Verdict.ERROR, Verdict.MENDED})


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a vector: the verdict, and why in words, each of a line.

    `remarks` are what is not judged; `said` is what the adapter said where that was no answer. It is not `asked` after
    too many questions without an answer.
    """

    vector: Vector
    verdict: Verdict
    faults: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    said: str | None = None
    asked: bool = True


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges all answers of one run.

    `reported` are the fields that the adapter has reported anywhere in the run: one that it never reports is
    unsupported. `policies` say of flags whether a packet is to be accepted ("accept") or rejected ("reject") that may
    be either.
    """

    reported: Collection[str]
    policies: Mapping[str, str]

    def judge(self, vector: Vector, answer: Answer) -> Result:
        """Return the result of an answer."""
        if isinstance(answer, Unsupported):
            return Result(vector, Verdict.UNSUPPORTED)
        faults: Iterable[str] = ()
        remarks: list[str] = []
        match vector.task, answer:
            case Parse() as task, Parsed():
                faults = self._parse(vector, task, answer, remarks)
            case Build(), Built(octets):
                faults = () if octets == vector.data else [_octets(vector.data, octets)]
            case Update(after=after), Built(octets):
                faults = () if octets == after else [_octets(after, octets)]
            case Address() as task, Planned(values):
                faults = _address(task, values)
            case Reassemble() as task, Reassembled():
                faults = self._reassembled(vector, task, answer, remarks)
        found = tuple(faults)
        return Result(vector, Verdict.FAIL if found else Verdict.PASS, found, tuple(remarks))

    def _parse(self, vector: Vector, task: Parse, answer: Parsed, remarks: list[str]) -> Iterator[str]:
        expected = self._expected(vector, task)
        if expected is not None and answer.accept != expected:
            yield _acceptance(task, answer, expected)
            return
        if not answer.accept:
            yield from _rejection(task, answer, remarks)
            return
        yield from self._fields(task.fields, answer.fields, remarks)
        for name in sorted(task.absent & answer.fields.keys()):
            given = answer.fields[name] or ()
            if any(given):
                yield f"{name} is {_shown(given)}, expected none"

    def _fields(self, expected: Mapping[str, Sequence[Json]], told: Fields, remarks: list[str]) -> Iterator[str]:
        for name, values in expected.items():
            given = told.get(name)
            if given is None:
                if name in told:
                    remarks.append(f"{name} is not told of this packet")
                elif name in self.reported:
                    yield f"{name} is missing, expected {_shown(values)}"
                else:
                    remarks.append(f"{name} is never reported")
            elif not _same(values, given):
                yield f"{name} is {_shown(given)}, expected {_shown(values)}"

    def _reassembled(self, vector: Vector, task: Reassemble, answer: Reassembled, remarks: list[str]) -> Iterator[str]:
        given = answer.datagrams
        expected = self._expected(vector, task)
        right = [] if expected is False else [task.datagrams, *task.others]
        right += [()] if expected is not True else []
        if given not in right:
            yield f"{_datagrams(given)}, expected {' or '.join(map(_datagrams, right))}"
        elif task.headers and given == task.datagrams:
            if answer.headers is None:
                remarks.append("headers are not told")
            elif len(answer.headers) != len(given):
                yield f"{len(answer.headers)} headers of {len(given)} datagrams"
            else:
                for values, told in zip(task.headers, answer.headers, strict=True):
                    yield from self._fields(values, told, remarks)

    def _expected(self, vector: Vector, task: Parse | Reassemble) -> bool | None:
        """Return whether the packet is to be accepted; None where both are right."""
        if task.result != "either":
            return task.result == "accept"
        wanted = {self.policies[flag] for flag in vector.flags if flag in self.policies}
        return None if len(wanted) != 1 else wanted == {"accept"}


def _acceptance(task: Parse, answer: Parsed, expected: bool) -> str:
    if expected:
        why = " ".join(f"({text})" for text in (answer.layer, answer.reason) if text)
        return f"rejected {why}".rstrip() + ", expected to be accepted"
    rejection = f" by {task.rejection.layer}, {task.rejection.reason}" if task.rejection else ""
    return f"accepted, expected to be rejected{rejection}"


def _rejection(task: Parse, answer: Parsed, remarks: list[str]) -> Iterator[str]:
    if task.rejection is None:
        return
    if answer.layer is not None and answer.layer not in {task.rejection.layer, *task.rejection.also}:
        expected = " or ".join((task.rejection.layer, *sorted(task.rejection.also)))
        yield f"rejected by {answer.layer}, expected by {expected}"
    if answer.reason is not None and answer.reason != task.rejection.reason:
        remarks.append(f"the reason given is {answer.reason!r}, that of the vector {task.rejection.reason!r}")


def _address(task: Address, values: Mapping[str, object]) -> Iterator[str]:
    for name, expected in task.answer.items():
        if name not in values:
            yield f"{name} is missing, expected {expected}"
        elif values[name] != expected and not (isinstance(expected, tuple) and values[name] == list(expected)):
            yield f"{name} is {str(values[name])[:200]}, expected {expected}"


def _same(expected: Sequence[Json], given: Sequence[Json]) -> bool:
    return len(expected) == len(given) and all(map(_equal, expected, given))


def _equal(expected: Json, given: Json) -> bool:
    """Whether two values say the same; octets and addresses may be written with or without colons, in any case."""
    if isinstance(expected, str) and isinstance(given, str):
        return expected == given or _plain(expected) == _plain(given)
    # JSON knows 1 and true apart, and so does who writes a stack; a flag told as a number is none the less told.
    return expected == given


def _plain(text: str) -> str:
    try:
        return str(ipaddress.IPv4Address(text))
    except ValueError:
        return text.lower().replace(":", "").replace("-", "")


def _datagrams(datagrams: Sequence[bytes]) -> str:
    return ", ".join(each[:200].hex() or "one without data" for each in datagrams) or "no datagram"


def _octets(expected: bytes, given: bytes) -> str:
    place = next((at for at, (a, b) in enumerate(zip(expected, given, strict=False)) if a != b), None)
    if place is None:
        return f"{len(given)} octets, expected {len(expected)}: {expected.hex()}"
    return (
        f"octet {place} is {given[place]:02x}, expected {expected[place]:02x}; "
        f"of {len(given)} and {len(expected)}: {given[:200].hex()}, expected {expected.hex()}"
    )


def _shown(values: Sequence[Json]) -> str:
    return ", ".join(shown(value)[:80] for value in values)
