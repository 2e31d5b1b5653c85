package xlsform

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/fault"
	"quipu/internal/survey"
	"quipu/internal/survey/xpath"
)

// faultOf is the fault of an expression that could not be read.
func faultOf(err error) *fault.Error {
	var f *fault.Error
	if errors.As(err, &f) {
		return f
	}
	return fault.New(fault.Internal, "internal").Because(err)
}

// checker is a form whose items are known by name.
type checker struct {
	*reader
	nodes  []*survey.Node
	byName map[string]*survey.Node
	known  []string                                // the names that ${} may say
	exprs  map[*survey.Node]map[string]*xpath.Expr // by column
	used   map[string]bool                         // lists
	last   map[survey.Type]*survey.Node            // of what may be there once
}

// check says what is wrong between the rows: references, lists, expressions, circles, texts.
func (r *reader) check() {
	c := &checker{reader: r, nodes: r.form.Nodes(), exprs: map[*survey.Node]map[string]*xpath.Expr{}, used: map[string]bool{}, last: map[survey.Type]*survey.Node{}}
	c.byName = survey.Names(c.nodes)
	for name := range c.byName {
		c.known = append(c.known, name)
	}
	slices.Sort(c.known)
	repeats := map[string]*survey.Node{}
	for _, n := range c.nodes {
		if n.Type == survey.Repeat {
			if before := repeats[n.Name]; before != nil {
				r.at(n.Item, "name", "repeat_twice", "name", n.Name, "row", before.At.Row)
			}
			repeats[n.Name] = n
		}
		c.expressions(n)
		c.references(n)
		c.texts(n)
		c.kinds(n)
	}
	c.settingsRefs()
	c.circles()
	for _, l := range r.form.Lists {
		if !c.used[l.Name] && len(l.Choices) > 0 {
			r.add(problem{sheet: l.Choices[0].At.Sheet, row: l.Choices[0].At.Row, key: "list_unused", warning: true, args: []any{"list", l.Name}})
		}
	}
}

// said are the expressions of an item by column.
func said(n *survey.Node) []struct{ column, text string } {
	out := []struct{ column, text string }{
		{"relevant", n.Relevant}, {"constraint", n.Constraint}, {"required", n.Required}, {"read_only", n.ReadOnly},
		{"calculation", n.Calculation}, {"choice_filter", n.ChoiceFilter}, {"repeat_count", n.RepeatCount},
	}
	if n.Dynamic() {
		out = append(out, struct{ column, text string }{"default", n.Default})
	}
	return out
}

// expressions reads those of an item and looks at what they say.
func (c *checker) expressions(n *survey.Node) {
	if made(n) {
		return
	}
	for _, s := range said(n) {
		if s.text == "" {
			continue
		}
		e, err := xpath.Parse(s.text)
		if err != nil {
			c.add(problem{sheet: "survey", row: n.At.Row, column: c.cells[n.Item][s.column], fault: faultOf(err)})
			continue
		}
		if c.exprs[n] == nil {
			c.exprs[n] = map[string]*xpath.Expr{}
		}
		c.exprs[n][s.column] = e
		for _, ref := range e.Refs() {
			c.ref(n, s.column, ref.Name)
		}
		if name, ok := e.Supported(); !ok {
			c.warn(n.Item, s.column, "server_function", "name", name)
		}
		for _, call := range e.Calls() {
			if call.Name == "regex" && len(call.Text) == 2 && call.Text[1] != "" {
				if _, err := xpath.Pattern(call.Text[1]); err != nil {
					c.warn(n.Item, s.column, "pattern", "pattern", call.Text[1])
				}
			}
		}
	}
	if e := c.exprs[n]["choice_filter"]; e != nil {
		c.filter(n, e)
	}
}

// made reports whether the item was added by the standard and stands in no row of its own.
func made(n *survey.Node) bool { return n.At.Row == 0 || n.Name == "" }

