package surveydata

import (
	"slices"
	"strings"

	"quipu/internal/i18n"
	form "quipu/internal/survey"
	"quipu/internal/survey/xpath"
)

// asker puts into words when a question is asked.
type asker struct {
	form  *form.Form
	nodes map[string]*form.Node
}

func newAsker(f *form.Form) *asker { return &asker{f, form.Names(f.Nodes())} }

// when says when a question is asked, its groups' conditions first; as the questionnaire writes
// it where it is more than comparisons. Nil is always.
func (a *asker) when(n *form.Node) form.Text {
	var rules []string
	for p := n; p != nil; p = p.Parent {
		if p.Relevant != "" {
			rules = append(rules, p.Relevant)
		}
	}
	if len(rules) == 0 {
		return nil
	}
	slices.Reverse(rules)
	out := form.Text{}
	for _, lang := range i18n.Langs {
		var said []string
		for _, r := range rules {
			said = append(said, a.rule(lang, r, len(rules) > 1))
		}
		out[string(lang)] = strings.Join(said, " "+i18n.T(lang, "surveydata.when.and")+" ")
	}
	return out
}

func (a *asker) rule(lang i18n.Lang, rule string, joined bool) string {
	e, err := xpath.Parse(rule)
	if err != nil {
		return rule
	}
	c, ok := e.Condition()
	if !ok {
		return rule
	}
	return a.say(lang, c, joined && c.Op == "or")
}

// say puts a condition into words, in brackets where it stands within another.
func (a *asker) say(lang i18n.Lang, c xpath.Condition, inside bool) string {
	switch c.Op {
	case "and", "or":
		parts := make([]string, len(c.Parts))
		for i, p := range c.Parts {
			parts[i] = a.say(lang, p, true)
		}
		text := strings.Join(parts, " "+i18n.T(lang, "surveydata.when."+c.Op)+" ")
		if inside {
			text = "(" + text + ")"
		}
		return text
	case "not":
		return i18n.T(lang, "surveydata.when.not", "what", a.say(lang, c.Parts[0], true))
	case "includes", "answered", "unanswered":
		return i18n.T(lang, "surveydata.when."+c.Op, "question", c.Question, "answer", a.answer(lang, c))
	}
	sign := map[string]string{"!=": "≠", "<=": "≤", ">=": "≥"}[c.Op]
	if sign == "" {
		sign = c.Op
	}
	return c.Question + " " + sign + " " + a.answer(lang, c)
}

// answer is the label of a value, where the question has a list.
func (a *asker) answer(lang i18n.Lang, c xpath.Condition) string {
	n := a.nodes[c.Question]
	if n == nil {
		return c.Value
	}
	choice := a.form.List(n.List).Choice(c.Value)
	if choice == nil || choice.Label.Empty() {
		return c.Value
	}
	return choice.Label.In(string(lang))
}
