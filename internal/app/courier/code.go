package courier

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/seal"
	"quipu/internal/store"
	"quipu/internal/sync"
)

// CodeLife is how long a code for enrolment is good.
const CodeLife = 48 * time.Hour

// The kinds of node.
const (
	OfficeNode = "office"
	Laptop     = "laptop"
)

// Ask is what a code is made for.
type Ask struct {
	Office string
	Laptop bool
	Label  string       // what people call the computer; "" for its name
	Scopes []sync.Scope // beside that of everybody; nil for the office
}

// Code lets one computer enrol, once.
type Code struct {
	Text    string // to be told to whoever sits at the computer; it is kept nowhere
	Node    string // the name that the computer will have
	Office  string
	Kind    string
	Expires time.Time
}

// MakeCode makes a code for a computer of an office; the actor needs the right over nodes there.
func (c *Courier) MakeCode(ctx context.Context, actor authz.Actor, ask Ask) (out Code, err error) {
	if err := authz.Check(actor, authz.Nodes, ask.Office); err != nil {
		return out, err
	}
	if c.Joined() {
		return out, fault.New(fault.Conflict, "courier.not_hub")
	}
	if err := c.exchange.BecomeHub(ctx, node.Operator("hub", "")); err != nil {
		return out, err
	}
	me, err := c.Identity()
	if err != nil {
		return out, err
	}
	code := seal.NewEnrolCode(me.Public())
	now := c.Now()
	out = Code{Text: code.String(), Office: ask.Office, Kind: OfficeNode, Expires: now.Add(CodeLife)}
	scopes := ask.Scopes
	if scopes == nil {
		scopes = []sync.Scope{sync.Scope(ask.Office)}
	}
	letter := "N"
	if ask.Laptop {
		out.Kind, letter = Laptop, "L"
	}
	err = c.DB.Update(ctx, func(tx *store.Tx) error {
		if err := isOffice(ctx, tx, ask.Office); err != nil {
			return err
		}
		if out.Node, err = newName(ctx, tx, ask.Office+"-"+letter); err != nil {
			return err
		}
		if ask.Label == "" {
			ask.Label = out.Node
		}
		return tx.PutEnrolCode(ctx, store.EnrolCode{Hash: seal.HashOfSecret(code.Secret()), Peer: out.Node, Kind: out.Kind, Label: ask.Label, Office: ask.Office,
			Scopes: scopeText(scopes), Made: micros(now), MadeBy: actor.Login, Expires: micros(out.Expires)})
	})
	return out, err
}

func isOffice(ctx context.Context, tx *store.Tx, code string) error {
	all, err := tx.Offices(ctx)
	if err != nil || slices.ContainsFunc(all, func(o store.OfficeRow) bool { return o.Code == code }) {
		return err
	}
	return fault.New(fault.NotFound, "app.not_found", "what", "office", "which", code)
}

// newName is a name that no node had: "ESMAD-N1", for a laptop "ESMAD-L1".
func newName(ctx context.Context, tx *store.Tx, prefix string) (string, error) {
	text, err := tx.Setting(ctx, "nodes/"+prefix)
	if err != nil {
		return "", err
	}
	n, _ := strconv.Atoi(text) // "" before the first
	n++
	return fmt.Sprint(prefix, n), tx.PutSetting(ctx, "nodes/"+prefix, strconv.Itoa(n))
}
