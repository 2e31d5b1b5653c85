package same

import (
	"encoding/json"
	"slices"
	"strings"

	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/registry"
)

// Write is one value that was written to the survivor since a merge, and to which of the
// two entries it goes when the merge is undone: Default says so unless somebody moves it.
type Write struct {
	Key     string // names it in a choice: the change and the field
	Field   string
	Change  change.Change // whose set it is; its Sets hold this one alone
	Default string        // a person's id
}

// Moved says where a value written since a merge went when the merge was undone.
type Moved struct {
	Key    string `json:"key"`
	Person string `json:"person"`
}

// Parting is what is needed to undo a merge: the changes of both entries in log order, and
// of every merge into the same survivor that was undone since, what was moved then.
type Parting struct {
	Merge           string
	Survivor, Other []change.Change
	Undone          map[string][]Moved // by merge
}

func key(c *change.Change, field string) string { return c.ID.String() + " " + field }

// since returns the survivor's changes before the merge, the merge, and those after it that
// still say something: without merges that came and went in between, and without what went
// to another entry with those.
func (p *Parting) since() (before []change.Change, merge *change.Change, after []change.Change, err error) {
	of := registry.InForce(p.Survivor)
	at := slices.IndexFunc(of, func(c change.Change) bool { return c.Batch == p.Merge && c.Action == ActionMerge })
	if at < 0 {
		return nil, nil, nil, fault.New(fault.NotFound, "review.no_merge")
	}
	gone := map[string]bool{}
	survivor := of[at].Entity.ID
	for _, list := range p.Undone {
		for _, m := range list {
			if m.Person != survivor {
				gone[m.Key] = true
			}
		}
	}
	for _, c := range of[at+1:] {
		if _, undone := p.Undone[c.Batch]; undone && c.Batch != "" {
			continue
		}
		kept := c
		kept.Sets = slices.DeleteFunc(slices.Clone(c.Sets), func(s change.Set) bool { return gone[key(&c, s.Field)] })
		after = append(after, kept)
	}
	return of[:at], &of[at], after, nil
}

// Since lists what was written to the survivor since the merge, oldest first, with the
// entry that each value goes to unless somebody moves it. A change that names the other
// entry's number goes there; a value that came with the other entry goes back to it with
// whatever was written over it; what else a change says follows its other values, and the
// rest stays. What the program derives is not listed: it follows.
func (p *Parting) Since() ([]Write, error) {
	before, merge, after, err := p.since()
	if err != nil {
		return nil, err
	}
	was, other := change.Overlay(before), change.Overlay(without(registry.InForce(p.Other), p.Merge))
	came := map[string]bool{} // fields whose value came with the other entry
	for _, s := range merge.Sets {
		theirs := other.Fields[s.Field].Value
		came[s.Field] = !s.Value.Empty() && (was.Fields[s.Field].Value.Empty() || theirs.Equal(s.Value) && len(s.Value.Parts) == 0)
	}
	var out []Write
	for i := range after {
		c := &after[i]
		to := defaults(c, came, was.Entity.ID, other.Entity.ID, other.Text("number"))
		for j, s := range c.Sets {
			came[s.Field] = to[j] == other.Entity.ID && (came[s.Field] || was.Fields[s.Field].Value.Empty())
			if derived(s.Field) {
				continue
			}
			one := *c
			one.Sets = []change.Set{s}
			out = append(out, Write{Key: key(c, s.Field), Field: s.Field, Change: one, Default: to[j]})
		}
	}
	return out, nil
}

// derived are fields that follow from others and are not moved by anybody, and decisions about
// contested values, which stay where they were made.
func derived(field string) bool {
	return registry.Follows(field) || group(field) == "settled"
}

// defaults says of each set of a change whose it is.
func defaults(c *change.Change, came map[string]bool, survivor, other, number string) []string {
	out := make([]string, len(c.Sets))
	theirs, mine := 0, 0
	named := tells(c, number)
	for i, s := range c.Sets {
		switch {
		case named || came[s.Field]:
			out[i] = other
			theirs++
		case !strings.Contains(s.Field, "/") || !s.Base.IsZero():
			out[i] = survivor
			mine++
		}
	}
	for i := range out {
		if out[i] != "" {
			continue
		}
		if out[i] = survivor; theirs > 0 && mine == 0 {
			out[i] = other
		}
	}
	return out
}

// tells reports whether a change says that it is about the entry with the number.
func tells(c *change.Change, number string) bool {
	if number == "" {
		return false
	}
	texts := []string{c.Note, c.Prov.Evidence}
	for _, s := range c.Sets {
		texts = append(texts, s.Prov.Evidence)
	}
	bare := strings.ReplaceAll(number, "-", "")
	return slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(strings.ReplaceAll(t, "-", ""), bare) })
}

