package personlist

import (
	"slices"
	"strings"

	"quipu/internal/name"
)

// Headless reports whether the first row of a list is one of its persons and no header:
// nothing in it is a known heading, and its cells are like those below them.
func Headless(first []string, sample [][]string) bool {
	known, like, filled := 0, 0, 0
	for i, cell := range first {
		cell = strings.TrimSpace(cell)
		if blank(cell) {
			continue
		}
		filled++
		if _, _, how := lookup(cell); how >= saidInPart && !isValue(cell, i, sample) {
			known++
		}
		if isValue(cell, i, sample) || looksLikeData(cell) {
			like++
		}
	}
	return filled > 0 && 10*known < 2*filled && 2*like >= filled && len(sample) > 0
}

// isValue reports whether a column of the sample has the cell as a value, or nothing but
// values of its very shape with digits in it.
func isValue(cell string, column int, sample [][]string) bool {
	same, of := 0, 0
	shape := shapeOf(cell)
	for _, row := range sample {
		if column >= len(row) || blank(row[column]) {
			continue
		}
		if strings.EqualFold(strings.TrimSpace(row[column]), cell) {
			return true
		}
		of++
		count(&same, shapeOf(strings.TrimSpace(row[column])) == shape)
	}
	return strings.ContainsAny(shape, "9") && of > 0 && 2*same > of
}

// looksLikeData reports whether a cell can hardly be a heading: a date, a number, an
// address of e-mail, a name or a place.
func looksLikeData(cell string) bool {
	if strings.Contains(cell, "@") || isNumber(strings.NewReplacer("-", "", "/", "", ".", "", " ", "", "+", "", ":", "").Replace(cell)) {
		return true
	}
	folded := name.Fold(cell)
	if places()[folded] {
		return true
	}
	w := strings.Fields(folded)
	return len(w) > 0 && !slices.ContainsFunc(w, func(x string) bool { return !givenNames()[x] && !surnames()[x] })
}
