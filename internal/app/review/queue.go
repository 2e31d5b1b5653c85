package review

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/name"
	"quipu/internal/registry"
	"quipu/internal/registry/same"
	"quipu/internal/store"
)

// State narrows the queue.
type State string

// The states; the words are in the catalogue under "review.state.".
const (
	Waiting   State = "waiting" // all that wait for a decision
	Open      State = "open"    // nobody said anything yet
	Unsure    State = "unsure"
	Proposed  State = "proposed" // one officer says the same; another must confirm
	Merged    State = "same"
	Different State = "different"
	Second    State = "second" // decided; the actor should look without knowing how
)

// States lists them in the order in which they are offered.
var States = []State{Waiting, Open, Unsure, Proposed, Different, Merged, Second}

// Filter narrows the queue: what is empty does not. Office is that of either person. After is
// the Place of the last item seen.
type Filter struct {
	Office string
	State  State
	Limit  int
	After  string
}

// Face is one person of a pair as the queue shows him: ordinary values only.
type Face struct {
	Person, Number, Name string
	Birth, Sex           string
	Office, City         string
	Entry                string
	Registered           bool // a registration is in force
}

// QueueItem is one pair of the queue. Weight is the log2 of the odds that it is one person;
// Yield how many duplicates a decision on it finds, in expectation: 0 to 1.
type QueueItem struct {
	ID      string
	Place   string // for Filter.After
	A, B    Face
	Weight  float64
	Yield   float64
	Reasons []Reason // the weightiest first
	State   same.Verdict
	SaidBy  string // who said it last, "" for nobody; not told of a second look
	Source  Source
	Seen    time.Time // when the pair came up
}

// Queue lists pairs, those first of which a decision is expected to find most. Every person
// that is shown is logged as read.
func (r *Review) Queue(ctx context.Context, actor Actor, f Filter) (out []QueueItem, err error) {
	ask, err := f.ask(actor)
	if err != nil {
		return nil, err
	}
	if f.Limit <= 0 || f.Limit > 200 {
		f.Limit = 25
	}
	err = r.DB.View(ctx, func(tx *store.Tx) error {
		rows, err := tx.Pairs(ctx, ask, f.Limit)
		if err != nil {
			return err
		}
		out, err = r.items(ctx, tx, rows)
		return err
	})
	if err != nil {
		return nil, err
	}
	reads := []store.Read{{Action: "search", Detail: "review " + string(f.State)}}
	for i := range out {
		if f.State == Second {
			out[i].SaidBy, out[i].State = "", same.Open
		}
		for _, p := range []Face{out[i].A, out[i].B} {
			reads = append(reads, store.Read{Action: "candidate", Person: p.Person, Detail: "ordinary"})
		}
	}
	return out, r.LogReads(ctx, actor, reads...)
}

// Count counts what Queue would list in all.
func (r *Review) Count(ctx context.Context, actor Actor, f Filter) (n int64, err error) {
	f.After = ""
	ask, err := f.ask(actor)
	if err != nil {
		return 0, err
	}
	return n, r.DB.Look(ctx, func(tx *store.Tx) error {
		n, err = tx.CountPairs(ctx, ask)
		return err
	})
}

// NextFor is the pair that the actor should decide on next, and how many wait; "" when none
// does. Pairs of which he said himself that he was not sure, or that they are the same, wait
// for somebody else. skip are pairs that he passed over.
func (r *Review) NextFor(ctx context.Context, actor Actor, skip ...string) (pair string, waiting int64, err error) {
	f := Filter{State: Waiting}
	ask, err := f.ask(actor)
	if err != nil {
		return "", 0, err
	}
	ask.NotBy = actor.Login
	return pair, waiting, r.DB.View(ctx, func(tx *store.Tx) error {
		if waiting, err = tx.CountPairs(ctx, ask); err != nil {
			return err
		}
		rows, err := tx.Pairs(ctx, ask, len(skip)+1)
		for _, row := range rows {
			if !slices.Contains(skip, row.ID) {
				pair = row.ID
				return nil
			}
		}
		return err
	})
}

// ask is the filter as the store takes it, within what the actor may see.
func (f *Filter) ask(actor Actor) (ask store.PairFilter, err error) {
	scope, ok := authz.ScopeOf(actor, authz.Review)
	switch {
	case !ok:
		return ask, authz.Check(actor, authz.Review, actor.Office)
	case scope.All:
		ask.Office = f.Office
	case f.Office != "" && f.Office != scope.Office:
		return ask, authz.Check(actor, authz.Review, f.Office)
	default:
		ask.Office = scope.Office
	}
	switch f.State {
	case Waiting, "":
		ask.Verdicts = []string{"", string(same.Unsure), string(same.Proposed)}
	case Open:
		ask.Verdicts = []string{""}
	case Unsure, Proposed, Merged, Different:
		ask.Verdicts = []string{string(f.State)}
	case Second:
		ask.ForSecond, ask.NotBy = true, actor.Login
	default:
		return ask, fault.New(fault.Invalid, "review.state", "state", string(f.State)).On("state")
	}
	if f.After != "" {
		gain, id, ok := strings.Cut(f.After, ".")
		if ask.AfterGain, err = strconv.ParseInt(gain, 10, 64); err != nil || !ok || id == "" {
			return ask, fault.New(fault.Invalid, "review.place").On("after")
		}
		ask.AfterID = id
	}
	return ask, nil
}

// items reads the people of pairs.
func (r *Review) items(ctx context.Context, tx *store.Tx, rows []store.PairRow) (out []QueueItem, err error) {
	var ids []string
	for _, row := range rows {
		ids = append(ids, row.A, row.B)
	}
	slices.Sort(ids)
	people, err := tx.PeopleByID(ctx, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	keys, err := tx.KeysOf(ctx, people)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]*store.PersonRow, len(people))
	for i := range people {
		byID[people[i].ID] = &people[i]
	}
	w, _, err := r.alike.Weigher(ctx, tx)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		row := &rows[i]
		a, b := byID[row.A], byID[row.B]
		if a == nil || b == nil {
			continue // erased between two statements
		}
		why, err := reasons(w, traits(a, keys[a.Row]), traits(b, keys[b.Row]))
		if err != nil {
			return nil, err
		}
		out = append(out, QueueItem{ID: row.ID, Place: strconv.FormatInt(row.Gain, 10) + "." + row.ID, A: face(a), B: face(b),
			Weight: bits(row.Weight), Yield: max(0, min(1, float64(row.Gain)/1e6)), Reasons: why,
			State: same.Verdict(row.Verdict), SaidBy: row.SaidBy, Source: Source(row.Source), Seen: node.Moment(row.Seen)})
	}
	return out, nil
}

func face(p *store.PersonRow) Face {
	return Face{Person: p.ID, Number: p.Number, Name: name.Name{Given: p.GivenNames, Paternal: p.SurnamePaternal, Maternal: p.SurnameMaternal}.Display(), Birth: p.Birth, Sex: p.Sex, Office: p.Office, City: p.City,
		Entry: p.Entry, Registered: p.Expires != "" && p.Entry != registry.EntryMerged}
}
