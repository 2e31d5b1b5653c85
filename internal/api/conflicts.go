package api

import (
	apart "quipu/internal/app/conflict"
	"quipu/internal/app/exchange"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/seal"
)

// conflictLine is a conflict of the list.
type conflictLine struct {
	Kind     string   `json:"kind"`
	Entity   string   `json:"entity"`
	Conflict string   `json:"conflict"`
	Fields   []string `json:"fields"`
	Change   string   `json:"change"`
	Reason   string   `json:"reason"`
	Office   string   `json:"office"`
	At       string   `json:"at"`
	Verdict  string   `json:"verdict"`
	By       string   `json:"by"`
}

func conflictLines(all []apart.Item) []conflictLine {
	out := []conflictLine{}
	for _, it := range all {
		out = append(out, conflictLine{string(it.Entity.Kind), it.Entity.ID, it.ID, filled(it.Fields), it.Change.String(), it.Reason, it.Office, micros(it.At), string(it.Verdict), it.Author})
	}
	return out
}

// conflicts lists what waits for the officer, and what was decided last.
func conflicts(c *call) (*reply, error) {
	open, decided, err := c.app().OpenConflicts(c.Context(), c.actor)
	if err != nil {
		return nil, err
	}
	return ok(map[string]any{"open": conflictLines(open), "decided": conflictLines(decided)})
}

// matter is what the path names: an entity, and a conflict of it.
func (c *call) matter() (ref change.Ref, name string, err error) {
	ref, name = change.Ref{Kind: change.Kind(c.PathValue("kind")), ID: c.PathValue("entity")}, c.PathValue("conflict")
	if ref.Kind == change.Person && !id.Entity(ref.ID).Valid() || ref.Kind != change.Person && !apart.Decided(ref.Kind) {
		return ref, name, missing("conflict", name)
	}
	return ref, name, nil
}

// versionBody is one of the values of a conflict; nil when the officer may not read it.
type versionBody struct {
	Text     string            `json:"text"`
	Parts    map[string]string `json:"parts"`
	Change   string            `json:"change"`
	By       string            `json:"by"`
	Office   string            `json:"office"`
	At       string            `json:"at"`
	Received string            `json:"received"`
	Source   string            `json:"source"`
	Evidence string            `json:"evidence"`
}

func versionOf(h change.Held, received apart.Received) *versionBody {
	v := &versionBody{Text: h.Value.Text, Parts: h.Value.Parts, Change: versionText(h.Version), By: h.Author, Office: h.Office, At: stampText(h.At), Source: h.Prov.Source, Evidence: h.Prov.Evidence}
	if v.Parts == nil {
		v.Parts = map[string]string{}
	}
	if at := received[h.Version]; at > 0 {
		v.Received = micros(at)
	}
	return v
}

type conflictField struct {
	Field  string       `json:"field"`
	Stands *versionBody `json:"stands"`
	Beside *versionBody `json:"beside"`
	Fixed  bool         `json:"fixed"`
}

type conflictBody struct {
	Kind      string          `json:"kind"`
	Entity    string          `json:"entity"`
	Conflict  string          `json:"conflict"`
	Seen      string          `json:"seen"`
	Reason    string          `json:"reason"`
	Office    string          `json:"office"`
	Fields    []conflictField `json:"fields"`
	MayDecide bool            `json:"may_decide"`
	MayTake   bool            `json:"may_take"`
	NeedsNote bool            `json:"needs_note"`
}

func getConflict(c *call) (*reply, error) {
	ref, name, err := c.matter()
	if err != nil {
		return nil, err
	}
	if ref.Kind == change.Person {
		p, err := c.app().Conflict(c.Context(), c.actor, ref.ID, name)
		if err != nil {
			return nil, err
		}
		x := &p.Contender
		line := conflictField{Field: x.Field, Fixed: !p.MayOther}
		if !p.Veiled {
			line.Stands, line.Beside = versionOf(p.Stands, p.Received), versionOf(x.Held(), p.Received)
		}
		return ok(conflictBody{string(ref.Kind), ref.ID, name, versionText(p.Stands.Version), x.Reason, p.Row.Office, []conflictField{line}, p.MayDecide, p.MayTake, p.Reason})
	}
	p, err := c.app().Case(c.Context(), c.actor, ref, name)
	if err != nil {
		return nil, err
	}
	b := conflictBody{string(ref.Kind), ref.ID, name, versionText(p.Head), p.Lines[0].Beside.Reason, p.Office, nil, p.MayDecide, p.MayTake, true}
	for _, l := range p.Lines {
		b.Fields = append(b.Fields, conflictField{l.Field.Name, versionOf(l.Stands, p.Received), versionOf(l.Beside.Held(), p.Received), l.Field.Fixed})
	}
	return ok(b)
}

