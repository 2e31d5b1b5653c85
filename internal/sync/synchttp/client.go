package synchttp

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"quipu/internal/fault"
	"quipu/internal/seal"
)

// Client is a node's side. It is for several goroutines.
type Client struct {
	hubs  []string // addresses of one hub; any may answer
	me    *seal.Identity
	hub   seal.Public
	http  *http.Client
	agent string
	pause time.Duration // the first pause between tries; each is twice as long

	mu   sync.Mutex
	at   int // the address that answered last
	most int // what a pull asks for, in bytes
	half piece
}

// Options say whom a client speaks to, and how.
type Options struct {
	Hubs    []string // "https://registro.example"; plain http only to this machine
	Me      *seal.Identity
	Hub     seal.Public
	Version string            // of this program, for the other side's log
	HTTP    http.RoundTripper // nil for the network, by the proxies of the environment
	Pause   time.Duration     // 0 for half a second
}

// tries is how often a call asks all addresses before it gives up. Whoever calls comes again
// later.
const tries = 3

// NewClient makes a client. The fault is sync.address.
func NewClient(o Options) (*Client, error) {
	if len(o.Hubs) == 0 {
		return nil, fault.New(fault.Invalid, "sync.address", "address", "")
	}
	c := &Client{me: o.Me, hub: o.Hub, agent: "quipu/" + o.Version, pause: o.Pause, most: MostAnswer}
	for _, h := range o.Hubs {
		u, err := Address(h)
		if err != nil {
			return nil, err
		}
		c.hubs = append(c.hubs, u)
	}
	if c.pause == 0 {
		c.pause = 500 * time.Millisecond
	}
	if o.HTTP == nil {
		o.HTTP = network()
	}
	c.http = &http.Client{Transport: o.HTTP, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return c, nil
}

// Address checks where a hub is: HTTPS, or plain HTTP to this machine itself. The fault is
// sync.address or sync.address_plain.
func Address(text string) (string, error) {
	u, err := url.Parse(strings.TrimRight(text, "/"))
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http" {
		return "", fault.New(fault.Invalid, "sync.address", "address", text).Because(err)
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		return "", fault.New(fault.Invalid, "sync.address_plain", "address", text)
	}
	return u.String(), nil
}

// HubKey asks an address for the hub's public key. Whoever asks knows its fingerprint from
// elsewhere, and compares.
func (c *Client) HubKey(ctx context.Context) (seal.Public, error) {
	var p seal.Public
	err := c.ask(ctx, func(ctx context.Context, base string) error {
		body, err := c.send(ctx, http.MethodGet, base+Prefix+"/hub", nil, mostSmall)
		if err == nil {
			p, err = seal.ParsePublic(string(body))
		}
		return err
	})
	return p, err
}

// Enrol sends the request of a new node and returns what the hub answered.
func (c *Client) Enrol(ctx context.Context, request []byte) ([]byte, error) {
	head := c.me.Public().String() + "\n"
	return c.call(ctx, "enrol", "/enrol", "enrolled", head, request, 1<<20)
}

// Push sends a batch and returns the receipt.
func (c *Client) Push(ctx context.Context, batch []byte) ([]byte, error) {
	return c.call(ctx, "push", "/push", "receipt", "", batch, MostContents)
}

// Pull sends where the node is and returns the answer, for which the hub waits up to wait,
// at most LongestWait, when it has no news. When answers do not come through whole, the next
// pull asks for less.
func (c *Client) Pull(ctx context.Context, request []byte, wait time.Duration) ([]byte, error) {
	c.mu.Lock()
	most := c.most
	c.mu.Unlock()
	path := fmt.Sprintf("/pull?wait=%d&most=%d", int(min(wait, LongestWait).Seconds()), most)
	answer, err := c.call(ctx, "pull", path, "answer", "", request, MostReply)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case err == nil && len(answer) > most/2:
		c.most = min(2*most, MostAnswer)
	case fault.Is(err, "seal.envelope_truncated") || fault.Is(err, "sync.no_answer"):
		c.most = max(most/2, leastAnswer)
	}
	return answer, err
}

// Search sends a question about people of every office and returns the hub's answer.
func (c *Client) Search(ctx context.Context, question []byte) ([]byte, error) {
	return c.call(ctx, "search", "/search", "found", "", question, 1<<20)
}

// Bring asks for a person's registration to be moved here and returns the hub's answer.
func (c *Client) Bring(ctx context.Context, order []byte) ([]byte, error) {
	return c.call(ctx, "bring", "/bring", "brought", "", order, 1<<20)
}

// call seals contents, sends them to an address that answers, and opens what comes back.
func (c *Client) call(ctx context.Context, kind, path, answer, head string, contents []byte, most int) (out []byte, err error) {
	envelope, err := c.me.EnvelopeTo(c.hub, kind, contents)
	if err != nil {
		return nil, err
	}
	err = c.ask(ctx, func(ctx context.Context, base string) error {
		body, err := c.send(ctx, http.MethodPost, base+Prefix+path, append([]byte(head), envelope...), seal.MaxEnvelope(most))
		if err == nil {
			out, err = c.me.OpenEnvelope(body, answering(answer, envelope), c.hub, most)
		}
		return err
	})
	return out, err
}

// ask tries the addresses, the one that answered last first, and all of them again after a
// pause, until one answers or it is clear that none will.
func (c *Client) ask(ctx context.Context, one func(ctx context.Context, base string) error) (err error) {
	for try := range tries {
		if try > 0 && !sleep(ctx, jitter(c.pause<<(try-1))) {
			return ctx.Err()
		}
		c.mu.Lock()
		from := c.at
		c.mu.Unlock()
		for i := range c.hubs {
			at := (from + i) % len(c.hubs)
			if err = one(ctx, c.hubs[at]); err == nil || ctx.Err() != nil || !passing(err) {
				c.mu.Lock()
				c.at = at
				c.mu.Unlock()
				return errors.Join(err, ctx.Err())
			}
		}
	}
	return err
}

// passing reports whether another address, or the same one a little later, may answer better.
func passing(err error) bool {
	f := fault.As(err)
	if f == nil {
		return false
	}
	switch f.Key {
	case "sync.no_answer", "sync.stranger", "sync.redirected", "sync.hub_failed", "sync.busy",
		"seal.envelope_form", "seal.envelope_truncated", "seal.envelope_altered", "seal.envelope_context":
		return true
	}
	return f.Kind == fault.Unavailable && f.Key != "sync.too_often"
}

// jitter is between half of d and one and a half: two thousand nodes that lost the hub
// together do not come back together.
func jitter(d time.Duration) time.Duration {
	var r [8]byte
	rand.Read(r[:]) //nolint:errcheck // crypto/rand never fails
	return d/2 + time.Duration(binary.BigEndian.Uint64(r[:])%uint64(d+1))
}

// sleep reports whether it slept to the end.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
