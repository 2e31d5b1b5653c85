// Package conflict holds the use cases of values that did not come into force because
// somebody else had written the same field: what waits for an officer, one conflict with
// both values, and the decision. The rules are in change (what is contested) and registry
// (what may come into force).
package conflict

import (
	"context"
	"slices"
	"strings"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// Conflicts are the use cases on one node.
type Conflicts struct{ *node.Node }

// New makes them.
func New(n *node.Node) *Conflicts { return &Conflicts{n} }

// Actor is who asks.
type Actor = authz.Actor

// Row is a person as lists show it.
type Row = store.PersonRow

// Item is one conflict of a list. Person is nil when the entity is none, or when nobody
// registered it here. Verdict is empty while it waits.
type Item struct {
	ID      string // names it within its entity
	Entity  change.Ref
	Field   string
	Change  id.Change // that wrote the contested value
	Reason  string
	Office  string
	At      int64 // microseconds; of a decided one when it was decided
	Person  *Row
	Verdict change.Verdict
	Author  string // who decided
}

// IDOf names the conflict about what a change wrote to a field.
func IDOf(at id.Change, field string) string {
	_, name, _ := strings.Cut(change.SettledField(at, field), "/")
	return name
}

// mostListed bounds a list of conflicts; the count says how many there are.
const mostListed = 200

// OpenConflicts lists what waits for a decision at the offices for which the actor may write,
// the oldest first, and the newest decisions. Every person that is shown is logged as read.
func (s *Conflicts) OpenConflicts(ctx context.Context, actor Actor) (open, decided []Item, err error) {
	scope, ok := authz.ScopeOf(actor, authz.Edit)
	if !ok {
		return nil, nil, authz.Check(actor, authz.Edit, actor.Office)
	}
	err = s.DB.View(ctx, func(tx *store.Tx) error {
		if open, err = waiting(ctx, tx, scope.Office); err != nil {
			return err
		}
		past, err := tx.Settled(ctx, scope.Office, 25)
		if err != nil {
			return err
		}
		for _, r := range past {
			decided = append(decided, Item{ID: IDOf(r.Change, r.Field), Entity: refOf(r.Entity), Field: r.Field, Change: r.Change, Verdict: change.Verdict(r.Verdict),
				Office: r.Office, Author: r.Author, At: r.At})
		}
		return named(ctx, tx, open, decided)
	})
	if err != nil {
		return nil, nil, err
	}
	reads := []store.Read{{Action: "search", Detail: "conflicts"}}
	seen := map[string]bool{}
	for _, it := range slices.Concat(open, decided) {
		if it.Person != nil && !seen[it.Person.ID] {
			seen[it.Person.ID] = true
			reads = append(reads, store.Read{Action: "candidate", Person: it.Person.ID, Detail: "ordinary"})
		}
	}
	return open, decided, s.LogReads(ctx, actor, reads...)
}

// waiting are the conflicts that wait for an office, without the people.
func waiting(ctx context.Context, tx *store.Tx, office string) (out []Item, err error) {
	rows, err := tx.Contested(ctx, office, mostListed)
	for _, r := range rows {
		out = append(out, Item{ID: IDOf(r.Change, r.Field), Entity: refOf(r.Entity), Field: r.Field, Change: r.Change, Reason: r.Reason, Office: r.Office, At: r.At})
	}
	return out, err
}

// NextConflict names the oldest conflict of the list that is about a person registered here,
// and the person; "" when none is. It shows nobody and logs nothing: opening it does.
func (s *Conflicts) NextConflict(ctx context.Context, actor Actor) (person, conflict string, err error) {
	scope, ok := authz.ScopeOf(actor, authz.Edit)
	if !ok {
		return "", "", authz.Check(actor, authz.Edit, actor.Office)
	}
	err = s.DB.View(ctx, func(tx *store.Tx) error {
		open, err := waiting(ctx, tx, scope.Office)
		if err == nil {
			err = named(ctx, tx, open)
		}
		if i := slices.IndexFunc(open, func(it Item) bool { return it.Person != nil }); i >= 0 {
			person, conflict = open[i].Entity.ID, open[i].ID
		}
		return err
	})
	return person, conflict, err
}

func refOf(entity string) change.Ref {
	kind, id, _ := strings.Cut(entity, "/")
	return change.Ref{Kind: change.Kind(kind), ID: id}
}

// named adds the rows of the people whom conflicts are about.
func named(ctx context.Context, tx *store.Tx, lists ...[]Item) error {
	var ids []string
	for _, l := range lists {
		for _, it := range l {
			if it.Entity.Kind == change.Person {
				ids = append(ids, it.Entity.ID)
			}
		}
	}
	slices.Sort(ids)
	rows, err := tx.PeopleByID(ctx, slices.Compact(ids))
	if err != nil {
		return err
	}
	byID := make(map[string]*store.PersonRow, len(rows))
	for i := range rows {
		byID[rows[i].ID] = &rows[i]
	}
	for _, l := range lists {
		for i := range l {
			if l[i].Entity.Kind == change.Person {
				l[i].Person = byID[l[i].Entity.ID]
			}
		}
	}
	return nil
}

// Page is one conflict of a person: what stands and what was written beside it. Veiled says
// that the actor may not read the values; then both are empty. Rest are other contested
// values of the same field.
type Page struct {
	ID        string
	Person    registry.Person
	Row       Row
	Field     *registry.Field
	Stands    change.Held
	Contender change.Contender
	Rest      []change.Contender
	Veiled    bool
	MayDecide bool // the office's officer, and the values can be read
	MayTake   bool // a value can come into force: the entry stands
	MayOther  bool // another value can be written
	Reason    bool // a decision needs one in words
}

// Conflict opens one conflict of a person. The person is logged as read.
func (s *Conflicts) Conflict(ctx context.Context, actor Actor, person, conflict string) (*Page, error) {
	var page *Page
	err := s.DB.View(ctx, func(tx *store.Tx) (err error) {
		page, err = s.open(ctx, tx, actor, person, conflict)
		return err
	})
	if err != nil {
		return nil, err
	}
	detail := "ordinary"
	switch tier := node.TierOf(page.Contender.Field, page.Contender.Value); {
	case page.Veiled:
	case tier == registry.T3:
		detail = "sealed"
	case tier == registry.T2:
		detail = "detail"
	}
	return page, s.LogReads(ctx, actor, store.Read{Action: "read", Person: person, Detail: detail})
}

func (s *Conflicts) open(ctx context.Context, tx *store.Tx, actor Actor, person, conflict string) (*Page, error) {
	cur, row, err := s.load(ctx, tx, person)
	if err != nil {
		return nil, err
	}
	office := node.OfficeOf(cur)
	if err := authz.Check(actor, authz.Read, office); err != nil {
		return nil, err
	}
	page := &Page{ID: conflict, Person: cur, Row: row}
	if page.Contender, err = find(&cur, conflict); err != nil {
		return nil, err
	}
	x := &page.Contender
	page.Field, page.Stands, page.Reason = registry.Lookup(x.Field), cur.Fields[x.Field], registry.Weighty(x.Field)
	for _, y := range cur.Contested {
		if y.Field == x.Field && y.Change != x.Change {
			page.Rest = append(page.Rest, y)
		}
	}
	rights := node.RightsOver(actor, cur)
	if page.Veiled = !sees(rights, x.Field, x.Value, page.Stands.Value); page.Veiled {
		page.Stands.Value, x.Value, page.Rest = change.Value{}, change.Value{}, nil
	}
	page.MayDecide = rights.Edit && !page.Veiled
	page.MayTake = page.MayDecide && page.Field != nil && registry.Standing(&cur) == nil
	page.MayOther = page.MayTake && !page.Field.Derived
	return page, nil
}

func sees(r node.Rights, field string, values ...change.Value) bool {
	for _, v := range values {
		if !r.See(node.TierOf(field, v)) {
			return false
		}
	}
	return true
}

// load reads a person with everything opened, whatever became of the entry.
func (s *Conflicts) load(ctx context.Context, tx *store.Tx, person string) (p registry.Person, row store.PersonRow, err error) {
	changes, err := tx.Changes(ctx, change.Ref{Kind: change.Person, ID: person})
	if err != nil || len(changes) == 0 {
		return p, row, node.NotFound(err, "person", person)
	}
	rows, err := tx.PeopleByID(ctx, []string{person})
	if err != nil || len(rows) == 0 {
		return p, row, node.NotFound(err, "person", person)
	}
	p = registry.Load(changes) // over what is stored: every node comes to the same
	key, err := s.SealKeys(ctx, tx, person)
	if err != nil {
		return p, row, err
	}
	return p, rows[0], node.OpenRecord(key, &p)
}

func find(p *registry.Person, conflict string) (change.Contender, error) {
	for _, x := range p.Contested {
		if IDOf(x.Change, x.Field) == conflict {
			return x, nil
		}
	}
	if !p.Fields["settled/"+conflict].Value.Empty() {
		return change.Contender{}, fault.New(fault.Conflict, "registry.settled_already")
	}
	return change.Contender{}, fault.New(fault.NotFound, "conflict.none")
}

// DecideCmd is what an officer decides. Seen is the version that stood when he looked: when
// somebody wrote the field since, nothing is decided.
type DecideCmd struct {
	registry.Settling
	Seen id.Change
}

// DecideConflict decides about one contested value of a person. The right is that of writing
// to the person, and who may not read the values decides nothing.
func (s *Conflicts) DecideConflict(ctx context.Context, actor Actor, person, conflict string, cmd DecideCmd) (doubts []registry.Doubt, err error) {
	err = s.DB.Update(ctx, func(tx *store.Tx) error {
		cur, row, err := s.load(ctx, tx, person)
		if err != nil {
			return err
		}
		if err := authz.Check(actor, authz.Edit, node.OfficeOf(cur)); err != nil {
			return err
		}
		x, err := find(&cur, conflict)
		if err != nil {
			return err
		}
		if !sees(node.RightsOver(actor, cur), x.Field, x.Value, cur.Fields[x.Field].Value) {
			return fault.New(fault.Forbidden, "conflict.veiled")
		}
		if cmd.Seen != cur.Version(x.Field) {
			return fault.New(fault.Conflict, "conflict.moved")
		}
		c, odd, err := registry.Settle(&cur, x, cmd.Settling, s.Today())
		if err != nil {
			return err
		}
		doubts = odd
		return s.CommitPeople(ctx, tx, actor, []node.Write{{Person: cur, Change: c, There: true, Row: row.Row}})
	})
	return doubts, err
}
