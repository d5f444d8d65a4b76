"""What filters mean, seen from outside: a filter, a subject, and whether it passes."""

import subprocess
import sys

import pytest

from tests.grammar.stub import FIELDS, Seen, Subject
from wireproof.grammar import compile_filter

TCP_HEADER = bytes(range(20))
SECOND = 1_000_000_000
PACKET = Subject(
    {
        "frame": [Seen(bytes(range(60)), raw=bytes(range(60)), reach=bytes(range(60)))],
        "frame.number": [7],
        "frame.time": [1_700_000_000 * SECOND + 1_000_000],
        "frame.time_delta": [SECOND // 2],
        "frame.protocols": ["eth:ip:tcp"],
        "eth.src": [bytes.fromhex("0200000000aa")],
        "eth.dst": [bytes.fromhex("ff0000000001")],
        "arp.opcode": [Seen(1, raw=b"\0\1")],
        "ip": [Seen(b"\x45" + bytes(19), reach=b"\x45" + bytes(40))],
        "ip.src": [0xC0000201],
        "ip.dst": [0x0A000001],
        "ip.addr": [0xC0000201, 0x0A000001],
        "ip.ttl": [64, 9],
        "tcp": [Seen(TCP_HEADER, reach=TCP_HEADER + b"GET / HTTP/1.0\r\n")],
        "tcp.port": [80, 40000],
        "tcp.len": [0],
        "tcp.seq_raw": [4294967290],
        "tcp.scale": [-2],
        "tcp.flags": [0x12],
        "tcp.flags.syn": [True],
        "tcp.flags.reset": [False],
        "tcp.payload": [b"GET \x80\xc2"],
        "tcp.analysis": [True],
        "vlan.id": [1, 2, 3],
    }
)

TRUE = [
    "",
    "  \t\r\n",
    "tcp",
    ".tcp",
    "tcp.flags.reset",  # presence, not truth
    "not tcp.flags.reset == 1",
    "tcp.flags.reset == 0",
    "!udp.port",
    "not not tcp",
    "tcp and not udp.port or arp",
    "udp.port or tcp and ip",
    "tcp xor udp.port",
    "tcp ^^ arp ^^ udp.port",
    "tcp AND NOT udp.port",
    # any and all
    "tcp.port == 80",
    "tcp.port eq 40000",
    "not tcp.port != 80",
    "tcp.port !== 80",
    "tcp.port ~= 80",
    "any tcp.port != 80",
    "not tcp.port === 80",
    "tcp.port != 443",
    "all tcp.port > 79",
    "tcp.port > 79 and tcp.port < 81",
    "not udp.port != 80",  # a missing field makes every comparison false
    "not udp.port == 80",
    "ip.src == ip.addr",
    "not ip.src != ip.addr",
    "79 < tcp.port < 81",
    "1 == arp.opcode",
    "arp.op == 1",
    # numbers
    "tcp.port == 0x50",
    "tcp.port == 0120",
    "tcp.port == 0b1010000",
    "tcp.port == 'P'",
    "arp.opcode == '\\x01'",
    "arp.opcode == request",
    'arp.opcode == "REQUEST"',
    'arp.opcode < "reply"',
    "arp.opcode in {request, reply}",
    'arp.opcode in {"request" .. "reply"}',
    "not tcp.port == -80",
    "not tcp.port > -1",  # unsigned: the constant's bits are 0xffffffff
    "tcp.scale < 0",
    "tcp.scale == -2",
    "tcp.scale == - 2",
    # booleans
    "tcp.flags.syn == 1",
    "tcp.flags.syn == 2",
    "tcp.flags.syn == TRUE",
    "tcp.flags.syn == true",
    'tcp.flags.syn == "set"',
    "tcp.flags.reset == False",
    'tcp.flags.reset == "Not set"',
    # addresses
    "ip.src == 192.0.2.1",
    "ip.src == 192.0.2.0/24",
    "ip.src == 192.0.2.77/24",
    "ip.src != 10.0.0.0/8",
    "ip.src > 192.0.1.255/24",
    "not ip.src > 192.0.2.0/24",
    "all ip.addr in {10.0.0.0/8, 192.0.2.0/24}",
    "ip.src in {192.0.2.0 .. 192.0.2.9}",
    "ip.src & 255.0.0.0 == 192.0.0.0",
    "eth.src == 02:00:00:00:00:aa",
    "eth.src == 02-00-00-00-00-aa",
    "eth.src == 02.00.00.00.00.aa",
    "eth.src == 0200.0000.00aa",
    "eth.src == 0200000000AA",
    'eth.src == "02:00:00:00:00:aa"',
    "eth.src < eth.dst",
    "eth.dst == frame[0,0,0,0,0,0] or eth.src[0] == 02",
    "eth.src[0] & 2",
    "eth.src & 02:00:00:00:00:00",
    "eth.src[0:2] & 03 == 02",
    "eth.src contains 00:aa",
    # bytes
    "eth.dst[0] == ff",
    "eth.dst[0] == :ff",
    "eth.dst[0] == ff:",
    "eth.dst[0] == 0xff",
    'eth.dst[0] == "\\xff"',
    "tcp.payload[0:3] == 47.45.54",
    'tcp.payload[0:3] == "GET"',
    "tcp.payload[0:3] == 47-45.54",
    "tcp.payload[0:3] == 4745.54",
    "frame[0:4] == 0.1.2.3",
    "frame[1:3] == 1-2-3-",
    "eth.src == 2.0.0.0.0.aa",
    "eth.src == 020000.0000-aa",
    "tcp.payload[0:3] == 474554",
    "tcp.payload[-2:] == 80:c2",
    "tcp.payload[-2--1] == 80c2",
    "tcp.payload[0,2-3,-1] == 47:54:20:c2",
    'tcp.payload[:4][1] == "E"',
    "not tcp.payload[6]",
    "not tcp.payload[0:7]",
    "not tcp.payload[-7]",
    'tcp.payload > "GET"',
    'tcp.payload > "Z"',  # longer
    'tcp.payload[0:3] < "PUT"',
    "frame.protocols < ethz",
    'tcp.payload contains ""',
    'not tcp contains ""',
    'not frame.protocols contains ""',
    "ip.src[0] == c0",
    "ip.src[0:4] == ip.src",
    # protocols: sliced and measured as headers, searched to the end of the data
    "len(tcp) == 20",
    "not tcp[20]",
    "tcp[19] == 13",
    'tcp contains "HTTP"',
    'tcp matches "^\\\\x00[^a]*get"',
    "not tcp == 00:01",
    "tcp > 1",  # the longer one is greater
    "ip < tcp[0:2] or tcp == tcp[:]",
    # search
    'tcp.payload matches ""',
    'frame.protocols matches "IP:tcp$"',
    'not frame.protocols matches "(?-i)IP"',
    'frame.protocols ~ r"^eth\\:"',
    'frame.protocols contains "ip"',
    "frame.protocols contains ip:tcp",
    'frame.protocols[0:3] == "eth"',
    'arp.opcode contains "req"',
    'tcp.port matches "^8"',
    "ip contains 45:00",
    # sets
    "tcp.port in {1..79, 80}",
    "tcp.port not in {443, 8080}",
    "udp.port not in {1}",
    "not udp.port in {1}",
    "not all tcp.port in {80}",
    "not all tcp.port not in {80}",
    "all tcp.port in {80, 40000}",
    "not tcp.port in {90..70}",
    "tcp.port in {80,}",
    "tcp.port in {70 + 10}",
    "ip.ttl in {tcp.len .. tcp.port}",
    'tcp.payload[0:3] in {"GET", "PUT"}',
    "len(tcp) in {20}",
    "1 in {arp.opcode}",
    # arithmetic
    "tcp.flags & 2",
    "tcp.flags & 0x12 == 18",
    "tcp.flags bitand 2 == 2",
    "not tcp.flags & 1",
    "ip.ttl + 1 == 65",
    "ip.ttl + 2 * 3 == 70",
    "{ip.ttl + 2} * 3 == 198",
    "(ip.ttl + 2) * 3 == 198",
    "2 * ip.ttl == 128",
    "tcp.len - tcp.port == -80",
    "tcp.len - tcp.port < 0",
    "-tcp.port == -80",
    "not -tcp.seq_raw",
    "arp.opcode + 6 == frame.number",
    "frame.number / 2 == 3",
    # floating-point numbers
    "double(frame.number) / 2 == 3.5",
    "double(frame.number) / 2 in {3.25 .. 3.75}",
    "float(tcp.port) == tcp.port",
    "not double(ip.ttl) / 0 == 1",
    "not double(ip.ttl) / 0 != 1",
    "double(frame.time_delta) == 0.5",
    "double(frame.time_delta) == 5e-1",
    "-double(ip.ttl) < -63.5",
    "max(double(ip.ttl), 65.5) == 65.5",
    "frame.time_delta * 1.5 == 0.75",
    "0.5 * frame.time_delta == 0.25",
    # address blocks
    'ip_special_name(ip.src) == "Documentation (TEST-NET-1)"',
    "ip_special_mask(ip.src) == 0",
    "not ip_ula(ip.src)",
    "frame.number % 4 == 3",
    "not frame.number / 0 == 1",
    "not frame.number % 0",
    "not tcp.seq_raw + 100 > 5",  # beyond 32 bits there is no result
    "tcp.seq_raw == 4294967289 + 1",
    "frame.number + 1 & 7 == 0",
    # times
    'frame.time == "2023-11-14 22:13:20.001Z"',
    'frame.time == "2023-11-14T22:13:20.001 UTC"',
    'frame.time == "2023-11-15 00:13:20.001+02:00"',
    'frame.time == "Nov 14, 2023 22:13:20.001 UTC"',
    "frame.time == 1700000000.001",
    'frame.time == "nov 14,2023 22:13:20,001UTC"',
    'frame.time == "2023-11-15T0:13:20.001+2"',
    'frame.time == "2023-11-14 17:13:20.001 EST"',
    'frame.time < "2023-11-14 22:13:60Z"',
    "frame.time > 2023-11-14T22:13:20Z",
    "frame.time > 2023-11-13",
    'frame.time > "2023-11-13 22"',
    'frame.time > "2023-11-13 22:13"',
    'frame.time < "2023-11-15 22:13:20.1234567890"',
    "frame.time - frame.time == 0",
    "frame.time_delta == 0.5",
    "frame.time_delta == 500ms",
    "frame.time_delta == 5e-1",
    "frame.time_delta > -1",
    "frame.time_delta + 1 == 1.5",
    "frame.time_delta * 2 == 1",
    "frame.time_delta in {0.4 .. 0.6}",
    # functions
    "count(tcp.port) == 2",
    "not count(udp.port) == 0",
    "len(ip.src) == 4",
    "len(tcp.payload) == 6",
    "len(frame.number) == 4",
    "max(tcp.port) == 40000",
    "min(tcp.port, udp.port, 100) == 80",
    "max(1, 2) == arp.opcode + 1",
    "abs(tcp.len - tcp.port) == 80",
    "abs(tcp.scale) == 2",
    "max(tcp.flags.syn, tcp.flags.reset) == 1",
    "max(tcp.payload, tcp.payload[0:1]) == tcp.payload",
    'string(ip.src) == "192.0.2.1"',
    'string(eth.src) matches "aa$"',
    'string(tcp.port) matches "^8"',
    'upper(frame.protocols) contains "TCP"',
    'lower(upper(frame.protocols)) contains "tcp"',
    'vals(arp.opcode) == "request"',
    'hex(arp.opcode) == "0x0001"',
    'dec(tcp.port) == "80"',
    "ip_rfc1918(ip.dst)",
    "not ip_multicast(ip.addr)",
    "count(tcp.analysis)",
    "len(tcp)",
    # layers
    "vlan.id#1 == 1",
    "vlan.id#[2-3] == 3",
    "not vlan.id#[2-3] == 1",
    "vlan.id#[-1] == 3",
    "vlan.id#[2:] == 2",
    "vlan.id#[1,3] == 3",
    "not vlan.id#0",
    "not vlan.id#4",
    "tcp#1[0] == 00",
    # raw bytes, references, names
    "@arp.opcode == 00:01",
    "not ip.src == ${ip.src}",
    "not frame.number < $frame.number",
    "not arp.duplicate-address",
    "not 9p.tag",
    "frame.number -1 == 6",
]


@pytest.mark.parametrize("text", TRUE)
def test_holds(text: str) -> None:
    assert compile_filter(text, FIELDS).matches(PACKET)


@pytest.mark.parametrize("text", TRUE)
def test_not_is_the_complement(text: str) -> None:
    if text.strip():
        assert not compile_filter(f"not ({text})", FIELDS).matches(PACKET)


@pytest.mark.parametrize(
    "text",
    ["tcp.port == 80", "tcp.port != 80", "tcp.port > 1", "tcp.port in {80}", "tcp.port", "len(tcp)", "tcp.port & 1"],
)
def test_nothing_holds_of_what_is_absent(text: str) -> None:
    assert not compile_filter(text, FIELDS).matches(Subject({}))


def test_fields_are_canonical_names() -> None:
    found = compile_filter("arp.op == 1 and tcp.port in {80, ip.ttl} and len(@eth.src[1:])", FIELDS)
    assert found.fields == {"arp.opcode", "tcp.port", "ip.ttl", "eth.src"}


MACROS = {"pair": "(ip.src == $1 and ip.dst == $2)", "lan": "ip.addr == 10.0.0.0/8", "both": "${lan} and $web()"}
MACROS["web"] = "tcp.port == 80"


@pytest.mark.parametrize(
    "text",
    [
        "${lan} and tcp",
        "${pair:192.0.2.1;10.0.0.1}",
        "$pair(192.0.2.1, 10.0.0.1)",
        "${pair;192.0.2.1;10.0.0.1}",
        "${both}",
    ],
)
def test_macros(text: str) -> None:
    assert compile_filter(text, FIELDS, MACROS).matches(PACKET)


def test_a_long_list_of_addresses_is_one_set() -> None:
    addresses = ", ".join(f"11.{number >> 8}.{number & 255}.1" for number in range(10_000))
    found = compile_filter(f"ip.addr in {{{addresses}}}", FIELDS)
    assert not found.matches(PACKET)
    assert found.matches(Subject({"ip.addr": [0x0B0A0A01]}))


def test_importing_the_language_imports_no_parser() -> None:
    program = "import sys, wireproof.grammar; print({'lark', 're2'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
