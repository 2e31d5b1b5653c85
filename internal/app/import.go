package app

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"slices"

	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/intake"
	"quipu/internal/place"
	"quipu/internal/store"
	"quipu/internal/tabular"
)

// ImportJob is a list on its way in.
type ImportJob struct {
	Name   string // of the file, for people
	Office string
	// AnyOffice lets a column of the list say at which office each row is registered; it
	// takes the right to import for every office. Without it such a column is ignored.
	AnyOffice bool
	Reader    *tabular.Reader
	Mapping   intake.Mapping
	DryRun    bool // decide everything, write nothing
	// AllOrNothing lets nothing in when one row is refused; else the good rows go in.
	AllOrNothing bool
	// Refused receives every refused row, in order, without the columns that the register
	// must not keep (Mapping.Strip); nil when nobody wants them.
	Refused func(cells []string, why *intake.Refusal) error
	// Progress is called now and then with the rows read.
	Progress func(rows int)
}

// ImportResult is what came of a list.
type ImportResult struct {
	Rows           int             `json:"rows"`
	New            int             `json:"new"`
	Same           int             `json:"same"`
	Changed        int             `json:"changed"`
	Refused        int             `json:"refused"`
	RefusedFile    string          `json:"refused_file"`
	Batch          string          `json:"batch,omitempty"`
	Doubts         int             `json:"doubts"`
	Likely         int             `json:"likely"` // new rows of people who are known in all likelihood
	RefusedColumns []RefusedColumn `json:"refused_columns,omitempty"`
	DryRun         bool            `json:"dry_run,omitempty"`
	Approximate    bool            `json:"approximate,omitempty"` // a rehearsal too long to remember every row
	Samples        []ImportSample  `json:"-"`
	LikelyRows     []LikelyRow     `json:"-"`
}

