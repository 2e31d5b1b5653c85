package registry

import (
	"slices"
	"strings"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
)

// RegisterCmd makes an entry. The application gives it its id and registry number.
// District is that of the office on the day when empty; Kind is resident and Channel
// window when empty.
type RegisterCmd struct {
	Office, District string
	Kind, Channel    string
	Inputs           []Input
	Note             string
	Prov             change.Provenance
	Alike            []Verdict
}

// Verdict is what the officer said of somebody who looked like the person to be
// registered: another person, with the reason, or with Unsure that he could not tell.
type Verdict struct {
	Person, Number, Reason string
	Unsure                 bool
}

// Register makes the entry of a person and the first registration. Only a name cannot be
// missing; what else a complete record needs comes back as doubts, which the change
// holds too. A person without papers gets a provisional entry, nationality presumed.
func Register(cmd RegisterCmd, asOf civil.Date) (change.Change, []Doubt, error) {
	blank := Person{}
	sets, doubts, err := prepareAll(&blank, cmd.Inputs, asOf)
	if err != nil {
		return change.Change{}, nil, err
	}
	sets = slices.DeleteFunc(sets, func(s change.Set) bool { return s.Value.Empty() })
	next := blank.with(sets)
	sets = append(sets, presume(&next)...)
	next = blank.with(sets)
	found := examine(&next, asOf)
	if err := found.refusal(nil); err != nil {
		return change.Change{}, nil, err
	}
	doubts = append(doubts, found.raised(nil)...)
	apart, unsure, err := verdicts(cmd.Alike, asOf)
	if err != nil {
		return change.Change{}, nil, err
	}
	sets, doubts = append(sets, apart...), append(doubts, unsure...)
	episode, err := blank.open(begun(cmd.Office, cmd.District, or(cmd.Kind, "resident"), or(cmd.Channel, "window"), asOf), asOf)
	if err != nil {
		return change.Change{}, nil, err
	}
	c := change.Change{Entity: change.Ref{Kind: change.Person}, Action: "register", Note: tidy(cmd.Note, true),
		Schema: change.Schema, Prov: cmd.Prov}
	c.Sets = append(append(sets, derive(&blank, &next)...), episode)
	c.Sets = append(c.Sets, doubtSets(&blank, nil, doubts, found)...)
	return c, doubts, nil
}

// verdicts keeps who was said to be another person, so that nobody asks again, and raises
// a doubt about whoever may be the same.
func verdicts(alike []Verdict, asOf civil.Date) (apart []change.Set, unsure []Doubt, err error) {
	f := byKey["distinct_from"]
	for _, v := range alike {
		if v.Unsure {
			unsure = append(unsure, Doubt{Field: "number", Key: "registry.same_person", From: v.Person, Args: []fault.Arg{{Name: "number", Value: v.Number}}})
			continue
		}
		reason, _, err := Check(f, f.Part("reason"), v.Reason, asOf)
		if err != nil {
			return nil, nil, err
		}
		if reason == "" {
			return nil, nil, fault.New(fault.Invalid, "registry.verdict_reason").On("verdict.reason")
		}
		parts := map[string]string{"person": v.Person, "reason": reason}
		apart = append(apart, change.Set{Field: ItemField(f, parts), Value: change.Value{Parts: parts}})
	}
	return apart, unsure, nil
}

// presume fills in what a new entry has when nobody said it: sex not stated, and for a
// person without papers the presumption of nationality.
func presume(next *Person) []change.Set {
	var sets []change.Set
	entry := EntryComplete
	if next.Text("sex") == "" {
		sets = append(sets, change.Set{Field: "sex", Value: change.Text("N")})
	}
	if !HasPapers(next) {
		entry = EntryProvisional
		if next.Text("nationality_basis") == "" {
			sets = append(sets, change.Set{Field: "nationality_basis", Value: change.Text(Presumed)})
		}
	}
	return append(sets, change.Set{Field: "entry", Value: change.Text(entry)})
}

// Presumed is the basis of nationality of a person who could not show any.
const Presumed = "presumed"

// HasPapers reports whether the record names a document or other evidence of
// nationality. A statement of the person's own is none.
func HasPapers(p *Person) bool {
	for _, it := range p.Items("document") {
		if it.Value.Part("type") != "none" && it.Value.Part("type") != "foreign_id" {
			return true
		}
	}
	for _, it := range p.Items("nationality_evidence") {
		if k := it.Value.Part("kind"); k != "none" && k != "sworn_statement" {
			return true
		}
	}
	return false
}

// Provisional makes the entry of a person without papers: everything in cmd but
// documents, nationality presumed.
func Provisional(cmd RegisterCmd, asOf civil.Date) (change.Change, []Doubt, error) {
	in := slices.Clone(cmd.Inputs)
	in = slices.DeleteFunc(in, func(i Input) bool { return i.Field == "nationality_basis" })
	cmd.Inputs = append(in, Input{Field: "nationality_basis", Value: change.Text(Presumed)})
	c, doubts, err := Register(cmd, asOf)
	if err != nil {
		return c, nil, err
	}
	draft := Load([]change.Change{c})
	if HasPapers(&draft) {
		return change.Change{}, nil, fault.New(fault.Invalid, "registry.has_papers").On("document")
	}
	c.Action = "provisional"
	return c, doubts, nil
}

// Complete turns a provisional entry into a complete one when papers appear. evidence
// must bring a document or other evidence, and basis the nationality that it shows.
func Complete(cur *Person, evidence []Input, basis, note string, asOf civil.Date) (change.Change, []Doubt, error) {
	if err := standing(cur); err != nil {
		return change.Change{}, nil, err
	}
	if cur.Text("entry") != EntryProvisional {
		return change.Change{}, nil, fault.New(fault.Conflict, "registry.not_provisional")
	}
	if strings.TrimSpace(basis) == "" || basis == Presumed {
		return change.Change{}, nil, fault.New(fault.Invalid, "registry.basis_needed").On("nationality_basis")
	}
	in := append(slices.Clone(evidence), Input{Field: "nationality_basis", Value: change.Text(basis), Base: cur.Version("nationality_basis")})
	sets, doubts, err := apply(cur, in, asOf)
	if err != nil {
		return change.Change{}, nil, err
	}
	next := cur.with(sets)
	if !HasPapers(&next) {
		return change.Change{}, nil, fault.New(fault.Invalid, "registry.papers_needed").On("document")
	}
	c := cur.begin("complete", note)
	c.Sets = append(sets, cur.put("entry", change.Text(EntryComplete)))
	return c, doubts, nil
}

// Withdraw takes an entry out of the register, as the undoing of an import does. Its
// number stays taken and its history stays readable.
func Withdraw(cur *Person, note string) (change.Change, error) {
	if err := standing(cur); err != nil {
		return change.Change{}, err
	}
	c := cur.begin("withdraw", note)
	c.Sets = []change.Set{cur.put("entry", change.Text(EntryWithdrawn))}
	return c, nil
}
