package registry

import "quipu/internal/civil"

// State is how a person stands in the register on a date. Nothing expires into nothing:
// a registration past its date is stale and stays.
type State string

// The states, and when they hold.
const (
	StateActive      State = "active"
	StateDue         State = "due"         // expires within DueDays
	StateStale       State = "stale"       // past its expiry, not confirmed
	StateClosed      State = "closed"      // no registration in force
	StateProvisional State = "provisional" // in force, nationality presumed
	StateWithdrawn   State = "withdrawn"   // the entry was a mistake
	StateErased      State = "erased"      // anonymised
	StateMerged      State = "merged"      // another entry stands for the person
	StateNone        State = "none"        // in the register, never registered at an office
)

// States lists all states.
var States = []State{StateActive, StateDue, StateStale, StateClosed, StateProvisional, StateWithdrawn, StateErased, StateMerged, StateNone}

// DueDays is how many days before its expiry a registration is due for confirmation;
// StaleYears after how many years a way to reach the person is doubtful.
const (
	DueDays    = 60
	StaleYears = 2
)

// Status is the state of the person on a date. Stale goes before provisional: it asks for
// an act.
func Status(p *Person, asOf civil.Date) State {
	if p.Text("entry") == EntryWithdrawn {
		return StateWithdrawn
	}
	if Erased(p) {
		return StateErased
	}
	if Merged(p) {
		return StateMerged
	}
	e, open := Current(p)
	switch {
	case !open && len(p.Items("registration")) == 0:
		return StateNone
	case !open:
		return StateClosed
	case e.Expires.Before(asOf):
		return StateStale
	case p.Text("entry") == EntryProvisional:
		return StateProvisional
	case e.Expires.Known() && e.Expires.Before(asOf.AddDays(DueDays+1)):
		return StateDue
	}
	return StateActive
}

// ContactStale reports whether nobody confirmed for StaleYears that the person can still
// be reached where the record says. A resident's registration may hold much longer.
func ContactStale(p *Person, asOf civil.Date) bool {
	last := civil.Date{}
	if e, open := Current(p); open {
		last = e.Confirmed
	}
	for _, it := range p.Items("address") {
		if d := dateOf(it.Value.Part("date")); civil.Compare(d, last) > 0 {
			last = d
		}
	}
	return last.Latest().Before(asOf.AddYears(-StaleYears)) || !last.Known()
}
