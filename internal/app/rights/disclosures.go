package rights

import (
	"context"

	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/id"
	rules "quipu/internal/rights"
	"quipu/internal/store"
)

var disclosures = &matter[rules.Disclosure]{
	kind: rules.KindDisclosure, fold: rules.LoadDisclosure, office: func(d *rules.Disclosure) string { return d.Office },
	project: func(ctx context.Context, tx *store.Tx, d *rules.Disclosure) error {
		return tx.PutDisclosure(ctx, store.DisclosureRow{ID: d.Entity.ID, Asker: string(d.Asker), Aim: string(d.Aim), State: string(d.State),
			Person: d.Person, Office: d.Office, Received: d.Text("received"), Due: d.Text("due"), Closed: d.Text("closed")})
	},
}

// OpenDisclosure takes a request of somebody else in at the officer's office.
func (r *Rights) OpenDisclosure(ctx context.Context, actor Actor, cmd rules.DisclosureCmd) (disclosure string, err error) {
	cmd.Office = actor.Office
	if err := authz.Check(actor, authz.Disclose, cmd.Office); err != nil {
		return "", err
	}
	c, err := rules.Home().OpenDisclosure(cmd, r.Today())
	if err != nil {
		return "", err
	}
	err = r.DB.Update(ctx, func(tx *store.Tx) error {
		if cmd.Person != "" {
			if err := known(ctx, tx, cmd.Person); err != nil {
				return err
			}
		}
		disclosure, _, err = start(ctx, r, tx, disclosures, actor, c)
		return err
	})
	return disclosure, err
}

// DisclosurePage is a request from outside.
type DisclosurePage struct {
	Disclosure rules.Disclosure
	Clock      rules.Clock
	Changes    []change.Change
	Who        store.PersonRow // zero when it names nobody
}

// Disclosures lists who asked from outside, the last received first.
func (r *Rights) Disclosures(ctx context.Context, actor Actor, limit int) (out []DisclosurePage, err error) {
	office, err := officeIn(actor, authz.Disclose)
	if err != nil {
		return nil, err
	}
	return out, r.DB.View(ctx, func(tx *store.Tx) error {
		rows, err := tx.Disclosures(ctx, office, string(rules.Self), limit)
		for _, row := range rows {
			if err != nil {
				return err
			}
			p := DisclosurePage{}
			p.Disclosure, p.Changes, err = open(ctx, r, tx, disclosures, actor, authz.Disclose, row.ID)
			p.Clock = rules.Home().DisclosureClock(&p.Disclosure, r.Today())
			out = append(out, p)
		}
		return err
	})
}

// Disclosure opens one, and logs the read of the person that it names.
func (r *Rights) Disclosure(ctx context.Context, actor Actor, disclosure string) (*DisclosurePage, error) {
	p := &DisclosurePage{}
	err := r.DB.View(ctx, func(tx *store.Tx) (err error) {
		p.Disclosure, p.Changes, err = open(ctx, r, tx, disclosures, actor, authz.Disclose, disclosure)
		if err != nil {
			return err
		}
		p.Clock = rules.Home().DisclosureClock(&p.Disclosure, r.Today())
		who, err := people(ctx, tx, []string{p.Disclosure.Person})
		p.Who = who[p.Disclosure.Person]
		return err
	})
	if err != nil || p.Disclosure.Person == "" {
		return p, err
	}
	return p, r.LogReads(ctx, actor, store.Read{Action: "disclosure", Person: p.Disclosure.Person, Detail: string(p.Disclosure.Aim)})
}

// AnswerDisclosure decides on a request from outside.
func (r *Rights) AnswerDisclosure(ctx context.Context, actor Actor, disclosure string, state rules.State, reason, given string, seen id.Change) error {
	return act(ctx, r, disclosures, actor, authz.Disclose, disclosure, seen, func(_ *store.Tx, d *rules.Disclosure) (change.Change, error) {
		return d.Answer(state, reason, given, r.Today())
	})
}
