"""The stack from the link up to IP: who is asked, who answers, what is taken and what is discarded."""

from __future__ import annotations

import heapq
import random
import struct
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from ipaddress import IPv4Interface
from itertools import count

from .octets import ALL, ANY, ARP, BROADCAST, ICMP, IP, RARP, TCP, UDP, Datagram, arp, checksum, ethernet, is_group

MTU = 1500
KEPT = 3
ENTRY_LIFE = 60.0
REASSEMBLY_LIFE = 60.0
ASTRAY = {"any-source", "loopback-source", "any-destination", "errors-to-anybody", "forwards", "any-group"}
"""Faults of a host that answers by the link whomever it has no route to."""
FREE_TYPES = {0, 3, 4, 5, 11, 12}


@dataclass(slots=True)
class Partial:
    """Fragments of a datagram."""

    first: Datagram
    pieces: dict[int, bytes] = field(default_factory=dict)
    end: int | None = None


class Host:
    """A host with one interface. `emit` takes its frames; time is what `advance` says."""

    def __init__(
        self,
        address: str,
        emit: Callable[[bytes], None],
        faults: Collection[str] = (),
        mac: bytes = b"\x02\0\0\xfa\0\1",
    ) -> None:
        interface = IPv4Interface(address)
        self.mac, self.network = mac, interface.network
        self.own = {interface.ip.packed: "active"}
        self.emit, self.faults = emit, frozenset(faults)
        self.time = 0.0
        self.dice = random.Random(7)
        self.cache: dict[bytes, tuple[bytes, float]] = {}
        self.waiting: dict[bytes, list[Datagram]] = {}
        self.asked: dict[bytes, float] = {}
        self.partial: dict[tuple[bytes, bytes, int, int], Partial] = {}
        self.identification = 1
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._number = count()
        self.arp_seen: list[Callable[[int, bytes, bytes, bytes, bytes], None]] = []
        self.protocols: dict[int, Callable[[Datagram], None]] = {}
        self.dead = False
        self.last_source = BROADCAST
        self.blocked: set[bytes] = set()

    def has(self, fault: str) -> bool:
        """Whether a fault is switched on."""
        return fault in self.faults

    @property
    def address(self) -> bytes:
        """The first of its addresses."""
        return next(iter(self.own))

    # Time.

    def after(self, seconds: float, do: Callable[[], None]) -> None:
        """Have something done later."""
        heapq.heappush(self._events, (self.time + seconds, next(self._number), do))

    @property
    def next_event(self) -> float | None:
        """When it has something to do by itself."""
        return self._events[0][0] if self._events else None

    def advance(self, time: float) -> None:
        """Let time pass."""
        while self._events and self._events[0][0] <= time:
            moment, _, do = heapq.heappop(self._events)
            self.time = max(self.time, moment)
            do()
        self.time = max(self.time, time)

    # The link.

    def receive(self, frame: bytes) -> None:
        """Take a frame."""
        if self.dead or len(frame) < 14:
            return
        destination, source, kind, data = frame[:6], frame[6:12], int.from_bytes(frame[12:14], "big"), frame[14:]
        group = destination[0] & 1
        if destination != self.mac and not group and not self.has("promiscuous"):
            return
        if group and destination != BROADCAST and destination != b"\x01\0\x5e\0\0\x01":
            if not self.has("all-groups"):
                return
            group = 0
        self.last_source = source
        if kind == 0x8100 and len(data) >= 4:
            if data[:2] != b"" and int.from_bytes(data[:2], "big") & 0xFFF and not self.has("tags-ignored"):
                return
            if self.has("priority-tag-dropped"):
                return
            kind, data = int.from_bytes(data[2:4], "big"), data[4:]
        if kind <= 1500:
            if data[:6] != b"\xaa\xaa\x03\0\0\0" or kind < 8 or self.has("no-snap"):
                return
            kind, data = int.from_bytes(data[6:8], "big"), data[8:kind]
        if kind == ARP or (kind == RARP and self.has("rarp-is-arp")):
            self._arp(data, source)
        elif kind == RARP and self.has("rarp-answered"):
            self._send_arp(4, data[18:24], self.address, data[18:24], data[24:28], data[18:24])
        elif kind == IP:
            self._ip(data, bool(group))

    # ARP.

    def _arp(self, data: bytes, source: bytes) -> None:
        if len(data) < 8:
            return
        hardware, protocol, hln, pln, operation = struct.unpack("!HHBBH", data[:8])
        if hardware == 6 and self.has("arp-hardware-6-refused"):
            return
        if hardware not in (1, 6) and not self.has("arp-any-hardware"):
            return
        if protocol != IP and not self.has("arp-any-protocol"):
            return
        if (hln, pln) != (6, 4):
            if self.has("arp-sizes-ignored") and operation == 1:
                self._send_arp(2, self.mac, self.address, data[8:14], data[14:18], data[8:14])
            if self.has("unarp-answered") and not hln:
                self._send_arp(2, self.mac, self.address, source, data[8:12], source)
            return
        if len(data) < 28:
            if self.has("arp-short-answered") and len(data) >= 14:
                self._send_arp(2, self.mac, self.address, data[8:14], ANY, data[8:14])
            return
        sha, spa, tha, tpa = data[8:14], data[14:18], data[18:24], data[24:28]
        if operation in (8, 9) and self.has("inarp-answered"):
            self._send_arp(9, self.mac, self.address, sha, spa, sha)
        for see in list(self.arp_seen):
            see(operation, sha, spa, tha, tpa)
        merged = self._merge(operation, sha, spa)
        mine = self.own.get(tpa) == "active"
        if not mine:
            if self.has("arp-learns-all") and spa != ANY:
                self._learn(spa, sha)
            if self._answers_for(tpa, spa) and operation == 1:
                self._send_arp(2, self.mac, tpa, sha, spa, sha)
            return
        if (
            not merged
            and spa != ANY
            and self._believes(sha)
            and not (operation == 2 and self.has("arp-no-unsolicited"))
        ):
            if not (operation not in (1, 2) and self.has("arp-opcode-first")) and not self.has("arp-never-learns"):
                self._learn(spa, sha)
        wrongly = self.has("arp-reply-answered") if operation == 2 else self.has("arp-any-opcode-answered")
        if operation == 1 or (wrongly and operation not in (3, 4, 8, 9)):
            self._answer(sha, spa, tpa, source, data)
        elif operation == 3 and self.has("rarp-answered"):
            self._send_arp(4, self.mac, tpa, sha, spa, sha)

    def _believes(self, sha: bytes) -> bool:
        return not sha[0] & 1 or self.has("group-hardware-believed")

    def _answers_for(self, tpa: bytes, spa: bytes) -> bool:
        if self.has("arp-answers-for-all"):
            return True
        if self.has("arp-answers-broadcast") and tpa in (ALL, self.network.broadcast_address.packed):
            return True
        if self.has("arp-answers-network") and tpa == self.network.network_address.packed:
            return True
        if self.has("arp-answers-link-local") and tpa[:2] == b"\xa9\xfe":
            return True
        return self.has("arp-answers-off-link") and tpa[0] == 203

    def _merge(self, operation: int, sha: bytes, spa: bytes) -> bool:
        if spa not in self.cache or not self._believes(sha):
            return False
        if self.has("arp-no-update") or (operation == 2 and self.has("arp-reply-no-update")):
            return True
        if operation == 1 and self.has("arp-request-no-update"):
            return True
        self._learn(spa, sha)
        return True

    def _learn(self, spa: bytes, sha: bytes) -> None:
        self.cache[spa] = (sha, self.time)
        for datagram in self.waiting.pop(spa, ()):
            if self.has("arp-forgets-waiting"):
                continue
            self._put(sha, datagram)

    def _answer(self, sha: bytes, spa: bytes, tpa: bytes, source: bytes, data: bytes) -> None:
        if (spa == ANY and self.has("probe-not-answered")) or (spa in self.own and not self.has("conflict-answered")):
            return
        if data[18:24] not in (bytes(6), self.mac) and self.has("arp-target-hardware-checked"):
            return
        if len(data) > 64 and self.has("arp-padding-refused"):
            return
        link_local = tpa[:2] == b"\xa9\xfe" and not self.has("link-local-unicast")
        to = BROADCAST if link_local or self.has("arp-reply-broadcast") else sha
        if self.has("arp-reply-to-frame-source"):
            to = source
        own = self.mac[:5] + b"\x99" if self.has("arp-wrong-sender-hardware") else self.mac
        target = self.address if self.has("arp-target-not-swapped") else spa
        self._send_arp(2, own, tpa, sha, target, to)

    def _send_arp(self, operation: int, sha: bytes, spa: bytes, tha: bytes, tpa: bytes, to: bytes) -> None:
        self.emit(ethernet(to, self.mac, ARP, arp(operation, sha, spa, tha, tpa)))

    def announce(self, address: bytes) -> None:
        """Tell all whose an address is."""
        self._send_arp(1, self.mac, address, bytes(6), address, BROADCAST)

    def probe(self, address: bytes) -> None:
        """Ask whether an address is in use."""
        spa = address if self.has("probe-with-sender") else ANY
        self._send_arp(1, self.mac, spa, bytes(6), address, BROADCAST)

    def _ask(self, address: bytes, tries: int = 3) -> None:
        if address not in self.waiting:
            return
        if tries == 0:
            self.waiting.pop(address, None)
            if self.has("unresolved-told"):
                return
            return
        self.asked[address] = self.time
        spa = ANY if self.has("arp-request-without-sender") else self.address
        to = b"\x02\xee\xee\xee\xee\xee" if self.has("arp-request-unicast") else BROADCAST
        sha = bytes(6) if self.has("arp-request-without-hardware") else self.mac
        self._send_arp(1, sha, spa, bytes(6), address, to)
        if self.has("arp-flood"):
            self.after(0.1, lambda: self._ask(address, 60 if tries == 3 else max(tries - 1, 4) if tries > 4 else 0))
        else:
            self.after(1.0, lambda: self._ask(address, tries - 1))

    # IP out.

    def send(self, datagram: Datagram) -> None:
        """Send a datagram, in fragments where it is too long."""
        self.identification = self.identification % 65535 + 1
        datagram.identification = datagram.identification or self.identification
        if len(datagram.data) + 20 <= MTU:
            self._route(datagram)
            return
        if datagram.flags & 2:
            return
        step = (MTU - 20) // 8 * 8
        for place in range(0, len(datagram.data), step):
            more = place + step < len(datagram.data)
            piece = datagram.data[place : place + step]
            self._route(
                Datagram(
                    datagram.source,
                    datagram.destination,
                    datagram.protocol,
                    piece,
                    datagram.identification,
                    1 if more else 0,
                    place,
                )
            )

    def _route(self, datagram: Datagram) -> None:
        to = datagram.destination
        if to in self.blocked:
            return
        if to in self.own and self.faults & ASTRAY:
            self._put(self.last_source, datagram)
            return
        if to == ALL or to == self.network.broadcast_address.packed:
            self._put(BROADCAST, datagram)
            return
        if not self._is_near(to):
            if self.faults & ASTRAY:
                self._put(self.last_source, datagram)
            return  # there is no gateway
        entry = self.cache.get(to)
        if (entry is not None and self.time - entry[1] < ENTRY_LIFE) or (entry and self.has("arp-entries-stay")):
            assert entry is not None
            self._put(entry[0], datagram)
            return
        if self.has("arp-not-asked"):
            self._put(BROADCAST, datagram)
            return
        if self.has("unresolved-told"):
            self._tell(datagram)
        new = to not in self.waiting
        queue = self.waiting.setdefault(to, [])
        queue.append(datagram)
        del queue[:-KEPT]
        if self.has("arp-keeps-first"):
            del queue[1:]
        if (new and self.time - self.asked.get(to, -9.0) >= 1.0) or self.has("arp-asks-for-each"):
            self._ask(to)
        elif new:
            self.after(1.0, lambda: self._ask(to, 1))

    def _is_near(self, address: bytes) -> bool:
        number = int.from_bytes(address, "big")
        near = int(self.network.network_address) <= number <= int(self.network.broadcast_address)
        return near or address[:2] == b"\xa9\xfe" or self.has("all-is-near")

    def _tell(self, datagram: Datagram) -> None:
        to = self.cache.get(datagram.destination, (BROADCAST,))[0]
        body = struct.pack("!BBHI", 3, 1, 0, 0) + datagram.packed()[:28]
        body = body[:2] + struct.pack("!H", checksum(body)) + body[4:]
        self._put(to, Datagram(self.address, datagram.destination, ICMP, body))

    def _put(self, to: bytes, datagram: Datagram) -> None:
        packed = datagram.packed()
        if self.has("ip-checksum-wrong-sent"):
            packed = packed[:10] + b"\xab\xcd" + packed[12:]
        if self.has("always-snap"):
            self.emit(
                (to + self.mac + struct.pack("!H", len(packed) + 8) + b"\xaa\xaa\3\0\0\0\x08\0" + packed).ljust(
                    60, b"\0"
                )
            )
            return
        self.emit(ethernet(to, self.mac, IP, packed))

    # IP in.

    def _ip(self, data: bytes, group: bool) -> None:
        if len(data) < 20:
            return
        words, total = data[0] & 15, int.from_bytes(data[2:4], "big")
        if data[0] >> 4 != 4 and not self.has("version-ignored"):
            return
        if (words < 5 or total < words * 4 or total > len(data)) and not self.has("lengths-ignored"):
            return
        words, total = (5, len(data)) if words < 5 or total < words * 4 or total > len(data) else (words, total)
        header = data[: words * 4]
        if checksum(header) and not self.has("ip-checksum-ignored"):
            return
        flags = int.from_bytes(data[6:8], "big")
        datagram = Datagram(
            data[12:16],
            data[16:20],
            data[9],
            data[words * 4 : total],
            int.from_bytes(data[4:6], "big"),
            flags >> 13,
            (flags & 0x1FFF) * 8,
            data[8],
            data[1],
            data[20 : words * 4],
            header,
            group,
        )
        if self._takes(datagram):
            whole = self._whole(datagram)
            if whole is not None:
                self._deliver(whole)

    def is_broadcast(self, address: bytes) -> bool:
        """Whether an address is one of all hosts, in the forms of now and of old."""
        own = {ALL, ANY, self.network.broadcast_address.packed, self.network.network_address.packed}
        return address in own

    def _takes(self, datagram: Datagram) -> bool:
        source, to = datagram.source, datagram.destination
        if self.has("errors-to-anybody") and datagram.protocol == UDP and (source[0] in (0, 127) or source[0] >= 224):
            self.send(Datagram(self.address, source, ICMP, self._error_about(datagram, 3, 3, 0)))
        if self.has("forwards") and not self._is_near(to) and not is_group(to) and to[0] not in (0, 127, 255):
            self._put(self.last_source, datagram)
        if self.has("redirects") and to not in self.own and not is_group(to) and to[0] != 255:
            self.send(Datagram(self.address, source, ICMP, self._error_about(datagram, 5, 1, 0)))
        mine = self.own.get(to) == "active"
        if not (mine or self.is_broadcast(to) or to == b"\xe0\0\0\1") and not self.has("any-destination"):
            if not (is_group(to) and self.has("any-group")):
                return False
        if self.is_broadcast(to) and self.has("no-broadcast"):
            return False
        if to in (self.network.network_address.packed, ANY) and self.has("no-old-broadcast"):
            return False
        bad = source[0] == 127 or is_group(source) or source[0] >= 240 or (source[0] == 0 and source != ANY)
        bad = bad or source == self.network.broadcast_address.packed or source in self.own or source == ANY
        if source == ANY and datagram.protocol == UDP and to == ALL and datagram.data[2:4] == b"\0\x43":
            bad = False  # who has no address yet asks a server for one
        if bad and not self.has("any-source"):
            if not (source[0] == 127 and self.has("loopback-source")):
                return False
        if mine and datagram.is_link_broadcast and not self.has("unicast-in-broadcast"):
            return False
        if datagram.ttl < 2 and self.has("low-ttl-dropped"):
            return False
        if datagram.flags & 4 and self.has("reserved-bit-dropped"):
            return False
        if datagram.options and self.has("options-dropped"):
            return False
        return self._options_are_good(datagram)

    def _options_are_good(self, datagram: Datagram) -> bool:
        options, place = datagram.options, 0
        while place < len(options) and options[place]:
            if options[place] == 1:
                place += 1
                continue
            known = (7, 68, 131, 137)
            if place + 1 >= len(options) or not 2 <= options[place + 1] <= len(options) - place:
                if not self.has("no-parameter-problem"):
                    self.icmp_error(datagram, 12, 0, (20 + place) << 24)
                return False
            if options[place] not in known and self.has("unknown-option-dropped"):
                return False
            place += options[place + 1]
        return True

    def _whole(self, datagram: Datagram) -> Datagram | None:
        key = (datagram.source, datagram.destination, datagram.protocol, datagram.identification)
        if self.has("fragments-mixed"):
            key = (datagram.source, datagram.destination, 0, 0)
        if not datagram.flags & 1 and not datagram.offset:
            if not self.has("whole-leaves-partial"):
                self.partial.pop(key, None)
            if datagram.flags & 2 and self.has("identification-used") and self._seen_before(key):
                return None
            return datagram
        if self.has("no-reassembly"):
            return None
        end = datagram.offset + len(datagram.data)
        if end > 65_515:
            if self.has("beyond-end-kills"):
                self.dead = True
            if self.has("beyond-end-drops-all"):
                self.partial.clear()
            return None
        if datagram.flags & 1 and len(datagram.data) % 8:
            return None
        partial = self.partial.get(key)
        if partial is None:
            partial = self.partial[key] = Partial(datagram)
            held = partial
            if not self.has("no-reassembly-timeout"):
                life = 5.0 if self.has("short-reassembly-timeout") else REASSEMBLY_LIFE
                self.after(life, lambda: self._expire(key, held))
        if datagram.offset == 0:
            partial.first = datagram
        if self.has("in-order-only") and datagram.offset != sum(map(len, partial.pieces.values())):
            return None
        if self.has("duplicate-fragment-drops-all") and datagram.offset in partial.pieces:
            self.partial.pop(key)
            return None
        partial.pieces[datagram.offset] = datagram.data
        if not datagram.flags & 1:
            partial.end = end
        return self._assembled(key, partial)

    def _seen_before(self, key: tuple[bytes, bytes, int, int]) -> bool:
        seen: set[object] = self.__dict__.setdefault("seen", set())
        before = key in seen
        seen.add(key)
        return before

    def _assembled(self, key: tuple[bytes, bytes, int, int], partial: Partial) -> Datagram | None:
        data = b""
        for place, piece in sorted(partial.pieces.items()):
            if place > len(data):
                return None
            if self.has("overlap-drops-all") and place < len(data):
                return None
            data += piece[len(data) - place :]
        if partial.end is None and self.has("end-not-needed") and len(partial.pieces) > 1:
            partial.end = len(data)
        if partial.end is None or len(data) < partial.end or 0 not in partial.pieces:
            return None
        self.partial.pop(key, None)
        longest = 500 if self.has("small-reassembly") else 556 if self.has("least-reassembly") else len(data)
        if len(data) > longest:
            return None
        first = partial.first
        first.data, first.flags, first.offset = data[: partial.end], first.flags & 6, 0
        return first

    def _expire(self, key: tuple[bytes, bytes, int, int], partial: Partial) -> None:
        if self.partial.get(key) is not partial:
            return
        del self.partial[key]
        if (0 in partial.pieces or self.has("expiry-told-always")) and not self.has("expiry-not-told"):
            first = partial.first
            first.data, first.offset = partial.pieces.get(0, first.data), 0
            self.icmp_error(first, 11, 1, 0)

    def _deliver(self, datagram: Datagram) -> None:
        handler = self.protocols.get(datagram.protocol)
        if handler is not None:
            handler(datagram)
        elif not self.has("no-protocol-unreachable"):
            self.icmp_error(datagram, 3, 2, 0)

    def _error_about(self, datagram: Datagram, kind: int, code: int, rest: int) -> bytes:
        quoted = 4 if self.has("short-quote") else 8
        header = datagram.header or datagram.packed()[:20]
        body = struct.pack("!BBHI", kind, code, 0, rest) + header + datagram.data[:quoted]
        return body[:2] + struct.pack("!H", checksum(body)) + body[4:]

    # ICMP errors, whose rules are for all who send them.

    def icmp_error(self, datagram: Datagram, kind: int, code: int, rest: int) -> None:
        """Send an error about a datagram, unless there may be none (RFC 1122 section 3.2.2)."""
        if datagram.is_link_broadcast and not self.has("errors-for-broadcasts"):
            return
        if self.own.get(datagram.destination) != "active" and not self.has("errors-for-broadcasts"):
            return
        if datagram.offset and not self.has("errors-for-fragments"):
            return
        source = datagram.source
        if source[0] in (0, 127) or source[0] >= 224:
            return
        if datagram.protocol == ICMP and datagram.data[:1] and datagram.data[0] in FREE_TYPES - {0}:
            if not self.has("errors-for-errors"):
                return
        body = self._error_about(datagram, kind, code, rest)
        own = datagram.destination if self.own.get(datagram.destination) == "active" else self.address
        self.send(Datagram(own, source, ICMP, body))


__all__ = ["ALL", "ICMP", "MTU", "TCP", "UDP", "Host"]
