"""Frames that have what the recorded captures lack: options of every kind, whole and broken, and ICMP messages."""

from __future__ import annotations

import ipaddress
import struct

from wireproof.packet.checksum import internet_checksum

SOURCE, DESTINATION = "198.51.100.1", "203.0.113.9"

# Records of routes and times, alerts, levels of security: of each the right form, others too short or too long, and
# pointers that point into or before an address.
IP_OPTIONS = """
01 010101 01010101 0101010101 0101014404050001010101 00 0100ff07 07 0701 0702 0703ff 070304 07070400000000
07070801020304 070b0801020304050607aa 070b0901020304050607aa 070b0301020304050607aa 070c080102030405060700aa 0720
94040000 94040001 9405000000 940600000000 9402 940300 820b0000006b4100000042ab 820b00016b410000420000
820b6bc500004142434445
8206ab010200
8203ab 8204ab01 8202 820aab01020304050607 8205ab8001 8205ab8101 8206ab010100 8805aabb11 88041234 8803aa 8302
83070401020304 83070801020304 830b0801020304aabbccdd 830b0c01020304aabbccdd 830b1001020304aabbccdd
830b0501020304aabbccdd 8308040102030405 830a0801020304050607 89070401020304 890b0401020304aabbccdd 830404aa
0083070401020304 0183070401020304 8307080102030489070405060708 83030483070401020304 070304
8307040102030489070405060708 550183070401020304 55ff83070401020304 9404000083070401020304 440283070401020304
83ff0401020304 55080102030405 44040500 4408050000000001 440c05010101010102020202 440c09f10a000001000007d0
440c09f30a000001000007d0 4403ff 440a09f00a0000010000 440a05f10a0000010000 440b05100a000001000000 44070500000000
440c05120a00000100000001 4405050000 1904aabb 19080a4012345678 19080f8f1234567b 190880ff12345678 190408aa 1908
85034f 85067f010203 8502
860600000001 860a0000000101040005 860c0000000101060005c001 8610000000010108000580ff00000000 860a0000000102040007
860e000000010208000700010100 860f00000001020900070001010007 861200000001050c00070010000800050005
861000000001050a0007001000080005 861000000001060a0102030405060708 8608000000010602 860a000000010604aabb
860a000000010704aabb 8608000000010702 86070000000107 86070000000101 86070000000100 8608000000010000
860b000000010001040005 860a000000010304aabb 86070000000103 860a000000010902aabb 860a0000000101030005
860a0000000101050005 860a0000000101060005 860a000000010104000502 86040000 8602 8605000000 860a000000010723aabb
860900000001010500 860900000001010400 860900000001020400 8609000000010704aa 8609000000010604aa
860d0000000101040005010400 860a0000000102050007aa 860b000000010205000701 861000000001050a0007000500050000
861000000001060a0102030405060708 862200000001011c000fffffffffffffffffffffffffffffffffffffffffffffffff
8628000000010122000fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff
8628000000010222000f000100020003000400050006000700080009000a000b000c000d000e000f
8628000000010222000fffff00020003000400050006000700080009000a000b000c000d000e000f
8628000000010522000f000f000e000d000c000b000a00090008000700060005000400030002ffff
0b0405dc 0c040100 0b03aa 520c12340001ffff0a000001 520b1234000100ff0a0000
950c0102030405060708090a 9502 9503aa 95060a000001 8e04aabb
""".split()  # noqa: SIM905
TCP_OPTIONS = """
020405b4 0203aa 02020101 0205aabbcc 03030e 03030f 030300 030401aa 0302 0402 0403aa 050a0000000a00000014
05120000000a000000140000001e00000028 050c0000000a000000140000 050a00ffffff01000000 080a0000000100000002
0809000000010000 080b00000001000000020a 060612345678 06041234 070612345678 0903aa 0a02 0b0612345678 0b041234
0c0612345678 0d0612345678 0e0300 0f04aabb 14040a05 1404f800 1405f800aa 1402 1505112233 1603aa 1703aa
1312112233445566778899001122334455667788 1304aabb 1302 1c048005 1c040005 1c0380 1d040102 1d0301 1d02
1d100102aabbccddeeff001122334455 1b080a4012345678 1b04aabb 2202 220aaabbccddeeff0011 fd04f989 fd06f989aabb fd041234
fd061234aabb fd03aa fe06e2d4c3d9 fd0aacc0000001000002 fd0dacc1000001000002000003 fd08acc000000100 fd04acc0
fd0500ac0b fd0400ac fd0600ac0b00 ac0b000001000002000003 ac08000001000002 ac05000001 ac02 ac040001
ae0b000001000002000003 ae08000001000002 4c0a01110a0000010000 4c0e11010a0000010a0000020050
4c1251010a0000010a0000020a0000030050 4c0421ff 4c0801110a000001 4c0400ff 4c040cff 4c040eff 4c0810ff0a000001
4c0812ff00000007 4c0414ff 4c041200 4c0321 4c020e00 4cb1 4e10070600000a0000010a0000020050 40041234 1804aabb c802 44
4401 44ff 01010101 0101010101 0101010200 0000ff00 020405b40000ff00 00 0102 020405b40402080a000000010000000201030307
""".split()  # noqa: SIM905
# Every subtype of Multipath TCP: of each the lengths it may have, others, and all of its flags.
MULTIPATH = """
1e0c00811122334455667788 1e1400811122334455667788 1e040181 1e0c01811122334455667788 1e0c00ff1122334455667788
1e0c01df1122334455667788 1e0402ff 1e040100 1e04011e 1e0400a0 1e0400c1 1e0a0081112233445566 1e0c02811122334455667788
1e100081111111111111111111111111 1e16008111111111111111111111111111111111111111111111
1e18018111111111111111112222222222222222000400ff 1e1901ff111111111111111111111111111111111111111111
1e0c11010102030405060708 1e101102010203040506070811223344 1e181fff0202020202020202020202020202020202020202
1e1a1fff02020202020202020202020202020202020202020202 1e141f0101010101010101010101010101010101
1e08200111223344 1e0c20031122334455667788 1e1220051122334455667788000000010010 1e042010 1e0420ff 1e06200122
1e16200555667788112233440000000100100badabcd 1e1a201f1122334455667788556677889900aabb000000010000
1e0e2004556677880000000100100000 1e0a2005111111111111 1e12200411223344000000010010abcd1234
1e0834020a000001 1e0a34020a0000010050 1e1034020a0000011122334455667788 1e1230020a00000100501122334455667788
1e0831020a000001 1e14360220010db8000000000000000000000001 1e16300220010db80000000000000000000000010050
1e1c300220010db80000000000000000000000011122334455667788
1e1e300220010db800000000000000000000000100501122334455667788 1e0f34020a000001000000000000 1e0837020a000001 1e0330
1e0430aa 1e044005 1e06400501ff 1e0340 1e045101 1e0351 1e055101aa 1e0c6fff0101010101010101 1e046000 1e036f
1e0c70001122334455667788 1e0e7000ffffffffffffffffffff 1e047000 1e048f01 1e048103 1e0380 1e0480ff 1e049000 1e03f0 1e02
""".split()  # noqa: SIM905
ICMP = """
0000 0102030405060708
0800 0102030405060708
0d00 010203040506070809101112131415
0e00 00010002000000010000000200000003
0f00 00010002
1000 00010002
1100 00010002ffffff00
1200 00010002ffffff00
0900 020207080a000001000000010a000002ffffffff
0900 010307080a0000010000000155555555
0905 010207080a00000100000001
0905 020207080a000001000000010a00
0a00 00000000
2b00 123405ff
2b01 12340560
0100 0102030405
1300 0102030405
1e00 0102030405
""".split()  # noqa: SIM905


