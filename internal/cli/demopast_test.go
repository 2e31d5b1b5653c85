package cli

import (
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/review"
	"quipu/internal/authz"
	"quipu/internal/i18n"
	"quipu/internal/registry/same"
)

// TestDemoPairs: of the cases that the demonstration promises one is merged, one was said to
// be two people, the others wait, and only the two DNI and the two offices need a second officer.
func TestDemoPairs(t *testing.T) {
	clock := &pastClock{at: time.Date(2025, 3, 4, 9, 0, 0, 0, time.UTC)}
	a, err := app.Open(t.Context(), filepath.Join(t.TempDir(), "reg"), app.Options{Create: true, Node: "TEST", Now: clock.now})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	e := &env{ctx: context.Background(), out: io.Discard, err: io.Discard, lang: i18n.Spanish}
	if err := e.demoPairs(a, clock); err != nil {
		t.Fatal(err)
	}
	marta := app.Actor{Login: "marta", Role: authz.Head, Office: "ESMAD", Purpose: "registry"}
	for state, want := range map[review.State]int{review.Open: len(demoTwos) - 2, review.Merged: 1, review.Different: 1} {
		list, err := a.Queue(e.ctx, marta, review.Filter{State: state})
		if err != nil || len(list) != want {
			t.Fatalf("%d pairs are %q, want %d: %v", len(list), state, want, err)
		}
		for _, it := range list {
			page, err := a.Pair(e.ctx, marta, it.ID)
			if err != nil {
				t.Fatal(err)
			}
			second := it.A.Office != it.B.Office || strings.HasPrefix(it.A.Name, "Ramos")
			if state == review.Open && second != (len(page.Waits) > 0) {
				t.Errorf("%s and %s wait for another officer: %v", it.A.Name, it.B.Name, page.Waits)
			}
			if it.State == same.Same {
				m, err := a.Merge(e.ctx, marta, page.Merge.ID)
				if err != nil || len(m.Since) == 0 || m.Hinders != nil {
					t.Errorf("undoing the merge asks nothing: %+v %v", m, err)
				}
			}
		}
	}
	if said := e.sayPairs(a, "http://x/"); strings.Count(said, "\n") != len(demoTwos) || strings.ContainsAny(said, "⟦{") {
		t.Errorf("said\n%s", said)
	}
}
