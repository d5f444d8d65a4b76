"""Parse, build, parse: the identity for packets drawn from the schema of every protocol."""

import pytest
from hypothesis import HealthCheck, given, settings

from wireproof.dissectors.schema import catalogue
from wireproof.packet import build, layers_of

from .drawn import LINK_TYPE, alone, headers, read

PROTOCOLS = {
    protocol.name: protocol
    for protocol in catalogue().protocols.values()
    if protocol.parts and protocol.name not in ("frame", "data")
}
KNOWN = {name: alone(protocol) for name, protocol in PROTOCOLS.items()}


@pytest.mark.parametrize("name", PROTOCOLS)
def test_what_is_read_is_built_again(name: str) -> None:
    known, whole = KNOWN[name], []

    @settings(suppress_health_check=list(HealthCheck))
    @given(headers(PROTOCOLS[name]))
    def holds(octets: bytes) -> None:
        packet = read(octets, known)
        if not all(layer.complete for layer in packet.layers):
            return
        whole.append(octets)
        again = build(layers_of(packet), known, link_type=LINK_TYPE)
        assert again == octets
        assert [layer.values for layer in read(again, known).layers] == [layer.values for layer in packet.layers]

    for _ in range(5):  # how many of a hundred are well formed is chance
        holds()
        if len(whole) >= 20:
            break
    assert len(whole) >= 20, "nearly no header is well formed"
