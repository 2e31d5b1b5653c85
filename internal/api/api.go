// Package api is the JSON interface of the register, served at /api/v1/. It translates
// requests to the use cases of app and outcomes to JSON, and decides nothing: who may do
// what is asked for there. openapi.yaml describes every route.
package api

import (
	"log/slog"
	"net/http"
	"path"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"quipu/internal/api/rate"
	"quipu/internal/app"
)

// Prefix is where the handler expects to be served.
const Prefix = "/api/v1"

// Rate is how often a token may ask.
type Rate = rate.Rate

// server is what all requests share.
type server struct {
	app     *app.App
	log     *slog.Logger
	buckets *rate.Buckets
	flights flights
	// uploads bounds the lists that are held in memory at once, arriving those that are on the line.
	uploads, arriving chan struct{}
	arrivals          flights // of an officer
	verify            chan struct{}
}

// New makes the handler of everything below Prefix.
func New(a *app.App, log *slog.Logger, limit Rate) http.Handler {
	if log == nil {
		log = slog.Default()
	}
	s := &server{app: a, log: log, buckets: rate.New(limit, a.Now),
		uploads: make(chan struct{}, 2), arriving: make(chan struct{}, arriving), verify: make(chan struct{}, 1)}
	if err := a.SweepScratch(arrivingEnd); err != nil {
		log.Error("lists that were on the line are not gone", "err", err)
	}
	mux := http.NewServeMux()
	allow := map[string][]string{}
	for _, rt := range routes() {
		mux.HandleFunc(rt.method+" "+Prefix+rt.path, func(w http.ResponseWriter, r *http.Request) { s.run(r, rt) })
		allow[rt.path] = append(allow[rt.path], rt.method)
	}
	for p, methods := range allow {
		slices.Sort(methods)
		mux.HandleFunc(Prefix+p, func(w http.ResponseWriter, r *http.Request) {
			callOf(r).fail(refuse(http.StatusMethodNotAllowed, "api.method", "method", r.Method).with("Allow", strings.Join(methods, ", ")))
		})
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { callOf(r).fail(noRoute()) })
	return s.shell(s.gate(mux))
}

func noRoute() error { return refuse(http.StatusNotFound, "api.not_found") }

// shell writes a line for each request and answers when something below panics. The line
// has the pattern of the path and never the path, which may hold the id of a person.
func (s *server) shell(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		c := newCall(s, w, r)
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				s.log.Error("panic", "route", c.Pattern, "stack", string(debug.Stack()))
				c.fail(errPanic)
			}
			s.log.LogAttrs(r.Context(), slog.LevelInfo, "api", slog.String("method", r.Method), slog.String("route", c.Pattern),
				slog.Int("status", c.status), slog.String("token", c.token.ID), slog.String("login", c.actor.Login),
				slog.Duration("took", time.Since(began)))
		}()
		next.ServeHTTP(w, c.Request)
	})
}

// gate lets in who shows a good token and does not ask too often. Without one, nobody
// learns which routes there are.
func (s *server) gate(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := callOf(r)
		if err := c.authenticate(); err != nil {
			c.fail(err)
			return
		}
		var wait time.Duration
		if c.quota, wait = s.buckets.Take(c.token.ID); wait > 0 {
			c.fail(refuse(http.StatusTooManyRequests, "api.rate").with("Retry-After", rate.Seconds(wait)))
			return
		}
		// The mux would answer such a path with a redirection in HTML.
		if p := r.URL.Path; path.Clean(p) != p || !strings.HasPrefix(p, Prefix+"/") {
			c.fail(noRoute())
			return
		}
		_, c.Pattern = mux.Handler(r)
		mux.ServeHTTP(w, r)
	})
}
