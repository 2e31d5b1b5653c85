package registry

import (
	"sync"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
)

// The codes of vital_status.
const (
	Alive        = "alive"
	Dead         = "deceased"
	PresumedDead = "presumed_dead"
	Missing      = "missing"
)

// Vital is what is known of a person's life: the status, since when, where, and the
// record that says so.
type Vital struct {
	Status string
	Date   civil.Date
	Place  string
	Record string
}

// vitalField is the one item of the group: a person has one vital status.
var vitalField = sync.OnceValue(func() string { return ItemField(byKey["vital_status"], nil) })

// VitalOf is the person's vital status; who has none written is alive.
func VitalOf(p *Person) Vital {
	v := p.Fields[vitalField()].Value
	if v.Part("status") == "" {
		return Vital{Status: Alive}
	}
	return Vital{v.Part("status"), dateOf(v.Part("date")), v.Part("place"), v.Part("record")}
}

// Deceased reports whether the person is recorded as dead, not merely presumed so.
func Deceased(p *Person) bool { return VitalOf(p).Status == Dead }

// Decease records a death; the registration in force ends with it.
func Decease(cur *Person, date civil.Date, where, record string, asOf civil.Date) (change.Change, error) {
	return SetVital(cur, Vital{Dead, date, where, record}, "", asOf)
}

// SetVital records that a person died, is presumed dead, is missing, or is alive after
// all. Only a death closes the registration; to take a death back needs a note and does
// not open it again (see Reopen).
func SetVital(cur *Person, v Vital, note string, asOf civil.Date) (change.Change, error) {
	if err := standing(cur); err != nil {
		return change.Change{}, err
	}
	was := VitalOf(cur)
	switch {
	case was.Status == v.Status:
		return change.Change{}, fault.New(fault.Conflict, "registry.vital_same").On("vital_status")
	case was.Status == Dead && tidy(note, true) == "":
		return change.Change{}, fault.New(fault.Invalid, "registry.note_needed").On("note")
	}
	date := ""
	if v.Date.Known() {
		date = v.Date.String()
	}
	f := byKey["vital_status"]
	parts, _, err := CheckItem(f, map[string]string{"status": v.Status, "date": date, "place": v.Place, "record": v.Record}, asOf)
	if err != nil {
		return change.Change{}, err
	}
	c := cur.begin(vitalAction[v.Status], note)
	c.Sets = []change.Set{cur.put(vitalField(), change.Value{Parts: parts})}
	next := cur.with(c.Sets)
	if err := examine(&next, asOf).refusal(map[string]bool{"vital_status": true}); err != nil {
		return change.Change{}, err
	}
	if e, open := Current(cur); open && v.Status == Dead {
		c.Sets = append(c.Sets, cur.end(e, "deceased", asOf))
	}
	if v.Status == Dead {
		c.Sets = append(c.Sets, cur.void("deceased", asOf, CertCard, CertRegistration)...)
	}
	return c, nil
}

var vitalAction = map[string]string{Alive: "alive", Dead: "decease", PresumedDead: "presume_dead", Missing: "report_missing"}
