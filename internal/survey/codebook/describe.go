package codebook

import "quipu/internal/survey"

// Part is what holds some columns together: a section of the questionnaire, a part that is
// repeated, or a question that takes several answers.
type Part struct {
	Path  string // in the questionnaire, without its root
	In    string // path of the part around it, "" for none
	Kind  PartKind
	Label survey.Text
}

// PartKind is what a part is.
type PartKind string

// The kinds of parts.
const (
	Section    PartKind = "section"
	Repetition PartKind = "repetition"
	Several    PartKind = "several"
)

// Range is what a number may be, by the questionnaire; "" where it has no such end.
type Range struct {
	Min, MinExclusive, Max, MaxExclusive string
	Whole                                bool
}

// Given reports whether the range has an end.
func (r Range) Given() bool { return r.Min+r.MinExclusive+r.Max+r.MaxExclusive != "" }
