package xform

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/survey"
)

// bindTypes are the types of answers; a group has none.
var bindTypes = map[survey.Type]string{
	survey.String: "string", survey.Integer: "int", survey.Decimal: "decimal", survey.Range: "int", survey.Date: "date", survey.Time: "time",
	survey.DateTime: "dateTime", survey.GeoPoint: "geopoint", survey.GeoTrace: "geotrace", survey.GeoShape: "geoshape",
	survey.SelectOne: "string", survey.SelectMany: "string", survey.SelectExternal: "string", survey.Rank: "odk:rank", survey.Note: "string",
	survey.Calculate: "string", survey.Accept: "string", survey.Image: "binary", survey.Audio: "binary", survey.Video: "binary", survey.File: "binary",
	survey.Barcode: "barcode", survey.Hidden: "string", survey.Start: "dateTime", survey.End: "dateTime", survey.Today: "date",
	survey.DeviceID: "string", survey.UserName: "string", survey.PhoneNumber: "string", survey.Email: "string", survey.Audit: "binary",
	survey.StartGeoPoint: "geopoint", survey.BackgroundAudio: "binary",
}

// preloads are what the client fills in: jr:preload and jr:preloadParams.
var preloads = map[survey.Type][2]string{
	survey.Start: {"timestamp", "start"}, survey.End: {"timestamp", "end"}, survey.Today: {"date", "today"}, survey.DeviceID: {"property", "deviceid"},
	survey.UserName: {"property", "username"}, survey.PhoneNumber: {"property", "phonenumber"}, survey.Email: {"property", "email"},
}

// odkParams are the parameters that become attributes of a bind.
var odkParams = map[string]string{
	"max-pixels": "orx:max-pixels", "quality": "odk:quality", "allow-mock-accuracy": "odk:allow-mock-accuracy",
	"identify-user": "odk:identify-user", "location-max-age": "odk:location-max-age", "location-min-interval": "odk:location-min-interval",
	"location-priority": "odk:location-priority", "track-changes": "odk:track-changes", "track-changes-reasons": "odk:track-changes-reasons",
}

// bind is the rules of an item; nil for a group without any.
func (w *writer) bind(n *survey.Node) *element {
	if n.External() {
		return nil
	}
	b := el("bind", "nodeset", n.Path, "type", w.bindType(n.Item))
	at := func(name, source string) {
		if source != "" {
			b.set(name, w.expr(source, n, where{}))
		}
	}
	if p, ok := preloads[n.Type]; ok {
		b.set("jr:preload", p[0])
		b.set("jr:preloadParams", p[1])
	}
	if n.Type == survey.Note {
		b.set("readonly", "true()")
	}
	at("readonly", n.ReadOnly)
	at("relevant", n.Relevant)
	at("required", n.Required)
	at("constraint", n.Constraint)
	if len(n.Trigger) == 0 {
		at("calculate", n.Calculation)
	}
	w.message(b, "jr:constraintMsg", n, n.ConstraintMessage)
	w.message(b, "jr:requiredMsg", n, n.RequiredMessage)
	for _, name := range slices.Sorted(maps.Keys(n.Parameters)) {
		if a := odkParams[name]; a != "" && n.Type != survey.BackgroundAudio {
			b.set(a, n.Parameters[name])
		}
	}
	if n.Sensitive {
		b.set(sensitiveMark, "true()")
	}
	if c := n.Notes[concept]; c != "" {
		b.set(ownPrefix+concept, c)
	}
	for _, name := range slices.Sorted(maps.Keys(n.Extra)) {
		if a, ok := strings.CutPrefix(name, "bind::"); ok {
			b.set(a, w.expr(n.Extra[name], n, where{}))
		}
	}
	if len(b.attrs) == 1 {
		return nil
	}
	return b
}

// bindType is that of a range by whether its bounds are whole numbers.
func (w *writer) bindType(i *survey.Item) string {
	if i.Type == survey.Range {
		for _, name := range []string{"start", "end", "step", "tick_interval", "placeholder"} {
			if v, err := strconv.ParseFloat(i.Parameters[name], 64); err == nil && v != math.Trunc(v) {
				return "decimal"
			}
		}
	}
	return bindTypes[i.Type]
}

// message is what is said of an answer that is refused: a text, or the name of a translated one.
func (w *writer) message(b *element, name string, n *survey.Node, t survey.Text) {
	switch {
	case t.Empty():
	case translates(t):
		b.set(name, "jr:itext('"+n.Path+":"+name+"')")
	default:
		b.set(name, t[""])
	}
}

// metaBinds are those of what every instance says about itself.
func (w *writer) metaBinds() []*element {
	meta := "/" + w.form.Root() + "/meta/"
	out := []*element{el("bind", "nodeset", meta+"instanceID", "type", "string", "readonly", "true()", "jr:preload", "uid")}
	if s := w.form.Settings.InstanceName; s != "" {
		out = append(out, el("bind", "nodeset", meta+"instanceName", "type", "string", "calculate", w.expr(s, nil, where{})))
	}
	return out
}

// actions are what happens when an instance is first opened, or in a repeat when an instance
// of the repeat is made.
func (w *writer) actions(n *survey.Node, newRepeat bool) []*element {
	event := "odk-instance-first-load"
	if newRepeat {
		event = "odk-new-repeat"
	}
	var out []*element
	if n.Dynamic() && !n.Container() {
		out = append(out, el("setvalue", "ref", n.Path, "event", event, "value", w.expr(value(n.Item), n, where{})))
	}
	switch {
	case newRepeat:
	case n.Type == survey.StartGeoPoint:
		out = append(out, el("odk:setgeopoint", "ref", n.Path, "event", event))
	case n.Type == survey.BackgroundAudio:
		out = append(out, el("odk:recordaudio", "ref", n.Path, "event", "odk-instance-load", "odk:quality", n.Parameters["quality"]))
	}
	return out
}
