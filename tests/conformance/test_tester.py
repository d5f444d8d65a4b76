"""What the tester does besides the steps: it is the gateway, and leaves no connection behind."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Interface

import pytest

from tests.conformance.faulty import stack as faulty
from tests.conformance.faulty.simulated import SimulatedWire
from wireproof.conformance.live.arranging import stack_of
from wireproof.conformance.live.lane import read, request_of
from wireproof.conformance.live.runner import Keeper, Runner
from wireproof.conformance.live.settings import Addresses, Stack, peer_at
from wireproof.conformance.live.tidying import resets
from wireproof.conformance.live.verdicts import Verdict
from wireproof.conformance.live.wire import Arrival
from wireproof.packet import build
from wireproof.vectors import load_scenarios

GATEWAY = peer_at(IPv4Address("10.99.0.1"))
SYN, RST, ACK = 2, 4, 16


class Recorded(SimulatedWire[faulty.Stack]):
    """A wire that keeps what is sent to the stack."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        super().__init__(lambda emit: faulty.Stack(emit, frozenset()))

    def send(self, port: int, frame: bytes) -> None:
        self.sent.append(frame)
        super().send(port, frame)


def test_the_tester_answers_for_the_gateway() -> None:
    wire = Recorded()
    asker = peer_at(IPv4Address("10.99.0.2"))
    stack = Stack("faulty", IPv4Interface(faulty.ADDRESS), gateway=GATEWAY)
    runner = Runner(Keeper(wire), stack)
    scenarios = [each for each in load_scenarios() if each.id == "ip-others-are-not-asked-for"]
    wire._emit(request_of(asker, GATEWAY.ip))
    (result,) = runner.run(scenarios).results
    assert result.verdict is Verdict.PASS
    answers = [read(frame) for frame in wire.sent if GATEWAY.mac in frame]
    assert [(packet["arp.opcode"], packet["eth.dst"]) for packet in answers] == [((2,), (asker.mac.hex(":"),))]


def test_the_gateways_address_is_nobody_elses() -> None:
    own = stack_of("stack", "192.0.2.2/28", [], gateway="192.0.2.1")
    addresses = Addresses(own)
    assert not {"192.0.2.1", "192.0.2.2"} & {addresses.peer().ip for _ in range(40)}


@pytest.mark.parametrize("gateway", ["192.0.3.1", "192.0.2.2", "nonsense"])
def test_a_gateway_that_can_be_none(gateway: str) -> None:
    with pytest.raises(ValueError, match=r"another address|nonsense"):
        stack_of("stack", "192.0.2.2/28", [], gateway=gateway)


def segment(flags: int, port: int = 4711, **others: int) -> Arrival:
    """A segment of the stack to the tester."""
    fields = {"tcp.srcport": 7, "tcp.dstport": port, "tcp.flags": flags}
    layers = [
        ("eth", {"eth.dst": "02:00:00:00:00:01", "eth.src": "02:00:00:00:00:02"}),
        ("ip", {"ip.src": "192.0.2.2", "ip.dst": "192.0.2.9"}),
        ("tcp", fields | {f"tcp.{name}_raw": value for name, value in others.items()}),
    ]
    return Arrival(3, 0.0, build(layers))


def test_what_is_left_open_is_reset() -> None:
    told = list(resets([segment(SYN | ACK, seq=5, ack=77), segment(ACK, seq=6, ack=80)]))
    ((port, frame),) = told
    packet = read(frame)
    assert port == 3
    assert packet["tcp.flags"] == (RST,)
    assert packet["tcp.seq_raw"] == (80,), "it is what the stack waits for"
    assert (packet["tcp.srcport"], packet["tcp.dstport"]) == ((4711,), (7,))
    assert (packet["eth.dst"], str(packet["ip.dst"][0])) == (("02:00:00:00:00:02",), "192.0.2.2")
    assert packet["tcp.checksum.status"] == (1,)


def test_an_opening_is_refused() -> None:
    ((_, frame),) = resets([segment(SYN, seq=0xFFFFFFFF)])
    packet = read(frame)
    assert (packet["tcp.flags"], packet["tcp.ack_raw"]) == ((RST | ACK,), (0,))


def test_what_was_reset_or_is_no_segment_is_left_alone() -> None:
    whole = segment(ACK).data
    assert not list(
        resets([segment(RST, seq=1), Arrival(1, 0.0, whole[:40]), Arrival(1, 0.0, b""), Arrival(1, 0.0, b"\0" * 60)])
    )
    assert len(list(resets([segment(ACK), segment(ACK, port=4712)]))) == 2
