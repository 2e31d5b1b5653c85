package operation

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// behind turns the address of the proxy into that of the client, which limits on guessing
// passwords are counted by. A request that did not come through one of the proxies is
// refused: it came in the clear.
func behind(proxies []netip.Prefix, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if peer, ok := peerOf(r); !ok || !among(proxies, peer) {
			http.Error(w, "This address answers only its proxy.", http.StatusForbidden)
			return
		}
		if client, ok := clientOf(proxies, r.Header["X-Forwarded-For"]); ok {
			r = r.WithContext(r.Context()) // the caller keeps its own
			r.RemoteAddr = net.JoinHostPort(client.String(), "0")
		}
		next.ServeHTTP(w, r)
	})
}

// clientOf is the last address that is not one of ours: what stands to the left of it the
// client may have written itself.
func clientOf(proxies []netip.Prefix, headers []string) (client netip.Addr, ok bool) {
	all := strings.Split(strings.Join(headers, ","), ",")
	for _, text := range slices.Backward(all) {
		ip, err := netip.ParseAddr(strings.TrimSpace(text))
		if err != nil {
			return client, ok
		}
		client, ok = ip.Unmap(), true
		if !among(proxies, client) {
			return client, true
		}
	}
	return client, ok
}

func peerOf(r *http.Request) (netip.Addr, bool) {
	p, err := netip.ParseAddrPort(r.RemoteAddr)
	return p.Addr().Unmap().WithZone(""), err == nil
}

func among(list []netip.Prefix, ip netip.Addr) bool {
	return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// locally lets only this machine through, and knows of nothing for all others.
func locally(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if peer, ok := peerOf(r); !ok || !peer.IsLoopback() {
			http.NotFound(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}
