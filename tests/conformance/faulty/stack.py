"""The whole stack, and what it may be asked to do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from wireproof.conformance.live.performing import Controller, UnofferedError, UnprovokedError

from .conflicts import Claims
from .dhcp import Client, Server
from .host import Host
from .services import Datagrams, Echo
from .tcp import Tcp

ADDRESS = "10.99.0.2/16"


def octets(text: str) -> bytes:
    """Return an address as octets."""
    return bytes(map(int, text.split(".")))


class Stack(Host):
    """A host with everything."""

    def __init__(self, emit: Callable[[bytes], None], faults: Collection[str] = ()) -> None:
        super().__init__(ADDRESS, emit, faults)
        self.echo = Echo(self)
        self.datagrams = Datagrams(self)
        self.tcp = Tcp(self, self.echo)
        self.claims = Claims(self, self.tcp.give_up)
        self.dhcp = Client(self, self.datagrams, self.claims)
        self.server = Server(self, self.datagrams, self.echo)


class Control(Controller):
    """Has a stack in the same process do things, at the time that its wire tells."""

    def __init__(self, stack: Callable[[], Stack], clock: Callable[[], float]) -> None:
        self._stack, self._clock = stack, clock

    def ask(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Do what is asked."""
        stack = self._stack()
        stack.advance(self._clock())
        match dict(request):
            case {"op": "claim", "address": str(address), **others}:
                stack.claims.claim(octets(address), str(others.get("defend", "once")))
            case {"op": "release", "address": str(address)}:
                stack.claims.release(octets(address))
            case {"op": "connect", "address": str(address), "port": int(port), **others}:
                own = octets(str(others["source"])) if "source" in others else stack.address
                made = stack.tcp.connect(own, octets(address), port, int(others.get("own_port", 0)))
                return {"connection": stack.tcp.handle_of(made), "port": made.key[1]}
            case {"op": "listen", "port": int(port), **others}:
                stack.tcp.listening[port] = str(others.get("mode", "hold"))
            case {"op": "send", "connection": int(number), "size": int(size)}:
                stack.tcp.handles[number].write(bytes(97 + place % 26 for place in range(size)))
            case {"op": "close", "connection": int(number)}:
                stack.tcp.handles[number].close()
            case {"op": "close", "port": int(port)}:
                self._of_peer(stack, port).close()
            case {"op": "read", "port": int(port), "size": int(size)}:
                self._of_peer(stack, port).read(size)
            case {"op": "abort", "connection": int(number)}:
                stack.tcp.handles[number].abort()
            case {"op": "reset"}:
                stack.claims.forget()
                stack.dhcp.stop()
            case {"op": "dhcp"}:
                stack.dhcp.begin()
            case {"op": "flush"}:
                stack.cache.clear()
            case {"op": "datagram", "address": str(address), "port": int(port), "size": int(size)}:
                stack.datagrams.send(stack.address, 9, octets(address), port, bytes(size))
            case _:
                raise UnofferedError(f"not known: {request.get('op')}")
        return {}

    def _of_peer(self, stack: Stack, port: int) -> Any:
        for key, connection in stack.tcp.connections.items():
            if key[3] == port:
                return connection
        raise UnprovokedError("there is no such connection")
