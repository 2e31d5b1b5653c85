package exchange

import (
	"context"
	"unicode/utf8"

	"quipu/internal/app/conflict"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/name"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// Apart is a change that the hub keeps apart. Values says whether the actor may read what it
// says; sealed values are shown to nobody here. Refused is what the rules of values say of it
// now, nil when they have nothing against it.
type Apart struct {
	Change   change.Change
	Received int64
	Reason   string
	Said     change.Held // when the hub said so
	State    string      // ApartLetIn, ApartSentBack or ""
	Decided  change.Held
	Words    string    // the officer's
	Became   id.Change // that it was let in as
	Refused  error
	Values   bool
	MayLet   bool
	MayBack  bool
	office   string
	rec      change.Record
}

// Apart opens a change that is kept apart, here at the hub or at the node that wrote it.
func (x *Exchange) Apart(ctx context.Context, actor node.Actor, held string) (out *Apart, err error) {
	err = x.DB.View(ctx, func(tx *store.Tx) error {
		out, err = x.openApart(ctx, tx, actor, held)
		return err
	})
	if err != nil || out.Change.Entity.Kind != change.Person || !out.Values {
		return out, err
	}
	return out, x.LogReads(ctx, actor, store.Read{Action: "read", Person: out.Change.Entity.ID, Detail: "detail"})
}

func (x *Exchange) openApart(ctx context.Context, tx *store.Tx, actor node.Actor, held string) (*Apart, error) {
	c, err := id.ParseChange(held)
	if err != nil {
		return nil, node.NotFound(nil, "apart", held)
	}
	have, err := tx.Named(ctx, []id.Change{c})
	e, here := have[c]
	if err != nil || !here || e.Entity != store.HeldApart(c).String() {
		return nil, node.NotFound(err, "apart", held)
	}
	out := &Apart{Received: e.Received}
	if out.Change, err = change.Decode(e.Body); err != nil {
		return nil, err
	}
	said, err := tx.Changes(ctx, change.Ref{Kind: KindApart, ID: held})
	if err != nil {
		return nil, err
	}
	r := change.Fold(said)
	out.rec, out.Reason, out.Said, out.State, out.Decided, out.Words = r, r.Text("reason"), r.Fields["reason"], r.Text("state"), r.Fields["state"], r.Text("words")
	out.Became, _ = id.ParseChange(r.Text("change")) //nolint:errcheck // zero is none
	if out.office, err = x.officeOf(ctx, tx, &out.Change); err != nil {
		return nil, err
	}
	act := conflict.ActOf(out.Change.Entity.Kind)
	decides, nodes := authz.May(actor, act, out.office), authz.May(actor, authz.Nodes, out.Change.Office)
	if !decides && !nodes {
		return nil, authz.Check(actor, act, out.office)
	}
	out.Values = decides && authz.May(actor, authz.ReadDetail, out.office) || out.Change.Entity.Kind != change.Person && nodes
	exam := x.examiner(ctx, tx)
	if out.Refused, err = exam.values(&out.Change); err != nil {
		return nil, err
	}
	hub, err := IsHub(ctx, tx)
	if hub && out.State == "" {
		out.MayBack = true
		out.MayLet, err = exam.mayLet(actor, out)
	}
	return out, err
}

// officeOf is the office whose officers decide about what a change is of.
func (x *Exchange) officeOf(ctx context.Context, tx *store.Tx, c *change.Change) (string, error) {
	changes, err := tx.Changes(ctx, c.Entity)
	if err != nil || len(changes) == 0 {
		return c.Office, err
	}
	if c.Entity.Kind == change.Person {
		return node.OfficeOf(registry.Load(changes)), nil
	}
	if r := change.Fold(changes); r.Text("office") != "" {
		return r.Text("office"), nil
	}
	return changes[0].Office, nil
}

// mayLet: who has the right over what the change is of takes it on himself. What nodes do not
// write at all is let in by who has the right over every node, a role by who could give it, and
// what the rules of values refuse by nobody.
func (e *examiner) mayLet(actor node.Actor, a *Apart) (bool, error) {
	k, known := e.x.kinds[a.Change.Entity.Kind]
	switch {
	case !known || a.Refused != nil:
		return false, nil
	case !k.Nodes:
		return authz.ReachOf(actor, authz.Nodes) == authz.World && k.Project != nil, nil
	case a.Change.Entity.Kind == change.User:
		if may, err := e.mayGrant(actor, &a.Change); err != nil || !may || actor.Login == a.Change.Entity.ID {
			return false, err
		}
	}
	return authz.May(actor, conflict.ActOf(a.Change.Entity.Kind), a.office), nil
}

// LetIn lets in what was kept apart: as a change of the officer that says what the other said,
// upon the same versions, and that it rests on it. Where somebody wrote the same since, it is
// contested like any change that comes late.
func (x *Exchange) LetIn(ctx context.Context, actor node.Actor, held, words string) (became id.Change, err error) {
	return became, x.onApart(ctx, actor, held, words, func(tx *store.Tx, a *Apart, st *node.Stamper) (change.Change, error) {
		if !a.MayLet {
			if a.Refused != nil {
				return change.Change{}, fault.New(fault.Conflict, "apart.refused").Because(a.Refused)
			}
			return change.Change{}, fault.New(fault.Forbidden, "apart.not_yours")
		}
		c := change.Change{Entity: a.Change.Entity, Action: a.Change.Action, Note: words, Prov: a.Change.Prov, Sets: a.Change.Sets}
		if c.Prov.Evidence == "" {
			c.Prov.Evidence = a.Change.ID.String()
		}
		st.Stamp(&c)
		if err := tx.Append(ctx, []change.Change{c}); err != nil {
			return change.Change{}, err
		}
		became = c.ID
		return a.say("let_in", words, ApartLetIn, c.ID.String()), x.Project(ctx, tx, []string{c.Entity.String()})
	})
}

// SendBack decides that what was kept apart does not come in. The node shows the reason.
func (x *Exchange) SendBack(ctx context.Context, actor node.Actor, held, words string) error {
	return x.onApart(ctx, actor, held, words, func(_ *store.Tx, a *Apart, _ *node.Stamper) (change.Change, error) {
		return a.say("send_back", words, ApartSentBack, ""), nil
	})
}

// onApart is the frame of a decision about what is kept apart, at the hub.
func (x *Exchange) onApart(ctx context.Context, actor node.Actor, held, words string, do func(*store.Tx, *Apart, *node.Stamper) (change.Change, error)) error {
	words = name.Clean(words)
	return x.DB.Update(ctx, func(tx *store.Tx) error {
		a, err := x.openApart(ctx, tx, actor, held)
		switch n := utf8.RuneCountInString(words); {
		case err != nil:
			return err
		case a.State != "":
			return fault.New(fault.Conflict, "apart.decided")
		case !a.MayBack:
			return fault.New(fault.Conflict, "apart.at_hub")
		case n < 3 || n > 500:
			return fault.New(fault.Invalid, "registry.settle_note").On("note")
		}
		if actor.Purpose == "" {
			actor.Purpose = "registry"
		}
		st, err := x.Stamper(ctx, tx, actor)
		if err != nil {
			return err
		}
		c, err := do(tx, a, st)
		if err != nil {
			return err
		}
		st.Stamp(&c)
		if err := tx.Append(ctx, []change.Change{c}); err != nil {
			return err
		}
		return x.Project(ctx, tx, []string{c.Entity.String()})
	})
}

func (a *Apart) say(action, words, state, became string) change.Change {
	c := change.Change{Entity: a.rec.Entity, Action: action, Sets: []change.Set{{Field: "state", Value: change.Text(state), Base: a.rec.Version("state")},
		{Field: "words", Value: change.Text(words), Base: a.rec.Version("words")}}}
	if became != "" {
		c.Sets = append(c.Sets, change.Set{Field: "change", Value: change.Text(became), Base: a.rec.Version("change")})
	}
	return c
}
