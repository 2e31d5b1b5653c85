package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"quipu/internal/app"
	"quipu/internal/fault"
)

// flights lets one of several same requests work at a time in this process; the others
// wait and then find its answer. Between processes the claim in the register decides.
type flights struct {
	mu  sync.Mutex
	now map[string]chan struct{}
}

// enter waits for its turn; leave must be called when err is nil.
func (f *flights) enter(ctx context.Context, key string) (leave func(), err error) {
	for {
		f.mu.Lock()
		if f.now == nil {
			f.now = map[string]chan struct{}{}
		}
		busy, taken := f.now[key]
		if !taken {
			done := make(chan struct{})
			f.now[key] = done
			f.mu.Unlock()
			return func() {
				f.mu.Lock()
				delete(f.now, key)
				f.mu.Unlock()
				close(done)
			}, nil
		}
		f.mu.Unlock()
		select {
		case <-busy:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

const maxKey = 255

// once does the work of a request that has an Idempotency-Key once, and gives the first
// answer to every repeat. Only answers to work that was done are kept: what was refused
// changed nothing, and can be corrected and sent under the same key.
func (c *call) once(work func() (*reply, error)) (*app.Answer, error) {
	keys, given := c.Header["Idempotency-Key"]
	if !given || c.Method != http.MethodPost && c.Method != http.MethodPatch {
		return answer(work())
	}
	key := keys[0]
	if unprintable := func(r rune) bool { return r < '!' || r > '~' }; len(keys) > 1 || key == "" || len(key) > maxKey ||
		strings.ContainsFunc(key, unprintable) {
		return nil, refuse(http.StatusBadRequest, "api.key_form", "most", maxKey)
	}
	req := app.Request{Token: c.token.ID, Key: key, Asks: c.asks()}
	leave, err := c.server.flights.enter(c.Context(), req.Token+" "+req.Key)
	if err != nil {
		return nil, err
	}
	defer leave()
	first, err := c.app().Claim(c.Context(), req)
	if fault.Is(err, "api.key_reused") {
		return nil, &refusal{status: http.StatusUnprocessableEntity, err: err}
	}
	if err != nil {
		return nil, err
	}
	if first != nil {
		first.Headers["Idempotency-Replayed"] = "true"
		return first, nil
	}
	return c.settle(req, work)
}

// settle works, and keeps the answer even when the asker has gone away meanwhile: the
// repeat will ask for it. When the work panics the claim stays, and when the database went away
// in the midst of a commit and did not come back: nobody knows what was done.
func (c *call) settle(req app.Request, work func() (*reply, error)) (*app.Answer, error) {
	rep, err := work()
	if fault.Is(err, "store.unsure") {
		return nil, err
	}
	a, err := answer(rep, err)
	keep := a
	switch {
	case err != nil || rep.passing:
		keep = nil
	case rep.kept != nil:
		again := *rep
		again.body = rep.kept
		if keep, err = again.answer(); err != nil {
			return nil, err
		}
	}
	if err2 := c.app().Settle(context.WithoutCancel(c.Context()), req, keep); err == nil && err2 != nil {
		// The work is done: the asker shall know. A repeat will be told that it was begun.
		c.server.log.Error("api", "route", c.Pattern, "err", err2)
	}
	return a, err
}

func answer(rep *reply, err error) (*app.Answer, error) {
	if err != nil {
		return nil, err
	}
	return rep.answer()
}

// asks is the request as a text that is the same for the same request. A list counts by
// what it holds, because programs invent a new boundary each time they send it.
func (c *call) asks() string {
	text := fmt.Sprintf("%s %s %s %s %q", c.Method, c.URL.Path, c.URL.RawQuery, c.actor.Purpose, c.Header["If-Match"])
	if c.list != nil {
		text += fmt.Sprintf(" %q %s", c.list.name, hash(c.list.data))
	}
	return text + " " + hash(c.body)
}

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
