// Package interview asks a questionnaire page by page, without a client: which page comes, what
// it asks, what the answers so far calculate and whether they are taken. The rules are those of
// package judge, by which what clients send is judged.
package interview

import (
	"strings"
	"time"

	"quipu/internal/survey"
	"quipu/internal/survey/judge"
	"quipu/internal/survey/study"
	"quipu/internal/survey/xform"
	"quipu/internal/survey/xpath"
)

// Guide knows how one version of a questionnaire is asked. It can be used by many at once.
type Guide struct {
	Form    *survey.Form
	judge   *judge.Judge
	lists   map[string]*xpath.Node
	rules   map[string]*rule // by path
	order   []*rule
	blank   *xpath.Node
	resolve func(source string, at *survey.Node, filter bool) string
}

// rule is what holds of an item beside what the judge looks at.
type rule struct {
	*survey.Node
	calculation, required, readOnly, filter, count, preset *xpath.Expr
}

// New reads a questionnaire in which nothing is wrong.
func New(f *survey.Form) (*Guide, error) {
	j, err := judge.New(f)
	if err != nil {
		return nil, err
	}
	g := &Guide{Form: f, judge: j, lists: xform.Lists(f), rules: map[string]*rule{}, blank: xform.Instance(f), resolve: xform.Resolver(f)}
	for _, n := range f.Nodes() {
		if n.External() {
			continue
		}
		r := &rule{Node: n}
		preset := ""
		if n.Dynamic() {
			preset = n.Default
		}
		for _, e := range []struct {
			into   **xpath.Expr
			source string
		}{{&r.calculation, n.Calculation}, {&r.required, n.Required}, {&r.readOnly, n.ReadOnly}, {&r.count, n.CountRef()}, {&r.preset, preset}} {
			if *e.into, err = g.parse(e.source, n, false); err != nil {
				return nil, err
			}
		}
		if r.filter, err = g.parse(n.ChoiceFilter, n, true); err != nil {
			return nil, err
		}
		g.rules[n.Path], g.order = r, append(g.order, r)
	}
	return g, nil
}

func (g *Guide) parse(source string, at *survey.Node, filter bool) (*xpath.Expr, error) {
	if source == "" {
		return nil, nil
	}
	return xpath.Parse(g.resolve(source, at, filter))
}

// Interview is one under way. What is asked and calculated is settled whenever answers came.
type Interview struct {
	*Guide
	Doc   *xpath.Node
	Now   time.Time // in the zone where it is held
	Lang  string    // of the questionnaire, as its author writes it
	env   *xpath.Env
	found []judge.Finding
}

// Opening is what the program knows when an interview begins.
type Opening struct {
	Instance string // a name of its own: uuid:…
	Case     string // "" without one
	Login    string
	Device   string
}

// Begin begins one.
func (g *Guide) Begin(o Opening, now time.Time, lang string) *Interview {
	doc := &xpath.Node{}
	doc.Add(clone(g.blank.Children[0]))
	root := doc.Children[0]
	v := g.open(doc, now, lang)
	if o.Case != "" {
		put(root, study.CaseQuestion, o.Case)
	}
	meta := root.Child("meta")
	if meta == nil {
		meta = root.Add(&xpath.Node{Name: "meta"})
	}
	put(meta, "instanceID", o.Instance)
	known := map[survey.Type]string{survey.Start: now.Format(stamp), survey.Today: now.Format(time.DateOnly), survey.DeviceID: o.Device, survey.UserName: o.Login}
	each(doc, func(n *xpath.Node) {
		if r := g.rules[n.Path()]; r != nil && known[r.Type] != "" {
			n.Text = known[r.Type]
		}
	})
	v.presets(root)
	v.settle()
	return v
}

// stamp is how clients write a moment.
const stamp = "2006-01-02T15:04:05.000Z07:00"

// Resume takes one up again.
func (g *Guide) Resume(doc *xpath.Node, now time.Time, lang string) *Interview {
	v := g.open(doc, now, lang)
	v.settle()
	return v
}

func (g *Guide) open(doc *xpath.Node, now time.Time, lang string) *Interview {
	v := &Interview{Guide: g, Doc: doc, Now: now, Lang: lang}
	v.env = &xpath.Env{Now: now, Document: doc, Instance: func(id string) *xpath.Node { return g.lists[id] }, ChoiceName: v.choiceName}
	return v
}

// Draft is the interview as it stands, with what is not asked just now.
func (v *Interview) Draft() []byte {
	each(v.Doc, func(n *xpath.Node) { n.Off = false })
	out := xform.WriteInstance(v.Doc)
	v.settle()
	return out
}

// Finish is the interview as it is sent.
func (v *Interview) Finish() []byte {
	each(v.Doc, func(n *xpath.Node) {
		if r := v.rules[n.Path()]; r != nil && r.Type == survey.End {
			n.Text = v.Now.Format(stamp)
		}
	})
	v.settle()
	if source := v.Form.Settings.InstanceName; source != "" {
		root := v.Doc.Children[0]
		at := &survey.Node{Item: &survey.Item{Name: root.Name}, Path: root.Path() + "/meta/instanceName"}
		if e, err := v.parse(source, at, false); err == nil {
			meta := root.Child("meta")
			put(meta, "instanceName", "")
			if name, err := e.String(v.env, meta.Child("instanceName")); err == nil {
				put(meta, "instanceName", name)
			}
		}
	}
	return xform.WriteInstance(v.Doc)
}

// Audited reports whether the author of the questionnaire wants to know how long its pages take.
func (g *Guide) Audited() bool { return g.audit() != "" }

func (g *Guide) audit() string {
	for _, r := range g.order {
		if r.Type == survey.Audit {
			return r.Name
		}
	}
	return ""
}

// Audit names the file with the times of the pages, before the interview is finished.
func (v *Interview) Audit(file string) {
	if name, meta := v.audit(), v.Doc.Children[0].Child("meta"); name != "" && meta != nil {
		put(meta, name, file)
	}
}

// Doubts are what is wrong with the whole, in the order of the questions, without what cannot
// be mended by answering.
func (v *Interview) Doubts() (out []judge.Finding) {
	for _, f := range v.found {
		r := v.rules[plain(f.Path)]
		if f.Kind == judge.Unjudged || f.Kind == judge.Calculation || r == nil || r.Attachment() {
			continue
		}
		out = append(out, f)
	}
	return out
}

// plain is a path without the numbers of repeats.
func plain(path string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		name, _, _ := strings.Cut(part, "[")
		b.WriteString("/" + name)
	}
	return b.String()
}

func put(below *xpath.Node, name, text string) {
	n := below.Child(name)
	if n == nil {
		n = below.Add(&xpath.Node{Name: name})
	}
	n.Text = text
}

func each(n *xpath.Node, do func(*xpath.Node)) {
	for _, c := range n.Children {
		do(c)
		each(c, do)
	}
}

func clone(n *xpath.Node) *xpath.Node {
	out := &xpath.Node{Name: n.Name, Text: n.Text, Attrs: append([]xpath.Attr(nil), n.Attrs...)}
	for _, c := range n.Children {
		out.Add(clone(c))
	}
	return out
}
