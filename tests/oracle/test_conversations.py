"""What several segments say together, on conversations made by dice and on those of two hosts over a bad line."""

from __future__ import annotations

import random
import re
import struct
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.analysis.addresses import addresses
from tests.analysis.conversations import Timed, conversations
from wireproof.dissectors.schema import catalogue
from wireproof.output.columns import columns
from wireproof.packet import Preferences
from wireproof.packet.preferences import OF_STREAMS, STORMS

from . import lossy, ours
from .local import Tshark

RAW, NANOSECONDS = 228, 10**9
BEGIN = 1_700_000_000 * NANOSECONDS
OWN = re.compile(r"tcp\.(src|dst)\.state")
# Flags that count with Accurate ECN stay flags here, and data that come again are data (deviations.json).
NAMES = [
    "tcp.len",
    "tcp.options.sack_le",
    "tcp.analysis.tfo_syn",
    "_ws.expert.message",
    "_ws.expert.severity",
    "_ws.expert.group",
    *(info.name for info in catalogue().protocols["tcp"].across if not OWN.fullmatch(info.name)),
]
INFO = "_ws.col.Info"


def written(path: Path, frames: Sequence[Timed]) -> Path:
    """Write a capture of packets without a link layer."""
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, RAW))
        for time, data in frames:
            file.write(struct.pack("<IIII", *divmod(BEGIN + time, NANOSECONDS), len(data), len(data)) + data)
    return path


def differences(local: Tshark, path: Path, switched_off: str = "") -> list[str]:
    """Compare every field of every frame, and what the packet list says; one preference may be switched off."""
    words = ("-o", f"{switched_off}:FALSE") if switched_off else ()
    theirs = local.fields(path, [*NAMES, INFO], *words)
    packets = ours.packets(path, replace(ours.CHECKSUMS, switched_off=frozenset({switched_off} - {""})))
    assert len(theirs) == len(packets)
    wrong = []
    for want, packet in zip(theirs, packets, strict=True):
        got = {**ours.texts(packet), INFO: [columns(packet).info]}
        wrong += [
            f"frame {packet.number}: {name}: tshark {want.get(name)}, ours {got.get(name)}"
            for name in (*NAMES, INFO)
            if want.get(name) != got.get(name)
        ]
    return wrong


@pytest.mark.parametrize("seed", range(3))
def test_conversations_made_by_dice_agree(local: Tshark, tmp_path: Path, seed: int) -> None:
    path = written(tmp_path / "conversations.pcap", conversations(seed, 60))
    assert differences(local, path) == []


@pytest.mark.parametrize("name", OF_STREAMS)
def test_what_a_preference_switches_off(local: Tshark, tmp_path: Path, name: str) -> None:
    path = written(tmp_path / "conversations.pcap", conversations(7, 12))
    assert differences(local, path, name) == []


@pytest.mark.parametrize("seed", range(2))
def test_addresses_made_by_dice_agree(local: Tshark, tmp_path: Path, seed: int) -> None:
    """Also of packets that the capture cut, and with storms."""
    dice, path = random.Random(seed), tmp_path / "addresses.pcap"
    pace = dice.choice([(0, 1, 3_300_000, 3_400_000), (10**6, 10**8, 10**9, -(10**7))])
    time = BEGIN
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 1))
        for frame in addresses(dice, 300):
            data = frame[: dice.randrange(20, len(frame) + 1)] if dice.random() < 0.1 else frame
            file.write(struct.pack("<IIII", *divmod(time, NANOSECONDS), len(data), len(frame)) + data)
            time += dice.choice(pace)
    wanted = [info.name for info in catalogue().protocols["arp"].across if not info.own]
    wanted += ["arp.src.proto_ipv4", "_ws.expert.message"]
    theirs = local.fields(path, wanted, "-o", f"{STORMS}:TRUE")
    packets = ours.packets(path, Preferences(ours.CHECKSUMS.names | {STORMS}))
    assert len(theirs) == len(packets)
    assert {name for frame in theirs for name in frame} >= {"arp.duplicate-address-frame"}
    for want, packet in zip(theirs, packets, strict=True):
        got = ours.texts(packet)
        assert {name: got[name] for name in wanted if name in got} == want, f"frame {packet.number}"


def test_conversations_over_a_bad_line_agree(local: Tshark, tmp_path: Path) -> None:
    """What a sender's side sees, and a receiver's: the line loses, repeats and reorders frames between them."""
    reason = lossy.missing()
    if reason is not None:
        pytest.skip(reason)
    for path in lossy.record(tmp_path, seed=1):
        kinds = {name for frame in local.fields(path, NAMES) for name in frame}
        assert {"tcp.analysis.retransmission", "tcp.analysis.duplicate_ack"} <= kinds, f"{path.name} lost nothing"
        assert differences(local, path) == []
