package cli

import (
	"fmt"
	"strings"
	"time"

	"quipu/internal/app"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/registry"
)

// heldJSON is a value with what it rests on.
type heldJSON struct {
	Field      string            `json:"field"`
	Text       string            `json:"text,omitempty"`
	Parts      map[string]string `json:"parts,omitempty"`
	By         string            `json:"by"`
	Office     string            `json:"office"`
	At         string            `json:"at"`
	Until      string            `json:"until,omitempty"`
	Source     string            `json:"source,omitempty"`
	Evidence   string            `json:"evidence,omitempty"`
	Confidence string            `json:"confidence,omitempty"`
	ValidFrom  string            `json:"valid_from,omitempty"`
	ValidTo    string            `json:"valid_to,omitempty"`
	Change     string            `json:"change"`
}

func person(e *env, args []string) error {
	e.dirFlag()
	on := e.flags.String("on", "", "as it was known at the end of that day, YYYY-MM-DD")
	field := e.flags.String("history", "", "every value of one field; 'all' for every field")
	e.flags.BoolVar(&e.asJSON, "json", false, "one JSON object")
	words, a, err := e.register(args, 1, 1)
	if err != nil {
		return err
	}
	defer a.Close()
	page, err := openPerson(e, a, words[0], *on)
	if err != nil {
		return err
	}
	values := current(page)
	if *field != "" {
		if values, err = past(page, *field); err != nil {
			return err
		}
	}
	if e.asJSON {
		return e.json(map[string]any{"person": page.Person.Entity.ID, "number": page.Person.Text("number"),
			"changes": len(page.Changes), "hidden": page.Hidden, "values": values})
	}
	if len(values) == 0 {
		e.say("cli.person.nothing")
	}
	for _, v := range values {
		text := v.Text
		for _, k := range sortedKeys(v.Parts) {
			text += k + "=" + v.Parts[k] + " "
		}
		fmt.Fprintf(e.out, "%-26s %-40s %s %s %s %s %s\n", v.Field, text, v.At, v.By, v.Office, v.Source, v.Evidence)
	}
	return nil
}

func openPerson(e *env, a *app.App, which, on string) (*app.PersonPage, error) {
	var asOf time.Time
	if on != "" {
		d, err := civil.Parse(on)
		if err != nil || !d.Full() {
			return nil, fault.New(fault.Invalid, "cli.day", "text", on)
		}
		asOf = time.Date(d.Year, time.Month(d.Month), d.Day, 23, 59, 59, 999_999_999, a.Now().Location())
	}
	person, err := a.FindEntry(e.ctx, operator(""), which)
	if err != nil {
		return nil, err
	}
	page, err := a.Person(e.ctx, operator(""), person, asOf)
	if err == nil && page.Led != nil {
		e.say("review.led", "number", page.Led.Number, "to", page.Person.Text("number"))
	}
	return page, err
}

func current(page *app.PersonPage) (out []heldJSON) {
	for _, f := range sortedKeys(page.Person.Fields) {
		if h := page.Person.Fields[f]; !h.Value.Empty() {
			out = append(out, heldOf(f, h))
		}
	}
	return out
}

// past lists every value of a field, of a group of items ("phone"), of one item, or of all.
func past(page *app.PersonPage, field string) (out []heldJSON, err error) {
	group, item, _ := strings.Cut(field, "/")
	switch f := registry.Lookup(group); {
	case field == "all":
		field = ""
	case f == nil:
		return nil, fault.New(fault.Invalid, "cli.no_field", "field", field)
	case f.IsGroup() && item == "":
		field = group + "/"
	}
	for _, p := range registry.History(page.Changes, field) {
		if p.Contested { // it never held
			continue
		}
		h := heldOf(p.Field, p.Held)
		if p.Until.Micros != 0 {
			h.Until = p.Until.String()
		}
		out = append(out, h)
	}
	return out, nil
}

func heldOf(field string, h change.Held) heldJSON {
	return heldJSON{Field: field, Text: h.Value.Text, Parts: h.Value.Parts, By: h.Author, Office: h.Office, At: h.At.String(),
		Source: h.Prov.Source, Evidence: h.Prov.Evidence, Confidence: h.Prov.Confidence, ValidFrom: h.Prov.From, ValidTo: h.Prov.To,
		Change: h.Version.String()}
}
