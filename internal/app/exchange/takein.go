package exchange

import (
	"context"
	"slices"
	"strconv"
	"unicode/utf8"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/name"
	"quipu/internal/store"
)

// Why something that the hub lost stays out when the rest is taken in.
const (
	KeptValue  = "value"  // the rules of values refuse it
	KeptNewer  = "newer"  // a later program wrote it
	KeptRight  = "right"  // the officer has no right over what it is of
	KeptWaits  = "waits"  // it rests on what somebody else has still to offer, or is to be taken in first
	KeptRests  = "rests"  // it rests on what stays out, or on an entry that nobody made here
	KeptErased = "erased" // its values were erased: it is gone
	KeptDiffer = "differ" // two computers hold another thing under its name
)

// TakenIn is what came of taking in what the hub lost of an author. Contested are fields where
// somebody wrote since, which wait for a decision; Kept says of how many changes why they stay out.
type TakenIn struct {
	Changes, Entries, Contested int
	Kept                        map[string]int
}

// TakeIn is what is to be taken in, and why, in words. From is the computer as which it is held, "" for
// all: where two hold another thing under one name, one of them has to be chosen.
type TakeIn struct {
	Author id.Node
	Words  string
	From   string
	Tell   func(done, of int)
}

// takenAtOnce is how many entities go into one transaction, each whole.
const takenAtOnce = 100

// TakeIn takes in what the hub lost of an author for whom nobody waits, as others hold it: as changes
// of the officer that say what the lost ones said, in their order and upon the same versions, each with
// the name of the one that it stands for as its evidence. What was erased is not among them, what the
// rules refuse stays out. Nothing of it is done twice, also when the author offers the same after all.
// The actor needs the right over nodes of the author's office, and over what the changes are of. tell,
// of the order, when not nil, hears how many entities are done. Faults: missing.none, missing.awaited, registry.settle_note.
func (x *Exchange) TakeIn(ctx context.Context, actor node.Actor, order TakeIn) (out TakenIn, err error) {
	out.Kept = map[string]int{}
	order.Words = name.Clean(order.Words)
	if n := utf8.RuneCountInString(order.Words); n < 3 || n > 500 {
		return out, fault.New(fault.Invalid, "registry.settle_note").On("note")
	}
	if actor.Purpose == "" {
		actor.Purpose = "registry"
	}
	var groups [][]store.Found
	err = x.DB.View(ctx, func(tx *store.Tx) error {
		if err := x.mayTakeIn(ctx, tx, actor, order.Author); err != nil {
			return err
		}
		groups, err = missingBy(ctx, tx, order.Author)
		return err
	})
	if err != nil {
		return out, err
	}
	done := 0
	for page := range slices.Chunk(groups, takenAtOnce) {
		var some TakenIn
		err := x.DB.Update(ctx, func(tx *store.Tx) error {
			if err := x.mayTakeIn(ctx, tx, actor, order.Author); err != nil {
				return err
			}
			t := &takingIn{Exchange: x, ctx: ctx, tx: tx, actor: actor, TakeIn: order, exam: x.examiner(ctx, tx), as: map[id.Change]id.Change{}, out: TakenIn{Kept: map[string]int{}}}
			err := t.all(page)
			some = t.out
			return err
		})
		if err != nil {
			return out, err
		}
		out.add(some)
		if done += len(page); order.Tell != nil {
			order.Tell(done, len(groups))
		}
	}
	return out, nil
}

func (t *TakenIn) add(u TakenIn) {
	t.Changes, t.Entries, t.Contested = t.Changes+u.Changes, t.Entries+u.Entries, t.Contested+u.Contested
	for why, n := range u.Kept {
		t.Kept[why] += n
	}
}

// mayTakeIn: at the hub, who has the right over the author's nodes, once nobody waits for the author.
// Over what no computer of ours wrote, the right is that over every node.
func (x *Exchange) mayTakeIn(ctx context.Context, tx *store.Tx, actor node.Actor, author id.Node) error {
	hub, err := IsHub(ctx, tx)
	if err != nil || !hub {
		if err == nil {
			err = fault.New(fault.Conflict, "sync.no_hub")
		}
		return err
	}
	p, known, err := tx.Peer(ctx, string(author))
	if err != nil {
		return err
	}
	if err := authz.Check(actor, authz.Nodes, p.Office); err != nil {
		return err
	}
	switch {
	case !known && authz.ReachOf(actor, authz.Nodes) != authz.World:
		return fault.New(fault.Forbidden, "missing.not_yours")
	case author == x.Name():
		return fault.New(fault.NotFound, "missing.none", "name", string(author))
	case known && !gone(&p):
		return fault.New(fault.Conflict, "missing.awaited", "name", string(author))
	}
	return nil
}

