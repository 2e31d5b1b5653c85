package xform

import (
	"maps"
	"slices"
	"strings"

	"quipu/internal/survey"
	"quipu/internal/survey/xpath"
)

// finish puts ${name} for paths, now that all items are known, and takes out again what the
// standard adds by itself.
func (rd *reader) finish() {
	rd.form.Children = rd.others(rd.counts(rd.form.Children))
	n := newNames(rd.form)
	for _, node := range n.nodes {
		rd.named(n, node)
	}
	for _, l := range rd.form.Lists {
		for i := range l.Choices {
			rd.outputs(n, l.Choices[i].Label, nil)
		}
	}
	rd.form.Settings.InstanceName = n.plain(rd.form.Settings.InstanceName, nil, where{})
}

func (rd *reader) named(n *names, node *survey.Node) {
	i := node.Item
	for _, s := range []*string{&i.Relevant, &i.Constraint, &i.Required, &i.ReadOnly, &i.RepeatCount} {
		*s = n.plain(*s, node, where{})
	}
	// A triggered calculation is written from where the question stands that starts it.
	from := node
	if len(i.Trigger) > 0 && n.byName[i.Trigger[0]] != nil {
		from = n.byName[i.Trigger[0]]
	}
	i.Calculation = n.plain(i.Calculation, from, where{})
	if count := rd.counted[i]; count != "" {
		i.RepeatCount = n.plain(count, node, where{})
	}
	if rd.dynamic[i] {
		i.Default = n.plain(i.Default, node, where{})
	}
	for name, v := range i.Extra {
		if !strings.HasPrefix(name, "instance::") && strings.Contains(v, "/") {
			i.Extra[name] = n.plain(v, node, where{})
		}
	}
	if seed := i.Parameters["seed"]; seed != "" {
		i.Parameters["seed"] = n.plain(seed, node, where{})
	}
	if strings.HasPrefix(i.List, "${") {
		rd.fromRepeat(n, node)
	} else {
		i.ChoiceFilter = n.plain(i.ChoiceFilter, node, where{filter: true})
	}
	for _, t := range []survey.Text{i.Label, i.Hint, i.Guidance, i.ConstraintMessage, i.RequiredMessage} {
		rd.outputs(n, t, node)
	}
}

// fromRepeat puts ${name} for "./name" in the filter of choices that are answers of a repeat.
func (rd *reader) fromRepeat(n *names, node *survey.Node) {
	filter := node.ChoiceFilter
	e, err := xpath.Parse(filter)
	if err != nil {
		return
	}
	to := n.byName[strings.TrimSuffix(strings.TrimPrefix(node.List, "${"), "}")]
	if to == nil {
		return
	}
	base := to.Path[:strings.LastIndexByte(to.Path, '/')]
	var b strings.Builder
	last := 0
	for _, p := range e.SelfPlaces() {
		at := n.byPath[base+"/"+strings.Join(p.Names, "/")]
		if at == nil || n.byName[at.Name] == nil {
			continue
		}
		b.WriteString(filter[last:p.From] + "${" + at.Name + "}")
		last = p.To
	}
	node.ChoiceFilter = strings.TrimSpace(b.String() + filter[last:])
}

// outputs puts ${name} for the paths of a text that mark kept apart.
func (rd *reader) outputs(n *names, t survey.Text, from *survey.Node) {
	for lang, s := range t {
		parts := strings.Split(s, "\x00")
		for i := 1; i < len(parts); i += 2 {
			parts[i] = n.plain(parts[i], from, where{})
		}
		t[lang] = strings.Join(parts, "")
	}
}

// counts takes out the hidden questions that hold how often a repeat is asked: the expression
// goes back to the repeat. Where it is the answer of another question, it waits until that one
// has its name.
func (rd *reader) counts(items []*survey.Item) []*survey.Item {
	var out []*survey.Item
	for k, i := range items {
		i.Children = rd.counts(i.Children)
		if i.Type == survey.Repeat && i.RepeatCount != "" {
			count := i.Name + "_count"
			if last := len(out) - 1; last >= 0 && k > 0 && out[last].Name == count && out[last].ReadOnly == "true()" &&
				strings.HasSuffix(i.RepeatCount, "/"+count) {
				i.RepeatCount = out[last].Calculation
				out = out[:last]
			} else {
				rd.counted[i], i.RepeatCount = i.RepeatCount, ""
			}
		}
		out = append(out, i)
	}
	return out
}

// others takes out the questions and choices that or_other adds: the select says so again.
func (rd *reader) others(items []*survey.Item) []*survey.Item {
	var out []*survey.Item
	for _, i := range items {
		i.Children = rd.others(i.Children)
		if last := len(out) - 1; last >= 0 && out[last].Select() && out[last].ChoiceFilter == "" {
			o := survey.OtherOf(out[last])
			if l := rd.form.List(out[last].List); l != nil && i.Name == o.Name && i.Type == o.Type && i.Relevant == o.Relevant && maps.Equal(i.Label, o.Label) {
				out[last].OrOther = true
				l.Choices = slices.DeleteFunc(l.Choices, addedOther)
				continue
			}
		}
		out = append(out, i)
	}
	return out
}

// addedOther reports whether a choice is the one that or_other adds.
func addedOther(c survey.Choice) bool {
	for _, words := range c.Label {
		if words != "Other" {
			return false
		}
	}
	return c.Value == survey.OtherValue && len(c.Attr) == 0 && len(c.Media) == 0
}
