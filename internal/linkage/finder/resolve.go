package finder

import (
	"cmp"
	"slices"
	"strings"

	"quipu/internal/name"
)

// way is how a word of the dictionary answers a word that was asked.
type way uint8

const (
	exact   way = iota
	joined      // DELACRUZ for DE LA CRUZ, ROSAMARIA for ROSA MARIA
	variant     // a nickname or a known other spelling
	sound       // it sounds the same
	near        // one slip of the hand
	far         // two slips
	begins      // the word asked is not finished
	initial     // the word asked is one letter
)

// match is one word of the dictionary that answers a word asked: how well, 0 to 1.
type match struct {
	id    uint32
	word  uint8
	how   way
	worth float32
	next  int32 // another match of the same id, or -1
}

const (
	mostMatches  = 400 // for a word
	mostExtra    = 6   // weight of a word that is no name, in bits
	initialWorth = 0.6
)

// goal is one thing that a person may answer: a word or the birth date. Its weight is in
// bits; unwalked is the greatest worth of answers whose rows were too many to look at.
type goal struct {
	weight   float64
	unwalked float64
	walk     []walk // the best answers first
}

// walk is a word of the dictionary whose rows are looked at, and what it is worth.
type walk struct {
	id    uint32
	worth float64
}

// resolve finds what answers each word. Words that nobody has and that are two words
// written as one are parted first.
func (x *Index) resolve(a *asked, s *scratch) {
	w := &x.words
	a.words = x.parted(a.words)
	s.matches, s.goals = s.matches[:0], s.goals[:0]
	for i := range a.words {
		from := len(s.matches)
		x.answers(a.words, i, s)
		list := s.matches[from:]
		slices.SortFunc(list, func(p, q match) int {
			return cmp.Or(cmp.Compare(q.worth, p.worth), cmp.Compare(p.how, q.how), cmp.Compare(w.text[p.id], w.text[q.id]))
		})
		list = s.onlyBest(list)
		s.matches = s.matches[:from+min(len(list), mostMatches)]
		s.goals = append(s.goals, x.goal(a.words[i], s.matches[from:]))
	}
	s.table.fill(s.matches)
}

// onlyBest keeps the first match of each id.
func (s *scratch) onlyBest(list []match) []match {
	if s.seen == nil {
		s.seen = map[uint32]bool{}
	}
	clear(s.seen)
	kept := list[:0]
	for _, m := range list {
		if !s.seen[m.id] {
			s.seen[m.id] = true
			kept = append(kept, m)
		}
	}
	return kept
}

// answers appends the matches of one word, some of them twice.
func (x *Index) answers(words []word, i int, s *scratch) {
	w, t := &x.words, words[i].text
	add := func(id uint32, how way, worth float64) {
		if len(w.rows[id]) == 0 {
			return
		}
		s.matches = append(s.matches, match{id: id, word: uint8(i), how: how, worth: float32(worth), next: -1})
	}
	if id, ok := w.ids[t]; ok {
		add(id, exact, 1)
	}
	if words[i].role == place && words[i].asked {
		return
	}
	if id, ok := w.ids[placeMark+t]; ok && !words[i].asked {
		add(id, exact, 0.9)
	}
	if len(t) == 1 {
		return
	}
	if words[i].role == extra {
		w.nearby(t, allowed(t[3:]), func(id uint32, slips int) {
			if slips > 0 {
				add(id, near+way(slips-1), nearWorth(len(t)-3, slips))
			}
		})
		return
	}
	for _, j := range [2]int{i - 1, i + 1} { // ROSA MARIA asked, ROSAMARIA there
		if j >= 0 && j < len(words) && words[j].role == words[i].role {
			if id, ok := w.ids[words[min(i, j)].text+words[max(i, j)].text]; ok {
				add(id, joined, 0.97)
			}
		}
	}
	for _, p := range stuck {
		if id, ok := w.ids[p+t]; ok {
			add(id, joined, 0.97)
		}
		if rest, ok := strings.CutPrefix(t, p); ok && len(rest) > 3 {
			if id, ok := w.ids[rest]; ok {
				add(id, joined, 0.95)
			}
		}
	}
	x.variants(t, add)
	if key := name.Sound(t); key != "" {
		for _, id := range w.sounds[key] {
			add(id, sound, 0.93)
		}
	}
	w.nearby(t, allowed(t), func(id uint32, slips int) {
		if slips > 0 {
			add(id, near+way(slips-1), nearWorth(len(t), slips))
		}
	})
	if words[i].open {
		w.beginning(t, func(id uint32) {
			add(id, begins, 0.8+0.18*float64(len(t))/float64(len(w.text[id])))
		})
	}
}

