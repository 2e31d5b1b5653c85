// Package finder is the search that forgives: an index of persons in memory that answers a
// misspelt, shuffled or incomplete name, a partial date or a document number with one wrong
// digit in milliseconds, and says in words why it thinks so.
//
// The index holds what it was given and nothing else. It reads no file and no clock; a
// snapshot goes to a writer and comes from a reader.
package finder

import (
	"sync"

	"quipu/internal/fault"
)

// Entry is what a person is found by. Every part may be empty. Birth is EDTF; Other holds
// whole names or parts: the married surname, other spellings, native script. Extra are
// further texts of a list, a street or a trade; each is compared with the one in the same
// place of a query only.
type Entry struct {
	Given, Paternal, Maternal string
	Other                     []string
	Birth                     string
	Sex                       string
	Documents, Phones, Emails []string
	Place                     string
	Extra                     []string
}

// Query is what was asked: the text of a search box, or the fields of a form as far as they
// are typed, or both. Whole says that the last word is complete; otherwise it may be the
// beginning of a longer one. All asks for hits of any score; otherwise those of less than a
// third, who answer next to nothing, are left out.
type Query struct {
	Text                      string
	Given, Paternal, Maternal string
	Birth                     string
	Documents, Phones, Emails []string
	Place                     string
	Extra                     []string
	Whole, All                bool
}

// Hit is a person found. Score is between 0 and 1: the share of the query that the person
// answers, each word weighed by its rarity; 1 is everything, exactly.
type Hit struct {
	Row     uint32
	Score   float64
	Reasons []Reason
}

// Reason says in words why somebody was found. Key names a message of the catalogue under
// "why."; Args fill its places.
type Reason struct {
	Key  string
	Args []fault.Arg
}

// Index holds persons by row. Rows are small numbers without great gaps: memory is kept for
// each up to the largest. Any number of searches and one writer may work at the same time;
// what Put has stored, the next Search finds. The zero Index is not usable.
type Index struct {
	mu      sync.RWMutex
	words   dictionary
	births  births
	keys    keyTable
	records arena
	live    int
	pool    sync.Pool
}

// New is an empty index.
func New() *Index {
	return &Index{words: newDictionary(), births: newBirths(), keys: newKeyTable(), records: newArena(),
		pool: sync.Pool{New: func() any { return new(scratch) }}}
}

// Len is the number of persons.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.live
}

// Put stores a person under a row and replaces whoever was there.
func (x *Index) Put(row uint32, e Entry) {
	x.mu.Lock()
	defer x.mu.Unlock()
	r := x.words.record(e)
	x.remove(row)
	x.add(row, &r)
}

// Remove takes the person of a row out; it does nothing when there is none.
func (x *Index) Remove(row uint32) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.remove(row)
}

func (x *Index) add(row uint32, r *record) {
	x.roomFor(len(r.keys))
	x.records.put(row, r)
	x.enter(row, r)
}

// enter makes a record that is kept findable.
func (x *Index) enter(row uint32, r *record) {
	for i, t := range r.tokens {
		if !repeated(r.tokens[:i], t.id) {
			x.words.rows[t.id] = withRow(x.words.rows[t.id], row)
		}
	}
	x.births.add(r.birth, row)
	for _, k := range r.keys {
		x.keys.add(k, row)
	}
	x.live++
}

func (x *Index) remove(row uint32) {
	var r record
	if !x.records.get(row, &r) {
		return
	}
	for i, t := range r.tokens {
		if !repeated(r.tokens[:i], t.id) {
			x.words.rows[t.id] = withoutRow(x.words.rows[t.id], row)
		}
	}
	x.births.remove(r.birth, row)
	for _, k := range r.keys {
		x.removeKey(k, row)
	}
	x.records.drop(row)
	x.live--
}

func repeated(ts []token, id uint32) bool {
	for _, t := range ts {
		if t.id == id {
			return true
		}
	}
	return false
}
