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
from wireproof.engine.llvm import Emitter
from wireproof.engine.pieces import PIECE
from wireproof.engine.state import (
    ASKED,
    CLOCK_COUNT,
    CLOCK_WORDS,
    CLOCKS,
    COLUMN_STATE,
    COLUMN_WORDS,
    FULL,
    GATHERED,
    LAST,
    LIMIT,
    NOTHING,
    OWN_CAPTURED,
    OWN_LENGTH,
    PIECES,
    POSITION,
    REASON,
    ROW_LIMIT,
    ROW_WORDS,
    ROWS,
    STOP,
    RecordLayout,
    pcapng_layout,
)
from wireproof.engine.stores import Store
from wireproof.grammar import compile_filter

from .frames import frame, mutated

PAGE, PAGES = 4096, 20
READ_WRITE, PRIVATE_ANONYMOUS = 3, 0x22
FILTERS = (
    "arp.opcode == 1 && arp.spa == 0.0.0.0",
    "ip.src == 10.0.0.0/24",
    "tcp.port in {80, 443, 8080}",
    'frame contains "wireproof"',
    "eth.src[0:3] == 02:00:00",
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


class Run:
    """A compiled query over one record at a time: pcap or pcapng, with columns or without."""

    def __init__(self, text: str, names: list[str], *, is_pcapng: bool, thorough: bool) -> None:
        query = compile_query(compile_filter(text, catalogue()), names=names)
        self.is_pcapng = is_pcapng
        self.code = query.code(pcapng_layout("<") if is_pcapng else RecordLayout(), thorough=thorough)
        self.state = (ctypes.c_int64 * (COLUMN_STATE + COLUMN_WORDS * len(query.columns)))()
        self.rows = (ctypes.c_int64 * (4 * ROW_WORDS))()
        # Interface 0: Ethernet, no snap length, nanoseconds.
        self.clocks = (ctypes.c_int64 * CLOCK_WORDS)(1, 1 << 18, 0, 1 << 60, 1, 1, 0, 1, 0, 0, 0, 1, -1, 0)
        self.store = Store(query.columns, 4, keeps=True)
        self.store.attach(memoryview(self.state).cast("B").cast("q")[COLUMN_STATE:])
        self.state[OWN_LENGTH] = self.state[OWN_CAPTURED] = -1
        self.state[LIMIT], self.state[LAST], self.state[STOP], self.state[ROW_LIMIT] = 1 << 18, 1 << 62, 1 << 62, 2
        self.state[CLOCKS], self.state[CLOCK_COUNT] = ctypes.addressof(self.clocks), 1
        self.place = self.size = 0
        self.asking = query.asking(lambda: (ctypes.c_char * self.size).from_address(self.place))  # type: ignore[return-value]
        if self.asking is not None:
            self.state[ASKED], self.state[GATHERED] = self.asking.call, self.asking.words

        self.pieces = PIECE(lambda word: NOTHING)
        self.state[PIECES] = ctypes.cast(self.pieces, ctypes.c_void_p).value or 0

    def __call__(self, place: int, size: int) -> int:
        """Return whether the record at that place matches."""
        self.state[POSITION] = self.state[ROWS] = 0
        self.place, self.size = place, size
        self.store.clear()
        while True:
            found = self.code(place, size, ctypes.addressof(self.rows), ctypes.addressof(self.state))
            if self.asking is not None and self.asking.failure is not None:
                raise self.asking.failure
            if self.state[REASON] != FULL:
                return found
            self.store.grow()


def pcap_record(data: bytes, wire: int) -> bytes:
    return struct.pack("<IIII", 0, 0, len(data), wire) + data


def pcapng_block(dice: random.Random, data: bytes, wire: int) -> bytes:
    """A block of one of the three kinds, with options that may be wrong, or one whose numbers are."""
    options = dice.choice([b"", b"\1\0\3\0abc\0\0\0\0\0", b"\2\0\4\0\0\0\0\0", b"\1\0\xff\0", b"\5\0\0\0"])
    padded = data + bytes(-len(data) % 4)
    kind = dice.choice([6, 6, 6, 2, 3])
    if kind == 3:
        body = struct.pack("<I", len(data)) + padded
    else:
        body = struct.pack("<IIIII", 0, 0, dice.randrange(1 << 30), len(data), wire) + padded + options
    block = bytearray(struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12))
    if dice.random() < 0.3:
        place = dice.choice([0, 4, 8, 20, len(block) - 4])
        if place + 4 <= len(block):
            block[place : place + 4] = dice.choice([b"\xff" * 4, bytes(4), struct.pack("<I", dice.randrange(200))])
    return bytes(block)


def main(kind: str, count: int) -> None:
    """Run; what reads where it must not ends the process."""
    sabotage(kind)
    low, high = memory()
    told = [name for name in catalogue().fields if not catalogue().fields[name].across]
    columned = len(range(2, len(FILTERS), 4))  # each of those with columns has its share of all fields
    runs = [
        Run(text, told[index // 4 :: columned] if index % 4 == 2 else [], is_pcapng=is_pcapng, thorough=bool(index % 2))
        for is_pcapng in (False, True)
        for index, text in enumerate(FILTERS)
    ]
    dice = random.Random(1)
    found = 0
    for index in range(count):
        data = mutated(dice, frame(dice)[:2000])
        wire = max(len(data) + dice.choice([0, 0, 40, -3]), 0)
        records = {False: pcap_record(data, wire), True: pcapng_block(dice, data, wire)}
        for is_pcapng, record in records.items():
            for place in (high - len(record), low) if index % 3 == 0 else (high - len(record),):
                ctypes.memmove(place, record, len(record))
                for run in runs:
                    if run.is_pcapng == is_pcapng:
                        found += run(place, len(record))
                        assert is_pcapng or run.state[POSITION] == len(record)
    print(found, "matches, no fault")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
