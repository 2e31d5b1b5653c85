package courier

import (
	"context"
	"strings"
	"time"

	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/seal"
	"quipu/internal/store"
	"quipu/internal/sync"
)

// PeekBytes is how much of the beginning of a file is enough for PeekStick.
const PeekBytes = 1 << 10

// checkMagic says what is wrong with the first bytes of a file, as many as there are of them.
func checkMagic(b []byte) error {
	mark := stickMagic[:len(stickMagic)-1]
	switch has := string(b); {
	case has == stickMagic:
		return nil
	case has == "":
		return fault.New(fault.Invalid, "courier.stick_empty")
	case len(has) < len(stickMagic) && strings.HasPrefix(stickMagic, has):
		return fault.New(fault.Invalid, "courier.stick_truncated")
	case strings.HasPrefix(has, mark):
		return fault.New(fault.Invalid, "courier.stick_version", "has", int(has[len(mark)]), "knows", int(stickMagic[len(mark)]))
	}
	return fault.New(fault.Invalid, "courier.stick_form")
}

// PeekStick looks at the beginning of a file that travelled by hand, at most PeekBytes of it, and
// says who says that he wrote it. Nothing proves that yet; but a file of which this is wrong is
// refused by ReadStick as well, with the same fault, and need not be fetched first.
func (c *Courier) PeekStick(ctx context.Context, actor authz.Actor, begin []byte) (from string, err error) {
	if err := authz.Check(actor, authz.Nodes, actor.Office); err != nil {
		return "", err
	}
	if err := checkMagic(begin[:min(len(begin), len(stickMagic))]); err != nil {
		return "", err
	}
	if begin = begin[len(stickMagic):]; len(begin) < 4 {
		return "", fault.New(fault.Invalid, "courier.stick_truncated")
	}
	outside, err := seal.PeekHead(begin[4:])
	if fault.Is(err, "seal.envelope_truncated") {
		err = fault.New(fault.Invalid, "courier.stick_truncated")
	}
	if fault.Is(err, "seal.envelope_form") {
		err = fault.New(fault.Invalid, "courier.stick_altered")
	}
	if err != nil {
		return "", err
	}
	me, err := c.Identity()
	if err == nil {
		err = c.forUs(ctx, me, outside)
	}
	if err == nil {
		from, _, err = c.sender(ctx, outside.From)
	}
	if err != nil {
		return from, err
	}
	return from, c.mayTake(ctx, actor, from)
}

// forUs: an envelope is for this register. The commonest mistake is to bring a file back to where
// it was made.
func (c *Courier) forUs(ctx context.Context, me *seal.Identity, h seal.Head) error {
	us := me.Public().ID()
	if h.To == us {
		return nil
	}
	if h.From != us {
		return fault.New(fault.Forbidden, "seal.envelope_not_for_us", "for", h.To, "us", us)
	}
	to := ""
	if c.Joined() {
		s, err := c.state(ctx)
		if err != nil {
			return err
		}
		to = s.Hub
	} else if err := c.DB.View(ctx, func(tx *store.Tx) error {
		row, _, err := tx.PeerOf(ctx, h.To)
		to = row.Name
		return err
	}); err != nil {
		return err
	}
	return fault.New(fault.Forbidden, "courier.stick_own", "to", to)
}

// sender is who has a key: a node's hub, or one of the hub's nodes.
func (c *Courier) sender(ctx context.Context, key string) (name string, p seal.Public, err error) {
	if !c.Joined() {
		peer, err := c.Peer(ctx, key)
		switch {
		case fault.Is(err, sync.RefusedUnknown):
			err = fault.New(fault.Forbidden, "courier.stick_unknown", "key", key)
		case fault.Is(err, sync.RefusedRevoked):
			row, bad := c.row(ctx, peer.Name)
			if err = revoked(&row); bad != nil {
				err = bad
			}
		}
		return peer.Name, peer.Public, err
	}
	s, err := c.state(ctx)
	if err != nil {
		return "", p, err
	}
	if p, err = seal.ParsePublic(s.Verify); err == nil && p.ID() != key {
		err = fault.New(fault.Forbidden, "courier.stick_other_hub", "hub", s.Hub)
	}
	return s.Hub, p, err
}

// revoked is the fault of a file from or for a computer that was revoked, for the hub's people.
func revoked(row *store.Peer) error {
	return fault.New(fault.Forbidden, "courier.stick_revoked", "name", row.Name, "day", stampOf(row.Ended).Format(time.DateOnly))
}

// mayTake: at the hub, the right over nodes of the office whose node it is.
func (c *Courier) mayTake(ctx context.Context, actor authz.Actor, node string) error {
	if c.Joined() {
		return nil
	}
	row, err := c.row(ctx, node)
	if err != nil {
		return err
	}
	return authz.Check(actor, authz.Nodes, row.Office)
}

func (c *Courier) row(ctx context.Context, node string) (row store.Peer, err error) {
	err = c.DB.View(ctx, func(tx *store.Tx) error {
		row, _, err = tx.Peer(ctx, node)
		return err
	})
	return row, err
}
