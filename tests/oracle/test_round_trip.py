"""Reading a frame and building it again: the same octets, for every well-formed frame of the shared captures."""

import pytest

from wireproof.packet import Packet, build, layers_of

from . import ours
from .answers import Answers


def is_well_formed(packet: Packet) -> bool:
    """Whether all of it is there, and could be read."""
    return (
        len(packet.data) == packet.wire_length
        and all(layer.complete for layer in packet.layers)
        and all(diagnosis.kind == "rule" for diagnosis in packet.diagnoses)
    )


def test_every_well_formed_frame_is_built_again(answers: Answers) -> None:
    built = 0
    for capture in answers.captures:
        for packet in filter(is_well_formed, ours.packets(capture)):
            octets = build(layers_of(packet), link_type=packet.link_type)
            if octets != packet.data:
                pytest.fail(f"{capture.name} frame {packet.number}: {octets.hex()} in place of {packet.data.hex()}")
            built += 1
    assert built > 700
