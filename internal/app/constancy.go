package app

import (
	"context"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/constancy"
	"quipu/internal/fault"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// Issued is a certificate or card to be printed: what it states, the signed text of its
// code, and for a card the photograph of the record as JPEG, nil when there is none.
type Issued struct {
	Statement constancy.Statement
	Text      string
	Photo     []byte
}

// IssueConstancy issues a certificate or a card and records it. parent is the id of the
// family item of the adult who stands by a minor's card, "" when the record names one.
func (a *App) IssueConstancy(ctx context.Context, actor Actor, person string, kind registry.CertKind, parent string) (Issued, error) {
	_, signer, err := a.ring(ctx)
	if err != nil {
		return Issued{}, err
	}
	var out Issued
	_, err = a.OnPerson(ctx, actor, person, authz.Edit, func(cur *registry.Person) (change.Change, []registry.Doubt, error) {
		facts, err := registry.Certifiable(cur, kind, parent, a.Today())
		if err != nil {
			return change.Change{}, nil, err
		}
		out.Statement = stated(facts)
		out.Statement.Key = signer.Note().KeyHash()
		if out.Text, err = constancy.Sign(out.Statement, signer.Note()); err != nil {
			return change.Change{}, nil, err
		}
		return registry.Certify(cur, facts, out.Statement.Serial, out.Text), nil, nil
	})
	if err != nil {
		return Issued{}, err
	}
	return out, a.withPhoto(ctx, person, &out)
}

// stated is what the facts say, with a serial of its own.
func stated(f registry.Facts) constancy.Statement {
	return constancy.Statement{Kind: constancy.Kind(f.Kind), Country: homeCountry(), Serial: constancy.NewSerial(), Number: f.Number,
		Surnames: f.Surnames, Given: f.Given, Latin: f.Latin, Birth: f.Birth, Document: f.Document, Office: f.Office,
		Since: f.Since, Closed: f.Closed, Issued: f.Issued, Until: f.Until}
}

func (a *App) withPhoto(ctx context.Context, person string, out *Issued) error {
	if out.Statement.Kind != constancy.Card {
		return nil
	}
	return a.DB.View(ctx, func(tx *store.Tx) error {
		changes, err := tx.Changes(ctx, change.Ref{Kind: change.Person, ID: person})
		if err != nil {
			return err
		}
		cur := registry.Load(changes)
		if hash := cur.Text("photo"); hash != "" {
			_, out.Photo, _, err = tx.Attachment(ctx, hash)
		}
		return err
	})
}

// Constancy returns a certificate that was issued, to print it again; person may be ""
// for whoever holds the serial. The read is logged.
func (a *App) Constancy(ctx context.Context, actor Actor, person, serial string) (out Issued, err error) {
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		if person == "" {
			if person, err = holderOf(ctx, tx, serial); err != nil || person == "" {
				return unknownSerial(serial, err)
			}
		}
		if person, err = standing(ctx, tx, person); err != nil {
			return err
		}
		cur, _, err := a.Load(ctx, tx, person)
		if err != nil {
			return err
		}
		if err := authz.Check(actor, authz.ReadDetail, node.OfficeOf(cur)); err != nil {
			return err
		}
		for _, c := range registry.Certificates(&cur) {
			if c.Serial == serial {
				out.Text = c.Text
				return nil
			}
		}
		return unknownSerial(serial, nil)
	})
	if err != nil {
		return Issued{}, err
	}
	ring, _, err := a.ring(ctx)
	if err != nil {
		return Issued{}, err
	}
	r := constancy.Verify(out.Text, ring, nil, a.Today())
	if !r.Genuine() {
		return Issued{}, fault.New(fault.Conflict, "constancy.old_card", "serial", serial)
	}
	out.Statement = *r.Statement
	if err := a.withPhoto(ctx, person, &out); err != nil {
		return Issued{}, err
	}
	return out, a.LogReads(ctx, actor, store.Read{Action: "constancy", Person: person, Detail: serial})
}

// Offer is a paper that could be issued: the adults who may stand by it when it is a
// minor's card, or in Lacks what it lacks.
type Offer struct {
	Kind      registry.CertKind
	Statement constancy.Statement // without serial and key
	Guardians []registry.Guardian
	Lacks     error
}

