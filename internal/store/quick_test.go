package store

import (
	"context"
	"path/filepath"
	"testing"

	"quipu/internal/change"
	"quipu/internal/id"
)

func TestQuick(t *testing.T) {
	for _, key := range [][]byte{nil, make([]byte, 32)} {
		ctx := context.Background()
		db, err := Open(ctx, Config{Path: filepath.Join(t.TempDir(), "q.db"), Key: key})
		if err != nil {
			t.Fatal(err)
		}
		err = db.Update(ctx, func(tx *Tx) error {
			c := change.Change{ID: id.Change{Node: "AA", N: 1}, Entity: change.Ref{Kind: change.Person, ID: "P"}}
			if err := tx.Append(ctx, []change.Change{c}); err != nil {
				return err
			}
			return tx.PutPeople(ctx, []PersonRow{{Row: 1, ID: "P", Number: "1", SearchText: "QUISPE MAMANI JUAN", Keys: []string{"doc:1"}, New: true}})
		})
		if err != nil {
			t.Fatal(err)
		}
		err = db.View(ctx, func(tx *Tx) error {
			p, err := tx.MatchNames(ctx, []string{"QUISPE", "JU*"}, 10)
			t.Log(p, err)
			c, err := tx.Changes(ctx, change.Ref{Kind: change.Person, ID: "P"})
			t.Log(c, err)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		db.Close()
	}
}
