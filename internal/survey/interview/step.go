package interview

import (
	"strings"

	"quipu/internal/survey"
	"quipu/internal/survey/judge"
	"quipu/internal/survey/xpath"
)

// Step is one page: some questions, or whether a repeat is asked once more.
type Step struct {
	Key       string   // names it within the interview
	Titles    []string // of what it stands in, the outermost first
	Questions []Question
	More      *Repeat
}

// Repeat is a repeat of which the person decides how often it is asked.
type Repeat struct {
	Title string
	Have  int
	node  *survey.Node
	below *xpath.Node
}

// Question is one that is on the page.
type Question struct {
	*survey.Node
	Path string // its own, repeats numbered
	at   *xpath.Node
	rule *rule
}

// Value is what was answered.
func (q Question) Value() string { return q.at.Value() }

// Node is what of the questionnaire the page is, as audits name it: its question, or the group of
// its questions.
func (s Step) Node() (path string, group bool) {
	if len(s.Questions) == 0 {
		return "", false
	}
	path = s.Questions[0].Path
	if len(s.Questions) == 1 {
		return path, false
	}
	if up := path[:strings.LastIndexByte(path, '/')]; strings.Count(up, "/") > 1 {
		path = up
	}
	return path, true
}

// walker collects steps.
type walker struct {
	*Interview
	byItem map[*survey.Item]*survey.Node
	out    []Step
}

// Steps are the pages of the interview as it stands. A group is a page; questions between
// groups are one; each instance of a repeat has its own.
func (v *Interview) Steps() []Step {
	w := &walker{Interview: v, byItem: map[*survey.Item]*survey.Node{}}
	for _, r := range v.order {
		w.byItem[r.Item] = r.Node
	}
	w.walk(v.Doc.Children[0], v.Form.Children, nil)
	return w.out
}

func (w *walker) walk(at *xpath.Node, items []*survey.Item, titles []string) {
	var run []Question
	flush := func() {
		if len(run) > 0 {
			w.out = append(w.out, Step{Key: run[0].Path, Titles: titles, Questions: run})
		}
		run = nil
	}
	for _, i := range items {
		switch {
		case i.Type == survey.Repeat:
			flush()
			w.repeat(at, i, titles)
		case i.Type == survey.Group:
			g := at.Child(i.Name)
			if g == nil || g.Hidden() {
				continue
			}
			if i.Label.Empty() && simple(i) { // it only holds questions together
				run = w.collect(run, g, i.Children)
				continue
			}
			flush()
			inside := append(titles[:len(titles):len(titles)], w.title(g, i)...)
			if strings.Contains(i.Appearance, "field-list") && simple(i) {
				if all := w.collect(nil, g, i.Children); len(all) > 0 {
					w.out = append(w.out, Step{Key: all[0].Path, Titles: inside, Questions: all})
				}
				continue
			}
			w.walk(g, i.Children, inside)
		default:
			run = w.question(run, at, i)
		}
	}
	flush()
}

func (w *walker) repeat(at *xpath.Node, i *survey.Item, titles []string) {
	node := w.byItem[i]
	have := instances(at, i.Name)
	title := w.text(i.Label, node, at)
	for k, one := range have {
		if one.Hidden() {
			return
		}
		inside := titles[:len(titles):len(titles)]
		if title != "" {
			inside = append(inside, title+" "+itoa(k+1))
		}
		w.walk(one, i.Children, inside)
	}
	if i.RepeatCount == "" && !at.Hidden() {
		w.out = append(w.out, Step{Key: judge.Numbered(at) + "/" + i.Name + "+", Titles: titles, More: &Repeat{Title: title, Have: len(have), node: node, below: at}})
	}
}

// simple reports whether there is no repeat inside.
func simple(i *survey.Item) bool {
	for _, c := range i.Children {
		if c.Type == survey.Repeat || !simple(c) {
			return false
		}
	}
	return true
}

// collect takes the questions of a group and of those inside.
func (w *walker) collect(into []Question, at *xpath.Node, items []*survey.Item) []Question {
	for _, i := range items {
		if !i.Container() {
			into = w.question(into, at, i)
			continue
		}
		if g := at.Child(i.Name); g != nil && !g.Hidden() {
			into = w.collect(into, g, i.Children)
		}
	}
	return into
}

func (w *walker) question(into []Question, at *xpath.Node, i *survey.Item) []Question {
	names := []string{i.Name}
	if i.OrOther {
		names = append(names, survey.OtherOf(i).Name)
	}
	for _, name := range names {
		n := at.Child(name)
		if n == nil || n.Hidden() {
			continue
		}
		if r := w.rules[n.Path()]; r != nil && r.Shown() {
			into = append(into, Question{Node: r.Node, Path: judge.Numbered(n), at: n, rule: r})
		}
	}
	return into
}

func (w *walker) title(at *xpath.Node, i *survey.Item) []string {
	if t := w.text(i.Label, w.byItem[i], at); t != "" {
		return []string{t}
	}
	return nil
}

// Find is the place of the step with that key, or with the question of that path; that of the
// first where there is none, as happens when a repeat was taken away.
func Find(steps []Step, key string) (at int, found bool) {
	for i, s := range steps {
		if s.Key == key {
			return i, true
		}
		for _, q := range s.Questions {
			if q.Path == key {
				return i, true
			}
		}
	}
	return 0, false
}
