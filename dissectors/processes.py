"""What IPFIX tells of the processes at both ends of a conversation: no packet of the conversation does."""

from collections.abc import Iterator

from wireproof.dissectors.schema import FieldInfo, FieldType

KINDS = (
    ("uid", FieldType.UINT32, "process user ID"),
    ("pid", FieldType.UINT32, "process ID"),
    ("uname", FieldType.STRING, "process user name"),
    ("cmd", FieldType.STRING, "process name"),
)


def processes(protocol: str) -> Iterator[FieldInfo]:
    """Yield the fields of a protocol that stay without a value."""
    for side, title in (("src", "Source"), ("dst", "Destination")):
        for name, kind, what in KINDS:
            yield FieldInfo(f"{protocol}.proc.{side}{name}", kind, f"{title} {what}")
