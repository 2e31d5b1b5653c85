package constancy

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"quipu/internal/civil"
	"quipu/internal/fault"
)

const ringTitle = "quipu constancy keys 1"

// Key is a public key with the time in which it signs. An unknown Until is open. A key
// that was stolen is taken out of the list: its thief writes any date.
type Key struct {
	Public      string // "name+hash+key", as the note package writes it
	From, Until civil.Date
	verifier    note.Verifier
}

// Ring is the list of keys that a verifier trusts.
type Ring struct {
	Country string // whose statements they sign
	Issued  civil.Date
	keys    []Key
}

// NewRing makes a list. It keeps the keys by name and takes each once.
func NewRing(country string, issued civil.Date, keys []Key) (*Ring, error) {
	r := &Ring{Country: country, Issued: issued}
	for _, k := range keys {
		v, err := note.NewVerifier(k.Public)
		if err != nil {
			return nil, fault.New(fault.Invalid, "constancy.key", "key", k.Public).Because(err)
		}
		k.verifier = v
		if _, twice := r.find(v.KeyHash()); !twice {
			r.keys = append(r.keys, k)
		}
	}
	slices.SortFunc(r.keys, func(a, b Key) int { return cmp.Compare(a.Public, b.Public) })
	return r, nil
}

// Keys lists the keys by name.
func (r *Ring) Keys() []Key { return slices.Clone(r.keys) }

func (r *Ring) find(hash uint32) (Key, bool) {
	for _, k := range r.keys {
		if k.verifier.KeyHash() == hash {
			return k, true
		}
	}
	return Key{}, false
}

func (r *Ring) verifiers() note.Verifiers {
	list := make([]note.Verifier, len(r.keys))
	for i, k := range r.keys {
		list[i] = k.verifier
	}
	return note.VerifierList(list...)
}

const open = ".." // an end of time that is not set

func endText(d civil.Date) string {
	if !d.Known() {
		return open
	}
	return d.String()
}

func parseEnd(s string) (civil.Date, error) {
	if s == open {
		return civil.Date{}, nil
	}
	return civil.Parse(s)
}

// Sign writes the list as a signed file that a verifier carries.
func (r *Ring) Sign(signer note.Signer) ([]byte, error) {
	var b strings.Builder
	b.WriteString(ringTitle + "\ncountry " + r.Country + "\nissued " + r.Issued.String() + "\n")
	for _, k := range r.keys {
		b.WriteString("key " + endText(k.From) + " " + endText(k.Until) + " " + k.Public + "\n")
	}
	return note.Sign(&note.Note{Text: b.String()}, signer)
}

// OpenRing reads a list of keys. root are the verifier keys that may sign it; with none,
// any key of the list itself may, which proves that the file is whole and not who made
// it: then whoever uses it compares the fingerprint of signer with a published one.
func OpenRing(signed []byte, root ...string) (r *Ring, signer string, err error) {
	n, err := note.Open(signed, nil)
	var unverified *note.UnverifiedNoteError
	if errors.As(err, &unverified) {
		n, err = unverified.Note, nil
	}
	if err == nil {
		r, err = parseRing(n.Text)
	}
	if err != nil {
		return nil, "", fault.New(fault.Invalid, "constancy.keys_form").Because(err)
	}
	trusted := r
	if len(root) > 0 {
		keys := make([]Key, len(root))
		for i, k := range root {
			keys[i].Public = k
		}
		if trusted, err = NewRing(r.Country, r.Issued, keys); err != nil {
			return nil, "", err
		}
	}
	if n, err = note.Open(signed, trusted.verifiers()); err != nil {
		return nil, "", fault.New(fault.Invalid, "constancy.keys_signature").Because(err)
	}
	k, _ := trusted.find(n.Sigs[0].Hash)
	return r, k.Public, nil
}

func parseRing(text string) (*Ring, error) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	country, issued, err := heading(lines, ringTitle)
	if err != nil {
		return nil, err
	}
	var keys []Key
	for _, line := range lines[3:] {
		f := strings.Split(line, " ")
		if len(f) != 4 || f[0] != "key" {
			return nil, errForm
		}
		k := Key{Public: f[3]}
		var err2 error
		k.From, err = parseEnd(f[1])
		k.Until, err2 = parseEnd(f[2])
		if err := errors.Join(err, err2); err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return NewRing(country, issued, keys)
}

// heading reads the three lines that both kinds of list begin with.
func heading(lines []string, title string) (country string, issued civil.Date, err error) {
	if len(lines) < 3 || lines[0] != title {
		return "", issued, errForm
	}
	country, ok := strings.CutPrefix(lines[1], "country ")
	day, ok2 := strings.CutPrefix(lines[2], "issued ")
	if issued, err = civil.Parse(day); err != nil || !ok || !ok2 || len(country) != 2 || !issued.Full() {
		return "", issued, errForm
	}
	return country, issued, nil
}
