package change

import (
	"slices"
	"strconv"
	"strings"

	"quipu/internal/id"
)

// Erasure is the kind of entity whose changes say which other changes had values taken out
// of them, and what is left: field by field the name of a change, with the hashes of its
// body as it was logged ("was") and as it is now ("is"). It bears the id of the entity whose
// changes they are.
const Erasure Kind = "erasure"

// ActionErase is the action of such a change.
const ActionErase = "erase"

// Erased is one line of an erasure.
type Erased struct {
	Change  id.Change
	Was, Is string // hashes in base64, as tlog writes them
}

// Erase makes the change that says what was taken out of the changes of an entity.
func Erase(entity string, lines []Erased) Change {
	return Change{Entity: Ref{Erasure, entity}, Action: ActionErase, Schema: Schema, Sets: setsOf(lines)}
}

func setsOf(lines []Erased) (out []Set) {
	for _, l := range lines {
		out = append(out, Set{Field: l.Change.String(), Value: Group("was", l.Was, "is", l.Is)})
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

// LastErased is what is left of changes by the last of some erasures that names each: the hash of its body.
func LastErased(said []Change) map[Logged]string {
	is := map[Logged]string{}
	for i := range said {
		for _, e := range ErasedBy(&said[i]) {
			is[Logged{e.Change, e.Was}] = e.Is
		}
	}
	return is
}

func linesOf(c *Change) (out []Erased) {
	for _, s := range c.Sets {
		if at, err := id.ParseChange(s.Field); err == nil && !at.IsZero() {
			out = append(out, Erased{at, s.Value.Part("was"), s.Value.Part("is")})
		}
	}
	return out
}

// Redact takes values out of a change: of the fields that gone names, what the author wrote
// in words, the salt, and the names of items, which are made of what they say. was is the
// hash of the body as it was logged. What stays is that there was a change, of what, by
// whom, when and for what purpose. It reports whether anything was taken out.
func Redact(c *Change, was string, gone func(s *Set) bool) (Change, bool) {
	out := *c
	out.Sets = append([]Set{}, c.Sets...)
	taken := 0
	for i := range out.Sets {
		s := &out.Sets[i]
		if s.Gone || !gone(s) {
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
