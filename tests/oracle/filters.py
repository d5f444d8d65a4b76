"""Filters to ask the local tshark about the examples: a few for each feature of the language."""

_LINES = """
arp
!arp
arp.opcode == 1
arp.opcode == "request"
arp.opcode != 1
arp.opcode in {1, 8 .. 9}
arp.opcode not in {1, 2}
arp.src.proto_ipv4 == 0.0.0.0
arp.src.proto_ipv4 == 192.0.2.0/24 or ip.src == 10.0.0.0/8
arp.src.proto_ipv4 == arp.dst.proto_ipv4
arp.isgratuitous
arp.isprobe == 1 or arp.isannouncement == 1
arp.dst.hw_mac == 00:00:00:00:00:00 and eth.dst == ff:ff:ff:ff:ff:ff
arp and not arp.src.hw_mac == eth.src
eth.addr == ff-ff-ff-ff-ff-ff
eth.dst[0] & 1
eth.src[0:3] == 02:00:00
eth.type == 0x0806
eth.padding
vlan
vlan.id == 100
vlan.id#2
vlan.id in {1 .. 4094} and vlan.priority > 0
count(vlan.id) > 1
ieee8021ad
ip
ip.addr == 10.0.0.1
ip.addr != 10.0.0.1
!(ip.addr == 10.0.0.1)
any ip.addr != 10.0.0.1
all ip.addr == 10.0.0.0/8
ip.src === 10.0.0.1
ip.ttl < 65 and ip.len - ip.hdr_len > 40
ip.src#2
ip.proto == "UDP" || ip.proto == "ICMP"
ip[0] == 45
ip[12:4] == ip.src
ip.id >= 0x8000
len(ip) == 20
icmp
icmp.type == 8 or icmp.type == 3
icmp.seq > 1
icmp and udp
tcp
tcp.flags == 0x0002
tcp.flags & 0x10
tcp.flags.syn == 1 and tcp.flags.ack == 0
tcp.flags.fin == 1 || tcp.flags.reset == 1
tcp.port == 80
tcp.port in {1 .. 1023}
tcp.srcport > tcp.dstport
tcp.len > 0
tcp.payload
tcp.payload contains "e"
tcp contains "hello"
udp contains "hello"
ip contains 00:00:00:00:00:00:00:00:00:00
arp contains 02:00
vlan contains 45:00
data contains 61
tcp.payload matches "^[a-z]+"
frame matches "[0-9]{3}"
tcp.payload[0:2] == 68:65
frame[0:6] == eth.dst
frame[12:2] == 08:06 || frame[-1] == 0a
frame[60]
len(frame) > 60
arp[8:6] == eth.src
vlan[0] & 0f
eth.dst[3-5] == eth.src[3-5]
tcp.payload[-1] == 0a
tcp.window_size_value % 2 == 1
abs(tcp.srcport - tcp.dstport) > 10000
tcp.options.mss_val == 1460
tcp.options.timestamp.tsval > 0
udp
udp.port == 53 or udp.dstport == 9
udp.length > 20
max(udp.srcport, udp.dstport) > 40000
min(udp.port) < 1024
string(ip.src) matches "1$"
upper(frame.protocols) contains "ARP"
frame.protocols == "eth:ethertype:arp"
frame.number <= 5
frame.number > 3 and frame.number < 7 or arp
frame.len == 42 and not frame.cap_len > 42
frame.time >= "2020-01-01 00:00:00"
frame.time_relative > 0.5
frame.time_delta < 0.001
tcp.checksum.status == 1 or udp.checksum.status == 1
ip.checksum.status != 1
_ws.malformed
"""
FILTERS = [line for line in _LINES.splitlines() if line]