// ConstancyOffers are the papers that the officer could issue to the person today, in the
// order of constancy.Kinds. Whoever shows them has read the person before, so that the
// reading is logged there.
func (a *App) ConstancyOffers(ctx context.Context, actor Actor, person string) (offers []Offer, err error) {
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		if person, err = standing(ctx, tx, person); err != nil {
			return err
		}
		cur, _, err := a.Load(ctx, tx, person)
		if err != nil {
			return err
		}
		if err := authz.Check(actor, authz.Edit, node.OfficeOf(cur)); err != nil {
			return err
		}
		for _, kind := range constancy.Kinds {
			offers = append(offers, offer(&cur, registry.CertKind(kind), a.Today()))
		}
		return nil
	})
	return offers, err
}

func offer(cur *registry.Person, kind registry.CertKind, today civil.Date) Offer {
	o, parent := Offer{Kind: kind}, ""
	facts, err := registry.Certifiable(cur, kind, parent, today)
	if fault.Is(err, "registry.cert_which_parent") {
		o.Guardians = registry.Guardians(cur, today)
		facts, err = registry.Certifiable(cur, kind, o.Guardians[0].Item, today) // says the same whoever stands by
	}
	if o.Lacks = err; err == nil {
		o.Statement = stated(facts)
		o.Statement.Serial = ""
	}
	return o
}

// RevokeConstancy takes a certificate or card back, wherever its person is registered
// now, and returns the person. reason is a code of the list revocation_reason.
func (a *App) RevokeConstancy(ctx context.Context, actor Actor, serial, reason, note string) (person string, err error) {
	clean, ok := constancy.ParseSerial(serial)
	if !ok {
		return "", unknownSerial(serial, nil)
	}
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		if person, err = holderOf(ctx, tx, clean); err != nil || person == "" {
			return unknownSerial(clean, err)
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	_, err = a.OnPerson(ctx, actor, person, authz.Edit, func(cur *registry.Person) (change.Change, []registry.Doubt, error) {
		c, err := registry.RevokeCertificate(cur, clean, reason, note, a.Today())
		return c, nil, err
	})
	return person, err
}

func unknownSerial(serial string, err error) error {
	if err != nil {
		return err
	}
	return fault.New(fault.NotFound, "registry.cert_unknown", "serial", serial).On("serial")
}

// holderOf is the person to whom a serial was issued, "" when nobody here.
func holderOf(ctx context.Context, tx *store.Tx, serial string) (string, error) {
	key := registry.CertKey(serial)
	found, err := tx.PersonIDs(ctx, []string{key})
	if err != nil || len(found[key]) == 0 {
		return "", err
	}
	return found[key][0], nil
}

// VerifyConstancy checks the text of a certificate on a day with the keys that this
// register knows and with what it holds of the serial. It needs no right: whoever has
// the text learns what the text says, and whether it was taken back. Of a serial that
// never reached this register the report is Stale.
func (a *App) VerifyConstancy(ctx context.Context, text string, on civil.Date) (constancy.Report, error) {
	ring, _, err := a.ring(ctx)
	if err != nil {
		return constancy.Report{}, err
	}
	r := constancy.Verify(text, ring, nil, on)
	if !r.Genuine() {
		return r, nil
	}
	known := constancy.Revocations{Country: ring.Country, Issued: a.Today(), Serials: map[string]civil.Date{}}
	here := false
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		person, err := holderOf(ctx, tx, r.Statement.Serial)
		if err != nil || person == "" {
			return err
		}
		changes, err := tx.Changes(ctx, change.Ref{Kind: change.Person, ID: person})
		cur := registry.Load(changes)
		for _, c := range registry.Certificates(&cur) {
			if here = here || c.Serial == r.Statement.Serial; c.Serial == r.Statement.Serial && c.Revoked.Known() {
				known.Serials[c.Serial] = c.Revoked
			}
		}
		return err
	})
	if err != nil || !here {
		return r, err
	}
	return constancy.Verify(text, ring, &known, on), nil
}
