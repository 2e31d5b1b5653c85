package interview

import (
	"slices"
	"strconv"
	"strings"

	"quipu/internal/survey"
	"quipu/internal/survey/judge"
	"quipu/internal/survey/xpath"
)

func itoa(n int) string { return strconv.Itoa(n) }

// text is a text of the questionnaire in the language of the interview, with the answers that
// it speaks of.
func (v *Interview) text(t survey.Text, n *survey.Node, at *xpath.Node) string {
	if t.Empty() {
		return ""
	}
	return survey.Mention(t.In(v.Lang, v.Form.DefaultLanguage()), func(name string, saved bool) string {
		if saved || n == nil {
			return ""
		}
		e, err := v.parse("${"+name+"}", n, false)
		if err != nil {
			return ""
		}
		s, err := e.String(v.env, at)
		if err != nil {
			return ""
		}
		return s
	})
}

// Label is what the question says.
func (v *Interview) Label(q Question) string { return v.text(q.Node.Label, q.Node, q.at) }

// Hint is what helps to answer, for both who ask and who answer.
func (v *Interview) Hint(q Question) string {
	hint, more := v.text(q.Node.Hint, q.Node, q.at), v.text(q.Guidance, q.Node, q.at)
	return strings.TrimSpace(hint + " " + more)
}

// Required reports whether the question has to be answered.
func (v *Interview) Required(q Question) bool {
	if q.rule.required == nil {
		return false
	}
	ok, err := q.rule.required.Bool(v.env, q.at)
	return err == nil && ok
}

// Fixed reports whether the question is only shown.
func (v *Interview) Fixed(q Question) bool {
	if q.Type == survey.Note || q.rule.calculation != nil && len(q.Trigger) == 0 {
		return true
	}
	if q.rule.readOnly == nil {
		return false
	}
	ok, err := q.rule.readOnly.Bool(v.env, q.at)
	return err == nil && ok
}

// Choice is an answer that is offered.
type Choice struct{ Value, Label string }

// Choices are those that the list and its filter offer; ok is false where they are in a file
// of the client's or come from a repeat.
func (v *Interview) Choices(q Question) (out []Choice, ok bool) {
	doc := v.lists[q.ListID()]
	if !q.Select() || doc == nil {
		return nil, false
	}
	list := v.Form.List(q.List)
	key, says := q.Keys()
	for _, item := range doc.Children[0].Children {
		at := item.Child(key)
		if at == nil {
			continue
		}
		value := at.Value()
		if q.rule.filter != nil {
			if on, err := q.rule.filter.BoolFrom(v.env, item, q.at); err == nil && !on {
				continue
			}
		}
		label := ""
		if c := list.Choice(value); c != nil {
			label = v.text(c.Label, q.Node, q.at)
		} else if l := item.Child(says); l != nil {
			label = l.Value()
		}
		if label == "" {
			label = value
		}
		out = append(out, Choice{value, label})
	}
	return out, true
}

// choiceName is the label of a choice of the question at a path.
func (v *Interview) choiceName(value, question string, at *xpath.Node) string {
	e, err := xpath.Parse(strings.TrimSpace(question))
	if err != nil {
		return ""
	}
	nodes, err := e.Nodes(v.env, at)
	if err != nil || len(nodes) == 0 {
		return ""
	}
	r := v.rules[nodes[0].Path()]
	if r == nil {
		return ""
	}
	if c := v.Form.List(r.List).Choice(value); c != nil {
		return c.Label.In(v.Lang, v.Form.DefaultLanguage())
	}
	return ""
}

// Fill takes the answers to the questions of a step, by the path of the question, and settles
// what hangs on them. A question that is not among them stands.
func (v *Interview) Fill(s Step, answers map[string]string) {
	for _, q := range s.Questions {
		text, given := answers[q.Path]
		if !given || v.Fixed(q) || text == q.at.Text {
			continue
		}
		q.at.Text = text
		v.triggered(q.Name)
	}
	v.settle()
}

// Grow asks a repeat once more, and gives the path of the new instance.
func (v *Interview) Grow(m *Repeat) string {
	if len(instances(m.below, m.node.Name)) >= mostRepeats {
		return ""
	}
	one := v.grow(m.below, m.node)
	v.settle()
	return judge.Numbered(one)
}

// Shrink takes the last instance of a repeat away.
func (v *Interview) Shrink(m *Repeat) {
	if have := instances(m.below, m.node.Name); len(have) > 0 {
		drop(have[len(have)-1])
		v.settle()
	}
}

// Doubt is what is wrong with an answer, as the author of the questionnaire says it, or, where
// Text is empty, as the finding does.
type Doubt struct {
	judge.Finding
	Text string
}

// Wrong are what is wrong on a step, by the path of the question.
func (v *Interview) Wrong(s Step) map[string]Doubt {
	out := map[string]Doubt{}
	for _, f := range v.Doubts() {
		i := slices.IndexFunc(s.Questions, func(q Question) bool { return q.Path == f.Path })
		if i < 0 || v.Fixed(s.Questions[i]) {
			continue
		}
		if _, had := out[f.Path]; !had {
			out[f.Path] = Doubt{f, v.text(f.Message, s.Questions[i].Node, s.Questions[i].at)}
		}
	}
	return out
}
