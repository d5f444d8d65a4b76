"""What the tester does besides the steps: it is the gateway, and leaves no connection behind."""

from __future__ import annotations

from dataclasses import replace
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
from wireproof.vectors import Expect, Forbid, Step, load_scenarios

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


class Late(SimulatedWire[faulty.Stack]):
    """A wire of a machine that is so busy that it looks for frames two seconds after it wanted to."""

    def receive(self, until: float) -> Arrival | None:
        return super().receive(until + 2)


def test_silence_ends_where_it_was_to_end_however_late_it_is_looked_at() -> None:
    stack = Stack("faulty", IPv4Interface(faulty.ADDRESS), frozenset({"arp", "echo", "tcp"}))
    (scenario,) = (each for each in load_scenarios() if each.id == "tcp-retransmission-takes-a-second")
    last = max(place for place, step in enumerate(scenario.steps) if isinstance(step.action, Expect))
    repeated = scenario.steps[last].action
    assert isinstance(repeated, Expect)
    for seconds, verdict in ((0.5, Verdict.PASS), (1.5, Verdict.FAIL)):
        silence = Step(Forbid(repeated.filter, seconds))
        quiet = replace(scenario, level="MUST", steps=(*scenario.steps[:last], silence, *scenario.steps[last + 1 :]))
        wire = Late(lambda emit: faulty.Stack(emit, frozenset()))
        (result,) = Runner(Keeper(wire), stack).run([quiet]).results
        assert result.verdict is verdict, "it is repeated after a second"


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