// ref says that ${name} is no question, or more than one.
func (c *checker) ref(n *survey.Node, column, name string) {
	at, known := c.byName[name]
	switch {
	case name == "instanceID" || name == "instanceName":
	case !known:
		c.at(n.Item, column, "ref_unknown", "name", "${"+name+"}", "near", xpath.Nearest(name, c.known))
	case at == nil:
		c.at(n.Item, column, "ref_twice", "name", "${"+name+"}")
	}
}

// filter checks that a choice filter asks for columns of the list that are there.
func (c *checker) filter(n *survey.Node, e *xpath.Expr) {
	l := c.form.List(n.List)
	if l == nil {
		return
	}
	have := append([]string{"name", "label"}, l.Columns...)
	for _, word := range e.Names() {
		if !slices.Contains(have, word) {
			c.at(n.Item, "choice_filter", "filter_column", "column", word, "list", l.Name, "columns", strings.Join(have, ", "))
		}
	}
}

// references checks the ${name} of texts, of triggers and of lists.
func (c *checker) references(n *survey.Node) {
	if made(n) {
		return
	}
	for _, t := range []struct {
		column string
		text   survey.Text
	}{{"label", n.Label}, {"hint", n.Hint}, {"guidance_hint", n.Guidance}, {"constraint_message", n.ConstraintMessage}, {"required_message", n.RequiredMessage}} {
		for _, lang := range t.text.Languages() {
			for _, name := range survey.Mentions(t.text[lang]) {
				c.ref(n, t.column, name)
			}
		}
	}
	for _, name := range n.Trigger {
		c.ref(n, "trigger", name)
		if at := c.byName[name]; at != nil && (at.Container() || !at.Shown()) {
			c.at(n.Item, "trigger", "trigger_hidden", "name", "${"+name+"}")
		}
	}
	if !n.Select() {
		return
	}
	l := c.form.List(n.List)
	switch {
	case n.List == "", n.ChoicesFile() != "":
	case strings.HasPrefix(n.List, "${"):
		name := strings.TrimSuffix(strings.TrimPrefix(n.List, "${"), "}")
		c.ref(n, "type", name)
		if at := c.byName[name]; at != nil && at.Repeat() == nil {
			c.at(n.Item, "type", "list_repeat", "name", n.List)
		}
	case l == nil || l.External != (n.Type == survey.SelectExternal):
		sheet, lists := "choices", []string{}
		if n.Type == survey.SelectExternal {
			sheet = "external_choices"
		}
		for _, other := range c.form.Lists {
			if other.External == (n.Type == survey.SelectExternal) {
				lists = append(lists, other.Name)
			}
		}
		if len(lists) == 0 {
			c.at(n.Item, "type", "list_none", "list", n.List, "sheet", sheet)
			return
		}
		c.at(n.Item, "type", "list_unknown", "list", n.List, "sheet", sheet, "near", xpath.Nearest(n.List, lists))
	default:
		c.used[l.Name] = true
		c.choicesFor(n, l)
	}
}

// choicesFor checks that a list suits a question.
func (c *checker) choicesFor(n *survey.Node, l *survey.List) {
	if n.OrOther && n.ChoiceFilter != "" {
		c.at(n.Item, "choice_filter", "other_filter")
	}
	if n.Type != survey.SelectMany && n.Type != survey.Rank {
		return
	}
	for _, ch := range l.Choices {
		if strings.ContainsAny(ch.Value, " \t") {
			c.add(problem{sheet: ch.At.Sheet, row: ch.At.Row, key: "choice_space", args: []any{"list", l.Name, "choice", ch.Value, "question", n.Name}})
		}
	}
}

// texts checks that what is shown has words, in every language.
func (c *checker) texts(n *survey.Node) {
	if made(n) || n.Container() || !n.Shown() {
		return
	}
	for _, kind := range survey.MediaKinds {
		if lacksMain(n.Media[kind], c.main()) {
			c.at(n.Item, kind, "media_language", "kind", kind, "name", n.Name, "language", c.main())
		}
	}
	if n.Label.Empty() && n.Hint.Empty() && len(n.Media) == 0 {
		if n.Appearance != "label" {
			c.at(n.Item, "label", "no_label", "name", n.Name)
		}
		return
	}
	if !n.Label.Translated() {
		return
	}
	for _, lang := range c.form.Languages {
		if _, has := n.Label[lang]; !has {
			c.warn(n.Item, "label", "label_language", "name", n.Name, "language", lang)
		}
	}
}

