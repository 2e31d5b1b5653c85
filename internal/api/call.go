package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"quipu/internal/api/rate"
	"quipu/internal/api/strict"
	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/app/node"
	"quipu/internal/code"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/id"
)

var errPanic = errors.New("api: a handler panicked")

// call is one request on its way: who asks, in which language, with what.
type call struct {
	*http.Request
	server  *server
	w       http.ResponseWriter
	id      string // of the request, in the answer and in the log
	actor   app.Actor
	token   account.Token
	lang    i18n.Lang
	body    []byte
	list    *list // of an upload
	quota   rate.Quota
	status  int // what was answered
	Pattern string
	// point finds the member of the body that a fault of the domain is about, as a JSON
	// pointer; nil when the fault's own field is its name.
	point func(field string) string
}

const requestID = "X-Request-Id"

type callKey struct{}

func newCall(s *server, w http.ResponseWriter, r *http.Request) *call {
	c := &call{server: s, w: w, id: w.Header().Get(requestID), lang: i18n.Match(r.Header.Get("Accept-Language"))}
	if c.id == "" { // nobody in front has given it one
		c.id = strings.ToLower(rand.Text()[:12])
		w.Header().Set(requestID, c.id)
	}
	c.Request = r.WithContext(context.WithValue(r.Context(), callKey{}, c))
	return c
}

// callOf is the call that shell made for the request.
func callOf(r *http.Request) *call {
	c := r.Context().Value(callKey{}).(*call)
	c.Request = r // the mux has filled in the values of the path
	return c
}

func (c *call) app() *app.App { return c.server.app }

// authenticate finds out who asks and for what purpose.
func (c *call) authenticate() error {
	scheme, secret, _ := strings.Cut(c.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || len(c.Header.Values("Authorization")) != 1 {
		return unauthorised(fault.New(fault.Forbidden, "api.no_token"))
	}
	actor, token, err := c.app().Bearer(c.Context(), strings.TrimSpace(secret))
	if fault.KindOf(err) == fault.Forbidden {
		return unauthorised(err)
	}
	if err != nil {
		return err
	}
	c.actor, c.token = actor, token
	if l, ok := i18n.Known(actor.Lang); ok && c.Header.Get("Accept-Language") == "" {
		c.lang = l
	}
	if given, there := c.Header["Quipu-Purpose"]; there {
		p := strings.Join(given, ", ")
		if !code.List("purpose").Has(p) {
			return refuse(http.StatusBadRequest, "api.purpose", "purpose", clip(p))
		}
		c.actor.Purpose = p
	}
	return nil
}

func unauthorised(err error) *refusal {
	return (&refusal{status: http.StatusUnauthorized, err: err}).with("WWW-Authenticate", `Bearer realm="quipu"`)
}

// reply is the answer to a request that went well.
type reply struct {
	status  int
	headers map[string]string
	body    any
	kept    any // what a repeat is answered, when it is not body: a secret is told once
	// passing: the work changed nothing, so a repeat of the request may do it again.
	passing bool
}

func ok(body any) (*reply, error) { return &reply{status: http.StatusOK, body: body}, nil }

// answer is the reply in bytes.
func (r *reply) answer() (*app.Answer, error) {
	if r.status == http.StatusNoContent {
		return &app.Answer{Status: r.status, Headers: map[string]string{}}, nil
	}
	body, isText := r.body.([]byte)
	if !isText {
		var buf bytes.Buffer
		enc := json.NewEncoder(&buf)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(r.body); err != nil {
			return nil, err
		}
		body = buf.Bytes()
	}
	h := map[string]string{"Content-Type": "application/json"}
	for k, v := range r.headers {
		h[k] = v
	}
	return &app.Answer{Status: r.status, Headers: h, Body: body}, nil
}

// send writes an answer. Nothing of the register stays in a cache.
func (c *call) send(a *app.Answer) {
	h := c.w.Header()
	for k, v := range a.Headers {
		h.Set(k, v)
	}
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Authorization, Accept-Language")
	c.quota.Tell(h)
	c.status = a.Status
	c.w.WriteHeader(a.Status)
	c.w.Write(a.Body) //nolint:errcheck // the asker went away
}

// decode reads the body into v, strictly; an absent body leaves v as it is.
func (c *call) decode(v any) error {
	if len(c.body) == 0 {
		return nil
	}
	return decode(c.body, v)
}

// decode is strict.Decode with its refusals as those of a request.
func decode(body []byte, v any) error {
	err := strict.Decode(body, v)
	var bad *strict.Error
	if !errors.As(err, &bad) {
		return err
	}
	return refuse(http.StatusBadRequest, bad.Key, bad.Args...).at(bad.At)
}

// person is the id of the path.
func (c *call) person() (string, error) { return c.entity("id", "person") }

// entity is an id of the path that names a thing of a kind.
func (c *call) entity(name, what string) (string, error) {
	e := c.PathValue(name)
	if !id.Entity(e).Valid() {
		return "", missing(what, e)
	}
	return e, nil
}

// missing is the refusal of something that is not there.
func missing(what, which string) error {
	return fault.New(fault.NotFound, "app.not_found", "what", what, "which", clip(which))
}

// expecting is the context that holds what If-Match asks for.
func (c *call) expecting() (context.Context, error) {
	head, given, err := c.ifMatch()
	if err != nil || !given || head.IsZero() {
		return c.Context(), err
	}
	return node.Expecting(c.Context(), head), nil
}

// ifMatch is the version in If-Match, zero for "*".
func (c *call) ifMatch() (head id.Change, given bool, err error) {
	tags, given := c.Header["If-Match"]
	if !given || len(tags) == 1 && tags[0] == "*" {
		return head, given, nil
	}
	tag := strings.Join(tags, ", ") // several are refused below
	text, opened := strings.CutPrefix(tag, `"`)
	text, closed := strings.CutSuffix(text, `"`)
	head, err = id.ParseChange(text)
	if err != nil || !opened || !closed || head.IsZero() {
		return head, given, refuse(http.StatusBadRequest, "api.if_match")
	}
	return head, given, nil
}

// seen is the version of what is decided about: who decides says what he looked at.
func (c *call) seen() (id.Change, error) {
	head, given, err := c.ifMatch()
	if err == nil && !given {
		err = refuse(http.StatusPreconditionRequired, "api.if_match_needed")
	}
	return head, err
}

func etag(head id.Change) map[string]string {
	return map[string]string{"ETag": `"` + head.String() + `"`}
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

func micros(n int64) string { return instant(time.UnixMicro(n)) }

// clip shortens a text that is shown back.
func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
