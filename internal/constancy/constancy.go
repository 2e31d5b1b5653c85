// Package constancy makes and checks what an office states about a person on paper: that
// he is registered, that he was removed, his consular card. A statement is a text under
// an Ed25519 signature that fits a QR code, so that anybody who carries the list of keys
// can check it without a network and without the register.
//
// A statement says what the paper says and no more: no address, no standing with any
// immigration authority, of a document its type and last three characters.
package constancy

import (
	"crypto/rand"
	"strings"

	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/id"
)

// Kind is what is stated.
type Kind string

// The kinds of statement.
const (
	Registration Kind = "registration" // the person is registered at the office
	Removal      Kind = "removal"      // the registration at the office ended
	Card         Kind = "card"         // consular card
)

// Kinds lists all kinds.
var Kinds = []Kind{Registration, Removal, Card}

// Statement is what an office states. Dates without a value are unknown (Year 0).
type Statement struct {
	Kind     Kind
	Country  string // the State that states it, ISO 3166-1 alpha-2
	Serial   string // "7QK3-WZ0A-9TMP"
	Number   string // registry number, "0000-001-2345"
	Surnames string // as in the document
	Given    string
	Latin    string // the name in Latin letters, only when the document has others
	Birth    civil.Date
	Document string // type and last three characters, "dni 678", or ""
	Office   string
	Since    civil.Date // the registration was opened
	Closed   civil.Date // and closed: removals only
	Issued   civil.Date // full
	Until    civil.Date // last day on which it holds; unknown for removals, which never expire
	Key      uint32     // hash of the key that signs, as in a note
}

// Natural is the name in spoken order.
func (s *Statement) Natural() string { return strings.TrimSpace(s.Given + " " + s.Surnames) }

const serialAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // Crockford's: no I, L, O, U

// NewSerial draws a serial: 60 random bits, so that two nodes that never met do not draw
// the same and nobody can guess one or count what was issued.
func NewSerial() string {
	var r [12]byte
	rand.Read(r[:]) //nolint:errcheck // crypto/rand never fails
	for i := range r {
		r[i] = serialAlphabet[r[i]&31]
	}
	return dashed(string(r[:]))
}

func dashed(s string) string { return s[:4] + "-" + s[4:8] + "-" + s[8:] }

// ParseSerial reads a serial as people type it: small letters, spaces, no hyphens, and
// the letters that look like digits.
func ParseSerial(text string) (serial string, ok bool) {
	var b strings.Builder
	for _, c := range strings.ToUpper(text) {
		switch {
		case c == ' ' || c == '-':
		case c == 'O':
			b.WriteByte('0')
		case c == 'I' || c == 'L':
			b.WriteByte('1')
		case strings.ContainsRune(serialAlphabet, c):
			b.WriteRune(c)
		default:
			return "", false
		}
	}
	if b.Len() != 12 {
		return "", false
	}
	return dashed(b.String()), true
}

// check refuses a statement that must not be signed.
func (s *Statement) check() error {
	serial, ok := ParseSerial(s.Serial)
	number, ok2 := id.ParseNumber(s.Number)
	bad := ""
	switch {
	case s.Kind != Registration && s.Kind != Removal && s.Kind != Card:
		bad = "kind"
	case len(s.Country) != 2 || strings.Trim(s.Country, upper) != "":
		bad = "country"
	case !ok || serial != s.Serial:
		bad = "serial"
	case !ok2 || number != s.Number:
		bad = "number"
	case s.Natural() == "":
		bad = "name"
	case s.Office == "":
		bad = "office"
	case !s.Issued.Full():
		bad = "issued"
	case (s.Kind == Removal) != s.Closed.Known():
		bad = "closed"
	case s.Kind == Removal && s.Until.Known(), s.Kind != Removal && (!s.Until.Full() || s.Until.Before(s.Issued)):
		bad = "until"
	case len([]rune(s.Document)) > 3+1+12:
		bad = "document"
	}
	if bad != "" {
		return fault.New(fault.Internal, "constancy.statement", "part", bad)
	}
	return nil
}

const upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
