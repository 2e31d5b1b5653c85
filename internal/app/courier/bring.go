package courier

import (
	"context"
	"encoding/json"
	"time"

	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/sync/synchttp"
)

// Order is a person whose registration an officer at a node brings to his office.
type Order struct{ Login, Purpose, Person, Note string }

// Mover moves the registration of a person to the actor's office.
type Mover func(ctx context.Context, actor authz.Actor, person, note string) error

// bringTime is how long bringing may take, with the person's whole history on the way.
const bringTime = time.Minute

// Bring moves a registration for an officer at a node, as the hub, within the right that the
// hub knows of. What hinders it is said in his language.
func (c *Courier) Bring(ctx context.Context, p synchttp.Peer, order []byte) ([]byte, error) {
	var o Order
	if err := strict(order, &o); err != nil {
		return nil, err
	}
	if c.Move == nil {
		return nil, fault.New(fault.Invalid, "sync.message")
	}
	actor, err := c.officer(ctx, p, o.Login, o.Purpose)
	if err != nil {
		return nil, err
	}
	err = c.Move(ctx, actor, o.Person, o.Note)
	if f := fault.As(err); f != nil && f.Kind != fault.Internal {
		lang, ok := i18n.Known(actor.Lang)
		if !ok {
			lang = i18n.Langs[0]
		}
		return nil, fault.New(f.Kind, "sync.bring_refused", "why", i18n.Fault(lang, err))
	}
	return []byte("{}"), err
}

// BringHere asks the hub for a person of another office, and fetches what there is of her. The
// right is that of the office that receives; the hub looks at it once more.
func (c *Courier) BringHere(ctx context.Context, program string, hubs []string, actor authz.Actor, person, note string) error {
	if err := authz.Check(actor, authz.Transfer, actor.Office); err != nil {
		return err
	}
	link, err := c.Link(ctx, program, hubs)
	if err != nil {
		return err
	}
	order, err := json.Marshal(Order{Login: actor.Login, Purpose: actor.Purpose, Person: person, Note: note})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, bringTime)
	defer cancel()
	if _, err := link.client.Bring(ctx, order); err != nil {
		return err
	}
	_, err = link.Round(ctx, 0, nil)
	return err
}
