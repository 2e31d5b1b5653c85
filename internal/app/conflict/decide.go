package conflict

import (
	"context"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"quipu/internal/app/node"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/name"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// CaseCmd is what an officer decides about a case. Values are the texts of another value, by
// field; one that is not among them stays as it stands. Seen is Case.Head.
type CaseCmd struct {
	Verdict change.Verdict
	Note    string
	Values  map[string]string
	Seen    id.Change
}

// DecideCase decides about all that one change wrote of a matter and that waits. What others
// wrote of the same fields and says the same is decided with it.
func (s *Conflicts) DecideCase(ctx context.Context, actor Actor, ref change.Ref, conflict string, cmd CaseCmd) error {
	return s.DB.Update(ctx, func(tx *store.Tx) error {
		c, rec, open, err := s.openCase(ctx, tx, actor, ref, conflict)
		if err != nil {
			return err
		}
		note := name.Clean(cmd.Note)
		switch {
		case cmd.Seen != c.Head:
			return fault.New(fault.Conflict, "conflict.moved")
		case !c.MayDecide:
			return fault.New(fault.Forbidden, "app.own_account")
		case utf8.RuneCountInString(note) < 3 || utf8.RuneCountInString(note) > 500:
			return fault.New(fault.Invalid, "registry.settle_note").On("note")
		}
		ch := change.Change{Entity: ref, Action: registry.ActionSettle, Schema: change.Schema, Note: note}
		if cmd.Verdict != change.Kept {
			if !c.MayTake {
				return fault.New(fault.Conflict, c.Blocked)
			}
			if ch.Sets, err = matters[ref.Kind].decide(c, &rec, open, cmd); err != nil {
				return err
			}
			if len(ch.Sets) == 0 {
				return fault.New(fault.Invalid, "registry.settle_same").On("value")
			}
			if err := s.stands(ctx, tx, actor, &rec, &ch); err != nil {
				return err
			}
		}
		for _, l := range c.Lines {
			for i := range open {
				if y := &open[i]; y.Field == l.Field.Name && (y.Change == l.Beside.Change || y.Value.Equal(l.Beside.Value)) {
					ch.Sets = append(ch.Sets, y.Settle(cmd.Verdict))
				}
			}
		}
		return s.commit(ctx, tx, actor, ch)
	})
}

// decide lists the sets that bring the decided values into force, with what follows from them.
func (m *matter) decide(c *Case, rec *change.Record, open []change.Contender, cmd CaseCmd) (sets []change.Set, err error) {
	if cmd.Verdict != change.Taken && cmd.Verdict != change.Other {
		return nil, fault.New(fault.Invalid, "registry.settle_verdict").On("verdict")
	}
	next := map[string]string{}
	for _, l := range c.Lines {
		next[l.Field.Name] = l.Beside.Value.Text
		if cmd.Verdict == change.Other && !l.Field.Fixed {
			text, given := cmd.Values[l.Field.Name]
			if !given {
				text = l.Stands.Value.Text
			}
			if next[l.Field.Name] = tidy(text, l.Field.Form); next[l.Field.Name] != "" && m.check != nil {
				if err := m.check(c.Entity.Kind, l.Field.Name, change.Text(next[l.Field.Name])); err != nil {
					return nil, fault.As(err).On("value." + l.Field.Name)
				}
			}
		}
	}
	if m.rest != nil {
		for f, text := range m.rest(func(f string) string {
			if text, ok := next[f]; ok {
				return text
			}
			return rec.Text(f)
		}) {
			if _, decided := next[f]; !decided || text == "" {
				next[f] = text
			}
		}
	}
	for _, f := range slices.Sorted(maps.Keys(next)) {
		if s := (change.Set{Field: f, Value: change.Text(next[f]), Base: rec.Version(f)}); !s.Value.Equal(rec.Fields[f].Value) {
			for _, x := range open {
				if x.Field == f && x.Value.Equal(s.Value) {
					s.Prov = x.Prov
				}
			}
			sets = append(sets, s)
		}
	}
	return sets, nil
}

func tidy(text string, form Form) string {
	if form != Lines {
		return name.Clean(text)
	}
	var out []string
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r", ""), "\n") {
		out = append(out, name.Clean(line))
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}

// stands refuses what a decision would make of a matter when it cannot be.
func (s *Conflicts) stands(ctx context.Context, tx *store.Tx, actor Actor, was *change.Record, ch *change.Change) error {
	m := matters[ch.Entity.Kind]
	if m.stands == nil {
		return nil
	}
	is := *was
	is.Fields = maps.Clone(was.Fields)
	for i := range ch.Sets {
		is.Fields[ch.Sets[i].Field] = change.Held{Value: ch.Sets[i].Value}
	}
	return m.stands(ctx, tx, actor, was, &is)
}

// commit seals what was sealed before, stamps, appends and writes the tables.
func (s *Conflicts) commit(ctx context.Context, tx *store.Tx, actor Actor, ch change.Change) error {
	err := s.SealSets(ctx, tx, &ch, func(set *change.Set) bool {
		return Seals(ch.Entity.Kind, set.Field) && !(node.Closed(set) && ofSurveys(ch.Entity.Kind))
	})
	if err != nil {
		return err
	}
	if actor.Purpose == "" {
		actor.Purpose = "registry"
	}
	st, err := s.Stamper(ctx, tx, actor)
	if err != nil {
		return err
	}
	st.Stamp(&ch)
	if err := tx.Append(ctx, []change.Change{ch}); err != nil {
		return err
	}
	return s.Project(ctx, tx, []string{ch.Entity.String()})
}
