package web

import (
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"quipu/internal/fault"
	"quipu/internal/web/ui"
)

// shell is what stands around every page.
type shell struct {
	set *ui.Set
	log *slog.Logger
}

// logged writes a line for each request and answers when a handler panics. The line has
// the pattern of the path and never the path: that may hold the id of a person.
func (s *shell) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		rec := &recorder{ResponseWriter: w}
		defer func() {
			if p := recover(); p != nil {
				s.panicked(rec, r, p)
			}
			if rec.status == 0 {
				rec.status = http.StatusOK // what net/http sends when nobody said anything
			}
			s.log.LogAttrs(r.Context(), slog.LevelInfo, "request", slog.String("method", r.Method),
				slog.String("route", r.Pattern), slog.Int("status", rec.status), slog.Int64("bytes", rec.bytes),
				slog.Duration("took", time.Since(began)))
		}()
		next.ServeHTTP(rec, r)
	})
}

var errPanic = errors.New("web: a handler panicked")

// panicked answers with a reference that the log has too, when there is still time.
func (s *shell) panicked(w *recorder, r *http.Request, p any) {
	if p == http.ErrAbortHandler {
		panic(p)
	}
	ref := rand.Text()[:8]
	s.log.ErrorContext(r.Context(), "panic", "ref", ref, "route", r.Pattern, "stack", string(debug.Stack()))
	if w.status == 0 {
		s.fail(w, r, errPanic, ref)
	}
}

func (s *shell) fail(w http.ResponseWriter, r *http.Request, err error, ref string) {
	if err := s.set.Fail(w, r, &ui.Page{}, err, ref); err != nil {
		s.log.ErrorContext(r.Context(), "the error page", "err", err)
	}
}

// crossOrigin answers a form that another site sent.
func (s *shell) crossOrigin(w http.ResponseWriter, r *http.Request) {
	s.fail(w, r, fault.New(fault.Forbidden, "web.cross_origin"), "")
}

// unavailable answers when a session could not be read or kept.
func (s *shell) unavailable(w http.ResponseWriter, r *http.Request, err error) {
	s.log.ErrorContext(r.Context(), "session", "err", err)
	s.fail(w, r, fault.New(fault.Unavailable, "unavailable").Because(err), "")
}

// recorder notes what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
