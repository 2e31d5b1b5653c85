package registry

import (
	"fmt"
	"testing"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/id"
)

// book is a person's log in a test: it commits what the rules decide, as the application
// does, and refuses a change that conflicts with what stands.
type book struct {
	t   interface{ Fatalf(string, ...any) }
	id  string
	n   int64
	log []change.Change
}

func entity(n int) string { return string(id.NewEntity(int64(1000+n), [10]byte{byte(n)})) }

func newBook(t interface{ Fatalf(string, ...any) }, n int) *book { return &book{t: t, id: entity(n)} }

func (b *book) person() *Person { p := Load(b.log); return &p }

func (b *book) commit(c change.Change) {
	cur := b.person()
	if found := cur.Conflicts(&c); len(b.log) > 0 && len(found) > 0 {
		b.t.Fatalf("%s conflicts with what its author saw: %+v", c.Action, found)
	}
	seen := map[string]bool{}
	for _, s := range c.Sets {
		if seen[s.Field] {
			b.t.Fatalf("%s writes %s twice", c.Action, s.Field)
		}
		seen[s.Field] = true
	}
	b.n++
	c.ID, c.Entity = id.Change{Node: "ESMAD", N: b.n}, change.Ref{Kind: change.Person, ID: b.id}
	c.At = change.Stamp{Micros: b.n * 1e6}
	if len(c.Sets) > 0 {
		b.log = append(b.log, c)
	}
}

func day(text string) civil.Date {
	d, err := civil.Parse(text)
	if err != nil {
		panic(err)
	}
	return d
}

var today = day("2026-11-23")

func text(field, value string) Input { return Input{Field: field, Value: change.Text(value)} }

func item(field string, pairs ...string) Input {
	return Input{Field: field, Value: change.Group(pairs...)}
}

// ana has all that a complete record needs.
func ana() []Input {
	return []Input{
		text("given_names", "Ana María"), text("surname_paternal", "Quispe"), text("surname_maternal", "Ñahui"),
		text("sex", "F"), text("birth_date", "1990-05-02"), text("nationality_basis", "birth_in_country"),
		text("residence_country", "ES"),
		item("document/new", "type", "dni", "number", "40567890", "verification", "seen_original"),
		item("phone/new", "number", "600 123 456", "whatsapp", "sí"),
	}
}

func registered(t *testing.T, in ...Input) *book {
	t.Helper()
	b := newBook(t, 1)
	c, _, err := Register(RegisterCmd{Office: "ESMAD", Inputs: in}, today)
	if err != nil {
		t.Fatal(err)
	}
	b.commit(c)
	return b
}

func keysOf(doubts []Doubt) string {
	s := ""
	for _, d := range doubts {
		s += fmt.Sprintf("%s:%s ", d.Field, d.Key)
	}
	return s
}
