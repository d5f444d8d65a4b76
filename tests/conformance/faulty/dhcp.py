"""As much of DHCP as checks addresses: a client and a server (RFC 2131)."""

from __future__ import annotations

import struct

from .conflicts import Claims
from .host import Host
from .octets import ALL, ANY, ICMP, UDP, Datagram, checksum, pseudo
from .services import Datagrams, Echo

COOKIE = b"\x63\x82\x53\x63"
DISCOVER, OFFER, REQUEST, DECLINE, ACKNOWLEDGE = 1, 2, 3, 4, 5
CLIENT, SERVER = 68, 67


def message(operation: int, transaction: bytes, address: bytes, mac: bytes, options: bytes) -> bytes:
    """Return a message."""
    head = bytes((operation, 1, 6, 0)) + transaction + b"\0\0\x80\0" + ANY + address + ANY + ANY
    return head + mac + bytes(10 + 192) + COOKIE + options + b"\xff"


def options_of(data: bytes) -> dict[int, bytes]:
    """Return the options of a message."""
    found, place = {}, 240
    while place + 1 < len(data) and data[place] != 255:
        size = data[place + 1]
        found[data[place]] = data[place + 2 : place + 2 + size]
        place += 2 + size
    return found


def broadcast(host: Host, source: bytes, port: int, to: int, data: bytes) -> None:
    """Send a message to all."""
    head = struct.pack("!HHHH", port, to, len(data) + 8, 0)
    total = checksum(pseudo(source, ALL, UDP, len(data) + 8) + head + data) or 0xFFFF
    host.send(Datagram(source, ALL, UDP, head[:6] + struct.pack("!H", total) + data))


class Client:
    """Gets an address, checks it, and declines it where it is in use."""

    def __init__(self, host: Host, datagrams: Datagrams, claims: Claims) -> None:
        self.host, self.claims = host, claims
        self.turn = 0
        self.running = False
        datagrams.ports[CLIENT] = self._receive

    def begin(self) -> None:
        """Ask for an address."""
        self.running = True
        self.turn += 1
        self.transaction = self.host.dice.randrange(1 << 32).to_bytes(4, "big")
        self._send(DISCOVER)

    def stop(self) -> None:
        """Want none any more."""
        self.running = False
        self.turn += 1

    def _send(self, kind: int, options: bytes = b"") -> None:
        data = message(1, self.transaction, ANY, self.host.mac, bytes((53, 1, kind)) + options)
        broadcast(self.host, ANY, CLIENT, SERVER, data)

    def _receive(self, datagram: Datagram, port: int, data: bytes) -> None:
        if not self.running or len(data) < 240 or data[4:8] != self.transaction:
            return
        options = options_of(data)
        address, server = data[16:20], options.get(54, ANY)
        if options.get(53) == bytes((OFFER,)):
            self._send(REQUEST, b"\x32\4" + address + b"\x36\4" + server)
        elif options.get(53) == bytes((ACKNOWLEDGE,)):
            if self.host.has("dhcp-not-checked"):
                self.host.own[address] = "active"
                self.host.announce(address)
            else:
                self.claims.claim(address, "once", lambda: self._decline(address, server))

    def _decline(self, address: bytes, server: bytes) -> None:
        if not self.host.has("dhcp-not-declined"):
            self._send(DECLINE, b"\x32\4" + address + b"\x36\4" + server)
        turn = self.turn
        wait = 1.0 if self.host.has("dhcp-impatient") else 11.0
        self.host.after(wait, lambda: self.begin() if self.running and self.turn == turn else None)


class Server:
    """Offers addresses that nobody answers for."""

    def __init__(self, host: Host, datagrams: Datagrams, echo: Echo) -> None:
        self.host = host
        self.following = int(host.network.network_address) + 0xF000
        self.declined: set[bytes] = set()
        datagrams.ports[SERVER] = self._receive

    def _receive(self, datagram: Datagram, port: int, data: bytes) -> None:
        if len(data) < 240:
            return
        options = options_of(data)
        if options.get(53) == bytes((DISCOVER,)):
            address = self.following.to_bytes(4, "big")
            mac, transaction = data[28:34], data[4:8]
            if not self.host.has("dhcp-offered-unchecked"):
                body = b"\x08\0\0\0\0\1\0\1"
                body = body[:2] + struct.pack("!H", checksum(body)) + body[4:]
                self.host.send(Datagram(self.host.address, address, ICMP, body))
            self.host.after(1.0, lambda: self._offer(address, mac, transaction))
        elif options.get(53) == bytes((DECLINE,)) and not self.host.has("dhcp-declined-offered"):
            self.following += 1

    def _offer(self, address: bytes, mac: bytes, transaction: bytes) -> None:
        own = self.host.address
        data = message(2, transaction, address, mac, bytes((53, 1, OFFER)) + b"\x36\4" + own)
        broadcast(self.host, own, SERVER, CLIENT, data)