# What stands behind the two addresses of an Ethernet frame: types and lengths of every kind, tags, LLC in every form,
# and ARP of unusual sizes; DATAGRAM stands for a packet, and a length of 0001 for the right one.
ENDS = ("020000000002 020000000001", "01005e000001 030000000001")
LINK_LAYERS = """
0001060603DATAGRAM 0001060703DATAGRAM 000106060001DATAGRAM 000106067fDATAGRAM 0001060613DATAGRAM 0001e0e00300112233
0001424203000000 0001fefe03cc45000014 0001ffff0030000000 0001ffff 0001ff 0001ffff03 00010001bf00 00010001bf810101
00010001af 0001aaaa030000000800DATAGRAM 0001aaaa030000f80800DATAGRAM 0001aaaa0300000c20001122 000106 00010606 0001060603
0001989803000108000604000100 05ddDATAGRAM 05ffDATAGRAM 0000DATAGRAM 88b500000000 0800DATAGRAM01020304
0800DATAGRAM000000000000000000000000000000 0800DATAGRAM0101010101010101010101010101 8100a0050028aaaa030000000800DATAGRAM
8100a005ffffDATAGRAM 8100000081000fff0800DATAGRAM 88a8000188a800020800DATAGRAM 88a80001810000020800DATAGRAM 88a8
910000010800DATAGRAM 810000050010ffff00100000000000000000000000000000 8100000508000fff 810000050002ffff
0806000108000604000100000000000000000000000000000000000000000000 0806000108000604ffff00000000000000000000
08060001080006040007010101010101010101010101010101010101010101 0806000108001004000100000000000000000000000000000000
08060006080006040002020202020202020202020202020202020202020202 0806000f0800020400080102c00002010304c0000202
080600010800060400020200000000010a0000010200000000010a000001
08060001080006040001ffffffffffff000000000000000000000a000001
""".split()  # noqa: SIM905


