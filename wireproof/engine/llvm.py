"""The intermediate form as LLVM text: one label for each layer and the finish, slots as `alloca`.

Nothing is said to LLVM of the buffer but where it is: were it called dereferenceable, a load might move before the
check that guards it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from wireproof.engine import across, columns, form
from wireproof.engine.form import FINISH, HAND_OVER, Extent, Operand, Operation, Program, Slot
from wireproof.engine.searches import Searches
from wireproof.engine.state import FOREIGN_ORDER, GATHERED_MOST, GATHERED_WORDS
from wireproof.engine.tables import WIDTHS
from wireproof.engine.word_code import Wordings

_PREDICATES = {"eq": "eq", "ne": "ne", "lt": "slt", "le": "sle", "gt": "sgt", "ge": "sge", "ule": "ule"}
_BINARY = {
    "add": "add",
    "sub": "sub",
    "mul": "mul",
    "and": "and",
    "or": "or",
    "xor": "xor",
    "shl": "shl",
    "shr": "ashr",
    "quotient": "sdiv",
    "remainder": "srem",
}
"""The byte order, in struct's notation, that is not this machine's."""
_WORD_BITS = 64
_PIECES = {1: (1,), 2: (2,), 3: (2, 1), 4: (4,), 5: (4, 1), 6: (4, 2), 7: (4, 2, 1), 8: (8,)}


# The method that writes an operation, and returns False where nothing comes behind it.
_WRITERS: Mapping[type[Operation], str] = {
    form.Let: "_let",
    form.Load: "_load",
    form.Need: "need",
    form.Within: "within",
    form.Get: "_get",
    form.Set: "_set",
    form.Mark: "_mark",
    form.Put: "_put",
    form.Fetch: "_fetch",
    form.Search: "_search",
    form.Append: "_append",
    form.Compose: "_compose",
    form.Gather: "_gather",
    form.Note: "_note",
    form.Recall: "_recall",
    form.Call: "_call",
    form.If: "_if",
    form.Block: "_block",
    form.Switch: "_switch",
    form.Break: "_break",
    form.Goto: "_goto",
    form.Result: "_result",
}


class Emitter:
    """Writes the body of the function that is run for every record; `result` is then (must, may, told)."""

    def __init__(self, program: Program, constants: Mapping[str, int] = MappingProxyType({})) -> None:
        """`constants` are values of the record that are the same for all records."""
        self.program = program
        self._names: dict[int | str, str] = {name: str(number) for name, number in constants.items()}
        self.used: set[str] = set()
        self.searches, self.wordings = Searches(), Wordings()
        self.places: dict[form.Place, None] = {}
        self.result = ("false", "false", "-1", "false")
        self._lines: list[str] = []
        self._made = 0
        self._label = ""
        self._targets: dict[str, str] = {FINISH: FINISH, HAND_OVER: "handover"}
        stores = [each for each in form.operations(program) if isinstance(each, (form.Get, form.Set, form.Mark))]
        used = {each.slot.index for each in stores} | {0}  # the first is the escape
        self._slots = [slot for slot in program.slots if slot.index in used]
        marked = {each.slot.index for each in stores if isinstance(each, form.Mark)}
        self._bits = {index: place for place, index in enumerate(sorted(marked))}
        self._writers: dict[type[Operation], Callable[[Any], bool | None]] = {
            kind: getattr(self, name) for kind, name in _WRITERS.items()
        }

    # Writing

    def write(self, line: str) -> None:
        """Add an instruction."""
        self._lines.append(f"  {line}")

    def assign(self, expression: str, name: str = "t") -> str:
        """Add an instruction and return the name of its result."""
        self._made += 1
        result = f"%{name}.{self._made}"
        self._lines.append(f"  {result} = {expression}")
        return result

    def label(self, hint: str) -> str:
        """Return a new label."""
        self._made += 1
        return f"{hint}.{self._made}"

    def begin(self, label: str) -> None:
        """Begin a basic block."""
        self._lines.append(f"{label}:")
        self._label = label

    @property
    def current(self) -> str:
        """The basic block that is being written."""
        return self._label

    def operand(self, value: Operand) -> str:
        """Return an operand as LLVM writes it."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            return str(value)
        known = self._names.get(value.id)
        if known is None and isinstance(value.id, str):
            self.used.add(value.id)
        return known or (f"%{value.id}" if isinstance(value.id, str) else f"%v{value.id}")

    def split(self, condition: str, then: str, otherwise: str) -> None:
        """Add a conditional branch."""
        self.write(f"br i1 {condition}, label %{then}, label %{otherwise}")

    # The program

    def variables(self) -> list[str]:
        """Return the allocations of all slots and arrays, for the function's entry."""
        lines = [f"  %w{word} = alloca i64" for word in range(self._words)]
        for slot in self._slots:
            if slot.index not in self._bits:
                lines += [f"  %s{slot.index}.{part} = alloca {kind}" for part, kind in enumerate(_parts(slot))]
        if self.program.asks:
            lines.append("  %gathered = alloca i64")
        for column in self.program.columns:
            lines += columns.variables(column)
        for array in self.program.arrays:
            parts = 2 if array.kind == "extent" else 1
            lines += [f"  %a{array.index}.{part} = alloca [{array.size} x i64]" for part in range(parts)]
        return lines

    @property
    def _words(self) -> int:
        return (len(self._bits) + 63) // 64

    def body(self) -> list[str]:
        """Return the instructions from the record's first values to the end of the finish, which falls through."""
        self._lines = []
        for word in range(self._words):
            self.write(f"store i64 0, ptr %w{word}")
        for slot in self._slots:
            if slot.index in self._bits:
                continue
            values = {"position": ("%frame",), "extent": ("%frame", "0")}.get(slot.kind, (self.operand(slot.initial),))
            for part, (kind, value) in enumerate(zip(_parts(slot), values, strict=True)):
                self.write(f"store {kind} {value}, ptr %s{slot.index}.{part}")
        if self.program.asks:
            self.write("store i64 0, ptr %gathered")
        for column in self.program.columns:
            for line in columns.begun(column):
                self._lines.append(line)
        first = next(iter(self.program.layers), None)
        self.write(f"br label %{_layer(first) if first else FINISH}")
        for name, region in self.program.layers.items():
            self.begin(_layer(name))
            if self._region(region):
                self.write(f"br label %{FINISH}")
        self.begin("handover")  # the escape is the first of all slots
        self.write("store i1 true, ptr %s0.0")
        self.write(f"br label %{FINISH}")
        self.begin(FINISH)
        self._region(self.program.finish)
        return self._lines

    def _region(self, region: list[Operation]) -> bool:
        """Write a region; whether its end is reached."""
        return all(self._writers[type(operation)](operation) is not False for operation in region)

    def _let(self, let: form.Let) -> None:
        result, operands = self.operand(let.result), [self.operand(operand) for operand in let.operands]
        what = let.operation
        if what in _PREDICATES:
            self.write(f"{result} = icmp {_PREDICATES[what]} i64 {operands[0]}, {operands[1]}")
        elif what in _BINARY:
            self.write(f"{result} = {_BINARY[what]} i64 {operands[0]}, {operands[1]}")
        elif what in ("both", "either"):
            self.write(f"{result} = {'and' if what == 'both' else 'or'} i1 {operands[0]}, {operands[1]}")
        elif what == "not":
            self.write(f"{result} = xor i1 {operands[0]}, true")
        elif what == "integer":
            self.write(f"{result} = zext i1 {operands[0]} to i64")
        elif what == "among":
            self._among(result, operands[0], let.operands[1:])
        elif what == "select":
            self.write(f"{result} = select i1 {operands[0]}, i64 {operands[1]}, i64 {operands[2]}")
        else:
            self._floor(result, what, *operands)

    def _among(self, result: str, value: str, numbers: Sequence[int]) -> None:
        """Look for a number in a word of bits where all fit into one, or else compare with each."""
        first = numbers[0]
        if numbers[-1] - first < _WORD_BITS:
            word = sum(1 << number - first for number in numbers)
            place = self.assign(f"sub i64 {value}, {first}")
            fits = self.assign(f"icmp ult i64 {place}, {_WORD_BITS}")
            # A shift by more bits than there are is no number at all, which must not come into the answer.
            shift = self.assign(f"and i64 {place}, {_WORD_BITS - 1}")
            bit = self.assign(f"trunc i64 {self.assign(f'lshr i64 {word - (word >> 63 << 64)}, {shift}')} to i1")
            self.write(f"{result} = and i1 {fits}, {bit}")
            return
        found = self.assign(f"icmp eq i64 {value}, {first}")
        for number in numbers[1:-1]:
            found = self.assign(f"or i1 {found}, {self.assign(f'icmp eq i64 {value}, {number}')}")
        self.write(f"{result} = or i1 {found}, {self.assign(f'icmp eq i64 {value}, {numbers[-1]}')}")

    def _floor(self, result: str, what: str, left: str, right: str) -> None:
        """Divide by a positive number as Python does, towards minus infinity."""
        rest = self.assign(f"srem i64 {left}, {right}")
        below = self.assign(f"icmp slt i64 {rest}, 0")
        if what == "floormod":
            added = self.assign(f"select i1 {below}, i64 {right}, i64 0")
            self.write(f"{result} = add i64 {rest}, {added}")
            return
        quotient = self.assign(f"sdiv i64 {left}, {right}")
        self.write(f"{result} = sub i64 {quotient}, {self.assign(f'zext i1 {below} to i64')}")

    def _load(self, load: form.Load) -> None:
        pieces = _PIECES[load.width]
        place, total = load.offset, ""
        for index, width in enumerate(pieces):
            value = self.octets(self.operand(load.base), place, width, little=load.little)
            if index:
                shift = (place - load.offset) * 8 if load.little else width * 8
                moved = self.assign(f"shl i64 {value if load.little else total}, {shift}")
                value = self.assign(f"or i64 {moved}, {total if load.little else value}")
            total, place = value, place + width
        self._names[load.result.id] = total

    def octets(self, base: str, offset: int, width: int, *, little: bool = False) -> str:
        """Return the number that 1, 2, 4 or 8 octets are."""
        place = self.assign(f"add i64 {base}, {offset}") if offset else base
        pointer = self.assign(f"getelementptr i8, ptr %buffer, i64 {place}")
        value = self.assign(f"load i{width * 8}, ptr {pointer}, align 1")
        if width > 1 and ("<" if little else ">") == FOREIGN_ORDER:
            value = self.assign(f"call i{width * 8} @llvm.bswap.i{width * 8}(i{width * 8} {value})")
        return value if width == 8 else self.assign(f"zext i{width * 8} {value} to i64")

    def need(self, need: form.Need) -> None:
        """Check that octets are there. A size that is not constant may be negative, which without a sign is huge."""
        size, limit = self.operand(need.size), self.operand(need.limit)
        end = self.assign(f"add i64 {self.operand(need.base)}, {size}")
        fits = self.assign(f"icmp ule i64 {end}, {limit}")
        if not isinstance(need.size, int):
            fits = self.assign(f"and i1 {fits}, {self.assign(f'icmp ule i64 {size}, {limit}')}")
        self._pass(fits, need.otherwise)

    def within(self, within: form.Within) -> None:
        """Check that octets are in an extent."""
        first, size, whole = (self.operand(value) for value in (within.first, within.size, within.whole))
        if isinstance(within.whole, int) and isinstance(within.first, int) and isinstance(within.size, int):
            return
        fits = self.assign(f"icmp ule i64 {first}, {whole}")
        left = self.assign(f"sub i64 {whole}, {first}")
        fits = self.assign(f"and i1 {fits}, {self.assign(f'icmp ule i64 {size}, {left}')}")
        self._pass(fits, within.otherwise)

    def _pass(self, condition: str, otherwise: str) -> None:
        following = self.label("ok")
        self.split(condition, following, self._targets[otherwise])
        self.begin(following)

    def _get(self, get: form.Get) -> None:
        results, slot = get.results, get.slot
        if slot.index in self._bits:
            word, mask = self._bit(slot)
            bit = self.assign(f"and i64 {self.assign(f'load i64, ptr {word}')}, {mask}")
            self.write(f"{self.operand(results[0])} = icmp ne i64 {bit}, 0")
            return
        for part, (kind, result) in enumerate(zip(_parts(slot), results, strict=True)):
            self.write(f"{self.operand(result)} = load {kind}, ptr %s{slot.index}.{part}")

    def _set(self, store: form.Set) -> None:
        slot = store.slot
        for part, (kind, value) in enumerate(zip(_parts(slot), store.values, strict=True)):
            self.write(f"store {kind} {self.operand(value)}, ptr %s{slot.index}.{part}")

    def _mark(self, mark: form.Mark) -> None:
        word, mask = self._bit(mark.slot)
        added = self.assign(f"select i1 {self.operand(mark.condition)}, i64 {mask}, i64 0")
        total = self.assign(f"or i64 {self.assign(f'load i64, ptr {word}')}, {added}")
        self.write(f"store i64 {total}, ptr {word}")

    def _bit(self, slot: Slot) -> tuple[str, int]:
        word, place = divmod(self._bits[slot.index], 64)
        return f"%w{word}", (1 << place) - (1 << 64 if place == 63 else 0)

    def _element(self, array: form.Array, at: Operand, part: int) -> str:
        index = self.assign(f"and i64 {self.operand(at)}, {array.size - 1}")
        return self.assign(f"getelementptr [{array.size} x i64], ptr %a{array.index}.{part}, i64 0, i64 {index}")

    def _put(self, put: form.Put) -> None:
        for part, value in enumerate(put.values):
            self.write(f"store i64 {self.operand(value)}, ptr {self._element(put.array, put.at, part)}")

    def _fetch(self, fetch: form.Fetch) -> None:
        for part, result in enumerate(fetch.results):
            self.write(f"{self.operand(result)} = load i64, ptr {self._element(fetch.array, fetch.at, part)}")

    def _append(self, append: form.Append) -> None:
        self._made += 1
        values = tuple(map(self.operand, append.values))
        lines, following = columns.append(append.column, values, self._made)
        self._lines += lines
        self._label = following

    def _compose(self, compose: form.Compose) -> None:
        self._made += 1
        call = f"@{self.wordings.function(compose.words)}", self.operand(compose.value)
        most = self.wordings.most(compose.words)
        lines, self._label = columns.compose(compose.column, call, most, self._made, ends=compose.ends)
        self._lines += lines

    def _gather(self, gather: form.Gather) -> None:
        count = self.assign("load i64, ptr %gathered")
        self._pass(self.assign(f"icmp ult i64 {count}, {GATHERED_MOST}"), HAND_OVER)
        place = self.assign(f"mul i64 {count}, {GATHERED_WORDS}")
        for value in (gather.source, gather.layer, *gather.values):
            pointer = self.assign(f"getelementptr i64, ptr %gather, i64 {place}")
            self.write(f"store i64 {self.operand(value)}, ptr {pointer}")
            place = self.assign(f"add i64 {place}, 1")
        self.write(f"store i64 {self.assign(f'add i64 {count}, 1')}, ptr %gathered")

    def _cut(self, value: str, bits: int) -> str:
        return value if bits == _WORD_BITS else self.assign(f"trunc i64 {value} to i{bits}")

    def _note(self, note: form.Note) -> None:
        bits, _ = WIDTHS[note.place.code]
        cut = self._cut(self.operand(note.value), bits)
        self.write(f"store i{bits} {cut}, ptr {self._place(note.place)}")

    def _call(self, call: form.Call) -> None:
        given = across.arguments(self.program, call.rule)
        self.write(f"{self.operand(call.result)} = call i64 {across.function(call.rule)}({given})")

    def _recall(self, recall: form.Recall) -> None:
        bits, is_signed = WIDTHS[recall.place.code]
        pointer, result = self._place(recall.place), self.operand(recall.result)
        if bits == _WORD_BITS:
            self.write(f"{result} = load i64, ptr {pointer}")
        else:
            found = self.assign(f"load i{bits}, ptr {pointer}")
            self.write(f"{result} = {'sext' if is_signed else 'zext'} i{bits} {found} to i64")

    def _place(self, place: form.Place) -> str:
        """Return the address of a column's first row; a column of one row is never moved."""
        self.places[place] = None
        return across.column(place)

    def _search(self, search: form.Search) -> None:
        base, size = (self.operand(value) for value in search.extent)
        other = search.other
        pointer = self.assign(f"getelementptr i8, ptr %buffer, i64 {base}")
        if isinstance(other, Extent):
            second = self.assign(f"getelementptr i8, ptr %buffer, i64 {self.operand(other.base)}")
            call = self.searches.pair(search.what, pointer, size, second, self.operand(other.size))
        else:
            call = self.searches.literal(search.what, pointer, size, other)
        self.write(f"{self.operand(search.result)} = {call}")

    def _if(self, operation: form.If) -> bool:
        then, otherwise, join = self.label("then"), self.label("else"), self.label("join")
        has_other = bool(operation.otherwise)
        self.split(self.operand(operation.condition), then, otherwise if has_other else join)
        reached = not has_other
        for label, region in ((then, operation.then), (otherwise, operation.otherwise)):
            if label == then or has_other:
                self.begin(label)
                if self._region(region):
                    self.write(f"br label %{join}")
                    reached = True
        if reached:
            self.begin(join)
        return reached

    def _block(self, block: form.Block) -> bool:
        end = self.label("end")
        if block.loops:
            end = self.label("loop")
            self.write(f"br label %{end}")
            self.begin(end)
        self._targets[block.label] = end
        if self._region(block.body):
            self.write(f"br label %{end}")
        if block.loops:
            return False
        self.begin(end)
        return True

    def _switch(self, switch: form.Switch) -> bool:
        default, join = self.label("default"), self.label("join")
        labels = [self.label("case") for _ in switch.cases]
        choices = " ".join(
            f"i64 {key}, label %{label}" for label, (keys, _) in zip(labels, switch.cases, strict=True) for key in keys
        )
        self.write(f"switch i64 {self.operand(switch.value)}, label %{default} [{choices}]")
        reached = False
        for label, region in zip((*labels, default), form.regions(switch), strict=True):
            self.begin(label)
            if self._region(region):
                self.write(f"br label %{join}")
                reached = True
        if reached:
            self.begin(join)
        return reached

    def _goto(self, goto: form.Goto) -> bool:
        self.write(f"br label %{_layer(goto.layer)}")
        return False

    def _result(self, result: form.Result) -> None:
        answer = self.operand(result.must), self.operand(result.may), self.operand(result.told)
        self.result = (*answer, self.operand(result.piece))

    def _break(self, leaving: form.Break) -> bool:
        target = self._targets[leaving.label]
        if leaving.condition is True:
            self.write(f"br label %{target}")
            return False
        following = self.label("go")
        self.split(self.operand(leaving.condition), target, following)
        self.begin(following)
        return True


def _layer(name: str) -> str:
    return f'"layer {name}"'


def _parts(slot: Slot) -> tuple[str, ...]:
    return {"boolean": ("i1",), "extent": ("i64", "i64")}.get(slot.kind, ("i64",))
