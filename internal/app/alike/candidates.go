package alike

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"quipu/internal/linkage"
	"quipu/internal/linkage/finder"
	"quipu/internal/linkage/register"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// pool is how many people the index brings together with a record; those who share a
// document, telephone or address come besides.
const pool = 200

// Of lists who of the register looks like the person of a record, the likeliest first: those
// worth a look, and whoever holds the same document. The person himself, when he has an
// entry, is left out. Call it outside of transactions that write.
func (a *Alike) Of(ctx context.Context, p *registry.Person) (out []Candidate, err error) {
	who, err := a.index.Ready(ctx)
	if err != nil {
		return nil, err
	}
	err = a.n.DB.View(ctx, func(tx *store.Tx) error {
		out, err = a.Within(ctx, tx, who, p)
		return err
	})
	return out, err
}

// Within is Of in a transaction, with an index as far as it has followed, nil for none.
func (a *Alike) Within(ctx context.Context, tx *store.Tx, who *finder.Index, p *registry.Person) ([]Candidate, error) {
	people, err := a.akin(ctx, tx, who, p)
	if err != nil || len(people) == 0 {
		return nil, err
	}
	keys, err := tx.KeysOf(ctx, people)
	if err != nil {
		return nil, err
	}
	w, _, err := a.Weigher(ctx, tx)
	if err != nil {
		return nil, err
	}
	mine := register.TraitsOf(p)
	theirs := make([]register.Traits, len(people))
	values := make([][]string, len(people))
	for i := range people {
		theirs[i] = traits(&people[i], keys[people[i].Row])
		values[i] = theirs[i].Values()
	}
	pairs, err := w.Weigh(mine.Values(), values)
	if err != nil {
		return nil, err
	}
	var out []Candidate
	for i, pair := range pairs {
		c := Candidate{people[i], Likeness{Weight: float64(pair.Weight), Document: register.Shared(&mine, &theirs[i])}}
		if c.Weight < WorthALook && !c.Document {
			continue
		}
		if err := c.explain(w, &mine, &theirs[i]); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	slices.SortFunc(out, func(x, y Candidate) int {
		return cmp.Or(cmp.Compare(y.Weight, x.Weight), strings.Compare(x.Number, y.Number))
	})
	return out, nil
}

// explain fills in the reasons.
func (l *Likeness) explain(w *linkage.Weigher, mine, theirs *register.Traits) (err error) {
	if l.Evidence, err = w.Evidence(mine.Values(), theirs.Values()); err != nil {
		return err
	}
	for _, r := range register.Words(l.Evidence) {
		l.Reasons = append(l.Reasons, Reason{r.Key, r.Args, r.Weight})
	}
	said := slices.ContainsFunc(l.Reasons, func(r Reason) bool { return r.Key == "alike.document" })
	if l.Document && !said { // one of several that the two hold
		l.Reasons = append([]Reason{{Key: "alike.document"}}, l.Reasons...)
	}
	return nil
}

func traits(p *store.PersonRow, keys []string) register.Traits {
	return register.Traits{Paternal: p.SurnamePaternal, Maternal: p.SurnameMaternal, Given: p.GivenNames, Birth: p.Birth, Sex: p.Sex, Keys: keys}
}

// akin are the people that are worth weighing: a bounded number, without the person himself
// and whoever has no entry of his own.
func (a *Alike) akin(ctx context.Context, tx *store.Tx, who *finder.Index, p *registry.Person) ([]store.PersonRow, error) {
	people, err := byKeys(ctx, tx, registry.Keys(p))
	if err != nil {
		return nil, err
	}
	if who == nil {
		people, err = byDatabase(ctx, tx, p, people)
	} else {
		people, err = byIndex(ctx, tx, who, p, people)
	}
	people = slices.DeleteFunc(people, func(r store.PersonRow) bool { return !Stands(r.Entry) || r.ID == p.Entity.ID })
	return people, err
}

// Stands reports whether an entry is somebody who can be found: none that was withdrawn,
// anonymised, or merged into another, which then stands for it.
func Stands(entry string) bool {
	return entry != registry.EntryWithdrawn && entry != registry.EntryErased && entry != registry.EntryMerged
}

// byKeys are who shares a document, telephone or address, up to some hundred of each.
func byKeys(ctx context.Context, tx *store.Tx, keys []string) ([]store.PersonRow, error) {
	const most = 100
	found, err := tx.PersonIDs(ctx, keys)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, list := range found {
		ids = append(ids, list[:min(len(list), most)]...)
	}
	slices.Sort(ids)
	return tx.PeopleByID(ctx, slices.Compact(ids))
}

func byIndex(ctx context.Context, tx *store.Tx, who *finder.Index, p *registry.Person, people []store.PersonRow) ([]store.PersonRow, error) {
	hits := who.Search(QueryOf(p), pool)
	have := make(map[int64]bool, len(people))
	for _, r := range people {
		have[r.Row] = true
	}
	var rows []int64
	for _, h := range hits {
		if !have[int64(h.Row)] {
			rows = append(rows, int64(h.Row))
		}
	}
	found, err := tx.PeopleByRow(ctx, rows)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if r, ok := found[row]; ok {
			people = append(people, r)
		}
	}
	return people, nil
}

// QueryOf asks the index for a record.
func QueryOf(p *registry.Person) finder.Query {
	q := finder.Query{Given: p.Text("given_names"), Paternal: p.Text("surname_paternal"), Maternal: p.Text("surname_maternal"),
		Birth: p.Text("birth_date"), Whole: true}
	q.Documents, q.Phones, q.Emails = registry.KindsOfKeys(registry.Keys(p))
	return q
}

// EntryOf is a record as an index keeps it.
func EntryOf(p *registry.Person) finder.Entry {
	q := QueryOf(p)
	return finder.Entry{Given: q.Given, Paternal: q.Paternal, Maternal: q.Maternal, Birth: q.Birth, Documents: q.Documents, Phones: q.Phones, Emails: q.Emails}
}

// Among weighs a record against some others, by their places in all.
func (a *Alike) Among(ctx context.Context, tx *store.Tx, mine *register.Traits, places []int, all []register.Traits) ([]Likeness, error) {
	w, _, err := a.Weigher(ctx, tx)
	if err != nil || len(places) == 0 {
		return nil, err
	}
	values := make([][]string, len(places))
	for i, at := range places {
		values[i] = all[at].Values()
	}
	pairs, err := w.Weigh(mine.Values(), values)
	if err != nil {
		return nil, err
	}
	out := make([]Likeness, len(places))
	for i, pair := range pairs {
		out[i] = Likeness{Weight: float64(pair.Weight), Document: register.Shared(mine, &all[places[i]])}
		if out[i].Weight >= WorthALook {
			if err := out[i].explain(w, mine, &all[places[i]]); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}
