"""Echo by ICMP and by UDP."""

from __future__ import annotations

import struct
from collections.abc import Callable

from .host import Host
from .octets import ANY, ICMP, UDP, Datagram, checksum, pseudo

ECHO_PORT = 7


class Echo:
    """ICMP: the echo server, and who is told of errors."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.told: list[Callable[[int, int, bytes], None]] = []
        host.protocols[ICMP] = self.receive

    def receive(self, datagram: Datagram) -> None:
        """Take a message."""
        host, data = self.host, datagram.data
        if len(data) < 8:
            return
        if checksum(data) and not host.has("icmp-checksum-ignored"):
            return
        kind, code = data[0], data[1]
        if kind == 17 and host.has("mask-answered"):
            body = b"\x12\0\0\0" + data[4:8] + b"\xff\xff\0\0"
            body = body[:2] + struct.pack("!H", checksum(body)) + body[4:]
            host.send(Datagram(host.address, datagram.source, ICMP, body))
        if kind == 8 or (kind == 0 and host.has("replies-answered")):
            self._echo(datagram)
        elif kind in (3, 4, 11, 12):
            for tell in self.told:
                tell(kind, code, data[8:])
            if host.has("unreachable-is-proof") and kind == 3 and len(data) >= 28:
                host.cache.pop(data[24:28], None)
                host.blocked.add(data[24:28])
        elif kind not in (0, 5, 9, 10, 13, 14, 15, 16, 17, 18) and host.has("unknown-icmp-answered"):
            host.icmp_error(datagram, 3, 2, 0)
        elif kind not in (0, 5, 9, 10) and host.has("unknown-icmp-echoed"):
            host.send(Datagram(datagram.destination, datagram.source, ICMP, data))

    def _echo(self, datagram: Datagram) -> None:
        host = self.host
        unicast = host.own.get(datagram.destination) == "active" or host.has("any-destination") or host.has("any-group")
        source = datagram.destination
        if not unicast:
            if not host.has("broadcast-echo-answered") and not host.has("group-source"):
                return
            source = datagram.destination if host.has("group-source") else host.address
        if host.has("echo-other-source"):
            source = (int.from_bytes(host.address, "big") + 1).to_bytes(4, "big")
        if host.has("zero-source"):
            source = ANY
        if host.has("echo-loopback-source"):
            source = b"\x7f\0\0\1"
        data = datagram.data[4:]
        if host.has("echo-cut"):
            data = data[:60]
        if host.has("echo-identifier-lost"):
            data = b"\0\0" + data[2:]
        body = b"\0" + datagram.data[1:2] + b"\0\0" + data
        body = (
            body[:2] + struct.pack("!H", checksum(body) ^ (7 if host.has("icmp-checksum-wrong-sent") else 0)) + body[4:]
        )
        reply = Datagram(source, datagram.source, ICMP, body, options=self._options(datagram))
        route = self._route(datagram)
        if route is not None:
            reply.destination, reply.options = route
        if host.has("df-always"):
            reply.flags = 2
        if datagram.data[8:9] == b"a" and host.has("stream-identifier-sent"):
            reply.options = b"\x88\4\0\1"
        if host.has("low-ttl-sent"):
            reply.ttl = 0
        host.send(reply)

    def _options(self, datagram: Datagram) -> bytes:
        """Return record route and timestamp with the own address and time put in."""
        options, found, place = datagram.options, b"", 0
        if self.host.has("options-not-reflected"):
            return b""
        while place < len(options) and options[place]:
            if options[place] == 1:
                place += 1
                continue
            kind, size = options[place], options[place + 1]
            value = bytearray(options[place : place + size])
            if kind == 7 and value[2] + 3 <= size:
                value[value[2] - 1 : value[2] + 3] = self.host.address
                value[2] += 4
                found += bytes(value)
            if kind == 68 and size >= 8 and value[2] + 3 <= size and value[3] & 15 == 0:
                value[value[2] - 1 : value[2] + 3] = (int(self.host.time * 1000) % 86_400_000).to_bytes(4, "big")
                value[2] += 4
                found += bytes(value)
            place += size
        return found

    def _route(self, datagram: Datagram) -> tuple[bytes, bytes] | None:
        """Return where a reply goes first, and the option that takes it back the way that it came."""
        options, place = datagram.options, 0
        if self.host.has("route-not-reversed"):
            return None
        while place < len(options) and options[place]:
            if options[place] == 1:
                place += 1
                continue
            kind, size = options[place], options[place + 1]
            if kind in (131, 137) and size >= 7:
                value = options[place : place + size]
                hops = [value[at : at + 4] for at in range(3, size - 3, 4)]
                if value[2] <= size:
                    return None
                back = [*reversed(hops), datagram.source]
                return back[0], bytes((kind, size, 4)) + b"".join(back[1:])
            place += size
        return None


class Datagrams:
    """UDP: the echo port, and the error for those that nobody has."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.ports: dict[int, Callable[[Datagram, int, bytes], None]] = {ECHO_PORT: self._echo}
        host.protocols[UDP] = self.receive

    def receive(self, datagram: Datagram) -> None:
        """Take a datagram."""
        host, data = self.host, datagram.data
        if len(data) < 8:
            return
        source, to, length, total = struct.unpack("!HHHH", data[:8])
        if length < 8 or length > len(data):
            if not host.has("udp-length-ignored"):
                return
            length = len(data)
        if length == 8 and host.has("udp-empty-dropped"):
            return
        data = data[:length]
        if total == 0 and host.has("udp-zero-refused"):
            return
        if total and checksum(pseudo(datagram.source, datagram.destination, UDP, length) + data):
            if host.has("udp-checksum-told"):
                host.icmp_error(datagram, 3, 3, 0)
            if not host.has("udp-checksum-ignored"):
                return
        take = self.ports.get(to)
        if take is not None:
            take(datagram, source, data[8:])
        elif not host.has("no-port-unreachable"):
            host.icmp_error(datagram, 3, 1 if host.has("wrong-unreachable") else 3, 0)

    def _echo(self, datagram: Datagram, port: int, data: bytes) -> None:
        own = datagram.destination if self.host.own.get(datagram.destination) == "active" else self.host.address
        self.send(own, ECHO_PORT, datagram.source, port, data)

    def send(self, source: bytes, port: int, to: bytes, to_port: int, data: bytes) -> None:
        """Send a datagram."""
        head = struct.pack("!HHHH", port, to_port, len(data) + 8, 0)
        total = checksum(pseudo(source, to, UDP, len(data) + 8) + head + data)
        total = total if total or self.host.has("udp-zero-sent") else 0xFFFF
        if self.host.has("udp-no-checksum"):
            total = 0
        self.host.send(Datagram(source, to, UDP, head[:6] + struct.pack("!H", total) + data))
