package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// patience is how long an officer looks at a page that does not come.
const patience = 60 * time.Second

// browser is one officer's browser: a connection that is kept, cookies, pages packed.
type browser struct {
	client *http.Client
	base   string // address of the server, without the last slash
	now    *atomic.Pointer[tally]
}

// page is what came: the path in the end, after every redirection, and the text.
type page struct {
	path string
	body []byte
}

func (p *page) says(s string) bool { return strings.Contains(string(p.body), s) }

// newBrowser makes the n-th browser. Each calls from a loopback address of its own, as
// officers sit at computers of their own: log-ins are counted by address.
func newBrowser(base string, n int, now *atomic.Pointer[tally]) (*browser, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	dial := &net.Dialer{LocalAddr: desk(n)}
	t := &http.Transport{DialContext: dial.DialContext, MaxIdleConnsPerHost: 1, IdleConnTimeout: 2 * time.Minute}
	return &browser{&http.Client{Jar: jar, Transport: counted{t, now}, Timeout: patience}, base, now}, nil
}

// counted counts requests, those that follow a redirection too.
type counted struct {
	next *http.Transport
	now  *atomic.Pointer[tally]
}

func (c counted) RoundTrip(r *http.Request) (*http.Response, error) {
	c.now.Load().requests.Add(1)
	return c.next.RoundTrip(r)
}

func (b *browser) close() { b.client.CloseIdleConnections() }

// get opens a page, post sends a form. act names it in the report; "" leaves it out. An
// answer that does not say what it must is an error like any other.
func (b *browser) get(ctx context.Context, act, path string, must ...string) (*page, error) {
	return b.ask(ctx, act, http.MethodGet, path, nil, must)
}

func (b *browser) post(ctx context.Context, act, path string, form url.Values, must ...string) (*page, error) {
	return b.ask(ctx, act, http.MethodPost, path, form, must)
}

var errEnded = errors.New("bench: the phase has ended")

// ask sends a request and notes what it took.
func (b *browser) ask(ctx context.Context, act, method, path string, form url.Values, must []string) (*page, error) {
	p, took, err := b.try(ctx, act, method, path, form, must)
	if err == nil && act != "" {
		b.now.Load().answer(act, took)
	}
	return p, err
}

// try sends a request until it is answered; who is told to come back comes back. It took
// from the first sending to the last byte, pauses included. Errors are counted here.
func (b *browser) try(ctx context.Context, act, method, path string, form url.Values, must []string) (*page, time.Duration, error) {
	start, t := time.Now(), b.now.Load()
	for {
		p, back, err := b.once(ctx, method, path, form)
		if ctx.Err() != nil {
			return nil, 0, errEnded // the officer was called away, which is nobody's fault
		}
		if back > 0 {
			t.refuse()
			if sleep(ctx, back) != nil {
				return nil, 0, errEnded
			}
			continue
		}
		if err == nil && slices.ContainsFunc(must, func(s string) bool { return !p.says(s) }) {
			err = fmt.Errorf("%s does not say what it must", pattern(p.path))
		}
		if err != nil {
			err = fmt.Errorf("%s: %w", act, err)
			t.fail(err.Error(), p)
		}
		return p, time.Since(start), err
	}
}

// once sends a request once. back is how long the server asks to wait.
func (b *browser) once(ctx context.Context, method, path string, form url.Values) (p *page, back time.Duration, err error) {
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, method, b.base+path, body)
	if err != nil {
		return nil, 0, err
	}
	req.Header.Set("Accept-Language", "es")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := b.client.Do(req)
	if err != nil {
		return nil, 0, errors.New(kindOf(err))
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	switch wait := retry(resp); {
	case err != nil:
		return nil, 0, errors.New(kindOf(err))
	case wait > 0:
		return nil, wait, nil
	}
	p = &page{resp.Request.URL.Path, text}
	if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusConflict { // that one asks something
		err = fmt.Errorf("status %d of %s", resp.StatusCode, pattern(p.path))
	}
	return p, 0, err
}

// retry is how long an overcrowded server asks to wait, 0 when it does not.
func retry(resp *http.Response) time.Duration {
	if resp.StatusCode != http.StatusServiceUnavailable {
		return 0
	}
	var seconds int
	if _, err := fmt.Sscan(resp.Header.Get("Retry-After"), &seconds); err != nil {
		return 0
	}
	return time.Duration(max(seconds, 1)) * time.Second
}

// kindOf names what went wrong on the way without the address, so that the same thing is
// counted once.
func kindOf(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		if u.Timeout() {
			return "no answer in time"
		}
		err = u.Err
	}
	return err.Error()
}

// pattern is a path without the ids in it.
func pattern(path string) string {
	parts := strings.Split(path, "/")
	for i, s := range parts {
		if len(s) > 20 {
			parts[i] = "{id}"
		}
	}
	return strings.Join(parts, "/")
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
