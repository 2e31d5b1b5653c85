package operation

import (
	"crypto/tls"
	"crypto/x509"
	"time"

	"quipu/internal/app"
)

// renewal is how long before its end somebody should have a certificate renewed.
const renewal = 21 * 24 * time.Hour

// CheckCertificate reads the certificate that the pages, and the nodes of a hub, are served
// with; without one there is nothing to check.
func CheckCertificate(cfg *Config, now time.Time) []app.Check {
	if cfg.TLS.Cert == "" {
		return nil
	}
	c := app.Check{Name: "certificate", State: app.Fail, Said: "error", Args: []any{"file", cfg.TLS.Cert}}
	if c.Err = cfg.TLS.readable(); c.Err != nil {
		return []app.Check{c}
	}
	var leaf *x509.Certificate
	pair, err := tls.LoadX509KeyPair(cfg.TLS.Cert, cfg.TLS.Key)
	if err == nil {
		leaf, err = x509.ParseCertificate(pair.Certificate[0])
	}
	if c.Err = err; err != nil {
		return []app.Check{c}
	}
	day := func(t time.Time) string { return t.UTC().Format(time.DateOnly) }
	c.Args = append(c.Args, "from", day(leaf.NotBefore), "until", day(leaf.NotAfter), "today", day(now))
	switch {
	case now.Before(leaf.NotBefore):
		c.Said = "early"
	case now.After(leaf.NotAfter):
		c.Said = "expired"
	case now.Add(renewal).After(leaf.NotAfter):
		c.State, c.Said = app.Warn, "soon"
	default:
		c.State, c.Said = app.Fine, "ok"
	}
	return []app.Check{c}
}
