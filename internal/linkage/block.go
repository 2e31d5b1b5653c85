package linkage

import (
	"fmt"
	"math/bits"
	"slices"
)

// part says which thing of a row a key is made of.
type part uint8

const (
	partExact    part = iota // the value
	partSound                // the first word by its sound
	partInitial              // the first letter of the first word
	partYear                 // of a date
	partMonthDay             // of a date, the smaller first
	partDay                  // year, month and day, with month and day in falling order
	partLocal                // of an e-mail
	partSecond               // the second word by its sound
	partToken                // the words of a text, by falling length: first three
)

// atom is a part of a comparison's value.
type atom struct {
	part part
	c    int // comparison
}

// rule brings records together that share its key.
type rule struct {
	name   string
	parts  []atom
	either bool   // the first two parts in either order
	drop   *atom  // this word with each letter left out in turn, besides the parts
	split  []atom // by which blocks that are too large are split, in turn
	small  bool   // only where the key is rare
	own    uint32 // comparisons that the key is made of, by bits
	seed   uint64 // hash of the name: rules have no keys in common
}

// value is the hash of an atom of a row; 0 is missing.
func (p *plan) value(row []uint32, a atom, w *words) uint64 {
	c := &p.cmps[a.c]
	v := row[c.at]
	switch c.op {
	case opName, opBag, opWord, opSex:
		return p.wordValue(row, a, w)
	case opDoc:
		if row[c.at+2] == 0 {
			return 0
		}
		return mix(uint64(row[c.at+2])<<32 ^ uint64(v))
	case opEmail:
		if v == 0 {
			return 0
		}
		if a.part == partLocal {
			return mix(uint64(row[c.at+1])<<32 ^ uint64(row[c.at+2]))
		}
		return mix(uint64(v)<<32 | uint64(row[c.at+1]))
	case opDate:
		return dateValue(v, a.part)
	}
	if v == 0 {
		return 0
	}
	return mix(uint64(v))
}

func dateValue(v uint32, p part) uint64 {
	if v == 0 {
		return 0
	}
	m, d := v>>8&0xFF, v&0xFF
	switch p {
	case partYear:
		return mix(uint64(v >> 16))
	case partMonthDay:
		if d == 0 || standard(v) {
			return 0
		}
		return mix(uint64(max(m, d)<<8 | min(m, d)))
	}
	if d == 0 {
		return 0
	}
	return mix(uint64(v&^0xFFFF | max(m, d)<<8 | min(m, d)))
}

func (p *plan) wordValue(row []uint32, a atom, w *words) uint64 {
	c := &p.cmps[a.c]
	v := row[c.at]
	if v == 0 {
		return 0
	}
	switch a.part {
	case partSound:
		return w.sound[v]
	case partInitial:
		return mix(uint64(w.marks[v].first))
	case partSecond:
		if v = row[c.at+1]; v == 0 {
			return 0
		}
		return w.sound[v]
	case partToken:
		return 0
	}
	if c.op == opName {
		v = row[c.at+2]
	}
	return w.hash[v]
}

// base is the key of a row by the parts of a rule; not ok when one is missing.
func (p *plan) base(row []uint32, r *rule, w *words) (key uint64, ok bool) {
	key = r.seed
	var first uint64
	for i, a := range r.parts {
		var v uint64
		if a.part == partSound { // as most parts are; of no word there is none
			v = w.sound[row[p.cmps[a.c].at]]
		} else {
			v = p.value(row, a, w)
		}
		if v == 0 {
			return 0, false
		}
		switch {
		case r.either && i == 0:
			first = v
		case r.either && i == 1:
			key = join(join(key, min(first, v)), max(first, v))
		default:
			key = join(key, v)
		}
	}
	return key, true
}

// keys appends the keys of a row under a rule, before any is split.
func (p *plan) keys(row []uint32, r *rule, w *words, dst []uint64) []uint64 {
	key, ok := p.base(row, r, w)
	if !ok {
		return dst
	}
	if r.drop == nil {
		return append(dst, key)
	}
	c := &p.cmps[r.drop.c]
	switch c.op {
	case opDoc:
		return dropSymbols(key, row[c.at:c.at+3], dst)
	case opBag:
		return p.tokens(key, row, c, w, dst)
	case opDate:
		return dropDigits(key, row[c.at], dst)
	}
	if v := row[c.at]; v != 0 {
		return dropLetters(key, w.text(v), dst)
	}
	return dst
}

// dropLetters are the keys of a word and of what is left of it without each letter.
func dropLetters(key uint64, s string, dst []uint64) []uint64 {
	if len(s) < 3 {
		return dst
	}
	dst = append(dst, join(key, hashText(s)))
	var b [64]byte
	for i := range len(s) {
		if i > 0 && s[i] == s[i-1] {
			continue
		}
		t := append(append(b[:0], s[:i]...), s[i+1:]...)
		dst = append(dst, join(key, hashText(string(t))))
	}
	return dst
}

func dropSymbols(key uint64, row []uint32, dst []uint64) []uint64 {
	if row[2] == 0 {
		return dst
	}
	x := uint64(row[0]) | uint64(row[1]&^verified)<<32
	n := (63-bits.LeadingZeros64(x))/6 + 1
	if n < 5 {
		return dst
	}
	dst = append(dst, join(key, x))
	for i := range n {
		if i > 0 && x>>(6*i)&63 == x>>(6*i-6)&63 {
			continue
		}
		low := x & (1<<(6*i) - 1)
		dst = append(dst, join(key, x>>(6*i+6)<<(6*i)|low))
	}
	return dst
}

// dropDigits are the keys of a date without each digit in turn, its place remembered.
func dropDigits(key uint64, v uint32, dst []uint64) []uint64 {
	if v&0xFF == 0 {
		return dst
	}
	for i := range 8 {
		dst = append(dst, join(key, uint64(v&^(15<<(4*i)))|uint64(i+1)<<32))
	}
	return dst
}

// tokens are the keys of a text: each pair of its words, of the longest six.
func (p *plan) tokens(key uint64, row []uint32, c *comparer, w *words, dst []uint64) []uint64 {
	var words []uint32
	for _, v := range row[c.at+2 : c.at+c.n] {
		if v != 0 && w.marks[v].size > 1 {
			words = append(words, v)
		}
	}
	slices.SortFunc(words, func(a, b uint32) int {
		if w.marks[a].size != w.marks[b].size {
			return int(w.marks[b].size) - int(w.marks[a].size)
		}
		return cmpUint64(w.hash[a], w.hash[b])
	})
	words = words[:min(len(words), 6)]
	for i, a := range words {
		for _, b := range words[:i] {
			x, y := w.sound[a], w.sound[b]
			if x != y {
				dst = append(dst, join(join(key, min(x, y)), max(x, y)))
			}
		}
	}
	slices.Sort(dst)
	return slices.Compact(dst)
}

func cmpUint64(a, b uint64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// deeper is the key of a row in a block that is split at a depth: a missing part is a
// value of its own.
func (p *plan) deeper(key uint64, row []uint32, r *rule, depth int, w *words) uint64 {
	return join(key^uint64(depth+1), p.value(row, r.split[depth], w))
}

func (p *plan) label(a atom) string {
	return fmt.Sprintf("%s %s", p.cmps[a.c].Name, partNames[a.part])
}

var partNames = []string{"exact", "sound", "initial", "year", "month and day", "day", "local part", "second word", "words"}
