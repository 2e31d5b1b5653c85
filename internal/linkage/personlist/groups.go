package personlist

import (
	"strings"

	"quipu/internal/name"
)

// Enough cells that come again to say anything, and the share of them in which somebody
// else has them, from which a code is one of a group.
const (
	leastAgain = 12
	mostlyElse = 0.6
)

// groups leaves out codes and telephones without a heading that several persons share: a
// number of a household or of an office looks like a document until one sees who has it.
func (p *Plan) groups() {
	who := first(p.of("given"), p.of("full"), p.of("surname"))
	if who == nil {
		return
	}
	for _, c := range p.of("document", "phone") {
		if c.how != saidNothing {
			continue
		}
		if again, others := shared(c.cells, who.cells); again >= leastAgain && share(others, again) >= mostlyElse {
			c.role = "group"
			c.leave("group")
		}
	}
}

// shared counts the cells whose value has come before, and those of them beside which
// stands somebody with another name, by the first letters of its first word.
func shared(codes, names []string) (again, others int) {
	seen := map[string]string{}
	for i, code := range codes {
		if blank(code) || blank(names[i]) {
			continue
		}
		who, known := seen[code]
		is := begins(names[i])
		if !known {
			seen[code] = is
			continue
		}
		again++
		count(&others, who != is)
	}
	return again, others
}

// begins is the first two letters of a name: a slip leaves them alone more often than not.
func begins(s string) string {
	f := strings.TrimSpace(name.Fold(s))
	return f[:min(2, len(f))]
}