// kinds checks what only some types ask for.
func (c *checker) kinds(n *survey.Node) {
	switch {
	case made(n):
	case n.Type == survey.Calculate && n.Calculation == "" && !n.Dynamic():
		c.at(n.Item, "calculation", "no_calculation", "name", n.Name)
	case n.Type == survey.Audit && n.Name != "audit":
		c.at(n.Item, "name", "audit_name", "name", n.Name)
	case slices.Contains(strings.Fields(n.Appearance), "table-list"):
		c.at(n.Item, "appearance", "table_list")
	}
	if n.Type == survey.Audit {
		if before := c.last[n.Type]; before != nil {
			c.at(n.Item, "type", "audit_twice", "row", before.At.Row)
		}
		c.last[n.Type] = n
	}
	c.parametersOf(n)
}

// settingsRefs checks the ${name} of the name of an instance.
func (c *checker) settingsRefs() {
	e, err := xpath.Parse(c.form.Settings.InstanceName)
	if err != nil {
		return // it was said, or there is none
	}
	for _, ref := range e.Refs() {
		if at := c.byName[ref.Name]; at == nil && ref.Name != "instanceID" {
			c.add(problem{sheet: "settings", row: 2, key: "ref_unknown", args: []any{"name", "${" + ref.Name + "}", "near", xpath.Nearest(ref.Name, c.known)}})
		}
	}
}

// accepted are the parameters of each type.
var accepted = map[survey.Type][]string{
	survey.String: {"rows"}, survey.Range: {"start", "end", "step", "tick_interval", "placeholder", "tick_labelset"},
	survey.Image: {"max-pixels", "app"}, survey.Audio: {"quality"}, survey.BackgroundAudio: {"quality"},
	survey.Audit:     {"identify-user", "location-max-age", "location-min-interval", "location-priority", "track-changes", "track-changes-reasons"},
	survey.SelectOne: {"randomize", "seed", "label", "value"}, survey.SelectMany: {"randomize", "seed", "label", "value"}, survey.Rank: {"randomize", "seed"},
	survey.GeoPoint: {"allow-mock-accuracy", "capture-accuracy", "warning-accuracy", "reference-geometry"},
	survey.GeoTrace: {"allow-mock-accuracy", "incremental", "reference-geometry"}, survey.GeoShape: {"allow-mock-accuracy", "incremental", "reference-geometry"},
}

// parametersOf checks names and numbers of parameters.
func (c *checker) parametersOf(n *survey.Node) {
	for _, name := range slices.Sorted(maps.Keys(n.Parameters)) {
		v := n.Parameters[name]
		if !slices.Contains(accepted[n.Type], name) {
			c.at(n.Item, "parameters", "parameter_unknown", "parameter", name, "type", string(n.Type), "known", strings.Join(accepted[n.Type], ", "))
			continue
		}
		numeric := slices.Contains([]string{"start", "end", "step", "rows", "max-pixels", "location-max-age", "location-min-interval", "capture-accuracy", "warning-accuracy", "tick_interval"}, name)
		if _, err := strconv.ParseFloat(v, 64); numeric && err != nil {
			c.at(n.Item, "parameters", "parameter_number", "parameter", name, "value", v)
		}
	}
	if n.Type == survey.Range {
		start, end, step := n.Bounds()
		if step <= 0 || end <= start || step > end-start {
			c.at(n.Item, "parameters", "range")
		}
	}
}

// lacksMain reports whether a file is named for other languages and not for the main one, in
// which clients look for it: they refuse the form then.
func lacksMain(t survey.Text, main string) bool {
	_, has := t[main]
	return t.Translated() && !has
}
