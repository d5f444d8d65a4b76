"""A program without what nobody uses: values that are not looked at, slots that are not read, empty regions.

LLVM would find most of that too, but takes longer to; the time it takes grows with what it is given.
"""

from __future__ import annotations

from collections import defaultdict

from wireproof.engine.form import (
    Append,
    Array,
    Block,
    Break,
    Compose,
    Extent,
    Fetch,
    Gather,
    Get,
    If,
    Let,
    Load,
    Mark,
    Need,
    Note,
    Operand,
    Operation,
    Program,
    Put,
    Recall,
    Result,
    Search,
    Set,
    Slot,
    Switch,
    Value,
    Within,
    operations,
)


def trim(program: Program) -> None:
    """Drop from a program what has no effect, in place. What only served what was dropped is left to LLVM."""
    kept = _Kept(program)
    for name, region in program.layers.items():
        program.layers[name] = kept.only(region)
    program.finish = kept.only(program.finish)


_MAKING = (Let, Load, Search, Recall)


class _Kept:
    """What has to stay: found from what has an effect, backwards."""

    def __init__(self, program: Program) -> None:
        self.values: set[Value] = set()
        self.stores: set[Slot | Array] = {program.slots[0]}  # the escape is set from outside of the regions
        self._sources: dict[Value, Operation] = {}
        self._writes: dict[Slot | Array, list[Operand]] = defaultdict(list)
        waiting: list[Operand] = []
        for operation in operations(program):
            waiting += self._note(operation)
        while waiting:
            value = waiting.pop()
            if isinstance(value, Value) and value not in self.values:
                self.values.add(value)
                waiting.extend(self._behind(value))

    def _note(self, operation: Operation) -> tuple[Operand, ...]:
        """Note who makes a value; return the operands of what has an effect."""
        if isinstance(operation, _MAKING):  # most are of these
            self._sources[operation.result] = operation
            return ()
        match operation:
            case Get() | Fetch():
                self._sources.update(dict.fromkeys(operation.results, operation))
            case Set():
                self._writes[operation.slot].extend(operation.values)
            case Mark():
                self._writes[operation.slot].append(operation.condition)
            case Put():
                self._writes[operation.array].extend((operation.at, *operation.values))
            case Need():
                return operation.base, operation.size, operation.limit
            case Within():
                return operation.base, operation.start, operation.whole, operation.first, operation.size
            case If():
                return (operation.condition,)
            case Switch():
                return (operation.value,)
            case Break():
                return (operation.condition,)
            case Note():
                return (operation.value,)
            case Append():
                return operation.values
            case Compose():
                return (operation.value,)
            case Gather():
                return operation.layer, *operation.values
            case Result():
                return operation.must, operation.may, operation.told, operation.piece
        return ()

    def _behind(self, value: Value) -> tuple[Operand, ...] | list[Operand]:
        """Return what a value is made of; of a slot, whatever is written into it."""
        match self._sources.get(value):
            case Let(operands=operands):
                return operands
            case Load(base=base):
                return (base,)
            case Search(extent=extent, other=other):
                return (*extent, *other) if isinstance(other, Extent) else (*extent,)
            case Get(slot=store):
                return self._of(store)
            case Fetch(array=store, at=at):
                return [at, *self._of(store)]
        return ()

    def _of(self, store: Slot | Array) -> list[Operand]:
        self.stores.add(store)
        return self._writes[store]

    def only(self, region: list[Operation]) -> list[Operation]:
        """Return a region without what nobody uses."""
        found: list[Operation] = []
        for operation in region:
            if isinstance(operation, _MAKING):
                if operation.result in self.values:
                    found.append(operation)
                continue
            match operation:
                case Get() | Fetch() if self.values.isdisjoint(operation.results):
                    continue
                case Set() | Mark() if operation.slot not in self.stores:
                    continue
                case Put() if operation.array not in self.stores:
                    continue
                case If():
                    operation.then, operation.otherwise = self.only(operation.then), self.only(operation.otherwise)
                    if not operation.then and not operation.otherwise:
                        continue
                case Block():
                    operation.body = self.only(operation.body)
                    if not operation.body and not operation.loops:
                        continue
                case Switch():
                    operation.cases = [(keys, self.only(inner)) for keys, inner in operation.cases]
                    operation.default = self.only(operation.default)
            found.append(operation)
            if isinstance(operation, Break) and operation.condition is True:
                break
        return found