// takingIn is one transaction of it.
type takingIn struct {
	*Exchange
	TakeIn
	ctx     context.Context
	tx      *store.Tx
	actor   node.Actor
	exam    *examiner
	st      *node.Stamper
	as      map[id.Change]id.Change // the names under which lost changes stand now
	out     TakenIn
	touched []string // entities of which something was written
	said    []string // what was said of lost changes
}

func (t *takingIn) all(groups [][]store.Found) (err error) {
	if t.st, err = t.Stamper(t.ctx, t.tx, t.actor); err != nil {
		return err
	}
	for _, g := range groups {
		before := t.out.Changes
		if err := t.entity(g); err != nil {
			return err
		}
		if t.out.Changes > before {
			t.out.Entries++
		}
	}
	if t.out.Changes == 0 {
		return nil
	}
	if err := t.tx.PutSetting(t.ctx, replacedName, "yes"); err != nil {
		return err
	}
	if err := t.Project(t.ctx, t.tx, append(t.touched, t.said...)); err != nil {
		return err
	}
	kinds, ids := byKind(t.touched)
	for _, kind := range kinds {
		if f := t.kinds[kind].Taken; f != nil {
			if err := f(t.ctx, t.tx, ids[kind]); err != nil {
				return err
			}
		}
	}
	if err := t.contested(); err != nil {
		return err
	}
	_, err = t.noteNode(t.ctx, t.tx, t.actor, string(t.Author), "take_in", "took", strconv.Itoa(t.out.Changes), "why", t.Words)
	return err
}

// contested counts what came in and waits for a decision.
func (t *takingIn) contested() error {
	rows, err := t.tx.ContestedOf(t.ctx, t.touched...)
	for _, r := range rows {
		for _, became := range t.as {
			if r.Change == became {
				t.out.Contested++
			}
		}
	}
	return err
}

// entity takes in what was lost of one entity.
func (t *takingIn) entity(g []store.Found) error {
	ref := refOf(g[0].Entity)
	if ref.Kind == change.Erasure {
		return t.erasures(ref, g)
	}
	erased, err := t.erasedOf(ref)
	if err != nil {
		return err
	}
	out := map[id.Change]bool{} // what of it stays out
	for _, told := range byChange(g) {
		why, err := t.one(told, erased, out)
		if err != nil {
			return err
		}
		if why == "" {
			continue
		}
		out[told[0].Change] = true
		t.out.Kept[why]++
		if err := t.tx.KeepFoundOut(t.ctx, told[0].Change, lasting(why)); err != nil {
			return err
		}
	}
	return nil
}

// byChange are rows in the order of their changes, those of one together.
func byChange(g []store.Found) (out [][]store.Found) {
	for i := range g {
		if n := len(out); n > 0 && out[n-1][0].Change == g[i].Change {
			out[n-1] = append(out[n-1], g[i])
		} else {
			out = append(out, g[i:i+1:i+1])
		}
	}
	return out
}

// lasting is why something stays out whoever asks, "" when it may come in another day.
func lasting(why string) string {
	if why == KeptValue || why == KeptNewer || why == KeptRests || why == KeptErased {
		return why
	}
	return ""
}

// erasedOf is what erasures that the hub has, or that others found, say of changes of an entity.
func (t *takingIn) erasedOf(ref change.Ref) (map[change.Logged]change.Erased, error) {
	of := change.Ref{Kind: change.Erasure, ID: ref.ID}
	said, err := t.tx.Changes(t.ctx, of)
	if err != nil {
		return nil, err
	}
	bodies, err := t.tx.FoundBodies(t.ctx, []string{of.String()})
	if err != nil {
		return nil, err
	}
	for _, b := range bodies {
		c, err := change.Decode(b)
		if err != nil {
			return nil, err
		}
		said = append(said, c)
	}
	return change.LastErased(said), nil
}

// sayIn says that a lost change came in under another name: to whoever holds it without a place, and to
// its author should he offer it. was is its hash.
func (t *takingIn) sayIn(lost *change.Change, was, is string, became id.Change) error {
	ref := change.Ref{Kind: KindApart, ID: lost.ID.String()}
	past, err := t.tx.Changes(t.ctx, ref)
	if err != nil {
		return err
	}
	rec := change.Fold(past)
	rec.Entity = ref
	said := rec.Write("take_in", "reason", ApartLost, "office", lost.Office, "state", ApartLetIn, "words", t.Words, "change", became.String(),
		"was", was, "is", is, "gone", change.Positions(change.GoneOf(lost)), "author", lost.Author, "at", lost.At.String())
	t.st.Stamp(&said)
	t.said = append(t.said, ref.String())
	return t.tx.Append(t.ctx, []change.Change{said})
}
