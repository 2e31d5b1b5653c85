package app

import (
	"context"
	"slices"

	"quipu/internal/name"
	"quipu/internal/store"
)

// byName finds people by the words of their names, in the database: for a large register
// whose index is not in memory. It asks for every word, in any order, and takes the last as
// the beginning of a word; when nobody has them all, for the beginning of each.
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
func rank(words []string, p *store.PersonRow) (float64, []Reason) {
	surnames := name.Tokens(p.SurnamePaternal + " " + p.SurnameMaternal)
	given := name.Tokens(p.GivenNames)
	all := append(slices.Clone(surnames), given...)
	if slices.Equal(words, all) || slices.Equal(words, append(slices.Clone(given), surnames...)) {
		return 1, reasons("reason.exact_name")
	}
	hit := 0
	var why []string
	for _, w := range words {
		if slices.Contains(all, w) {
			hit++
		}
	}
	if n := name.Tokens(p.SurnamePaternal); len(n) > 0 && slices.Contains(words, n[len(n)-1]) {
		why = append(why, "reason.surname_paternal")
	}
	if n := name.Tokens(p.SurnameMaternal); len(n) > 0 && slices.Contains(words, n[len(n)-1]) {
		why = append(why, "reason.surname_maternal")
	}
	if slices.ContainsFunc(given, func(g string) bool { return slices.Contains(words, g) }) {
		why = append(why, "reason.given_names")
	}
	if len(why) == 0 {
		why = []string{"reason.beginning"}
	}
	return 0.95 * (0.7*float64(hit)/float64(len(words)) + 0.3*float64(min(hit, len(all)))/float64(max(len(all), 1))), reasons(why...)
}
