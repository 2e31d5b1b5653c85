package sim

import (
	"fmt"

	"quipu/internal/change"
	"quipu/internal/id"
)

// value names a value: the change that wrote it and the field.
type value struct {
	c     id.Change
	field string
}

// accounted is I6 for one entity, from its changes in order: every value that anybody wrote
// is in force, was replaced by somebody who had seen it, waits as a contender, was followed
// by its own node, or was decided. It does not use the fold but for what it came to.
func accounted(cs []change.Change) error {
	r := fold(cs)
	base := map[value]id.Change{}
	for i := range cs {
		for _, s := range cs[i].Sets {
			base[value{cs[i].ID, s.Field}] = s.Base
		}
	}
	good := map[value]bool{}
	seen := func(v value, alone bool) { // v and what it was written upon, one upon the other
		for !v.c.IsZero() && !good[v] {
			good[v] = true
			b := base[v]
			if alone && b.Node != v.c.Node {
				return
			}
			v.c = b
		}
	}
	for f, h := range r.Fields {
		seen(value{h.Version, f}, false)
	}
	for _, x := range r.Contested {
		seen(value{x.Change, x.Field}, true)
	}
	for _, d := range r.Decisions() {
		seen(value{d.Change, d.Field}, true)
	}
	for i := range cs {
		for _, s := range cs[i].Sets {
			if v := (value{cs[i].ID, s.Field}); !good[v] && (s.Gone || said(cs, r, i, s)) {
				seen(v, true)
			}
		}
	}
	for i := range cs {
		for _, s := range cs[i].Sets {
			if s.Gone || good[value{cs[i].ID, s.Field}] || said(cs, r, i, s) {
				continue
			}
			return fmt.Errorf("%s of %s by %s (%q upon %q) is overwritten: %q of %s is in force", s.Field, cs[i].Entity, cs[i].ID, s.Value.Text, s.Base,
				r.Text(s.Field), r.Version(s.Field))
		}
	}
	return nil
}

// said reports whether somebody else's change says the same of the field, so that nothing is
// lost with this one, or whether the change is a decision that came second.
func said(cs []change.Change, r change.Record, i int, s change.Set) bool {
	if len(s.Value.Parts) > 0 && s.Value.Part("verdict") != "" {
		return true
	}
	for j := range cs {
		for _, o := range cs[j].Sets {
			if j != i && o.Field == s.Field && o.Value.Equal(s.Value) {
				return true
			}
		}
	}
	return false
}

// selfless is the other half of I7: a node is never in conflict with itself.
func (w *world) selfless(r *change.Record) error {
	for _, x := range r.Contested {
		in := r.Version(x.Field)
		if !w.tainted[r.Entity] && x.Reason == change.ReasonStale && in.Node == x.Change.Node && in.N < x.Change.N && x.Base.N < in.N && x.Base.Node == in.Node {
			return fmt.Errorf("%s of %s contests %s, which its own node wrote before", x.Change, x.Field, in)
		}
		if x.Reason == change.ReasonNone && !w.tainted[r.Entity] {
			return fmt.Errorf("%s was written to %s, whom nobody had made", x.Change, r.Entity)
		}
	}
	return nil
}
