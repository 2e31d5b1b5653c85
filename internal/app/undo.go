package app

import (
	"context"
	"encoding/json"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// UndoResult is what came of taking an import back.
type UndoResult struct {
	Batch     string `json:"batch"`
	Withdrawn int    `json:"withdrawn"` // entries that the import had made
	Restored  int    `json:"restored"`  // people whose values are as before
	Kept      int    `json:"kept"`      // people with values that somebody wrote since; those stay
	KeptList  []Kept `json:"kept_list,omitempty"`
}

// Kept is a person from whom an undo left something.
type Kept struct {
	Person string   `json:"person"`
	Number string   `json:"number"`
	Fields []string `json:"fields"`
}

// ImportRun is one import of a list.
type ImportRun = store.ImportRun

// Imports lists imports, newest first, of the offices that the actor may import for; those
// before an import, or with "" from the newest on.
func (a *App) Imports(ctx context.Context, actor Actor, before string, limit int) (runs []store.ImportRun, err error) {
	scope, ok := authz.ScopeOf(actor, authz.Import)
	if !ok {
		return nil, authz.Check(actor, authz.Import, actor.Office)
	}
	err = a.DB.View(ctx, func(tx *store.Tx) (err error) {
		runs, err = tx.ImportRuns(ctx, scope.Office, before, limit)
		return err
	})
	return runs, err
}

// ImportRun returns one import.
func (a *App) ImportRun(ctx context.Context, actor Actor, batch string) (run store.ImportRun, err error) {
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		r, ok, err := tx.ImportRun(ctx, batch)
		if run = r; err != nil || !ok {
			return node.NotFound(err, "import", batch)
		}
		return authz.Check(actor, authz.Import, run.Office)
	})
	return run, err
}

// Undo takes an import back: entries that it made are withdrawn, values that it gave to
// others return to what they were. What an officer wrote since stays, and is listed. It
// can be called again if it was cut short.
func (a *App) Undo(ctx context.Context, actor Actor, batch string, progress func(people int)) (UndoResult, error) {
	res := UndoResult{Batch: batch}
	run, err := a.ImportRun(ctx, actor, batch)
	if err == nil {
		err = authz.Check(actor, authz.UndoImport, run.Office)
	}
	if err != nil {
		return res, err
	}
	if run.State == "undone" {
		return res, fault.New(fault.Conflict, "app.undone_already", "batch", batch)
	}
	actor.Office = run.Office
	var last, until int64
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		last, until, err = tx.BatchSpan(ctx, change.Ref{Kind: change.Import, ID: batch})
		return err
	})
	if err != nil {
		return res, err
	}
	const page = 2000
	for people := 0; ; {
		before, n := res, 0
		err := a.DB.Update(ctx, func(tx *store.Tx) error {
			res = before
			changes, end, err := tx.BatchChanges(ctx, batch, last, until, page)
			if n = len(changes); err != nil || n == 0 {
				return err
			}
			last = end
			return a.undoPage(ctx, tx, actor, batch, changes, &res)
		})
		if err != nil {
			return res, err
		}
		if people += n; progress != nil {
			progress(people)
		}
		if n < page {
			return res, a.markUndone(ctx, actor, run, res)
		}
	}
}

// undoPage takes back one page of the import's changes.
func (a *App) undoPage(ctx context.Context, tx *store.Tx, actor Actor, batch string, page []change.Change, res *UndoResult) error {
	var refs, ids []string
	seen := map[string]bool{}
	for i := range page {
		if ref := page[i].Entity.String(); !seen[ref] {
			seen[ref] = true
			refs, ids = append(refs, ref), append(ids, page[i].Entity.ID)
		}
	}
	all, err := tx.ChangesOf(ctx, refs)
	if err != nil {
		return err
	}
	rows := make(map[string]store.PersonRow, len(ids))
	people, err := tx.PeopleByID(ctx, ids)
	if err != nil {
		return err
	}
	for _, p := range people {
		rows[p.ID] = p
	}
	var writes []node.Write
	for i, ref := range refs {
		w, ok, err := undoOne(all[ref], batch, rows[ids[i]], res)
		if err != nil {
			return err
		}
		if ok {
			writes = append(writes, w)
		}
	}
	return a.CommitPeople(ctx, tx, actor, writes)
}

func undoOne(changes []change.Change, batch string, row store.PersonRow, res *UndoResult) (w node.Write, ok bool, err error) {
	cur := registry.Load(changes)
	if registry.Merged(&cur) { // its values are with another entry, too: part the two first
		res.Kept++
		res.KeptList = append(res.KeptList, Kept{row.ID, row.Number, []string{"merged"}})
		return w, false, nil
	}
	if !cur.Exists() {
		return w, false, nil // withdrawn by an earlier try
	}
	c, kept := registry.Undo(changes, func(c *change.Change) bool { return c.Batch == batch })
	madeHere := changes[0].Batch == batch
	if madeHere && (len(kept) > 0 || othersWrote(changes, batch)) {
		res.Kept++
		res.KeptList = append(res.KeptList, Kept{row.ID, row.Number, kept})
		return w, false, nil
	}
	if madeHere {
		if c, err = registry.Withdraw(&cur, "import "+batch); err != nil {
			return w, false, err
		}
		res.Withdrawn++
	} else {
		if len(kept) > 0 {
			res.Kept++
			res.KeptList = append(res.KeptList, Kept{row.ID, row.Number, kept})
		}
		if len(c.Sets) == 0 {
			return w, false, nil
		}
		res.Restored++
	}
	return node.Write{Person: cur, Change: c, There: true, Row: row.Row}, true, nil
}

// othersWrote reports whether somebody wrote about the person besides the import.
func othersWrote(changes []change.Change, batch string) bool {
	for i := range changes {
		if changes[i].Batch != batch {
			return true
		}
	}
	return false
}

func (a *App) markUndone(ctx context.Context, actor Actor, run store.ImportRun, res UndoResult) error {
	text, err := json.Marshal(res)
	if err != nil {
		return err
	}
	err = a.DB.Update(ctx, func(tx *store.Tx) error {
		st, err := a.Stamper(ctx, tx, actor)
		if err != nil {
			return err
		}
		c := change.Change{Entity: change.Ref{Kind: change.Import, ID: run.ID}, Action: change.ActionUndo,
			Sets: []change.Set{{Field: "undone", Value: change.Text(string(text))}}}
		st.Stamp(&c)
		if err := tx.Append(ctx, []change.Change{c}); err != nil {
			return err
		}
		if err := tx.ForgetRowPrints(ctx, run.ID); err != nil {
			return err
		}
		run.State = "undone"
		return tx.PutImportRun(ctx, run)
	})
	if err != nil {
		return err
	}
	return a.KeepCheckpoint(ctx)
}
