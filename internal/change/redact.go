package change

import (
	"slices"
	"strconv"
	"strings"

	"quipu/internal/id"
)

// Erasure is the kind of entity whose changes say which other changes had values taken out
// of them, and what is left: field by field the name of a change, with the hashes of its
// body as it was logged ("was") and as it is now ("is"), and which of its sets have no value
// now ("gone", counted from 1). It bears the id of the entity whose changes they are.
const Erasure Kind = "erasure"

// ActionErase is the action of such a change.
const ActionErase = "erase"

// Erased is one line of an erasure.
type Erased struct {
	Change  id.Change
	Was, Is string // hashes in base64, as tlog writes them
	Gone    []int  // positions, from 0, of the sets that have no value now; none in what older programs wrote
}

// Logged names the change that the line is of.
func (e *Erased) Logged() Logged { return Logged{e.Change, e.Was} }

// Agrees reports whether two lines say the same of a change: hash for hash. Which sets have no value
// follows from what is left.
func (e *Erased) Agrees(o *Erased) bool { return e.Logged() == o.Logged() && e.Is == o.Is }

// Counts reports whether a line counts beside an earlier one of the same change: the later of two does,
// unless it is known to take out less. A node may be told of them in another order than the hub was.
func (e *Erased) Counts(earlier *Erased) bool {
	in := func(at int) bool { return slices.Contains(earlier.Gone, at) }
	return len(e.Gone) == 0 || len(e.Gone) >= len(earlier.Gone) || slices.ContainsFunc(e.Gone, func(at int) bool { return !in(at) })
}

// Erase makes the change that says what was taken out of the changes of an entity.
func Erase(entity string, lines []Erased) Change {
	return Change{Entity: Ref{Erasure, entity}, Action: ActionErase, Schema: Schema, Sets: setsOf(lines)}
}

func setsOf(lines []Erased) (out []Set) {
	for _, l := range lines {
		out = append(out, Set{Field: l.Change.String(), Value: Group("was", l.Was, "is", l.Is, "gone", Positions(l.Gone))})
	}
	return out
}

// Positions writes positions counted from 1.
func Positions(at []int) string {
	out := make([]string, len(at))
	for i, n := range at {
		out[i] = strconv.Itoa(n + 1)
	}
	return strings.Join(out, " ")
}

// ReadPositions is its inverse; nil for anything else.
func ReadPositions(s string) (out []int) {
	for f := range strings.FieldsSeq(s) {
		n, err := strconv.Atoi(f)
		if err != nil || n < 1 || len(out) > 0 && n-1 <= out[len(out)-1] {
			return nil
		}
		out = append(out, n-1)
	}
	return out
}

// GoneOf are the positions, from 0, of the sets of a change that have no value any more.
func GoneOf(c *Change) (out []int) {
	for i := range c.Sets {
		if c.Sets[i].Gone {
			out = append(out, i)
		}
	}
	return out
}

// ErasedBy reads what an erasure says; nothing for any other change.
func ErasedBy(c *Change) []Erased {
	if c.Entity.Kind != Erasure {
		return nil
	}
	return linesOf(c)
}

// Logged is a change as it was logged, by its hash then in base64: an erasure speaks of no other of its name.
type Logged struct {
	ID  id.Change
	Was string
}

// LastErased is what counts of what some erasures say of each change.
func LastErased(said []Change) map[Logged]Erased {
	last := map[Logged]Erased{}
	for i := range said {
		for _, e := range ErasedBy(&said[i]) {
			if old, twice := last[e.Logged()]; !twice || e.Counts(&old) {
				last[e.Logged()] = e
			}
		}
	}
	return last
}

func linesOf(c *Change) (out []Erased) {
	for _, s := range c.Sets {
		if at, err := id.ParseChange(s.Field); err == nil && !at.IsZero() {
			out = append(out, Erased{at, s.Value.Part("was"), s.Value.Part("is"), ReadPositions(s.Value.Part("gone"))})
		}
	}
	return out
}

// Redact takes values out of a change: of the sets, by their positions, that gone names, what the author wrote
// in words, the salt, and the names of items, which are made of what they say. was is the
// hash of the body as it was logged. What stays is that there was a change, of what, by
// whom, when and for what purpose. It reports whether anything was taken out.
func Redact(c *Change, was string, gone func(at int, s *Set) bool) (Change, bool) {
	out := *c
	out.Sets = append([]Set{}, c.Sets...)
	taken := 0
	for i := range out.Sets {
		s := &out.Sets[i]
		if s.Gone || !gone(i, s) {
			continue
		}
		taken++
		if group, _, item := strings.Cut(s.Field, "/"); item {
			s.Field = group + "/-" + strconv.Itoa(i)
		}
		s.Value, s.Gone, s.Prov = Value{}, true, Provenance{Source: s.Prov.Source, Confidence: s.Prov.Confidence}
	}
	if taken == 0 {
		return *c, false
	}
	out.Note, out.Salt, out.Prov.Evidence, out.Prov.From, out.Prov.To = "", "", "", "", ""
	if out.Gone == "" {
		out.Gone = was
	}
	return out, true
}

// Emptied reports whether a change has no value any more.
func Emptied(c *Change) bool {
	return !slices.ContainsFunc(c.Sets, func(s Set) bool { return !s.Gone })
}
