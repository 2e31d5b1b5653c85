// Package web assembles the pages of the program into one handler: sessions, limits,
// the log of requests, and what to do when something fails. The screens are in the
// packages below; whoever may do what is decided in app.
package web

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"quipu/internal/app"
	"quipu/internal/authn"
	"quipu/internal/web/desk"
	"quipu/internal/web/portal"
	"quipu/internal/web/static"
	"quipu/internal/web/ui"
)

// DemoLogin is an account that the log-in page of a demonstration offers.
type DemoLogin = desk.DemoLogin

// Provider is an OpenID provider with what it is called.
type Provider = desk.Provider

// Options say how to serve. Secure is for HTTPS: the session's cookie then never leaves
// it. Origin is scheme and host where browsers reach the program, as in
// https://registro.example.org; without it no passkeys are offered. Provider is the OpenID
// provider that officers may sign in with, nil for none. Idle and Absolute end sessions,
// zero for the usual. Unpaced lets officers open pages as fast as they like, for tests. Log
// nil is the default logger.
type Options struct {
	Secure     bool
	Idle       time.Duration
	Absolute   time.Duration
	Demo       bool
	DemoLogins []DemoLogin
	Origin     string
	Provider   *Provider
	Unpaced    bool
	Program    string   // version of the program, as a node says it to its hub
	Hubs       []string // addresses of the hub; none for those of the enrolment
	Ended      error    // why no page is shown any more: a laptop whose campaign is over
	Log        *slog.Logger
	// Invent sends invented interviews to a survey, in a demonstration alone.
	Invent func(ctx context.Context, survey string, n int, progress func(done int)) (sent int, err error)
}

// New makes the handler of all pages.
func New(a *app.App, opts Options) (http.Handler, error) {
	if opts.Log == nil {
		opts.Log = slog.Default()
	}
	set, err := ui.Parse()
	if err != nil {
		return nil, err
	}
	shell := &shell{set: set, log: opts.Log}
	sessions := newSessions(a, &opts, shell)
	var keys *authn.Passkeys
	if opts.Origin != "" {
		if keys, err = authn.NewPasskeys(opts.Origin, "Quipu"); err != nil {
			return nil, err
		}
	}
	pace := newBuckets(officerBurst, officerEvery).take
	if opts.Unpaced {
		pace = nil
	}
	d, err := newDesk(desk.Config{App: a, Pace: pace, Sessions: sessions, Log: opts.Log, Demo: opts.Demo,
		DemoLogins: opts.DemoLogins, Passkeys: keys, Provider: opts.Provider, Origin: opts.Origin, Program: opts.Program, Hubs: opts.Hubs, Invent: opts.Invent, Allow: newBuckets(loginBurst, loginEvery).take})
	if err != nil {
		return nil, err
	}
	routes, err := routesOf(d)
	if err != nil {
		return nil, err
	}
	everybody, err := portal.New(portal.Config{App: a, Log: opts.Log, Demo: opts.Demo, Allow: newBuckets(publicBurst, publicEvery).take})
	if err != nil {
		return nil, err
	}
	public := http.NewServeMux()
	everybody.Routes(public)
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(shell.crossOrigin))

	all := http.NewServeMux()
	all.Handle("GET "+static.Prefix, shell.logged(static.Handler()))
	all.Handle("GET /healthz", shell.logged(health(a)))
	if opts.Ended != nil {
		all.Handle("/", shell.logged(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { shell.fail(w, r, opts.Ended, "") })))
		return all, nil
	}
	all.Handle(portal.Prefix, shell.logged(cross.Handler(public))) // no session: it sets no cookie
	all.Handle("/", shell.crowded(remembering(sessions.LoadAndSave(shell.logged(cross.Handler(d.Pages(routes)))))))
	return all, nil
}

// health answers whether the register can be read, and what it suffers from: in words for
// machines, which tell nothing of anybody. A node that is ill still works, so that the
// status is 200; only a register that cannot be read is 503.
func health(a *app.App) http.Handler {
	type answer struct {
		Status  string   `json:"status"`
		Reasons []string `json:"reasons,omitempty"`
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ills, err := a.Health(r.Context())
		out, code := answer{"ok", ills}, http.StatusOK
		switch {
		case err != nil:
			out, code = answer{Status: "unavailable"}, http.StatusServiceUnavailable
		case len(ills) > 0:
			out.Status = "degraded"
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(code)
		json.NewEncoder(w).Encode(out) //nolint:errcheck // the asker went away
	})
}
