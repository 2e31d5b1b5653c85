package change

import (
	"slices"
	"strconv"

	"quipu/internal/id"
)

// Forgetting is the kind of entity whose changes say which entities a node has put out of
// its keeping, because they are another office's now. What they say holds for the log of
// the node that wrote them, and for no other: the values are elsewhere.
const Forgetting Kind = "forget"

// Apart is the kind of what the hub says of one change that it keeps apart, or that it lost and says
// under another name: then "was" and "is" are the hashes of the change as it was logged and without
// its values, and "gone" are the positions of the sets that had no value any more, counted from 1. The id
// is the name of the change.
const Apart Kind = "apart"

// ActionForget is the action of such a change.
const ActionForget = "forget"

// Forgotten is one line of it: how many changes of the entity are without values now, and
// the hash over their names, leaves and bodies; see audit.
type Forgotten struct {
	Entity Ref
	N      int
	Is     string
}

// Forget makes the change that says what was forgotten. left are changes that stay without values
// though the rest of their entity has come back.
func Forget(as string, lines []Forgotten, left ...Erased) Change {
	left = slices.Clone(left)
	for i := range left {
		left[i].Gone = nil // no value is left of them
	}
	c := Change{Entity: Ref{Forgetting, as}, Action: ActionForget, Schema: Schema, Sets: setsOf(left)}
	for _, l := range lines {
		c.Sets = append(c.Sets, Set{Field: l.Entity.String(), Value: Group("n", strconv.Itoa(l.N), "is", l.Is)})
	}
	return c
}

// ForgottenBy reads what such a change says, by Ref.String(); nothing for any other change.
func ForgottenBy(c *Change) map[string]string {
	if c.Entity.Kind != Forgetting {
		return nil
	}
	out := make(map[string]string, len(c.Sets))
	for _, s := range c.Sets {
		out[s.Field] = s.Value.Part("is")
	}
	return out
}

// LeftBy reads which changes stay without values by what such a change says; or, of what the hub keeps
// apart because it lost it and says the same under another name, that one.
func LeftBy(c *Change) []Erased {
	switch c.Entity.Kind {
	case Forgetting:
		return linesOf(c)
	case Apart:
		return insteadOf(c)
	}
	return nil
}

func insteadOf(c *Change) []Erased {
	e := Erased{}
	for _, s := range c.Sets {
		switch s.Field {
		case "was":
			e.Was = s.Value.Text
		case "is":
			e.Is = s.Value.Text
		}
	}
	at, err := id.ParseChange(c.Entity.ID)
	if e.Change = at; err != nil || at.IsZero() || e.Was == "" || e.Is == "" {
		return nil
	}
	return []Erased{e}
}
