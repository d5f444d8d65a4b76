"""Vectors in the forms that others read: JSON objects, and captures with the verdicts as comments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from wireproof.capture import Interface, Record, write_pcapng
from wireproof.conformance.messages import operation, shown
from wireproof.vectors import FCS_LENGTHS, LINK_TYPES, Address, Build, Parse, Reassemble, Update, Vector

_SECOND = 1_000_000_000


def as_json(vector: Vector) -> dict[str, Any]:
    """Return a vector as one object: the keys of the vector files, the octets without spaces."""
    told: dict[str, Any] = {
        "id": vector.id,
        "protocol": vector.protocol,
        "sentence": vector.sentence,
        "requirements": list(vector.requirements),
        "flags": sorted(vector.flags),
        "provenance": {"basis": vector.provenance.basis, "how": vector.provenance.how},
        **operation(vector),
    }
    task = vector.task
    match task:
        case Address():
            told["answer"] = {key: list(each) if isinstance(each, tuple) else each for key, each in task.answer.items()}
        case Build():
            told["hex"] = vector.data.hex()
        case Update():
            told["after"] = task.after.hex()
        case Reassemble():
            told |= {"result": task.result, "datagrams": [each.hex() for each in task.datagrams]}
            told |= {"others": [[each.hex() for each in one] for one in task.others]} if task.others else {}
            headers = [{name: list(values) for name, values in each.items()} for each in task.headers]
            told |= {"headers": headers} if headers else {}
        case Parse():
            told["result"] = task.result
            if task.rejection is not None:
                told |= {"layer": task.rejection.layer, "reason": task.rejection.reason}
                told |= {"also": sorted(task.rejection.also)} if task.rejection.also else {}
            told["fields"] = {name: list(values) for name, values in task.fields.items()}
            told["absent"] = sorted(task.absent)
    return told


def write_captures(vectors: Sequence[Vector], folder: Path) -> Iterator[tuple[Path, int]]:
    """Write a pcapng file for each protocol and link type; yield its path and how many packets it has.

    The packets are those to be parsed, built or reassembled, and those that change before and after, a second apart.
    Raises OSError.
    """
    groups: dict[tuple[str, str], list[tuple[bytes, tuple[str, ...]]]] = defaultdict(list)
    for vector in vectors:
        if not isinstance(vector.task, Address):
            told = tuple(comments(vector))
            groups[vector.protocol, vector.link] += [(packet, told) for packet in _packets(vector)]
    folder.mkdir(parents=True, exist_ok=True)
    for (protocol, link), group in sorted(groups.items()):
        path = folder / f"{protocol}-{link}.pcapng"
        with write_pcapng(path, [Interface(LINK_TYPES[link], 0, fcs_length=FCS_LENGTHS.get(link))]) as writer:
            for number, (packet, told) in enumerate(group, 1):
                time = (number - 1) * _SECOND
                writer.write(Record(number, packet, len(packet), time, LINK_TYPES[link], 0, 0, told))
        yield path, len(group)


def _packets(vector: Vector) -> tuple[bytes, ...]:
    match vector.task:
        case Reassemble(packets=packets):
            return packets
        case Update(after=after):
            return vector.data, after
    return (vector.data,)


def comments(vector: Vector) -> Iterator[str]:
    """Yield what a packet's comments say: the id and sentence, the requirements, and what is expected."""
    yield f"{vector.id}: {vector.sentence}"
    yield f"requirements: {', '.join(vector.requirements)}"
    if vector.is_provisional:
        yield "provisional: no text that was read says this in so many words"
    yield from expectation(vector)


def expectation(vector: Vector) -> Iterator[str]:
    """Yield in lines what is expected of who is asked for a vector."""
    task = vector.task
    match task:
        case Parse():
            because = ""
            if task.rejection is not None:
                layers = " or ".join((task.rejection.layer, *sorted(task.rejection.also)))
                because = f" by {layers}: {task.rejection.reason}"
            words = {"accept": "accepted", "reject": f"rejected{because}", "either": f"accepted, or rejected{because}"}
            yield words[task.result]
            for name, values in task.fields.items():
                yield f"{name} = {', '.join(map(shown, values))}"
            yield from (f"no {name}" for name in sorted(task.absent))
        case Build():
            for layer in task.layers:
                if isinstance(layer, bytes):
                    yield f"octets {layer.hex()}"
                else:
                    yield f"{layer.layer}: " + ", ".join(f"{name} = {shown(v)}" for name, v in layer.fields.items())
        case Reassemble():
            outcomes = [", ".join(each.hex() for each in one) or "none" for one in (task.datagrams, *task.others)]
            outcomes += ["none"] if task.result == "either" else []
            yield f"datagrams: {' or '.join(outcomes)}"
            for header in task.headers:
                yield "header: " + "; ".join(f"{name} = {', '.join(map(shown, each))}" for name, each in header.items())
        case Update():
            yield from (f"{name} becomes {shown(value)}" for name, value in task.fields.items())
            yield f"octets {task.after.hex()}"
        case Address():
            split = "".join(
                f", {name} {number}" for name, number in (("sites", task.sites), ("hosts", task.hosts)) if number
            )
            yield f"{task.address}/{task.prefix}{split}"
            for key, found in task.answer.items():
                yield f"{key} = {', '.join(found) if isinstance(found, tuple) else shown(found)}"
