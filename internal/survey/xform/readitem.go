package xform

import (
	"maps"
	"slices"
	"strings"

	"quipu/internal/survey"
)

// item reads a question, a group or a repeat from what is said of its path.
func (rd *reader) item(e *element, path string) *survey.Item {
	i := &survey.Item{Name: e.name}
	rd.at[i] = path
	control, bind := rd.controls[path], rd.binds[path]
	switch {
	case control != nil && control.name == "repeat":
		i.Type, i.RepeatCount = survey.Repeat, control.get("jr:count")
	case control != nil && control.name == "group", len(e.kids) > 0 && e.kids[0].name != "":
		i.Type = survey.Group
	default:
		i.Type = rd.typeOf(path, control, bind)
		i.Default = e.inner()
	}
	for _, a := range e.attrs {
		if !strings.HasPrefix(a.name, "jr:") {
			put(&i.Extra, "instance::"+a.name, a.value)
		}
	}
	if bind != nil {
		rd.rules(i, bind)
	}
	if control != nil {
		rd.shown(i, control, rd.labels[path], path)
	}
	rd.run(i, path)
	return i
}

func put(m *map[string]string, key, value string) {
	if *m == nil {
		*m = map[string]string{}
	}
	(*m)[key] = value
}

// typeOf tells the type from the control, the type of the bind and what fills it in.
func (rd *reader) typeOf(path string, control, bind *element) survey.Type {
	if bind == nil {
		bind = &element{}
	}
	for t, p := range preloads {
		if bind.get("jr:preload") == p[0] && bind.get("jr:preloadParams") == p[1] {
			return t
		}
	}
	for _, a := range rd.actions {
		if a.get("ref") == path && a.name == "odk:setgeopoint" {
			return survey.StartGeoPoint
		}
		if a.get("ref") == path && a.name == "odk:recordaudio" {
			return survey.BackgroundAudio
		}
	}
	kind := bind.get("type")
	if control == nil {
		if kind == "string" && bind.has("calculate") {
			return survey.Calculate
		}
		return byBind(kind, survey.Hidden)
	}
	switch control.name {
	case "select1":
		return survey.SelectOne
	case "select":
		return survey.SelectMany
	case "odk:rank":
		return survey.Rank
	case "range":
		return survey.Range
	case "trigger":
		return survey.Accept
	case "upload":
		for t, m := range mediaTypes {
			if control.get("mediatype") == m {
				return t
			}
		}
		return survey.File
	}
	switch {
	case control.has("query"):
		return survey.SelectExternal
	case kind == "string" && bind.get("readonly") == "true()" && !bind.has("calculate"):
		return survey.Note
	}
	return byBind(kind, survey.String)
}

func byBind(kind string, or survey.Type) survey.Type {
	for _, t := range []survey.Type{survey.Integer, survey.Decimal, survey.Date, survey.Time, survey.DateTime, survey.GeoPoint, survey.GeoTrace, survey.GeoShape, survey.Barcode} {
		if bindTypes[t] == kind {
			return t
		}
	}
	return or
}

// rules reads a bind.
func (rd *reader) rules(i *survey.Item, b *element) {
	for _, a := range b.attrs {
		switch a.name {
		case "nodeset", "type", "jr:preload", "jr:preloadParams":
		case sensitiveMark:
			i.Sensitive = a.value != "false()" && a.value != "false"
		case ownPrefix + concept:
			put(&i.Notes, concept, a.value)
		case "relevant":
			i.Relevant = a.value
		case "required":
			i.Required = a.value
		case "constraint":
			i.Constraint = a.value
		case "calculate":
			i.Calculation = a.value
		case "readonly":
			if i.Type != survey.Note || a.value != "true()" {
				i.ReadOnly = a.value
			}
		case "jr:constraintMsg":
			i.ConstraintMessage = rd.message(a.value, i)
		case "jr:requiredMsg":
			i.RequiredMessage = rd.message(a.value, i)
		default:
			if name := reversed(odkParams, a.name); name != "" {
				put(&i.Parameters, name, a.value)
				continue
			}
			put(&i.Extra, "bind::"+a.name, a.value)
		}
	}
}

