"""The functions that write one value as text: LLVM text. Each returns the place behind what it wrote.

They may write a few octets further, which what comes next overwrites; see `MOST` in `wireproof.engine.line_code`.
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

_MONTHS = _table("months", [b"JanFebMarAprMayJunJulAugSepOctNovDec"])

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
  %ten = add i64 %rest, 1000000000
  %fraction.end = call ptr @decimal(ptr %second.end, i64 %ten)
  store i8 46, ptr %second.end
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
    "declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)",
    *(_PAIRS, _HEX, _QUADS, _MONTHS),
    *(_DECIMAL, _SIGNED, _SECONDS, _PAIR, _DATE, _DOTTED, _HEXADECIMAL, _OCTETS, _ETHER),
)
