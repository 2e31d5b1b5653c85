package registry

import (
	"maps"
	"slices"
	"strings"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
)

// Episode is one registration of the person at one office, from opening to close.
type Episode struct {
	ID                string
	Office, District  string
	Kind, Channel     string
	Opened, Confirmed civil.Date
	Expires, Closed   civil.Date
	Reason, Handover  string
	From, To          string // the offices that a transfer came from and went to
	parts             map[string]string
}

// lifetimes says for how many years a registration of each kind holds without being
// confirmed. Kinds that are not here hold for one.
var lifetimes = map[string]int{"resident": 5, "transient": 1, "traveller": 1, "seasonal": 1, "crisis": 1}

// Lifetime is the lifetime of a kind of registration in years.
func Lifetime(kind string) int {
	if n, ok := lifetimes[kind]; ok {
		return n
	}
	return 1
}

// Episodes lists the registrations of a person, oldest first.
func Episodes(p *Person) []Episode {
	var out []Episode
	for _, it := range p.Items("registration") {
		v := it.Value
		out = append(out, Episode{ID: it.ID, Office: v.Part("office"), District: v.Part("district"),
			Kind: v.Part("kind"), Channel: v.Part("channel"),
			Opened: dateOf(v.Part("opened")), Confirmed: dateOf(v.Part("confirmed")), Expires: dateOf(v.Part("expires")),
			Closed: dateOf(v.Part("closed")), Reason: v.Part("reason"), Handover: v.Part("handover"),
			From: v.Part("from"), To: v.Part("to"), parts: v.Parts})
	}
	slices.SortStableFunc(out, func(a, b Episode) int { return civil.Compare(a.Opened, b.Opened) })
	return out
}

// Open reports whether the registration is in force, expired or not.
func (e Episode) Open() bool { return e.parts["closed"] == "" }

// Current is the registration in force.
func Current(p *Person) (Episode, bool) {
	if e, open := Latest(p); open {
		return e, true
	}
	return Episode{}, false
}

// Latest is the registration in force, or when none is the last one. When two nodes opened
// one each before they met, the one in force is the later one.
func Latest(p *Person) (e Episode, open bool) {
	all := Episodes(p)
	for _, e := range slices.Backward(all) {
		if e.Open() {
			return e, true
		}
	}
	if len(all) > 0 {
		e = all[len(all)-1]
	}
	return e, false
}

// begun is the parts of a new registration.
func begun(office, district, kind, channel string, asOf civil.Date) map[string]string {
	return map[string]string{"office": office, "district": district, "kind": kind, "channel": channel,
		"opened": asOf.String(), "confirmed": asOf.String(), "expires": asOf.AddYears(Lifetime(kind)).String()}
}

// open is the set that opens a registration, checked.
func (p *Person) open(parts map[string]string, asOf civil.Date) (change.Set, error) {
	if !asOf.Full() {
		return change.Set{}, fault.New(fault.Internal, "registry.no_day")
	}
	f := byKey["registration"]
	if parts["district"] == "" {
		parts["district"] = districtOf(strings.ToUpper(parts["office"]), probe{asOf: asOf})
	}
	parts, _, err := CheckItem(f, parts, asOf)
	if err != nil {
		return change.Set{}, err
	}
	return p.put(ItemField(f, parts), change.Value{Parts: parts}), nil
}

// end is the set that closes a registration.
func (p *Person) end(e Episode, reason string, asOf civil.Date, more ...string) change.Set {
	parts := maps.Clone(e.parts)
	parts["closed"], parts["reason"] = asOf.String(), reason
	for i := 0; i+1 < len(more); i += 2 {
		if more[i+1] != "" {
			parts[more[i]] = more[i+1]
		}
	}
	return p.put("registration/"+e.ID, change.Value{Parts: parts})
}

// inForce is the registration of a living person that an act may change.
func inForce(p *Person) (Episode, error) {
	if err := living(p); err != nil {
		return Episode{}, err
	}
	e, ok := Current(p)
	if !ok {
		return Episode{}, fault.New(fault.Conflict, "registry.not_registered", "number", p.Text("number"))
	}
	return e, nil
}

// Confirm records that the person still lives in the district. It moves the expiry
// forward and never back; a registration that had expired holds again.
func Confirm(cur *Person, asOf civil.Date) (change.Change, error) {
	e, err := inForce(cur)
	if err != nil {
		return change.Change{}, err
	}
	parts := maps.Clone(e.parts)
	if until := asOf.AddYears(Lifetime(e.Kind)); civil.Compare(until, e.Expires) > 0 {
		parts["expires"] = until.String()
	}
	if civil.Compare(asOf, e.Confirmed) > 0 {
		parts["confirmed"] = asOf.String()
	}
	c := cur.begin("confirm", "")
	if v := (change.Value{Parts: parts}); !v.Equal(change.Value{Parts: e.parts}) {
		c.Sets = []change.Set{cur.put("registration/"+e.ID, v)}
	}
	return c, nil
}

// Close ends the registration in force. reason is a code of the list closing_reason.
func Close(cur *Person, reason string, asOf civil.Date, note string) (change.Change, error) {
	if err := standing(cur); err != nil {
		return change.Change{}, err
	}
	e, open := Current(cur)
	if !open {
		return change.Change{}, fault.New(fault.Conflict, "registry.not_registered", "number", cur.Text("number"))
	}
	f := byKey["registration"]
	reason, _, err := Check(f, f.Part("reason"), reason, asOf)
	if err == nil && reason == "" {
		err = fault.New(fault.Invalid, "registry.reason_missing").On("registration.reason")
	}
	if err != nil {
		return change.Change{}, err
	}
	c := cur.begin("close", note)
	c.Sets = append(cur.void("closed", asOf, CertCard, CertRegistration), cur.end(e, reason, asOf))
	return c, nil
}

// ReopenCmd registers again a person whose registration was closed.
type ReopenCmd struct {
	Office, District, Kind, Channel, Note string
	Prov                                  change.Provenance
}

// Reopen opens a new registration for a person who has none in force.
func Reopen(cur *Person, cmd ReopenCmd, asOf civil.Date) (change.Change, error) {
	if err := living(cur); err != nil {
		return change.Change{}, err
	}
	if e, open := Current(cur); open {
		return change.Change{}, fault.New(fault.Conflict, "registry.registered", "office", e.Office)
	}
	s, err := cur.open(begun(cmd.Office, cmd.District, cmd.Kind, cmd.Channel, asOf), asOf)
	if err != nil {
		return change.Change{}, err
	}
	c := cur.begin("reopen", cmd.Note)
	c.Prov, c.Sets = cmd.Prov, []change.Set{s}
	return c, nil
}
