package sync

import (
	"bytes"
	"errors"
	"maps"

	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/audit"
	"quipu/internal/change"
	"quipu/internal/id"
)

// ErrStale says that an answer is to an older question, or for somebody else. Nothing was
// done; the node asks again.
var ErrStale = errors.New("sync: the answer does not begin where the node stands")

// TakeAnswer takes an answer of the hub into the node's log, and the new cursor with it:
// one transaction, all or nothing. It is the only thing that ends what is pending.
func TakeAnswer(log NodeLog, a Answer) error {
	s, err := log.State()
	if err != nil {
		return err
	}
	if a.Node != s.Node || a.From != s.Cursor && !bugStale {
		return ErrStale
	}
	s.Now = max(s.Now, a.Now)
	if a.Refusal != nil {
		s.Trouble = *a.Refusal
		return log.SaveState(s)
	}
	if a.Seen != newest(s.Known) && !bugStale {
		return ErrStale
	}
	if a.Back {
		return goBack(log, s, a)
	}
	if a.Compared != nil && (s.Compare == nil || a.Compared.After != s.Compare.After) {
		return ErrStale
	}
	other, err := takeEntries(log, &s, &a)
	if err != nil {
		return err
	}
	if other > 0 {
		s.Trouble = *refuse(RefusedCloned, "n", decimal(other))
		return log.SaveState(s)
	}
	if err := forget(log, &s, a.Forget); err != nil {
		return err
	}
	if err := log.PutKeys(a.Keys); err != nil {
		return err
	}
	if err := see(log, &s, a.Head); err != nil {
		return err
	}
	if err := log.PutRanges(a.Ranges); err != nil {
		return err
	}
	if s.Scopes = a.Scopes; !bugStale || a.From == s.Cursor {
		s.Cursor, s.Ahead = a.To, a.Ahead
	}
	if k := s.Trouble.Key; k == RefusedRevoked || k == RefusedUnknown || k == RefusedVersion {
		s.Trouble = Refusal{} // what a batch was refused for stays until a batch is taken
	}
	if a.Compared != nil {
		if s.Compare = (&Compared{After: a.Compared.Upto}); a.Compared.Upto == Filled {
			s.Compare = nil
		}
	}
	return log.SaveState(s)
}

// newest is the newest head of the hub that is known. An answer says the one that it was
// made upon; so what was made by the hub before it went back is not taken after that.
func newest(known []Mark) Mark {
	if len(known) == 0 {
		return Mark{}
	}
	return known[len(known)-1]
}

// goBack returns to the newest place where the logs are the same. What the hub lost is
// pending again, and the next push offers it.
func goBack(log NodeLog, s NodeState, a Answer) error {
	if a.To.After > s.Cursor.After {
		return ErrStale
	}
	if err := log.Unnumber(a.To.After); err != nil {
		return err
	}
	known := s.Known
	s.Known, s.Cursor, s.Ahead, s.Back = nil, a.To, 0, max(s.Now, 1)
	for _, m := range known {
		if m.Size <= a.To.After {
			s.Known = append(s.Known, m)
		}
	}
	if err := see(log, &s, a.Head); err != nil {
		return err
	}
	s.Backs++
	s.Compare = &Compared{} // what came or went since by another way than by changes
	return log.SaveState(s)
}

// takeEntries writes the entries. It returns the number of a change, and has then written
// nothing, when the hub holds another one under its name, or others up to it.
func takeEntries(log NodeLog, s *NodeState, a *Answer) (other int64, err error) {
	ids := make([]id.Change, len(a.Entries))
	for i, e := range a.Entries {
		ids[i] = e.ID
	}
	held, err := log.Held(ids)
	if err != nil {
		return 0, err
	}
	cs := make([]change.Change, len(a.Entries))
	var own tlog.Hash
	echo := int64(1)
	for i, e := range a.Entries {
		h, has := held[e.ID]
		if has && e.ID.Node == s.Node && e.ID.N > a.Last {
			return 0, ErrStale // it was saved since the ask, and would come without its values
		}
		if e.Body == nil {
			if e.ID.Node != s.Node || !has {
				return e.ID.N, nil
			}
			own, echo = Link(own, h.Leaf), e.ID.N
			continue
		}
		if cs[i], err = change.Decode(e.Body); err != nil {
			return 0, err
		}
		if cs[i].ID != e.ID {
			return 0, errors.New("sync: an entry is not the change that it says")
		}
		if has && audit.Leaf(&cs[i], e.Body) != h.Leaf {
			return e.ID.N, nil
		}
	}
	if own != a.Own {
		return echo, nil
	}
	return 0, write(log, a.Entries, cs, held)
}

