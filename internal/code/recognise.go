package code

import (
	"strings"

	"quipu/internal/name"
)

// Recognise finds the code that a text means: the code itself, its Spanish or English
// label, or an alias, without regard to case, accents and spacing. A text that fits two
// codes is not recognised. It is made for imports of millions of rows: the usual
// spellings are found without folding, the rest with one fold and one look-up.
func (t *Table) Recognise(text string) (string, bool) {
	if c, ok := t.exact[text]; ok {
		return c, true
	}
	if scheme, ok := strings.CutPrefix(t.Name, "ubigeo-"); ok {
		u, ok := RecogniseUbigeo(scheme, text)
		return u.Code, ok
	}
	c, ok := t.folded[name.Fold(text)]
	return c, ok
}

// claim is how strongly a spelling belongs to a code: a code beats a label, a label
// beats an alias, and what is in use beats what is not.
type claim int

const (
	claimAlias claim = iota
	claimLabel
	claimCode
)

// index fills the two recognition maps. Spellings that two codes claim equally are left
// out, except that a group gives way to its only part (ISCO 512 and 5120 are both
// "Cooks": the finer one says as much).
func (t *Table) index() {
	ix := indexer{best: map[string]owner{}}
	t.exact = make(map[string]string, 3*len(t.items))
	for _, it := range t.items {
		ix.add(name.Fold(it.Code), it, claimCode)
		for _, s := range []string{it.ES, it.EN} {
			ix.add(name.Fold(s), it, claimLabel)
		}
		for _, s := range it.Aliases {
			ix.add(name.Fold(s), it, claimAlias)
		}
	}
	t.folded = make(map[string]string, len(ix.best))
	for k, o := range ix.best {
		if !o.shared {
			t.folded[k] = o.code
		}
	}
	for _, it := range t.items {
		for _, s := range append([]string{it.Code, it.ES, it.EN}, it.Aliases...) {
			if c, ok := t.folded[name.Fold(s)]; ok && s != "" {
				t.exact[s] = c
			}
		}
	}
}

type owner struct {
	code   string
	rank   int
	shared bool
}

type indexer struct{ best map[string]owner }

func (ix indexer) add(key string, it Item, c claim) {
	if key == "" {
		return
	}
	rank := 2 * int(c)
	if !it.To.Known() {
		rank++
	}
	old, taken := ix.best[key]
	switch {
	case !taken || rank > old.rank:
		ix.best[key] = owner{code: it.Code, rank: rank}
	case rank < old.rank || old.code == it.Code:
	case strings.HasPrefix(it.Code, old.code):
		ix.best[key] = owner{code: it.Code, rank: rank}
	default:
		old.shared = true
		ix.best[key] = old
	}
}
