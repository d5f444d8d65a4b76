"""The packet list, column by column, against the local tshark."""

from collections.abc import Callable
from pathlib import Path

from wireproof.output.columns import columns

from . import ours
from .agreement import Record, Tally, fingerprint
from .answers import Answers
from .deviations import Deviations
from .local import Tshark, hold, side_by_side

COLUMNS = {"Source": "source", "Destination": "destination", "Protocol": "protocol", "Length": "length"}
ASKED = [f"_ws.col.{name}" for name in ("Info", *COLUMNS)]


def test_shared_captures_agree(
    answers: Answers, local: Tshark, record: Callable[[str], Record], show: Callable[..., None]
) -> None:
    compare("shared", answers.captures, local, record("packet_list"), show)


def test_examples_agree(
    examples: list[Path], local: Tshark, record: Callable[[str], Record], show: Callable[..., None]
) -> None:
    compare("example", examples, local, record("packet_list"), show)


def compare(of: str, captures: list[Path], local: Tshark, on_file: Record, show: Callable[..., None]) -> None:
    """Compare the lines of all frames: the info text by tshark's protocol column, the other columns by their names."""
    info, other = Deviations(f"{of} info"), Deviations(f"{of} columns")
    tallies = {f"{of} info": Tally(), f"{of} columns": Tally()}
    by_protocol, by_column = tallies.values()
    asked = side_by_side(lambda capture: local.fields(capture, ["frame.number", *ASKED]), captures)
    for capture, rows in zip(captures, asked, strict=True):
        theirs = {int(row["frame.number"][0]): row for row in rows}
        mine = {packet.number: packet for packet in ours.packets(capture)}
        assert theirs.keys() == mine.keys(), capture.name
        for number, row in theirs.items():
            where = f"{capture.name} frame {number}"
            line = columns(mine[number])
            for name, attribute in COLUMNS.items():
                want, got = "".join(row.get(f"_ws.col.{name}", ())), getattr(line, attribute)
                if want == got or not other.explain(name, capture.name, number, got):
                    by_column.add(name, where, want, got)
            want, got = "".join(row.get("_ws.col.Info", ())), line.info
            if want == got or not info.explain(want, capture.name, number, got):
                by_protocol.add("".join(row.get("_ws.col.Protocol", ())) or "(none)", where, want, got)
    show(f"local {local.version}, {of} captures, info text by protocol column", by_protocol)
    show(f"local {local.version}, {of} captures, other columns", by_column)
    hold(on_file, local, tallies, fingerprint(captures), [info, other])
