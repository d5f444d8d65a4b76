"""The detailed formats, line by line and member by member, against the local tshark."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from wireproof.output import JsonDocument, JsonStyle, text_lines
from wireproof.output.ek import EkDocument
from wireproof.output.options import WHOLES
from wireproof.output.pdml import PdmlDocument
from wireproof.packet import Packet, Preferences
from wireproof.packet.preferences import OUI_NAMES

from . import ours
from .agreement import Record, Tally, fingerprint
from .answers import Answers
from .deviations import Deviations
from .documents import FORMATS, Entry, matched
from .local import Tshark, hold, side_by_side
from .test_command_line import wireproof

WHOLE = "(whole frames)"


def text(packet: Packet) -> str:
    lines = text_lines(packet, summary=False, details=True, octets=True)
    return "".join(f"{line}\n" for line in lines)


def document(form: str, packets: list[Packet]) -> str:
    """Our answer to what tshark is asked for."""
    documents = {
        "-T json -x": JsonDocument(JsonStyle(octets=True)),
        "-T pdml": PdmlDocument(""),
        "-T ek -x": EkDocument(octets=True),
    }
    if form not in documents:
        return "".join(map(text, packets))
    found = documents[form]
    return found.opening() + "".join(map(found.packet, packets)) + found.closing()


def test_every_line_of_the_tree(
    answers: Answers, local: Tshark, record: Callable[[str], Record], show: Callable[..., None]
) -> None:
    deviations, tallies = Deviations("documents"), {form: Tally() for form in FORMATS}
    shown = Preferences(ours.CHECKSUMS.switched_on | {OUI_NAMES})
    packets = {capture: list(map(common(answers), ours.packets(capture, shown))) for capture in answers.captures}
    wanted = [(form, capture) for form in FORMATS for capture in answers.captures]
    asked = side_by_side(lambda one: local.document(one[1], *one[0].split()), wanted)
    for (form, capture), theirs in zip(wanted, asked, strict=True):
        frames = [FORMATS[form](answer) for answer in (theirs, document(form, packets[capture]))]
        for number, (entries, mine) in enumerate(zip(*frames, strict=True), 1):
            compare(entries, mine, capture.name, number, deviations, tallies[form])
    for form, tally in tallies.items():
        show(f"local {local.version}, {form}, by layer", tally)
    hold(record("documents"), local, tallies, fingerprint(answers.captures), [deviations])


def common(answers: Answers) -> Callable[[Packet], Packet]:
    """Return what leaves out of a packet the fields, and what is said of it, that tshark has no name for."""
    protocols = {name.split(".")[0] for name in answers.names} | {"rarp", "inarp", "unarp", "switch"}
    # Of these there are lines, or parts of them.
    names = answers.names | {"ip.options", "arp.duplicate-address-mac"} | WHOLES

    def is_common(name: str) -> bool:
        return name in names or name.split(".")[0] not in protocols

    def without(packet: Packet) -> Packet:
        for layer in packet.layers:
            layer.values[:] = [value for value in layer.values if is_common(value.info.name)]
        packet.diagnoses[:] = [each for each in packet.diagnoses if each.field is None or is_common(each.field.name)]
        return packet

    return without


def compare(
    wanted: list[Entry], got: list[Entry], capture: str, number: int, deviations: Deviations, tally: Tally
) -> None:
    """Count the entries of a frame by their layer, and the frame among those that are whole."""
    differences = 0
    for theirs, mine in matched(wanted, got):
        entry = theirs or mine
        assert entry is not None
        if theirs is None or mine is None:
            if deviations.explain(entry.text.strip(), capture, number):
                continue
            differences += 1
        said = [None if each is None else each.text.strip() for each in (theirs, mine)]
        tally.add(entry.layer, f"{capture} frame {number}", *said)
    tally.add(WHOLE, f"{capture} frame {number}", 0, differences)


RAW_IP = "td_LINKTYPE_RAW_ipv4.pcap"
COMBINATIONS = [
    "-T json",
    "-T jsonraw",
    "-T json --no-duplicate-keys",
    "-T json -x --no-duplicate-keys",
    "-T json -j ip",
    "-T json -x -j ip",
    "-T json -J ip",
    "-T ek -j ip",
    "-T ek -J ip",
    "-T pdml -j ip",
    "-T pdml -J ip",
    "-T json -e ip.addr -e udp.port -e tcp.port",
    "-T ek -e ip.addr -e udp.port -e tcp.port",
    "-T pdml -e ip.addr -e udp.port -e tcp.port",
    "-T psml",
    "-O ip",
    "-V",
    "-x",
    "-P -V -x",
    "-P -N t",
    "-V -N t",
    "-T pdml -N t",
    "-T fields -e udp -e udp.port -e udp.srcport -N t",
]


@pytest.mark.parametrize("words", COMBINATIONS)
def test_options_together(words: str, checkout: Path, answers: Answers, local: Tshark) -> None:
    """Byte for byte, on a capture of which every line of the tree agrees."""
    capture = answers.capture(RAW_IP)
    verified = (f"-o{name}.check_checksum:TRUE" for name in ("ip", "tcp", "udp"))
    done = wireproof(checkout, "-r", str(capture), *verified, *words.split())
    assert (done.returncode, done.stderr) == (0, "")
    assert list(body(done.stdout)) == list(body(local.document(capture, *words.split())))


ADDITIONAL = re.compile(
    r',\s*"ip[._](ip_)?(src|dst)[._](class|scope)(_raw)?": ?("[^"]*"|null|\[[^]]*\]|\{"filtered":"[^"]*"\})'
    r'| *<field name="ip\.(src|dst)\.(class|scope)"[^>]*/>\n'
)
"""Members of packets that tshark does not have."""


def body(text: str) -> Iterator[str]:
    """The lines, without those that tell of the program and the moment."""
    about = ("<?xml-stylesheet", "<!--", "<pdml ", "<psml ")
    return (line for line in ADDITIONAL.sub("", text).splitlines() if not line.startswith(about))