// decideConflict writes what the officer decides. Of a person values has "text", or the parts of
// an item; of anything else a text for each field.
func decideConflict(c *call) (*reply, error) {
	var in struct {
		Verdict string            `json:"verdict" must:"yes" most:"10"`
		Note    string            `json:"note" most:"500"`
		Values  map[string]string `json:"values" most:"2000"`
		Source  string            `json:"source" most:"40"`
		Backing string            `json:"evidence" most:"200"`
		Seen    string            `json:"seen" most:"60"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	c.point = members(&in)
	ref, name, err := c.matter()
	if err != nil {
		return nil, err
	}
	var seen id.Change
	if in.Seen != "" {
		if seen, err = id.ParseChange(in.Seen); err != nil {
			return nil, refuse(400, "api.base").at("/seen")
		}
	}
	if ref.Kind != change.Person {
		return done(c.app().DecideCase(c.Context(), c.actor, ref, name, apart.CaseCmd{Verdict: change.Verdict(in.Verdict), Note: in.Note, Values: in.Values, Seen: seen}))
	}
	if in.Verdict == string(change.Other) && len(in.Values) == 0 {
		return nil, fault.New(fault.Invalid, "registry.settle_same").On("values")
	}
	cmd := apart.DecideCmd{Seen: seen, Settling: registry.Settling{Verdict: change.Verdict(in.Verdict), Note: in.Note, Prov: change.Provenance{Source: in.Source, Evidence: in.Backing}}}
	if text, single := in.Values["text"]; single {
		cmd.Value = change.Text(text)
	} else {
		cmd.Value.Parts = in.Values
	}
	_, err = c.app().DecideConflict(c.Context(), c.actor, ref.ID, name, cmd)
	return done(err)
}

// heldSet is a value of what is kept apart; sealed values are shown to nobody.
type heldSet struct {
	Field string            `json:"field"`
	Text  string            `json:"text"`
	Parts map[string]string `json:"parts"`
	Shown bool              `json:"shown"`
}

type heldBody struct {
	Change   string    `json:"change"`
	Kind     string    `json:"kind"`
	Entity   string    `json:"entity"`
	Action   string    `json:"action"`
	By       string    `json:"by"`
	Office   string    `json:"office"`
	At       string    `json:"at"`
	Received string    `json:"received"`
	Reason   string    `json:"reason"`
	Refused  string    `json:"refused"`
	Values   []heldSet `json:"values"`
	State    string    `json:"state"`
	Decided  string    `json:"decided"`
	Decider  string    `json:"decided_by"`
	Note     string    `json:"note"`
	Became   string    `json:"became"`
	MayLetIn bool      `json:"may_let_in"`
	MayBack  bool      `json:"may_send_back"`
}

// getApart is a change that the hub keeps apart, with its values when the officer may read them.
func getApart(c *call) (*reply, error) {
	a, err := c.app().Apart(c.Context(), c.actor, c.PathValue("change"))
	if err != nil {
		return nil, err
	}
	x := &a.Change
	b := heldBody{Change: x.ID.String(), Kind: string(x.Entity.Kind), Entity: x.Entity.ID, Action: x.Action, By: x.Author, Office: x.Office, At: stampText(x.At),
		Reason: a.Reason, Values: []heldSet{}, State: a.State, Note: a.Words, Became: versionText(a.Became), MayLetIn: a.MayLet, MayBack: a.MayBack}
	if a.Received > 0 {
		b.Received = micros(a.Received)
	}
	if a.State != "" {
		b.Decided, b.Decider = stampText(a.Decided.At), a.Decided.Author
	}
	if a.Refused != nil {
		b.Refused = fault.As(a.Refused).Key
	}
	for i := range x.Sets {
		s := heldSet{Field: x.Sets[i].Field, Parts: map[string]string{}}
		if v := x.Sets[i].Value; a.Values && !x.Sets[i].Gone && !seal.Sealed(v.Text) {
			if s.Text, s.Shown = v.Text, true; v.Parts != nil {
				s.Parts = v.Parts
			}
		}
		b.Values = append(b.Values, s)
	}
	return ok(b)
}

// decideApart lets it in or sends it back.
func decideApart(c *call) (*reply, error) {
	var in struct {
		Decision string `json:"decision" must:"yes" most:"10"`
		Note     string `json:"note" must:"yes" most:"500"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	c.point = members(&in)
	switch held := c.PathValue("change"); in.Decision {
	case exchange.ApartLetIn:
		became, err := c.app().LetIn(c.Context(), c.actor, held, in.Note)
		if err != nil {
			return nil, err
		}
		return ok(map[string]any{"became": became.String()})
	case exchange.ApartSentBack:
		if err := c.app().SendBack(c.Context(), c.actor, held, in.Note); err != nil {
			return nil, err
		}
		return ok(map[string]any{"became": ""})
	}
	return nil, fault.New(fault.Invalid, "values.form", "field", "decision").On("decision")
}
