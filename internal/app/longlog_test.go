package app_test

import (
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/node"
	"quipu/internal/change"
	"quipu/internal/store"
	"quipu/internal/store/pgtest"
)

// TestALongLogIsProved: the log is proved page by page, and of the tree the proof reads in between;
// a server answers nothing else while the rows of a page come.
func TestALongLogIsProved(t *testing.T) {
	const many = 5200 // more than a page, and than the proof takes in before it reads of the tree
	for engine, url := range map[string]func() string{"": func() string { return "" }, node.Postgres: func() string { return pgtest.URL(t) }} {
		t.Run("engine "+engine, func(t *testing.T) {
			a, err := app.Open(t.Context(), filepath.Join(t.TempDir(), "reg"), app.Options{Create: true, Node: "TEST", Engine: engine, URL: url(),
				Now: func() time.Time { return time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC) }})
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close() //nolint:errcheck // the test is over
			err = a.DB.Update(t.Context(), func(tx *store.Tx) error {
				st, err := a.Stamper(t.Context(), tx, node.Operator("test", ""))
				if err != nil {
					return err
				}
				all := make([]change.Change, many)
				for i := range all {
					all[i] = change.Change{Entity: change.Ref{Kind: "reads", ID: strconv.Itoa(i)}, Action: "note", Sets: []change.Set{{Field: "n", Value: change.Text(strconv.Itoa(i))}}}
					st.Stamp(&all[i])
				}
				return tx.Append(t.Context(), all)
			})
			if err != nil {
				t.Fatal(err)
			}
			r, err := a.VerifyLog(t.Context(), node.Operator("test", ""), nil, nil)
			if err != nil || len(r.Findings) > 0 || r.Changes < many {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
}