func without(changes []change.Change, batch string) []change.Change {
	return slices.DeleteFunc(slices.Clone(changes), func(c change.Change) bool { return c.Batch == batch })
}

// Unmerge makes the two changes that part the entries again: each says what it said before
// the merge and what was written to it since. to moves values written since, by Write.Key,
// to one of the two entries. Every value goes to one of them.
func (p *Parting) Unmerge(to map[string]string) (ofSurvivor, ofOther change.Change, moved []Moved, err error) {
	before, _, after, err := p.since()
	if err != nil {
		return ofSurvivor, ofOther, nil, err
	}
	writes, err := p.Since()
	if err != nil {
		return ofSurvivor, ofOther, nil, err
	}
	now, nowOther := registry.Load(p.Survivor), registry.Load(p.Other)
	mine, theirs := change.Overlay(before), change.Overlay(without(registry.InForce(p.Other), p.Merge))
	owner := map[string]string{}
	for _, w := range writes {
		owner[w.Key] = w.Default
		if person, ok := to[w.Key]; ok {
			if person != mine.Entity.ID && person != theirs.Entity.ID {
				return ofSurvivor, ofOther, nil, fault.New(fault.Invalid, "review.neither").On(w.Field)
			}
			owner[w.Key] = person
		}
		moved = append(moved, Moved{w.Key, owner[w.Key]})
	}
	for k := range to {
		if _, ok := owner[k]; !ok {
			return ofSurvivor, ofOther, nil, fault.New(fault.Invalid, "review.no_write", "key", k)
		}
	}
	replay(&mine, after, owner, true)
	replay(&theirs, after, owner, false)
	return back(&now.Record, &mine, p.Merge), back(&nowOther.Record, &theirs, p.Merge), moved, nil
}

// replay applies to a record those values written since that are its own. A doubt goes
// with the field that it is about; the survivor has those of neither.
func replay(r *change.Record, after []change.Change, owner map[string]string, survivor bool) {
	p := registry.Person{Record: *r}
	zone := registry.NameMRZ(p.Name())
	defer func() {
		if now := registry.NameMRZ(p.Name()); now != zone { // p shares the fields of r
			h := r.Fields["name_mrz"]
			h.Value = change.Text(now)
			r.Fields["name_mrz"] = h
		}
	}()
	about := map[string]string{} // field: who has the newest value of it
	for i := range after {
		c := after[i]
		for _, s := range c.Sets {
			if o := owner[key(&c, s.Field)]; o != "" {
				about[s.Field] = o
			}
		}
		c.Sets = slices.DeleteFunc(slices.Clone(c.Sets), func(s change.Set) bool {
			o := owner[key(&c, s.Field)]
			if group(s.Field) == "doubt" {
				field, _, _ := strings.Cut(s.Value.Part("field"), ".")
				if s.Value.Empty() { // settled: wherever it stands
					return false
				}
				o = about[field]
			}
			if o == "" {
				return !survivor || s.Field == "name_mrz" // which is made anew
			}
			return o != r.Entity.ID
		})
		for _, s := range c.Sets {
			h := change.Held{Value: s.Value, Version: c.ID, At: c.At, Author: c.Author, Office: c.Office, Action: c.Action, Prov: s.Prov}
			r.Fields[s.Field] = h
		}
	}
}

// back is the change that brings a record from what it says now to what it shall say.
func back(now, then *change.Record, merge string) change.Change {
	c := change.Change{Entity: now.Entity, Action: ActionUndo, Schema: change.Schema, Batch: merge}
	fields := map[string]bool{}
	for f := range now.Fields {
		fields[f] = true
	}
	for f := range then.Fields {
		fields[f] = true
	}
	for _, f := range sorted(fields) {
		if want, is := then.Fields[f], now.Fields[f]; !want.Value.Equal(is.Value) {
			c.Sets = append(c.Sets, change.Set{Field: f, Value: want.Value, Base: is.Version, Prov: want.Prov})
		}
	}
	return c
}

func sorted(set map[string]bool) []string {
	out := make([]string, 0, len(set))
	for f := range set {
		out = append(out, f)
	}
	slices.Sort(out)
	return out
}

// WriteMoved and ReadMoved are the form in which a merge keeps what was moved at its undoing.
func WriteMoved(moved []Moved) string { return writeJSON(moved) }

// ReadMoved: see WriteMoved.
func ReadMoved(text string) (out []Moved) {
	if text == "" || json.Unmarshal([]byte(text), &out) != nil {
		return nil
	}
	return out
}
