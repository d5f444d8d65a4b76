"""The intermediate form as text, for `wireproof explain --plan` and for the tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from wireproof.engine import form
from wireproof.engine.form import Extent, Operation, Program


def text_of(program: Program) -> str:
    """Return the program, a line for each operation, its values numbered as they appear."""
    lines: list[str] = []
    for name, region in program.layers.items():
        lines.append(f"layer {name}")
        lines.extend(_region(region, 1))
    lines.append("finish")
    lines.extend(_region(program.finish, 1))
    numbers: dict[str, str] = {}
    return re.sub(
        r"[%$]\d+", lambda found: numbers.setdefault(found[0], f"{found[0][0]}{len(numbers)}"), "\n".join(lines)
    )


def _region(region: list[Operation], depth: int) -> Iterator[str]:
    indent = "  " * depth
    for operation in region:
        if isinstance(operation, form.If):
            yield f"{indent}if {operation.condition}"
            yield from _region(operation.then, depth + 1)
            if operation.otherwise:
                yield f"{indent}else"
                yield from _region(operation.otherwise, depth + 1)
        elif isinstance(operation, form.Block):
            yield f"{indent}{'loop' if operation.loops else 'block'} {operation.label}"
            yield from _region(operation.body, depth + 1)
        elif isinstance(operation, form.Switch):
            yield f"{indent}switch {operation.value}"
            for keys, body in operation.cases:
                yield f"{indent}  case {', '.join(map(hex, keys))}"
                yield from _region(body, depth + 2)
            yield f"{indent}  else"
            yield from _region(operation.default, depth + 2)
        else:
            yield indent + _line(operation)


def _line(operation: Any) -> str:
    match operation:
        case form.Let(result, what, operands):
            return f"{result} = {what} {' '.join(map(str, operands))}"
        case form.Load(result, base, offset, width, little):
            return f"{result} = load {base}[{offset}:{offset + width}]{' little' if little else ''}"
        case form.Need(base, size, limit, otherwise):
            return f"need {base} + {size} <= {limit} else {otherwise}"
        case form.Within(base, start, whole, first, size, otherwise):
            return f"need {first} + {size} <= {whole} of {start} as {base} else {otherwise}"
        case form.Get(results, slot):
            return f"{' '.join(map(str, results))} = get {slot}"
        case form.Set(slot, values):
            return f"set {slot} {' '.join(map(str, values))}"
        case form.Mark(slot, condition):
            return f"mark {slot} if {condition}"
        case form.Put(array, at, values):
            return f"put {array}[{at}] {' '.join(map(str, values))}"
        case form.Fetch(results, array, at):
            return f"{' '.join(map(str, results))} = fetch {array}[{at}]"
        case form.Search(result, what, extent, other):
            return f"{result} = {what} {_extent(extent)}{'' if other is None else ' ' + _other(other)}"
        case form.Append(column, values):
            return f"append {column} {' '.join(map(str, values))}"
        case form.Compose(column, words, value, ends):
            return f"compose {column} {words} of {value}{' end' if ends else ''}"
        case form.Gather(source, layer, values):
            return f"gather {source} {layer} {' '.join(map(str, values))}"
        case form.Note(place, value):
            return f"note {place} {value}"
        case form.Recall(result, place):
            return f"{result} = recall {place}"
        case form.Call(result, rule):
            return f"{result} = call rule {rule}"
        case form.Break(label, condition):
            return f"break {label}" + ("" if condition is True else f" if {condition}")
        case form.Goto(layer):
            return f"goto {layer}"
        case form.Result(must, may, told, piece):
            return (
                f"result {must} {may}"
                + ("" if told == -1 else f" {told}")
                + ("" if piece is False else f" piece {piece}")
            )
    raise TypeError(type(operation).__name__)


def _extent(extent: Extent) -> str:
    return f"[{extent.base} + {extent.size}]"


def _other(other: Extent | bytes) -> str:
    return other.hex(":") if isinstance(other, bytes) else _extent(other)