// reversed is the parameter that becomes an attribute.
func reversed(m map[string]string, attribute string) string {
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if m[name] == attribute {
			return name
		}
	}
	return ""
}

// shown reads a control: its words and how it looks.
func (rd *reader) shown(i *survey.Item, control, words *element, path string) {
	for _, a := range control.attrs {
		switch a.name {
		case "ref", "nodeset", "mediatype", "jr:count", "query":
		case "appearance":
			i.Appearance = a.value
		default:
			name := reversed(controlParams, a.name)
			standard := i.Type == survey.Range && (name == "start" && a.value == "1" || name == "end" && a.value == "10" || name == "step" && a.value == "1")
			switch {
			case standard:
			case name != "" && (name != "app" || i.Type == survey.Image) && (name != "rows" || i.Type == survey.String):
				put(&i.Parameters, name, a.value)
			default:
				put(&i.Extra, "body::"+a.name, a.value)
			}
		}
	}
	if l := words.child("label"); l != nil {
		i.Label, i.Media = rd.label(l, i)
	}
	if h := words.child("hint"); h != nil {
		if id := itextID(h.get("ref")); id != "" {
			i.Hint, i.Guidance = rd.spoken(id, ""), rd.spoken(id, "guidance")
		} else {
			i.Hint = survey.Text{"": rd.mark(h)}
		}
	}
	rd.choices(i, control)
}

// run reads the actions that give an item its value.
func (rd *reader) run(i *survey.Item, path string) {
	for _, a := range rd.actions {
		if a.get("ref") != path {
			continue
		}
		switch a.get("event") {
		case "odk-instance-first-load":
			if a.name == "setvalue" {
				i.Default, rd.dynamic[i] = a.get("value"), true
			}
		case "odk-instance-load":
			if q := a.get("odk:quality"); q != "" {
				put(&i.Parameters, "quality", q)
			}
		case "xforms-value-changed":
			from := a.get("from")
			i.Trigger = append(i.Trigger, from[strings.LastIndexByte(from, '/')+1:])
			i.Calculation = a.get("value")
		}
	}
}

// itextID is the name of a translation that jr:itext('...') asks for.
func itextID(ref string) string {
	id, ok := strings.CutPrefix(ref, "jr:itext('")
	if !ok {
		return ""
	}
	return strings.TrimSuffix(id, "')")
}

// mark keeps a text with its outputs until all items are known: "\x00" before and after a path.
func (rd *reader) mark(e *element) string {
	var b strings.Builder
	for _, k := range e.kids {
		if k.name == "output" {
			b.WriteString("\x00" + k.get("value") + "\x00")
			continue
		}
		b.WriteString(k.text)
	}
	return b.String()
}

func (rd *reader) message(value string, _ *survey.Item) survey.Text {
	if id := itextID(value); id != "" {
		return rd.spoken(id, "")
	}
	return survey.Text{"": value}
}

// label reads words and media.
func (rd *reader) label(l *element, i *survey.Item) (survey.Text, survey.Media) {
	id := itextID(l.get("ref"))
	if id == "" {
		words := rd.mark(l)
		if words == "" || words == " " && i.Appearance == "label" {
			return nil, nil
		}
		return survey.Text{"": words}, nil
	}
	return rd.spoken(id, ""), rd.media(id)
}

func (rd *reader) media(id string) survey.Media {
	var out survey.Media
	for _, kind := range survey.MediaKinds {
		if t := rd.spoken(id, kind); len(t) > 0 {
			if out == nil {
				out = survey.Media{}
			}
			out[kind] = t
		}
	}
	return out
}

// spoken is one form of a translation in all languages; "-" stands where there is none.
func (rd *reader) spoken(id, form string) survey.Text {
	out := survey.Text{}
	for lang, t := range rd.texts[id] {
		for _, v := range t.kids {
			if v.name != "value" || v.get("form") != form {
				continue
			}
			words := rd.mark(v)
			if slices.Contains(survey.MediaKinds, form) {
				words = words[strings.LastIndexByte(words, '/')+1:]
			}
			if words != missing {
				out[lang] = words
			}
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}
