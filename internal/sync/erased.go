package sync

import (
	"bytes"
	"maps"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/audit"
	"quipu/internal/change"
	"quipu/internal/id"
)

// What erasures leave of changes. Two that were written apart take out what either of them says, and
// whoever finds that says it in an erasure of his own: the last one says what is left.

// erasedLine is one line of an erasure of an entity.
type erasedLine struct {
	of   change.Ref
	line change.Erased
}

// Leave is what is left of a change under the erasures that name it, in their order, made from a body
// that has as much or more. It is nil when none is that, or when it is not known what they took: older
// programs say only what they left, by its hash.
func Leave(said []change.Erased, bodies ...[]byte) []byte {
	last := said[len(said)-1]
	var gone []int
	for _, e := range said {
		at := e.Gone
		if i := slices.IndexFunc(bodies, func(b []byte) bool { return hashOf(b) == e.Is }); at == nil && i >= 0 {
			at = goneIn(bodies[i])
		}
		if at == nil {
			if i := slices.IndexFunc(bodies, func(b []byte) bool { return hashOf(b) == last.Is }); i >= 0 {
				return bodies[i]
			}
			return nil
		}
		gone = union(gone, at)
	}
	for _, body := range bodies {
		if left := cutDown(body, last, gone); left != nil {
			return left
		}
	}
	return nil
}

// cutDown takes the sets that are gone out of a body; nil when it is of another change, or lacks more.
func cutDown(body []byte, e change.Erased, gone []int) []byte {
	c, err := change.Decode(body)
	if err != nil || audit.Leaf(&c, body).String() != e.Was || len(union(gone, change.GoneOf(&c))) > len(gone) {
		return nil
	}
	if hashOf(body) == e.Is && slices.Equal(change.GoneOf(&c), gone) {
		return body
	}
	out := redact(&c, e.Was, gone)
	if slices.Equal(e.Gone, gone) && hashOf(change.Encode(&out)) != e.Is {
		out.Note = c.Note // the words of what erases stay, when they name nobody
		if hashOf(change.Encode(&out)) != e.Is {
			return nil
		}
	}
	return change.Encode(&out)
}

// restOf reports whether a body is what is left of another one when the sets go that it lacks; what the
// other lacks already cannot be compared.
func restOf(whole, left []byte) bool {
	w, err := change.Decode(whole)
	l, err2 := change.Decode(left)
	if err != nil || err2 != nil || len(w.Sets) != len(l.Sets) {
		return false
	}
	out := redact(&w, l.Gone, change.GoneOf(&l))
	for i, s := range l.Sets {
		if out.Sets[i].Gone && !s.Gone && out.Sets[i].Base == s.Base {
			out.Sets[i] = s
		}
	}
	if l.Note == w.Note {
		out.Note = l.Note
	}
	return bytes.Equal(change.Encode(&out), change.Encode(&l))
}

func redact(c *change.Change, was string, gone []int) change.Change {
	out, _ := change.Redact(c, was, func(at int, _ *change.Set) bool { return slices.Contains(gone, at) })
	return out
}

func hashOf(body []byte) string { return tlog.RecordHash(body).String() }

// goneIn are the positions of the sets of a body that have no value.
func goneIn(body []byte) []int {
	c, err := change.Decode(body)
	if err != nil {
		return nil
	}
	return change.GoneOf(&c)
}

func union(a, b []int) []int {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}

// erased is what the last erasures at the hub say of changes of entities.
func erased(log HubLog, of []change.Ref) (map[change.Logged]change.Erased, error) {
	size, err := log.Size()
	if err != nil {
		return nil, err
	}
	refs := map[change.Ref]bool{}
	for _, r := range of {
		refs[erasureOf(r)] = true
	}
	es, err := log.Changes(sortedRefs(refs), 0, size)
	if err != nil {
		return nil, err
	}
	said, err := decodeAll(es)
	return change.LastErased(said), err
}

