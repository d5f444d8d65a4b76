"""What TCP and UDP have alike: ports, checksum, payload, times, and what is told of the processes at both ends."""

from collections.abc import Iterator
from typing import Any

from construct import Default, GreedyBytes, Int16ub

from wireproof.dissectors.schema import Base, Field, FieldInfo, FieldType, InternetChecksum, Rule, bad_checksum

KINDS = (
    ("uid", FieldType.UINT32, "process user ID"),
    ("pid", FieldType.UINT32, "process ID"),
    ("uname", FieldType.STRING, "process user name"),
    ("cmd", FieldType.STRING, "process name"),
)


def ports(protocol: str, base: Base) -> tuple[Any, Any]:
    """Return the two members of the ports, `srcport` and `dstport`."""
    either = FieldInfo(f"{protocol}.port", FieldType.UINT16, "Source or Destination Port", base, hidden=True)

    def port(name: str, title: str) -> Any:
        octets = Default(Int16ub, 0)
        return name / Field(f"{protocol}.{name}", octets, FieldType.UINT16, title, base=base, feeds=(either,))

    return port("srcport", "Source Port"), port("dstport", "Destination Port")


def checksum(
    protocol: str, bad: str, reference: str, *, optional: bool = False, all_ones: Rule | None = None
) -> dict[str, InternetChecksum]:
    """Return the step of the sum over a pseudo header, header and payload; `bad` is the diagnosis of a wrong one."""
    name = f"{protocol}.checksum"
    step = InternetChecksum.of(
        name,
        pseudo_header=True,
        preference=f"{protocol}.check_checksum",
        bad=bad_checksum(bad, reference),
        optional=optional,
        all_ones=all_ones,
    )
    return {name: step}


def payload(protocol: str) -> Field:
    """Return the field of all that is carried."""
    return Field(f"{protocol}.payload", GreedyBytes, FieldType.BYTES, f"{protocol.upper()} payload")


def times(protocol: str, first: str, previous: str) -> tuple[FieldInfo, ...]:
    """Return the stream of a packet, and its time since the first one of its conversation and the one before."""
    elapsed = FieldType.RELATIVE_TIME
    return (
        FieldInfo(f"{protocol}.stream", FieldType.UINT32, "Stream index", across=True),
        FieldInfo(f"{protocol}.time_relative", elapsed, f"Time since {first}", across=True),
        FieldInfo(f"{protocol}.time_delta", elapsed, f"Time since {previous}", across=True),
    )


def processes(protocol: str) -> Iterator[FieldInfo]:
    """Yield the fields that IPFIX fills, and that stay without a value: no packet of the conversation tells them."""
    for side, title in (("src", "Source"), ("dst", "Destination")):
        for name, kind, what in KINDS:
            yield FieldInfo(f"{protocol}.proc.{side}{name}", kind, f"{title} {what}")
