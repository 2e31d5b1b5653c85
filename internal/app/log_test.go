package app

import (
	"context"
	"strings"
	"testing"

	"quipu/internal/authz"
	"quipu/internal/store"
)

// rawLog is the log as it is stored.
func rawLog(t *testing.T, a *App) string {
	t.Helper()
	var b strings.Builder
	err := a.DB.View(context.Background(), func(tx *store.Tx) error {
		return tx.Log(context.Background(), 0, 1_000_000, func(e store.Entry) error {
			b.Write(e.Body)
			b.WriteByte('\n')
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// clean fails the test unless the log verifies and every projection agrees with it.
func clean(t *testing.T, a *App) {
	t.Helper()
	auditor := officer(authz.Auditor, "ESMAD")
	report, err := a.VerifyLog(context.Background(), auditor, nil, nil)
	if err != nil || !report.Clean() {
		t.Fatalf("the log does not verify: %+v, %v", report, err)
	}
	drift, err := a.VerifyProjections(context.Background(), auditor, nil)
	if err != nil || len(drift) > 0 {
		t.Fatalf("projections differ from the log: %v, %v", drift, err)
	}
}

// TestLostKeysAreFound: a person who can no longer be found by his document is damage.
func TestLostKeysAreFound(t *testing.T) {
	a, _ := openTest(t, Options{})
	person := registerJuan(t, a).Person
	clean(t, a)
	err := a.DB.Update(context.Background(), func(tx *store.Tx) error {
		rows, err := tx.PeopleByID(context.Background(), []string{person})
		if err != nil {
			return err
		}
		rows[0].NamesKept = true
		return tx.PutPeople(context.Background(), rows) // as they are, but for the keys
	})
	if err != nil {
		t.Fatal(err)
	}
	drift, err := a.VerifyProjections(context.Background(), officer(authz.Auditor, "ESMAD"), nil)
	if err != nil || len(drift) != 1 || drift[0].Person != person {
		t.Fatalf("found %v, %v", drift, err)
	}
}
