package exchange

import (
	"cmp"
	"context"
	"slices"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/store"
)

// Missing is what the hub lost of one author when it was put back from a copy, that others hold, and
// that the author has not offered. The author is a computer, or the hub itself under an earlier name.
type Missing struct {
	Author                 id.Node
	Known                  bool   // it is enrolled here; else it is the hub as it was, or was enrolled after the copy
	Gone                   bool   // nobody waits for it: it was revoked, gone on without, or is none of ours
	Office                 string // of the computer
	Changes, Entries, Kept int64  // Kept stayed out when somebody took the others in
	Since                  int64  // when the first was told, microseconds
	From                   []string
}

// Missing lists whose changes the hub lacks, by name: of the computers that the actor has a right
// over, and of authors that are none, when the right is over all. It shows nobody.
func (x *Exchange) Missing(ctx context.Context, actor authz.Actor) (out []Missing, err error) {
	scope, ok := authz.ScopeOf(actor, authz.Nodes)
	if !ok {
		return nil, authz.Check(actor, authz.Nodes, actor.Office)
	}
	return out, x.DB.View(ctx, func(tx *store.Tx) error {
		hub, err := IsHub(ctx, tx) // a node keeps other things there
		if err != nil || !hub {
			return err
		}
		rows, err := tx.Missing(ctx)
		if err != nil {
			return err
		}
		for _, m := range rows {
			p, known, err := tx.Peer(ctx, string(m.Node))
			if err != nil {
				return err
			}
			if scope.All || known && p.Office == scope.Office {
				out = append(out, missingOf(&m, &p, known))
			}
		}
		return nil
	})
}

func missingOf(m *store.Missing, p *store.Peer, known bool) Missing {
	return Missing{Author: m.Node, Known: known, Gone: !known || gone(p), Office: p.Office, Changes: m.Changes, Entries: m.Entities, Kept: m.Kept, Since: m.Since, From: m.Tellers}
}

// gone holds of a computer for which nobody waits.
func gone(p *store.Peer) bool { return p.State != store.PeerActive || p.Unawaited > 0 }

// MissingLine is one entity of which the hub lacks changes. Number is that of a person whom the actor
// may read, Here that the hub has the entity; Kept says why something of it stayed out, "" for nothing.
type MissingLine struct {
	Entity  change.Ref
	Number  string
	Here    bool
	Changes int
	From    []string
	Kept    string
}

// MissingOf lists what the hub lacks of an author, by entity, in the order of its writing, of most
// entities at most. The actor needs the right over nodes of its office; every person of whom the
// number is shown is logged. The fault is missing.none.
func (x *Exchange) MissingOf(ctx context.Context, actor node.Actor, author id.Node, most int) (m Missing, lines []MissingLine, err error) {
	all, err := x.Missing(ctx, actor)
	if err != nil {
		return m, nil, err
	}
	i := slices.IndexFunc(all, func(m Missing) bool { return m.Author == author })
	if i < 0 {
		return m, nil, fault.New(fault.NotFound, "missing.none", "name", string(author))
	}
	err = x.DB.View(ctx, func(tx *store.Tx) error {
		groups, err := missingBy(ctx, tx, author)
		for _, g := range groups[:min(len(groups), most)] {
			if err != nil {
				return err
			}
			var l MissingLine
			l, err = x.missingLine(ctx, tx, actor, g)
			lines = append(lines, l)
		}
		return err
	})
	if err != nil {
		return m, nil, err
	}
	var reads []store.Read
	for _, l := range lines {
		if l.Number != "" {
			reads = append(reads, store.Read{Action: "node_missing", Person: l.Entity.ID, Detail: string(author)})
		}
	}
	return all[i], lines, x.LogReads(ctx, actor, reads...)
}

// missingBy are the rows of an author by entity, in the order of their first.
func missingBy(ctx context.Context, tx *store.Tx, author id.Node) (groups [][]store.Found, err error) {
	at := map[string]int{}
	return groups, tx.MissingOf(ctx, author, func(f store.Found) error {
		i, met := at[f.Entity]
		if !met {
			i, at[f.Entity] = len(groups), len(groups)
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], f)
		return nil
	})
}

func (x *Exchange) missingLine(ctx context.Context, tx *store.Tx, actor node.Actor, g []store.Found) (l MissingLine, err error) {
	l = MissingLine{Entity: refOf(g[0].Entity), Changes: len(byChange(g))}
	number := ""
	var first change.Change
	for i, f := range g {
		l.From, l.Kept = append(l.From, f.From), cmp.Or(l.Kept, f.Kept)
		c, err := change.Decode(heldOf(&f))
		if err != nil {
			return l, err
		}
		if i == 0 {
			first = c
		}
		for _, s := range c.Sets {
			if s.Field == "number" {
				number = s.Value.Text
			}
		}
	}
	slices.Sort(l.From)
	l.From = slices.Compact(l.From)
	past, err := tx.InLog(ctx, []string{g[0].Entity})
	if l.Here = len(past) > 0; err != nil || l.Entity.Kind != change.Person {
		return l, err
	}
	rows, err := tx.PeopleByID(ctx, []string{l.Entity.ID})
	if err != nil {
		return l, err
	}
	for _, r := range rows {
		number = r.Number
	}
	office, err := x.officeOf(ctx, tx, &first)
	if err == nil && authz.May(actor, authz.Read, office) {
		l.Number = number
	}
	return l, err
}

// heldOf is what is kept of a change: whole, or what an erasure left.
func heldOf(f *store.Found) []byte {
	if f.Body != nil {
		return f.Body
	}
	return f.Left
}
