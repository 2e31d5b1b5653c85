package bench

import "net"

// desk is the loopback address that the n-th officer calls from: Linux has all of 127/8.
func desk(n int) net.Addr {
	return &net.TCPAddr{IP: net.IPv4(127, 1, byte(n>>8), byte(n))}
}
