package xform

import (
	"slices"
	"strings"

	"quipu/internal/survey"
)

// choices reads from where a select takes its choices.
func (rd *reader) choices(i *survey.Item, control *element) {
	nodes := control.get("query")
	set := control.child("itemset")
	if set != nil {
		nodes = set.get("nodeset")
	}
	if nodes == "" {
		return
	}
	if inside, ok := strings.CutPrefix(nodes, "randomize("); ok && i.Type != survey.Range {
		put(&i.Parameters, "randomize", "true")
		nodes = strings.TrimSuffix(inside, ")")
		if at := outsideComma(nodes); at >= 0 {
			put(&i.Parameters, "seed", strings.TrimSpace(nodes[at+1:]))
			nodes = nodes[:at]
		}
	}
	filter := ""
	if at := strings.IndexByte(nodes, '['); at >= 0 && strings.HasSuffix(nodes, "]") {
		nodes, filter = nodes[:at], nodes[at+1:len(nodes)-1]
	}
	id, fromList := strings.CutPrefix(nodes, "instance('")
	id, _, _ = strings.Cut(id, "'")
	switch {
	case i.Type == survey.Range:
		put(&i.Parameters, "tick_labelset", id)
		return
	case !fromList:
		value := set.child("value").get("ref")
		i.List = "${" + value + "}"
		if filter != "./"+value+" != ''" {
			i.ChoiceFilter = filter
		}
		return
	}
	i.List, i.ChoiceFilter = id, filter
	if src := rd.source(id); src != "" {
		i.List = src[strings.LastIndexByte(src, '/')+1:]
		rd.used[id] = true
		value, label := "name", "label"
		if strings.HasSuffix(i.List, ".geojson") {
			value, label = "id", "title"
		}
		if v := set.child("value").get("ref"); v != value {
			put(&i.Parameters, "value", v)
		}
		if l := set.child("label").get("ref"); l != label {
			put(&i.Parameters, "label", l)
		}
	}
}

// outsideComma is the last comma outside of brackets and texts, -1 where there is none.
func outsideComma(s string) int {
	depth, at := 0, -1
	quote := byte(0)
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '(' || c == '[':
			depth++
		case c == ')' || c == ']':
			depth--
		case c == ',' && depth == 0:
			at = i
		}
	}
	return at
}

// source is the file of a secondary instance, "" where it has its items itself.
func (rd *reader) source(id string) string {
	for _, k := range rd.model.kids {
		if k.name == "instance" && k.get("id") == id {
			return k.get("src")
		}
	}
	return ""
}

// files reads the secondary instances of files that no select and no pulldata asks for: they
// were attached by themselves.
func (rd *reader) files() {
	n := newNames(rd.form)
	for _, node := range n.nodes {
		for _, id := range pulled(node) {
			rd.used[id] = true
		}
	}
	for _, k := range rd.model.kids {
		id, src := k.get("id"), k.get("src")
		if k.name != "instance" || src == "" || rd.used[id] || id == lastSavedID {
			continue
		}
		t := survey.XMLExternal
		if strings.HasPrefix(src, "jr://file-csv/") {
			t = survey.CSVExternal
		}
		rd.form.Children = append(rd.form.Children, &survey.Item{Type: t, Name: id})
	}
}

// lists reads the lists of choices.
func (rd *reader) lists() {
	for _, k := range rd.model.kids {
		root := k.child("root")
		if k.name != "instance" || k.get("id") == "" || k.get("src") != "" {
			continue
		}
		l := &survey.List{Name: k.get("id")}
		if root == nil {
			root = &element{}
		}
		for _, item := range root.kids {
			c := survey.Choice{}
			for _, f := range item.kids {
				switch f.name {
				case "":
				case "itextId":
					c.Label, c.Media = rd.spoken(f.inner(), ""), rd.media(f.inner())
				case "name":
					c.Value = f.inner()
				case "label":
					c.Label = survey.Text{"": f.inner()}
				default:
					put(&c.Attr, f.name, f.inner())
					if !slices.Contains(l.Columns, f.name) {
						l.Columns = append(l.Columns, f.name)
					}
				}
			}
			l.Choices = append(l.Choices, c)
		}
		rd.form.Lists = append(rd.form.Lists, l)
	}
}
