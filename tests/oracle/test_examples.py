"""The repository's own captures against the local tshark: every field through pyshark, and filters."""

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pyshark
import pytest

from wireproof import Filter
from wireproof.capture import PcapWriter, open_reader
from wireproof.dissectors.schema import Kind, catalogue
from wireproof.output import format_value
from wireproof.packet import Packet

from . import ours
from .agreement import Record, Tally, fingerprint, protocol
from .deviations import Deviations
from .features import features
from .filters import FILTERS
from .local import Tshark, hold, side_by_side

Fields = dict[str, list[str]]


def through_pyshark(local: Tshark, capture: Path) -> list[Fields]:
    """The values of all fields, frame by frame, in a thread of its own: pyshark owns its event loop."""
    found: list[Fields] = []
    failures: list[Exception] = []

    def read() -> None:
        try:
            packets = pyshark.FileCapture(str(capture), tshark_path=local.path, keep_packets=False)
            # Iterating over it ends tshark twice, and takes the second time for a crash.
            packets.apply_on_packets(lambda packet: found.append(_fields(packet)))
        except Exception as error:
            failures.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]
    return found


def _fields(packet: pyshark.packet.packet.Packet) -> Fields:
    found: Fields = {}
    for layer in (packet.frame_info, *packet.layers):
        # The public names are shortened; the whole ones, of repeated fields too, are kept here only.
        for name, container in layer._all_fields.items():
            # Texts without a name, and protocols within protocols, have no value of their own.
            if "." in name and name not in catalogue().protocols:
                found.setdefault(name, []).extend(each.show or "" for each in container.all_fields)
    return found


def _as_in_pdml(packet: Packet) -> Fields:
    """Our values of all fields, written as PDML writes them."""
    found: Fields = {}
    for layer in packet.layers:
        for value in layer.values:
            text = format_value(value)
            if value.info.type.kind is Kind.BYTES:
                text = value.value.hex(":")
            elif value.info.type.kind is Kind.LABEL:
                text = ""
            found.setdefault(value.info.name, []).append(text)
    return found


@pytest.fixture
def environment(local: Tshark, monkeypatch: pytest.MonkeyPatch) -> None:
    """The profile for processes that others start."""
    for name in ("WIRESHARK_CONFIG_DIR", "TZ", "LC_ALL"):
        monkeypatch.setenv(name, local.env[name])


@pytest.mark.usefixtures("environment")
def test_fields_agree(
    examples: list[Path], local: Tshark, record: Callable[[str], Record], show: Callable[..., None]
) -> None:
    deviations = Deviations("example fields")
    tally = Tally()
    for capture in examples:
        theirs, packets = through_pyshark(local, capture), ours.packets(capture)
        assert len(theirs) == len(packets), capture.name
        for want, packet in zip(theirs, packets, strict=True):
            got = _as_in_pdml(packet)
            for field in sorted(want.keys() | got.keys()):
                values = want.get(field), got.get(field)
                if values[0] == values[1] or not deviations.explain(field, capture.name, packet.number, values[1]):
                    tally.add(field, f"{capture.name} frame {packet.number}", *values)
    show(f"local {local.version}, examples through pyshark", tally, protocol)
    hold(record("examples"), local, {"fields": tally}, fingerprint(examples), [deviations])


def test_filters_agree(
    examples: list[Path],
    local: Tshark,
    record: Callable[[str], Record],
    show: Callable[..., None],
    tmp_path: Path,
) -> None:
    """These filters mean the same in every release of tshark: one record for all."""
    capture = joined(examples, tmp_path / "examples.pcap")
    packets = ours.packets(capture)
    deviations = Deviations("example filters")
    tally, disagreeing = Tally(), []
    for text, want in zip(FILTERS, side_by_side(partial(local.frames, capture), FILTERS), strict=True):
        chosen = Filter(text)
        got = [packet.number for packet in packets if chosen.matches(packet)]
        if want != got and deviations.explain(text, capture.name, ours=got):
            continue
        equal = [tally.add(feature, text, want, got) for feature in features(text)]
        disagreeing += [] if all(equal) else [text]
    show(f"local {local.version}, filters on the examples by feature", tally, note=f"; {len(FILTERS)} filters")
    source = fingerprint([capture, *map(Path(__file__).with_name, ("features.py", "filters.py"))])
    wrong = [*record("examples").hold("filters", source, tally, disagreeing), *deviations.stale()]
    assert not wrong, "\n".join(wrong)


def joined(captures: list[Path], target: Path) -> Path:
    """Write the frames of several captures to one, so that tshark is asked about all of them at once."""
    with target.open("wb") as file:
        writer = PcapWriter(file, 1, nanoseconds=True)
        for capture in captures:
            with open_reader(capture) as reader:
                for found in reader:
                    assert found.link_type == 1, capture.name
                    writer.write(found)
    return target
