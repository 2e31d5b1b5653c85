package rights

import (
	"context"

	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/registry"
	rules "quipu/internal/rights"
	"quipu/internal/store"
)

// DueLine is a person of whom something is kept no longer.
type DueLine struct {
	Who store.PersonRow
	Due []rules.Due
}

// DueReport is what is kept no longer on a day: how many people by class, and those who
// were listed.
type DueReport struct {
	Classes map[string]int
	People  int // who were looked at
	Lines   []DueLine
	More    bool // the look ended when the list was full
}

// duePage is how many people are looked at in one moment of the register.
const duePage = 1000

// WhatIsDue looks for what is kept no longer at an office, "" for all, and lists at most
// limit people; with limit 0 it counts everybody and lists nobody. It writes nothing but the
// read.
func (r *Rights) WhatIsDue(ctx context.Context, actor Actor, office string, limit int, progress func(people int)) (out DueReport, err error) {
	if office == "" {
		err = everywhere(actor)
	} else {
		err = authz.Check(actor, authz.Retention, office)
	}
	if err != nil {
		return out, err
	}
	if out, err = r.look(ctx, office, limit, progress); err != nil || len(out.Lines) == 0 {
		return out, err
	}
	return out, r.LogReads(ctx, actor, store.Read{Action: "search", Detail: "retention " + office})
}

// everywhere refuses who may not erase at every office.
func everywhere(actor Actor) error {
	if scope, ok := authz.ScopeOf(actor, authz.Retention); ok && scope.All {
		return nil
	}
	return fault.New(fault.Forbidden, "authz.refused", "action", string(authz.Retention), "role", string(actor.Role), "office", "*", "purpose", actor.Purpose)
}

func (r *Rights) look(ctx context.Context, office string, limit int, progress func(people int)) (out DueReport, err error) {
	out.Classes = map[string]int{}
	for after, last := int64(0), false; !last && !out.More; {
		err = r.DB.View(ctx, func(tx *store.Tx) error {
			rows, err := page(ctx, tx, office, after)
			if err != nil || len(rows) == 0 {
				last = true
				return err
			}
			after, last = rows[len(rows)-1].Row, len(rows) < duePage
			return r.dueOf(ctx, tx, rows, limit, &out)
		})
		if err != nil {
			return out, err
		}
		if progress != nil {
			progress(out.People)
		}
	}
	return out, nil
}

func page(ctx context.Context, tx *store.Tx, office string, after int64) ([]store.PersonRow, error) {
	if office == "" {
		return tx.People(ctx, after, duePage)
	}
	return tx.PeopleOfOffice(ctx, office, after, duePage)
}

// dueOf adds what is due of some people to the report.
func (r *Rights) dueOf(ctx context.Context, tx *store.Tx, rows []store.PersonRow, limit int, out *DueReport) error {
	refs := make([]string, len(rows))
	for i, p := range rows {
		refs[i] = change.Ref{Kind: change.Person, ID: p.ID}.String()
	}
	changes, err := tx.ChangesOf(ctx, refs)
	if err != nil {
		return err
	}
	for i, row := range rows {
		out.People++
		p := registry.Load(changes[refs[i]])
		due := rules.Home().DueOn(&p, r.Today())
		if len(due) == 0 {
			continue
		}
		for _, d := range due {
			out.Classes[d.Class]++
		}
		if limit == 0 {
			continue
		}
		if out.Lines = append(out.Lines, DueLine{row, due}); len(out.Lines) == limit {
			out.More = true
			return nil
		}
	}
	return nil
}

// Scrub writes the database anew, so that no free page keeps the bytes of what was erased.
func (r *Rights) Scrub(ctx context.Context, actor Actor) error {
	if err := everywhere(actor); err != nil {
		return err
	}
	return r.ScrubNow(ctx)
}
