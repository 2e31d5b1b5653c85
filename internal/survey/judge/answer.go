package judge

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"quipu/internal/survey"
	"quipu/internal/survey/xpath"
)

// answer judges the answer to a question that was to be asked.
func (p *pass) answer(n *xpath.Node, r *rule) {
	value := n.Value()
	if r.calculation != nil {
		p.calculated(n, r, value)
	}
	if value == "" {
		if p.truth(n, r, r.required) {
			p.add(n, r.Name, Missing, r.RequiredMessage)
		}
		return
	}
	if !typed(r.Item, value) {
		p.add(n, r.Name, Type, nil, "type", string(r.Type))
		return
	}
	if r.constraint != nil && !p.truth(n, r, r.constraint) {
		p.add(n, r.Name, Constraint, r.ConstraintMessage)
	}
	p.chosen(n, r, value)
}

// truth reckons a rule; one that the server cannot reckon is no reason to refuse, and is told.
func (p *pass) truth(n *xpath.Node, r *rule, e *xpath.Expr) bool {
	if e == nil {
		return false
	}
	ok, err := e.Bool(p.env, n)
	if err != nil {
		p.add(n, r.Name, Unjudged, nil)
		return e == r.constraint
	}
	return ok
}

// calculated compares a calculation with what the client sent. What varies with time or chance
// stands as it was sent.
func (p *pass) calculated(n *xpath.Node, r *rule, sent string) {
	if r.calculation.Varying() {
		return
	}
	want, err := r.calculation.String(p.env, n)
	switch {
	case err != nil:
		p.add(n, r.Name, Unjudged, nil)
	case !sameValue(want, sent):
		p.add(n, r.Name, Calculation, nil)
	}
}

// sameValue compares two values as numbers where they are some: clients round in their own way.
func sameValue(a, b string) bool {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX == nil && errY == nil {
		return math.Abs(x-y) <= 1e-9*max(1, math.Abs(x), math.Abs(y))
	}
	return a == b
}

// chosen checks that each choice is in the list, and that the filter shows it.
func (p *pass) chosen(n *xpath.Node, r *rule, value string) {
	doc := p.lists[r.ListID()]
	if !r.Select() || doc == nil {
		return // a file of the client, or answers of a repeat
	}
	values := []string{value}
	if r.Type == survey.SelectMany || r.Type == survey.Rank {
		values = strings.Fields(value)
	}
	for i, v := range values {
		if slices.Contains(values[:i], v) || !p.offered(n, r, doc, v) {
			p.add(n, r.Name, Choice, nil)
			return
		}
	}
}

// offered reports whether the list has the choice and the filter shows it.
func (p *pass) offered(n *xpath.Node, r *rule, doc *xpath.Node, value string) bool {
	key, _ := r.Keys()
	for _, item := range doc.Children[0].Children {
		if k := item.Child(key); k == nil || k.Value() != value {
			continue
		}
		if r.filter == nil {
			return true
		}
		ok, err := r.filter.BoolFrom(p.env, item, n)
		if ok || err != nil {
			return true
		}
	}
	return false
}

// choiceName is the label of a choice of the question at a path.
func (p *pass) choiceName(value, question string, at *xpath.Node) string {
	e, err := xpath.Parse(strings.TrimSpace(question))
	if err != nil {
		return ""
	}
	nodes, err := e.Nodes(p.env, at)
	if err != nil || len(nodes) == 0 {
		return ""
	}
	r := p.rules[nodes[0].Path()]
	if r == nil {
		return ""
	}
	if c := p.form.List(r.List).Choice(value); c != nil {
		return c.Label.In(p.form.DefaultLanguage())
	}
	return ""
}

var (
	whole   = regexp.MustCompile(`^[+-]?\d{1,18}$`)
	decimal = regexp.MustCompile(`^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$`)
	clock   = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)?$`)
)

// typed reports whether a value is of the type of its question.
func typed(i *survey.Item, v string) bool {
	switch i.Type {
	case survey.Integer:
		return whole.MatchString(v)
	case survey.Decimal:
		return decimal.MatchString(v)
	case survey.Range:
		f, err := strconv.ParseFloat(v, 64)
		start, end, _ := i.Bounds()
		return err == nil && f >= start && f <= end
	case survey.Date, survey.Today:
		_, err := time.Parse(time.DateOnly, v)
		return err == nil
	case survey.DateTime, survey.Start, survey.End:
		day, rest, ok := strings.Cut(v, "T")
		_, err := time.Parse(time.DateOnly, day)
		return ok && err == nil && clock.MatchString(rest)
	case survey.Time:
		return clock.MatchString(v)
	case survey.GeoPoint, survey.StartGeoPoint:
		return point(v)
	case survey.GeoTrace, survey.GeoShape:
		return !slices.ContainsFunc(strings.Split(strings.Trim(v, "; "), ";"), func(s string) bool { return !point(s) })
	case survey.Accept:
		return v == "OK"
	}
	return true
}

// point reads "latitude longitude", with altitude and accuracy when the device knows them.
func point(s string) bool {
	parts := strings.Fields(s)
	if len(parts) < 2 || len(parts) > 4 {
		return false
	}
	for i, part := range parts {
		f, err := strconv.ParseFloat(part, 64)
		if err != nil || math.IsNaN(f) || i == 0 && math.Abs(f) > 90 || i == 1 && math.Abs(f) > 180 {
			return false
		}
	}
	return true
}
