// Package codebook describes a table of answers: its columns with the question behind each,
// the answers with their labels and how often they were given. It writes the description in
// the languages of statistical programs, so that each reads the same CSV with labels. What it
// writes depends on nothing but what it is given.
package codebook

import (
	"slices"
	"strings"

	"quipu/internal/survey"
)

// Kind is what a column holds.
type Kind string

// The kinds.
const (
	Choice Kind = "choice" // one of some answers, by their codes
	Number Kind = "number"
	Tick   Kind = "tick"   // TRUE or FALSE: one answer of a question that takes several
	Design Kind = "design" // of the sample: a number
	Group  Kind = "group"  // of the sample: one of some words
)

// Variable is a column.
type Variable struct {
	Name     string
	Kind     Kind
	Label    survey.Text // what was asked, with the answer for one of several; or what the column is of the design
	Text     survey.Text // the question alone
	Question string      // path in the questionnaire, "" for the design
	Relevant string      // when it is asked, as the questionnaire says; "" for always
	Asked    survey.Text // the same in words, with what its groups are asked for; empty for always
	In       string      // path of the part that it is in
	Helps    survey.Text // what the interviewer is told
	Concept  string      // that it measures
	Valid    Range       // of numbers
	Derived  survey.Text // how it was worked out of other columns; empty for an answer
	Values   []Value     // of choices, ticks and groups, in their order
	N        int         // rows with a value
	Missing  int
	Low      float64 // of numbers with enough rows, else NaN
	High     float64
	Mean, SD float64 // weighted, of numbers of enough people, else NaN
}

// Value is an answer of a column with how many gave it. What Few marks is hidden from people, not
// from the table itself.
type Value struct {
	Code     string
	Label    survey.Text
	N        int
	Weighted float64 // sum of the final weights
	Few      bool    // fewer than Least people, or tells how many such are
}

// Least is the smallest number of people that a count tells.
const Least = 5

// Book is the description of a table.
type Book struct {
	ID, Title, Version string
	Producer           string
	Year               string // of the fieldwork
	First, Last        string // days of fieldwork, YYYY-MM-DD
	Sampling           string // how the sample was drawn, in words
	Note               string
	Languages          []string
	Parts              []Part // of the questionnaire that hold columns, those around others first
	Variables          []Variable
	Withheld           []Variable // asked and in no table: without counts
	Rows               int
	Made               string // day on which it was made, YYYY-MM-DD; "" leaves it out
}

// Find is the column of that name, or nil.
func (b *Book) Find(name string) *Variable {
	for i := range b.Variables {
		if b.Variables[i].Name == name {
			return &b.Variables[i]
		}
	}
	return nil
}

// FindWithheld is the withheld column of that name, or nil.
func (b *Book) FindWithheld(name string) *Variable {
	for i := range b.Withheld {
		if b.Withheld[i].Name == name {
			return &b.Withheld[i]
		}
	}
	return nil
}

// Offers reports whether an answer is one of the column's values.
func (v *Variable) Offers(answer string) bool {
	return slices.ContainsFunc(v.Values, func(x Value) bool { return x.Code == answer })
}

// Categorical reports whether the column is of answers and not of amounts.
func (v *Variable) Categorical() bool { return v.Kind == Choice || v.Kind == Tick || v.Kind == Group }

// plainText is a label on one line without what programs take for the end of a text.
func plainText(t survey.Text, languages ...string) string {
	return strings.Join(strings.Fields(t.In(languages...)), " ")
}

// clipped cuts a text to so many bytes without cutting a letter.
func clipped(s string, most int) string {
	if len(s) <= most {
		return s
	}
	cut := 0
	for i := range s {
		if i > most {
			break
		}
		cut = i
	}
	return s[:cut]
}