func write(log NodeLog, es []Entry, cs []change.Change, held map[id.Change]Held) error {
	var number []Entry
	for i, e := range es {
		switch h, has := held[e.ID]; {
		case !has:
			if err := log.Append(e, &cs[i]); err != nil {
				return err
			}
		case h.Seq != e.Seq:
			number = append(number, e)
		}
	}
	// An erasure that gets its place with this answer is under way no more: the bodies are what it left.
	if err := log.Number(number); err != nil {
		return err
	}
	mine, err := underErasure(log, cs, es, held)
	if err != nil {
		return err
	}
	others := erasedElsewhere(cs, es, held, mine)
	say := map[change.Ref][]change.Erased{}
	for i, e := range es {
		h, has := held[e.ID]
		if !has || e.Body == nil {
			continue
		}
		own, under := mine[change.Logged{ID: e.ID, Was: h.Leaf.String()}]
		their, both := others[own.Logged()]
		switch under, both = under && h.Gone, both && !bugErase; {
		case under:
			said := []change.Erased{own}
			if both {
				said = append(said, their.line)
			}
			left, is, err := leftOf(log, said, e.Body)
			switch {
			case err != nil:
				return err
			case left == nil && cs[i].Gone != "": // it is not known what was taken out
			case left == nil || is && !both:
				continue
			default:
				e.Body = left
			}
			if both && left != nil && hashOf(left) != their.line.Is {
				say[their.of] = append(say[their.of], audit.Erased(&cs[i], e.Body, left))
			}
		case cs[i].Gone == "" && !h.Gone:
			continue
		}
		if err := log.Replace(e.ID, e.Body); err != nil {
			return err
		}
	}
	for _, ref := range sortedRefs(say) {
		if err := log.SayErased(ref, say[ref]); err != nil {
			return err
		}
	}
	return nil
}

// underErasure is what erasures of the node's own that are under way say of changes that come. What they
// took out does not come back with what the hub still has.
func underErasure(log NodeLog, cs []change.Change, es []Entry, held map[id.Change]Held) (map[change.Logged]change.Erased, error) {
	var refs []change.Ref
	for i, e := range es {
		if held[e.ID].Gone && e.Body != nil {
			refs = append(refs, erasureOf(cs[i].Entity))
		}
	}
	if len(refs) == 0 {
		return nil, nil
	}
	return log.Erasing(refs)
}

// erasedElsewhere is what erasures that come say of changes that own ones under way name.
func erasedElsewhere(cs []change.Change, es []Entry, held map[id.Change]Held, mine map[change.Logged]change.Erased) map[change.Logged]erasedLine {
	if len(mine) == 0 {
		return nil
	}
	out := map[change.Logged]erasedLine{}
	for i := range cs {
		if _, has := held[es[i].ID]; has {
			continue
		}
		for _, e := range change.ErasedBy(&cs[i]) {
			if _, both := mine[e.Logged()]; both {
				out[e.Logged()] = erasedLine{cs[i].Entity, e}
			}
		}
	}
	return out
}

// leftOf is what erasures leave of a change, of which a body came, and whether the log has it so.
func leftOf(log NodeLog, said []change.Erased, came []byte) (left []byte, is bool, err error) {
	name := said[0].Change
	have, err := log.Named([]id.Change{name})
	if err != nil {
		return nil, false, err
	}
	left = Leave(said, have[name], came)
	return left, bytes.Equal(left, have[name]), nil
}

// erasureOf is the entity of the erasures of another one. An erasure under way goes with the
// bodies that it left, so they must stay.
func erasureOf(ref change.Ref) change.Ref { return change.Ref{Kind: change.Erasure, ID: ref.ID} }

// forget carries out what is not pending. An entity with own changes under way is told
// again with the answer that covers the last of them; one with changes that the hub lost and has not
// been told of, with one after that, unless somebody could work here meanwhile.
func forget(log NodeLog, s *NodeState, fs []Forget) error {
	var refs []change.Ref
	for _, f := range fs {
		refs = append(refs, f.Entity, erasureOf(f.Entity))
	}
	pending, err := log.Pending(refs)
	if err != nil {
		return err
	}
	if s.Back > 0 {
		var of []change.Ref // an erasure stays, whoever has been told of it
		for _, f := range fs {
			if !Urgent(f.Entity.Kind) {
				of = append(of, f.Entity)
			}
		}
		found, err := log.Untold(of)
		if err != nil {
			return err
		}
		maps.Copy(pending, found)
	}
	for _, f := range fs {
		if pending[f.Entity] || pending[erasureOf(f.Entity)] {
			continue
		}
		if err := log.Forget(f); err != nil {
			return err
		}
	}
	return nil
}
