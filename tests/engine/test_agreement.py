"""The compiled filter lets the same frames through as the reference, whatever the frames."""

import json
from functools import cache
from pathlib import Path

import pytest

import wireproof
from wireproof.capture import CaptureError
from wireproof.dissectors.schema import catalogue
from wireproof.engine import NotLowerableError, compile_query
from wireproof.grammar import FilterError, compile_filter
from wireproof.interface.across import rules_for
from wireproof.packet import Packet, Preferences

from .filters import FILTERS
from .frames import frames, write

MACROS = {
    "pair": "(ip.src == $1 and ip.dst == $2)",
    "lan": "ip.addr == 10.0.0.0/8",
    "nested": "${pair:10.0.0.1;10.0.0.2} or arp",
}


@cache
def packets(path: Path) -> tuple[list[Packet], str | None]:
    """What the reference reads of a capture, and what it says of damage."""
    found: list[Packet] = []
    try:
        with wireproof.open_capture(path) as capture:
            found.extend(capture)
    except CaptureError as error:
        return found, str(error)
    return found, None


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("frames") / "frames.pcap", frames(1, 1500))


@pytest.mark.parametrize("text", FILTERS)
def test_generated_frames(generated: Path, text: str) -> None:
    chosen = compile_filter(text, catalogue())
    want = [packet.number for packet in packets(generated)[0] if chosen.matches(packet)]
    with wireproof.open_capture(generated) as capture:
        assert [record.number for record in capture.select(text, engine="compiled")] == want
    assert not compile_query(chosen).refused


def test_the_filters_let_some_through_and_hold_some_back(generated: Path) -> None:
    """Or the test above would say nothing. What never matches here does in the recorded cases."""
    total = packets(generated)[0]
    matched = {text: sum(map(compile_filter(text, catalogue()).matches, total)) for text in FILTERS}
    idle = [text for text, count in matched.items() if count in (0, len(total))]
    assert len(idle) < len(FILTERS) // 10, idle


def test_recorded_cases(recorded_answers: Path) -> None:
    """Every recorded filter on its capture; those on fields across packets are refused as a whole."""
    wrong, compiled = [], 0
    for line in (recorded_answers / "cases.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        path = recorded_answers / "captures" / case["capture"]
        try:
            chosen = wireproof.Filter(case["filter"], macros=case.get("macros", MACROS))
            compile_query(chosen.typed, rules=rules_for(chosen.typed))
        except (FilterError, NotLowerableError):
            continue
        compiled += 1
        read, said = packets(path)
        found: list[int] = []
        complaint = None
        try:
            with wireproof.open_capture(path) as capture:
                found.extend(record.number for record in capture.select(chosen, engine="compiled"))
        except CaptureError as error:
            complaint = str(error)
        want = [packet.number for packet in read if chosen.matches(packet)]
        if (found, complaint) != (want, said):
            wrong.append(f"{case['capture']}: {case['filter']}: {found[:9]} {complaint}, expected {want[:9]} {said}")
    assert not wrong, "\n".join(wrong)
    assert compiled > 700


def test_depth_is_left_to_the_reference(tmp_path: Path) -> None:
    """More layers than the machine code follows, up to where the reference stops as well."""
    data = [b"\0" * 12 + b"\x81\0" + b"\0\2\x81\0" * count + b"\0\1\x08\6" + bytes(28) for count in range(40, 70)]
    path = write(tmp_path / "deep.pcap", data)
    for text in ("arp", "vlan.id == 1", "count(vlan.id) == 62"):
        chosen = compile_filter(text, catalogue())
        want = [packet.number for packet in packets(path)[0] if chosen.matches(packet)]
        assert [record.number for record in compile_query(chosen).match_records(path)] == want


def test_more_values_than_are_kept_are_left_to_the_reference(tmp_path: Path) -> None:
    data = [b"\0" * 12 + b"\x81\0" + b"\0\2\x81\0" * count + b"\0\1\x08\6" + bytes(28) for count in range(10, 30)]
    path = write(tmp_path / "deep.pcap", data)
    chosen = compile_filter("vlan.id == vlan.priority or any vlan.id > vlan.priority", catalogue())
    assert len(list(compile_query(chosen).match_records(path))) == 20


def test_checksums_that_are_verified(generated: Path) -> None:
    preferences = Preferences(frozenset({"tcp.check_checksum"}))
    chosen = compile_filter("tcp.checksum.status == 0", catalogue())
    query = compile_query(chosen, preferences=preferences)
    assert query.is_exact
    with wireproof.open_capture(generated, preferences=preferences) as capture:
        want = [packet.number for packet in capture if chosen.matches(packet)]
    assert [record.number for record in query.match_records(generated)] == want != []


@pytest.mark.parametrize("text", ["tcp.stream == 1", "arp and frame.time_delta > 1", "tcp.options.sack_le > 1"])
def test_fields_across_packets_are_refused(text: str) -> None:
    with pytest.raises(NotLowerableError, match="more than one packet"):
        compile_query(compile_filter(text, catalogue()))


def test_explain_says_what_runs_where() -> None:
    query = compile_query(compile_filter('arp.opcode == 1 and frame matches "x"', catalogue()))
    said = query.explain()
    assert "arp.opcode == 1" in said.split("the reference")[0]
    assert 'frame matches "x" (a regular expression)' in said.split("the reference")[1]
    assert "layer arp" in query.plan()
    assert query.is_exact
