package registry

import (
	"strings"

	"quipu/internal/change"
	"quipu/internal/name"
)

const itemAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// ItemField names an item of a group by what it says, so that the same document entered
// twice, on two nodes or from two lists, is the same item: "document/7QK3WZ0A". The
// name stays when the item is corrected later.
func ItemField(f *Field, parts map[string]string) string {
	const offset, prime = 14695981039346656037, 1099511628211 // FNV-1a, 64 bit
	h := uint64(offset)
	mix := func(s string) {
		for i := range len(s) {
			h = (h ^ uint64(s[i])) * prime
		}
		h = (h ^ 0xff) * prime
	}
	for i := range f.Parts {
		if f.Parts[i].Names {
			mix(name.Fold(parts[f.Parts[i].Key]))
		}
	}
	h ^= h >> 31
	var b strings.Builder
	b.Grow(len(f.Key) + 9)
	b.WriteString(f.Key)
	b.WriteByte('/')
	for range 8 {
		b.WriteByte(itemAlphabet[h&31])
		h >>= 5
	}
	return b.String()
}

// Person is a person's record seen through the dictionary.
type Person struct{ change.Record }

// Load folds the changes of one person.
func Load(changes []change.Change) Person { return derived(fold.Fold(changes)) }

// Exists reports whether anything was ever written and the entry was neither withdrawn nor
// anonymised, nor merged into another.
func (p *Person) Exists() bool { return standing(p) == nil }

// Name is the person's name in the form of the document.
func (p *Person) Name() name.Name {
	return name.Name{Given: p.Text("given_names"), Paternal: p.Text("surname_paternal"),
		Maternal: p.Text("surname_maternal"), Married: p.Text("surname_married")}
}
