package alike

import (
	"context"
	"slices"

	"quipu/internal/civil"
	"quipu/internal/name"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// byDatabase adds to people those whom the database finds by a document with a slip, by the
// date of birth and by whole words of the name: for a large register whose index is not in
// memory yet.
func byDatabase(ctx context.Context, tx *store.Tx, p *registry.Person, people []store.PersonRow) ([]store.PersonRow, error) {
	near, err := byKeys(ctx, tx, slipped(p))
	if err != nil {
		return nil, err
	}
	people = join(people, near)
	born, err := tx.PeopleByBirth(ctx, births(p.Text("birth_date")), 2*pool)
	if err != nil {
		return nil, err
	}
	people = join(people, born)
	for _, steps := range asked(p) {
		for _, words := range steps {
			rows, err := tx.MatchNames(ctx, words, pool)
			if err != nil {
				return nil, err
			}
			people = join(people, rows)
			if len(rows) < pool {
				break // whom the next step would find is among them
			}
		}
	}
	return people, nil
}

// slipped are the keys of national documents whose number differs by one digit or by two
// neighbours swapped.
func slipped(draft *registry.Person) (keys []string) {
	for _, it := range draft.Items("document") {
		number, typ := it.Value.Part("number"), it.Value.Part("type")
		if len(number) != 8 || registry.TypeClass(typ) != registry.TypeClass("dni") {
			continue
		}
		put := func(n string) { keys = append(keys, registry.DocumentKey(n, it.Value.Part("issuer"), typ)) }
		for i := range number {
			for d := byte('0'); d <= '9'; d++ {
				if d != number[i] {
					put(number[:i] + string(d) + number[i+1:])
				}
			}
			if i > 0 && number[i] != number[i-1] {
				put(number[:i-1] + string(number[i]) + string(number[i-1]) + number[i+1:])
			}
		}
	}
	return keys
}

// join adds who is not among the people yet.
func join(people, more []store.PersonRow) []store.PersonRow {
	for _, r := range more {
		if !slices.ContainsFunc(people, func(p store.PersonRow) bool { return p.Row == r.Row }) {
			people = append(people, r)
		}
	}
	return people
}

// births are a full date of birth and the same with day and month swapped.
func births(edtf string) []string {
	d, err := civil.Parse(edtf)
	if err != nil || !d.Full() {
		return nil
	}
	out := []string{edtf}
	if s := (civil.Date{Year: d.Year, Month: d.Day, Day: d.Month}); s.Month <= 12 && s.Month != s.Day {
		out = append(out, s.String())
	}
	return out
}

// asked are the words to look for in the index of names, each way from the wide to the
// narrow. Whole words only: who was born on the same day is found without a name, so a
// misspelt word here and another date there are together no longer much alike.
func asked(draft *registry.Person) (out [][][]string) {
	n := draft.Name()
	paternal, maternal, given := name.Tokens(n.Paternal), name.Tokens(n.Maternal), name.Tokens(n.Given)
	first := given[:min(1, len(given))]
	way := func(steps ...[][]string) {
		var words [][]string
		for _, step := range steps {
			if !slices.ContainsFunc(step, func(w []string) bool { return len(w) == 0 }) {
				words = append(words, slices.Concat(step...))
			}
		}
		out = append(out, words)
	}
	way([][]string{paternal, maternal}, [][]string{paternal, maternal, first}, [][]string{paternal, maternal, given})
	way([][]string{paternal, first}, [][]string{paternal, given})
	way([][]string{maternal, first}, [][]string{maternal, given})
	return out
}
