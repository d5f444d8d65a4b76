"""Runs compiled filters over records that end in front of an inaccessible page, or begin behind one.

``python -m tests.engine.guard sabotage frames``: the sabotage is "none", "constant" (each check of a constant size is
one octet short), "variable" (those of other sizes are dropped) or "search" (what is searched is one octet longer).
"""

import ctypes
import random
import struct
import sys

from wireproof.dissectors.schema import catalogue
from wireproof.engine import compile_query
from wireproof.engine.form import Need, Search
from wireproof.engine.kernel import (
    COLUMN_STATE,
    LAST,
    LIMIT,
    POSITION,
    ROW_LIMIT,
    ROW_WORDS,
    ROWS,
    RecordLayout,
)
from wireproof.engine.llvm import Emitter
from wireproof.grammar import compile_filter

from .frames import frame, mutated

PAGE, PAGES = 4096, 20
READ_WRITE, PRIVATE_ANONYMOUS = 3, 0x22
FILTERS = (
    "arp.opcode == 1 && arp.spa == 0.0.0.0",
    "ip.addr == 10.0.0.0/31 or ip.options contains 07",
    "tcp.flags.syn == 1 && tcp.flags.ack == 0",
    "eth.src[0:3] == 02:00:00 and eth.src == eth.dst",
    "tcp.port in {80, 443} or udp.port == 53 or icmp.ident_le == 5",
    'frame contains "GET /" or frame[-4:] == 00:00:00:00',
    "tcp.options.mss_val < 1460 or tcp.option_kind == 8 or tcp.options.tfo.cookie == 61:62",
    "arp.isgratuitous or arp.src.hw[0:2] == 04:01 or arp.dst.proto > 03",
    'tcp.payload contains "GET" or udp.payload[-1] == 0 or tcp.payload == "GET"',
    "eth.padding or eth.trailer[1] == 7 or eth.fcs == 0",
    "llc.type == 0x0800 or ieee8021ad.cvid == 2 or ip.opt.type.number == 3",
    "_ws.malformed or _ws.short or icmp.checksum.status == 1",
    "@ip.src == 0a:00:00:01 or ip.addr#[-1] == 10.0.0.1 or eth.src[0:2,2:] == 02:00:00:00:00:01",
    'frame contains eth.src[3:] or max(eth.src, eth.dst) == 02:00:00:00:00:01 or frame.protocols contains "ip:ip"',
    "arp.src.hw & 02:00 == 02:00 or all tcp.port in {tcp.srcport, 22} or min(tcp.options) contains 01:01",
)


def memory() -> tuple[int, int]:
    """The begin and end of writable memory between two pages that are not accessible."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
    libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    base = libc.mmap(None, (PAGES + 2) * PAGE, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0)
    for place in (base, base + (PAGES + 1) * PAGE):
        assert libc.mprotect(place, PAGE, 0) == 0
    return base + PAGE, base + (PAGES + 1) * PAGE


def sabotage(kind: str) -> None:
    """Make the machine code wrong."""
    need, search = Emitter.need, Emitter._search

    def short(self: Emitter, check: Need) -> None:
        if isinstance(check.size, int):
            check = Need(check.base, max(check.size - 1, 0), check.limit, check.otherwise)
        need(self, check)

    def dropped(self: Emitter, check: Need) -> None:
        if isinstance(check.size, int):
            need(self, check)

    def long(self: Emitter, done: Search) -> None:
        longer = self.assign(f"add i64 {self.operand(done.extent.size)}, 1")
        self.operand, usual = lambda value: longer if value is done.extent.size else usual(value), self.operand  # type: ignore[method-assign]
        search(self, done)
        self.operand = usual  # type: ignore[method-assign]

    if kind == "search":
        Emitter._search = long  # type: ignore[method-assign]
    elif kind != "none":
        Emitter.need = {"constant": short, "variable": dropped}[kind]  # type: ignore[method-assign]


def main(kind: str, count: int) -> None:
    """Run; what reads where it must not ends the process."""
    sabotage(kind)
    low, high = memory()
    queries = [compile_query(compile_filter(text, catalogue())) for text in FILTERS]
    codes = [query.code(RecordLayout(), thorough=bool(index % 2)) for index, query in enumerate(queries)]
    state, rows = (ctypes.c_int64 * COLUMN_STATE)(), (ctypes.c_int64 * (4 * ROW_WORDS))()
    state[LIMIT], state[LAST], state[ROW_LIMIT] = 1 << 18, 1 << 62, 2
    addresses = ctypes.addressof(rows), ctypes.addressof(state)
    dice = random.Random(1)
    found = 0
    for index in range(count):
        data = mutated(dice, frame(dice)[:2000])
        wire = max(len(data) + dice.choice([0, 0, 40, -3]), 0)
        record = struct.pack("<IIII", 0, 0, len(data), wire) + data
        for place in (high - len(record), low) if index % 3 == 0 else (high - len(record),):
            ctypes.memmove(place, record, len(record))
            for code in codes:
                state[POSITION] = state[ROWS] = 0
                found += code(place, len(record), *addresses)
                assert state[POSITION] == len(record)
    print(found, "matches, no fault")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
