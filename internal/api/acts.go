package api

import (
	"context"
	"strings"

	"quipu/internal/app"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/registry"
)

// act runs a use case on the person of the path under the condition of If-Match. in is
// what the body holds, and is filled in before.
func (c *call) act(in any, do func(ctx context.Context, person string) (app.Outcome, error)) (*reply, error) {
	if err := c.decode(in); err != nil {
		return nil, err
	}
	c.point = func(field string) string { // "registration.reason" is the body's reason
		return "/" + strings.TrimPrefix(field, "registration.")
	}
	ctx, err := c.expecting()
	if err != nil {
		return nil, err
	}
	person, err := c.person()
	if err != nil {
		return nil, err
	}
	out, err := do(ctx, person)
	return c.outcome(person, out, err)
}

func confirm(c *call) (*reply, error) {
	return c.act(&struct{}{}, func(ctx context.Context, person string) (app.Outcome, error) {
		return c.app().Confirm(ctx, c.actor, person)
	})
}

func closeRegistration(c *call) (*reply, error) {
	var in struct {
		Reason string `json:"reason" must:"yes" most:"40"`
		Note   string `json:"note" most:"2000"`
	}
	return c.act(&in, func(ctx context.Context, person string) (app.Outcome, error) {
		return c.app().CloseRegistration(ctx, c.actor, person, in.Reason, in.Note)
	})
}

func transfer(c *call) (*reply, error) {
	var in struct {
		Office     string  `json:"office" must:"yes" most:"20"`
		District   string  `json:"district" most:"40"`
		Kind       string  `json:"kind" most:"40"`
		Channel    string  `json:"channel" most:"40"`
		Handover   string  `json:"handover" most:"2000"`
		Provenance *provIn `json:"provenance"`
	}
	return c.act(&in, func(ctx context.Context, person string) (app.Outcome, error) {
		prov, err := in.Provenance.read("/provenance")
		if err != nil {
			return app.Outcome{}, err
		}
		return c.app().Transfer(ctx, c.actor, person, registry.TransferCmd{ToOffice: in.Office, ToDistrict: in.District, Kind: in.Kind,
			Channel: in.Channel, Note: in.Handover, Prov: prov})
	})
}

func decease(c *call) (*reply, error) {
	var in struct {
		Date   string `json:"date" must:"yes" most:"20"`
		Place  string `json:"place" most:"200"`
		Record string `json:"record" most:"200"`
	}
	return c.act(&in, func(ctx context.Context, person string) (app.Outcome, error) {
		date, err := civil.Parse(in.Date)
		if err != nil {
			return app.Outcome{}, fault.As(err).On("/date")
		}
		return c.app().Decease(ctx, c.actor, person, date, in.Place, in.Record)
	})
}

func resolve(c *call) (*reply, error) {
	var in struct {
		Accept bool   `json:"accept" must:"yes"`
		Note   string `json:"note" most:"2000"`
	}
	return c.act(&in, func(ctx context.Context, person string) (app.Outcome, error) {
		return c.app().Resolve(ctx, c.actor, person, c.PathValue("doubt"), in.Accept, in.Note)
	})
}
