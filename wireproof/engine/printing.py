"""The functions that write one value as text: LLVM text. Each returns the place behind what it wrote.

They may write a few octets further, which what comes next overwrites; see `MOST` in `wireproof.engine.texts`.
"""

from __future__ import annotations


def _table(name: str, items: list[bytes]) -> str:
    octets = b"".join(items)
    text = "".join(f"\\{octet:02X}" for octet in octets)
    return f'@{name} = internal constant [{len(octets)} x i8] c"{text}"'


# Two digits of each number up to 99, two of each octet, and the digits of each octet with their number behind them.
_PAIRS = _table("pairs", [b"%02d" % number for number in range(100)])
_HEX = _table("hex", [b"%02x" % number for number in range(256)])
_QUADS = _table("quads", [(b"%d" % number).ljust(3, b"0") + bytes([len(str(number))]) for number in range(256)])

# From the last digit to the first, two at a time, in front of the end of a small buffer, and then copied.
_DECIMAL = """define internal ptr @decimal(ptr %to, i64 %value) nounwind {
entry:
  %buffer = alloca [48 x i8]
  %end = getelementptr i8, ptr %buffer, i64 20
  br label %loop
loop:
  %left = phi i64 [%value, %entry], [%next, %two]
  %at = phi ptr [%end, %entry], [%before, %two]
  %large = icmp ugt i64 %left, 99
  br i1 %large, label %two, label %last
two:
  %next = udiv i64 %left, 100
  %down = mul i64 %next, 100
  %pair = sub i64 %left, %down
  %pair.at = shl i64 %pair, 1
  %pair.p = getelementptr i8, ptr @pairs, i64 %pair.at
  %digits = load i16, ptr %pair.p, align 1
  %before = getelementptr i8, ptr %at, i64 -2
  store i16 %digits, ptr %before, align 1
  br label %loop
last:
  %last.at = shl i64 %left, 1
  %last.p = getelementptr i8, ptr @pairs, i64 %last.at
  %last.digits = load i16, ptr %last.p, align 1
  %last.to = getelementptr i8, ptr %at, i64 -2
  store i16 %last.digits, ptr %last.to, align 1
  %single = icmp ult i64 %left, 10
  %skip = zext i1 %single to i64
  %begin = getelementptr i8, ptr %last.to, i64 %skip
  %begin.at = ptrtoint ptr %begin to i64
  %end.at = ptrtoint ptr %end to i64
  %count = sub i64 %end.at, %begin.at
  %a = load i64, ptr %begin, align 1
  store i64 %a, ptr %to, align 1
  %begin.b = getelementptr i8, ptr %begin, i64 8
  %to.b = getelementptr i8, ptr %to, i64 8
  %b = load i64, ptr %begin.b, align 1
  store i64 %b, ptr %to.b, align 1
  %begin.c = getelementptr i8, ptr %begin, i64 16
  %to.c = getelementptr i8, ptr %to, i64 16
  %c = load i64, ptr %begin.c, align 1
  store i64 %c, ptr %to.c, align 1
  %behind = getelementptr i8, ptr %to, i64 %count
  ret ptr %behind
}"""

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

# Whole seconds, and the rest behind a point that takes the place of the first digit of ten.
_SECONDS = """define internal ptr @seconds(ptr %to, i64 %value) nounwind {
  %negative = icmp slt i64 %value, 0
  %opposite = sub i64 0, %value
  %size = select i1 %negative, i64 %opposite, i64 %value
  store i8 45, ptr %to
  %sign = zext i1 %negative to i64
  %digits = getelementptr i8, ptr %to, i64 %sign
  %whole = udiv i64 %size, 1000000000
  %rest = urem i64 %size, 1000000000
  %ten = add i64 %rest, 1000000000
  %point = call ptr @decimal(ptr %digits, i64 %whole)
  %behind = call ptr @decimal(ptr %point, i64 %ten)
  store i8 46, ptr %point
  ret ptr %behind
}"""

_DOTTED = """define internal ptr @dotted(ptr %to, i64 %value) nounwind {
entry:
  br label %loop
loop:
  %shift = phi i64 [24, %entry], [%shift.next, %loop]
  %at = phi ptr [%to, %entry], [%next, %loop]
  %moved = lshr i64 %value, %shift
  %octet = and i64 %moved, 255
  %place = shl i64 %octet, 2
  %quad = getelementptr i8, ptr @quads, i64 %place
  %digits = load i32, ptr %quad, align 1
  store i32 %digits, ptr %at, align 1
  %count.p = getelementptr i8, ptr %quad, i64 3
  %count.8 = load i8, ptr %count.p
  %count = zext i8 %count.8 to i64
  %behind = getelementptr i8, ptr %at, i64 %count
  store i8 46, ptr %behind
  %next = getelementptr i8, ptr %behind, i64 1
  %shift.next = sub i64 %shift, 8
  %is.last = icmp eq i64 %shift, 0
  br i1 %is.last, label %done, label %loop
done:
  ret ptr %behind
}"""

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
  %place = shl i64 %octet, 1
  %pair = getelementptr i8, ptr @hex, i64 %place
  %digits = load i16, ptr %pair, align 1
  store i16 %digits, ptr %at, align 1
  %next = getelementptr i8, ptr %at, i64 2
  %is.last = icmp eq i64 %down, 0
  br i1 %is.last, label %done, label %loop
done:
  ret ptr %next
}"""

_OCTETS = """define internal ptr @octets(ptr %to, ptr %from, i64 %count) nounwind {
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
  %place = shl i64 %wide, 1
  %pair = getelementptr i8, ptr @hex, i64 %place
  %digits = load i16, ptr %pair, align 1
  store i16 %digits, ptr %at, align 1
  %next = getelementptr i8, ptr %at, i64 2
  %i.next = add i64 %i, 1
  br label %head
done:
  ret ptr %at
}"""

_ETHER = """define internal ptr @ether(ptr %to, ptr %from) nounwind {
entry:
  br label %loop
loop:
  %i = phi i64 [0, %entry], [%i.next, %loop]
  %at = phi ptr [%to, %entry], [%next, %loop]
  %p = getelementptr i8, ptr %from, i64 %i
  %octet = load i8, ptr %p
  %wide = zext i8 %octet to i64
  %place = shl i64 %wide, 1
  %pair = getelementptr i8, ptr @hex, i64 %place
  %digits = load i16, ptr %pair, align 1
  store i16 %digits, ptr %at, align 1
  %behind = getelementptr i8, ptr %at, i64 2
  store i8 58, ptr %behind
  %next = getelementptr i8, ptr %at, i64 3
  %i.next = add i64 %i, 1
  %is.last = icmp eq i64 %i.next, 6
  br i1 %is.last, label %done, label %loop
done:
  ret ptr %behind
}"""

FUNCTIONS = (
    *(_PAIRS, _HEX, _QUADS),
    *(_DECIMAL, _SIGNED, _SECONDS, _DOTTED, _HEXADECIMAL, _OCTETS, _ETHER),
)
