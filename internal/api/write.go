package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"quipu/internal/api/strict"
	"quipu/internal/app"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/code"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/registry"
)

// provIn is what a value rests on, as a program gives it.
type provIn struct {
	Source     string `json:"source" must:"yes" most:"40"`
	Evidence   string `json:"evidence" most:"200"`
	Confidence string `json:"confidence" most:"40"`
	From       string `json:"from" most:"20"`
	To         string `json:"to" most:"20"`
}

func (p *provIn) read(at string) (change.Provenance, error) {
	if p == nil {
		return change.Provenance{}, nil
	}
	for _, c := range []struct{ list, code string }{{"source", p.Source}, {"confidence", p.Confidence}} {
		if (c.code != "" || c.list == "source") && !code.List(c.list).Has(c.code) {
			return change.Provenance{}, fault.New(fault.Invalid, "api.code", "list", c.list, "code", clip(c.code)).On(at + "/" + c.list)
		}
	}
	for name, text := range map[string]string{"from": p.From, "to": p.To} {
		if _, err := civil.Parse(text); text != "" && err != nil {
			return change.Provenance{}, fault.As(err).On(at + "/" + name)
		}
	}
	return change.Provenance(*p), nil
}

// fieldIn is one field as a program writes it: text or parts, or clear to take it away.
type fieldIn struct {
	Field      string            `json:"field" must:"yes" most:"80"`
	Text       *string           `json:"text" most:"4000"`
	Parts      map[string]string `json:"parts" most:"4000"`
	Clear      bool              `json:"clear"`
	Base       string            `json:"base" most:"60"`
	Provenance *provIn           `json:"provenance"`
}

// inputs reads the fields; those that say nothing of their own rest on what all do.
func inputs(all []fieldIn, common change.Provenance) ([]registry.Input, error) {
	out := make([]registry.Input, len(all))
	for i, f := range all {
		at := "/fields/" + strconv.Itoa(i)
		shapes := 0
		for _, given := range []bool{f.Text != nil, f.Parts != nil, f.Clear} {
			if given {
				shapes++
			}
		}
		if shapes != 1 || f.Text != nil && *f.Text == "" || f.Parts != nil && len(f.Parts) == 0 {
			return nil, refuse(http.StatusBadRequest, "api.value_shape").at(at)
		}
		base, err := id.ParseChange(f.Base)
		if err != nil {
			return nil, refuse(http.StatusBadRequest, "api.base").at(at + "/base")
		}
		prov, err := f.Provenance.read(at + "/provenance")
		if err != nil {
			return nil, err
		}
		if f.Provenance == nil {
			prov = common
		}
		in := registry.Input{Field: f.Field, Base: base, Prov: prov, Value: change.Value{Parts: f.Parts}}
		if f.Text != nil {
			in.Value.Text = *f.Text
		}
		out[i] = in
	}
	return out, nil
}

// pointer finds the member of fields that a fault is about: "document.number" is the part
// of the only document that was sent. When several could be meant it points at them all.
func pointer(all []fieldIn) func(string) string {
	return func(field string) string {
		name, part, _ := strings.Cut(field, ".")
		found := -1
		for i, f := range all {
			group, _, _ := strings.Cut(f.Field, "/")
			if f.Field == name {
				found = i
				break
			}
			if group == name {
				if found >= 0 {
					return "/fields"
				}
				found = i
			}
		}
		switch {
		case found < 0:
			return ""
		case part != "":
			return "/fields/" + strconv.Itoa(found) + "/parts/" + strict.Escape(part)
		case all[found].Text != nil:
			return "/fields/" + strconv.Itoa(found) + "/text"
		}
		return "/fields/" + strconv.Itoa(found)
	}
}

type registerIn struct {
	Office     string    `json:"office" most:"20"`
	District   string    `json:"district" most:"40"`
	Kind       string    `json:"kind" most:"40"`
	Channel    string    `json:"channel" most:"40"`
	Note       string    `json:"note" most:"2000"`
	Provenance *provIn   `json:"provenance" must:"yes"`
	Fields     []fieldIn `json:"fields" must:"yes" most:"200"`
	Confirmed  bool      `json:"confirmed"`
	// Alike is what was found out about those who look like the person.
	Alike []verdictIn `json:"alike" most:"50"`
}

type verdictIn struct {
	Person string `json:"person" must:"yes" most:"26"`
	Number string `json:"number" most:"20"`
	Reason string `json:"reason" most:"200"`
	Unsure bool   `json:"unsure"`
}

