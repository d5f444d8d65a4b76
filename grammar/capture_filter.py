"""A display filter as a capture filter of libpcap (pcap-filter(7)), where there is one that says the same.

Wireshark calls RARP arp as well, so that what is asked of ARP is asked of both. A capture filter sees the outermost
headers of an untagged Ethernet frame, ARP with MAC addresses, and of fragments nothing behind the IPv4 header but in
the first. What looks at several layers, computes with more than one header, or asks for text in the data has none.
"""

from __future__ import annotations

from wireproof.dissectors.schema.types import Kind
from wireproof.grammar import tree
from wireproof.grammar.syntax import LogicOperator, Operator, Quantifier
from wireproof.grammar.tree import Operand, TypedTest

LONGEST = 1 << 16  # characters of a capture filter
CAVEAT = (
    "the same on untagged Ethernet frames; a capture filter sees neither behind VLAN tags nor into quoted "
    "or tunnelled headers"
)
_PROTOCOLS = {"arp": "arp or rarp", "ip": "ip", "tcp": "ip and tcp", "udp": "ip and udp", "icmp": "icmp"}
# Numbers in headers: the protocol, and where in it.
_NUMBERS = {
    "frame.len": ("", "len"),
    "eth.type": ("", "ether[12:2]"),
    "arp.hw.type": ("arp", "arp[0:2]"),
    "arp.proto.type": ("arp", "arp[2:2]"),
    "arp.hw.size": ("arp", "arp[4]"),
    "arp.proto.size": ("arp", "arp[5]"),
    "arp.opcode": ("arp", "arp[6:2]"),
    "ip.version": ("ip", "ip[0] >> 4"),
    "ip.hdr_len": ("ip", "(ip[0] & 0xf) << 2"),
    "ip.dsfield": ("ip", "ip[1]"),
    "ip.dsfield.dscp": ("ip", "ip[1] >> 2"),
    "ip.dsfield.ecn": ("ip", "ip[1] & 3"),
    "ip.len": ("ip", "ip[2:2]"),
    "ip.id": ("ip", "ip[4:2]"),
    "ip.flags": ("ip", "ip[6] >> 5"),
    "ip.flags.rb": ("ip", "ip[6] >> 7"),
    "ip.flags.df": ("ip", "(ip[6] >> 6) & 1"),
    "ip.flags.mf": ("ip", "(ip[6] >> 5) & 1"),
    "ip.ttl": ("ip", "ip[8]"),
    "ip.proto": ("ip", "ip[9]"),
    "ip.checksum": ("ip", "ip[10:2]"),
    "icmp.type": ("icmp", "icmp[0]"),
    "icmp.code": ("icmp", "icmp[1]"),
    "icmp.checksum": ("icmp", "icmp[2:2]"),
    "tcp.srcport": ("ip and tcp", "tcp[0:2]"),
    "tcp.dstport": ("ip and tcp", "tcp[2:2]"),
    "tcp.seq_raw": ("ip and tcp", "tcp[4:4]"),
    "tcp.ack_raw": ("ip and tcp", "tcp[8:4]"),
    "tcp.hdr_len": ("ip and tcp", "(tcp[12] >> 4) << 2"),
    "tcp.flags": ("ip and tcp", "tcp[12:2] & 0xfff"),
    "tcp.window_size_value": ("ip and tcp", "tcp[14:2]"),
    "tcp.checksum": ("ip and tcp", "tcp[16:2]"),
    "tcp.urgent_pointer": ("ip and tcp", "tcp[18:2]"),
    "udp.srcport": ("ip and udp", "udp[0:2]"),
    "udp.dstport": ("ip and udp", "udp[2:2]"),
    "udp.length": ("ip and udp", "udp[4:2]"),
    "udp.checksum": ("ip and udp", "udp[6:2]"),
}
_FLAGS = ("fin", "syn", "reset", "push", "ack", "urg", "ece", "cwr")
_NUMBERS |= {f"tcp.flags.{name}": ("ip and tcp", f"(tcp[13] >> {bit}) & 1") for bit, name in enumerate(_FLAGS)}
_ADDRESSES = {
    "ip.src": ("ip src",),
    "ip.dst": ("ip dst",),
    "ip.addr": ("ip src", "ip dst"),
    "eth.src": ("ether src",),
    "eth.dst": ("ether dst",),
    "eth.addr": ("ether src", "ether dst"),
    "arp.src.proto_ipv4": ("arp src",),
    "arp.dst.proto_ipv4": ("arp dst",),
}
_PORTS = {"tcp.port": ("tcp.srcport", "tcp.dstport"), "udp.port": ("udp.srcport", "udp.dstport")}
_SLICED = {
    "frame": ("", "ether"),
    "eth": ("", "ether"),
    "arp": ("arp", "arp"),
    "ip": ("ip", "ip"),
    "icmp": ("icmp", "icmp"),
    "tcp": ("ip and tcp", "tcp"),
    "udp": ("ip and udp", "udp"),
}
_SIGNS = {
    Operator.EQUAL: "=",
    Operator.NOT_EQUAL: "!=",
    Operator.LESS: "<",
    Operator.LESS_EQUAL: "<=",
    Operator.GREATER: ">",
    Operator.GREATER_EQUAL: ">=",
}


