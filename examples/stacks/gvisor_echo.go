// gVisor's netstack on a TAP, with echo services on UDP and TCP port 7, and orders as lines of JSON through a UNIX
// socket: gvisor_echo INTERFACE ADDRESS/PREFIX GATEWAY CONTROL
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/adapters/gonet"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/link/fdbased"
	"gvisor.dev/gvisor/pkg/tcpip/link/tun"
	"gvisor.dev/gvisor/pkg/tcpip/network/arp"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/icmp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"
	"gvisor.dev/gvisor/pkg/waiter"
)

const (
	nic         = 1
	port        = 7
	patience    = 2 * time.Second
	linkAddress = "\x02\x00\x00gvi"
)

type services struct {
	stack    *stack.Stack
	lock     sync.Mutex
	accepted map[int]*gonet.TCPConn // by the port of the peer
	opened   map[int]tcpip.Endpoint // by number
}

func newStack(name string, with *net.IPNet, address, gateway net.IP) *stack.Stack {
	tap, err := tun.OpenTAP(name)
	if err != nil {
		log.Fatalf("%s: %v", name, err)
	}
	if err := unix.SetNonblock(tap, true); err != nil {
		log.Fatal(err)
	}
	link, err := fdbased.New(&fdbased.Options{
		FDs: []int{tap}, MTU: 1500, EthernetHeader: true, Address: linkAddress,
	})
	if err != nil {
		log.Fatal(err)
	}
	made := stack.New(stack.Options{
		NetworkProtocols:   []stack.NetworkProtocolFactory{ipv4.NewProtocol, arp.NewProtocol},
		TransportProtocols: []stack.TransportProtocolFactory{tcp.NewProtocol, udp.NewProtocol, icmp.NewProtocol4},
	})
	if err := made.CreateNIC(nic, link); err != nil {
		log.Fatal(err)
	}
	bits, _ := with.Mask.Size()
	own := tcpip.ProtocolAddress{
		Protocol:          ipv4.ProtocolNumber,
		AddressWithPrefix: tcpip.AddressWithPrefix{Address: tcpip.Address(address.To4()), PrefixLen: bits},
	}
	if err := made.AddProtocolAddress(nic, own, stack.AddressProperties{}); err != nil {
		log.Fatal(err)
	}
	made.SetRouteTable([]tcpip.Route{
		{Destination: own.AddressWithPrefix.Subnet(), NIC: nic},
		{Destination: header.IPv4EmptySubnet, Gateway: tcpip.Address(gateway.To4()), NIC: nic},
	})
	return made
}

func (s *services) echoDatagrams() {
	own, err := gonet.DialUDP(s.stack, &tcpip.FullAddress{Port: port}, nil, ipv4.ProtocolNumber)
	if err != nil {
		log.Fatal(err)
	}
	octets := make([]byte, 1<<16)
	for {
		if size, peer, err := own.ReadFrom(octets); err == nil {
			own.WriteTo(octets[:size], peer)
		}
	}
}

// listen takes connections to a port; of a hold nothing is read.
func (s *services) listen(to uint16, hold bool) {
	listening, err := gonet.ListenTCP(s.stack, tcpip.FullAddress{Port: to}, ipv4.ProtocolNumber)
	if err != nil {
		return // it is listened to already
	}
	go func() {
		for {
			each, err := listening.Accept()
			if err != nil {
				return
			}
			s.lock.Lock()
			s.accepted[each.RemoteAddr().(*net.TCPAddr).Port] = each.(*gonet.TCPConn)
			s.lock.Unlock()
			if !hold {
				go func() {
					io.Copy(each, each)
					each.Close()
				}()
			}
		}
	}()
}

type order struct {
	Op, Address, How       string
	Port, Connection, Size int
}

func (s *services) connectionTo(port int) *gonet.TCPConn {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		s.lock.Lock()
		found := s.accepted[port]
		s.lock.Unlock()
		if found != nil {
			return found
		}
	}
	return nil
}

func (s *services) connect(to order) map[string]any {
	var queue waiter.Queue
	opening, err := s.stack.NewEndpoint(tcp.ProtocolNumber, ipv4.ProtocolNumber, &queue)
	if err != nil {
		return map[string]any{"error": err.String()}
	}
	peer := tcpip.FullAddress{NIC: nic, Addr: tcpip.Address(net.ParseIP(to.Address).To4()), Port: uint16(to.Port)}
	if err := opening.Connect(peer); err != nil {
		if _, begun := err.(*tcpip.ErrConnectStarted); !begun {
			return map[string]any{"error": err.String()}
		}
	}
	own, _ := opening.GetLocalAddress()
	number := len(s.opened) + 1
	s.opened[number] = opening
	return map[string]any{"connection": number, "port": own.Port}
}

func (s *services) obey(what order) map[string]any {
	switch what.Op {
	case "connect":
		return s.connect(what)
	case "listen":
		s.listen(uint16(what.Port), true)
		return map[string]any{}
	case "flush":
		s.stack.ClearNeighbors(nic, ipv4.ProtocolNumber)
		return map[string]any{}
	case "close", "abort", "read":
	default:
		return map[string]any{"unsupported": true}
	}
	if opened := s.opened[what.Connection]; opened != nil && what.Op == "abort" {
		opened.Abort()
	} else if opened != nil {
		opened.Close()
	} else if own := s.connectionTo(what.Port); own == nil {
		return map[string]any{"error": "there is no such connection"}
	} else if what.Op == "read" {
		io.ReadFull(own, make([]byte, what.Size))
	} else if what.How == "all" {
		own.Close()
	} else {
		own.CloseWrite()
	}
	return map[string]any{}
}

func (s *services) serve(path string) {
	os.Remove(path)
	listening, err := net.Listen("unix", path)
	if err != nil {
		log.Fatal(err)
	}
	for {
		client, err := listening.Accept()
		if err != nil {
			log.Fatal(err)
		}
		for lines := bufio.NewScanner(client); lines.Scan(); {
			var what order
			answer := map[string]any{}
			if err := json.Unmarshal(lines.Bytes(), &what); err != nil {
				answer["error"] = err.Error()
			} else {
				answer = s.obey(what)
			}
			written, _ := json.Marshal(answer)
			fmt.Fprintf(client, "%s\n", written)
		}
		client.Close()
	}
}

func main() {
	if len(os.Args) != 5 {
		log.Fatal("usage: gvisor_echo INTERFACE ADDRESS/PREFIX GATEWAY CONTROL")
	}
	address, with, err := net.ParseCIDR(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	own := &services{
		stack:    newStack(os.Args[1], with, address, net.ParseIP(os.Args[3])),
		accepted: map[int]*gonet.TCPConn{},
		opened:   map[int]tcpip.Endpoint{},
	}
	own.listen(port, false)
	go own.echoDatagrams()
	own.serve(os.Args[4])
}
