package exchange

import (
	"context"
	"slices"

	"quipu/internal/audit"
	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/store"
)

// What the hub lost and an officer took in stands under another name: the hub says so of the lost one
// with a change of KindApart, reason ApartLost, state ApartLetIn. Wherever the lost one is, or comes to
// be, it is kept apart from then on, and its values go: what took its place has them.

// ApartLost is the reason of what the hub lost, and ApartOther of what its author offered after all and
// is not what others had told.
const (
	ApartLost  = "apart.lost"
	ApartOther = "apart.other"
)

// replacedName is the setting that says that there is something of the kind; it is not looked for otherwise.
const replacedName = "sync.replaced"

// replacement is what took the place of a lost change; Became is zero for none. Was is the hash of the
// lost one, Gone are the positions of its sets that had no value then: these did not come in.
type replacement struct {
	Became id.Change
	Was    string
	Gone   []int
}

func (x *Exchange) replacement(ctx context.Context, tx *store.Tx, lost id.Change) (replacement, error) {
	all, err := x.replacements(ctx, tx, []id.Change{lost})
	return all[lost], err
}

// replacements are those of lost changes, of which there are some.
func (x *Exchange) replacements(ctx context.Context, tx *store.Tx, lost []id.Change) (map[id.Change]replacement, error) {
	some, err := tx.Setting(ctx, replacedName)
	if err != nil || some == "" {
		return nil, err
	}
	names := make([]string, len(lost))
	for i, c := range lost {
		names[i] = c.String()
	}
	said, err := tx.ChangesOf(ctx, ofKind(KindApart, names))
	out := map[id.Change]replacement{}
	for i, e := range ofKind(KindApart, names) {
		if r := change.Fold(said[e]); replaced(&r) {
			became, err := id.ParseChange(r.Text("change"))
			if err != nil {
				return nil, err
			}
			out[lost[i]] = replacement{became, r.Text("was"), change.ReadPositions(r.Text("gone"))}
		}
	}
	return out, err
}

// replaced holds of what the hub says of a lost change that was taken in.
func replaced(r *change.Record) bool {
	return r.Text("reason") == ApartLost && r.Text("state") == ApartLetIn
}

// without is the body of a change without any value, and whether one was taken out for that. An
// erasure says nothing of anybody and stays.
func without(c *change.Change, body []byte) (left []byte, taken bool) {
	if c.Entity.Kind == change.Erasure {
		return body, false
	}
	out, taken := change.Redact(c, audit.Leaf(c, body).String(), func(int, *change.Set) bool { return true })
	if !taken {
		return body, false
	}
	return change.Encode(&out), true
}

// bare reports whether a body has no value any more.
func bare(body []byte) bool {
	c, err := change.Decode(body)
	return err == nil && c.Gone != "" && change.Emptied(&c)
}

// release takes the values out of a lost change that is here, and ends what waits for it. An own one
// that has still to be sent keeps them: its author says what he wrote.
func (x *Exchange) release(ctx context.Context, tx *store.Tx, e *store.Entry) error {
	joined, err := IsNode(ctx, tx)
	own := e.ID.Node == x.Name()
	if err != nil || !joined || own && e.Hub == 0 {
		return err
	}
	c, err := change.Decode(e.Body)
	if err != nil {
		return err
	}
	if left, taken := without(&c, e.Body); taken {
		if err := tx.Redact(ctx, e.ID, left); err != nil {
			return err
		}
	}
	return tx.Replaced(ctx, e.ID, own)
}

// came looks whether a change that its author offers has been taken in already. Then it is kept apart
// without its values; or, when it is another than others had told, apart until an officer has decided.
func (l *hubLog) came(p *store.Pulled, leaf string, r replacement) error {
	p.Apart = true
	l.touched[change.Ref{Kind: KindApart, ID: p.Change.ID.String()}.String()] = true
	if leaf != r.Was {
		l.others = append(l.others, p.Change)
		return nil
	}
	body, taken := without(&p.Change, p.Body)
	if !taken {
		return nil
	}
	return insteadIn(p, body)
}

// insteadIn puts another body in the place of that of a change that comes in.
func insteadIn(p *store.Pulled, body []byte) (err error) {
	p.Body = body
	p.Change, err = change.Decode(body)
	return err
}

// sayOther opens again what was said of lost changes whose author offers others under their names.
func (l *hubLog) sayOther() error {
	var said []change.Change
	for _, c := range l.others {
		past, err := l.tx.Changes(l.ctx, change.Ref{Kind: KindApart, ID: c.ID.String()})
		if err != nil {
			return err
		}
		rec := change.Fold(past)
		said = append(said, rec.Write("hold", "reason", ApartOther, "state", "", "words", "", "office", c.Office))
	}
	return l.x.say(l.ctx, l.tx, said...)
}

// eraseTaken takes out of what took the place of a lost change what an erasure took out of that, of
// which body is what it left; or, where whoever erased had to forget that, what the erasure says.
func (l *hubLog) eraseTaken(said change.Erased, body []byte) error {
	left, err := change.Decode(body)
	if err != nil {
		return err
	}
	gone := change.GoneOf(&left)
	if change.Emptied(&left) && said.Gone != nil {
		gone = said.Gone
	}
	if gone == nil {
		return nil
	}
	entity, line, err := l.x.eraseInstead(l.ctx, l.tx, change.Erased{Change: said.Change, Was: left.Gone, Gone: gone}, len(left.Sets))
	if err != nil || line == nil {
		return err
	}
	l.touched[entity.String()] = true
	return l.SayErased(entity, []change.Erased{*line})
}

// eraseInstead takes out of what took the place of a lost change the sets at the positions that an erasure
// says of that one, all when it says none. sets is how many the lost one had, 0 when that is not known. What
// is left is in line, nil when nothing was taken out: also when the erasure speaks of another change.
func (x *Exchange) eraseInstead(ctx context.Context, tx *store.Tx, e change.Erased, sets int) (entity change.Ref, line *change.Erased, err error) {
	r, err := x.replacement(ctx, tx, e.Change)
	if err != nil || r.Became.IsZero() || r.Was != e.Was {
		return entity, nil, err
	}
	have, err := tx.Named(ctx, []id.Change{r.Became})
	row, here := have[r.Became]
	if err != nil || !here {
		return entity, nil, err
	}
	c, err := change.Decode(row.Body)
	if err != nil {
		return entity, nil, err
	}
	all := e.Gone == nil || sets > 0 && len(c.Sets)+len(r.Gone) != sets
	at := make([]int, 0, len(c.Sets)) // where each set stood in the lost one
	for i := 0; len(at) < len(c.Sets); i++ {
		if !slices.Contains(r.Gone, i) {
			at = append(at, i)
		}
	}
	out, taken := change.Redact(&c, audit.Leaf(&c, row.Body).String(), func(i int, _ *change.Set) bool { return all || slices.Contains(e.Gone, at[i]) })
	if !taken {
		return entity, nil, nil
	}
	left := change.Encode(&out)
	is := audit.Erased(&c, row.Body, left)
	return c.Entity, &is, tx.Redact(ctx, c.ID, left)
}
