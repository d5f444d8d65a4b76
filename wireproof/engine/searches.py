"""The functions that look at all octets of an extent: LLVM text, made as they are needed.

Each is given a pointer and a size, and reads nothing outside of them.
"""

from __future__ import annotations

# Of two sequences the longer one is the greater, and of equally long ones the first octet that differs tells.
_ORDER = """define internal i64 @order(ptr %a, i64 %n, ptr %b, i64 %m) nounwind noinline {
entry:
  %sized = icmp eq i64 %n, %m
  br i1 %sized, label %head, label %unequal
unequal:
  %shorter = icmp slt i64 %n, %m
  %length = select i1 %shorter, i64 -1, i64 1
  ret i64 %length
head:
  %i = phi i64 [0, %entry], [%next, %body]
  %more = icmp slt i64 %i, %n
  br i1 %more, label %body, label %same
body:
  %pa = getelementptr i8, ptr %a, i64 %i
  %pb = getelementptr i8, ptr %b, i64 %i
  %va = load i8, ptr %pa, align 1
  %vb = load i8, ptr %pb, align 1
  %next = add i64 %i, 1
  %equal = icmp eq i8 %va, %vb
  br i1 %equal, label %head, label %differ
differ:
  %below = icmp ult i8 %va, %vb
  %sign = select i1 %below, i64 -1, i64 1
  ret i64 %sign
same:
  ret i64 0
}"""

_EQUAL = """define internal i1 @equal(ptr %a, i64 %n, ptr %b, i64 %m) nounwind noinline {
entry:
  %sized = icmp eq i64 %n, %m
  br i1 %sized, label %head, label %no
head:
  %i = phi i64 [0, %entry], [%next, %body]
  %more = icmp slt i64 %i, %n
  br i1 %more, label %body, label %yes
body:
  %pa = getelementptr i8, ptr %a, i64 %i
  %pb = getelementptr i8, ptr %b, i64 %i
  %va = load i8, ptr %pa, align 1
  %vb = load i8, ptr %pb, align 1
  %next = add i64 %i, 1
  %same = icmp eq i8 %va, %vb
  br i1 %same, label %head, label %no
yes:
  ret i1 true
no:
  ret i1 false
}"""

_ZEROS = """define internal i1 @zeros(ptr %a, i64 %n) nounwind noinline {
entry:
  br label %head
head:
  %i = phi i64 [0, %entry], [%next, %body]
  %more = icmp slt i64 %i, %n
  br i1 %more, label %body, label %yes
body:
  %p = getelementptr i8, ptr %a, i64 %i
  %v = load i8, ptr %p, align 1
  %next = add i64 %i, 1
  %zero = icmp eq i8 %v, 0
  br i1 %zero, label %head, label %no
yes:
  ret i1 true
no:
  ret i1 false
}"""

