// Package openrosa lets ODK Collect and other clients of the OpenRosa standard list the
// questionnaires of a register's surveys, fetch them, and send what was answered, served at
// /openrosa/. It translates requests to the use cases of app/survey and decides nothing.
//
// A client shows an interviewer's login and, in the place of a password, a token that may do
// interviews and nothing else. Whatever is refused, the client keeps what it collected.
package openrosa

import (
	"context"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/i18n"
)

// Prefix is where the handler expects to be served.
const Prefix = "/openrosa"

// server is what all requests share.
type server struct {
	app  *app.App
	log  *slog.Logger
	room room
}

// New makes the handler of everything below Prefix.
func New(a *app.App, log *slog.Logger) http.Handler {
	if log == nil {
		log = slog.Default()
	}
	s := &server{app: a, log: log, room: newRoom()}
	mux := http.NewServeMux()
	for pattern, do := range map[string]func(*call) error{
		"GET /formList":                           s.list, // also HEAD
		"GET /forms/{survey}/{file}/form.xml":     s.form,
		"GET /forms/{survey}/{file}/manifest":     s.manifest,
		"GET /forms/{survey}/{file}/cases.csv":    s.cases,
		"GET /forms/{survey}/{file}/media/{name}": s.media,
		"HEAD /submission":                        s.invite,
		"POST /submission":                        s.submit,
		"/":                                       func(*call) error { return fault.New(fault.NotFound, "openrosa.nothing") },
	} {
		method, path, found := strings.Cut(pattern, " ")
		if !found {
			method, path = "", method
		} else {
			method += " "
		}
		mux.HandleFunc(method+Prefix+path, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, do) })
	}
	return mux
}

// call is one request of somebody who showed who he is.
type call struct {
	w http.ResponseWriter
	*http.Request
	actor  authz.Actor
	former *account.Former // who sends what was collected before his right ended
	lang   i18n.Lang
	status int
}

// serve answers a request, and writes a line about it without anybody's data.
func (s *server) serve(w http.ResponseWriter, r *http.Request, do func(*call) error) {
	began := time.Now()
	c := &call{w: w, Request: r, lang: i18n.Match(r.Header.Get("Accept-Language")), status: http.StatusOK}
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler {
				panic(p)
			}
			s.log.Error("panic", "route", r.Pattern, "stack", string(debug.Stack()))
			c.refuse(fault.New(fault.Internal, "openrosa.panic"))
		}
		s.log.LogAttrs(r.Context(), slog.LevelInfo, "openrosa", slog.String("method", r.Method), slog.String("route", r.Pattern),
			slog.Int("status", c.status), slog.String("login", c.actor.Login), slog.Duration("took", time.Since(began)))
	}()
	h := w.Header()
	h.Set("X-OpenRosa-Version", "1.0")
	h.Set("Date", began.UTC().Format(http.TimeFormat))
	h.Set("Cache-Control", "no-store")
	actor, err := s.who(r.Context(), r)
	if r.URL.Path == Prefix+"/submission" && fault.KindOf(err) == fault.Forbidden {
		actor, err = s.whoWas(c, err)
	}
	if err == nil {
		c.actor = actor
		if l, ok := i18n.Known(actor.Lang); ok && r.Header.Get("Accept-Language") == "" {
			c.lang = l
		}
		err = do(c)
	}
	if err != nil {
		c.refuse(err)
	}
}

// who finds out who asks. A token of somebody else's, or one that may not do interviews, is
// as good as none.
func (s *server) who(ctx context.Context, r *http.Request) (authz.Actor, error) {
	login, secret, ok := r.BasicAuth()
	if !ok || len(r.Header.Values("Authorization")) != 1 {
		return authz.Actor{}, unknown{fault.New(fault.Forbidden, "openrosa.no_token")}
	}
	actor, _, err := s.app.Bearer(ctx, secret)
	if fault.KindOf(err) == fault.Forbidden {
		return authz.Actor{}, unknown{err}
	}
	if err == nil && actor.Login != strings.TrimSpace(login) {
		err = unknown{fault.New(fault.Forbidden, "openrosa.login_other")}
	}
	if err == nil {
		err = authz.Check(actor, authz.Interview, actor.Office)
	}
	return actor, err
}

// whoWas is who sends something although he may no more. What he collected while he might is taken
// in; anything else remains refused.
func (s *server) whoWas(c *call, refused error) (authz.Actor, error) {
	login, secret, ok := c.BasicAuth()
	if !ok || len(c.Request.Header.Values("Authorization")) != 1 {
		return authz.Actor{}, refused
	}
	f, found, err := s.app.Former(c.Context(), secret, authz.Interview)
	if err == nil && (!found || f.Actor.Login != strings.TrimSpace(login)) {
		err = refused
	}
	if err != nil {
		return authz.Actor{}, err
	}
	c.former = &f
	return f.Actor, nil
}

// unknown is the refusal of somebody who did not show who he is.
type unknown struct{ error }

func (u unknown) Unwrap() error { return u.error }