// cut takes out of changes what erasures that the hub has took out of them: when it was restored,
// others went on without their author, who offers them as he had them.
func cut(log HubLog, in []Incoming) error {
	began, err := log.Began()
	if err != nil || began <= 1 { // it lost nothing
		return err
	}
	var refs []change.Ref
	var names []id.Change
	for i := range in {
		if in[i].Change.Entity.Kind != change.Erasure {
			refs, names = append(refs, in[i].Change.Entity), append(names, in[i].Change.ID)
		}
	}
	gone, err := erased(log, refs)
	if err != nil || len(gone) == 0 {
		return err
	}
	found, err := log.Found(names)
	if err != nil {
		return err
	}
	for i := range in {
		e, is := gone[in[i].logged()]
		if !is || in[i].Change.Entity.Kind == change.Erasure {
			continue
		}
		left := Leave([]change.Erased{e}, append([][]byte{in[i].Body}, bodiesOf(found[in[i].Change.ID])...)...)
		if left == nil {
			if left, err = takeOut(in[i].Body, e); err != nil {
				return err
			}
		}
		in[i].Bare = hashOf(left) != e.Is
		if err := in[i].become(left); err != nil {
			return err
		}
	}
	return nil
}

// takeOut takes out of a body what an erasure took out of the change; all, when it does not say what
// that was, unless something is out already: what was to be erased must go.
func takeOut(body []byte, e change.Erased) ([]byte, error) {
	c, err := change.Decode(body)
	if err != nil || e.Gone == nil && c.Gone != "" {
		return body, err
	}
	out, taken := change.Redact(&c, e.Was, func(at int, _ *change.Set) bool { return e.Gone == nil || slices.Contains(e.Gone, at) })
	if !taken {
		return body, nil
	}
	return change.Encode(&out), nil
}

// taken is what a batch with erasures takes out of the hub's log: the bodies that are left, by the names
// of the changes, with what was taken out of each; and what the hub has to say of them itself, by the names
// of the erasures' entities.
type taken struct {
	left map[id.Change]strippedBody
	say  map[change.Ref][]change.Erased
}

type strippedBody struct {
	line change.Erased
	body []byte
}

// HasErased reports whether a body is of the change of which an erasure speaks, and has a value that it took
// out, as far as it says which these are.
func HasErased(body []byte, e change.Erased) bool {
	if !IsOf(body, e.Was) {
		return false
	}
	gone := goneIn(body)
	return e.Gone == nil || slices.ContainsFunc(e.Gone, func(at int) bool { return !slices.Contains(gone, at) })
}

// stripped is what the erasures among the changes took out of others: the values must go at the hub,
// too. A batch brings the bodies that they left.
func stripped(log HubLog, b *Batch, in []Incoming) (t taken, _ *Refusal, err error) {
	bodies, leaves := map[id.Change][]byte{}, map[id.Change]string{}
	for _, body := range b.Stripped {
		if c, err := change.Decode(body); err == nil && c.Gone != "" {
			bodies[c.ID], leaves[c.ID] = body, c.Gone
		}
	}
	lines := map[id.Change]erasedLine{} // where a later erasure took out more, that counts
	for i := range in {
		for _, e := range change.ErasedBy(&in[i].Change) {
			if leaves[e.Change] != e.Was || e.Was == "" {
				return t, refuse(RefusedErasure, "n", decimal(in[i].Change.ID.N)), nil
			}
			lines[e.Change] = erasedLine{in[i].Change.Entity, e}
		}
	}
	unsaid := map[id.Change]*Incoming{} // the erasure that took some of its values comes later, if it comes
	for i := range in {
		c := &in[i].Change
		if _, says := lines[c.ID]; !says && c.Gone != "" && !change.Emptied(c) {
			unsaid[c.ID] = &in[i]
		}
	}
	if len(lines)+len(unsaid) == 0 {
		return t, nil, nil
	}
	t = taken{map[id.Change]strippedBody{}, map[change.Ref][]change.Erased{}}
	h, err := heldOf(log, lines, unsaid)
	if err != nil {
		return t, nil, err
	}
	for i := range in { // what comes along is at the hub by then
		h.rows[in[i].Change.ID] = in[i].Body
	}
	for _, name := range slices.SortedFunc(maps.Keys(unsaid), id.Change.Compare) {
		c := unsaid[name]
		if e := audit.Erased(&c.Change, c.Body, c.Body); h.erased[c.logged()].Is != e.Is {
			t.says(erasureOf(c.Change.Entity), e)
		}
	}
	for _, name := range slices.SortedFunc(maps.Keys(lines), id.Change.Compare) {
		if err := t.takes(&h, lines[name], bodies[name]); err != nil {
			return t, nil, err
		}
	}
	return t, nil, nil
}

