package cli

import (
	"fmt"
	"math"
	"strings"
	"time"

	"quipu/internal/app"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/i18n"
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

type searchResult struct {
	Person  string   `json:"person"`
	Number  string   `json:"number"`
	Name    string   `json:"name"`
	Score   float64  `json:"score"`
	Reasons []string `json:"reasons"`
	Birth   string   `json:"birth"`
	Office  string   `json:"office"`
}

func search(e *env, args []string) error {
	e.dirFlag()
	limit := e.flags.Int("limit", 20, "most results")
	e.flags.BoolVar(&e.asJSON, "json", false, "one JSON object")
	words, err := e.parse(args, 1, 20)
	if err != nil {
		return err
	}
	text := words[0]
	for _, w := range words[1:] {
		text += " " + w
	}
	a, err := e.open(false)
	if err != nil {
		return err
	}
	defer a.Close()
	b := e.bar(i18n.T(e.lang, "cli.index"))
	hits, err := a.SearchOnce(e.ctx, operator(""), text, *limit, b.at)
	b.done()
	if err != nil {
		return err
	}
	results := make([]searchResult, len(hits))
	for i := range hits {
		h := &hits[i]
		results[i] = searchResult{h.ID, h.Number, h.DisplayName(), math.Round(h.Score*1e4) / 1e4, app.Words(e.lang, h.Reasons), h.Birth, h.Office}
	}
	if e.asJSON {
		return e.json(map[string]any{"query": text, "results": results})
	}
	if len(results) == 0 {
		e.say("cli.nobody", "text", text)
	}
	for _, r := range results {
		fmt.Fprintf(e.out, "%s  %-40s %-12s %-8s %.2f  %s\n", r.Number, r.Name, i18n.Date(e.lang, r.Birth), r.Office, r.Score, strings.Join(r.Reasons, ", "))
	}
	return nil
}
