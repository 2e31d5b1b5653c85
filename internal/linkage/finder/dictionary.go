package finder

import (
	"math"
	"math/bits"
	"slices"
	"strings"

	"quipu/internal/civil"
	"quipu/internal/distance"
	"quipu/internal/name"
)

// dictionary is every distinct word with who has it, and the ways to find a word that is
// not written the same.
type dictionary struct {
	ids     map[string]uint32
	text    []string
	letters []uint64 // which letters a word has, see lettersOf
	rows    [][]uint32
	sounds  map[string][]uint32 // by phonetic key
	forms   map[string][]uint32 // by each name that a nickname or variant may stand for
}

func newDictionary() dictionary {
	return dictionary{ids: map[string]uint32{}, sounds: map[string][]uint32{}, forms: map[string][]uint32{}}
}

// placeMark begins the words of places: SANTIAGO the town is not SANTIAGO the name.
const placeMark = "@"

// extraMark begins the words of the extra text in place i. Its three bytes keep words of
// different places three slips apart.
func extraMark(i int) string {
	m := byte(min(i, 25) + 1)
	return string([]byte{m, m, m})
}

// plainText is a word without its mark.
func plainText(t string) string {
	if len(t) > 3 && t[0] <= 26 {
		return t[3:]
	}
	return strings.TrimPrefix(t, placeMark)
}

// particles weigh nothing: they come and go with who writes the name.
var particles = map[string]bool{"DE": true, "DEL": true, "LA": true, "LAS": true, "LOS": true, "EL": true, "Y": true, "E": true, "DA": true,
	"DAS": true, "DO": true, "DOS": true, "DI": true, "D": true, "DELLA": true, "VON": true, "VAN": true, "DER": true, "DEN": true, "VDA": true}

// meaningful is the words of a name without particles; a name of nothing but particles
// keeps them, since then they are the name.
func meaningful(s string) []string {
	all := name.Tokens(s)
	kept := slices.DeleteFunc(slices.Clone(all), func(w string) bool { return particles[w] })
	if len(kept) == 0 {
		return all
	}
	return kept
}

// record makes what is kept of an entry; new words enter the dictionary.
func (w *dictionary) record(e Entry) record {
	var r record
	if d, err := civil.Parse(e.Birth); err == nil {
		r.birth = dayOf(d)
	}
	add := func(as role, prefix string, words []string) {
		for _, t := range words {
			if len(r.tokens) < mostTokens {
				r.tokens = append(r.tokens, token{w.id(prefix + t), as})
			}
		}
	}
	for as, part := range []string{given: e.Given, paternal: e.Paternal, maternal: e.Maternal} {
		if !name.Missing(part) {
			add(role(as), "", meaningful(part))
			add(other, "", romanised(part))
		}
	}
	for _, o := range e.Other {
		add(other, "", meaningful(o))
		add(other, "", romanised(o))
	}
	add(place, placeMark, name.Tokens(e.Place))
	for i, text := range e.Extra {
		add(extra, extraMark(i), name.Tokens(text))
	}
	keys := func(kind keyKind, values []string, plain func(string) string) {
		for _, v := range values {
			if p := plain(v); p != "" && len(r.keys) < mostKeys && !r.has(keyOf(kind, p)) {
				r.keys = append(r.keys, keyOf(kind, p))
			}
		}
	}
	keys(document, e.Documents, plainDocument)
	keys(phone, e.Phones, plainPhone)
	keys(email, e.Emails, plainEmail)
	return r
}

// romanised is the words of a part that has another script, in Latin letters: a name kept
// in kana is found by its sound.
func romanised(part string) []string {
	for i := range len(part) {
		if part[i] >= 0x80 && name.Script(part) != name.Latin {
			if r := name.Romanise(part); r != part {
				return meaningful(r)
			}
			return nil
		}
	}
	return nil
}

// id is the number of a word, a new one when it is new.
func (w *dictionary) id(t string) uint32 {
	if id, ok := w.ids[t]; ok {
		return id
	}
	t = strings.Clone(t)
	id := uint32(len(w.text))
	w.ids[t] = id
	w.text = append(w.text, t)
	w.rows = append(w.rows, nil)
	if strings.HasPrefix(t, placeMark) {
		w.letters = append(w.letters, noLetters)
		return id
	}
	w.letters = append(w.letters, lettersOf(t))
	if t[0] <= 26 {
		return id
	}
	if s := name.Sound(t); s != "" {
		w.sounds[s] = append(w.sounds[s], id)
	}
	for _, f := range name.Variants(t) {
		w.forms[f] = append(w.forms[f], id)
	}
	return id
}

// lettersOf has two bits for each letter: there is one, there are two. One letter more, less
// or changed flips one or two of them. Letters of other scripts share the bits.
func lettersOf(t string) uint64 {
	var one, two uint64
	for i := range len(t) {
		bit := uint64(1) << (t[i] & 31)
		two |= one & bit
		one |= bit
	}
	return one | two<<32
}

// noLetters is so far from every word that it is never near one.
const noLetters = 1<<64 - 1

// nearby calls f with every word at most two slips from t, and how many they are.
func (w *dictionary) nearby(t string, most int, f func(id uint32, slips int)) {
	if most == 0 {
		return
	}
	mask := lettersOf(t)
	for id, m := range w.letters {
		if bits.OnesCount64(m^mask) > 2*most {
			continue
		}
		if d := len(t) - len(w.text[id]); d > most || -d > most {
			continue
		}
		if n := distance.OSA(t, w.text[id]); n <= most {
			f(uint32(id), n)
		}
	}
}

// beginning calls f with every word that begins with t and is longer.
func (w *dictionary) beginning(t string, f func(id uint32)) {
	mask := lettersOf(t)
	for id, m := range w.letters {
		if m&mask == mask && m != noLetters && len(w.text[id]) > len(t) && strings.HasPrefix(w.text[id], t) {
			f(uint32(id))
		}
	}
}

// rarity is the weight of a word: the bits of surprise at finding it in a person of n,
// bounded so that neither QUISPE is nothing nor a spelling seen once everything.
func rarity(holders, n int) float64 {
	return min(12, max(2.5, plainRarity(holders, n)))
}

func plainRarity(holders, n int) float64 { return math.Log2(float64(n+2) / float64(holders+1)) }
