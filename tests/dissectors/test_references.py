"""Where the standards have what is told: every rule that a packet may break, and every field of an option."""

import pytest

import wireproof
from wireproof.dissectors.schema import InternetChecksum, Protocol, Rule, catalogue
from wireproof.dissectors.schema.walk import fields_of

PROTOCOLS = [each for each in catalogue().protocols.values() if each.reference]


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda each: each.name)
def test_every_rule_has_its_place_in_a_standard(protocol: Protocol) -> None:
    rules = [found.field for found in fields_of(protocol) if isinstance(found.field, Rule)]
    steps = [step for step in protocol.computed.values() if isinstance(step, InternetChecksum)]
    rules += [rule for step in steps for rule in (step.bad, step.all_ones) if rule is not None]
    if protocol.trailer is not None:
        rules += [rule for rule in (protocol.trailer.bad_fcs, protocol.trailer.bad_padding) if rule is not None]
    assert [rule.field.name for rule in rules if not rule.field.reference] == []


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("tcp.options.ao.keyid", "RFC 5925 section 2.2"),
        ("tcp.options.sack.count", "RFC 2018 section 3"),  # the begin of its name
        ("tcp.analysis.keep_alive", "RFC 9293 section 3.8.4"),
        ("tcp.payload", "RFC 9293"),  # the protocol's
        ("ip.opt.ohc", "RFC 1393 section 2.2"),
        ("icmp.mip.life", "RFC 5944 section 2.1.1"),
        ("arp.dst.drarp_error_status", "RFC 1931 section 2.2.3"),
        ("udp.proc.srcpid", ""),
    ],
)
def test_fields_have_the_place_of_their_own_standard(name: str, reference: str) -> None:
    assert catalogue().fields[name].reference == reference


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        ("6500001400000000401100007f0000017f000001", ("rule", "RFC 1122 section 3.2.1.1")),  # version 6
        ("4500001c000000004011000000000000000000000001000200070000", ("rule", "RFC 768")),
        ("450000160000000040110000000000000000000000010002", ("malformed", "RFC 768")),  # no length any more
    ],
)
def test_diagnoses_carry_the_standard_that_they_rest_on(octets: str, said: tuple[str, str]) -> None:
    packet = wireproof.dissect(bytes.fromhex(octets), link="ipv4")
    assert said in [(each.kind, each.reference) for each in packet.diagnoses]
