package app

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"

	"quipu/internal/app/alike"
	"quipu/internal/app/courier"
	"quipu/internal/app/index"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/id"
	"quipu/internal/linkage/finder"
	"quipu/internal/name"
	"quipu/internal/place"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// Hit is one person found, with the reasons in the order of their weight.
type Hit struct {
	store.PersonRow
	Score   float64
	Reasons []Reason
}

// DisplayName is the name as lists show it.
func (h *Hit) DisplayName() string {
	return name.Name{Given: h.GivenNames, Paternal: h.SurnamePaternal, Maternal: h.SurnameMaternal}.Display()
}

// Search finds people by document, registry number, telephone, e-mail or name, at most
// limit, the likeliest first. What is somebody's number or address as it stands finds that
// person alone. Else the words are looked for in the index: in any order, misspelt, begun or
// left out, with a date of birth or a number with a slip among them. The search is logged.
func (a *App) Search(ctx context.Context, actor Actor, text string, limit int) ([]Hit, error) {
	return a.search(ctx, actor, text, limit, a.likely)
}

// SearchOnce is Search for a program that asks one question and ends. In a large register
// the database answers whole names at once; for anything else the index is loaded from its
// file, or made and kept, which progress is told of.
func (a *App) SearchOnce(ctx context.Context, actor Actor, text string, limit int, progress index.Progress) ([]Hit, error) {
	return a.search(ctx, actor, text, limit, func(ctx context.Context, scope authz.Scope, text string, limit int) ([]Hit, error) {
		hits, err := a.likely(ctx, scope, text, limit)
		if err != nil || a.Index.Loaded() || len(hits) > 0 && hits[0].Score == 1 {
			return hits, err
		}
		kept, err := a.Index.LoadKept(ctx)
		if err == nil && !kept {
			if err = a.Index.Load(ctx, progress); err == nil {
				err = a.Index.Save(ctx)
			}
		}
		if err != nil {
			return nil, err
		}
		return a.likely(ctx, scope, text, limit)
	})
}

type asking func(ctx context.Context, scope authz.Scope, text string, limit int) ([]Hit, error)

func (a *App) search(ctx context.Context, actor Actor, text string, limit int, likely asking) ([]Hit, error) {
	scope, ok := authz.ScopeOf(actor, authz.Search)
	if !ok {
		return nil, authz.Check(actor, authz.Search, actor.Office)
	}
	if limit <= 0 || limit > 500 {
		limit = 50
	}
	text = strings.TrimSpace(text)
	var hits []Hit
	err := a.DB.View(ctx, func(tx *store.Tx) (err error) {
		if hits, err = exact(ctx, tx, text, actor.Office); err == nil {
			hits, err = leading(ctx, tx, hits)
		}
		return err
	})
	if err == nil && len(hits) == 0 {
		hits, err = likely(ctx, scope, text, limit)
	}
	if err != nil {
		return nil, err
	}
	hits = slices.DeleteFunc(hits, func(h Hit) bool { return gone(h.Entry) || !scope.Holds(h.Office) })
	slices.SortStableFunc(hits, byScore)
	hits = hits[:min(len(hits), limit)]
	a.Done.Searches.Add(1)
	return hits, a.logSearch(ctx, actor, text)
}

// byScore is the order of hits: the best first, those of one score by their numbers.
func byScore(x, y Hit) int {
	return cmp.Or(cmp.Compare(y.Score, x.Score), strings.Compare(x.Number, y.Number))
}

// likely asks the index, or the database where the index is not in memory.
func (a *App) likely(ctx context.Context, scope authz.Scope, text string, limit int) (hits []Hit, err error) {
	who, err := a.Index.Ready(ctx)
	if err != nil {
		return nil, err
	}
	if who != nil {
		return a.found(ctx, who, finder.Query{Text: text}, scope, limit)
	}
	err = a.DB.View(ctx, func(tx *store.Tx) (err error) {
		hits, err = byName(ctx, tx, text, limit)
		return err
	})
	slices.SortStableFunc(hits, byScore)
	return hits, err
}

// found asks the index and reads who is found. It asks for more when some of them are not
// in the scope, so that limit counts whom the actor may be shown.
func (a *App) found(ctx context.Context, who *finder.Index, q finder.Query, scope authz.Scope, limit int) (hits []Hit, err error) {
	for most := limit; ; most *= 4 {
		all := who.Search(q, most)
		rows := make([]int64, len(all))
		for i, h := range all {
			rows[i] = int64(h.Row)
		}
		var people map[int64]store.PersonRow
		err = a.DB.View(ctx, func(tx *store.Tx) (err error) {
			people, err = tx.PeopleByRow(ctx, rows)
			return err
		})
		if err != nil {
			return nil, err
		}
		hits = hits[:0]
		for _, h := range all {
			if p, ok := people[int64(h.Row)]; ok && !gone(p.Entry) && scope.Holds(p.Office) {
				hits = append(hits, Hit{p, h.Score, whyFound(h.Reasons)})
			}
		}
		if len(hits) >= limit || len(all) < most {
			return hits, nil
		}
	}
}

func (a *App) logSearch(ctx context.Context, actor Actor, text string) error {
	return a.LogReads(ctx, actor, store.Read{Action: "search", Detail: text})
}

// gone reports whether an entry is one that nobody looks for: a mistake, anonymised, or
// merged into another.
func gone(entry string) bool { return !alike.Stands(entry) }

