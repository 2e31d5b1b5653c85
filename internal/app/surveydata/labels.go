package surveydata

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"quipu/internal/estimate/table"
	form "quipu/internal/survey"
	"quipu/internal/survey/codebook"
)

// labeller takes the words of the questionnaire in force; without one it has none.
type labeller struct {
	form  *form.Form
	nodes map[string]*form.Node // by path
	asker *asker
}

func newLabeller(f *form.Form) *labeller {
	l := &labeller{form: f, nodes: map[string]*form.Node{}}
	if f == nil {
		return l
	}
	l.asker = newAsker(f)
	for _, n := range f.Nodes() {
		l.nodes[n.Short()] = n
	}
	return l
}

// label takes the words of a question.
func (l *labeller) label(v *described, q *table.Question) {
	n := l.nodes[q.Path]
	if n == nil {
		return
	}
	if !n.Label.Empty() {
		v.Label, v.Text = n.Label, n.Label
	}
	v.Relevant, v.Asked, v.Helps, v.Concept, v.Valid = n.Relevant, l.asker.when(n), n.Guidance, n.Notes["concept"], validOf(n)
	if n.Parent != nil {
		v.In = n.Parent.Short()
	}
	if v.Kind == codebook.Tick {
		v.In = n.Short()
	}
	list := l.form.List(n.List)
	if list == nil {
		return
	}
	if v.Kind == codebook.Tick {
		for _, c := range list.Choices {
			if q.Column(c.Value) == v.Name {
				v.Label = joined(v.Label, c.Label)
			}
		}
		return
	}
	for i := range v.Values {
		if c := list.Choice(v.Values[i].Code); c != nil && !c.Label.Empty() {
			v.Values[i].Label = c.Label
		}
	}
}

// joined is the question and one of its answers, in each language that has both.
func joined(question, answer form.Text) form.Text {
	out := form.Text{}
	for l, t := range question {
		if a := answer.In(l); a != "" {
			out[l] = t + ": " + a
		}
	}
	if len(out) == 0 {
		return question
	}
	return out
}

// bound is one end of what a number may be: ". >= 15".
var bound = regexp.MustCompile(`^\.\s*(>=|>|<=|<)\s*(-?\d+(?:\.\d+)?)$`)

// validOf is what a number may be, where the questionnaire says it as ends and not more.
func validOf(n *form.Node) codebook.Range {
	r := codebook.Range{Whole: n.Type == form.Integer}
	if n.Type == form.Range {
		start, end, step := n.Bounds()
		return codebook.Range{Min: exact(start), Max: exact(end), Whole: start == math.Trunc(start) && step == math.Trunc(step)}
	}
	if n.Type != form.Integer && n.Type != form.Decimal || n.Constraint == "" {
		return r
	}
	for _, part := range strings.Split(n.Constraint, " and ") {
		m := bound.FindStringSubmatch(strings.TrimSpace(part))
		if m == nil {
			return codebook.Range{Whole: r.Whole}
		}
		*map[string]*string{">=": &r.Min, ">": &r.MinExclusive, "<=": &r.Max, "<": &r.MaxExclusive}[m[1]] = m[2]
	}
	return r
}

// parts are the groups that hold columns of the table, and the questions that take several
// answers, those around others first.
func (l *labeller) parts(b *codebook.Book) (out []codebook.Part) {
	if l.form == nil {
		return nil
	}
	holds := map[string]bool{}
	for i := range b.Variables {
		for n := l.nodes[b.Variables[i].In]; n != nil; n = n.Parent {
			holds[n.Short()] = true
		}
	}
	for _, n := range l.form.Nodes() {
		if !holds[n.Short()] || slices.ContainsFunc(out, func(p codebook.Part) bool { return p.Path == n.Short() }) {
			continue
		}
		p := codebook.Part{Path: n.Short(), Label: n.Label, Kind: codebook.Section}
		switch {
		case n.Type == form.Repeat:
			p.Kind = codebook.Repetition
		case !n.Container():
			p.Kind = codebook.Several
		}
		if n.Parent != nil {
			p.In = n.Parent.Short()
		}
		out = append(out, p)
	}
	return out
}
