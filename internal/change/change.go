// Package change is the record of change: every write to Quipu is one.
//
// A change says which fields of one entity took which values, who wrote it, where, for
// what purpose and on what evidence, and for each field which version it replaced.
// Tables are projections of changes; history, audit, undo, provenance and
// synchronisation all read the same record.
//
// # Compatibility
//
// The encoding of envelope version 1 is promised for ten years: a change written by any
// release is read by every later one. Decode keeps the bytes that it read, so an old
// change is hashed as it was written.
package change

import "quipu/internal/id"

// Envelope is the version of the encoding, Schema that of the field dictionary.
const (
	Envelope = 1
	Schema   = 1
)

// Kind is a kind of entity.
type Kind string

// The kinds of entity.
const (
	Person   Kind = "person"
	Office   Kind = "office"
	District Kind = "district"
	User     Kind = "user"
	Import   Kind = "import"
)

// Ref names one entity.
type Ref struct {
	Kind Kind
	ID   string
}

// String is "kind/id".
func (r Ref) String() string { return string(r.Kind) + "/" + r.ID }

// Value is what a field holds: a text, or a flat group of named texts (one document,
// one telephone). The zero Value means that the field is empty.
type Value struct {
	Text  string
	Parts map[string]string
}

// Text makes a text value.
func Text(s string) Value { return Value{Text: s} }

// Group makes a group value from alternating names and texts, leaving out empty texts.
func Group(pairs ...string) Value {
	m := make(map[string]string, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			m[pairs[i]] = pairs[i+1]
		}
	}
	return Value{Parts: m}
}

// Empty reports whether the value says nothing.
func (v Value) Empty() bool { return v.Text == "" && len(v.Parts) == 0 }

// Equal reports whether two values say the same.
func (v Value) Equal(w Value) bool {
	if v.Text != w.Text || len(v.Parts) != len(w.Parts) {
		return false
	}
	for k, x := range v.Parts {
		if y, ok := w.Parts[k]; !ok || x != y {
			return false
		}
	}
	return true
}

// Part returns the named text of a group, or "".
func (v Value) Part(name string) string { return v.Parts[name] }

// Provenance says what a value rests on. Source and Confidence are codes of the lists
// of those names; Evidence names a document, an import row or an attachment; From and
// To are EDTF dates of validity, "" for not stated.
type Provenance struct {
	Source     string
	Evidence   string
	Confidence string
	From       string
	To         string
}

// Set gives one field a new value. Base is the version that the author saw and replaces;
// zero when there was none. Fields left empty in Prov are taken from the change.
type Set struct {
	Field string
	Value Value
	Base  id.Change
	Prov  Provenance
	Gone  bool // the value was taken out since; see Redact
}

// Change is one write. ID, At, Author, Office, Purpose and Codes are filled by the
// application when it commits; a domain package fills the rest.
type Change struct {
	ID      id.Change
	Entity  Ref
	Action  string
	At      Stamp
	Author  string
	Office  string
	Purpose string
	Schema  int
	Codes   string // edition of the code lists in use
	Batch   string // import that this change belongs to, or ""
	Note    string // the author's reason, in words
	Prov    Provenance
	// Salt is chance, so that nobody finds a value that was taken out by trying which one
	// gives the hash that stays in the log. Gone is that hash, "" while the change is whole.
	Salt, Gone string
	Sets       []Set
}

// ProvenanceOf is the provenance of the i-th set: its own, completed by the change's.
func (c *Change) ProvenanceOf(i int) Provenance {
	p := c.Sets[i].Prov
	if p.Source == "" {
		p.Source = c.Prov.Source
	}
	if p.Evidence == "" {
		p.Evidence = c.Prov.Evidence
	}
	if p.Confidence == "" {
		p.Confidence = c.Prov.Confidence
	}
	if p.From == "" {
		p.From = c.Prov.From
	}
	if p.To == "" {
		p.To = c.Prov.To
	}
	return p
}