// verdicts reads what was found out; another person's entry is named by its id.
func verdicts(all []verdictIn) (out []registry.Verdict, err error) {
	for i, v := range all {
		if !id.Entity(v.Person).Valid() {
			return nil, fault.New(fault.Invalid, "app.not_found", "what", "person", "which", clip(v.Person)).On("/alike/" + strconv.Itoa(i) + "/person")
		}
		out = append(out, registry.Verdict(v))
	}
	return out, nil
}

func register(c *call) (*reply, error) {
	var in registerIn
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	prov, err := in.Provenance.read("/provenance")
	if err != nil {
		return nil, err
	}
	c.point = func(field string) string {
		if name, ok := strings.CutPrefix(field, "registration."); ok {
			return "/" + name
		}
		if strings.HasPrefix(field, "verdict.") || strings.HasPrefix(field, "distinct_from") {
			return "/alike"
		}
		return pointer(in.Fields)(field)
	}
	fields, err := inputs(in.Fields, change.Provenance{})
	if err != nil {
		return nil, err
	}
	alike, err := verdicts(in.Alike)
	if err != nil {
		return nil, err
	}
	cmd := registry.RegisterCmd{Office: or(in.Office, c.actor.Office), District: in.District, Kind: in.Kind, Channel: in.Channel,
		Note: in.Note, Prov: prov, Inputs: fields, Alike: alike}
	out, err := c.app().Register(c.Context(), c.actor, cmd, in.Confirmed)
	if err != nil {
		return nil, err
	}
	if len(out.Same) > 0 {
		same := c.alike(out.Same)
		return nil, &refusal{err: fault.New(fault.Conflict, "api.same_document", "people", len(same)), more: map[string]any{"same": same}}
	}
	rep := &reply{status: http.StatusCreated, headers: etag(out.Head), body: map[string]any{"person": out.Person, "number": out.Number,
		"version": out.Head.String(), "doubts": c.doubtsOf(out.Doubts)}}
	rep.headers["Location"] = Prefix + "/persons/" + out.Person
	return rep, nil
}

type editIn struct {
	Note       string    `json:"note" most:"2000"`
	Provenance *provIn   `json:"provenance" must:"yes"`
	Fields     []fieldIn `json:"fields" must:"yes" most:"200"`
}

func edit(c *call) (*reply, error) {
	var in editIn
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	prov, err := in.Provenance.read("/provenance")
	if err != nil {
		return nil, err
	}
	fields, err := inputs(in.Fields, prov)
	if err != nil {
		return nil, err
	}
	c.point = func(field string) string {
		if field == "note" {
			return "/note"
		}
		return pointer(in.Fields)(field)
	}
	return c.onPerson(func(ctx context.Context, person string) (app.Outcome, error) {
		return c.app().Edit(ctx, c.actor, person, fields, in.Note)
	})
}

// conflict is a field that somebody else wrote since the program looked.
type conflict struct {
	Field  string      `json:"field"`
	Base   string      `json:"base"`
	Mine   changeValue `json:"mine"`
	Theirs *value      `json:"theirs,omitempty"`
	// Hidden: who asks may write the field and not see what it holds.
	Hidden bool `json:"hidden"`
}

type changeValue struct {
	Text  string            `json:"text,omitempty"`
	Parts map[string]string `json:"parts,omitempty"`
}

// doneBody is what stands after an act on a person.
type doneBody struct {
	Person    string  `json:"person"`
	Version   string  `json:"version"`
	Unchanged bool    `json:"unchanged"`
	Doubts    []doubt `json:"doubts"`
}

// outcome answers an act on a person: what stands now, or both values of a conflict.
func (c *call) outcome(person string, out app.Outcome, err error) (*reply, error) {
	if err != nil {
		return nil, err
	}
	if len(out.Conflicts) == 0 {
		return &reply{status: http.StatusOK, headers: etag(out.Head), body: doneBody{person, out.Head.String(), out.Unchanged, c.doubtsOf(out.Doubts)}}, nil
	}
	// The use case has found that the officer may edit here: with a right that reaches no
	// further than the own office, this is the own office.
	may := node.Rights{Detail: authz.May(c.actor, authz.ReadDetail, c.actor.Office), Sealed: authz.May(c.actor, authz.ReadSealed, c.actor.Office)}
	all := []conflict{}
	for _, x := range out.Conflicts {
		one := conflict{Field: x.Field, Base: x.Base.String(), Mine: changeValue(x.Mine), Hidden: !c.sees(x.Field, may)}
		if !one.Hidden {
			theirs := valueOf(x.Field, x.Theirs)
			one.Theirs = &theirs
		}
		all = append(all, one)
	}
	return nil, &refusal{err: fault.New(fault.Conflict, "api.conflict", "fields", len(all)), more: map[string]any{"conflicts": all}}
}
