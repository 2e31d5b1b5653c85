package operation

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"quipu/internal/app/node"
	"quipu/internal/fault"
)

// allowed are the only attributes that get into the log. What is not here is left out,
// whoever logs it: a log is read by people who may not read the register.
var allowed = []string{"method", "route", "status", "bytes", "took", "request", "change", "changes", "ref", "stack", "err",
	"token", "listen", "metrics", "engine", "node", "version", "signal", "ills", "step", "ok", "why"}

// OpenLog makes the logger of a configuration, and what closes it. out is for a log
// without a file.
func OpenLog(cfg Log, out io.Writer, m *Measures) (*slog.Logger, io.Closer, error) {
	closer := io.Closer(io.NopCloser(nil))
	if cfg.File != "" {
		f, err := openLogFile(cfg.File, int64(cfg.Mebibytes)<<20, cfg.Keep)
		if err != nil {
			return nil, nil, err
		}
		out, closer = f, f
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.Level)); err != nil {
		return nil, nil, err
	}
	h := slog.NewJSONHandler(out, &slog.HandlerOptions{Level: level})
	return slog.New(&discreet{next: h, m: m}), closer, nil
}

// discreet hands records on without what could tell of a person, and with the id of the
// request and of what it wrote. Records of requests are measured as well.
type discreet struct {
	next slog.Handler
	m    *Measures // may be nil
}

// Enabled is true for requests at any level, because they are measured.
func (h *discreet) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelInfo || h.next.Enabled(ctx, l)
}

// Handle implements slog.Handler.
func (h *discreet) Handle(ctx context.Context, r slog.Record) error {
	if h.m != nil && isRequest(r.Message) {
		h.m.observe(&r)
	}
	if !h.next.Enabled(ctx, r.Level) {
		return nil
	}
	out := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		if a, ok := discreetly(a); ok {
			out.AddAttrs(a)
		}
		return true
	})
	if id, ok := ctx.Value(requestKey{}).(string); ok {
		out.AddAttrs(slog.String("request", id))
	}
	if w := node.NotedIn(ctx); w != nil && w.Count > 0 && isRequest(r.Message) {
		out.AddAttrs(slog.String("change", w.First.String()), slog.Int("changes", w.Count))
	}
	return h.next.Handle(ctx, out)
}

// WithAttrs implements slog.Handler.
func (h *discreet) WithAttrs(attrs []slog.Attr) slog.Handler {
	var kept []slog.Attr
	for _, a := range attrs {
		if a, ok := discreetly(a); ok {
			kept = append(kept, a)
		}
	}
	return &discreet{h.next.WithAttrs(kept), h.m}
}

// WithGroup implements slog.Handler. Groups are flattened: the names of attributes are
// what is let through.
func (h *discreet) WithGroup(string) slog.Handler { return h }

// isRequest tells the lines of the pages and of the API.
func isRequest(message string) bool { return message == "request" || message == "api" }

func discreetly(a slog.Attr) (slog.Attr, bool) {
	if !slices.Contains(allowed, a.Key) {
		return a, false
	}
	switch v := a.Value.Resolve().Any().(type) {
	case error:
		return slog.String(a.Key, plainly(v)), true
	case string:
		switch a.Key {
		case "method":
			return slog.String(a.Key, methodOf(v)), true
		case "step", "why":
			return a, keyLike.MatchString(v)
		}
	}
	return a, true
}

// keyLike are words that a program chose, such as the key of a fault.
var keyLike = regexp.MustCompile(`^[a-z0-9_.]{0,60}$`)

// methodOf keeps what a client invents as a method out of logs and labels.
func methodOf(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}

// plainly says an error without the values in it. Of a fault that is the operation, the
// key and what lies beneath; of other errors the text, in which quoted words, numbers and
// addresses are struck out.
func plainly(err error) string {
	var parts []string
	for err != nil {
		var f *fault.Error
		if !errors.As(err, &f) {
			parts = append(parts, fmt.Sprintf("%T %s", innermost(err), struck(err.Error())))
			break
		}
		parts, err = append(parts, strings.TrimSpace(f.Op+" "+f.Key)), f.Err
	}
	return strings.Join(parts, ": ")
}

func innermost(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}

var values = regexp.MustCompile(`"[^"]*"|'[^']*'|«[^»]*»|\S*@\S*|\S*[0-9]{4,}\S*|\S*[0-9]\.[0-9]\S*|[^\x00-\x7F]\S*`)

// struck replaces what may be a value.
func struck(text string) string { return values.ReplaceAllString(text, "…") }

type requestKey struct{}

// identify gives each request an id, which the answer and the log carry, and a place where
// its changes are noted.
func identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := strings.ToLower(rand.Text()[:12])
		w.Header().Set("X-Request-Id", id)
		ctx := context.WithValue(r.Context(), requestKey{}, id)
		next.ServeHTTP(w, r.WithContext(node.Noting(ctx, &node.Written{})))
	})
}

// serverLog takes the lines of net/http, which begin with what happened and go on with an
// address or a value.
type serverLog struct{ log *slog.Logger }

func (s serverLog) Write(p []byte) (int, error) {
	text := string(p)
	for _, cut := range []string{" from ", " serving ", ": http"} {
		text, _, _ = strings.Cut(text, cut)
	}
	s.log.Warn("http", "err", errors.New(strings.TrimSpace(text)))
	return len(p), nil
}

// since is for records that measure time.
func since(r *slog.Record, name string) (d time.Duration) {
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == name && a.Value.Kind() == slog.KindDuration {
			d = a.Value.Duration()
		}
		return a.Key != name
	})
	return d
}
