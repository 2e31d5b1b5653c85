package laptop

import (
	"fmt"
	"io"

	"quipu/internal/app/exchange"
	"quipu/internal/fault"
	"quipu/internal/name"
	"quipu/internal/tabular"
)

// heldHead is the first line of the list; it is a contract with other programs.
var heldHead = []string{"number", "surname_paternal", "surname_maternal", "given_names", "birth", "office", "city", "id"}

// WriteHeld writes whom a computer may hold: a line each, or CSV.
func WriteHeld(w io.Writer, h *exchange.Holding, asCSV bool) error {
	if !asCSV {
		for _, p := range h.People {
			n := name.Name{Given: p.GivenNames, Paternal: p.SurnamePaternal, Maternal: p.SurnameMaternal}
			if _, err := fmt.Fprintf(w, "%s  %s  %s\n", p.Number, n.Display(), p.Birth); err != nil {
				return err
			}
		}
		return nil
	}
	out, err := tabular.NewCSVWriter(w, ',', false)
	if err != nil {
		return err
	}
	if err := out.Write(heldHead); err != nil {
		return err
	}
	for _, p := range h.People {
		if err := out.Write([]string{p.Number, p.SurnamePaternal, p.SurnameMaternal, p.GivenNames, p.Birth, p.Office, p.City, p.ID}); err != nil {
			return err
		}
	}
	return out.Flush()
}

// MayPurge refuses to take a register off this computer that has something nobody else has:
// changes of which the hub has not said that it received them, or, on a computer that has no
// hub, anything; and one that still holds people, of whom the hub would not know that they are
// gone. force goes over both.
func MayPurge(s exchange.Status, people int64, force bool) error {
	switch {
	case s.Role != "node":
		return fault.New(fault.Conflict, "laptop.purge_alone")
	case force:
		return nil
	case s.Unsent > 0 || s.Pending > 0:
		return fault.New(fault.Conflict, "laptop.purge_unsent", "changes", max(s.Unsent, s.Pending))
	case people > 0:
		return fault.New(fault.Conflict, "laptop.purge_people", "people", people)
	}
	return nil
}
