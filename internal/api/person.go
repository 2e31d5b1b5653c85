package api

import (
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"

	"quipu/internal/app"
	"quipu/internal/app/node"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/registry"
)

// value is what a field holds or held, with what it rests on.
type value struct {
	Field      string            `json:"field"`
	Text       *string           `json:"text,omitempty"`
	Parts      map[string]string `json:"parts,omitempty"`
	Version    string            `json:"version"`
	At         string            `json:"at"`
	Author     string            `json:"author"`
	Office     string            `json:"office"`
	Action     string            `json:"action"`
	Provenance provenance        `json:"provenance"`
}

type provenance struct {
	Source     string `json:"source"`
	Evidence   string `json:"evidence"`
	Confidence string `json:"confidence"`
	From       string `json:"from"`
	To         string `json:"to"`
}

// pastValue is a value of the history; until is "" while it is in force. Of one that was
// erased nothing is left but that there was one.
type pastValue struct {
	value
	Until   string `json:"until"`
	Cleared bool   `json:"cleared"`
	Erased  bool   `json:"erased"`
}

type doubt struct {
	ID       string `json:"id,omitempty"`
	Field    string `json:"field"`
	Key      string `json:"key"`
	Message  string `json:"message"`
	Proposed string `json:"proposed"`
	From     string `json:"from"`
	Since    string `json:"since,omitempty"`
}

type summary struct {
	Name             string `json:"name"`
	Birth            string `json:"birth"`
	AgeMin           int    `json:"age_min"`
	AgeMax           int    `json:"age_max"`
	Minor            bool   `json:"minor"`
	Sex              string `json:"sex"`
	Country          string `json:"country"`
	Office           string `json:"office"`
	District         string `json:"district"`
	RegistrationKind string `json:"registration_kind"`
	Expires          string `json:"expires"`
	Status           string `json:"status"`
	Entry            string `json:"entry"`
	VitalStatus      string `json:"vital_status"`
	ContactStale     bool   `json:"contact_stale"`
}

type mayBody struct {
	Detail   bool `json:"detail"`
	Sealed   bool `json:"sealed"`
	Edit     bool `json:"edit"`
	Transfer bool `json:"transfer"`
	ReadLog  bool `json:"read_log"`
}

type personBody struct {
	Person  string  `json:"person"`
	Number  string  `json:"number"`
	Version string  `json:"version"`
	KnownOn string  `json:"known_on"`
	Summary summary `json:"summary"`
	Rights  mayBody `json:"rights"`
	Hidden  int     `json:"hidden"`
	LedFrom string  `json:"led_from"` // the number that was asked for, when it was merged into this entry
	Values  []value `json:"values"`
	Doubts  []doubt `json:"doubts"`
}

// page opens the person of the path, which is logged as a read.
func (c *call) page() (*app.PersonPage, error) {
	id, err := c.person()
	if err != nil {
		return nil, err
	}
	on, err := c.day("known_on")
	if err != nil {
		return nil, err
	}
	page, err := c.app().Person(c.Context(), c.actor, id, c.endOf(on))
	if err == nil && len(page.Changes) == 0 {
		err = fault.New(fault.NotFound, "api.not_yet_known", "day", on)
	}
	return page, err
}

func person(c *call) (*reply, error) {
	page, err := c.page()
	if err != nil {
		return nil, err
	}
	p, on := &page.Person, c.app().Today()
	known := c.URL.Query().Get("known_on")
	if d, err := c.day("known_on"); err == nil && d.Known() {
		on = d
	}
	b := personBody{Person: p.Entity.ID, Number: p.Text("number"), Version: p.Head.String(), KnownOn: known,
		Summary: summaryOf(registry.OutlineOn(p, on)), Rights: mayBody(page.Rights), Hidden: page.Hidden, Values: []value{}, Doubts: []doubt{}}
	if page.Led != nil {
		b.LedFrom = page.Led.Number
	}
	for _, f := range slices.Sorted(maps.Keys(p.Fields)) {
		if h := p.Fields[f]; !h.Value.Empty() && !strings.HasPrefix(f, "doubt/") && !strings.HasPrefix(f, "settled/") {
			b.Values = append(b.Values, valueOf(f, h))
		}
	}
	for _, d := range registry.Doubts(p) {
		if c.sees(d.Field, page.Rights) {
			one := c.doubtOf(d.Doubt)
			one.ID, one.Since = d.ID, d.Since.String()
			b.Doubts = append(b.Doubts, one)
		}
	}
	rep := &reply{status: http.StatusOK, body: b}
	if known == "" {
		rep.headers = etag(p.Head)
	}
	return rep, nil
}

// sees reports whether who has the rights may see the field that a doubt is about: a doubt
// says what the field holds.
func (c *call) sees(field string, r node.Rights) bool {
	if i := strings.LastIndexByte(field, '.'); i >= 0 {
		field = field[:i]
	}
	f := registry.Lookup(field)
	return f == nil || registry.Visible(f, r.Detail, r.Sealed)
}

