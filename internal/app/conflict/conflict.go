// Package conflict holds the use cases of values that did not come into force because
// somebody else had written the same field: what waits for an officer, one conflict with
// both values, and the decision. The rules are in change (what is contested) and registry
// (what may come into force).
package conflict

import (
	"context"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// Conflicts are the use cases on one node. Project writes the tables of entities, by
// Ref.String(), anew as their changes say.
type Conflicts struct {
	*node.Node
	Project func(ctx context.Context, tx *store.Tx, entities []string) error
}

// New makes them; Project is set by who puts the use cases together.
func New(n *node.Node) *Conflicts { return &Conflicts{Node: n} }

// Actor is who asks.
type Actor = authz.Actor

// Row is a person as lists show it.
type Row = store.PersonRow

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
	Received  Received
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
	if page.Received, err = received(ctx, tx, x.Change, page.Stands.Version); err != nil {
		return nil, err
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
