package exchange

import (
	"cmp"
	"context"
	"slices"

	"quipu/internal/app/conflict"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/code"
	"quipu/internal/fault"
	"quipu/internal/registry"
	"quipu/internal/seal"
	"quipu/internal/store"
	"quipu/internal/survey/study"
	"quipu/internal/sync"
)

// Why the hub keeps a change apart: reasons of a contested row whose field is "".
const (
	ApartKind   = "apart.kind"   // nodes do not write what is of this kind
	ApartOffice = "apart.office" // it was written for an office that is none of the node's
	ApartRight  = "apart.right"  // of an account: a role that nobody of the node's office may give
	ApartSealed = "apart.sealed" // no key that is known opens a value, or a value is sealed that is not to be
	ApartValue  = "apart.value"  // the rules of values refuse what it says
	ApartSurvey = "apart.survey" // an interview that stands under another survey already
)

// examiner holds changes that come in against what may be written.
type examiner struct {
	x       *Exchange
	ctx     context.Context
	tx      *store.Tx
	brought map[string]seal.DataKeys       // keys that come along, by the id of their entity
	keys    map[string]seal.DataKeys       // those that are here or come along, of what was asked
	coming  map[change.Ref][]change.Change // what comes along and is not in the log yet
}

func (x *Exchange) examiner(ctx context.Context, tx *store.Tx) *examiner {
	return &examiner{x: x, ctx: ctx, tx: tx, brought: map[string]seal.DataKeys{}, keys: map[string]seal.DataKeys{}, coming: map[change.Ref][]change.Change{}}
}

// mayNot says why a node had no right to write a change, "" when it had. Values of a later schema,
// or of a later edition of the code lists, are kept like any others; a kind that this release does
// not know is kept apart until the hub knows it. The office is that of the officer: what a
// registration says of others is for the fold. home is the office whose node it is.
func (e *examiner) mayNot(p *sync.Peer, home string, in *sync.Incoming) (why string, err error) {
	c := &in.Change
	if k, known := e.x.kinds[c.Entity.Kind]; (!known || !k.Nodes) && !ofItself(c) {
		return ApartKind, nil
	}
	if c.Office != "" && !offices(p, home, c.Office) {
		return ApartOffice, nil
	}
	if c.Entity.Kind == change.User {
		if may, err := e.mayGrantAt(p, home, c); err != nil || !may {
			return ApartRight, err
		}
	}
	if later(in) {
		return "", nil
	}
	if other, err := e.ofAnotherSurvey(c); err != nil || other {
		return ApartSurvey, err
	}
	refused, err := e.values(c)
	switch {
	case err != nil || refused == nil:
		return "", err
	case fault.Is(refused, sealedClosed):
		return ApartSealed, nil
	}
	return ApartValue, nil
}

// ofItself reports whether a node says that it was put back from a copy. Anything else about nodes
// is the hub's to say.
func ofItself(c *change.Change) bool {
	return c.Entity == change.Ref{Kind: kindNode, ID: string(c.ID.Node)} && c.Action == node.ActionRestore
}

// later reports whether a change says something that this program does not know yet.
func later(in *sync.Incoming) bool { return in.Newer || in.Change.Codes > code.Edition }

// offices reports whether an office is the node's own, or one that it has, or had, the scope of.
func offices(p *sync.Peer, home, office string) bool {
	return office == home || slices.ContainsFunc(p.Grants, func(g sync.Grant) bool { return string(g.Scope) == office })
}

// mayGrantAt: what a node says of an account stays within what the head of its office may give,
// or the officer who wrote it, when he is of that office and has more rights at the hub.
func (e *examiner) mayGrantAt(p *sync.Peer, home string, c *change.Change) (bool, error) {
	if may, err := e.mayGrant(authz.Actor{Role: authz.Head, Office: cmp.Or(c.Office, home)}, c); may || err != nil {
		return may, err
	}
	acc, ok, err := e.tx.Account(e.ctx, c.Author)
	if err != nil || !ok || !offices(p, home, acc.Office) {
		return false, err
	}
	return e.mayGrant(authz.Actor{Login: acc.Login, Role: authz.Role(acc.Role), Office: acc.Office}, c)
}

// mayGrant reports whether somebody may make of an account what a change says, and could have
// given it what it has. What officers note of their own accounts, such as another language, gives
// nothing.
func (e *examiner) mayGrant(actor authz.Actor, c *change.Change) (bool, error) {
	is := map[string]string{}
	for i := range c.Sets {
		if f := c.Sets[i].Field; f == "role" || f == "office" || f == "state" {
			is[f] = c.Sets[i].Value.Text
		}
	}
	if len(is) == 0 {
		return true, nil
	}
	past, err := e.past(c.Entity)
	if err != nil {
		return false, err
	}
	was := change.Fold(past)
	if role := was.Text("role"); role != "" && !authz.MayGrant(actor, authz.Role(role), was.Text("office")) {
		return false, nil
	}
	role, office := cmp.Or(is["role"], was.Text("role")), cmp.Or(is["office"], was.Text("office"), c.Office)
	return role == "" || authz.MayGrant(actor, authz.Role(role), office), nil
}

// past is what is known of an entity, what comes along included.
func (e *examiner) past(ref change.Ref) ([]change.Change, error) {
	past, err := e.tx.Changes(e.ctx, ref)
	return slices.Concat(past, e.coming[ref]), err
}

