package app

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/id"
	"quipu/internal/name"
	"quipu/internal/place"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// Hit is one person found, with the reasons in the order of their weight. A reason is a
// catalogue key under "reason.".
type Hit struct {
	store.PersonRow
	Score   float64
	Reasons []string
}

// DisplayName is the name as lists show it.
func (h *Hit) DisplayName() string {
	return name.Name{Given: h.GivenNames, Paternal: h.SurnamePaternal, Maternal: h.SurnameMaternal}.Display()
}

// Search finds people by document, registry number, telephone, e-mail or name. It asks
// for every word of the name, in any order, and takes the last as the beginning of a
// word; when nobody has them all, for the beginning of each. The search is logged.
func (a *App) Search(ctx context.Context, actor Actor, text string, limit int) ([]Hit, error) {
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
		if hits, err = exact(ctx, tx, text, actor.Office); err != nil || len(hits) > 0 {
			return err
		}
		hits, err = byName(ctx, tx, text, limit)
		return err
	})
	if err != nil {
		return nil, err
	}
	hits = slices.DeleteFunc(hits, func(h Hit) bool { return gone(h.Entry) || !scope.Holds(h.Office) })
	slices.SortStableFunc(hits, func(x, y Hit) int {
		if x.Score != y.Score {
			if x.Score > y.Score {
				return -1
			}
			return 1
		}
		return strings.Compare(x.Number, y.Number)
	})
	if len(hits) > limit {
		hits = hits[:limit]
	}
	a.Done.Searches.Add(1)
	return hits, a.logSearch(ctx, actor, text)
}

func (a *App) logSearch(ctx context.Context, actor Actor, text string) error {
	return a.LogReads(ctx, actor, store.Read{Action: "search", Detail: text})
}

// gone reports whether an entry is one that nobody looks for: a mistake, or anonymised.
func gone(entry string) bool {
	return entry == registry.EntryWithdrawn || entry == registry.EntryErased
}

// exact looks for the text as a number or an address of some kind.
func exact(ctx context.Context, tx *store.Tx, text, office string) ([]Hit, error) {
	if number, ok := id.ParseNumber(text); ok {
		if p, ok, err := tx.PersonByNumber(ctx, number); err != nil || ok {
			return []Hit{{p, 1, []string{"number"}}}, err
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
		hits[i] = Hit{p, 1, []string{why[p.ID]}}
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

// byName finds people by the words of their names.
func byName(ctx context.Context, tx *store.Tx, text string, limit int) ([]Hit, error) {
	words := name.Tokens(text)
	if len(words) == 0 {
		return nil, nil
	}
	const pool = 400 // enough to rank; a commoner name needs another word
	// Whole words first: a full name is then answered from short lists, and only who has
	// not finished typing pays for beginnings.
	tries := [][]string{words, begun(words), beginnings(words)}
	var found []store.PersonRow
	for _, terms := range tries {
		var err error
		if found, err = tx.MatchNames(ctx, terms, max(pool, limit)); err != nil {
			return nil, err
		}
		if len(found) > 0 {
			break
		}
	}
	hits := make([]Hit, len(found))
	for i, p := range found {
		score, reasons := rank(words, &p)
		hits[i] = Hit{p, score, reasons}
	}
	return hits, nil
}

// begun takes the last word for the beginning of one that is being typed.
func begun(words []string) []string {
	out := slices.Clone(words)
	out[len(out)-1] += "*"
	return out
}

// beginnings takes of every word its first four letters: somebody misspelt the rest.
func beginnings(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		r := []rune(w)
		out[i] = string(r[:min(4, len(r))]) + "*"
	}
	return out
}

// rank weighs a name against the words that were asked for: the share of them that the
// person has, and of the person's that were asked for. Same words in the order of the
// document are an exact name.
func rank(words []string, p *store.PersonRow) (float64, []string) {
	surnames := name.Tokens(p.SurnamePaternal + " " + p.SurnameMaternal)
	given := name.Tokens(p.GivenNames)
	all := append(slices.Clone(surnames), given...)
	if slices.Equal(words, all) || slices.Equal(words, append(slices.Clone(given), surnames...)) {
		return 1, []string{"exact_name"}
	}
	hit := 0
	var reasons []string
	for _, w := range words {
		if slices.Contains(all, w) {
			hit++
		}
	}
	if n := name.Tokens(p.SurnamePaternal); len(n) > 0 && slices.Contains(words, n[len(n)-1]) {
		reasons = append(reasons, "surname_paternal")
	}
	if n := name.Tokens(p.SurnameMaternal); len(n) > 0 && slices.Contains(words, n[len(n)-1]) {
		reasons = append(reasons, "surname_maternal")
	}
	if slices.ContainsFunc(given, func(g string) bool { return slices.Contains(words, g) }) {
		reasons = append(reasons, "given_names")
	}
	if len(reasons) == 0 {
		reasons = []string{"beginning"}
	}
	return 0.95 * (0.7*float64(hit)/float64(len(words)) + 0.3*float64(min(hit, len(all)))/float64(max(len(all), 1))), reasons
}

// FindNumber turns a registry number, or an id, into the id of a person.
func (a *App) FindNumber(ctx context.Context, actor Actor, text string) (person string, err error) {
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
		return err
	})
	if err != nil {
		return nil, err
	}
	return people, a.logSearch(ctx, actor, "office "+office)
}
