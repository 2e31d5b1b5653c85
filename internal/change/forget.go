package change

import "strconv"

// Forgetting is the kind of entity whose changes say which entities a node has put out of
// its keeping, because they are another office's now. What they say holds for the log of
// the node that wrote them, and for no other: the values are elsewhere.
const Forgetting Kind = "forget"

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

// LeftBy reads which changes stay without values by what such a change says.
func LeftBy(c *Change) []Erased {
	if c.Entity.Kind != Forgetting {
		return nil
	}
	return linesOf(c)
}