// The faults of sealed values: none of them repeats a value.
const (
	sealedClosed  = "apart.sealed.closed"
	sealedRefused = "apart.sealed.refused"
)

// values holds what a change says against the rules of values, of sealed values what is in them.
func (e *examiner) values(c *change.Change) (refused, err error) {
	day := e.x.lastDay(c)
	if refused := conflict.CheckValues(c, day); refused != nil {
		return refused, nil
	}
	opened := change.Change{Entity: c.Entity}
	for _, s := range c.Sets {
		if s.Gone || !seal.Sealed(s.Value.Text) {
			continue
		}
		if !conflict.Seals(c.Entity.Kind, s.Field) {
			return fault.New(fault.Invalid, sealedClosed, "field", s.Field).On(s.Field), nil
		}
		keys, name, ended, err := e.keysOf(c, s.Field)
		if err != nil {
			return nil, err
		}
		if len(keys) == 0 && ended {
			continue
		}
		text, wrong := keys.Open(name, s.Value.Text)
		if wrong != nil {
			return fault.New(fault.Invalid, sealedClosed, "field", s.Field).On(s.Field), nil
		}
		s.Value.Text = text
		opened.Sets = append(opened.Sets, s)
	}
	if refused := conflict.CheckValues(&opened, day); refused != nil {
		field := fault.As(refused).Field
		return fault.New(fault.Invalid, sealedRefused, "field", field).On(field), nil
	}
	return nil, nil
}

// keysOf are the keys under which a value of a change can be sealed, and under which name. ended
// says that there were keys, which have been destroyed: what they sealed is closed for good.
func (e *examiner) keysOf(c *change.Change, field string) (keys seal.DataKeys, name string, ended bool, err error) {
	entity, name := c.Entity.ID, field
	if k := c.Entity.Kind; k == study.KindCase || k == study.KindSubmission {
		if entity, name, ended, err = e.surveyOf(c, field); err != nil {
			return nil, "", false, err
		}
	}
	if keys, err = e.known(entity); err != nil || len(keys) > 0 || ended {
		return keys, name, ended, err
	}
	past, err := e.past(c.Entity)
	if err != nil {
		return nil, "", false, err
	}
	for i := range past {
		ended = ended || slices.ContainsFunc(past[i].Sets, func(s change.Set) bool { return conflict.Seals(c.Entity.Kind, s.Field) && (s.Gone || !s.Value.Empty()) })
	}
	if c.Entity.Kind == change.Person && !ended {
		rows, err := e.tx.PeopleByID(e.ctx, []string{entity})
		return nil, name, len(rows) > 0 && rows[0].Entry == registry.EntryErased, err
	}
	return nil, name, ended, nil
}

// known are the keys of an entity that are here or come along; those that are here are read once.
func (e *examiner) known(entity string) (seal.DataKeys, error) {
	if keys, ok := e.keys[entity]; ok {
		return keys, nil
	}
	keys, err := e.x.SealKeys(e.ctx, e.tx, entity)
	if err != nil {
		return nil, err
	}
	e.keys[entity] = append(keys, e.brought[entity]...)
	return e.keys[entity], nil
}

// ofAnotherSurvey reports whether a change brings an interview that was received under another survey
// before. Its answers are under that one's key, so the two cannot become one.
func (e *examiner) ofAnotherSurvey(c *change.Change) (bool, error) {
	i := slices.IndexFunc(c.Sets, func(s change.Set) bool { return s.Field == "survey" && !s.Gone })
	if c.Entity.Kind != study.KindSubmission || i < 0 {
		return false, nil
	}
	past, err := e.past(c.Entity)
	if err != nil || len(past) == 0 {
		return false, err
	}
	r := change.Fold(past)
	stands := r.Text("survey")
	return stands != "" && stands != c.Sets[i].Value.Text, nil
}

// surveyOf is under what a case or a submission is sealed: its survey's key, or that of the
// survey's link, which may have been destroyed.
func (e *examiner) surveyOf(c *change.Change, field string) (entity, name string, ended bool, err error) {
	past, err := e.past(c.Entity)
	if err != nil {
		return "", "", false, err
	}
	r := change.Fold(append(past, *c))
	link, survey := "", r.Text("survey")
	rows, err := e.tx.SurveysByID(e.ctx, []string{survey})
	if err == nil && len(rows) > 0 {
		link = rows[0].Link
	}
	entity, name = study.SealedBy(survey, link, r.Entity, field)
	return entity, name, link != "" && entity == link, err
}

// bring takes the keys that come with changes.
func (e *examiner) bring(keys []sync.Key) error {
	came, err := e.x.take(keys)
	for _, k := range came {
		e.brought[k.row.Entity] = append(e.brought[k.row.Entity], k.key)
	}
	return err
}

// lastDay is the newest day that a change may speak of: today, here or where it was written. A
// clock that is wrong is no reason to keep apart what an office did.
func (x *Exchange) lastDay(c *change.Change) civil.Date {
	today := x.Today()
	if there := civil.FromTime(c.At.Time()); there.After(today) {
		return there
	}
	return today
}

func errNodeNoHub() error { return fault.New(fault.Conflict, "sync.node_no_hub") }
