package interview

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"quipu/internal/survey"
	"quipu/internal/survey/interview"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// manyChoices is from how many on a list opens instead of standing on the page.
const manyChoices = 15

var asName = strings.NewReplacer("/", ".", "[", "-", "]", "")

// nameOf is what the control of a question is called.
func nameOf(q interview.Question) string { return "q" + asName.Replace(q.Path) }

// controls show one question. What is wrong with it is told at it and at the top of the page.
func (h *held) controls(v *desk.Visit, q interview.Question, page *stepScreen, wrong map[string]interview.Doubt) []control {
	name := nameOf(q)
	f := ui.Field{Name: name, Label: h.talk.Label(q), Hint: h.talk.Hint(q), Value: q.Value(), Optional: !h.talk.Required(q)}
	if f.Label == "" {
		f.Label = q.Name
	}
	if h.talk.Fixed(q) {
		text := f.Value
		if q.Type == survey.Note {
			text = ""
		}
		return []control{{Kind: "note", Field: f, Text: text}}
	}
	if d, is := wrong[q.Path]; is {
		f.Error = h.says(v, d)
		page.Errors = append(page.Errors, ui.Problem{Field: name, Text: f.Label + ": " + f.Error})
	}
	if q.Attachment() {
		f.Hint = v.Words.T("interview.file")
		return []control{{Kind: "note", Field: f}}
	}
	if choices, ok := h.talk.Choices(q); ok {
		return chosen(v, q, f, choices)
	}
	c := control{Kind: "input", Field: f}
	switch q.Type {
	case survey.Date:
		c.Kind, c.Exact, c.Date = "date", true, ui.PartsOf(f.Value)
	case survey.Integer:
		c.Mode, c.Width = "numeric", "10"
	case survey.Decimal, survey.Range:
		c.Mode, c.Width = "decimal", "10"
		if q.Type == survey.Range {
			from, to, _ := q.Bounds()
			c.Hint = strings.TrimSpace(c.Hint + " " + v.Words.T("interview.range", "from", number(from), "to", number(to)))
		}
	case survey.Time:
		c.Type, c.Width = "time", "10"
	case survey.DateTime:
		c.Type, c.Width = "datetime-local", "20"
	case survey.Accept:
		c.Kind, c.Options = "checkboxes", []ui.Option{{Value: "OK", Label: v.Words.T("interview.accept"), Checked: f.Value == "OK"}}
	case survey.GeoPoint:
		c.Hint = strings.TrimSpace(c.Hint + " " + v.Words.T("interview.place"))
	default:
		if strings.Contains(q.Appearance, "multiline") {
			c.Kind = "textarea"
		}
		if strings.Contains(q.Appearance, "numbers") {
			c.Mode = "numeric"
		}
	}
	return []control{c}
}

// chosen shows a question that is answered from a list.
func chosen(v *desk.Visit, q interview.Question, f ui.Field, choices []interview.Choice) (out []control) {
	had := strings.Fields(f.Value)
	for _, c := range choices {
		f.Options = append(f.Options, ui.Option{Value: c.Value, Label: c.Label, Checked: q.Type == survey.SelectMany && slices.Contains(had, c.Value)})
	}
	switch {
	case q.Type == survey.SelectMany:
		f.Value = ""
		return []control{{Kind: "checkboxes", Field: f}}
	case q.Type == survey.Rank:
		label := f.Label
		for i := range choices {
			one := f
			one.Value, one.Label = "", label+": "+v.Words.T("interview.rank", "n", i+1)
			if i < len(had) {
				one.Value = had[i]
			}
			if i > 0 {
				one.ID, one.Hint, one.Error = f.Name+"-"+strconv.Itoa(i), "", ""
			}
			out = append(out, control{Kind: "select", Field: one})
		}
		return out
	case len(choices) >= manyChoices || strings.Contains(q.Appearance, "minimal"):
		return []control{{Kind: "select", Field: f}}
	}
	if f.Optional && f.Value != "" { // a radio that was pressed cannot be released
		f.Options = append(f.Options, ui.Option{Value: none, Label: v.Words.T("interview.none")})
	}
	return []control{{Kind: "radios", Field: f}}
}

// none stands for no answer among the choices of a list.
const none = "\u2014"

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// fill takes the answers of a page from the form, and gives the questions that were on it as
// they were asked.
func (h *held) fill(v *desk.Visit, step interview.Step) (shown []string) {
	answers := map[string]string{}
	for _, q := range step.Questions {
		shown = append(shown, q.Path)
		if !h.talk.Fixed(q) && !q.Attachment() {
			answers[q.Path] = answerOf(v, q, nameOf(q))
		}
	}
	h.talk.Fill(step, answers)
	return shown
}

// answerOf is an answer as clients write it. What cannot be read stays as it was typed, and is
// judged.
func answerOf(v *desk.Visit, q interview.Question, name string) string {
	text := clean(v.PostFormValue(name))
	switch q.Type {
	case survey.Date:
		d := ui.FormDate(v.Request, name)
		if d.Day == "" && d.Month == "" && d.Year == "" {
			return ""
		}
		return clean(d.Year + "-" + two(d.Month) + "-" + two(d.Day))
	case survey.Integer:
		return strings.ReplaceAll(text, " ", "")
	case survey.Decimal, survey.Range:
		return strings.Replace(strings.ReplaceAll(text, " ", ""), ",", ".", 1)
	case survey.SelectMany, survey.Rank:
		return strings.Join(strings.Fields(clean(strings.Join(v.PostForm[name], " "))), " ")
	}
	if text == none {
		return ""
	}
	return text
}

func two(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

// clean takes out what XML cannot carry.
func clean(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r) || r == unicode.ReplacementChar || r == 0xFFFE || r == 0xFFFF:
			return -1
		}
		return r
	}, s))
}
