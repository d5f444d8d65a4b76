"""Filters of every kind that the engine compiles."""

FILTERS = """
arp.opcode == 1 && arp.spa == 0.0.0.0
arp.isgratuitous or arp.isprobe
arp.isannouncement
arp.src.hw or arp.dst.proto
arp.src.hw[0:2] == 02:00 or arp.dst.proto[1] == 3
arp[14:4] == arp.src.proto_ipv4
arp[6:2] == 00:01 and arp[-4:] == 0a:00:00:00
arp.dst.drarp_error_status == 10
all arp.hw.size > 4
vlan.id == 2
vlan.id != 2
all vlan.id == 2
any vlan.id != 2
vlan.id#1 == 2
vlan.id#[2-3] != 2
vlan.id#[2:] == 2
count(vlan.id) == 3
vlan#3
not vlan#2
max(vlan.id) == 3
min(vlan.id, 2) == 0
vlan.priority in {1, 3..5}
ieee8021ad.svid or ieee8021ad.id == 1
llc.control.ftype == 3 or llc.type == 0x0800
llc.oui == 1
eth.len < 60
eth.type == 0x0800 and not eth.dst.lg
eth.dst.ig == 1
eth.addr.oui == 0x020000
eth.src[0:3] == 02:00:00 and eth.src[-1] == 1
eth.src == eth.dst
eth.src > eth.dst
eth.src & 00:00:00:00:00:03 == 00:00:00:00:00:01
eth.src in {02:00:00:00:00:01, 02:00:00:00:00:02}
eth[12:2] == 08:00
eth.invalid_lentype.expert
eth.len.past_end
ip.addr == 10.0.0.1
ip.addr != 10.0.0.1
all ip.addr == 10.0.0.0/31
ip.addr in {10.0.0.0/31, 10.0.0.9}
ip.src == ip.dst
ip.src === ip.dst
ip.src != ip.dst
any ip.src != ip.dst
ip.src in {ip.dst, 10.0.0.1}
ip.src#2 == 10.0.0.1
ip.src[3] == 1
ip.ttl#2 == 1
count(ip) == 2
count(ip.addr) > 4
len(ip) > 24
len(ip.options) > 4
ip.options contains 07
ip.opt.type.number == 3
ip.opt.len > 4 or ip.opt.len.invalid
ip.id + ip.ttl == 66
ip.id - ip.ttl < 0
ip.len / 3 > 12 and ip.len % 7 == 2
ip.len * 2 > 100
ip.id & 1
abs(ip.id - ip.ttl) > 60
-ip.id < 0
all ip.id < 2
ip[8] == 40
ip#2[8] == 01
ip.bogus_ip_length or ip.bogus_ip_version or ip.bogus_header_length
ip.checksum.status == 2
ip contains 45:00
ip.flags.mf == 1 or ip.frag_offset > 0
ip_rfc1918(ip.src) and not ip_multicast(ip.dst)
icmp and tcp
icmp.type in {3, 11}
icmp.ident == 0 or icmp.ident_le > 5
icmp.mtu == 0 or icmp.pointer or icmp.redir_gw == 0.0.0.0
icmp.unused == 00:00:00:00
tcp.option_kind == 8
tcp.option_kind != 8
all tcp.option_kind == 1
count(tcp.option_kind) > 3
count(tcp.option_len) == 2
tcp.options.mss_val > 1000
tcp.options.wscale.shift != 7
tcp.options.wscale.shift === 3
tcp.options.timestamp.tsval == 0
tcp.options.tfo.cookie == 61:62:63:64
tcp.option.len.invalid
tcp.bogus_header_length
max(tcp.options.wscale.shift) == 9
tcp.port == 80
tcp.port != 80
tcp.port in {80, 1000}
all tcp.port in {80, 1000}
tcp.srcport == tcp.dstport
tcp.srcport < tcp.dstport
tcp.flags.syn == 1 && tcp.flags.ack == 0
tcp.flags & 0x12 == 2
tcp[13] & 2
tcp.len > 0 and tcp.payload contains "GET"
tcp.payload == "GET"
tcp.payload < "GET"
tcp.payload[0] == 47 and tcp.payload[-1:] == 2f
len(tcp.payload) == 5
len(tcp) > 24
tcp.checksum.status
tcp.options
udp.port == tcp.port
udp.length > 8 or udp.length.bad
udp.payload contains 62:63
udp.checksum.status == 3
data.len > 10 or data contains 00:00
frame contains "GET"
frame[0:2] == 00:00
len(frame) > 60
frame.len > frame.cap_len
frame.cap_len < 60
frame.number in {3..9, 40}
frame.time >= "2023-11-14 22:14:00"
frame.time_epoch > 1700000100
frame.encap_type == 1
frame.interface_id == 0
tcp or udp xor arp
ip.ttl == 64 and not (ip.src == 10.0.0.1 or ip.dst == 10.0.0.2)
ip.ttl == 64 and ip.host == "10.0.0.1"
frame matches "GE."
not tcp.payload matches "^G"
ip.host contains "0.2" xor tcp
eth.padding or _ws.malformed
eth.padding and not arp
len(eth.padding) < 20 or eth.trailer[0] == 0
eth.trailer == 00:00:00:00 or vlan.trailer
eth.fcs == 0 and eth.fcs.status == 2
count(eth.trailer) == 1
""".strip().splitlines()
