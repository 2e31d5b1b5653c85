package api

import (
	"context"

	"quipu/internal/app"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/registry"
)

// relate links two people of the register.
func relate(c *call) (*reply, error) {
	var in struct {
		Person     string  `json:"person" must:"yes" most:"26"`
		Relation   string  `json:"relation" must:"yes" most:"40" field:"family"`
		Inverse    string  `json:"inverse" most:"40"`
		Household  bool    `json:"household"`
		Authority  bool    `json:"authority"`
		From       string  `json:"from" most:"20"`
		To         string  `json:"to" most:"20"`
		Evidence   string  `json:"evidence" most:"200"`
		Provenance *provIn `json:"provenance"`
	}
	return c.act(&in, func(ctx context.Context, person string) (out app.Outcome, err error) {
		link := registry.Link{Relation: in.Relation, Inverse: in.Inverse, Household: in.Household, Authority: in.Authority, Evidence: in.Evidence}
		if link.Prov, err = in.Provenance.read("/provenance"); err != nil {
			return out, err
		}
		if link.From, err = dateIn(in.From, "/from"); err != nil {
			return out, err
		}
		if link.To, err = dateIn(in.To, "/to"); err != nil {
			return out, err
		}
		if !id.Entity(in.Person).Valid() {
			return out, fault.New(fault.Invalid, "app.not_found", "what", "person", "which", clip(in.Person)).On("/person")
		}
		return c.app().Relate(ctx, c.actor, person, in.Person, link)
	})
}

// complete makes a provisional entry complete with the papers that were brought.
func complete(c *call) (*reply, error) {
	var in struct {
		Basis      string    `json:"nationality_basis" must:"yes" most:"40"`
		Note       string    `json:"note" most:"2000"`
		Provenance *provIn   `json:"provenance" must:"yes"`
		Fields     []fieldIn `json:"fields" must:"yes" most:"200"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	prov, err := in.Provenance.read("/provenance")
	if err != nil {
		return nil, err
	}
	papers, err := inputs(in.Fields, prov)
	if err != nil {
		return nil, err
	}
	own, sent := members(&in), pointer(in.Fields)
	c.point = func(field string) string { return or(sent(field), own(field)) }
	return c.onPerson(func(ctx context.Context, person string) (app.Outcome, error) {
		return c.app().Complete(ctx, c.actor, person, papers, in.Basis, in.Note)
	})
}
