package api

import (
	_ "embed"
	"net/http"
	"strings"

	"quipu/internal/authz"
	"quipu/internal/civil"
	"quipu/internal/code"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/place"
	"quipu/internal/registry"
)

//go:embed openapi.yaml
var description []byte

// Description is the OpenAPI document of the interface.
func Description() []byte { return description }

func document(*call) (*reply, error) {
	return &reply{status: http.StatusOK, headers: map[string]string{"Content-Type": "application/yaml"}, body: description}, nil
}

func me(c *call) (*reply, error) {
	scopes := []authz.Action{}
	for _, s := range c.token.Scopes { // what the token and the role allow together
		if authz.ReachOf(c.actor, s) != authz.None {
			scopes = append(scopes, s)
		}
	}
	return ok(map[string]any{"login": c.actor.Login, "name": c.actor.Name, "role": c.actor.Role, "office": c.actor.Office,
		"language": c.lang, "purpose": c.actor.Purpose, "scopes": scopes,
		"token": map[string]any{"id": c.token.ID, "name": c.token.Name, "scopes": c.token.Scopes,
			"created": instant(c.token.Created), "expires": instant(c.token.Expires)}})
}

type problemKind struct {
	Type string `json:"type"`
	ES   string `json:"es"`
	EN   string `json:"en"`
}

// problems lists the types that a problem may have, each with its words before they are
// filled in.
func problems(*call) (*reply, error) {
	out := []problemKind{}
	for _, key := range i18n.Keys("fault.") {
		out = append(out, problemKind{problemType + strings.TrimPrefix(key, "fault."), i18n.T(i18n.Spanish, key), i18n.T(i18n.English, key)})
	}
	return ok(map[string]any{"problems": out})
}

type fieldBody struct {
	Key      string     `json:"key"`
	Row      int        `json:"row"`
	Section  string     `json:"section"`
	Label    string     `json:"label"`
	Kind     string     `json:"kind"`
	List     string     `json:"list"`
	Tier     int        `json:"tier"`
	Required bool       `json:"required"`
	Derived  bool       `json:"derived"`
	Many     bool       `json:"many"`
	Parts    []partBody `json:"parts"`
}

type partBody struct {
	Key      string `json:"key"`
	Label    string `json:"label"`
	Kind     string `json:"kind"`
	List     string `json:"list"`
	Required bool   `json:"required"`
}

// fields is the data dictionary: what a record may hold, and how it is written.
func fields(c *call) (*reply, error) {
	out := []fieldBody{}
	for i := range registry.Dictionary {
		f := &registry.Dictionary[i]
		b := fieldBody{Key: f.Key, Row: f.Row, Section: string(f.Section), Label: c.label("field." + f.Key), Kind: string(f.Kind), List: f.List,
			Tier: int(f.Tier), Required: f.Must, Derived: f.Derived, Many: f.Many, Parts: []partBody{}}
		if f.IsGroup() {
			b.Kind = "group"
		}
		for _, p := range f.Parts {
			b.Parts = append(b.Parts, partBody{p.Key, c.label("field." + f.Key + "." + p.Key), string(p.Kind), p.List, p.Must})
		}
		out = append(out, b)
	}
	return ok(map[string]any{"fields": out})
}

func (c *call) label(key string) string {
	if !i18n.Has(c.lang, key) {
		return ""
	}
	return i18n.T(c.lang, key)
}

func codes(*call) (*reply, error) {
	return ok(map[string]any{"edition": code.Edition, "lists": code.Lists()})
}

type codeBody struct {
	Code string `json:"code"`
	ES   string `json:"es"`
	EN   string `json:"en"`
	From string `json:"from"`
	To   string `json:"to"`
}

func codeList(c *call) (*reply, error) {
	list, found := code.Find(c.PathValue("list"))
	if !found {
		return nil, missing("list", c.PathValue("list"))
	}
	on, err := c.day("on")
	if err != nil {
		return nil, err
	}
	out := []codeBody{}
	for _, it := range list.Items(on) {
		out = append(out, codeBody{it.Code, it.Label("es"), it.Label("en"), dateText(it.From), dateText(it.To)})
	}
	return ok(map[string]any{"list": list.Name, "edition": code.Edition, "items": out})
}

// dateText is "" for a date that is not known.
func dateText(d civil.Date) string {
	if !d.Known() {
		return ""
	}
	return d.String()
}

type officeBody struct {
	Code     string `json:"code"`
	Category string `json:"category"`
	ES       string `json:"es"`
	EN       string `json:"en"`
	Country  string `json:"country"`
	City     string `json:"city"`
	Zone     string `json:"zone"`
	Parent   string `json:"parent"`
	Opened   string `json:"opened"`
	Closed   string `json:"closed"`
}

func officeOf(o place.Office) officeBody {
	return officeBody{o.Code, string(o.Category), o.ES, o.EN, o.Country, o.City, o.Zone, o.Parent, dateText(o.Period.From), dateText(o.Period.To)}
}

func offices(*call) (*reply, error) {
	out := []officeBody{}
	for _, o := range place.Network().Offices() {
		out = append(out, officeOf(o))
	}
	return ok(map[string]any{"offices": out})
}

type districtBody struct {
	Code    string   `json:"code"`
	Act     string   `json:"act"`
	From    string   `json:"from"`
	To      string   `json:"to"`
	Whole   []string `json:"whole"`
	Part    []string `json:"part"`
	Regions []string `json:"regions"`
	ES      string   `json:"es"`
	EN      string   `json:"en"`
}

// office is one office with the district that it has on a day, today when none is asked for.
func office(c *call) (*reply, error) {
	o, found := place.Network().Office(c.PathValue("code"))
	if !found {
		return nil, fault.New(fault.NotFound, "app.unknown_office", "office", clip(c.PathValue("code")))
	}
	on, err := c.day("on")
	if err != nil {
		return nil, err
	}
	if !on.Known() {
		on = c.app().Today()
	}
	body := map[string]any{"office": officeOf(o), "on": on.String(), "district": nil}
	if d, known := place.Network().DistrictOf(o.Code, on); known {
		body["district"] = districtBody{d.Code, d.Act, dateText(d.Period.From), dateText(d.Period.To), filled(d.Whole), filled(d.Part), filled(d.Regions), d.ES, d.EN}
	}
	return ok(body)
}

// filled is the list, empty rather than null.
func filled(list []string) []string { return append([]string{}, list...) }
