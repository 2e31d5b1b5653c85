package backup

import (
	"context"
	"errors"
	"strconv"
	"time"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// numbersAhead is how many registry numbers a register leaves out that was put back: the
// old one may have given numbers after the copy, and they stand on people's papers.
const numbersAhead = 10_000

// Rebuilder writes tables anew as the changes of entities say, by Ref.String(): left still have
// changes, gone have none any more.
// StandAlone makes a node a register that stands alone, and refuses a hub that has nodes.
type Rebuilder interface {
	Rebuild(ctx context.Context, tx *store.Tx, left, gone []string) error
	StandAlone(ctx context.Context, tx *store.Tx) error
}

// Complete brings the register to the moment that is asked for and says in its log what
// happened.
func (d *Draft) Complete(ctx context.Context, actor authz.Actor, tables Rebuilder) (err error) {
	if d.order.Until.given() {
		if d.Cut, err = cut(ctx, d.Node, d.order.Until, tables); err != nil {
			return cannot(d.order.Dir, err)
		}
	}
	c := change.Change{Entity: change.Ref{Kind: "node", ID: string(d.Node.Name())}, Action: node.ActionRestore, Sets: said(
		"from", d.Manifest.Node, "backup", time.UnixMicro(d.Manifest.At).UTC().Format(time.RFC3339),
		"size", strconv.FormatInt(d.Manifest.Size, 10), "head", d.Manifest.Head, "cut", strconv.FormatInt(d.Cut, 10))}
	if d.Node.Joined() {
		fill, err := d.Node.DB.Fill(ctx)
		if err != nil {
			return err
		}
		err = errors.Join(node.MarkRestored(ctx, &fill.Tx, c), spend(ctx, &fill.Tx))
		return errors.Join(err, fill.End(err == nil))
	}
	gone, err := unsaid(ctx, d.Node)
	if err != nil {
		return err
	}
	return d.Node.DB.Update(ctx, func(tx *store.Tx) error {
		if err := ahead(ctx, tx); err != nil {
			return err
		}
		st, err := d.Node.Stamper(ctx, tx, actor)
		if err != nil {
			return err
		}
		changes := append([]change.Change{c}, gone...)
		for i := range changes {
			st.Stamp(&changes[i])
		}
		// Under its new name it seals the log of reads from the beginning.
		return errors.Join(tx.Append(ctx, changes), tx.PutSetting(ctx, "reads.sealed", "0"))
	})
}

// spend leaves what is left of the node's runs of numbers out: the hub gives another one. Who
// was registered after the copy and not yet sent has a number on paper.
func spend(ctx context.Context, tx *store.Tx) error {
	runs, err := tx.NumberRanges(ctx, "")
	for _, r := range runs {
		r.Next = r.Last + 1
		if err == nil {
			err = tx.PutNumberRange(ctx, r)
		}
	}
	return err
}

func said(pairs ...string) (sets []change.Set) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			sets = append(sets, change.Set{Field: pairs[i], Value: change.Text(pairs[i+1])})
		}
	}
	return sets
}

// ahead leaves numbers out that may have been given already.
func ahead(ctx context.Context, tx *store.Tx) error {
	const name = "number.next"
	text, err := tx.Setting(ctx, name)
	if err != nil || text == "" {
		return err
	}
	next, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return err
	}
	return tx.PutSetting(ctx, name, strconv.FormatInt(next+numbersAhead, 10))
}

// index makes the index of names anew, which no backup has.
func (d *Draft) index(ctx context.Context) error {
	const page = 1000
	for after := int64(0); ; {
		fill, err := d.Node.DB.Fill(ctx)
		if err != nil {
			return err
		}
		n, err := indexPage(ctx, &fill.Tx, &after, page)
		if err2 := fill.End(err == nil); err == nil {
			err = err2
		}
		if err != nil || n < page {
			return err
		}
	}
}

func indexPage(ctx context.Context, tx *store.Tx, after *int64, page int) (int, error) {
	rows, err := tx.People(ctx, *after, page)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	*after = rows[len(rows)-1].Row
	refs := make([]string, len(rows))
	for i, r := range rows {
		refs[i] = change.Ref{Kind: change.Person, ID: r.ID}.String()
	}
	changes, err := tx.ChangesOf(ctx, refs)
	if err != nil {
		return 0, err
	}
	for i := range rows {
		p := registry.Load(changes[refs[i]])
		rows[i].SearchText = node.Project(&p, rows[i].Row, false).SearchText
	}
	return len(rows), tx.IndexNames(ctx, rows)
}
