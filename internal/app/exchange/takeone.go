package exchange

import (
	"slices"
	"strings"

	"quipu/internal/audit"
	"quipu/internal/change"
	"quipu/internal/code"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/store"
	"quipu/internal/sync"
)

// one takes in one lost change, or says why it stays out; out are those of the entity that did.
func (t *takingIn) one(told []store.Found, erased map[change.Logged]change.Erased, out map[id.Change]bool) (why string, err error) {
	body, why, err := t.pick(told, erased)
	if err != nil || why != "" || body == nil {
		return why, err
	}
	lost, err := change.Decode(body)
	if err != nil {
		return "", err
	}
	if came, err := t.came(&lost); err != nil || came {
		return "", err
	}
	says := lost
	if says.Sets = standing(lost.Sets); len(says.Sets) == 0 {
		return KeptErased, nil
	}
	if why, err := t.mayNot(&says, out); err != nil || why != "" {
		return why, err
	}
	c := change.Change{Entity: says.Entity, Action: says.Action, Batch: says.Batch, Note: t.Words, Prov: says.Prov, Sets: t.rebased(says.Sets)}
	for i := range c.Sets { // what the lost one rested on stays with its values
		if c.Sets[i].Prov.Evidence == "" {
			c.Sets[i].Prov.Evidence = says.Prov.Evidence
		}
	}
	c.Prov.Evidence = lost.ID.String()
	if err := t.append(&c, lost.Office); err != nil {
		return "", err
	}
	t.as[lost.ID] = c.ID
	is, _ := without(&lost, body)
	return "", t.sayIn(&lost, audit.Leaf(&lost, body).String(), hashOfBody(is), c.ID)
}

// pick chooses what is held of a lost change: whole, or what an erasure left. nil without a reason is
// nothing of what was ordered.
func (t *takingIn) pick(told []store.Found, erased map[change.Logged]change.Erased) (body []byte, why string, err error) {
	here := false
	for i := range told {
		if t.From != "" && told[i].From != t.From {
			continue
		}
		here = true
		b := told[i].Left // who has that knows of an erasure
		if b == nil {
			b = told[i].Body
		}
		c, err := change.Decode(b)
		if err != nil {
			return nil, "", err
		}
		if e, is := erased[change.Logged{ID: c.ID, Was: audit.Leaf(&c, b).String()}]; is {
			if b = sync.Leave([]change.Erased{e}, b); b == nil {
				continue
			}
		}
		if body != nil && string(b) != string(body) {
			return nil, KeptDiffer, nil
		}
		body = b
	}
	if body == nil && here {
		return nil, KeptErased, nil
	}
	return body, "", nil
}

// append writes a change of the officer, for the office for which the lost one was written: some of
// what is written goes where it was first written.
func (t *takingIn) append(c *change.Change, office string) error {
	t.st.Stamp(c)
	c.Office = office
	t.out.Changes++
	t.touched = append(t.touched, c.Entity.String())
	return t.tx.Append(t.ctx, []change.Change{*c})
}

// came reports whether a lost change is in the log by now, under its own name or another.
func (t *takingIn) came(lost *change.Change) (bool, error) {
	have, err := t.tx.Named(t.ctx, []id.Change{lost.ID})
	if err != nil {
		return false, err
	}
	_, here := have[lost.ID]
	r, err := t.replacement(t.ctx, t.tx, lost.ID)
	if here || r.Became.IsZero() || err != nil {
		return here, err
	}
	t.as[lost.ID] = r.Became
	return true, t.tx.FoundIn(t.ctx, lost.ID)
}

// standing are the sets of which the values are there.
func standing(sets []change.Set) (out []change.Set) {
	for _, s := range sets {
		if !s.Gone {
			out = append(out, s)
		}
	}
	return out
}

// mayNot says why a change stays out, "" when it may come in.
func (t *takingIn) mayNot(c *change.Change, out map[id.Change]bool) (string, error) {
	if c.Schema > change.Schema || c.Codes > code.Edition {
		return KeptNewer, nil
	}
	past, err := t.tx.Changes(t.ctx, c.Entity)
	if err != nil {
		return "", err
	}
	if c.Entity.Kind == change.Person {
		switch p := registry.Load(past); {
		case registry.Erased(&p): // nothing of whom was anonymised is kept
			return KeptErased, t.tx.StripFound(t.ctx, c.ID)
		case !registry.Made(&p) && !registry.Makes(c):
			return KeptRests, nil
		}
	}
	for i := range c.Sets {
		why, err := t.restsOn(c.Sets[i].Base, out)
		if err != nil || why != "" {
			return why, err
		}
	}
	a := &Apart{Change: *c}
	if a.office, err = t.officeOf(t.ctx, t.tx, c); err != nil {
		return "", err
	}
	if a.Refused, err = t.exam.values(c); err != nil || a.Refused != nil {
		return KeptValue, err
	}
	may, err := t.exam.mayLet(t.actor, a)
	if err == nil && !may {
		return KeptRight, nil
	}
	return "", err
}

