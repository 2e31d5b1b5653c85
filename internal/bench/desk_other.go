//go:build !linux

package bench

import "net"

// desk: here all officers call from one address, and more than thirty of them wait at the
// door until the limit on tries lets them in.
func desk(int) net.Addr { return nil }
