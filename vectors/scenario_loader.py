"""JSON files to scenarios. Frames are what their templates make of them, procedures the steps that they stand for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from wireproof.vectors.loader import documents, load_requirements
from wireproof.vectors.model import Header
from wireproof.vectors.scenario_model import (
    Action,
    Ask,
    Branch,
    Count,
    Expect,
    Forbid,
    Layers,
    Let,
    Make,
    Mark,
    Observe,
    Scenario,
    Send,
    Step,
    Wait,
    Watch,
)

DEEPEST = 8
"""How many procedures may stand in each other."""


def load_scenarios() -> tuple[Scenario, ...]:
    """Return all scenarios, in the order of their ids. Raises ValueError on a file of another format version."""
    levels = {each.id: each.level for each in load_requirements().values()}
    frames, procedures = _frames(), _procedures()
    found = (
        _scenario(document["group"], item, levels, _Reader(frames, procedures))
        for document in documents("scenarios")
        for item in document["scenarios"]
    )
    return tuple(sorted(found, key=lambda scenario: scenario.id))


def load_marks() -> Mapping[str, Mark]:
    """Return, by requirement, why there is no scenario for it."""
    found = (Mark(**item) for document in documents("uncovered") for item in document["uncovered"])
    return MappingProxyType({mark.requirement: mark for mark in found})


def load_watches() -> tuple[Watch, ...]:
    """Return what recorded captures are watched for, in the order of the ids."""
    levels = {each.id: each.level for each in load_requirements().values()}
    found = (_watch(item, levels) for document in documents("watches") for item in document["watches"])
    return tuple(sorted(found, key=lambda watch: watch.id))


def _watch(item: Mapping[str, Any], levels: Mapping[str, str]) -> Watch:
    values: dict[str, Any] = {"level": levels[item["requirements"][0]]}
    values |= {key: tuple(value) if isinstance(value, list) else value for key, value in item.items()}
    return Watch(**values)


@cache
def _frames() -> Mapping[str, Mapping[str, Any]]:
    return {item["name"]: item for document in documents("steps") for item in document.get("frames", ())}


@cache
def _procedures() -> Mapping[str, Mapping[str, Any]]:
    return {item["name"]: item for document in documents("steps") for item in document.get("procedures", ())}


def _scenario(group: str, item: Mapping[str, Any], levels: Mapping[str, str], reader: _Reader) -> Scenario:
    steps = tuple(reader.steps(item["steps"]))
    asks = {"control"} if any(isinstance(step.action, Ask) for step in steps) else set()
    return Scenario(
        id=item["id"],
        group=group,
        sentence=item["sentence"],
        requirements=tuple(item["requirements"]),
        level=item.get("level", levels[item["requirements"][0]]),
        needs=frozenset(item.get("needs", ())) | asks,
        profiles=frozenset(item.get("profiles", ())),
        answers=tuple(item.get("answers", ("tester", "other", "third"))),
        alone=item.get("alone", False),
        slow=item.get("slow", False),
        steps=steps,
    )


class _Reader:
    """Reads steps, with the frames and procedures that they may name."""

    def __init__(self, frames: Mapping[str, Mapping[str, Any]], procedures: Mapping[str, Mapping[str, Any]]) -> None:
        self.frames, self.procedures = frames, procedures

    def steps(self, items: Iterable[Mapping[str, Any]], setup: bool = False, depth: int = 0) -> Iterator[Step]:
        """Yield the steps, those of procedures in their place."""
        for item in items:
            if "do" in item:
                yield from self._procedure(item, setup, depth)
                continue
            yield Step(self._action(item), item.get("says", ""), item.get("setup", setup), item.get("profile"))

    def _procedure(self, item: Mapping[str, Any], setup: bool, depth: int) -> Iterator[Step]:
        if depth >= DEEPEST:
            raise ValueError(f"procedures stand in each other more than {DEEPEST} deep: {item['do']}")
        procedure = self.procedures[item["do"]]
        values = {**procedure.get("values", {}), **item.get("with", {})}
        if values:
            yield Step(Let(values), setup=True, profile=item.get("profile"))
        for step in self.steps(procedure["steps"], not item.get("judged", False) or setup, depth + 1):
            yield Step(step.action, step.says, step.setup, step.profile or item.get("profile"))

    def _action(self, item: Mapping[str, Any]) -> Action:
        match item:
            case {"send": _}:
                return Send(
                    self.layers(item["send"], item),
                    item.get("port", 1),
                    item.get("times", 1),
                    item.get("every", 0.0),
                    item.get("cut"),
                    item.get("as"),
                )
            case {"make": name}:
                return Make(name, self.layers(item["of"], item), item.get("skip", 0))
            case {"expect": text}:
                return Expect(
                    text,
                    item.get("within", 1.0),
                    item.get("instead"),
                    item.get("keep", {}),
                    item.get("as"),
                    item.get("since"),
                    _pair(item.get("between")),
                    item.get("port"),
                )
            case {"forbid": text}:
                return Forbid(text, item.get("for", 0.3), item.get("port"))
            case {"count": text}:
                between = tuple(item["between"])
                return Count(text, item["for"], between, _pair(item.get("spacing")), item.get("as"))
            case {"observe": branches}:
                found = tuple(Branch(each["seen"], each["means"]) for each in branches)
                return Observe(found, item["none"], item.get("within", 1.0))
            case {"wait": seconds}:
                return Wait(seconds)
            case {"ask": request}:
                return Ask(request, item.get("keep", {}), item.get("as"))
            case {"let": values}:
                return Let(values)
        raise ValueError(f"no step: {dict(item)}")

    def layers(self, what: str | list[Any], changes: Mapping[str, Any]) -> Layers:
        """Return the layers of a frame that is named or given, with what a step changes of them."""
        layers = self._template(what) if isinstance(what, str) else [_layer(each) for each in what]
        layers = _changed(layers, changes.get("with", {}))
        payload = _payload(changes)
        if payload is not None:
            layers = [each for each in layers if isinstance(each, Header)]
            layers += [payload] if payload else []
        return tuple(layers)

    def _template(self, name: str, depth: int = 0) -> list[Header | str]:
        if depth >= DEEPEST:
            raise ValueError(f"frames are like each other more than {DEEPEST} deep: {name}")
        item = self.frames[name]
        base = self._template(item["like"], depth + 1) if "like" in item else [_layer(each) for each in item["layers"]]
        base = _changed(base, item.get("with", {}))
        payload = _payload(item)
        return base if payload is None else [*(each for each in base if isinstance(each, Header)), payload]


def _layer(item: Mapping[str, Any]) -> Header | str:
    return Header(item["layer"], dict(item["fields"])) if "layer" in item else str(item["octets"])


def _changed(layers: list[Header | str], fields: Mapping[str, Any]) -> list[Header | str]:
    """Return layers with other values of fields, each in the last layer of the protocol that its name begins with.

    A field whose value is null is left to the builder.
    """
    found = list(layers)
    for name, value in fields.items():
        places = [
            place for place, each in enumerate(found) if isinstance(each, Header) and name.startswith(f"{each.layer}.")
        ]
        if not places:
            raise ValueError(f"{name} is of no layer of the frame")
        header = found[places[-1]]
        assert isinstance(header, Header)
        changed = {**header.fields, name: value}
        found[places[-1]] = Header(header.layer, {key: each for key, each in changed.items() if each is not None})
    return found


def _payload(item: Mapping[str, Any]) -> str | None:
    """Return the octets that an item gives, as hex; None where it gives none."""
    if "text" in item:
        return str(item["text"]).encode().hex()
    if "size" in item:
        return bytes(97 + place % 26 for place in range(item["size"])).hex()
    return str(item["octets"]) if "octets" in item else None


def _pair(value: Any) -> tuple[float, float] | None:
    return None if value is None else (value[0], value[1])
