"""The functions that write one value as text: LLVM text. Each returns the place behind what it wrote.

They may write a few octets further, which what comes next overwrites; see `MOST` in `wireproof.engine.line_code`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence


def table(name: str, items: Sequence[bytes]) -> str:
    """Return a constant of octets, one item behind the other."""
    octets = b"".join(items)
    text = "".join(f"\\{octet:02X}" for octet in octets)
    return f'@{name} = internal constant [{len(octets)} x i8] c"{text}", align 4'


# Entries of four octets, so that each is read and written as one word. Of numbers up to 999, the digits with how many
# they are behind them, and then once more all three digits, as they end a longer number; of octets, digits and a point,
# and two hexadecimal digits and a colon. Two digits of numbers up to 99 for dates.
_DIGITS = table(
    "digits",
    [
        *((b"%d" % number).ljust(3, b"0") + bytes([len(str(number))]) for number in range(1000)),
        *(b"%03d\3" % number for number in range(1000)),
    ],
)
QUADS = table("quads", [(b"%d." % number).ljust(4, b".") for number in range(256)])
HEX = table("hex", [b"%02x::" % number for number in range(256)])
_PAIRS = table("pairs", [b"%02d" % number for number in range(100)])


def _entry(name: str, table: str, index: str, to: str) -> str:
    """Return what copies an entry of a table to a place."""
    return f"""\
  %{name}.p = getelementptr i32, ptr @{table}, i64 {index}
  %{name} = load i32, ptr %{name}.p, align 4
  store i32 %{name}, ptr {to}, align 1"""


def _counted(name: str, index: str, to: str) -> str:
    """Return what writes an entry of the digits, and tells how many it has."""
    return f"""\
{_entry(name, "digits", index, to)}
  %{name}.count.p = getelementptr i8, ptr %{name}.p, i64 3
  %{name}.count.8 = load i8, ptr %{name}.count.p
  %{name}.count = zext i8 %{name}.count.8 to i64"""


# Up to six digits without a branch, since nobody foretells how many digits a port has: those before the last three,
# of which nothing is kept where there are none, and the last three, or as many as there are. Millions call it again.
_DECIMAL = f"""define internal ptr @decimal(ptr %to, i64 %value) nounwind {{
entry:
  %large = icmp ugt i64 %value, 999999
  br i1 %large, label %millions, label %short
short:
  %high = udiv i64 %value, 1000
  %high.down = mul i64 %high, 1000
  %low = sub i64 %value, %high.down
  %is.long = icmp ugt i64 %value, 999
{_counted("a", "%high", "%to")}
  %skip = select i1 %is.long, i64 %a.count, i64 0
  %to.low = getelementptr i8, ptr %to, i64 %skip
  %padded = select i1 %is.long, i64 1000, i64 0
  %low.at = add i64 %low, %padded
{_counted("b", "%low.at", "%to.low")}
  %end.short = getelementptr i8, ptr %to.low, i64 %b.count
  ret ptr %end.short
millions:
  %million = udiv i64 %value, 1000000
  %million.down = mul i64 %million, 1000000
  %rest = sub i64 %value, %million.down
  %at = call ptr @decimal(ptr %to, i64 %million)
  %end = call ptr @six(ptr %at, i64 %rest)
  ret ptr %end
}}"""

_SIX = f"""define internal ptr @six(ptr %to, i64 %value) nounwind {{
  %high = udiv i64 %value, 1000
  %down = mul i64 %high, 1000
  %low = sub i64 %value, %down
  %high.at = add i64 %high, 1000
{_entry("a", "digits", "%high.at", "%to")}
  %low.at = add i64 %low, 1000
  %to.low = getelementptr i8, ptr %to, i64 3
{_entry("b", "digits", "%low.at", "%to.low")}
  %behind = getelementptr i8, ptr %to, i64 6
  ret ptr %behind
}}"""

_SIGNED = """define internal ptr @signed(ptr %to, i64 %value) nounwind {
  %negative = icmp slt i64 %value, 0
  %opposite = sub i64 0, %value
  %size = select i1 %negative, i64 %opposite, i64 %value
  store i8 45, ptr %to
  %sign = zext i1 %negative to i64
  %digits = getelementptr i8, ptr %to, i64 %sign
  %behind = call ptr @decimal(ptr %digits, i64 %size)
  ret ptr %behind
}"""

# A point and nine digits.
_FRACTION = f"""define internal ptr @fraction(ptr %to, i64 %value) nounwind {{
  %high = udiv i64 %value, 1000000
  %down = mul i64 %high, 1000000
  %rest = sub i64 %value, %down
  store i8 46, ptr %to
  %high.at = add i64 %high, 1000
  %to.high = getelementptr i8, ptr %to, i64 1
{_entry("a", "digits", "%high.at", "%to.high")}
  %to.rest = getelementptr i8, ptr %to, i64 4
  %behind = call ptr @six(ptr %to.rest, i64 %rest)
  ret ptr %behind
}}"""

_SECONDS = """define internal ptr @seconds(ptr %to, i64 %value) nounwind {
  %negative = icmp slt i64 %value, 0
  %opposite = sub i64 0, %value
  %size = select i1 %negative, i64 %opposite, i64 %value
  store i8 45, ptr %to
  %sign = zext i1 %negative to i64
  %digits = getelementptr i8, ptr %to, i64 %sign
  %whole = udiv i64 %size, 1000000000
  %down = mul i64 %whole, 1000000000
  %rest = sub i64 %size, %down
  %point = call ptr @decimal(ptr %digits, i64 %whole)
  %behind = call ptr @fraction(ptr %point, i64 %rest)
  ret ptr %behind
}"""

_MONTHS = table("months", [b"JanFebMarAprMayJunJulAugSepOctNovDec"])

# The civil date of a number of days since 1970 (proleptic Gregorian): eras of 400 years that begin in March, so that a
# leap day is the last of its year.
_DATE = """define internal ptr @date(ptr %to, i64 %time, i64 %offset, ptr %zone, i64 %zone.size) nounwind {
  %rest.0 = srem i64 %time, 1000000000
  %whole.0 = sdiv i64 %time, 1000000000
  %rest.negative = icmp slt i64 %rest.0, 0
  %rest.up = add i64 %rest.0, 1000000000
  %whole.down = sub i64 %whole.0, 1
  %rest = select i1 %rest.negative, i64 %rest.up, i64 %rest.0
  %whole = select i1 %rest.negative, i64 %whole.down, i64 %whole.0
  %local.0 = add i64 %whole, %offset
  %local = add i64 %local.0, 62135596800
  %day = udiv i64 %local, 86400
  %second = urem i64 %local, 86400
  %from.march = add i64 %day, 306
  %era = udiv i64 %from.march, 146097
  %doe = urem i64 %from.march, 146097
  %a = udiv i64 %doe, 1460
  %b = udiv i64 %doe, 36524
  %c = udiv i64 %doe, 146096
  %d = sub i64 %doe, %a
  %e = add i64 %d, %b
  %f = sub i64 %e, %c
  %yoe = udiv i64 %f, 365
  %eras = mul i64 %era, 400
  %year.march = add i64 %yoe, %eras
  %g = mul i64 %yoe, 365
  %h = udiv i64 %yoe, 4
  %i = udiv i64 %yoe, 100
  %j = add i64 %g, %h
  %k = sub i64 %j, %i
  %doy = sub i64 %doe, %k
  %l = mul i64 %doy, 5
  %m = add i64 %l, 2
  %month.march = udiv i64 %m, 153
  %n = mul i64 %month.march, 153
  %o = add i64 %n, 2
  %p = udiv i64 %o, 5
  %q = sub i64 %doy, %p
  %dom = add i64 %q, 1
  %is.later = icmp ugt i64 %month.march, 9
  %up = add i64 %month.march, 2
  %down = sub i64 %month.march, 10
  %month = select i1 %is.later, i64 %down, i64 %up
  %carry = zext i1 %is.later to i64
  %year = add i64 %year.march, %carry
  %month.at = mul i64 %month, 3
  %month.p = getelementptr i8, ptr @months, i64 %month.at
  %name.ab = load i16, ptr %month.p, align 1
  %name.c.p = getelementptr i8, ptr %month.p, i64 2
  %name.c = load i8, ptr %name.c.p
  store i16 %name.ab, ptr %to, align 1
  %to.2 = getelementptr i8, ptr %to, i64 2
  store i8 %name.c, ptr %to.2
  %to.3 = getelementptr i8, ptr %to, i64 3
  store i8 32, ptr %to.3
  %to.4 = getelementptr i8, ptr %to, i64 4
  store i8 32, ptr %to.4
  %short = icmp ult i64 %dom, 10
  %shift = zext i1 %short to i64
  %day.to = getelementptr i8, ptr %to.4, i64 %shift
  %day.end = call ptr @decimal(ptr %day.to, i64 %dom)
  store i8 44, ptr %day.end
  %space = getelementptr i8, ptr %day.end, i64 1
  store i8 32, ptr %space
  %year.to = getelementptr i8, ptr %space, i64 1
  %year.end = call ptr @decimal(ptr %year.to, i64 %year)
  %hour = udiv i64 %second, 3600
  %hour.rest = urem i64 %second, 3600
  %minute = udiv i64 %hour.rest, 60
  %sec = urem i64 %hour.rest, 60
  %hour.end = call ptr @pair(ptr %year.end, i8 32, i64 %hour)
  %minute.end = call ptr @pair(ptr %hour.end, i8 58, i64 %minute)
  %second.end = call ptr @pair(ptr %minute.end, i8 58, i64 %sec)
  %fraction.end = call ptr @fraction(ptr %second.end, i64 %rest)
  store i8 32, ptr %fraction.end
  %zone.to = getelementptr i8, ptr %fraction.end, i64 1
  call void @llvm.memcpy.p0.p0.i64(ptr %zone.to, ptr %zone, i64 %zone.size, i1 false)
  %behind = getelementptr i8, ptr %zone.to, i64 %zone.size
  ret ptr %behind
}"""

_PAIR = """define internal ptr @pair(ptr %to, i8 %before, i64 %value) nounwind {
  store i8 %before, ptr %to
  %at = shl i64 %value, 1
  %p = getelementptr i8, ptr @pairs, i64 %at
  %digits = load i16, ptr %p, align 1
  %next = getelementptr i8, ptr %to, i64 1
  store i16 %digits, ptr %next, align 1
  %behind = getelementptr i8, ptr %to, i64 3
  ret ptr %behind
}"""


def _dotted() -> str:
    """How far each octet's text goes is told by comparing, so that no place waits for a text to be read."""
    lines = ["define internal ptr @dotted(ptr %to, i64 %value) nounwind {"]
    place = "%to"
    for index, shift in enumerate((24, 16, 8, 0)):
        lines += [
            f"  %moved.{index} = lshr i64 %value, {shift}",
            f"  %octet.{index} = and i64 %moved.{index}, 255",
            _entry(f"text.{index}", "quads", f"%octet.{index}", place),
            f"  %two.{index} = icmp ugt i64 %octet.{index}, 9",
            f"  %three.{index} = icmp ugt i64 %octet.{index}, 99",
            f"  %second.{index} = zext i1 %two.{index} to i64",
            f"  %third.{index} = zext i1 %three.{index} to i64",
            f"  %more.{index} = add i64 %second.{index}, %third.{index}",
            f"  %size.{index} = add i64 %more.{index}, {1 if index == 3 else 2}",
            f"  %at.{index} = getelementptr i8, ptr {place}, i64 %size.{index}",
        ]
        place = f"%at.{index}"
    return "\n".join([*lines, f"  ret ptr {place}", "}"])