class NoCaptureFilterError(ValueError):
    """A display filter that no capture filter says; the text is the part of it that cannot be said, and why."""


def capture_filter(test: TypedTest) -> str:
    """Return the capture filter that lets the same packets pass. Raises NoCaptureFilterError."""
    match test:
        case tree.Everything():
            return ""
        case tree.Not(operand):
            return f"not ({capture_filter(operand)})"
        case tree.Joined(LogicOperator.XOR, operands):
            ours, *others = map(capture_filter, operands)
            for theirs in others:  # each time it gets twice as long
                if len(ours) + len(theirs) > LONGEST:
                    raise NoCaptureFilterError("xor, which would make it too long")
                ours = f"(({ours}) and not ({theirs})) or (not ({ours}) and ({theirs}))"
            return ours
        case tree.Joined(how, operands):
            return f" {how.value} ".join(f"({capture_filter(each)})" for each in operands)
        case tree.Presence(operand):
            return _presence(operand)
        case tree.Truth(tree.Arithmetic(left=left, right=tree.Literal(value=int() as mask)) as masked):
            if masked.operator.value == "&":
                within, place = _number(left)
                return _with(within, f"({place}) & {mask} != 0")
        case tree.Comparison():
            return _comparison(test)
        case tree.Membership():
            return _membership(test)
    raise NoCaptureFilterError(_why(test))


def _why(test: object) -> str:
    found = {
        tree.Contains: "a search in the data",
        tree.Matches: "a regular expression",
        tree.Truth: "arithmetic",
    }
    return found.get(type(test), "a comparison of what a capture filter has no word for")


def _with(within: str, test: str) -> str:
    both = f"{within} and {test}" if within else test
    return _of_rarp_too(both) if within == "arp" else both


def _of_rarp_too(test: str) -> str:
    return f"({test}) or ({test.replace('arp', 'rarp')})"


def _plain(operand: Operand) -> str:
    """Return the name of a field of all layers."""
    if isinstance(operand, tree.FieldOperand) and not operand.raw and operand.layers is None:
        return operand.field.name
    raise NoCaptureFilterError("layers, raw bytes, functions and arithmetic")


def _number(operand: Operand) -> tuple[str, str]:
    name = _plain(operand)
    if name not in _NUMBERS:
        raise NoCaptureFilterError(f"{name}, which a capture filter has no word for")
    return _NUMBERS[name]


def _presence(operand: Operand) -> str:
    name = _plain(operand)
    if name in _PROTOCOLS:
        return _PROTOCOLS[name]
    if name in _NUMBERS and _NUMBERS[name][0]:
        return _PROTOCOLS[_NUMBERS[name][0].split()[-1]]
    raise NoCaptureFilterError(f"whether there is a {name}")


