"""What the tests ask of the reader, in one call."""

import io

from wireproof.capture import CaptureError, Record, open_reader


def read(data: bytes) -> list[Record]:
    """The records of a sound capture."""
    with open_reader(io.BytesIO(data)) as reader:
        return list(reader)


def read_damaged(data: bytes | io.RawIOBase) -> tuple[list[Record], CaptureError | None]:
    """The records before the damage, and the damage."""
    records: list[Record] = []
    stream = io.BytesIO(data) if isinstance(data, bytes) else data
    try:
        with open_reader(stream) as reader:  # type: ignore[arg-type]
            records.extend(reader)
    except CaptureError as error:
        return records, error
    return records, None
