"""What a conversation's packets are told together, and what IPFIX tells of the processes at its ends."""

from collections.abc import Iterator

from wireproof.dissectors.schema import FieldInfo, FieldType

KINDS = (
    ("uid", FieldType.UINT32, "process user ID"),
    ("pid", FieldType.UINT32, "process ID"),
    ("uname", FieldType.STRING, "process user name"),
    ("cmd", FieldType.STRING, "process name"),
)


def times(protocol: str, first: str, previous: str) -> tuple[FieldInfo, ...]:
    """Return the stream of a packet, and its time since the first one of its conversation and the one before."""
    elapsed = FieldType.RELATIVE_TIME
    return (
        FieldInfo(f"{protocol}.stream", FieldType.UINT32, "Stream index", across=True),
        FieldInfo(f"{protocol}.time_relative", elapsed, f"Time since {first}", across=True),
        FieldInfo(f"{protocol}.time_delta", elapsed, f"Time since {previous}", across=True),
    )


def processes(protocol: str) -> Iterator[FieldInfo]:
    """Yield the fields of a protocol that stay without a value: no packet of the conversation tells them."""
    for side, title in (("src", "Source"), ("dst", "Destination")):
        for name, kind, what in KINDS:
            yield FieldInfo(f"{protocol}.proc.{side}{name}", kind, f"{title} {what}")