// leading puts in the place of an entry that was merged the one that stands for the person:
// the number and the documents of both lead there.
func leading(ctx context.Context, tx *store.Tx, hits []Hit) ([]Hit, error) {
	var merged []string
	for i := range hits {
		if hits[i].Entry == registry.EntryMerged {
			merged = append(merged, hits[i].ID)
		}
	}
	if len(merged) == 0 {
		return hits, nil
	}
	leads, err := tx.Leads(ctx, merged)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, to := range leads {
		ids = append(ids, to)
	}
	people, err := tx.PeopleByID(ctx, ids)
	byID := map[string]store.PersonRow{}
	for _, p := range people {
		byID[p.ID] = p
	}
	seen := map[string]bool{}
	var out []Hit
	for _, h := range hits {
		if p, ok := byID[leads[h.ID]]; ok {
			h.PersonRow = p
		}
		if !seen[h.ID] {
			seen[h.ID] = true
			out = append(out, h)
		}
	}
	return out, err
}

// exact looks for the text as an id, a number or an address of some kind.
func exact(ctx context.Context, tx *store.Tx, text, office string) ([]Hit, error) {
	if id.Entity(text).Valid() {
		people, err := tx.PeopleByID(ctx, []string{text})
		if err != nil || len(people) == 0 {
			return nil, err
		}
		p, _, err := standingRow(ctx, tx, people[0])
		return []Hit{{p, 1, reasons("reason.number")}}, err
	}
	if number, ok := id.ParseNumber(text); ok {
		if p, ok, err := tx.PersonByNumber(ctx, number); err != nil || ok {
			p, led, err2 := standingRow(ctx, tx, p)
			why := "reason.number"
			if led {
				why = "reason.merged_number"
			}
			return []Hit{{p, 1, reasons(why)}}, errors.Join(err, err2)
		}
	}
	compact := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, text)
	prefixes := map[string]string{}
	if strings.ContainsAny(compact, "0123456789") && len(compact) >= 5 {
		prefixes["doc:"+compact+":"] = "document"
		if len(compact) == 9 { // a DNI with its check character
			prefixes["doc:"+compact[:8]+":"] = "document"
		}
		if len(compact) == 7 { // a spreadsheet ate the zero of a DNI
			prefixes["doc:0"+compact+":"] = "document"
		}
		if e164, _, err := place.Phone(text, countryOf(office)...); err == nil {
			prefixes["tel:"+e164] = "phone"
		}
		if strings.HasPrefix(text, "+") || len(compact) >= 9 {
			prefixes["tel:+"+strings.TrimPrefix(compact, "00")] = "phone"
		}
	}
	if strings.Contains(text, "@") {
		prefixes["mail:"+strings.ToLower(text)] = "email"
	}
	var ids []string
	why := map[string]string{}
	for prefix, reason := range prefixes {
		found, err := tx.PersonIDsByPrefix(ctx, prefix, 100)
		if err != nil {
			return nil, err
		}
		for _, p := range found {
			if why[p] == "" || reason == "document" {
				why[p] = reason
			}
			ids = append(ids, p)
		}
	}
	slices.Sort(ids)
	people, err := tx.PeopleByID(ctx, slices.Compact(ids))
	hits := make([]Hit, len(people))
	for i, p := range people {
		hits[i] = Hit{p, 1, reasons("reason." + why[p.ID])}
	}
	return hits, err
}

// countryOf is where a telephone without a country belongs: that of the office.
func countryOf(office string) []string {
	if o, ok := place.Network().Office(office); ok {
		return []string{o.Country}
	}
	return nil
}

// FindNumber turns a registry number, or an id, into the id of a person. That of an entry
// which was merged leads to the one that stands for the person.
func (a *App) FindNumber(ctx context.Context, actor Actor, text string) (person string, err error) {
	if person, err = a.FindEntry(ctx, actor, text); err != nil {
		return "", err
	}
	return person, a.DB.View(ctx, func(tx *store.Tx) error {
		person, err = standing(ctx, tx, person)
		return err
	})
}

// FindEntry is FindNumber for the very entry with the number, merged or not.
func (a *App) FindEntry(ctx context.Context, actor Actor, text string) (person string, err error) {
	if err := authz.Check(actor, authz.Search, actor.Office); err != nil {
		return "", err
	}
	if id.Entity(text).Valid() {
		return text, nil
	}
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		number, _ := id.ParseNumber(text)
		p, ok, err := tx.PersonByNumber(ctx, number)
		if err != nil || !ok {
			return node.NotFound(err, "person", text)
		}
		person = p.ID
		return nil
	})
	return person, err
}

// PeopleOf lists people registered at an office in the order of their entries.
func (a *App) PeopleOf(ctx context.Context, actor Actor, office string, limit int) (people []store.PersonRow, err error) {
	if err := authz.Check(actor, authz.Search, office); err != nil {
		return nil, err
	}
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		people, err = tx.PeopleOfOffice(ctx, office, 0, limit)
		people = slices.DeleteFunc(people, func(p store.PersonRow) bool { return p.Entry == registry.EntryMerged })
		return err
	})
	if err != nil {
		return nil, err
	}
	return people, a.logSearch(ctx, actor, "office "+office)
}

// findFor is Search for an officer at a node who asks this hub. It is logged as his.
func (a *App) findFor(ctx context.Context, actor Actor, text string, limit int) ([]courier.Hit, error) {
	hits, err := a.Search(ctx, actor, text, limit)
	if err != nil {
		return nil, err
	}
	out := make([]courier.Hit, len(hits))
	for i := range hits {
		h := &hits[i]
		out[i] = courier.Hit{ID: h.ID, Number: h.Number, Name: h.DisplayName(), Birth: h.Birth, Sex: h.Sex, Office: h.Office, City: h.City, Entry: h.Entry, Vital: h.Vital}
	}
	return out, nil
}
