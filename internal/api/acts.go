package api

import (
	"context"
	"reflect"
	"slices"
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
	c.point = members(in)
	return c.onPerson(do)
}

// onPerson is act for what has no body of JSON, or has read it.
func (c *call) onPerson(do func(ctx context.Context, person string) (app.Outcome, error)) (*reply, error) {
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

// members finds the member of a body that a fault of the domain is about: the one of the
// same name, "reason" for "registration.reason", or the one with the field or its group in
// its tag, which may name several. "" when there is none.
func members(in any) func(field string) string {
	t := reflect.TypeOf(in).Elem()
	return func(field string) string {
		part, found := field[strings.LastIndexByte(field, '.')+1:], ""
		group, _, _ := strings.Cut(field, "/")
		for i := range t.NumField() {
			switch f := t.Field(i); {
			case slices.Contains(strings.Split(f.Tag.Get("field"), ","), group):
				return "/" + f.Tag.Get("json")
			case f.Tag.Get("json") == part:
				found = "/" + part
			}
		}
		return found
	}
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
		Date   string `json:"date" must:"yes" most:"20" field:"vital_status"`
		Place  string `json:"place" most:"200"`
		Record string `json:"record" most:"200"`
	}
	return c.act(&in, func(ctx context.Context, person string) (app.Outcome, error) {
		date, err := dateIn(in.Date, "/date")
		if err != nil {
			return app.Outcome{}, err
		}
		return c.app().Decease(ctx, c.actor, person, date, in.Place, in.Record)
	})
}

// dateIn reads a member that is a date as people give it, "" for none.
func dateIn(text, at string) (civil.Date, error) {
	if text == "" {
		return civil.Date{}, nil
	}
	d, err := civil.Parse(text)
	if err != nil {
		return d, fault.As(err).On(at)
	}
	return d, nil
}

func vitalStatus(c *call) (*reply, error) {
	var in struct {
		Status string `json:"status" must:"yes" most:"40" field:"vital_status"`
		Date   string `json:"date" most:"20"`
		Place  string `json:"place" most:"200"`
		Record string `json:"record" most:"200"`
		Note   string `json:"note" most:"2000"`
	}
	return c.act(&in, func(ctx context.Context, person string) (app.Outcome, error) {
		date, err := dateIn(in.Date, "/date")
		if err != nil {
			return app.Outcome{}, err
		}
		return c.app().SetVital(ctx, c.actor, person, registry.Vital{Status: in.Status, Date: date, Place: in.Place, Record: in.Record}, in.Note)
	})
}

func reopen(c *call) (*reply, error) {
	var in struct {
		Office     string  `json:"office" most:"20"`
		District   string  `json:"district" most:"40"`
		Kind       string  `json:"kind" must:"yes" most:"40"`
		Channel    string  `json:"channel" must:"yes" most:"40"`
		Note       string  `json:"note" most:"2000"`
		Provenance *provIn `json:"provenance"`
	}
	return c.act(&in, func(ctx context.Context, person string) (app.Outcome, error) {
		prov, err := in.Provenance.read("/provenance")
		if err != nil {
			return app.Outcome{}, err
		}
		return c.app().Reopen(ctx, c.actor, person, registry.ReopenCmd{Office: or(in.Office, c.actor.Office), District: in.District,
			Kind: in.Kind, Channel: in.Channel, Note: in.Note, Prov: prov})
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