# The first and the last octet are compared at 32 places at once, as long as all of that lies in the extent.
_FIND = """define internal i1 @find{index}(ptr %a, i64 %n) nounwind noinline {{
entry:
  %last = sub i64 %n, {size}
  %wide = sub i64 %last, 31
  br label %vhead
vhead:
  %i = phi i64 [0, %entry], [%inext, %vnext]
  %room = icmp sle i64 %i, %wide
  br i1 %room, label %vbody, label %thead
vbody:
  %fp = getelementptr i8, ptr %a, i64 %i
  %f = load <32 x i8>, ptr %fp, align 1
  %feq = icmp eq <32 x i8> %f, splat (i8 {first})
  %lp = getelementptr i8, ptr %fp, i64 {offset}
  %l = load <32 x i8>, ptr %lp, align 1
  %leq = icmp eq <32 x i8> %l, splat (i8 {final})
  %ends = and <32 x i1> %feq, %leq
  %mask0 = bitcast <32 x i1> %ends to i32
  br label %mhead
mhead:
  %mask = phi i32 [%mask0, %vbody], [%mask1, %mnext]
  %any = icmp ne i32 %mask, 0
  br i1 %any, label %mbody, label %vnext
mbody:
  %zeros = call i32 @llvm.cttz.i32(i32 %mask, i1 true)
  %zeros64 = zext i32 %zeros to i64
  %place = add i64 %i, %zeros64
  %p = getelementptr i8, ptr %a, i64 %place
  %whole = call i1 @equal(ptr %p, i64 {size}, ptr @text{index}, i64 {size})
  br i1 %whole, label %yes, label %mnext
mnext:
  %less = sub i32 %mask, 1
  %mask1 = and i32 %mask, %less
  br label %mhead
vnext:
  %inext = add i64 %i, 32
  br label %vhead
thead:
  %j = phi i64 [%i, %vhead], [%jnext, %tbody]
  %tmore = icmp sle i64 %j, %last
  br i1 %tmore, label %tbody, label %no
tbody:
  %tp = getelementptr i8, ptr %a, i64 %j
  %twhole = call i1 @equal(ptr %tp, i64 {size}, ptr @text{index}, i64 {size})
  %jnext = add i64 %j, 1
  br i1 %twhole, label %yes, label %thead
yes:
  ret i1 true
no:
  ret i1 false
}}"""

_FIND_PART = """define internal i1 @find(ptr %a, i64 %n, ptr %b, i64 %m) nounwind noinline {
entry:
  %last = sub i64 %n, %m
  br label %head
head:
  %i = phi i64 [0, %entry], [%next, %body]
  %more = icmp sle i64 %i, %last
  br i1 %more, label %body, label %no
body:
  %p = getelementptr i8, ptr %a, i64 %i
  %next = add i64 %i, 1
  %same = call i1 @equal(ptr %p, i64 %m, ptr %b, i64 %m)
  br i1 %same, label %yes, label %head
yes:
  ret i1 true
no:
  ret i1 false
}"""

# The sum of the words of 16 bits, the first octet of each the higher one; an odd octet at the end is one with a zero.
_SUM = """declare i64 @llvm.vector.reduce.add.v16i64(<16 x i64>)

define internal i64 @sum(ptr %a, i64 %n) nounwind noinline {{
entry:
  %wide = sub i64 %n, 31
  br label %vhead
vhead:
  %i = phi i64 [0, %entry], [%inext, %vbody]
  %lanes = phi <32 x i32> [zeroinitializer, %entry], [%more, %vbody]
  %room = icmp slt i64 %i, %wide
  br i1 %room, label %vbody, label %vdone
vbody:
  %vp = getelementptr i8, ptr %a, i64 %i
  %v = load <32 x i8>, ptr %vp, align 1
  %vw = zext <32 x i8> %v to <32 x i32>
  %more = add <32 x i32> %lanes, %vw
  %inext = add i64 %i, 32
  br label %vhead
vdone:
  %high = shufflevector <32 x i32> %lanes, <32 x i32> poison, <16 x i32> <{even}>
  %low = shufflevector <32 x i32> %lanes, <32 x i32> poison, <16 x i32> <{odd}>
  %highs = zext <16 x i32> %high to <16 x i64>
  %lows = zext <16 x i32> %low to <16 x i64>
  %h = call i64 @llvm.vector.reduce.add.v16i64(<16 x i64> %highs)
  %l = call i64 @llvm.vector.reduce.add.v16i64(<16 x i64> %lows)
  %hs = shl i64 %h, 8
  %vsum = add i64 %hs, %l
  br label %thead
thead:
  %j = phi i64 [%i, %vdone], [%jnext, %tbody]
  %total = phi i64 [%vsum, %vdone], [%tsum, %tbody]
  %tmore = icmp slt i64 %j, %n
  br i1 %tmore, label %tbody, label %done
tbody:
  %tp = getelementptr i8, ptr %a, i64 %j
  %octet = load i8, ptr %tp, align 1
  %word = zext i8 %octet to i64
  %odd = and i64 %j, 1
  %even = xor i64 %odd, 1
  %shift = shl i64 %even, 3
  %part = shl i64 %word, %shift
  %tsum = add i64 %total, %part
  %jnext = add i64 %j, 1
  br label %thead
done:
  ret i64 %total
}}""".format(
    even=", ".join(f"i32 {lane}" for lane in range(0, 32, 2)), odd=", ".join(f"i32 {lane}" for lane in range(1, 32, 2))
)