_HEXADECIMAL = """define internal ptr @hexadecimal(ptr %to, i64 %value, i64 %count) nounwind {
entry:
  store i8 48, ptr %to
  %x = getelementptr i8, ptr %to, i64 1
  store i8 120, ptr %x
  %begin = getelementptr i8, ptr %to, i64 2
  %bits = shl i64 %count, 2
  br label %loop
loop:
  %shift = phi i64 [%bits, %entry], [%down, %loop]
  %at = phi ptr [%begin, %entry], [%next, %loop]
  %down = sub i64 %shift, 8
  %moved = lshr i64 %value, %down
  %octet = and i64 %moved, 255
  %pair = getelementptr i32, ptr @hex, i64 %octet
  %digits = load i16, ptr %pair, align 1
  store i16 %digits, ptr %at, align 1
  %next = getelementptr i8, ptr %at, i64 2
  %is.last = icmp eq i64 %down, 0
  br i1 %is.last, label %done, label %loop
done:
  ret ptr %next
}"""


def _octets(name: str, text: str, width: int, behind: Sequence[str]) -> str:
    """Return a function that writes octets, of each its text of a type, the next one behind so many characters."""
    return f"""define internal ptr @{name}(ptr %to, ptr %from, i64 %count) nounwind {{
entry:
  br label %head
head:
  %i = phi i64 [0, %entry], [%i.next, %body]
  %at = phi ptr [%to, %entry], [%next, %body]
  %more = icmp ult i64 %i, %count
  br i1 %more, label %body, label %done
body:
  %p = getelementptr i8, ptr %from, i64 %i
  %octet = load i8, ptr %p
  %wide = zext i8 %octet to i64
  %text.p = getelementptr i32, ptr @hex, i64 %wide
  %text = load {text}, ptr %text.p, align 4
  store {text} %text, ptr %at, align 1
  %next = getelementptr i8, ptr %at, i64 {width}
  %i.next = add i64 %i, 1
  br label %head
done:
""" + "\n".join([*behind, "}"])


