package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"quipu/internal/app/conflict"
	"quipu/internal/app/exchange"
	"quipu/internal/app/node"
	"quipu/internal/audit"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// LogHead is the end of the log of changes and what it is signed with.
type LogHead struct {
	Size       int64
	Root       string
	Note       string // the signed checkpoint
	PublicKey  string
	Checkpoint []store.Checkpoint // those kept, oldest first
}

// Head shows the end of the log.
func (a *App) Head(ctx context.Context, actor Actor) (h LogHead, err error) {
	if err := authz.Check(actor, authz.Audit, actor.Office); err != nil {
		return h, err
	}
	h.PublicKey = a.Signer.PublicKey()
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		head, err := tx.Head(ctx)
		if err != nil {
			return err
		}
		h.Size, h.Note = head.Size, head.Note
		h.Root = head.Edge.Root().String()
		h.Checkpoint, err = tx.Checkpoints(ctx)
		return err
	})
	return h, err
}

// KeepCheckpoint keeps the signed head of this moment for good, so that a later rewriting
// of the log contradicts it.
func (a *App) KeepCheckpoint(ctx context.Context) error {
	if err := a.sealReads(ctx); err != nil {
		return err
	}
	return a.DB.Update(ctx, func(tx *store.Tx) error {
		head, err := tx.Head(ctx)
		if err != nil || head.Size == 0 {
			return err
		}
		return tx.KeepCheckpoint(ctx, head.Size, a.Now().UnixMicro(), head.Note)
	})
}

// VerifyLog reads the whole log and finds every change that was altered, is missing or
// stands in another place than when it was signed. Checkpoints kept outside the register
// (printed, or on another node) find even a log that was cut and signed again.
func (a *App) VerifyLog(ctx context.Context, actor Actor, outside [][]byte, progress func(done, total int64)) (*audit.Report, error) {
	if err := authz.Check(actor, authz.Audit, actor.Office); err != nil {
		return nil, err
	}
	var report *audit.Report
	err := a.DB.View(ctx, func(tx *store.Tx) (err error) {
		report, err = a.verify(ctx, tx, outside, progress)
		return err
	})
	return report, err
}

func (a *App) verify(ctx context.Context, tx *store.Tx, outside [][]byte, progress func(done, total int64)) (*audit.Report, error) {
	head, err := tx.Head(ctx)
	if err != nil {
		return nil, err
	}
	kept, err := tx.Checkpoints(ctx)
	if err != nil {
		return nil, err
	}
	notes := append([][]byte{}, outside...)
	for _, c := range kept {
		notes = append(notes, []byte(c.Note))
	}
	if head.Note != "" {
		notes = append(notes, []byte(head.Note))
	}
	forgets, err := exchange.Forgets(ctx, tx)
	if err != nil {
		return nil, err
	}
	log := audit.Log{Edge: &head.Edge, Tile: func(level int, index int64) ([]byte, error) { return tx.Tile(ctx, level, index) }}
	v, err := audit.NewVerifier(audit.Evidence{Log: log, Checkpoints: notes, Keys: []string{a.Signer.PublicKey()}, Forgets: forgets,
		Holds: func(names []id.Change) (map[id.Change]bool, error) {
			rows, err := tx.Named(ctx, names)
			here := make(map[id.Change]bool, len(rows))
			for c := range rows {
				here[c] = true
			}
			return here, err
		}})
	if err != nil {
		return nil, err
	}
	beside, err := feed(ctx, tx, v, head.Size, progress)
	if err != nil {
		return nil, err
	}
	report, err := v.Finish()
	if err != nil {
		return &report, err
	}
	reads, err := a.verifyReads(ctx, tx)
	report.Findings = append(append(report.Findings, beside...), reads...)
	return &report, err
}

// feed gives the verifier the log, page by page: it reads of the tree in between, and PostgreSQL
// answers nothing else on a connection as long as rows come. It returns the rows whose columns
// say something else than their body.
func feed(ctx context.Context, tx *store.Tx, v *audit.Verifier, total int64, progress func(done, total int64)) (beside []audit.Finding, err error) {
	const page = 5000
	var rows []store.Entry
	for last, done := int64(-1<<62), int64(0); ; {
		rows = rows[:0]
		err := tx.Log(ctx, last, page, func(e store.Entry) error {
			rows = append(rows, e)
			return nil
		})
		for i := 0; i < len(rows) && err == nil; i++ {
			e := &rows[i]
			last = e.Seq
			c, bad := change.Decode(e.Body)
			if bad == nil && (c.Entity.String() != e.Entity && e.Entity != store.HeldApart(c.ID).String() || c.At.Micros != e.At || c.Batch != e.Batch) && len(beside) < 1000 {
				beside = append(beside, audit.Finding{Kind: audit.Altered, Seq: e.Seq, Until: e.Seq, ID: e.ID, Detail: "columns"})
			}
			err = v.Feed(audit.Entry{Seq: e.Seq, ID: e.ID, Body: e.Body})
		}
		if err != nil {
			return nil, fmt.Errorf("app: reading the log after %d: %w", last, err)
		}
		done += int64(len(rows))
		if progress != nil {
			progress(done, total)
		}
		if len(rows) < page {
			return beside, nil
		}
	}
}

