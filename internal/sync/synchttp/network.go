package synchttp

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"quipu/internal/fault"
)

// silence is how long nothing may come or go before a call is given up. A slow link is not
// silent: 4 MiB may take an hour.
const silence = 60 * time.Second

// network reaches the hub over TLS 1.2 or later, through the proxies of the environment
// (HTTPS_PROXY, NO_PROXY).
func network() *http.Transport {
	return &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: 20 * time.Second, ForceAttemptHTTP2: true, MaxIdleConns: 4, IdleConnTimeout: 90 * time.Second,
		MaxResponseHeaderBytes: 64 << 10}
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// alive cuts a call off that has been silent too long.
type alive struct {
	io.Reader
	timer *time.Timer
}

func (a alive) Read(p []byte) (int, error) {
	n, err := a.Reader.Read(p)
	if n > 0 {
		a.timer.Reset(silence)
	}
	return n, err
}

// send asks once. The answer is at most so many bytes. Faults: what the hub refuses with, and
// sync.no_answer, sync.redirected, sync.not_a_hub, sync.stranger, seal.envelope_truncated.
func (c *Client) send(ctx context.Context, method, to string, body []byte, most int) ([]byte, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	timer := time.AfterFunc(silence, cancel)
	defer timer.Stop()
	r, err := http.NewRequestWithContext(ctx, method, to, alive{bytes.NewReader(body), timer})
	if err != nil {
		return nil, fault.New(fault.Invalid, "sync.address", "address", to).Because(err)
	}
	r.ContentLength = int64(len(body))
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(alive{bytes.NewReader(body), timer}), nil }
	r.Header.Set("User-Agent", c.agent)
	if body == nil {
		r.Body, r.GetBody = http.NoBody, nil
	} else {
		r.Header.Set("Content-Type", envelopeType)
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return nil, unreached(r.URL, err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(alive{resp.Body, timer}, int64(most)+1))
	switch {
	case resp.StatusCode == http.StatusOK && (err != nil || resp.ContentLength > int64(len(answer))):
		return nil, fault.New(fault.Unavailable, "seal.envelope_truncated").Because(err)
	case resp.StatusCode == http.StatusOK && len(answer) > most:
		return nil, fault.New(fault.Invalid, "seal.envelope_large", "most", most)
	case resp.StatusCode == http.StatusOK:
		return answer, nil
	}
	return nil, said(r.URL.Host, resp, answer)
}

// said is what an answer means that is none: the hub's refusal, or a stranger between.
func said(host string, resp *http.Response, body []byte) error {
	if strings.HasPrefix(resp.Header.Get("Content-Type"), refusalType) && len(body) <= mostRefusal {
		if f := heard(body); f != nil {
			return f
		}
	}
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		to := ""
		if u, err := url.Parse(resp.Header.Get("Location")); err == nil {
			to = clip(u.Host)
		}
		if to == "" || to == host { // its own door: a Quipu that is no hub, say
			return fault.New(fault.Unavailable, "sync.not_a_hub", "address", host)
		}
		return fault.New(fault.Unavailable, "sync.redirected", "address", host, "to", to)
	}
	return fault.New(fault.Unavailable, "sync.stranger", "address", host, "status", resp.StatusCode)
}

// unreached says that nobody answered, without the address of the whole request.
func unreached(u *url.URL, err error) error {
	var inner *url.Error
	if errors.As(err, &inner) {
		err = inner.Err
	}
	var cert *tls.CertificateVerificationError
	var invalid x509.CertificateInvalidError
	if errors.As(err, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil {
		return fault.New(fault.Unavailable, "sync.certificate_dates", "address", u.Host, "from", invalid.Cert.NotBefore.UTC().Format(time.DateOnly),
			"until", invalid.Cert.NotAfter.UTC().Format(time.DateOnly), "today", time.Now().UTC().Format(time.DateOnly)).Because(err)
	}
	if errors.As(err, &cert) {
		return fault.New(fault.Unavailable, "sync.certificate", "address", u.Host).Because(err)
	}
	return fault.New(fault.Unavailable, "sync.no_answer", "address", u.Host).Because(err)
}
