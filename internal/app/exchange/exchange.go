// Package exchange brings a register together with others: at the hub it takes what nodes
// send, files every change under the scopes that it concerns and answers what a node asks;
// at a node it sends what is pending and takes the hub's answers in. The protocol is
// internal/sync; here are its logs on a store's transaction, and what follows from a change
// that was decided elsewhere.
package exchange

import (
	"context"
	"maps"
	"slices"
	"strings"

	"quipu/internal/app/account"
	"quipu/internal/app/node"
	"quipu/internal/app/review"
	"quipu/internal/app/rights"
	"quipu/internal/change"
	"quipu/internal/registry/same"
	"quipu/internal/store"
	"quipu/internal/survey/study"
)

// Exchange are the use cases of synchronisation on one register.
type Exchange struct {
	*node.Node
	kinds  map[change.Kind]Kind
	lists  []Lists
	rights *rights.Rights
}

// Kind says what follows from changes of one kind of entity that were decided elsewhere. What
// is nil does nothing.
type Kind struct {
	// Project writes tables anew as the changes of entities say.
	Project func(ctx context.Context, tx *store.Tx, ids []string) error
	// Forget takes out of tables what they say of entities that this node may not keep.
	Forget func(ctx context.Context, tx *store.Tx, ids []string) error
	// Scopes says in which scopes entities are now, by id.
	Scopes func(ctx context.Context, tx *store.Tx, ids []string) (map[string][]string, error)
	// Along lists entities, by Ref.String(), whose scopes may be others since the scopes of
	// these are, or since something was said of them.
	Along func(ctx context.Context, tx *store.Tx, ids []string) ([]string, error)
	// Taken is called at the hub with entities of which a node sent something, once their tables
	// are written: it may write more of them in the same transaction.
	Taken func(ctx context.Context, tx *store.Tx, ids []string) error
	// Nodes says that a node may write changes of the kind.
	Nodes bool
}

// Lists puts people into scopes besides that of their office: campaigns that list them. It
// returns scopes by the id of the person.
type Lists func(ctx context.Context, tx *store.Tx, people []string) (map[string][]string, error)

// New makes the use cases of a register. Kinds of entity of other packages are added by Know
// before it is at work.
func New(n *node.Node, accounts *account.Accounts, r *review.Review, rs *rights.Rights) *Exchange {
	x := &Exchange{Node: n, rights: rs, kinds: map[change.Kind]Kind{
		change.Person:     {Project: n.ProjectPeople, Forget: forgetPeople, Nodes: true},
		change.Office:     {Project: n.ProjectOffices, Scopes: everybody},
		change.District:   {Scopes: everybody},
		change.User:       {Project: accounts.Project, Forget: accounts.Forget, Scopes: ofAccounts, Nodes: true},
		change.Import:     {Project: n.ProjectImports, Forget: forgetKind(change.Import), Scopes: ofFirst(change.Import), Nodes: true},
		"reads":           {Nodes: true},
		change.Erasure:    {Project: rs.Erased, Nodes: true},
		change.Forgetting: {Nodes: true},
	}}
	x.kinds[KindApart] = Kind{Scopes: x.ofSenders, Project: x.projectApart}
	x.set(change.Person, func(k *Kind) { k.Scopes, k.Along = x.ofPeople, alongPeople })
	// An erasure goes where its person goes. When her author had forgotten more than it took out, what
	// it left comes back with it, and she may be somewhere else then.
	x.set(change.Erasure, func(k *Kind) {
		k.Scopes, k.Along = x.ofPeople, func(ctx context.Context, tx *store.Tx, people []string) ([]string, error) {
			return tx.InLog(ctx, ofKind(change.Person, people))
		}
	})
	for _, kind := range rights.Kinds {
		x.kinds[kind] = Kind{Scopes: ofFirst(kind), Forget: forgetKind(kind), Nodes: true, Project: func(ctx context.Context, tx *store.Tx, ids []string) error {
			return rs.Project(ctx, tx, kind, ids)
		}}
	}
	for _, kind := range []change.Kind{same.KindPair, same.KindMerge} {
		x.kinds[kind] = Kind{Scopes: x.ofBoth(kind), Forget: forgetKind(kind), Nodes: true, Project: func(ctx context.Context, tx *store.Tx, ids []string) error {
			return r.Project(ctx, tx, kind, ids)
		}}
	}
	x.campaigns()
	x.surveys()
	n.DB.Listen(store.Listener{Saving: x.saving})
	return x
}

func (x *Exchange) set(kind change.Kind, f func(*Kind)) {
	k := x.kinds[kind]
	f(&k)
	x.kinds[kind] = k
}

// Know adds a kind of entity.
func (x *Exchange) Know(kind change.Kind, k Kind) { x.kinds[kind] = k }

// KnowTaken adds what the hub does with entities of a kind of which a node sent something.
func (x *Exchange) KnowTaken(kind change.Kind, f func(ctx context.Context, tx *store.Tx, ids []string) error) {
	x.set(kind, func(k *Kind) { k.Taken = f })
}

// KnowLists adds lists of people that are scopes.
func (x *Exchange) KnowLists(l Lists) { x.lists = append(x.lists, l) }

// order is in which kinds are projected: those that others read come first.
var order = []change.Kind{change.Office, change.User, "campaign", "turn", study.KindSurvey, study.KindLink, study.KindCase, study.KindSubmission, change.Person, change.Import, same.KindPair, same.KindMerge}

// byKind sorts entities, by Ref.String(), into kinds; ids are sorted, each once.
func byKind(entities []string) (kinds []change.Kind, ids map[change.Kind][]string) {
	ids = map[change.Kind][]string{}
	for _, e := range entities {
		kind, id, _ := strings.Cut(e, "/")
		ids[change.Kind(kind)] = append(ids[change.Kind(kind)], id)
	}
	for kind := range ids {
		slices.Sort(ids[kind])
		ids[kind] = slices.Compact(ids[kind])
	}
	rank := func(k change.Kind) int {
		if i := slices.Index(order, k); i >= 0 {
			return i
		}
		return len(order)
	}
	return slices.SortedFunc(maps.Keys(ids), func(a, b change.Kind) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return strings.Compare(string(a), string(b))
	}), ids
}

// Project writes the tables of entities, by Ref.String(), anew as their changes say.
func (x *Exchange) Project(ctx context.Context, tx *store.Tx, entities []string) error {
	kinds, ids := byKind(entities)
	for _, kind := range kinds {
		if f := x.kinds[kind].Project; f != nil {
			if err := f(ctx, tx, ids[kind]); err != nil {
				return err
			}
		}
		if err := contested(ctx, tx, kind, ids[kind]); err != nil {
			return err
		}
	}
	return nil
}

func forgetPeople(ctx context.Context, tx *store.Tx, people []string) error {
	refs := ofKind(change.Person, people)
	for _, p := range people {
		if _, err := tx.DropPairsOf(ctx, p); err != nil {
			return err
		}
	}
	for _, f := range []func() error{
		func() error { return tx.DropRows(ctx, people) },
		func() error { return tx.ForgetRowsOf(ctx, people) },
		func() error { return tx.DropAttached(ctx, refs) },
	} {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

func forgetKind(kind change.Kind) func(context.Context, *store.Tx, []string) error {
	return func(ctx context.Context, tx *store.Tx, ids []string) error {
		return tx.DropEntities(ctx, string(kind), ids)
	}
}
