package synchttp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"quipu/internal/fault"
)

// TestACertificateThatEnded: an officer reads which days it was good for; one that is not trusted
// at all is something else.
func TestACertificateThatEnded(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for want, end := range map[string]time.Duration{"sync.certificate_dates": -48 * time.Hour, "sync.certificate": time.Hour} {
		c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-96 * time.Hour), NotAfter: time.Now().Add(end), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
		der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		srv := httptest.NewUnstartedServer(http.NotFoundHandler())
		srv.Config.ErrorLog = log.New(t.Output(), "", 0)
		srv.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
		srv.StartTLS()
		t.Cleanup(srv.Close)
		_, err = (&http.Client{Transport: network()}).Get(srv.URL)
		u, _ := url.Parse(srv.URL)
		if got := unreached(u, err); !fault.Is(got, want) {
			t.Errorf("%v from its end: %v", end, got)
		}
	}
}
