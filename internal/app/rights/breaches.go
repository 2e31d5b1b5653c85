package rights

import (
	"context"

	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/id"
	rules "quipu/internal/rights"
	"quipu/internal/store"
)

var breaches = &matter[rules.Breach]{
	kind: rules.KindBreach, fold: rules.LoadBreach, office: func(b *rules.Breach) string { return b.Office },
	project: func(ctx context.Context, tx *store.Tx, b *rules.Breach) error {
		row := store.BreachRow{ID: b.Entity.ID, Office: b.Office, Noticed: b.Noticed.Micros, Authority: b.Authority.Micros, Told: b.Told.Micros,
			People: int64(b.People), Closed: b.Text("closed")}
		if b.Certainty == rules.Unknown {
			row.People = -1
		}
		return tx.PutBreach(ctx, row)
	},
}

// OpenBreach takes an incident at the officer's office into the register.
func (r *Rights) OpenBreach(ctx context.Context, actor Actor, cmd rules.BreachCmd) (breach string, err error) {
	cmd.Office = actor.Office
	if err := authz.Check(actor, authz.Breach, cmd.Office); err != nil {
		return "", err
	}
	c, err := rules.OpenBreach(cmd, r.stamp())
	if err != nil {
		return "", err
	}
	err = r.DB.Update(ctx, func(tx *store.Tx) error {
		breach, _, err = start(ctx, r, tx, breaches, actor, c)
		return err
	})
	return breach, err
}

// DraftBreach takes an incident into the register that the program itself noticed, in a
// transaction of the caller's, who has asked for the right to what led to it.
func (r *Rights) DraftBreach(ctx context.Context, tx *store.Tx, actor Actor, cmd rules.BreachCmd) (breach string, err error) {
	c, err := rules.OpenBreach(cmd, r.stamp())
	if err != nil {
		return "", err
	}
	actor.Office = cmd.Office
	breach, _, err = start(ctx, r, tx, breaches, actor, c)
	return breach, err
}

func (r *Rights) stamp() change.Stamp { return change.StampOf(r.Now()) }

// BreachPage is an incident with its clocks and its history.
type BreachPage struct {
	Breach  rules.Breach
	Clocks  rules.BreachClocks
	Changes []change.Change // oldest first
}

// Breaches lists the incidents, the last noticed first.
func (r *Rights) Breaches(ctx context.Context, actor Actor, limit int) (out []BreachPage, err error) {
	office, err := officeIn(actor, authz.Breach)
	if err != nil {
		return nil, err
	}
	return out, r.DB.View(ctx, func(tx *store.Tx) error {
		rows, err := tx.Breaches(ctx, office, limit)
		if err != nil {
			return err
		}
		for _, row := range rows {
			p := BreachPage{}
			if p.Breach, p.Changes, err = open(ctx, r, tx, breaches, actor, authz.Breach, row.ID); err != nil {
				return err
			}
			p.Clocks = rules.Home().Clocks(&p.Breach, r.stamp())
			out = append(out, p)
		}
		return nil
	})
}

// Breach opens one incident.
func (r *Rights) Breach(ctx context.Context, actor Actor, breach string) (*BreachPage, error) {
	p := &BreachPage{}
	err := r.DB.View(ctx, func(tx *store.Tx) (err error) {
		p.Breach, p.Changes, err = open(ctx, r, tx, breaches, actor, authz.Breach, breach)
		p.Clocks = rules.Home().Clocks(&p.Breach, r.stamp())
		return err
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// onBreach is the frame of what happens to an incident.
func (r *Rights) onBreach(ctx context.Context, actor Actor, breach string, seen id.Change, decide func(*rules.Breach) (change.Change, error)) error {
	return act(ctx, r, breaches, actor, authz.Breach, breach, seen, func(_ *store.Tx, b *rules.Breach) (change.Change, error) { return decide(b) })
}

// UpdateBreach records what became known since.
func (r *Rights) UpdateBreach(ctx context.Context, actor Actor, breach string, cmd rules.BreachCmd, seen id.Change) error {
	return r.onBreach(ctx, actor, breach, seen, func(b *rules.Breach) (change.Change, error) { return b.Update(cmd, r.stamp()) })
}

// NotifyAuthority records that the authority was notified.
func (r *Rights) NotifyAuthority(ctx context.Context, actor Actor, breach string, at change.Stamp, reference, delay string, seen id.Change) error {
	return r.onBreach(ctx, actor, breach, seen, func(b *rules.Breach) (change.Change, error) {
		return rules.Home().NotifyAuthority(b, at, reference, delay, r.stamp())
	})
}

// NotifyPeople records that the people were told.
func (r *Rights) NotifyPeople(ctx context.Context, actor Actor, breach string, at change.Stamp, how string, seen id.Change) error {
	return r.onBreach(ctx, actor, breach, seen, func(b *rules.Breach) (change.Change, error) { return b.NotifyPeople(at, how, r.stamp()) })
}

// ExcuseBreach records why the authority, or the people, need not be told.
func (r *Rights) ExcuseBreach(ctx context.Context, actor Actor, breach string, ofPeople bool, reason string, seen id.Change) error {
	return r.onBreach(ctx, actor, breach, seen, func(b *rules.Breach) (change.Change, error) { return b.Excuse(ofPeople, reason) })
}

// CloseBreach ends the work on an incident.
func (r *Rights) CloseBreach(ctx context.Context, actor Actor, breach string, seen id.Change) error {
	return r.onBreach(ctx, actor, breach, seen, func(b *rules.Breach) (change.Change, error) { return b.Close(r.Today()) })
}
