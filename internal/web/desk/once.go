package desk

import (
	"crypto/rand"
	"sync"
	"time"
)

// OnceTokens makes a form that is sent twice act once: the second sending waits for the
// first and gets its result. Tokens are kept in memory for an hour; after a restart the
// look for people with the same document still stands in the way of a second entry.
type OnceTokens struct {
	mu   sync.Mutex
	made map[string]*onceToken
}

type onceToken struct {
	sync.Mutex
	result string // empty until the form has acted
	at     time.Time
}

func newOnceTokens() *OnceTokens { return &OnceTokens{made: map[string]*onceToken{}} }

// Issue makes a token for a form.
func (o *OnceTokens) Issue() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	for t, k := range o.made {
		if time.Since(k.at) > time.Hour {
			delete(o.made, t)
		}
	}
	token := rand.Text()
	o.made[token] = &onceToken{at: time.Now()}
	return token
}

// Use runs act unless the token has a result already. act returns "" or a fault when the form
// did not act, so that it can be sent again. A token that is not known acts.
func (o *OnceTokens) Use(token string, act func() (string, error)) (string, error) {
	o.mu.Lock()
	k, ok := o.made[token]
	o.mu.Unlock()
	if !ok {
		return act()
	}
	k.Lock()
	defer k.Unlock()
	if k.result != "" {
		return k.result, nil
	}
	result, err := act()
	if err != nil {
		return "", err
	}
	k.result = result
	return result, nil
}

// Result is what a form came to that has acted, "" for any other.
func (o *OnceTokens) Result(token string) string {
	o.mu.Lock()
	k, ok := o.made[token]
	o.mu.Unlock()
	if !ok {
		return ""
	}
	k.Lock()
	defer k.Unlock()
	return k.result
}

// Age is how long ago the token was issued, zero for one that is not known.
func (o *OnceTokens) Age(token string) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	if k, ok := o.made[token]; ok {
		return time.Since(k.at)
	}
	return 0
}

// Know lets a token that was made elsewhere act once.
func (o *OnceTokens) Know(token string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.made[token] = &onceToken{at: time.Now()}
}
