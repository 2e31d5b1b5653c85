package operation

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/i18n"
)

// TestCheckCertificate: whoever runs a hub hears three weeks before its certificate ends, and
// what is wrong with one that nobody trusts.
func TestCheckCertificate(t *testing.T) {
	now := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write := func(kind string, der []byte) string {
		path := filepath.Join(t.TempDir(), "x.pem")
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	keyFile := write("EC PRIVATE KEY", der)
	for want, days := range map[string][2]int{"ok": {-10, 60}, "soon": {-60, 9}, "expired": {-90, -1}, "early": {1, 90}} {
		c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: now.AddDate(0, 0, days[0]), NotAfter: now.AddDate(0, 0, days[1])}
		der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		cfg := Config{TLS: TLS{Cert: write("CERTIFICATE", der), Key: keyFile}}
		got := CheckCertificate(&cfg, now)
		state := map[string]app.State{"ok": app.Fine, "soon": app.Warn}[want]
		if state == "" {
			state = app.Fail
		}
		if len(got) != 1 || got[0].Said != want || got[0].State != state {
			t.Fatalf("%v days: %+v", days, got)
		}
		if text := CheckText(i18n.English, got[0]); strings.ContainsAny(text, "{}") {
			t.Errorf("it says %q", text)
		}
	}
	wrong := Config{TLS: TLS{Cert: keyFile, Key: keyFile}}
	if got := CheckCertificate(&wrong, now); len(got) != 1 || got[0].State != app.Fail || got[0].Err == nil {
		t.Errorf("no certificate is %+v", got)
	}
	if got := CheckCertificate(&Config{}, now); got != nil {
		t.Errorf("without HTTPS: %+v", got)
	}
}
