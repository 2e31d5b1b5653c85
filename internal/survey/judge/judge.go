// Package judge decides about a filled questionnaire as a client did while it was filled: what
// was to be asked, what had to be answered, which answers are taken and what calculations give.
// A submission is kept whatever is found; the findings say what to look at.
package judge

import (
	"fmt"
	"strings"
	"time"

	"quipu/internal/fault"
	"quipu/internal/survey"
	"quipu/internal/survey/study"
	"quipu/internal/survey/xform"
	"quipu/internal/survey/xpath"
)

// Kind is what is wrong with an answer.
type Kind string

// The kinds.
const (
	Missing     Kind = "missing"     // a required question without an answer
	Constraint  Kind = "constraint"  // an answer that the question does not take
	Irrelevant  Kind = "irrelevant"  // an answer to a question that was not to be asked
	Calculation Kind = "calculation" // a calculation that gives something else
	Choice      Kind = "choice"      // a choice that is not in the list, or that the filter hides
	Type        Kind = "type"        // text where a number, a date or a place belongs
	Count       Kind = "count"       // a repeat more or less often than its count says
	Unknown     Kind = "unknown"     // an element that the questionnaire does not have
	Unjudged    Kind = "unjudged"    // an expression that could not be reckoned
)

// Finding is one thing to look at.
type Finding struct {
	Path    string // of the answer, repeats numbered: /data/person[2]/age
	Name    string // of the question
	Kind    Kind
	Message survey.Text  // what the author says to a person, of a constraint or a required question
	Fault   *fault.Error // what the program says
}

// Judge knows the rules of one version of a questionnaire. It can be used by many at once.
type Judge struct {
	form   *survey.Form
	rules  map[string]*rule // by path
	order  []*rule
	byName map[string]*survey.Node
	lists  map[string]*xpath.Node
}

// rule is what holds of an item.
type rule struct {
	*survey.Node
	relevant, required, constraint, calculation, filter, count *xpath.Expr
}

// New reads the rules of a questionnaire in which nothing is wrong.
func New(f *survey.Form) (*Judge, error) {
	j := &Judge{form: f, rules: map[string]*rule{}, lists: xform.Lists(f)}
	nodes := f.Nodes()
	j.byName = survey.Names(nodes)
	resolve := xform.Resolver(f)
	for _, n := range nodes {
		if n.External() {
			continue
		}
		r := &rule{Node: n}
		for _, e := range []struct {
			into   **xpath.Expr
			source string
			filter bool
		}{{&r.relevant, n.Relevant, false}, {&r.required, n.Required, false}, {&r.constraint, n.Constraint, false},
			{&r.calculation, calculation(n), false}, {&r.filter, n.ChoiceFilter, true}, {&r.count, n.CountRef(), false}} {
			if e.source == "" {
				continue
			}
			x, err := xpath.Parse(resolve(e.source, n, e.filter))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", n.Path, err)
			}
			*e.into = x
		}
		j.rules[n.Path] = r
		j.order = append(j.order, r)
	}
	return j, nil
}

// calculation is one that runs of itself; with a trigger it runs when a question changes, and
// whatever it gave then stands.
func calculation(n *survey.Node) string {
	if len(n.Trigger) > 0 {
		return ""
	}
	return n.Calculation
}

// pass is the judging of one document.
type pass struct {
	*Judge
	env   *xpath.Env
	found []Finding
}

// Document judges a filled questionnaire, in the order of its elements. now is when it was
// filled, for today() and now(). The nodes of what was not to be asked are marked Off.
func (j *Judge) Document(doc *xpath.Node, now time.Time) []Finding {
	p := &pass{Judge: j}
	p.env = &xpath.Env{Now: now, Document: doc, Instance: func(id string) *xpath.Node { return j.lists[id] }, ChoiceName: p.choiceName}
	p.relevance(doc)
	for _, root := range doc.Children {
		p.element(root)
	}
	return p.found
}

// mostRounds bounds how often relevance is reckoned: each round settles what hangs on the one
// before, and a chain of questions is no longer than this.
const mostRounds = 50