def _comparison(test: tree.Comparison) -> str:
    left, right, sign = test.left, test.right, _SIGNS[test.operator]
    if not isinstance(right, tree.Literal):
        raise NoCaptureFilterError("a comparison of two fields")
    if isinstance(left, tree.Slice):
        return _slice(left, right, sign)
    name = _plain(left)
    if name in _ADDRESSES:
        return _address(_ADDRESSES[name], right, test)
    if name in _PORTS:
        joint = " or " if test.quantifier is Quantifier.ANY else " and "
        within = _NUMBERS[_PORTS[name][0]][0]
        inner = joint.join(f"{_NUMBERS[port][1]} {sign} {_whole(right)}" for port in _PORTS[name])
        return f"{within} and ({inner})"
    within, place = _number(left)
    return _with(within, f"{place} {sign} {_whole(right)}")


def _whole(literal: tree.Literal) -> int:
    if isinstance(literal.value, (bytes, float)) or literal.type.kind not in (Kind.INTEGER, Kind.BOOLEAN):
        raise NoCaptureFilterError("a constant that is no number")
    return int(literal.value)


def _slice(operand: tree.Slice, constant: tree.Literal, sign: str) -> str:
    name = _plain(operand.operand)
    (part, *more) = operand.ranges
    size = part.length if part.last is None else part.last - part.first + 1
    if name not in _SLICED or more or part.first < 0 or size not in (1, 2, 4) or sign not in ("=", "!="):
        raise NoCaptureFilterError("a slice that is not of 1, 2 or 4 bytes of one header")
    if not isinstance(constant.value, bytes) or len(constant.value) != size:
        raise NoCaptureFilterError("a slice compared with another number of bytes")
    within, place = _SLICED[name]
    return _with(within, f"{place}[{part.first}:{size}] {sign} 0x{constant.value.hex()}")


def _address(places: tuple[str, ...], constant: tree.Literal, test: tree.Comparison) -> str:
    if test.operator not in (Operator.EQUAL, Operator.NOT_EQUAL):
        raise NoCaptureFilterError("the order of addresses")
    within = places[0].split()[0]
    each = [f"{place} {_host(constant)}" for place in places]
    if test.operator is Operator.EQUAL:
        found = (" or " if test.quantifier is Quantifier.ANY else " and ").join(each)
        return _of_rarp_too(found) if within == "arp" else found
    inner = (" and " if test.quantifier is Quantifier.ALL else " or ").join(f"not {one}" for one in each)
    return inner if within == "ether" else _with(within, f"({inner})")


def _host(constant: tree.Literal) -> str:
    if isinstance(constant.value, bytes):
        return constant.value.hex(":")
    value, prefix = int(constant.value), constant.prefix
    kept = value >> 32 - prefix << 32 - prefix
    quad = ".".join(map(str, kept.to_bytes(4, "big")))
    return f"host {quad}" if prefix == 32 else f"net {quad}/{prefix}"


def _membership(test: tree.Membership) -> str:
    if test.quantifier is not Quantifier.ANY:
        raise NoCaptureFilterError("a set that all values have to be in")
    return " or ".join(f"({_element(test.operand, element)})" for element in test.elements)


def _element(operand: Operand, element: Operand | tree.Interval) -> str:
    if not isinstance(element, tree.Interval):
        return _comparison(tree.Comparison(Operator.EQUAL, Quantifier.ANY, operand, element))
    low, high = element.low, element.high
    if not isinstance(low, tree.Literal) or not isinstance(high, tree.Literal):
        raise NoCaptureFilterError("a range between fields")
    names = _PORTS.get(_plain(operand), ())
    places = [_NUMBERS[name] for name in names] or [_number(operand)]
    inner = [f"({place} >= {_whole(low)} and {place} <= {_whole(high)})" for _, place in places]
    return _with(places[0][0], f"({' or '.join(inner)})")
