package app

import (
	"context"
	"slices"
	"strings"

	"quipu/internal/authz"
	"quipu/internal/civil"
	"quipu/internal/linkage"
	"quipu/internal/name"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// Candidate is somebody of the register who may be the person that somebody describes.
type Candidate struct {
	store.PersonRow
	linkage.Likeness
}

// Candidates lists who of the register looks like the person that the inputs describe, the
// likeliest first. Inputs that cannot be read yet are passed over. What was asked and who
// was shown is logged.
func (a *App) Candidates(ctx context.Context, actor Actor, in []registry.Input, limit int) (out []Candidate, err error) {
	scope, ok := authz.ScopeOf(actor, authz.Search)
	if !ok {
		return nil, authz.Check(actor, authz.Search, actor.Office)
	}
	draft := registry.DraftOf(in, a.Today())
	if draft.Name().Empty() && len(registry.Keys(&draft)) == 0 {
		return nil, nil
	}
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		out, err = alike(ctx, tx, &draft)
		return err
	})
	if err != nil {
		return nil, err
	}
	out = slices.DeleteFunc(out, func(c Candidate) bool { return !scope.Holds(c.Office) })
	out = out[:min(len(out), limit)]
	return out, a.logShown(ctx, actor, &draft, out)
}

// logShown logs that people were shown because they look like somebody.
func (a *App) logShown(ctx context.Context, actor Actor, draft *registry.Person, shown []Candidate) error {
	reads := []store.Read{{Action: "search", Detail: described(draft)}}
	for _, c := range shown {
		reads = append(reads, store.Read{Action: "candidate", Person: c.ID, Detail: "ordinary"})
	}
	return a.LogReads(ctx, actor, reads...)
}

// described is what was asked, in words for the log of reads.
func described(p *registry.Person) string {
	words := []string{p.Name().Display(), p.Text("birth_date")}
	for _, it := range p.Items("document") {
		words = append(words, it.Value.Part("number"))
	}
	return strings.Join(slices.DeleteFunc(words, func(s string) bool { return s == "" }), " · ")
}

// alike weighs everybody who shares a key, nearly a document, or words of the name with the
// draft, and keeps who is worth a look.
func alike(ctx context.Context, tx *store.Tx, draft *registry.Person) ([]Candidate, error) {
	people, err := akin(ctx, tx, draft)
	if err != nil {
		return nil, err
	}
	keys, err := tx.KeysOf(ctx, people)
	if err != nil {
		return nil, err
	}
	mine := linkage.TraitsOf(draft)
	var out []Candidate
	for _, p := range people {
		l := linkage.Alike(mine, linkage.Traits{Paternal: p.SurnamePaternal, Maternal: p.SurnameMaternal, Given: p.GivenNames,
			Birth: p.Birth, Sex: p.Sex, Keys: keys[p.Row]})
		if !gone(p.Entry) && (l.Weight >= linkage.WorthALook || l.Strong()) {
			out = append(out, Candidate{p, l})
		}
	}
	slices.SortFunc(out, func(x, y Candidate) int {
		if x.Weight != y.Weight {
			return y.Weight - x.Weight
		}
		return strings.Compare(x.Number, y.Number)
	})
	return out, nil
}

// akin are the people that are worth weighing: a bounded number, found by index.
func akin(ctx context.Context, tx *store.Tx, draft *registry.Person) ([]store.PersonRow, error) {
	found, err := tx.PersonIDs(ctx, slices.Concat(registry.Keys(draft), slipped(draft)))
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, list := range found {
		ids = append(ids, list...)
	}
	slices.Sort(ids)
	people, err := tx.PeopleByID(ctx, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	const pool = 200
	born, err := tx.PeopleByBirth(ctx, births(draft.Text("birth_date")), 2*pool)
	if err != nil {
		return nil, err
	}
	people = join(people, born)
	for _, steps := range asked(draft) {
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
