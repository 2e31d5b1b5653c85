package intake

import (
	"strings"
	"unicode/utf8"

	"quipu/internal/fault"
	"quipu/internal/name"
	"quipu/internal/registry"
)

func readName(w *work, s *step, cell string) {
	text := w.take(s, nil, s.field.Key, cell)
	switch s.field.Key {
	case "surname_paternal":
		w.name.Paternal = text
	case "surname_maternal":
		w.name.Maternal = text
	case "given_names":
		w.name.Given = text
	case "surname_married":
		w.name.Married = text
	}
}

func readWhole(w *work, s *step, cell string) {
	if name.Missing(cell) {
		return
	}
	if utf8.RuneCountInString(cell) > registry.MaxText {
		w.refuse(s, fault.New(fault.Invalid, "intake.name_long", "limit", registry.MaxText))
		return
	}
	w.fact(s, cell)
	if s.Target == "full_name" {
		w.whole[0] = cellOf{s, cell}
	} else {
		w.whole[1] = cellOf{s, cell}
	}
}

// finishName puts the name together. Columns of one part go before a column of several.
func (w *work) finishName() {
	n := &w.name
	w.finishSurnames()
	if text := w.whole[0].text; text != "" && n.Given == "" && n.Paternal == "" && n.Maternal == "" {
		split, sure := name.SplitFull(text)
		if split.Married == "" {
			split.Married = n.Married
		}
		*n = split
		w.unsure(sure, text)
	}
	if w.whole != [2]cellOf{} { // a column of one part has been looked at
		drop(&n.Given)
		drop(&n.Paternal)
		drop(&n.Maternal)
		drop(&n.Married)
	}
	if *n == (name.Name{}) && !w.has("name_used") {
		w.refuse(nil, fault.New(fault.Invalid, "intake.no_name").On("surname_paternal"))
		return
	}
	for _, p := range [...][2]string{{"surname_paternal", n.Paternal}, {"surname_maternal", n.Maternal},
		{"given_names", n.Given}, {"surname_married", n.Married}} {
		if p[1] != "" {
			w.put(p[0], p[1])
		}
	}
	w.d.Name, w.d.NameKey = *n, w.r.nameKey(*n)
}

// finishSurnames splits a column of surnames. Beside a column of the second surname
// ("Surname", "Second surname") it holds the first, or both with the second said twice.
func (w *work) finishSurnames() {
	n, text := &w.name, w.whole[1].text
	if text == "" {
		return
	}
	split, sure := name.Surnames(text)
	if n.Married == "" {
		n.Married = split.Married
	}
	switch first, second := !name.Missing(n.Paternal), !name.Missing(n.Maternal); {
	case first && !second && name.Fold(split.Paternal) == name.Fold(n.Paternal):
		n.Maternal = split.Maternal
	case first:
	case !second:
		n.Paternal, n.Maternal = split.Paternal, split.Maternal
		w.unsure(sure, text)
	case name.Fold(split.Maternal) == name.Fold(n.Maternal):
		n.Paternal = split.Paternal
	default:
		n.Paternal = strings.TrimSpace(split.Paternal + " " + split.Maternal)
	}
}

// drop empties a part that only says that there is none.
func drop(part *string) {
	if name.Missing(*part) {
		*part = ""
	}
}

func (w *work) unsure(sure bool, text string) {
	if !sure {
		w.d.Doubts = append(w.d.Doubts, registry.Doubt{Field: "surname_paternal", Key: "intake.name_split",
			Args: []fault.Arg{{Name: "value", Value: text}}})
	}
}
