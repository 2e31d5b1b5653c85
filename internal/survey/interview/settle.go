package interview

import (
	"math"
	"slices"
	"strings"

	"quipu/internal/survey"
	"quipu/internal/survey/xpath"
)

const (
	mostRounds  = 20  // in which what one answer changes reaches what hangs on it
	mostRepeats = 200 // of one repeat: more is a slip of the finger
)

// settle reckons what is asked, how often, and what is calculated, until nothing changes.
func (v *Interview) settle() {
	for range mostRounds {
		v.found = v.judge.Document(v.Doc, v.Now)
		counted, calculated := v.counts(), v.calculate()
		if !counted && !calculated {
			return
		}
	}
}

// calculate runs the calculations of what is asked.
func (v *Interview) calculate() (changed bool) {
	each(v.Doc, func(n *xpath.Node) {
		r := v.rules[n.Path()]
		if r == nil || r.calculation == nil || len(r.Trigger) > 0 || n.Hidden() {
			return
		}
		if was := n.Text; v.run(n, r.calculation) && was != n.Text && !r.calculation.Varying() {
			changed = true
		}
	})
	return changed
}

// run puts what an expression gives. What cannot be reckoned here stays as it is.
func (v *Interview) run(n *xpath.Node, e *xpath.Expr) bool {
	text, err := e.String(v.env, n)
	if err == nil {
		n.Text = text
	}
	return err == nil
}

// triggered runs the calculations that a change of a question triggers.
func (v *Interview) triggered(name string) {
	each(v.Doc, func(n *xpath.Node) {
		if r := v.rules[n.Path()]; r != nil && r.calculation != nil && slices.Contains(r.Trigger, name) {
			v.run(n, r.calculation)
		}
	})
}

// presets puts the defaults that are reckoned, once, where something begins.
func (v *Interview) presets(below *xpath.Node) {
	each(below, func(n *xpath.Node) {
		if r := v.rules[n.Path()]; r != nil && r.preset != nil {
			v.run(n, r.preset)
		}
	})
}

// counts makes repeats as many as their count says.
func (v *Interview) counts() (changed bool) {
	for _, r := range v.order {
		if r.count == nil {
			continue
		}
		for _, parent := range v.holders(r.Node) {
			if parent.Hidden() {
				continue
			}
			have := instances(parent, r.Name)
			at := &xpath.Node{Name: r.Name, Parent: parent}
			if len(have) > 0 {
				at = have[0]
			}
			want, err := r.count.Number(v.env, at)
			if err != nil || math.IsNaN(want) {
				want = 0
			}
			n := int(min(max(want, 0), mostRepeats))
			for len(have) < n {
				have = append(have, v.grow(parent, r.Node))
				changed = true
			}
			for len(have) > n {
				drop(have[len(have)-1])
				have, changed = have[:len(have)-1], true
			}
		}
	}
	return changed
}

// holders are the elements that hold the instances of an item.
func (v *Interview) holders(n *survey.Node) (out []*xpath.Node) {
	path := n.Path[:strings.LastIndexByte(n.Path, '/')]
	each(v.Doc, func(e *xpath.Node) {
		if e.Path() == path {
			out = append(out, e)
		}
	})
	return out
}

func instances(parent *xpath.Node, name string) (out []*xpath.Node) {
	for _, c := range parent.Children {
		if c.Name == name {
			out = append(out, c)
		}
	}
	return out
}

// grow adds an instance of a repeat where the questionnaire has it.
func (v *Interview) grow(parent *xpath.Node, n *survey.Node) *xpath.Node {
	var model *xpath.Node
	each(v.blank, func(e *xpath.Node) {
		if model == nil && e.Path() == n.Path {
			model = e
		}
	})
	one := clone(model)
	before := map[string]bool{}
	for _, c := range model.Parent.Children {
		before[c.Name] = true
		if c == model {
			break
		}
	}
	at := 0
	for i, c := range parent.Children {
		if before[c.Name] {
			at = i + 1
		}
	}
	one.Parent = parent
	parent.Children = slices.Insert(parent.Children, at, one)
	v.presets(one)
	return one
}

func drop(n *xpath.Node) {
	n.Parent.Children = slices.DeleteFunc(n.Parent.Children, func(c *xpath.Node) bool { return c == n })
}