func (t *taken) says(of change.Ref, e change.Erased) { t.say[of] = append(t.say[of], e) }

// takes works out what is left of one change. What the hub has itself needs nobody's word. An erasure
// speaks of its person's changes: one that names another's takes out nothing.
func (t *taken) takes(h *atHub, l erasedLine, came []byte) error {
	e, name := l.line, l.line.Change
	c, err := change.Decode(came)
	if err != nil || c.Entity != subject(l.of) {
		return err
	}
	var have [][]byte
	lies := false
	if row := h.rows[name]; IsOf(row, e.Was) {
		w, err := change.Decode(row)
		if err != nil || w.Entity != c.Entity {
			return err
		}
		have = append(have, row)
		if lies = !restOf(row, came); lies {
			shown := e
			if shown.Gone == nil { // the body shows what an older program does not say
				shown.Gone = change.GoneOf(&c)
			}
			if came, err = takeOut(row, shown); err != nil {
				return err
			}
		}
	}
	said, took := []change.Erased{e}, e
	if last, twice := h.erased[e.Logged()]; twice && !bugErase {
		said = []change.Erased{last, e}
		if took.Gone = nil; last.Gone != nil && e.Gone != nil {
			took.Gone = union(last.Gone, e.Gone)
		}
	}
	left := Leave(said, append(append(have, came), vouched(h.found[name], said)...)...)
	switch {
	case left != nil:
	case change.Emptied(&c) && !lies: // its author had to forget it since, and nobody holds what he left
		if t.left[name] = (strippedBody{took, came}); len(said) > 1 && e.Gone != nil {
			t.saysUnseen(l.of, said[0], e, came)
		}
		return nil
	case e.Gone == nil && !lies: // the next erasure brings it
		return nil
	default: // another erasure took more, and the hub lost that
		left = came
		for _, s := range said {
			if left, err = takeOut(left, s); err != nil {
				return err
			}
		}
	}
	if t.left[name] = (strippedBody{took, left}); hashOf(left) != e.Is {
		is := audit.Erased(&c, came, left)
		is.Gone = union(is.Gone, e.Gone) // else it would not count beside one that names sets that there are not
		t.says(l.of, is)
	}
	return nil
}

// vouched are those of what nodes told of a change that have the hash of the change, or of what one of its
// erasures left: the others wait for the erasure that says theirs.
func vouched(found []Found, said []change.Erased) [][]byte {
	return slices.DeleteFunc(bodiesOf(found), func(b []byte) bool {
		is := hashOf(b)
		return !slices.ContainsFunc(said, func(e change.Erased) bool { return is == e.Was || is == e.Is })
	})
}

// saysUnseen says what two erasures took out of a change of which nobody holds what they left: whoever
// offers it whole is to offer it without what either took.
func (t *taken) saysUnseen(of change.Ref, last, e change.Erased, emptied []byte) {
	both := change.Erased{Change: e.Change, Was: e.Was, Is: hashOf(emptied)}
	if last.Gone != nil { // else all goes
		both.Gone = union(last.Gone, e.Gone)
	}
	if len(both.Gone) != len(e.Gone) {
		t.says(of, both)
	}
}

// atHub is what the hub has of changes that erasures name: their bodies, what is kept of those that it
// lost, and what its own erasures say.
type atHub struct {
	rows   map[id.Change][]byte
	found  map[id.Change][]Found
	erased map[change.Logged]change.Erased
}

func heldOf(log HubLog, lines map[id.Change]erasedLine, unsaid map[id.Change]*Incoming) (h atHub, err error) {
	var refs []change.Ref
	for _, l := range lines {
		refs = append(refs, l.of)
	}
	for _, in := range unsaid {
		refs = append(refs, in.Change.Entity)
	}
	if h.erased, err = erased(log, refs); err != nil {
		return h, err
	}
	names := slices.SortedFunc(maps.Keys(lines), id.Change.Compare)
	has, err := log.Named(names)
	if err != nil {
		return h, err
	}
	h.rows = make(map[id.Change][]byte, len(has))
	for _, e := range has {
		h.rows[e.ID] = e.Body
	}
	h.found, err = log.Found(names)
	return h, err
}