// relevance marks what was not to be asked. What one question says may close another, so it is
// reckoned until nothing changes.
func (p *pass) relevance(doc *xpath.Node) {
	for range mostRounds {
		changed := false
		each(doc, func(n *xpath.Node) {
			r := p.rules[n.Path()]
			if r == nil || r.relevant == nil {
				return
			}
			on, err := r.relevant.Bool(p.env, n)
			off := err == nil && !on // what cannot be reckoned is taken as the client took it
			changed = changed || off != n.Off
			n.Off = off
		})
		if !changed {
			return
		}
	}
}

func each(n *xpath.Node, do func(*xpath.Node)) {
	for _, c := range n.Children {
		do(c)
		each(c, do)
	}
}

// element judges an element and what it holds.
func (p *pass) element(n *xpath.Node) {
	path := n.Path()
	r := p.rules[path]
	root := "/" + p.form.Root()
	switch {
	case path == root:
	case path == root+"/"+study.CaseQuestion && r == nil: // put in by the program that asked
		return
	case path == root+"/meta" || strings.HasPrefix(path, root+"/meta/"):
		return
	case r == nil:
		p.add(n, n.Name, Unknown, nil)
		return
	case n.Off:
		if answered(n) {
			p.add(n, r.Name, Irrelevant, nil)
		}
		return
	case !r.Container():
		p.answer(n, r)
		return
	}
	p.repeats(n)
	for _, c := range n.Children {
		p.element(c)
	}
	p.absent(n)
}

// absent judges the questions right below an element that were not sent, as if they were empty:
// a client leaves out what was not to be asked, and nothing else.
func (p *pass) absent(n *xpath.Node) {
	prefix := n.Path() + "/"
	for _, r := range p.order {
		if r.Type == survey.Repeat || !strings.HasPrefix(r.Path, prefix) || strings.Contains(r.Path[len(prefix):], "/") || n.Child(r.Name) != nil {
			continue
		}
		empty := &xpath.Node{Name: r.Name, Parent: n}
		if r.relevant != nil {
			if on, err := r.relevant.Bool(p.env, empty); err == nil && !on {
				continue
			}
		}
		if r.Container() {
			p.absent(empty)
			continue
		}
		p.answer(empty, r)
	}
}

// answered reports whether anything below was answered.
func answered(n *xpath.Node) bool { return strings.TrimSpace(n.Value()) != "" }

// repeats counts the instances of the repeats right below an element.
func (p *pass) repeats(n *xpath.Node) {
	prefix := n.Path() + "/"
	for _, r := range p.order {
		if r.count == nil || r.Path[:strings.LastIndexByte(r.Path, '/')+1] != prefix {
			continue
		}
		have, off := 0, false
		var first *xpath.Node
		for _, c := range n.Children {
			if c.Name == r.Name {
				have, off = have+1, off || c.Off
				if first == nil {
					first = c
				}
			}
		}
		if first == nil {
			first = &xpath.Node{Name: r.Name, Parent: n} // where they would be
		}
		want, err := r.count.Number(p.env, first)
		blank := have == 1 && want < 1 && !answered(first) // the one that every new instance has
		if err == nil && !off && !blank && float64(have) != max(0, want) && want == want {
			p.add(first, r.Name, Count, nil, "have", have, "want", int(min(max(want, 0), 1e6)))
		}
	}
}

func (p *pass) add(n *xpath.Node, name string, kind Kind, message survey.Text, args ...any) {
	p.found = append(p.found, Finding{Path: Numbered(n), Name: name, Kind: kind, Message: message,
		Fault: fault.New(fault.Invalid, "judge."+string(kind), append([]any{"name", name}, args...)...)})
}

// Numbered is the path of a node with the places of those that are there more than once.
func Numbered(n *xpath.Node) string {
	if n == nil || n.Parent == nil && n.Name == "" {
		return ""
	}
	out := Numbered(n.Parent) + "/" + n.Name
	if n.Parent == nil {
		return out
	}
	twins := 0
	for _, c := range n.Parent.Children {
		if c.Name == n.Name {
			twins++
		}
	}
	if twins > 1 {
		out += fmt.Sprintf("[%d]", n.Position())
	}
	return out
}
