package rights

import (
	"context"
	"slices"

	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	rules "quipu/internal/rights"
	"quipu/internal/store"
)

var requests = &matter[rules.Request]{
	kind: rules.KindRequest, fold: rules.LoadRequest, office: func(q *rules.Request) string { return q.Office },
	project: func(ctx context.Context, tx *store.Tx, q *rules.Request) error {
		return tx.PutRequest(ctx, store.RequestRow{ID: q.Entity.ID, Kind: string(q.Kind), State: string(q.State), Person: q.Person, Office: q.Office,
			Received: q.Text("received"), Due: q.Text("due"), Closed: q.Text("closed")})
	},
}

// OpenRequest takes a person's request in at the officer's office, whichever office the
// person is registered at.
func (r *Rights) OpenRequest(ctx context.Context, actor Actor, cmd rules.RequestCmd) (request string, err error) {
	cmd.Office = actor.Office
	if err := authz.Check(actor, authz.Rights, cmd.Office); err != nil {
		return "", err
	}
	c, err := rules.Home().OpenRequest(cmd, r.Today())
	if err != nil {
		return "", err
	}
	err = r.DB.Update(ctx, func(tx *store.Tx) error {
		if err := known(ctx, tx, cmd.Person); err != nil {
			return err
		}
		request, _, err = start(ctx, r, tx, requests, actor, c)
		return err
	})
	return request, err
}

// RequestLine is a request in a list.
type RequestLine struct {
	store.RequestRow
	Clock rules.Clock
	Who   store.PersonRow
}

// Inbox lists the requests that wait for an answer, the first due first, or those that were
// answered, the last first.
func (r *Rights) Inbox(ctx context.Context, actor Actor, answered bool, limit int) (out []RequestLine, err error) {
	office, err := officeIn(actor, authz.Rights)
	if err != nil {
		return nil, err
	}
	err = r.DB.View(ctx, func(tx *store.Tx) error {
		list := tx.OpenRequests
		if answered {
			list = tx.AnsweredRequests
		}
		rows, err := list(ctx, office, limit)
		if err != nil {
			return err
		}
		out, err = r.lines(ctx, tx, rows)
		return err
	})
	if err != nil || len(out) == 0 {
		return out, err
	}
	return out, r.LogReads(ctx, actor, store.Read{Action: "search", Detail: "requests"})
}

func (r *Rights) lines(ctx context.Context, tx *store.Tx, rows []store.RequestRow) (out []RequestLine, err error) {
	var ids []string
	for _, q := range rows {
		ids = append(ids, q.Person)
	}
	who, err := people(ctx, tx, ids)
	for _, q := range rows {
		row := rules.Request{Due: rules.DayOf(q.Due), Closed: rules.DayOf(q.Closed)}
		out = append(out, RequestLine{q, rules.Home().Clock(&row, r.Today()), who[q.Person]})
	}
	return out, err
}

// RequestPage is a request as who answers it sees it.
type RequestPage struct {
	Request  rules.Request
	Clock    rules.Clock
	Term     rules.Term
	Changes  []change.Change // oldest first, words opened
	Who      store.PersonRow
	Outcomes []Deed
	Handed   []store.DisclosureRow // own data handed out for the request
	Erasures []store.RetentionRow  // proposals to erase that carry it out
	May      struct{ Decide, Disclose, Erase bool }
}

// Deed is something that was done since a request came in and that may have carried it out.
type Deed struct {
	Change         id.Change
	At             change.Stamp
	Action, Author string
}

// Request opens a request, and logs the read of its person.
func (r *Rights) Request(ctx context.Context, actor Actor, request string) (*RequestPage, error) {
	page := &RequestPage{}
	err := r.DB.View(ctx, func(tx *store.Tx) (err error) {
		page.Request, page.Changes, err = open(ctx, r, tx, requests, actor, authz.Rights, request)
		if err != nil {
			return err
		}
		q := &page.Request
		page.Clock, page.Term = rules.Home().Clock(q, r.Today()), rules.Home().Term(string(q.Kind))
		who, err := people(ctx, tx, []string{q.Person})
		if err != nil {
			return err
		}
		page.Who = who[q.Person]
		if page.Handed, err = handed(ctx, tx, q); err != nil {
			return err
		}
		if page.Erasures, err = tx.RetentionsFor(ctx, request); err != nil {
			return err
		}
		page.Outcomes, err = deeds(ctx, tx, q, page.Handed)
		return err
	})
	if err != nil {
		return nil, err
	}
	page.May.Decide = authz.May(actor, authz.RightsDecide, page.Request.Office)
	page.May.Disclose = authz.May(actor, authz.Disclose, page.Who.Office)
	page.May.Erase = authz.May(actor, authz.Retention, page.Who.Office)
	return page, r.LogReads(ctx, actor, store.Read{Action: "request", Person: page.Request.Person, Detail: string(page.Request.Kind)})
}

// handed lists the own data of the person that was handed out from the day on which the request came in.
func handed(ctx context.Context, tx *store.Tx, q *rules.Request) ([]store.DisclosureRow, error) {
	rows, err := tx.DisclosuresOf(ctx, q.Person)
	return slices.DeleteFunc(rows, func(d store.DisclosureRow) bool {
		return d.Asker != string(rules.Self) || d.Received < q.Text("received")
	}), err
}

