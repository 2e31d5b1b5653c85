package registry

import (
	"strings"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
)

// TransferCmd moves a registration to another office. Kind and Channel are those of the
// old one when empty; Note is what the new office should know.
type TransferCmd struct {
	ToOffice, ToDistrict string
	Kind, Channel        string
	Note                 string
	Prov                 change.Provenance
}

// Transfer closes the registration in force and opens one at the new office, in one
// change: the person is never registered at two offices or at none.
func Transfer(cur *Person, cmd TransferCmd, asOf civil.Date) (change.Change, error) {
	e, err := inForce(cur)
	if err != nil {
		return change.Change{}, err
	}
	to := strings.ToUpper(strings.TrimSpace(cmd.ToOffice))
	if to == e.Office {
		return change.Change{}, fault.New(fault.Invalid, "registry.same_office", "office", to).On("registration.office")
	}
	f := byKey["registration"]
	note, _, err := Check(f, f.Part("handover"), cmd.Note, asOf)
	if err != nil {
		return change.Change{}, err
	}
	parts := begun(to, cmd.ToDistrict, or(cmd.Kind, e.Kind), or(cmd.Channel, or(e.Channel, "window")), asOf)
	parts["from"] = e.Office
	opening, err := cur.open(parts, asOf)
	if err != nil {
		return change.Change{}, err
	}
	c := cur.begin("transfer", "")
	c.Prov = cmd.Prov
	c.Sets = []change.Set{cur.end(e, "moved", asOf, "to", to, "handover", note), opening}
	c.Sets = append(c.Sets, cur.void("moved", asOf, CertRegistration)...)
	return c, nil
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
