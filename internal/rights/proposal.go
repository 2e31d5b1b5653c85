package rights

import (
	"slices"
	"strconv"
	"strings"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
)

// Stage is how a proposal to erase stands.
type Stage string

// The stages.
const (
	Proposed Stage = "proposed"
	Done     Stage = "done"
	Rejected Stage = "rejected"
)

// MostPeople is how many people one proposal holds, so that somebody can look at all.
const MostPeople = 500

// Item is what a proposal would erase of one person: classes whose terms have passed, or
// with ClassAsked the data that the person asked to have erased.
type Item struct {
	Person  string
	Classes []string
	Data    string
}

// Proposal is what one officer proposes to erase and another approves.
type Proposal struct {
	record
	Office, Request, Reason, Approver string
	Stage                             Stage
	Day                               civil.Date
	Items                             []Item // by person
	Erased                            int    // people, once it is done
}

// LoadProposal folds the changes of one proposal.
func LoadProposal(changes []change.Change) Proposal {
	p := Proposal{record: record{change.Fold(changes)}}
	t := p.Text
	p.Office, p.Request, p.Reason, p.Approver, p.Stage, p.Day = t("office"), t("request"), t("reason"), t("approver"), Stage(t("stage")), p.day("day")
	p.Erased, _ = strconv.Atoi(t("erased"))
	for _, it := range p.Record.Items("person") {
		p.Items = append(p.Items, Item{it.ID, strings.Fields(it.Value.Part("classes")), it.Value.Part("data")})
	}
	return p
}

// Propose proposes to erase. reason is needed for what no term asks for.
func Propose(office, request, reason string, items []Item, today civil.Date) (change.Change, error) {
	if len(items) == 0 {
		return change.Change{}, fault.New(fault.Conflict, "rights.nothing_due")
	}
	reason, err := words("reason", reason, request != "")
	if err != nil {
		return change.Change{}, err
	}
	c := (&record{}).write("propose", "office", office, "request", request, "reason", reason, "stage", string(Proposed), "day", today.String())
	for _, it := range items[:min(len(items), MostPeople)] {
		c.Sets = append(c.Sets, change.Set{Field: "person/" + it.Person, Value: change.Group("classes", strings.Join(it.Classes, " "), "data", it.Data)})
	}
	return c, nil
}

// Approvable refuses what somebody proposed himself, or what was decided already.
func (p *Proposal) Approvable(approver string) error {
	switch {
	case p.Head.IsZero():
		return fault.New(fault.NotFound, "rights.no_proposal")
	case p.Stage != Proposed:
		return fault.New(fault.Conflict, "rights.proposal_decided")
	case p.Created.Author == approver:
		return fault.New(fault.Forbidden, "rights.own_proposal")
	}
	return nil
}

// Carried records that the proposal was approved and carried out on so many people.
func (p *Proposal) Carried(approver string, people int) (change.Change, error) {
	if err := p.Approvable(approver); err != nil {
		return change.Change{}, err
	}
	return p.write("carry_out", "stage", string(Done), "approver", approver, "erased", strconv.Itoa(people)), nil
}

// Reject ends a proposal without erasing anything. Whoever made it may take it back.
func (p *Proposal) Reject(by, reason string) (change.Change, error) {
	if err := p.Approvable(""); err != nil {
		return change.Change{}, err
	}
	reason, err := words("reason", reason, true)
	if err != nil {
		return change.Change{}, err
	}
	return p.write("reject", "stage", string(Rejected), "approver", by, "reason", reason), nil
}

// Still are those of what is due that an item proposed.
func (it Item) Still(due []Due) []Due {
	return slices.DeleteFunc(slices.Clone(due), func(d Due) bool { return !slices.Contains(it.Classes, d.Class) })
}