# The frame check sequence of IEEE 802.3, as the number that its octets are in a frame.
_CRC = """define internal i64 @crc(ptr %a, i64 %n) nounwind noinline {
entry:
  br label %head
head:
  %i = phi i64 [0, %entry], [%next, %turned]
  %sum = phi i32 [-1, %entry], [%rest, %turned]
  %more = icmp slt i64 %i, %n
  br i1 %more, label %body, label %done
body:
  %p = getelementptr i8, ptr %a, i64 %i
  %v = load i8, ptr %p, align 1
  %octet = zext i8 %v to i32
  %begin = xor i32 %sum, %octet
  br label %turn
turn:
  %turns = phi i32 [0, %body], [%count, %turn]
  %now = phi i32 [%begin, %body], [%rest, %turn]
  %bit = and i32 %now, 1
  %all = sub i32 0, %bit
  %taken = and i32 %all, -306674912
  %half = lshr i32 %now, 1
  %rest = xor i32 %half, %taken
  %count = add i32 %turns, 1
  %last = icmp eq i32 %count, 8
  br i1 %last, label %turned, label %turn
turned:
  %next = add i64 %i, 1
  br label %head
done:
  %inverse = xor i32 %sum, -1
  %sent = call i32 @llvm.bswap.i32(i32 %inverse)
  %number = zext i32 %sent to i64
  ret i64 %number
}"""

_TYPES = {"order": "i64", "equal": "i1", "zeros": "i1", "find": "i1", "sum": "i64", "crc": "i64"}
_OF_ONE = {"zeros": _ZEROS, "sum": _SUM, "crc": _CRC}


class Searches:
    """The functions and constant texts that a program needs."""

    def __init__(self) -> None:
        self._functions: dict[str, str] = {}
        self._texts: dict[bytes, int] = {}

    def pair(self, what: str, left: str, size: str, right: str, other_size: str) -> str:
        """Return the call that compares two extents."""
        if what == "find":
            self._functions["equal"] = _EQUAL
        self._functions[what] = {"order": _ORDER, "equal": _EQUAL, "find": _FIND_PART}[what]
        return f"call {_TYPES[what]} @{what}(ptr {left}, i64 {size}, ptr {right}, i64 {other_size})"

    def literal(self, what: str, pointer: str, size: str, text: bytes | None) -> str:
        """Return the call that compares an extent with a constant or looks for one in it, or that needs none."""
        if text is None:
            self._functions[what] = _OF_ONE[what]
            return f"call {_TYPES[what]} @{what}(ptr {pointer}, i64 {size})"
        index = self._texts.setdefault(text, len(self._texts))
        if what != "find":
            return self.pair(what, pointer, size, f"@text{index}", str(len(text)))
        self._functions["equal"] = _EQUAL
        self._functions[f"find{index}"] = _FIND.format(
            index=index, size=len(text), offset=len(text) - 1, first=_signed(text[0]), final=_signed(text[-1])
        )
        return f"call i1 @find{index}(ptr {pointer}, i64 {size})"

    def text(self) -> list[str]:
        """Return all of them."""
        constants = [
            f'@text{index} = private unnamed_addr constant [{len(text)} x i8] c"{_escaped(text)}"'
            for text, index in self._texts.items()
        ]
        return [*constants, *self._functions.values()]


def _signed(octet: int) -> int:
    return octet - 256 if octet > 127 else octet


def _escaped(text: bytes) -> str:
    return "".join(f"\\{octet:02X}" for octet in text)
