package constancy

import (
	"quipu/internal/civil"
)

// Verdict is what came of checking a text. Its message is in the catalogue under
// "constancy.verdict.".
type Verdict string

// The verdicts. Only Valid is good.
const (
	Valid        Verdict = "valid"
	Expired      Verdict = "expired"       // genuine, past its last day
	Early        Verdict = "early"         // genuine, dated after the day of the check
	Revoked      Verdict = "revoked"       // genuine, taken back by the office
	RetiredKey   Verdict = "retired_key"   // signed outside the time of its key
	WrongCountry Verdict = "wrong_country" // of another State
	UnknownKey   Verdict = "unknown_key"   // signed by a key that the list does not have
	Forged       Verdict = "forged"        // whole, but the key did not sign it
	Altered      Verdict = "altered"       // misread, mistyped or changed
	Truncated    Verdict = "truncated"     // the end is missing
	Newer        Verdict = "newer"         // of a version that this program does not know
	Foreign      Verdict = "foreign"       // not a statement at all
)

// Verdicts lists all verdicts.
var Verdicts = []Verdict{Valid, Expired, Early, Revoked, RetiredKey, WrongCountry, UnknownKey, Forged, Altered, Truncated, Newer, Foreign}

// StaleDays is how old a list of revocations may be before a check says so.
const StaleDays = 30

// Report is the outcome of a check. Statement is nil unless the signature is genuine:
// what nobody vouches for is not shown.
type Report struct {
	Verdict   Verdict
	Statement *Statement
	Signer    string     // name of the key
	RevokedOn civil.Date // set when Revoked
	// ListOf is the day of the list of revocations, unknown when none was at hand; Stale
	// says that it is missing or older than StaleDays.
	ListOf civil.Date
	Stale  bool
}

// Genuine reports whether an office made the statement, whatever became of it since.
func (r *Report) Genuine() bool { return r.Statement != nil }

// Verify checks a text on a day, with the keys and the revocations that the verifier
// carries. revoked may be nil. A statement that was taken back is so on any day: the
// office may have found out late.
func Verify(text string, ring *Ring, revoked *Revocations, on civil.Date) Report {
	s, signed, sig, bad := parse(text)
	if bad != "" {
		return Report{Verdict: bad}
	}
	key, known := ring.find(s.Key)
	switch {
	case !known && s.Country != ring.Country:
		return Report{Verdict: WrongCountry}
	case !known:
		return Report{Verdict: UnknownKey}
	case !key.verifier.Verify(append([]byte(domain), signed...), sig):
		return Report{Verdict: Forged}
	}
	r := Report{Statement: &s, Signer: key.verifier.Name(), Stale: true}
	if revoked != nil {
		r.ListOf = revoked.Issued
		days, ok := civil.DaysBetween(revoked.Issued, on)
		r.Stale = !ok || days > StaleDays
		r.RevokedOn = revoked.Serials[s.Serial]
	}
	switch {
	case s.Country != ring.Country:
		r.Verdict = WrongCountry
	case s.Issued.Before(key.From) || s.Issued.After(key.Until):
		r.Verdict = RetiredKey
	case r.RevokedOn.Known():
		r.Verdict = Revoked
	case s.Issued.After(on):
		r.Verdict = Early
	case s.Until.Before(on):
		r.Verdict = Expired
	default:
		r.Verdict = Valid
	}
	return r
}
