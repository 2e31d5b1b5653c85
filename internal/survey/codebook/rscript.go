package codebook

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Script is what a program needs to read the table beside the book.
type Script struct {
	Comments []string // at the head, in words
	File     string   // name of the table: answers.csv
	Language string   // of labels
	Factors  []string // R: what makes columns of codes factors
	Design   []string // R: what makes the design d

	// For programs that take a design in one line: its columns, "" where there is none.
	PSU, Stratum, FPC, Weight string
}

var plainR = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._]*$`)

// nameR is a name as R reads it.
func nameR(name string) string {
	if plainR.MatchString(name) {
		return name
	}
	return "`" + strings.ReplaceAll(name, "`", "\\`") + "`"
}

// R writes a script that reads the table with labels and makes the design d.
func (b *Book) R(s Script) []byte {
	var w strings.Builder
	for _, c := range s.Comments {
		fmt.Fprintf(&w, "# %s\n", c)
	}
	fmt.Fprintf(&w, "library(survey)\nanswers <- read.csv(%s, check.names=FALSE, na.strings=\"\", encoding=\"UTF-8\", colClasses=c(\n", strconv.Quote(s.File))
	for i := range b.Variables {
		v, class := &b.Variables[i], "numeric"
		switch {
		case v.Kind == Tick:
			class = "logical"
		case v.Categorical():
			class = "character" // a column of F alone would be taken for FALSE
		}
		fmt.Fprintf(&w, "  %s=%q%s\n", nameR(v.Name), class, map[bool]string{true: ","}[i+1 < len(b.Variables)])
	}
	w.WriteString("))\n")
	for _, l := range s.Factors {
		w.WriteString(l + "\n")
	}
	labels, values := []string{}, []string{}
	for i := range b.Variables {
		v := &b.Variables[i]
		labels = append(labels, nameR(v.Name)+"="+strconv.Quote(plainText(v.Label, s.Language)))
		if v.Kind != Choice {
			continue
		}
		var all []string
		for _, x := range v.Values {
			all = append(all, strconv.Quote(x.Code)+"="+strconv.Quote(plainText(x.Label, s.Language)))
		}
		values = append(values, nameR(v.Name)+"=c("+strings.Join(all, ", ")+")")
	}
	fmt.Fprintf(&w, "labels <- c(\n  %s)\n", strings.Join(labels, ",\n  "))
	fmt.Fprintf(&w, "value_labels <- list(\n  %s)\n", strings.Join(values, ",\n  "))
	w.WriteString("for (name in names(answers)) attr(answers[[name]], \"label\") <- unname(labels[name])\n")
	for _, l := range s.Design {
		w.WriteString(l + "\n")
	}
	return []byte(w.String())
}