def ip(payload: bytes, protocol: int, options: str = "", **fields: int) -> bytes:
    """An IPv4 packet with a right checksum."""
    listed = bytes.fromhex(options)
    listed += bytes(-len(listed) % 4)
    length = fields.get("length", 20 + len(listed) + len(payload))
    words = (0x45 + len(listed) // 4, 0, length, 1, fields.get("fragment", 0), fields.get("ttl", 64), protocol, 0)
    addresses = b"".join(ipaddress.ip_address(each).packed for each in (SOURCE, DESTINATION))
    header = struct.pack(">BBHHHBBH", *words) + addresses + listed
    return header[:10] + internet_checksum(header).to_bytes(2, "big") + header[12:] + payload


def tcp(payload: bytes = b"", options: str = "", *, flags: int = 0x10, port: int = 1234, **fields: int) -> bytes:
    """A TCP segment in an IPv4 packet, with a right checksum unless one is given."""
    listed = bytes.fromhex(options)
    listed += bytes(-len(listed) % 4)
    offset = fields.get("offset", 5 + len(listed) // 4)
    ack = fields.get("ack", 2000 if flags & 0x10 else 0)
    numbers = (port, 80, 1000, ack, offset << 12 | flags, 1000, 0, fields.get("urgent", 0))
    segment = struct.pack(">HHIIHHHH", *numbers) + listed + payload
    addresses = b"".join(ipaddress.ip_address(each).packed for each in (SOURCE, DESTINATION))
    right = internet_checksum(addresses + struct.pack(">HH", 6, len(segment)) + segment)
    return ip(segment[:16] + fields.get("sum", right).to_bytes(2, "big") + segment[18:], 6)


def udp(payload: bytes = b"abc", *, length: int | None = None, sum: int = 0, port: int = 2000) -> bytes:
    """A UDP datagram in an IPv4 packet."""
    size = 8 + len(payload) if length is None else length
    return ip(struct.pack(">HHHH", 1000, port, size, sum) + payload, 17)


def icmp(head: str, rest: bytes, *, wrong: int = 0) -> bytes:
    """An ICMP message in an IPv4 packet: type and code, and what follows the checksum."""
    message = bytes.fromhex(head) + b"\0\0" + rest
    return ip(message[:2] + (internet_checksum(message) ^ wrong).to_bytes(2, "big") + message[4:], 1)


def turned(sum: int) -> bytes:
    """A TCP segment, in a connection of its own, whose right checksum is zero, with that or another."""
    segment = struct.pack(">HHIIHHHH", 5000 + (sum & 1), 80, 1000, 2000, 0x5010, 1000, 0, 0)
    addresses = b"".join(ipaddress.ip_address(each).packed for each in (SOURCE, DESTINATION))
    rest = internet_checksum(addresses + struct.pack(">HH", 6, len(segment) + 2) + segment)
    return ip(segment[:16] + sum.to_bytes(2, "big") + segment[18:] + rest.to_bytes(2, "big"), 6)


def options_of_ip() -> list[bytes]:
    """Packets with each of the lists."""
    return [ip(struct.pack(">HHHH", 1000, 2000, 11, 0) + b"xyz", 17, each) for each in IP_OPTIONS]


def options_of_tcp() -> list[bytes]:
    """Segments with each of the lists, in a connection of its own."""
    return [
        tcp(b"abc" if index % 2 else b"", each, flags=(0x12, 0x10, 0x18)[index % 3], port=2000 + index)
        for index, each in enumerate(TCP_OPTIONS)
    ] + [tcp(options="220aaabbccddeeff0011", flags=2, port=1999)]


def options_of_multipath() -> list[bytes]:
    """Segments with each of the options of Multipath TCP, in a connection of its own."""
    return [tcp(b"abc" if index % 2 else b"", each, port=2000 + index) for index, each in enumerate(MULTIPATH)]


def headers() -> list[bytes]:
    """Times to live, flags, lengths, checksums and urgent pointers that something is to be said of."""
    found = [ip(bytes(40), protocol, ttl=ttl) for ttl in (0, 1, 4, 5) for protocol in (89, 103, 253)]
    found += [tcp(flags=flags, port=3000 + flags, ack=ack) for flags in (0, 1, 2, 4, 18, 20) for ack in (0, 9)]
    found += [tcp(b"x", urgent=7, port=4000), tcp(b"x", urgent=7, flags=0x30, port=4001), tcp(b"a", sum=1, port=4002)]
    found += [
        tcp(b"reason here", flags=0x14, port=4003),
        tcp(b"x", offset=4, port=4004),
        tcp(b"x", offset=9, port=4005),
    ]
    found += [
        udp(sum=0x1234),
        udp(),
        udp(length=7),
        udp(length=10),
        udp(length=50),
        udp(b"", length=8),
        udp(b"", length=0),
    ]
    found += [udp(port=port, **more) for port in (33434, 33435, 33464, 33465) for more in ({}, {"length": 5})]
    found += [turned(number) for number in (0, 0xFFFF)]
    broken = ip(b"x", 253)
    found += [broken[:10] + b"\1\2" + broken[12:], broken[:16] + b"\xe0\0\0\5" + broken[20:]]
    found += [ip(b"", 253, length=length) for length in (0, 10, 30)] + [b"\x43" + udp()[1:]]
    return found + [ip(bytes(range(count)), protocol) for protocol in (1, 6, 17) for count in range(21)]


def link_layers() -> list[bytes]:
    """Ethernet frames of every form."""
    packet = udp(b"x" * 30)
    found = []
    for text in LINK_LAYERS:
        octets = bytes.fromhex(text.replace("DATAGRAM", packet.hex()))
        if octets[:2] == b"\0\1":
            octets = (len(octets) - 2).to_bytes(2, "big") + octets[2:]
        found += [
            bytes.fromhex(addresses) + octets for addresses in ("020000000002020000000001", "01005e000001030000000001")
        ]
    return found


def messages() -> list[bytes]:
    """ICMP messages: of every type that has fields, and with quotes."""
    found = [icmp(head, bytes.fromhex(rest)) for head, rest in zip(ICMP[::2], ICMP[1::2], strict=True)]
    quotes = [
        udp(sum=0x1234),
        udp(),
        tcp(b"hello"),
        tcp(b"hello", "020405b4"),
        tcp(b"x", sum=1),
        ip(b"xyz", 253, ttl=1),
    ]
    quotes += [icmp("0800", b"\1\2\3\4abcd"), icmp("0800", b"\1\2\3\4abcd", wrong=5), ip(b"xyz", 253, "83070401020304")]
    quotes += [
        icmp("0b00", bytes(4) + udp()),
        ip(b"xyz", 253, length=500),
        udp(b"a", length=50),
        ip(b"abc", 17, fragment=5),
    ]
    for quote in quotes:
        found += [icmp(head, bytes.fromhex("0a0000fe") + quote) for head in ("0400", "0501")]
        found += [icmp(head, bytes(4) + quote) for head in ("0301", "0b00", "0c00")]
        found += [icmp("0304", bytes.fromhex("00000578") + quote[:28])]
    return [*found, icmp("0800", b"\1\2\3\4abcd", wrong=1), icmp("0b00", b"\0\x08\0\0" + ip(bytes(12), 253))]
