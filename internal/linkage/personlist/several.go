package personlist

import (
	"slices"
	"strings"

	"quipu/internal/linkage"
)

// Like maps the columns of another list as those of the first, where their headings are
// the same: what is a category in one must not be a text in the other.
func (p *Plan) Like(header []string) map[int]string {
	out := map[int]string{}
	for i, h := range header {
		for _, c := range p.Columns {
			named := c.Header != "" && sameHeading(c.Header, h)
			if named || c.Header == "" && h == "" && c.Number == i+1 && len(header) == len(p.Columns) {
				if k := c.Kind; k != linkage.Ignore || c.role != "empty" && c.role != "constant" {
					out[i+1] = k.String()
				}
				break
			}
		}
	}
	return out
}

func sameHeading(a, b string) bool {
	return strings.EqualFold(a, b) || strings.Join(words(a), " ") == strings.Join(words(b), " ") && len(words(a)) > 0
}

// Join keeps of several plans the fields that all of them have, in the order and under the
// names of the first: by their headings, else by what they hold.
func Join(plans []*Plan) {
	if len(plans) < 2 {
		return
	}
	first := plans[0]
	lines := make([][]source, len(plans))
	taken := make([]map[int]bool, len(plans))
	for i := range taken {
		taken[i] = map[int]bool{}
	}
	for _, byHeading := range []bool{true, false} {
		for f := range first.fields {
			if taken[0][f] {
				continue
			}
			at := []int{f}
			for i, other := range plans[1:] {
				at = append(at, other.counterpart(first, f, taken[i+1], byHeading))
			}
			if slices.Contains(at, -1) {
				continue
			}
			for i, j := range at {
				taken[i][j] = true
				s := plans[i].fields[j]
				s.field.Name = first.fields[f].field.Name
				lines[i] = append(lines[i], s)
			}
		}
	}
	for i, p := range plans {
		p.fields = lines[i]
		p.leaveOut()
	}
}

// counterpart finds the field that holds what field f of the first list does, or -1.
func (p *Plan) counterpart(first *Plan, f int, taken map[int]bool, byHeading bool) int {
	want := &first.Columns[first.fields[f].columns[0]]
	return slices.IndexFunc(p.fields, func(s source) bool {
		c := &p.Columns[s.columns[0]]
		j := slices.IndexFunc(p.fields, func(t source) bool { return t.columns[0] == s.columns[0] })
		if taken[j] || s.field.Kind != first.fields[f].field.Kind {
			return false
		}
		if byHeading {
			return c.Header != "" && sameHeading(c.Header, want.Header) || c.Header == "" && want.Header == "" && c.Number == want.Number
		}
		return c.role == want.role && c.part == want.part
	})
}

// leaveOut says of the columns in use that are in no field that no other list has them.
func (p *Plan) leaveOut() {
	used := map[int]bool{}
	for i := range p.fields {
		for _, n := range p.Used(i) {
			used[n] = true
		}
	}
	for i := range p.Columns {
		if c := &p.Columns[i]; c.Kind != linkage.Ignore && !used[c.Number] {
			c.leave("alone")
		}
	}
}
