package operation

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/store"
)

// left reports whether the files of the database have a text.
func left(t *testing.T, a *app.App, text string) bool {
	t.Helper()
	found := false
	for _, name := range []string{"quipu.db", "quipu.db-wal"} {
		data, err := os.ReadFile(filepath.Join(a.Dir(), name))
		if err != nil {
			t.Fatal(err)
		}
		found = found || strings.Contains(string(data), text)
	}
	return found
}

// TestScrubInAQuietMinute: what was taken out of the log is out of the files when nobody has
// saved anything for a while, and not while somebody does.
func TestScrubInAQuietMinute(t *testing.T) {
	ctx, a, secret := context.Background(), register(t), strings.Repeat("xochiquetzal ", 20)
	c := change.Change{ID: id.Change{Node: "OTHER", N: 1}, Entity: change.Ref{Kind: change.Person, ID: "P"}, Schema: change.Schema, Action: "register",
		Sets: []change.Set{{Field: "note", Value: change.Text(secret)}}}
	if err := a.DB.Update(ctx, func(tx *store.Tx) error { return tx.Append(ctx, []change.Change{c}) }); err != nil {
		t.Fatal(err)
	}
	s := &Server{App: a, Log: slog.New(slog.DiscardHandler)}
	look := func(now time.Time, want bool) {
		t.Helper()
		if done, err := s.scrub(ctx, now); err != nil || done != want {
			t.Fatalf("scrubbed: %v, %v; want %v", done, err, want)
		}
	}
	look(time.Now(), false) // nothing is owed
	err := a.DB.Update(ctx, func(tx *store.Tx) error {
		out, _ := change.Redact(&c, "hash", func(int, *change.Set) bool { return true })
		if err := tx.Redact(ctx, c.ID, change.Encode(&out)); err != nil {
			return err
		}
		return tx.Append(ctx, []change.Change{{ID: id.Change{Node: "OTHER", N: 2}, Entity: change.Ref{Kind: change.Erasure, ID: "E"}, Schema: change.Schema, Action: "erase"}})
	})
	if err != nil {
		t.Fatal(err)
	}
	if !left(t, a, "xochiquetzal") {
		t.Fatal("the write-ahead log has no older page: this test proves nothing")
	}
	h := s.busy.noting(http.NotFoundHandler())
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/registrar", nil))
	look(time.Now(), false)
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)) // looking is not work
	if !left(t, a, "xochiquetzal") {
		t.Fatal("it was scrubbed while somebody worked")
	}
	look(time.Now().Add(quiet+time.Second), true)
	if left(t, a, "xochiquetzal") {
		t.Error("the value is still in a file of the database")
	}
	look(time.Now().Add(quiet+time.Second), false)
}