// Drift is a person whose row in lists and searches is not what the changes say.
type Drift struct{ Person, Number string }

// VerifyProjections folds every person's changes again and compares the result with the
// rows that lists and searches read, and finds people whose row is gone; and the same of
// what was said of pairs and of merges, and of what waits for a decision and what was decided. It
// returns about 1,000 that differ at most.
func (a *App) VerifyProjections(ctx context.Context, actor Actor, progress func(people int)) (out []Drift, err error) {
	if err := authz.Check(actor, authz.Audit, actor.Office); err != nil {
		return nil, err
	}
	const page = 1000
	if out, err = a.rowless(ctx, page); err != nil {
		return nil, err
	}
	pairs, err := a.VerifyTables(ctx, actor)
	if err != nil {
		return nil, err
	}
	for _, d := range pairs {
		out = append(out, Drift{change.Ref{Kind: d.Kind, ID: d.ID}.String(), d.ID})
	}
	odd, err := a.VerifyConflicts(ctx, actor, 1000)
	if err != nil {
		return nil, err
	}
	for _, e := range odd {
		out = append(out, Drift{strings.TrimPrefix(e, string(change.Person)+"/"), e})
	}
	for after, people := int64(0), 0; ; {
		n := 0
		err := a.DB.View(ctx, func(tx *store.Tx) error {
			rows, err := tx.People(ctx, after, page)
			if n = len(rows); err != nil || n == 0 {
				return err
			}
			after = rows[n-1].Row
			drift, err := drifted(ctx, tx, rows)
			out = append(out, drift...)
			return err
		})
		if err != nil || n < page || len(out) >= 1000 {
			return out, err
		}
		if people += n; progress != nil {
			progress(people)
		}
	}
}

// rowless lists people that the changes tell of and that no list or search would find.
func (a *App) rowless(ctx context.Context, limit int) (out []Drift, err error) {
	return out, a.DB.View(ctx, func(tx *store.Tx) error {
		ids, err := tx.PeopleWithoutRow(ctx, limit)
		if err != nil {
			return err
		}
		for _, id := range ids {
			changes, err := tx.Changes(ctx, change.Ref{Kind: change.Person, ID: id})
			if err != nil {
				return err
			}
			p := registry.Load(changes)
			if p.Text("number") == "" { // somebody wrote of a person whom nobody made; it is listed as contested
				continue
			}
			out = append(out, Drift{id, p.Text("number")})
		}
		return nil
	})
}

func drifted(ctx context.Context, tx *store.Tx, rows []store.PersonRow) (out []Drift, err error) {
	refs := make([]string, len(rows))
	for i, r := range rows {
		refs[i] = change.Ref{Kind: change.Person, ID: r.ID}.String()
	}
	changes, err := tx.ChangesOf(ctx, refs)
	if err != nil {
		return nil, err
	}
	keys, err := tx.KeysOf(ctx, rows)
	if err != nil {
		return nil, err
	}
	people := make([]*registry.Person, len(rows))
	for i := range rows {
		p := registry.Load(changes[refs[i]])
		people[i] = &p
	}
	odd, err := conflict.Differ(ctx, tx, people)
	if err != nil {
		return nil, err
	}
	for i, r := range rows {
		want := node.Project(people[i], r.Row, false)
		found := slices.Equal(want.Keys, keys[r.Row])
		want.Keys, want.SearchText = nil, ""
		if !found || odd[refs[i]] || !reflect.DeepEqual(want, r) {
			out = append(out, Drift{r.ID, r.Number})
		}
	}
	return out, nil
}

// ExportTiles writes the tree of the log as the files of c2sp.org/tlog-tiles, with the
// signed checkpoint and the public key: what an outside auditor keeps.
func (a *App) ExportTiles(ctx context.Context, actor Actor, dir string) error {
	if err := authz.Check(actor, authz.Audit, actor.Office); err != nil {
		return err
	}
	return a.DB.View(ctx, func(tx *store.Tx) error {
		head, err := tx.Head(ctx)
		if err != nil {
			return err
		}
		files := map[string][]byte{"checkpoint": []byte(head.Note), "key": []byte(a.Signer.PublicKey() + "\n")}
		for level := range head.Edge.Levels {
			if hs := head.Edge.Levels[level]; len(hs) > 0 {
				full := head.Size >> (8 * (level + 1))
				var partial []byte
				for i := range hs {
					partial = append(partial, hs[i][:]...)
				}
				files[audit.PartialPath(level, full, len(hs))] = partial
			}
		}
		for name, data := range files {
			if err := writeFile(dir, name, data); err != nil {
				return err
			}
		}
		for level := 0; head.Size>>(8*(level+1)) > 0; level++ {
			for i := range head.Size >> (8 * (level + 1)) {
				data, err := tx.Tile(ctx, level, i)
				if err == nil {
					err = writeFile(dir, audit.Path(level, i), data)
				}
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func writeFile(dir, name string, data []byte) error {
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return node.ExplainDir(dir, err)
	}
	return node.ExplainDir(dir, os.WriteFile(path, data, 0o644))
}