# A colon behind every two digits, the last of which is overwritten by what comes next.
_COLON_OVERWRITTEN = (
    "  %any = icmp ne i64 %count, 0",
    "  %last = getelementptr i8, ptr %at, i64 -1",
    "  %behind = select i1 %any, ptr %last, ptr %at",
    "  ret ptr %behind",
)


def _colons(name: str, given: str, octet: Callable[[int], list[str]]) -> str:
    """Return a function that writes six octets with colons between them; `octet` reads one into ``%octet.N``."""
    lines = [f"define internal ptr @{name}(ptr %to, {given}) nounwind {{"]
    for index in range(6):
        lines += [
            *octet(index),
            f"  %at.{index} = getelementptr i8, ptr %to, i64 {index * 3}",
            _entry(f"text.{index}", "hex", f"%octet.{index}", f"%at.{index}"),
        ]
    return "\n".join([*lines, "  %behind = getelementptr i8, ptr %to, i64 17", "  ret ptr %behind", "}"])


def _of_memory(index: int) -> list[str]:
    return [
        f"  %p.{index} = getelementptr i8, ptr %from, i64 {index}",
        f"  %short.{index} = load i8, ptr %p.{index}",
        f"  %octet.{index} = zext i8 %short.{index} to i64",
    ]


def _of_number(index: int) -> list[str]:
    return [f"  %moved.{index} = lshr i64 %value, {40 - 8 * index}", f"  %octet.{index} = and i64 %moved.{index}, 255"]


DOTTED = _dotted()
COLONS_OF_NUMBER = _colons("colons_of", "i64 %value", _of_number)
FUNCTIONS = (
    "declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)",
    *(_DIGITS, QUADS, HEX, _PAIRS, _MONTHS),
    *(
        _DECIMAL,
        _SIX,
        _SIGNED,
        _FRACTION,
        _SECONDS,
        _PAIR,
        _DATE,
        DOTTED,
        _HEXADECIMAL,
        _octets("octets", "i16", 2, ["  ret ptr %at"]),
        _octets("with_colons", "i32", 3, _COLON_OVERWRITTEN),
        _colons("ether", "ptr %from", _of_memory),
    ),
)
