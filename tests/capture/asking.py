"""What tshark makes of a capture file, and what is made of it here, in the same rows.

``python -m tests.capture.asking`` writes what the local tshark says of the crafted files to `crafted.json`.
"""

import json
import os
import pathlib
import subprocess
import tempfile

from wireproof.capture import CaptureError, Record, open_reader
from wireproof.dissectors.numbers.encapsulations import LINK_TYPES

from .crafted import CRAFTED

Row = tuple[int | None, int, int, int | None, int, str, int | None]
"""Time in nanoseconds, wire and captured length, interface, section, comment, Wireshark's number of the link type."""
Answer = tuple[int, list[Row]]
"""The exit status, 0 or 2 where the file is damaged, and the records."""
RECORDED = pathlib.Path(__file__).with_name("crafted.json")
_FIELDS = ("time_epoch", "len", "cap_len", "interface_id", "section_number", "comment", "encap_type")


def asked(path: pathlib.Path) -> Answer:
    """What tshark says of a file."""
    names = [part for name in _FIELDS for part in ("-e", f"frame.{name}")]
    command = ["tshark", "-n", "-r", path, "-T", "fields", "-E", "separator=/t", *names]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "TZ": "UTC"})
    rows = []
    for line in done.stdout.splitlines():
        if not line:  # stands before a message on damage
            continue
        time, wire, captured, number, part, comment, encapsulation = line.split("\t")
        rows.append(
            (
                _nanoseconds(time) if time else None,
                int(wire),
                int(captured),
                int(number) if number else None,
                int(part) if part else 1,
                comment,
                int(encapsulation) if encapsulation else None,
            )
        )
    return done.returncode, rows


def _nanoseconds(text: str) -> int:
    """A time, both parts of which may have a sign of their own."""
    seconds, _, fraction = text.partition(".")
    return int(seconds) * 10**9 + int(fraction)


def answered(path: pathlib.Path) -> tuple[Answer, list[Record]]:
    """What is said of it here, and the records."""
    records: list[Record] = []
    try:
        opened = open_reader(path)
    except CaptureError:
        return (2, []), []
    status = 0
    with opened as reader:
        try:
            records.extend(reader)
        except CaptureError:
            status = 2
        kept = reader.interfaces
        number = [None if reader.format == "pcap" else each.number for each in kept]
        rows: list[Row] = [
            (
                record.time,
                record.wire_length,
                len(record.data),
                number[record.interface],
                kept[record.interface].section,
                ",".join(record.comments),
                LINK_TYPES.get(record.link_type, 0),
            )
            for record in records
        ]
    return (status, rows), records


def recorded() -> dict[str, Answer]:
    """What tshark said of the crafted files."""
    return {
        name: (status, [tuple(row) for row in rows])  # type: ignore[misc]
        for name, (status, rows) in json.loads(RECORDED.read_text()).items()
    }


def main() -> None:
    """Ask and write."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "crafted")
        lines = []
        for name, file in CRAFTED.items():
            path.write_bytes(file)
            lines.append(f"  {json.dumps(name)}: {json.dumps(asked(path))}")
    RECORDED.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
