package authn

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// patience is how long a provider may take to answer, and mostAnswer how much it may say.
const (
	patience   = 10 * time.Second
	mostAnswer = 1 << 20 // bytes
)

// client speaks to providers. It follows nobody elsewhere: what it sends holds a secret.
var client = &http.Client{Timeout: patience, Transport: short{http.DefaultTransport},
	CheckRedirect: func(*http.Request, []*http.Request) error {
		return errors.New("authn: the provider sends on to elsewhere")
	}}

// short reads no more of an answer than anybody needs.
type short struct{ next http.RoundTripper }

func (s short) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := s.next.RoundTrip(r)
	if err == nil {
		resp.Body = limited{io.LimitReader(resp.Body, mostAnswer), resp.Body}
	}
	return resp, err
}

type limited struct {
	io.Reader
	io.Closer
}
