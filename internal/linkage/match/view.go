package match

import (
	"strings"

	"quipu/internal/doc"
	"quipu/internal/linkage"
	"quipu/internal/linkage/finder"
	"quipu/internal/name"
)

// side is where one list has what: places among its fields.
type side struct {
	given, surname, second, married, full []int
	dates, documents, phones, emails      []int
	rest                                  []int // everything else that is compared
}

func newSide(fields []linkage.Field) (s side) {
	at := map[linkage.Kind]*[]int{
		linkage.GivenNames: &s.given, linkage.Surname: &s.surname, linkage.SecondSurname: &s.second, linkage.MarriedName: &s.married,
		linkage.FullName: &s.full, linkage.Date: &s.dates, linkage.Document: &s.documents, linkage.Phone: &s.phones, linkage.Email: &s.emails,
	}
	for i, f := range fields {
		if list, ok := at[f.Kind]; ok {
			*list = append(*list, i)
		} else if f.Kind != linkage.Ignore {
			s.rest = append(s.rest, i)
		}
	}
	return s
}

// parted reports whether the list has names in parts and not in one column.
func (s *side) parted() bool { return len(s.given)+len(s.surname) > 0 }

// view makes entries of one list and queries of the other.
type view struct {
	index, ask side
	text       int      // the only field of the queries, when it is free text; else -1
	extra      [][2]int // fields of the two lists that are compared as texts
}

func newView(index, queries []linkage.Field) *view {
	v := &view{index: newSide(index), ask: newSide(queries), text: -1}
	if used := used(queries); len(used) == 1 {
		switch queries[used[0]].Kind {
		case linkage.FullName, linkage.Text, linkage.Street, linkage.GivenNames, linkage.Surname, linkage.Category, linkage.Place:
			v.text = used[0]
			return v
		}
	}
	with := func(s *side) []int {
		later := s.dates[min(1, len(s.dates)):]
		return append(append(append([]int{}, s.rest...), s.emails...), later...)
	}
	v.extra = pairs(index, queries, with(&v.index), with(&v.ask))
	return v
}

func used(fields []linkage.Field) (out []int) {
	for i, f := range fields {
		if f.Kind != linkage.Ignore {
			out = append(out, i)
		}
	}
	return out
}

// pairs finds for fields of one list those of the other: of the same kind and heading, then
// of the same heading, then of the same kind in their order.
func pairs(a, b []linkage.Field, as, bs []int) (out [][2]int) {
	takenA, takenB := map[int]bool{}, map[int]bool{}
	title := func(f linkage.Field) string { return name.Fold(f.Name) }
	for _, alike := range []func(x, y linkage.Field) bool{
		func(x, y linkage.Field) bool { return x.Kind == y.Kind && title(x) == title(y) },
		func(x, y linkage.Field) bool { return title(x) == title(y) && title(x) != "" },
		func(x, y linkage.Field) bool { return x.Kind == y.Kind },
	} {
		for _, i := range as {
			for _, j := range bs {
				if !takenA[i] && !takenB[j] && alike(a[i], b[j]) {
					takenA[i], takenB[j] = true, true
					out = append(out, [2]int{i, j})
				}
			}
		}
	}
	return out
}

// texts joins the values of fields with a space.
func texts(l *linkage.List, row int, fields []int) string {
	switch len(fields) {
	case 0:
		return ""
	case 1:
		return l.Value(row, fields[0])
	}
	var parts []string
	for _, f := range fields {
		if t := l.Value(row, f); t != "" {
			parts = append(parts, t)
		}
	}
	return strings.Join(parts, " ")
}

func values(l *linkage.List, row int, fields []int) (out []string) {
	for _, f := range fields {
		if t := l.Value(row, f); t != "" {
			out = append(out, t)
		}
	}
	return out
}

// numbers are the documents of a row; a national number written with its check digit is
// also what it is without, as most lists have it.
func numbers(l *linkage.List, row int, fields []int) (out []string) {
	for _, n := range values(l, row, fields) {
		out = append(out, n)
		if len(n) == 9 && doc.CheckDNI(n[:8], n[8]) == doc.CheckRight {
			out = append(out, n[:8])
		}
	}
	return out
}

// entry is a row of the index as the finder keeps it.
func (v *view) entry(l *linkage.List, row int) finder.Entry {
	s := &v.index
	e := finder.Entry{Given: texts(l, row, s.given), Paternal: texts(l, row, s.surname), Maternal: texts(l, row, s.second), Other: values(l, row, s.married),
		Documents: numbers(l, row, s.documents), Phones: values(l, row, s.phones), Emails: values(l, row, s.emails)}
	if full := texts(l, row, s.full); full != "" {
		if s.parted() {
			e.Other = append(e.Other, full)
		} else {
			n, _ := name.SplitFull(full)
			e.Given, e.Paternal, e.Maternal = n.Given, n.Paternal, n.Maternal
			if n.Married != "" {
				e.Other = append(e.Other, n.Married)
			}
		}
	}
	if len(s.dates) > 0 {
		e.Birth = l.Value(row, s.dates[0])
	}
	if v.text >= 0 {
		e.Place = texts(l, row, s.rest)
	}
	for _, p := range v.extra {
		e.Extra = append(e.Extra, l.Value(row, p[0]))
	}
	return e
}

// query is what a row of the queries asks.
func (v *view) query(l *linkage.List, row int) finder.Query {
	if v.text >= 0 {
		return finder.Query{Text: l.Value(row, v.text), Whole: true, All: true}
	}
	s := &v.ask
	q := finder.Query{Documents: values(l, row, s.documents), Phones: values(l, row, s.phones), Emails: values(l, row, s.emails), Whole: true, All: true}
	if s.parted() && v.index.parted() && len(s.full) == 0 {
		q.Given, q.Paternal, q.Maternal = texts(l, row, s.given), texts(l, row, s.surname), texts(l, row, s.second)
	} else {
		q.Text = strings.TrimSpace(texts(l, row, s.full) + " " + texts(l, row, s.given) + " " + texts(l, row, s.surname) + " " + texts(l, row, s.second))
	}
	if len(s.dates) > 0 {
		q.Birth = l.Value(row, s.dates[0])
	}
	for _, p := range v.extra {
		q.Extra = append(q.Extra, l.Value(row, p[1]))
	}
	return q
}
