package app

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quipu/internal/audit"
	"quipu/internal/authz"
)

// TestReadsAreSealed: whoever changes, deletes or adds a line of the log of reads is found
// out, as soon as the line is older than a checkpoint.
func TestReadsAreSealed(t *testing.T) {
	for name, c := range map[string]struct {
		crime string
		found bool
	}{
		"nothing":                                {"UPDATE read_log SET at = at WHERE seq = 1", false},
		"who":                                    {"UPDATE read_log SET author = 'otra' WHERE seq = 2", true},
		"whom":                                   {"UPDATE read_log SET person = '' WHERE seq = 3", true},
		"when":                                   {"UPDATE read_log SET at = at + 1 WHERE seq = 4", true},
		"one is gone":                            {"DELETE FROM read_log WHERE seq = 2", true},
		"the first":                              {"DELETE FROM read_log WHERE seq = 1", true},
		"all are gone":                           {"DELETE FROM read_log", true},
		"moved":                                  {"UPDATE read_log SET seq = 1000 WHERE seq = 6", true},
		"yesterday's are gone, and sealed again": {"DELETE FROM read_log WHERE seq <= 3; UPDATE setting SET value = '0' WHERE name = 'reads.sealed'", true},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			a, now := openTest(t, Options{Node: "TEST"})
			person, head := registerJuan(t, a).Person, officer(authz.Head, "ESMAD")
			look := func(n int) {
				for range n {
					if _, err := a.Person(ctx, head, person, time.Time{}); err != nil {
						t.Fatal(err)
					}
				}
				if err := a.KeepCheckpoint(ctx); err != nil {
					t.Fatal(err)
				}
			}
			look(3)
			look(3)
			look(0) // nothing new: no seal
			if n := strings.Count(rawLog(t, a), `"kind":"reads","id":"TEST"`); n != 2 {
				t.Errorf("%d seals, want 2", n)
			}
			if err := a.Close(); err != nil {
				t.Fatal(err)
			}
			db, err := sql.Open("sqlite", filepath.Join(a.Dir(), "quipu.db"))
			if err != nil {
				t.Fatal(err)
			}
			_, err = db.Exec(c.crime)
			if err != nil || db.Close() != nil {
				t.Fatal(err)
			}
			b, err := Open(ctx, a.Dir(), Options{Now: now.now})
			if err != nil {
				t.Fatal(err)
			}
			defer b.Close()
			if err := b.KeepCheckpoint(ctx); err != nil { // the criminal would like it signed
				t.Fatal(err)
			}
			report, err := b.VerifyLog(ctx, officer(authz.Auditor, "ESMAD"), nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			if report.Clean() == c.found {
				t.Errorf("findings %+v", report.Findings)
			}
			for _, f := range report.Findings {
				if f.Kind != audit.Reads {
					t.Errorf("found %+v", f)
				}
			}
		})
	}
}
