package web

import (
	"context"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"quipu/internal/app"
)

// kept runs one request of the session and says when the session
// was last kept in the register.
func kept(t *testing.T, s sessionStore, values map[string]any) time.Time {
	t.Helper()
	ctx := context.WithValue(t.Context(), foundKey{}, &found{})
	if _, _, err := s.FindCtx(ctx, "T"); err != nil {
		t.Fatal(err)
	}
	expires := time.Now().Add(10 * time.Minute) // scs has no other clock
	b, err := scs.GobCodec{}.Encode(expires, values)
	if err == nil {
		err = s.CommitCtx(ctx, "T", b, expires)
	}
	if err != nil {
		t.Fatal(err)
	}
	_, seen, ok, err := s.app.Session(t.Context(), hashed("T"))
	if err != nil || !ok {
		t.Fatalf("the session is gone: %v", err)
	}
	return seen
}

func TestSessionInWhichNothingChangedIsNotKeptAgain(t *testing.T) {
	now := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	a, err := app.Open(t.Context(), t.TempDir(), app.Options{Create: true, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	s := sessionStore{a, time.Minute}
	start := now
	for _, step := range []struct {
		after  time.Duration
		values map[string]any
		want   time.Duration
	}{
		{0, map[string]any{"login": "rosa"}, 0},
		{59 * time.Second, map[string]any{"login": "rosa"}, 0},
		{61 * time.Second, map[string]any{"login": "rosa"}, 61 * time.Second},
		{62 * time.Second, map[string]any{"login": "rosa", "flash": "Guardado"}, 62 * time.Second},
		{63 * time.Second, map[string]any{"login": "rosa"}, 63 * time.Second},
		{64 * time.Second, map[string]any{"login": "rosa"}, 63 * time.Second},
	} {
		now = start.Add(step.after)
		if got := kept(t, s, step.values).Sub(start); got != step.want {
			t.Errorf("after %v: kept after %v, want %v", step.after, got, step.want)
		}
	}
}