// RefusedColumn is a column that the register must not keep, with the reason's key.
type RefusedColumn struct {
	Column int    `json:"column"` // from 1
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// ImportSample shows one row in the preview: what it would do.
type ImportSample struct {
	Row, Line int
	Name      string
	What      string // new, same, changed, refused
	Why       error
}

// chunkRows bounds the rows that are decided together, and so the memory of an import.
// txRows bounds one transaction: about a second of work, so that others at the office
// wait no longer than that. Larger ones save more, because the rows of a million people
// lie on pages that each transaction writes once.
const (
	chunkRows = 2000
	txRows    = 10_000
	manyRows  = 1000 // change what the database should think of its tables
)

// Import reads a list into the register in transactions of many rows: what was reported
// as in is in, and an import that was cut short is taken up by importing the same list
// again.
func (a *App) Import(ctx context.Context, actor Actor, job ImportJob) (ImportResult, error) {
	if err := authz.Check(actor, authz.Import, job.Office); err != nil {
		return ImportResult{}, err
	}
	office, ok := place.Network().Office(job.Office)
	if !ok {
		return ImportResult{}, fault.New(fault.Invalid, "app.unknown_office", "office", job.Office).On("office")
	}
	if job.AnyOffice && authz.ReachOf(actor, authz.Import) != authz.World {
		return ImportResult{}, authz.Check(actor, authz.Import, "*")
	}
	if err := job.Mapping.Ready(); err != nil {
		return ImportResult{}, err
	}
	actor.Office = job.Office
	run := &importRun{app: a, actor: actor, job: &job, asOf: a.Today(),
		reader: job.Mapping.Reader(intake.Context{Office: office.Code, Country: office.Country, AsOf: a.Today(), File: job.Name, AnyOffice: job.AnyOffice})}
	if err := run.look(ctx); err != nil {
		return run.result, err
	}
	if err := run.start(ctx); err != nil {
		return run.result, err
	}
	read := run.inTurns
	if job.AllOrNothing && !job.DryRun {
		read = run.wholly
	}
	if err := read(ctx); err != nil {
		err = a.wantMore(context.WithoutCancel(ctx), err)
		return run.result, errors.Join(err, run.finish(context.WithoutCancel(ctx), "interrupted"))
	}
	err := run.finish(ctx, "done")
	if err == nil && !job.DryRun {
		a.Done.Imports.Add(1)
	}
	if err == nil && !job.DryRun && run.result.New > manyRows {
		_ = a.DB.Analyze(context.WithoutCancel(ctx)) // the list is in; the database does it by itself later
	}
	return run.result, err
}

// wholly reads the list in one transaction, which a single refused row takes back.
func (r *importRun) wholly(ctx context.Context) error {
	return r.app.DB.Update(ctx, func(tx *store.Tx) error {
		if _, err := r.within(ctx, tx, math.MaxInt); err != nil {
			return err
		}
		if r.result.Refused > 0 {
			return fault.New(fault.Invalid, "app.all_or_nothing", "refused", r.result.Refused, "rows", r.result.Rows)
		}
		return nil
	})
}

// inTurns reads the list in one transaction after another.
func (r *importRun) inTurns(ctx context.Context) error {
	if r.job.DryRun {
		_, err := r.rows(ctx, math.MaxInt)
		return err
	}
	for more := true; more; {
		before := r.result
		err := r.app.DB.Update(ctx, func(tx *store.Tx) (err error) {
			more, err = r.within(ctx, tx, txRows)
			return err
		})
		if err != nil {
			r.result = before // what was not saved does not count
			return err
		}
		r.progress()
	}
	return nil
}

// within reads up to most rows in a transaction that writes.
func (r *importRun) within(ctx context.Context, tx *store.Tx, most int) (more bool, err error) {
	r.tx = tx
	if err := r.alike.begin(ctx, tx); err != nil {
		return false, err
	}
	if more, err = r.rows(ctx, most); err != nil {
		return false, err
	}
	return more, r.alike.end(ctx, tx)
}

func (r *importRun) progress() {
	if r.job.Progress != nil {
		r.job.Progress(r.result.Rows)
	}
}

type importRun struct {
	app    *App
	actor  Actor
	job    *ImportJob
	asOf   civil.Date
	reader *intake.Reader
	result ImportResult
	record store.ImportRun
	tx     *store.Tx // the transaction that is open; nil in a rehearsal
	shadow *shadow   // what a rehearsal would have written
	alike  *rowsAlike
}

// start writes down that the import began, before its first row.
func (r *importRun) start(ctx context.Context) error {
	for i, c := range r.job.Mapping.Columns {
		if c.Refused != "" {
			r.result.RefusedColumns = append(r.result.RefusedColumns, RefusedColumn{i + 1, c.Header, c.Refused})
		}
	}
	r.result.DryRun = r.job.DryRun
	if r.job.DryRun {
		r.shadow = newShadow()
		return nil
	}
	info := r.job.Reader.Info()
	r.result.Batch = string(r.app.NewID())
	r.record = store.ImportRun{ID: r.result.Batch, Office: r.job.Office, File: r.job.Name, SHA256: info.SHA256,
		Author: r.actor.Login, Started: r.app.Now().UnixMicro()}
	return r.note(ctx, "start", "running", change.Set{Field: "file", Value: change.Text(r.job.Name)},
		change.Set{Field: "sha256", Value: change.Text(info.SHA256)}, change.Set{Field: "office", Value: change.Text(r.job.Office)})
}

func (r *importRun) finish(ctx context.Context, state string) error {
	if err := r.logLikely(ctx); err != nil {
		return err
	}
	if r.job.DryRun {
		r.result.Approximate = r.shadow.full
		return nil
	}
	text, err := json.Marshal(r.result)
	if err != nil {
		return err
	}
	if err := r.note(ctx, "finish", state, change.Set{Field: "result", Value: change.Text(string(text))}, change.Set{Field: "state", Value: change.Text(state)}); err != nil {
		return err
	}
	return r.app.KeepCheckpoint(ctx)
}

// note appends a change of the import itself and updates its row.
func (r *importRun) note(ctx context.Context, action, state string, sets ...change.Set) error {
	text, err := json.Marshal(r.result)
	if err != nil {
		return err
	}
	r.record.State, r.record.Summary = state, string(text)
	return r.app.DB.Update(ctx, func(tx *store.Tx) error {
		st, err := r.app.Stamper(ctx, tx, r.actor)
		if err != nil {
			return err
		}
		c := change.Change{Entity: change.Ref{Kind: change.Import, ID: r.record.ID}, Action: action, Sets: sets}
		st.Stamp(&c)
		if err := tx.Append(ctx, []change.Change{c}); err != nil {
			return err
		}
		return tx.PutImportRun(ctx, r.record)
	})
}

// rows reads up to most rows of the list and hands them on in chunks; more says that the
// list goes on.
func (r *importRun) rows(ctx context.Context, most int) (more bool, err error) {
	chunk := newChunk()
	for range most {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		draft, cells, err := r.next()
		if errors.Is(err, io.EOF) {
			return false, r.commit(ctx, chunk)
		}
		if err != nil {
			return false, err
		}
		if cells == nil {
			continue
		}
		if chunk.full(&draft) {
			if err := r.commit(ctx, chunk); err != nil {
				return false, err
			}
			chunk.empty()
		}
		chunk.add(draft, cells)
	}
	return true, r.commit(ctx, chunk)
}

// next reads one row; the cells of one that was refused are nil.
func (r *importRun) next() (d intake.Draft, cells []string, err error) {
	row, err := r.job.Reader.Next()
	if errors.Is(err, io.EOF) {
		return d, nil, err
	}
	r.result.Rows++
	if err != nil {
		var bad *tabular.RowError
		if !errors.As(err, &bad) {
			return d, nil, err
		}
		return d, nil, r.refuse(bad.Cells, intake.Unreadable(bad.Number, bad.Line, bad.Column, bad.Fault))
	}
	d, refusal := r.reader.Read(intake.Row{Number: row.Number, Line: row.Line, Cells: row.Cells})
	if refusal != nil {
		return d, nil, r.refuse(row.Cells, refusal)
	}
	return d, row.Cells, nil
}

func (r *importRun) refuse(cells []string, why *intake.Refusal) error {
	r.result.Refused++
	r.sample(ImportSample{Row: why.Row, Line: why.Line, What: "refused", Why: why.Reason})
	if r.job.Refused == nil {
		return nil
	}
	return r.job.Refused(r.job.Mapping.Strip(cells), why)
}

// sample keeps the first few rows of each kind for the preview.
func (r *importRun) sample(s ImportSample) {
	n := 0
	for _, x := range r.result.Samples {
		if x.What == s.What {
			n++
		}
	}
	if n < 10 {
		r.result.Samples = append(r.result.Samples, s)
	}
}

// SampleRows reads the first rows of a list, for recognising its columns and the order of
// its dates.
func SampleRows(open func() (*tabular.Reader, error)) (rows [][]string, err error) {
	r, err := open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	const most = 500
	for len(rows) < most {
		row, err := r.Next()
		var bad *tabular.RowError
		switch {
		case errors.Is(err, io.EOF):
			return rows, nil
		case errors.As(err, &bad):
			continue
		case err != nil:
			return nil, err
		}
		rows = append(rows, slices.Clone(row.Cells))
	}
	return rows, nil
}
