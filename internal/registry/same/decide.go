package same

import (
	"strconv"
	"strings"

	"quipu/internal/change"
	"quipu/internal/fault"
)

// The actions of a pair's changes.
const (
	ActionDecide = "decide"
	ActionSecond = "second" // a second reviewer, who did not see the first
	ActionReopen = "reopen"
	ActionUndo   = change.ActionUndo
	ActionMerge  = "merge"
)

// Decision is what an officer says of a pair. Weight and Model are what the program said of
// it then, in hundredths of a bit; Seconds is how long the pair was looked at, 0 for unknown.
type Decision struct {
	Verdict      Verdict
	Reason, Note string
	Weight       int64
	Model        string
	Seconds      int64
	Survivor     Side
	Keep         map[string]Side
	Covers       []string
	Merge        string
}

// Decide writes what an officer says of a pair that waits. To say that two are different
// needs a reason: it lasts, and outlives every model. Saying again what was said changes
// nothing but is a decision of its own.
func (p *Pair) Decide(d Decision) (change.Change, error) {
	switch {
	case p.A == "":
		return change.Change{}, fault.New(fault.NotFound, "review.no_pair")
	case !p.Verdict.Waits():
		return change.Change{}, fault.New(fault.Conflict, "review.decided")
	case d.Verdict != Unsure && d.Verdict != Proposed && d.Verdict != Same && d.Verdict != Different:
		return change.Change{}, fault.New(fault.Invalid, "review.verdict").On("verdict")
	case d.Verdict == Same && d.Merge == "":
		return change.Change{}, fault.New(fault.Internal, "review.verdict")
	}
	reason, err := words("reason", d.Reason, d.Verdict == Different)
	if err != nil {
		return change.Change{}, err
	}
	note, err := words("note", d.Note, false)
	if err != nil {
		return change.Change{}, err
	}
	keep := ""
	if d.Verdict == Proposed || d.Verdict == Same {
		keep = writeJSON(d.Keep)
	} else {
		d.Survivor, d.Covers = "", nil
	}
	c := p.Write(ActionDecide, "verdict", string(d.Verdict), "reason", reason, "note", note, "keep", keep, "survivor", string(d.Survivor),
		"covers", strings.Join(d.Covers, " "), "merge", d.Merge, "model", d.Model, "weight", number(d.Weight), "second", "")
	return p.said(c, d), nil
}

// said adds what is written anew by every decision, so that each has an author of its own.
func (p *Pair) said(c change.Change, d Decision) change.Change {
	c.Sets = append(c.Sets,
		change.Set{Field: "said", Value: change.Text(string(d.Verdict)), Base: p.Version("said")},
		change.Set{Field: "seconds", Value: change.Text(number(d.Seconds)), Base: p.Version("seconds")})
	return c
}

func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// SecondSample is one pair in how many decided ones that a second officer sees again.
const SecondSample = 10

// Sampled reports whether a second officer should see the pair again once it is decided. It
// follows from the pair's name alone, so that nobody chooses.
func Sampled(pair string) bool {
	h := uint32(2166136261) // FNV-1a
	for i := range len(pair) {
		h = (h ^ uint32(pair[i])) * 16777619
	}
	return (h^h>>16)%SecondSample == 0
}

// SecondLook writes what another officer says of a decided pair without having seen what
// the first said. It changes nothing but the figure of how far reviewers agree: an officer
// who finds a wrong decision undoes or reopens it.
func (p *Pair) SecondLook(by string, d Decision) (change.Change, error) {
	switch {
	case p.Verdict != Same && p.Verdict != Different:
		return change.Change{}, fault.New(fault.Conflict, "review.not_decided")
	case p.By == by:
		return change.Change{}, fault.New(fault.Forbidden, "review.own_second")
	case p.Second != Open:
		return change.Change{}, fault.New(fault.Conflict, "review.decided")
	case d.Verdict != Same && d.Verdict != Different && d.Verdict != Unsure:
		return change.Change{}, fault.New(fault.Invalid, "review.verdict").On("verdict")
	}
	return p.Write(ActionSecond, "second", string(d.Verdict), "second_seconds", number(d.Seconds)), nil
}

// Reopen takes back that two are different, or a proposal, with a reason. It never comes by
// itself.
func (p *Pair) Reopen(reason string) (change.Change, error) {
	if p.Verdict != Different && p.Verdict != Proposed {
		return change.Change{}, fault.New(fault.Conflict, "review.not_reopened")
	}
	reason, err := words("reason", reason, true)
	if err != nil {
		return change.Change{}, err
	}
	return p.back(ActionReopen, Open, reason), nil
}

// Undone says of a merged pair that its merge was taken back, and what holds of it now:
// different, unsure, or nothing yet.
func (p *Pair) Undone(then Verdict, reason string) (change.Change, error) {
	if p.Verdict != Same {
		return change.Change{}, fault.New(fault.Conflict, "review.not_merged")
	}
	if then != Open && then != Unsure && then != Different {
		return change.Change{}, fault.New(fault.Invalid, "review.verdict").On("then")
	}
	reason, err := words("reason", reason, true)
	if err != nil {
		return change.Change{}, err
	}
	return p.back(ActionUndo, then, reason), nil
}

func (p *Pair) back(action string, to Verdict, reason string) change.Change {
	c := p.Write(action, "verdict", string(to), "reason", reason, "note", "", "keep", "", "survivor", "", "covers", "", "merge", "", "second", "")
	return p.said(c, Decision{Verdict: to})
}
