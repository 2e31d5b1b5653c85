package xform

import (
	"maps"
	"slices"
	"strings"

	"quipu/internal/survey"
	"quipu/internal/survey/xpath"
)

// tags are the controls of types; what has none is not shown.
var tags = map[survey.Type]string{
	survey.String: "input", survey.Integer: "input", survey.Decimal: "input", survey.Range: "range", survey.Date: "input", survey.Time: "input",
	survey.DateTime: "input", survey.GeoPoint: "input", survey.GeoTrace: "input", survey.GeoShape: "input", survey.SelectOne: "select1",
	survey.SelectMany: "select", survey.SelectExternal: "input", survey.Rank: "odk:rank", survey.Note: "input", survey.Accept: "trigger",
	survey.Image: "upload", survey.Audio: "upload", survey.Video: "upload", survey.File: "upload", survey.Barcode: "input",
}

var mediaTypes = map[survey.Type]string{survey.Image: "image/*", survey.Audio: "audio/*", survey.Video: "video/*", survey.File: "application/*"}

// controlParams are the parameters that become attributes of a control.
var controlParams = map[string]string{
	"rows": "rows", "start": "start", "end": "end", "step": "step", "tick_interval": "odk:tick-interval", "placeholder": "odk:placeholder",
	"app": "intent", "capture-accuracy": "accuracyThreshold", "warning-accuracy": "unacceptableAccuracyThreshold", "incremental": "incremental",
}

// controls are what a person sees of the items below a path.
func (w *writer) controls(items []*survey.Item, below string) []*element {
	var out []*element
	for _, n := range w.nodes {
		parent := n.Path[:strings.LastIndexByte(n.Path, '/')]
		if parent != below || n.External() || n.Type == survey.Audit {
			continue
		}
		switch n.Type {
		case survey.Group:
			out = append(out, w.group(n))
		case survey.Repeat:
			out = append(out, w.repeat(n))
		default:
			out = append(out, w.control(n))
		}
	}
	return slices.DeleteFunc(out, func(e *element) bool { return e == nil })
}

func (w *writer) group(n *survey.Node) *element {
	g := el("group", "ref", n.Path, "appearance", n.Appearance)
	w.bodyExtra(g, n)
	if !n.Label.Empty() {
		g.add(w.label(n))
	}
	return g.add(w.controls(n.Children, n.Path)...)
}

func (w *writer) repeat(n *survey.Node) *element {
	r := el("repeat", "nodeset", n.Path, "appearance", n.Appearance)
	if c := n.CountRef(); c != "" {
		r.set("jr:count", strings.TrimSpace(w.expr(c, n, where{})))
	}
	w.bodyExtra(r, n)
	r.add(w.controls(n.Children, n.Path)...)
	for _, inside := range w.nodes {
		if inside.Repeat() == n {
			r.add(w.actions(inside, true)...)
		}
	}
	return el("group", "ref", n.Path).add(w.label(n), r)
}

func (w *writer) bodyExtra(e *element, n *survey.Node) {
	for _, name := range slices.Sorted(maps.Keys(n.Extra)) {
		if a, ok := strings.CutPrefix(name, "body::"); ok {
			e.set(a, w.expr(n.Extra[name], n, where{}))
		}
	}
}

// label is the words of an item, or where they stand among the translations.
func (w *writer) label(n *survey.Node) *element {
	if needsItext(n.Item) {
		return el("label", "ref", "jr:itext('"+n.Path+":label')")
	}
	return el("label").add(w.mixed(n.Label[""], n)...)
}

func (w *writer) hint(n *survey.Node) *element {
	switch {
	case n.Hint.Translated() || !n.Guidance.Empty():
		return el("hint", "ref", "jr:itext('"+n.Path+":hint')")
	case n.Hint.Empty():
		return nil
	}
	return el("hint").add(w.mixed(n.Hint[""], n)...)
}

