package desk

import (
	"slices"

	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/web/ui"
)

// usualPurpose is what an officer works for who chose nothing.
const usualPurpose = "registry"

// purposeOf is what the officer said that he works for, as long as his role may.
func (s *Desk) purposeOf(v *Visit) string {
	chosen := s.Sessions.GetString(v.Context(), KeyPurpose)
	if slices.Contains(authz.PurposesFor(v.Actor.Role), chosen) {
		return chosen
	}
	return usualPurpose
}

// chooser asks for what the officer works, on every page; nothing of who works with no
// people.
func chooser(v *Visit) ui.Chooser {
	c := ui.Chooser{Action: "/finalidad", Name: "finalidad", Label: v.Words.T("day.purpose"), Send: v.Words.T("day.purpose.send"),
		Marked: v.Actor.Purpose != usualPurpose}
	for _, p := range authz.PurposesFor(v.Actor.Role) {
		c.Options = append(c.Options, ui.Option{Value: p, Label: v.Words.Code("purpose", p), Checked: p == v.Actor.Purpose})
	}
	return c
}

// choosePurpose keeps the answer for the session and goes back to the page.
func (s *Desk) choosePurpose(v *Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	chosen := v.PostFormValue("finalidad")
	if !slices.Contains(authz.PurposesFor(v.Actor.Role), chosen) {
		return fault.New(fault.Invalid, "day.purpose").On("finalidad")
	}
	s.Sessions.Put(v.Context(), KeyPurpose, chosen)
	return s.Done(v, ui.Local(v.PostFormValue("volver")), v.Words.T("day.purpose.changed", "purpose", v.Words.Code("purpose", chosen)))
}
