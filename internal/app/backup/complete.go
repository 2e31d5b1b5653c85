package backup

import (
	"context"
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

// complete does what is not in the rows: the index of names, the moment that is asked for,
// and the change that says what happened.
func (d *Draft) complete(ctx context.Context, actor authz.Actor, o Order) (err error) {
	if err := d.index(ctx); err != nil {
		return err
	}
	if d.Cut, err = cut(ctx, d.Node, o.Until); err != nil {
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
		c := change.Change{Entity: change.Ref{Kind: "node", ID: string(d.Node.Name())}, Action: "restore", Sets: said(
			"from", d.Manifest.Node, "backup", time.UnixMicro(d.Manifest.At).UTC().Format(time.RFC3339),
			"size", strconv.FormatInt(d.Manifest.Size, 10), "head", d.Manifest.Head, "cut", strconv.FormatInt(d.Cut, 10))}
		st.Stamp(&c)
		return tx.Append(ctx, []change.Change{c})
	})
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
