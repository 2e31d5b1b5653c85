package constancy

import (
	"maps"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"quipu/internal/civil"
	"quipu/internal/fault"
)

const revokedTitle = "quipu constancy revoked 1"

// Revocations is the list of statements that were taken back: serial and day, no person
// and no reason.
type Revocations struct {
	Country string
	Issued  civil.Date
	Serials map[string]civil.Date
}

// Sign writes the list as a signed file that a verifier carries.
func (r *Revocations) Sign(signer note.Signer) ([]byte, error) {
	var b strings.Builder
	b.WriteString(revokedTitle + "\ncountry " + r.Country + "\nissued " + r.Issued.String() + "\n")
	for _, serial := range slices.Sorted(maps.Keys(r.Serials)) {
		b.WriteString(serial + " " + r.Serials[serial].String() + "\n")
	}
	return note.Sign(&note.Note{Text: b.String()}, signer)
}

// OpenRevocations reads a list that a key of the ring signed.
func OpenRevocations(signed []byte, ring *Ring) (*Revocations, error) {
	n, err := note.Open(signed, ring.verifiers())
	if err != nil {
		return nil, fault.New(fault.Invalid, "constancy.revoked_signature").Because(err)
	}
	bad := fault.New(fault.Invalid, "constancy.revoked_form")
	lines := strings.Split(strings.TrimSuffix(n.Text, "\n"), "\n")
	r := &Revocations{Serials: map[string]civil.Date{}}
	if r.Country, r.Issued, err = heading(lines, revokedTitle); err != nil || r.Country != ring.Country {
		return nil, bad.Because(err)
	}
	for _, line := range lines[3:] {
		serial, day, _ := strings.Cut(line, " ")
		on, err := civil.Parse(day)
		if clean, ok := ParseSerial(serial); err != nil || !ok || clean != serial || !on.Known() {
			return nil, bad.Because(err)
		}
		r.Serials[serial] = on
	}
	return r, nil
}