// restsOn says why what was written upon a version waits, "" when it need not: the version is here, or
// nobody has it any more.
func (t *takingIn) restsOn(base id.Change, out map[id.Change]bool) (string, error) {
	if base.IsZero() || !t.as[base].IsZero() {
		return "", nil
	}
	if out[base] {
		return KeptRests, nil
	}
	have, err := t.tx.Named(t.ctx, []id.Change{base})
	if _, here := have[base]; here || err != nil {
		return "", err
	}
	r, err := t.replacement(t.ctx, t.tx, base)
	if err != nil {
		return "", err
	}
	if !r.Became.IsZero() {
		t.as[base] = r.Became
		return "", nil
	}
	p, known, err := t.tx.Peer(t.ctx, string(base.Node))
	if err != nil || base.Node == t.Author {
		return "", err
	}
	if known && !gone(&p) && p.LastN < base.N {
		return KeptWaits, nil
	}
	found, err := t.tx.FoundOf(t.ctx, []id.Change{base})
	if len(found) > 0 {
		return KeptWaits, err
	}
	return "", err
}

// rebased are sets upon the versions as they are named now, and decisions about contenders likewise.
func (t *takingIn) rebased(sets []change.Set) []change.Set {
	out := append([]change.Set{}, sets...)
	for i := range out {
		s := &out[i]
		if now := t.as[s.Base]; !now.IsZero() {
			s.Base = now
		}
		if !strings.HasPrefix(s.Field, "settled/") {
			continue
		}
		about, err := id.ParseChange(s.Value.Part("change"))
		if now := t.as[about]; err == nil && !now.IsZero() {
			x := change.Contender{Change: now, Field: s.Value.Part("field")}
			to := x.Settle(change.Verdict(s.Value.Part("verdict")))
			s.Field, s.Value = to.Field, to.Value
		}
	}
	return out
}

// erasures takes in what erasures of the author took out of changes that the hub has, which it has
// with their values since it was put back.
func (t *takingIn) erasures(ref change.Ref, g []store.Found) error {
	for _, told := range byChange(g) {
		body, why, err := t.pick(told, nil)
		if err != nil {
			return err
		}
		if why != "" {
			t.out.Kept[why]++
		}
		if body == nil {
			continue
		}
		lost, err := change.Decode(body)
		if err != nil {
			return err
		}
		came, err := t.came(&lost)
		if err != nil {
			return err
		}
		if came {
			continue
		}
		a := &Apart{Change: change.Change{Entity: change.Ref{Kind: change.Person, ID: ref.ID}, Office: lost.Office}}
		if a.office, err = t.officeOf(t.ctx, t.tx, &a.Change); err != nil {
			return err
		}
		may, err := t.exam.mayLet(t.actor, a)
		if err != nil {
			return err
		}
		if !may {
			t.out.Kept[KeptRight]++
			continue
		}
		lines, err := t.erase(lost.Entity, change.ErasedBy(&lost))
		if err != nil {
			return err
		}
		c := change.Erase(ref.ID, lines)
		c.Note, c.Prov.Evidence = t.Words, lost.ID.String()
		if err := t.append(&c, lost.Office); err != nil {
			return err
		}
		if err := t.sayIn(&lost, audit.Leaf(&lost, body).String(), "", c.ID); err != nil {
			return err
		}
	}
	return nil
}

// erase takes the values that an erasure names out of changes that the log has, and out of what took the
// place of those that were lost, and says what is left of each now.
func (t *takingIn) erase(of change.Ref, said []change.Erased) (lines []change.Erased, err error) {
	before, err := t.tx.Changes(t.ctx, of)
	if err != nil {
		return nil, err
	}
	erased := change.LastErased(before)
	names := make([]id.Change, len(said))
	for i, e := range said {
		names[i] = e.Change
	}
	have, err := t.tx.Named(t.ctx, names)
	if err != nil {
		return nil, err
	}
	found, err := t.tx.FoundOf(t.ctx, names)
	if err != nil {
		return nil, err
	}
	for _, e := range said {
		entity, line, err := t.eraseInstead(t.ctx, t.tx, e, 0)
		if err != nil {
			return nil, err
		}
		if line != nil {
			lines, t.touched = append(lines, *line), append(t.touched, entity.String())
		}
		row, here := have[e.Change]
		if !here {
			continue
		}
		c, err := change.Decode(row.Body)
		if err != nil {
			return nil, err
		}
		if audit.Leaf(&c, row.Body).String() != e.Was {
			continue // another change than it speaks of
		}
		both := []change.Erased{e}
		if before, twice := erased[e.Logged()]; twice {
			both = []change.Erased{before, e}
		}
		have := [][]byte{row.Body}
		for _, f := range found[e.Change] {
			have = append(have, f.Left)
		}
		left := sync.Leave(both, slices.DeleteFunc(have, func(b []byte) bool { return b == nil })...)
		if left == nil { // what was to be erased must go
			left, _ = without(&c, row.Body)
		}
		if change.Emptied(&c) {
			left = row.Body
		} else if err := t.tx.Redact(t.ctx, c.ID, left); err != nil {
			return nil, err
		}
		if err := t.tx.StripFound(t.ctx, c.ID); err != nil {
			return nil, err
		}
		lines = append(lines, audit.Erased(&c, row.Body, left))
		t.touched = append(t.touched, row.Entity)
	}
	return lines, nil
}
