// Package access says which reads of people's records an auditor should look at, and why.
// No reason is a reproach: most of what is marked has a good cause, and the auditor asks
// for it.
package access

import (
	"slices"
	"strings"
	"time"

	"quipu/internal/name"
	"quipu/internal/place"
)

// Reason is why somebody should look; its words are under "access.reason.".
type Reason string

// The reasons.
const (
	Refused  Reason = "refused"  // somebody asked for what he may not do
	Outside  Reason = "outside"  // the person is registered at another office
	Hours    Reason = "hours"    // outside the office's hours, by its own clock
	Reserved Reason = "reserved" // reserved values were on the page
	Surnames Reason = "surnames" // the officer's name has both surnames of the person
	Surname  Reason = "surname"  // it has one of them
	Many     Reason = "many"     // many people in a minute
)

// Reasons lists them in the order in which they are told.
var Reasons = []Reason{Refused, Outside, Hours, Reserved, Surnames, Surname, Many}

// Bounds of the rules. A look at the same person within Again is the same look: a page has
// tabs. Of a burst every MostAMinute-th person is marked.
const (
	Again       = 30 * time.Minute
	MostAMinute = 15
)

// Read is a look at a person's record, or with Refused a try at one, or at something else
// that the officer may not do: then Person may be empty. Officer is the name of whoever looked; Place is his
// office, Home the code of the person's, "" for none; Sealed, that reserved values were
// shown; Paternal and Maternal are the person's surnames.
type Read struct {
	At                 time.Time
	Login, Officer     string
	Place              place.Office
	Person, Home       string
	Sealed, Refused    bool
	Paternal, Maternal string
}

// Watch judges reads in the order of the log. What it remembers of the last minutes is all
// that one judgement tells the next, so that it can begin anywhere a little earlier.
type Watch struct {
	last   map[[2]string]time.Time // of a look by login at person
	recent map[string][]look       // of each login in the last minute
}

type look struct {
	at     time.Time
	person string
}

// NewWatch makes one that remembers nothing.
func NewWatch() *Watch {
	return &Watch{last: map[[2]string]time.Time{}, recent: map[string][]look{}}
}

// Judge says why somebody should look at a read; nothing when nobody needs to.
func (w *Watch) Judge(r Read) (why []Reason) {
	many := !r.Refused && w.burst(r)
	key := [2]string{r.Login, r.Person}
	if r.Refused { // a try and a look are two things
		key[1] += " refused"
	}
	before, seen := w.last[key]
	if again := seen && r.At.Sub(before) < Again; again {
		return nil
	}
	w.last[key] = r.At
	add := func(when bool, reason Reason) {
		if when {
			why = append(why, reason)
		}
	}
	add(r.Refused, Refused)
	add(r.Home != "" && r.Home != r.Place.Code, Outside)
	add(afterHours(r), Hours)
	add(r.Sealed, Reserved)
	both, one := shared(r)
	add(both, Surnames)
	add(one && !both, Surname)
	add(many, Many)
	return why
}

func afterHours(r Read) bool {
	zone, err := r.Place.Location()
	return err == nil && r.Place.Code != "" && !r.Place.Hours.Hold(r.At.In(zone))
}

// shared reports whether the words of the officer's name hold both surnames of the person,
// or one. The first word is a given name; what stands in parentheses is no name.
func shared(r Read) (both, one bool) {
	plain, _, _ := strings.Cut(r.Officer, "(")
	words := name.Tokens(plain)
	if len(words) < 2 {
		return false, false
	}
	has := func(surname string) bool {
		tokens := name.Tokens(surname)
		return len(tokens) > 0 && strings.Contains(" "+strings.Join(words[1:], " ")+" ", " "+strings.Join(tokens, " ")+" ")
	}
	father, mother := has(r.Paternal), has(r.Maternal)
	same := name.Fold(r.Paternal) == name.Fold(r.Maternal) // then one word would count twice
	return father && mother && !same, father || mother
}

// burst notes the look and reports whether it is the one too many within a minute.
func (w *Watch) burst(r Read) bool {
	recent := slices.DeleteFunc(w.recent[r.Login], func(l look) bool { return r.At.Sub(l.at) >= time.Minute })
	known := slices.ContainsFunc(recent, func(l look) bool { return l.person == r.Person })
	if !known {
		recent = append(recent, look{r.At, r.Person})
	}
	w.recent[r.Login] = recent
	return !known && len(recent) > 0 && len(recent)%MostAMinute == 0
}
