package app

import (
	"context"
	"slices"

	"quipu/internal/app/alike"
	"quipu/internal/app/review"
	"quipu/internal/change"
	"quipu/internal/intake"
	"quipu/internal/linkage/finder"
	"quipu/internal/linkage/register"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// mostWeighed is how many new rows of a list are weighed one by one against the register and
// against one another, before they are saved: some ten seconds. Of a longer list only full
// names with a date of birth are compared; "quipu review scan" then looks at everybody.
const mostWeighed = 3000

// mostLikely is how many likely duplicates a preview shows.
const mostLikely = 50

// LikelyRow is a new row of a list that may speak of somebody who is known. Like is somebody
// of the register, or, without a number, another row of the list, which Line names.
type LikelyRow struct {
	Row, Line int
	Name      string
	Like      Candidate
	Other     int // line of the other row
}

// rowsAlike weighs the new rows of one list.
type rowsAlike struct {
	app    *App
	weighs int               // rows that were weighed
	index  *finder.Index     // of the rows before
	rows   []register.Traits // by place in index
	people []alike.Candidate // the same; without what only the register knows
	lines  []int             // the same
	mine   map[string]bool   // the ids of people
	// alone says that everybody in the register came with this list, and left how long the log
	// was after its last transaction, 0 before the first.
	alone bool
	left  int64
}

// begin looks in each transaction whether the register is alone with the list: it was empty,
// and nobody else has written since. Then a row can be like other rows only.
func (l *rowsAlike) begin(ctx context.Context, tx *store.Tx) error {
	size, err := tx.Size(ctx)
	if err != nil || l.left > 0 {
		l.alone = l.alone && size == l.left
		return err
	}
	n, err := tx.CountPeople(ctx, "")
	l.alone = n == 0
	return err
}

// end notes how long the log is with what the transaction wrote.
func (l *rowsAlike) end(ctx context.Context, tx *store.Tx) (err error) {
	l.left, err = tx.Size(ctx)
	return err
}

// look brings the index of the register into memory when there is somebody in it. A program
// that imports one list and ends leaves the index to the next one, or each would make it anew.
func (r *importRun) look(ctx context.Context) error {
	r.alike = &rowsAlike{app: r.app, index: finder.New(), mine: map[string]bool{}}
	n, err := r.app.CountPeople(ctx)
	if err != nil || n == 0 || r.app.Index.Loaded() {
		return err
	}
	if err := r.app.Index.Load(ctx, nil); err != nil || r.job.DryRun {
		return err
	}
	return r.app.Index.Save(ctx)
}

// of lists who a new row may speak of, the likeliest first.
func (l *rowsAlike) of(ctx context.Context, tx *store.Tx, d *intake.Draft, made string) (found []LikelyRow, err error) {
	if l.weighs++; l.weighs > mostWeighed {
		return nil, nil
	}
	p := registry.Load([]change.Change{{Entity: change.Ref{Kind: change.Person, ID: made}, Sets: d.Sets}})
	var there []Candidate
	if !l.alone {
		if there, err = l.app.Alike.Within(ctx, tx, l.app.Index.Held(), &p); err != nil {
			return nil, err
		}
	}
	row := func(c Candidate, other int) LikelyRow {
		return LikelyRow{Row: d.Row, Line: d.Line, Name: d.Name.Display(), Like: c, Other: other}
	}
	for _, c := range there {
		if !l.mine[c.ID] { // else it comes below, as a row
			found = append(found, row(c, 0))
		}
	}
	mine := register.TraitsOf(&p)
	var near []int
	for _, h := range l.index.Search(alike.QueryOf(&p), 20) {
		near = append(near, int(h.Row))
	}
	before, err := l.app.Alike.Among(ctx, tx, &mine, near, l.rows)
	if err != nil {
		return nil, err
	}
	for i, like := range before {
		if like.Weight >= alike.WorthALook {
			c := l.people[near[i]]
			c.Likeness = like
			found = append(found, row(c, l.lines[near[i]]))
		}
	}
	l.add(d, &p, mine)
	slices.SortStableFunc(found, func(x, y LikelyRow) int { return int(y.Like.Weight*100) - int(x.Like.Weight*100) })
	return found, nil
}

func (l *rowsAlike) add(d *intake.Draft, p *registry.Person, t register.Traits) {
	l.index.Put(uint32(len(l.rows)), alike.EntryOf(p))
	l.mine[p.Entity.ID] = true
	l.rows, l.lines = append(l.rows, t), append(l.lines, d.Line)
	l.people = append(l.people, alike.Candidate{PersonRow: store.PersonRow{ID: p.Entity.ID, GivenNames: t.Given, SurnamePaternal: t.Paternal, SurnameMaternal: t.Maternal, Birth: t.Birth}})
}

// doubtful notes in the draft, and in the outcome, whom a new row may speak of, and returns
// the pairs for the reviewers.
func (r *importRun) doubtful(d *intake.Draft, made, model string, found []LikelyRow) (pairs []review.Scored) {
	const most = 5
	found = found[:min(len(found), most)]
	strong := false
	for i := range found {
		c := &found[i].Like
		if c.Strong() {
			strong = true
			if c.Number != "" {
				d.DoubtAlike(c.Number, c.Office)
			} else {
				d.DoubtAlikeRow(found[i].Other)
			}
		}
		pairs = append(pairs, review.Scored{A: made, B: c.ID, Weight: c.Weight, Model: model, Source: review.AtImport, Evidence: said(c.Evidence)})
	}
	if strong {
		r.result.Likely++
		if len(r.result.LikelyRows) < mostLikely {
			r.result.LikelyRows = append(r.result.LikelyRows, found[0])
		}
	}
	return pairs
}

// logLikely logs who of the register is shown beside the rows of a list.
func (r *importRun) logLikely(ctx context.Context) error {
	var reads []store.Read
	for i := range r.result.LikelyRows {
		if c := &r.result.LikelyRows[i].Like; c.Number != "" {
			reads = append(reads, store.Read{Action: "candidate", Person: c.ID, Detail: "ordinary"})
		}
	}
	if len(reads) == 0 {
		return nil
	}
	return r.app.LogReads(ctx, r.actor, reads...)
}
