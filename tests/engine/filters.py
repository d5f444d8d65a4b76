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
ip.dst.scope == "private" or ip.src.class == "C"
ip.src.scope != ip.dst.scope and not ip.dst.class in {1, 2}
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
eth.padding#[-1] or eth.trailer#2
_ws.malformed and not _ws.short
_ws.short or _ws.malformed#3
count(_ws.malformed) == 2 and tcp
_ws.expert.severity == Warning or _ws.expert.group == "Sequence"
all _ws.expert.group == "Malformed"
_ws.expert#[-1] and max(_ws.expert.severity) > 0x00500000
_ws.expert.message contains "Exception" or _ws.expert.message == "Bogus IP length"
frame.protocols and frame.protocols contains "vlan:ethertype:vlan"
frame.protocols contains ":ip:i" and not frame.protocols contains "arp"
frame.protocols == "eth:ethertype:arp" or frame.protocols in {"eth:ethertype:ip:tcp", "eth:ethertype:ip:udp:data"}
frame.protocols != "eth:ethertype:ip"
ip.host == "10.0.0.1" and ip.host != "10.0.0.2"
all ip.src_host in {"10.0.0.1", "10.0.0.2", "010.0.0.0"}
ip.src_host == ip.dst_host
count(ip.host) == 4 or ip.host#[-1] == "10.0.0.2"
tcp.flags.str contains "S" and not tcp.flags.str contains "A"
tcp.flags.str == "··········S·" or tcp.flags.str > "···········"
len(tcp.flags.str) == 23 or tcp.flags.str contains "A·"
eth.type contains "I" and not vals(eth.type) contains "IPX"
arp.opcode contains "req" or vals(tcp.option_kind) == "Timestamps"
vals(arp.opcode)
ip.addr#[-1] == 10.0.0.1
ip.src#[-2] == 10.0.0.1 or all ip.src#[-3:] == 10.0.0.0/30
ip.ttl#[-1] == ip.ttl#1 and vlan.id#[-1] > vlan.id#[-2]
count(vlan.id#[-2:]) == 2 and max(vlan.priority#[-2:], ip.id#[-1]) == 2
vlan#[-3] and not ip#[-1] contains "GET"
@ip.src == 0a:00:00:01 or @vlan.id == 00:01
@vlan.priority == 20 or @tcp.flags.syn == 02 or @ip.opt.type.number == 07
@ip.flags.mf == 20 and @frame.number == ""
@ip.src_host[3] == 01 and not @eth.src.oui == 02:00:01
@tcp.option_len == 0a or @tcp.options contains 01:01
@ip == @ip#1 and len(@arp.src.hw) > 4
@icmp.ident_le == 00:00 or @llc.type == 08:00 or @eth.fcs == 00:00:00:00
max(eth.src, eth.dst) == 02:00:00:00:00:01 or max(arp.src.hw) < 02:00:01
len(max(tcp.payload, udp.payload)) > 4
min(ip.options) contains 07 or max(@ip.ttl) == 40
all tcp.port in {tcp.srcport, 22} and not all ip.addr in {ip.src, 10.0.0.9}
all vlan.id in {vlan.priority, 1..2} or all ip.src in {${ip.dst}, 10.0.0.0/31}
all ip.ttl in {ip.id .. 64, vlan.id}
max(${ip.ttl}, ip.ttl) == 64 and not ip.src == ${ip.dst}
eth.src[0:2,2:] == 02:00:00:00:00:01
frame[0:6,12:2] == 00:00:00:00:00:09:08:00
tcp.payload[0:1,1:] == "GET" or tcp.payload[1:,0:1] == "ETG"
arp.src.hw & 02:00 == 02:00 or tcp.payload & 47:45 == 47:45
(ip.src & 255.255.255.0)[2:2,0] == 00:00:0a
frame contains eth.src[3:] and tcp.payload contains tcp.payload[1:2]
tcp.seq_raw * tcp.seq_raw == 4 or tcp.seq_raw * 4294967295 > 1
frame.time_epoch * 3 > 5100000000.0 and frame.time_epoch * 9 < 0
frame.time_epoch + frame.time_epoch > 3400000001 and -frame.time_epoch < 0
(ip.id - 2) / -1 == 1 or (ip.id - 2) % -2 == -1 or -(ip.id - 3) == 2
icmp.checksum.status == 1 or icmp.checksum.status#[-1] == 2
""".strip().splitlines()