// deeds lists what may have carried a request out since it came in: for access and
// portability the own data that was handed out, else changes of the person.
func deeds(ctx context.Context, tx *store.Tx, q *rules.Request, handed []store.DisclosureRow) (out []Deed, err error) {
	add := func(ref change.Ref) error {
		past, err := tx.Changes(ctx, ref)
		for _, c := range past {
			if after(c.ID, c.At, q.Created.Version, q.Created.At) && len(c.Sets) > 0 {
				out = append(out, Deed{c.ID, c.At, c.Action, c.Author})
			}
		}
		return err
	}
	if q.Kind == rules.Access || q.Kind == rules.Portability {
		for _, d := range handed {
			if err := add(change.Ref{Kind: rules.KindDisclosure, ID: d.ID}); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return out, add(change.Ref{Kind: change.Person, ID: q.Person})
}

// after orders two changes: those of one node by their numbers, others by their claimed time.
func after(a id.Change, at change.Stamp, b id.Change, bt change.Stamp) bool {
	if a.Node == b.Node {
		return a.N > b.N
	}
	return at.Micros > bt.Micros
}

// BeginRequest records that somebody works on the request.
func (r *Rights) BeginRequest(ctx context.Context, actor Actor, request string, seen id.Change) error {
	return act(ctx, r, requests, actor, authz.RightsDecide, request, seen, func(_ *store.Tx, q *rules.Request) (change.Change, error) {
		return q.Begin()
	})
}

// ExtendRequest gives the request more time, once.
func (r *Rights) ExtendRequest(ctx context.Context, actor Actor, request, reason string, seen id.Change) error {
	return act(ctx, r, requests, actor, authz.RightsDecide, request, seen, func(_ *store.Tx, q *rules.Request) (change.Change, error) {
		return rules.Home().Extend(q, reason, r.Today())
	})
}

// AnswerRequest decides on the request. The outcome must be something that was done for the
// person since it came in.
func (r *Rights) AnswerRequest(ctx context.Context, actor Actor, request string, a rules.Answer, seen id.Change) error {
	return act(ctx, r, requests, actor, authz.RightsDecide, request, seen, func(tx *store.Tx, q *rules.Request) (change.Change, error) {
		if !a.Outcome.IsZero() {
			out, err := handed(ctx, tx, q)
			if err != nil {
				return change.Change{}, err
			}
			done, err := deeds(ctx, tx, q, out)
			if err != nil {
				return change.Change{}, err
			}
			if !slices.ContainsFunc(done, func(d Deed) bool { return d.Change == a.Outcome }) {
				return change.Change{}, fault.New(fault.Invalid, "rights.outcome_other").On("outcome")
			}
		}
		return q.Decide(a, r.Today())
	})
}

// WithdrawRequest ends a request that the person takes back. Whoever takes requests in may
// record it.
func (r *Rights) WithdrawRequest(ctx context.Context, actor Actor, request, reason string, seen id.Change) error {
	return act(ctx, r, requests, actor, authz.Rights, request, seen, func(_ *store.Tx, q *rules.Request) (change.Change, error) {
		return q.Withdraw(reason, r.Today())
	})
}

// Tally is how many requests of a kind came in and what became of them.
type Tally struct {
	Kind                                rules.Kind
	Received, Attended, Denied, Waiting int64
}

// CountRequests counts the requests that came in this year and in the year before, by kind.
func (r *Rights) CountRequests(ctx context.Context, actor Actor) (out []Tally, err error) {
	office, err := officeIn(actor, authz.Rights)
	if err != nil {
		return nil, err
	}
	var counts []store.RequestCount
	from := r.Today()
	from.Month, from.Day = 1, 1
	err = r.DB.View(ctx, func(tx *store.Tx) (err error) {
		counts, err = tx.CountRequests(ctx, office, from.AddYears(-1).String())
		return err
	})
	for _, k := range rules.Kinds {
		t := Tally{Kind: k}
		for _, c := range counts {
			if c.Kind != string(k) {
				continue
			}
			t.Received += c.N
			switch s := rules.State(c.State); {
			case s.Open():
				t.Waiting += c.N
			case s == rules.Granted || s == rules.Partly:
				t.Attended += c.N
			case s == rules.Refused:
				t.Denied += c.N
			}
		}
		out = append(out, t)
	}
	return out, err
}

// RequestsOf lists a person's requests, for the person's page; nothing for who may not see
// them.
func (r *Rights) RequestsOf(ctx context.Context, actor Actor, person string) (out []RequestLine, err error) {
	scope, ok := authz.ScopeOf(actor, authz.Rights)
	if !ok {
		return nil, nil
	}
	err = r.DB.View(ctx, func(tx *store.Tx) error {
		entries, err := tx.Gathered(ctx, person)
		if err != nil {
			return err
		}
		rows, err := tx.RequestsOf(ctx, entries...)
		if err != nil {
			return err
		}
		rows = slices.DeleteFunc(rows, func(q store.RequestRow) bool { return !scope.Holds(q.Office) })
		out, err = r.lines(ctx, tx, rows)
		return err
	})
	return out, err
}