// stuck are particles that stick to the word behind them in careless writing.
var stuck = []string{"DELA", "DELOS", "DELAS", "DEL", "DE", "LA", "SAN", "SANTA", "VON", "VAN", "DI", "DA", "D"}

// allowed is how many slips a word may have: short words with two slips are other words.
func allowed(t string) int {
	switch n := len(t); {
	case n < 3:
		return 0
	case n < 5:
		return 1
	}
	return 2
}

// nearWorth falls with the share of letters that are wrong.
func nearWorth(letters, slips int) float64 {
	if slips == 1 {
		return 1 - 0.8/float64(max(letters, 4))
	}
	return 1 - 1.9/float64(letters)
}

// variants adds nicknames, full forms and spellings that the tables know.
func (x *Index) variants(t string, add func(uint32, way, float64)) {
	w := &x.words
	for _, full := range name.Variants(t) {
		for part := range strings.FieldsSeq(full) { // JUANCA is JUAN CARLOS
			if id, ok := w.ids[part]; ok {
				add(id, variant, 0.92)
			}
		}
		for _, id := range w.forms[full] { // both stand for the same
			if w.text[id] != t && name.SameVariant(t, w.text[id]) {
				add(id, variant, 0.88)
			}
		}
	}
	for _, id := range w.forms[t] {
		add(id, variant, 0.92)
	}
}

// parted parts words into two that are far more common than the whole: ROSAMARIA, and
// JUANJOSE though somebody is called that, since what is joined is found by its parts.
func (x *Index) parted(words []word) []word {
	out := make([]word, 0, len(words)+2)
	for _, w := range words {
		cut := 0
		if len(w.text) >= 6 && !w.open && w.role < place {
			cut = x.cut(w.text)
		}
		if cut == 0 {
			out = append(out, w)
			continue
		}
		front, back := w, w
		front.text, back.text = w.text[:cut], w.text[cut:]
		out = append(out, front, back)
	}
	return out[:min(len(out), mostWords)]
}

// cut is where a word is best parted in two, or 0.
func (x *Index) cut(t string) int {
	cut, most := 0, max(4, 3*x.holding(t))
	for i := 3; i+3 <= len(t); i++ {
		if n := min(x.holding(t[:i]), x.holding(t[i:])); n > most {
			cut, most = i, n
		}
	}
	if cut == 0 {
		return 0
	}
	x.words.nearby(t, 1, func(id uint32, slips int) {
		if slips > 0 && 10*len(x.words.rows[id]) > most {
			cut = 0
		}
	})
	return cut
}

// holding is how many persons have a word.
func (x *Index) holding(t string) int {
	if id, ok := x.words.ids[t]; ok {
		return len(x.words.rows[id])
	}
	return 0
}

// goal weighs a word and chooses whose rows are walked: those of good answers always, of two
// slips and of beginnings while they are few. What is not walked still counts when a person
// is found by another word.
func (x *Index) goal(w word, matches []match) goal {
	g := goal{}
	own, most, walked := 0, 0, 0
	for _, m := range matches {
		n := len(x.words.rows[m.id])
		if m.how == exact {
			own = max(own, n)
		}
		if m.worth >= 0.8 && m.how != begins {
			most = max(most, n)
		}
		cheap := m.how != begins && m.worth >= 0.78
		if budget := x.live/40 + 2000; cheap || walked+n <= budget {
			g.walk = append(g.walk, walk{m.id, float64(m.worth)})
			walked += n
		} else {
			g.unwalked = max(g.unwalked, float64(m.worth))
		}
	}
	switch {
	case len(w.text) == 1:
		g.unwalked = max(g.unwalked, initialWorth)
		g.weight = 2.5
	case own >= 5:
		g.weight = rarity(own, x.live)
	default:
		g.weight = rarity(max(own, most), x.live)
	}
	if w.role >= place && w.asked {
		g.weight = min(g.weight, plainRarity(max(own, 1), x.live), mostExtra)
	}
	return g
}