func history(c *call) (*reply, error) {
	field := c.URL.Query().Get("field")
	if f := registry.Lookup(field); c.URL.Query().Has("field") && f == nil {
		return nil, refuse(http.StatusBadRequest, "api.query_field", "field", clip(field))
	}
	page, err := c.page()
	if err != nil {
		return nil, err
	}
	out := []pastValue{}
	for _, past := range registry.History(page.Changes, field) {
		if past.Contested || strings.HasPrefix(past.Field, "settled/") { // it never held, or is no value
			continue
		}
		if about := past.Value.Part("field"); strings.HasPrefix(past.Field, "doubt/") && !c.sees(about, page.Rights) {
			continue
		}
		v := pastValue{value: valueOf(past.Field, past.Held), Cleared: past.Cleared, Erased: past.Erased}
		if past.Until.Micros != 0 {
			v.Until = past.Until.String()
		}
		out = append(out, v)
	}
	return ok(map[string]any{"person": page.Person.Entity.ID, "version": page.Person.Head.String(), "hidden": page.Hidden, "values": out})
}

type readLine struct {
	Seq     int64  `json:"seq"`
	At      string `json:"at"`
	Author  string `json:"author"`
	Office  string `json:"office"`
	Purpose string `json:"purpose"`
	Action  string `json:"action"`
	Person  string `json:"person"`
	Detail  string `json:"detail"`
	Home    string `json:"home"`
}

func readsOf(c *call) (*reply, error) {
	reads, err := c.app().ReadsOf(c.Context(), c.actor, c.PathValue("id"), 50) // before this one is among them
	if err != nil {
		return nil, err
	}
	page, err := c.page()
	if err != nil {
		return nil, err
	}
	out := []readLine{}
	for _, r := range reads {
		out = append(out, readLine{r.Seq, micros(r.At), r.Author, r.Office, r.Purpose, r.Action, r.Person, r.Detail, r.Home})
	}
	return ok(map[string]any{"person": page.Person.Entity.ID, "reads": out})
}

type hit struct {
	Person      string   `json:"person"`
	Number      string   `json:"number"`
	Name        string   `json:"name"`
	Birth       string   `json:"birth"`
	Sex         string   `json:"sex"`
	Country     string   `json:"country"`
	City        string   `json:"city"`
	Office      string   `json:"office"`
	Entry       string   `json:"entry"`
	VitalStatus string   `json:"vital_status"`
	Score       float64  `json:"score"`
	Reasons     []reason `json:"reasons"`
}

type reason struct {
	Key  string `json:"key"`
	Text string `json:"text"`
}

func search(c *call) (*reply, error) {
	q := struct {
		Text  string `json:"text" must:"yes" most:"200"`
		Limit int    `json:"limit" range:"1-500"`
	}{Limit: 50}
	if err := c.decode(&q); err != nil {
		return nil, err
	}
	hits, err := c.app().Search(c.Context(), c.actor, q.Text, q.Limit)
	if err != nil {
		return nil, err
	}
	out := []hit{}
	for _, h := range hits {
		out = append(out, c.hitOf(h))
	}
	return &reply{status: http.StatusOK, body: map[string]any{"results": out}, passing: true}, nil
}

func (c *call) hitOf(h app.Hit) hit {
	out := hit{Person: h.ID, Number: h.Number, Name: h.DisplayName(), Birth: h.Birth, Sex: h.Sex, Country: h.Country, City: h.City,
		Office: h.Office, Entry: h.Entry, VitalStatus: h.Vital, Score: math.Round(h.Score*1e4) / 1e4, Reasons: []reason{}}
	for _, r := range h.Reasons {
		out.Reasons = append(out.Reasons, reason{r.Code(), r.In(c.lang)})
	}
	return out
}

func summaryOf(o registry.Outline) summary {
	return summary{Name: o.Display, Birth: o.Birth, AgeMin: o.AgeMin, AgeMax: o.AgeMax, Minor: o.Minor, Sex: o.Sex, Country: o.Country,
		Office: o.Office, District: o.District, RegistrationKind: o.RegKind, Expires: o.Expires, Status: string(o.Status),
		Entry: o.Entry, VitalStatus: o.Vital, ContactStale: o.ContactStale}
}

func valueOf(field string, h change.Held) value {
	v := value{Field: field, Parts: h.Value.Parts, Version: h.Version.String(), At: h.At.String(), Author: h.Author, Office: h.Office,
		Action: h.Action, Provenance: provenance(h.Prov)}
	if len(h.Value.Parts) == 0 {
		v.Text = &h.Value.Text
	}
	return v
}

// doubtOf says a doubt in words. One about a sealed field says only that there is one.
func (c *call) doubtOf(d registry.Doubt) doubt {
	out := doubt{Field: d.Field, Key: d.Key, Proposed: d.Proposed, From: d.From}
	field, _, _ := strings.Cut(d.Field, ".")
	if f := registry.Lookup(field); f != nil && registry.Sealed(f) {
		out.Proposed, out.Message = "", i18n.T(c.lang, "api.doubt_sealed")
		return out
	}
	out.Message = i18n.T(c.lang, "doubt."+d.Key, i18n.Pairs(d.Args)...)
	return out
}

func (c *call) doubtsOf(all []registry.Doubt) []doubt {
	out := []doubt{}
	for _, d := range all {
		out = append(out, c.doubtOf(d))
	}
	return out
}
