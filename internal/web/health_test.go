package web_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/web"
)

// TestHealth asks a register that is well, one whose clock was set back, and one that is
// closed.
func TestHealth(t *testing.T) {
	now := time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)
	a, err := app.Open(context.Background(), t.TempDir(), app.Options{Create: true, Node: "TEST", Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	h, err := web.New(a, web.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(status int, want string) {
		t.Helper()
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/healthz", nil))
		text, _ := io.ReadAll(w.Body)
		if w.Code != status || strings.TrimSpace(string(text)) != want {
			t.Errorf("got %d %s, want %d %s", w.Code, text, status, want)
		}
	}
	ask(200, `{"status":"ok"}`)
	now = now.AddDate(0, 0, -1)
	ask(200, `{"status":"degraded","reasons":["clock_back"]}`)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	ask(503, `{"status":"unavailable"}`)
}