// control is what asks a question; nil where nothing is shown.
func (w *writer) control(n *survey.Node) *element {
	tag := tags[n.Type]
	if tag == "" || !n.Shown() {
		return nil
	}
	c := el(tag, "ref", n.Path, "mediatype", mediaTypes[n.Type], "appearance", n.Appearance)
	if n.Type == survey.Range {
		c.attrs = append(c.attrs, attr{"start", "1"}, attr{"end", "10"}, attr{"step", "1"})
	}
	for _, name := range slices.Sorted(maps.Keys(n.Parameters)) {
		// Another program takes the picture only where no appearance asks for another way.
		a := controlParams[name]
		if a == "" || name == "app" && n.Appearance != "" && n.Appearance != "annotate" {
			continue
		}
		c.set(a, n.Parameters[name])
	}
	w.bodyExtra(c, n)
	if n.Appearance == "label" && n.Label.Empty() {
		c.add(el("label").add(text(" ")))
	} else {
		c.add(w.label(n))
	}
	c.add(w.hint(n))
	w.choose(c, n)
	for _, started := range w.starts[n.Name] {
		c.add(el("setvalue", "ref", started.Path, "event", "xforms-value-changed", "value", w.expr(started.Calculation, n, where{})))
	}
	return c
}

// choose puts the choices of a select.
func (w *writer) choose(c *element, n *survey.Node) {
	switch {
	case n.Type == survey.SelectExternal:
		query := "instance('" + n.List + "')/root/item"
		if n.ChoiceFilter != "" {
			query += "[" + w.expr(n.ChoiceFilter, n, where{filter: true}) + "]"
		}
		c.set("query", query)
	case n.Type == survey.Range && n.Parameters["tick_labelset"] != "":
		c.add(w.itemset("instance('"+n.Parameters["tick_labelset"]+"')/root/item", "name", w.labelRef(n.Parameters["tick_labelset"])))
	case !n.Select():
	case strings.HasPrefix(n.List, "${"):
		c.add(w.fromRepeat(n))
	default:
		id, value, label := n.List, "name", w.labelRef(n.List)
		if file := n.ChoicesFile(); file != "" {
			id = file[:strings.LastIndexByte(file, '.')]
			if strings.HasSuffix(file, ".geojson") {
				value, label = "id", "title"
			}
			value, label = or(n.Parameters["value"], value), or(n.Parameters["label"], label)
		}
		nodes := "instance('" + id + "')/root/item"
		if n.ChoiceFilter != "" {
			nodes += "[" + w.expr(n.ChoiceFilter, n, where{filter: true}) + "]"
		}
		c.add(w.itemset(w.shuffled(nodes, n), value, label))
	}
}

func or(s, other string) string {
	if s != "" {
		return s
	}
	return other
}

func (w *writer) labelRef(list string) string {
	if l := w.form.List(list); l != nil && itextList(l) {
		return "jr:itext(itextId)"
	}
	return "label"
}

func (w *writer) itemset(nodes, value, label string) *element {
	return el("itemset", "nodeset", nodes).add(el("value", "ref", value), el("label", "ref", label))
}

// shuffled puts the choices in another order each time, or by a seed.
func (w *writer) shuffled(nodes string, n *survey.Node) string {
	if n.Parameters["randomize"] != "true" {
		return nodes
	}
	if seed := n.Parameters["seed"]; seed != "" {
		return "randomize(" + nodes + ", " + strings.TrimSpace(w.expr(seed, n, where{})) + ")"
	}
	return "randomize(" + nodes + ")"
}

// fromRepeat offers the answers that a question of a repeat was given.
func (w *writer) fromRepeat(n *survey.Node) *element {
	name := strings.TrimSuffix(strings.TrimPrefix(n.List, "${"), "}")
	full := w.path(xpath.Ref{Name: name, Indexed: -1}, n, where{list: true})
	nodes, last := full, name
	if i := strings.LastIndexByte(full, '/'); i >= 0 {
		nodes, last = full[:i], full[i+1:]
	}
	filter := "./" + last + " != ''"
	if n.ChoiceFilter != "" {
		filter = w.expr(n.ChoiceFilter, n, where{filter: true, list: true})
		filter = strings.ReplaceAll(strings.ReplaceAll(filter, "current()/"+nodes, "."), nodes, ".")
	}
	return w.itemset(w.shuffled(nodes+"["+filter+"]", n), last, last)
}
