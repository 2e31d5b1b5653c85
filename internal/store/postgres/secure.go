package postgres

import (
	"crypto/tls"
	"net/netip"
	"strings"

	"github.com/jackc/pgx/v5"

	"quipu/internal/fault"
)

// secure refuses an address at which the register would cross a network in the clear, or
// to a server that nobody looked at: what every officer reads and writes passes there.
func secure(address string) error {
	cfg, err := pgx.ParseConfig(address)
	if err != nil {
		return fault.New(fault.Invalid, "store.address").Because(err)
	}
	ways := []struct {
		host string
		tls  *tls.Config
	}{{cfg.Host, cfg.TLSConfig}}
	for _, f := range cfg.Fallbacks {
		ways = append(ways, struct {
			host string
			tls  *tls.Config
		}{f.Host, f.TLSConfig})
	}
	for _, w := range ways {
		looked := w.tls != nil && (!w.tls.InsecureSkipVerify || w.tls.VerifyPeerCertificate != nil)
		if !here(w.host) && !looked {
			return fault.New(fault.Invalid, "store.plain", "host", w.host)
		}
	}
	return nil
}

// here reports whether a server is on this machine: a socket, or an address of it.
func here(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.HasPrefix(host, "/") || host == "" || host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}
